"""Routing: how one renewal is run and by whom, with the reason for each part, and what a person decided instead."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Select, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from renewals.account import Account
from renewals.base import Owned, Versioned, session_of, tenant
from renewals.errors import Malformed, NotNow, NotYours
from renewals.event import Event, EventName
from renewals.permission import Permission
from renewals.person import Person, Role
from renewals.plan.touch import Touch
from renewals.renewal import CLOSED, Renewal
from renewals.routing.decision import BY_RULES, against_auto
from renewals.routing.fact import Facts
from renewals.routing.kind import Opportunity, Part, Strategy
from renewals.segment import Segment

LONGEST = 500
"""Characters of a reason."""


class Routing(Versioned, Owned):
    """One for each renewal; the next renewal starts afresh, so that a decision lapses with its term.

    `facts` are what was known when the rules were asked, `reasons` which rule of `policy` spoke for each part, and
    `decided` what a person said instead, with their reason. `owner_id` is the owner it gave the renewal.

    Units: on `look_again_on` something about it depends on the day; `introduced` is False while the customer has
    not been told who took over.
    """

    __tablename__ = "routing"
    __table_args__ = (
        *tenant("renewal_id"),
        Index("uq_routing_renewal", "renewal_id", unique=True),
        Index("ix_routing_look_again", "look_again_on", postgresql_where="look_again_on IS NOT NULL"),
    )

    renewal_id: Mapped[UUID]
    policy: Mapped[str]
    segment: Mapped[Segment]
    opportunity: Mapped[Opportunity]
    touch: Mapped[Touch]
    strategy: Mapped[Strategy]
    owner_rule: Mapped[str]
    owner_role: Mapped[Role]
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    sponsor_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    facts: Mapped[dict[str, Any]]
    reasons: Mapped[dict[str, Any]]
    decided: Mapped[dict[str, Any]] = mapped_column(default=dict)
    introduced: Mapped[bool] = mapped_column(default=True)
    look_again_on: Mapped[date | None]
    routed_at: Mapped[datetime]

    sponsor: Mapped[Person | None] = relationship(foreign_keys=[sponsor_id], lazy="joined", viewonly=True)

    @property
    def known(self) -> Facts:
        return Facts.read(self.facts)

    @property
    def decided_values(self) -> dict[str, str]:
        """What a person said, by part."""
        return {part: said["value"] for part, said in self.decided.items()}

    def is_decided(self, part: Part) -> bool:
        return part.value in self.decided

    def decide(self, part: Part, value: str, reason: str, *, renewal: Renewal, by: Person, at: datetime) -> None:
        """What a person thinks better, for this term; the parts that follow from it are worked out again at once.

        Raises: NotYours, NotNow when closed or when something speaks against it, Malformed.
        Source: framework, "Gunakan pertimbangan"; timeline, "Pembangunan Strategi Renewal".
        """
        by.must(Permission.CHANGE_ROUTING)
        renewal.must_be_open()
        if part not in BY_RULES or value not in {each.value for each in BY_RULES[part]}:
            raise Malformed(f"Choose another {part.value}.", "value")
        words = must_say_why(reason)
        if part is Part.TOUCH and value == Touch.AUTO:
            self._must_carry_auto(renewal, by)
        self._note(part, value, words, by=by, at=at)
        setattr(self, part.value, BY_RULES[part](value))

    def give_back(self, part: Part, reason: str, *, renewal: Renewal, by: Person, at: datetime) -> None:
        """Leave a part to its rule again. Raises: NotYours, NotNow, Malformed without a reason."""
        by.must(Permission.CHANGE_ROUTING)
        renewal.must_be_open()
        words = must_say_why(reason)
        if not self.is_decided(part):
            raise NotNow("The rule decides this already.")
        self._note(part, None, words, by=by, at=at)

    def keep_owner(self, person: Person, reason: str, *, by: Person | None, at: datetime) -> None:
        """A person chose the owner; no rule changes that for this term."""
        self.owner_id = person.id
        self._note(Part.OWNER, str(person.id), reason, by=by, at=at)

    def _must_carry_auto(self, renewal: Renewal, by: Person) -> None:
        """What speaks against it now; what does so later sets the decision aside for as long as it does."""
        if against := against_auto(self.known):
            raise NotNow(f"It can not renew by itself. {against}")
        if self.segment is Segment.ENTERPRISE and not by.may(Permission.PUBLISH_ROUTING):
            raise NotYours(f"{by.first_name}, letting an enterprise renew by itself needs a manager’s reason.")

    def _note(self, part: Part, value: str | None, reason: str, *, by: Person | None, at: datetime) -> None:
        before = self.decided.get(part.value, {}).get("value") or self._ruled(part)
        kept = {name: said for name, said in self.decided.items() if name != part.value}
        if value is not None:
            who = str(by.id) if by else None
            kept[part.value] = {"value": value, "reason": reason, "by": who, "at": at.isoformat()}
        self.decided = kept
        if by is not None:
            renewal = renewal_of(self)
            Event.record(
                session_of(self), EventName.ROUTING_DECIDED, renewal, by=by, at=at, part=part.value,
                **({} if part is Part.OWNER else {"from": before, "to": value or self._ruled(part)}),
                **renewal.because(reason, at=at),
            )

    def _ruled(self, part: Part) -> str:
        return str(self.reasons[part.value]["value"])

    @classmethod
    def of(cls, session: Session, renewal_id: UUID, *, lock: bool = False) -> "Routing | None":
        query = select(cls).where(cls.renewal_id == renewal_id)
        return session.scalars(cls.locked(query) if lock else query).one_or_none()

    @classmethod
    def due(cls, at: datetime, limit: int) -> Select[Renewal]:
        """Open renewals about which something depends on a day that has come where the customer is."""
        today = func.date(func.timezone(Account.timezone, at))
        return (
            select(Renewal)
            .join(cls, cls.renewal_id == Renewal.id)
            .join(Account, Account.id == cls.account_id)
            .where(Renewal.state.not_in(CLOSED), cls.look_again_on <= today)
            .order_by(cls.look_again_on, Renewal.id)
            .limit(limit)
        )


def renewal_of(routing: Routing) -> Renewal:
    return session_of(routing).get_one(Renewal, routing.renewal_id)


def must_say_why(reason: str) -> str:
    """Raises: Malformed."""
    if not reason.strip():
        raise Malformed("Say why; it stands beside the decision.", "reason")
    return reason.strip()[:LONGEST]
