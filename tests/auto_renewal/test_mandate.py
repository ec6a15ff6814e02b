"""Mandate: the customer lets the card be charged by itself and switches that off; the last word counts."""

import hashlib
from dataclasses import replace

import pytest
from psycopg.errors import RestrictViolation
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from app.transaction import Role
from renewals import mandate
from renewals.account import Consent
from renewals.auto_renewal import Case, begin
from renewals.event import EventName
from renewals.plan.touch import Touch
from renewals.policy import PolicyKind, shipped
from renewals.renewal import Renewal
from renewals.routing.routing import Routing
from tests.auto_renewal.juno import JONAS, RENEWS_ON, Juno

MARA = "mara@juno-studio.example"
AGREED = {"agreed": shipped(PolicyKind.TERMS)["charge_consent"]["version"]}


def _switch(juno: Juno, how: str, *, language: str = "en") -> int:
    jonas, page = juno.world.signed_in(JONAS), f"/renewals/{juno.renewal}/auto-renewal"
    jonas.post("/language", {"locale": language, "next": page})
    path, form = (page, AGREED) if how == "on" else (f"{page}/withdrawal", {})
    return jonas.post(path, form, page=page).status_code


def _touch(juno: Juno) -> Touch:
    with juno.world.reading() as session:
        return session.scalars(select(Routing.touch).where(Routing.renewal_id == juno.renewal)).one()


def test_who_switched_it_off_is_not_charged_and_has_not_said_no(juno: Juno) -> None:
    assert _switch(juno, "off") == 303
    juno.world.work()
    juno.live(RENEWS_ON)

    with juno.world.reading() as session:
        renewal = session.get_one(Renewal, juno.renewal)
        assert renewal.is_open and not renewal.is_declined
    assert juno.charges() == []
    assert "mandate" in juno.held_back()[0]
    assert _touch(juno) is Touch.ASSISTED


def test_who_will_be_charged_by_itself_is_told_so_and_how_much_for_as_long_as_it_is_so(juno: Juno) -> None:
    jonas, said = juno.world.signed_in(JONAS), "If you do nothing, <span class=\"nowrap\">EUR 6,120.00</span>"
    pages = ("/", f"/renewals/{juno.renewal}")

    assert all(said in jonas.get(page).text for page in pages)
    assert "Saturday, 19 September 2026, by itself" in jonas.get("/").text
    _switch(juno, "off")
    assert not any("If you do nothing" in jonas.get(page).text for page in pages)


def test_who_switches_it_on_again_is_charged_under_the_words_they_read(juno: Juno) -> None:
    _switch(juno, "off")
    assert _switch(juno, "on", language="ms") == 303
    juno.world.work()
    juno.world.stand_at(RENEWS_ON)

    with juno.world.reading() as session:
        said = session.scalars(select(Consent).order_by(Consent.given_at.desc())).first()
    words = shipped(PolicyKind.TERMS)["charge_consent"]
    assert said and said.text_hash == hashlib.sha256(words["ms"].encode()).hexdigest()
    assert juno.missing() == []
    assert _touch(juno) is Touch.AUTO
    juno.fall_due()
    assert len(juno.charges()) == 1


def test_it_is_never_switched_on_without_a_tick_a_card_or_the_right_to_renew(juno: Juno) -> None:
    _switch(juno, "off")
    page = f"/renewals/{juno.renewal}/auto-renewal"
    jonas, mara = juno.world.signed_in(JONAS), juno.world.signed_in(MARA)

    assert jonas.post(page, page=page).status_code == 422
    assert mara.post(page, AGREED, page="/").status_code == 403
    juno.alter("UPDATE card SET expires_on = '2026-09-18' WHERE active")
    assert _switch(juno, "on") == 409
    assert 'name="agreed"' not in jonas.get(page).text
    assert juno.events(EventName.MANDATE_GIVEN) == []


def test_both_are_in_the_story_that_the_staff_read(juno: Juno) -> None:
    _switch(juno, "off")
    _switch(juno, "on")

    story = juno.world.signed_in("maya@lumen.example").get(f"/admin/renewals/{juno.renewal}").text

    assert "took back that the card on file may be charged" in story
    assert "agreed that the card on file may be charged" in story


def test_the_database_itself_lets_no_charge_follow_a_withdrawal(juno: Juno) -> None:
    juno.world.stand_at(RENEWS_ON)
    _switch(juno, "off")

    with juno.world.house.database.begin(Role.WORKER) as (session, now):
        case = Case.of(session.get_one(Renewal, juno.renewal), at=now.business)
        older = session.scalars(select(Consent).where(Consent.kind == mandate.GIVEN).limit(1)).one()
        with pytest.raises(IntegrityError) as refused:
            begin(replace(case, consent=older), at=now.business)
        session.rollback()
    assert isinstance(refused.value.orig, RestrictViolation)


def test_nobody_switches_it_off_while_the_card_is_being_charged(juno: Juno) -> None:
    """Nor does the database let it in beside a charge, whoever writes it."""
    juno.world.sandbox.fault("500_before", times=9)
    juno.world.stand_at(RENEWS_ON)
    juno.fall_due()

    assert _switch(juno, "off") == 409
    with pytest.raises(IntegrityError) as refused:
        _write_withdrawal(juno)
    assert isinstance(refused.value.orig, RestrictViolation)


WITHDRAWAL = """
INSERT INTO consent (id, account_id, person_id, subscription_id, kind, text_version, text_hash, given_at, ip,
                     user_agent)
SELECT gen_random_uuid(), account_id, person_id, subscription_id, 'auto_renewal_withdrawn', '', '',
       now() + interval '1 year', '', ''
FROM consent WHERE subscription_id = (SELECT subscription_id FROM renewal WHERE id = :renewal) LIMIT 1
"""


def _write_withdrawal(juno: Juno) -> None:
    with juno.world.writing() as session:
        session.execute(text(WITHDRAWAL), {"renewal": juno.renewal})
