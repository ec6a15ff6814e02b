"""Eligibility is whether a customer should be asked to commit for several years, check by named check."""

from dataclasses import dataclass

from pricing.facts import Facts
from pricing.reading import Reading
from pricing.scope import Scope
from pricing.term import YEAR

Answer = bool | int | str | None

CHECKS = (
    "healthy",
    "health_score",
    "proven",
    "not_at_risk",
    "not_outgrowing",
    "steady_industry",
    "stable_business",
    "budget_predictable",
    "interested",
    "strategic",
    "one_year_today",
)
"""Source: Playbook S, "Pilih Calon Yang Betul": who is a good candidate and who is a poor one.

The last one is Kekal's: a price that already carries a multi-year incentive does not get a second one.
"""


@dataclass(frozen=True, slots=True)
class Check:
    """One question and its answer from the facts; an answer of None is "nobody knows" and does not pass.

    `asked` is what policy wants to hear. Units: months for tenure and term, basis points for growth.
    """

    name: str
    passed: bool
    answer: Answer
    asked: Answer


@dataclass(frozen=True, slots=True)
class Eligibility:
    """Every check in `required` and, where given, one in `one_of` must pass."""

    required: tuple[str, ...]
    one_of: tuple[str, ...]
    healthy_bands: tuple[str, ...]
    at_risk_bands: tuple[str, ...]
    health_score: int
    tenure_months: int
    outgrows: int

    @classmethod
    def parse(cls, content: Reading) -> "Eligibility":
        content.only(*cls.__slots__)
        return cls(
            content["required"].names(*CHECKS),
            content["one_of"].names(*CHECKS),
            content["healthy_bands"].names(),
            content["at_risk_bands"].names(),
            content["health_score"].count(0, 100),
            content["tenure_months"].count(),
            content["outgrows"].count(),
        )

    def at_risk(self, facts: Facts) -> bool:
        return facts.at_risk or facts.health_band in self.at_risk_bands

    def checks(self, facts: Facts, scope: Scope) -> tuple[Check, ...]:
        """All checks in the order of `CHECKS`, those that policy does not ask for too."""
        growth, score, tenure = facts.growth.bps, facts.health_score, facts.tenure_months
        at_risk, changing = self.at_risk(facts), facts.industry_changes_fast
        band, bands = facts.health_band, self.healthy_bands
        return (
            Check("healthy", band in bands, band, ", ".join(bands)),
            Check("health_score", score is not None and score >= self.health_score, score, self.health_score),
            Check("proven", tenure is not None and tenure >= self.tenure_months, tenure, self.tenure_months),
            Check("not_at_risk", not at_risk, not at_risk, True),
            Check("not_outgrowing", growth is not None and growth < self.outgrows, growth, self.outgrows),
            Check("steady_industry", changing is False, None if changing is None else not changing, True),
            Check("stable_business", facts.stable_business is True, facts.stable_business, True),
            Check("budget_predictable", facts.budget_predictable is True, facts.budget_predictable, True),
            Check("interested", facts.interested_in_multiyear is True, facts.interested_in_multiyear, True),
            Check("strategic", facts.strategic is True, facts.strategic, True),
            Check("one_year_today", scope.months <= YEAR, scope.months, YEAR),
        )

    def may_commit(self, checks: tuple[Check, ...]) -> bool:
        passed = {check.name for check in checks if check.passed}
        return passed.issuperset(self.required) and (not self.one_of or not passed.isdisjoint(self.one_of))
