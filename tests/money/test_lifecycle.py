"""The life of a payment: whatever is clicked, heard, heard again, heard late or heard wrong, in any order.

Beside the records stands a model of the bank, which alone knows what money did.
"""

from dataclasses import dataclass, field
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from pricing.money import Money
from renewals import closing
from renewals.accepting import Yes, accept
from renewals.choice import Choice
from renewals.errors import NotNow
from renewals.event import Event, EventName
from renewals.instalment import Instalment
from renewals.paper import Agreement
from renewals.payment import (
    LIVE,
    Answer,
    Cancelled,
    Declined,
    InProgress,
    NeedsAction,
    Payment,
    PaymentKind,
    PaymentState,
    Succeeded,
    Unknown,
)
from renewals.person import Person
from renewals.policy import PolicyKind
from renewals.renewal import NOES_A_DAY, Renewal, RenewalState
from renewals.subscription import Term
from tests.money.parties import RUTH
from tests.world import World

MOVES = {
    "nothing": ("asked", "working", "paid", "refused"),
    "asked": ("working", "paid", "refused", "given up"),
    "working": ("paid", "refused"),
}
"""What the bank may do next; the other states are ends."""
ENDS = {
    "paid": PaymentState.SUCCEEDED, "refused": PaymentState.DECLINED, "given up": PaymentState.CANCELLED,
    "asked": PaymentState.REQUIRES_ACTION, "working": PaymentState.PROCESSING,
}


@dataclass
class Attempt:
    """What the bank knows of one payment, from its beginning to now."""

    payment: Payment
    past: list[str] = field(default_factory=lambda: ["nothing"])

    @property
    def truth(self) -> str:
        return self.past[-1]

    def news(self, of: str, *, minor: int = 0) -> Answer:
        """How it stood at one time; `minor` makes it false."""
        reference = f"pi_{self.payment.id}"
        match of:
            case "asked":
                return NeedsAction(reference, "https://bank.example")
            case "working":
                return InProgress(reference)
            case "paid":
                money = Money(self.payment.amount_minor + minor, self.payment.currency)
                return Succeeded(reference, money, str(self.payment.customer), str(self.payment.id))
            case "refused":
                return Declined(reference, "insufficient_funds")
            case "given up":
                return Cancelled(reference)
        return Unknown("no answer")


class Life(RuleBasedStateMachine):
    """One renewal of one customer, in a transaction that is taken back in the end."""

    world: ClassVar[World]

    def __init__(self) -> None:
        super().__init__()
        self.connection = self.world.house.database.engine.connect()
        self.everything = self.connection.begin()
        self.connection.execute(text("SELECT set_config('role', 'kekal_worker', true)"))
        self.session = Session(self.connection, expire_on_commit=False)
        self.renewal = Renewal.find(self.session, self.world.renewal("cedar-dental"), lock=True)
        self.ruth = self.session.scalars(select(Person).where(Person.email == RUTH)).one()
        self.now = self.renewal.opened_at.replace(year=2026, month=8, day=5)
        self.attempts: list[Attempt] = []
        self.noes = 0

    def teardown(self) -> None:
        """At last everybody hears how it stands, and the records say what the bank says."""
        try:
            for attempt in self.attempts:
                self.hear(attempt, attempt.truth)
                if attempt.truth not in MOVES:
                    for old in reversed(attempt.past):
                        self.hear(attempt, old)
                    self.paid_is_agreed_is_the_next_term()
                expected = ENDS.get(attempt.truth)
                assert expected is None or attempt.payment.state is expected
        finally:
            self.session.close()
            self.everything.rollback()
            self.connection.close()

    @property
    def live(self) -> list[Attempt]:
        return [one for one in self.attempts if one.payment.state in LIVE]

    @property
    def is_paid(self) -> bool:
        return any(one.truth == "paid" for one in self.attempts)

    def hear(self, attempt: Attempt, of: str, *, minor: int = 0) -> None:
        closing.settle(self.session, attempt.payment, attempt.news(of, minor=minor), at=self.now)
        self.session.flush()

    @initialize(eager=st.integers(0, 3), number=st.integers(0, 2))
    def begin(self, eager: int, number: int) -> None:
        """Most lives begin with a click."""
        if eager:
            self.click(number)

    @rule(number=st.integers(0, 2))
    def click(self, number: int) -> None:
        """As the page does: whoever finds a live attempt is shown it."""
        if Payment.live_of(self.renewal) or self.renewal.state is RenewalState.WON:
            return
        choice = Choice.of(self.session, self.renewal, self.now.date())
        option, terms = list(choice.options)[number], choice.policies[PolicyKind.TERMS]
        yes = Yes(option.content_hash, terms, terms.content_hash, {})
        if self.renewal.is_declined:
            with pytest.raises(NotNow):
                accept(self.renewal, option, yes, by=self.ruth, at=self.now)
            return
        acceptance = accept(self.renewal, option, yes, by=self.ruth, at=self.now)
        owed = Instalment.first(acceptance)
        payment = Payment.begin(owed, PaymentKind.CARD, by=self.ruth, at=self.now, customer="cus_1")
        payment.freeze({"amount": payment.amount_minor})
        self.attempts.append(Attempt(payment))

    @precondition(lambda self: self.attempts)
    @rule(data=st.data(), heard=st.booleans())
    def bank_moves(self, data: st.DataObject, heard: bool) -> None:
        attempt = self.attempts[-1]
        if further := MOVES.get(attempt.truth):
            attempt.past.append(data.draw(st.sampled_from(further)))
        if heard:
            self.hear(attempt, attempt.truth)

    @precondition(lambda self: self.attempts)
    @rule(data=st.data())
    def old_or_new_news(self, data: st.DataObject) -> None:
        """A webhook, a return page, a look-up: about any attempt, as it stood at any time."""
        attempt = data.draw(st.sampled_from(self.attempts))
        self.hear(attempt, data.draw(st.sampled_from(attempt.past)))

    @precondition(lambda self: self.live and not self.is_paid)
    @rule(minor=st.sampled_from([-1, 1, 863_999]))
    def false_news(self, minor: int) -> None:
        self.hear(self.live[0], "paid", minor=minor)

    @rule()
    def opt_out(self) -> None:
        may = not self.live and not self.renewal.is_declined and self.renewal.state is not RenewalState.WON
        if may:
            closing.decline(self.renewal, "", by=self.ruth, at=self.now)
            self.noes += 1
        else:
            with pytest.raises(NotNow):
                closing.decline(self.renewal, "", by=self.ruth, at=self.now)

    @precondition(lambda self: self.renewal.is_declined)
    @rule()
    def take_it_back(self) -> None:
        if self.noes < NOES_A_DAY:
            self.renewal.reconsider(by=self.ruth, at=self.now)
        else:
            with pytest.raises(NotNow):
                self.renewal.reconsider(by=self.ruth, at=self.now)

    @invariant()
    def at_most_one_attempt_is_alive(self) -> None:
        assert len(self.live) <= 1

    @invariant()
    def money_moves_once_and_never_after_a_no(self) -> None:
        assert sum(one.truth == "paid" for one in self.attempts) <= 1
        assert not (self.renewal.is_declined and self.is_paid)

    @invariant()
    def a_success_is_the_banks_and_stays(self) -> None:
        for attempt in self.attempts:
            assert attempt.payment.state is not PaymentState.SUCCEEDED or attempt.truth == "paid"
            assert attempt.payment.state is not PaymentState.DECLINED or attempt.truth == "refused"

    @invariant()
    def paid_is_agreed_is_the_next_term(self) -> None:
        paid = sum(one.payment.state is PaymentState.SUCCEEDED for one in self.attempts)
        made = Agreement.renewal_id == self.renewal.id
        agreements = self.session.scalar(select(func.count()).select_from(Agreement).where(made))
        terms = self.session.scalars(select(Term).join(Agreement, Agreement.id == Term.agreement_id).where(made)).all()
        assert (self.renewal.state is RenewalState.WON, agreements, len(terms)) == (bool(paid), paid, paid)
        assert all(term.starts_on == self.renewal.renews_on for term in terms)

    @invariant()
    def one_receipt_is_set_going(self) -> None:
        succeeded = Event.name == EventName.PAYMENT_SUCCEEDED
        mine = Event.subject_id.in_([one.payment.id for one in self.attempts])
        told = self.session.scalar(select(func.count()).select_from(Event).where(succeeded, mine))
        assert told == sum(one.payment.state is PaymentState.SUCCEEDED for one in self.attempts)


@pytest.fixture
def life(world: World) -> type[Life]:
    Life.world = world
    return Life


def _live_through(life: type[Life], examples: int, steps: int) -> None:
    slow = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
    run_state_machine_as_test(
        life,
        settings=settings(
            max_examples=examples, stateful_step_count=steps, derandomize=True, deadline=None, database=None,
            suppress_health_check=slow,
        ),
    )


def test_twenty_five_lives_of_a_payment(life: type[Life]) -> None:
    _live_through(life, 25, 20)


@pytest.mark.long
def test_two_thousand_lives_of_a_payment(life: type[Life]) -> None:
    _live_through(life, 2000, 30)
