"""Two contracts of one company: the word by which one may be charged says nothing about the other."""

from dataclasses import replace
from io import BytesIO
from typing import LiteralString
from uuid import UUID

import pytest
from alembic import command
from psycopg.errors import RestrictViolation
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app import migrate
from app.transaction import Role
from renewals import mandate
from renewals.account import Consent
from renewals.auto_renewal import Case, begin
from renewals.importing import Book, Sheet
from renewals.renewal import Renewal
from renewals.subscription import Subscription
from tests.auto_renewal.juno import JONAS, RENEWS_ON, Juno

ANOTHER = """\
external_id,account,plan,product,quantity,unit_price,starts_on,ends_on,notice_days,auto_renew,mandate_on
juno-second,juno-studio,growth,growth,3,432.00,2025-12-01,2026-12-01,30,true,2025-12-01
"""


def _another_contract(juno: Juno) -> UUID:
    """It renews by itself as well, and comes in with the day on which they agreed to that."""
    book = Book.read([Sheet.csv("subscriptions.csv", BytesIO(ANOTHER.encode()))])
    with juno.world.house.database.begin(Role.WORKER) as (session, now):
        book.enter(session, by=None, at=now.business)
    with juno.world.reading() as session:
        wanted = select(Renewal.id).join(Subscription, Subscription.id == Renewal.subscription_id)
        return session.scalars(wanted.where(Subscription.external_id == "juno-second")).one()


def test_that_one_may_be_charged_is_no_word_about_another(juno: Juno) -> None:
    juno.alter("DELETE FROM consent")
    _another_contract(juno)
    juno.world.stand_at(RENEWS_ON)

    assert juno.missing() == ["mandate"]
    with juno.world.house.database.begin(Role.WORKER) as (session, now):
        case = Case.of(session.get_one(Renewal, juno.renewal), at=now.business)
        of_the_other = session.scalars(select(Consent).where(Consent.kind == mandate.GIVEN)).one()
        with pytest.raises(IntegrityError, match="agreed to be charged") as refused:
            begin(replace(case, consent=of_the_other), at=now.business)
        session.rollback()
    assert isinstance(refused.value.orig, RestrictViolation)


def test_switching_one_off_leaves_the_other_on(juno: Juno) -> None:
    other = _another_contract(juno)
    jonas, page = juno.world.signed_in(JONAS), f"/renewals/{other}/auto-renewal"
    juno.world.stand_at(RENEWS_ON)

    assert jonas.post(f"{page}/withdrawal", {}, page=page).status_code == 303
    juno.world.work()
    assert "Switched off" in jonas.get(page).text
    assert "Switched on" in jonas.get(f"/renewals/{juno.renewal}/auto-renewal").text
    assert juno.missing() == []
    juno.fall_due()
    assert len(juno.charges()) == 1


def test_a_charge_of_one_keeps_nobody_from_switching_off_the_other(juno: Juno) -> None:
    other = _another_contract(juno)
    juno.world.sandbox.fault("500_before", times=9)
    juno.world.stand_at(RENEWS_ON)
    juno.fall_due()
    jonas, page = juno.world.signed_in(JONAS), f"/renewals/{other}/auto-renewal"

    assert jonas.post(f"{page}/withdrawal", {}, page=page).status_code == 303


def test_words_from_before_are_of_the_contract_they_came_in_with_or_else_of_every_one(juno: Juno) -> None:
    """Those that a book brought, those that a person said on a contract's page, and one that nobody can tell."""
    other = _another_contract(juno)
    jonas, page = juno.world.signed_in(JONAS), f"/renewals/{juno.renewal}/auto-renewal"
    jonas.post(f"{page}/withdrawal", {}, page=page)

    _before_and_again(juno)
    assert _switched_on(juno) == {other}
    _before_and_again(juno, OF_THE_COMPANY)
    assert _switched_on(juno) == {juno.renewal, other}


OF_THE_COMPANY = """
INSERT INTO consent (id, account_id, person_id, kind, text_version, text_hash, given_at, ip, user_agent)
SELECT gen_random_uuid(), account_id, person_id, 'auto_renewal', '', '', '2026-08-20', '', ''
FROM consent WHERE kind = 'auto_renewal' LIMIT 1
"""


def _before_and_again(juno: Juno, said: LiteralString = "SELECT") -> None:
    config = migrate.config(juno.world.house.settings.database_url)
    command.downgrade(config, "0022")
    juno.alter(said)
    command.upgrade(config, "head")


def _switched_on(juno: Juno) -> set[UUID]:
    with juno.world.reading() as session:
        theirs = session.scalars(select(Renewal).where(Renewal.account_id == juno.account(session)))
        return {each.id for each in theirs if each.is_open and mandate.standing(session, each.subscription_id)}
