"""Inbox: what outside parties told us, kept before it is believed."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session

from renewals.base import Record, new_key


class Inbox(Record):
    """One signed message from outside; the same one again is the same row.

    Units: `received_at` and `handled_at` are machine time.
    """

    __tablename__ = "inbox"
    __table_args__ = (
        Index("uq_inbox_source", "source", "external_id", unique=True),
        Index("ix_inbox_waiting", "received_at", postgresql_where="handled_at IS NULL"),
    )

    source: Mapped[str]
    external_id: Mapped[str]
    kind: Mapped[str]
    payload: Mapped[dict[str, Any]]
    received_at: Mapped[datetime]
    handled_at: Mapped[datetime | None]
    outcome: Mapped[str | None]

    @classmethod
    def receive(
        cls, session: Session, source: str, external_id: str, kind: str, payload: dict[str, Any], *, at: datetime
    ) -> "Inbox | None":
        """Keep it; None when it is known already."""
        made = session.execute(
            insert(cls)
            .values(id=new_key(), source=source, external_id=external_id, kind=kind, payload=payload, received_at=at)
            .on_conflict_do_nothing(index_elements=["source", "external_id"])
            .returning(cls.id)
        ).scalar_one_or_none()
        return None if made is None else cls.find(session, made)

    def handled(self, outcome: str, *, at: datetime) -> None:
        self.handled_at, self.outcome = at, outcome
