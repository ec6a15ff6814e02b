"""Kept is a quote read back from the JSON it was stored as: the same price, with nothing worked out again."""

from collections.abc import Mapping
from datetime import date

from pricing.clause import Clause
from pricing.concessions import Extra
from pricing.deal import Deal
from pricing.money import Money
from pricing.policy import Strategy
from pricing.quoting import Given, Quoted
from pricing.scope import Scope, ScopeLine
from pricing.trace import Json, Step


def kept(content: Mapping[str, Json]) -> Quoted:
    """A version as it was priced; its `content` is this one again.

    What is known of the customer today is not part of it: growth is None, and there are no warnings.
    Raises: NotATrace, DealError, KeyError for what is no quote's content.
    """
    deal = Deal.read(content["deal"])
    return Quoted(
        today=_today(content),
        starts_on=date.fromisoformat(content["starts_on"]),
        months=content["months"],
        trace=Step.parse(content["trace"]),
        strategy=Strategy(content["strategy"]["name"]),
        reason=content["strategy"]["reason"],
        people_growth=None,
        rise=deal.rise,
        warnings=(),
        deal=deal,
        ask=Step.parse(content["ask"]),
        earned=(),
        extras=tuple(_given(one, content["currency"]) for one in content["extras"]["items"]),
        clauses=tuple(Clause.read(clause) for clause in content.get("clauses", ())),
    )


def _today(content: Mapping[str, Json]) -> Scope:
    currency, before = content["currency"], content["today"]
    lines = (ScopeLine(line["product"], line["quantity"], Money(line["amount"], currency)) for line in before["lines"])
    return Scope(currency, content["plan"], before["months"], tuple(lines))


def _given(item: Mapping[str, Json], currency: str) -> Given:
    return Given(Extra(item["id"], item["id"], item.get("bps"), {}, ()), Money(item["cost"], currency))
