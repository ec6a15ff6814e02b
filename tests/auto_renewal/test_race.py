"""Race: "do not renew" against the charge, wherever one of them stands when the other comes.

Either is stopped before one of its statements while the other goes on as far as it is let, or can.
"""

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from threading import Event as Signal
from threading import Thread, current_thread
from uuid import UUID

import pytest
from psycopg.errors import RestrictViolation, UniqueViolation
from sqlalchemy import event, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from app.chores.auto_renewal import renew_automatically
from app.transaction import Role
from app.work import Work
from renewals import closing
from renewals.auto_renewal import fall_due
from renewals.errors import NotNow
from renewals.payment import Payment, PaymentState
from renewals.person import Person
from renewals.renewal import Renewal
from tests.auto_renewal.juno import JONAS, RENEWS_ON, Juno

QUICK, LONG, MUTANT = 60, 2000, 40
PATIENCE = 0.04
"""Seconds one waits for the other, which may itself be waiting for a lock."""
CHARGE, NO = "charge", "no"
LOCKED = re.compile(r" FOR (NO KEY )?UPDATE( OF \w+)?( SKIP LOCKED)?")
STAGES = ("preparing", "agreed")
"""An agreed renewal is not moved by the yes, so that its version guards nothing."""
STATEMENTS = {CHARGE: 45, NO: 16}
"""Somewhat more than either of them asks of the database."""
ON_THE_DAY = (
    "UPDATE term SET notice_days = 0 WHERE id = (SELECT term_id FROM renewal WHERE id = %(renewal)s)",
    "UPDATE notice SET deadline = '2026-09-19' WHERE renewal_id = %(renewal)s",
)
"""Without notice days the last day to say no is the day of the charge."""
AFRESH = """
DELETE FROM line WHERE term_id IN (SELECT id FROM term WHERE agreement_id IS NOT NULL);
DELETE FROM renewal WHERE term_id IN (SELECT id FROM term WHERE agreement_id IS NOT NULL);
DELETE FROM term WHERE agreement_id IS NOT NULL;
DELETE FROM agreement; DELETE FROM payment; DELETE FROM instalment; DELETE FROM acceptance; DELETE FROM approval;
DELETE FROM offer; DELETE FROM procrastinate_jobs;
UPDATE renewal SET state = '%s', closed_at = NULL, declined_at = NULL, declined_by = NULL,
    declined_reason = NULL WHERE id = '%s'
"""
TRIGGERS = "DROP TRIGGER charged_by_itself ON payment; DROP TRIGGER no_against_a_charge ON renewal"


@dataclass
class Turns:
    """One meeting: `first` stops before its statement `stop[first]`, then the other before its own."""

    first: str
    stop: dict[str, int]
    counted: Counter[str] = field(default_factory=Counter)
    here: dict[str, Signal] = field(default_factory=lambda: {CHARGE: Signal(), NO: Signal()})

    def before_statement(self) -> None:
        me = current_thread().name
        if me not in STATEMENTS:
            return
        self.counted[me] += 1
        if self.counted[me] == self.stop[me]:
            self.here[me].set()
            self.here[NO if me == CHARGE else CHARGE].wait(PATIENCE)

    def meet(self, deeds: dict[str, Callable[[], None]]) -> dict[str, BaseException | None]:
        ends: dict[str, BaseException | None] = {}

        def go(name: str) -> None:
            try:
                deeds[name]()
                ends[name] = None
            except (NotNow, IntegrityError, StaleDataError) as no:
                ends[name] = no
            finally:
                self.here[name].set()

        second = NO if self.first == CHARGE else CHARGE
        threads = [Thread(target=go, name=name, args=(name,)) for name in (self.first, second)]
        threads[0].start()
        self.here[self.first].wait(1)
        self.here[self.first].clear()
        threads[1].start()
        for thread in threads:
            thread.join(30)
        return ends


def test_a_no_that_was_acknowledged_is_never_followed_by_a_charge(juno: Juno) -> None:
    ends = _meetings(juno, QUICK)

    assert ends["both"] == 0
    assert ends[CHARGE] > QUICK // 10 and ends[NO] > QUICK // 10
    assert len(juno.charges()) == ends[CHARGE]


@pytest.mark.long
def test_two_thousand_meetings(juno: Juno) -> None:
    ends = _meetings(juno, LONG)

    assert ends["both"] == 0
    assert len(juno.charges()) == ends[CHARGE]


def test_without_our_locks_the_database_still_holds(juno: Juno) -> None:
    ends = _meetings(juno, MUTANT, unlocked=True)

    assert ends["both"] == 0
    assert len(juno.charges()) == ends[CHARGE]


def test_without_locks_and_triggers_they_are_charged_after_their_no(juno: Juno) -> None:
    juno.alter(TRIGGERS)
    ends = _meetings(juno, MUTANT, unlocked=True)

    assert ends["both"] > 0


def _meetings(juno: Juno, many: int, *, unlocked: bool = False) -> Counter[str]:
    """How often it ended with a charge, with a no, with both, with neither."""
    juno.world.stand_at(RENEWS_ON)
    for how in ON_THE_DAY:
        juno.alter(how)  # type: ignore[arg-type]
    by, draw, ends = juno.world.person(JONAS).id, random.Random(27), Counter[str]()
    for _ in range(many):
        stop = {name: draw.randint(1, most) for name, most in STATEMENTS.items()}
        turns = Turns(draw.choice((CHARGE, NO)), stop)
        juno.alter(AFRESH % (draw.choice(STAGES), juno.renewal))  # type: ignore[arg-type]
        with _watched(juno, turns, unlocked=unlocked):
            said = turns.meet({CHARGE: partial(_charge, juno, _fell_due(juno)), NO: partial(_decline, juno, by)})
        assert all(_is_a_refusal(end) for end in said.values()), said
        ends[_ending(juno, said[NO] is None)] += 1
    return ends


def _is_a_refusal(end: BaseException | None) -> bool:
    """Nothing else went wrong: done, refused in words, by the version, or by the database."""
    if isinstance(end, IntegrityError):
        return isinstance(end.orig, RestrictViolation | UniqueViolation)
    return end is None or isinstance(end, NotNow | StaleDataError)


def _ending(juno: Juno, said_no: bool) -> str:
    with juno.world.reading() as session:
        states = session.scalars(select(Payment.state).where(Payment.renewal_id == juno.renewal)).all()
    charged = PaymentState.SUCCEEDED in states
    return "both" if charged and said_no else CHARGE if charged else NO if said_no else "neither"


def _fell_due(juno: Juno) -> UUID:
    with juno.world.house.database.begin(Role.WORKER) as (session, now):
        fell = fall_due(session.get_one(Renewal, juno.renewal), at=now.business, step="t0")
        session.flush()
        return fell.id


def _charge(juno: Juno, event: UUID) -> None:
    Work(juno.world.house).run(renew_automatically, subject=juno.renewal, event=event)


def _decline(juno: Juno, by: UUID) -> None:
    """What the page does, in the customer's own transaction."""

    def say_no(work: Work) -> None:
        renewal = Renewal.find(work.session, juno.renewal, lock=True)
        closing.decline(renewal, "", by=work.session.get_one(Person, by), at=work.now)

    with juno.world.reading() as session:
        account = juno.account(session)
    Work(juno.world.house, account).run(say_no)


@contextmanager
def _watched(juno: Juno, turns: Turns, *, unlocked: bool) -> Iterator[None]:
    engine = juno.world.house.database.engine

    def before(connection: object, cursor: object, statement: str, parameters: object, *rest: object) -> (
        tuple[str, object]
    ):
        turns.before_statement()
        return LOCKED.sub("", statement) if unlocked else statement, parameters

    event.listen(engine, "before_cursor_execute", before, retval=True)
    yield
    event.remove(engine, "before_cursor_execute", before)
