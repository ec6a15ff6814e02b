"""Outlook: the forecast as the database works it out, so that a long list can be found and ordered by it.

Each column says the same as its namesake in `renewals.forecast`; a test holds the two together over a whole book.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Date, Integer, and_, case, cast, func, literal, or_

from renewals.forecast import DELAYS, WEIGHTS, Risk, Timeliness
from renewals.health import Health
from renewals.renewal import CLOSED, Renewal, RenewalState, place

Column = ColumnElement[Any]


@dataclass(frozen=True, slots=True)
class Outlook:
    """`segment` and `health` are the columns that hold them; `rules` is the forecast policy's content;
    `raised` is true where the risk stands one level higher, `silent` where yellow counts as red.

    Units: `on` is the company's day.
    """

    segment: Column
    health: Column
    rules: Mapping[str, Any]
    on: date
    raised: Column
    silent: Column

    @property
    def is_overdue(self) -> Column:
        """Open although its date has passed."""
        return and_(Renewal.state.not_in(CLOSED), Renewal.renews_on < self.on)

    @property
    def timeliness(self) -> Column:
        """As `Timeliness.of`."""
        late = and_(Renewal.state.not_in(CLOSED), self._is_late())
        return case(
            (self.is_overdue, Timeliness.OVERDUE.value), (late, Timeliness.LATE.value),
            else_=Timeliness.IN_TIME.value,
        )

    @property
    def risk(self) -> Column:
        """As `forecast` and `risk`."""
        weight = _lookup(WEIGHTS, self._felt) + _lookup(DELAYS, self.timeliness) + case((self.raised, 1), else_=0)
        return case(
            (Renewal.state.in_(CLOSED), Risk.LOW.value), (Renewal.declined_at.is_not(None), Risk.HIGH.value),
            (weight >= 2, Risk.HIGH.value), (weight == 1, Risk.MEDIUM.value), else_=Risk.LOW.value,
        )

    @property
    def probability(self) -> Column:
        """As `forecast`. Units: percent."""
        rules = self.rules
        points = (
            _lookup(rules["stage"], Renewal.state.expression) + _lookup(rules["health"], self._felt)
            + _lookup(rules["timeliness"], self.timeliness) + case((self.raised, rules["raised"]), else_=0)
        )
        hoped = case((Renewal.declined_at.is_not(None), func.least(points, rules["declined"])), else_=points)
        return case(
            (Renewal.state == RenewalState.WON, 100), (Renewal.state == RenewalState.LOST, 0),
            else_=func.greatest(rules["least"], func.least(rules["most"], hoped)),
        )

    @property
    def _felt(self) -> Column:
        """The health that counts."""
        return case((self.silent, Health.RED.value), else_=self.health)

    def _is_late(self) -> Column:
        """Behind any stage that was due by now."""
        stage = case({state: place(state) for state in RenewalState}, value=Renewal.state)
        left = Renewal.renews_on - cast(literal(self.on), Date)
        return or_(
            *(
                and_(self.segment == segment, left <= days, stage < place(RenewalState(name)))
                for segment, due in self.rules["due"].items() for name, days in due.items()
            )
        )


def _lookup(points: Mapping[Any, int], column: Column) -> Column:
    """A policy's table as an expression; what it does not name weighs nothing."""
    known = {getattr(key, "value", key): literal(value, Integer) for key, value in points.items()}
    return case(known, value=column, else_=0)

