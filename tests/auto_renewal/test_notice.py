"""The notice: whose law asks for what, when it counts, and what the database itself refuses."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from datetime import date
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg.errors import CheckViolation, InsufficientPrivilege, RestrictViolation
from sqlalchemy import select

from app.transaction import Role
from renewals.notice_rule import Channel, rule_for
from renewals.pace import Pace
from renewals.plan.action import Action
from renewals.plan.milestone import Milestone
from renewals.plan.rule import NOTICE, ActionKind
from renewals.policy import PolicyKind, shipped
from tests.auto_renewal.juno import A_DAY, RENEWS_ON, Juno

MAYA = "maya@lumen.example"
BUSINESS: dict[str, Any] = {"customer": "business", "initial_months": 12, "renews_for_months": 12}


@pytest.mark.parametrize(
    ("country", "region", "months", "keys", "window", "ways"),
    [
        ("DE", "", 12, "kekal", (30, 15), {"mail", "paper"}),
        ("DE", "", 36, "kekal", (30, 15), {"mail", "paper"}),
        ("US", "CO", 12, "kekal", (30, 15), {"mail", "paper"}),
        ("US", "CA", 12, "kekal", (30, 15), {"mail", "paper"}),
        ("US", "WI", 12, "kekal", (30, 15), {"mail", "paper"}),
        ("US", "WI", 13, "kekal+us-wi-134.49", (30, 15), {"paper"}),
        ("US", "WI", 36, "kekal+us-wi-134.49", (30, 15), {"paper"}),
        ("US", "NY", 12, "kekal+us-ny-gol-5-903", (30, 15), {"paper"}),
        ("US", "NY", 1, "kekal", (30, 15), {"mail", "paper"}),
        ("US", "", 24, "kekal+us-wi-134.49+us-ny-gol-5-903", (30, 15), {"paper"}),
    ],
)
def test_the_rules_that_apply_or_may_apply_are_kept_together(
    country: str, region: str, months: int, keys: str, window: tuple[int, int], ways: set[str]
) -> None:
    facts = BUSINESS | {"country": country, "region": region, "initial_months": months, "renews_for_months": months}

    rule = rule_for(facts, shipped(PolicyKind.NOTICE))

    assert rule.name == keys
    assert (rule.window_from, rule.window_to, rule.send_days) == (*window, 28)
    assert rule.channels == {Channel(way) for way in ways}
    assert rule.window(date(2026, 8, 20)) == (date(2026, 7, 21), date(2026, 8, 5))


def test_a_notice_is_sent_no_earlier_than_a_law_lets_it_count() -> None:
    policy = deepcopy(shipped(PolicyKind.NOTICE))
    policy["rules"][1] |= {"window_from": 20, "window_to": 15}
    facts = BUSINESS | {"country": "US", "region": "NY"}

    assert rule_for(facts, policy).send_days == 20


def test_every_rule_names_its_source_and_when_it_was_read() -> None:
    policy = shipped(PolicyKind.NOTICE)

    for rule in (policy["default"], *policy["rules"]):
        assert rule["source"] and date.fromisoformat(rule["reviewed_on"])
    assert "counsel" in policy["counsel"].lower()


def test_where_only_paper_serves_a_mail_does_not_and_staff_enter_the_proof(juno: Juno) -> None:
    juno.alter("UPDATE notice SET state = 'planned', served_on = NULL, channel = NULL, proof = '', "
               "channels = '{paper}' WHERE renewal_id = %(renewal)s")
    maya, page = juno.world.signed_in(MAYA), f"/admin/renewals/{juno.renewal}"

    assert "on paper only" in maya.get(page).text
    assert maya.post(f"{page}/notice", {"served_on": "2026-08-05", "tracking": " "}, page=page).status_code == 422
    assert maya.post(f"{page}/notice", {"served_on": "2026-09-05", "tracking": "RR 1"}, page=page).status_code == 422
    assert maya.post(f"{page}/notice", {"served_on": "2026-07-20", "tracking": "RR 1"}, page=page).status_code == 422
    done = maya.post(f"{page}/notice", {"served_on": "2026-08-04", "tracking": "RR 123 DE"}, page=page)
    after = maya.get(page).text
    again = maya.post(f"{page}/notice", {"served_on": "2026-08-04", "tracking": "RR 123 DE"}, page=page)

    assert (done.status_code, again.status_code) == (303, 409)
    assert "on paper, RR 123 DE" in after and "Renews by itself" in after
    juno.world.stand_at(RENEWS_ON)
    assert juno.missing() == []


def test_days_that_went_by_without_proof_are_a_failure_that_somebody_hears_of(juno: Juno) -> None:
    juno.alter("UPDATE notice SET state = 'planned', served_on = NULL, channel = NULL, proof = '' "
               "WHERE renewal_id = %(renewal)s")
    juno.live(date(2026, 8, 6))

    assert juno.notice().state == "failed"
    assert [mail.to for mail in juno.mails("notice_unserved")] == [[MAYA]]


def test_what_was_given_up_is_told_with_its_reason_to_whoever_looks_after_it(juno: Juno) -> None:
    with juno.world.writing() as session:
        action = session.scalars(Action.of_renewal(juno.renewal).where(Action.kind == ActionKind.LEGAL_NOTICE)).one()
        action.attempts = len(Action.WAITS)
        action.stumbled("The plan is not among the lines.", at=action.due_at)
    juno.world.work()

    (mail,) = juno.mails("stuck")
    assert mail.to == [MAYA]
    assert "legal notice" in mail.text and "not among the lines" in mail.text and "by hand" in mail.text


def test_the_notice_is_printed_for_both_sides(juno: Juno) -> None:
    paper = juno.notice().document_id

    assert paper
    assert juno.world.signed_in(MAYA).get(f"/admin/documents/{paper}").content.startswith(b"%PDF")
    assert "Notice of renewal" in juno.world.signed_in("jonas@juno-studio.example").get("/documents").text


def test_another_policy_moves_the_notices_that_have_not_gone_out(juno: Juno) -> None:
    """The next term has its own, a year on; the one that was served stays where it was."""
    served = _noticed_on(juno, juno.renewal)
    juno.live(RENEWS_ON)
    following = juno.world.renewal("juno-studio")
    before = _noticed_on(juno, following)
    content = deepcopy(shipped(PolicyKind.NOTICE))
    content["default"]["send_days"] -= 5

    juno.publish(PolicyKind.NOTICE, content)

    assert following != juno.renewal
    assert _noticed_on(juno, following) == before + 5 * A_DAY
    assert _noticed_on(juno, juno.renewal) == served


def _noticed_on(juno: Juno, renewal: UUID) -> date:
    with juno.world.reading() as session:
        wanted = select(Milestone.due_on).where(Milestone.renewal_id == renewal, Milestone.key == NOTICE)
        return session.scalars(wanted).one()


INSERT = """
INSERT INTO payment (id, account_id, renewal_id, instalment_id, instalment_number, kind, state, key, request,
                     amount_minor, currency, card_text, keeps_card, sent_at, quarantined, version)
SELECT gen_random_uuid(), account_id, renewal_id, instalment_id, instalment_number, 'off_session', 'declined',
       gen_random_uuid()::text, '{}', amount_minor, currency, '', false, now(), false, 1 FROM payment LIMIT 1
"""


@pytest.mark.parametrize(
    ("how", "said"),
    [
        (None, None),
        ("UPDATE notice SET state = 'failed', served_on = NULL, channel = NULL, proof = ''", "no notice was served"),
        ("UPDATE notice SET price_minor = price_minor + 1", "no notice was served"),
        ("UPDATE notice SET content_hash = repeat('0', 64)", None),
        ("UPDATE notice SET told = '{}'", None),
        ("UPDATE notice SET content_hash = repeat('0', 64), told = '{}'", "no notice was served"),
        ("UPDATE notice SET content_hash = repeat('0', 64), told = jsonb_set(told, '{lines,0,quantity}', '16')",
         "no notice was served"),
        ("UPDATE notice SET deadline = deadline - 1", "no notice was served"),
        ("UPDATE renewal SET declined_at = now()", "does not renew by itself"),
        ("UPDATE term SET auto_renew = false", "does not renew by itself"),
        ("DELETE FROM consent", "agreed to be charged"),
    ],
)
def test_the_database_itself_refuses_the_row_of_such_a_charge(juno: Juno, how: Any, said: str | None) -> None:
    juno.world.put_card("juno-studio", "pm_card_chargeCustomerFail", "0341")
    juno.world.stand_at(RENEWS_ON)
    juno.fall_due()
    if how:
        juno.alter(how)

    with psycopg.connect(juno.world.house.settings.database_url) as connection:
        if said is None:
            assert connection.execute(INSERT).rowcount == 1
        else:
            with pytest.raises(RestrictViolation, match=said):
                connection.execute(INSERT)


@pytest.mark.parametrize(
    ("how", "refusal"),
    [
        ("UPDATE notice SET price_minor = 1", InsufficientPrivilege),
        ("UPDATE notice SET told = '{}'", InsufficientPrivilege),
        ("UPDATE notice SET served_on = served_on - 1", InsufficientPrivilege),
        ("DELETE FROM notice", InsufficientPrivilege),
        ("INSERT INTO notice SELECT (jsonb_populate_record(n, jsonb_build_object('id', gen_random_uuid(), 'deadline', "
         "'2027-01-01', 'served_on', '2026-08-06'))).* FROM notice n WHERE state = 'served' LIMIT 1", CheckViolation),
        ("INSERT INTO notice SELECT (jsonb_populate_record(n, jsonb_build_object('id', gen_random_uuid(), 'deadline', "
         "'2027-01-01', 'proof', ''))).* FROM notice n WHERE state = 'served' LIMIT 1", CheckViolation),
    ],
)
def test_what_a_notice_names_and_its_proof_stay_as_they_are(juno: Juno, how: Any, refusal: type[Exception]) -> None:
    with psycopg.connect(juno.world.house.settings.database_url) as connection, pytest.raises(refusal):
        connection.execute(how)


def test_the_workers_together_write_to_stripe_ten_times_a_second_at_most(juno: Juno) -> None:
    """Forty that come at once are given places a tenth of a second apart."""

    def take(number: int) -> float:
        with juno.world.house.database.begin(Role.WORKER) as (session, _):
            begun = session.connection().exec_driver_sql("SELECT extract(epoch FROM clock_timestamp())").scalar_one()
            return float(begun) + Pace.take(session, "stripe", 10)

    with ThreadPoolExecutor(8) as threads:
        places = sorted(threads.map(take, range(40)))

    seconds = Counter(int((place - places[0]) // 1) for place in places)
    assert places[-1] - places[0] >= 3.5
    assert max(seconds.values()) <= 11
