"""Check: what can only be seen with all rows side by side, and with those that are already in the house."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from renewals.importing.kind import ACCOUNTS, KINDS, PEOPLE, SUBSCRIPTIONS, USAGE, VALUE, Kind
from renewals.importing.rejection import Rejection, Warned


@dataclass(frozen=True, slots=True)
class Check:
    """`sql` gives line, column and reason of every row of `kind` at fault."""

    kind: Kind
    sql: str


def _once(kind: Kind) -> Check:
    """No key twice in a file."""
    key, shown = ", ".join(kind.key), ", ".join(f"nullif({part}::text, '')" for part in kind.key)
    return Check(
        kind,
        f"""
        SELECT line, '{kind.key[-1]}', format('is the same row as line %s: %s', first, key)
        FROM (SELECT line, concat_ws(', ', {shown}) AS key, min(line) OVER (PARTITION BY {key}) AS first
              FROM {kind.staged} WHERE ({key}) IS NOT NULL) AS twice
        WHERE line > first
        """,
    )


def _refers(kind: Kind, column: str, to: Kind, table: str) -> Check:
    """A reference is to a row of this import or of an earlier one."""
    return Check(
        kind,
        f"""
        SELECT line, '{column}', format('there is no {table} %L', {column}) FROM {kind.staged} AS s
        WHERE {column} <> ''
          AND NOT EXISTS (SELECT FROM {to.staged} AS t WHERE t.external_id = s.{column})
          AND NOT EXISTS (SELECT FROM {table} AS t WHERE t.external_id = s.{column})
        """,
    )


def _staff(kind: Kind, column: str = "owner_email") -> Check:
    return Check(
        kind,
        f"""
        SELECT line, '{column}', format('nobody of the staff has the mail address %s', {column})
        FROM {kind.staged} AS s
        WHERE {column} IS NOT NULL
          AND NOT EXISTS (SELECT FROM staged_people AS p WHERE p.account = '' AND p.email = s.{column})
          AND NOT EXISTS (SELECT FROM person AS p
                          WHERE p.account_id IS NULL AND p.active AND p.email = s.{column})
        """,
    )


_OWNED = """
    WITH company AS (
        SELECT external_id, line FROM staged_accounts WHERE external_id IS NOT NULL
        UNION ALL
        SELECT account, min(line) FROM staged_people AS p WHERE account <> ''
          AND NOT EXISTS (SELECT FROM staged_accounts AS a WHERE a.external_id = p.account) GROUP BY account
    ), known AS (
        SELECT a.external_id AS account, p.email, p.roles, p.active
        FROM person AS p JOIN account AS a ON a.id = p.account_id
    ), owned AS (
        SELECT s.account FROM staged_people AS s LEFT JOIN known AS k USING (account, email)
        WHERE (s.roles IS NULL OR 'owner' = ANY (s.roles)) AND coalesce(k.active, true)
        UNION ALL
        SELECT k.account FROM known AS k LEFT JOIN staged_people AS s USING (account, email)
        WHERE s.line IS NULL AND k.active AND 'owner' = ANY (k.roles)
    )
"""


def _has_owner(kind: Kind, column: str, only: str) -> Check:
    return Check(
        kind,
        f"""
        {_OWNED}
        SELECT line, '{column}', format('%s would have no person with the role owner', external_id)
        FROM company AS c
        WHERE external_id NOT IN (SELECT account FROM owned WHERE account IS NOT NULL)
          AND {only} (SELECT FROM staged_accounts AS a WHERE a.external_id = c.external_id)
        """,
    )


_PARTS = (
    "plan", "notice_days", "auto_renew", "billing", "net_days", "stage", "owner_email", "target_value", "mandate_on",
)
"""What all lines of a term say alike."""

_ALIKE = Check(
    SUBSCRIPTIONS,
    f"""
    SELECT s.line, part.name, format('differs from line %s: all lines of a term say the same', f.line)
    FROM staged_subscriptions AS s JOIN staged_terms AS f USING (external_id, starts_on, ends_on)
    JOIN staged_subscriptions AS first ON first.line = f.line
    CROSS JOIN LATERAL (VALUES {", ".join(f"('{p}', s.{p}::text, first.{p}::text)" for p in _PARTS)})
      AS part (name, got, wanted)
    WHERE s.line > f.line AND part.got IS DISTINCT FROM part.wanted
    """,
)

_PLANLESS = Check(
    SUBSCRIPTIONS,
    """
    SELECT line, 'plan', format('no line of this term is for %s itself; a term without its plan has no price', plan)
    FROM staged_terms AS t
    WHERE plan IS NOT NULL AND NOT EXISTS (
        SELECT FROM staged_subscriptions AS s
        WHERE (s.external_id, s.starts_on, s.ends_on) = (t.external_id, t.starts_on, t.ends_on)
          AND coalesce(s.product, t.plan) = t.plan)
    """,
)
"""A product that could not be read is told by itself."""

_MOVED = Check(
    SUBSCRIPTIONS,
    """
    SELECT s.line, 'account',
           format('subscription %s belongs to %s', s.external_id, coalesce(a.external_id, s.first))
    FROM (SELECT *, first_value(account) OVER (PARTITION BY external_id ORDER BY line) AS first
          FROM staged_subscriptions) AS s
    LEFT JOIN subscription AS k USING (external_id) LEFT JOIN account AS a ON a.id = k.account_id
    WHERE s.account <> coalesce(a.external_id, s.first)
    """,
)

_OVERLAP_HERE = Check(
    SUBSCRIPTIONS,
    """
    SELECT DISTINCT ON (b.line) b.line, 'starts_on',
           format('%s to %s overlaps the term of line %s: %s to %s',
                  b.starts_on, b.ends_on, a.line, a.starts_on, a.ends_on)
    FROM staged_terms AS a JOIN staged_terms AS b USING (external_id)
    WHERE a.line < b.line AND a.starts_on < b.ends_on AND b.starts_on < a.ends_on
    ORDER BY b.line, a.line
    """,
)

_OVERLAP_THERE = Check(
    SUBSCRIPTIONS,
    """
    SELECT DISTINCT ON (s.line) s.line, 'starts_on',
           format('%s to %s overlaps a term that is in already: %s to %s',
                  s.starts_on, s.ends_on, t.starts_on, t.ends_on)
    FROM staged_terms AS s JOIN term AS t ON t.subscription_id = s.subscription_id
    WHERE t.starts_on < s.ends_on AND s.starts_on < t.ends_on AND t.id NOT IN (SELECT id FROM staged_terms)
    ORDER BY s.line, t.starts_on
    """,
)

_SIGNED = Check(
    SUBSCRIPTIONS,
    """
    SELECT line, 'starts_on', 'this term was made by a signed agreement and is not changed by an import'
    FROM staged_terms WHERE is_changed AND agreement_id IS NOT NULL
    """,
)

_ACCEPTED = Check(
    SUBSCRIPTIONS,
    """
    SELECT line, 'starts_on', 'an offer made from this term was accepted; the term no longer changes'
    FROM staged_terms AS s
    WHERE is_changed AND agreement_id IS NULL
      AND EXISTS (SELECT FROM renewal AS r JOIN acceptance AS a ON a.renewal_id = r.id
                  WHERE r.term_id = s.id AND a.state = 'standing')
    """,
)

_STAGE = Check(
    SUBSCRIPTIONS,
    """
    SELECT line, 'stage',
           CASE WHEN is_latest THEN 'the latest term can not be won: the term it was won with comes after it'
                ELSE 'a term that another one follows is won, or its stage is empty' END
    FROM staged_terms AS s
    WHERE (stage = 'won') = is_latest AND NOT EXISTS (SELECT FROM renewal AS r WHERE r.term_id = s.id)
    """,
)

_CURRENCY = Check(
    ACCOUNTS,
    """
    SELECT s.line, 'currency',
           format('the account has terms in %s and can not become %s', a.currency, s.currency)
    FROM staged_accounts AS s JOIN account AS a USING (external_id)
    WHERE s.currency <> a.currency AND EXISTS (SELECT FROM term AS t WHERE t.account_id = a.id)
    """,
)

_THEIRS = Check(
    VALUE,
    """
    SELECT v.line, 'subscription', format('subscription %s belongs to %s', v.subscription, s.account)
    FROM staged_value AS v
    JOIN (SELECT external_id, min(account) AS account FROM staged_subscriptions GROUP BY external_id
          UNION
          SELECT s.external_id, a.external_id
          FROM subscription AS s JOIN account AS a ON a.id = s.account_id) AS s
      ON s.external_id = v.subscription
    WHERE s.account <> v.account
    """,
)

CHECKS = (
    *(_once(kind) for kind in KINDS),
    _refers(PEOPLE, "account", ACCOUNTS, "account"),
    _refers(SUBSCRIPTIONS, "account", ACCOUNTS, "account"),
    _refers(VALUE, "account", ACCOUNTS, "account"),
    _refers(VALUE, "subscription", SUBSCRIPTIONS, "subscription"),
    _refers(USAGE, "subscription", SUBSCRIPTIONS, "subscription"),
    _staff(ACCOUNTS), _staff(SUBSCRIPTIONS), _staff(PEOPLE, "engaged_by_email"),
    _has_owner(ACCOUNTS, "external_id", "EXISTS"), _has_owner(PEOPLE, "roles", "NOT EXISTS"),
    _CURRENCY, _ALIKE, _PLANLESS, _MOVED, _OVERLAP_HERE, _OVERLAP_THERE, _SIGNED, _ACCEPTED, _STAGE, _THEIRS,
)

WORTH_A_LOOK = (
    Check(
        PEOPLE,
        """
        SELECT s.line, 'email', 'was removed in Kekal and stays removed'
        FROM staged_people AS s LEFT JOIN account AS a ON a.external_id = s.account
        JOIN person AS p ON p.email = s.email AND p.account_id IS NOT DISTINCT FROM a.id
        WHERE NOT p.active AND (a.id IS NOT NULL OR s.account = '')
        """,
    ),
    Check(
        SUBSCRIPTIONS,
        """
        SELECT s.line, 'starts_on', format('no renewal was opened: the one for %s is still open', r.renews_on)
        FROM staged_terms AS s JOIN renewal AS r ON r.subscription_id = s.subscription_id
        WHERE s.is_latest AND r.term_id <> s.id AND r.state NOT IN ('won', 'lost')
        """,
    ),
)


def faults(session: Session, files: Mapping[Kind, str]) -> Iterator[Rejection]:
    for check in CHECKS:
        for line, column, reason in _found(session, check, files):
            yield Rejection(files[check.kind], line, column, reason)


def warnings(session: Session, files: Mapping[Kind, str]) -> Iterator[Warned]:
    for check in WORTH_A_LOOK:
        for line, column, reason in _found(session, check, files):
            yield Warned(files[check.kind], line, column, reason)


def _found(session: Session, check: Check, files: Mapping[Kind, str]) -> list[tuple[int, str, str]]:
    if check.kind not in files:
        return []
    return [(line, column, reason) for line, column, reason in session.execute(text(check.sql))]
