"""The click: one call to Stripe between it and the answer, exactly one charge and one renewal."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from app.chores.message import plan_receipt
from app.work import Work
from renewals.paper import Agreement, Document
from renewals.payment import Payment, PaymentState
from renewals.person import Person
from renewals.renewal import Renewal, RenewalState
from renewals.subscription import Term
from tests.world import World, click_form

RUTH = "ruth@cedar-dental.example"
LEO = "leo@cedar-dental.example"


def test_cedar_dental_renews_in_one_click(world: World) -> None:
    renewal = world.renewal("cedar-dental")
    ruth = world.signed_in(RUTH)

    answer = ruth.click(renewal)
    page = ruth.get(answer.headers["location"]).text

    assert answer.status_code == 303
    assert "Growth is renewed" in page
    assert [charge["amount"] for charge in world.sandbox.charges(renewal)] == [864_000]


def test_the_next_term_begins_where_the_old_one_ends_and_the_next_renewal_is_open(world: World) -> None:
    renewal = world.renewal("cedar-dental")
    world.signed_in(RUTH).click(renewal)

    with world.reading() as session:
        done = session.get_one(Renewal, renewal)
        term = session.scalars(select(Term).join(Agreement, Agreement.id == Term.agreement_id)).one()
        following = session.scalars(select(Renewal).where(Renewal.term_id == term.id)).one()

        assert done.state is RenewalState.WON
        assert (term.starts_on, term.months, term.arr) == (done.renews_on, 12, done.value)
        assert (following.state, following.renews_on) == (RenewalState.PLANNED, term.ends_on)


def test_the_receipt_is_mailed_and_the_papers_are_filed(world: World) -> None:
    renewal = world.renewal("cedar-dental")
    world.signed_in(RUTH).click(renewal)
    world.work()
    world.work()

    receipts = [mail for mail in world.mails() if mail.kind == "receipt"]
    with world.reading() as session:
        papers = select(Document.kind).where(Document.renewal_id == renewal).order_by(Document.kind)
        kinds = session.scalars(papers).all()

        assert [mail.to for mail in receipts] == [[RUTH]]
        assert [kind.value for kind in kinds] == ["agreement", "invoice"]


@pytest.mark.parametrize("planned", [False, True])
def test_whoever_has_left_gets_no_receipt_and_who_decides_about_the_money_there_does(
    world: World, planned: bool
) -> None:
    renewal = world.renewal("cedar-dental")
    world.signed_in(RUTH).click(renewal)
    if planned:
        Work(world.house).run(plan_receipt, subject=world.payments(renewal)[0].id)
    with world.writing() as session:
        ruth, leo = (session.scalars(select(Person).where(Person.email == one)).one() for one in (RUTH, LEO))
        ruth.active, leo.roles = False, ["owner"]

    world.work()

    assert [mail.to for mail in world.mails() if mail.kind == "receipt"] == [[LEO]]


def test_a_second_click_shows_the_first_attempt(world: World) -> None:
    renewal = world.renewal("cedar-dental")
    ruth = world.signed_in(RUTH)
    form = click_form(ruth.get(f"/renewals/{renewal}").text)

    first = ruth.client.post(f"/renewals/{renewal}/payment", data=form, follow_redirects=False)
    second = ruth.client.post(f"/renewals/{renewal}/payment", data=form, follow_redirects=False)

    assert first.headers["location"] == second.headers["location"]
    assert len(world.sandbox.charges(renewal)) == 1


def test_fifty_clicks_at_once_are_one_charge(world: World) -> None:
    renewal = world.renewal("cedar-dental")
    visitors = [world.signed_in(RUTH) for _ in range(50)]
    form = [click_form(visitor.get(f"/renewals/{renewal}").text) for visitor in visitors]

    with ThreadPoolExecutor(50) as threads:
        answers = list(
            threads.map(
                lambda pair: pair[0].client.post(f"/renewals/{renewal}/payment", data=pair[1], follow_redirects=False),
                zip(visitors, form, strict=True),
            )
        )
    with world.reading() as session:
        payments = session.scalars(select(Payment).where(Payment.renewal_id == renewal)).all()

        assert {answer.status_code for answer in answers} == {303}
        assert len(world.sandbox.charges(renewal)) == 1
        assert [payment.state for payment in payments] == [PaymentState.SUCCEEDED]
