"""Every page that can be reached: no accessibility fault, nothing sideways on a phone, no complaint of the browser."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from e2e.auditor import Auditor
from e2e.company import Company
from e2e.deed import expect_heading, go_to_stripe, pay_at_stripe, renew
from e2e.demo import Demo
from e2e.window import LANGUAGES, Windows

KEY = re.compile(r"/[0-9a-f]{8}-[0-9a-f-]{27}|/[0-9a-f]{64}|(?<=/letters)/[a-z_.-]+|(?<=/tasks)/[a-z_]+")
FILES = ("/documents/", "/static/")
OTHER_LANGUAGE = {"en": "English", "ms": "Bahasa Melayu"}


GLANCE, CLOSE = Auditor(closely=False), Auditor(closely=True)


@pytest.fixture(params=[GLANCE, pytest.param(CLOSE, marks=pytest.mark.long)], ids=["at a glance", "closely"])
def eye(request: pytest.FixtureRequest) -> Auditor:
    auditor: Auditor = request.param
    return auditor


def speak(page: Page, language: str) -> None:
    """By the page's own switch, when it is not in that language yet."""
    if page.locator("html").get_attribute("lang") != language:
        page.get_by_role("button", name=OTHER_LANGUAGE[language]).click()
    expect(page.locator("html")).to_have_attribute("lang", language)


def look_from(eye: Auditor, page: Page, start: str) -> tuple[int, list[str]]:
    """Every kind of page that links lead to, one of each. Gives how many there are, and their faults."""
    waiting, shapes, faults = [start], {KEY.sub("/*", start)}, []
    for path in waiting:
        page.goto(path)
        for link in page.locator("a[href^='/']").evaluate_all("all => all.map(one => one.getAttribute('href'))"):
            shape = KEY.sub("/*", urlsplit(link).path)
            if shape not in shapes and not link.startswith(FILES):
                shapes.add(shape)
                waiting.append(link)
        faults += eye.faults_of(page)
    return len(waiting), faults


def look_at_all(eye: Auditor, page: Page, paths: list[str]) -> list[str]:
    faults: list[str] = []
    for path in paths:
        page.goto(path)
        faults += eye.faults_of(page)
    return faults


def look_in_every_language(eye: Auditor, page: Page) -> list[str]:
    """The page where it stands; English comes back."""
    faults = eye.faults_of(page)
    speak(page, "ms")
    faults += eye.faults_of(page)
    speak(page, "en")
    return faults


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_a_customer(eye: Auditor, windows: Windows, company: Company, owner: Page, language: str) -> None:
    speak(owner, language)

    pages, faults = look_from(eye, owner, "/")

    assert pages >= 11
    assert faults == []


def test_every_page_of_the_staff(eye: Auditor, windows: Windows) -> None:
    page = windows.open(signed_in="ines@lumen.example")

    pages, faults = look_from(eye, page, "/admin")

    assert pages >= 5
    assert faults == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_before_signing_in(eye: Auditor, windows: Windows, company: Company, language: str) -> None:
    page = windows.open(language=language)

    faults = look_at_all(eye, page, ["/sign-in", "/demo", "/no-such-page", "/sign-in/link/no-such-link"])
    page.goto("/sign-in")
    page.locator("input[name=email]").fill(company.email)
    page.locator("main button").click()
    page.locator("input[name=code]").fill("000000")
    faults += eye.faults_of(page)
    page.locator("main button").click()
    expect(page.locator("#code-trouble")).to_be_visible()
    faults += eye.faults_of(page)

    assert faults == []


def test_every_page_of_a_payment(eye: Auditor, stripe: Demo, windows: Windows, company: Company, owner: Page) -> None:
    faults: list[str] = []
    stripe.switch("faults", next="decline", times="1")
    renew(owner)
    expect_heading(owner, "The payment did not go through")
    faults += look_in_every_language(eye, owner)

    owner.get_by_role("link", name="Try the same card again").click()
    go_to_stripe(owner)
    faults += eye.faults_of(owner)
    pay_at_stripe(owner, "4000002760003184")
    expect_heading(owner, "Confirm with your bank")
    faults += eye.faults_of(owner)
    owner.goto(f"/renewals/{company.renewal}/payment")
    expect_heading(owner, "You pay at Stripe and come back here")
    faults += look_in_every_language(eye, owner)

    owner.get_by_role("button", name="Stop this payment and choose again").click()
    stripe.switch("faults", next="authentication_required", times="1")
    renew(owner)
    expect_heading(owner, "Your bank wants to know that it is you")
    faults += look_in_every_language(eye, owner)

    owner.get_by_role("button", name="Stop this payment and choose again").click()
    stripe.switch("webhooks", mode="delay")
    stripe.switch("faults", next="cut_after", times="1")
    renew(owner)
    expect_heading(owner, "Your payment is being confirmed")
    faults += look_in_every_language(eye, owner)

    stripe.switch("webhooks/release")
    expect_heading(owner, "Growth is renewed")
    faults += look_in_every_language(eye, owner)

    assert faults == []


def test_every_page_after_saying_no(eye: Auditor, windows: Windows, company: Company, owner: Page) -> None:
    owner.get_by_role("link", name="Do not renew").click()
    owner.get_by_role("button", name="Do not renew").click()
    expect(owner.get_by_role("heading", level=1)).to_contain_text("Growth ends on")
    faults = look_in_every_language(eye, owner)
    for path in ("/", f"/renewals/{company.renewal}"):
        owner.goto(path)
        faults += look_in_every_language(eye, owner)

    assert faults == []


def test_the_page_on_which_the_charge_by_itself_is_switched(eye: Auditor, demo: Demo, windows: Windows) -> None:
    page = windows.open(signed_in="jonas@juno-studio.example")
    page.goto(f"/renewals/{demo.account('Juno Studio')['renewal_id']}")
    page.get_by_role("link", name="Renew by itself").click()
    faults = look_in_every_language(eye, page)
    page.get_by_role("button", name="Switch it off").click()
    faults += look_in_every_language(eye, page)
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Switch it on").click()
    expect(page.get_by_role("button", name="Switch it off")).to_be_visible()

    assert faults == []


def test_every_page_that_refuses(eye: Auditor, demo: Demo, windows: Windows, company: Company, owner: Page) -> None:
    faults: list[str] = []
    for path in ("/admin", f"/renewals/{demo.account('Halden Bank')['renewal_id']}"):
        owner.goto(path)
        faults += look_in_every_language(eye, owner)

    assert faults == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_somebody_without_an_account_reads(
    eye: Auditor, windows: Windows, company: Company, language: str
) -> None:
    """A buyer forwards each part; it opens where no script runs."""
    quote = _sent(windows, company.renewal)
    buyer = windows.open(signed_in=company.email, language=language)
    speak_at(buyer, f"/proposals/{quote}/links", language)
    addresses = [_forwarded(buyer, quote, role) for role in ("sponsor", "finance", "legal", "security")]
    faults = eye.faults_of(buyer)
    guest = windows.open(language=language, java_script_enabled=False)
    for address in addresses:
        guest.goto(address)
        guest.locator("main button").click()
        expect(guest.locator("main h1")).to_contain_text("Growth")
    reader = windows.open(language=language)
    for address in addresses:
        reader.goto(address)
        faults += eye.faults_of(reader)
        reader.locator("main button").click()
        faults += eye.faults_of(reader)
    reader.goto(f"{addresses[0]}x")
    faults += eye.faults_of(reader)

    assert faults == []


def _sent(windows: Windows, renewal: str) -> str:
    """A proposal in one press, to which nobody has to say yes."""
    maya = windows.open(signed_in="maya@lumen.example")
    maya.goto(f"/admin/renewals/{renewal}")
    maya.get_by_role("button", name="Write a quote").click()
    maya.get_by_role("button", name=re.compile("^Send version")).click()
    expect(maya.get_by_text("with the customer").first).to_be_visible()
    return maya.url.rsplit("/", 1)[1]


def _forwarded(page: Page, quote: str, role: str) -> str:
    """The address of a new link."""
    page.goto(f"/proposals/{quote}/links")
    page.locator(f"input[name=role][value={role}]").check()
    page.locator("form[action$='/links'] button").click()
    address = page.locator("input[readonly]").first
    expect(address).to_be_visible()
    return address.input_value()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_of_how_they_are_invoiced(eye: Auditor, windows: Windows, company: Company, language: str) -> None:
    page = windows.open(signed_in=company.email, language=language)
    speak_at(page, f"/renewals/{company.renewal}/readiness", language)

    assert eye.faults_of(page) == []


def speak_at(page: Page, path: str, language: str) -> None:
    page.goto(path)
    speak(page, language)
