"""What is added to a signed term: it ends with the term, costs the days that are left, and is asked for once."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import IntegrityError

from pricing.deal import DealError, DealLine
from pricing.instalments import Billing
from pricing.multiyear import Shape
from pricing.replay import mismatches
from renewals import closing, loss
from renewals.acceptance import Acceptance, AcceptanceState
from renewals.accepting import accept
from renewals.addition import Addition
from renewals.check import violations
from renewals.choice import Choice
from renewals.clauses import leaving
from renewals.errors import NotNow
from renewals.instalment import Instalment
from renewals.offer import Approval
from renewals.payment import Payment, PaymentKind, Succeeded
from renewals.quoting import drafting, negotiating, splitting
from renewals.quoting.basis import Basis
from renewals.quoting.extending import extend
from renewals.quoting.quote import Part, Quote, QuoteState
from renewals.renewal import LossReason, Renewal, RenewalState
from renewals.subscription import Line, Term
from tests.quoting.desk import AT, MAYA, OMAR, Desk, desk
from tests.web.guest import known
from tests.world import TERMS, World

CEDAR, RUTH = "cedar-dental", "ruth@cedar-dental.example"
NEW, SEATS = "insights", 5
STARTS, ENDS = date(2026, 9, 4), date(2027, 9, 4)
MID_TERM = datetime(2027, 2, 4, 9, tzinfo=AT.tzinfo)
LEAVE = date(2027, 3, 1)
HELD = timedelta(days=183)


@dataclass
class Pair:
    """A renewal and what is new beside it, both sent, in one transaction."""

    at: Desk
    whole: Quote
    apart: Quote

    def take(self, quote: Quote, at: datetime = AT) -> Acceptance:
        return negotiating.take(quote, self.at.yes(quote.newest), by=self.at.who(RUTH), at=at)

    def pay(self, at: datetime = AT) -> None:
        """The money for the renewal arrives."""
        session = self.at.session
        first = Instalment.first(self.take_once())
        payment = Payment.begin(first, PaymentKind.CARD, by=self.at.who(RUTH), at=at)
        closing.settle(session, payment, Succeeded("pi_1", first.amount, "cus_1", str(payment.id)), at=at)

    def take_once(self) -> Acceptance:
        return Acceptance.standing(self.at.renewal) or self.take(self.whole)

    @property
    def term(self) -> Term:
        term = closing.term_after(self.at.session, self.at.renewal)
        assert term
        return term

    def have(self) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
        """The lines of the term, and what is owed for it."""
        session = self.at.session
        lines = select(Line.product, Line.quantity, Line.amount_minor, Line.starts_on, Line.ends_on)
        owed = select(Instalment.number, Instalment.due_on, Instalment.amount_minor)
        yes = Acceptance.standing(self.at.renewal)
        assert yes
        return (
            [tuple(row) for row in session.execute(lines.where(Line.term_id == self.term.id).order_by(Line.position))],
            [tuple(row) for row in session.execute(owed.where(Instalment.acceptance_id == yes.id).order_by("number"))],
        )


def pair(at: Desk, **changes: Any) -> Pair:
    """Split off from one bundle."""
    scope = Basis.of(at.renewal, at=at.at).choice.scope
    lines = (*(DealLine(line.product, line.quantity) for line in scope.lines), DealLine(NEW, SEATS))
    whole = at.draft(lines=lines, **changes)
    by = at.who(MAYA)
    apart = splitting.split(whole, owner=at.who(OMAR), revisit_on=date(2026, 12, 1), by=by, at=at.at)
    for quote in (whole, apart):
        at.approve(quote)
        negotiating.send(quote, valid_until=at.at.date() + HELD, by=by, at=at.at)
    return Pair(at, whole, apart)


def test_what_is_new_joins_the_signed_term_for_the_days_that_are_left(world: World) -> None:
    with desk(world, CEDAR) as at:
        both = pair(at)
        both.pay()
        both.take(both.apart, at=MID_TERM)

        [made] = Addition.of_term(at.session, both.term.id)
        lines, owed = both.have()
        a_year = both.apart.newest.content["per_year"]
        assert (made.on_day, both.term.ends_on) == (MID_TERM.date(), ENDS)
        assert lines[-1] == (NEW, SEATS, a_year, MID_TERM.date(), ENDS)
        assert made.amount_minor == round(a_year * 212 / 365) == owed[-1][2]
        assert (len(owed), owed[-1][1]) == (2, MID_TERM.date() + timedelta(days=both.term.net_days))
        assert mismatches(made.trace) == []
        then = Renewal.of_subscription(at.session, at.renewal.subscription_id)
        assert then and then.value.minor == both.whole.newest.content["per_year"] + a_year
        assert NEW in Choice.of(at.session, then, MID_TERM.date()).scope.quantities


def test_what_is_accepted_before_the_renewal_is_signed_waits_for_it_and_owes_nothing(world: World) -> None:
    with desk(world, CEDAR) as at:
        both = pair(at)
        yes = both.take(both.apart)

        assert (both.apart.state, both.at.renewal.state) == (QuoteState.ACCEPTED, RenewalState.PROPOSED)
        assert at.session.scalars(select(Instalment).where(Instalment.acceptance_id == yes.id)).all() == []
        assert Acceptance.standing(at.renewal) is None
        both.pay()

        [made] = Addition.of_term(at.session, both.term.id)
        assert (made.acceptance_id, made.on_day) == (yes.id, STARTS)
        assert made.amount_minor == both.apart.newest.content["total"]
        assert at.renewal.state is RenewalState.WON


class Undone(Exception):
    """Nothing of it is kept."""


def outcome(world: World, act: Callable[[Pair], None], **changes: Any) -> Any:
    """What they have and owe after an act that is then undone."""
    found: list[Any] = []
    try:
        with desk(world, CEDAR) as at:
            both = pair(at, **changes)
            act(both)
            found.append(both.have())
            raise Undone
    except Undone:
        return found[0]


@given(
    st.sampled_from([{"months": 12}, {"months": 24}, {"months": 36}, {"months": 24, "prepaid": True}]),
    st.sampled_from(list(Billing)), st.integers(0, 20), st.integers(0, 160),
)
@example({"months": 24}, Billing.QUARTERLY, 3, 150)
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_accepted_in_either_order_both_end_in_the_same_lines_and_money(
    standing: World, term: dict[str, Any], billing: Billing, first: int, more: int
) -> None:
    earlier, later = AT + timedelta(days=first), AT + timedelta(days=first + more)
    changes = term if "prepaid" in term else term | {"billing": billing}

    def renewal_first(both: Pair) -> None:
        both.pay(at=earlier)
        both.take(both.apart, at=later)

    def addition_first(both: Pair) -> None:
        both.take(both.apart, at=earlier)
        both.pay(at=later)

    assert outcome(standing, renewal_first, **changes) == outcome(standing, addition_first, **changes)


def test_a_second_press_adds_and_asks_for_nothing(world: World) -> None:
    with desk(world, CEDAR) as at:
        both = pair(at)
        both.pay()
        yes = both.take(both.apart)
        before = both.have()

        with pytest.raises(NotNow, match="can not be answered any more"):
            both.take(both.apart)
        assert both.have() == before
        key = yes.id
    other = "jsonb_build_object('id', gen_random_uuid())"
    again = f"INSERT INTO {{0}} SELECT (jsonb_populate_record(t, {other})).* FROM {{0}} t"
    for table, where, name in (
        ("acceptance", "id", "uq_acceptance_apart"), ("addition", "acceptance_id", "uq_addition_acceptance"),
    ):
        with pytest.raises(IntegrityError, match=name), world.writing() as session:
            session.execute(text(f"{again.format(table)} WHERE {where} = :key"), {"key": key})


def test_the_database_accepts_no_expansion_that_is_not_approved_and_none_in_place_of_a_renewal(world: World) -> None:
    with desk(world, CEDAR) as at:
        both = pair(at)
        yes = both.take(both.whole)
        draft = begun(at)
        said = {column.key: getattr(yes, column.key) for column in Acceptance.__mapper__.columns if column.key != "id"}
        approved = Approval.of(at.session, both.apart.newest)
        assert approved
        apart = said | {"offer_id": both.apart.newest.id, "content_hash": both.apart.newest.content_hash,
                        "approval_id": approved.id, "apart_id": both.apart.id}
        wrong = {
            "fk_acceptance_account_id_approval_id": apart | {
                "offer_id": draft.newest.id, "content_hash": draft.newest.content_hash, "apart_id": draft.id,
            },
            "apart_as_quoted": apart | {"apart_id": None},
        }
        renewing = said | {"apart_id": both.apart.id}
    for name, values in (*wrong.items(), ("apart_as_quoted", renewing)):
        with pytest.raises(IntegrityError, match=name), world.writing() as session:
            session.execute(insert(Acceptance).values(**values))
    with pytest.raises(IntegrityError, match="nobody has said yes"), world.writing() as session:
        session.execute(update(Quote).where(Quote.id == both.apart.id).values(state=QuoteState.ACCEPTED))


def begun(at: Desk) -> Quote:
    """A quote of something new that nobody approved."""
    deal = Basis.deal_of(Quote.of_renewal(at.session, at.renewal.id)[0].newest)
    quote = Quote.begin(at.renewal, matrix="matrix@1", part=Part.EXPANSION, by=at.who(MAYA), at=at.at)
    drafting.write(quote, Basis.of_quote(quote, at=at.at), replace(deal, discount=4000), by=at.who(MAYA), at=at.at)
    return quote


def test_a_renewal_that_is_lost_takes_with_it_what_waits_for_it(world: World) -> None:
    with desk(world, CEDAR) as at:
        both, later = pair(at), pair(at)
        yes = both.take(both.apart)
        later.apart.state = QuoteState.SENT
        loss.lose(at.renewal, LossReason.PRICE, "", by=at.who(MAYA), at=at.at)

        assert yes.state is AcceptanceState.LAPSED
        with pytest.raises(NotNow, match="was not signed"):
            later.take(later.apart)


def test_what_was_priced_for_another_term_is_not_added_to_this_one(world: World) -> None:
    with desk(world, CEDAR) as at:
        both = pair(at, months=24)
        yes = both.take(both.apart)
        good = Basis.of(at.renewal, at=AT).choice.options.good
        shown = replace(at.yes(both.whole.newest), content_hash=good.content_hash)
        accept(at.renewal, good, shown, by=at.who(RUTH), at=AT)
        both.pay()

        assert (both.term.months, yes.state) == (12, AcceptanceState.LAPSED)
        assert Addition.of_term(at.session, both.term.id) == []


def test_nothing_is_added_once_it_is_agreed_what_follows_the_term(world: World) -> None:
    with desk(world, CEDAR) as at:
        both = pair(at)
        both.pay()
        then = Renewal.of_subscription(at.session, at.renewal.subscription_id)
        assert then
        then.advance(RenewalState.AGREED, by=None, at=MID_TERM)
        with pytest.raises(NotNow, match="settled already"):
            both.take(both.apart, at=MID_TERM)


def test_the_customer_reads_what_it_costs_today_and_a_press_adds_it(world: World) -> None:
    with desk(world, CEDAR) as at:
        both = pair(at)
        both.pay()
        key, content = both.apart.id, both.apart.newest.content_hash
    world.stand_at(MID_TERM.date())
    ruth, page = known(world, world.person(RUTH)), f"/proposals/{key}"
    before = ruth.get(page).text
    terms = TERMS.search(before)
    assert "212" in before and "365" in before and terms
    answer = ruth.post(f"{page}/acceptance", {"content": content, "terms": terms[1]})
    again = ruth.post(f"{page}/acceptance", {"content": content, "terms": terms[1]})

    world.work()
    after = ruth.get(page).text
    assert (answer.status_code, again.status_code) == (303, 409)
    assert "It belongs to your contract from" in after
    documents = ruth.get("/documents").text
    assert "What was added to your contract" in documents
    assert re.search(r"Addition Q-\d+ to agreement A-2026-\d+", documents)
    letter = [mail for mail in world.mails() if mail.kind == "proposal_accepted"][-1]
    assert letter.subject.startswith("Agreed: Insights, added to") and "ends with it" in letter.text


def test_staff_add_products_to_the_term_that_runs_whatever_is_negotiated_about_the_next(world: World) -> None:
    with desk(world, CEDAR) as at:
        pair(at).pay()
        then = Renewal.of_subscription(at.session, at.renewal.subscription_id)
        assert then
        key = then.id
    world.stand_at(MID_TERM.date())
    maya, record = known(world, world.person(MAYA)), f"/admin/renewals/{key}"
    assert "Add products to the term that runs" in maya.get(record).text
    assert maya.post(f"{record}/additions", {"product": NEW, "quantity": "none"}).status_code == 422
    page = maya.post(f"{record}/additions", {"product": NEW, "quantity": "2"}).headers["location"]
    assert maya.get(page).status_code == 200

    with desk(world, CEDAR, key) as at:
        at.at = MID_TERM
        drafting.draft(at.renewal, by=at.who(MAYA), at=at.at)
        quote = at.session.get_one(Quote, UUID(page.rsplit("/", 1)[1]))
        at.approve(quote)
        negotiating.send(quote, by=at.who(MAYA), at=at.at)
        negotiating.take(quote, at.yes(quote.newest), by=at.who(RUTH), at=at.at)
        [made] = Addition.of_term(at.session, at.renewal.term_id)
        assert (made.on_day, quote.newest.ends_on) == (MID_TERM.date(), at.renewal.renews_on)
        assert at.renewal.value.minor == 8_640_00 + quote.newest.content["per_year"]
    assert "One addition" in maya.get(record).text


def test_nothing_is_added_to_a_term_that_was_not_signed_here_or_has_another_length(world: World) -> None:
    with desk(world, CEDAR) as at, pytest.raises(NotNow, match="not signed here"):
        extend(at.renewal, DealLine(NEW, 1), by=at.who(MAYA), at=AT)
    with desk(world, CEDAR) as at:
        both = pair(at)
        both.pay()
        longer = at.deal(both.apart, months=24, shape=Shape.FIXED)
        with pytest.raises(DealError, match="ends with their term"):
            drafting.revise(both.apart, longer, by=at.who(MAYA), at=AT)


def test_who_leaves_by_the_off_ramp_pays_for_what_was_added_until_then_and_the_fee(world: World) -> None:
    with desk(world, CEDAR) as at:
        both = pair(at, months=24, clauses=("off_ramp",))
        both.pay()
        then = Renewal.of_subscription(at.session, at.renewal.subscription_id)
        assert then
        plain = leaving.preview(then, LEAVE).amount
        both.take(both.apart, at=MID_TERM)
        a_year = both.apart.newest.content["per_year"]
        left = a_year + a_year * ((ENDS - LEAVE).days - 90) / 365
        served = a_year * 212 / 365 + a_year - left
        more = served + left * 25 / 100

        assert abs(leaving.preview(then, LEAVE).amount.minor - plain.minor - more) <= 2
        assert violations(at.session) == []
