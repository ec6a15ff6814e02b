"""Documents: the room of papers, one by one or all in one file, and nothing but one's own."""

import hashlib
from io import BytesIO
from zipfile import ZipFile

import pytest
from sqlalchemy import select

from renewals.paper import Document, DocumentKind
from renewals.person import Person
from renewals.renewal import Renewal
from tests.web.cast import Cast
from tests.web.guest import known
from tests.world import World


@pytest.fixture(scope="module")
def cast_here(standing: World) -> Cast:
    return Cast(standing)


def file_another(cast: Cast, content: bytes, filename: str) -> None:
    with cast.world.writing() as session:
        renewal = session.get_one(Renewal, cast.own.renewal_id)
        Document.keep(
            session, renewal, DocumentKind.INVOICE, content, purpose=f"test {content!r}", title="Another",
            filename=filename, renewal_id=renewal.id, on=renewal.renews_on,
        )


def test_all_papers_come_in_one_file_with_their_fingerprints(cast_here: Cast) -> None:
    file_another(cast_here, b"%PDF-1.7 another", "../paper.pdf")
    procurement = cast_here.look("procurement")

    answer = procurement.get("/documents/all.zip")
    with ZipFile(BytesIO(answer.content)) as packed:
        files = {name: packed.read(name) for name in packed.namelist()}
    sums = dict(reversed(line.split("  ")) for line in files.pop("SHA256SUMS").decode().splitlines())

    assert answer.headers["content-type"] == "application/zip"
    assert "attachment" in answer.headers["content-disposition"]
    assert sorted(files) == ["2-paper.pdf", "paper.pdf"]
    assert sorted(files.values()) == [b"%PDF-1.7 a paper", b"%PDF-1.7 another"]
    assert sums == {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    assert procurement.get("/documents/all.zip").content == answer.content


def test_the_room_offers_it_only_when_there_is_something_in_it(standing: World, cast_here: Cast) -> None:
    with standing.reading() as session:
        filed = select(Document.account_id)
        query = select(Person).where(Person.roles.contains(["owner"]), Person.account_id.not_in(filed)).limit(1)
        empty_handed = session.scalars(query).one()
    newcomer = known(standing, empty_handed)

    assert "/documents/all.zip" in cast_here.look("owner").get("/documents").text
    assert "/documents/all.zip" not in newcomer.get("/documents").text
    assert newcomer.get("/documents/all.zip").status_code == 404
