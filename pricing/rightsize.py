"""Right-size advice says how many seats a team needs that uses fewer than it pays for, and what that saves."""

from dataclasses import dataclass

from pricing.deal import Deal
from pricing.discount import WHOLE
from pricing.growth import RoomToGrow
from pricing.levers import resized
from pricing.money import Money
from pricing.policy import PricePolicy
from pricing.scope import Scope, ScopeLine


@dataclass(frozen=True, slots=True)
class Advice:
    """"14 of 20 seats used: renewing 15 saves 600."

    `quantities` are the products that would shrink, with what is left of each. Units: `saves` a year.
    """

    held: int
    used: int
    suggested: int
    saves: Money
    quantities: dict[str, int]

    def fitted(self, deal: Deal) -> Deal:
        """The deal with no more of each than they need; the same deal when it has no more already."""
        held = deal.quantities
        return resized(deal, {name: min(count, held[name]) for name, count in self.quantities.items() if name in held})


def right_size(scope: Scope, policy: PricePolicy, used: int | None) -> Advice | None:
    """The people who use it and policy's headroom; None when that is no fewer than they hold, or nobody counted.

    Source: mission L8.
    """
    held = scope.plan_line.quantity
    suggested = seats_for(policy.room_to_grow, used) if used else held
    if used is None or suggested >= held:
        return None
    follows = [line for line in scope.lines if line.product in policy.catalogue.follow_seats(scope)]
    saves = sum((_share(line, held - suggested) for line in follows), Money.zero(scope.currency))
    return Advice(held, used, suggested, saves, {line.product: suggested for line in follows})


def seats_for(room: RoomToGrow, used: int) -> int:
    """Seats for so many people, with policy's headroom, in whole seats."""
    return -(-used * (WHOLE + room.headroom) // WHOLE)


def _share(line: ScopeLine, fewer: int) -> Money:
    return line.amount.share(fewer, line.quantity)
