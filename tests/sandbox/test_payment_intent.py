"""One sum that somebody means to pay: which card pays when, and which doors are closed afterwards."""

from typing import Any

import pytest
import stripe

from tests.sandbox.cast import Click, Running, approve

PAYS, DECLINES, ASKS = "succeeded", "card_declined", "requires_action"
CARDS = [
    # card, on-session, off-session after it was saved
    ("pm_card_visa", PAYS, PAYS),
    ("pm_card_mastercard", PAYS, PAYS),
    ("pm_card_authenticationRequiredOnSetup", ASKS, PAYS),
    ("pm_card_authenticationRequired", ASKS, "authentication_required"),
    ("pm_card_authenticationRequiredSetupForOffSession", ASKS, PAYS),
    ("pm_card_chargeCustomerFail", DECLINES, DECLINES),
    ("pm_card_chargeDeclined", DECLINES, DECLINES),
    ("pm_card_chargeDeclinedInsufficientFunds", DECLINES, DECLINES),
    ("pm_card_chargeDeclinedExpiredCard", "expired_card", "expired_card"),
]


def outcome_of(click: Click, *arguments: Any, **named: Any) -> str:
    try:
        return str(click(*arguments, **named).status)
    except stripe.CardError as error:
        return str(error.code)


@pytest.mark.parametrize(("card", "on_session", "off_session"), CARDS)
def test_each_card_does_what_stripe_says(
    sandbox: Running, click: Click, card: str, on_session: str, off_session: str
) -> None:
    cedar = sandbox.customer(card)

    with_the_owner = outcome_of(click, cedar)
    without = outcome_of(click, cedar, off_session=True)

    assert (with_the_owner, without) == (on_session, off_session)
    assert len(sandbox.moved(cedar)) == [on_session, off_session].count(PAYS)


def test_a_card_saved_by_a_payment_serves_off_session_afterwards(sandbox: Running, click: Click) -> None:
    client = sandbox.stripe()
    cedar = client.v1.customers.create({"name": "Cedar Dental"}).id
    card = client.v1.payment_methods.create({"type": "card", "card": {"number": "4000002500003155"}}).id

    asked = click_with(client, cedar, card, setup_future_usage="off_session")
    approve(sandbox, asked)
    later = click_with(client, cedar, card, off_session=True)

    assert asked.status == "requires_action"
    assert later.status == "succeeded"
    assert [method.id for method in client.v1.customers.payment_methods.list(cedar).data] == [card]


def test_a_card_that_was_never_saved_wants_its_owner(sandbox: Running) -> None:
    client = sandbox.stripe()
    cedar = client.v1.customers.create({"name": "Cedar Dental"}).id
    card = client.v1.payment_methods.create({"type": "card", "card": {"number": "4000002500003155"}}).id
    client.v1.payment_methods.attach(card, {"customer": cedar})

    with pytest.raises(stripe.CardError) as refusal:
        click_with(client, cedar, card, off_session=True)

    assert refusal.value.code == "authentication_required"


def test_a_decline_says_why_and_leaves_the_intent_open_for_another_card(sandbox: Running, click: Click) -> None:
    client = sandbox.stripe()
    cedar = sandbox.customer("pm_card_chargeDeclinedInsufficientFunds")

    with pytest.raises(stripe.CardError) as refusal:
        click(cedar)
    error: Any = refusal.value.error
    intent = client.v1.payment_intents.retrieve(error.payment_intent.id, {"expand": ["latest_charge"]})
    paid = client.v1.payment_intents.confirm(
        intent.id, {"payment_method": "pm_card_visa", "return_url": "http://portal.example/"}
    )

    assert refusal.value.http_status == 402
    assert error.decline_code == "insufficient_funds"
    assert intent.status == "requires_payment_method"
    assert intent.last_payment_error.decline_code == "insufficient_funds"
    assert (intent.latest_charge.status, intent.latest_charge.paid) == ("failed", False)
    assert paid.status == "succeeded"
    assert len(sandbox.moved(cedar)) == 1


@pytest.mark.parametrize("verb", ["confirm", "cancel"])
def test_what_is_paid_can_be_neither_paid_again_nor_canceled(sandbox: Running, click: Click, verb: str) -> None:
    cedar = sandbox.customer("pm_card_visa")
    paid = click(cedar)

    with pytest.raises(stripe.InvalidRequestError) as refusal:
        getattr(sandbox.stripe().v1.payment_intents, verb)(paid.id)

    assert refusal.value.code == "payment_intent_unexpected_state"
    assert len(sandbox.moved(cedar)) == 1


def test_a_canceled_intent_is_never_charged(sandbox: Running, click: Click) -> None:
    cedar = sandbox.customer("pm_card_authenticationRequired")
    asked = click(cedar)
    intents = sandbox.stripe().v1.payment_intents

    canceled = intents.cancel(asked.id, {"cancellation_reason": "abandoned"})
    answer = sandbox.http.post(asked.next_action.redirect_to_url.url, data={"answer": "approve"})

    assert (canceled.status, canceled.cancellation_reason) == ("canceled", "abandoned")
    assert "redirect_status=failed" in answer.headers["location"]
    assert sandbox.moved(cedar) == []


def test_an_intent_waits_for_its_confirmation(sandbox: Running) -> None:
    client = sandbox.stripe()
    cedar = sandbox.customer("pm_card_visa")

    bare = client.v1.payment_intents.create({"amount": 100, "currency": "usd", "customer": cedar})
    ready = client.v1.payment_intents.update(bare.id, {"payment_method": sandbox.card(cedar)})
    paid = client.v1.payment_intents.confirm(bare.id, {"return_url": "http://portal.example/"})

    assert [one.status for one in (bare, ready, paid)] == [
        "requires_payment_method",
        "requires_confirmation",
        "succeeded",
    ]


@pytest.mark.parametrize(("currency", "amount"), [("jpy", 864000), ("usd", 864000), ("myr", 3500), ("kwd", 2640120)])
def test_amounts_are_minor_units_in_every_currency(sandbox: Running, click: Click, currency: str, amount: int) -> None:
    cedar = sandbox.customer("pm_card_visa")

    click(cedar, currency=currency, amount=amount)

    assert [(line["amount"], line["currency"]) for line in sandbox.moved(cedar)] == [(amount, currency)]


def test_a_strangers_card_does_not_pay(sandbox: Running, click: Click) -> None:
    cedar, juno = sandbox.customer("pm_card_visa"), sandbox.customer("pm_card_visa")

    with pytest.raises(stripe.InvalidRequestError) as refusal:
        click(cedar, payment_method=sandbox.card(juno))

    assert refusal.value.param == "payment_method"
    assert sandbox.moved(cedar) == sandbox.moved(juno) == []


def test_intents_are_found_by_customer_newest_first_with_what_was_asked_for(sandbox: Running, click: Click) -> None:
    cedar, juno = sandbox.customer("pm_card_visa"), sandbox.customer("pm_card_visa")
    mine = [click(cedar).id for _ in range(3)]
    click(juno)

    found = sandbox.stripe().v1.payment_intents.list(
        {"customer": cedar, "limit": 2, "expand": ["data.latest_charge", "data.payment_method"]}
    )

    assert [one.id for one in found.data] == [mine[2], mine[1]]
    assert found.has_more
    assert found.data[0].latest_charge.paid
    assert found.data[0].payment_method.card.last4 == "4242"
    assert [one.id for one in found.auto_paging_iter()] == mine[::-1]


def click_with(client: Any, customer: str, card: str, **more: Any) -> Any:
    body = {"amount": 100, "currency": "usd", "customer": customer, "payment_method": card, "confirm": True, **more}
    if "off_session" not in more:
        body["return_url"] = "http://portal.example/"
    return client.v1.payment_intents.create(body)
