"""Somebody without a saved card pays on the checkout page, comes back, and is known next time."""

import time
from typing import Any

import pytest
import stripe

from tests.sandbox.cast import Running, Start
from tests.sandbox.test_shape import checkout

TYPED = {"number": "4242 4242 4242 4242", "expiry": "12 / 34", "cvc": "123", "name": "Ruth Ng", "email": "r@c.example"}


def opened(sandbox: Running, customer: str, **more: Any) -> Any:
    return sandbox.stripe().v1.checkout.sessions.create({**checkout(customer), **more})


def found(sandbox: Running, session: Any) -> Any:
    expand = ["payment_intent.latest_charge", "invoice", "line_items"]
    return sandbox.stripe().v1.checkout.sessions.retrieve(session.id, {"expand": expand})


def test_a_buyer_pays_comes_back_and_the_card_is_kept(sandbox: Running) -> None:
    pelangi = sandbox.customer()
    session = opened(sandbox, pelangi)

    page = sandbox.http.get(session.url)
    answer = sandbox.http.post(session.url, data=TYPED)

    assert "Growth, 12 months" in page.text
    assert "Pay USD 8,640.00" in page.text
    assert answer.status_code == 303
    assert answer.headers["location"] == f"http://portal.example/back?session={session.id}"
    after = found(sandbox, session)
    assert (after.status, after.payment_status, after.url) == ("complete", "paid", None)
    assert after.payment_intent.status == "succeeded"
    assert after.customer_details.name == "Ruth Ng"
    assert (after.invoice.status, after.invoice.metadata.to_dict()) == ("paid", {"renewal": "r1"})
    assert after.invoice.number
    kept = sandbox.stripe().v1.customers.payment_methods.list(pelangi).data
    assert [method.card.last4 for method in kept] == ["4242"]
    assert [line["metadata"] for line in sandbox.moved(pelangi)] == [{"renewal": "r1"}]


def test_pressing_pay_twice_pays_once(sandbox: Running) -> None:
    pelangi = sandbox.customer()
    session = opened(sandbox, pelangi)

    answers = [sandbox.http.post(session.url, data=TYPED) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert len(sandbox.moved(pelangi)) == 1


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        ("4000000000000002", "Your card was declined."),
        ("4000000000000341", "Your card was declined."),
        ("4000000000009995", "Your card has insufficient funds."),
        ("4000000000000069", "Your card has expired."),
    ],
)
def test_a_declined_card_says_why_and_another_can_be_tried(sandbox: Running, number: str, sentence: str) -> None:
    pelangi = sandbox.customer()
    session = opened(sandbox, pelangi)

    refused = sandbox.http.post(session.url, data={**TYPED, "number": number})
    still_open = found(sandbox, session)
    paid = sandbox.http.post(session.url, data=TYPED)

    assert refused.status_code == 402
    assert sentence.replace("'", "&#39;") in refused.text
    assert 'value="Ruth Ng"' in refused.text
    assert (still_open.status, still_open.payment_status) == ("open", "unpaid")
    assert paid.status_code == 303
    assert len(sandbox.moved(pelangi)) == 1


@pytest.mark.parametrize("number", ["4000002500003155", "4000002760003184"])
@pytest.mark.parametrize(("answer", "status", "charges"), [("approve", "complete", 1), ("refuse", "open", 0)])
def test_the_bank_asks_the_owner(sandbox: Running, number: str, answer: str, status: str, charges: int) -> None:
    pelangi = sandbox.customer()
    session = opened(sandbox, pelangi)

    to_the_bank = sandbox.http.post(session.url, data={**TYPED, "number": number}).headers["location"]
    page = sandbox.http.get(to_the_bank)
    back = sandbox.http.post(to_the_bank, data={"answer": answer}).headers["location"]
    end = sandbox.http.get(back)

    assert "Confirm with your bank" in page.text
    assert end.status_code == (303 if charges else 402)
    assert found(sandbox, session).status == status
    assert len(sandbox.moved(pelangi)) == charges


@pytest.mark.parametrize(
    "mistake", [{"number": "4929 1234 5678 9012"}, {"expiry": "01/20"}, {"expiry": "soon"}, {"cvc": "1"}, {"name": ""}]
)
def test_a_slip_of_the_pen_is_shown_and_tries_nothing(sandbox: Running, mistake: dict[str, str]) -> None:
    session = opened(sandbox, sandbox.customer())

    answer = sandbox.http.post(session.url, data={**TYPED, **mistake})

    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert found(sandbox, session).payment_intent is None


def test_a_late_answer_of_the_bank_pays_a_session_that_is_already_complete(sandbox: Running) -> None:
    pelangi = sandbox.customer()
    session = opened(sandbox, pelangi)
    sandbox.switch("faults", next="processing", on="/c/pay")

    sandbox.http.post(session.url, data=TYPED)
    promised = found(sandbox, session)
    sandbox.switch("complete", id=promised.payment_intent.id)

    assert (promised.status, promised.payment_status, promised.invoice) == ("complete", "unpaid", None)
    assert found(sandbox, session).payment_status == "paid"
    types = [event.type for event in sandbox.stripe().v1.events.list({"limit": 5}).data]
    assert "checkout.session.async_payment_succeeded" in types


def test_an_expired_session_takes_no_money(sandbox: Running) -> None:
    pelangi = sandbox.customer()
    session = opened(sandbox, pelangi)
    sandbox.http.post(session.url, data={**TYPED, "number": "4000002760003184"})
    intent = found(sandbox, session).payment_intent

    sandbox.stripe().v1.checkout.sessions.expire(session.id)
    answer = sandbox.http.post(session.url, data=TYPED)

    assert answer.status_code == 410
    assert sandbox.stripe().v1.payment_intents.retrieve(intent.id).status == "canceled"
    assert sandbox.moved(pelangi) == []
    with pytest.raises(stripe.InvalidRequestError):
        sandbox.stripe().v1.checkout.sessions.expire(session.id)


def test_a_session_expires_by_itself_within_a_day(start: Start) -> None:
    sandbox = start()
    cedar = sandbox.customer()
    soon, late = opened(sandbox, cedar, expires_at=int(time.time()) + 2000), opened(sandbox, cedar)

    sandbox.switch("clock", hours=1)
    after_an_hour = [found(sandbox, session).status for session in (soon, late)]
    sandbox.switch("clock", hours=24)

    assert after_an_hour == ["expired", "open"]
    assert found(sandbox, late).status == "expired"
    listed = sandbox.stripe().v1.events.list({"type": "checkout.session.expired"}).data
    assert [event.data.object["id"] for event in listed] == [late.id, soon.id]


def test_a_buyer_nobody_knows_becomes_a_customer(sandbox: Running) -> None:
    body = {name: value for name, value in checkout("").items() if name != "customer"}
    session = sandbox.stripe().v1.checkout.sessions.create({**body, "customer_email": "new@buyer.example"})

    page = sandbox.http.get(session.url)
    sandbox.http.post(session.url, data=TYPED)

    assert 'value="new@buyer.example"' in page.text
    customer = sandbox.stripe().v1.customers.retrieve(found(sandbox, session).customer)
    assert (customer.name, customer.email) == ("Ruth Ng", "r@c.example")


@pytest.mark.parametrize("path", ["/", "/c/pay/cs_test_nobody", "/bank/pi_1/secret", "/nowhere"])
def test_every_page_says_that_no_money_moves(sandbox: Running, path: str) -> None:
    answer = sandbox.http.get(path)

    assert "Sandbox: no money moves" in answer.text
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; style-src 'self'")
    assert "<script" not in answer.text
    assert "style=" not in answer.text


def test_what_a_buyer_types_is_shown_as_text(sandbox: Running) -> None:
    session = opened(sandbox, sandbox.customer())

    answer = sandbox.http.post(session.url, data={**TYPED, "cvc": "", "name": '"><script>alert(1)</script>'})

    assert "<script" not in answer.text
