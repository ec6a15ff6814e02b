"""Facts are what is known about a customer when options are made; what is not known counts for nothing."""

from dataclasses import dataclass

from pricing.growth import Growth


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """None means nobody knows, and is never taken as good.

    Units: `health_score` from 0 to 100, `tenure_months` as a customer, seats in people.
    """

    segment: str
    health_band: str | None = None
    health_score: int | None = None
    tenure_months: int | None = None
    seats_used: int | None = None
    seats_a_year_ago: int | None = None
    stable_business: bool | None = None
    budget_predictable: bool | None = None
    interested_in_multiyear: bool | None = None
    strategic: bool = False
    industry_changes_fast: bool | None = None
    at_risk: bool = False

    @property
    def growth(self) -> Growth:
        return Growth(self.seats_used, self.seats_a_year_ago)
