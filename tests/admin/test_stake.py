"""Stakes on the staff's pages: seen with what is wrong, changed by who runs renewals, never a customer's to read."""

from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import select

from app.chores.day import begin_day
from app.work import Work
from renewals.account import Account
from renewals.message import ABOUT_RENEWAL, Message, MessageState
from renewals.person import Person
from renewals.plan.readers import readers
from renewals.renewal import Renewal
from renewals.stake import Stake
from tests.admin.test_record import said
from tests.world import World

MAYA, FARAH = "maya@lumen.example", "farah@lumen.example"
ANNA, ERIK, VICTOR = (
    "anna@halden-bank.example", "erik@halden-bank.example", "victor@northwind-freight.example",
)


def account_of(world: World, external_id: str) -> UUID:
    with world.reading() as session:
        return session.scalars(select(Account.id).where(Account.external_id == external_id)).one()


def page_of(world: World, external_id: str, email: str = MAYA) -> str:
    return said(world.signed_in(email).get(f"/admin/accounts/{account_of(world, external_id)}").text)


def stake_of(world: World, email: str) -> Stake:
    with world.reading() as session:
        return session.scalars(select(Stake).where(Stake.person_id == world.person(email).id)).one()


def leave(world: World, email: str) -> None:
    with world.writing() as session:
        session.get_one(Person, world.person(email).id).active = False


def test_the_page_shows_who_plays_which_part_and_what_is_wrong(world: World) -> None:
    northwind, orbit = page_of(world, "northwind-freight"), page_of(world, "orbit-labs")

    assert "Economic buyer, Decision maker" in northwind
    assert "“Freight rates fell; every contract is looked at”" in northwind
    assert "Victor Ames counts in the decision, and the last contact was 78 days ago" in northwind
    assert "The tie to Sam Whitaker, who decides, is weak" in orbit
    assert "Everything hangs on Iris Chen: no second relationship is alive" in orbit


def test_the_record_of_a_renewal_warns_too(world: World) -> None:
    page = said(world.signed_in(MAYA).get(f"/admin/renewals/{world.renewal('northwind-freight')}").text)

    assert "Victor Ames counts in the decision, and the last contact was 78 days ago" in page


def test_what_is_known_is_changed_in_one_form_and_the_story_names_who(world: World) -> None:
    maya, path = world.signed_in(MAYA), f"/admin/people/{world.person(VICTOR).id}/stake"
    form = {"part_legal": "yes", "part_decision_maker": "yes", "strength": "weak", "stance": "", "concern": " Rates ",
            "engaged_by": str(world.person("grace@lumen.example").id), "last_contact_on": "2026-08-04"}

    answer = maya.post(path, form, page=path)

    stake, page = stake_of(world, VICTOR), page_of(world, "northwind-freight")
    assert answer.status_code == 303
    assert (stake.buying_roles, stake.strength, stake.stance) == (["decision_maker", "legal"], "weak", None)
    assert (stake.concern, stake.last_contact_on) == ("Rates", date(2026, 8, 4))
    assert "Maya Iskandar changed what is known of Victor Ames" in page
    assert "The tie to Victor Ames, who decides, is weak" in page


@pytest.mark.parametrize(
    "wrong",
    [{"strength": "iron"}, {"last_contact_on": "2027-01-01"}, {"last_contact_on": "soon"}, {"concern": "x" * 401},
     {"engaged_by": "nobody"}],
    ids=lambda wrong: next(iter(wrong)),
)
def test_what_can_not_be_is_said_where_it_was_typed_and_stays_typed(world: World, wrong: dict[str, str]) -> None:
    maya, path = world.signed_in(MAYA), f"/admin/people/{world.person(VICTOR).id}/stake"

    answer = maya.post(path, {"concern": "Kept as typed"} | wrong, page=path)

    assert answer.status_code == 422
    assert "field__trouble" in answer.text
    assert ("Kept as typed" in answer.text) is ("concern" not in wrong)
    assert stake_of(world, VICTOR).strength == "medium"


def test_who_only_reads_sees_it_and_is_offered_no_change(world: World) -> None:
    path = f"/admin/people/{world.person(VICTOR).id}/stake"

    assert "/stake" not in world.signed_in(FARAH).get(f"/admin/accounts/{account_of(world, 'halden-bank')}").text
    assert world.signed_in(FARAH).get(path).status_code == 403
    assert world.signed_in(MAYA).get(f"/admin/people/{world.person(FARAH).id}/stake").status_code == 404


def test_a_champion_who_left_is_warned_of_and_gets_no_mail(world: World) -> None:
    leave(world, ANNA)

    page = page_of(world, "halden-bank")
    with world.reading() as session:
        renewal = session.get_one(Renewal, world.renewal("halden-bank"))
        played = [person.email for person, _ in readers(session, renewal, ("champion",))]

    assert "Anna Lindqvist, their champion, left and nobody has taken that part" in page
    assert ANNA not in played


def test_a_letter_that_waits_for_a_champion_who_leaves_is_not_sent(world: World) -> None:
    leave(world, ANNA)
    sent = [mail for mail in world.mails() if ANNA in mail.to]

    for day in (date(2026, 9, 21), date(2026, 10, 5)):  # two days of letters: T-30 and T-14, in office hours
        world.stand_at(day)
        Work(world.house).run(begin_day)
        world.work()

    with world.reading() as session:
        to_anna = select(Message).where(Message.email == ANNA, Message.kind.in_(ABOUT_RENEWAL))
        later = [one for one in session.scalars(to_anna) if one.planned_at.date() > date(2026, 8, 5)]
        assert [one for one in later if one.state is not MessageState.DROPPED] == []
    assert [mail for mail in world.mails() if ANNA in mail.to] == sent
    assert [mail for mail in world.mails() if ERIK in mail.to and mail.kind in {one.value for one in ABOUT_RENEWAL}]
