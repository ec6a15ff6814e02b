"""People by program: the part each plays; what is not named stays, and what is noted moves the last contact."""

from datetime import date
from typing import Any

from sqlalchemy import select

from renewals.event import Event, EventName
from renewals.plan.readers import readers
from renewals.renewal import Renewal
from renewals.routing.kind import Relationship
from renewals.routing.routing import Routing
from tests.api.conftest import Knock, knocking, token_of
from tests.api.test_door import problem
from tests.api.test_health import key_of
from tests.world import World

ERIK, HENRIK = "erik@halden-bank.example", "henrik@halden-bank.example"


def path_of(world: World, account: str = "halden-bank") -> str:
    return f"/api/v1/accounts/{key_of(world, account)}/people"


def person(knock: Knock, path: str, email: str) -> dict[str, Any]:
    return next(one for one in knock("GET", path).json()["people"] if one["email"] == email)


def test_a_program_says_what_it_knows_and_the_rest_stays(world: World, maya: Knock) -> None:
    path = path_of(world)
    before = person(maya, path, ERIK)

    said = {"person": ERIK.upper(), "buying_roles": ["decision_maker", "economic_buyer"], "strength": "strong"}
    answer = maya("POST", path, json=said)
    cleared = maya("POST", path, json={"person": ERIK, "stance": None, "engaged_by": "grace@lumen.example"})

    assert answer.json() == before | {"buying_roles": ["economic_buyer", "decision_maker"], "strength": "strong"}
    assert cleared.json() == answer.json() | {"stance": None, "engaged_by": "grace@lumen.example"}
    assert person(maya, path, ERIK) == cleared.json()


def test_the_chain_says_what_changed_and_no_word_of_a_concern(world: World, maya: Knock) -> None:
    maya("POST", path_of(world), json={"person": ERIK, "concern": "Fears the board", "stance": "advocate"})

    with world.reading() as session:
        told = select(Event).where(Event.name == EventName.STAKE_CHANGED, Event.by_id.is_not(None))
        (event,) = session.scalars(told)
        assert event.details["fields"] == ["concern", "stance"]
        assert "board" not in str(event.details)


def test_a_call_that_is_noted_moves_the_last_contact_forward_and_never_back(world: World, maya: Knock) -> None:
    path, renewal = path_of(world), f"/api/v1/renewals/{world.renewal('halden-bank')}/activity"
    call = {"kind": "call", "words": "Talked about the board", "person": HENRIK}

    contacts = []
    for kind, on in (("call", "2026-08-01"), ("meeting", "2026-07-01"), ("note", "2026-08-05")):
        assert maya("POST", renewal, json=call | {"kind": kind, "on": on}).status_code == 200
        contacts.append(person(maya, path, HENRIK)["last_contact_on"])

    assert contacts == ["2026-08-01"] * 3


def test_somebody_of_whom_nothing_was_known_is_known_from_the_first_call(world: World, maya: Knock) -> None:
    olav = "olav@halden-bank.example"
    renewal = f"/api/v1/renewals/{world.renewal('halden-bank')}/activity"

    maya("POST", renewal, json={"kind": "call", "on": "2026-08-03", "words": "Hello", "person": olav})

    found = person(maya, path_of(world), olav)
    assert (found["last_contact_on"], found["buying_roles"], found["strength"]) == ("2026-08-03", [], None)


def test_letters_for_a_part_go_to_whoever_plays_it(world: World, maya: Knock) -> None:
    path = path_of(world)
    maya("POST", path, json={"person": HENRIK, "buying_roles": ["champion"]})

    with world.reading() as session:
        renewal = session.get_one(Renewal, world.renewal("halden-bank"))
        played = [(one.first_name, part) for one, part in readers(session, renewal, ("champion", "legal"))]
        by_role = [(one.first_name, part) for one, part in readers(session, renewal, ("decision_maker",))]

    assert played == [("Anna", "champion"), ("Henrik", "champion"), ("Sigrid", "legal")]
    assert by_role == [("Henrik", "decision_maker")]


def test_a_weak_tie_to_who_decides_makes_the_relationship_weak(world: World, maya: Knock) -> None:
    key = world.renewal("halden-bank")
    maya("POST", path_of(world), json={"person": HENRIK, "strength": "weak"})
    world.work()

    with world.reading() as session:
        routing = session.scalars(select(Routing).where(Routing.renewal_id == key)).one()
        assert routing.known.relationship is Relationship.WEAK
        assert routing.strategy == "relationship_rebuild"


REFUSED: list[tuple[Any, str | None]] = [
    ({"person": "no@where.example"}, "person"),
    ({"person": "dana@northwind-freight.example", "strength": "weak"}, "person"),
    ({"person": ERIK, "buying_roles": ["king"]}, "buying_roles"),
    ({"person": ERIK, "strength": "iron"}, "strength"),
    ({"person": ERIK, "last_contact_on": "2026-09-01"}, "last_contact_on"),
    ({"person": ERIK, "engaged_by": "ruth@cedar-dental.example"}, "engaged_by"),
    ({"person": ERIK, "concern": "x" * 401}, "concern"),
    ({"person": ERIK, "name": "Eric"}, None),
]


def test_what_can_not_be_is_a_problem_that_names_its_field_and_changes_nothing(world: World, maya: Knock) -> None:
    path = path_of(world)
    before = maya("GET", path).json()

    for sent, field in REFUSED:
        said = problem(maya("POST", path, json=sent))
        assert (said["status"], said.get("field")) == (422, field), sent

    assert maya("GET", path).json() == before


def test_who_only_reads_changes_nothing(world: World) -> None:
    farah = knocking(world, token_of(world, "farah@lumen.example"))

    assert problem(farah("POST", path_of(world), json={"person": ERIK, "strength": "weak"}))["status"] == 403


def test_the_book_says_who_plays_which_part(world: World, maya: Knock) -> None:
    anna = person(maya, path_of(world), "anna@halden-bank.example")

    assert (anna["buying_roles"], anna["strength"], anna["stance"]) == (["champion"], "strong", "advocate")
    assert date.fromisoformat(anna["last_contact_on"]) == date(2026, 8, 3)
