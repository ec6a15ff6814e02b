"""The whole road of two renewals, walked milestone by milestone in a demo that begins half a year before.

A demo of its own: its clock and its letters are nobody else's.
"""

import re
from collections.abc import Iterator
from datetime import date

import pytest
from playwright.sync_api import Browser, Page, expect

from e2e.demo import Demo
from e2e.window import Windows

BEGIN = date(2026, 4, 22)
"""180 days before Halden Bank renews, 135 before Cedar Dental does."""
PATIENCE = 120_000
"""Milliseconds for the longest way between two milestones: sixty days."""
ROADS = {
    "Halden Bank": ["T-150", "T-120", "T-90", "T-60", "T-45", "T-30", "T-14", "T-7", "T-0", "the day after"],
    "Cedar Dental": ["T-60", "T-30", "T-14", "T-7", "T-0", "the day after"],
}
FIRST_LETTER = date(2026, 8, 20)
"""Halden Bank's T-60."""


@pytest.fixture(scope="module")
def early(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    demo = Demo.start(tmp_path_factory.mktemp("early") / "home", "--small", "--day", BEGIN.isoformat())
    yield demo
    demo.stop()
    demo.erase()


@pytest.fixture
def both(browser: Browser, early: Demo) -> Iterator[Windows]:
    opened = Windows(browser, early)
    yield opened
    assert opened.close() == []


def test_the_road_is_walked_from_half_a_year_before_to_the_day_after(both: Windows, early: Demo) -> None:
    newcomer, staff = both.open(), both.open(signed_in="omar@lumen.example")
    customer = both.open(signed_in="anna@halden-bank.example")
    keys = {name: early.account(name)["renewal_id"] for name in ROADS}
    _nothing_is_known_yet(staff, keys["Halden Bank"])
    walked: dict[str, list[str]] = {name: [] for name in ROADS}

    while stops := _stops(newcomer):
        pressed, _, day = min(stops, key=lambda one: one[2])
        _press(newcomer, pressed, day)
        for name, stop, on in stops:
            if on == day:
                walked[name].append(stop)
                _milestone_was_reached(staff, keys[name], stop)
        _the_customer_sees(customer, keys["Halden Bank"], day)

    assert walked == ROADS
    _the_story_is_whole(staff, keys["Halden Bank"])
    _nobody_was_written_to_early(early)


def _stops(page: Page) -> list[tuple[str, str, date]]:
    """The buttons: whose road, which milestone, on which day."""
    page.goto("/demo")
    found = []
    for button in page.locator("form[action='/demo/clock'] button[name='to']").all():
        words = " ".join(button.inner_text().split())
        name = next(known for known in ROADS if words.startswith(known))
        stop = re.search(r"T-\d+|the day after", words)
        assert stop
        found.append((name, stop[0], date.fromisoformat(button.get_attribute("value") or "")))
    return found


def _press(page: Page, name: str, day: date) -> None:
    page.get_by_role("button", name=name).click(timeout=PATIENCE)
    clock = page.get_by_role("region", name="In this demo it is").locator(".clock__now time")
    expect(clock).to_have_attribute("datetime", day.isoformat(), timeout=PATIENCE)


def _nothing_is_known_yet(page: Page, renewal: str) -> None:
    """Figures of later days are not shown before their day."""
    page.goto(f"/admin/renewals/{renewal}")
    expect(page.get_by_role("heading", name="The plan")).to_be_visible()
    expect(page.locator(".road__step--now, .road__step--done, .road__step--late")).to_have_count(0)
    expect(page.locator("dt", has_text="Hours saved").locator("+ dd")).to_have_text("unknown")


def _milestone_was_reached(page: Page, renewal: str, stop: str) -> None:
    """It is behind us on the line, and its tasks and letters stand in the story."""
    page.goto(f"/admin/renewals/{renewal}")
    name = "After" if stop == "the day after" else stop
    step = page.locator(".road__step", has=page.get_by_role("link", name=name, exact=True))
    if stop != "the day after":
        expect(step).to_have_class(re.compile("road__step--(now|done|late)"))


def _the_customer_sees(page: Page, renewal: str, day: date) -> None:
    """Before T-60 the date and no plan of ours; from then on the shared timeline."""
    answer = page.goto(f"/renewals/{renewal}")
    assert answer
    assert answer.status == 200
    if day >= FIRST_LETTER:
        expect(page.locator(".timeline__step").first).to_be_visible()
    expect(page.get_by_text("reality check")).to_have_count(0)


def _the_story_is_whole(page: Page, renewal: str) -> None:
    page.goto(f"/admin/renewals/{renewal}")
    story = page.locator("section", has=page.get_by_role("heading", name="The story")).first
    for fold in story.locator("details").all():
        fold.evaluate("fold => { fold.open = true }")
    for words in ("tasks opened: ", "T-120 was reached", "T-0 was reached"):
        expect(story.get_by_text(words).first).to_be_visible()
    mails = story.locator(".story__item--mail")
    expect(mails.first).to_be_visible()


def _nobody_was_written_to_early(early: Demo) -> None:
    """No renewal message before T-60, whoever it is for on their side."""
    letters = [
        mail for mail in early.get("/demo/mail.json")
        if any(address.endswith("@halden-bank.example") for address in mail["to"])
    ]
    assert min((mail["sent_at"][:10] for mail in letters), default="9999") >= FIRST_LETTER.isoformat()
