"""Profile: what kind of renewal it is, as far as its plan is concerned."""

from dataclasses import dataclass

from renewals.health import Health
from renewals.plan.touch import Touch
from renewals.segment import Segment


@dataclass(frozen=True, slots=True)
class Profile:
    """`large` is a mid-market renewal from 50K; `layered` one whose approval has several layers on their side."""

    segment: Segment
    health: Health
    touch: Touch
    large: bool = False
    layered: bool = False
    strategic: bool = False
