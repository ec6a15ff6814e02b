"""One demo and one browser for each core; a fresh window, and a company of its own, for each test."""

from collections.abc import Callable, Iterator
from itertools import count

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from e2e.company import Company, bring_in
from e2e.demo import Demo, sooner_or_later
from e2e.window import Windows
from tests.browser import FLAGS, find

COMPANIES = [f"Grove{number:02}" for number in range(48)]
expect.set_options(timeout=15_000)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "last: stops the demo and empties it, so it comes after all others")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What is given out last is followed by nothing on its core."""
    items.sort(key=lambda item: item.get_closest_marker("last") is not None)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """Among the companies with a story; all of them come in when it is reset, in the last of its tests."""
    running = Demo.start(tmp_path_factory.mktemp("demo") / "home", "--small")
    yield running
    running.stop()
    running.erase()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = find()
    if program is None:
        pytest.fail("There is no browser: install Chromium or Chrome, or set KEKAL_BROWSER to one.")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield running
        running.close()


@pytest.fixture
def windows(browser: Browser, demo: Demo) -> Iterator[Windows]:
    """Opens browser windows; whatever they complained about fails the test."""
    opened = Windows(browser, demo)
    yield opened
    complaints = opened.close()
    assert complaints == []


@pytest.fixture(scope="session")
def companies(demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Company]:
    made, used = bring_in(demo, COMPANIES, tmp_path_factory.mktemp("book")), count()
    return lambda: made[next(used)]


@pytest.fixture
def company(companies: Callable[[], Company], demo: Demo) -> Company:
    """A company nobody else uses, its card on file."""
    return companies()


@pytest.fixture
def owner(company: Company, windows: Windows) -> Page:
    """Its owner, signed in, before the renewal's page with the card on the button."""
    page = windows.open(signed_in=company.email)
    page.goto(f"/renewals/{company.renewal}")
    sooner_or_later(lambda: _with_card(page), "a card on the button")
    return page


def _with_card(page: Page) -> bool | None:
    """Cards are fetched by a job after the import."""
    if page.get_by_role("button", name="with Visa ending 4242").count():
        return True
    page.reload()
    return None


@pytest.fixture
def stripe(demo: Demo) -> Iterator[Demo]:
    """The stand-in's switches, put back afterwards."""
    yield demo
    demo.switch("faults", next="none")
    demo.switch("webhooks", mode="normal")
