"""Basis: everything that a quote is priced and judged from, on one day."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from hashlib import sha256

from pricing.asked import Asked, Axis, together
from pricing.board import Board, board, still_open
from pricing.boundary import Boundaries
from pricing.clause import ClauseKind, Library, custom, twice
from pricing.deal import Deal, DealError, DealLine
from pricing.discount import WHOLE
from pricing.economics import Economics
from pricing.foreseen import Foreseen
from pricing.horizon import Horizon, horizon
from pricing.kept import kept
from pricing.matrix import Matrix
from pricing.money import Money
from pricing.multiyear import Shape
from pricing.option import Option
from pricing.quoting import Quoted, quote
from pricing.scope import Scope
from pricing.term import YEAR
from pricing.trace import Step, canonical
from pricing.versus import Agreed
from renewals.base import session_of
from renewals.choice import Choice
from renewals.closing import term_after
from renewals.errors import NotNow
from renewals.forecast import Timeliness, forecast, rules_of
from renewals.offer import Offer
from renewals.policy import Policy, PolicyKind
from renewals.quoting.quote import Part, Quote
from renewals.renewal import Renewal, RenewalState
from renewals.subscription import Term

THEIRS = frozenset({
    "lines", "months", "shape", "discount", "levers", "prepaid", "net_days", "billing", "sign_by", "clauses",
})
"""The parts of a deal that a buyer may ask to have otherwise. Source: timeline, "Negosiasi"."""
PRICE = frozenset({Axis.DISCOUNT, Axis.LINE, Axis.ECONOMICS})
"""What somebody may have to look at because of how low a price is."""


@dataclass
class Basis:
    """Units: `on` is the customer's day."""

    choice: Choice
    matrix: Matrix
    part: Part = Part.RENEWAL

    @classmethod
    def of(cls, renewal: Renewal, *, at: datetime, matrix: str = "", part: Part = Part.RENEWAL) -> "Basis":
        """By the matrix that a quote pinned, else by the one in force."""
        session = session_of(renewal)
        choice = Choice.of(session, renewal, renewal.account.today(at))
        policy = Policy.named(session, matrix) if matrix else choice.policies[PolicyKind.MATRIX]
        return cls(choice, matrix_of(policy), part)

    @classmethod
    def of_quote(cls, quote: Quote, *, at: datetime) -> "Basis":
        return cls.of(quote.renewal, at=at, matrix=quote.matrix, part=quote.part)

    @property
    def scope(self) -> Scope:
        """What they have of that which the quote is for."""
        scope = self.choice.scope
        return scope if self.part is Part.RENEWAL else scope.apart

    @property
    def renewal(self) -> Renewal:
        return self.choice.renewal

    @cached_property
    def joins(self) -> Term | None:
        """The signed term that what is new is added to; None while its renewal is not won."""
        is_signed = self.part is Part.EXPANSION and self.renewal.state is RenewalState.WON
        return term_after(session_of(self.renewal), self.renewal) if is_signed else None

    @property
    def on(self) -> date:
        return self.choice.on

    @cached_property
    def recommended(self) -> Deal:
        """What the ladder recommends, as it stands; paid as they pay today."""
        options = self.choice.options
        return self.as_option(options[options.recommended])

    def as_option(self, option: Option) -> Deal:
        """What an option of the ladder is, as a deal; paid as they pay today."""
        term, several = self.renewal.term, option.months > YEAR
        shape = (Shape.ESCALATING if option.rise else Shape.FIXED) if several else None
        return Deal(
            lines=tuple(DealLine(line.product, line.quantity) for line in option.lines), months=option.months,
            shape=shape, rise=option.rise, levers=("term",) if several else (), net_days=term.net_days,
            billing=term.billing, clauses=term.clause_ids,
        )

    @cached_property
    def library(self) -> Library:
        """The clauses a deal can name."""
        policy = self.choice.policies.get(PolicyKind.CLAUSES)
        return policy.parsed(Library.parse) if policy else Library({})

    @staticmethod
    def deal_of(version: Offer) -> Deal:
        return Deal.read(version.content["deal"])

    def as_priced(self, version: Offer) -> Quoted:
        """A version as it was priced, with what is known of them today beside it."""
        quoted, growth = kept(version.content), self.choice.facts.growth
        warnings = self.choice.price_policy.warnings(quoted.months, quoted.rise, growth)
        return replace(quoted, people_growth=growth.bps, warnings=warnings)

    def would_price_alike(self, version: Offer) -> bool:
        """Whether the same deal has the same price today, under the policy in force and for what they have."""
        try:
            return self.price(self.deal_of(version)).content_hash == version.content_hash
        except (DealError, NotNow):
            return False

    @property
    def agreed(self) -> Agreed:
        """What the term that ends says besides its lines."""
        term = self.renewal.term
        return Agreed(months=term.months, net_days=term.net_days, billing=term.billing, clauses=term.clause_ids)

    def board(self, deal: Deal) -> Board | None:
        """What every lever earns or would earn; None where this deal is not sold like that any more."""
        choice = self.choice
        with suppress(DealError):
            return board(self.scope, choice.facts, choice.price_policy, deal, self.renewal.renews_on, self.on)
        return None

    def horizon(self, deal: Deal) -> Horizon | None:
        """One, two and three years side by side; None where this deal is not sold like that any more."""
        choice = self.choice
        with suppress(DealError):
            return horizon(self.scope, choice.facts, choice.price_policy, deal, self.renewal.renews_on)
        return None

    def new_in(self, deal: Deal) -> set[str]:
        """The products of a deal that they do not have; what is quoted apart is new, more of what they have too."""
        held = self.choice.scope.quantities if self.part is Part.RENEWAL else {}
        return set(deal.quantities) - set(held)

    def price(self, deal: Deal) -> Quoted:
        """What it costs today; a day to sign by that has passed earns nothing any more.

        Raises: DealError naming the field; NotNow for an expansion that an account at risk must not see.

        Source: framework, "Bundling vs Pemisahan": at risk the renewal is saved first, the expansion kept apart.
        """
        choice, deal = self.choice, still_open(deal, self.on)
        new = sorted(self.new_in(deal))
        if new and choice.facts.at_risk and self.part is Part.RENEWAL:
            names = ", ".join(choice.name_of(product) for product in new)
            raise NotNow(f"{names} is offered by itself, once this renewal is settled. Leave it out here.")
        clauses = self.library.named(deal.clauses)
        if self.joins and deal.months != self.joins.months:
            raise DealError("months", f"What is added ends with their term, which is for {self.joins.months} months.")
        if deal.shape is Shape.OVERAGE and any(clause.kind is ClauseKind.TRUE_UP for clause in clauses):
            raise DealError("clauses", "Units above a base with overage are paid as used; leave the true-up out.")
        if kind := twice(clauses):
            raise DealError("clauses", f"Only one clause is a {kind.value.replace('_', '-')}; choose which.")
        priced = quote(self.scope, choice.facts, choice.price_policy, deal, self.renewal.renews_on)
        return replace(priced, clauses=clauses)

    def foreseen(self, deal: Deal) -> Foreseen:
        """What can be said of a price before anybody approved it: the price itself where nobody has to; else what
        policy gives by itself, with its levers unless somebody must look at what they come to.

        Raises: DealError, NotNow.
        """
        plain = replace(deal, levers=())
        for one in (deal, plain):
            priced = self.price(one)
            axes = {need.axis for need in self.matrix.needs(self.asked(priced))}
            if not axes & PRICE:
                return Foreseen(priced, standing=not axes)
        return Foreseen(self.price(plain), standing=False)

    def asked(self, priced: Quoted, beside: Iterable[Offer] = ()) -> Asked:
        """What the matrix is asked about a price, together with what is quoted beside it for the same renewal."""
        effective, deal = priced.effective, priced.deal
        new = self.new_in(deal)
        expansion = sum((line.amount for line in priced.lines if line.product in new), Money.zero(priced.currency))
        worst = effective.worst_line
        one = Asked(
            segment=self.choice.segment.value, months=deal.months, net_days=self._later_than_now(deal),
            acv=priced.per_year, total=priced.total, expansion=expansion, effective=max(effective.bps, 0),
            earned=max(effective.earned, 0), worst_line=max(worst.bps, 0), worst_product=worst.product,
            expansion_bps=max((line.bps for line in effective.lines if line.product in new), default=0),
            clauses=custom(priced.clauses), worth_less=deal.months > YEAR and self.economics(priced).is_worth_less,
        )
        others = [replace(Asked.read(each.asked), quotes=()) for each in beside]
        return together(one, *others) if others else one

    def _later_than_now(self, deal: Deal) -> int:
        """Payment days that they have today are nothing that anybody asks for. Units: days."""
        return deal.net_days if deal.net_days > self.renewal.term.net_days else 0

    def economics(self, priced: Quoted) -> Economics:
        """The commitment beside renewing each year at full price."""
        return self.commitment(priced.years, priced.ask)

    def commitment(self, years: Sequence[Money], ask: Step) -> Economics:
        """The same for a version as it was written."""
        first_year = ask.parts[0].parts
        full = sum((part.amount for part in first_year if part.rule == "line"), Money.zero(ask.amount.currency))
        return Economics(years, full, self.retention)

    @cached_property
    def retention(self) -> int:
        """How likely they are to renew in a year at full price. Units: basis points.

        Source: the `forecast` policy, for a renewal in time at the stage it has.
        """
        rules = rules_of(self.choice.policies.get(PolicyKind.FORECAST))
        known = forecast(self.renewal.state, self.choice.health, Timeliness.IN_TIME, rules)
        return known.probability * WHOLE // 100

    @cached_property
    def facts_hash(self) -> str:
        """What an envelope is bound to: their health, their segment and what they have."""
        lines = [[line.product, line.quantity, line.amount.minor] for line in self.choice.scope.lines]
        known = {"segment": self.choice.segment.value, "health": self.choice.health.value, "lines": lines}
        return sha256(canonical(known).encode()).hexdigest()

    @property
    def boundaries(self) -> Boundaries:
        """What is negotiated how far, by the policy in force."""
        return self.choice.policies[PolicyKind.NEGOTIATION].parsed(Boundaries.parse)

    def must_be_negotiable(self, deal: Deal) -> None:
        """Neither side writes down what is not: it stays as they have it, or as it is recommended to them.

        Raises: DealError. Source: timeline, "Permulaan Rundingan": "Apa yang tidak boleh dirunding?".
        """
        term = self.renewal.term
        today = Deal.as_today(self.choice.scope, net_days=term.net_days, billing=term.billing)
        self.boundaries.must_allow(deal, (today, self.recommended))

    def is_negotiable(self, deal: Deal) -> bool:
        with suppress(DealError):
            self.must_be_negotiable(deal)
            return True
        return False

    @staticmethod
    def must_be_theirs_to_ask(deal: Deal, shown: Deal) -> None:
        """Raises: NotNow for a change of what a buyer does not negotiate."""
        before, after = shown.json, deal.json
        theirs = THEIRS if deal.shape is Shape.ESCALATING else THEIRS | {"rise"}
        if changed := sorted(name for name in after if after[name] != before[name] and name not in theirs):
            raise NotNow(f"{changed[0].replace('_', ' ').capitalize()} is not part of what can be countered; ask us.")


def matrix_of(policy: Policy) -> Matrix:
    return policy.parsed(Matrix.parse)
