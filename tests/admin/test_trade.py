"""What a price would take, at the desk: the ways are ranked, and one press writes one of them."""

import re
from decimal import Decimal

import httpx

from renewals.quoting.quote import QuoteState
from tests.admin.test_quote import press, quote_at, quote_versions
from tests.admin.test_record import said
from tests.world import Visitor, World


def a_year(world: World, path: str) -> Decimal:
    """What our last word comes to. Units: of the currency."""
    with world.reading() as session:
        quote = session.merge(quote_at(world, path))
        return Decimal(quote.ours.content["per_year"]) / 100


def ways(page: str) -> list[str]:
    return page.split('<li class="sheet trades__item">')[1:]


def words(way: str) -> str:
    return said(f"<main{way}")


def for_less(world: World, path: str, share: str) -> str:
    """The way to a price of so much of our last word."""
    return f"{path}/trades?target={a_year(world, path) * Decimal(share):.2f}"


def choose(visitor: Visitor, path: str, way: str, **more: str) -> httpx.Response:
    form = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', way))
    return visitor.post(f"{path}/versions", form | more, page=path)


def test_what_nobody_has_to_approve_comes_first_and_the_discount_alone_is_among_them(standing: World) -> None:
    maya, path = press(standing, "cedar-dental")

    found = [words(way) for way in ways(maya.get(for_less(standing, path, "0.97")).text)]

    inside = ["Nobody has to be asked" in way for way in found]
    assert inside == sorted(inside, reverse=True)
    assert inside[0]
    assert [way for way in found if re.search(r"^[\d.]+ % off everything A year", way)]
    assert "basis points" not in " ".join(found)


def test_looking_writes_nothing_and_one_press_inside_our_authority_is_approved_at_once(world: World) -> None:
    maya, path = press(world, "cedar-dental")
    found = ways(maya.get(for_less(world, path, "0.995")).text)
    before = quote_versions(world, path)

    answer = choose(maya, path, found[0], asked="They sign this week")

    assert before == [1]
    assert answer.status_code == 303
    assert quote_versions(world, path) == [1, 2]
    assert quote_at(world, path).state is QuoteState.APPROVED


def test_the_discount_alone_is_not_written_before_somebody_says_what_is_asked_for_it(world: World) -> None:
    maya, path = press(world, "cedar-dental")
    [way, *_] = ways(maya.get(for_less(world, path, "0.97")).text)

    unsaid, said_so = choose(maya, path, way), choose(maya, path, way, asked="They sign this week")

    assert (unsaid.status_code, said_so.status_code) == (422, 303)
    assert "This gives a lower price. Say what you ask in return; or, for nothing, say why." in said(unsaid.text)
    assert "Gives a lower price. Asked in return: “They sign this week”" in said(maya.get(path).text)


def test_a_way_outside_our_authority_says_who_is_asked_and_waits_for_them(world: World) -> None:
    maya, path = press(world, "halden-bank")
    [way, *_] = ways(maya.get(for_less(world, path, "0.97")).text)

    choose(maya, path, way)

    assert "To be approved A manager for the whole proposal, then an executive for what it is worth" in words(way)
    assert quote_at(world, path).state is QuoteState.DRAFT


def test_a_way_of_a_version_that_was_replaced_writes_nothing(world: World) -> None:
    maya, path = press(world, "cedar-dental")
    first, second, *_ = ways(maya.get(for_less(world, path, "0.8")).text)
    choose(maya, path, first)

    answer = choose(maya, path, second)

    assert answer.status_code == 409
    assert "Version 2 of Q-00001 was written since this page was shown" in said(answer.text)


def test_a_price_that_is_none_or_that_they_have_already_is_said_beside_the_field(standing: World) -> None:
    maya, path = press(standing, "cedar-dental")

    answers = [maya.get(f"{path}/trades?target={typed}") for typed in ("a little", "-5", "0", "9999999", "9" * 4000)]

    assert [answer.status_code for answer in answers] == [422] * 5
    assert "This is no amount in USD" in answers[0].text
    assert "Write a price a year above nothing and below USD" in answers[3].text
