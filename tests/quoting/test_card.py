"""The card's own questions: what came of the like, what nobody would have to be asked for, and whom it waits for."""

from datetime import timedelta

from sqlalchemy import select

from pricing.asked import Asked, Axis
from pricing.standing import takes
from renewals.person import Person
from renewals.quoting import deciding, negotiating, waiting
from renewals.quoting.basis import Basis
from renewals.quoting.card import Card
from renewals.quoting.compared import Compared
from renewals.quoting.delegation import Delegation
from renewals.quoting.minding import asked
from renewals.quoting.precedent import precedents
from renewals.segment import Segment
from tests.quoting.desk import ANNA, AT, FARAH, GRACE, INES, MAYA, OMAR, RAVI, TOMAS, desk
from tests.world import World

STAFF = (MAYA, RAVI, OMAR, INES, FARAH, TOMAS, GRACE)


def test_the_closest_deals_are_of_the_same_segment_and_say_how_they_ended(world: World) -> None:
    with desk(world, "northwind-freight") as at:
        at.renewal.segment_override = Segment.ENTERPRISE
        at.session.flush()
        declined = at.sent(FARAH, INES, discount=1300)
        owners = select(Person).where(Person.account_id == at.renewal.account_id, Person.roles.contains(["owner"]))
        buyer = at.session.scalars(owners).first()
        assert buyer
        negotiating.decline(declined, "Too much", by=buyer, at=AT)
    with desk(world) as at:
        quote = at.draft(discount=1200)
        like = Asked.read(quote.newest.asked)

        found = precedents(at.session, like, at.renewal.id)
        of_themselves = precedents(at.session, like, declined.renewal_id)

    assert [(one.account, one.how.value, one.then) for one in found] == [("Northwind Freight", "declined", None)]
    assert of_themselves == []


def test_for_each_rule_it_says_what_would_need_nobody(world: World) -> None:
    with desk(world) as at:
        quote = at.draft(discount=1200, net_days=60)
        basis = Basis.of_quote(quote, at=AT)

        said = takes(basis.matrix, Asked.read(quote.newest.asked))
        inside = basis.price(at.deal(quote, discount=0, net_days=30))

    assert said[Axis.DISCOUNT] == "At 5.0 % or less nobody is asked."
    assert said[Axis.PAYMENT] == "At Net 30 or less nobody is asked."
    assert Axis.DISCOUNT not in {need.axis for need in basis.matrix.needs(basis.asked(inside))}


def test_what_waits_for_somebody_is_what_they_are_written_to_about(world: World) -> None:
    with desk(world) as at:
        quote = at.submitted(discount=1200)
        Delegation.make(at.session, at.who(RAVI), AT.date(), AT.date() + timedelta(days=3), by=at.who(FARAH), at=AT)
        at.session.flush()
        told = {review.id: {person.email for person in asked(at.session, review, AT)} for review in at.open(quote)}

        for email in STAFF:
            person = at.who(email)
            piles = waiting.Piles.of(at.session, person, AT.date())
            mine = {review.id for one in piles.theirs for review in one.reviews}

            assert mine == {key for key, emails in told.items() if email in emails}, email
            assert waiting.count(at.session, person, AT.date()) == len(piles.theirs)
            assert len(piles.theirs) + len(piles.others) == 1


def test_the_versions_stand_side_by_side_after_what_they_have_today(world: World) -> None:
    with desk(world) as at:
        quote = at.sent(FARAH, INES, discount=1200)
        anna = at.who(ANNA)
        version = negotiating.counter(quote, at.deal(quote, discount=1600, net_days=60), by=anna, at=AT)

        side_by_side = Compared.of(at.session, quote, version)

    assert [column.number for column in side_by_side.columns] == [None, 1, 2]
    assert [column.terms["discount"] for column in side_by_side.columns] == [0, 1200, 1600]
    assert side_by_side.terms == ["discount", "net_days"]
    assert [column.effective for column in side_by_side.columns] == [None, 1200, version.asked["effective"]]


def test_the_price_of_the_card_adds_up_to_the_price_of_the_version(world: World) -> None:
    with desk(world) as at:
        quote = at.submitted(discount=1200)
        card = Card(at.session, at.open(quote)[0], at.who(FARAH), AT)

        assert sum(step.amount.minor for step in card.price.parts) == card.version.content["years"][0]
        assert card.quarter.value >= card.row.value
        assert card.quarter.expected <= card.quarter.value


def test_an_envelope_never_begins_with_what_its_grantor_could_not_approve(world: World) -> None:
    with desk(world) as at:
        quote = at.submitted(discount=2100)
        begun = {email: deciding.around(at.open(quote)[0], by=at.who(email), at=AT) for email in (INES, GRACE)}

    assert (begun[INES].most_discount, begun[GRACE].most_discount) == (None, 2100)
