"""Choice: the ways to go on that a customer is offered, priced from what they have and what we know of them."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import Any

from sqlalchemy.orm import Session

from pricing.facts import Facts
from pricing.ladder import Options, options
from pricing.option import Option
from pricing.policy import PricePolicy
from pricing.rightsize import Advice, right_size
from pricing.scope import Scope, ScopeLine
from renewals.errors import Stale
from renewals.health import Health
from renewals.policy import Policy, PolicyKind
from renewals.renewal import Renewal
from renewals.segment import Segment
from renewals.value import ACTIVE_USERS, ValueStory


class Beside(StrEnum):
    """What can be taken beside a negotiation."""

    NOTHING = "nothing"
    AS_NOW = "as_now"


@dataclass
class Choice:
    """One renewal on one day, under the policies in force; a pure function of what is in the database.

    Units: `on` is the customer's day.
    """

    renewal: Renewal
    value: ValueStory
    policies: dict[PolicyKind, Policy]
    on: date

    @classmethod
    def of(cls, session: Session, renewal: Renewal, on: date) -> "Choice":
        value = ValueStory.of(session, renewal.subscription_id, until=on)
        return cls(renewal, value, Policy.all_in_force(session, on), on)

    @cached_property
    def timeline(self) -> dict[str, Any]:
        return self.policies[PolicyKind.TIMELINE].content

    @property
    def is_offered(self) -> bool:
        """Whether it can be taken today. Source: `timeline` policy, `offered_from_days` and `grace_days`."""
        days = self.renewal.days_left(self.on)
        in_time: bool = -self.timeline["grace_days"] <= days <= self.timeline["offered_from_days"]
        return self.renewal.is_open and in_time

    @property
    def beside(self) -> Beside:
        """Source: `timeline` policy, `while_negotiated`; nothing where an older version does not say."""
        return Beside(self.timeline.get("while_negotiated", Beside.NOTHING))

    @property
    def segment(self) -> Segment:
        return self.renewal.segment(self.policies[PolicyKind.SEGMENT].content)

    @property
    def health(self) -> Health:
        return self.renewal.account.health_band

    @cached_property
    def scope(self) -> Scope:
        """What they have now."""
        term, plan = self.renewal.term, self.renewal.subscription.plan
        lines = tuple(ScopeLine(line.product, line.quantity, line.a_year) for line in term.lines)
        return Scope(term.currency, plan, term.months, lines, net_days=term.net_days)

    @cached_property
    def facts(self) -> Facts:
        """What we know of them; unknown is never good."""
        account = self.renewal.account
        since = account.customer_since
        return Facts(
            segment=self.segment.value, health_band=self.health.value, health_score=account.health_score,
            tenure_months=_months_between(since, self.on) if since else None,
            seats_used=self.value.latest(ACTIVE_USERS), seats_a_year_ago=self.value.earliest(ACTIVE_USERS),
            stable_business=account.stable_business, budget_predictable=account.budget_predictable,
            interested_in_multiyear=account.wants_multi_year, strategic=account.strategic,
            industry_changes_fast=account.industry_changes_fast, at_risk=self.health is Health.RED,
        )

    @cached_property
    def price_policy(self) -> PricePolicy:
        return self.policies[PolicyKind.PRICE].parsed(PricePolicy.parse)

    @cached_property
    def right_size(self) -> Advice | None:
        """How many seats they need, when that is fewer than they pay for and people were counted."""
        return right_size(self.scope, self.price_policy, self.facts.seats_used)

    @cached_property
    def options(self) -> Options:
        """Good, better and best, priced now; the new term begins when the old one ends."""
        return _priced(self.scope, self.facts, self.price_policy, self.renewal.renews_on)

    def option(self, content_hash: str) -> Option:
        """The option whose content was shown.

        Raises: Stale when no option has that content any more.
        """
        for option in self.options:
            if option.content_hash == content_hash:
                return option
        raise Stale("The price changed since this page was shown. Nothing was charged; please look again.")

    def name_of(self, product: str) -> str:
        """What people call a product."""
        return self.price_policy.catalogue.name_of(product)

    @property
    def plan_name(self) -> str:
        return self.name_of(self.renewal.subscription.plan)


@lru_cache(maxsize=4096)
def _priced(scope: Scope, facts: Facts, policy: PricePolicy, starts_on: date) -> Options:
    """The same facts under the same policy have the same price: it is worked out once."""
    return options(scope, facts, policy, starts_on)


def _months_between(since: date, on: date) -> int:
    return (on.year - since.year) * 12 + on.month - since.month - (on.day < since.day)
