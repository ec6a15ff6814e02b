"""Splitting: a bundle becomes two quotes, and neither waits for the other."""

from datetime import date, datetime, timedelta

import pytest

from pricing.asked import Asked
from pricing.deal import DealLine
from pricing.replay import offer_mismatches
from renewals.errors import NotNow
from renewals.health import Health
from renewals.plan.milestone import Milestone
from renewals.plan.rule import AFTERWARDS
from renewals.plan.task import Task
from renewals.quoting import deciding, negotiating, splitting
from renewals.quoting.basis import Basis
from renewals.quoting.quote import Part, Quote, QuoteState
from renewals.quoting.review import Review
from tests.quoting.desk import ANNA, AT, INES, MAYA, OMAR, Desk, desk
from tests.web.guest import known
from tests.world import World

REVISIT = date(2027, 1, 18)
NEW = "insights"


def bundle(at: Desk) -> Quote:
    """What they have, and one product more."""
    scope = Basis.of(at.renewal, at=at.at).choice.scope
    lines = (*(DealLine(line.product, line.quantity) for line in scope.lines), DealLine(NEW, 1))
    return at.draft(lines=lines)


def split(at: Desk, quote: Quote) -> Quote:
    return splitting.split(quote, owner=at.who(OMAR), revisit_on=REVISIT, by=at.who(MAYA), at=at.at)


def test_one_press_makes_two_quotes_that_are_worth_what_the_bundle_was_without_its_price(world: World) -> None:
    with desk(world) as at:
        whole = bundle(at)
        apart = split(at, whole)

        kept, new = whole.newest, apart.newest
        assert apart.part is Part.EXPANSION
        assert [line["product"] for line in kept.content["lines"]] == ["platform"]
        assert [line["product"] for line in new.content["lines"]] == [NEW]
        assert kept.content["per_year"] == 24_000_000
        assert new.content["per_year"] == new.content["against_today"] > 0
        assert not offer_mismatches(kept.content) and not offer_mismatches(new.content)
        with pytest.raises(NotNow, match="nothing new"):
            split(at, whole)


def test_what_is_split_is_still_judged_as_one(world: World) -> None:
    with desk(world) as at:
        whole = bundle(at)
        apart = split(at, whole)

        asked = Asked.read(apart.newest.asked)
        assert len(asked.each) == 2
        both = whole.newest.content["per_year"] + apart.newest.content["per_year"]
        assert (asked.acv.minor, asked.expansion.minor) == (both, apart.newest.content["per_year"])


def test_an_envelope_of_the_bundle_answers_for_the_renewal_and_not_for_what_is_new(world: World) -> None:
    with desk(world) as at:
        whole = bundle(at)
        deciding.submit(whole, by=at.who(MAYA), at=at.at)
        review = next(one for one in at.open(whole) if one.axis == "proposal")
        ines = at.who(INES)
        deciding.grant_envelope(review, deciding.around(review, by=ines, at=at.at), by=ines, at=at.at)
        apart = split(at, whole)

        assert whole.state is QuoteState.APPROVED
        assert [one.envelope_id is not None for one in Review.of_offer(at.session, whole.newest.id)] == [True]
        assert apart.state is QuoteState.DRAFT and apart.newest.needs


def test_taking_the_renewal_leaves_what_is_new_alive(world: World) -> None:
    with desk(world) as at:
        whole = bundle(at)
        apart = split(at, whole)
        for one in (whole, apart):
            if one.state is QuoteState.DRAFT:
                deciding.submit(one, by=at.who(MAYA), at=at.at)
            for review in at.open(one):
                deciding.grant(review, by=at.who(INES), at=at.at)
            negotiating.send(one, by=at.who(MAYA), at=at.at)
        negotiating.take(whole, at.yes(whole.newest), by=at.who(ANNA), at=at.at)

        assert (whole.state, apart.state) == (QuoteState.ACCEPTED, QuoteState.SENT)


def test_what_was_split_off_has_somebody_and_a_day_after_the_renewal(world: World) -> None:
    with desk(world) as at:
        split(at, bundle(at))
        [task] = at.session.scalars(Task.still_open(at.renewal.id).where(Task.pattern == splitting.TASK))

        assert (task.assignee_id, task.due_on) == (at.who(OMAR).id, REVISIT)
        assert at.session.get_one(Milestone, task.milestone_id).key == AFTERWARDS  # it goes on when the renewal is won


def test_it_is_proposed_in_the_red_and_at_t_30(world: World) -> None:
    with desk(world) as at:
        whole = bundle(at)
        assert splitting.why_split(whole, Basis.of_quote(whole, at=AT)) is None
        late = datetime.combine(at.renewal.renews_on - timedelta(days=30), AT.timetz())
        assert splitting.why_split(whole, Basis.of_quote(whole, at=late)) is splitting.WhySplit.LATE
        at.renewal.account.health_band = Health.RED
        assert splitting.why_split(whole, Basis.of_quote(whole, at=AT)) is splitting.WhySplit.RED
        assert split(at, whole).newest.content["per_year"] > 0


def test_the_desk_proposes_it_and_one_press_does_it(world: World) -> None:
    with desk(world) as at:
        key, omar = bundle(at).id, at.who(OMAR).id
        at.renewal.account.health_band = Health.RED
    maya = known(world, world.person(MAYA))
    page = f"/admin/quotes/{key}"
    assert "save the renewal first" in maya.get(page).text

    form = {"version": "1", "owner": str(omar), "revisit_on": "2026-08-10"}
    assert maya.post(f"{page}/split", {**form, "revisit_on": "2026-01-01"}).status_code == 422
    assert maya.post(f"{page}/split", form).status_code == 303
    assert "Split it into two quotes" not in maya.get(page).text
    mine = known(world, world.person(OMAR)).get("/admin?whose=mine").text
    assert "Keep the expansion alive" in mine
