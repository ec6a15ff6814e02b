"""Effort: what a renewal may take, planned against booked, and from when it is too much."""

import pytest

from renewals.health import Health
from renewals.plan.catalogue import Catalogue
from renewals.plan.effort import Budget, Effort, Verdict
from renewals.plan.profile import Profile
from renewals.plan.task import Task, TaskState
from renewals.plan.touch import Touch
from renewals.policy import PolicyKind, shipped
from renewals.segment import Segment

POLICY, CATALOGUE = shipped(PolicyKind.PLAN), Catalogue.of(shipped(PolicyKind.TASKS))
SMALL = Profile(Segment.SMB, Health.GREEN, Touch.ASSISTED)
LARGE = Profile(Segment.ENTERPRISE, Health.GREEN, Touch.NEGOTIATED)


@pytest.mark.parametrize(
    ("segment", "booked", "verdict"),
    [
        (Segment.SMB, 0, Verdict.INSIDE),
        (Segment.SMB, 143, Verdict.INSIDE),
        (Segment.SMB, 144, Verdict.NEAR),
        (Segment.SMB, 179, Verdict.NEAR),
        (Segment.SMB, 180, Verdict.OVER),
        (Segment.MID_MARKET, 479, Verdict.INSIDE),
        (Segment.MID_MARKET, 480, Verdict.NEAR),
        (Segment.MID_MARKET, 600, Verdict.NEAR),
        (Segment.MID_MARKET, 601, Verdict.OVER),
        (Segment.ENTERPRISE, 1199, Verdict.INSIDE),
        (Segment.ENTERPRISE, 1200, Verdict.NEAR),
        (Segment.ENTERPRISE, 1500, Verdict.NEAR),
        (Segment.ENTERPRISE, 1501, Verdict.OVER),
    ],
)
def test_three_hours_are_too_many_for_a_small_renewal_and_more_than_the_bound_for_others(
    segment: Segment, booked: int, verdict: Verdict
) -> None:
    assert Budget.of(segment, POLICY).verdict(booked) is verdict


def test_another_policy_has_other_bounds_without_other_code() -> None:
    tight = POLICY | {
        "effort": {"smb": {"least": 5, "most": 10, "flagged_from": 11}, "warned_at": 50},
    }

    assert [Budget.of(Segment.SMB, tight).verdict(minutes) for minutes in (4, 5, 11)] == list(Verdict)


def test_a_policy_from_before_the_budgets_is_read_with_the_shipped_ones() -> None:
    older = {key: value for key, value in POLICY.items() if key != "effort"}

    assert Budget.of(Segment.SMB, older) == Budget.of(Segment.SMB, POLICY)


def test_what_is_planned_fits_the_budget_of_each_kind_of_renewal() -> None:
    for profile in (SMALL, LARGE):
        effort = Effort.of(profile, [], CATALOGUE, POLICY)

        assert effort.planned <= effort.budget.most
        assert effort.booked == 0


def test_what_was_left_out_is_not_planned_and_what_was_booked_counts() -> None:
    before = Effort.of(LARGE, [], CATALOGUE, POLICY)
    tasks = [
        Task(pattern="account_review", state=TaskState.WAIVED, minutes=0),
        Task(pattern="value_evidence", state=TaskState.DONE, minutes=75),
    ]

    after = Effort.of(LARGE, tasks, CATALOGUE, POLICY)

    assert before.planned - after.planned == CATALOGUE.pattern("account_review").minutes
    assert after.booked == 75
    assert [one.booked for one in after.phases if one.phase == "readiness"] == [75]
