"""A proposal is read, priced otherwise and answered by its customer; what is ours stays ours in every form of it."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import httpx
import msgspec
import pytest

from gateways.browser import Level
from gateways.proposal import ToldProposal
from pricing.envelope import Envelope
from renewals.acceptance import Acceptance
from renewals.errors import NotNow
from renewals.quoting import deciding, drafting, negotiating
from renewals.quoting.quote import Quote, QuoteState, Side
from renewals.quoting.remark import Remark
from renewals.quoting.review import Review
from tests.gateways.reading import text_of
from tests.quoting.desk import ANNA, AT, FARAH, FOR_NOTHING, INES, MAYA, Desk, desk
from tests.web.guest import Guest, colleague, known
from tests.web.standing import changed, contents
from tests.world import World

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = ROOT / "docs" / "proposal-1.schema.json"
OURS = (
    "effective", "first_year", "\"ask\"", "earned", "standing", "envelope", "review", "authority", "matrix",
    "strategy", "enterprise", "retention", "worth_less", "A reason of ours", "Between ourselves", "list_value",
)
"""Names and words of ours that no customer reads."""
CONTENT = re.compile(r'name="content" value="([0-9a-f]{64})"')
HIDDEN = re.compile(r'type="hidden" name="(?!csrf)([^"]+)" value="([^"]*)"')


@pytest.fixture
def anna(world: World) -> Guest:
    return known(world, world.person(ANNA))


def sent(world: World, *, envelope: Envelope | None = None, **changes: Any) -> UUID:
    """Halden Bank's proposal, written by Maya, approved by Farah and Ines, and sent."""
    with desk(world) as at:
        quote = at.submitted(**{"discount": 1200} | changes)
        if at.open(quote)[0].axis == "discount":
            at.grant(quote, FARAH)
        if envelope:
            deciding.grant_envelope(at.open(quote)[0], envelope, by=at.who(INES), at=AT)
        else:
            at.grant(quote, INES)
        negotiating.send(quote, by=at.who(MAYA), at=AT)
        return quote.id


def revised(world: World, key: UUID, **changes: Any) -> None:
    """Another version in the place of the one before."""
    with again(world, key) as (at, quote):
        drafting.revise(
            quote, at.deal(quote, **changes), note="A reason of ours", in_return=FOR_NOTHING, by=at.who(MAYA), at=AT
        )
        deciding.submit(quote, by=at.who(MAYA), at=AT)
        at.grant(quote, FARAH)
        at.grant(quote, INES)
        negotiating.send(quote, by=at.who(MAYA), at=AT)


@contextmanager
def again(world: World, key: UUID) -> Iterator[tuple[Desk, Quote]]:
    with desk(world) as at:
        yield at, Quote.find(at.session, key)


def state(world: World, key: UUID) -> Quote:
    with world.reading() as session:
        return Quote.find(session, key)


def moved(**changes: str) -> dict[str, str]:
    """The board's form as it stands for Halden Bank, with some of it changed."""
    return {"seats-platform": "400", "months": "12", "pay": "annual", "net_days": "45", "price": ""} | changes


def board(guest: Guest, key: UUID, **changes: str) -> httpx.Response:
    return guest.get(f"/proposals/{key}/board?{urlencode(moved(**changes))}")


def propose(guest: Guest, key: UUID, **changes: str) -> httpx.Response:
    """Press "Propose exactly this" on what the board answered."""
    page = board(guest, key, **changes).text
    return guest.post(f"/proposals/{key}/counter", dict(HIDDEN.findall(page)))


def accept(guest: Guest, key: UUID, page: str) -> int:
    """The form as a page shows it."""
    return guest.post(f"/proposals/{key}/acceptance", {"content": content(page), "terms": terms(page)}).status_code


def plain(page: str) -> str:
    """What somebody reads of it."""
    return " ".join(re.sub(r"<(head|script).*?</\1>|<[^>]+>", " ", page, flags=re.S).split())


def content(page: str) -> str:
    return CONTENT.findall(page)[0]


def terms(page: str) -> str:
    return re.findall(r'name="terms" value="([^"]+)"', page)[0]


# Reading it


def test_nobody_reads_a_proposal_before_it_was_sent(world: World, anna: Guest) -> None:
    with desk(world) as at:
        key = at.submitted(discount=1200).id

    assert [anna.get(f"/proposals/{key}{end}").status_code for end in ("", ".json", "/pdf", "/board")] == [404] * 4


def test_another_companys_proposal_is_not_there(world: World) -> None:
    key, ruth = sent(world), known(world, world.person("ruth@cedar-dental.example"))

    assert [ruth.get(f"/proposals/{key}{end}").status_code for end in ("", ".json", "/pdf", "/board")] == [404] * 4


def test_the_page_says_what_it_comes_to_and_what_changes_in_money(world: World, anna: Guest) -> None:
    page = anna.get(f"/proposals/{sent(world)}").text

    assert "Your turn" in page
    assert "USD 211,200" in page
    assert "−28,800.00" in page
    assert "12 % less on everything." in plain(page)


def test_what_is_ours_is_on_no_page_no_paper_and_in_no_data(world: World, anna: Guest) -> None:
    key = sent(world, extras=("better_support",), discount=1000)
    with again(world, key) as (at, quote):
        Remark.make(quote, quote.shown_id or key, "Between ourselves", inside=True, by=at.who(MAYA), at=AT)
    revised(world, key, discount=1300)
    with again(world, key) as (at, quote):
        effective = quote.newest.content["effective"]["bps"]
    cost_of_support = r"\b2,400\.00|\b240000\b(?!\.)"
    figures = re.compile(rf"\b{effective}\b|\b{effective / 100:g} %|{cost_of_support}")

    read = {end: anna.get(f"/proposals/{key}{end}") for end in ("", ".json", "/board")}
    texts = {end: answer.text for end, answer in read.items()}
    texts["/pdf"] = text_of(anna.get(f"/proposals/{key}/pdf").content)
    seen = {end: plain(text) for end, text in texts.items()}

    assert [(end, word) for end, text in seen.items() for word in OURS if word in text] == []
    assert effective == 1400
    assert [(end, figures.findall(text)) for end, text in seen.items() if figures.search(text)] == []


def test_the_newer_version_says_what_changed_since_the_one_before(world: World, anna: Guest) -> None:
    key = sent(world)
    revised(world, key, discount=1300, net_days=30)

    page = anna.get(f"/proposals/{key}").text

    assert "Version 2 took the place of version 1" in page
    assert "−2,400.00" in page
    assert "Invoices are due after 30 days instead of 45 days." in page


def test_the_data_are_those_of_the_schema_and_of_the_page(world: World, anna: Guest) -> None:
    answer = anna.get(f"/proposals/{sent(world)}.json")
    told = msgspec.json.decode(answer.content, type=ToldProposal)

    assert answer.headers["content-type"] == "application/json"
    assert (told.price.per_year, told.price.against_today, told.turn) == ("211200.00", "-28800.00", "yours")
    assert [cause.amount for line in told.changes.lines for cause in line.causes] == ["-28800.00"]
    assert told.content_hash == content(anna.get(f"/proposals/{told.id}").text)


def test_the_schema_in_the_documents_is_the_one_that_is_kept() -> None:
    assert json.loads(SCHEMA.read_text()) == msgspec.json.schema(ToldProposal), "write it anew from ToldProposal"


@pytest.mark.parametrize(("locale", "words"), [("en", "Proposal"), ("ms", "Cadangan")])
def test_the_paper_says_the_same_in_both_languages(world: World, anna: Guest, locale: str, words: str) -> None:
    anna.cookies["kekal_locale"] = locale
    answer = anna.get(f"/proposals/{sent(world)}/pdf")
    text = text_of(answer.content)

    assert text.count(words) > 1
    assert "USD 211,200.00" in text and "−28,800.00" in text and "Halden Bank" in text


# Answering it


def test_accepting_settles_exactly_what_was_read_and_hides_the_other_ways(world: World, anna: Guest) -> None:
    key = sent(world)
    page = anna.get(f"/proposals/{key}").text
    form = {"content": content(page), "terms": terms(page)}

    assert anna.post(f"/proposals/{key}/acceptance", form | {"terms": ""}).status_code == 409
    assert anna.post(f"/proposals/{key}/acceptance", {"content": form["content"]}).status_code == 422
    assert anna.post(f"/proposals/{key}/acceptance", form).status_code == 303

    with world.reading() as session:
        renewal = Quote.find(session, key).renewal
        agreed = Acceptance.standing(renewal)
    assert state(world, key).state is QuoteState.ACCEPTED
    assert agreed and agreed.content_hash == form["content"]
    assert "accepted exactly this" in anna.get(f"/proposals/{key}").text
    others = anna.get(f"/renewals/{renewal.id}").text
    assert "You accepted our proposal" in others and 'name="option"' not in others


def test_an_older_form_gets_the_newer_page_and_accepts_nothing(world: World, anna: Guest) -> None:
    key = sent(world)
    page = anna.get(f"/proposals/{key}").text
    revised(world, key, discount=1300)

    answer = anna.post(f"/proposals/{key}/acceptance", {"content": content(page), "terms": terms(page)})

    assert answer.status_code == 409
    assert "Nothing was accepted" in answer.text and "Version 2 took the place of version 1" in answer.text
    assert state(world, key).state is QuoteState.SENT


def test_a_question_about_a_line_is_read_by_both_and_says_when_we_answer(world: World, anna: Guest) -> None:
    key = sent(world)
    empty = anna.post(f"/proposals/{key}/remarks", {"product": "platform", "words": " "})
    asked = anna.post(f"/proposals/{key}/remarks", {"product": "platform", "words": "Why 400?"})
    page = anna.get(f"/proposals/{key}").text

    assert (empty.status_code, asked.status_code) == (422, 303)
    assert "Why 400?" in page
    assert "We owe you an answer by" in page and "Thursday 17:00" in page


def test_declining_needs_a_reason_and_leaves_the_renewal_open(world: World, anna: Guest) -> None:
    key = sent(world)
    form = {"content": content(anna.get(f"/proposals/{key}").text)}

    assert anna.post(f"/proposals/{key}/refusal", form | {"reason": ""}).status_code == 422
    assert anna.post(f"/proposals/{key}/refusal", form | {"reason": "Not this year."}).status_code == 303

    page = anna.get(f"/proposals/{key}").text
    assert "You declined this proposal" in page and "Ask for a fresh proposal" in page
    with world.reading() as session:
        assert Quote.find(session, key).renewal.is_open


def test_a_reader_without_the_right_reads_everything_and_changes_nothing(world: World) -> None:
    key = sent(world)
    reader = known(world, colleague(world, world.person(ANNA), "vera@halden-bank.example", "viewer"))
    page = reader.get(f"/proposals/{key}").text

    assert "can accept" in page and "/acceptance" not in page
    assert [reader.post(f"/proposals/{key}/{what}").status_code for what in ("acceptance", "counter", "refusal")] == [
        403, 403, 403,
    ]


def test_a_mailed_link_reads_it_and_needs_a_code_to_answer(world: World) -> None:
    key = sent(world)
    renewal = state(world, key).renewal_id
    reader = known(world, world.person(ANNA), Level.LINK, scope=renewal)

    assert "Get a code" in reader.get(f"/proposals/{key}").text
    assert reader.post(f"/proposals/{key}/acceptance").headers["location"].startswith("/sign-in")
    assert reader.get(f"/proposals/{key}.json").headers["location"].startswith("/sign-in")


def test_after_its_last_day_it_is_still_read_but_not_answered(world: World, anna: Guest) -> None:
    key = sent(world)
    page = anna.get(f"/proposals/{key}").text
    world.stand_at(date(2026, 9, 10))

    later = anna.get(f"/proposals/{key}").text
    answer = anna.post(f"/proposals/{key}/acceptance", {"content": content(page), "terms": terms(page)})

    assert "ran out" in later and "Ask for a fresh proposal" in later and "/acceptance" not in later
    assert answer.status_code == 409
    assert anna.get(f"/proposals/{key}/board").status_code == 303


# Earning a price


def test_a_lever_answers_with_its_price_and_writes_nothing(world: World, anna: Guest) -> None:
    key, before = sent(world, discount=0, months=12), contents(world)

    answer = board(anna, key, months="24")

    said = plain(answer.text)
    assert "211,200 USD a year" in said
    assert "Commit to 24 months 12 % off, USD 28,800.00 a year" in said
    assert changed(before, contents(world)) == []


def test_what_standing_authority_grants_lies_before_them_at_once(world: World) -> None:
    ruth = known(world, world.person("ruth@cedar-dental.example"))
    with desk(world, "cedar-dental") as at:
        quote = at.sent()
        key, seats = quote.id, quote.newest.content["lines"][0]["quantity"]
    form = {"months": "12", "net_days": "15", "pay": "annual", "seats-growth": str(seats)}

    assert "You can have this now." in plain(board(ruth, key, **form).text)
    assert propose(ruth, key, **form).status_code == 303

    quote = state(world, key)
    assert (quote.state, quote.turn) == (QuoteState.SENT, Side.THEIRS)
    page = ruth.get(f"/proposals/{key}").text
    assert "This is what you proposed, and we agree." in page
    assert accept(ruth, key, page) == 303


def test_what_was_agreed_is_paid_as_it_was_agreed_with_the_card_on_file(world: World) -> None:
    ruth = known(world, world.person("ruth@cedar-dental.example"))
    with desk(world, "cedar-dental") as at:
        key, renewal = at.sent(discount=400).id, at.renewal.id
    accept(ruth, key, ruth.get(f"/proposals/{key}").text)
    page = ruth.get(f"/proposals/{key}").text

    paid = ruth.post(f"/renewals/{renewal}/payment", dict(HIDDEN.findall(page)))

    assert "Pay USD 8,294.40 now with Visa" in plain(page)
    assert paid.status_code == 303
    assert [charge["amount"] for charge in world.sandbox.charges(renewal)] == [829440]


def test_inside_an_envelope_a_counter_is_agreed_at_once_and_outside_it_says_who_is_asked(
    world: World, anna: Guest
) -> None:
    region = Envelope(until=date(2026, 9, 30), most_discount=1650, most_line=3000, most_net_days=45, proposal=True)
    key = sent(world, envelope=region)

    assert "You can have this now." in board(anna, key, price="204000").text
    assert propose(anna, key, price="204000").status_code == 303
    assert state(world, key).state is QuoteState.SENT
    beyond = board(anna, key, price="190000").text

    assert "Somebody has to say yes: a director." in beyond
    assert "by <time" in beyond and "Thursday 17:00" in beyond
    assert not re.search(r"1,?650|16\.5 %|enterprise", beyond.replace("\N{NO-BREAK SPACE}", " "))


def test_what_was_proposed_waits_beside_what_still_holds(world: World, anna: Guest) -> None:
    key = sent(world)
    propose(anna, key, price="190000")

    page = anna.get(f"/proposals/{key}").text
    with world.reading() as session:
        asked = [one.axis for one in Review.of_offer(session, Quote.find(session, key).newest.id) if one.is_open]

    assert "You proposed" in page and "189,984" in page and "USD 211,200" in page
    assert asked
    assert anna.post(f"/proposals/{key}/remarks", {"words": "One more thing."}).status_code == 303
    assert propose(anna, key, price="195000").status_code == 303
    assert accept(anna, key, page) == 303


def test_further_than_anybody_may_go_is_said_without_saying_how_far(world: World) -> None:
    with again(world, sent(world)) as (at, quote), pytest.raises(NotNow) as no:
        negotiating.counter(quote, at.deal(quote, net_days=180), by=at.who(ANNA), at=AT)

    assert str(no.value) == "This goes further than anybody here may agree to. Ask for less, or write to us."


@pytest.mark.parametrize(
    ("field", "word"), [("seats-platform", "0"), ("months", "13"), ("net_days", "x"), ("price", "-1")]
)
def test_what_can_not_be_read_is_said_beside_its_field_and_nothing_is_lost(
    world: World, anna: Guest, field: str, word: str
) -> None:
    answer = board(anna, sent(world), **{"price": "200000", field: word})

    assert answer.status_code == 422
    assert f'id="{field}-trouble"' in answer.text
    assert 'value="400"' in answer.text or field == "seats-platform"


def test_home_and_renewal_say_that_a_proposal_waits(world: World, anna: Guest) -> None:
    assert "Your proposal is ready" not in anna.get("/").text
    key = sent(world)

    for page in ("/", f"/renewals/{state(world, key).renewal_id}"):
        assert "Your proposal is ready" in anna.get(page).text
        assert f"/proposals/{key}" in anna.get(page).text
