"""Search: what somebody means by a part of a name or number: companies, people, renewals, invoices, agreements."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

SHORTEST = 2
"""Letters below which nothing is looked for."""
MOST = 40
"""Rows in all, of which no kind has more than `MOST_OF_A_KIND`."""
MOST_OF_A_KIND = 15


class Kind(StrEnum):
    """What can be found."""

    ACCOUNT = "account"
    RENEWAL = "renewal"
    PERSON = "person"
    INVOICE = "invoice"
    AGREEMENT = "agreement"


@dataclass(frozen=True, slots=True)
class Found:
    """`id` is where it leads: an account for a company and its people, a renewal for the rest."""

    kind: Kind
    id: UUID
    title: str
    more: str
    day: Any


def _rank(name: str) -> str:
    """The whole word, its beginning, the beginning of a later word, any part, then what only looks like it."""
    return f"""CASE WHEN lower({name}) = lower(:said) THEN 5 WHEN {name} ILIKE :starts THEN 4
        WHEN {name} ILIKE :later THEN 3 WHEN {name} ILIKE :part THEN 2 ELSE 0 END + similarity({name}, :said)"""


def _is(*names: str) -> str:
    return "(" + " OR ".join(f"{name} ILIKE :part OR {name} % :said" for name in names) + ")"


LOOK = text(f"""
WITH companies AS MATERIALIZED (
    SELECT a.id, a.name, a.industry, greatest({_rank("a.name")}, {_rank("a.external_id")}) AS rank
    FROM account AS a WHERE {_is("a.name", "a.external_id")} ORDER BY rank DESC, a.name LIMIT :most
), found AS (
    SELECT 'account' AS kind, id, name AS title, industry AS more, NULL::date AS day, rank FROM companies
    UNION ALL
    SELECT 'renewal', r.id, c.name, r.state, r.renews_on,
           c.rank - CASE WHEN r.state IN ('won', 'lost') THEN 1.5 ELSE 0.25 END
    FROM companies AS c JOIN renewal AS r ON r.account_id = c.id
    UNION ALL
    (SELECT 'person', a.id, p.name, a.name, NULL, greatest({_rank("p.name")}, {_rank("p.email")}) AS rank
     FROM person AS p JOIN account AS a ON a.id = p.account_id
     WHERE p.active AND {_is("p.name", "p.email")} ORDER BY rank DESC LIMIT :most)
    UNION ALL
    (SELECT 'invoice', i.renewal_id, i.number, a.name, i.issued_on, {_rank("i.number")} AS rank
     FROM invoice AS i JOIN account AS a ON a.id = i.account_id
     WHERE i.number ILIKE :part ORDER BY rank DESC, i.number LIMIT :most)
    UNION ALL
    (SELECT 'agreement', g.renewal_id, g.number, a.name, g.made_at::date, {_rank("g.number")} AS rank
     FROM agreement AS g JOIN account AS a ON a.id = g.account_id
     WHERE g.number ILIKE :part ORDER BY rank DESC, g.number LIMIT :most)
)
SELECT kind, id, title, more, day FROM found ORDER BY rank DESC, title, day DESC NULLS FIRST LIMIT :all
""")


def look(session: Session, said: str) -> Sequence[Found]:
    """The best first. A word that is too short finds nothing."""
    said = " ".join(said.split())[:100]
    if len(said) < SHORTEST:
        return []
    plain = said.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
    values = {
        "said": said, "part": f"%{plain}%", "starts": f"{plain}%", "later": f"% {plain}%", "most": MOST_OF_A_KIND,
        "all": MOST,
    }
    rows = session.execute(LOOK, values)
    return [Found(Kind(row.kind), row.id, row.title, row.more, row.day) for row in rows]
