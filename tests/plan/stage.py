"""Stage: an empty house with its policies and staff, renewals of any kind, and days that pass."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cached_property
from uuid import UUID
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.transaction import Database
from app.transaction import Role as Rights
from renewals.account import Account
from renewals.base import new_key
from renewals.health import Health
from renewals.message import Message
from renewals.person import Person
from renewals.plan.drain import drain
from renewals.plan.ending import end
from renewals.plan.milestone import Milestone, MilestoneState
from renewals.plan.plan import draw
from renewals.plan.profiling import drawing_of
from renewals.plan.sweep import Sweep
from renewals.policy import Policy, PolicyKind, ship
from renewals.renewal import Renewal, RenewalState
from renewals.routing.route import route
from renewals.segment import Segment
from renewals.subscription import Line, Subscription, Term

VALUE = {Segment.SMB: 800_000, Segment.MID_MARKET: 2_400_000, Segment.ENTERPRISE: 24_000_000}
SCORE = {Health.GREEN: 85, Health.YELLOW: 60, Health.RED: 30, Health.UNKNOWN: None}
STAFF = {"maya": "csm", "ravi": "specialist", "omar": "ae", "ines": "manager", "farah": "finance", "tomas": "legal",
         "grace": "executive", "pia": "product"}
CUSTOMERS = {"olga": "owner", "sven": "signer", "petra": "procurement"}


@dataclass
class Stage:
    """One database and the moment it stands at."""

    database: Database
    now: datetime

    @cached_property
    def staff(self) -> dict[str, UUID]:
        """Everybody of the house, by name."""
        with self.writing() as session:
            return {one.name: one.id for one in session.scalars(select(Person).where(Person.account_id.is_(None)))}

    @contextmanager
    def writing(self) -> Iterator[Session]:
        with self.database.begin(Rights.WORKER) as (session, _):
            yield session

    def furnish(self) -> None:
        with self.writing() as session:
            ship(session, at=self.now)
            for name, role in STAFF.items():
                session.add(_person(None, name, role))

    def policies(self, session: Session) -> dict[PolicyKind, Policy]:
        return Policy.all_in_force(session, self.now.date())

    def renewal(
        self, name: str, segment: Segment, health: Health, renews_on: date, zone: str = "America/Chicago",
        *, minor: int = 0,
    ) -> UUID:
        """A customer with one running term, and the work of replacing it; not planned yet."""
        with self.writing() as session:
            account = Account(
                id=new_key(), external_id=name, name=name, currency="USD", country="US", timezone=zone, locale="en",
                health_score=SCORE[health], health_band=health, owner_id=self.staff["maya"],
            )
            session.add(account)
            session.flush()
            session.add_all(_person(account.id, f"{name} {who}", role) for who, role in CUSTOMERS.items())
            term = _term(session, account, renews_on, minor or VALUE[segment])
            renewal = Renewal.open(session, term, None, at=self.now)
            return renewal.id

    def draw(self, *keys: UUID) -> None:
        with self.writing() as session:
            found = session.scalars(Renewal.with_parts(select(Renewal).where(Renewal.id.in_(keys)))).unique().all()
            policies = self.policies(session)
            routed = route(session, found, policies, at=self.now)
            drawings = [drawing_of(one, routed[one.id], policies) for one in found]
            draw(session, drawings, policies[PolicyKind.PLAN], at=self.now)

    def work(self) -> int:
        """What is due now is written down and done. Returns: how many actions the sweep wrote."""
        with self.writing() as session:
            written = Sweep.run(session, self.policies(session)[PolicyKind.PLAN].content, at=self.now)
        while self._drain():
            pass
        return written

    def _drain(self) -> int:
        with self.writing() as session:
            return drain(session, at=self.now)

    def live(self, until: date) -> None:
        """From one milestone's moment to the next, as a worker does that looks every minute."""
        end = datetime.combine(until, time(15, 30), UTC)
        while moment := self._next_moment(end):
            self.now = moment
            self.work()
        self.now = end
        self.work()

    def _next_moment(self, end: datetime) -> datetime | None:
        with self.writing() as session:
            coming = select(func.min(Milestone.due_at)).where(
                Milestone.state == MilestoneState.PLANNED, Milestone.due_at > self.now, Milestone.due_at < end
            )
            return session.scalar(coming)

    def jump(self, day: date) -> None:
        self.now = datetime.combine(day, time(15, 30), UTC)
        self.work()

    def win(self, renewal: UUID) -> None:
        """They sign now."""
        with self.writing() as session:
            won = session.get_one(Renewal, renewal)
            for state in (RenewalState.AGREED, RenewalState.CONTRACTING):
                won.advance(state, by=None, at=self.now)
            won.close_as_won(at=self.now)
            end(session, won, self.policies(session)[PolicyKind.PLAN], at=self.now)

    def messages(self, renewal: UUID) -> list[Message]:
        with self.writing() as session:
            query = select(Message).where(Message.renewal_id == renewal).order_by(Message.leave_at, Message.id)
            return list(session.scalars(query))

    def letters(self, renewal: UUID, zone: str = "America/Chicago") -> list[tuple[str, str, str]]:
        """To customers: the day it leaves where they are, what it is, and who reads it."""
        told = [one for one in self.messages(renewal) if one.email.partition("@")[0] not in STAFF]
        return [(f"{m.leave_at.astimezone(ZoneInfo(zone)).date()}", m.kind.value, m.email.split("@")[0].split(".")[-1])
                for m in told]


def _person(account: UUID | None, name: str, role: str) -> Person:
    return Person(
        id=new_key(), account_id=account, email=f"{name.replace(' ', '.')}@example.com".lower(), name=name,
        roles=[role], active=True, external_id=None,
    )


def _term(session: Session, account: Account, renews_on: date, minor: int) -> Term:
    subscription = Subscription(
        id=new_key(), account_id=account.id, external_id=f"{account.external_id}-1", plan="growth", currency="USD"
    )
    session.add(subscription)
    session.flush()
    starts_on = renews_on - relativedelta(years=1)
    term = Term(
        id=new_key(), account_id=account.id, subscription_id=subscription.id, starts_on=starts_on, ends_on=renews_on,
        months=12, currency="USD",
    )
    term.lines = [
        Line(
            account_id=account.id, position=0, product="growth", quantity=10, unit_minor=minor // 10,
            amount_minor=minor, currency="USD", starts_on=starts_on, ends_on=renews_on,
        )
    ]
    session.add(term)
    session.flush()
    return term
