"""Saying no: once it is acknowledged nothing is charged, whatever was left open."""


from tests.money.test_click import RUTH
from tests.wire import wire
from tests.world import CSRF, World, click_form


def test_a_no_while_the_payment_is_under_way_is_not_acknowledged(world: World) -> None:
    renewal = world.renewal("cedar-dental")
    ruth, colleague = world.signed_in(RUTH), world.signed_in(RUTH)
    world.sandbox.fault("500_after")
    ruth.click(renewal)

    answer = colleague.post(f"/renewals/{renewal}/opt-out", {"reason": "price"}, page=f"/renewals/{renewal}/opt-out")

    assert answer.status_code == 409
    assert "under way" in answer.text


def test_an_open_checkout_is_closed_before_a_no_is_acknowledged(world: World) -> None:
    renewal = world.renewal("pelangi-cafe")
    aisyah = world.signed_in("aisyah@pelangi-cafe.example")
    form = click_form(aisyah.get(f"/renewals/{renewal}").text)
    aisyah.client.post(f"/renewals/{renewal}/card", data=form, follow_redirects=False)
    checkout = world.payments(renewal)[-1].action_url
    assert checkout

    answer = aisyah.post(f"/renewals/{renewal}/opt-out", {"reason": ""}, page=f"/renewals/{renewal}/opt-out")
    paid = wire.post(checkout, data={"number": "4242424242424242", "expiry": "12/30", "cvc": "123", "name": "A"})

    assert answer.status_code == 303
    assert paid.status_code >= 400 or "expired" in paid.text.lower()
    assert world.sandbox.charges(renewal) == []


def test_nobody_who_looks_after_customers_can_be_made_a_customer(world: World) -> None:
    ruth = world.signed_in(RUTH)

    answer = ruth.post("/people", {"name": "Maya", "email": "maya@lumen.example", "role": "viewer"}, page="/people")

    assert answer.status_code == 422


def test_a_form_larger_than_any_of_ours_is_refused_before_it_is_read(world: World) -> None:
    visitor = world.visitor()
    token = CSRF.search(visitor.get("/sign-in").text)
    assert token

    answer = visitor.client.post("/sign-in", data={"csrf": token[1]} | {f"f{n}": "x" * 40 for n in range(3000)})

    assert answer.status_code == 413
