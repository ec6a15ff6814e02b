"""Whose work comes first: nobody who keeps the house busy keeps others waiting at the door."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select, text

from app.chores.plan import route_customer
from app.jobs import defer
from app.work import Work
from renewals.event import Event, EventName
from renewals.renewal import NOES_A_DAY, Renewal
from tests.money.parties import RUTH
from tests.world import World

ANNA = "anna@halden-bank.example"


def test_whoever_wants_to_sign_in_is_written_to_before_the_letters_that_others_caused(world: World) -> None:
    ruth, path = world.signed_in(RUTH), f"/renewals/{world.renewal('cedar-dental')}/opt-out"
    before = len(world.mails())
    for _ in range(NOES_A_DAY - 1):
        ruth.post(path)
        ruth.post(f"{path}/withdrawal")
    world.visitor().post("/sign-in", {"email": ANNA}, page="/sign-in")

    world.work()

    came = [mail.kind for mail in sorted(world.mails(), key=lambda mail: mail.arrived)[before:]]
    assert len(came) > 12
    assert came.index("sign_in") < 4  # what is under way at the same time


def test_what_changes_often_at_one_customer_is_routed_once_for_all_of_it(world: World) -> None:
    ruth, key = world.signed_in(RUTH), world.renewal("cedar-dental")
    with world.reading() as session:
        account = session.get_one(Renewal, key).account_id
        other = session.get_one(Renewal, world.renewal("halden-bank")).account_id
    for _ in range(2):
        ruth.post(f"/renewals/{key}/opt-out")
        ruth.post(f"/renewals/{key}/opt-out/withdrawal")
    with world.writing() as session:
        defer(session.connection(), "route_customer", {"subject": str(other)})
    assert _to_be_routed(world) == [account] * 4 + [other]

    Work(world.house).run(route_customer, subject=account)

    assert _to_be_routed(world) == [other]


def _to_be_routed(world: World) -> Sequence[UUID]:
    waiting = "SELECT args->>'subject' FROM procrastinate_jobs WHERE task_name = 'route_customer' ORDER BY id"
    with world.reading() as session:
        return [UUID(subject) for subject in session.scalars(text(waiting))]


def test_a_no_is_heard_at_any_time_but_taken_back_only_so_often_in_a_day(world: World) -> None:
    ruth, key = world.signed_in(RUTH), world.renewal("cedar-dental")
    path = f"/renewals/{key}/opt-out"

    answers = []
    for _ in range(NOES_A_DAY):
        answers += [ruth.post(path), ruth.post(f"{path}/withdrawal")]
    again = ruth.post(path)
    with world.reading() as session:
        noes = session.scalars(select(Event.at).where(Event.name == EventName.RENEWAL_DECLINED)).all()
        stands = session.get_one(Renewal, key).is_declined
    world.stand_at(noes[-1].date() + timedelta(days=2))
    tomorrow = ruth.post(f"{path}/withdrawal")

    assert [answer.status_code for answer in answers] == [303] * (2 * NOES_A_DAY - 1) + [409]
    assert "You have changed your mind often today" in answers[-1].text
    assert stands and len(noes) == NOES_A_DAY
    assert again.status_code == 409  # it stands already
    assert tomorrow.status_code == 303
