"""Agreement: the paper made from an acceptance; Document: a file in the customer's room; Invoice: its number."""

import hashlib
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, Integer, LargeBinary, Select, func, select
from sqlalchemy.orm import Mapped, Session, deferred, mapped_column

from pricing.money import Money
from renewals.acceptance import Acceptance
from renewals.base import Owned, Versioned, session_of, sought, tenant
from renewals.event import Event, EventName
from renewals.facts import facts_of
from renewals.payment import Payment
from renewals.person import Person
from renewals.policy import Policy
from renewals.renewal import Renewal


class Agreement(Versioned, Owned):
    """What both sides hold: made from one acceptance, the next term is created from it.

    `facts` is everything the paper says beside its number and day; printed again, it has the same bytes.
    """

    __tablename__ = "agreement"
    __table_args__ = (
        *tenant("renewal_id", "acceptance_id", "document_id"),
        Index("uq_agreement_acceptance", "acceptance_id", unique=True),
        Index("uq_agreement_renewal", "renewal_id", unique=True),
        Index("uq_agreement_number", "number", unique=True),
        sought("agreement", "number"),
    )

    renewal_id: Mapped[UUID]
    acceptance_id: Mapped[UUID]
    document_id: Mapped[UUID | None]
    number: Mapped[str]
    made_at: Mapped[datetime]
    facts: Mapped[dict[str, Any]]

    @classmethod
    def of(cls, renewal: Renewal, acceptance: Acceptance, payment: Payment, *, at: datetime) -> "Agreement":
        """A new one, with the next number."""
        serial = session_of(renewal).scalar(select(func.nextval("agreement_number")))
        return cls(
            account_id=renewal.account_id, renewal_id=renewal.id, acceptance_id=acceptance.id,
            number=f"A-{at.year}-{serial:06d}", made_at=at, facts=facts_of(renewal, acceptance, payment, at=at),
        )

    @property
    def cancel_by(self) -> date | None:
        """The last day on which it can be cancelled for its price, by the terms accepted; None if they are silent."""
        days = Policy.named(session_of(self), self.facts["terms"]["version"]).content.get("cancel_within_days")
        return date.fromisoformat(self.facts["payment"]["on"]) + timedelta(days=days) if days else None

    @classmethod
    def of_renewal(cls, session: Session, renewal_id: UUID) -> "Agreement | None":
        """What a won renewal is agreed on."""
        return session.scalars(select(cls).where(cls.renewal_id == renewal_id)).one_or_none()

    def file(self, document: "Document", *, at: datetime) -> None:
        """The printed paper is in the customer's room."""
        self.document_id = document.id
        Event.record(
            session_of(self), EventName.AGREEMENT_FILED, self, by=None, at=at, number=self.number,
            sha256=document.sha256,
        )


class Invoice(Versioned, Owned):
    """The numbered document for one payment. Numbers are Stripe's, without gaps."""

    __tablename__ = "invoice"
    __table_args__ = (
        *tenant("renewal_id", "payment_id", "document_id"),
        Index("uq_invoice_payment", "payment_id", unique=True),
        Index("uq_invoice_number", "number", unique=True),
        sought("invoice", "number"),
    )

    renewal_id: Mapped[UUID]
    payment_id: Mapped[UUID]
    document_id: Mapped[UUID | None]
    stripe_id: Mapped[str]
    number: Mapped[str]
    issued_on: Mapped[date]
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str]

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)

    def file(self, document: "Document", *, at: datetime) -> None:
        """The printed invoice is in the customer's room."""
        self.document_id = document.id
        Event.record(
            session_of(self), EventName.INVOICE_ISSUED, self, by=None, at=at, number=self.number,
            sha256=document.sha256, payment=str(self.payment_id),
        )


class DocumentKind(StrEnum):
    """What a file in the room is."""

    AGREEMENT = "agreement"
    INVOICE = "invoice"
    RECEIPT = "receipt"
    NOTICE = "notice"
    TAX = "tax"
    SECURITY = "security"


class Document(Owned):
    """A file, exactly as it was made. Units: `size` in bytes."""

    __tablename__ = "document"
    __table_args__ = (
        *tenant("renewal_id"),
        Index("uq_document_purpose", "account_id", "purpose", unique=True),
        Index("ix_document_renewal", "renewal_id"),
    )

    renewal_id: Mapped[UUID | None]
    kind: Mapped[DocumentKind]
    purpose: Mapped[str]
    title: Mapped[str]
    filename: Mapped[str]
    media_type: Mapped[str]
    content: Mapped[bytes] = deferred(mapped_column(LargeBinary))
    sha256: Mapped[str]
    size: Mapped[int] = mapped_column(Integer)
    issued_on: Mapped[date]

    @classmethod
    def keep(
        cls, session: Session, owner: Owned, kind: DocumentKind, content: bytes, *, purpose: str, title: str,
        filename: str, renewal_id: UUID | None, on: date,
    ) -> "Document":
        """File it under its purpose; the same purpose again gives the file that is already there."""
        known = session.scalars(select(cls).where(cls.account_id == owner.account_id, cls.purpose == purpose)).first()
        if known is not None:
            return known
        document = cls(
            account_id=owner.account_id, renewal_id=renewal_id, kind=kind, purpose=purpose, title=title,
            filename=filename, media_type="application/pdf", content=content,
            sha256=hashlib.sha256(content).hexdigest(), size=len(content), issued_on=on,
        )
        session.add(document)
        session.flush()  # others refer to it in the same transaction
        return document

    @classmethod
    def room_of(cls, person: Person) -> Select["Document"]:
        """The customer's papers, newest first."""
        return cls.seen_by(person).order_by(cls.issued_on.desc(), cls.id.desc())

    @classmethod
    def of_renewal(cls, person: Person, renewal_id: UUID) -> Select["Document"]:
        """The papers of one renewal, in the order they were filed."""
        return cls.seen_by(person).where(cls.renewal_id == renewal_id).order_by(cls.id)
