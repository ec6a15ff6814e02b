"""Drain: what has come due is done once, and what is late together is one letter."""

from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, date, datetime, time, timedelta
from threading import Barrier, Thread
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select
from structlog.testing import capture_logs

from renewals.account import Account
from renewals.errors import Malformed, NotNow
from renewals.health import Health
from renewals.message import MessageKind
from renewals.notice import Notice
from renewals.person import Person
from renewals.plan.action import Action, ActionState
from renewals.plan.changing import move, take_up
from renewals.plan.drain import drain
from renewals.plan.ending import end
from renewals.plan.milestone import Milestone, MilestoneState
from renewals.plan.noticing import wait_for_approval
from renewals.plan.plan import Plan, hours_of
from renewals.plan.readers import Staff
from renewals.plan.rule import ActionKind
from renewals.plan.sweep import Sweep
from renewals.plan.task import Task, TaskState
from renewals.plan.turn import Turn
from renewals.plan.worklist import Urgency, Worklist
from renewals.policy import Policy, PolicyKind
from renewals.renewal import LossReason, Renewal, RenewalState
from renewals.segment import Segment
from tests.plan.stage import SCORE, Stage

JUNE = date(2026, 6, 17)
"""A Wednesday."""


def days_before(renews_on: date, days: int) -> date:
    return renews_on - timedelta(days=days)


def small(stage: Stage, renews_on: date = JUNE, **more: str) -> UUID:
    return stage.renewal("birch", Segment.SMB, Health.GREEN, renews_on, **more)


def actions(stage: Stage, renewal: UUID) -> list[Action]:
    with stage.writing() as session:
        return list(session.scalars(Action.of_renewal(renewal)))


def milestone(stage: Stage, renewal: UUID, key: str) -> Milestone:
    with stage.writing() as session:
        return session.scalars(Milestone.of_renewal(renewal).where(Milestone.key == key)).one()


def test_a_small_customer_hears_of_it_four_times_and_no_earlier_than_60_days_before(stage: Stage) -> None:
    renewal = small(stage)
    stage.draw(renewal)

    stage.live(JUNE)

    assert stage.letters(renewal) == [
        ("2026-04-20", "reminder", "olga"),  # the 18th is a Saturday
        ("2026-05-18", "renewal_ready", "olga"),
        ("2026-06-03", "follow_up", "olga"),
        ("2026-06-10", "final_reminder", "olga"),
    ]


def test_a_renewal_found_at_t_40_is_not_sent_last_months_letters(stage: Stage) -> None:
    stage.jump(days_before(JUNE, 40))
    renewal = small(stage)

    stage.draw(renewal)
    stage.work()

    assert stage.letters(renewal) == [("2026-05-08", "reminder", "olga")]
    with stage.writing() as session:
        assert session.scalar(select(func.count()).select_from(Task).where(Task.renewal_id == renewal))


def test_a_late_letter_is_left_to_the_next_one_when_that_is_near(stage: Stage) -> None:
    stage.jump(days_before(JUNE, 34))
    renewal = small(stage)
    stage.draw(renewal)
    stage.live(JUNE)

    assert [kind for _, kind, _ in stage.letters(renewal)] == ["renewal_ready", "follow_up", "final_reminder"]


def test_a_clock_that_jumps_a_month_sends_one_letter_and_loses_no_work(stage: Stage) -> None:
    renewal = stage.renewal("elm", Segment.MID_MARKET, Health.GREEN, JUNE)
    stage.draw(renewal)
    stage.live(days_before(JUNE, 61))

    stage.jump(days_before(JUNE, 25))

    assert {kind for _, kind, _ in stage.letters(renewal)} == {"summary_notice"}
    outcomes = {(one.milestone.key, one.kind.value): one.outcome for one in actions(stage, renewal)}
    assert outcomes["t60", "friendly_letter"] is ActionState.MERGED
    assert outcomes["t45", "open_tasks"] is ActionState.DONE


def test_two_workers_at_once_do_each_thing_once(stage: Stage) -> None:
    renewals = [stage.renewal(f"oak{n}", Segment.SMB, Health.GREEN, JUNE) for n in range(12)]
    stage.draw(*renewals)
    stage.now = stage.now.replace(month=4, day=20)
    barrier, failures = Barrier(4), []

    def worker() -> None:
        barrier.wait()
        try:
            with stage.writing() as session:
                Sweep.run(session, stage.policies(session)[PolicyKind.PLAN].content, at=stage.now)
            for _ in range(6):
                with stage.writing() as session:
                    drain(session, at=stage.now, batch=3)
        except Exception as no:
            failures.append(no)

    threads = [Thread(target=worker) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    stage.work()

    assert failures == []
    for renewal in renewals:
        assert [kind for _, kind, _ in stage.letters(renewal)] == ["reminder"]
        assert {one.outcome for one in actions(stage, renewal)} <= {ActionState.DONE, ActionState.SKIPPED}


def test_a_second_sweep_of_the_same_moment_finds_nothing(stage: Stage) -> None:
    renewal = small(stage)
    stage.draw(renewal)
    stage.now = stage.now.replace(month=4, day=20)

    first, second = stage.work(), stage.work()

    assert first > 0 and second == 0


def test_a_moved_renewal_date_moves_what_has_not_happened_and_keeps_what_has(stage: Stage) -> None:
    renewal = small(stage)
    stage.draw(renewal)
    stage.live(days_before(JUNE, 50))
    reached = milestone(stage, renewal, "t60")

    with stage.writing() as session:
        session.get_one(Renewal, renewal).renews_on = JUNE + timedelta(days=91)
    stage.draw(renewal)
    stage.live(JUNE + timedelta(days=80))

    assert milestone(stage, renewal, "t60").due_on == reached.due_on
    assert milestone(stage, renewal, "t30").due_on == JUNE + timedelta(days=61)
    assert [kind for _, kind, _ in stage.letters(renewal)].count("reminder") == 1


def test_another_time_zone_moves_the_hour_and_never_the_day(stage: Stage) -> None:
    renewal = small(stage)
    stage.draw(renewal)
    before = milestone(stage, renewal, "t30")

    with stage.writing() as session:
        session.scalars(select(Account)).one().timezone = "Asia/Kuala_Lumpur"
    stage.draw(renewal)
    after = milestone(stage, renewal, "t30")

    assert after.due_on == before.due_on
    assert before.due_at - after.due_at == timedelta(hours=13)


def maya(stage: Stage) -> Person:
    with stage.writing() as session:
        return session.get_one(Person, stage.staff["maya"])


def test_a_milestone_moved_by_hand_says_why_and_keeps_its_distance(stage: Stage) -> None:
    renewal = small(stage)
    stage.draw(renewal)
    with stage.writing() as session:
        account = session.scalars(select(Account)).one()
        hours = hours_of(account, stage.policies(session)[PolicyKind.PLAN])
        moved = session.scalars(Milestone.of_renewal(renewal).where(Milestone.key == "t30")).one()
        with pytest.raises(Malformed, match="why"):
            moved.move_to(days_before(JUNE, 33), JUNE, hours, " ", by=maya(stage), at=stage.now)
        moved.move_to(days_before(JUNE, 33), JUNE, hours, "They are away.", by=maya(stage), at=stage.now)

    with stage.writing() as session:
        session.get_one(Renewal, renewal).renews_on = JUNE + timedelta(days=7)
    stage.draw(renewal)

    assert milestone(stage, renewal, "t30").due_on == JUNE + timedelta(days=7 - 33)


def test_a_letter_whose_milestone_was_moved_forward_waits_until_t_60_and_its_work_does_not(stage: Stage) -> None:
    renews_on = JUNE + timedelta(days=91)
    renewal = small(stage, renews_on)
    stage.draw(renewal)
    stage.live(days_before(renews_on, 101))
    with stage.writing() as session:
        found, moved = session.get_one(Renewal, renewal), Milestone.of_renewal(renewal)
        session.scalars(moved.where(Milestone.key == "t60")).one().waive("One is enough.", by=maya(stage), at=stage.now)
        t30 = session.scalars(moved.where(Milestone.key == "t30")).one()
        move(session, found, t30, days_before(renews_on, 100), "They plan early.", by=maya(stage), at=stage.now)
    stage.live(days_before(renews_on, 61))

    assert milestone(stage, renewal, "t30").reached_at
    assert stage.letters(renewal) == []
    assert {action.why for action in actions(stage, renewal) if action.outcome is ActionState.DUE} == {
        "It leaves at T-60, no earlier."
    }
    stage.live(days_before(renews_on, 58))
    assert stage.letters(renewal) == [("2026-07-20", "renewal_ready", "olga")]  # the 18th is a Saturday


def test_a_waived_milestone_says_nothing_and_does_nothing(stage: Stage) -> None:
    renewal = small(stage)
    stage.draw(renewal)
    with stage.writing() as session:
        waived = session.scalars(Milestone.of_renewal(renewal).where(Milestone.key == "t60")).one()
        waived.waive("They asked us not to.", by=maya(stage), at=stage.now)

    stage.live(days_before(JUNE, 40))

    assert stage.letters(renewal) == []
    with stage.writing() as session, pytest.raises(NotNow):
        session.get_one(Milestone, waived.id).waive("Again.", by=maya(stage), at=stage.now)


@pytest.mark.parametrize("how", ["moved", "left out"])
def test_what_was_written_down_before_a_person_changed_the_plan_is_not_done(stage: Stage, how: str) -> None:
    """Between the sweep and the drain there is a moment in which somebody decides otherwise."""
    renewal = small(stage)
    stage.draw(renewal)
    stage.now = milestone(stage, renewal, "t60").due_at
    with stage.writing() as session:
        Sweep.run(session, stage.policies(session)[PolicyKind.PLAN].content, at=stage.now)
        changed = session.scalars(Milestone.of_renewal(renewal).where(Milestone.key == "t60")).one()
        hours = hours_of(session.scalars(select(Account)).one(), stage.policies(session)[PolicyKind.PLAN])
        if how == "moved":
            changed.move_to(days_before(JUNE, 50), JUNE, hours, "They are away.", by=maya(stage), at=stage.now)
        else:
            changed.waive("They asked us not to.", by=maya(stage), at=stage.now)

    stage.live(days_before(JUNE, 40))

    said = [] if how == "left out" else [("2026-04-28", "reminder", "olga")]
    assert stage.letters(renewal) == said


@pytest.mark.parametrize("by", ["a person", "the plan"])
def test_what_was_left_out_before_it_could_be_done_is_done_when_it_is_in_the_plan_again(stage: Stage, by: str) -> None:
    renewal = stage.renewal("birch", Segment.ENTERPRISE, Health.YELLOW, JUNE)
    stage.now = datetime.combine(days_before(JUNE, 70), time(15, 30), UTC)
    stage.draw(renewal)
    _left_out(stage, renewal, by)
    stage.work()
    assert milestone(stage, renewal, "t150").is_left_out

    _in_the_plan_again(stage, renewal, by)
    stage.work()

    assert milestone(stage, renewal, "t150").state is MilestoneState.REACHED
    assert {one.outcome for one in actions(stage, renewal) if one.milestone.key == "t150"} == {ActionState.DONE}


def _left_out(stage: Stage, renewal: UUID, by: str) -> None:
    """Somebody's wish, or a milestone that only the worried have."""
    if by == "the plan":
        _becomes(stage, renewal, Health.GREEN)
        return
    with stage.writing() as session:
        chosen = session.get_one(Milestone, milestone(stage, renewal, "t150").id)
        chosen.waive("They asked us not to.", by=maya(stage), at=stage.now)


def _in_the_plan_again(stage: Stage, renewal: UUID, by: str) -> None:
    if by == "the plan":
        _becomes(stage, renewal, Health.YELLOW)
        return
    with stage.writing() as session:
        chosen = session.get_one(Milestone, milestone(stage, renewal, "t150").id)
        take_up(session, session.get_one(Renewal, renewal), chosen, by=maya(stage), at=stage.now)


def _becomes(stage: Stage, renewal: UUID, health: Health) -> None:
    with stage.writing() as session:
        account = session.get_one(Renewal, renewal).account
        account.health_score, account.health_band = SCORE[health], health
    stage.draw(renewal)


def test_who_signs_in_the_days_of_grace_is_thanked_the_day_after_and_the_work_begins_then(stage: Stage) -> None:
    renewal = small(stage)
    stage.draw(renewal)
    stage.live(JUNE + timedelta(days=3))
    stage.win(renewal)

    stage.live(JUNE + timedelta(days=8))

    assert stage.letters(renewal)[-1][:2] == ("2026-06-22", "thanks")  # the 21st is a Sunday
    opened = [one for one in actions(stage, renewal) if (one.milestone.key, one.kind.value) == ("after", "open_tasks")]
    assert [one.outcome for one in opened] == [ActionState.DONE]


def by_itself(stage: Stage, name: str) -> UUID:
    renewal = stage.renewal(name, Segment.SMB, Health.GREEN, JUNE)
    with stage.writing() as session:
        session.get_one(Renewal, renewal).term.auto_renew = True
    return renewal


def test_what_has_no_price_stops_nothing_but_its_own_notice_and_is_given_up_after_five_longer_and_longer_waits(
    stage: Stage,
) -> None:
    broken, sound = by_itself(stage, "ash"), by_itself(stage, "birch")
    with stage.writing() as session:
        session.get_one(Renewal, broken).term.lines[0].product = "insights"
    stage.draw(broken, sound)
    tried = []
    with capture_logs() as logged:
        stage.live(days_before(JUNE, 28))
        while notice(stage, broken).outcome is ActionState.DUE:
            tried.append(stage.now)
            stage.now = notice(stage, broken).due_at
            stage.work()

    waits = [later - earlier for earlier, later in zip(tried, [*tried[1:], stage.now], strict=True)]
    assert [one["renewal"] for one in logged] == 5 * [str(broken)]
    assert notice(stage, sound).outcome is ActionState.DONE
    assert (notice(stage, broken).outcome, notice(stage, broken).attempts) == (ActionState.FAILED, 5)
    assert "not among the lines" in notice(stage, broken).why
    assert waits[1:] == sorted(waits[1:]) and waits[-1] > timedelta(hours=12)
    assert [kind for _, kind, _ in stage.letters(broken)] == ["reminder", "renewal_ready"]


def notice(stage: Stage, renewal: UUID) -> Action:
    return next(one for one in actions(stage, renewal) if one.kind is ActionKind.LEGAL_NOTICE)


def test_found_at_t_5_each_of_us_hears_what_is_for_them(stage: Stage) -> None:
    stage.jump(days_before(JUNE, 5))
    renewal = stage.renewal("elm", Segment.MID_MARKET, Health.GREEN, JUNE)
    stage.draw(renewal)
    stage.work()

    told = {(one.email.partition("@")[0], one.kind.value) for one in stage.messages(renewal)}
    outcomes = {one.kind.value: one.outcome for one in actions(stage, renewal) if one.days >= 5}
    assert {("maya", "daily_check_in"), ("ines", "inform_manager"), ("maya", "escalate"), ("ines", "escalate")} <= told
    assert outcomes["inform_manager"] is ActionState.DONE


def republish(stage: Stage, change: Callable[[dict[str, Any]], None]) -> None:
    with stage.writing() as session:
        content = deepcopy(stage.policies(session)[PolicyKind.PLAN].content)
        change(content)
        Policy.publish(
            session, PolicyKind.PLAN, content, begins_on=stage.now.date(), reason="Ours", by=None, at=stage.now
        )


def test_a_late_letter_is_not_left_to_one_that_this_customer_does_not_get(stage: Stage) -> None:
    def without_follow_up(content: dict[str, Any]) -> None:
        next(rule for rule in content["automation"] if rule["kind"] == "follow_up")["segments"] = ["smb"]

    republish(stage, without_follow_up)
    stage.jump(days_before(JUNE, 20))
    renewal = stage.renewal("elm", Segment.MID_MARKET, Health.GREEN, JUNE)
    stage.draw(renewal)
    stage.work()

    assert {kind for _, kind, _ in stage.letters(renewal)} == {"summary_notice"}


def test_a_letter_that_a_new_plan_asks_for_too_late_is_not_sent_after_the_later_ones(stage: Stage) -> None:
    shipped = {}

    def without_60(content: dict[str, Any]) -> None:
        shipped.update(deepcopy(content))
        content["plans"]["smb"]["days"].remove(60)

    republish(stage, without_60)
    renewal = small(stage)
    stage.draw(renewal)
    stage.live(days_before(JUNE, 25))
    republish(stage, lambda content: content.update(shipped))
    stage.draw(renewal)
    stage.work()

    assert [kind for _, kind, _ in stage.letters(renewal)] == ["renewal_ready"]


def test_after_a_signature_the_rest_is_dropped_and_thanks_follow_the_day_after(stage: Stage) -> None:
    renewal = small(stage)
    stage.draw(renewal)
    stage.live(days_before(JUNE, 20))
    stage.win(renewal)

    stage.live(JUNE + timedelta(days=3))

    assert stage.letters(renewal)[-1][:2] == ("2026-05-29", "thanks")
    assert milestone(stage, renewal, "t14").state is MilestoneState.DROPPED


@pytest.mark.parametrize("lost", [False, True])
def test_work_that_is_open_when_it_is_decided_is_left_out_but_for_what_follows_a_signature(
    stage: Stage, lost: bool
) -> None:
    renewal = stage.renewal("elm", Segment.MID_MARKET, Health.GREEN, JUNE)
    stage.draw(renewal)
    stage.live(JUNE + timedelta(days=2))
    open_before = open_tasks(stage, renewal)
    with stage.writing() as session:
        found = session.get_one(Renewal, renewal)
        if lost:
            found.close_as_lost(LossReason.PRICE, by=None, at=stage.now)
        else:
            for step in (RenewalState.AGREED, RenewalState.CONTRACTING):
                found.advance(step, by=None, at=stage.now)
            found.close_as_won(at=stage.now)
        end(session, found, stage.policies(session)[PolicyKind.PLAN], at=stage.now)

    with stage.writing() as session:
        reasons = {task.reason for task in session.scalars(Task.of_renewal(renewal)) if task.state == TaskState.WAIVED}
    after = {"thanks", "documentation"}
    assert {"final_followup", "reality_check"} < open_before - after
    assert reasons == {f"The renewal was {'lost' if lost else 'won'} before this was done."}
    with stage.writing() as session:
        assert not any(Worklist.of(session, None, stage.now.date(), most=99).groups.get(Urgency.LATE, []))
    stage.live(JUNE + timedelta(days=5))
    assert open_tasks(stage, renewal) & (after | {"final_followup"}) == (set() if lost else after)


def open_tasks(stage: Stage, renewal: UUID) -> set[str]:
    with stage.writing() as session:
        return {task.pattern for task in session.scalars(Task.still_open(renewal))}


def test_whoever_said_no_is_not_reminded(stage: Stage) -> None:
    renewal = small(stage)
    stage.draw(renewal)
    stage.live(days_before(JUNE, 40))
    with stage.writing() as session:
        owner = session.scalars(select(Person).where(Person.email.startswith("birch.olga"))).one()
        session.get_one(Renewal, renewal).decline("Too dear.", by=owner, at=stage.now)

    stage.live(JUNE)

    assert [kind for _, kind, _ in stage.letters(renewal)] == ["reminder"]


def notices(stage: Stage, renewal: UUID) -> list[tuple[date, str]]:
    """By their last days to decline, with where they stand."""
    with stage.writing() as session:
        found = session.scalars(Notice.of_renewal(renewal)).unique()
        return sorted((one.deadline, one.state.value) for one in found)


def test_a_notice_is_written_anew_when_the_last_day_to_decline_moves_and_once_for_each(stage: Stage) -> None:
    renewal, later = by_itself(stage, "ash"), JUNE + timedelta(days=91)
    stage.draw(renewal)
    stage.live(days_before(JUNE, 25))
    for renews_on in (later, JUNE, later):
        with stage.writing() as session:
            session.get_one(Renewal, renewal).renews_on = renews_on
        stage.draw(renewal)
        stage.work()
    stage.live(days_before(later, 20))

    letters = [one for one in stage.messages(renewal) if one.kind is MessageKind.LEGAL_NOTICE]
    with stage.writing() as session:
        found = session.get_one(Renewal, renewal)
        old, new = (session.get_one(Notice, UUID(one.context["notice"])) for one in letters)
        assert "another now" in old.needless(found)
        assert new.needless(found) == ""
    assert notices(stage, renewal) == [(JUNE, "planned"), (later, "planned")]


def test_a_price_that_is_not_approved_is_looked_at_again_each_day_and_somebody_hears_of_it(stage: Stage) -> None:
    renewal = by_itself(stage, "ash")
    stage.draw(renewal)
    stage.now = milestone(stage, renewal, "notice").due_at
    with stage.writing() as session:
        policies, found = stage.policies(session), session.get_one(Renewal, renewal)
        Sweep.run(session, policies[PolicyKind.PLAN].content, at=stage.now)
        action = session.scalars(Action.due_of(renewal).where(Action.kind == ActionKind.LEGAL_NOTICE)).one()
        plan = session.scalars(select(Plan)).one()
        turn = Turn(session, found, plan, policies, (), Staff(session), stage.now)
        wait_for_approval(turn, action, days_before(JUNE, 15))
    told = [one for one in stage.messages(renewal) if one.kind is MessageKind.STUCK]
    stage.jump(days_before(JUNE, 27))

    assert [(one.email.partition("@")[0], one.context["until"]) for one in told] == [("maya", "2026-06-02")]
    assert notices(stage, renewal) == [(JUNE, "planned")]


def test_a_notice_is_moved_only_to_a_day_on_which_it_counts(stage: Stage) -> None:
    renewal = by_itself(stage, "ash")
    stage.draw(renewal)
    with stage.writing() as session:
        found, chosen = session.get_one(Renewal, renewal), milestone(stage, renewal, "notice")
        with pytest.raises(Malformed, match="counts only from 2026-05-18 to 2026-06-02") as no:
            move(session, found, chosen, days_before(JUNE, 40), "Early.", by=maya(stage), at=stage.now)

    assert no.value.field == "day"
