"""Deed: what somebody does on a page, in the words of the page."""

import re

from playwright.sync_api import Page, expect

from e2e.demo import Demo

CODE = re.compile(r"\b\d{6}\b")
RENEW = re.compile(r"^Renew Growth, 12 months, pay USD [0-9,.]+ with Visa ending 4242$")
RENEW_BY_CARD = re.compile(r"^Renew Growth, 12 months, pay [A-Z]{3} [0-9,.]+ by card$")


def accept_terms(page: Page) -> None:
    page.get_by_role("checkbox", name="I accept the terms").check()


def renew(page: Page) -> None:
    """The one click, with the card on file."""
    accept_terms(page)
    page.get_by_role("button", name=RENEW).click()


def ask_for_code(page: Page, demo: Demo, email: str) -> str:
    """From the sign-in page to the code's; gives the code that was mailed."""
    before = len(demo.mails(email, "sign_in"))
    page.get_by_role("button", name="Send me a code").click()
    expect(page.get_by_label("Code")).to_be_visible()
    return str(CODE.findall(demo.mail(email, "sign_in", before + 1)["text"])[0])


def sign_in_by_code(page: Page, demo: Demo, email: str) -> None:
    page.get_by_label("Your work e-mail").fill(email)
    enter(page, ask_for_code(page, demo, email))


def enter(page: Page, code: str) -> None:
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Sign in").click()


def go_to_stripe(page: Page) -> None:
    """With another card, from the renewal's page to the one where the card is typed."""
    page.get_by_role("link", name="Another card").click()
    accept_terms(page)
    page.get_by_role("button", name="Continue to pay").click()
    page.get_by_role("link", name="Continue to Stripe").click()


def pay_at_stripe(page: Page, number: str) -> None:
    page.get_by_label("Card number").fill(number)
    page.get_by_label("Name on the card").fill("A Buyer")
    page.get_by_role("button", name="Pay").click()


def expect_heading(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(words)
