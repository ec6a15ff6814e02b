"""Boundaries say of each thing that is negotiated how far we go, and what one deal gives more than another."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pricing.deal import Deal, DealError
from pricing.instalments import Billing
from pricing.quoting import Quoted
from pricing.reading import Reading


class Thing(StrEnum):
    """What is negotiated. Source: Playbook T, "Permulaan Rundingan"."""

    PRICE = "price"
    PAYMENT_DAYS = "payment_days"
    BILLING = "billing"
    LENGTH = "length"
    VOLUME = "volume"
    CLAUSES = "clauses"
    EXTRAS = "extras"


class Stand(StrEnum):
    """How far we go: the four questions of Playbook T, "Permulaan Rundingan", in their order.

    What needs escalation is given by whom the discount matrix finds; what asks for something in return can also be
    given for nothing, with the reason.
    """

    NOT_NEGOTIABLE = "not_negotiable"
    ESCALATE = "escalate"
    CONCEDE = "concede"
    IN_RETURN = "in_return"


CARRIES_ITS_ASK = frozenset({Stand.ESCALATE, Stand.IN_RETURN})
"""What is given of these says what is asked for it."""

REFUSED: Mapping[Thing, str] = {
    Thing.PRICE: "A discount is not part of what can be negotiated here.",
    Thing.PAYMENT_DAYS: "How soon an invoice is paid is not part of what can be negotiated here.",
    Thing.BILLING: "How often is invoiced is not part of what can be negotiated here.",
    Thing.LENGTH: "The length of the term is not part of what can be negotiated here.",
    Thing.VOLUME: "The quantities are not part of what can be negotiated here.",
    Thing.CLAUSES: "Special clauses are not part of what can be negotiated here.",
    Thing.EXTRAS: "What is given besides is not part of what can be negotiated here.",
}
"""Both sides read these."""

PART: Mapping[Thing, Callable[[Deal], object]] = {
    Thing.PRICE: lambda deal: (deal.discount, {line.product: line.discount for line in deal.lines if line.discount}),
    Thing.PAYMENT_DAYS: lambda deal: deal.net_days,
    Thing.BILLING: lambda deal: deal.billing,
    Thing.LENGTH: lambda deal: deal.months,
    Thing.VOLUME: lambda deal: deal.quantities,
    Thing.CLAUSES: lambda deal: deal.clauses,
    Thing.EXTRAS: lambda deal: deal.extras,
}
"""The part of a deal that each of them is."""


@dataclass(frozen=True, slots=True)
class Boundaries:
    """`never` are clauses that nobody signs, whoever asks. Source: mission F3; the classes shipped are ours (K)."""

    version: str
    stands: Mapping[Thing, Stand]
    never: tuple[str, ...]

    @classmethod
    def parse(cls, version: str, content: Mapping[str, Any]) -> "Boundaries":
        """Raises: PolicyError with the place."""
        page = Reading(dict(content), version)
        page.only("things", "never")
        page["things"].only(*Thing)
        page["never"].only("clauses")
        stands = {thing: Stand(page["things"][thing.value].one_of(*Stand)) for thing in Thing}
        return cls(version, stands, tuple(map(_plain, page["never"]["clauses"].names())))

    def must_allow(self, deal: Deal, offered: Iterable[Deal]) -> None:
        """What is not negotiable stands as in one of the deals that we offer ourselves. Raises: DealError."""
        known = list(offered)
        for thing, part in PART.items():
            if self.stands[thing] is Stand.NOT_NEGOTIABLE and part(deal) not in [part(one) for one in known]:
                raise DealError("deal", REFUSED[thing])
        if refused := [clause for clause in deal.clauses if _plain(clause) in self.never]:
            raise DealError("deal", f"The clause “{refused[0]}” is not negotiable.")

    def carrying(self, given: Iterable[Thing]) -> tuple[Thing, ...]:
        """Those of what is given that carry their ask."""
        return tuple(thing for thing in given if self.stands[thing] in CARRIES_ITS_ASK)


def given(before: Quoted, after: Quoted) -> Iterator[Thing]:
    """What one deal gives more than another. What levers earn is no gift: the lever is what was asked in return.

    Source: Playbook T, "Permulaan Rundingan"; mission F3, L2.
    """
    old, new = before.deal, after.deal
    if after.effective.asked > before.effective.asked:
        yield Thing.PRICE
    if new.net_days > old.net_days:
        yield Thing.PAYMENT_DAYS
    if _every(new) < _every(old):
        yield Thing.BILLING
    if new.months < old.months:
        yield Thing.LENGTH
    if any(new.quantities.get(product, 0) < count for product, count in old.quantities.items()):
        yield Thing.VOLUME
    if set(new.clauses) - set(old.clauses):
        yield Thing.CLAUSES
    if set(new.extras) - set(old.extras):
        yield Thing.EXTRAS


def _every(deal: Deal) -> int:
    """Months between two invoices."""
    return deal.months if deal.prepaid else Billing(deal.billing).months


def _plain(clause: str) -> str:
    """However it is written."""
    return " ".join(clause.replace("_", " ").casefold().split())
