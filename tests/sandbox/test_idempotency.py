"""The same key is the same click, however often and however late it arrives."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import stripe

from tests.sandbox.cast import Click, Running, Start


def test_a_repeated_click_gets_the_first_answer_and_charges_once(sandbox: Running, click: Click) -> None:
    cedar = sandbox.customer("pm_card_visa")

    first = click(cedar, key="renewal-1")
    again = click(cedar, key="renewal-1")

    assert again.id == first.id
    assert again.last_response.headers["idempotent-replayed"] == "true"
    assert again.last_response.headers["original-request"] == first.last_response.headers["request-id"]
    assert "idempotent-replayed" not in first.last_response.headers
    assert len(sandbox.moved(cedar)) == 1


def test_another_key_is_another_charge(sandbox: Running, click: Click) -> None:
    """The control: a retry that forgets its key pays twice."""
    cedar = sandbox.customer("pm_card_visa")

    click(cedar, key="renewal-2")
    click(cedar, key="renewal-2-again")

    assert len(sandbox.moved(cedar)) == 2


def test_fifty_clicks_at_once_with_one_key_charge_once(sandbox: Running, click: Click) -> None:
    cedar = sandbox.customer("pm_card_visa")
    client = sandbox.stripe(retries=5)

    with ThreadPoolExecutor(50) as crowd:
        answers = list(crowd.map(lambda _: click(cedar, key="renewal-3", client=client), range(50)))

    assert len({answer.id for answer in answers}) == 1
    assert len(sandbox.moved(cedar)) == 1


def test_a_key_cannot_be_used_for_something_else(sandbox: Running, click: Click) -> None:
    cedar = sandbox.customer("pm_card_visa")
    click(cedar, key="renewal-4")

    with pytest.raises(stripe.IdempotencyError) as other_amount:
        click(cedar, key="renewal-4", amount=1)
    with pytest.raises(stripe.IdempotencyError) as other_call:
        sandbox.stripe().v1.customers.create({"name": "Cedar"}, {"idempotency_key": "renewal-4"})

    assert other_amount.value.http_status == other_call.value.http_status == 400
    assert "same parameters" in str(other_amount.value)
    assert "same endpoint" in str(other_call.value)


def test_a_second_click_while_the_first_is_running_is_told_to_wait(sandbox: Running, click: Click) -> None:
    cedar = sandbox.customer("pm_card_visa")
    sandbox.switch("faults", next="slow", seconds=1)

    with ThreadPoolExecutor(2) as crowd:
        clicks = [crowd.submit(click, cedar, key="renewal-5") for _ in range(2)]
        outcomes: list[Any] = [one.exception() or one.result().status for one in clicks]

    assert "succeeded" in outcomes
    [refusal] = [outcome for outcome in outcomes if outcome != "succeeded"]
    assert refusal.http_status == 409
    assert refusal.error.code == "idempotency_key_in_use"
    assert click(cedar, key="renewal-5").last_response.headers["idempotent-replayed"] == "true"
    assert len(sandbox.moved(cedar)) == 1


def test_a_decline_is_remembered(sandbox: Running, click: Click) -> None:
    cedar = sandbox.customer("pm_card_chargeCustomerFail")

    with pytest.raises(stripe.CardError) as first:
        click(cedar, key="renewal-6")
    with pytest.raises(stripe.CardError) as again:
        click(cedar, key="renewal-6")

    errors: list[Any] = [first.value, again.value]
    assert errors[1].headers["idempotent-replayed"] == "true"
    assert errors[0].error.payment_intent.id == errors[1].error.payment_intent.id


def test_a_malformed_request_leaves_its_key_free(sandbox: Running, click: Click) -> None:
    cedar = sandbox.customer("pm_card_visa")

    with pytest.raises(stripe.InvalidRequestError):
        click(cedar, key="renewal-7", amount="much")

    assert click(cedar, key="renewal-7").status == "succeeded"


def test_a_key_is_forgotten_after_a_day(start: Start) -> None:
    sandbox = start()
    cedar = sandbox.customer("pm_card_visa")
    body = {
        "amount": 100,
        "currency": "usd",
        "customer": cedar,
        "payment_method": sandbox.card(cedar),
        "confirm": True,
        "off_session": True,
    }
    pay = sandbox.stripe().v1.payment_intents.create

    pay(body, {"idempotency_key": "k"})
    sandbox.switch("clock", hours=23)
    within_the_day = pay(body, {"idempotency_key": "k"})
    sandbox.switch("clock", hours=2)
    a_day_later = pay(body, {"idempotency_key": "k"})

    assert within_the_day.last_response.headers["idempotent-replayed"] == "true"
    assert "idempotent-replayed" not in a_day_later.last_response.headers
    assert len(sandbox.moved(cedar)) == 2
