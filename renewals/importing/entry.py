"""Entry: staged rows becoming records, a whole table at a time, by the ids their owners gave them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from renewals.reading import IMPORT

Counts = dict[str, int]


@dataclass(frozen=True, slots=True)
class Entry:
    """`rows` selects what goes into `table` under the same names; `key` finds the row that is there already.

    Of a row that is there only `sets` change, and only when one of them differs: `version` then counts on.
    """

    table: str
    rows: str
    columns: Sequence[str]
    key: str
    sets: Sequence[str]
    versioned: bool = True

    def enter(self, session: Session) -> Counts:
        new, changed = session.execute(text(self._sql())).one()
        return {"new": new, "changed": changed}

    def _sql(self) -> str:
        """A row is new when no transaction has touched it before: its xmax is 0."""
        columns = (*self.columns, "version") if self.versioned else self.columns
        return f"""
            WITH entered AS (
                INSERT INTO {self.table} ({", ".join(columns)})
                SELECT {", ".join(self.columns)}{", 1" if self.versioned else ""} FROM ({self.rows}) AS r
                ON CONFLICT ({self.key}) {self._on_conflict()}
                RETURNING xmax = 0 AS new)
            SELECT count(*) FILTER (WHERE new), count(*) FILTER (WHERE NOT new) FROM entered
        """

    def _on_conflict(self) -> str:
        if not self.sets:
            return "DO NOTHING"
        sets = [f"{name} = EXCLUDED.{name}" for name in self.sets]
        sets += [f"version = {self.table}.version + 1"] if self.versioned else []
        before = ", ".join(f"{self.table}.{name}" for name in self.sets)
        after = ", ".join(f"EXCLUDED.{name}" for name in self.sets)
        return f"DO UPDATE SET {', '.join(sets)} WHERE ({before}) IS DISTINCT FROM ({after})"


ACCOUNT = (
    "name", "currency", "country", "timezone", "locale", "industry", "customer_since", "health_score",
    "strategic", "stable_business", "budget_predictable", "wants_multi_year", "industry_changes_fast",
    "stripe_customer", "owner_id", "region",
)
PERSON = ("name", "title", "roles", "locale")
STAKE = ("buying_roles", "strength", "stance", "concern", "engaged_by_id", "last_contact_on")
FIGURE = (
    "subscription_id", "metric", "label_en", "label_ms", "amount", "unit", "currency", "source", "assumption",
    "measured_on",
)

_ACCOUNTS = """
    SELECT s.*, o.id AS owner_id, 'unknown' AS health_band FROM staged_accounts AS s
    LEFT JOIN person AS o ON o.account_id IS NULL AND o.email = s.owner_email
"""
_PEOPLE = """
    SELECT s.*, a.id AS account_id, true AS active FROM staged_people AS s
    LEFT JOIN account AS a ON a.external_id = s.account
"""
_STAKES = """
    SELECT s.line, s.stake_id AS id, s.stake_event_id AS event_id, p.account_id, p.id AS person_id,
           s.strength, s.stance, s.concern, coalesce(s.buying_roles, '{}') AS buying_roles, e.id AS engaged_by_id,
           greatest(s.last_contact_on, k.last_contact_on) AS last_contact_on
    FROM staged_people AS s JOIN account AS a ON a.external_id = s.account
    JOIN person AS p ON p.account_id = a.id AND p.email = s.email
    LEFT JOIN person AS e ON e.account_id IS NULL AND e.email = s.engaged_by_email
    LEFT JOIN stake AS k ON k.person_id = p.id
    WHERE k.id IS NOT NULL OR s.concern <> ''
       OR coalesce(s.buying_roles::text, s.strength, s.stance, e.id::text, s.last_contact_on::text) IS NOT NULL
"""
"""Whoever was spoken with since the file was made keeps the later day."""
_FIGURES = """
    SELECT s.*, k.account_id, k.id AS subscription_id FROM staged_value AS s
    JOIN subscription AS k ON k.external_id = s.subscription
"""
_USAGE = """
    SELECT s.*, k.account_id, k.id AS subscription_id FROM staged_usage AS s
    JOIN subscription AS k ON k.external_id = s.subscription
"""


def accounts(session: Session, present: Collection[str], by: UUID | None, at: datetime) -> Counts:
    named = {*present, "owner_id"} if "owner_email" in present else set(present)
    sets = [name for name in ACCOUNT if name in named]
    _remember(session, "account", _ACCOUNTS, "k.external_id = s.external_id", sets)
    columns = ("id", "external_id", "health_band", *ACCOUNT)
    counts = Entry("account", _ACCOUNTS, columns, "external_id", sets).enter(session)
    _tell(session, "account", _ACCOUNT_EVENTS, by, at)
    return counts


def people(
    session: Session, present: Collection[str], by: UUID | None, at: datetime, *, staff: bool
) -> Counts:
    """Staff go in before the accounts they look after, customers after the accounts they belong to."""
    rows = f"{_PEOPLE} WHERE (s.account = '') = {str(staff).lower()}"
    sets = [name for name in PERSON if name in present]
    same = "k.email = s.email AND k.account_id IS NOT DISTINCT FROM s.account_id"
    _remember(session, "person", rows, same, sets)
    columns = ("id", "account_id", "email", *PERSON, "active")
    counts = Entry("person", rows, columns, "account_id, email", sets).enter(session)
    _tell(session, "person", _PERSON_EVENTS, by, at)
    return counts


def readings(session: Session, by: UUID | None, at: datetime) -> list[UUID]:
    """The scores of the file as readings of today. Returns: the accounts that have a new one.

    The same score again on the same day is none; neither is "not known" of whom nothing was known.
    """
    rows = session.execute(text(_READINGS), {"by": by, "at": at})
    return list(rows.scalars())


def brought_in(session: Session) -> frozenset[UUID]:
    """The accounts that were not there before."""
    return frozenset(session.execute(text("SELECT id FROM told_account WHERE is_new")).scalars())


def stakes(session: Session, present: Collection[str], by: UUID | None, at: datetime) -> dict[str, Counts]:
    """What part the customers' people play; only of those of whom something is said, or was said before."""
    named = {*present, "engaged_by_id"} if "engaged_by_email" in present else set(present)
    sets = [name for name in STAKE if name in named]
    if not sets:
        return {}
    _remember(session, "stake", _STAKES, "k.person_id = s.person_id", sets)
    columns = ("id", "account_id", "person_id", *STAKE)
    counts = Entry("stake", _STAKES, columns, "person_id", sets).enter(session)
    _tell(session, "stake", _STAKE_EVENTS, by, at)
    return {"stakes": counts}


def figures(session: Session, present: Collection[str]) -> Counts:
    sets = [name for name in FIGURE if name in present or name == "subscription_id"]
    columns = ("id", "account_id", "external_id", *FIGURE)
    return Entry("figure", _FIGURES, columns, "account_id, external_id", sets, versioned=False).enter(session)


def usage(session: Session) -> Counts:
    columns = ("id", "account_id", "subscription_id", "metric", "month", "amount")
    key = "subscription_id, metric, month"
    return Entry("usage", _USAGE, columns, key, ("amount",), versioned=False).enter(session)


_READINGS = f"""
    INSERT INTO health_reading (id, account_id, score, taken_on, source, by_id, at)
    SELECT s.reading_id, a.id, s.health_score, today.day, '{IMPORT}', CAST(:by AS uuid), :at
    FROM staged_accounts AS s JOIN account AS a USING (external_id)
    CROSS JOIN LATERAL (SELECT (CAST(:at AS timestamptz) AT TIME ZONE a.timezone)::date AS day) AS today
    LEFT JOIN LATERAL (SELECT id, score, taken_on, source FROM health_reading AS h WHERE h.account_id = a.id
                       ORDER BY taken_on DESC, id DESC LIMIT 1) AS newest ON true
    WHERE (s.health_score IS NOT NULL OR newest.score IS NOT NULL OR (newest.id IS NULL AND a.health_band <> 'unknown'))
      AND (newest.score, newest.taken_on, newest.source) IS DISTINCT FROM (s.health_score, today.day, '{IMPORT}')
    RETURNING account_id
"""


def _remember(session: Session, table: str, rows: str, same: str, sets: Sequence[str]) -> None:
    """Keep what differs, from and to, before the rows are changed."""
    session.execute(text(f"DROP TABLE IF EXISTS pg_temp.told_{table}"))
    session.execute(
        text(
            f"""
            CREATE TEMPORARY TABLE told_{table} ON COMMIT DROP AS
            SELECT s.line, s.event_id, coalesce(k.id, s.id) AS id, k.id IS NULL AS is_new, changed.fields
            FROM ({rows}) AS s LEFT JOIN {table} AS k ON {same}
            LEFT JOIN LATERAL (
                SELECT jsonb_object_agg(o.key, jsonb_build_object('from', o.value, 'to', n.value)) AS fields
                FROM jsonb_each(to_jsonb(k)) AS o JOIN jsonb_each(to_jsonb(s)) AS n ON n.key = o.key
                WHERE o.key = ANY (:sets) AND n.value IS DISTINCT FROM o.value
            ) AS changed ON k.id IS NOT NULL
            WHERE k.id IS NULL OR changed.fields IS NOT NULL
            """
        ),
        {"sets": list(sets)},
    )


def _tell(session: Session, table: str, details: str, by: UUID | None, at: datetime) -> None:
    """One event for each new or changed row; set by set, so no jobs follow from them."""
    session.execute(
        text(
            f"""
            INSERT INTO event (id, account_id, name, subject_type, subject_id, by_id, at, details)
            SELECT t.event_id, {details}
            FROM told_{table} AS t JOIN {table} AS k ON k.id = t.id ORDER BY t.line
            """
        ),
        {"by": by, "at": at},
    )


_ACCOUNT_EVENTS = """
    k.id, 'account.imported', 'account', k.id, CAST(:by AS uuid), :at,
    jsonb_build_object('new', t.is_new, 'fields', coalesce(t.fields, '{}'))
"""
_PERSON_EVENTS = """
    k.account_id, 'person.changed', 'person', k.id, CAST(:by AS uuid), :at,
    jsonb_build_object('imported', true, 'new', t.is_new, 'roles', to_jsonb(k.roles),
        'fields', coalesce(
            (SELECT jsonb_agg(key ORDER BY key) FROM jsonb_object_keys(t.fields) AS key), '[]'))
"""
_STAKE_EVENTS = """
    k.account_id, 'stake.changed', 'stake', k.id, CAST(:by AS uuid), :at,
    jsonb_build_object('imported', true, 'person', k.person_id, 'fields', coalesce(
        (SELECT jsonb_agg(key ORDER BY key) FROM jsonb_object_keys(t.fields) AS key), '[]'))
"""
"""A person's new roles are told; of the other fields only which: names stay out of the chain of events."""
