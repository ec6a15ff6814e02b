"""Document: the room of papers, to read about and to download one by one or all at once."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from io import BytesIO
from uuid import UUID
from zipfile import ZipFile, ZipInfo

from gateways.browser import Answer, Visit, customer, get
from renewals.addition import Addition
from renewals.clauses.termination import Termination
from renewals.clauses.true_up import TrueUp
from renewals.errors import NotFound
from renewals.owing import owed_later
from renewals.paper import Document
from renewals.permission import Permission


@get("/documents", customer(Permission.READ_DOCUMENTS))
def show_all(visit: Visit) -> Answer:
    documents = visit.session.scalars(Document.room_of(visit.someone)).all()
    account = visit.someone.account_id
    assert account
    may_pay = visit.someone.may(Permission.RENEW)
    payable = {one.id for one in owed_later(visit.session, account)} if may_pay else set()
    return visit.page(
        "portal/documents.html", documents=documents, payable=payable,
        true_ups=TrueUp.of_company(visit.session, account), additions=Addition.of_company(visit.session, account),
        endings=Termination.of_company(visit.session, account),
    )


@get("/documents/{document_id:uuid}", customer(Permission.READ_DOCUMENTS))
def download(visit: Visit, document_id: UUID) -> Answer:
    document = visit.find(Document, document_id)
    return _file(document.content, document.media_type, document.filename, {"X-SHA256": document.sha256})


@get("/documents/all.zip", customer(Permission.READ_DOCUMENTS))
def download_all(visit: Visit) -> Answer:
    documents = visit.session.scalars(Document.room_of(visit.someone)).all()
    if not documents:
        raise NotFound
    return _file(_packed(documents), "application/zip", f"documents-{visit.today.isoformat()}.zip", {})


def _file(content: bytes, media_type: str, name: str, headers: dict[str, str]) -> Answer:
    disposition = {"Content-Disposition": f'attachment; filename="{_plain(name)}"'}
    return Answer(body=content, content_type=media_type, headers=disposition | headers)


def _packed(documents: Sequence[Document]) -> bytes:
    """One ZIP, each file with its day, and their fingerprints as `sha256sum -c` reads them."""
    packed = BytesIO()
    with ZipFile(packed, "w") as archive:
        for name, document in _named(documents):
            archive.writestr(ZipInfo(name, (*document.issued_on.timetuple()[:3], 0, 0, 0)), document.content)
        sums = "".join(f"{document.sha256}  {name}\n" for name, document in _named(documents))
        archive.writestr(ZipInfo("SHA256SUMS"), sums)
    return packed.getvalue()


def _named(documents: Sequence[Document]) -> Iterator[tuple[str, Document]]:
    """A name of its own for each."""
    seen: Counter[str] = Counter()
    for document in documents:
        name = _plain(document.filename)
        seen[name] += 1
        yield name if seen[name] == 1 else f"{seen[name]}-{name}", document


def _plain(name: str) -> str:
    """A file name every system takes."""
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9._-]+", "-", ascii_name).strip("-.") or "document.pdf"
