"""Every answer has the shape Stripe's own library describes."""

from typing import Any

import pytest
import stripe
import stripe.checkout

from tests.sandbox.cast import Click, Running, approve
from tests.sandbox.shapes import faults

RESOURCES: dict[str, Any] = {
    "charge": stripe.Charge,
    "checkout.session": stripe.checkout.Session,
    "customer": stripe.Customer,
    "event": stripe.Event,
    "invoice": stripe.Invoice,
    "invoice_payment": stripe.InvoicePayment,
    "item": stripe.LineItem,
    "payment_intent": stripe.PaymentIntent,
    "payment_method": stripe.PaymentMethod,
    "refund": stripe.Refund,
    "webhook_endpoint": stripe.WebhookEndpoint,
}


@pytest.fixture
def eventful(sandbox: Running, click: Click) -> Running:
    """A sandbox in which everything there is has happened at least once."""
    client = sandbox.stripe()
    cedar = sandbox.customer("pm_card_visa", "pm_card_authenticationRequired")
    paid = click(cedar)
    client.v1.refunds.create({"payment_intent": paid.id, "amount": 100, "metadata": {"why": "kindness"}})
    approve(sandbox, click(cedar, payment_method="pm_card_authenticationRequired"))
    for fault in ("processing", "authentication_required"):
        sandbox.switch("faults", next=fault)
        click(cedar)
    sandbox.switch("faults", next="decline")
    with pytest.raises(stripe.CardError):
        click(cedar)
    billed(client, cedar)
    client.v1.checkout.sessions.create(checkout(cedar))
    client.v1.webhook_endpoints.create({"url": "http://127.0.0.1:9/", "enabled_events": ["account.updated"]})
    return sandbox


def test_no_answer_lacks_what_is_promised_or_says_what_is_unknown(eventful: Running) -> None:
    lists = {
        "charges": ["data.customer", "data.payment_intent", "data.refunds"],
        "checkout/sessions": ["data.line_items", "data.customer"],
        "customers": ["data.invoice_settings.default_payment_method"],
        "events": [],
        "invoices": ["data.payments", "data.customer"],
        "payment_intents": ["data.latest_charge", "data.payment_method", "data.customer"],
        "refunds": ["data.charge", "data.payment_intent"],
        "webhook_endpoints": [],
    }

    seen: set[str] = set()
    wrong: list[str] = []
    for name, expand in lists.items():
        for document in listed(eventful, name, expand):
            seen.add(document["object"])
            wrong += faults(document, RESOURCES[document["object"]], document["object"])
            if document["object"] == "event":
                about = document["data"]["object"]
                seen.add(about["object"])
                wrong += faults(about, RESOURCES[about["object"]], document["type"])

    assert sorted(set(wrong)) == []
    assert set(RESOURCES) - {"item"} == seen


def test_the_shape_check_sees_what_is_wrong() -> None:
    """The control: a missing, a foreign, a mistyped and a wrongly nested field are all found."""
    refund = {
        "id": "re_1",
        "object": "refund",
        "amount": "100",
        "created": 1,
        "color": "red",
        "destination_details": {"type": "card", "card": {"type": "refund", "shade": 1}},
    }

    assert sorted(faults(refund, stripe.Refund)) == [
        ".amount is '100', no int",
        ".color is unknown to the SDK",
        ".currency is missing",
        ".destination_details.card.shade is unknown to the SDK",
    ]


def listed(sandbox: Running, name: str, expand: list[str]) -> list[dict[str, Any]]:
    query = {"limit": "100", **{f"expand[{place}]": path for place, path in enumerate(expand)}}
    answer = sandbox.http.get(f"/v1/{name}", params=query, headers={"authorization": "Bearer sk_test_kekal"})
    assert answer.status_code == 200, answer.text
    assert answer.json()["data"], name
    return list(answer.json()["data"])


def billed(client: Any, customer: str) -> None:
    """An invoice through its whole life, another that is thrown away."""
    line = {"amount": 5000, "description": "Growth, 12 months"}
    for verb in ("pay", "void_invoice"):
        invoice = client.v1.invoices.create({"customer": customer, "metadata": {"renewal": "r1"}})
        client.v1.invoices.add_lines(invoice.id, {"lines": [line]})
        client.v1.invoices.finalize_invoice(invoice.id)
        getattr(client.v1.invoices, verb)(invoice.id)


def checkout(customer: str) -> dict[str, Any]:
    price = {"currency": "usd", "unit_amount": 864000, "product_data": {"name": "Growth, 12 months"}}
    return {
        "mode": "payment",
        "customer": customer,
        "line_items": [{"price_data": price, "quantity": 1}],
        "success_url": "http://portal.example/back?session={CHECKOUT_SESSION_ID}",
        "cancel_url": "http://portal.example/renewals/r1",
        "payment_intent_data": {"setup_future_usage": "off_session", "metadata": {"renewal": "r1"}},
        "invoice_creation": {"enabled": True, "invoice_data": {"metadata": {"renewal": "r1"}}},
        "metadata": {"renewal": "r1"},
    }
