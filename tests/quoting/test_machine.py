"""Approvals as a machine: whatever is edited, granted, lent, revoked, countered or accepted, in whatever order."""

from contextlib import suppress
from datetime import timedelta
from hashlib import sha256

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from pricing.deal import DealError
from pricing.envelope import Envelope
from pricing.multiyear import Shape
from pricing.trace import canonical
from renewals.acceptance import Acceptance
from renewals.errors import Malformed, Refused
from renewals.event import Event
from renewals.offer import Approval, Offer
from renewals.policy import Policy, PolicyKind
from renewals.quoting import deciding, drafting, negotiating
from renewals.quoting.delegation import Delegation
from renewals.quoting.quote import Quote, QuoteState
from renewals.quoting.review import Review, ReviewState
from renewals.renewal import Renewal
from tests.quoting.desk import ANNA, AT, FARAH, FOR_NOTHING, GRACE, INES, MAYA, OMAR, RAVI, TOMAS, Desk
from tests.world import World

STAFF = (MAYA, RAVI, OMAR, INES, FARAH, TOMAS, GRACE)
DISCOUNTS = st.sampled_from([0, 400, 501, 1000, 1200, 1501, 1900, 2100, 3000])
DAYS = st.sampled_from([30, 45, 46, 60, 91])


class Approvals(RuleBasedStateMachine):
    """One renewal, its quotes and everybody who has a hand in them, in one transaction that is given up at the end."""

    world: World

    def __init__(self) -> None:
        super().__init__()
        self.transaction = self.world.writing()
        session = self.transaction.__enter__()
        renewal = Renewal.find(session, self.world.renewal("halden-bank"), lock=True)
        self.at = Desk(session, renewal, AT)
        self.accepted: dict[object, tuple[str, list[object]]] = {}

    @initialize(discount=DISCOUNTS)
    def there_is_a_quote(self, discount: int) -> None:
        self._try(lambda: self.at.draft(MAYA, discount=discount))

    @rule(by=st.sampled_from(STAFF), discount=DISCOUNTS, days=DAYS)
    def somebody_writes_a_quote(self, by: str, discount: int, days: int) -> None:
        if len(self._quotes()) < 3:
            self._try(lambda: self.at.draft(by, discount=discount, net_days=days))

    @rule(data=st.data(), by=st.sampled_from(STAFF), discount=DISCOUNTS, months=st.sampled_from([12, 24, 36]))
    def it_is_edited(self, data: st.DataObject, by: str, discount: int, months: int) -> None:
        if quote := self._one(data):
            shape = {"months": months, "shape": Shape.FIXED if months > 12 else None}
            self._try(lambda: drafting.revise(
                quote, self.at.deal(quote, discount=discount, **shape), in_return=FOR_NOTHING, by=self.at.who(by),
                at=self.at.at,
            ))

    @rule(data=st.data(), by=st.sampled_from(STAFF))
    def it_is_submitted(self, data: st.DataObject, by: str) -> None:
        if quote := self._one(data):
            self._try(lambda: deciding.submit(quote, by=self.at.who(by), at=self.at.at))

    @rule(data=st.data(), by=st.sampled_from(STAFF))
    def somebody_says_yes(self, data: st.DataObject, by: str) -> None:
        if review := self._review(data):
            self._try(lambda: deciding.grant(review, by=self.at.who(by), at=self.at.at))

    @rule(data=st.data())
    def whoever_is_asked_says_yes(self, data: st.DataObject) -> None:
        if review := self._review(data):
            by = data.draw(st.sampled_from([who for who in STAFF if set(self.at.who(who).roles) & set(review.roles)]))
            self._try(lambda: deciding.grant(review, by=self.at.who(by), at=self.at.at))

    @rule(data=st.data())
    def it_goes_all_the_way(self, data: st.DataObject) -> None:
        """Submitted, granted by whoever can, and sent."""
        if quote := self._one(data):
            self._try(lambda: deciding.submit(quote, by=self.at.who(MAYA), at=self.at.at))
            for _ in range(3):
                for review, by in [(one, by) for one in self._reviews(quote.newest) if one.is_open for by in STAFF]:
                    self._try(lambda one=review, by=by: deciding.grant(one, by=self.at.who(by), at=self.at.at))  # type: ignore[misc]
            self._try(lambda: negotiating.send(quote, by=self.at.who(MAYA), at=self.at.at))

    @rule(data=st.data(), by=st.sampled_from(STAFF), most=DISCOUNTS)
    def somebody_grants_an_envelope(self, data: st.DataObject, by: str, most: int) -> None:
        if review := self._review(data):
            region = Envelope(
                until=self.at.at.date() + timedelta(days=20), most_discount=most, most_line=most, most_net_days=45,
                proposal=True,
            )
            self._try(lambda: deciding.grant_envelope(review, region, by=self.at.who(by), at=self.at.at))

    @rule(data=st.data(), by=st.sampled_from(STAFF), how=st.sampled_from([deciding.give_back, deciding.refuse]))
    def somebody_says_no(self, data: st.DataObject, by: str, how: object) -> None:
        if review := self._review(data):
            self._try(lambda: how(review, "Too much.", by=self.at.who(by), at=self.at.at))  # type: ignore[operator]

    @rule(by=st.sampled_from(STAFF), to=st.sampled_from(STAFF), days=st.integers(0, 5))
    def somebody_is_away(self, by: str, to: str, days: int) -> None:
        day = self.at.at.date()
        self._try(lambda: Delegation.make(
            self.at.session, self.at.who(to), day, day + timedelta(days=days), by=self.at.who(by), at=self.at.at
        ))

    @rule(email=st.sampled_from([INES, FARAH, OMAR]), active=st.sampled_from([True, True, False]))
    def somebody_leaves_or_comes_back(self, email: str, active: bool) -> None:
        self.at.who(email).active = active
        self.at.session.flush()

    @rule(limit=st.sampled_from([0, 300, 500, 1000]))
    def another_matrix_is_published(self, limit: int) -> None:
        now = Policy.in_force(self.at.session, PolicyKind.MATRIX, AT.date())
        rows = [row | ({"discount": limit} if row["role"] == "policy" else {}) for row in now.content["rows"]]
        Policy.publish(
            self.at.session, PolicyKind.MATRIX, now.content | {"rows": rows}, begins_on=AT.date(), reason="Another",
            by=None, at=self.at.at,
        )
        self.at.session.flush()

    @rule(data=st.data(), by=st.sampled_from(STAFF))
    def it_is_sent(self, data: st.DataObject, by: str) -> None:
        if quote := self._one(data):
            self._try(lambda: negotiating.send(quote, by=self.at.who(by), at=self.at.at))

    @rule(data=st.data(), discount=DISCOUNTS, days=DAYS)
    def the_buyer_counters(self, data: st.DataObject, discount: int, days: int) -> None:
        if quote := self._one(data):
            self._try(lambda: negotiating.counter(
                quote, self.at.deal(quote, discount=discount, net_days=days), by=self.at.who(ANNA), at=self.at.at
            ))

    @rule(data=st.data(), old=st.booleans())
    def the_buyer_accepts(self, data: st.DataObject, old: bool) -> None:
        if quote := self._one(data):
            version = quote.versions[0] if old else quote.newest
            self._try(lambda: self._take(quote, version))

    @rule(data=st.data(), theirs=st.booleans())
    def somebody_ends_it(self, data: st.DataObject, theirs: bool) -> None:
        if theirs and (quote := self._one(data)):
            self._try(lambda: negotiating.decline(quote, "Too dear.", by=self.at.who(ANNA), at=self.at.at))
        elif len(self._quotes()) > 2 and (quote := self._one(data)):
            self._try(lambda: drafting.withdraw(quote, by=self.at.who(MAYA), at=self.at.at))

    @rule(days=st.integers(1, 20))
    def days_go_by(self, days: int) -> None:
        self.at.at += timedelta(days=days)
        for quote in self._quotes():
            negotiating.expire(quote, at=self.at.at)

    # What holds at every moment

    @invariant()
    def what_is_shown_or_accepted_is_approved_to_the_letter(self) -> None:
        for quote in self._quotes():
            if quote.shown is not None:
                approval = Approval.of(self.at.session, quote.shown)
                assert approval is not None
                assert approval.content_hash == sha256(canonical(quote.shown.content).encode()).hexdigest()

    @invariant()
    def an_approval_has_every_yes_it_needs_and_none_from_its_author(self) -> None:
        for version in self._versions():
            if Approval.of(self.at.session, version) is None:
                continue
            quote = Quote.find(self.at.session, version.quote_id)  # type: ignore[arg-type]
            granted = [one for one in self._reviews(version) if one.state is ReviewState.GRANTED]
            assert len(granted) == version.needs
            assert not {one.decided_by for one in granted} & {version.author_id, quote.author_id}

    @invariant()
    def each_rank_is_decided_by_another_person(self) -> None:
        for version in self._versions():
            pairs = {
                (one.decided_by, one.rank) for one in self._reviews(version)
                if one.state is ReviewState.GRANTED and one.envelope_id is None
            }
            assert len({who for who, _ in pairs}) == len({rank for _, rank in pairs} | pairs) - len(
                {rank for _, rank in pairs}
            )

    @invariant()
    def who_decided_had_the_authority(self) -> None:
        for version in self._versions():
            for review in self._reviews(version):
                if review.state is ReviewState.GRANTED and review.envelope_id is None:
                    holder = review.decided_for or review.decided_by
                    roles = next(who.roles for who in map(self.at.who, STAFF) if who.id == holder)
                    assert set(roles) & set(review.roles)

    @invariant()
    def what_was_accepted_stays_as_it_was(self) -> None:
        for yes in self.at.session.scalars(
            select(Acceptance).where(Acceptance.renewal_id == self.at.renewal.id)
        ):
            reviews = [one.id for one in self._reviews(yes.offer)]
            assert self.accepted.setdefault(yes.offer_id, (yes.offer.content_hash, reviews))[0] == yes.content_hash

    @invariant()
    def every_move_stands_in_the_audit(self) -> None:
        for quote in self._quotes():
            moves = [
                event.details for event in self.at.session.scalars(Event.about(quote.id)) if "to" in event.details
            ]
            ends = [QuoteState.DRAFT.value, *(move["to"] for move in moves)]
            assert [move["from"] for move in moves] == ends[:-1]
            assert ends[-1] == quote.state

    def teardown(self) -> None:
        with suppress(_GivenUp):
            self.transaction.__exit__(_GivenUp, _GivenUp(), None)

    def _try(self, verb: object) -> None:
        """What is refused has changed nothing."""
        with suppress(Refused, Malformed, DealError), self.at.session.begin_nested():
            verb()  # type: ignore[operator]
            self.at.session.flush()

    def _take(self, quote: Quote, version: Offer) -> None:
        shown, last = quote.shown_id, quote.valid_until
        negotiating.take(quote, self.at.yes(version), by=self.at.who(ANNA), at=self.at.at)
        assert shown == version.id or quote.shown.content_hash == version.content_hash  # type: ignore[union-attr]
        assert last is None or self.at.renewal.account.today(self.at.at) <= last
        self.at.session.flush()

    def _quotes(self) -> list[Quote]:
        self.at.session.flush()
        return list(Quote.of_renewal(self.at.session, self.at.renewal.id))

    def _versions(self) -> list[Offer]:
        return [version for quote in self._quotes() for version in quote.versions]

    def _reviews(self, version: Offer) -> list[Review]:
        return list(Review.of_offer(self.at.session, version.id))

    def _one(self, data: st.DataObject) -> Quote | None:
        quotes = self._quotes()
        return data.draw(st.sampled_from(quotes)) if quotes else None

    def _review(self, data: st.DataObject) -> Review | None:
        found = [review for version in self._versions() for review in self._reviews(version) if review.is_open]
        return data.draw(st.sampled_from(found)) if found else None


class _GivenUp(Exception):
    """Nothing of an example stays."""


def _run(world: World, examples: int, steps: int) -> None:
    Approvals.world = world
    run_state_machine_as_test(
        Approvals,
        settings=settings(
            max_examples=examples, stateful_step_count=steps, deadline=None, derandomize=examples < 100,
            suppress_health_check=list(HealthCheck), database=None, phases=[Phase.generate],
        ),
    )


def test_a_few_lives_of_a_quote(world: World) -> None:
    _run(world, 8, 20)


@pytest.mark.long
def test_five_thousand_lives_of_a_quote(world: World) -> None:
    _run(world, 5000, 30)


