"""WebSession: who is signed in on which browser; SignIn: a request to sign in; Link: a mailed key to one renewal.

All times here are machine time. Nothing secret rests in these rows: a session's token is kept as a hash,
links and codes are keyed hashes of the row's own key (`app.keys`).
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, Integer, delete, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.keys import hashed, new_session_token
from gateways.browser import Level
from renewals.base import Record
from renewals.person import Person

CODE_LIFE = timedelta(minutes=10)
CODE_TRIES = 5
IDLE_LIMIT = timedelta(hours=12)
ABSOLUTE_LIMIT = timedelta(days=14)
LINK_LIFE = timedelta(days=120)
SEEN_EVERY = timedelta(minutes=5)
LINE = 7_205_303
"""The advisory lock under which somebody's requests are counted."""


class WebSession(Record):
    """A session on one browser. A new one is made at sign-in, step-up and role change; unknown tokens are nobody."""

    __tablename__ = "web_session"
    __table_args__ = (Index("uq_web_session_token_hash", "token_hash", unique=True),)

    token_hash: Mapped[bytes]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    account_id: Mapped[UUID | None]
    level: Mapped[Level]
    scope: Mapped[UUID | None]
    locale: Mapped[str | None]
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ip: Mapped[str]
    user_agent: Mapped[str]

    @classmethod
    def start(
        cls, session: Session, person: Person, level: Level, *, at: datetime, ip: str, user_agent: str,
        scope: UUID | None = None, locale: str | None = None,
    ) -> str:
        """A new session; gives the token for the cookie, which is kept nowhere else."""
        token = new_session_token()
        session.add(
            cls(
                token_hash=hashed(token), person_id=person.id, account_id=person.account_id, level=level, scope=scope,
                locale=locale, started_at=at, seen_at=at, ends_at=at + ABSOLUTE_LIMIT, ip=ip,
                user_agent=user_agent[:300],
            )
        )
        return token

    @classmethod
    def see(cls, session: Session, key: UUID, *, at: datetime) -> None:
        session.execute(update(cls).where(cls.id == key).values(seen_at=at))

    @classmethod
    def end(cls, session: Session, key: UUID, *, at: datetime) -> None:
        session.execute(update(cls).where(cls.id == key, cls.ended_at.is_(None)).values(ended_at=at))

    @classmethod
    def end_all_of(cls, session: Session, person_id: UUID, *, at: datetime) -> None:
        session.execute(update(cls).where(cls.person_id == person_id, cls.ended_at.is_(None)).values(ended_at=at))


class SignIn(Record):
    """Somebody asked for a link and a code. Made for unknown addresses too, so that nobody learns who is known.

    `ip` is the machine as limits count it, `Request.machine`.
    """

    __tablename__ = "sign_in"
    __table_args__ = (Index("ix_sign_in_email", "email", "asked_at"), Index("ix_sign_in_ip", "ip", "asked_at"))

    email: Mapped[str]
    asked_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(Integer, default=0)
    used_at: Mapped[datetime | None]
    ip: Mapped[str]
    next_path: Mapped[str] = mapped_column(default="/")

    def is_open(self, at: datetime) -> bool:
        return self.used_at is None and at < self.ends_at and self.tries < CODE_TRIES

    @classmethod
    def asked_since(cls, session: Session, since: datetime, *, email: str | None = None, ip: str | None = None) -> int:
        """How often somebody asked, for the limits."""
        query = select(func.count()).select_from(cls).where(cls.asked_at > since)
        if email is not None:
            query = query.where(cls.email == email)
        if ip is not None:
            query = query.where(cls.ip == ip)
        return session.scalar(query) or 0

    @staticmethod
    def wait_in_line(session: Session, whom: str) -> None:
        """Until the transaction ends, nobody else counts for the same address or machine."""
        session.execute(select(func.pg_advisory_xact_lock(LINE, func.hashtext(whom))))

    @classmethod
    def tries_since(cls, session: Session, since: datetime, email: str, *, ip: str | None = None) -> int:
        """How many codes were tried for an address, by everybody or by who asked from one machine."""
        query = select(func.coalesce(func.sum(cls.tries), 0)).where(cls.email == email, cls.asked_at > since)
        if ip is not None:
            query = query.where(cls.ip == ip)
        return session.scalar(query) or 0


class Link(Record):
    """A mailed capability: view one renewal, say no, pay with a new card. Everything else asks for a code."""

    __tablename__ = "link"
    __table_args__ = (
        Index("uq_link_purpose", "purpose", unique=True),
        ForeignKeyConstraint(["account_id", "renewal_id"], ["renewal.account_id", "renewal.id"]),
    )

    purpose: Mapped[str]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    renewal_id: Mapped[UUID]
    made_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

    def is_open(self, at: datetime) -> bool:
        return self.revoked_at is None and at < self.ends_at


def forget_old(session: Session, *, at: datetime) -> None:
    """Delete what can no longer be used: sessions and requests a month past their end."""
    month_ago = at - timedelta(days=30)
    session.execute(delete(WebSession).where(WebSession.ends_at < month_ago))
    session.execute(delete(SignIn).where(SignIn.ends_at < month_ago))
