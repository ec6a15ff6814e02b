"""A matrix says who must approve what a quote asks for, and in which order."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pricing.asked import Asked, Axis
from pricing.authority import APPROVERS, POLICY, Authority, Column, Row, percent, told
from pricing.discount import WHOLE
from pricing.envelope import Envelope
from pricing.money import Money
from pricing.reading import Reading
from pricing.scale import SCALES, Scale

PARTS = ("bands", "rows", "order", "expansion", "clauses", "proposal", "economics")


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that somebody must approve.

    `roles` are asked, any of them will do; `deciders` have the authority as well. Nobody has it where both are empty.
    Needs of the same `order` are asked for at the same time, a higher one after them. `limit` is what was exceeded,
    `asked` what is asked for. Units: basis points, days, or minor units a year, by `axis`.
    """

    axis: Axis
    roles: tuple[str, ...]
    deciders: tuple[str, ...]
    order: int
    limit: int
    asked: int
    rule: str
    says: str


@dataclass(frozen=True, slots=True)
class Review:
    """What is always looked at by somebody: `roles` are asked, and those in `also` may decide too."""

    roles: tuple[str, ...]
    also: tuple[str, ...]

    @classmethod
    def parse(cls, content: Reading, *parts: str) -> "Review":
        content.only("roles", "also", *parts)
        roles = content["roles"].names(*APPROVERS)
        if not roles:
            raise content["roles"].refused("is empty; somebody must be asked")
        return cls(roles, content["also"].names(*APPROVERS))

    @property
    def deciders(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.roles, *self.also)))

    @property
    def content(self) -> dict[str, Any]:
        return {"roles": list(self.roles), "also": list(self.also)}


@dataclass(frozen=True, slots=True)
class Matrix:
    """Who may grant what, as one version of policy.

    `proposal_from` is a size a year from which the whole proposal is read, `expansion_above` a size a year above which
    the price of new products is, and `expansion_standing` the discount on them, in basis points, above which it is at
    any size. In a currency without such a size both are always looked at.
    Source: mission F1 and F2; Playbook T, "Kelulusan Dalaman".
    """

    version: str
    authority: Authority
    order: Mapping[str, int]
    expansion: Review
    expansion_standing: int
    expansion_above: Mapping[str, Money]
    clauses: Review
    proposal: Review
    proposal_from: Mapping[str, Money]
    economics: Review

    @classmethod
    def parse(cls, version: str, content: Mapping[str, Any]) -> "Matrix":
        """Raises: PolicyError, with the place, or with the cell of the table that has no row, or two."""
        page = Reading(dict(content), version)
        page.only(*PARTS)
        page["order"].only(*APPROVERS)
        return cls(
            version,
            Authority.parse(page["bands"], page["rows"]),
            {role: page["order"][role].count(1) for role in APPROVERS},
            Review.parse(page["expansion"], "standing", "above"),
            page["expansion"]["standing"].count(0, WHOLE),
            _sizes(page["expansion"]["above"]),
            Review.parse(page["clauses"]),
            Review.parse(page["proposal"], "from"),
            _sizes(page["proposal"]["from"]),
            Review.parse(page["economics"]),
        )

    @property
    def rows(self) -> tuple[Row, ...]:
        """By role, segment and length of term; the first roles' are policy's own."""
        return self.authority.rows

    @property
    def content(self) -> dict[str, Any]:
        """The JSON that `parse` reads."""
        return {
            "bands": [band for band in self.authority.bands if band is not None],
            "rows": [row.content for row in self.rows],
            "order": dict(self.order),
            "expansion": self.expansion.content
            | {"standing": self.expansion_standing, "above": _amounts(self.expansion_above)},
            "clauses": self.clauses.content,
            "proposal": self.proposal.content | {"from": _amounts(self.proposal_from)},
            "economics": self.economics.content,
        }

    def needs(self, asked: Asked, granted: Sequence[Envelope] = (), on: date | None = None) -> tuple[Need, ...]:
        """What must be approved, in the order in which people are asked; empty when policy approves it by itself.

        What an envelope in `granted` covers on the day `on` is left out; without a day none does.
        """
        found = [need for need in self._all(asked) if not _answered(need, asked, granted, on)]
        return tuple(sorted(found, key=lambda need: need.order))

    def standing(self, asked: Asked) -> bool:
        """Nobody has to be asked."""
        return next(self._all(asked), None) is None

    def may(self, role: str, need: Need) -> bool:
        """Asked when somebody decides, and again when the quote is accepted."""
        return role in need.deciders

    def may_grant(self, role: str, envelope: Envelope, asked: Asked) -> bool:
        """Nobody grants a region for this quote that goes beyond what they may grant one by one."""
        ends = (band + 1 for band in self.authority.bands if band is not None)
        most = envelope.most_months
        others = (months for months in ends if months > envelope.least_months and (most is None or months <= most))
        corners = (envelope.corner(asked, months) for months in (envelope.least_months, *others))
        needs = (need for corner in corners for need in self.needs(corner) if need.axis in envelope.axes)
        return all(self.may(role, need) for need in needs)

    def _all(self, asked: Asked) -> Iterator[Need]:
        places = [(quote, self.authority.over(quote.segment, quote.months)) for quote in asked.each]
        for scale in SCALES:
            above = [
                (quote, column) for quote, column in places if scale.asks(quote) > scale.floor(column.floor, quote)
            ]
            if above:
                yield self._beyond(scale, above)
        yield from self._expansion(asked)
        if asked.clauses:
            says = f"Custom clauses: {', '.join(asked.clauses)}."
            yield self._reviewed(Axis.CLAUSES, self.clauses, 0, len(asked.clauses), says)
        yield from self._proposal(asked)
        if asked.worth_less:
            says = "It is worth less than renewals year by year at full price."
            yield self._reviewed(Axis.ECONOMICS, self.economics, 0, 1, says)

    def _beyond(self, scale: Scale, above: Sequence[tuple[Asked, Column]]) -> Need:
        """The lowest authority that suffices for each quote is asked; the need names the highest that does not."""
        quote, column = max(above, key=lambda pair: scale.asks(pair[0]))
        deciders = column.deciders(scale.figure, scale.asks(quote))
        if len(above) > 1:
            able = [beside.deciders(scale.figure, scale.asks(other)) for other, beside in above]
            deciders = tuple(role for role in deciders if all(role in roles for roles in able))
        roles = column.lowest(scale.figure, deciders)
        return self._worded(scale, quote, column, roles, deciders)

    def _worded(
        self, scale: Scale, quote: Asked, column: Column, roles: tuple[str, ...], deciders: tuple[str, ...]
    ) -> Need:
        floor, asks = scale.floor(column.floor, quote), scale.asks(quote)
        short = column.short(scale.figure, asks)
        role, limit = (short.roles[0], short.limit) if short and short.limit > floor else (POLICY, floor)
        says = scale.says(quote, role, limit) + ("" if roles else " Nobody may grant it.")
        rule = f"{self.version}: {told((role, quote.segment, column.floor.up_to), self.authority.bands)}"
        order = min((self.order[role] for role in roles), default=0)
        return Need(scale.axis, roles, deciders, order, limit, asks, rule, says)

    def _expansion(self, asked: Asked) -> Iterator[Need]:
        if not asked.expansion:
            return
        most = self.expansion_above.get(asked.expansion.currency)
        if asked.expansion_bps > self.expansion_standing:
            limit, asks = self.expansion_standing, asked.expansion_bps
            says = f"{percent(asks)} off what is new is above {percent(limit)}, which policy grants by itself."
            yield self._reviewed(Axis.EXPANSION, self.expansion, limit, asks, says)
        elif most is None or asked.expansion > most:
            size = f"{asked.expansion.grouped} a year for what is new"
            says = f"{size}{_beside('is above', most)}: its price is confirmed."
            yield self._reviewed(Axis.EXPANSION, self.expansion, _minor(most), asked.expansion.minor, says)

    def _proposal(self, asked: Asked) -> Iterator[Need]:
        least = self.proposal_from.get(asked.acv.currency)
        if least is None or asked.acv >= least:
            says = f"{asked.acv.grouped} a year{_beside('is not below', least)}: the whole proposal is read."
            yield self._reviewed(Axis.PROPOSAL, self.proposal, _minor(least), asked.acv.minor, says)

    def _reviewed(self, axis: Axis, review: Review, limit: int, asked: int, says: str) -> Need:
        order = min(self.order[role] for role in review.roles)
        rule = f"{self.version}: {axis.value}"
        return Need(axis, review.roles, review.deciders, order, limit, asked, rule, says)


def _answered(need: Need, asked: Asked, granted: Sequence[Envelope], on: date | None) -> bool:
    return on is not None and any(envelope.answers(need.axis, asked, on) for envelope in granted)


def _sizes(content: Reading) -> dict[str, Money]:
    return {currency: amount.money(currency) for currency, amount in content.items()}


def _amounts(sizes: Mapping[str, Money]) -> dict[str, str]:
    return {currency: size.decimal_text for currency, size in sizes.items()}


def _minor(size: Money | None) -> int:
    return size.minor if size else 0


def _beside(verb: str, size: Money | None) -> str:
    return f" {verb} {size.grouped}" if size else ", in a currency without a size of its own"
