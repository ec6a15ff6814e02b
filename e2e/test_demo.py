"""The demo in the hands of a stranger: to step in, to move the clock, to stop and to start again."""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from e2e.company import Company
from e2e.deed import expect_heading, renew
from e2e.demo import Demo
from e2e.window import Windows
from tests.wire import wire

FIRST_DAY, A_WEEK_LATER = "Wednesday, 5 August 2026", "Wednesday, 12 August 2026"


def test_a_stranger_steps_in_reads_a_mail_and_follows_it(demo: Demo, windows: Windows) -> None:
    page = windows.open()
    page.goto("/demo")
    page.get_by_role("button", name="Sign in as Jonas").click()
    expect_heading(page, "Good to see you, Jonas")

    demo.mail("ruth@cedar-dental.example", "renewal_ready")
    page.goto("/demo")
    mail = page.get_by_role("listitem").filter(has=page.locator("a[href*='/links/']")).first
    mail.locator("summary").click()
    mail.locator("a[href*='/links/']").first.click()

    expect_heading(page, "Open your renewal")


def test_everybody_on_the_first_page_can_be_stepped_into(demo: Demo, windows: Windows) -> None:
    page = windows.open()
    page.goto("/demo")
    faces = page.locator("form[action='/demo/sign-in'] input[name=email]")
    emails = faces.evaluate_all("all => all.map(one => one.value)")

    known = {person["email"] for person in demo.get("/demo/cast.json")["people"]}
    assert len(emails) == 14
    assert set(emails) <= known
    for email in emails:
        answer = wire.post(f"{demo.url}/demo/sign-in", data={"email": email})
        assert answer.status_code == 303
        assert "kekal_session" in answer.cookies


@pytest.mark.last
def test_the_clock_moves_all_of_it_stops_and_starts_again_and_a_reset_begins_afresh(
    demo: Demo, company: Company, owner: Page
) -> None:
    renew(owner)
    expect_heading(owner, "Growth is renewed")
    demo.mail(company.email, "receipt")
    expect(owner.locator("[data-wait]")).to_have_count(0)  # else the page looks again while it is left
    _move_the_clock_a_week(owner, demo)

    everyone = demo.everyone()
    assert demo.stop() == 0
    assert len(everyone) > 5
    assert [pid for pid in everyone if _is_alive(pid)] == []

    demo.begin()
    owner.goto("/demo")
    expect(_clock(owner)).to_contain_text(A_WEEK_LATER)
    assert len(demo.charges(company.renewal)) == 1
    assert len(demo.mails(company.email, "receipt")) == 1
    owner.goto("/")
    expect(owner.get_by_text("Signed in as Olivia")).to_be_visible()

    demo.stop()
    demo.begin("--reset")
    owner.goto("/demo")
    expect(_clock(owner)).to_contain_text(FIRST_DAY)
    assert demo.mails(company.email, "receipt") == []
    assert demo.charges(company.renewal) == []


def _clock(page: Page) -> Locator:
    return page.get_by_role("region", name="In this demo it is")


def _move_the_clock_a_week(page: Page, demo: Demo) -> None:
    page.goto("/demo")
    expect(_clock(page)).to_contain_text(FIRST_DAY)
    before = len(demo.get("/demo/mail.json"))
    page.get_by_role("button", name="A week on").click()
    expect(_clock(page)).to_contain_text(A_WEEK_LATER, timeout=120_000)
    assert len(demo.get("/demo/mail.json")) > before
    expect(page.get_by_text(re.compile(r"(?:[6-9]|1[0-2]) Aug 2026, \d\d:\d\d UTC")).first).to_be_visible()


def _is_alive(pid: int) -> bool:
    """A child that nobody has waited for yet is dead all the same."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "(zombie)" not in _state(pid)


def _state(pid: int) -> str:
    status = Path(f"/proc/{pid}/status")
    return status.read_text() if status.exists() else ""
