"""Expansion: what the data says of it, what follows by the playbook's rule, and what a no must say."""

from datetime import date
from typing import Any

import pytest

from renewals.activity import Activity, ActivityKind
from renewals.errors import Malformed
from renewals.health import Health
from renewals.pipeline import Rules
from renewals.plan.expansion import IF_NO, Signs, assessment, concluded
from renewals.plan.review import Known
from tests.quoting.desk import ANNA, desk
from tests.world import World

ON = date(2026, 8, 5)
ASKED = frozenset({"decision", "reason", "signals", "others", "others_note", "budget", *IF_NO})


@pytest.mark.parametrize(
    ("health", "seats", "used", "before", "warned", "verdict"),
    [
        (Health.GREEN, 100, 80, 60, False, "bundle"),
        (Health.GREEN, 100, 92, None, False, "bundle"),
        (Health.GREEN, 100, 80, 60, True, "parallel"),
        (Health.YELLOW, 100, 95, 90, False, "parallel"),
        (Health.UNKNOWN, 100, 95, 90, False, "parallel"),
        (Health.RED, 100, 95, 60, False, "separate"),
        (Health.GREEN, 100, 50, 50, False, None),
        (Health.GREEN, None, None, None, False, None),
    ],
)
def test_the_verdict_follows_from_health_and_use(
    health: Health, seats: int | None, used: int | None, before: int | None, warned: bool, verdict: str | None
) -> None:
    assert assessment(Signs(health, warned, seats, used, before)).get("decision") == verdict


def test_what_nobody_knows_is_unknown_and_speaks_for_nothing() -> None:
    said = assessment(Signs(Health.UNKNOWN, is_warned=False))

    assert set(said.values()) == {"unknown"} and len(said) == 7


def test_what_nobody_asked_for_is_explored_beside_the_renewal() -> None:
    said = assessment(Signs(Health.GREEN, is_warned=False, seats=10, used=5, used_before=5, unsold=["Insights"]))

    assert (said["whitespace"], said["decision"]) == ("yes", "parallel")
    assert "nobody asked for it" in said["reason"]


@pytest.mark.parametrize(
    ("health", "answers", "reason"),
    [
        (Health.RED, {}, "at risk"),
        (Health.GREEN, {"others": "yes", "others_note": "the plant managers"}, "the plant managers"),
        (Health.GREEN, {"budget": "no"}, "budget for more is not ready"),
    ],
)
def test_at_risk_other_people_or_a_wrong_time_keep_it_apart_with_the_reason_said(
    health: Health, answers: dict[str, Any], reason: str
) -> None:
    for held_up in ("bundle", "parallel"):
        with pytest.raises(Malformed, match=reason):
            concluded({"decision": held_up, **answers}, health, ASKED)

    assert reason in concluded({"decision": "separate", **answers}, health, ASKED)["reason"]
    stale = {"decision": "separate", "reason": "They are healthy, and there is a clear chance to grow.", **answers}
    assert reason in concluded(stale, health, ASKED)["reason"]
    own = concluded({"decision": "separate", "reason": "They said so", **answers}, health, ASKED)
    assert own["reason"] == "They said so"


@pytest.mark.parametrize("left_out", IF_NO)
def test_a_no_says_why_what_comes_first_whom_to_involve_and_when_to_look_again(left_out: str) -> None:
    whole = {"decision": "none", "why_not": "Flat year", "first": "New site", "involve": ["Jan"],
             "look_again_on": "2027-01-10"}
    assert concluded(whole, Health.GREEN, ASKED)["decision"] == "none"

    with pytest.raises(Malformed) as refused:
        concluded({name: said for name, said in whole.items() if name != left_out}, Health.GREEN, ASKED)
    assert refused.value.field == left_out


def test_what_they_asked_about_and_do_not_have_is_found_where_it_was_said(world: World) -> None:
    with desk(world) as at:
        before = known(at)
        anna = at.who(ANNA)
        at.session.add(Activity(
            account_id=at.renewal.account_id, renewal_id=at.renewal.id, kind=ActivityKind.CALL, person_id=anna.id,
            happened_on=date(2026, 7, 20), words=f"She wants {before.unsold[0].upper()} for the branches",
        ))
        at.session.flush()
        after = known(at)
        said = after.answers("expansion_assessment")

    assert before.answers("expansion_assessment")["features"] == "unknown"
    assert (said["features"], said["whitespace"], said["budget"]) == ("yes", "yes", "unknown")
    assert said["features_note"].startswith(f"{before.unsold[0]}: “She wants")
    assert f"({anna.name}, 2026-07-20)" in said["features_note"]


def known(at: Any) -> Known:
    return Known.of(at.session, at.renewal, Rules.in_force(at.session, ON), ON)
