"""The cast as the cellar knows it: Cedar Dental's contract, and the policy in `policy.json`."""

import json
from datetime import date
from pathlib import Path
from typing import Any

from pricing.facts import Facts
from pricing.money import Money
from pricing.policy import PricePolicy
from pricing.scope import Scope, ScopeLine

CONTENT: dict[str, Any] = json.loads(Path(__file__).with_name("policy.json").read_text())
POLICY = PricePolicy.parse("pricing@1", CONTENT)
SEPTEMBER = date(2026, 9, 4)

CEDAR = Scope("USD", "growth", 12, (ScopeLine.at("growth", 20, Money(43200, "USD")),))
CEDAR_FACTS = Facts(
    segment="smb",
    health_band="green",
    health_score=86,
    tenure_months=26,
    seats_used=17,
    seats_a_year_ago=14,
    stable_business=True,
    budget_predictable=True,
    interested_in_multiyear=True,
    industry_changes_fast=False,
)


def policy(**changes: Any) -> PricePolicy:
    """The policy with some of its parts changed: `multi_year={"shape": "lock"}` replaces only the shape."""
    content = {name: _changed(part, changes.get(name)) for name, part in CONTENT.items()}
    return PricePolicy.parse("pricing@2", content)


def _changed(part: Any, change: Any) -> Any:
    return part | change if isinstance(change, dict) else part if change is None else change
