"""What Stripe would refuse is refused in Stripe's words, and moves nothing."""

from typing import Any

import httpx
import pytest
import stripe

from tests.sandbox.cast import Running

INTENT: dict[str, Any] = {"amount": 100, "currency": "usd"}
REFUSED: list[tuple[str, dict[str, Any], str, str]] = [
    # call, what is changed, code, param
    ("payment_intents", {"amont": 100}, "parameter_unknown", "amont"),
    ("payment_intents", {"amount": None}, "parameter_missing", "amount"),
    ("payment_intents", {"amount": "12.50"}, "parameter_invalid_integer", "amount"),
    ("payment_intents", {"amount": 0}, "parameter_invalid_integer", "amount"),
    ("payment_intents", {"amount": 100_000_000}, "amount_too_large", "amount"),
    ("payment_intents", {"confirm": "yes"}, "parameter_invalid_boolean", "confirm"),
    ("payment_intents", {"setup_future_usage": "always"}, "parameter_invalid_enum", "setup_future_usage"),
    ("payment_intents", {"metadata": "r1"}, "parameter_invalid_object", "metadata"),
    ("payment_intents", {"payment_method_types": ["card"]}, "parameter_unknown", "payment_method_types"),
    (
        "payment_intents",
        {"automatic_payment_methods": {"enabeld": True}},
        "parameter_unknown",
        "automatic_payment_methods[enabeld]",
    ),
    (
        "payment_intents",
        {"automatic_payment_methods": {"allow_redirects": "never"}},
        "parameter_missing",
        "automatic_payment_methods[enabled]",
    ),
    ("payment_intents", {"customer": "cus_nobody"}, "resource_missing", "customer"),
    ("payment_intents", {"transfer_group": "x"}, "sandbox_unsupported", "transfer_group"),
    ("customers", {"metadata": {"a": {"b": "c"}}}, "parameter_invalid_string", "metadata[a]"),
    ("invoices", {"collection_method": "by_pigeon"}, "parameter_invalid_enum", "collection_method"),
    ("invoices", {}, "parameter_missing", "customer"),
    ("refunds", {"reason": "regret"}, "parameter_invalid_enum", "reason"),
    ("webhook_endpoints", {"url": "http://x.example"}, "parameter_missing", "enabled_events"),
    ("webhook_endpoints", {"url": "http://x.example", "enabled_events": ["sun.risen"]}, "", "enabled_events[0]"),
]


@pytest.mark.parametrize(("call", "change", "code", "param"), REFUSED)
def test_a_wrong_request_is_refused(sandbox: Running, call: str, change: dict[str, Any], code: str, param: str) -> None:
    body = {**INTENT, **change} if call == "payment_intents" else change
    client = sandbox.stripe()

    with pytest.raises(stripe.InvalidRequestError) as refusal:
        getattr(client.v1, call).create({name: value for name, value in body.items() if value is not None})

    assert refusal.value.http_status == 400
    assert refusal.value.code == code or not code
    assert refusal.value.param == param or not param


def test_misspelt_names_are_found_deep_inside(sandbox: Running) -> None:
    price = {"currency": "usd", "unit_amout": 100, "product_data": {"name": "Growth"}}
    body = {"mode": "payment", "success_url": "http://x.example", "line_items": [{"price_data": price}]}

    with pytest.raises(stripe.InvalidRequestError) as refusal:
        sandbox.stripe().v1.checkout.sessions.create(body)

    assert refusal.value.param == "line_items[0][price_data][unit_amout]"


def test_three_decimal_amounts_end_in_zero_as_card_networks_want(sandbox: Running) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        sandbox.stripe().v1.payment_intents.create({"amount": 5124, "currency": "kwd"})

    assert refusal.value.param == "amount"


def test_what_does_not_exist_is_not_found(sandbox: Running) -> None:
    v1: Any = sandbox.stripe().v1

    for find, kind in ((v1.customers.retrieve, "customer"), (v1.payment_intents.retrieve, "payment_intent")):
        with pytest.raises(stripe.InvalidRequestError) as refusal:
            find("nobody")
        assert (refusal.value.http_status, refusal.value.code) == (404, "resource_missing")
        assert f"No such {kind}: 'nobody'" in str(refusal.value)


@pytest.mark.parametrize("key", [None, "Bearer sk_live_1234", "Bearer pk_test_1234", "Basic c2tfdGVzdA=="])
def test_without_a_test_key_there_is_no_answer(sandbox: Running, key: str | None) -> None:
    answer = sandbox.http.get("/v1/customers", headers={"authorization": key} if key else {})

    assert answer.status_code == 401
    assert answer.json()["error"]["type"] == "invalid_request_error"


def test_a_path_stripe_does_not_have_is_not_found(sandbox: Running) -> None:
    answer = sandbox.http.post("/v1/renewals", headers={"authorization": "Bearer sk_test_kekal"})

    assert answer.status_code == 404
    assert "Unrecognized request URL" in answer.json()["error"]["message"]


def test_only_what_can_be_expanded_is(sandbox: Running) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        sandbox.stripe().v1.payment_intents.create({**INTENT, "expand": ["amount"]})

    assert refusal.value.param == "expand"


def test_metadata_changes_key_by_key(sandbox: Running) -> None:
    customers = sandbox.stripe().v1.customers
    cedar = customers.create({"metadata": {"renewal": "r1", "plan": "growth", "_own": "kept"}}).id

    changed = customers.update(cedar, {"metadata": {"renewal": "r2", "plan": ""}})
    cleared = customers.update(cedar, {"metadata": ""})

    assert changed.metadata.to_dict() == {"renewal": "r2", "_own": "kept"}
    assert cleared.metadata.to_dict() == {}


@pytest.mark.parametrize("body", [b"a[b=1&=&[]=2&%00=1", b"\xff\xfe", b"amount[]=1&amount[x]=2", b"&" * 5000])
def test_garbage_is_refused_not_feared(sandbox: Running, body: bytes) -> None:
    headers = {"authorization": "Bearer sk_test_kekal", "content-type": "application/x-www-form-urlencoded"}

    answer: httpx.Response = sandbox.http.post("/v1/payment_intents", content=body, headers=headers)

    assert answer.status_code == 400
