"""NoticeRule: what a law or Kekal itself asks of the notice that comes before a renewal by itself. Pure data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import reduce
from typing import Any

from pricing.reading import PolicyError, Reading
from renewals.renewal import Renewal

SAYS = ("renews", "term", "price", "price_change", "deadline", "how_to_decline")
"""What every notice says, by mail and on paper. A law that asks for more can not be kept, and is refused."""
ASKED = ("country", "region", "customer")
COUNTED = ("initial_months_over", "renews_for_months_over")
"""What a law can depend on: words, and months that a term has more of."""


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
        """Both kept at once: the days and the ways that both allow."""
        begins, ends = min(self.window_from, other.window_from), max(self.window_to, other.window_to)
        return NoticeRule(
            (*self.keys, *other.keys), other.jurisdiction, max(ends, min(self.send_days, begins)), begins, ends,
            self.channels & other.channels,
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
        frozenset(Channel(one) for one in written["channels"]),
    )


def check_notices(content: Any) -> None:
    """Raises: PolicyError, for rules that could not be kept or would not be asked."""
    page = Reading(content, "The notice policy")
    page.only("counsel", "default", "rules")
    page["counsel"].text()
    for written in (page["default"], *page["rules"].each()):
        _check(written)
    page["default"]["send_days"].count(content["default"]["window_to"], content["default"]["window_from"])
    default = _rule(content["default"], content["default"]["send_days"])
    for written in page["rules"].each():
        for name, wanted in written["applies_if"].items():
            wanted.count() if name in COUNTED else wanted.names()
        written["applies_if"].only(*ASKED, *COUNTED)
        both = default.stricter(_rule(written.value, default.send_days))
        if both.window_from < both.window_to or not both.channels:
            raise written.refused("leaves no day, or no way, on which Kekal's own rule can be kept as well")


def _check(written: Reading) -> None:
    for name in ("key", "jurisdiction"):
        written[name].text()
    written["window_from"].count(written["window_to"].count())
    if not written["channels"].names(*Channel):
        raise written["channels"].refused("is empty")
    try:
        written["fields"].names(*SAYS)
    except PolicyError as no:
        raise PolicyError(f"{no} A notice says nothing else.") from no
