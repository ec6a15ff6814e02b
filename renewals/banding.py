"""Banding: the bands of many accounts at once, each from its own readings."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.orm import Session

from renewals.account import Account, health_event
from renewals.event import Event, EventName
from renewals.health import Bands, Health, Standing
from renewals.person import Person
from renewals.policy import Policy, PolicyKind
from renewals.reading import HealthReading

AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class Moved:
    """One account whose health is another than is written on it. `news` is its newest reading."""

    account_id: UUID
    before: Health
    score_before: int | None
    standing: Standing
    news: HealthReading

    @property
    def values(self) -> dict[str, Any]:
        return {
            "key": self.account_id, "score": self.news.score, "taken": self.news.taken_on,
            "band": self.standing.band, "since": self.standing.since,
        }


def stand(
    session: Session, accounts: Collection[UUID], *, by: Person | None, at: datetime, quiet: Collection[UUID] | None
) -> None:
    """Write down where these accounts stand after all of their readings, under the policy in force.

    A fall into red and the way out of it are events; not for those who are `quiet`: a company that was just brought
    in has not fallen. None keeps everybody quiet, as when the policy changed and no customer did.
    """
    bands = Bands.of(Policy.in_force(session, PolicyKind.HEALTH, at.date()).content)
    keys = sorted(accounts)
    for some in (keys[begin : begin + AT_ONCE] for begin in range(0, len(keys), AT_ONCE)):
        moved = list(_moved(session, some, bands))
        _write(session, moved)
        if quiet is not None:
            _tell(session, [one for one in moved if one.account_id not in quiet], by=by, at=at)


def stand_again(session: Session, *, at: datetime) -> None:
    """Everybody's band from the readings there are, after the policy changed."""
    stand(session, list(session.scalars(select(Account.id))), by=None, at=at, quiet=None)


def _moved(session: Session, accounts: Sequence[UUID], bands: Bands) -> Iterator[Moved]:
    query = select(Account.id, Account.health_band, Account.health_score, Account.health_since, Account.health_taken_on)
    before = {row.id: row for row in session.execute(query.where(Account.id.in_(accounts)))}
    for key, readings in _histories(session, accounts):
        was, news = before[key], readings[-1]
        standing = Standing.over(((one.taken_on, one.score) for one in readings), bands)
        now = (standing.band, news.score, standing.since, news.taken_on)
        if now != (was.health_band, was.health_score, was.health_since, was.health_taken_on):
            yield Moved(key, was.health_band, readings[-2].score if readings[1:] else None, standing, news)


def _histories(session: Session, accounts: Sequence[UUID]) -> Iterable[tuple[UUID, list[HealthReading]]]:
    query = select(HealthReading).where(HealthReading.account_id.in_(accounts))
    ordered = session.scalars(query.order_by(HealthReading.account_id, HealthReading.taken_on, HealthReading.id))
    return [(key, list(readings)) for key, readings in groupby(ordered, attrgetter("account_id"))]


def _write(session: Session, moved: Sequence[Moved]) -> None:
    """Set by set: the verb of one account has no place among ten thousand. Only readings write these columns, so the
    rows' versions stand for everything else and stay.
    """
    if not moved:
        return
    table = cast(Table, Account.__table__)
    known = table.c
    change = update(table).where(known.id == bindparam("key")).values(
        health_score=bindparam("score"), health_taken_on=bindparam("taken"), health_band=bindparam("band"),
        health_since=bindparam("since"),
    )
    session.connection().execute(change, [one.values for one in moved])
    keys = {one.account_id for one in moved}
    for account in [one for one in session.identity_map.values() if isinstance(one, Account) and one.id in keys]:
        session.expire(account)


def _tell(session: Session, moved: Sequence[Moved], *, by: Person | None, at: datetime) -> None:
    told = {one.account_id: one for one in moved if _event(one) is not EventName.HEALTH_READ}
    for account in session.scalars(select(Account).where(Account.id.in_(told))):
        one = told[account.id]
        Event.record(
            session, _event(one), account, by=by, at=at, score=one.news.score, on=one.news.taken_on.isoformat(),
            source=one.news.source, band=one.standing.band.value,
            before={"score": one.score_before, "band": one.before.value},
        )


def _event(moved: Moved) -> EventName:
    return health_event(moved.before, moved.standing.band)
