"""What was negotiated is what is charged, printed and run: to the cent, and nothing beside it."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from app.chores.plan import end_plan
from app.work import Work
from pricing.instalments import Billing
from renewals.acceptance import Acceptance
from renewals.accepting import Yes, accept
from renewals.errors import Malformed, NotNow
from renewals.instalment import Instalment
from renewals.paper import Agreement, Document, DocumentKind
from renewals.payment import Payment, PaymentKind
from renewals.plan.task import Task
from renewals.policy import Policy, PolicyKind
from renewals.quoting import negotiating
from renewals.quoting.basis import Basis
from renewals.quoting.delivering import TASK
from renewals.subscription import Term
from tests.quoting.desk import Desk, desk
from tests.world import World

RUTH = "ruth@cedar-dental.example"


def agreed(world: World, **changes: object) -> str:
    """Ruth accepts a proposal; gives its content's hash."""
    with desk(world, "cedar-dental") as at:
        quote = at.sent(**changes)
        negotiating.take(quote, at.yes(quote.newest), by=at.who(RUTH), at=at.at)
        return quote.newest.content_hash


def test_what_was_agreed_is_charged_and_begins_the_next_term(world: World) -> None:
    renewal = world.renewal("cedar-dental")
    content_hash = agreed(world, discount=500)
    ruth = world.signed_in(RUTH)

    paid = ruth.post(f"/renewals/{renewal}/payment", {"option": content_hash}, page=f"/renewals/{renewal}")
    world.work()

    [charge] = world.sandbox.charges(renewal)
    with world.reading() as session:
        term = session.scalars(select(Term).where(Term.agreement_id.is_not(None))).one()
        paper = session.scalars(select(Document).where(Document.kind == DocumentKind.AGREEMENT)).one()
        said = session.scalars(select(Agreement)).one().facts
        assert paid.status_code == 303
        assert charge["amount"] == 864000 * 95 // 100 == term.arr.minor
        assert said["content_hash"] == content_hash
        assert paper.renewal_id == renewal


def test_what_was_agreed_is_owed_as_the_quote_says(world: World) -> None:
    agreed(world, billing=Billing.QUARTERLY)

    with world.reading() as session:
        owed = session.scalars(select(Instalment).order_by(Instalment.number)).all()
        assert [one.amount_minor for one in owed] == [216000] * 4


def test_who_accepted_a_proposal_does_not_buy_something_else_by_mistake(world: World) -> None:
    renewal = world.renewal("cedar-dental")
    ruth = world.signed_in(RUTH)
    [good, *_] = ruth.options(renewal)
    agreed(world, discount=500)

    form = {"option": good, "terms": "2020-01-01"}
    answer = ruth.post(f"/renewals/{renewal}/payment", form, page=f"/renewals/{renewal}")

    assert answer.status_code == 409
    assert world.sandbox.charges(renewal) == []




def test_what_was_given_besides_the_price_is_work_once_it_is_signed(world: World) -> None:
    renewal = world.renewal("cedar-dental")
    content_hash = agreed(world, extras=("early_access",))
    ruth = world.signed_in(RUTH)
    ruth.post(f"/renewals/{renewal}/payment", {"option": content_hash}, page=f"/renewals/{renewal}")
    world.work()

    Work(world.house).run(end_plan, subject=renewal)  # said twice

    with world.reading() as session:
        [task] = session.scalars(select(Task).where(Task.renewal_id == renewal, Task.pattern == TASK))
    page = world.signed_in("ines@lumen.example").get(f"/admin/tasks/{task.id}").text
    assert "They were promised: <strong>Early access to new features</strong>." in page


JULY, AUGUST = datetime(2026, 7, 20, 9, tzinfo=UTC), datetime(2026, 8, 3, 9, tzinfo=UTC)
SIGN_BY = date(2026, 7, 31)


def test_what_is_earned_by_signing_early_is_accepted_until_that_day_only(world: World) -> None:
    with desk(world, "cedar-dental") as at:
        at.at = JULY
        quote = at.sent(sign_by=SIGN_BY, levers=("sign_by",))

        with pytest.raises(NotNow, match="could be accepted until 2026-07-31"):
            negotiating.take(quote, at.yes(quote.newest), by=at.who(RUTH), at=AUGUST)
        assert (quote.newest.content["per_year"], quote.valid_until) == (8640_00 * 95 // 100, SIGN_BY)


def test_a_day_to_sign_by_that_has_passed_earns_nothing_in_a_counter_and_is_not_sent(world: World) -> None:
    with desk(world, "cedar-dental") as at:
        at.at = JULY
        quote, late = at.sent(), at.submitted(sign_by=SIGN_BY, levers=("sign_by",))

        with pytest.raises(NotNow, match="day to sign by has gone by"):
            negotiating.send(late, by=at.who("maya@lumen.example"), at=AUGUST)
        wanted = at.deal(quote, sign_by=SIGN_BY, levers=("sign_by",), billing=Billing.QUARTERLY)
        made = negotiating.counter(quote, wanted, by=at.who(RUTH), at=AUGUST)

        assert (made.content["per_year"], made.content["deal"]["levers"]) == (8640_00, [])


def paying_for_an_option(at: Desk) -> Acceptance:
    """The one click, while Stripe has not answered."""
    options = Basis.of(at.renewal, at=at.at).choice.options
    option, ruth = options[options.recommended], at.who(RUTH)
    terms = Policy.in_force(at.session, PolicyKind.TERMS, at.at.date())
    made = accept(at.renewal, option, Yes(option.content_hash, terms, terms.content_hash, {}), by=ruth, at=at.at)
    Payment.begin(Instalment.first(made), PaymentKind.CARD, by=ruth, at=at.at)
    return made


def test_a_proposal_is_not_accepted_while_something_else_is_being_paid(world: World) -> None:
    with desk(world, "cedar-dental") as at:
        quote = at.sent(discount=500)
        made = paying_for_an_option(at)

        with pytest.raises(NotNow, match="payment for this renewal is under way"):
            negotiating.take(quote, at.yes(quote.newest), by=at.who(RUTH), at=at.at)
        assert Acceptance.standing(at.renewal) is made


def test_the_database_lets_no_yes_lapse_that_is_being_paid(world: World) -> None:
    with desk(world, "cedar-dental") as at:
        made = paying_for_an_option(at)

        with pytest.raises(IntegrityError, match="payment for this acceptance"), at.session.begin_nested():
            at.session.execute(text("UPDATE acceptance SET state = 'lapsed' WHERE id = :id"), {"id": made.id})


def test_a_customer_writes_twenty_times_a_day_and_no_more(world: World) -> None:
    with desk(world, "cedar-dental") as at:
        quote, ruth = at.sent(), at.who(RUTH)
        at.renewal.ask("question", "May I ask?", by=ruth, at=at.at)
        for number in range(19):
            negotiating.remark(quote, f"Remark {number}", by=ruth, at=at.at)

        with pytest.raises(NotNow, match="since yesterday"):
            negotiating.remark(quote, "One more", by=ruth, at=at.at)
        with pytest.raises(NotNow, match="since yesterday"):
            negotiating.counter(quote, at.deal(quote, discount=500), by=ruth, at=at.at)


def test_no_price_is_held_for_ever(world: World) -> None:
    with desk(world, "cedar-dental") as at:
        quote = at.submitted()

        with pytest.raises(Malformed, match="half a year at most"):
            negotiating.send(quote, valid_until=date(9999, 12, 31), by=at.who("maya@lumen.example"), at=at.at)
