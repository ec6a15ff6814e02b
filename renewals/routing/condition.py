"""Condition: whether a model of ownership suits a company, said from its own numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from renewals.routing.kind import Model
from renewals.routing.ownership import OwnershipPolicy
from renewals.routing.preview import Numbers


class Fit(StrEnum):
    """How well a model suits."""

    SUITS = "suits"
    POSSIBLE = "possible"
    WARNING = "warning"
    AGAINST = "against"


NAMES = {"csm": "a CSM", "specialist": "a renewal specialist", "ae": "an account executive", "manager": "a manager"}


@dataclass(frozen=True, slots=True)
class Condition:
    """One model's standing, the gravest sentence first."""

    model: Model
    fit: Fit
    says: tuple[str, ...]


def condition(model: Model, policy: OwnershipPolicy, numbers: Numbers) -> Condition:
    """Source: framework, "Pakar Renewal": works from 100 renewals a quarter, beautifully with 500 customers, badly
    with 50. That a role needs somebody who has it is ours."""
    said = [*_volume(model, policy.content["conditions"], numbers), *_roles(model, policy, numbers)]
    order = [Fit.AGAINST, Fit.WARNING, Fit.SUITS, Fit.POSSIBLE]
    said.sort(key=lambda each: order.index(each[0]))
    if not said:
        said = [(Fit.POSSIBLE, "Nothing in your numbers speaks against it.")]
    return Condition(model, said[0][0], tuple(sentence for _, sentence in said))


def _volume(model: Model, conditions: Mapping[str, Any], numbers: Numbers) -> list[tuple[Fit, str]]:
    if model is not Model.SPECIALIST:
        return []
    said = []
    a_quarter, customers = numbers.renewals_a_quarter, numbers.customers
    if customers <= conditions["too_few_customers"]:
        said.append((Fit.AGAINST, f"With {customers:,} customers a specialist has too little to do."))
    if a_quarter < conditions["renewals_a_quarter"]:
        wanted = conditions["renewals_a_quarter"]
        said.append((Fit.WARNING, f"At most {a_quarter:,} renewals come due in a quarter; it works from {wanted:,}."))
    if customers >= conditions["suits_customers"] and not said:
        said.append((Fit.SUITS, f"{customers:,} customers and {a_quarter:,} renewals in the fullest quarter carry it."))
    return said


def _roles(model: Model, policy: OwnershipPolicy, numbers: Numbers) -> list[tuple[Fit, str]]:
    wanted = {
        role.value for rule in policy.rules(model) for role in (rule.owner, rule.until_then) if role is not None
    }
    return [
        (Fit.WARNING, f"Nobody of the staff is {NAMES.get(role, role)}: such renewals keep the owner they have.")
        for role in sorted(wanted) if not numbers.roles.get(role)
    ]
