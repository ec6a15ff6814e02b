"""What happens to quotes by the clock reaches everybody's turn, however many wait for theirs."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from renewals.quoting import minding
from renewals.quoting.quote import QuoteState
from renewals.quoting.review import Review
from tests.quoting.desk import AT, desk
from tests.world import World


@pytest.fixture(autouse=True)
def one_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A batch that is full at once."""
    monkeypatch.setattr(minding, "AT_ONCE", 1)


def test_who_was_reminded_today_keeps_nobody_else_from_being_reminded(world: World) -> None:
    with desk(world) as at:
        at.submitted(discount=1200)
        late = AT + timedelta(days=5)

        told = [minding.mind(at.session, at=when) for when in (late, late, late, late + timedelta(days=1))]

        reviews = at.session.scalars(select(Review).where(Review.reminded_at.is_not(None))).all()
        assert told == [1, 1, 0, 1]
        assert [one.escalated_at is None for one in reviews].count(False) == 1


def test_a_quote_that_can_be_accepted_today_keeps_no_other_from_ending(world: World) -> None:
    with desk(world, "cedar-dental") as at:
        today, over = at.sent(discount=100), at.sent(discount=200)
        today.valid_until, over.valid_until = AT.date(), AT.date() - timedelta(days=1)
        at.session.flush()

        ended = [minding.expire_due(at.session, at=AT) for _ in range(2)]

        assert (ended, today.state, over.state) == ([1, 0], QuoteState.SENT, QuoteState.EXPIRED)
