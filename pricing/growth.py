"""Growth is how a customer's team changed in a year, and the room their next year needs."""

from dataclasses import dataclass

from pricing.discount import WHOLE, change
from pricing.trace import Pen, Step


@dataclass(frozen=True, slots=True)
class Growth:
    """Units: people using the product, now and a year ago; None is unknown, and unknown is not growth."""

    used: int | None
    a_year_ago: int | None

    @property
    def bps(self) -> int | None:
        """The change over the year in basis points."""
        if self.used is None or self.a_year_ago is None:
            return None
        return change(self.a_year_ago, self.used)


@dataclass(frozen=True, slots=True)
class RoomToGrow:
    """How many seats answer a team's growth: next year's people if they grow as they did, plus headroom.

    Units: both in basis points; `headroom` of the expected people, `most` of the seats held. (K)
    """

    headroom: int
    most: int

    def added(self, growth: Growth, held: int) -> int:
        """Seats to add to those `held`; 0 for a team that fits, shrinks or is not known to grow."""
        if growth.used is None or growth.a_year_ago is None or not 0 < growth.a_year_ago < growth.used:
            return 0
        expected = growth.used * growth.used * (WHOLE + self.headroom)
        wanted = -(-expected // (growth.a_year_ago * WHOLE))
        return max(0, min(wanted - held, held * self.most // WHOLE))

    def step(self, pen: Pen, growth: Growth, held: int, added: int) -> Step:
        """Why so many seats; carries no money."""
        people = {"held": held, "used": growth.used, "a_year_ago": growth.a_year_ago, "added": added}
        return pen.step("room_to_grow", 0, {"headroom": self.headroom, "most": self.most, **people})
