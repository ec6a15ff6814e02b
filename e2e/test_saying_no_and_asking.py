"""Not renewing, taking that back, and asking a person."""

from playwright.sync_api import Page, expect

from e2e.company import Company
from e2e.deed import RENEW, expect_heading
from e2e.demo import Demo, sooner_or_later
from e2e.window import Windows, links_in

MAYA = "maya@lumen.example"


def test_do_not_renew_can_be_said_and_taken_back(demo: Demo, company: Company, owner: Page) -> None:
    owner.get_by_role("link", name="Do not renew").click()
    owner.get_by_role("radio", name="We do not use it enough").check()
    owner.get_by_role("button", name="Do not renew").click()
    expect(owner.get_by_role("heading", level=1)).to_contain_text("Growth ends on")
    assert "not renewed" in demo.mail(company.email, "declined")["subject"]
    to_maya = _about(demo, company, "declined")
    assert f"{demo.url}/admin/renewals/{company.renewal}" in to_maya["text"]
    assert "/links/" not in to_maya["text"]
    owner.goto(f"/renewals/{company.renewal}")
    expect(owner.get_by_role("button", name=RENEW)).to_have_count(0)

    owner.get_by_role("link", name="Changed your mind?").click()
    owner.get_by_role("button", name="Take it back").click()

    expect(owner.get_by_role("status").first).to_have_text("Good to have you back. Your options are open again.")
    expect(owner.get_by_role("button", name=RENEW)).to_be_visible()
    demo.mail(company.email, "reconsidered")
    assert demo.charges(company.renewal) == []


def test_a_question_reaches_maya(demo: Demo, company: Company, owner: Page) -> None:
    owner.get_by_role("link", name="Ask Maya").click()
    owner.get_by_label("Your question").fill("Can the term begin on the first of the month?")
    owner.get_by_role("button", name="Send to Maya").click()

    expect(owner.get_by_role("status").first).to_have_text("Your message is with us. The answer comes by mail.")
    mail = _about(demo, company, "question")
    assert "Can the term begin on the first of the month?" in mail["text"]
    assert company.email in mail["text"]


def test_an_invoice_is_asked_for_with_an_order_number(demo: Demo, company: Company, owner: Page) -> None:
    owner.get_by_role("link", name="Pay by invoice").click()
    expect_heading(owner, "Pay by invoice")
    owner.get_by_label("Order number").fill("PO-4711")
    owner.get_by_label("Where the invoice goes").fill("books@example.com")
    owner.get_by_role("button", name="Ask for an invoice").click()

    expect(owner.get_by_role("status").first).to_have_text("Your message is with us. The answer comes by mail.")
    assert "PO-4711" in _about(demo, company, "question")["text"]


def test_the_mails_second_link_leads_to_where_one_says_no(demo: Demo, windows: Windows) -> None:
    mail = next(mail for mail in demo.get("/demo/mail.json") if "Do not renew:" in mail["text"])
    page = windows.open()
    page.goto(links_in(mail["text"])[1])
    page.get_by_role("button", name="Continue").click()

    expect_heading(page, "Do not renew")
    expect(page).to_have_url(f"{demo.url}/renewals/{mail['about']}/opt-out")


def _about(demo: Demo, company: Company, kind: str) -> dict[str, str]:
    """What was written to Maya about this company."""

    def look() -> dict[str, str] | None:
        return next((mail for mail in demo.mails(MAYA, kind) if company.name in mail["subject"]), None)

    return sooner_or_later(look, f"a {kind} mail about {company.name} for Maya")
