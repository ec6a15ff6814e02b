"""Quotes at the desk: written in one press, priced version by version, and sent when everybody said yes."""

import re
from uuid import UUID

import httpx
import pytest

from renewals.quoting import negotiating
from renewals.quoting.quote import Quote, QuoteState
from tests.admin.test_record import said
from tests.quoting.desk import ANNA, FARAH, INES, MAYA, OMAR, desk
from tests.world import Visitor, World


def press(world: World, account: str, by: str = MAYA) -> tuple[Visitor, str]:
    """Somebody writes a quote from a renewal's page, and where it is."""
    visitor, page = world.signed_in(by), f"/admin/renewals/{world.renewal(account)}"
    answer = visitor.post(f"{page}/quotes", page=page)
    assert answer.status_code == 303
    return visitor, answer.headers["location"]


def form_of(page: str) -> dict[str, str]:
    """What the deal's form would send as it stands."""
    form = page.split('class="form form--sheet deal"', 1)[1].split("</form>", 1)[0]
    sent = {}
    for box in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r'name="([^"]+)"', box), re.search(r'value="([^"]*)"', box)
        if name and (not re.search(r'type="(radio|checkbox)"', box) or " checked" in box):
            sent[name[1]] = value[1] if value else ""
    for name, choices in re.findall(r'<select[^>]* name="([^"]+)".*?>(.*?)</select>', form, re.S):
        chosen = re.search(r'value="([^"]*)" selected', choices) or re.search(r'value="([^"]*)"', choices)
        sent[name] = chosen[1] if chosen else ""
    return sent


def price(visitor: Visitor, path: str, **changes: str) -> httpx.Response:
    """Press "Price it" with some fields changed, for something in return; "__" in a name stands for a dot."""
    asked = {"asked": "Two years"}
    form = form_of(visitor.get(path).text) | asked | {name.replace("__", "."): value for name, value in changes.items()}
    return visitor.post(f"{path}/versions", form, page=path)


def act(visitor: Visitor, path: str, what: str, **form: str) -> httpx.Response:
    version = re.search(r'name="version" value="(\d+)"', visitor.get(path).text)
    seen = {"version": version[1]} if version else {}
    return visitor.post(f"{path}/{what}", seen | form, page=path)


def quote_at(world: World, path: str) -> Quote:
    with world.reading() as session:
        return Quote.find(session, UUID(path.rpartition("/")[2]))


def quote_versions(world: World, path: str) -> list[int | None]:
    with world.reading() as session:
        return [version.number for version in Quote.find(session, UUID(path.rpartition("/")[2])).versions]


def test_an_empty_list_says_how_to_begin(standing: World) -> None:
    assert "No quote is under way" in said(standing.signed_in(MAYA).get("/admin/quotes").text)


def test_one_press_makes_a_small_renewals_quote_ready_to_send(world: World) -> None:
    maya, path = press(world, "cedar-dental")
    page = said(maya.get(path).text)

    answer = act(maya, path, "sending", valid_until="2026-08-31")

    assert "Nobody had to be asked" in page
    assert "The second evaluator agrees with every number" in page
    assert answer.status_code == 303
    assert quote_at(world, path).state is QuoteState.SENT
    assert "it can be accepted until Monday, 31 August 2026" in said(maya.get(path).text)


def test_who_will_be_asked_is_said_before_anybody_is(world: World) -> None:
    maya, path = press(world, "halden-bank")
    price(maya, path, months="12", discount="12")

    page = said(maya.get(path).text)

    assert "Before it can be sent, 3 things are approved" in page
    assert "1 The discount finance 12.0 % off for 12 months in enterprise is above" in page
    assert "2 The whole proposal a manager" in page
    assert quote_at(world, path).state is QuoteState.DRAFT


def test_a_change_is_a_version_and_both_are_compared(world: World) -> None:
    maya, path = press(world, "halden-bank")
    first = said(maya.get(path).text)

    answer = price(maya, path, months="12", discount="12.5", net_days="60", note="What Anna asked for on the phone")

    page = said(maya.get(path).text)
    assert answer.status_code == 303
    assert "Version 2" not in first
    assert "Version 2 Maya Iskandar" in page
    assert "“What Anna asked for on the phone”" in page
    assert "Off everything: 0 % → 12.5 %" in page
    assert "To pay: Net 45 → Net 60" in page
    assert "version 1" in said(maya.get(f"{path}?version=1").text)


def test_what_can_not_be_is_said_beside_its_field_and_nothing_is_lost(world: World) -> None:
    maya, path = press(world, "halden-bank")

    answer = price(
        maya, path, months="36", shape="escalating", rise="40", lines__platform__quantity="275", note="Kept as typed"
    )

    assert answer.status_code == 422
    assert "An escalating price rises by 5.0 % to 10.0 % a year." in answer.text.split('id="rise"', 1)[1][:400]
    assert form_of(answer.text)["lines.platform.quantity"] == "275"
    assert form_of(answer.text)["note"] == "Kept as typed"
    assert len(quote_versions(world, path)) == 1


@pytest.mark.parametrize(
    ("field", "typed"),
    [("lines__platform__quantity", "many"), ("discount", "120"), ("net_days", "400"), ("months__other", ""),
     ("lines__platform__quantity", "")],
)
def test_every_field_says_what_it_can_not_be(standing: World, field: str, typed: str) -> None:
    maya, path = press(standing, "halden-bank")
    others = {"months": "other"} if field == "months__other" else {}

    answer = price(maya, path, **others, **{field: typed})

    assert answer.status_code == 422
    assert "field__trouble" in answer.text


def test_a_csm_can_not_send_what_nobody_approved(standing: World) -> None:
    maya, path = press(standing, "halden-bank")
    price(maya, path, months="12", discount="12")

    drafted = act(maya, path, "sending", valid_until="2026-08-31")
    submitted = act(maya, path, "submission")
    waiting = act(maya, path, "sending", valid_until="2026-08-31")

    assert (drafted.status_code, submitted.status_code, waiting.status_code) == (409, 303, 409)
    assert "only an approved version is sent" in waiting.text
    assert "waiting for approval" in said(maya.get("/admin/quotes?standing=approval").text).lower()


def test_whoever_looks_at_an_older_version_is_told_before_anything_is_done(standing: World) -> None:
    maya, path = press(standing, "halden-bank")
    before = form_of(maya.get(path).text)
    price(maya, path, months="12", discount="7")

    again = maya.post(f"{path}/versions", before | {"discount": "9"}, page=path)
    submitted = maya.post(f"{path}/submission", {"version": before["version"]}, page=path)

    assert (again.status_code, submitted.status_code) == (409, 409)
    assert "Version 2 of" in again.text
    assert form_of(again.text)["discount"] == "9"
    assert len(quote_versions(standing, path)) == 2


def test_a_commitment_that_is_worth_less_shows_the_arithmetic(standing: World) -> None:
    maya, path = press(standing, "halden-bank")
    price(maya, path, months="36", shape="fixed", discount="30")

    page = said(maya.get(path).text)

    assert "less than renewing each year" in page
    assert "the commitment is worth as much" in page
    assert "What it is worth an executive" in page


def test_an_account_at_risk_is_not_quoted_an_expansion(standing: World) -> None:
    maya, path = press(standing, "orbit-labs")

    answer = price(maya, path, add="insights", add__quantity="10")

    assert answer.status_code == 409
    assert "is offered by itself, once this renewal is settled" in answer.text
    assert 'value="insights" selected' in answer.text


def test_both_sides_speak_and_what_is_inside_is_marked(world: World) -> None:
    with desk(world) as at:
        quote = at.sent(FARAH, INES, discount=1200)
        negotiating.remark(quote, "Can it begin in October?", by=at.who(ANNA), at=at.at)
    maya, path = world.signed_in(MAYA), f"/admin/quotes/{quote.id}"
    asked = said(maya.get(path).text)

    inside = act(maya, path, "remarks", words="Do not go below 15 %", to="inside", product="platform")
    answered = act(maya, path, "remarks", words="Yes, from October on", to="customer")

    page = said(maya.get(path).text)
    assert "We owe Halden Bank an answer by" in asked
    assert (inside.status_code, answered.status_code) == (303, 303)
    assert "about Platform · between ourselves Do not go below 15 %" in page
    assert "We owe" not in page


def test_the_list_says_whose_turn_it_is_and_who_is_waited_for(world: World) -> None:
    maya, path = press(world, "halden-bank")
    price(maya, path, months="12", discount="12")
    act(maya, path, "submission")
    press(world, "cedar-dental", by=OMAR)

    everything = said(maya.get("/admin/quotes").text)
    waiting = said(maya.get("/admin/quotes?standing=approval").text)
    found = said(maya.get(f"/admin/quotes?text={quote_at(world, path).name}").text)

    assert "Cedar Dental" in everything and "Halden Bank" in everything
    assert "A yes from finance" in waiting and "Cedar Dental" not in waiting
    assert "Halden Bank" in found and "Cedar Dental" not in found
    assert "No quote is like that" in said(maya.get("/admin/quotes?standing=ended").text)


def test_withdrawn_is_withdrawn(standing: World) -> None:
    maya, path = press(standing, "cedar-dental")

    answer = act(maya, path, "withdrawal")

    assert answer.status_code == 303
    assert quote_at(standing, path).state is QuoteState.WITHDRAWN
    assert "Price it" not in maya.get(path).text


def test_who_only_approves_reads_it_and_changes_nothing(standing: World) -> None:
    _, path = press(standing, "cedar-dental")
    farah = standing.signed_in(FARAH)

    assert "Price it" not in farah.get(path).text
    assert farah.post(f"{path}/versions", page=path).status_code == 403
    assert farah.post(f"{path}/remarks", {"words": "Which clause?", "to": "inside"}, page=path).status_code == 303
