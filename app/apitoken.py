"""ApiToken: a key for a program that speaks to the JSON interface on behalf of a member of the staff."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from renewals.base import Record


class ApiToken(Record):
    """Shown once, kept as a hash. Units: machine time."""

    __tablename__ = "api_token"
    __table_args__ = (Index("uq_api_token_hash", "token_hash", unique=True),)

    token_hash: Mapped[bytes]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    name: Mapped[str]
    made_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
