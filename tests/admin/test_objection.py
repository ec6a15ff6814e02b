"""Objections: each answered with the playbook's four moves, and closed only with its commitment: what, who, when."""

from datetime import date
from uuid import UUID

import httpx
import pytest
from psycopg import errors
from sqlalchemy import select

from renewals.objection import MOVES, SAYINGS, Objection, ObjectionKind
from renewals.person import Person
from renewals.renewal import Renewal
from tests.admin.test_record import said
from tests.admin.test_task import open_task
from tests.quoting.desk import ANNA, INES, MAYA
from tests.web.standing import owner_of_the_database
from tests.world import Visitor, World

PLAYBOOK = [
    ("price", "Harga terlalu tinggi", "Kukuhkan ROI dan nilai, bandingkan dengan alternatif, tawarkan diskaun "
     "multi-year, mungkin selaraskan skop"),
    ("time", "Kami perlukan lebih banyak masa untuk membuat keputusan", "Fahami apa yang memacu kelewatan, tawarkan "
     "untuk membantu dengan kelulusan, tetapkan timeline khusus, cipta urgency yang sesuai"),
    ("concern", "Kami ada kebimbangan tentang [feature/service]", "Akui kebimbangan, jelaskan pelan penyelesaian anda, "
     "tawarkan pemulihan, dapatkan komitmen bahawa penyelesaian membawa kepada renewal"),
    ("alternatives", "Kami menilai alternatif", "Tanya apa yang memacu pencarian, fahami kriteria mereka, posisikan "
     "pembezaan anda, tawarkan untuk membantu dengan perbandingan"),
]


@pytest.mark.parametrize(("kind", "saying", "moves"), PLAYBOOK)
def test_each_kind_has_the_four_moves_of_the_playbook(kind: str, saying: str, moves: str) -> None:
    objection = ObjectionKind(kind)

    assert SAYINGS[objection].ms == saying
    assert ", ".join(move.ms for move in MOVES[objection]) == moves
    assert len(MOVES[objection]) == 4


def raised(world: World, kind: str = "concern", account: str = "halden-bank") -> tuple[Visitor, str]:
    """Somebody writes one down, and where it is."""
    maya, page = world.signed_in(MAYA), f"/admin/renewals/{world.renewal(account)}"
    answer = maya.post(f"{page}/objections", {"objection": kind, "objected": "The export breaks"}, page=page)
    assert answer.status_code == 303
    return maya, answer.headers["location"]


def close(visitor: Visitor, path: str, **form: str) -> httpx.Response:
    return visitor.post(f"{path}/closing", form, page=path)


def person(world: World, email: str) -> str:
    with world.reading() as session:
        return str(session.scalars(select(Person.id).where(Person.email == email)).one())


def test_it_is_closed_only_with_what_was_done_what_was_promised_by_whom_and_until_when(world: World) -> None:
    maya, path = raised(world)
    whole = {"move.plan": "on", "commitment": "The export works", "who": person(world, MAYA), "due_on": "2026-08-20"}
    wishes = {
        "move.plan": "Tick what was done about it first", "commitment": "Say what was promised.",
        "who": "Choose who promised it", "due_on": "Give the day until which it is done.",
    }

    for lacking, wish in wishes.items():
        answer = close(maya, path, **{name: word for name, word in whole.items() if name != lacking})
        assert (answer.status_code, wish in answer.text) == (422, True), lacking
    assert close(maya, path, **whole | {"due_on": "2026-08-01"}).status_code == 422

    assert close(maya, path, **whole).status_code == 303
    page = said(maya.get(f"/admin/renewals/{world.renewal('halden-bank')}").text)
    assert "No objection is open" in page
    assert "Maya Iskandar: The export works, by 20 Aug 2026" in page


def test_what_was_promised_is_owed_on_its_day_until_it_was_kept(world: World) -> None:
    maya, path = raised(world)
    close(maya, path, **{"move.remedy": "on", "commitment": "Send the security paper", "who": person(world, MAYA),
                         "due_on": "2026-08-06"})

    before = said(maya.get("/admin").text)
    world.stand_at(date(2026, 8, 10))
    late = said(maya.get("/admin").text)
    answer = maya.post(f"{path}/kept", page=path)

    assert "Send the security paper Halden Bank, Maya Iskandar, by 6 August 2026" in before
    assert "was due 6 August 2026" in late
    assert answer.status_code == 303
    assert "Send the security paper" not in said(maya.get("/admin").text)


def test_what_a_customer_promised_waits_with_whoever_looks_after_them(world: World) -> None:
    maya, path = raised(world, "time")
    close(maya, path, **{"move.timeline": "on", "commitment": "The board decides", "who": person(world, ANNA),
                         "due_on": "2026-08-07"})

    with world.reading() as session:
        looks_after = Renewal.find(session, world.renewal("halden-bank")).looked_after_by
        assert looks_after
        email = looks_after.email
    assert "The board decides Halden Bank, Anna" in said(world.signed_in(email).get("/admin").text)
    assert "The board decides" not in said(world.signed_in(INES).get("/admin?whose=mine").text)


def test_the_task_is_not_done_while_an_objection_is_open(world: World) -> None:
    maya, _ = raised(world, "price")
    task = f"/admin/tasks/{open_task(world, 'halden-bank', 'objections')}"

    answer = maya.post(f"{task}/outcome", {"answer.kind": "price", "minutes": "10"}, page=task)

    assert answer.status_code == 409
    assert "Close it with its commitment first: what, who and until when." in answer.text


def test_the_database_closes_none_without_its_commitment(world: World) -> None:
    _, path = raised(world)
    key = UUID(path.rpartition("/")[2])

    with owner_of_the_database(world) as database:
        for change in ("closed_at = now()", "closed_at = now(), commitment = 'A fix', who_id = raised_by",
                       "kept_at = now()"):
            with pytest.raises(errors.CheckViolation):
                database.execute(f"UPDATE objection SET {change} WHERE id = %s", [key])

    with world.reading() as session:
        assert session.get_one(Objection, key).is_open
