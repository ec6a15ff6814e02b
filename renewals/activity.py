"""Activity: what was said about a renewal, or why something was decided: words beside the chain that can be erased."""

from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from renewals.base import Owned, tenant


class ActivityKind(StrEnum):
    """How it was said. Questions and wishes for an invoice are the customer's own; the rest is ours alone."""

    CALL = "call"
    MEETING = "meeting"
    MAIL = "mail"
    NOTE = "note"
    QUESTION = "question"
    INVOICE = "invoice"
    LOSS = "loss"
    REASON = "reason"

    @property
    def label(self) -> str:
        return self.value.capitalize()


NOTED = (ActivityKind.CALL, ActivityKind.MEETING, ActivityKind.MAIL, ActivityKind.NOTE)
"""What somebody of the staff writes down themselves."""
SPOKEN = (ActivityKind.CALL, ActivityKind.MEETING, ActivityKind.MAIL)
"""What counts as contact."""
CUSTOMERS_OWN = (ActivityKind.QUESTION, ActivityKind.INVOICE)
"""What a customer's transaction may read and add; the database holds that."""
LONGEST = 4000
"""Characters of the words."""


class Activity(Owned):
    """An event refers to it by its key and says who and when. It may be erased: the event then stands alone.

    Units: `happened_on` is the day of the call or meeting. `more` is what a form asked beside the words. What was
    decided about a whole company has no renewal.
    """

    __tablename__ = "activity"
    __table_args__ = (
        *tenant("renewal_id", "person_id"),
        Index("ix_activity_renewal", "renewal_id"),
    )

    renewal_id: Mapped[UUID | None]
    kind: Mapped[ActivityKind]
    happened_on: Mapped[date]
    person_id: Mapped[UUID | None]
    words: Mapped[str]
    more: Mapped[dict[str, Any]] = mapped_column(default=dict)
