"""Our limits: what is not negotiable is saved by neither side, and what is given carries what is asked for it."""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from typing import Any
from urllib.parse import urlencode

import pytest
from psycopg import errors

from portal import wish
from pricing.boundary import Stand, Thing
from pricing.deal import DealError
from pricing.instalments import Billing
from pricing.multiyear import Shape
from renewals.errors import Malformed, NotNow
from renewals.offer import Offer
from renewals.policy import Policy, PolicyKind, shipped
from renewals.quoting import deciding, drafting, negotiating, trading
from renewals.quoting.card import Card
from renewals.quoting.concession import Concession, InReturn
from renewals.quoting.quote import Quote, QuoteState
from tests.quoting.desk import ANNA, AT, FARAH, INES, MAYA, Desk, desk
from tests.web.standing import owner_of_the_database
from tests.world import World


def published(at: Desk, **things: Stand) -> None:
    """The company holds some things otherwise from today on."""
    content: dict[str, Any] = deepcopy(shipped(PolicyKind.NEGOTIATION))
    content["things"] |= {thing: stand.value for thing, stand in things.items()}
    Policy.publish(
        at.session, PolicyKind.NEGOTIATION, content, begins_on=AT.date(), reason="A test", by=None, at=AT
    )
    at.session.flush()
    at.session.info.clear()


@contextmanager
def drafted(world: World) -> Iterator[tuple[Desk, Quote]]:
    with desk(world) as at:
        yield at, at.draft()


def revise(at: Desk, quote: Quote, in_return: InReturn = drafting.UNSAID, **changes: Any) -> Offer:
    return drafting.revise(quote, at.deal(quote, **changes), in_return=in_return, by=at.who(MAYA), at=AT)


@pytest.mark.parametrize(
    ("thing", "changes"),
    [
        (Thing.PRICE, {"discount": 100}), (Thing.PAYMENT_DAYS, {"net_days": 90}),
        (Thing.CLAUSES, {"clauses": ("sla",)}), (Thing.LENGTH, {"months": 6}), (Thing.EXTRAS, {"extras": ("support",)}),
    ],
)
def test_what_is_not_negotiable_is_saved_by_neither_side(world: World, thing: Thing, changes: dict[str, Any]) -> None:
    with desk(world) as at:
        quote = at.sent(INES)
        published(at, **{thing.value: Stand.NOT_NEGOTIABLE})

        with pytest.raises(DealError, match="not part of what can be negotiated here"):
            revise(at, quote, InReturn("Something"), **changes)
        with pytest.raises((DealError, NotNow), match="not part of what can be"):
            negotiating.counter(quote, at.deal(quote, **changes), by=at.who(ANNA), at=AT)

        assert [version.number for version in quote.versions] == [1]
        assert quote.state is QuoteState.SENT


def test_some_clauses_nobody_signs_however_they_are_written(world: World) -> None:
    refusal = pytest.raises(DealError, match="The clause “Unlimited_Liability” is not negotiable")

    with drafted(world) as (at, quote), refusal:
        revise(at, quote, InReturn("Something"), clauses=("Unlimited_Liability",))


def test_what_it_would_take_never_goes_beyond_what_is_not_negotiable(world: World) -> None:
    with drafted(world) as (at, quote):
        published(at, price=Stand.NOT_NEGOTIABLE)
        found = trading.ways(quote, quote.newest.years[0].share(97, 100), at=AT)

    kinds = {change.kind for way in found for change in way.trade.changes}

    assert kinds
    assert "discount" not in kinds


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"discount": 1200}, "a lower price"), ({"net_days": 60}, "a lower price, later payment"),
        ({"net_days": 60, "levers": ("payment_days",)}, "later payment"), ({"clauses": ("sla",)}, "a custom clause"),
    ],
)
def test_no_concession_goes_without_what_is_asked_for_it(world: World, changes: dict[str, Any], words: str) -> None:
    with drafted(world) as (at, quote):
        with pytest.raises(Malformed, match=f"This gives {words}. Say what you ask in return"):
            revise(at, quote, **changes)
        with pytest.raises(Malformed, match="Say one of them"):
            revise(at, quote, InReturn("Two years", "They are nice"), **changes)

        version = revise(at, quote, InReturn(why_nothing="Their first year was hard"), **changes)

        kept = Concession.of(at.session, version.id)
        assert kept
        assert (kept.says, kept.asked, kept.why_nothing) == (words, "", "Their first year was hard")


def test_what_a_lever_earned_is_its_own_ask_and_taking_back_gives_nothing(world: World) -> None:
    with drafted(world) as (at, quote):
        revise(at, quote, months=36, shape=Shape.FIXED, levers=("term",))
        revise(at, quote, InReturn("A reference"), discount=1000)
        version = revise(at, quote, discount=300)

        assert Concession.of(at.session, version.id) is None


def test_what_policy_says_may_be_conceded_is_given_freely(world: World) -> None:
    with drafted(world) as (at, quote):
        version = revise(at, quote, billing=Billing.QUARTERLY)

        assert quote.newest.id == version.id


def test_the_approver_sees_what_is_asked_in_return_and_the_buyer_never(world: World) -> None:
    with drafted(world) as (at, quote):
        revise(at, quote, InReturn("A reference at the fair"), discount=1200)
        deciding.submit(quote, by=at.who(MAYA), at=AT)
        review = at.open(quote)[0]

        card = Card(at.session, review, at.who(FARAH), AT)
        assert [one.asked for one in card.concessions] == ["A reference at the fair"]
        at.grant(quote, FARAH)
        at.grant(quote, INES)
        negotiating.send(quote, by=at.who(MAYA), at=AT)
        key = quote.id

    for page in (f"/proposals/{key}", f"/proposals/{key}.json", f"/proposals/{key}/board"):
        assert "reference at the fair" not in world.signed_in(ANNA).get(page).text


def test_a_buyer_reads_on_the_board_at_once_what_is_not_negotiable(world: World) -> None:
    with desk(world) as at:
        quote = at.sent(INES)
        published(at, payment_days=Stand.NOT_NEGOTIABLE)
        board, form = f"/proposals/{quote.id}/board", wish.typed({}, at.deal(quote))

    answer = world.signed_in(ANNA).get(f"{board}?{urlencode(form | {'net_days': '60'})}")

    assert answer.status_code == 422
    assert "How soon an invoice is paid is not part of what can be negotiated here." in answer.text


def test_the_database_keeps_no_concession_without_its_ask_or_the_reason(world: World) -> None:
    with drafted(world) as (at, quote):
        version = revise(at, quote, InReturn("Two years"), discount=1200)
        key = version.id

    with owner_of_the_database(world) as database:
        for change in ("asked = ''", "why_nothing = 'Both'", "things = '{}'"):
            with pytest.raises(errors.Error), database.transaction():
                database.execute(f"UPDATE concession SET {change} WHERE offer_id = %s", [key])
        with pytest.raises(errors.CheckViolation), database.transaction():
            database.execute(
                "INSERT INTO concession SELECT gen_random_uuid(), account_id, %s, ARRAY['price'], '', '', author_id, "
                "made_at FROM offer WHERE id = %s", [key, key],
            )
