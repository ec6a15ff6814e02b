"""Colleagues, and the doors that stay shut: who comes in, and what they see."""

import re

from playwright.sync_api import Page, expect

from e2e.company import Company
from e2e.deed import RENEW, ask_for_code, enter, expect_heading, sign_in_by_code
from e2e.demo import Demo
from e2e.window import Windows, links_in

WRONG = "000000"
TRIES = 5


def test_an_invited_colleague_signs_in_by_code_and_reads_without_paying(
    demo: Demo, windows: Windows, company: Company, owner: Page
) -> None:
    email = company.email.replace("owner", "vera")
    owner.get_by_role("link", name="People").click()
    owner.get_by_label("Name").fill("Vera Viewer")
    owner.get_by_label("Work e-mail").fill(email)
    owner.get_by_role("radio", name="Viewer").check()
    owner.get_by_role("button", name="Send the invitation").click()
    expect(owner.get_by_role("status").first).to_have_text("The invitation is on its way.")

    page = windows.open()
    page.goto(links_in(demo.mail(email, "invitation")["text"])[0])
    sign_in_by_code(page, demo, email)
    expect_heading(page, "Good to see you, Vera")
    page.get_by_role("link", name="See your options").click()

    expect(page.get_by_text("You can read everything here. Olivia", exact=False)).to_be_visible()
    expect(page.get_by_role("radio", name="Good")).to_be_visible()
    expect(page.get_by_role("button", name=RENEW)).to_have_count(0)
    page.goto("/documents")
    expect_heading(page, "This part is not open to you")


def test_a_removed_colleague_is_out_at_once(windows: Windows, demo: Demo, company: Company, owner: Page) -> None:
    email = company.email.replace("owner", "rita")
    owner.goto("/people")
    owner.get_by_label("Name").fill("Rita Reader")
    owner.get_by_label("Work e-mail").fill(email)
    owner.get_by_role("button", name="Send the invitation").click()
    page = windows.open(signed_in=email)
    page.goto("/")
    expect_heading(page, "Good to see you, Rita")

    owner.get_by_role("button", name="Remove Rita Reader").click()
    page.reload()

    expect_heading(page, "Sign in")


def test_a_renewal_of_somebody_else_is_not_there(demo: Demo, windows: Windows, company: Company) -> None:
    page = windows.open(signed_in=company.email)

    answer = page.goto(f"/renewals/{demo.account('Halden Bank')['renewal_id']}")

    assert answer is not None
    assert answer.status == 404
    expect_heading(page, "There is nothing here")
    assert "Halden" not in page.content()


def test_a_mailed_sign_in_link_works_once(demo: Demo, windows: Windows, company: Company) -> None:
    page = windows.open()
    page.goto("/sign-in")
    page.get_by_label("Your work e-mail").fill(company.email)
    ask_for_code(page, demo, company.email)
    link = links_in(demo.mail(company.email, "sign_in")["text"])[0]
    page.goto(link)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Good to see you")

    stranger = windows.open()
    stranger.goto(link)

    expect_heading(stranger, "This link has done its work")
    expect(stranger.get_by_role("link", name="Get a new one")).to_be_visible()


def test_five_wrong_codes_end_the_code_and_its_link(demo: Demo, windows: Windows, company: Company) -> None:
    page = windows.open()
    page.goto("/sign-in")
    page.get_by_label("Your work e-mail").fill(company.email)
    code = ask_for_code(page, demo, company.email)
    for _ in range(TRIES):
        enter(page, WRONG)
        expect(page.get_by_text("This code does not fit.")).to_be_visible()

    enter(page, code)

    expect(page.get_by_text("This code is no longer good. Ask for a new one.")).to_be_visible()
    page.goto(links_in(demo.mail(company.email, "sign_in")["text"])[0])
    expect_heading(page, "This link has run out")


def test_a_stranger_hears_the_same_as_a_customer(windows: Windows) -> None:
    page = windows.open()
    page.goto("/sign-in")
    page.get_by_label("Your work e-mail").fill("nobody@example.com")
    page.get_by_role("button", name="Send me a code").click()

    expect(page.get_by_text(re.compile("If nobody@example.com belongs to an account"))).to_be_visible()
