"""The promise: a small customer with a card on file renews in one click, and only once."""

import re

import pytest
from playwright.sync_api import Page, expect

from e2e.company import Company
from e2e.deed import RENEW, accept_terms, ask_for_code, enter, expect_heading, renew
from e2e.demo import Demo, sooner_or_later
from e2e.window import Windows, links_in

RUTH = "ruth@cedar-dental.example"


def test_cedar_dental_renews_from_the_mailed_link_in_one_click(demo: Demo, windows: Windows) -> None:
    renewal, page = demo.account("Cedar Dental")["renewal_id"], windows.open()
    page.goto(links_in(demo.mail(RUTH, "renewal_ready")["text"])[0])
    page.get_by_role("button", name="Continue").click()
    expect(page).to_have_url(f"{demo.url}/renewals/{renewal}")

    page.get_by_role("link", name="Use the card on file").click()
    expect(page.get_by_label("Your work e-mail")).to_have_value(RUTH)
    enter(page, ask_for_code(page, demo, RUTH))
    page.get_by_role("radio", name="Good").check()
    accept_terms(page)
    page.get_by_role("button", name="Renew Growth, 12 months, pay USD 8,640.00 with Visa ending 4242").click()

    expect_heading(page, "Growth is renewed")
    [charge] = demo.charges(renewal)
    assert (charge["amount"], charge["currency"]) == (864000, "usd")
    assert "USD 8,640.00" in demo.mail(RUTH, "receipt")["subject"]


def test_after_renewing_the_papers_and_the_next_renewal_are_there(demo: Demo, company: Company, owner: Page) -> None:
    renew(owner)
    expect_heading(owner, "Growth is renewed")
    demo.mail(company.email, "receipt")
    sooner_or_later(lambda: _both_papers(owner), "both papers in the room")

    for kind in ("Agreement", "Invoice"):
        with owner.expect_download() as download:
            owner.get_by_role("row", name=kind).get_by_role("link").click()
        assert download.value.path().read_bytes().startswith(b"%PDF-")
    owner.goto("/")
    expect(owner.get_by_role("heading", level=2).first).to_contain_text(re.compile("Growth renews on .* 2027"))


def _both_papers(page: Page) -> bool | None:
    """Agreement and invoice are printed by jobs of their own."""
    page.goto("/documents")
    return page.get_by_role("row").filter(has=page.get_by_role("link")).count() == 2 or None


def test_a_double_click_pays_once(demo: Demo, company: Company, owner: Page) -> None:
    accept_terms(owner)
    owner.get_by_role("button", name=RENEW).dblclick()

    expect_heading(owner, "Growth is renewed")
    assert len(demo.charges(company.renewal)) == 1


def test_a_double_click_without_javascript_pays_once(
    demo: Demo, windows: Windows, company: Company, owner: Page
) -> None:
    page = windows.open(signed_in=company.email, java_script_enabled=False)
    page.goto(owner.url)
    accept_terms(page)
    page.get_by_role("button", name=RENEW).dblclick()

    expect_heading(page, "Growth is renewed")
    assert len(demo.charges(company.renewal)) == 1


def test_reloading_and_going_back_pay_once(demo: Demo, company: Company, owner: Page) -> None:
    renew(owner)
    expect_heading(owner, "Growth is renewed")

    owner.reload()
    expect_heading(owner, "Growth is renewed")
    owner.go_back()
    expect(owner.get_by_role("button", name=RENEW)).to_have_count(0)

    assert len(demo.charges(company.renewal)) == 1


def test_two_tabs_pay_once(demo: Demo, company: Company, owner: Page) -> None:
    other = owner.context.new_page()
    other.goto(owner.url)
    for page in (owner, other):
        accept_terms(page)

    for page in (owner, other):
        page.get_by_role("button", name=RENEW).click(no_wait_after=True)

    for page in (owner, other):
        expect_heading(page, "Growth is renewed")
    assert len(demo.charges(company.renewal)) == 1


@pytest.mark.parametrize("fault", ["hang_after", "500_after"])
def test_money_that_moved_without_an_answer_settles_by_itself(
    stripe: Demo, company: Company, owner: Page, fault: str
) -> None:
    stripe.switch("webhooks", mode="delay")
    stripe.switch("faults", next=fault, times="1", seconds="1")
    renew(owner)
    expect_heading(owner, "Your payment is being confirmed")

    stripe.switch("webhooks/release")

    expect_heading(owner, "Growth is renewed")
    assert len(stripe.charges(company.renewal)) == 1
