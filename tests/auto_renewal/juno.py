"""Juno: the one company of the cast whose contract renews by itself, and the days she lives through."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, LiteralString
from uuid import UUID

import psycopg
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.chores.auto_renewal import renew_automatically
from app.chores.day import begin_day
from app.transaction import Role
from app.work import Work
from renewals.auto_renewal import Case, fall_due, may_charge
from renewals.event import Event, EventName
from renewals.notice import Notice
from renewals.policy import Policy, PolicyKind
from renewals.renewal import Renewal
from tests.world import World

JONAS = "jonas@juno-studio.example"
RENEWS_ON = date(2026, 9, 19)
DECIDE_BY = date(2026, 8, 20)
A_DAY = timedelta(days=1)


@dataclass
class Juno:
    """Her world and her renewal."""

    world: World
    renewal: UUID

    def live(self, day: date) -> None:
        """The day's work is started and done."""
        self.world.stand_at(day)
        Work(self.world.house).run(begin_day)
        self.world.work()

    def publish(self, kind: PolicyKind, content: dict[str, Any]) -> None:
        """Another version from today on, and the work that follows from it."""
        with self.world.house.database.begin(Role.WORKER) as (session, now):
            today, at = now.business.date(), now.business
            Policy.publish(session, kind, content, begins_on=today, reason="Another", by=None, at=at)
        self.world.work()

    def fall_due(self) -> None:
        """Only what is hers, done at once: her renewal falls due, and the worker's job runs."""
        with self.world.house.database.begin(Role.WORKER) as (session, now):
            event = fall_due(session.get_one(Renewal, self.renewal), at=now.business, step="t0")
            session.flush()
            key = event.id
        Work(self.world.house).run(renew_automatically, subject=self.renewal, event=key)

    def charges(self) -> list[int]:
        """What Stripe's own ledger holds of her."""
        return [charge["amount"] for charge in self.world.sandbox.charges(self.renewal)]

    def notice(self) -> Notice:
        with self.world.reading() as session:
            return session.scalars(Notice.of_renewal(self.renewal)).unique().one()

    def missing(self) -> list[str]:
        """What the predicate says now."""
        return [conjunct.name for conjunct in may_charge(self.case())]

    def case(self) -> Case:
        with self.world.house.database.begin(Role.WORKER, read_only=True) as (session, now):
            return Case.of(session.get_one(Renewal, self.renewal), at=now.business)

    @staticmethod
    def without_approval(case: Case) -> Case:
        return replace(case, good=replace(case.good, standing=False))

    def held_back(self) -> list[list[str]]:
        """What kept each charge back, in the order it was found."""
        return [event.details["conjuncts"] for event in self.events(EventName.RENEWAL_HELD_BACK)]

    def events(self, name: EventName) -> list[Event]:
        with self.world.reading() as session:
            wanted = select(Event).where(Event.name == name, Event.account_id == self.account(session))
            return list(session.scalars(wanted.order_by(Event.seq)))

    def account(self, session: Session) -> UUID:
        return session.get_one(Renewal, self.renewal).account_id

    def mails(self, kind: str) -> list[Any]:
        return [mail for mail in self.world.mails() if mail.kind == kind and mail.about == str(self.renewal)]

    def alter(self, how: LiteralString) -> None:
        """As the owner of the database, whom no trigger holds: what no verb of ours would do."""
        with psycopg.connect(self.world.house.settings.database_url, autocommit=True) as connection:
            connection.execute("SET session_replication_role = replica")
            connection.execute(how, {"renewal": self.renewal} if "%(renewal)s" in how else None)
