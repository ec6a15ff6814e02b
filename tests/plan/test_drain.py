"""Drain: what has come due is done once, and what is late together is one letter."""

from datetime import date, timedelta
from threading import Barrier, Thread
from uuid import UUID

import pytest
from sqlalchemy import func, select

from renewals.account import Account
from renewals.errors import Malformed, NotNow
from renewals.health import Health
from renewals.person import Person
from renewals.plan.action import Action, ActionState
from renewals.plan.drain import drain
from renewals.plan.ending import end
from renewals.plan.milestone import Milestone, MilestoneState
from renewals.plan.plan import hours_of
from renewals.plan.sweep import Sweep
from renewals.plan.task import Task, TaskState
from renewals.plan.worklist import Urgency, Worklist
from renewals.policy import PolicyKind
from renewals.renewal import LossReason, Renewal, RenewalState
from renewals.segment import Segment
from tests.plan.stage import Stage

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


def test_after_a_signature_the_rest_is_dropped_and_thanks_follow_the_day_after(stage: Stage) -> None:
    renewal = small(stage)
    stage.draw(renewal)
    stage.live(days_before(JUNE, 20))
    with stage.writing() as session:
        won = session.get_one(Renewal, renewal)
        won.advance(RenewalState.AGREED, by=None, at=stage.now)
        won.advance(RenewalState.CONTRACTING, by=None, at=stage.now)
        won.close_as_won(at=stage.now)
        end(session, won, stage.policies(session)[PolicyKind.PLAN], at=stage.now)

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
    assert {*after, "final_followup", "reality_check"} < open_before
    assert open_tasks(stage, renewal) & (after | {"final_followup"}) == (set() if lost else after)
    assert reasons == {f"The renewal was {'lost' if lost else 'won'} before this was done."}
    with stage.writing() as session:
        assert not any(Worklist.of(session, None, stage.now.date(), most=99).groups.get(Urgency.LATE, []))


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
