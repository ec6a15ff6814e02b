"""Sweep: what has come due since the last one, found and written down by the database in one statement."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, SmallInteger, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from renewals.base import Record
from renewals.plan.rule import AFTERWARDS, SIGNED, ActionKind, Rule, rules
from renewals.plan.touch import Touch
from renewals.segment import Segment

WRITE = """
INSERT INTO action (id, account_id, renewal_id, milestone_id, kind, due_at, outcome, why, attempts)
SELECT gen_random_uuid(), m.account_id, m.renewal_id, m.id, r.kind, m.due_at, 'due', '', 0
FROM milestone m
JOIN plan p ON p.renewal_id = m.renewal_id
JOIN jsonb_to_recordset(CAST(:rules AS jsonb)) AS r(key text, kind text, segment text, touch text, signed boolean)
  ON r.key = m.key AND r.segment = p.segment AND r.touch = p.touch
WHERE m.state = 'planned' AND {which}
  AND (NOT r.signed OR EXISTS (SELECT FROM renewal n WHERE n.id = m.renewal_id AND n.state = 'won'))
ON CONFLICT (milestone_id, kind) DO NOTHING
"""
SINCE = text(WRITE.format(which="m.due_at > :since AND m.due_at <= :until"))
THESE = text(WRITE.format(which="m.renewal_id = ANY(:renewals) AND m.due_at <= :until"))


class Sweep(Record):
    """How far the sweep has come, in one row. Whoever draws a plan holds the row shared until they commit, so
    that no milestone is written behind its back.

    Units: `until` is business time; every milestone due by then has its actions.
    """

    __tablename__ = "sweep"
    __table_args__ = (CheckConstraint("single = 1", name="one_row"),)

    single: Mapped[int] = mapped_column(SmallInteger, unique=True, default=1)
    until: Mapped[datetime]

    @classmethod
    def hold(cls, session: Session) -> datetime:
        """How far it has come; it comes no further until this transaction ends."""
        return session.scalars(select(cls.until).with_for_update(read=True)).one()

    @classmethod
    def run(cls, session: Session, policy: Mapping[str, Any], *, at: datetime) -> int:
        """Write every action that has come due, each once. Costs what is due, not what is in the book.

        Returns: how many were written.
        """
        sweep = session.scalars(select(cls).with_for_update()).one()
        if at <= sweep.until:
            return 0
        values = {"rules": spread(policy), "since": sweep.until, "until": at}
        written = session.connection().execute(SINCE, values).rowcount
        sweep.until = at
        return written

    @classmethod
    def catch_up(
        cls, session: Session, policy: Mapping[str, Any], renewals: Iterable[UUID], *, until: datetime
    ) -> int:
        """The same for a few renewals whose milestones were due before they were planned."""
        values = {"rules": spread(policy), "renewals": list(renewals), "until": until}
        session.flush()  # the statement reads what was planned
        return session.connection().execute(THESE, values).rowcount


def spread(policy: Mapping[str, Any]) -> str:
    """The automation as rows: one for each milestone, segment and touch that a rule suits."""
    return json.dumps([row for rule in (*_tasks(policy), *rules(policy)) for row in _rows(rule)])


def _rows(rule: Rule) -> list[dict[str, str | bool]]:
    return [
        {"key": key, "kind": rule.kind.value, "segment": segment.value, "touch": touch.value,
         "signed": rule.kind in SIGNED and key == AFTERWARDS}
        for key in rule.keys for segment in Segment for touch in Touch
        if rule.covers(segment, touch)
    ]


def _tasks(policy: Mapping[str, Any]) -> list[Rule]:
    """Work for people opens at every milestone, for everybody."""
    plans = policy["plans"]
    days = {*plans["recovery"]} | {
        day for name, plan in plans.items() if name != "recovery" for part in plan.values() for day in part
    }
    return [Rule(ActionKind.OPEN_TASKS, tuple(sorted(days)), frozenset(), frozenset())]

