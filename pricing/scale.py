"""A scale is an axis on which authority is a number: how much is asked, how far a row goes, how both are said."""

from collections.abc import Callable
from dataclasses import dataclass

from pricing.asked import Asked, Axis
from pricing.authority import POLICY, ROLES, SEGMENTS, Row, percent


@dataclass(frozen=True, slots=True)
class Scale:
    """`figure` names the limit in a row, `floor` is what needs nobody; `shown` writes for people what `asks` counts."""

    axis: Axis
    figure: str
    asks: Callable[[Asked], int]
    floor: Callable[[Row, Asked], int]
    shown: Callable[[int], str]
    subject: Callable[[Asked], str]

    def says(self, asked: Asked, role: str, limit: int) -> str:
        """Why it is not enough that `role`, the highest authority below what is asked, approves."""
        whose = "which policy grants by itself" if role == POLICY else f"{ROLES[role]}'s authority"
        return f"{self.subject(asked)} is above {self.shown(limit)}, {whose}."


def _discount(floor: Row, asked: Asked) -> int:
    return max(floor.discount, _earned(floor, asked))


def _line(floor: Row, asked: Asked) -> int:
    return max(floor.line, _earned(floor, asked))


def _earned(floor: Row, asked: Asked) -> int:
    """What levers earned needs nobody, up to policy's own limit on it."""
    return min(asked.earned, floor.earned)


def _net(days: int) -> str:
    return f"Net {days}"


def _product(asked: Asked) -> str:
    return asked.worst_product.replace("_", " ") or "one line"


def _term(asked: Asked) -> str:
    return f"for {asked.months} months in {SEGMENTS[asked.segment]}"


SCALES = (
    Scale(
        Axis.DISCOUNT, "discount", lambda asked: asked.effective, _discount, percent,
        lambda asked: f"{percent(asked.effective)} off {_term(asked)}",
    ),
    Scale(
        Axis.LINE, "line", lambda asked: asked.worst_line, _line, percent,
        lambda asked: f"{percent(asked.worst_line)} off {_product(asked)} alone {_term(asked)}",
    ),
    Scale(
        Axis.PAYMENT, "net_days", lambda asked: asked.net_days, lambda floor, asked: floor.net_days, _net,
        lambda asked: f"{_net(asked.net_days)} {_term(asked)}",
    ),
)
