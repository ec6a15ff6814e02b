"""What would hold a renewal up is said at T-90, each thing by itself; what nobody told us is never called good."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select, update

from pricing.money import Money
from renewals.account import Account, Card
from renewals.base import session_of
from renewals.billing import BillingDetails, PaysBy
from renewals.person import Person
from renewals.plan import unready
from renewals.plan.task import Task, TaskState
from renewals.preparing import facts_of, readiness
from renewals.quoting.quote import Quote
from renewals.readiness import Check, Facts, Verdict, Why, findings
from renewals.renewal import Renewal
from renewals.segment import Segment
from renewals.stake import Stake
from renewals.subscription import Subscription
from renewals.value import ACTIVE_USERS, Usage
from tests.quoting.desk import ANNA, MAYA, desk
from tests.web.guest import Guest, known
from tests.web.test_proposal import plain
from tests.world import World

RENEWS = date(2026, 9, 4)
RUTH, DANA = "ruth@cedar-dental.example", "dana@northwind-freight.example"
AISYAH = "aisyah@pelangi-cafe.example"
INVOICED = Facts(
    renews_on=RENEWS, due=Money(2_400_000, "USD"), pays_by=PaysBy.INVOICE, tax_id="12-3456789",
    billing_email="bills@halden-bank.example", needs_order=True, order_number="PO-4711",
    order=Money(2_400_000, "USD"), signers=(True,),
)
BY_CARD = Facts(
    renews_on=RENEWS, due=Money(960_000, "USD"), pays_by=PaysBy.CARD, card_until=date(2026, 9, 30), signers=(True,),
)


def found(facts: Facts) -> dict[Check, Why]:
    return {one.check: one.why for one in findings(facts) if not one.is_ready}


@pytest.mark.parametrize("facts", [INVOICED, BY_CARD])
def test_with_every_fact_in_order_nothing_is_left_to_settle(facts: Facts) -> None:
    assert found(facts) == {}


@pytest.mark.parametrize(
    ("facts", "without", "check", "why"),
    [
        (BY_CARD, {"card_until": date(2026, 9, 3)}, Check.CARD, Why.EXPIRES),
        (BY_CARD, {"card_until": None}, Check.CARD, Why.NO_CARD),
        (BY_CARD, {"card_until": None, "pays_by": None}, Check.CARD, Why.NOT_SAID),
        (BY_CARD, {"signers": ()}, Check.SIGNER, Why.NOT_SAID),
        (BY_CARD, {"signers": (False,)}, Check.SIGNER, Why.SIGNER_LEFT),
        (INVOICED, {"tax_id": ""}, Check.TAX_ID, Why.NOT_SAID),
        (INVOICED, {"billing_email": ""}, Check.BILLING_EMAIL, Why.NOT_SAID),
        (INVOICED, {"order_number": ""}, Check.PURCHASE_ORDER, Why.NO_ORDER),
        (INVOICED, {"order_number": "", "needs_order": None}, Check.PURCHASE_ORDER, Why.NOT_SAID),
        (INVOICED, {"order": Money(2_399_999, "USD")}, Check.PURCHASE_ORDER, Why.ORDER_TOO_SMALL),
        (INVOICED, {"order": None}, Check.PURCHASE_ORDER, Why.ORDER_WITHOUT_AMOUNT),
    ],
)
def test_take_one_fact_away_and_exactly_its_check_says_so(
    facts: Facts, without: dict[str, Any], check: Check, why: Why
) -> None:
    assert found(replace(facts, **without)) == {check: why}


def test_what_nobody_told_us_is_unknown_and_never_good() -> None:
    nothing = Facts(renews_on=RENEWS, due=Money(1, "USD"), pays_by=PaysBy.INVOICE)

    assert {one.verdict for one in findings(nothing)} == {Verdict.UNKNOWN}


def test_who_buys_without_an_order_is_not_asked_for_one() -> None:
    without = replace(INVOICED, needs_order=False, order_number="", order=None)

    assert found(without) == {}


# From what is in the database


def of(world: World, account: str, look: Callable[[Renewal], Any]) -> Any:
    with world.reading() as session:
        return look(Renewal.find(session, world.renewal(account)))


def test_the_card_on_file_is_measured_against_the_renewal_date(world: World) -> None:
    with world.writing() as session:
        cedar = select(Account.id).where(Account.external_id == "cedar-dental").scalar_subquery()
        session.execute(update(Card).where(Card.account_id == cedar).values(expires_on=date(2026, 8, 31)))

    page = known(world, world.person(RUTH)).get(f"/renewals/{world.renewal('cedar-dental')}").text
    ours = known(world, world.person(MAYA)).get(f"/admin/renewals/{world.renewal('cedar-dental')}").text

    assert "The card on file runs out before the renewal date." in page
    assert "Runs out before the date" in ours


def test_nothing_is_asked_for_before_t90(standing: World) -> None:
    def at(day: date) -> Callable[[Renewal], Any]:
        return lambda renewal: readiness(renewal, Segment.SMB, day)

    assert of(standing, "cedar-dental", at(date(2026, 6, 5))) == []
    assert of(standing, "cedar-dental", at(date(2026, 6, 6))) != []


def test_a_decision_maker_we_know_signs_for_us_and_is_not_told_to_the_customer(world: World) -> None:
    with world.writing() as session:
        anna = session.scalars(select(Person).where(Person.email == ANNA)).one()
        Stake.of(session, anna).buying_roles = ["economic_buyer"]
        people = select(Person).where(Person.account_id == anna.account_id)
        for person in session.scalars(people):
            person.roles = [role for role in person.roles if role != "signer"] or ["viewer"]

    def signers(renewal: Renewal) -> list[bool]:
        stakes = Stake.of_account(session_of(renewal), renewal.account_id)
        return [any(facts_of(renewal, Segment.ENTERPRISE, known).signers) for known in (stakes, ())]

    assert of(world, "halden-bank", signers) == [True, False]


# On the customer's page


def kept(guest: Guest, world: World, **form: str) -> int:
    return guest.post(f"/renewals/{world.renewal('halden-bank')}/readiness", form).status_code


def test_what_they_say_of_their_invoices_settles_it_for_both_sides(world: World) -> None:
    anna = known(world, world.person(ANNA))
    path = f"/renewals/{world.renewal('halden-bank')}"
    before = anna.get(path).text

    assert kept(anna, world, pays_by="invoice", tax_id="DE123456789", email="bills@halden-bank.example",
                needs_order="yes", order_number="PO-1", order="1,000") == 303

    after = anna.get(path).text
    assert "We have no tax number of yours" in before and "We have no tax number of yours" not in after
    assert "Your purchase order covers less than a year costs." in after
    assert "Covers less than a year" in known(world, world.person(MAYA)).get(f"/admin{path}").text


@pytest.mark.parametrize(
    ("form", "field"),
    [({"email": "nowhere"}, "email"), ({"tax_id": "1" * 81}, "tax_id"), ({"order": "-5"}, "order"),
     ({"order": "9" * 40}, "order"), ({"pays_by": "barter"}, "pays_by"), ({"needs_order": "maybe"}, "needs_order")],
)
def test_what_can_not_be_read_is_said_beside_its_field_and_nothing_is_kept(
    standing: World, form: dict[str, str], field: str
) -> None:
    assert kept(known(standing, standing.person(ANNA)), standing, **form) == 422
    with standing.reading() as session:
        assert session.scalars(select(BillingDetails)).all() == []


def test_seats_that_nobody_uses_are_told_with_what_fewer_would_save(world: World) -> None:
    used_by(world, 51)

    page = plain(known(world, world.person(DANA)).get(f"/renewals/{world.renewal('northwind-freight')}").text)

    assert "51 of 75 seats are used: renewing 59 saves USD 12,800 a year." in page
    assert "Ask for fewer seats" in page


def test_fewer_seats_are_a_version_in_one_press(world: World) -> None:
    used_by(world, 51)
    with desk(world, "northwind-freight") as at:
        quote = at.draft().id
    maya = known(world, world.person(MAYA))
    page = maya.get(f"/admin/quotes/{quote}").text

    pressed = maya.post(f"/admin/quotes/{quote}/right-size", {"version": "1"})

    with world.reading() as session:
        newest = Quote.find(session, quote).newest
    assert "Write a version with 59 seats" in page
    assert pressed.status_code == 303
    assert (newest.number, newest.content["lines"][0]["quantity"]) == (2, 59)
    assert "Write a version with 59 seats" not in maya.get(f"/admin/quotes/{quote}").text
    assert maya.post(f"/admin/quotes/{quote}/right-size", {"version": "1"}).status_code == 409


def used_by(world: World, people: int) -> None:
    """So many people used it at Northwind Freight in its last month."""
    with world.writing() as session:
        freight = select(Subscription.id).where(Subscription.external_id == "northwind-freight-platform")
        latest = select(func.max(Usage.month)).where(Usage.subscription_id == freight.scalar_subquery())
        session.execute(update(Usage).where(
            Usage.subscription_id == freight.scalar_subquery(), Usage.metric == ACTIVE_USERS,
            Usage.month == latest.scalar_subquery(),
        ).values(amount=people))


# As work of the plan


def tasks(world: World, account: str) -> list[Task]:
    query = select(Task).where(Task.renewal_id == world.renewal(account), Task.pattern == unready.TASK)
    with world.reading() as session:
        return list(session.scalars(query.order_by(Task.opened_at)))


def settled(world: World) -> None:
    """Halden Bank says how it is invoiced, and who signs is known: nothing is missing."""
    with world.writing() as session:
        anna = session.scalars(select(Person).where(Person.email == ANNA)).one()
        anna.roles = sorted({*anna.roles, "signer"})
    anna_now = known(world, world.person(ANNA))
    assert kept(anna_now, world, pays_by="invoice", tax_id="DE1", email="bills@halden-bank.example",
                needs_order="no", order_number="", order="") == 303
    world.work()


def test_from_t90_what_is_missing_is_a_task_on_the_day_of_whoever_looks_after_them(world: World) -> None:
    [task] = tasks(world, "halden-bank")
    maya = known(world, world.person(MAYA))

    assert (task.role, task.assignee_id, task.is_open) == ("csm", world.person(MAYA).id, True)
    assert "Settle what is missing for the date" in maya.get("/admin?whose=mine&more=yes").text
    assert "Tax number" in maya.get(f"/admin/tasks/{task.id}").text


def test_it_is_done_by_itself_once_nothing_is_missing_and_opens_again_when_something_is(world: World) -> None:
    settled(world)
    [task] = tasks(world, "halden-bank")
    done = (task.state, task.ended_by)

    kept(known(world, world.person(ANNA)), world, pays_by="invoice", tax_id="", email="bills@halden-bank.example")
    world.work()

    assert done == (TaskState.DONE, None)
    assert [one.state for one in tasks(world, "halden-bank")] == [TaskState.DONE, TaskState.OPEN]


def test_what_somebody_left_out_with_a_reason_stays_left_out(world: World) -> None:
    [task] = tasks(world, "halden-bank")
    known(world, world.person(MAYA)).post(f"/admin/tasks/{task.id}/waiver", {"reason": "Their purchasing knows."})

    kept(known(world, world.person(ANNA)), world, pays_by="invoice", tax_id="DE1")
    world.work()

    assert [one.state for one in tasks(world, "halden-bank")] == [TaskState.WAIVED]


def test_nobody_chases_a_small_company_for_what_it_says_on_its_own_page(world: World) -> None:
    assert tasks(world, "pelangi-cafe") == []
    plan = known(world, world.person(AISYAH)).get(f"/renewals/{world.renewal('pelangi-cafe')}/plan").text
    assert "Kami belum tahu cara anda membayar" in plan
