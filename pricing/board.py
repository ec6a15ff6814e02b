"""A board is a quoted price with its levers: what each of them earns now, or would earn if it were moved."""

from dataclasses import dataclass, replace
from datetime import date

from pricing.deal import Deal
from pricing.facts import Facts
from pricing.levers import moves, rate
from pricing.money import Money
from pricing.policy import PricePolicy
from pricing.quoting import Quoted, quote
from pricing.scope import Scope


@dataclass(frozen=True, slots=True)
class Rung:
    """One lever moved, and what the deal would be then.

    Units: `bps` is what the lever earns there; `saves` is how much less a year costs than on the board.
    """

    lever: str
    bps: int
    saves: Money
    quoted: Quoted


@dataclass(frozen=True, slots=True)
class Board:
    """`quoted.earned` are the levers that earn something now; `rungs` are the moves still open.

    Source: mission L2.
    """

    quoted: Quoted
    rungs: tuple[Rung, ...]

    def earned_money(self, lever: str) -> Money:
        """What a lever that is pulled takes off a full first year."""
        steps = (step for line in self.quoted.line_steps for step in line.parts)
        found = (step.amount.minor for step in steps if _lever_of(step.rule, step.inputs.get("lever")) == lever)
        return Money(-sum(found), self.quoted.currency)


def board(scope: Scope, facts: Facts, policy: PricePolicy, deal: Deal, starts_on: date, on: date) -> Board:
    """The price of a deal on the day `on`, and what every lever would earn.

    A day to sign by that has passed earns nothing any more. Raises: DealError.
    """
    deal = still_open(deal, on)
    quoted = quote(scope, facts, policy, deal, starts_on)
    rungs = []
    for lever, moved in moves(scope, policy, deal, starts_on, on):
        then = quote(scope, facts, policy, moved, starts_on)
        rungs.append(Rung(lever, rate(lever, scope, policy, moved, starts_on), quoted.per_year - then.per_year, then))
    return Board(quoted, tuple(rungs))


def still_open(deal: Deal, on: date) -> Deal:
    """The deal without a day to sign by that lies before `on`."""
    if deal.sign_by is None or deal.sign_by >= on:
        return deal
    return replace(deal, sign_by=None, levers=tuple(lever for lever in deal.levers if lever != "sign_by"))


def _lever_of(rule: str, lever: str | None) -> str | None:
    return "term" if rule == "term_discount" else lever
