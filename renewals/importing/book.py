"""Book: the sheets of one run, which go in together or not at all."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session

from renewals import banding
from renewals.event import Event, EventName
from renewals.importing import agreed, check, entry
from renewals.importing.kind import ACCOUNTS, KINDS, PEOPLE, SUBSCRIPTIONS, USAGE, VALUE, Kind
from renewals.importing.record import BookImport
from renewals.importing.rejection import Rejected, Rejection, Warned
from renewals.importing.rule import Known
from renewals.importing.sheet import Sheet
from renewals.importing.staging import Staging
from renewals.person import Person

ADVISORY_LOCK = 7_205_310
"""One import at a time."""


class Book:
    """Each kind at most once. `warnings` is filled as the book is read and entered."""

    def __init__(self) -> None:
        self.sheets: dict[Kind, Sheet] = {}
        self.faults: list[Rejection] = []
        self.warnings: list[Warned] = []

    @classmethod
    def read(cls, sheets: Iterable[Sheet]) -> "Book":
        """In any order. Faults of headers are kept and told together with those of the rows."""
        book = cls()
        for sheet in sheets:
            book._add(sheet)
        return book

    def enter(self, session: Session, *, by: Person | None, at: datetime) -> BookImport:
        """All rows or none, in the caller's transaction, which must not commit after a refusal.

        Raises: Rejected with every row at fault; NotNow when a policy is missing.
        """
        _one_at_a_time(session)
        staging = self._staged(session, at)
        self._check(session, staging)
        try:
            counts = self._write(session, by, at)
        except (IntegrityError, DataError) as problem:
            files = ", ".join(self._files.values())
            raise Rejected([Rejection(files, 0, "", _said_by_the_database(problem))]) from problem
        return self._recorded(session, staging.rows, counts, by, at)

    def _add(self, sheet: Sheet) -> None:
        self.faults += sheet.faults
        self.warnings += sheet.warnings
        if sheet.kind in self.sheets:
            other = self.sheets[sheet.kind].name
            self.faults.append(Rejection(sheet.name, 0, "", f"{other} brings {sheet.kind.name} already"))
        elif sheet.kind and not sheet.faults:
            self.sheets[sheet.kind] = sheet

    @property
    def _files(self) -> dict[Kind, str]:
        return {kind: sheet.name for kind, sheet in self.sheets.items()}

    def _staged(self, session: Session, at: datetime) -> Staging:
        staging = Staging(session, Known.of(session, at.date()))
        for kind in KINDS:
            if sheet := self.sheets.get(kind):
                staging.take(sheet, kind)
        self.warnings += staging.warnings
        return staging

    def _check(self, session: Session, staging: Staging) -> None:
        """Rows are compared only when all could be read: else one gap would cause many faults.

        Raises: Rejected.
        """
        found = [*self.faults, *staging.faults]
        if not self.sheets and not found:
            raise Rejected([Rejection("", 0, "", "there is nothing to import")])
        agreed.gather(session, self._present(SUBSCRIPTIONS))
        if staging.whole and not self.faults:
            compared = check.faults(session, self._files)
            found += (one for one in compared if (one.file, one.line) not in staging.unread)
            self.warnings += check.warnings(session, self._files)
        if found:
            raise Rejected(found, self.warnings)

    def _write(self, session: Session, by: Person | None, at: datetime) -> dict[str, dict[str, int]]:
        key: UUID | None = by.id if by else None
        counts: dict[str, dict[str, int]] = {}
        if PEOPLE in self.sheets:
            counts["staff"] = entry.people(session, self._present(PEOPLE), key, at, staff=True)
        if ACCOUNTS in self.sheets:
            counts["accounts"] = entry.accounts(session, self._present(ACCOUNTS), key, at)
            if "health_score" in self._present(ACCOUNTS):
                banding.stand(session, entry.readings(session, key, at), by=by, at=at, quiet=entry.brought_in(session))
        if PEOPLE in self.sheets:
            counts["people"] = entry.people(session, self._present(PEOPLE), key, at, staff=False)
            counts |= entry.stakes(session, self._present(PEOPLE), key, at)
        if SUBSCRIPTIONS in self.sheets:
            counts |= agreed.enter(session, self._present(SUBSCRIPTIONS), key, at)
        if VALUE in self.sheets:
            counts["value"] = entry.figures(session, self._present(VALUE))
        if USAGE in self.sheets:
            counts["usage"] = entry.usage(session)
        return counts

    def _present(self, kind: Kind) -> frozenset[str]:
        return frozenset(self.sheets[kind].header) if kind in self.sheets else frozenset()

    def _recorded(
        self, session: Session, rows: dict[str, int], counts: dict[str, Any], by: Person | None, at: datetime
    ) -> BookImport:
        run = BookImport(
            by_id=by.id if by else None, at=at, files=list(self._files.values()), rows=sum(rows.values()),
            counts=counts,
        )
        session.add(run)
        session.flush()  # the event names the row
        details = {"files": run.files, "rows": run.rows, "counts": counts}
        Event.record(session, EventName.BOOK_IMPORTED, run, by=by, at=at, **details)
        return run


def _one_at_a_time(session: Session) -> None:
    session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})


def _said_by_the_database(problem: IntegrityError | DataError) -> str:
    """What no check of ours foresaw, such as a change made by somebody else in the meantime."""
    diagnosis = getattr(problem.orig, "diag", None)
    said = getattr(diagnosis, "message_detail", None) or getattr(diagnosis, "message_primary", None)
    return f"the database refused ({said or 'it gave no reason'}); nothing was changed, try again"
