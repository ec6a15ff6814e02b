"""How a renewal ends: by somebody's word, or by itself once the customer had said no; and never silently."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update

from app.chores.day import begin_day
from app.work import Work
from renewals import loss
from renewals.account import Account
from renewals.activity import Activity, ActivityKind
from renewals.base import new_key, session_of
from renewals.errors import Malformed, NotNow, NotYours
from renewals.event import Event, EventName
from renewals.pipeline import Pipeline, Wanted
from renewals.renewal import LossReason, Renewal, RenewalState
from renewals.subscription import Subscription, Term
from tests.renewals.test_running import AT, FARAH, MAYA, RUTH, held, last, somebody
from tests.world import World

DATE = date(2026, 9, 4)
"""Cedar Dental renews on this day, in Chicago."""


def say_no(world: World, reason: str = "competitor", email: str = RUTH, account: str = "cedar-dental") -> UUID:
    key = world.renewal(account)
    world.signed_in(email).post(f"/renewals/{key}/opt-out", {"reason": reason, "words": "For reasons of our own"})
    return key


def day_begins(world: World, at: datetime) -> None:
    with world.writing() as session:
        loss.lose_declined(session, at=at)


def stage(world: World, key: UUID) -> RenewalState:
    with world.reading() as session:
        return session.get_one(Renewal, key).state


def test_a_renewal_is_closed_as_lost_with_a_reason_and_words_beside_the_chain(world: World) -> None:
    with held(world, "cedar-dental") as (session, renewal):
        loss.lose(renewal, LossReason.PRICE, "Twice what they pay elsewhere", by=somebody(session, MAYA), at=AT)

        told, said = last(session, renewal), session.scalars(select(Activity)).one()
        assert (renewal.state, renewal.lost_reason, renewal.closed_at) == (RenewalState.LOST, LossReason.PRICE, AT)
        assert told.name == EventName.RENEWAL_LOST
        assert told.details == {"from": "engaged", "to": "lost", "reason": "price", "activity": str(said.id)}
        assert (said.kind, said.words) == (ActivityKind.LOSS, "Twice what they pay elsewhere")


def test_another_reason_needs_words_and_the_known_ones_do_not(world: World) -> None:
    with held(world, "cedar-dental") as (session, renewal):
        maya = somebody(session, MAYA)
        with pytest.raises(Malformed) as no:
            loss.lose(renewal, LossReason.OTHER, " ", by=maya, at=AT)
        loss.lose(renewal, LossReason.CLOSED, "", by=maya, at=AT)

        assert no.value.field == "words"
        assert "activity" not in last(session, renewal).details


def test_what_is_being_paid_is_not_lost(world: World) -> None:
    world.put_card("cedar-dental", "pm_card_authenticationRequired", "3184")
    world.signed_in(RUTH).click(world.renewal("cedar-dental"))

    with held(world, "cedar-dental") as (session, renewal), pytest.raises(NotNow, match="payment"):
        loss.lose(renewal, LossReason.PRICE, "", by=somebody(session, MAYA), at=AT)


def test_closing_twice_or_without_the_right_is_refused(world: World) -> None:
    with held(world, "cedar-dental") as (session, renewal):
        maya = somebody(session, MAYA)
        with pytest.raises(NotYours):
            loss.lose(renewal, LossReason.PRICE, "", by=somebody(session, FARAH), at=AT)
        loss.lose(renewal, LossReason.PRICE, "", by=maya, at=AT)

        with pytest.raises(NotNow, match="closed"):
            loss.lose(renewal, LossReason.PRICE, "", by=maya, at=AT)


def test_a_lost_renewal_can_not_be_paid(world: World) -> None:
    ruth, key = world.signed_in(RUTH), world.renewal("cedar-dental")
    page = ruth.get(f"/renewals/{key}").text
    with held(world, "cedar-dental") as (session, renewal):
        loss.lose(renewal, LossReason.PRICE, "", by=somebody(session, MAYA), at=AT)

    assert 'name="option"' in page
    assert 'name="option"' not in ruth.get(f"/renewals/{key}").text
    assert world.sandbox.charges(key) == []


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("price", LossReason.PRICE), ("unused", LossReason.NOT_NEEDED), ("missing", LossReason.OTHER),
        ("service", LossReason.SERVICE), ("competitor", LossReason.COMPETITOR), ("closing", LossReason.CLOSED),
        ("", LossReason.OTHER),
    ],
)
def test_a_declined_renewal_ends_on_its_date_for_the_reason_they_gave(
    world: World, said: str, reason: LossReason
) -> None:
    key = say_no(world, said)

    day_begins(world, datetime(2026, 9, 4, 12, tzinfo=UTC))

    with world.reading() as session:
        renewal = session.get_one(Renewal, key)
        told = session.scalars(select(Event).where(Event.name == EventName.RENEWAL_LOST)).one()
        assert (renewal.state, renewal.lost_reason) == (RenewalState.LOST, reason)
        assert (told.by_id, told.details) == (None, {"from": "engaged", "to": "lost", "reason": reason.value})


@pytest.mark.parametrize(
    ("zone", "last_moment", "first_moment"),
    [
        ("America/Chicago", datetime(2026, 9, 4, 4, 59, tzinfo=UTC), datetime(2026, 9, 4, 5, 0, tzinfo=UTC)),
        ("Pacific/Auckland", datetime(2026, 9, 3, 11, 59, tzinfo=UTC), datetime(2026, 9, 3, 12, 0, tzinfo=UTC)),
        ("Pacific/Pago_Pago", datetime(2026, 9, 4, 10, 59, tzinfo=UTC), datetime(2026, 9, 4, 11, 0, tzinfo=UTC)),
    ],
)
def test_the_date_begins_where_the_customer_is(
    world: World, zone: str, last_moment: datetime, first_moment: datetime
) -> None:
    key = say_no(world)
    with world.writing() as session:
        session.execute(update(Account).where(Account.external_id == "cedar-dental").values(timezone=zone))

    day_begins(world, last_moment)
    before = stage(world, key)
    day_begins(world, first_moment)

    assert (before, stage(world, key)) == (RenewalState.ENGAGED, RenewalState.LOST)


def test_without_notice_it_ends_when_the_last_day_to_take_it_back_is_over(world: World) -> None:
    key = say_no(world)
    with world.writing() as session:
        session.get_one(Renewal, key).term.notice_days = 0

    day_begins(world, datetime(2026, 9, 4, 12, tzinfo=UTC))
    on_the_day = stage(world, key)
    day_begins(world, datetime(2026, 9, 5, 12, tzinfo=UTC))

    assert (on_the_day, stage(world, key)) == (RenewalState.ENGAGED, RenewalState.LOST)


def test_the_workers_day_does_it_once_and_again_changes_nothing(world: World) -> None:
    key = say_no(world)
    world.stand_at(DATE)
    for _ in range(2):
        Work(world.house).run(begin_day)

    with world.reading() as session:
        told = session.scalars(select(Event.id).where(Event.name == EventName.RENEWAL_LOST)).all()
    assert stage(world, key) is RenewalState.LOST
    assert len(told) == 1


def test_who_came_back_is_not_lost(world: World) -> None:
    key = say_no(world)
    world.signed_in(RUTH).post(f"/renewals/{key}/opt-out/withdrawal", page=f"/renewals/{key}/opt-out")

    day_begins(world, datetime(2026, 9, 30, 12, tzinfo=UTC))

    assert stage(world, key) is RenewalState.ENGAGED


def test_a_date_that_nobody_answered_is_overdue_and_not_lost(world: World) -> None:
    key = world.renewal("cedar-dental")
    world.stand_at(DATE + timedelta(days=3))

    Work(world.house).run(begin_day)
    page = world.signed_in(MAYA).get("/admin/renewals?overdue=yes&text=cedar").text

    with world.reading() as session:
        overdue = Pipeline(session, DATE + timedelta(days=3)).page(Wanted(overdue=True, text="cedar"))
    assert stage(world, key) is RenewalState.ENGAGED
    assert [row.id for row in overdue] == [key]
    assert ", overdue" in page


def test_what_comes_next_is_what_can_still_be_renewed(world: World) -> None:
    key = say_no(world)
    with world.writing() as session:
        ruth, old = somebody(session, RUTH), session.get_one(Renewal, key)
        alone = session.scalar(Renewal.nearest_to(ruth))
        other = _another(old)
        session.add(other)
        session.flush()
        beside_another = session.scalar(Renewal.nearest_to(ruth))
        loss.lose(other, LossReason.PRICE, "", by=somebody(session, MAYA), at=AT)
        session.flush()
        lost_beside_declined = session.scalar(Renewal.nearest_to(ruth))
        loss.lose(old, LossReason.PRICE, "", by=somebody(session, MAYA), at=AT)
        session.flush()

        assert (alone, beside_another, lost_beside_declined) == (key, other.id, key)
        assert session.scalar(Renewal.nearest_to(ruth)) == other.id


def _another(old: Renewal) -> Renewal:
    """A second subscription of the same company, renewing half a year later."""
    session = session_of(old)
    subscription = Subscription(
        id=new_key(), account_id=old.account_id, external_id="cedar-second", plan=old.subscription.plan, currency="USD"
    )
    term = Term(
        id=new_key(), account_id=old.account_id, subscription_id=subscription.id, starts_on=date(2026, 3, 1),
        ends_on=date(2027, 3, 1), months=12, currency="USD", notice_days=14,
    )
    session.add(subscription)
    session.flush()
    session.add(term)
    session.flush()
    return Renewal(
        id=new_key(), account_id=old.account_id, subscription_id=subscription.id, term_id=term.id,
        renews_on=term.ends_on, opened_at=AT,
    )
