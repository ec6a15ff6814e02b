"""Dossier: everything that is kept about one company, for whoever looks after it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from renewals.account import Account
from renewals.message import Message
from renewals.paper import Document
from renewals.person import Person
from renewals.subscription import Subscription, Term
from renewals.value import Figure


@dataclass(frozen=True, slots=True)
class Running:
    """One subscription with its terms, the newest first."""

    subscription: Subscription
    terms: Sequence[Term]


@dataclass(frozen=True, slots=True)
class Dossier:
    """The parts of one company's page; people active ones first, papers the newest first."""

    account: Account
    people: Sequence[Person]
    running: Sequence[Running]
    figures: Sequence[Figure]
    documents: Sequence[Document]

    @classmethod
    def of(cls, session: Session, key: UUID, on: date) -> "Dossier":
        """As it is known on that day. Raises: NotFound."""
        account = Account.find(session, key)
        people = select(Person).where(Person.account_id == key).order_by(Person.active.desc(), Person.name)
        figures = select(Figure).where(Figure.account_id == key, Figure.measured_on <= on)
        figures = figures.order_by(Figure.measured_on.desc(), Figure.external_id)
        papers = select(Document).where(Document.account_id == key)
        papers = papers.order_by(Document.issued_on.desc(), Document.id.desc())
        return cls(
            account, session.scalars(people).all(), _running(session, key), session.scalars(figures).all(),
            session.scalars(papers).all(),
        )


def messages_of(session: Session, renewal_id: UUID) -> Sequence[Message]:
    """What was written about a renewal, the newest first."""
    query = select(Message).where(Message.renewal_id == renewal_id)
    return session.scalars(query.order_by(Message.planned_at.desc(), Message.id.desc())).all()


def _running(session: Session, key: UUID) -> list[Running]:
    subscriptions = select(Subscription).where(Subscription.account_id == key).order_by(Subscription.external_id)
    terms = session.scalars(select(Term).where(Term.account_id == key).order_by(Term.starts_on.desc())).all()
    return [
        Running(one, [term for term in terms if term.subscription_id == one.id])
        for one in session.scalars(subscriptions)
    ]
