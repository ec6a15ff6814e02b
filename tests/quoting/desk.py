"""Desk: a quote and the people who work on it, for one test."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from pricing.deal import Deal
from renewals.accepting import Yes
from renewals.offer import Offer
from renewals.person import Person
from renewals.policy import Policy, PolicyKind
from renewals.quoting import deciding, drafting, negotiating
from renewals.quoting.basis import Basis
from renewals.quoting.concession import InReturn
from renewals.quoting.quote import Quote, QuoteState
from renewals.quoting.review import Review
from renewals.renewal import Renewal
from tests.world import World

AT = datetime(2026, 8, 5, 9, tzinfo=UTC)
MAYA, RAVI, OMAR, INES, FARAH, TOMAS, GRACE = (
    f"{name}@lumen.example" for name in ("maya", "ravi", "omar", "ines", "farah", "tomas", "grace")
)
ANNA = "anna@halden-bank.example"
FOR_NOTHING = InReturn(why_nothing="They have waited long enough")


@dataclass
class Desk:
    """One transaction with a renewal locked in it."""

    session: Session
    renewal: Renewal
    at: datetime = AT

    def who(self, email: str) -> Person:
        return self.session.scalars(select(Person).where(Person.email == email)).one()

    def draft(self, by: str = MAYA, **changes: Any) -> Quote:
        """What they have for a year more, with some of its parts changed."""
        scope = Basis.of(self.renewal, at=self.at).choice.scope
        deal = Deal.as_today(scope, **{"months": 12, "net_days": self.renewal.term.net_days} | changes)
        return drafting.draft(self.renewal, deal, by=self.who(by), at=self.at)

    def submitted(self, by: str = MAYA, **changes: Any) -> Quote:
        quote = self.draft(by, **changes)
        deciding.submit(quote, by=self.who(by), at=self.at)
        return quote

    def sent(self, *yeses: str, by: str = MAYA, **changes: Any) -> Quote:
        """Approved by these, one after another, and put before the customer."""
        quote = self.submitted(by, **changes)
        for email in yeses:
            self.grant(quote, email)
        negotiating.send(quote, by=self.who(by), at=self.at)
        return quote

    def grant(self, quote: Quote, by: str) -> None:
        """Whatever of theirs is open."""
        person = self.who(by)
        [mine] = [one for one in self.open(quote) if set(one.roles) & set(person.roles)][:1]
        deciding.grant(mine, by=person, at=self.at)

    def approve(self, quote: Quote) -> None:
        """By whoever is asked, one after another."""
        if quote.state is QuoteState.DRAFT:
            deciding.submit(quote, by=self.who(MAYA), at=self.at)
        while waiting := self.open(quote):
            able = (self.who(email) for email in (INES, FARAH, TOMAS, GRACE))
            deciding.grant(
                waiting[0], by=next(one for one in able if set(one.roles) & set(waiting[0].roles)), at=self.at
            )

    def open(self, quote: Quote) -> list[Review]:
        self.session.flush()
        return [one for one in Review.of_offer(self.session, quote.newest.id) if one.is_open]

    def deal(self, quote: Quote, **changes: Any) -> Deal:
        """Its newest version, with some of its parts changed."""
        return replace(Basis.deal_of(quote.newest), **changes)

    def yes(self, version: Offer) -> Yes:
        terms = Policy.in_force(self.session, PolicyKind.TERMS, self.at.date())
        return Yes(version.content_hash, terms, terms.content_hash, {"ip": "127.0.0.1", "user_agent": "a test"})


@contextmanager
def desk(world: World, account: str = "halden-bank", renewal: UUID | None = None) -> Iterator[Desk]:
    key = renewal or world.renewal(account)
    with world.writing() as session:
        yield Desk(session, Renewal.find(session, key, lock=True))
