"""The window to Stripe, over its own SDK: the same questions to the stand-in and, with a key of your own, to Stripe.

`STRIPE_TEST_KEY=sk_test_... pytest -m live_stripe` asks Stripe itself, in its test mode; nothing else ever does.
"""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

import pytest

from gateways.stripe import Stripe
from renewals.base import new_key
from renewals.billed import Billed
from renewals.payment import Cancelled, Declined, NeedsAction, Payment, PaymentKind, Succeeded, Unknown

BACK = "https://portal.example/renewals/1/payment"


@pytest.fixture(params=["stand-in", pytest.param("stripe", marks=pytest.mark.live_stripe)])
def stripe(request: pytest.FixtureRequest, stripe_stand_in: str) -> Iterator[Stripe]:
    """The stand-in, or Stripe's own test mode."""
    live = request.param == "stripe"
    key = os.environ["STRIPE_TEST_KEY"] if live else "sk_test_sandbox"
    made = Stripe(key, "whsec_unused", None if live else stripe_stand_in)
    yield made
    made.close()


def customer_with(stripe: Stripe, card: str) -> tuple[str, str]:
    """A new customer at Stripe and their card."""
    v1 = stripe._client.v1
    customer = v1.customers.create({"name": "Contract test"})
    method = v1.payment_methods.attach(card, {"customer": customer.id})
    return customer.id, method.id


def payment(customer: str | None, *, kind: PaymentKind = PaymentKind.CARD, amount: int = 864_000) -> Payment:
    """An attempt as the house would make it, outside of any database."""
    key = new_key()
    return Payment(
        id=key, account_id=UUID(int=1), renewal_id=UUID(int=2), instalment_id=UUID(int=3), instalment_number=1,
        kind=kind, key=f"kekal-{key}", amount_minor=amount, currency="USD", customer=customer,
        sent_at=datetime(2026, 8, 5, tzinfo=UTC), keeps_card=False, card_text="",
    )


def test_a_card_on_file_is_charged_once_however_often_the_same_request_is_sent(stripe: Stripe) -> None:
    customer, card = customer_with(stripe, "pm_card_visa")
    attempt = payment(customer)
    request = stripe.card_request(attempt, card, return_url=BACK)

    first = stripe.charge(request, attempt.key)
    second = stripe.charge(request, attempt.key, again=True)

    assert isinstance(first, Succeeded)
    assert first == second
    assert (first.money, first.customer, first.attempt) == (attempt.amount, customer, str(attempt.id))


def test_an_attempt_is_found_by_our_mark_and_by_its_reference(stripe: Stripe) -> None:
    customer, card = customer_with(stripe, "pm_card_visa")
    attempt = payment(customer)
    made = stripe.charge(stripe.card_request(attempt, card, return_url=BACK), attempt.key)

    assert isinstance(made, Succeeded)
    assert stripe.look_for(attempt.id, customer) == made
    assert stripe.look_up(made.reference) == made
    assert stripe.look_for(new_key(), customer) is None


def test_a_bank_that_says_no_is_a_definite_no_with_its_reason(stripe: Stripe) -> None:
    customer, card = customer_with(stripe, "pm_card_chargeCustomerFail")
    attempt = payment(customer)

    answer = stripe.charge(stripe.card_request(attempt, card, return_url=BACK), attempt.key)

    assert isinstance(answer, Declined)
    assert answer.reason == "generic_decline"


def test_a_bank_that_wants_to_see_the_customer_gives_its_page(stripe: Stripe) -> None:
    customer, card = customer_with(stripe, "pm_card_authenticationRequired")
    attempt = payment(customer)

    answer = stripe.charge(stripe.card_request(attempt, card, return_url=BACK), attempt.key)

    assert isinstance(answer, NeedsAction)
    assert answer.url.startswith("http")


def test_a_checkout_that_nobody_used_is_given_up(stripe: Stripe) -> None:
    attempt = payment(None, kind=PaymentKind.CHECKOUT)
    request = stripe.checkout_request(
        attempt, product="Growth, 12 months", email="ruth@cedar-dental.example", done_url=BACK, back_url=BACK
    )

    opened = stripe.open_checkout(request, attempt.key)

    assert isinstance(opened, NeedsAction)
    assert isinstance(stripe.give_up(opened.reference), Cancelled)


def test_the_card_on_file_is_the_one_the_customer_chose(stripe: Stripe) -> None:
    customer, first = customer_with(stripe, "pm_card_visa")
    v1 = stripe._client.v1
    v1.payment_methods.attach("pm_card_mastercard", {"customer": customer})
    v1.customers.update(customer, {"invoice_settings": {"default_payment_method": first}})

    card = stripe.card_of(customer)

    assert card is not None
    assert (card.stripe_id, card.brand, card.last4) == (first, "Visa", "4242")


def test_the_numbered_invoice_is_made_once_for_money_that_arrived(stripe: Stripe) -> None:
    customer, card = customer_with(stripe, "pm_card_visa")
    attempt = payment(customer)
    made = stripe.charge(stripe.card_request(attempt, card, return_url=BACK), attempt.key)
    assert isinstance(made, Succeeded)
    attempt.reference = made.reference

    billed = Billed("Cedar Dental", "US", ("12 Cedar Row", "Austin, TX 78701"), order_number="PO-7")
    first = stripe.issue_invoice(attempt, billed, lines=[("Growth", 864_000)], key=attempt.key)
    second = stripe.issue_invoice(attempt, billed, lines=[("Growth", 864_000)], key=attempt.key)

    assert first == second
    assert first[1]


def test_nobody_answering_is_unknown_and_never_a_no() -> None:
    silent = Stripe("sk_test_sandbox", "whsec_unused", "http://127.0.0.1:9")
    attempt = payment("cus_1")

    answer = silent.charge(silent.card_request(attempt, "pm_1", return_url=BACK), attempt.key)

    assert isinstance(answer, Unknown)
