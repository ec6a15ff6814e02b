"""The predicate: take away any one thing that must be so, and nothing is charged."""

from datetime import date
from typing import LiteralString

import pytest
from sqlalchemy import select

from app.transaction import Role
from pricing.policy import Strategy
from renewals.auto_renewal import CONJUNCTS
from renewals.event import EventName
from renewals.loss import lose
from renewals.person import Person
from renewals.policy import Policy, PolicyKind, shipped
from renewals.renewal import LossReason, Renewal
from renewals.routing.knowing import Known
from tests.auto_renewal.juno import A_DAY, DECIDE_BY, JONAS, RENEWS_ON, Juno
from tests.money.parties import open_checkout

OTHER = "'0000000000000000000000000000000000000000000000000000000000000000'"
TAKEN_AWAY: dict[str, LiteralString] = {
    "open": "UPDATE renewal SET state = 'lost' WHERE id = %(renewal)s",
    "clause": "UPDATE term SET auto_renew = false WHERE id = (SELECT term_id FROM renewal WHERE id = %(renewal)s)",
    "due": "UPDATE renewal SET renews_on = renews_on + 1 WHERE id = %(renewal)s",
    "stays": "UPDATE renewal SET declined_at = now() WHERE id = %(renewal)s",
    "mandate": "DELETE FROM consent",
    "card": "UPDATE card SET expires_on = '2026-09-18' WHERE active",
    "notice": "UPDATE notice SET state = 'planned', served_on = NULL, channel = NULL, proof = '' "
    "WHERE renewal_id = %(renewal)s",
    "price": "UPDATE notice SET price_minor = price_minor - 1 WHERE renewal_id = %(renewal)s",
    "standing": "UPDATE payment SET quarantined = true",
    "choice": "WITH untried AS (DELETE FROM payment WHERE renewal_id = %(renewal)s) "
    "UPDATE acceptance SET evidence = '{\"known_by\": \"code\"}' WHERE renewal_id = %(renewal)s",
    "touch": "UPDATE routing SET touch = 'assisted' WHERE renewal_id = %(renewal)s",
}
"""How each is taken away, past every verb, in the database itself."""
AFTER_A_TRY = ("standing", "choice")
"""What can only be so when something was tried before."""


def test_with_everything_there_it_is_charged(juno: Juno) -> None:
    juno.world.stand_at(RENEWS_ON)

    assert juno.missing() == []
    juno.fall_due()
    assert len(juno.charges()) == 1


@pytest.mark.parametrize("name", TAKEN_AWAY)
def test_without_it_nothing_is_charged(juno: Juno, name: str) -> None:
    juno.world.stand_at(RENEWS_ON)
    if name in AFTER_A_TRY:
        _try_in_vain(juno)
    juno.alter(TAKEN_AWAY[name])

    assert name in juno.missing()
    juno.fall_due()
    assert juno.charges() == []


@pytest.mark.parametrize("how", ["given up", "refused"])
def test_a_choice_that_nothing_came_of_leaves_the_contract_to_renew_by_itself(juno: Juno, how: str) -> None:
    jonas = juno.world.signed_in(JONAS)
    juno.world.stand_at(DECIDE_BY + A_DAY)
    if how == "given up":
        open_checkout(jonas, juno.renewal, option=1)
        jonas.post(f"/renewals/{juno.renewal}/payment/withdrawal", page=f"/renewals/{juno.renewal}/payment")
    else:
        juno.world.put_card("juno-studio", "pm_card_chargeCustomerFail", "0341")
        jonas.click(juno.renewal, option=1)
        juno.world.put_card("juno-studio", "pm_card_visa")
    juno.world.stand_at(RENEWS_ON)

    assert juno.missing() == []
    juno.fall_due()
    assert juno.charges() == [juno.notice().price_minor]


DECIDED = '{"touch": {"value": "assisted", "reason": "New owner", "by": null, "at": "2026-08-05T09:00:00+00:00"}}'


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("facts = jsonb_set(facts, '{health}', '\"red\"')", "The account is in the red."),
        (f"decided = '{DECIDED}'", "Somebody decided that people run it."),
    ],
)
def test_why_people_run_it_is_said_by_name(juno: Juno, how: LiteralString, said: str) -> None:
    juno.alter(f"UPDATE routing SET touch = 'assisted', {how} WHERE renewal_id = %(renewal)s")  # type: ignore[arg-type]
    juno.world.stand_at(RENEWS_ON)

    juno.fall_due()
    juno.world.work()

    assert f"- {said}" in juno.mails("held_back")[0].text
    page = juno.world.signed_in("maya@lumen.example").get(f"/admin/renewals/{juno.renewal}").text
    assert f"Nothing was charged by itself. {said}" in page


def test_a_price_that_needs_an_approval_is_not_charged(juno: Juno) -> None:
    approved = next(conjunct for conjunct in CONJUNCTS if conjunct.name == "approved")
    juno.world.stand_at(RENEWS_ON)

    case = juno.case()

    assert approved.holds(case)
    assert not approved.holds(juno.without_approval(case))


def test_a_fifth_try_is_one_too_many(juno: Juno) -> None:
    juno.world.put_card("juno-studio", "pm_card_chargeCustomerFail", "0341")
    for day in (19, 20, 22, 24, 26):
        juno.world.stand_at(date(2026, 9, day))
        juno.fall_due()

    assert juno.missing() == ["tries"]
    assert len(juno.world.payments(juno.renewal)) == 4


def test_the_same_prices_published_again_are_what_they_were_told(juno: Juno) -> None:
    """The policy has another name then, and so has every price that is made under it."""
    juno.publish(PolicyKind.PRICE, shipped(PolicyKind.PRICE))
    juno.world.stand_at(RENEWS_ON)

    assert juno.notice().content_hash != juno.case().good.content_hash
    assert juno.missing() == []
    juno.fall_due()
    assert juno.charges() == [juno.notice().price_minor]


def test_a_price_that_changed_after_the_notice_is_held_back(juno: Juno) -> None:
    juno.publish(PolicyKind.PRICE, shipped(PolicyKind.PRICE) | {"strategy": Strategy.UPLIFT})
    juno.world.stand_at(RENEWS_ON)

    assert juno.missing() == ["price"]
    juno.fall_due()
    assert juno.charges() == []


def test_every_thing_they_were_told_is_as_binding_as_the_price(juno: Juno) -> None:
    price = next(conjunct for conjunct in CONJUNCTS if conjunct.name == "price")
    juno.alter(f"UPDATE notice SET content_hash = {OTHER} WHERE renewal_id = %(renewal)s")  # type: ignore[arg-type]
    case = juno.case()
    assert case.notice and price.holds(case)
    told = case.notice.told

    assert {"lines", "years", "currency", "months", "starts_on", "ends_on", "against_today"} <= told.keys()
    for name in told:
        case.notice.told = told | {name: None}
        assert not price.holds(case), name


def test_a_notice_from_before_what_it_told_was_kept_is_held_to_its_very_content(juno: Juno) -> None:
    juno.alter("UPDATE notice SET told = '{}' WHERE renewal_id = %(renewal)s")
    juno.world.stand_at(RENEWS_ON)

    assert juno.missing() == []
    juno.alter(f"UPDATE notice SET content_hash = {OTHER} WHERE renewal_id = %(renewal)s")  # type: ignore[arg-type]
    assert juno.missing() == ["price"]


def test_a_notice_for_another_last_day_is_none(juno: Juno) -> None:
    juno.alter("UPDATE notice SET deadline = deadline + 7 WHERE renewal_id = %(renewal)s")
    juno.world.stand_at(RENEWS_ON)

    assert juno.missing() == ["notice"]


def test_whoever_looks_after_them_hears_why_once_and_the_renewal_is_overdue(juno: Juno) -> None:
    juno.alter("DELETE FROM consent")
    for day in (19, 20, 22):
        juno.live(date(2026, 9, day))

    mails = juno.mails("held_back")
    page = juno.world.signed_in("maya@lumen.example").get(f"/admin/renewals/{juno.renewal}").text

    assert len(mails) == 1 and mails[0].to == ["maya@lumen.example"]
    assert "There is no record that they agreed to be charged by themselves." in mails[0].text
    assert "The date passed" in page
    assert juno.held_back() == [["mandate"]] * 3


def test_every_conjunct_is_taken_away_by_a_test() -> None:
    assert {*TAKEN_AWAY, "approved", "tries"} == {conjunct.name for conjunct in CONJUNCTS}


def test_an_opt_out_on_the_last_day_is_heard(juno: Juno) -> None:
    juno.world.stand_at(DECIDE_BY)
    juno.world.signed_in(JONAS).post(f"/renewals/{juno.renewal}/opt-out", page=f"/renewals/{juno.renewal}")

    assert juno.events(EventName.RENEWAL_DECLINED)
    assert "stays" in juno.missing()


def test_a_refused_card_is_no_debt_to_its_own_renewal_and_none_at_all_once_that_is_lost(juno: Juno) -> None:
    _try_in_vain(juno)
    day = RENEWS_ON + A_DAY + A_DAY
    with juno.world.house.database.begin(Role.STAFF) as (session, now):
        renewal, policies = Renewal.find(session, juno.renewal, lock=True), Policy.all_in_force(session, day)
        before = Known.about(session, [renewal], policies, day)
        maya = session.scalars(select(Person).where(Person.email == "maya@lumen.example")).one()
        lose(renewal, LossReason.PRICE, "", by=maya, at=now.business)
        session.flush()
        after = Known.about(session, [renewal], policies, day)

        assert before.owing == {renewal.account_id: {renewal.id}} and before.is_good(renewal)
        assert after.owing == {}


def _try_in_vain(juno: Juno) -> None:
    """A first try that the bank refused, and a good card after it."""
    juno.world.put_card("juno-studio", "pm_card_chargeCustomerFail", "0341")
    juno.world.stand_at(RENEWS_ON)
    juno.fall_due()
    juno.world.put_card("juno-studio", "pm_card_visa")
    juno.world.stand_at(RENEWS_ON + A_DAY)
