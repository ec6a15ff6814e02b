"""Document: the room of papers, to read about and to download one by one."""

import re
import unicodedata
from uuid import UUID

from gateways.browser import Answer, Visit, customer, get
from renewals.paper import Document
from renewals.permission import Permission


@get("/documents", customer(Permission.READ_DOCUMENTS))
def show_all(visit: Visit) -> Answer:
    documents = visit.session.scalars(Document.room_of(visit.someone)).all()
    return visit.page("portal/documents.html", documents=documents)


@get("/documents/{document_id:uuid}", customer(Permission.READ_DOCUMENTS))
def download(visit: Visit, document_id: UUID) -> Answer:
    document = visit.find(Document, document_id)
    return Answer(
        body=document.content,
        content_type=document.media_type,
        headers={
            "Content-Disposition": f'attachment; filename="{_plain(document.filename)}"', "X-SHA256": document.sha256
        },
    )


def _plain(name: str) -> str:
    """A file name every system takes."""
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9._-]+", "-", ascii_name).strip("-.") or "document.pdf"
