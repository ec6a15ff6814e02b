"""What a clause asks for is paid by whoever may pay there, by the same protocol as a renewal, and never twice."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from pricing.clause import LeavingEvent
from pricing.instalments import Billing
from pricing.money import Money
from renewals.clauses.signed import Signed
from renewals.clauses.true_up import TrueUp
from renewals.event import Event, EventName
from renewals.instalment import Instalment
from renewals.owing import overdue, owed_later, reason_of
from renewals.paper import Document, DocumentKind, Invoice
from renewals.payment import Payment, PaymentState
from renewals.renewal import Renewal
from tests.clauses.contract import CEDAR, RUTH, day_comes, left, signed, used
from tests.gateways.reading import text_of
from tests.money.parties import come_back, pay_at_stripe
from tests.quoting.desk import desk
from tests.world import Visitor, World

A_YEAR_ON = date(2027, 9, 4)
SUM = 7 * 432_00


@pytest.fixture
def asked(world: World) -> UUID:
    """Seven seats beyond the agreement were counted, and an instalment asks for them."""
    signed(world, clauses=("true_up",))
    used(world, date(2027, 8, 1), 27)
    day_comes(world, A_YEAR_ON)
    with world.reading() as session:
        return session.scalars(select(TrueUp.instalment_id).where(TrueUp.amount_minor > 0)).one()


def press(visitor: Visitor, instalment: UUID, how: str) -> int:
    path = f"/instalments/{instalment}"
    return visitor.post(f"{path}/payment", {"with": how}, page=path).status_code


def state(visitor: Visitor, instalment: UUID) -> str:
    return visitor.get(f"/instalments/{instalment}").text.split('data-state="')[1].split('"')[0]


def renewed(world: World, instalment: UUID) -> Renewal:
    """The renewal that was won by what it is owed under."""
    with world.reading() as session:
        return Renewal.find(session, session.get_one(Instalment, instalment).renewal_id)


def charged(world: World, instalment: UUID) -> list[int]:
    """Beside the first year."""
    return [one["amount"] for one in world.sandbox.charges(renewed(world, instalment).id) if one["amount"] == SUM]


def test_two_presses_with_the_card_on_file_charge_once_and_renew_nothing_again(world: World, asked: UUID) -> None:
    ruth = world.signed_in(RUTH)
    page = ruth.get("/documents").text

    assert [press(ruth, asked, "card"), press(ruth, asked, "card"), press(ruth, asked, "other")] == [303, 303, 303]
    world.work()

    assert f"/instalments/{asked}" in page and f"/instalments/{asked}" not in ruth.get("/documents").text
    assert (charged(world, asked), state(ruth, asked)) == ([SUM], "succeeded")
    with world.reading() as session:
        payment = session.scalars(select(Payment).where(Payment.instalment_id == asked)).one()
        assert (payment.state, payment.reason) == (PaymentState.SUCCEEDED, None)
        alarms = select(Event).where(Event.subject_id == payment.id, Event.name == EventName.PAYMENT_STRANDED)
        assert session.scalars(alarms).all() == [], "nothing was to be won with it"
        invoice = session.scalars(select(Invoice).where(Invoice.payment_id == payment.id)).one()
        paper = session.get_one(Document, invoice.document_id)
        assert paper.kind is DocumentKind.INVOICE
        assert "Seats used beyond the agreement" in text_of(paper.content)
    assert any(mail.subject.startswith("Receipt: USD") and "is renewed" not in mail.subject for mail in world.mails())


def test_another_card_is_typed_at_stripe_and_a_page_left_open_is_closed_before_the_next(
    world: World, asked: UUID
) -> None:
    ruth = world.signed_in(RUTH)
    press(ruth, asked, "other")
    first = way_out(world, asked)
    press(ruth, asked, "other")

    come_back(ruth, pay_at_stripe(way_out(world, asked)))

    assert pay_at_stripe(first).status_code != 303, "the first page is closed"
    assert (charged(world, asked), state(ruth, asked)) == ([SUM], "succeeded")


def way_out(world: World, asked: UUID) -> str:
    with world.reading() as session:
        query = select(Payment).where(Payment.instalment_id == asked).order_by(Payment.id.desc())
        return session.scalars(query).first().action_url  # type: ignore[union-attr, return-value]


def test_the_page_of_the_renewal_itself_speaks_of_its_own_payment(world: World, asked: UUID) -> None:
    ruth = world.signed_in(RUTH)
    press(ruth, asked, "card")
    with world.reading() as session:
        spoken = Payment.latest_of(session.get_one(Renewal, renewed(world, asked).id))

    assert spoken is not None and spoken.renews


def test_what_is_being_released_is_not_paid_at_the_same_moment(world: World) -> None:
    signed(world, clauses=("off_ramp",))
    told = date(2027, 10, 4)
    world.stand_at(told)
    ruth = world.signed_in(RUTH)
    with world.reading() as session:
        second = session.scalars(select(Instalment.id).where(Instalment.number == 2)).one()

    with ThreadPoolExecutor(1) as threads:
        with desk(world, CEDAR) as at:
            left(at, LeavingEvent.ACQUISITION, told, "A letter", when=datetime(2027, 10, 4, 18, tzinfo=UTC))
            pressed = threads.submit(press, ruth, second, "card")
            with pytest.raises(TimeoutError):
                pressed.result(timeout=1)
        status = pressed.result(timeout=30)

    with world.reading() as session:
        assert status == 409
        assert session.scalars(select(Payment).where(Payment.instalment_id == second)).all() == []


def test_nobody_owes_nothing(world: World) -> None:
    """A few last days of what costs next to nothing round to no coin: no card is asked for it, and no one is late."""
    signed(world)
    day = date(2027, 3, 1)
    with desk(world, CEDAR) as at:
        yes = Signed.of(at.renewal).acceptance
        nothing = Instalment.beside(yes, Money.zero("USD"), day).id
        at.session.flush()

        late = [key for _, key in at.session.execute(overdue([yes.account_id], day + timedelta(days=1)))]
        assert nothing not in {one.id for one in owed_later(at.session, yes.account_id)}
        assert late == []


def test_what_is_paid_in_parts_says_for_which_days_each_part_is(world: World) -> None:
    signed(world, billing=Billing.QUARTERLY)
    with world.reading() as session:
        later = session.scalars(select(Instalment).where(Instalment.number.in_((2, 8))).order_by(Instalment.number))
        second, last = (reason_of(one) for one in later)

    assert (second.starts_on, second.ends_on) == (date(2026, 12, 4), date(2027, 3, 4))
    assert (last.starts_on, last.ends_on) == (date(2028, 6, 4), date(2028, 9, 4))
