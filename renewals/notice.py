"""Notice: what the law or the contract asks us to say before a term renews by itself, with the proof that we did."""

from collections.abc import Collection
from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, Integer, Select, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from pricing.money import Money
from pricing.option import Option
from renewals.account import Account
from renewals.base import Owned, new_key, session_of, tenant
from renewals.errors import Malformed, NotNow
from renewals.event import Event, EventName
from renewals.lifecycle import Lifecycle
from renewals.message import Message
from renewals.notice_rule import Channel, NoticeRule
from renewals.permission import Permission
from renewals.person import Person
from renewals.renewal import Renewal

LONGEST = 100
"""Characters of a tracking number."""


class NoticeState(StrEnum):
    """Where a notice stands."""

    PLANNED = "planned"
    SERVED = "served"
    FAILED = "failed"


class Notice(Lifecycle, Owned):
    """One for each last day to decline that a renewal has had. What it names never changes; served is served.

    Units: `price_minor` is the first year's price, `change_minor` a year more than today; the window's days and
    `served_on` are days where the customer is, `months` of the term that would begin.
    `told` is what the customer would get and pay (`pricing.priced`); empty on those planned before it was kept.
    `proof` is the Message-ID that the mail server took, or the carrier's tracking number.
    """

    __tablename__ = "notice"
    __table_args__ = (
        *tenant("renewal_id", "document_id"),
        Index("uq_notice_renewal_deadline", "renewal_id", "deadline", unique=True),
        Index("ix_notice_planned", "window_to", postgresql_where="state = 'planned'"),
        CheckConstraint(
            "(state = 'served') = (served_on IS NOT NULL AND channel IS NOT NULL AND proof <> '')",
            name="served_has_proof",
        ),
        CheckConstraint("served_on BETWEEN window_from AND window_to", name="served_in_window"),
        CheckConstraint("channel = ANY (channels)", name="served_as_allowed"),
    )

    MOVES: ClassVar = {
        NoticeState.PLANNED: frozenset({NoticeState.SERVED, NoticeState.FAILED}),
        NoticeState.FAILED: frozenset({NoticeState.SERVED}),
    }

    renewal_id: Mapped[UUID]
    rule: Mapped[str]
    policy: Mapped[str]
    jurisdiction: Mapped[str]
    deadline: Mapped[date]
    window_from: Mapped[date]
    window_to: Mapped[date]
    channels: Mapped[list[str]]
    content_hash: Mapped[str]
    told: Mapped[dict[str, Any]]
    price_minor: Mapped[int] = mapped_column(BigInteger)
    change_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str]
    months: Mapped[int] = mapped_column(Integer)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    planned_at: Mapped[datetime]
    state: Mapped[NoticeState] = mapped_column(default=NoticeState.PLANNED)
    served_on: Mapped[date | None]
    channel: Mapped[Channel | None]
    proof: Mapped[str] = mapped_column(default="")
    recorded_at: Mapped[datetime | None]
    recorded_by: Mapped[UUID | None]
    why: Mapped[str] = mapped_column(default="")
    document_id: Mapped[UUID | None]

    account: Mapped[Account] = relationship(
        primaryjoin="Notice.account_id == Account.id", foreign_keys="Notice.account_id", lazy="joined", viewonly=True
    )

    @property
    def price(self) -> Money:
        return Money(self.price_minor, self.currency)

    @property
    def change(self) -> Money:
        return Money(self.change_minor, self.currency)

    @property
    def is_served(self) -> bool:
        return self.state is NoticeState.SERVED

    @property
    def wants_paper(self) -> bool:
        """Whether a mail alone does not serve it."""
        return Channel.MAIL.value not in self.channels

    def names(self, option: Option) -> bool:
        """Whether this is what they were told, in all that they get and pay, whatever version of a policy made it."""
        is_told = self.told == option.told or self.content_hash == option.content_hash
        return is_told and self.price == option.due_now

    def needless(self, renewal: Renewal) -> str:
        """Why nobody is told any more that this term renews by itself, or nothing."""
        if not renewal.is_open or renewal.is_declined or not renewal.term.auto_renew:
            return "It does not renew by itself any more."
        return "" if self.deadline == renewal.decide_by else "The last day to decline is another now."

    @classmethod
    def plan(cls, renewal: Renewal, option: Option, rule: NoticeRule, *, policy: str, at: datetime) -> "Notice":
        """Name the exact content that the term would renew with. Planned too late it has failed already."""
        session, (first, last) = session_of(renewal), rule.window(renewal.decide_by)
        notice = cls(
            id=new_key(), account_id=renewal.account_id, renewal_id=renewal.id, rule=rule.name, policy=policy,
            jurisdiction=rule.jurisdiction, deadline=renewal.decide_by, window_from=first, window_to=last,
            channels=sorted(rule.channels), content_hash=option.content_hash, told=option.told,
            price_minor=option.due_now.minor, change_minor=option.against_today.minor, currency=option.currency,
            months=option.months, starts_on=option.starts_on, ends_on=option.ends_on, planned_at=at,
            state=NoticeState.PLANNED, proof="", why="",
        )
        session.add(notice)
        session.flush()  # the event names the row
        Event.record(
            session, EventName.NOTICE_PLANNED, notice, by=None, at=at, deadline=notice.deadline.isoformat(),
            rule=notice.rule, content_hash=notice.content_hash,
        )
        if renewal.account.today(at) > last:
            notice.fail("It was found when its days had gone by.", at=at)
        return notice

    def accepted_by_mail_server(self, message: Message, *, at: datetime) -> None:
        """What the mail server took is served, if a mail serves it and it is one of its days.

        Each of several readers has a mail of their own, and the first one serves; the others change nothing.
        """
        if self.is_served or self.wants_paper:
            return
        day = self.account.today(at)
        if not self.window_from <= day <= self.window_to:
            self.fail(f"The mail left on {day.isoformat()}, which is none of its days.", at=at)
            return
        self._serve(Channel.MAIL, message.message_id, on=day, by=None, at=at)

    def served_on_paper(self, on: date, tracking: str, *, by: Person, at: datetime) -> None:
        """Somebody brought or posted it, and has the carrier's number.

        Raises: NotYours, NotNow, Malformed.
        """
        by.must(Permission.RUN_RENEWALS)
        if self.is_served:
            raise NotNow("This notice is served already.")
        if not tracking.strip() or len(tracking.strip()) > LONGEST:
            raise Malformed("Give the carrier's tracking number.", "tracking")
        if on > self.account.today(at):
            raise Malformed("It can not have been served on a day to come.", "served_on")
        if not self.window_from <= on <= self.window_to:
            raise Malformed(
                f"It counts only from {self.window_from.isoformat()} to {self.window_to.isoformat()}.", "served_on"
            )
        self._serve(Channel.PAPER, tracking.strip(), on=on, by=by, at=at)

    def fail(self, why: str, *, at: datetime) -> None:
        """It will not be served by itself any more; one that has failed or is served stays as it is."""
        if self.state is NoticeState.PLANNED:
            self.why = why
            self._move(NoticeState.FAILED, EventName.NOTICE_FAILED, by=None, at=at, why=why)

    def _serve(self, channel: Channel, proof: str, *, on: date, by: Person | None, at: datetime) -> None:
        self.channel, self.proof, self.served_on = channel, proof, on
        self.recorded_at, self.recorded_by, self.why = at, by.id if by else None, ""
        self._move(
            NoticeState.SERVED, EventName.NOTICE_SERVED, by=by, at=at, channel=channel.value, proof=proof,
            served_on=on.isoformat(),
        )

    @classmethod
    def of(cls, renewal: Renewal) -> "Notice | None":
        """The one for the last day to decline as it is now, else the newest for another."""
        found = session_of(renewal).scalars(cls.of_renewal(renewal.id)).all()
        return next((one for one in found if one.deadline == renewal.decide_by), found[0] if found else None)

    @classmethod
    def of_renewal(cls, renewal_id: UUID) -> Select["Notice"]:
        """Newest first."""
        return select(cls).where(cls.renewal_id == renewal_id).order_by(cls.id.desc())

    @classmethod
    def deadlines(cls, session: Session, renewals: Collection[UUID]) -> set[tuple[UUID, date]]:
        """Of these renewals, with the last days to decline for which a notice was written."""
        written = select(cls.renewal_id, cls.deadline).where(cls.renewal_id.in_(renewals))
        return {(renewal, deadline) for renewal, deadline in session.execute(written)}

    @classmethod
    def give_up_late(cls, session: Session, *, at: datetime, limit: int = 500) -> int:
        """Those whose last day has gone by unserved have failed. Returns: how many."""
        late = (
            select(cls).join(Account, Account.id == cls.account_id)
            .where(cls.state == NoticeState.PLANNED, cls.window_to < Account.day_at(at))
            .order_by(cls.window_to).limit(limit).with_for_update(of=cls, skip_locked=True)
        )
        found = session.scalars(late).unique().all()
        for notice in found:
            notice.fail("Its days went by without proof that it was served.", at=at)
        return len(found)
