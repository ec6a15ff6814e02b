"""Nothing unapproved leaves the house: who is asked, who may say yes, and what the database itself refuses."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError

from pricing.envelope import Envelope
from renewals.errors import NotNow, NotYours
from renewals.health import Health
from renewals.offer import Approval
from renewals.quoting import deciding, drafting, negotiating
from renewals.quoting.delegation import Delegation
from renewals.quoting.quote import Quote, QuoteState
from renewals.quoting.review import Review, ReviewState
from renewals.quoting.waiting import Piles
from tests.quoting.desk import ANNA, AT, FARAH, FOR_NOTHING, GRACE, INES, MAYA, OMAR, RAVI, Desk, desk
from tests.world import World


def test_a_large_renewal_is_asked_of_finance_and_then_of_the_manager(world: World) -> None:
    with desk(world) as at:
        quote = at.submitted(discount=1200)

        asked = [(one.axis, one.rank, one.state) for one in Review.of_offer(at.session, quote.newest.id)]

        assert quote.state is QuoteState.SUBMITTED
        assert asked == [
            ("discount", 1, ReviewState.OPEN), ("line", 1, ReviewState.OPEN), ("proposal", 2, ReviewState.WAITING)
        ]


def test_when_everybody_said_yes_the_version_is_approved_and_can_be_sent(world: World) -> None:
    with desk(world) as at:
        quote = at.sent(FARAH, INES, discount=1200)

        assert quote.state is QuoteState.SENT
        assert quote.approval is not None
        assert quote.approval.content_hash == quote.newest.content_hash


def test_a_small_renewal_inside_the_floor_needs_nobody(world: World) -> None:
    with desk(world, "cedar-dental") as at:
        quote = at.submitted()

        assert quote.state is QuoteState.APPROVED
        assert Review.of_offer(at.session, quote.newest.id) == []


def test_nobody_approves_their_own_quote(world: World) -> None:
    with desk(world) as at:
        quote = at.submitted(by=INES)

        with pytest.raises(NotYours, match="you wrote this quote"):
            deciding.grant(at.open(quote)[0], by=at.who(INES), at=AT)


def test_nobody_approves_beyond_their_authority(world: World) -> None:
    with desk(world) as at:
        quote = at.submitted(discount=1700)

        with pytest.raises(NotYours, match="this needs"):
            deciding.grant(at.open(quote)[0], by=at.who(OMAR), at=AT)


def test_a_change_after_the_approval_is_another_version_with_none(world: World) -> None:
    with desk(world) as at:
        quote = at.submitted(discount=1200)
        at.grant(quote, FARAH)
        at.grant(quote, INES)
        before = quote.newest

        drafting.revise(quote, at.deal(quote, discount=1300), in_return=FOR_NOTHING, by=at.who(MAYA), at=AT)

        assert quote.state is QuoteState.DRAFT
        assert Approval.of(at.session, before) is not None
        assert Approval.of(at.session, quote.newest) is None
        with pytest.raises(NotNow, match="only an approved version"):
            negotiating.send(quote, by=at.who(MAYA), at=AT)


def test_what_was_asked_of_the_version_before_is_not_asked_any_more(world: World) -> None:
    with desk(world) as at:
        quote = at.submitted(discount=1200)
        review = at.open(quote)[0]

        drafting.revise(quote, at.deal(quote, discount=1300), in_return=FOR_NOTHING, by=at.who(MAYA), at=AT)

        assert review.state is ReviewState.VOID
        with pytest.raises(NotNow):
            deciding.grant(review, by=at.who(FARAH), at=AT)


@pytest.mark.parametrize("no", [deciding.give_back, deciding.refuse])
def test_what_somebody_said_no_to_can_be_asked_again_and_is_another_version_then(
    world: World, no: Callable[..., None]
) -> None:
    with desk(world) as at:
        quote = at.submitted(discount=1200)
        no(at.open(quote)[0], "Say what they give for it.", by=at.who(FARAH), at=AT)

        deciding.submit(quote, by=at.who(MAYA), at=AT)

        first, second = quote.versions
        assert first.content_hash == second.content_hash
        assert {one.state for one in Review.of_offer(at.session, second.id)} == {ReviewState.OPEN, ReviewState.WAITING}


def test_whoever_stands_in_for_somebody_decides_for_them_and_goes_no_further(world: World) -> None:
    with desk(world) as at:
        quote = at.submitted(discount=1200)
        day = AT.date()
        Delegation.make(at.session, at.who(OMAR), day, day + timedelta(days=3), by=at.who(FARAH), at=AT)
        Delegation.make(at.session, at.who(RAVI), day, day + timedelta(days=3), by=at.who(OMAR), at=AT)
        at.session.flush()
        review = at.open(quote)[0]

        with pytest.raises(NotYours):
            deciding.grant(review, by=at.who(RAVI), at=AT)
        deciding.grant(review, by=at.who(OMAR), at=AT)

        assert (review.decided_by, review.decided_for) == (at.who(OMAR).id, at.who(FARAH).id)


def test_a_yes_is_looked_at_again_when_the_quote_is_accepted(world: World) -> None:
    with desk(world) as at:
        quote = at.sent(FARAH, INES, discount=1200)
        at.who(FARAH).active = False
        at.session.flush()

        with pytest.raises(NotNow, match="has left"):
            negotiating.take(quote, at.yes(quote.newest), by=at.who(ANNA), at=AT)


def test_an_envelope_lets_a_counter_through_and_asks_only_about_what_lies_outside(world: World) -> None:
    with desk(world) as at:
        quote = at.submitted(discount=1200)
        at.grant(quote, FARAH)
        region = Envelope(until=date(2026, 9, 30), most_discount=1800, most_line=3000, most_net_days=45, proposal=True)
        review = at.open(quote)[0]
        deciding.grant_envelope(review, region, by=at.who(INES), at=AT)
        negotiating.send(quote, by=at.who(MAYA), at=AT)

        inside = negotiating.counter(quote, at.deal(quote, discount=1500), by=at.who(ANNA), at=AT)
        assert (quote.state, quote.shown_id) == (QuoteState.SENT, inside.id)
        outside = negotiating.counter(quote, at.deal(quote, discount=1500, net_days=75), by=at.who(ANNA), at=AT)

        assert [one.axis for one in at.open(quote)] == ["payment"]
        assert quote.shown_id == inside.id != outside.id


def test_an_envelope_ends_when_what_it_was_granted_on_changes(world: World) -> None:
    with desk(world) as at:
        quote = at.submitted(discount=1200)
        at.grant(quote, FARAH)
        region = Envelope(until=date(2026, 9, 30), most_discount=1800, most_line=3000, proposal=True)
        deciding.grant_envelope(at.open(quote)[0], region, by=at.who(INES), at=AT)
        negotiating.send(quote, by=at.who(MAYA), at=AT)
        at.renewal.account.health_band = Health.RED
        at.session.flush()

        negotiating.counter(quote, at.deal(quote, discount=1500), by=at.who(ANNA), at=AT)

        assert quote.state is QuoteState.SUBMITTED
        assert at.open(quote) != []


def test_nobody_grants_an_envelope_beyond_their_own_authority(world: World) -> None:
    with desk(world) as at:
        quote = at.submitted(discount=1200)
        review = at.open(quote)[0]

        with pytest.raises(NotYours, match="further than you may approve"):
            deciding.grant_envelope(
                review, Envelope(until=date(2026, 9, 30), most_discount=2500), by=at.who(FARAH), at=AT
            )


def test_a_discount_split_over_two_quotes_is_judged_as_one(world: World) -> None:
    with desk(world) as at:
        first = at.submitted(discount=1900)
        second = at.draft(discount=300)
        together = [need.axis for need, _ in deciding.preview(second, second.newest, at=AT)]
        drafting.withdraw(first, by=at.who(MAYA), at=AT)

        deciding.submit(second, by=at.who(MAYA), at=AT)

        assert "discount" in together
        assert [one.axis for one in at.open(second)] == ["proposal"]


def test_however_many_are_quoted_beside_it_they_are_read_at_once(world: World) -> None:
    with desk(world) as at:
        quote, *others = [at.draft(discount=discount) for discount in (300, 400, 500)]
        drafting.revise(others[0], at.deal(others[0], discount=100), by=at.who(MAYA), at=AT)
        at.session.flush()
        said: list[str] = []
        event.listen(at.session.connection(), "before_cursor_execute", lambda *call: said.append(call[2]))

        found = drafting.beside(quote)

        assert len(said) == 1
        assert [one.id for one in found] == [each.newest.id for each in others[::-1]]


def of_two_writers(at: Desk) -> Quote:
    """Begun by Maya, its newest version written by Ines, and submitted by Maya."""
    quote = at.draft(discount=1100)
    drafting.revise(quote, at.deal(quote, discount=1200), in_return=FOR_NOTHING, by=at.who(INES), at=AT)
    deciding.submit(quote, by=at.who(MAYA), at=AT)
    return quote


def test_nobody_approves_in_the_name_of_who_wrote_the_version(world: World) -> None:
    with desk(world) as at:
        quote = of_two_writers(at)
        at.grant(quote, FARAH)
        day = AT.date()
        Delegation.make(at.session, at.who(RAVI), day, day + timedelta(days=3), by=at.who(INES), at=AT)
        at.session.flush()

        with pytest.raises(NotYours, match="this needs"):
            deciding.grant(at.open(quote)[0], by=at.who(RAVI), at=AT)


def test_what_somebody_wrote_stays_theirs_when_somebody_else_submits_it_again(world: World) -> None:
    with desk(world) as at:
        quote = of_two_writers(at)
        deciding.give_back(at.open(quote)[0], "Say what they give for it.", by=at.who(FARAH), at=AT)
        deciding.submit(quote, by=at.who(MAYA), at=AT)
        at.grant(quote, FARAH)

        [left] = at.open(quote)
        assert quote.newest.author_id == at.who(MAYA).id
        with pytest.raises(NotYours, match="you wrote this quote"):
            deciding.grant(left, by=at.who(INES), at=AT)
        assert [one.version for one in Piles.of(at.session, at.who(INES), AT.date()).theirs] == []


def test_who_was_named_decides_only_while_they_have_the_authority(world: World) -> None:
    with desk(world) as at:
        quote = at.submitted(discount=1200)
        review = at.open(quote)[0]
        deciding.name_another(review, at.who(FARAH), by=at.who(INES), at=AT)
        at.who(FARAH).roles = ["csm"]
        at.session.flush()

        with pytest.raises(NotYours, match="this needs"):
            deciding.grant(review, by=at.who(FARAH), at=AT)


def with_an_envelope(at: Desk) -> Quote:
    """Up to 18 %, granted by Ines, and the first version approved."""
    quote = at.submitted(discount=1200)
    at.grant(quote, FARAH)
    region = Envelope(until=date(2026, 9, 30), most_discount=1800, most_line=3000, most_net_days=45, proposal=True)
    deciding.grant_envelope(at.open(quote)[0], region, by=at.who(INES), at=AT)
    return quote


def test_an_envelope_answers_only_while_its_holder_has_the_authority(world: World) -> None:
    with desk(world) as at:
        quote = with_an_envelope(at)
        negotiating.send(quote, by=at.who(MAYA), at=AT)
        at.who(INES).roles = ["csm"]
        at.session.flush()

        negotiating.counter(quote, at.deal(quote, discount=1500), by=at.who(ANNA), at=AT)

        assert quote.state is QuoteState.SUBMITTED


def test_what_an_envelope_answered_is_looked_at_again_when_the_quote_is_accepted(world: World) -> None:
    with desk(world) as at:
        quote = with_an_envelope(at)
        negotiating.send(quote, by=at.who(MAYA), at=AT)
        inside = negotiating.counter(quote, at.deal(quote, discount=1500), by=at.who(ANNA), at=AT)
        at.who(INES).active = False
        at.session.flush()
        at.session.refresh(quote)

        with pytest.raises(NotNow, match="has left"):
            negotiating.take(quote, at.yes(inside), by=at.who(ANNA), at=AT)


def test_nobody_approves_their_own_version_by_an_envelope_they_granted(world: World) -> None:
    with desk(world) as at:
        quote = with_an_envelope(at)
        drafting.revise(quote, at.deal(quote, discount=1300), in_return=FOR_NOTHING, by=at.who(INES), at=AT)

        deciding.submit(quote, by=at.who(INES), at=AT)

        assert (quote.state, {one.envelope_id for one in at.open(quote)}) == (QuoteState.SUBMITTED, {None})


def test_the_database_counts_no_yes_in_the_name_of_who_wrote_it(world: World) -> None:
    with desk(world) as at:
        quote = of_two_writers(at)
        at.grant(quote, FARAH)
        at.session.flush()
        forged = text(
            "UPDATE review SET state = 'granted', decided_by = :ravi, decided_for = :ines, decided_at = now() "
            "WHERE offer_id = :offer AND state = 'open'"
        )
        values = {"ravi": at.who(RAVI).id, "ines": at.who(INES).id, "offer": quote.newest.id}
        at.session.execute(forged, values)

        with pytest.raises(DBAPIError, match="needs 3 approvals and has 2"), at.session.begin_nested():
            at.session.execute(text(STATEMENTS["an approval nobody earned"]), values)


ENCLOSED = """enclosed = '{"template": "enterprise@1"}'"""
STATEMENTS = {
    "an approval nobody earned": (
        "INSERT INTO approval (id, account_id, offer_id, content_hash, authority, granted_at) "
        "SELECT gen_random_uuid(), account_id, id, content_hash, 'mine', now() FROM offer WHERE id = :offer"
    ),
    "showing what is not approved": f"UPDATE quote SET shown_id = :offer, state = 'sent', {ENCLOSED} WHERE id = :quote",
    "an acceptance of what is not approved": (
        "INSERT INTO acceptance (id, account_id, renewal_id, offer_id, approval_id, content_hash, state, person_id, "
        "accepted_at, terms_version, terms_hash, evidence, version) SELECT gen_random_uuid(), account_id, renewal_id, "
        "id, gen_random_uuid(), content_hash, 'standing', :person, now(), 'terms@1', '', '{}', 1 FROM offer "
        "WHERE id = :offer"
    ),
    "a version that needs nobody after all": "UPDATE offer SET needs = 0 WHERE id = :offer",
    "a decision taken back": (
        "UPDATE review SET state = 'open', decided_by = NULL, decided_at = NULL WHERE state = 'granted'"
    ),
    "accepted without a yes": f"UPDATE quote SET state = 'accepted', shown_id = :offer, {ENCLOSED} WHERE id = :quote",
}


@pytest.mark.parametrize("attempt", STATEMENTS)
def test_the_database_itself_refuses(world: World, attempt: str) -> None:
    with desk(world) as at:
        quote = at.submitted(discount=1200)
        at.grant(quote, FARAH)
        at.session.flush()
        values = {"offer": quote.newest.id, "quote": quote.id, "person": at.who(ANNA).id}

        with pytest.raises(DBAPIError), at.session.begin_nested():
            at.session.execute(text(STATEMENTS[attempt]), values)


def test_who_said_yes_early_in_the_chain_is_not_asked_again_later_in_it(world: World) -> None:
    with desk(world) as at:
        quote = at.submitted(discount=2100)
        grace = at.who(GRACE)
        first, *_ = at.open(quote)
        deciding.grant(first, by=grace, at=AT)

        with pytest.raises(NotNow, match="somebody else"):
            deciding.grant(at.open(quote)[0], by=grace, at=AT)


def test_the_buyer_accepts_exactly_what_lies_before_them(world: World) -> None:
    with desk(world) as at:
        quote = at.sent(FARAH, INES, discount=1200)
        shown = quote.newest

        made = negotiating.take(quote, at.yes(shown), by=at.who(ANNA), at=AT)

        assert (made.offer_id, quote.state) == (shown.id, QuoteState.ACCEPTED)
