"""Doubt: what should have been said about renewals by now and was not, of several at once."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from renewals.forecast import Doubts
from renewals.plan.commitment import is_silent
from renewals.plan.reality import is_raised
from renewals.renewal import Renewal


def doubts_about(session: Session, keys: Collection[UUID], on: date) -> dict[UUID, Doubts]:
    """Of each of these renewals."""
    query = select(Renewal.id, is_raised(on).label("raised"), is_silent(on).label("silent"))
    rows = session.execute(query.where(Renewal.id.in_(keys)))
    return {row.id: Doubts(row.raised, row.silent) for row in rows}
