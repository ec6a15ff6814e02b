"""Record: what every row of the house has in common, and what every customer's row has."""

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from typing import Any, ClassVar, Self, TypeVar
from uuid import UUID

import uuid_utils.compat
from sqlalchemy import (
    DateTime,
    Enum,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Select,
    Text,
    TypeDecorator,
    UniqueConstraint,
    Uuid,
    bindparam,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, declared_attr, mapped_column, object_session

from renewals.errors import NotFound

T = TypeVar("T")

NAMES = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Moment(TypeDecorator[datetime]):
    """An instant in UTC. A naive datetime is a mistake and is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)


def new_key() -> UUID:
    """A UUIDv7: unique everywhere, and in the order of making."""
    return uuid_utils.compat.uuid7()


def made_at(key: UUID) -> datetime:
    """The machine's moment at which a key was made, to the millisecond."""
    return datetime.fromtimestamp(int.from_bytes(key.bytes[:6]) / 1000, UTC)


class Record(DeclarativeBase):
    """A row with a key made in Python."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: Moment,
        UUID: Uuid,
        str: Text,
        bytes: LargeBinary,
        dict[str, Any]: JSONB,
        list[str]: ARRAY(Text),
        StrEnum: Enum(StrEnum, native_enum=False, length=40, values_callable=lambda kind: [m.value for m in kind]),
    }

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key, sort_order=-10)

    @classmethod
    def find(cls, session: Session, key: UUID, *, lock: bool = False) -> Self:
        """The record, locked until the transaction ends when asked.

        Raises: NotFound.
        """
        finder: Select[Self] = _finder(cls, lock, whose=False)
        return one(session, finder, {"key": key})

    @classmethod
    def locked(cls, query: Select[Self]) -> Select[Self]:
        """Only the record itself is locked, never what is shown beside it, and its children may still be added."""
        return query.with_for_update(of=cls, key_share=True)

    @classmethod
    def with_parts(cls, query: Select[Self]) -> Select[Self]:
        """What is read in the same query when one record is looked up."""
        return query

    @classmethod
    def everything(cls) -> Select[Self]:
        return select(cls)


class Owned(Record):
    """A row of one customer company. No reference can point into another company."""

    __abstract__ = True

    @declared_attr
    @classmethod
    def account_id(cls) -> Mapped[UUID]:
        return mapped_column(ForeignKey("account.id"), sort_order=-9)

    @classmethod
    def seen_by(cls, person: Any) -> Select[Self]:
        """What this person may see: staff everything, a customer only their own company's."""
        every = cls.everything()
        return every if person.is_staff else every.where(cls.account_id == person.account_id)

    @classmethod
    def find_for(cls, person: Any, session: Session, key: UUID, *, lock: bool = False) -> Self:
        """Raises: NotFound, the same for an unknown key and for another company's."""
        if person.is_staff:
            return cls.find(session, key, lock=lock)
        finder: Select[Self] = _finder(cls, lock, whose=True)
        return one(session, finder, {"key": key, "account": person.account_id})


class Versioned:
    """Optimistic locking: a row changed by somebody else in the meantime refuses our change."""

    version: Mapped[int] = mapped_column(Integer, nullable=False, default=1)

    @declared_attr.directive
    @classmethod
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.__dict__.get("version") or cls.version}


@cache
def _finder(kind: type[Any], lock: bool, *, whose: bool) -> Select[Any]:
    """The query that looks one record up, built once: building it again costs as much as asking."""
    query: Select[Any] = kind.with_parts(kind.everything().where(kind.id == bindparam("key")))
    if whose:
        query = query.where(kind.account_id == bindparam("account"))
    if lock:
        query = kind.locked(query)
    return query


def one(session: Session, query: Select[T], values: Mapping[str, object] | None = None) -> T:
    """The one row of a query. Raises: NotFound."""
    found = session.scalars(query, values or {}).unique().one_or_none()
    if found is None:
        raise NotFound
    return found


def tenant(*columns: str) -> tuple[Any, ...]:
    """Table arguments of an owned row: its tenant key, and references that stay inside the tenant.

    Each of `columns` is written `column>table`, or `table_id` for the table itself.
    """
    return (UniqueConstraint("account_id", "id"), *(_inside(column) for column in columns))


def sought(table: str, *columns: str) -> Index:
    """Words that are found by a part of them, and when they are misspelt."""
    ops = dict.fromkeys(columns, "gin_trgm_ops")
    return Index(f"ix_{table}_sought", *columns, postgresql_using="gin", postgresql_ops=ops)


def _inside(column: str) -> ForeignKeyConstraint:
    name, _, table = column.partition(">")
    target = table or name.removesuffix("_id")
    return ForeignKeyConstraint(
        ["account_id", name], [f"{target}.account_id", f"{target}.id"], use_alter=target in CLOSES_A_CIRCLE
    )


CLOSES_A_CIRCLE = frozenset({"addition", "agreement", "quote"})
"""A term is made from an agreement, which is made for a renewal, which replaces a term; a quote shows one of its own
versions; an addition asks for instalments under what its term was accepted by."""


def session_of(record: Record) -> Session:
    """The session a record lives in; a record outside of one has no verbs."""
    session = object_session(record)
    if session is None:
        raise RuntimeError(f"{record!r} is not in a session")
    return session
