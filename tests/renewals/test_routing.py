"""Routing by rule: how a renewal of each kind is run, and how a company changes that without a line of code."""

import copy
from typing import Any

import pytest

from pricing.money import Money
from renewals.errors import Malformed
from renewals.health import Health
from renewals.permission import MAY, Permission
from renewals.person import Role
from renewals.policy import PolicyKind, shipped
from renewals.routing.condition import Fit, condition
from renewals.routing.decision import Decision, Rules, check_touch
from renewals.routing.fact import Facts
from renewals.routing.kind import Model, Relationship
from renewals.routing.ownership import OwnershipPolicy, check_ownership
from renewals.routing.preview import Numbers
from renewals.routing.share import Share
from renewals.segment import Segment
from tests.renewals.routing_cases import CASES, Case, money

TOUCH, OWNERSHIP = shipped(PolicyKind.TOUCH), shipped(PolicyKind.OWNERSHIP)


def facts(case: Case) -> Facts:
    segment = Segment(case.serve_as) if case.serve_as else Segment.of(money(case), shipped(PolicyKind.SEGMENT))
    known = dict(case.known)
    known["health"] = Health(known.get("health", "unknown"))
    known["relationship"] = Relationship(known.get("relationship", "unknown"))
    return Facts(money(case), segment, **known)


def decide(case: Case, touch: dict[str, Any] = TOUCH, ownership: dict[str, Any] = OWNERSHIP) -> Decision:
    return Decision.of(facts(case), Rules.of(touch, ownership), case.decided)


def the(name: str) -> Case:
    return next(case for case in CASES if case.name == name)


def test_the_table_has_every_boundary_every_currency_and_every_part() -> None:
    assert len(CASES) > 90
    assert len({case.name for case in CASES}) == len(CASES)
    assert {case.currency for case in CASES} == set(shipped(PolicyKind.SEGMENT)["thresholds"])
    assert {part for case in CASES for part in case.decided} == {"touch", "opportunity", "strategy"}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_renewal_is_run_as_what_it_is(case: Case) -> None:
    decision = decide(case)

    assert facts(case).segment.value == case.segment
    assert decision.opportunity.value == case.opportunity
    assert decision.touch.value == case.touch
    assert decision.strategy.value == case.strategy
    assert (decision.ownership.owner.value, decision.ownership.rule.key) == (case.owner, case.rule)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_was_known_can_be_kept_and_asked_again(case: Case) -> None:
    assert Facts.read(facts(case).written()) == facts(case)


def test_each_part_says_which_rule_spoke_and_what_it_asked_for() -> None:
    reasons = decide(the("no card that lives until then")).reasons
    auto = decide(the("clause, card, nothing owed")).reasons["touch"]

    assert (reasons["touch"]["rule"], reasons["touch"]["value"]) == ("otherwise", "assisted")
    assert reasons["touch"]["because"]["auto_renew"] is True
    assert reasons["touch"]["because"]["payment_on_file"] is False  # that is why
    assert auto["rule"] == "by_itself"
    assert auto["because"]["payment_on_file"] is True
    assert auto["because"]["health"] == "green"
    assert reasons["owner"]["because"] == {"arr": [800_000, "USD"], "high_volume": False}


# A company changes its rules


def with_large_at(minor: int) -> dict[str, Any]:
    changed = copy.deepcopy(OWNERSHIP)
    changed["amounts"]["large"]["USD"] = minor
    check_ownership(changed)
    return changed


def test_another_amount_gives_a_renewal_to_somebody_else() -> None:
    case = the("exactly 50K in USD belongs to sales")

    assert decide(case).ownership.owner is Role.AE
    assert decide(case, ownership=with_large_at(5_000_001)).ownership.owner is Role.CSM


def test_another_condition_changes_how_much_is_done_by_hand() -> None:
    changed = copy.deepcopy(TOUCH)
    changed["touch"][2]["when"]["health"] = ["green"]
    check_touch(changed)

    assert decide(the("yellow may")).touch.value == "auto"
    assert decide(the("yellow may"), touch=changed).touch.value == "assisted"


def test_the_rules_are_asked_in_their_order() -> None:
    changed = copy.deepcopy(TOUCH)
    changed["strategy"].insert(0, {"key": "all", "says": "Always", "when": {}, "then": "issue_resolution"})

    assert decide(the("in the red"), touch=changed).strategy.value == "issue_resolution"


OWNERS = {Model.SPECIALIST: Role.SPECIALIST, Model.CSM: Role.CSM, Model.SALES: Role.AE, Model.HYBRID: Role.AE}


@pytest.mark.parametrize("model", Model)
def test_each_of_the_four_models_names_its_owner(model: Model) -> None:
    decision = decide(the("exactly 50K in USD belongs to sales"), ownership=OWNERSHIP | {"model": model.value})

    assert decision.ownership.owner is OWNERS[model]


@pytest.mark.parametrize("model", Model)
def test_every_rule_of_every_model_leaves_nothing_unsaid(model: Model) -> None:
    for rule in OwnershipPolicy(OWNERSHIP).rules(model):
        assert rule.owner.value in MAY[Permission.OWN_RENEWALS]
        assert sum(rule.credit.values()) == 100
        assert rule.leads and rule.disputes and rule.sales_engages.label
        assert rule.rule.says


def test_a_specialist_takes_over_at_t_60_and_the_csm_has_it_until_then() -> None:
    rule = OwnershipPolicy(OWNERSHIP).rules(Model.SPECIALIST)[0]

    assert [rule.owner_on(days) for days in (200, 61, 60, 59, 0, -3)] == [Role.CSM] * 2 + [Role.SPECIALIST] * 4


def test_a_strategic_account_has_a_sponsor_whatever_its_size() -> None:
    policy = OwnershipPolicy(OWNERSHIP)

    assert policy.sponsor(facts(the("strategic, however small"))) is Role.EXECUTIVE
    assert policy.sponsor(facts(the("exactly 100K in USD"))) is None


# What is refused


def broken_ownership(**changes: Any) -> dict[str, Any]:
    policy = copy.deepcopy(OWNERSHIP)
    policy["models"]["csm"][0] |= changes
    return policy


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"credit": {"csm": 60, "ae": 50}}, "add to 110 %"),
        ({"credit": {"csm": 60, "ae": 39}}, "add to 99 %"),
        ({"credit": {}}, "add to 0 %"),
        ({"credit": {"csm": 110, "ae": -10}}, "whole number of percent"),
        ({"credit": {"csm": 99.5, "ae": 0.5}}, "whole number of percent"),
        ({"credit": {"friend": 100}}, "roles of the staff"),
        ({"owner": "legal"}, "owned by"),
        ({"disputes": "nobody"}, "settles a dispute"),
        ({"leads": None}, "leads the talk"),
        ({"sales_engages": "sometimes"}, "when sales engages"),
        ({"from_days": 60}, "until then"),
        ({"when": {"arr": {"below": "large"}}}, "must hold for every renewal"),
        ({"when": {"mood": True}}, "nothing is known by the name"),
        ({"when": {"arr": {"below": "huge"}}}, "can not be asked for like this"),
        ({"says": ""}, "says what it is for"),
    ],
)
def test_a_rule_that_would_leave_a_question_is_refused(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(Malformed, match=words):
        check_ownership(broken_ownership(**changes))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"model": "chance"}, "four models"),
        ({"models": {"csm": []}}, "four models"),
        ({"amounts": {"small": {"USD": 1}, "large": {"EUR": 2}}}, "same currencies"),
        ({"amounts": {"small": {"USD": -1}, "large": {"USD": 2}}}, "minor units"),
        ({"high_volume": {"amount": "small"}}, "how many renewals a quarter"),
        ({"conditions": {}}, "a specialist is worth it"),
    ],
)
def test_an_ownership_policy_that_is_not_whole_is_refused(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(Malformed, match=words):
        check_ownership(OWNERSHIP | changes)


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"then": "by_magic"}, "no such touch"),
        ({"when": {"segment": ["tiny"]}}, "can not be asked for like this"),
        ({"when": {"auto_renew": "yes"}}, "can not be asked for like this"),
        ({"when": {"score": {"about": 50}}}, "can not be asked for like this"),
        ({"key": "otherwise"}, "same key"),
    ],
)
def test_a_touch_rule_that_decides_nothing_is_refused(rule: dict[str, Any], words: str) -> None:
    changed = copy.deepcopy(TOUCH)
    changed["touch"][0] |= rule

    with pytest.raises(Malformed, match=words):
        check_touch(changed)


@pytest.mark.parametrize(
    ("people", "machine", "percent", "warned"),
    [(0, 0, None, ""), (3, 0, 100, "does not scale"), (0, 3, 0, "robotic"), (1, 2, 33, ""), (2, 1, 66, "")],
)
def test_all_by_hand_and_all_by_machine_are_both_warned_of(
    people: int, machine: int, percent: int | None, warned: str
) -> None:
    share = Share(Segment.SMB, people, machine)

    assert share.percent == percent
    assert warned in share.warning
    assert bool(share.warning) == bool(warned)


def test_what_is_shipped_is_whole() -> None:
    check_ownership(OWNERSHIP)
    check_touch(TOUCH)


# Whether a model suits

STAFF = {"csm": 3, "specialist": 1, "ae": 2}


@pytest.mark.parametrize(
    ("a_quarter", "customers", "fit"),
    [
        (140, 500, Fit.SUITS), (100, 499, Fit.POSSIBLE), (99, 500, Fit.WARNING), (99, 76, Fit.WARNING),
        (100, 50, Fit.AGAINST), (12, 50, Fit.AGAINST),
    ],
)
def test_specialists_need_enough_to_do(a_quarter: int, customers: int, fit: Fit) -> None:
    numbers = Numbers(a_quarter, customers, STAFF)

    assert condition(Model.SPECIALIST, OwnershipPolicy(OWNERSHIP), numbers).fit is fit


def test_a_model_warns_when_nobody_has_its_role() -> None:
    numbers = Numbers(140, 500, {"csm": 1})

    said = condition(Model.SALES, OwnershipPolicy(OWNERSHIP), numbers)

    assert said.fit is Fit.WARNING
    assert said.says == ("Nobody of the staff is an account executive: such renewals keep the owner they have.",)


def test_an_amount_in_a_currency_nobody_named_belongs_to_the_last_rule() -> None:
    strange = Facts(Money(1, "SEK"), Segment.SMB)

    assert OwnershipPolicy(OWNERSHIP).first(strange).rule.key == "large"
