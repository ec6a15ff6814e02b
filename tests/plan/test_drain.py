"""Drain: what has come due is done once, and what is late together is one letter."""

from datetime import UTC, date, datetime

from sqlalchemy import select

from renewals.message import Message
from renewals.plan.action import Action, ActionState
from renewals.plan.milestone import Milestone, MilestoneState
from renewals.plan.plan import Plan
from renewals.plan.task import Task
from tests.world import World


def test_show(world: World) -> None:
    with world.reading() as session:
        key = world.renewal("halden-bank")
        print(len(session.scalars(select(Plan)).all()))
        for m in session.scalars(Milestone.of_renewal(key)):
            print(m.key, m.due_on, m.due_at, m.state, m.quiet)
        for a in session.scalars(Action.of_renewal(key)):
            print(a.kind, a.milestone.key, a.outcome, a.why)
        for t in session.scalars(Task.of_renewal(key)):
            print(t.pattern, t.due_on, t.assignee and t.assignee.name, t.state)
    from app.chores.day import begin_day
    from app.work import Work
    Work(world.house).run(begin_day)
    with world.reading() as session:
        for k in ("halden-bank", "cedar-dental", "northwind-freight", "pelangi-cafe"):
            key = world.renewal(k)
            print("==", k)
            for a in session.scalars(Action.of_renewal(key)):
                print(a.kind, a.milestone.key, a.outcome, a.why)
            for t in session.scalars(Task.of_renewal(key)):
                print(t.pattern, t.due_on, t.assignee and t.assignee.name, t.state)
            for msg in session.scalars(select(Message).where(Message.renewal_id == key)):
                print(msg.kind, msg.email, msg.context, msg.leave_at, msg.state, msg.queued)
