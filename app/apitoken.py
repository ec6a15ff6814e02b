"""ApiToken: a key for a program that speaks to the JSON interface on behalf of a member of the staff.

KeptAnswer: what was answered to one write of it, so that the same write sent again is not done again.
"""

import argparse
import secrets
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Integer, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.jobs import follow
from app.keys import hashed
from app.settings import Settings
from app.transaction import Database, Now, Role
from renewals.base import Record
from renewals.errors import Malformed, NotFound
from renewals.event import Event, EventName
from renewals.person import Person

PREFIX = "kekal_"
"""So that people and secret scanners see what they found."""
LONGEST_NAME = 100


class ApiToken(Record):
    """Shown once, kept as a hash. Units: machine time."""

    __tablename__ = "api_token"
    __table_args__ = (Index("uq_api_token_hash", "token_hash", unique=True),)

    token_hash: Mapped[bytes]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    name: Mapped[str]
    made_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

    @classmethod
    def make(cls, session: Session, name: str, person: Person, *, now: Now) -> str:
        """A new token of the staff's `person`; gives the text that is kept nowhere else.

        Raises: Malformed for a name that is empty, long or taken by a token that is still good, and for customers.
        """
        called = name.strip()
        if not called or len(called) > LONGEST_NAME:
            raise Malformed(f"Give the token a name of at most {LONGEST_NAME} characters.", "name")
        if not person.is_staff or not person.active:
            raise Malformed("A program speaks for a member of the staff who is still here.", "person")
        if cls.live(session, called, person):
            raise Malformed(f"{person.name} has a token called {called} already. Revoke it first.", "name")
        token = PREFIX + secrets.token_urlsafe(32)
        session.add(cls(token_hash=hashed(token), person_id=person.id, name=called, made_at=now.machine))
        Event.record(session, EventName.TOKEN_MADE, person, by=None, at=now.business, token=called)
        return token

    @classmethod
    def live(cls, session: Session, name: str, person: Person) -> Self | None:
        """The person's token of this name that is still good."""
        wanted = select(cls).where(cls.person_id == person.id, cls.name == name, cls.revoked_at.is_(None))
        return session.scalars(wanted.with_for_update()).first()

    @classmethod
    def revoke(cls, session: Session, name: str, person: Person, *, now: Now) -> None:
        """From now on it opens nothing. Raises: NotFound."""
        token = cls.live(session, name.strip(), person)
        if token is None:
            raise NotFound
        token.revoked_at = now.machine
        Event.record(session, EventName.TOKEN_REVOKED, person, by=None, at=now.business, token=token.name)


class KeptAnswer(Record):
    """One answer for one key of one token. Only what was done is kept: after a refusal the key is free again.

    Units: machine time.
    """

    __tablename__ = "kept_answer"
    __table_args__ = (Index("uq_kept_answer_key", "token_id", "key", unique=True),)

    token_id: Mapped[UUID] = mapped_column(ForeignKey("api_token.id"))
    key: Mapped[str]
    request_hash: Mapped[str]
    status: Mapped[int] = mapped_column(Integer)
    body: Mapped[bytes]
    answered_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Holder:
    """Who a program speaks for, and with which token. The person is a copy that is never written back."""

    token_id: UUID
    person: Person

    @classmethod
    def of(cls, session: Session, token: str) -> Self | None:
        """Nobody for an unknown or revoked token, and when the person has left."""
        query = text("SELECT * FROM kekal_program(:wanted)")
        row = session.execute(query, {"wanted": hashed(token)}).one_or_none()
        if row is None:
            return None
        person = Person(
            id=row.person_id, account_id=None, email=row.email, name=row.name, roles=list(row.roles),
            locale=row.locale, active=True, title="",
        )
        return cls(row.token_id, person)


def run(arguments: Sequence[str], settings: Settings) -> int:
    """`kekal token NAME --as EMAIL [--revoke]`: 0 when done, 1 when refused."""
    wanted = _parser().parse_args(arguments)
    database = Database(settings.database_url, follow, pool=1)
    try:
        with database.begin(Role.WORKER) as (session, now):
            print(_done(session, wanted, now))
    except (Malformed, NotFound) as no:
        print(str(no) or f"There is no token called {wanted.name}.", file=sys.stderr)
        return 1
    finally:
        database.close()
    return 0


def _done(session: Session, wanted: argparse.Namespace, now: Now) -> str:
    person = Person.staff_by_email(session, wanted.email)
    if person is None:
        raise Malformed(f"Nobody of the staff has the mail address {wanted.email}.")
    if wanted.revoke:
        ApiToken.revoke(session, wanted.name, person, now=now)
        return f"The token {wanted.name} opens nothing any more."
    return ApiToken.make(session, wanted.name, person, now=now)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="kekal token", description="Let a program in, on behalf of somebody.")
    parser.add_argument("name", metavar="NAME", help="what the program is called")
    parser.add_argument("--as", dest="email", required=True, metavar="EMAIL", help="whose rights it has")
    parser.add_argument("--revoke", action="store_true", help="take the token back")
    return parser
