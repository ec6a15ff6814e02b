"""The timeline as a machine: whatever is moved, jumps, crashes or comes twice, each thing happens once and in time."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select
from sqlalchemy.orm import Session

from renewals.account import Account
from renewals.errors import Malformed, Refused
from renewals.health import Health
from renewals.message import Message
from renewals.person import Person
from renewals.plan import changing
from renewals.plan.action import Action, ActionState
from renewals.plan.drain import drain
from renewals.plan.ending import end
from renewals.plan.milestone import Milestone, MilestoneState
from renewals.plan.rule import TO_CUSTOMERS
from renewals.plan.sweep import Sweep
from renewals.policy import PolicyKind
from renewals.renewal import Renewal, RenewalState
from renewals.segment import Segment
from tests.plan.stage import CUSTOMERS, SCORE, Stage

ZONES = ("America/Los_Angeles", "America/Chicago", "Europe/Oslo", "Asia/Kuala_Lumpur", "Pacific/Apia", "Asia/Kathmandu")
FIRST_DAY = date(2027, 10, 11)
"""A leap day and both changes of the clocks lie ahead."""
NAMES = count()


class Crash(Exception):
    """The worker died before its transaction ended."""


class Timeline(RuleBasedStateMachine):
    """Renewals on one stage; the world moves round them."""

    renewals = Bundle("renewals")
    stage: Stage

    @initialize()
    def begin(self) -> None:
        self.stage.now = datetime.combine(FIRST_DAY, time(15, 30), UTC)
        self.mine: set[UUID] = set()
        with self.stage.writing() as session:
            session.scalars(select(Sweep)).one().until = self.stage.now

    @rule(
        target=renewals, segment=st.sampled_from(list(Segment)), health=st.sampled_from(list(Health)),
        days=st.integers(-2, 200), zone=st.sampled_from(ZONES),
    )
    def comes_in(self, segment: Segment, health: Health, days: int, zone: str) -> UUID:
        renews_on = self.stage.now.date() + timedelta(days=days)
        key = self.stage.renewal(f"company{next(NAMES)}", segment, health, renews_on, zone)
        self.stage.draw(key)
        self.mine.add(key)
        return key

    @rule(days=st.sampled_from([1, 1, 2, 5, 7, 30, 45]))
    def time_passes(self, days: int) -> None:
        self.stage.jump(self.stage.now.date() + timedelta(days=days))

    @rule(hours=st.integers(1, 23))
    def the_clock_turns(self, hours: int) -> None:
        self.stage.now += timedelta(hours=hours)
        self.stage.work()

    @rule()
    def a_second_worker_comes_to_the_same_moment(self) -> None:
        assert self.stage.work() == 0

    @rule(back=st.integers(1, 48))
    def a_clock_that_goes_backwards_repeats_nothing(self, back: int) -> None:
        now, self.stage.now = self.stage.now, self.stage.now - timedelta(hours=back)
        assert self.stage.work() == 0
        self.stage.now = now

    @rule(days=st.integers(1, 3), where=st.sampled_from(["sweep", "drain"]))
    def the_worker_dies(self, days: int, where: str) -> None:
        self.stage.now += timedelta(days=days)
        with pytest.raises(Crash), self.stage.writing() as session:  # noqa: PT012 — both may have begun
            Sweep.run(session, self.stage.policies(session)[PolicyKind.PLAN].content, at=self.stage.now)
            if where == "drain":
                drain(session, at=self.stage.now, batch=1)
            raise Crash
        self.stage.work()

    @rule(key=renewals, days=st.integers(-40, 60))
    def the_renewal_date_moves(self, key: UUID, days: int) -> None:
        self._a_minute_goes_by()
        with self.stage.writing() as session:
            renewal = session.get_one(Renewal, key)
            if not renewal.is_open:
                return
            renewal.renews_on += timedelta(days=days)
        self.stage.draw(key)

    @rule(key=renewals, zone=st.sampled_from(ZONES))
    def they_move_to_another_zone(self, key: UUID, zone: str) -> None:
        self._a_minute_goes_by()
        with self.stage.writing() as session:
            session.get_one(Account, session.get_one(Renewal, key).account_id).timezone = zone
        self._redraw(key)

    @rule(key=renewals, health=st.sampled_from(list(Health)))
    def their_health_changes(self, key: UUID, health: Health) -> None:
        self._a_minute_goes_by()
        with self.stage.writing() as session:
            account = session.get_one(Account, session.get_one(Renewal, key).account_id)
            account.health_score, account.health_band = SCORE[health], health
        self._redraw(key)

    @rule(key=renewals, days=st.integers(0, 20), data=st.data())
    def somebody_moves_a_milestone(self, key: UUID, days: int, data: st.DataObject) -> None:
        with self._by_hand(key, data) as (session, renewal, chosen, maya):
            day = renewal.account.today(self.stage.now) + timedelta(days=days)
            changing.move(session, renewal, chosen, day, "They are away.", by=maya, at=self.stage.now)

    @rule(key=renewals, data=st.data())
    def somebody_waives_a_milestone(self, key: UUID, data: st.DataObject) -> None:
        with self._by_hand(key, data) as (_, _, chosen, maya):
            changing.waive(chosen, "They asked us to.", by=maya, at=self.stage.now)

    @rule(key=renewals, data=st.data())
    def somebody_takes_a_milestone_up_again(self, key: UUID, data: st.DataObject) -> None:
        with self._by_hand(key, data) as (session, renewal, chosen, maya):
            changing.take_up(session, renewal, chosen, by=maya, at=self.stage.now)

    @rule(key=renewals)
    def they_renew(self, key: UUID) -> None:
        with self.stage.writing() as session:
            renewal = session.get_one(Renewal, key)
            if not renewal.is_open:
                return
            for state in (RenewalState.AGREED, RenewalState.CONTRACTING):
                renewal.advance(state, by=None, at=self.stage.now)
            renewal.close_as_won(at=self.stage.now)
            end(session, renewal, self.stage.policies(session)[PolicyKind.PLAN], at=self.stage.now)

    def _a_minute_goes_by(self) -> None:
        """Two decisions are never made in one moment; a letter after each of them is no letter said twice."""
        self.stage.now += timedelta(minutes=1)

    def _redraw(self, key: UUID) -> None:
        with self.stage.writing() as session:
            is_open = session.get_one(Renewal, key).is_open
        if is_open:
            self.stage.draw(key)

    @contextmanager
    def _by_hand(self, key: UUID, data: st.DataObject) -> Iterator[tuple[Session, Renewal, Milestone, Person]]:
        """One milestone, and who changes it; what may not be changed is refused, and then nothing is."""
        self._a_minute_goes_by()
        with self.stage.writing() as session:
            renewal, maya = session.get_one(Renewal, key), session.get_one(Person, self.stage.staff["maya"])
            chosen = data.draw(st.sampled_from(list(session.scalars(Milestone.of_renewal(renewal.id)))))
            before = chosen.state, chosen.due_at
            try:
                yield session, renewal, chosen, maya
            except (Refused, Malformed):
                assert (chosen.state, chosen.due_at) == before

    @invariant()
    def everything_holds(self) -> None:
        if not hasattr(self, "mine"):
            return
        with self.stage.writing() as session:
            for key in self.mine:
                self._holds(session.get_one(Renewal, key), *self._of(session, key))

    def _of(self, session: Session, key: UUID) -> tuple[list[Milestone], list[Action], list[Message]]:
        return (
            list(session.scalars(Milestone.of_renewal(key))),
            list(session.scalars(Action.of_renewal(key))),
            list(session.scalars(select(Message).where(Message.renewal_id == key))),
        )

    def _holds(
        self, renewal: Renewal, milestones: list[Milestone], actions: list[Action], messages: list[Message]
    ) -> None:
        zone = ZoneInfo(renewal.account.timezone)
        for one in milestones:
            if one.state is MilestoneState.PLANNED:
                assert one.due_on == renewal.renews_on - timedelta(days=one.days)
                if renewal.is_open:  # what follows a signature stays in the zone it was signed in
                    assert one.due_at.astimezone(zone).date() == one.due_on
            if one.reached_at is not None:
                assert one.due_at <= one.reached_at
        assert max(Counter((one.milestone_id, one.kind) for one in actions).values(), default=1) == 1
        letters = [one for one in messages if one.email.partition("@")[0].split(".")[-1] in CUSTOMERS]
        per_moment = Counter((one.person_id, one.planned_at) for one in letters)
        assert max(per_moment.values(), default=1) == 1
        by_hand = any(one.by_hand for one in milestones)
        for letter in letters:
            assert letter.leave_at >= letter.planned_at
            if not by_hand and letter.context["milestone"] != "after":
                assert letter.context["milestone"] in {"t60", "t30", "t14", "t7"}
        if renewal.state is RenewalState.WON:
            assert not [one for one in milestones if one.is_planned and one.key != "after"]

    def teardown(self) -> None:
        """In the end nothing is left lying, and each letter went to each reader once."""
        if not hasattr(self, "mine"):
            return
        self.stage.jump(self.stage.now.date() + timedelta(days=400))
        with self.stage.writing() as session:
            for key in self.mine:
                renewal = session.get_one(Renewal, key)
                milestones, actions, messages = self._of(session, key)
                self._holds(renewal, milestones, actions, messages)
                assert not [one for one in actions if one.outcome in (ActionState.DUE, ActionState.FAILED)]
                waits = {"after"} if renewal.is_open else set()
                assert {one.key for one in milestones if one.is_planned} <= waits
                said = Counter((one.person_id, one.kind, one.context["milestone"]) for one in messages)
                assert max(said.values(), default=1) == 1
                assert not [one for one in actions if one.kind in TO_CUSTOMERS and one.done_at is None]


def play(stage: Stage, examples: int, steps: int) -> None:
    class OnThisStage(Timeline):
        pass

    OnThisStage.stage = stage
    run_state_machine_as_test(
        OnThisStage,
        settings=settings(
            max_examples=examples, stateful_step_count=steps, deadline=None, derandomize=True, database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_fifteen_lives_of_a_timeline(stage: Stage) -> None:
    play(stage, 15, 15)


@pytest.mark.long
def test_five_thousand_lives_of_a_timeline(stage: Stage) -> None:
    play(stage, 5000, 20)
