"""Rule: a condition over facts, and what follows from it; of a list of rules the first that holds is taken."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pricing.reading import MOST
from renewals.errors import Malformed
from renewals.routing.fact import AMOUNTS, CHOICES, FLAGS, NUMBERS, Facts

Amounts = Mapping[str, Mapping[str, int]]
"""Named amounts a year for each currency. Units: minor units."""

BOUNDS = frozenset({"at_least", "below"})


@dataclass(frozen=True, slots=True)
class Rule:
    """`when` holds when each of its conditions does; without any it always holds. `then` is what follows."""

    key: str
    says: str
    when: Mapping[str, Any]
    then: Mapping[str, Any]

    def holds(self, facts: Facts, amounts: Amounts) -> bool:
        return all(_holds(name, wanted, facts, amounts) for name, wanted in self.when.items())


def first(rules: Iterable[Rule], facts: Facts, amounts: Amounts) -> Rule:
    """The first that holds. A list that was checked ends with one that always does."""
    return next(rule for rule in rules if rule.holds(facts, amounts))


def because(rules: Iterable[Rule], taken: Rule, facts: Facts) -> dict[str, Any]:
    """What the list asked for until a rule held, with what it was: that says why the ones before it did not."""
    written = facts.written()
    asked: dict[str, Any] = {}
    for rule in rules:
        asked |= {name: written[name] for name in rule.when}
        if rule.key == taken.key:
            break
    return asked


def read_rules(written: Sequence[Mapping[str, Any]]) -> tuple[Rule, ...]:
    return tuple(Rule(each["key"], each["says"], each["when"], each) for each in written)


def _holds(name: str, wanted: Any, facts: Facts, amounts: Amounts) -> bool:
    known = getattr(facts, name)
    if name in AMOUNTS:
        return _between(known.minor, {bound: amounts[amount].get(known.currency) for bound, amount in wanted.items()})
    if name in NUMBERS:
        return known is not None and _between(known, wanted)
    return bool(known == wanted) if name in FLAGS else known in wanted


def _between(value: int, bounds: Mapping[str, int | None]) -> bool:
    """The lower bound belongs to it, the upper does not; one that is not known holds nothing."""
    return all(
        bound is not None and (value >= bound if name == "at_least" else value < bound)
        for name, bound in bounds.items()
    )


def check(written: Any, amounts: Amounts, where: str) -> tuple[Rule, ...]:
    """The rules of a list. Raises: Malformed, in a sentence, for anything that would not decide."""
    if not isinstance(written, list) or not written:
        raise Malformed(f"{where} needs at least one rule.")
    for each in written:
        if not isinstance(each, dict) or not isinstance(each.get("when"), dict):
            raise Malformed(f"Each rule of {where} has a key, says what it is for, and has its conditions in `when`.")
        if not all(isinstance(each.get(word), str) and each[word].strip() for word in ("key", "says")):
            raise Malformed(f"Each rule of {where} has a key and says what it is for.")
        for name, wanted in each["when"].items():
            _check(name, wanted, amounts, f"{where}, {each['key']}")
    rules = read_rules(written)
    if len({rule.key for rule in rules}) < len(rules):
        raise Malformed(f"Two rules of {where} have the same key.")
    if rules[-1].when:
        raise Malformed(f"The last rule of {where} must hold for every renewal: leave its conditions empty.")
    return rules


def is_count(value: Any) -> bool:
    """Whether it is a whole number that can be meant, from nothing on."""
    return type(value) is int and 0 <= value <= MOST


def check_amounts(amounts: Any) -> Amounts:
    """Raises: Malformed."""
    if not isinstance(amounts, dict) or not all(isinstance(each, dict) for each in amounts.values()):
        raise Malformed("Amounts are named, each with a number for each currency.")
    if len({frozenset(each) for each in amounts.values()}) > 1:
        raise Malformed("Every named amount must be said in the same currencies.")
    for name, each in amounts.items():
        if not all(is_count(minor) and minor > 0 for minor in each.values()):
            raise Malformed(f"The amount “{name}” is in minor units, more than nothing, in every currency.")
    return amounts


def _check(name: str, wanted: Any, amounts: Amounts, where: str) -> None:
    if name in CHOICES:
        known = {choice.value for choice in CHOICES[name]}
        fits = isinstance(wanted, list) and wanted != [] and set(wanted) <= known
    elif name in FLAGS:
        fits = isinstance(wanted, bool)
    elif name in NUMBERS:
        fits = _is_bounds(wanted) and all(type(bound) is int and abs(bound) <= MOST for bound in wanted.values())
    elif name in AMOUNTS:
        fits = _is_bounds(wanted) and all(bound in amounts for bound in wanted.values())
    else:
        raise Malformed(f"{where}: nothing is known by the name “{name}”.")
    if not fits:
        raise Malformed(f"{where}: “{name}” can not be asked for like this.")


def _is_bounds(wanted: Any) -> bool:
    return isinstance(wanted, dict) and wanted != {} and set(wanted) <= BOUNDS
