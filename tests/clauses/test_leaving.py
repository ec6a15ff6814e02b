"""An off-ramp ends a term with the agreed notice and money, once, and nothing is charged for it afterwards."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from pricing.clause import LeavingEvent
from pricing.money import Money
from pricing.replay import mismatches
from renewals.acceptance import Acceptance
from renewals.clauses.early_exit import EarlyExit, ExitState
from renewals.clauses.leaving import agree, leave
from renewals.clauses.termination import Termination
from renewals.clauses.true_up import TrueUp
from renewals.errors import Malformed, NotNow, NotYours
from renewals.instalment import Instalment
from renewals.owing import overdue
from renewals.payment import Payment, PaymentKind
from renewals.renewal import LossReason, Renewal, RenewalState
from renewals.subscription import Term
from tests.clauses.contract import CEDAR, day_comes, left, signed, used
from tests.quoting.desk import FARAH, INES, MAYA, desk
from tests.web.guest import known
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
        made = left(at, LeavingEvent.ACQUISITION, TOLD, "Letter of their new owner", when=THEN)
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
        left(at, LeavingEvent.BUSINESS_CHANGE, TOLD, "They gave the practice up", when=THEN)

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
        left(at, LeavingEvent.ACQUISITION, TOLD, "They were acquired", when=THEN)


def said(world: World, decision: str) -> dict[str, str]:
    """What is pressed beside the newest that was asked for."""
    with world.reading() as session:
        newest = session.scalars(select(EarlyExit.id).order_by(EarlyExit.id.desc())).first()
    return {"decision": decision, "exit": str(newest)}


def test_seats_in_use_on_an_anniversary_are_counted_before_the_term_is_left(world: World) -> None:
    key = signed(world, clauses=("off_ramp", "true_up"))
    world.stand_at(date(2027, 9, 6))
    used(world, date(2027, 8, 1), 27)
    page = f"/admin/renewals/{world.renewal(CEDAR)}"
    told = {"event": "acquisition", "told_on": "2027-09-01", "evidence": "Their letter of that day"}

    world.signed_in(MAYA).post(f"{page}/termination", told, page=page)
    agreed = world.signed_in(FARAH).post(f"{page}/termination/decision", said(world, "agree"), page=page)

    with world.reading() as session:
        [counted], made = TrueUp.of_term(session, key), Termination.of_term(session, key)
        first, second = 20 * 432_00, 27 * 432_00
        bought = Money(second, "USD").share(87, 366)
        assert agreed.status_code == 303, agreed.text
        assert (counted.added, made and made.leaves_on) == ({"growth": 7}, date(2027, 11, 30))
        assert made and made.amount == bought + Money(second - bought.minor, "USD").share(25, 100)
        assert made.step.parts[0].amount.minor == first


def test_nobody_leaves_before_a_day_for_which_seats_were_counted(world: World) -> None:
    signed(world, clauses=("off_ramp", "true_up"))
    used(world, date(2027, 8, 1), 27)
    day_comes(world, date(2027, 9, 6))
    early = date(2027, 6, 1)

    with desk(world, CEDAR) as at, pytest.raises(Malformed, match="something was added on a later day"):
        left(at, LeavingEvent.ACQUISITION, early, "They were acquired", when=THEN)


# A second person


def test_one_person_alone_dates_no_notice_back_and_the_database_holds_it(world: World) -> None:
    key = signed(world, clauses=("off_ramp",))

    with desk(world, CEDAR) as at:
        asked = leave(at.renewal, LeavingEvent.ACQUISITION, TOLD, "A letter", by=at.who(MAYA), at=THEN)
        assert isinstance(asked, EarlyExit) and Termination.of_term(at.session, key) is None
        with pytest.raises(NotYours):
            agree(asked, by=at.who(MAYA), at=THEN)
    with pytest.raises(IntegrityError, match="agree to this exit"):
        written_past_us(world, asked)


def written_past_us(world: World, asked: EarlyExit) -> None:
    """A term that is left without the other's yes."""
    same = ("account_id", "term_id", "renewal_id", "activity_id", "event", "told_on", "currency", "by_id")
    with world.writing() as session:
        yes = session.scalars(select(Acceptance).where(Acceptance.account_id == asked.account_id)).first()
        assert yes
        session.add(Termination(
            **{name: getattr(asked, name) for name in same}, acceptance_id=yes.id, leaves_on=LEAVES, trace={},
            amount_minor=0, at=THEN,
        ))


def test_a_manager_who_asks_can_not_agree_to_it_herself(world: World) -> None:
    signed(world, clauses=("off_ramp",))

    with desk(world, CEDAR) as at:
        asked = leave(at.renewal, LeavingEvent.ACQUISITION, TOLD, "A letter", by=at.who(INES), at=THEN)
        assert isinstance(asked, EarlyExit)
        with pytest.raises(NotNow, match="Somebody else"):
            agree(asked, by=at.who(INES), at=THEN)


def test_money_is_returned_on_the_page_with_a_second_yes_and_not_without(world: World) -> None:
    signed(world, clauses=("off_ramp",))
    day_comes(world, TOLD)
    path = f"/admin/renewals/{world.renewal(CEDAR)}"
    maya, farah = (known(world, world.person(email)) for email in (MAYA, FARAH))
    form = {"event": "acquisition", "told_on": (TOLD - timedelta(days=1)).isoformat(), "evidence": "A letter"}

    assert maya.post(f"{path}/termination", form).status_code == 303
    assert maya.post(f"{path}/termination/decision", said(world, "agree")).status_code == 403
    waits = "Agree, and end the term"
    assert path in farah.get("/admin/approvals").text
    assert waits in farah.get(path).text and waits not in maya.get(path).text
    assert farah.post(f"{path}/termination/decision", said(world, "refuse")).status_code == 303
    assert maya.post(f"{path}/termination", form).status_code == 303
    assert farah.post(f"{path}/termination/decision", said(world, "agree")).status_code == 303

    assert "the term ends on" in maya.get(path).text


def test_a_yes_that_can_not_be_carried_out_any_more_is_not_kept(world: World) -> None:
    key = signed(world, clauses=("off_ramp", "true_up"))
    world.stand_at(date(2027, 9, 2))
    used(world, date(2027, 8, 1), 27)
    path = f"/admin/renewals/{world.renewal(CEDAR)}"
    form = {"event": "acquisition", "told_on": "2027-06-01", "evidence": "A letter"}
    asked = world.signed_in(MAYA).post(f"{path}/termination", form, page=path)
    day_comes(world, date(2027, 9, 4))

    answer = world.signed_in(FARAH).post(f"{path}/termination/decision", said(world, "agree"), page=path)

    assert (asked.status_code, answer.status_code) == (303, 422)
    with world.reading() as session:
        [stands] = session.scalars(select(EarlyExit).where(EarlyExit.term_id == key))
        assert (stands.state, stands.decided_by) == (ExitState.ASKED, None)


def test_a_yes_is_to_the_sum_that_was_read_and_to_no_other(world: World) -> None:
    key = signed(world, clauses=("off_ramp",))
    day_comes(world, TOLD)
    path = f"/admin/renewals/{world.renewal(CEDAR)}"
    maya, farah = (known(world, world.person(email)) for email in (MAYA, FARAH))
    form = {"event": "acquisition", "told_on": (TOLD - timedelta(days=1)).isoformat(), "evidence": "A letter"}
    maya.post(f"{path}/termination", form)
    read = said(world, "agree")
    assert f'name="exit" value="{read["exit"]}"' in farah.get(path).text
    farah.post(f"{path}/termination/decision", said(world, "refuse"))
    maya.post(f"{path}/termination", form | {"told_on": (TOLD - timedelta(days=20)).isoformat()})

    assert farah.post(f"{path}/termination/decision", read).status_code == 409
    with world.reading() as session:
        assert Termination.of_term(session, key) is None
