"""A major change of the product opens a negotiation from what was signed, without anything being typed again."""

from datetime import UTC, date, datetime

import pytest

from pricing.instalments import Billing
from pricing.multiyear import Shape
from renewals.clauses.renegotiation import Renegotiation, renegotiate
from renewals.errors import NotNow
from renewals.plan.task import Task
from renewals.quoting.basis import Basis
from renewals.quoting.quote import Quote
from tests.clauses.contract import CEDAR, day_comes, signed, used
from tests.quoting.desk import MAYA, desk
from tests.world import World

THEN = datetime(2027, 9, 6, 9, tzinfo=UTC)


def test_a_quote_says_what_was_signed_and_what_was_added_since_and_its_owner_has_a_task(world: World) -> None:
    signed(world, months=36, shape=Shape.LOCK, billing=Billing.QUARTERLY, discount=300,
           clauses=("renegotiation", "true_up"))
    used(world, date(2027, 8, 1), 27)
    day_comes(world, date(2027, 9, 4))

    with desk(world, CEDAR) as at:
        made = renegotiate(at.renewal, "Insights leaves the plan", by=at.who(MAYA), at=THEN)
        quote, task = Quote.find(at.session, made.quote_id), Task.find(at.session, made.task_id)
        deal = Basis.deal_of(quote.newest)
        assert (deal.quantities, deal.months, deal.shape) == ({"growth": 27}, 36, Shape.LOCK)
        assert (deal.billing, deal.discount) == (Billing.QUARTERLY, 0)
        assert deal.clauses == ("renegotiation", "true_up")
        assert quote.newest.starts_on == at.renewal.renews_on == date(2029, 9, 4)
        assert (task.assignee, task.due_on) == (at.renewal.looked_after_by, made.until_on)
        assert made.until_on == date(2027, 11, 5)

    with desk(world, CEDAR) as at, pytest.raises(NotNow, match="under way"):
        renegotiate(at.renewal, "Insights leaves the plan", by=at.who(MAYA), at=THEN)
    with world.reading() as session:
        assert len(Renegotiation.of_term(session, made.term_id)) == 1
