"""Why a renewal runs the way it does, decisions against it, and the rules with their draft and preview."""

import re
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import select

from renewals.account import Account
from renewals.message import Message, MessageKind
from renewals.plan.plan import Plan
from renewals.policy import Policy, PolicyKind
from renewals.renewal import Renewal, RenewalState
from renewals.routing.kind import Part
from renewals.routing.routing import Routing
from tests.admin.test_record import said
from tests.world import Visitor, World

MAYA, INES, FARAH, RUTH = (
    "maya@lumen.example", "ines@lumen.example", "farah@lumen.example", "ruth@cedar-dental.example",
)


def record(visitor: Visitor, world: World, account: str) -> str:
    return said(visitor.get(f"/admin/renewals/{world.renewal(account)}").text)


def decide(visitor: Visitor, world: World, account: str, part: str, value: str, reason: str = "They asked") -> int:
    path = f"/admin/renewals/{world.renewal(account)}"
    form = {"part": part, "value": value, "reason": reason}
    return visitor.post(f"{path}/routing", form, page=path).status_code


def routing(world: World, renewal: UUID) -> Routing:
    with world.reading() as session:
        found = Routing.of(session, renewal)
        assert found
        return found


@pytest.mark.parametrize(
    ("account", "words"),
    [
        ("cedar-dental", "Touch · Assisted Small, with a light check by a person"),
        ("juno-studio", "Touch · Auto Small, the contract renews by itself, a card is on file"),
        ("northwind-freight", "Strategy · Value reinforcement Yellow: remind them of what they have"),
        ("northwind-freight", "Owner · Omar Haddad Sales runs what is large; the bound itself is large"),
        ("northwind-freight", "Credit Account executive 60 %, CSM 40 %"),
        ("halden-bank", "Sponsor Grace Okafor"),
        ("orbit-labs", "Opportunity · At risk In the red: save it first. Health: red"),
        ("orbit-labs", "Strategy · Save mode"),
        ("cedar-dental", "Owner · Maya Iskandar What is not large the CSM runs. A year: USD 8,640"),
    ],
)
def test_the_record_says_why_it_runs_this_way(world: World, account: str, words: str) -> None:
    assert words in record(world.signed_in(MAYA), world, account)


def test_every_open_renewal_of_the_book_is_routed_and_planned(world: World) -> None:
    with world.reading() as session:
        open_ones = set(session.scalars(select(Renewal.id).where(Renewal.state.not_in(["won", "lost"]))))

        assert open_ones == set(session.scalars(select(Routing.renewal_id))) == set(
            session.scalars(select(Plan.renewal_id))
        )
        assert not session.scalars(select(Message).where(Message.kind == MessageKind.HANDOFF)).all()


def test_a_decision_shows_with_its_reason_and_its_rule_and_the_plan_follows(world: World) -> None:
    maya = world.signed_in(MAYA)

    status = decide(maya, world, "juno-studio", "touch", "assisted", "New owner, they want to hear from us")
    world.work()
    page = record(maya, world, "juno-studio")

    assert status == 303
    assert "Touch · Assisted “New owner, they want to hear from us” Maya Iskandar, 5 August 2026" in page
    assert "By its rule: Auto." in page
    assert "Maya Iskandar decided the touch: assisted: New owner, they want to hear from us" in page
    with world.reading() as session:
        plan = session.scalars(select(Plan).where(Plan.renewal_id == world.renewal("juno-studio"))).one()
        assert plan.touch == "assisted"


@pytest.mark.parametrize(
    ("who", "part", "value", "reason", "status"),
    [
        (MAYA, "touch", "assisted", " ", 422), (MAYA, "touch", "magic", "Why not", 422),
        (MAYA, "mood", "good", "Why not", 422), (MAYA, "touch", "by_rule", "Why not", 409),
        (MAYA, "touch", "auto", "They are kind", 409), (FARAH, "touch", "assisted", "Why not", 403),
        (MAYA, "owner", "me", "I want it", 422),
    ],
)
def test_what_can_not_be_decided_is_refused(
    world: World, who: str, part: str, value: str, reason: str, status: int
) -> None:
    assert decide(world.signed_in(who), world, "cedar-dental", part, value, reason) == status
    assert routing(world, world.renewal("cedar-dental")).decided == {}


def test_a_manager_gives_a_renewal_to_another_and_the_customer_is_told(world: World) -> None:
    ravi = world.person("ravi@lumen.example")

    refused = decide(world.signed_in(MAYA), world, "cedar-dental", "owner", str(ravi.id))
    status = decide(world.signed_in(INES), world, "cedar-dental", "owner", str(ravi.id), "Maya is on leave")
    world.work()
    page = record(world.signed_in(INES), world, "cedar-dental")

    assert (refused, status) == (403, 303)
    assert "Owner · Ravi Menon “Maya is on leave” Ines Carvalho, 5 August 2026 By its rule: CSM." in page
    with world.reading() as session:
        query = select(Message).where(Message.kind == MessageKind.HANDOFF)
        assert [letter.email for letter in session.scalars(query)] == [RUTH]
    assert "Ravi" in world.signed_in(RUTH).get(f"/renewals/{world.renewal('cedar-dental')}").text


@pytest.mark.parametrize(("locale", "subject"), [
    ("en", "Ravi Menon looks after your renewal from now on"),
    ("ms", "Mulai sekarang, Ravi Menon akan menguruskan pembaharuan anda"),
])
def test_the_introduction_is_a_letter_in_their_language(world: World, locale: str, subject: str) -> None:
    with world.writing() as session:
        session.get_one(type(world.person(RUTH)), world.person(RUTH).id).locale = locale
    decide(world.signed_in(INES), world, "cedar-dental", "owner", str(world.person("ravi@lumen.example").id))
    world.work()
    with world.writing() as session:
        letter = session.scalars(select(Message).where(Message.kind == MessageKind.HANDOFF)).one()
        letter.leave_at = letter.planned_at
    from app.chores.plan import release_messages
    from app.work import Work

    Work(world.house).run(release_messages)
    world.work()

    (mail,) = [mail for mail in world.mails() if mail.kind == "handoff"]
    assert mail.subject == subject
    assert "ravi@lumen.example" in mail.text
    assert "ravi@lumen.example" in mail.html


def test_a_decision_lapses_at_the_next_term(world: World) -> None:
    renewal = world.renewal("cedar-dental")
    decide(world.signed_in(MAYA), world, "cedar-dental", "strategy", "save_mode")
    decide(world.signed_in(INES), world, "cedar-dental", "owner", str(world.person("ravi@lumen.example").id))
    world.work()

    world.signed_in(RUTH).click(renewal)
    world.work()

    following = routing(world, world.renewal("cedar-dental"))
    assert following.renewal_id != renewal
    assert following.decided == {}
    assert following.strategy != "save_mode"
    assert following.owner_id == world.person(MAYA).id
    assert set(routing(world, renewal).decided) == {"strategy", "owner"}  # what was decided stays written
    assert routing(world, renewal).is_decided(Part.OWNER)
    with world.reading() as session:
        assert session.get_one(Renewal, renewal).state is RenewalState.WON


# Strategic accounts and teams


def test_an_account_is_flagged_with_a_reason_and_a_day_to_look_again(world: World) -> None:
    maya = world.signed_in(MAYA)
    with world.reading() as session:
        key = session.scalars(select(Account.id).where(Account.external_id == "cedar-dental")).one()
    path = f"/admin/accounts/{key}"

    nothing = maya.post(f"{path}/strategic", {"reason": "Their dean"}, page=path).status_code
    status = maya.post(f"{path}/strategic", {"reason": "A reference", "review_on": "2027-01-04"}, page=path).status_code
    world.work()

    assert (nothing, status) == (422, 303)
    page = said(maya.get(path).text)
    assert "Strategic “A reference” To be looked at again on 4 Jan 2027" in page
    assert "Maya Iskandar flagged it as strategic: A reference" in page
    found = routing(world, world.renewal("cedar-dental"))
    assert (found.touch, found.sponsor_id) == ("negotiated", world.person("grace@lumen.example").id)

    ended = maya.post(f"{path}/strategic", {"reason": "The dean left", "end": "yes"}, page=path).status_code
    world.work()
    assert ended == 303
    assert routing(world, world.renewal("cedar-dental")).touch == "assisted"


def test_on_the_day_to_look_again_it_stands_on_the_day_of_whoever_looks_after_it(world: World) -> None:
    maya, ravi = world.signed_in(MAYA), world.signed_in("ravi@lumen.example")
    with world.reading() as session:
        key = session.scalars(select(Account.id).where(Account.external_id == "cedar-dental")).one()
    page = f"/admin/accounts/{key}"
    maya.post(f"{page}/strategic", {"reason": "A reference", "review_on": "2026-08-20"}, page=page)

    asked = [f'href="{page}">Is Cedar Dental still strategic?' in maya.get("/admin?whose=mine").text]
    world.stand_at(date(2026, 8, 20))
    pages = [who.get(f"/admin?whose={whose}").text for who, whose in ((maya, "mine"), (ravi, "mine"), (ravi, "team"))]
    asked += [f'href="{page}">Is Cedar Dental still strategic?' in each for each in pages]

    assert asked == [False, True, False, True]


def test_somebody_is_named_for_a_role_of_a_customer(world: World) -> None:
    maya = world.signed_in(MAYA)
    with world.reading() as session:
        key = session.scalars(select(Account.id).where(Account.external_id == "cedar-dental")).one()
    path, omar = f"/admin/accounts/{key}", world.person("omar@lumen.example").id

    statuses = [
        maya.post(f"{path}/team", {"role": role, "person": person}, page=path).status_code
        for role, person in (("csm", str(omar)), ("friend", str(omar)), ("ae", "nobody"), ("ae", str(omar)))
    ]

    assert statuses == [422, 422, 422, 303]
    assert "Account executive Omar Haddad" in said(maya.get(path).text)


# The rules


@pytest.mark.whole_book
def test_the_rules_stand_as_tables_with_the_models_and_their_conditions(world: World) -> None:
    page = said(world.signed_in(MAYA).get("/admin/routing").text)

    for words in (
        "Hybrid in force Nothing in your numbers speaks against it.",
        "Take care. At most", "renewals come due in a quarter; it works from 100.",
        "Many small renewals are a specialist’s A year below small; High volume",
        "from 60 days before; until then CSM", "In the red: save it first Health: red At risk",
    ):
        assert words in page, words
    assert "What your draft would change" not in page


def test_a_draft_says_what_it_would_change_before_anything_is_published(world: World) -> None:
    page = said(world.signed_in(MAYA).get("/admin/routing?model=csm").text)

    assert "What your draft would change" in page
    assert "Owner Account executive CSM" in page
    assert "Northwind Freight USD 60,000 Owner: Account executive → CSM" in page
    assert "Publish these rules" not in page  # a CSM looks, a manager publishes
    with world.reading() as session:
        assert Policy.in_force(session, PolicyKind.OWNERSHIP, date(2026, 8, 5)).number == 1


def test_a_manager_publishes_and_open_renewals_change_hands(world: World) -> None:
    ines = world.signed_in(INES)
    form = {"base": "ownership@1", "model": "csm", "reason": "One face for every customer"}

    status = ines.post("/admin/routing", form, page="/admin/routing").status_code
    again = ines.post("/admin/routing", form | {"base": "ownership@2"}, page="/admin/routing").status_code
    world.work()

    assert (status, again) == (303, 409)
    assert "Owner · Maya Iskandar Whoever looks after the customer" in record(ines, world, "northwind-freight")
    with world.reading() as session:
        letters = session.scalars(select(Message).where(Message.kind == MessageKind.HANDOFF)).all()
        assert world.renewal("northwind-freight") in {letter.renewal_id for letter in letters}
        assert world.renewal("halden-bank") not in {letter.renewal_id for letter in letters}  # T-75: not yet


def test_rules_that_were_drawn_up_against_older_ones_overwrite_nothing(world: World) -> None:
    ines, adam = world.signed_in(INES), world.signed_in("adam@lumen.example")
    base = re.search(r'name="base" value="([^"]+)"', ines.get("/admin/routing?amount.large.USD=60000").text)
    assert base
    first = {"base": base[1], "model": "csm", "reason": "One face for every customer"}
    late = {"base": base[1], "amount.large.USD": "60000", "reason": "Sales has no time"}

    adam.post("/admin/routing", first, page="/admin/routing")
    answer = ines.post("/admin/routing", late, page="/admin/routing")

    assert answer.status_code == 409
    assert "Somebody published another version in the meantime." in said(answer.text)
    with world.reading() as session:
        standing = Policy.in_force(session, PolicyKind.OWNERSHIP, date(2026, 8, 5))
        assert (standing.number, standing.content["model"]) == (2, "csm")


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"model": "chance", "reason": "x"}, "one of the four models"),
        ({"amount.large.USD": "much", "reason": "x"}, "This is no amount in USD"),
        ({"credit.hybrid.large.ae": "70", "reason": "x"}, "add to 110 %"),
        ({"credit.hybrid.large.ae": "some", "reason": "x"}, "whole number of percent"),
        ({"model": "csm", "reason": " "}, "Say why"),
    ],
)
def test_rules_that_do_not_add_up_are_not_published(world: World, form: dict[str, str], words: str) -> None:
    answer = world.signed_in(INES).post("/admin/routing", form, page="/admin/routing")

    assert answer.status_code == 422
    assert words in said(answer.text)


def test_another_amount_moves_a_renewal_to_somebody_else(world: World) -> None:
    page = said(world.signed_in(INES).get("/admin/routing?amount.large.USD=60000.01").text)

    assert "Northwind Freight USD 60,000 Owner: Account executive → CSM" in page
    assert "Halden Bank" not in page


def test_only_managers_and_administrators_publish(world: World) -> None:
    answer = world.signed_in(MAYA).post("/admin/routing", {"model": "csm", "reason": "x"}, page="/admin/routing")

    assert answer.status_code == 403
