"""Who paused the letters is skipped when they are planned; when nobody is left, the owner hears of it."""

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select

from renewals.health import Health
from renewals.message import MessageKind
from renewals.person import Person
from renewals.plan.action import Action, ActionState
from renewals.renewal import Renewal
from renewals.segment import Segment
from renewals.snooze import Snooze
from tests.plan.stage import Stage

JUNE = date(2026, 6, 17)


def pause(stage: Stage, renewal: UUID, who: str, days: int) -> None:
    with stage.writing() as session:
        reader = session.scalars(select(Person).where(Person.name == f"birch {who}")).one()
        Snooze.begin(session, Renewal.find(session, renewal), days, by=reader, at=stage.now)


def test_a_paused_reader_is_not_written_to_and_the_owner_is_told_for_each_letter(stage: Stage) -> None:
    stage.jump(JUNE - timedelta(days=35))
    renewal = stage.renewal("birch", Segment.SMB, Health.GREEN, JUNE)
    stage.draw(renewal)
    pause(stage, renewal, "olga", 14)

    stage.live(JUNE)

    told = [one for one in stage.messages(renewal) if one.kind is MessageKind.PAUSED]
    with stage.writing() as session:
        skipped = session.scalars(select(Action.why).where(Action.outcome == ActionState.SKIPPED)).all()
    assert [kind for _, kind, _ in stage.letters(renewal)] == ["follow_up", "final_reminder"]
    assert [one.context["letter"] for one in told] == ["renewal ready"]
    assert "They paused our letters." in skipped


def test_the_others_are_written_to_as_before(stage: Stage) -> None:
    stage.jump(JUNE - timedelta(days=35))
    renewal = stage.renewal("birch", Segment.MID_MARKET, Health.GREEN, JUNE)
    stage.draw(renewal)
    pause(stage, renewal, "sven", 30)

    stage.live(JUNE - timedelta(days=29))

    assert {(kind, who) for _, kind, who in stage.letters(renewal)} >= {("summary_notice", "olga")}
    assert "sven" not in {who for _, _, who in stage.letters(renewal)}
    assert MessageKind.PAUSED not in {one.kind for one in stage.messages(renewal)}
