"""Clock: the row that holds how far business time stands from the machine's."""

from sqlalchemy import BigInteger, CheckConstraint, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from renewals.base import Record


class Clock(Record):
    """One row for the whole company. Units: seconds, positive when business time is ahead."""

    __tablename__ = "clock"
    __table_args__ = (CheckConstraint("single = 1", name="one_row"),)

    single: Mapped[int] = mapped_column(SmallInteger, unique=True, default=1)
    offset_seconds: Mapped[int] = mapped_column(BigInteger, default=0)
