"""Enclosed: what is sent with a version beside its price, and stays as it was sent."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select

from pricing.deal import Deal, DealError, DealLine
from pricing.money import Money
from pricing.multiyear import Shape
from pricing.scope import ScopeLine
from pricing.term import YEAR
from renewals.base import session_of
from renewals.errors import NotNow
from renewals.plan.task import Task, TaskState
from renewals.policy import PolicyKind
from renewals.quoting.basis import Basis
from renewals.quoting.quote import Part, Quote
from renewals.quoting.template import Section, Templates

VOICES, ANSWER = "usage_and_roi", "quotes"
"""The task that gathers what their people say, and the answer it is kept in.

Source: timeline, "Pembentangan Penggunaan dan ROI" and "Pembangunan Proposal": "petikan pelanggan jika ada".
"""


@dataclass(frozen=True, slots=True)
class Enclosed:
    """`template` is cited by its version; `expansion` is what they could add, each for a year by itself; `voices` are
    their own people's words."""

    template: str
    expansion: tuple[ScopeLine, ...] = ()
    voices: tuple[str, ...] = ()

    @classmethod
    def of(cls, quote: Quote, basis: Basis) -> "Enclosed":
        """By the template in force, and what is known today."""
        choice = basis.choice
        template = Templates.of(choice.policies[PolicyKind.PROPOSAL]).fitting(choice.segment, quote.renewal.value)
        sections = template.sections if quote.part is Part.RENEWAL else ()
        return cls(
            template.name,
            tuple(optional(basis, basis.deal_of(quote.newest))) if Section.EXPANSION in sections else (),
            tuple(_voices(quote)) if Section.VALUE in sections else (),
        )

    @classmethod
    def read(cls, json: dict[str, Any]) -> "Enclosed":
        """What `json` wrote."""
        lines = [
            ScopeLine(one["product"], one["quantity"], Money(one["minor"], one["currency"]))
            for one in json["expansion"]
        ]
        return cls(json["template"], tuple(lines), tuple(json["voices"]))

    @property
    def json(self) -> dict[str, Any]:
        lines = [
            {"product": one.product, "quantity": one.quantity, "minor": one.amount.minor,
             "currency": one.amount.currency}
            for one in self.expansion
        ]
        return {"template": self.template, "expansion": lines, "voices": list(self.voices)}


def optional(basis: Basis, deal: Deal) -> Iterator[ScopeLine]:
    """What the ladder's largest option holds and the deal does not, each priced by itself for a year, without the
    price of a bundle; nothing while the renewal is at risk. Source: timeline, "Pembangunan Proposal"."""
    options, apart = basis.choice.options, replace(basis, part=Part.EXPANSION)
    largest = options.best or options.better
    for line in largest.lines if largest else ():
        if line.product in basis.choice.scope.quantities or line.product in deal.quantities:
            continue
        alone = Deal(lines=(DealLine(line.product, line.quantity),), months=deal.months, bundle=False,
                     shape=Shape.FIXED if deal.months > YEAR else None, net_days=deal.net_days, billing=deal.billing)
        with suppress(DealError, NotNow):
            yield from apart.price(alone).lines


def _voices(quote: Quote) -> list[str]:
    """A line each."""
    done = select(Task).where(
        Task.renewal_id == quote.renewal_id, Task.pattern == VOICES, Task.state == TaskState.DONE
    )
    newest = session_of(quote).scalars(done.order_by(Task.ended_at.desc(), Task.id.desc()).limit(1)).first()
    said: str = newest.outcome.get(ANSWER) or "" if newest else ""
    return [line.strip() for line in said.splitlines() if line.strip()]
