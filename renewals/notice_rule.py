"""NoticeRule: what a law or Kekal itself asks of the notice that comes before a renewal by itself. Pure data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import reduce
from typing import Any

from renewals.renewal import Renewal


class Channel(StrEnum):
    """How a notice can be served."""

    MAIL = "mail"
    PAPER = "paper"


Facts = Mapping[str, str | int]
"""What is known of a renewal; an empty text is not known."""


@dataclass(frozen=True, slots=True)
class NoticeRule:
    """Units: `window_from`, `window_to` and `send_days` are days before the last day to decline, the first the
    most. `keys` are the rules it was put together from. It is sent on a day on which it counts."""

    keys: tuple[str, ...]
    jurisdiction: str
    send_days: int
    window_from: int
    window_to: int
    fields: frozenset[str]
    channels: frozenset[Channel]

    @property
    def name(self) -> str:
        return "+".join(self.keys)

    def window(self, deadline: date) -> tuple[date, date]:
        """The first and the last day on which it can be served."""
        return deadline - timedelta(days=self.window_from), deadline - timedelta(days=self.window_to)

    def sent_on(self, deadline: date) -> date:
        return deadline - timedelta(days=self.send_days)

    def stricter(self, other: "NoticeRule") -> "NoticeRule":
        """Both kept at once: the days and the ways that both allow, everything that either asks for."""
        begins, ends = min(self.window_from, other.window_from), max(self.window_to, other.window_to)
        return NoticeRule(
            (*self.keys, *other.keys), other.jurisdiction, max(ends, min(self.send_days, begins)), begins, ends,
            self.fields | other.fields, self.channels & other.channels,
        )


def rule_for(facts: Facts, policy: Mapping[str, Any]) -> NoticeRule:
    """The shipped default, made stricter by every law that applies or may apply."""
    default = _rule(policy["default"], policy["default"]["send_days"])
    laws = (_rule(law, default.send_days) for law in policy["rules"] if applies(law["applies_if"], facts))
    return reduce(NoticeRule.stricter, laws, default)


def applies(conditions: Mapping[str, Any], facts: Facts) -> bool:
    """Whether every condition is met. A fact that is not known may be met, so that it counts as if it were."""
    return all(_met(name, wanted, facts) for name, wanted in conditions.items())


def facts_of(renewal: Renewal) -> Facts:
    """As far as a rule can ask. Our customers are businesses; a term renews for as long as it ran."""
    account, months = renewal.account, renewal.term.months
    return {
        "country": account.country, "region": account.region, "customer": "business", "initial_months": months,
        "renews_for_months": months,
    }


def _met(name: str, wanted: Sequence[str] | int, facts: Facts) -> bool:
    if name.endswith("_over"):
        known = facts.get(name.removesuffix("_over"), "")
        return not isinstance(known, int) or (isinstance(wanted, int) and known > wanted)
    known = facts.get(name, "")
    return known == "" or (not isinstance(wanted, int) and known in wanted)


def _rule(written: Mapping[str, Any], send_days: int) -> NoticeRule:
    return NoticeRule(
        (written["key"],), written["jurisdiction"], send_days, written["window_from"], written["window_to"],
        frozenset(written["fields"]), frozenset(Channel(one) for one in written["channels"]),
    )
