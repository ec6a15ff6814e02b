"""A trace is how a price came about: a tree of steps whose leaves are computed and whose branches are sums.

Siblings read from top to bottom like a bill: a leaf may refer to what stands above it ("12 % less" is 12 % of
the subtotal so far), so no number is written down twice. Every total Kekal shows is read off such a tree.

The rules and their inputs (money in minor units of the tree's currency; rates in basis points):

    branches    the sum of their parts
      term            months                  the whole contract
      year            year, months            the first contract year
      line            product, quantity       one product for a full year
      co_term         product, quantity, on   units added on a day, until the term ends
      addition        on                      what was quoted apart, from a day until the term ends
      true_up         on                      what is used beyond what was agreed
      off_ramp        told_on, leaves_on,     what a term that is left early still owes; below zero is returned
                      notice_days
      expansion       from, to                what is added to a product, and the bundle price for adding it

    leaves
      kept            quantity, unit, [rest]  quantity x unit + rest, as agreed today
      returned        quantity, of            - quantity / of of the subtotal, for units given up
      own_price       quantity, unit          added units at the price agreed today
      list            quantity, unit          list price at that volume; below zero for what is there already
      band            first, last, unit       units first to last of a graduated list price
      next_tier       at, unit                brings the line above to at x unit: more would have cost less
      uplift          bps, [asked]            + bps of the subtotal; `asked` where the contract's cap cut it
      bundle          bps                     - bps of the subtotal
      payment_days    bps, days               + bps of the subtotal, for paying only so many days after the invoice
      lower_base      bps                     - bps of the subtotal, where units above the line are paid as used
      term_discount   bps                     - bps of the subtotal, for committing to several years
      lever           lever, bps              - bps of the subtotal, earned by paying, signing or buying as it says
      line_discount   bps                     - bps of the subtotal, asked off this product
      discount        bps                     - bps of the subtotal, asked off everything
      short_year      months                  leaves months / 12 of the subtotal
      next_year       rise, months, [coin]    the year above + rise, for months / 12, down to whole coins
      coin            of                      brings the subtotal down to whole coins of a three-decimal currency
      adjustment      amount                  what internal steps came to, in a public trace

      prorated        price, days, of         price x days / of
      fee             bps, of                 bps of what is left of a term
      paid            paid                    - what was paid already

    leaves without money
      overage         quantity, bps, unit     a unit above the line's quantity costs `unit`: its share + bps
      room_to_grow    held, used, a_year_ago, headroom, most, added    why so many seats
      list_value      list, bps               how far the year is below list price; internal
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pricing.currency import coin
from pricing.money import Money

Json = Any
"""What `json` can write: text, whole numbers, true, false, null, lists and objects of these."""


class NotATrace(ValueError):
    """A JSON value that is not a trace, with the place where it stops being one."""


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the explanation: `policy` is the version that ruled it, `public` who may see it."""

    rule: str
    amount: Money
    inputs: Mapping[str, Json]
    policy: str
    public: bool = True
    parts: tuple["Step", ...] = ()

    @property
    def json(self) -> dict[str, Json]:
        """The tree as JSON; amounts in minor units, the currency once on top."""
        return {"currency": self.amount.currency, **_as_json(self, "")}

    @classmethod
    def parse(cls, tree: Mapping[str, Json]) -> "Step":
        """The tree that `json` wrote. Raises: NotATrace."""
        try:
            return _parsed(tree, tree["currency"], "")
        except (AttributeError, KeyError, TypeError, ValueError) as problem:
            raise NotATrace(f"This is not a price trace: {problem!r}") from problem

    def public_part(self) -> "Step":
        """What a customer sees: each run of internal steps becomes one adjustment, so all sums hold."""
        return Step(self.rule, self.amount, self.inputs, self.policy, True, tuple(_public(self.parts)))

    def find(self, rule: str) -> tuple["Step", ...]:
        """Every step made by a rule, top to bottom."""
        below = tuple(found for part in self.parts for found in part.find(rule))
        return (self, *below) if self.rule == rule else below


@dataclass(frozen=True, slots=True)
class Pen:
    """Writes steps in one currency under one policy version."""

    currency: str
    policy: str

    def step(self, rule: str, minor: int, inputs: Mapping[str, Json], *, public: bool = True) -> Step:
        return Step(rule, Money(minor, self.currency), inputs, self.policy, public)

    def coins(self, parts: Sequence[Step]) -> Iterator[Step]:
        """What can not be charged in this currency's coins is given up; nothing where it comes out even."""
        size = coin(self.currency)
        if over := subtotal(parts) % size:
            yield self.step("coin", -over, {"of": size})

    def sum(self, rule: str, parts: Sequence[Step], inputs: Mapping[str, Json]) -> Step:
        return Step(rule, self.money(subtotal(parts)), inputs, self.policy, True, tuple(parts))

    def money(self, minor: int) -> Money:
        return Money(minor, self.currency)


def subtotal(steps: Iterable[Step]) -> int:
    """What the steps come to. Units: minor units."""
    return sum(step.amount.minor for step in steps)


def canonical(value: Json) -> str:
    """The one JSON text of a value, sorted and without spaces: what is hashed and compared."""
    return _CANONICAL.encode(value)


_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def _as_json(step: Step, policy: str) -> dict[str, Json]:
    """A part names its policy only where it is not the one above, and `public` only where it is not."""
    tree: dict[str, Json] = {"rule": step.rule, "amount": step.amount.minor, "inputs": step.inputs}
    if step.policy != policy:
        tree["policy"] = step.policy
    if not step.public:
        tree["public"] = False
    if step.parts:
        tree["parts"] = [_as_json(part, step.policy) for part in step.parts]
    return tree


def _parsed(tree: Mapping[str, Json], currency: str, above: str) -> Step:
    rule, inputs, policy, public = (
        tree["rule"],
        tree["inputs"],
        tree.get("policy", above),
        tree.get("public", True),
    )
    if not (type(rule) is type(policy) is str and type(inputs) is dict and type(public) is bool):
        raise TypeError(f"{rule!r} is not a step")
    parts = tuple(_parsed(part, currency, policy) for part in tree.get("parts", ()))
    return Step(rule, Money(tree["amount"], currency), inputs, policy, public, parts)


def _public(steps: Sequence[Step]) -> Iterable[Step]:
    hidden: list[Step] = []
    for step in steps:
        if not step.public:
            hidden.append(step)
            continue
        yield from _adjustment(hidden)
        hidden = []
        yield step.public_part()
    yield from _adjustment(hidden)


def _adjustment(hidden: Sequence[Step]) -> Iterable[Step]:
    amount = subtotal(hidden)
    if amount:
        yield Pen(hidden[0].amount.currency, hidden[0].policy).step("adjustment", amount, {"amount": amount})
