"""Events reach whoever listens: signed, again and again until heard, and in whatever order tests want."""

import pytest

from tests.sandbox.cast import SECRET, Click, Listener, Running, Start, eventually

PAID = ["payment_intent.created", "charge.succeeded", "payment_intent.succeeded"]


def pay(sandbox: Running) -> str:
    return str(Click(sandbox)("cus_cedar").id)


@pytest.fixture
def told(listening_to: Running, listener: Listener) -> Running:
    """A sandbox with Cedar Dental in it, whose listener has forgotten how that came about."""
    seed = [{"id": "cus_cedar", "name": "Cedar Dental", "email": "ruth@cedar.example", "cards": ["pm_card_visa"]}]
    listening_to.http.post("/_sandbox/seed", json=seed)
    eventually(lambda: len(listener.heard) == 2)
    listener.heard.clear()
    return listening_to


def test_a_payment_is_told_in_order_signed_with_the_shared_secret(told: Running, listener: Listener) -> None:
    intent = pay(told)

    eventually(lambda: len(listener.heard) == 3)
    assert listener.types == PAID
    assert {event.data.object["id"] for event in listener.events if event.type != "charge.succeeded"} == {intent}


def test_an_event_is_the_same_when_fetched(told: Running, listener: Listener) -> None:
    pay(told)
    eventually(lambda: len(listener.heard) == 3)

    fetched = told.stripe().v1.events.list({"types": ["payment_intent.succeeded"]}).data[0]

    [heard] = [event for event in listener.events if event.type == "payment_intent.succeeded"]
    assert fetched.id == heard.id
    assert fetched.data.object["status"] == heard.data.object["status"] == "succeeded"
    assert fetched.request.idempotency_key


def test_what_is_not_heard_is_told_again(told: Running, listener: Listener) -> None:
    listener.refusals = 4

    pay(told)

    eventually(lambda: len(listener.heard) == 3)
    assert sorted(listener.types) == sorted(PAID)


def test_duplicate_tells_everything_twice(told: Running, listener: Listener) -> None:
    told.switch("webhooks", mode="duplicate")

    pay(told)

    eventually(lambda: len(listener.heard) == 6)
    assert listener.types == [news for news in PAID for _ in range(2)]
    assert len({event.id for event in listener.events}) == 3


def test_reverse_tells_the_last_first(told: Running, listener: Listener) -> None:
    told.switch("webhooks", mode="reverse")

    pay(told)

    eventually(lambda: len(listener.heard) == 3)
    assert listener.types == PAID[::-1]


def test_delayed_events_wait_for_their_release(told: Running, listener: Listener) -> None:
    told.switch("webhooks", mode="delay")
    pay(told)
    held = told.http.get("/_sandbox/webhooks").json()

    told.switch("webhooks/release")

    assert (held["mode"], held["held"], held["due"]) == ("delay", 3, 0)
    eventually(lambda: len(listener.heard) == 3)
    assert listener.types == PAID


def test_dropped_events_are_never_told_but_can_be_fetched(told: Running, listener: Listener) -> None:
    told.switch("webhooks", mode="drop")
    pay(told)
    told.switch("webhooks", mode="normal")
    told.switch("webhooks/release")
    told.stripe().v1.customers.update("cus_cedar", {"description": "a later event"})

    eventually(lambda: len(listener.heard) == 1)
    assert listener.types == ["customer.updated"]
    assert {event.type for event in told.stripe().v1.events.list({"limit": 100}).data} > set(PAID)


def test_what_was_not_told_before_a_crash_is_told_after_it(start: Start, listener: Listener) -> None:
    first = start("--webhook-url", listener.url, "--webhook-secret", SECRET)
    first.switch("webhooks", mode="delay")
    first.stripe().v1.customers.create({"name": "Cedar Dental"})
    first.process.kill()
    first.process.wait()

    second = start("--webhook-url", listener.url, "--webhook-secret", SECRET)
    second.switch("webhooks/release")

    eventually(lambda: listener.types == ["customer.created"])


def test_an_endpoint_hears_only_what_it_asked_for(told: Running, listener: Listener) -> None:
    other = Listener()
    made = told.stripe().v1.webhook_endpoints.create({"url": other.url, "enabled_events": ["charge.succeeded"]})

    pay(told)
    eventually(lambda: len(listener.heard) == 3 and len(other.heard) == 1)
    told.stripe().v1.webhook_endpoints.delete(made.id)
    pay(told)
    eventually(lambda: len(listener.heard) == 6)

    assert len(other.heard) == 1
    assert b'"charge.succeeded"' in other.heard[0][0]
    assert made.secret.startswith("whsec_")
    assert len(told.stripe().v1.webhook_endpoints.list().data) == 1
    other.close()
