"""What is ordered to go wrong goes wrong, and the ledger says truly whether money moved."""

from typing import Any

import pytest
import stripe

from tests.sandbox.cast import Click, Running

AFTER_MONEY_MOVED = ["hang_after", "cut_after", "500_after"]
BEFORE_ANYTHING = ["hang_before", "cut_before", "500_before", "429", "409"]


@pytest.mark.parametrize("fault", AFTER_MONEY_MOVED)
def test_the_caller_hears_nothing_good_although_money_moved(sandbox: Running, click: Click, fault: str) -> None:
    cedar = sandbox.customer("pm_card_visa")
    sandbox.switch("faults", next=fault, seconds=0.3)

    with pytest.raises(stripe.StripeError):
        click(cedar, key=f"click-{fault}")

    assert [line["metadata"] for line in sandbox.moved(cedar)] == [{"renewal": "r1"}]


@pytest.mark.parametrize("fault", ["hang_after", "cut_after"])
def test_the_same_key_then_finds_the_charge(sandbox: Running, click: Click, fault: str) -> None:
    cedar = sandbox.customer("pm_card_visa")
    sandbox.switch("faults", next=fault, seconds=30)

    with pytest.raises(stripe.APIConnectionError):
        click(cedar, key=f"again-{fault}", client=sandbox.stripe(patience=0.4))
    again = click(cedar, key=f"again-{fault}")

    assert again.status == "succeeded"
    assert again.last_response.headers["idempotent-replayed"] == "true"
    assert len(sandbox.moved(cedar)) == 1


def test_a_500_after_the_charge_is_kept_and_told_again(sandbox: Running, click: Click) -> None:
    cedar = sandbox.customer("pm_card_visa")
    sandbox.switch("faults", next="500_after")

    for _ in range(3):
        with pytest.raises(stripe.APIError) as failure:
            click(cedar, key="kept")

    error: Any = failure.value
    assert error.http_status == 500
    assert error.headers["idempotent-replayed"] == "true"
    found = sandbox.stripe().v1.payment_intents.list({"customer": cedar}).data
    assert [intent.status for intent in found] == ["succeeded"]
    assert len(sandbox.moved(cedar)) == 1


def test_a_500_instead_of_the_charge_is_kept_too(sandbox: Running, click: Click) -> None:
    """A replayed 500 proves nothing: here no money moved, and the same key never will move any."""
    cedar = sandbox.customer("pm_card_visa")
    sandbox.switch("faults", next="500_kept")

    for _ in range(2):
        with pytest.raises(stripe.APIError):
            click(cedar, key="kept-without-charge")

    assert sandbox.moved(cedar) == []
    assert sandbox.stripe().v1.payment_intents.list({"customer": cedar}).data == []


@pytest.mark.parametrize("fault", BEFORE_ANYTHING)
def test_what_fails_before_the_key_stores_nothing(sandbox: Running, click: Click, fault: str) -> None:
    cedar = sandbox.customer("pm_card_visa")
    sandbox.switch("faults", next=fault, seconds=0.2)

    with pytest.raises(stripe.StripeError):
        click(cedar, key=f"before-{fault}")
    assert sandbox.moved(cedar) == []

    again = click(cedar, key=f"before-{fault}")
    assert "idempotent-replayed" not in again.last_response.headers
    assert len(sandbox.moved(cedar)) == 1


def test_the_sdks_own_retries_survive_two_cut_lines(sandbox: Running, click: Click) -> None:
    cedar = sandbox.customer("pm_card_visa")
    sandbox.switch("faults", next="cut_after", times=2)

    paid = click(cedar, client=sandbox.stripe(retries=2))

    assert paid.status == "succeeded"
    assert len(sandbox.moved(cedar)) == 1


def test_the_bank_says_what_it_was_told_to_say(sandbox: Running, click: Click) -> None:
    cedar = sandbox.customer("pm_card_visa")

    sandbox.switch("faults", next="decline")
    with pytest.raises(stripe.CardError) as declined:
        click(cedar)
    sandbox.switch("faults", next="authentication_required")
    asked = click(cedar)
    sandbox.switch("faults", next="authentication_required")
    with pytest.raises(stripe.CardError) as absent:
        click(cedar, off_session=True)

    assert declined.value.code == "card_declined"
    assert asked.status == "requires_action"
    assert absent.value.code == "authentication_required"
    assert sandbox.moved(cedar) == []


@pytest.mark.parametrize(
    ("outcome", "status", "charges"), [("succeeded", "succeeded", 1), ("failed", "requires_payment_method", 0)]
)
def test_a_payment_that_is_processing_moves_money_only_when_completed(
    sandbox: Running, click: Click, outcome: str, status: str, charges: int
) -> None:
    cedar = sandbox.customer("pm_card_visa")
    sandbox.switch("faults", next="processing")

    waiting = click(cedar)
    before = sandbox.moved(cedar)
    sandbox.switch("complete", id=waiting.id, outcome=outcome)

    assert waiting.status == "processing"
    assert before == []
    assert sandbox.stripe().v1.payment_intents.retrieve(waiting.id).status == status
    assert len(sandbox.moved(cedar)) == charges


def test_faults_keep_to_their_path_and_their_number(sandbox: Running, click: Click) -> None:
    cedar = sandbox.customer("pm_card_visa")
    sandbox.switch("faults", next="500_before", times=2, on="invoices")
    invoices = sandbox.stripe().v1.invoices

    assert click(cedar).status == "succeeded"
    for _ in range(2):
        with pytest.raises(stripe.APIError):
            invoices.create({"customer": cedar})
    assert invoices.create({"customer": cedar}).status == "draft"


def test_none_clears_the_sky(sandbox: Running, click: Click) -> None:
    cedar = sandbox.customer("pm_card_visa")
    sandbox.switch("faults", next="decline", times=5)

    sandbox.switch("faults", next="none")

    assert click(cedar).status == "succeeded"


@pytest.mark.parametrize("settings", [{"next": "flood"}, {}, {"next": "429", "times": "many"}])
def test_an_order_nobody_understands_is_refused(sandbox: Running, settings: dict[str, str]) -> None:
    answer = sandbox.http.post("/_sandbox/faults", data=settings)

    assert answer.status_code == 422
    assert answer.json()["error"]
