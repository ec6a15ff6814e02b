"""Plan: the milestones of one renewal, drawn from its profile, and drawn again when that changes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import Index, Select, or_, select
from sqlalchemy.orm import Mapped, Session

from renewals.account import Account
from renewals.base import Owned, Versioned, tenant
from renewals.event import Event, EventName
from renewals.health import Health
from renewals.notice import Notice
from renewals.plan.action import Action
from renewals.plan.hours import Hours
from renewals.plan.milestone import Milestone, MilestoneState
from renewals.plan.profile import Profile
from renewals.plan.rule import NOTICE, RECOVERY, set_aside
from renewals.plan.schedule import Rung, rung, schedule
from renewals.plan.sweep import Sweep
from renewals.plan.touch import Touch
from renewals.policy import Policy
from renewals.renewal import CLOSED, Renewal
from renewals.segment import Segment


class Plan(Versioned, Owned):
    """One for each renewal: what it was drawn from, so that a change is seen."""

    __tablename__ = "plan"
    __table_args__ = (*tenant("renewal_id"), Index("uq_plan_renewal", "renewal_id", unique=True))

    renewal_id: Mapped[UUID]
    policy: Mapped[str]
    segment: Mapped[Segment]
    health: Mapped[Health]
    touch: Mapped[Touch]
    large: Mapped[bool]
    layered: Mapped[bool]
    strategic: Mapped[bool]
    renews_on: Mapped[date]
    notice_on: Mapped[date | None]
    timezone: Mapped[str]
    drawn_at: Mapped[datetime]

    @property
    def profile(self) -> Profile:
        return Profile(self.segment, self.health, self.touch, self.large, self.layered, self.strategic)

    @classmethod
    def of(cls, session: Session, renewal_id: UUID) -> "Plan | None":
        return session.scalars(select(cls).where(cls.renewal_id == renewal_id)).one_or_none()

    @classmethod
    def undrawn(cls, policy: Policy, limit: int) -> Select[Renewal]:
        """Open renewals without a plan, or whose date, zone or plan policy is another than the plan was drawn from."""
        return (
            select(Renewal)
            .join(Account, Account.id == Renewal.account_id)
            .outerjoin(cls, cls.renewal_id == Renewal.id)
            .where(
                Renewal.state.not_in(CLOSED),
                or_(
                    cls.id.is_(None), cls.policy != policy.name, cls.renews_on != Renewal.renews_on,
                    cls.timezone != Account.timezone,
                ),
            )
            .order_by(Renewal.renews_on, Renewal.id)
            .limit(limit)
        )


@dataclass(frozen=True, slots=True)
class Drawing:
    """A renewal and what it is now. `notice_on` is the day of its legal notice, where one is asked for, and `window`
    the first and the last day on which it counts."""

    renewal: Renewal
    profile: Profile
    notice_on: date | None = None
    window: tuple[date, date] | None = None

    @property
    def deadline(self) -> tuple[UUID, date]:
        """The renewal, and its last day to decline."""
        return self.renewal.id, self.renewal.decide_by

    def is_drawn(self, plan: Plan | None) -> bool:
        """Whether a plan was drawn from the same kind of renewal and for the same day of the notice."""
        return plan is not None and (plan.profile, plan.notice_on) == (self.profile, self.notice_on)

    def counts(self, place: Rung) -> bool:
        """A notice that somebody moved stays where it is only as long as it counts there."""
        return place.key != NOTICE or self.window is None or self.window[0] <= place.on <= self.window[1]


def draw(session: Session, drawings: Sequence[Drawing], policy: Policy, *, at: datetime) -> int:
    """Draw or redraw plans. What has happened stays; what has not follows the date, the zone and the profile.

    Milestones that are behind already are caught up: their actions are due at once.
    Returns: how many actions are.
    """
    until = max(at, Sweep.hold(session))
    keys = [drawing.renewal.id for drawing in drawings]
    plans = {plan.renewal_id: plan for plan in session.scalars(select(Plan).where(Plan.renewal_id.in_(keys)))}
    known: dict[UUID, dict[str, Milestone]] = {key: {} for key in keys}
    for milestone in session.scalars(select(Milestone).where(Milestone.renewal_id.in_(keys))):
        known[milestone.renewal_id][milestone.key] = milestone
    noticed = Notice.deadlines(session, keys)
    for drawing in drawings:
        plan = plans.get(drawing.renewal.id)
        if plan and plan.notice_on != drawing.notice_on and drawing.deadline not in noticed:
            _set_aside(session, known[drawing.renewal.id], NOTICE)
        if plan and plan.health is not Health.RED and drawing.profile.health is Health.RED:
            _set_aside(session, known[drawing.renewal.id], RECOVERY)
        _draw(session, drawing, policy, plan, known[drawing.renewal.id], at=at)
    return Sweep.catch_up(session, policy.content, keys, until=until)


def _set_aside(session: Session, known: dict[str, Milestone], key: str) -> None:
    """One that was reached for another last day to decline, or an earlier fall into red, stays as it happened; the
    plan has room for a new one.

    Source: framework, "Status Kesihatan Mengubah Segalanya"; that each fall has a recovery of its own is ours.
    """
    if key in known and known[key].state is MilestoneState.REACHED:
        reached = known.pop(key)
        reached.key = set_aside(key, reached.id)
        session.flush()  # one of a key: the old one first


def _draw(
    session: Session, drawing: Drawing, policy: Policy, plan: Plan | None, known: Mapping[str, Milestone], *,
    at: datetime,
) -> None:
    _note(session, plan, drawing, policy, at=at)
    for key, place in redrawn(known, drawing, policy.content):
        if place is None:
            known[key].drop(at=at)
        elif key not in known:
            session.add(_milestone(drawing.renewal, place))
        else:
            _follow(known[key], place, at=at)


class Standing(Protocol):
    """As much of a milestone as drawing needs to know."""

    @property
    def days(self) -> int: ...
    @property
    def by_hand(self) -> bool: ...
    @property
    def state(self) -> MilestoneState: ...


def redrawn(
    known: Mapping[str, Standing], drawing: Drawing, policy: Mapping[str, Any]
) -> Iterator[tuple[str, Rung | None]]:
    """Where each milestone stands when the plan is drawn, by its key; None for one that the plan has no longer.

    What has happened or was left out by hand is not named: it stays. One that somebody moved keeps the distance
    they gave it.
    """
    renewal = drawing.renewal
    hours = Hours.of(policy["office"], renewal.account.timezone, renewal.account.country)
    places = schedule(drawing.profile, renewal.renews_on, hours, policy, notice_on=drawing.notice_on)
    for place in places:
        kept = known.get(place.key)
        if kept is None:
            yield place.key, place
        elif kept.state in (MilestoneState.PLANNED, MilestoneState.DROPPED):
            by_hand = replace(rung(kept.days, renewal.renews_on, hours, quiet=place.quiet), name=place.name)
            yield place.key, by_hand if kept.by_hand and drawing.counts(by_hand) else place
    for key in known.keys() - {place.key for place in places}:
        if known[key].state is MilestoneState.PLANNED:
            yield key, None


def _follow(milestone: Milestone, place: Rung, *, at: datetime) -> None:
    milestone.stand_at(place)
    if milestone.state is MilestoneState.DROPPED:
        milestone.take_up(by=None, at=at)
        Action.come_back(milestone)


def _milestone(renewal: Renewal, place: Rung) -> Milestone:
    return Milestone(
        account_id=renewal.account_id, renewal_id=renewal.id, key=place.key, days=place.days, due_on=place.on,
        due_at=place.at, quiet=place.quiet, by_hand=False, state=MilestoneState.PLANNED,
    )


def _note(session: Session, plan: Plan | None, drawing: Drawing, policy: Policy, *, at: datetime) -> None:
    renewal, profile = drawing.renewal, drawing.profile
    facts: dict[str, Any] = {
        "policy": policy.name, "segment": profile.segment, "health": profile.health, "touch": profile.touch,
        "large": profile.large, "layered": profile.layered, "strategic": profile.strategic,
        "renews_on": renewal.renews_on, "timezone": renewal.account.timezone, "notice_on": drawing.notice_on,
    }
    changed = [name for name, value in facts.items() if plan is None or getattr(plan, name) != value]
    if plan is None:
        plan = Plan(account_id=renewal.account_id, renewal_id=renewal.id, drawn_at=at, **facts)
        session.add(plan)
    for name in changed:
        setattr(plan, name, facts[name])
    if changed:
        plan.drawn_at = at
        Event.record(
            session, EventName.PLAN_DRAWN, renewal, by=None, at=at, policy=policy.name, changed=changed,
            shape=f"{profile.segment.value}, {profile.health.value}, {profile.touch.value}",
        )


def hours_of(account: Account, policy: Policy) -> Hours:
    return Hours.of(policy.content["office"], account.timezone, account.country)
