"""SaveOffer: the one honest offer made to somebody who is leaving: pay for what is used, or speak with us."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import select

from pricing.money import Money
from pricing.reading import Reading
from renewals.base import session_of
from renewals.choice import Beside, Choice
from renewals.event import Event, EventName


class Offered(StrEnum):
    """What is offered."""

    FEWER_SEATS = "fewer_seats"
    CALL = "call"


@dataclass(frozen=True, slots=True)
class SaveOffer:
    """Units: `seats` and `used` of the plan; `less` a year at today's price for a seat, None for a call."""

    kind: Offered
    seats: int
    used: int
    less: Money | None

    @classmethod
    def of(cls, choice: Choice) -> "SaveOffer | None":
        """None when they said no before: whoever took that back has had it, and it is not made a second time.

        Source: `timeline` policy, `save_offers`, the first that is true of them.
        """
        renewal = choice.renewal
        said_no = select(Event.id).where(Event.subject_id == renewal.id, Event.name == EventName.RENEWAL_DECLINED)
        if session_of(renewal).scalar(said_no.limit(1)) is not None:
            return None
        plan, used = choice.scope.plan_line, choice.facts.seats_used
        for kind in map(Offered, choice.timeline["save_offers"]):
            if kind is Offered.CALL:
                return cls(kind, plan.quantity, used or 0, None)
            if used is not None and 0 < used < plan.quantity:
                return cls(kind, plan.quantity, used, plan.unit_price * (plan.quantity - used))
        return None


LONGEST = 366
"""Days before or after the renewal date that an offer may stand; ours."""


def check_timeline(content: Any) -> None:
    """From when until when a renewal is offered, and what is offered to whoever leaves. Raises: PolicyError."""
    page = Reading(content, "The timeline policy")
    page.only("offered_from_days", "grace_days", "while_negotiated", "save_offers")
    page["offered_from_days"].count(1, LONGEST)
    page["grace_days"].count(0, LONGEST)
    page["while_negotiated"].one_of(*Beside)
    page["save_offers"].names(*Offered)
