"""The price as the staff see it: the whole trace, and a second opinion."""

from tests.admin.test_record import said
from tests.world import World


def test_the_staff_open_every_step_of_a_price_and_the_second_evaluator_agrees(world: World) -> None:
    renewal = world.renewal("cedar-dental")

    page = world.signed_in("omar@lumen.example").get(f"/admin/renewals/{renewal}/price")

    assert page.status_code == 200
    assert page.text.count("the second evaluator agrees with every number") == 3
    assert "USD 10,368.00 a year at list price; this year is 4.17 % below list price" in said(page.text)
    assert "Yes: They have been a customer for at least 12 months; it is 35 months" in said(page.text)
    assert "USD 9,936.00" in page.text


def test_a_customer_never_sees_the_internal_steps(world: World) -> None:
    renewal = world.renewal("cedar-dental")
    ruth = world.signed_in("ruth@cedar-dental.example")

    for option in ruth.options(renewal):
        assert "below list" not in ruth.get(f"/renewals/{renewal}/price/{option}").text
    assert ruth.get(f"/admin/renewals/{renewal}/price").status_code == 403
