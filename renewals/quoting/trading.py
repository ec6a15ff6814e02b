"""Trading: what a price would take, and who would have to say yes to it. Nothing is written down."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pricing.board import still_open
from pricing.matrix import Need
from pricing.money import Money
from pricing.quoting import Quoted
from pricing.trades import Trade, what_would_it_take
from renewals.errors import Malformed
from renewals.quoting.basis import Basis
from renewals.quoting.deciding import Judged, still_needed
from renewals.quoting.quote import Quote

MOST = 8
"""Ways that are told; the best come first."""


@dataclass(frozen=True, slots=True)
class Way(Judged):
    """`needs` are those whom nobody answered beforehand."""

    trade: Trade
    needs: Sequence[Need]


def ways(quote: Quote, target: Money, *, at: datetime) -> list[Way]:
    """From our last word to a full year at `target` or below, best first.

    Raises: Malformed for a price that is none, or that they have already; DealError when our last word is not sold
    like that any more. Source: mission F4.
    """
    basis = Basis.of_quote(quote, at=at)
    deal = still_open(basis.deal_of(quote.ours), basis.on)
    choice, present = basis.choice, basis.price(deal).per_year
    if not 0 < target.minor < present.minor:
        raise Malformed(f"Write a price a year above nothing and below {present}, which it is now.", "target")
    needs: dict[str, Sequence[Need]] = {}

    def is_standing(priced: Quoted) -> bool:
        needs[priced.content_hash] = still_needed(basis, quote, priced)
        return not needs[priced.content_hash]

    found = what_would_it_take(
        basis.scope, choice.facts, choice.price_policy, deal, basis.renewal.renews_on, target, is_standing
    )
    negotiable = [one for one in found if basis.is_negotiable(one.quoted.deal)]
    return [Way(one, needs[one.quoted.content_hash]) for one in negotiable[:MOST]]
