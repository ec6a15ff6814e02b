"""Decision: every part of a routing, worked out from the facts and the rules. Pure: no database, no clock."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from renewals.errors import Malformed
from renewals.health import Health
from renewals.plan.touch import Touch
from renewals.routing.fact import Facts
from renewals.routing.kind import Opportunity, Part, Relationship, Strategy
from renewals.routing.ownership import Ownership, OwnershipPolicy
from renewals.routing.rule import because, check, first, is_count, read_rules

BY_RULES: dict[Part, type[StrEnum]] = {
    Part.OPPORTUNITY: Opportunity, Part.TOUCH: Touch, Part.STRATEGY: Strategy,
}
"""The parts that a `touch` policy decides, in this order."""

AGAINST_AUTO: tuple[tuple[str, Callable[[Facts], bool]], ...] = (
    ("The contract has no clause by which it renews.", lambda facts: not facts.auto_renew),
    ("No card on file lives until the renewal date.", lambda facts: not facts.payment_on_file),
    ("Something is owed.", lambda facts: not facts.good_standing),
    ("They said that they will not renew.", lambda facts: facts.declined),
    ("The account is in the red.", lambda facts: facts.health is Health.RED),
    ("The ties to their people are weak.", lambda facts: facts.relationship is Relationship.WEAK),
)
"""What keeps a renewal from running by itself, whoever decided that it should.

Source: framework, "Padankan Touch Model Anda Dengan Realiti"."""


def against_auto(facts: Facts) -> str:
    """The first sentence that speaks against it; empty when nothing does."""
    return next((sentence for sentence, is_so in AGAINST_AUTO if is_so(facts)), "")


@dataclass(frozen=True, slots=True)
class Rules:
    """The `touch` and `ownership` policies, read."""

    touch: Mapping[str, Any]
    ownership: OwnershipPolicy

    @classmethod
    def of(cls, touch: Mapping[str, Any], ownership: Mapping[str, Any]) -> "Rules":
        return cls(touch, OwnershipPolicy(ownership))


@dataclass(frozen=True, slots=True)
class Decision:
    """What follows from the facts. `reasons` names for each part the rule and the facts it asked for."""

    opportunity: Opportunity
    touch: Touch
    strategy: Strategy
    ownership: Ownership
    reasons: Mapping[str, Mapping[str, Any]]

    @classmethod
    def of(cls, facts: Facts, rules: Rules, decided: Mapping[str, str] | None = None) -> "Decision":
        """`decided` is what a person said of a part instead; later parts follow from that. A renewal that a person
        let run by itself goes back to its rule for as long as something speaks against it."""
        values: dict[Part, Any] = {}
        reasons: dict[str, Mapping[str, Any]] = {}
        for part, kind in BY_RULES.items():
            asked = read_rules(rules.touch[part.value])
            rule = first(asked, facts, rules.ownership.amounts)
            said = (decided or {}).get(part.value, rule.then["then"])
            against = against_auto(facts) if part.value in (decided or {}) and said == Touch.AUTO else ""
            values[part] = kind(rule.then["then"] if against else said)
            reasons[part.value] = {
                "rule": rule.key, "says": rule.says, "because": because(asked, rule, facts),
                "value": rule.then["then"], "against": against,
            }
            if part is not Part.STRATEGY:
                facts = facts.with_(**{part.value: values[part]})
        ownership = rules.ownership.first(facts)
        reasons[Part.OWNER.value] = {
            "rule": ownership.rule.key, "says": ownership.rule.says,
            "because": because([each.rule for each in rules.ownership.rules()], ownership.rule, facts),
            "value": ownership.owner.value,
        }
        return cls(values[Part.OPPORTUNITY], values[Part.TOUCH], values[Part.STRATEGY], ownership, reasons)


def check_touch(content: Any) -> None:
    """Raises: Malformed, in a sentence, for a policy that would leave a renewal without a decision."""
    if not isinstance(content, dict):
        raise Malformed("A touch policy has its rules for opportunity, touch and strategy.")
    if not is_count(content.get("hand_run_a_quarter")):
        raise Malformed("Say how many small renewals one person may run by hand in a quarter.")
    for part, kind in BY_RULES.items():
        for rule in check(content.get(part.value), {}, f"The list for {part.value}"):
            if rule.then.get("then") not in {each.value for each in kind}:
                raise Malformed(f"{rule.key}: there is no such {part.value}.")
