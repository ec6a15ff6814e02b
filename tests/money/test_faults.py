"""Faults: whatever Stripe, the bank or the line does, money moves once or not at all, and the page says what is so."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import select, text

from app.check import violations
from app.chores import household, money
from app.work import Work
from gateways.stripe import Stripe
from renewals.account import Account, Card, Consent
from renewals.payment import Payment, PaymentKind, PaymentState
from renewals.policy import Policy, PolicyKind
from renewals.renewal import Renewal, RenewalState
from tests.money.parties import (
    AISYAH,
    RUTH,
    come_back,
    decide_at_bank,
    grow_old,
    jobs,
    lose_jobs,
    open_checkout,
    pay_at_stripe,
    state,
    way_out,
)
from tests.world import World, click_form

SILENT_AFTER = ["hang_after", "cut_after", "500_after"]
NOTHING_DONE = ["hang_before", "cut_before", "500_before", "429", "409"]
DECLINES = [
    ("pm_card_chargeDeclinedInsufficientFunds", "there was not enough on the card"),
    ("pm_card_chargeDeclinedExpiredCard", "The card has run out"),
    ("pm_card_chargeDeclinedLostCard", "The bank has closed this card"),
    ("pm_card_chargeDeclinedIncorrectCvc", "could not match the card"),
    ("pm_card_chargeDeclined", "The bank said no"),
]


@pytest.fixture
def hasty(world: World) -> Iterator[World]:
    """The same house with less patience, so that a hanging Stripe costs a test one second."""
    settings = world.house.settings
    stripe = Stripe(settings.stripe_key, settings.stripe_webhook_secret, settings.stripe_base, answer_limit=1.0)
    house = replace(world.house, stripe=stripe)
    yield replace(world, house=house)
    stripe.close()


@pytest.mark.parametrize("fault", SILENT_AFTER)
def test_a_charge_whose_answer_is_lost_is_never_called_failed_and_never_repeated(hasty: World, fault: str) -> None:
    renewal = hasty.renewal("cedar-dental")
    ruth = hasty.signed_in(RUTH)
    form = click_form(ruth.get(f"/renewals/{renewal}").text)
    hasty.sandbox.fault(fault, seconds="30")
    ruth.client.post(f"/renewals/{renewal}/payment", data=form, follow_redirects=False)

    for _ in range(5):
        ruth.client.post(f"/renewals/{renewal}/payment", data=form, follow_redirects=False)
    told_at_once = state(ruth, renewal)
    hasty.wait_and_work(2)

    assert told_at_once == "confirming"
    assert state(ruth, renewal) == "succeeded"
    assert len(hasty.sandbox.charges(renewal)) == 1
    assert [payment.state for payment in hasty.payments(renewal)] == [PaymentState.SUCCEEDED]
    assert len([mail for mail in hasty.mails() if mail.kind == "receipt"]) == 1


def test_the_page_that_waits_looks_again_by_itself(world: World) -> None:
    renewal = world.renewal("cedar-dental")
    ruth = world.signed_in(RUTH)
    world.sandbox.fault("cut_after")
    ruth.click(renewal)

    assert ruth.get(f"/renewals/{renewal}/payment").headers["refresh"] == "5"


@pytest.mark.parametrize("fault", NOTHING_DONE)
def test_a_call_that_stripe_never_took_is_made_again_and_charges_once(hasty: World, fault: str) -> None:
    renewal = hasty.renewal("cedar-dental")
    ruth = hasty.signed_in(RUTH)
    hasty.sandbox.fault(fault, seconds="30")
    ruth.click(renewal)
    told_at_once, charged_at_once = state(ruth, renewal), len(hasty.sandbox.charges(renewal))

    hasty.wait_and_work()

    assert (told_at_once, charged_at_once) == ("confirming", 0)
    assert (state(ruth, renewal), len(hasty.sandbox.charges(renewal))) == ("succeeded", 1)
    assert len(hasty.payments(renewal)) == 1


def test_too_many_requests_again_and_again_is_a_long_wait_and_one_charge(world: World) -> None:
    renewal = world.renewal("cedar-dental")
    ruth = world.signed_in(RUTH)
    world.sandbox.fault("429", times=4)
    ruth.click(renewal)

    world.wait_and_work(4)

    assert (state(ruth, renewal), len(world.sandbox.charges(renewal))) == ("succeeded", 1)


def test_a_500_that_stripe_keeps_is_looked_at_again_and_again_and_never_gets_a_new_key(world: World) -> None:
    renewal = world.renewal("cedar-dental")
    ruth = world.signed_in(RUTH)
    world.sandbox.fault("500_kept")
    ruth.click(renewal)

    world.wait_and_work(4)  # a new key would be charged at once

    assert state(ruth, renewal) == "confirming"
    assert (len(world.sandbox.charges(renewal)), len(world.payments(renewal))) == (0, 1)


@pytest.mark.parametrize(("card", "words"), DECLINES)
def test_a_declined_card_says_why_keeps_the_choice_and_lets_another_pay(world: World, card: str, words: str) -> None:
    renewal = world.renewal("cedar-dental")
    ruth = world.signed_in(RUTH)
    content = ruth.options(renewal)[0]
    world.put_card("cedar-dental", card, "9995")
    ruth.click(renewal)
    page = ruth.get(f"/renewals/{renewal}/payment").text
    kept = ruth.get(f"/renewals/{renewal}").text

    world.put_card("cedar-dental", "pm_card_visa")
    ruth.click(renewal)

    first, second = world.payments(renewal)
    assert words in page
    assert "Nothing was charged, and what you chose is kept." in page
    assert f'value="{content}" id="option-1" form="act" required checked' in kept
    assert (first.state, second.state) == (PaymentState.DECLINED, PaymentState.SUCCEEDED)
    assert first.key != second.key
    assert len(world.sandbox.charges(renewal)) == 1


def test_the_bank_asks_and_the_customer_approves(world: World) -> None:
    renewal = world.renewal("cedar-dental")
    ruth = world.signed_in(RUTH)
    world.put_card("cedar-dental", "pm_card_authenticationRequired")
    ruth.click(renewal)
    before, charged_before = state(ruth, renewal), world.sandbox.charges(renewal)

    ruth.get(decide_at_bank(way_out(ruth, renewal)))

    assert (before, charged_before) == ("authenticate", [])
    assert (state(ruth, renewal), len(world.sandbox.charges(renewal))) == ("succeeded", 1)


def test_the_bank_asks_and_the_customer_refuses_and_is_free_to_try_again(world: World) -> None:
    renewal = world.renewal("cedar-dental")
    ruth = world.signed_in(RUTH)
    world.put_card("cedar-dental", "pm_card_authenticationRequired")
    ruth.click(renewal)
    ruth.get(decide_at_bank(way_out(ruth, renewal), "refuse"))
    refused = ruth.get(f"/renewals/{renewal}/payment").text

    world.put_card("cedar-dental", "pm_card_visa")
    ruth.click(renewal)

    assert "The bank could not confirm that it was you." in refused
    assert (state(ruth, renewal), len(world.sandbox.charges(renewal))) == ("succeeded", 1)


def test_who_approved_and_never_came_back_is_renewed_all_the_same(world: World) -> None:
    renewal = world.renewal("cedar-dental")
    ruth = world.signed_in(RUTH)
    world.put_card("cedar-dental", "pm_card_authenticationRequired")
    ruth.click(renewal)
    decide_at_bank(way_out(ruth, renewal))

    world.wait_and_work()

    assert state(ruth, renewal) == "succeeded"


def test_a_second_click_during_the_banks_question_shows_the_question(world: World) -> None:
    renewal = world.renewal("cedar-dental")
    ruth = world.signed_in(RUTH)
    form = click_form(ruth.get(f"/renewals/{renewal}").text)
    world.put_card("cedar-dental", "pm_card_authenticationRequired")
    ruth.client.post(f"/renewals/{renewal}/payment", data=form, follow_redirects=False)
    question = way_out(ruth, renewal)

    ruth.client.post(f"/renewals/{renewal}/payment", data=form, follow_redirects=False)

    assert way_out(ruth, renewal) == question
    assert len(world.payments(renewal)) == 1


def test_a_customer_who_left_the_banks_page_for_a_day_is_free_again(world: World) -> None:
    renewal = world.renewal("cedar-dental")
    ruth = world.signed_in(RUTH)
    world.put_card("cedar-dental", "pm_card_authenticationRequired")
    ruth.click(renewal)
    bank = way_out(ruth, renewal)
    grow_old(world, world.payments(renewal)[0], hours=25)

    world.wait_and_work()
    decide_at_bank(bank)  # too late

    assert [payment.state for payment in world.payments(renewal)] == [PaymentState.CANCELLED]
    assert world.sandbox.charges(renewal) == []


@pytest.mark.parametrize(("outcome", "told", "charges"), [("succeeded", "succeeded", 1), ("failed", "declined", 0)])
def test_a_bank_that_takes_its_time_is_waited_for(world: World, outcome: str, told: str, charges: int) -> None:
    renewal = world.renewal("cedar-dental")
    ruth = world.signed_in(RUTH)
    world.sandbox.fault("processing")
    ruth.click(renewal)
    world.wait_and_work(3)
    waiting = state(ruth, renewal)

    world.sandbox.switch("complete", outcome=outcome)
    world.wait_and_work()

    assert waiting == "confirming"
    assert (state(ruth, renewal), len(world.sandbox.charges(renewal))) == (told, charges)


def test_without_a_card_the_button_leads_to_stripe_and_the_card_is_kept_with_consent(world: World) -> None:
    renewal = world.renewal("pelangi-cafe")
    aisyah = world.signed_in(AISYAH)
    leads_to = aisyah.click(renewal).headers["location"]
    open_checkout(aisyah, renewal, keep="yes")
    leaving = state(aisyah, renewal)

    come_back(aisyah, pay_at_stripe(way_out(aisyah, renewal), "5555 5555 5555 4444"))

    with world.reading() as session:
        account = session.scalars(select(Account).where(Account.external_id == "pelangi-cafe")).one()
        consent = session.scalars(select(Consent).where(Consent.account_id == account.id)).one()
        terms = Policy.in_force(session, PolicyKind.TERMS, consent.given_at.date()).content["card_consent"]
        card = account.card_on_file

        assert leads_to.startswith(f"/renewals/{renewal}/card?option=")
        assert leaving == "leaving"
        assert state(aisyah, renewal) == "succeeded"
        assert len(world.sandbox.charges(renewal)) == 1
        assert card is not None
        assert (card.brand, card.last4) == ("Mastercard", "4444")
        assert account.stripe_customer is not None
        assert consent.text_hash == hashlib.sha256(terms["ms"].encode()).hexdigest()
        assert (consent.text_version, consent.kind) == (terms["version"], "keep_card")


def test_without_consent_nothing_is_kept(world: World) -> None:
    renewal = world.renewal("pelangi-cafe")
    aisyah = world.signed_in(AISYAH)
    open_checkout(aisyah, renewal)

    come_back(aisyah, pay_at_stripe(way_out(aisyah, renewal)))

    with world.reading() as session:
        account = session.scalars(select(Account).where(Account.external_id == "pelangi-cafe")).one()
        kept = session.scalars(select(Card).where(Card.account_id == account.id)).all()
        consents = session.scalars(select(Consent).where(Consent.account_id == account.id)).all()
    at_stripe = world.sandbox.ask(f"customers/{account.stripe_customer}/payment_methods", type="card")

    assert state(aisyah, renewal) == "succeeded"
    assert (list(kept), list(consents), at_stripe["data"]) == ([], [], [])


def test_a_card_declined_on_stripes_page_leaves_the_page_open_for_the_next(world: World) -> None:
    renewal = world.renewal("cedar-dental")
    ruth = world.signed_in(RUTH)
    open_checkout(ruth, renewal)
    checkout = way_out(ruth, renewal)
    pay_at_stripe(checkout, "4000 0000 0000 9995")
    world.wait_and_work()
    after_the_first = state(ruth, renewal)

    come_back(ruth, pay_at_stripe(checkout))

    assert after_the_first == "leaving"
    assert (state(ruth, renewal), len(world.sandbox.charges(renewal))) == ("succeeded", 1)
    assert [payment.quarantined for payment in world.payments(renewal)] == [False]


def test_a_checkout_whose_bank_says_no_late_is_over(world: World) -> None:
    renewal = world.renewal("cedar-dental")
    ruth = world.signed_in(RUTH)
    open_checkout(ruth, renewal)
    world.sandbox.fault("processing", on="/c/pay")
    pay_at_stripe(way_out(ruth, renewal))

    world.sandbox.switch("complete", outcome="failed")
    world.wait_and_work()

    assert state(ruth, renewal) == "declined"
    assert [payment.state for payment in world.payments(renewal)] == [PaymentState.DECLINED]


def test_a_checkout_left_open_is_expired_before_the_card_on_file_is_charged(world: World) -> None:
    renewal = world.renewal("cedar-dental")
    ruth = world.signed_in(RUTH)
    form = click_form(ruth.get(f"/renewals/{renewal}").text)
    open_checkout(ruth, renewal)
    checkout = way_out(ruth, renewal)

    ruth.client.post(f"/renewals/{renewal}/payment", data=form, follow_redirects=False)
    too_late = pay_at_stripe(checkout)

    assert state(ruth, renewal) == "succeeded"
    assert [payment.state for payment in world.payments(renewal)] == [PaymentState.CANCELLED, PaymentState.SUCCEEDED]
    assert (too_late.status_code, len(world.sandbox.charges(renewal))) == (410, 1)


def test_a_checkout_that_was_paid_meanwhile_counts_and_the_card_on_file_is_left_alone(world: World) -> None:
    renewal = world.renewal("cedar-dental")
    ruth = world.signed_in(RUTH)
    form = click_form(ruth.get(f"/renewals/{renewal}").text)
    open_checkout(ruth, renewal)
    pay_at_stripe(way_out(ruth, renewal))

    ruth.client.post(f"/renewals/{renewal}/payment", data=form, follow_redirects=False)

    assert state(ruth, renewal) == "succeeded"
    assert [payment.kind for payment in world.payments(renewal)] == [PaymentKind.CHECKOUT]
    assert len(world.sandbox.charges(renewal)) == 1


def test_a_checkout_stopped_on_our_page_can_not_be_paid_any_more(world: World) -> None:
    renewal = world.renewal("cedar-dental")
    ruth = world.signed_in(RUTH)
    open_checkout(ruth, renewal)
    checkout = way_out(ruth, renewal)

    ruth.post(f"/renewals/{renewal}/payment/withdrawal", page=f"/renewals/{renewal}/payment")

    assert pay_at_stripe(checkout).status_code == 410
    assert world.sandbox.charges(renewal) == []


def test_a_price_that_changed_since_the_page_was_shown_charges_nothing(world: World) -> None:
    renewal = world.renewal("cedar-dental")
    ruth = world.signed_in(RUTH)
    form = click_form(ruth.get(f"/renewals/{renewal}").text, option=1)
    with world.writing() as session:
        now = datetime.now(UTC)
        policy = Policy.in_force(session, PolicyKind.PRICE, now.date())
        dearer = policy.content | {"strategy": "uplift"}
        Policy.publish(session, PolicyKind.PRICE, dearer, begins_on=policy.begins_on, reason="Autumn", by=None, at=now)

    answer = ruth.client.post(f"/renewals/{renewal}/payment", data=form, follow_redirects=False)

    assert answer.status_code == 409
    assert "The price changed since this page was shown. Nothing was charged" in answer.text
    assert form["option"] not in answer.text
    assert 'name="option"' in answer.text
    assert (world.payments(renewal), world.sandbox.charges(renewal)) == ([], [])


def test_terms_that_were_not_ticked_keep_the_choice_and_charge_nothing(world: World) -> None:
    renewal = world.renewal("cedar-dental")
    ruth = world.signed_in(RUTH)
    form = click_form(ruth.get(f"/renewals/{renewal}").text, option=2)
    del form["terms"]

    answer = ruth.client.post(f"/renewals/{renewal}/payment", data=form, follow_redirects=False)

    assert answer.status_code == 422
    assert "Tick that you accept the terms" in answer.text
    assert f'value="{form["option"]}" id="option-3" form="act" required checked' in answer.text
    assert (world.payments(renewal), world.sandbox.charges(renewal)) == ([], [])


def test_other_terms_that_begin_on_the_same_day_are_read_before_anything_is_charged(world: World) -> None:
    renewal = world.renewal("cedar-dental")
    ruth = world.signed_in(RUTH)
    form = click_form(ruth.get(f"/renewals/{renewal}").text)
    with world.writing() as session:
        now = datetime.now(UTC)
        shown = Policy.in_force(session, PolicyKind.TERMS, now.date())
        stricter = shown.content | {"text": {"en": ["All is final."], "ms": ["Semuanya muktamad."]}}
        Policy.publish(session, PolicyKind.TERMS, stricter, begins_on=shown.begins_on, reason="Law", by=None, at=now)

    answers = [
        ruth.client.post(f"/renewals/{renewal}/{door}", data=form, follow_redirects=False)
        for door in ("payment", "card")
    ]

    assert [answer.status_code for answer in answers] == [409, 409]
    assert "The terms changed since this page was shown. Nothing was charged" in answers[0].text
    assert (world.payments(renewal), world.sandbox.charges(renewal)) == ([], [])
    assert ruth.click(renewal).status_code == 303


def test_a_key_older_than_23_hours_is_never_sent_again_and_a_person_is_told(world: World) -> None:
    renewal = world.renewal("cedar-dental")
    world.sandbox.fault("500_before")
    world.signed_in(RUTH).click(renewal)
    grow_old(world, world.payments(renewal)[0], hours=23.1)

    world.wait_and_work(3)

    assert world.sandbox.charges(renewal) == []
    assert [payment.state for payment in world.payments(renewal)] == [PaymentState.UNKNOWN]
    assert _alerted(world) == ["farah@lumen.example", "maya@lumen.example"]


def test_a_key_of_22_hours_may_be_sent_again(world: World) -> None:
    renewal = world.renewal("cedar-dental")
    world.sandbox.fault("500_before")
    world.signed_in(RUTH).click(renewal)
    old = grow_old(world, world.payments(renewal)[0], hours=22.9)

    world.wait_and_work()

    assert [charge["metadata"]["attempt"] for charge in world.sandbox.charges(renewal)] == [str(old.id)]
    assert [payment.state for payment in world.payments(renewal)] == [PaymentState.SUCCEEDED]


def test_an_hour_without_an_answer_is_told_to_a_person_once(world: World) -> None:
    renewal = world.renewal("cedar-dental")
    world.sandbox.fault("500_before", times=100)
    world.signed_in(RUTH).click(renewal)
    world.wait_and_work()
    told_before = _alerted(world)
    grow_old(world, world.payments(renewal)[0], hours=1.1)

    world.wait_and_work(4)

    assert told_before == []
    assert _alerted(world) == ["farah@lumen.example", "maya@lumen.example"]
    assert [payment.is_live for payment in world.payments(renewal)] == [True]


def test_a_look_that_is_turned_away_has_seen_nothing(world: World) -> None:
    renewal = world.renewal("cedar-dental")
    world.sandbox.fault("cut_after")
    world.signed_in(RUTH).click(renewal)
    payment = world.payments(renewal)[0]
    settings = world.house.settings
    stranger = Stripe("sk_revoked", settings.stripe_webhook_secret, settings.stripe_base)

    Work(replace(world.house, stripe=stranger), payment.account_id).run(money.reconcile, subject=payment.id, look=0)

    assert isinstance(stranger.look_up("pi_anything"), type(stranger.give_up("pi_anything")))
    assert [payment.state for payment in world.payments(renewal)] == [PaymentState.UNKNOWN]


def test_a_payment_whose_job_is_lost_is_asked_about_again(world: World) -> None:
    renewal = world.renewal("cedar-dental")
    ruth = world.signed_in(RUTH)
    world.sandbox.fault("cut_after")
    ruth.click(renewal)
    lose_jobs(world, "reconcile")

    Work(world.house).run(household.sweep_payments)
    Work(world.house).run(household.sweep_payments)
    waiting = jobs(world, "reconcile")
    world.work()

    assert (waiting, state(ruth, renewal)) == (1, "succeeded")


MANY_OTHERS = text(
    "INSERT INTO payment SELECT (jsonb_populate_record(p, jsonb_build_object('id', '00000000-0000-7000-8000-' || "
    "lpad(to_hex(n), 12, '0'), 'key', 'other-' || n, 'instalment_number', 1000 + n))).* "
    "FROM payment p, generate_series(1, :many) n WHERE p.renewal_id = :renewal"
)
LOOKED_AFTER = text(
    "INSERT INTO procrastinate_jobs (queue_name, task_name, args, scheduled_at) SELECT 'default', 'reconcile', "
    "jsonb_build_object('subject', id, 'account', account_id, 'look', 4), now() + interval '1 day' FROM payment"
)
FORGET = text("DELETE FROM procrastinate_jobs WHERE args->>'subject' = :key")


def test_any_number_of_payments_that_are_looked_after_do_not_keep_the_forgotten_one_waiting(world: World) -> None:
    renewal = world.renewal("cedar-dental")
    world.sandbox.fault("cut_after")
    world.signed_in(RUTH).click(renewal)
    with world.writing() as session:
        session.execute(MANY_OTHERS, {"many": household.SWEEP + 1, "renewal": renewal})
        session.execute(LOOKED_AFTER)
        forgotten = session.scalars(select(Payment.id).where(Payment.key == f"other-{household.SWEEP + 1}")).one()
        session.execute(FORGET, {"key": str(forgotten)})

    Work(world.house).run(household.sweep_payments)

    with world.reading() as session:
        about = text("SELECT count(*) FROM procrastinate_jobs WHERE args->>'subject' = :key AND status = 'todo'")
        assert session.scalar(about, {"key": str(forgotten)}) == 1


def test_money_for_what_can_not_be_closed_is_kept_and_a_person_is_told(world: World) -> None:
    renewal = world.renewal("cedar-dental")
    ruth = world.signed_in(RUTH)
    world.sandbox.fault("cut_after")
    ruth.click(renewal)
    _close_by_hand(world, renewal)

    world.wait_and_work(2)

    assert [payment.state for payment in world.payments(renewal)] == [PaymentState.SUCCEEDED]
    assert _alerted(world) == ["farah@lumen.example", "maya@lumen.example"]
    assert state(ruth, renewal) == "confirming"


def test_a_renewed_house_breaks_no_invariant(world: World) -> None:
    renewal = world.renewal("cedar-dental")
    world.sandbox.fault("cut_after")
    world.signed_in(RUTH).click(renewal)
    world.wait_and_work(2)

    with world.reading() as session:
        assert violations(session) == []


def _alerted(world: World) -> list[str]:
    return sorted(mail.to[0] for mail in world.mails() if mail.kind == "alert")


def _close_by_hand(world: World, renewal: UUID) -> None:
    """Somebody lost the renewal while the customer paid."""
    with world.writing() as session:
        session.get_one(Renewal, renewal).advance(RenewalState.LOST, by=None, at=datetime.now(UTC))
