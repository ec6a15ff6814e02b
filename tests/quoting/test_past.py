"""What counts as a quote of the past: which version, decided by whom, and how long they took."""

from dataclasses import replace
from datetime import timedelta

import pytest

from renewals.errors import NotYours
from renewals.matrix import draft as drafts
from renewals.matrix.draft import Draft
from renewals.quoting import deciding, drafting
from renewals.quoting.delegation import Delegation
from renewals.quoting.past import Decided, decided
from tests.quoting.desk import AT, FARAH, FOR_NOTHING, INES, MAYA, OMAR, Desk, desk
from tests.world import World

LAST_YEAR = AT - timedelta(days=365)


def the_past(at: Desk) -> list[Decided]:
    at.session.flush()
    return decided(at.session, LAST_YEAR)


def test_the_newest_version_that_was_decided_counts_once(world: World) -> None:
    with desk(world) as at:
        quote = at.submitted(discount=1200)
        at.grant(quote, FARAH)
        at.grant(quote, INES)
        drafting.revise(quote, at.deal(quote, discount=1300), in_return=FOR_NOTHING, by=at.who(MAYA), at=AT)
        deciding.submit(quote, by=at.who(MAYA), at=AT)
        deciding.give_back(at.open(quote)[0], "Ask for two years", by=at.who(FARAH), at=AT)
        drafting.revise(quote, at.deal(quote, discount=1100), in_return=FOR_NOTHING, by=at.who(MAYA), at=AT)

        [one] = the_past(at)

        assert (one.past.asked.effective, one.past.on, one.account) == (1300, AT.date(), "Halden Bank")
        assert one.past.given == one.past.price.share(1300, 10_000)


def test_what_waits_for_somebody_is_not_of_the_past(world: World) -> None:
    with desk(world) as at:
        quote = at.submitted(discount=1200)
        at.grant(quote, FARAH)

        assert the_past(at) == []


def test_who_stood_in_for_somebody_counts_as_them_there_and_as_themselves_elsewhere(world: World) -> None:
    with desk(world) as at:
        quote = at.submitted(discount=1200)
        Delegation.make(at.session, at.who(OMAR), AT.date(), AT.date(), by=at.who(FARAH), at=AT)
        at.session.flush()
        deciding.grant(at.open(quote)[0], by=at.who(OMAR), at=AT + timedelta(minutes=90))
        replace(at, at=AT + timedelta(minutes=120)).grant(quote, INES)

        [one] = the_past(at)

        assert set(one.past.decided) == {("finance", 90), ("ae", 90), ("manager", 30)}


def test_a_csm_publishes_no_matrix_by_any_road(world: World) -> None:
    with desk(world) as at:
        draft = Draft.of(at.session, {"cell.csm.smb.12.discount": "12"})

        with pytest.raises(NotYours, match="needs a manager, finance or an administrator"):
            drafts.publish(at.session, draft, "matrix@1", "More for me", AT.date(), by=at.who(MAYA), at=AT)
