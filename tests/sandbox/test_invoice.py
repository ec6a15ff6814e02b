"""Invoices add up, get a number, and are paid by what is attached to them; money never moves twice for one."""

from io import BytesIO
from typing import Any

import pypdf
import pytest
import stripe

from tests.sandbox.cast import Click, Running


def drafted(sandbox: Running, customer: str, **more: Any) -> Any:
    invoices = sandbox.stripe().v1.invoices
    invoice = invoices.create({"customer": customer, "metadata": {"renewal": "r1"}, **more})
    price = {"currency": "usd", "unit_amount": 4000, "product_data": {"name": "Seat, 12 months"}}
    lines = [{"amount": 824000, "description": "Growth, 12 months"}, {"price_data": price, "quantity": 10}]
    return invoices.add_lines(invoice.id, {"lines": lines})


def test_the_invoice_of_a_click_is_paid_by_the_click(sandbox: Running, click: Click) -> None:
    cedar = sandbox.customer("pm_card_visa")
    paid = click(cedar)
    invoices = sandbox.stripe().v1.invoices

    draft = drafted(sandbox, cedar)
    open_one = invoices.finalize_invoice(draft.id)
    settled = invoices.attach_payment(draft.id, {"payment_intent": paid.id, "expand": ["payments"]})

    assert [one.status for one in (draft, open_one, settled)] == ["draft", "open", "paid"]
    assert (settled.total, settled.amount_paid, settled.amount_remaining) == (864000, 864000, 0)
    assert settled.payments.data[0].payment.payment_intent == paid.id
    assert len(sandbox.moved(cedar)) == 1
    assert [(line["status"], line["metadata"]) for line in sandbox.moved(cedar, "invoices")] == [
        ("paid", {"renewal": "r1"})
    ]


def test_numbers_count_up_for_each_customer(sandbox: Running) -> None:
    cedar = sandbox.stripe().v1.customers.create({"name": "Cedar Dental", "invoice_prefix": "CEDAR"}).id
    invoices = sandbox.stripe().v1.invoices

    numbers = [invoices.finalize_invoice(drafted(sandbox, cedar).id).number for _ in range(2)]

    assert numbers == ["CEDAR-0001", "CEDAR-0002"]


def test_a_payment_that_succeeds_later_is_credited_then(sandbox: Running, click: Click) -> None:
    cedar = sandbox.customer("pm_card_visa")
    sandbox.switch("faults", next="processing")
    waiting = click(cedar)
    invoices = sandbox.stripe().v1.invoices
    invoice = invoices.finalize_invoice(drafted(sandbox, cedar).id)

    attached = invoices.attach_payment(invoice.id, {"payment_intent": waiting.id})
    sandbox.switch("complete", id=waiting.id)

    assert attached.status == "open"
    assert invoices.retrieve(invoice.id).status == "paid"


def test_an_invoice_is_paid_once_however_often_it_is_asked_to(sandbox: Running) -> None:
    cedar = sandbox.customer("pm_card_visa")
    invoices = sandbox.stripe().v1.invoices
    invoice = invoices.finalize_invoice(drafted(sandbox, cedar).id)

    paid = invoices.pay(invoice.id)
    with pytest.raises(stripe.InvalidRequestError):
        invoices.pay(invoice.id)

    assert paid.status == "paid"
    assert [(line["amount"], line["metadata"]) for line in sandbox.moved(cedar)] == [(864000, {"renewal": "r1"})]


def test_a_declined_card_leaves_the_invoice_open(sandbox: Running) -> None:
    cedar = sandbox.customer("pm_card_chargeCustomerFail")
    invoices = sandbox.stripe().v1.invoices
    invoice = invoices.finalize_invoice(drafted(sandbox, cedar).id)

    with pytest.raises(stripe.CardError):
        invoices.pay(invoice.id)

    tried = invoices.retrieve(invoice.id)
    assert (tried.status, tried.attempt_count) == ("open", 1)
    assert sandbox.moved(cedar) == []


def test_net_terms_are_sent_with_a_due_date_and_can_be_paid_elsewhere(sandbox: Running) -> None:
    northwind = sandbox.customer()
    invoices = sandbox.stripe().v1.invoices
    fields = [{"name": "Purchase order", "value": "PO-7"}]

    draft = drafted(sandbox, northwind, collection_method="send_invoice", days_until_due=30, custom_fields=fields)
    sent = invoices.send_invoice(draft.id)
    paid = invoices.pay(draft.id, {"paid_out_of_band": True})

    assert sent.status == "open"
    assert sent.due_date == sent.created + 30 * 86400
    assert sent.custom_fields[0].value == "PO-7"
    assert (paid.status, paid.amount_paid_off_stripe) == ("paid", 864000)
    assert sandbox.moved(northwind) == []


def test_what_is_void_or_paid_or_finalized_is_not_changed_any_more(sandbox: Running) -> None:
    cedar = sandbox.customer("pm_card_visa")
    invoices = sandbox.stripe().v1.invoices
    void = invoices.void_invoice(invoices.finalize_invoice(drafted(sandbox, cedar).id).id)

    assert void.status == "void"
    for verb in (invoices.pay, invoices.finalize_invoice, invoices.void_invoice):
        with pytest.raises(stripe.InvalidRequestError):
            verb(void.id)
    with pytest.raises(stripe.InvalidRequestError):
        invoices.add_lines(void.id, {"lines": [{"amount": 1}]})


@pytest.mark.parametrize(
    "terms",
    [
        {"collection_method": "send_invoice"},
        {"days_until_due": 30},
        {"custom_fields": [{"name": str(place), "value": "x"} for place in range(5)]},
    ],
)
def test_terms_that_do_not_fit_are_refused(sandbox: Running, terms: dict[str, Any]) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        sandbox.stripe().v1.invoices.create({"customer": sandbox.customer(), **terms})


def test_a_customer_pays_on_the_hosted_page_and_has_it_on_paper(sandbox: Running) -> None:
    cedar = sandbox.customer()
    invoices = sandbox.stripe().v1.invoices
    invoice = invoices.finalize_invoice(drafted(sandbox, cedar).id)
    typed = {"number": "4242 4242 4242 4242", "expiry": "12/34", "cvc": "123", "name": "Ruth"}

    page = sandbox.http.get(invoice.hosted_invoice_url)
    answer = sandbox.http.post(invoice.hosted_invoice_url, data=typed)
    paper = sandbox.http.get(invoice.invoice_pdf)

    assert "Pay USD 8,640.00" in page.text
    assert answer.status_code == 303
    assert invoices.retrieve(invoice.id).status == "paid"
    text = pypdf.PdfReader(BytesIO(paper.content)).pages[0].extract_text()
    assert invoice.number in text
    assert "USD 8,640.00" in text
    assert sandbox.http.get(invoice.hosted_invoice_url + "x").status_code == 404
