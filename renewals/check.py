"""Check: the sentences that must always be true, each with the query that finds what breaks it."""

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

MOST = 20
"""Rows named for each broken sentence."""


@dataclass(frozen=True, slots=True)
class Invariant:
    """`query` selects the keys of the rows that break the sentence."""

    sentence: str
    query: str

    def broken_by(self, session: Session) -> list[str]:
        return [str(row[0]) for row in session.execute(text(f"{self.query} LIMIT {MOST}"))]


@dataclass(frozen=True, slots=True)
class Finding:
    """What looking found. `rows` is empty when the sentence holds."""

    sentence: str
    rows: list[str]

    @property
    def holds(self) -> bool:
        return not self.rows

    def __str__(self) -> str:
        return f"{self.sentence} Not so: {', '.join(self.rows)}"


def findings(session: Session) -> list[Finding]:
    """Every sentence, in order; reads only."""
    return [Finding(invariant.sentence, invariant.broken_by(session)) for invariant in INVARIANTS]


def violations(session: Session) -> list[str]:
    """A line for each broken sentence, with the rows that break it."""
    return [str(finding) for finding in findings(session) if not finding.holds]


INVARIANTS = (
    Invariant(
        "Every renewal that is won has a paid first instalment.",
        "SELECT r.id FROM renewal r WHERE r.state = 'won' AND r.closed_at IS NOT NULL "
        "AND EXISTS (SELECT FROM acceptance a WHERE a.renewal_id = r.id) AND NOT EXISTS "
        "(SELECT FROM payment p WHERE p.renewal_id = r.id AND p.instalment_number = 1 "
        "AND p.state = 'succeeded')",
    ),
    Invariant(
        "Every payment that succeeded has an agreement and a next term.",
        "SELECT p.id FROM payment p WHERE p.state = 'succeeded' AND p.instalment_number = 1 AND NOT EXISTS "
        "(SELECT FROM agreement g JOIN term t ON t.agreement_id = g.id WHERE g.renewal_id = p.renewal_id)",
    ),
    Invariant(
        "Every agreement has a payment that succeeded.",
        "SELECT g.id FROM agreement g WHERE NOT EXISTS "
        "(SELECT FROM payment p WHERE p.renewal_id = g.renewal_id AND p.state = 'succeeded')",
    ),
    Invariant(
        "No attempt is open for more than a quarter of an hour without somebody acting.",
        "SELECT p.id FROM payment p WHERE p.state IN ('sent', 'unknown') AND "
        "to_timestamp((('x' || substr(replace(p.id::text, '-', ''), 1, 12))::bit(48)::bigint) / 1000.0) "
        "< now() - interval '15 minutes' AND NOT EXISTS "
        "(SELECT FROM event e WHERE e.subject_id = p.id AND e.name = 'payment.stranded')",
    ),
    Invariant(
        "Every next term begins on the day the one before ends.",
        "SELECT t.id FROM term t WHERE t.agreement_id IS NOT NULL AND NOT EXISTS "
        "(SELECT FROM term b WHERE b.subscription_id = t.subscription_id AND b.ends_on = t.starts_on)",
    ),
    Invariant(
        "Whatever was agreed beside a renewal that is won belongs to its term.",
        "SELECT a.id FROM acceptance a JOIN renewal r ON r.id = a.renewal_id WHERE a.apart_id IS NOT NULL "
        "AND a.state = 'standing' AND r.state = 'won' AND NOT EXISTS "
        "(SELECT FROM addition d WHERE d.acceptance_id = a.id)",
    ),
    Invariant(
        "An addition asks for exactly what it costs.",
        "SELECT d.id FROM addition d WHERE d.amount_minor <> "
        "(SELECT coalesce(sum(i.amount_minor), 0) FROM instalment i WHERE i.addition_id = d.id)",
    ),
    Invariant(
        "The lines of an offer add up to its first year.",
        "SELECT o.id FROM offer o WHERE o.due_minor <> (o.content->'years'->>0)::bigint",
    ),
    Invariant(
        "No message waits in the inbox for more than a quarter of an hour.",
        "SELECT i.id FROM inbox i WHERE i.handled_at IS NULL "
        "AND i.received_at < now() - interval '15 minutes'",
    ),
)
