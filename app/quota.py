"""Quota: how often one token may knock in a minute, counted in the database for all processes together."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Integer, case
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from renewals.base import Record, new_key

CALLS_A_MINUTE = 300
A_MINUTE = timedelta(minutes=1)


class TooMany(Exception):
    """A token knocked too often. Units: `wait` in seconds."""

    def __init__(self, *, wait: int) -> None:
        super().__init__(f"A token may ask {CALLS_A_MINUTE} times a minute. Ask again in {wait} seconds.")
        self.wait = wait


class Quota(Record):
    """One token's calls of one minute, which begins with the first of them. Units: machine time."""

    __tablename__ = "quota"
    __table_args__ = (Index("uq_quota_token", "token_id", unique=True),)

    token_id: Mapped[UUID] = mapped_column(ForeignKey("api_token.id"))
    began_at: Mapped[datetime]
    calls: Mapped[int] = mapped_column(Integer)

    @classmethod
    def take(cls, session: Session, token_id: UUID, *, at: datetime) -> None:
        """Count one call; one too many is not counted. Raises: TooMany, saying when the next minute begins."""
        goes_on = cls.began_at > at - A_MINUTE
        row = session.execute(
            insert(cls)
            .values(id=new_key(), token_id=token_id, began_at=at, calls=1)
            .on_conflict_do_update(
                index_elements=["token_id"],
                set_={
                    "began_at": case((goes_on, cls.began_at), else_=at),
                    "calls": case((goes_on, cls.calls + 1), else_=1),
                },
            )
            .returning(cls.calls, cls.began_at)
        ).one()
        if row.calls > CALLS_A_MINUTE:
            raise TooMany(wait=(row.began_at + A_MINUTE - at).seconds + 1)
