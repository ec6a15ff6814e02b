"""A quote is a deal, priced: what policy asks, what levers earn and what is asked off, to the last unit."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import ClassVar

from pricing.authority import percent
from pricing.clause import Clause
from pricing.concessions import Extra, Overage
from pricing.deal import Deal, DealError
from pricing.discount import WHOLE, Discount
from pricing.effective import Effective
from pricing.facts import Facts
from pricing.instalments import Instalment
from pricing.levers import Earned, earned
from pricing.money import Money, rounded
from pricing.multiyear import LineBase, Shape
from pricing.policy import PricePolicy
from pricing.priced import Priced
from pricing.scope import Scope
from pricing.trace import Json, Pen, Step, subtotal
from pricing.waterfall import Package, Waterfall


class QuoteTier(StrEnum):
    """Stands where an option says good, better or best."""

    QUOTE = "quote"


@dataclass(frozen=True, slots=True)
class Given:
    """An incentive that is not a discount, and what it costs the vendor a year."""

    extra: Extra
    cost: Money

    @property
    def json(self) -> dict[str, Json]:
        rate = {} if self.extra.bps is None else {"bps": self.extra.bps}
        return {"id": self.extra.id, "cost": self.cost.minor, **rate}


@dataclass(frozen=True)
class Quoted(Priced):
    """`ask` is the same products for as long with nothing given: what policy asks by itself. `clauses` are what the
    deal names, with their words and figures: carried, not priced."""

    tier: ClassVar[QuoteTier] = QuoteTier.QUOTE

    deal: Deal
    ask: Step
    earned: tuple[Earned, ...]
    extras: tuple[Given, ...]
    clauses: tuple[Clause, ...] = ()

    @cached_property
    def instalments(self) -> tuple[Instalment, ...]:
        return self.deal.schedule.instalments(self.years, self.months, self.starts_on)

    @property
    def due_now(self) -> Money:
        """The first instalment, however the term is paid."""
        return self.instalments[0].amount

    @cached_property
    def effective(self) -> Effective:
        return Effective(self.ask, self.trace, sum(given.cost.minor for given in self.extras))

    @property
    def asked_per_year(self) -> Money:
        """A full first year as policy asks it by itself."""
        return Money(subtotal(part for part in self.ask.parts[0].parts if part.rule == "line"), self.currency)

    @property
    def earned_bps(self) -> int:
        """The part of the effective discount that levers earned by themselves."""
        return self.effective.earned

    @property
    def overage(self) -> Mapping[str, Money]:
        """What a unit above the line's quantity costs a year, where the base is lower for it."""
        return {line.inputs["product"]: _unit_above(line) for line in self.line_steps if line.find("overage")}

    @cached_property
    def content(self) -> dict[str, Json]:
        extras = {"items": [given.json for given in self.extras], "a_year": self.effective.extras}
        return self._head() | {
            **self.shown(),
            "deal": self.deal.json,
            "ask": self.ask.json,
            "extras": extras,
            "effective": self.effective.json,
        }

    @cached_property
    def public_content(self) -> dict[str, Json]:
        """What the customer may read of it: not what policy would have asked, what extras cost, nor our reasons."""
        shown, deal = self.shown(), self.deal.json
        del shown["strategy"], deal["strategy"], deal["reason"]
        return self._head() | {**shown, "deal": deal, "trace": self.trace.public_part().json}

    def _head(self) -> dict[str, Json]:
        return {
            "schema": "quote@1",
            "tier": self.tier.value,
            "instalments": [instalment.json for instalment in self.instalments],
            "overage": {product: unit.minor for product, unit in self.overage.items()},
            **({"clauses": [clause.json for clause in self.clauses]} if self.clauses else {}),
        }


def quote(scope: Scope, facts: Facts, policy: PricePolicy, deal: Deal, starts_on: date) -> Quoted:
    """The price of a deal for one customer, the new term beginning on `starts_on`.

    Raises: DealError for what this policy does not sell, or not in that way.
    Source: Playbook T, "Harga dan Packaging"; Playbook S, "Struktur Insentif Yang Berfungsi".
    """
    _must_fit(scope, policy, deal)
    return _Quoting(scope, facts, policy, deal, starts_on).quoted()


@dataclass(frozen=True, slots=True)
class _Quoting:
    scope: Scope
    facts: Facts
    policy: PricePolicy
    deal: Deal
    starts_on: date

    def quoted(self) -> Quoted:
        deal, ask = self.deal, self._ask()
        levers = earned(self.scope, self.policy, deal, self.starts_on)
        return Quoted(
            today=self.scope,
            starts_on=self.starts_on,
            months=deal.months,
            trace=self._trace(self._given(levers)),
            strategy=deal.strategy or self.policy.strategy,
            reason=deal.reason,
            people_growth=self.facts.growth.bps,
            rise=deal.rise,
            warnings=self.policy.warnings(deal.months, deal.rise, self.facts.growth),
            deal=deal,
            ask=ask,
            earned=levers,
            extras=tuple(self._extras(ask)),
        )

    def _ask(self) -> Step:
        """What policy asks by itself: its own strategy and rise, later payment at its price, and nothing given."""
        offered = self.policy.multi_year
        rise = offered.rise if self.deal.shape else 0
        asking = _Conditions(rise, self._surcharge, self.deal.net_days)
        return Waterfall(self.scope, self.facts, self.policy, self.policy.strategy).trace(self._package(asking))

    def _trace(self, conditions: "_Conditions") -> Step:
        strategy = self.deal.strategy or self.policy.strategy
        return Waterfall(self.scope, self.facts, self.policy, strategy).trace(self._package(conditions))

    def _package(self, conditions: "_Conditions") -> Package:
        return Package(self.deal.quantities, self.deal.months, conditions, self.deal.bundle)

    def _given(self, levers: tuple[Earned, ...]) -> "_Conditions":
        deal = self.deal
        return _Conditions(
            deal.rise,
            self._surcharge if "payment_days" in deal.levers else 0,
            deal.net_days,
            levers,
            {line.product: line.discount for line in deal.lines},
            deal.discount,
            self.policy.overage if deal.shape is Shape.OVERAGE else None,
            frozenset(product for product in deal.quantities if self._is_per_seat(product)),
        )

    @property
    def _surcharge(self) -> int:
        """Payment days that they have already cost nothing more. Units: basis points."""
        later = self.deal.net_days > self.scope.net_days
        return self.policy.levers.payment.surcharge_for(self.deal.net_days) if later else 0

    def _is_per_seat(self, product: str) -> bool:
        return self.policy.catalogue.is_per_seat(self.scope, product)

    def _extras(self, ask: Step) -> Iterator[Given]:
        year = Money(subtotal(part for part in ask.parts[0].parts if part.rule == "line"), self.scope.currency)
        for id in self.deal.extras:
            cost = self.policy.extras[id].cost(year)
            if cost is None:
                raise DealError("extras", f"What {id} costs is not known in {self.scope.currency}.")
            yield Given(self.policy.extras[id], cost)


@dataclass(frozen=True, slots=True)
class _Conditions:
    """What follows a line's base: first what policy itself adds and gives, then what somebody asks off.

    Units: basis points.
    """

    rise: int
    surcharge: int
    net_days: int
    levers: tuple[Earned, ...] = ()
    off_lines: Mapping[str, int] = field(default_factory=dict)
    off_all: int = 0
    overage: Overage | None = None
    per_seat: frozenset[str] = frozenset()

    def steps(self, pen: Pen, line: LineBase) -> tuple[Step, ...]:
        first = (*self._paid_later(pen, line), *self._unit_above(pen, line))
        steps, left = list(first), line.price.minor + subtotal(first)
        for rule, bps, inputs in self._taken_off(line.product):
            less = -Discount(bps).of(pen.money(left)).minor
            steps.append(pen.step(rule, less, {**inputs, "bps": bps}))
            left += less
        return tuple(steps)

    def _paid_later(self, pen: Pen, line: LineBase) -> Iterator[Step]:
        if self.surcharge:
            more = line.price.share(self.surcharge, WHOLE).minor
            yield pen.step("payment_days", more, {"bps": self.surcharge, "days": self.net_days})

    def _unit_above(self, pen: Pen, line: LineBase) -> Iterator[Step]:
        """The price of a unit used above the base: that of one within, before the base was lowered, and more."""
        if self.overage and line.product in self.per_seat:
            price = line.price.minor + subtotal(self._paid_later(pen, line))
            unit = rounded(price * (WHOLE + self.overage.unit), line.quantity * WHOLE)
            yield pen.step("overage", 0, {"quantity": line.quantity, "bps": self.overage.unit, "unit": unit})

    def _taken_off(self, product: str) -> Iterator[tuple[str, int, dict[str, Json]]]:
        if self.overage and self.overage.base and product in self.per_seat:
            yield "lower_base", self.overage.base, {}
        for lever in self.levers:
            named: dict[str, Json] = {} if lever.lever == "term" else {"lever": lever.lever}
            yield ("term_discount" if lever.lever == "term" else "lever"), lever.bps, named
        if bps := self.off_lines.get(product, 0):
            yield "line_discount", bps, {}
        if self.off_all:
            yield "discount", self.off_all, {}


def _unit_above(line: Step) -> Money:
    return Money(line.find("overage")[0].inputs["unit"], line.amount.currency)


def _must_fit(scope: Scope, policy: PricePolicy, deal: Deal) -> None:
    if scope.lines and scope.plan not in deal.quantities:
        raise DealError("lines", f"{scope.plan} is their plan and stays; its quantity can change.")
    for product in deal.quantities.keys() - scope.quantities.keys():
        if policy.catalogue.price_list(product, scope.currency) is None:
            raise DealError(f"lines.{product}", f"{product} is not sold in {scope.currency}.")
    _must_have_a_rise_policy_allows(policy, deal)
    _must_give_what_policy_knows(policy, deal)
    if deal.strategy and deal.strategy != policy.strategy and not deal.reason:
        raise DealError("reason", f"The strategy {deal.strategy} instead of {policy.strategy} needs a reason.")


def _must_have_a_rise_policy_allows(policy: PricePolicy, deal: Deal) -> None:
    """Source: Playbook S, "Pendekatan Harga untuk Multi-Year": 5 to 10 percent a year."""
    least, most = policy.rises
    if deal.shape is Shape.ESCALATING and not least <= deal.rise <= most:
        raise DealError("rise", f"An escalating price rises by {percent(least)} to {percent(most)} a year.")
    if deal.shape is Shape.OVERAGE and policy.overage is None:
        raise DealError("shape", "This price policy has no base with overage.")


def _must_give_what_policy_knows(policy: PricePolicy, deal: Deal) -> None:
    for id in deal.extras:
        if id not in policy.extras:
            raise DealError("extras", f"This price policy gives no {id}.")
        if deal.shape and deal.shape.value in policy.extras[id].not_with:
            raise DealError("extras", f"{policy.extras[id].name} does not go with a price that is {deal.shape.value}.")
