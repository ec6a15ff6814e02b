"""Halden Bank negotiates: both sides at once, on a desk and on a phone, until exactly what was approved is accepted."""

import re
from typing import Any

from playwright.sync_api import Page, expect

from e2e.auditor import Auditor
from e2e.demo import Demo
from e2e.window import PHONE, Windows

ANNA = "anna@halden-bank.example"
AMOUNT = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]{2})?")

EYE = Auditor(closely=True)


def test_a_quote_is_written_approved_on_a_phone_countered_and_accepted(demo: Demo, windows: Windows) -> None:
    renewal = demo.account("Halden Bank")["renewal_id"]
    maya = windows.open(signed_in="maya@lumen.example")
    farah, ines = (windows.open(signed_in=f"{who}@lumen.example", width=PHONE) for who in ("farah", "ines"))
    anna, buys = windows.open(signed_in=ANNA), windows.open(signed_in=_of_procurement(demo))

    quote = _written(maya, renewal, discount="12")
    _approves(farah)
    _approves_up_to(ines, "20")
    maya.goto(f"/admin/quotes/{quote}")
    maya.get_by_role("button", name=re.compile("^Send version")).click()
    expect(maya.get_by_text("with the customer").first).to_be_visible()

    anna.goto(f"/proposals/{quote}")
    before = _a_year(_told(anna, quote))
    _asks_for(anna, quote, before * 97 // 100)
    expect(anna.get_by_text("You can have this now.")).to_be_visible()
    anna.get_by_role("button", name=re.compile("^Propose exactly this")).click()
    expect(anna.get_by_text("This is what you proposed, and we agree.")).to_be_visible()
    after = _told(anna, quote)
    assert _a_year(after) < before

    _asks_for(anna, quote, before // 2)
    expect(anna.get_by_text(re.compile("Somebody has to say yes|further than anybody here"))).to_be_visible()

    buys.goto(f"/proposals/{quote}")
    assert EYE.faults_of(buys) == []
    _shows_only(buys, after)
    anna.goto(f"/proposals/{quote}")
    assert EYE.faults_of(anna) == []
    anna.get_by_role("checkbox", name="I accept the terms").check()
    anna.get_by_role("button", name=re.compile("^Accept ")).click()
    expect(anna.get_by_role("heading", name="Agreed")).to_be_visible()
    assert demo.mail(ANNA, "proposal_accepted")["subject"].startswith("Agreed: ")


def _written(page: Page, renewal: str, discount: str) -> str:
    """In one press, then as something that people must approve; gives its key."""
    page.goto(f"/admin/renewals/{renewal}")
    page.get_by_role("button", name="Write a quote").click()
    page.locator("input[name=discount]").fill(discount)
    page.get_by_label("What we ask in return").fill("They sign by the end of the month")
    page.get_by_role("button", name="Price it").click()
    page.get_by_role("button", name=re.compile("^Submit version")).click()
    expect(page.get_by_role("heading", name="Waiting for approval")).to_be_visible()
    assert EYE.faults_of(page) == []
    return page.url.rsplit("/", 1)[1].split("#")[0].split("?")[0]


def _approves(page: Page) -> None:
    _opens_the_card(page)
    page.get_by_role("button", name=re.compile("^Approve")).first.click()
    expect(page.get_by_text(re.compile("^Approved"))).to_be_visible()


def _approves_up_to(page: Page, percent: str) -> None:
    _opens_the_card(page)
    page.get_by_text("Approve up to…").click()
    for name in ("most_discount", "most_line"):
        page.locator(f"input[name={name}]").fill(percent)
    page.get_by_role("button", name="Approve everything inside this").click()
    expect(page.get_by_text(re.compile("^Approved"))).to_be_visible()


def _opens_the_card(page: Page) -> None:
    page.goto("/admin/approvals")
    assert EYE.faults_of(page) == []
    page.get_by_role("link", name=re.compile("Halden Bank")).first.click()
    assert EYE.faults_of(page) == []


def _asks_for(page: Page, quote: str, amount: int) -> None:
    """A price a year, on the board."""
    page.goto(f"/proposals/{quote}/board")
    page.locator("input[name=price]").fill(str(amount))
    page.get_by_role("button", name="Show the price").click()


def _told(page: Page, quote: str) -> dict[str, Any]:
    """The proposal as programs read it."""
    told: dict[str, Any] = page.request.get(f"/proposals/{quote}.json").json()
    return told


def _a_year(told: dict[str, Any]) -> int:
    """Whole units of its currency."""
    return int(told["price"]["per_year"].split(".")[0])


PRICES = ".three__number, [aria-labelledby=changes], [aria-labelledby=lines], section:has(> #payments)"


def _shows_only(page: Page, told: dict[str, Any]) -> None:
    """Every price on the page is one that the trace gives."""
    shown = {amount.split(".")[0].replace(",", "") for amount in AMOUNT.findall(" ".join(_prices(page)))}
    assert len(shown) >= 4
    assert shown - _amounts(told) == set()


def _prices(page: Page) -> list[str]:
    return page.locator(PRICES).all_inner_texts()


def _amounts(node: Any) -> set[str]:
    """In whole units: texts as they stand, the trace's numbers from minor units."""
    if isinstance(node, dict):
        return set().union(*(_amounts(one) for one in node.values()))
    if isinstance(node, list):
        return set().union(*(_amounts(one) for one in node))
    if isinstance(node, int):
        return {str(abs(node) // 100), str(abs(node))}
    return {node.split(".")[0].lstrip("-")} if isinstance(node, str) else set()


def _of_procurement(demo: Demo) -> str:
    people = demo.get("/demo/cast.json")["people"]
    theirs = [one for one in people if one["account"] == "Halden Bank" and "procurement" in one["roles"]]
    return str(theirs[0]["email"])


