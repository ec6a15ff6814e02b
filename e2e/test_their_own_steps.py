"""A buyer's own approval steps, on a phone and without JavaScript; and their dates in a calendar."""

import re

import vobject
from playwright.sync_api import expect

from e2e.company import Company
from e2e.deed import expect_heading
from e2e.window import PHONE, Windows


def test_a_buyer_plans_their_approvals_on_a_phone_without_javascript(windows: Windows, company: Company) -> None:
    page = windows.open(signed_in=company.email, width=PHONE, java_script_enabled=False)
    page.goto(f"/renewals/{company.renewal}")
    page.get_by_role("link", name="Plan your own steps").click()
    expect_heading(page, "Your steps to a decision")

    page.get_by_role("button", name="Begin with these five steps").click()
    expect(page.get_by_role("listitem").filter(has_text="Security review").first).to_be_visible()
    form = page.get_by_role("region", name="Add a step")
    form.get_by_label("What has to be done").fill("Works council")
    form.get_by_label("Who does it").fill("Frau Weiss")
    form.get_by_label("Working days it takes").fill("2")
    form.get_by_label("Comes after").select_option("Legal review")
    form.get_by_role("button", name="Add the step").click()

    council = page.get_by_role("listitem").filter(has=page.locator(".entry__name", has_text="Works council"))
    expect(council.get_by_text("after “Legal review”")).to_be_visible()
    council.get_by_role("button", name="Done Works council").click()
    expect(council.get_by_text(re.compile(r"^Done on \w+ \d"))).to_be_visible()
    council.get_by_role("button", name="Up Works council").click()
    budget = page.get_by_role("listitem").filter(has=page.locator(".entry__name", has_text="Budget approved"))
    budget.get_by_text("Change").first.click()
    budget.get_by_label("Done on, if you know").fill("2027-03-01")
    budget.get_by_role("button", name="Save the step").click()

    expect(page.get_by_role("alert")).to_contain_text("“Budget approved” on Mon 1 Mar 2027 is too late")
    page.goto(f"/renewals/{company.renewal}")
    expect(page.get_by_role("alert")).to_contain_text("or you miss the last day to decide")
    page.get_by_role("link", name="Your steps, and what we owe you").click()
    budget.get_by_text("Change").first.click()
    page.get_by_role("button", name="Remove Budget approved").click()
    expect(budget).to_have_count(0)


def test_a_calendar_address_is_made_read_and_taken_back(windows: Windows, company: Company) -> None:
    page = windows.open(signed_in=company.email, width=PHONE, java_script_enabled=False)
    page.goto("/calendar")
    page.get_by_role("button", name="Make an address for my calendar").click()
    address = page.get_by_label("Address 1").input_value()
    expect(page.get_by_role("link", name="Open in my calendar")).to_have_attribute("href", re.compile("^webcal://"))

    read = windows.open().request.get(address)
    assert read.status == 200
    assert any("last day to decide" in one.summary.value for one in vobject.readOne(read.text()).vevent_list)
    page.get_by_role("button", name="Take it back 1").click()

    assert windows.open().request.get(address).status == 404
