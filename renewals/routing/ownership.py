"""Ownership: who runs a renewal, by one of four models, as rules that leave nothing unsaid."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from renewals.errors import Malformed
from renewals.permission import MAY, Permission
from renewals.person import STAFF_ROLES, Role
from renewals.routing.fact import Facts
from renewals.routing.kind import Model, SalesEngages
from renewals.routing.rule import Amounts, Rule, check, check_amounts, first, is_count, read_rules

WHOLE = 100


@dataclass(frozen=True, slots=True)
class Ownership:
    """What a rule of ownership says.

    Units: `credit` in percent of the renewed revenue, by role, 100 together; `from_days` before the renewal date,
    from when the owner is the owner; before it `until_then` is.
    Source: framework, "Siapa Yang Memiliki Renewal"; the splits are ours.
    """

    rule: Rule
    owner: Role
    leads: Role
    credit: Mapping[str, int]
    sales_engages: SalesEngages
    disputes: Role
    from_days: int | None
    until_then: Role | None

    @classmethod
    def of(cls, rule: Rule) -> "Ownership":
        said = rule.then
        until_then = said.get("until_then")
        return cls(
            rule, Role(said["owner"]), Role(said["leads"]), said["credit"], SalesEngages(said["sales_engages"]),
            Role(said["disputes"]), said.get("from_days"), Role(until_then) if until_then else None,
        )

    def owner_on(self, days_left: int) -> Role:
        """The role that owns it so many days before its date."""
        waits = self.from_days is not None and days_left > self.from_days
        return self.until_then if waits and self.until_then else self.owner


@dataclass(frozen=True, slots=True)
class OwnershipPolicy:
    """An `ownership` policy, read."""

    content: Mapping[str, Any]

    @property
    def model(self) -> Model:
        return Model(self.content["model"])

    @property
    def amounts(self) -> Amounts:
        amounts: Amounts = self.content["amounts"]
        return amounts

    def rules(self, model: Model | None = None) -> list[Ownership]:
        return [Ownership.of(rule) for rule in read_rules(self.content["models"][(model or self.model).value])]

    def first(self, facts: Facts) -> Ownership:
        """The first rule of the chosen model that holds."""
        return Ownership.of(first(read_rules(self.content["models"][self.model.value]), facts, self.amounts))

    def named(self, key: str) -> Ownership | None:
        """A rule of the chosen model by its key."""
        return next((each for each in self.rules() if each.rule.key == key), None)

    def sponsor(self, facts: Facts) -> Role | None:
        """The executive's role that stands beside the owner, if there is to be one."""
        role = first(read_rules(self.content["sponsor"]), facts, self.amounts).then["role"]
        return Role(role) if role else None


def check_ownership(content: Any) -> OwnershipPolicy:
    """Raises: Malformed, in a sentence, for a policy under which somebody could not tell who owns what."""
    if not isinstance(content, dict) or not isinstance(content.get("models"), dict):
        raise Malformed("An ownership policy names its models and their rules.")
    if content.get("model") not in content["models"] or set(content["models"]) != {model.value for model in Model}:
        raise Malformed("An ownership policy has the four models, and chooses one of them.", "model")
    amounts = check_amounts(content.get("amounts"))
    for model, written in content["models"].items():
        for rule in check(written, amounts, f"The model {Model(model).label}"):
            _check_terms(rule)
    for rule in check(content.get("sponsor"), amounts, "The sponsor"):
        if rule.then.get("role") not in (None, Role.EXECUTIVE.value):
            raise Malformed("A sponsor is an executive, or there is none.")
    _check_counts(content, amounts)
    return OwnershipPolicy(content)


def _check_terms(rule: Rule) -> None:
    """Raises: Malformed."""
    said, owners = rule.then, MAY[Permission.OWN_RENEWALS]
    staff = {role.value for role in STAFF_ROLES}
    if said.get("owner") not in owners or said.get("until_then", "csm") not in owners:
        raise Malformed(f"{rule.key}: a renewal is owned by a CSM, a specialist, sales or a manager.")
    if not {said.get("leads"), said.get("disputes")} <= staff:
        raise Malformed(f"{rule.key}: say which role leads the talk, and which settles a dispute.")
    if said.get("sales_engages") not in {each.value for each in SalesEngages}:
        raise Malformed(f"{rule.key}: say when sales engages.")
    if ("from_days" in said) != ("until_then" in said) or not 0 <= int(said.get("from_days", 0)) <= 400:
        raise Malformed(f"{rule.key}: who takes over on a day says who has it until then.")
    check_credit(rule.key, said.get("credit"))


def check_credit(key: str, credit: Any) -> None:
    """Raises: Malformed unless the split leaves nothing over and gives nothing twice."""
    staff = {role.value for role in STAFF_ROLES}
    if not isinstance(credit, dict) or not set(credit) <= staff:
        raise Malformed(f"{key}: revenue is credited to roles of the staff.", "credit")
    if not all(type(share) is int and 0 <= share <= WHOLE for share in credit.values()):
        raise Malformed(f"{key}: a share is a whole number of percent.", "credit")
    if sum(credit.values()) != WHOLE:
        raise Malformed(f"{key}: the credited shares add to {sum(credit.values())} %, not to 100 %.", "credit")


def _check_counts(content: Mapping[str, Any], amounts: Amounts) -> None:
    volume, conditions = content.get("high_volume"), content.get("conditions")
    if not isinstance(volume, dict) or volume.get("amount") not in amounts or not is_count(volume.get("a_quarter")):
        raise Malformed("Say from how many renewals a quarter, and below which amount, there are many small ones.")
    wanted = ("renewals_a_quarter", "too_few_customers", "suits_customers")
    if not isinstance(conditions, dict) or not all(is_count(conditions.get(name)) for name in wanted):
        raise Malformed("Say from how many renewals and customers a specialist is worth it.")
