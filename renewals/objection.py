"""Objection: what speaks against renewing, in their words; what we do about it, and the commitment that closes it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Select, and_, func, or_, select
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column, relationship

from renewals.account import Account
from renewals.base import Owned, Versioned, new_key, session_of, tenant
from renewals.errors import Malformed, NotNow
from renewals.event import Event, EventName
from renewals.permission import Permission
from renewals.person import Person
from renewals.plan.field import Question
from renewals.renewal import Renewal

OBJECTIONS = "objections"
"""The task that is done once none is open."""
LONGEST = 1_000
"""Characters of what they said, or of what was committed."""


class ObjectionKind(StrEnum):
    """Source: timeline, "Pengendalian Bantahan"."""

    PRICE = "price"
    TIME = "time"
    CONCERN = "concern"
    ALTERNATIVES = "alternatives"

    @property
    def label(self) -> str:
        return SAYINGS[self].en


SAYINGS: Mapping[ObjectionKind, Question] = {
    ObjectionKind.PRICE: Question("The price is too high", "Harga terlalu tinggi", "price"),
    ObjectionKind.TIME: Question(
        "We need more time to decide", "Kami perlukan lebih banyak masa untuk membuat keputusan", "time"
    ),
    ObjectionKind.CONCERN: Question(
        "We have concerns about something", "Kami ada kebimbangan tentang [feature/service]", "concern"
    ),
    ObjectionKind.ALTERNATIVES: Question("We are evaluating alternatives", "Kami menilai alternatif", "alternatives"),
}
"""How each is said. Source: timeline, "Pengendalian Bantahan"."""

MOVES: Mapping[ObjectionKind, tuple[Question, ...]] = {
    ObjectionKind.PRICE: (
        Question("Reinforce ROI and value", "Kukuhkan ROI dan nilai", "value"),
        Question("Compare with the alternatives", "bandingkan dengan alternatif", "compare"),
        Question("Offer a discount for several years", "tawarkan diskaun multi-year", "multi_year"),
        Question("Perhaps adjust the scope", "mungkin selaraskan skop", "scope"),
    ),
    ObjectionKind.TIME: (
        Question("Understand what drives the delay", "Fahami apa yang memacu kelewatan", "drives"),
        Question("Offer to help with their approvals", "tawarkan untuk membantu dengan kelulusan", "approvals"),
        Question("Set a concrete timeline", "tetapkan timeline khusus", "timeline"),
        Question("Create fitting urgency", "cipta urgency yang sesuai", "urgency"),
    ),
    ObjectionKind.CONCERN: (
        Question("Acknowledge the concern", "Akui kebimbangan", "acknowledge"),
        Question("Explain the plan to solve it", "jelaskan pelan penyelesaian anda", "plan"),
        Question("Offer a remedy", "tawarkan pemulihan", "remedy"),
        Question(
            "Get the commitment that solving it leads to the renewal",
            "dapatkan komitmen bahawa penyelesaian membawa kepada renewal", "commitment",
        ),
    ),
    ObjectionKind.ALTERNATIVES: (
        Question("Ask what drives the search", "Tanya apa yang memacu pencarian", "drives"),
        Question("Understand their criteria", "fahami kriteria mereka", "criteria"),
        Question("Position what sets us apart", "posisikan pembezaan anda", "apart"),
        Question("Offer to help with the comparison", "tawarkan untuk membantu dengan perbandingan", "compare"),
    ),
}
"""What answers each, in the playbook's order. Source: timeline, "Pengendalian Bantahan"."""


@dataclass(frozen=True, slots=True)
class Commitment:
    """What is promised, by whom of either side, until when. Units: `due_on` where the customer is."""

    what: str
    who: Person
    due_on: date


class Objection(Versioned, Owned):
    """Open until it is closed with its commitment, which the database asks for too; that is owed until it is kept.

    `moves` are those of its kind that were made; `quote_id` the quote it was said about, None when there was none.
    """

    __tablename__ = "objection"
    __table_args__ = (
        *tenant("renewal_id", "quote_id"),
        Index("ix_objection_renewal", "renewal_id"),
        Index("ix_objection_owed", "due_on", postgresql_where="closed_at IS NOT NULL AND kept_at IS NULL"),
        CheckConstraint(
            "closed_at IS NULL OR (commitment <> '' AND who_id IS NOT NULL AND due_on IS NOT NULL)",
            name="closed_with_its_commitment",
        ),
        CheckConstraint("kept_at IS NULL OR closed_at IS NOT NULL", name="kept_once_committed"),
    )

    renewal_id: Mapped[UUID]
    quote_id: Mapped[UUID | None]
    kind: Mapped[ObjectionKind]
    words: Mapped[str]
    moves: Mapped[list[str]]
    raised_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    raised_at: Mapped[datetime]
    commitment: Mapped[str] = mapped_column(default="")
    who_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    due_on: Mapped[date | None]
    closed_at: Mapped[datetime | None]
    kept_at: Mapped[datetime | None]

    who: Mapped[Person | None] = relationship(foreign_keys=[who_id], lazy="joined", viewonly=True)
    raiser: Mapped[Person] = relationship(foreign_keys=[raised_by], lazy="joined", viewonly=True)

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def is_owed(self) -> bool:
        return self.closed_at is not None and self.kept_at is None

    def is_late(self, on: date) -> bool:
        return self.is_owed and self.due_on is not None and self.due_on < on

    @property
    def choices(self) -> tuple[Question, ...]:
        """The four moves of its kind."""
        return MOVES[self.kind]

    @classmethod
    def raise_against(
        cls, renewal: Renewal, kind: ObjectionKind, words: str, *, quote_id: UUID | None = None, by: Person,
        at: datetime,
    ) -> "Objection":
        """Raises: NotYours, NotNow, Malformed without what they said."""
        by.must(Permission.NOTE_ACTIVITY)
        renewal.must_be_open()
        made = cls(
            id=new_key(), account_id=renewal.account_id, renewal_id=renewal.id, quote_id=quote_id, kind=kind,
            words=_said(words, "Write down what they said.", "words"), moves=[], raised_by=by.id, raised_at=at,
        )
        session = session_of(renewal)
        session.add(made)
        session.flush()  # the event names the row
        Event.record(session, EventName.OBJECTION_RAISED, made, by=by, at=at, kind=kind.value)
        return made

    def answer(self, moves: Collection[str], *, by: Person, at: datetime) -> None:
        """Which of the four moves were made so far. Raises: NotYours, NotNow when it is closed."""
        by.must(Permission.NOTE_ACTIVITY)
        self._must_be_open()
        made = [move.key for move in self.choices if move.key in moves]
        if made != self.moves:
            self.moves = made
            Event.record(session_of(self), EventName.OBJECTION_ANSWERED, self, by=by, at=at, kind=self.kind.value)

    def close(self, commitment: Commitment, *, by: Person, at: datetime) -> None:
        """Settled by what somebody will do until a day; nothing else closes it.

        Raises: NotYours, NotNow, Malformed. Source: timeline, "Pengendalian Bantahan"; mission F5.
        """
        by.must(Permission.NOTE_ACTIVITY)
        self._must_be_open()
        if not self.moves:
            raise Malformed("Tick what was done about it first: it is answered, not argued away.", "moves")
        if commitment.due_on < self._account.today(at):
            raise Malformed("Choose a day that has not gone by.", "due_on")
        self.commitment = _said(commitment.what, "Say what was promised.", "commitment")
        self.who_id, self.due_on, self.closed_at = commitment.who.id, commitment.due_on, at
        Event.record(
            session_of(self), EventName.OBJECTION_CLOSED, self, by=by, at=at, kind=self.kind.value,
            person=str(commitment.who.id), due_on=commitment.due_on.isoformat(),
        )

    def keep(self, *, by: Person, at: datetime) -> None:
        """What was promised is done. Raises: NotYours, NotNow."""
        by.must(Permission.WORK_TASKS)
        if not self.is_owed:
            raise NotNow("Nothing is owed of it: it is open still, or was kept already.")
        self.kept_at = at
        Event.record(
            session_of(self), EventName.COMMITMENT_KEPT, self, by=by, at=at, kind=self.kind.value,
            person=str(self.who_id),
        )

    def _must_be_open(self) -> None:
        if not self.is_open:
            raise NotNow("This objection is closed; its commitment counts.")

    @property
    def _account(self) -> Account:
        return session_of(self).get_one(Account, self.account_id)

    @classmethod
    def of_renewal(cls, session: Session, renewal_id: UUID) -> Sequence["Objection"]:
        """Open ones first, then what is owed, then what was kept; each by its day."""
        query = select(cls).where(cls.renewal_id == renewal_id)
        return session.scalars(query.order_by(
            cls.closed_at.is_not(None), cls.kept_at.is_not(None), cls.due_on, cls.raised_at, cls.id
        )).all()

    @classmethod
    def must_not_be_open(cls, session: Session, renewal_id: UUID) -> None:
        """Raises: NotNow."""
        is_open = select(cls.id).where(cls.renewal_id == renewal_id, cls.closed_at.is_(None))
        if session.scalar(is_open.limit(1)):
            raise NotNow("An objection is open still. Close it with its commitment first: what, who and until when.")


@dataclass(frozen=True, slots=True)
class Promised:
    """One commitment that is owed, and for which company's renewal."""

    objection: Objection
    account: str


def owed(session: Session, whose: UUID | None, until: date) -> list[Promised]:
    """What was promised for a day until then and is not kept: by somebody, or by a customer of theirs; without a
    person everybody's. The first to be due first."""
    rows = session.execute(_owed(whose).where(Objection.due_on <= until))
    return [Promised(row.Objection, row.name) for row in rows]


def _owed(whose: UUID | None) -> Select[Objection, str]:
    promiser = aliased(Person)
    query = (
        select(Objection, Account.name).join(Account, Account.id == Objection.account_id)
        .join(Renewal, Renewal.id == Objection.renewal_id).join(promiser, promiser.id == Objection.who_id)
        .where(Objection.closed_at.is_not(None), Objection.kept_at.is_(None))
        .order_by(Objection.due_on, Objection.id)
    )
    owner = func.coalesce(Renewal.owner_id, Account.owner_id)
    looks_after = and_(promiser.account_id.is_not(None), owner == whose)
    return query.where(or_(Objection.who_id == whose, looks_after)) if whose else query


def _said(words: str, wish: str, field: str) -> str:
    if not words.strip():
        raise Malformed(wish, field)
    if len(words) > LONGEST:
        raise Malformed(f"Say it in at most {LONGEST:,} characters.", field)
    return words.strip()
