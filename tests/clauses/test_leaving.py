"""An off-ramp ends a term with the agreed notice and money, once, and nothing is charged for it afterwards."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from pricing.clause import LeavingEvent
from pricing.money import Money
from pricing.replay import mismatches
from renewals.clauses.leaving import leave
from renewals.clauses.termination import Termination
from renewals.clauses.true_up import TrueUp
from renewals.errors import Malformed, NotNow
from renewals.instalment import Instalment
from renewals.owing import overdue
from renewals.payment import Payment, PaymentKind
from renewals.renewal import LossReason, Renewal, RenewalState
from renewals.subscription import Term
from tests.clauses.contract import CEDAR, day_comes, signed, used
from tests.quoting.desk import MAYA, desk
from tests.world import World

TOLD = date(2027, 10, 4)
THEN = datetime(2027, 10, 6, 9, tzinfo=UTC)
AGAIN = text(
    "INSERT INTO termination SELECT (jsonb_populate_record(t, jsonb_build_object('id', gen_random_uuid()))).* "
    "FROM termination t WHERE term_id = :term"
)
LEAVES = TOLD + timedelta(days=90)


def test_the_term_ends_after_the_notice_with_the_agreed_money_and_nothing_else_is_asked(world: World) -> None:
    key = signed(world, clauses=("off_ramp", "true_up"))
    used(world, date(2027, 8, 1), 27)
    day_comes(world, date(2027, 9, 4))
    renewal = world.renewal(CEDAR)

    with desk(world, CEDAR) as at:
        made = leave(at.renewal, LeavingEvent.ACQUISITION, TOLD, "Letter of their new owner", by=at.who(MAYA), at=THEN)
        account = made.account_id

    second_year, days = (20 + 7) * 432_00, 30 + 90
    bought = Money(second_year, "USD").share(days, 366)
    fee = Money(second_year - bought.minor, "USD").share(25, 100)
    with world.reading() as session:
        made, term = Termination.of_term(session, key), session.get_one(Term, key)
        lost = session.get_one(Renewal, renewal)
        assert made
        asked = session.get_one(Instalment, made.instalment_id)
        assert made.amount == asked.amount == bought + fee
        assert (asked.due_on, made.leaves_on, term.ends_on, lost.renews_on) == (LEAVES, LEAVES, LEAVES, LEAVES)
        assert (lost.state, lost.lost_reason) == (RenewalState.LOST, LossReason.ACQUIRED)
        assert mismatches(made.trace) == []
        assert session.execute(overdue([account], LEAVES)).all() == []
        assert len(session.execute(overdue([account], LEAVES + timedelta(days=1))).all()) == 1


def test_what_was_released_is_never_charged_and_a_term_is_left_once(world: World) -> None:
    key = signed(world, clauses=("off_ramp",))
    renewal = world.renewal(CEDAR)
    with desk(world, CEDAR) as at:
        with pytest.raises(Malformed, match="That day has not come yet"):
            leave(at.renewal, LeavingEvent.ACQUISITION, THEN.date() + timedelta(days=1), "!", by=at.who(MAYA), at=THEN)
        leave(at.renewal, LeavingEvent.BUSINESS_CHANGE, TOLD, "They gave the practice up", by=at.who(MAYA), at=THEN)

    with world.writing() as session:
        lost = Renewal.find(session, renewal, lock=True)
        [released] = session.scalars(select(Instalment).where(Instalment.number == 2))
        with pytest.raises(NotNow):
            leave(lost, LeavingEvent.ACQUISITION, TOLD, "Once more", by=world.person(MAYA), at=THEN)
        with pytest.raises(IntegrityError, match="released when the term was left"), session.begin_nested():
            Payment.begin(released, PaymentKind.CARD, by=None, at=THEN)
        with pytest.raises(IntegrityError, match="uq_termination_term"), session.begin_nested():
            session.execute(AGAIN, {"term": key})


def test_only_what_the_contract_names_ends_it_early(world: World) -> None:
    signed(world, clauses=("renegotiation",))

    with desk(world, CEDAR) as at, pytest.raises(NotNow, match="no clause of that kind: off-ramp"):
        leave(at.renewal, LeavingEvent.ACQUISITION, TOLD, "They were acquired", by=at.who(MAYA), at=THEN)


def test_seats_in_use_on_an_anniversary_are_counted_before_the_term_is_left(world: World) -> None:
    key = signed(world, clauses=("off_ramp", "true_up"))
    world.stand_at(date(2027, 9, 6))
    used(world, date(2027, 8, 1), 27)
    page = f"/admin/renewals/{world.renewal(CEDAR)}"
    told = {"event": "acquisition", "told_on": "2027-09-01", "evidence": "Their letter of that day"}

    left = world.signed_in(MAYA).post(f"{page}/termination", told, page=page)

    with world.reading() as session:
        [counted], made = TrueUp.of_term(session, key), Termination.of_term(session, key)
        first, second = 20 * 432_00, 27 * 432_00
        bought = Money(second, "USD").share(87, 366)
        assert left.status_code == 303, left.text
        assert (counted.added, made and made.leaves_on) == ({"growth": 7}, date(2027, 11, 30))
        assert made and made.amount == bought + Money(second - bought.minor, "USD").share(25, 100)
        assert made.step.parts[0].amount.minor == first


def test_nobody_leaves_before_a_day_for_which_seats_were_counted(world: World) -> None:
    signed(world, clauses=("off_ramp", "true_up"))
    used(world, date(2027, 8, 1), 27)
    day_comes(world, date(2027, 9, 6))
    early = date(2027, 6, 1)

    with desk(world, CEDAR) as at, pytest.raises(Malformed, match="something was added on a later day"):
        leave(at.renewal, LeavingEvent.ACQUISITION, early, "They were acquired", by=at.who(MAYA), at=THEN)
