"""Money goes back at most once, and only what came."""

import pytest
import stripe

from tests.sandbox.cast import Click, Running


def test_a_refund_in_two_parts_gives_all_back_and_then_no_more(sandbox: Running, click: Click) -> None:
    cedar = sandbox.customer("pm_card_visa")
    paid = click(cedar)
    refunds = sandbox.stripe().v1.refunds

    part = refunds.create({"payment_intent": paid.id, "amount": 64000, "reason": "requested_by_customer"})
    with pytest.raises(stripe.InvalidRequestError):
        refunds.create({"payment_intent": paid.id, "amount": 800001})
    rest = refunds.create({"charge": paid.latest_charge})
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        refunds.create({"charge": paid.latest_charge})

    assert (part.status, rest.status, rest.amount) == ("succeeded", "succeeded", 800000)
    assert refusal.value.code == "charge_already_refunded"
    assert [line["amount"] for line in sandbox.moved(cedar, "refunds")] == [64000, 800000]
    assert sandbox.stripe().v1.charges.retrieve(paid.latest_charge).refunded


def test_what_was_never_paid_is_not_refunded(sandbox: Running, click: Click) -> None:
    cedar = sandbox.customer("pm_card_authenticationRequired")
    asked = click(cedar)

    with pytest.raises(stripe.InvalidRequestError):
        sandbox.stripe().v1.refunds.create({"payment_intent": asked.id})

    assert sandbox.moved(cedar, "refunds") == []


def test_a_slow_refund_moves_money_when_the_bank_has_it(sandbox: Running, click: Click) -> None:
    cedar = sandbox.customer("pm_card_pendingRefund")
    refund = sandbox.stripe().v1.refunds.create({"payment_intent": click(cedar).id})
    before = sandbox.moved(cedar, "refunds")

    sandbox.switch("complete", id=refund.id)

    assert (refund.status, before) == ("pending", [])
    assert sandbox.stripe().v1.refunds.retrieve(refund.id).status == "succeeded"
    assert len(sandbox.moved(cedar, "refunds")) == 1
