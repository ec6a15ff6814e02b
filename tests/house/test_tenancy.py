"""Tenancy: a company's transaction reaches its own rows and no others, whatever is asked of the database."""

import io
import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, date, datetime
from uuid import UUID, uuid4
from zipfile import ZipFile

import psycopg
import pytest
from psycopg import errors, sql
from pypdf import PdfReader
from sqlalchemy import select

from app.records import METADATA
from pricing.clause import LeavingEvent
from pricing.deal import DealLine
from pricing.envelope import Envelope
from pricing.trace import Pen
from renewals.acceptance import Acceptance
from renewals.activity import Activity
from renewals.base import Owned, Record
from renewals.clauses.early_exit import EarlyExit
from renewals.clauses.renegotiation import Renegotiation
from renewals.clauses.termination import Termination
from renewals.clauses.true_up import TrueUp
from renewals.event import CUSTOMER_SEES
from renewals.instalment import Instalment
from renewals.objection import Objection, ObjectionKind
from renewals.plan.task import Task
from renewals.quoting import deciding, drafting, negotiating
from renewals.quoting.extending import extend
from renewals.quoting.quote import Quote
from renewals.renewal import Renewal
from renewals.subscription import Term
from tests.quoting.desk import FARAH, FOR_NOTHING, MAYA, desk
from tests.web.cast import Cast
from tests.web.doors import ROLES, STAFF, doors
from tests.web.guest import Guest
from tests.web.standing import owner_of_the_database
from tests.world import World, click_form

CANARY = "quetzalcoatlus"
"""A word that stands only in another company's rows."""

WITHOUT_POLICY = {
    "policy": "the vendor's own rules, the same for everybody",
    "clock": "how far business time stands from the machine's",
}
"""Tables that a customer's transaction may read although no policy parts them by company."""

CLOSED = {
    "alembic_version", "anchor", "api_token", "book_import", "bulk", "bulk_part", "delegation", "inbox", "kept_answer",
    "pace", "procrastinate_events", "procrastinate_jobs", "procrastinate_periodic_defers", "procrastinate_workers",
    "quota", "seal", "sign_in", "sweep", "web_session",
}
"""Tables of which a customer's transaction can read nothing at all."""

OURS = {
    "action", "concession", "early_exit", "health_reading", "objection", "plan", "routing", "stake", "task",
    "team_member",
}
"""Tables of a company's rows of which its own transaction can read nothing: how we work is ours."""

ACROSS = {
    ("account", "owner_id"): "a member of the staff",
    ("renewal", "owner_id"): "a member of the staff",
    ("task", "assignee_id"): "a member of the staff",
    ("task", "ended_by"): "a member of the staff",
    ("routing", "owner_id"): "a member of the staff",
    ("routing", "sponsor_id"): "a member of the staff",
    ("team_member", "person_id"): "a member of the staff",
    ("stake", "engaged_by_id"): "a member of the staff",
    ("link", "person_id"): "checked when the link is used; the composite key holds the renewal",
    ("message", "person_id"): "a reader on either side",
    ("web_session", "person_id"): "a session of staff belongs to no company",
    ("api_token", "person_id"): "a member of the staff",
    ("offer", "author_id"): "somebody on either side",
    ("concession", "by_id"): "a member of the staff",
    ("early_exit", "by_id"): "a member of the staff",
    ("early_exit", "decided_by"): "a member of the staff",
    ("objection", "raised_by"): "a member of the staff",
    ("objection", "who_id"): "somebody on either side",
    ("quote", "author_id"): "a member of the staff",
    ("remark", "by_id"): "somebody on either side",
    ("review", "asked_of"): "a member of the staff",
    ("review", "decided_by"): "a member of the staff",
    ("review", "decided_for"): "a member of the staff",
    ("delegation", "person_id"): "a member of the staff",
    ("delegation", "to_id"): "a member of the staff",
    ("envelope", "granted_by"): "a member of the staff",
    ("envelope", "holder_id"): "a member of the staff",
    ("termination", "by_id"): "a member of the staff",
    ("renegotiation", "by_id"): "a member of the staff",
    ("bulk", "by_id"): "a member of the staff",
    ("bulk_part", "bulk_id"): "one act of the staff on many companies",
    ("feed", "person_id"): "a member of the staff has no company; the composite key holds a customer's",
    ("seal", "event_id"): "the chain runs over all events",
}
"""References that do not carry the company, each with the reason why they may not."""


@pytest.fixture(scope="module")
def marked(standing: World) -> tuple[Cast, int]:
    """Halden Bank asks and has a proposal; then every text of theirs is filled with one word: in how many columns?"""
    cast = Cast(standing)
    cast.look("other_owner").post(f"/renewals/{cast.other.renewal_id}/ask", {"message": f"Who is {CANARY}?"})
    cast.other.fill("/proposals/{quote_id:uuid}/pdf")  # a proposal of theirs lies before them
    standing.work()
    return cast, _mark(standing, cast.other.account_id)


@pytest.fixture(scope="module", autouse=True)
def lived_in(marked: tuple[Cast, int], standing: World) -> Cast:
    """Cedar Dental asks, invites, renews and gets its papers, so that there are rows in every table."""
    cast, _ = marked
    owner = cast.look("owner")
    owner.post(f"/renewals/{cast.own.renewal_id}/ask", {"message": "Is there a test system?"})
    spoken = {"kind": "call", "on": "2026-08-05", "with": str(cast.own.owner.id), "words": "They are content."}
    cast.look("csm").post(f"/admin/renewals/{cast.own.renewal_id}/activity", spoken)
    many = {f"pick.{cast.own.renewal_id}": "on", "act": "waive", "key": "t45", "reason": "Holidays"}
    cast.look("csm").post("/admin/bulk", many)
    owner.post(f"/renewals/{cast.own.renewal_id}/snooze", {"days": "14"})
    cast.look("other_owner").post(f"/renewals/{cast.other.renewal_id}/snooze", {"days": "14"})
    for after in ("", "everything"):
        owner.post(f"/renewals/{cast.own.renewal_id}/steps", {"title": "Legal review", "days": "3", "after": after})
    cast.own.fill("/renewals/{renewal_id:uuid}/steps/{step_id:uuid}")
    owner.post("/calendar")
    owner.post("/people", {"name": "New Colleague", "email": "new@cedar-dental.example", "role": "viewer"})
    cast.own.fill("/shared/{token:str}")
    owner.post(f"/renewals/{cast.own.renewal_id}/readiness", {"pays_by": "card", "tax_id": "12-3456789"})
    _negotiate(standing, owner.person.email if owner.person else "")
    standing.signed_in(owner.person.email if owner.person else "").click(cast.own.renewal_id)
    _add_to_the_term(standing, owner.person.email if owner.person else "")
    _let_clauses_act(standing, cast.own.account_id)
    _keep_a_card(standing)
    for _ in range(3):
        standing.work()
    return cast


def _negotiate(world: World, buyer: str) -> None:
    """A quote with an envelope, a remark on it, and a counter-offer inside."""
    with desk(world, "cedar-dental") as at:
        quote = at.draft()
        discounted = at.deal(quote, discount=1200)
        drafting.revise(quote, discounted, in_return=FOR_NOTHING, by=at.who(MAYA), at=at.at)
        deciding.submit(quote, by=at.who(MAYA), at=at.at)
        region = Envelope(until=date(2026, 9, 30), most_discount=1500, most_line=2000)
        Objection.raise_against(
            at.renewal, ObjectionKind.TIME, "After the fair", quote_id=quote.id, by=at.who(MAYA), at=at.at
        )
        deciding.grant_envelope(at.open(quote)[0], region, by=at.who(FARAH), at=at.at)
        negotiating.send(quote, by=at.who(MAYA), at=at.at)
        negotiating.remark(quote, "Is this the best you can do?", by=at.who(buyer), at=at.at)
        negotiating.counter(quote, at.deal(quote, discount=1400), by=at.who(buyer), at=at.at)


def _add_to_the_term(world: World, buyer: str) -> None:
    """Something new that they accepted, for the term that they signed."""
    with desk(world, "cedar-dental") as at:
        quote = extend(at.renewal, DealLine("insights", 1), by=at.who(MAYA), at=at.at)
        at.approve(quote)
        negotiating.send(quote, by=at.who(MAYA), at=at.at)
        negotiating.take(quote, at.yes(quote.newest), by=at.who(buyer), at=at.at)


def _let_clauses_act(world: World, account: UUID) -> None:
    """What a true-up, an off-ramp and a renegotiation leave behind."""
    with world.writing() as session:
        def one(kind: type[Owned]) -> UUID:
            keys = select(kind.id).where(kind.account_id == account).order_by(kind.id.desc())
            return session.scalars(keys.limit(1)).one()

        day, now = date(2027, 9, 4), datetime(2027, 9, 4, 9, tzinfo=UTC)
        of = {"account_id": account, "term_id": one(Term), "renewal_id": one(Renewal)}
        trace = Pen("USD", "clauses@1").step("paid", 1, {"paid": -1}).json
        asked = {"instalment_id": one(Instalment), "amount_minor": 1, "currency": "USD", "trace": trace}
        said = {"activity_id": one(Activity), "by_id": world.person(MAYA).id, "at": now}
        session.add(TrueUp(**of, **asked, on_day=day, counted={}, added={}, made_at=now))
        session.add(Termination(
            **of, **asked, **said, acceptance_id=one(Acceptance), event=LeavingEvent.ACQUISITION, told_on=day,
            leaves_on=day,
        ))
        session.add(EarlyExit(
            **of, **said, event=LeavingEvent.ACQUISITION, told_on=day, amount_minor=-1, currency="USD"
        ))
        session.add(Renegotiation(
            **of, **said, quote_id=one(Quote), task_id=one(Task), opened_on=day, until_on=day
        ))


def _keep_a_card(world: World) -> None:
    """Pelangi Café goes to Stripe with a new card that may be kept."""
    renewal, aisyah = world.renewal("pelangi-cafe"), world.signed_in("aisyah@pelangi-cafe.example")
    form = click_form(aisyah.get(f"/renewals/{renewal}").text) | {"keep": "yes"}
    aisyah.client.post(f"/renewals/{renewal}/card", data=form, follow_redirects=False)


@pytest.fixture(scope="module")
def cedar(lived_in: Cast) -> UUID:
    return lived_in.own.account_id


@pytest.fixture(scope="module")
def halden(lived_in: Cast) -> UUID:
    return lived_in.other.account_id


@pytest.fixture
def portal(standing: World, cedar: UUID) -> Iterator[psycopg.Connection]:
    """A transaction as Cedar Dental's own page has it, undone at the end."""
    with as_role(standing, "kekal_portal", cedar) as connection:
        yield connection


class as_role:  # noqa: N801 - reads as a sentence: with as_role(...)
    """A raw connection that took a role and a company, as `app/transaction.py` does; nothing is kept."""

    def __init__(self, world: World, role: str, account: UUID | None) -> None:
        self.world, self.role, self.account = world, role, account

    def __enter__(self) -> psycopg.Connection:
        self.connection = psycopg.connect(self.world.house.settings.database_url)
        taken = "SELECT set_config('role', %s, true), set_config('kekal.account', %s, true)"
        self.connection.execute(taken, [self.role, str(self.account or "")])
        return self.connection

    def __exit__(self, *trouble: object) -> None:
        self.connection.rollback()
        self.connection.close()


def tables(world: World) -> list[str]:
    with owner_of_the_database(world) as connection:
        rows = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1").fetchall()
        return [row[0] for row in rows]


def owned() -> list[str]:
    """Tables with a column that says whose the row is; the account itself is its own."""
    known = {mapper.local_table.name for mapper in Record.registry.mappers if "account_id" in mapper.local_table.c}
    return [*sorted(known - {"web_session"}), "account"]


def whose(table: str) -> str:
    return "id" if table == "account" else "account_id"


def refused(connection: psycopg.Connection, query: sql.Composed, *values: object) -> bool:
    """Whether the database refused; the transaction goes on either way."""
    try:
        with connection.transaction(force_rollback=True):
            return not connection.execute(query, values or None).rowcount
    except errors.InsufficientPrivilege:
        return True


# What a customer's transaction reaches


@pytest.mark.parametrize("table", owned())
def test_a_company_reads_its_own_rows_only(portal: psycopg.Connection, cedar: UUID, table: str) -> None:
    if table in CLOSED | OURS:
        assert refused(portal, sql.SQL("SELECT * FROM {}").format(sql.Identifier(table)))
        return
    query = sql.SQL("SELECT DISTINCT {} FROM {}").format(sql.Identifier(whose(table)), sql.Identifier(table))
    seen = {row[0] for row in portal.execute(query)}

    assert seen <= ({cedar, None} if table == "person" else {cedar})


@pytest.mark.parametrize("table", owned())
@pytest.mark.parametrize("does", ["reads", "changes", "removes", "takes over", "gives away"])
def test_a_company_does_nothing_to_a_row_of_another(
    portal: psycopg.Connection, cedar: UUID, halden: UUID, table: str, does: str
) -> None:
    name, column = sql.Identifier(table), sql.Identifier(whose(table))
    queries = {
        "reads": (sql.SQL("SELECT * FROM {} WHERE {} = %s").format(name, column), [halden]),
        "changes": (sql.SQL("UPDATE {} SET {} = {} WHERE {} = %s").format(name, column, column, column), [halden]),
        "removes": (sql.SQL("DELETE FROM {} WHERE {} = %s").format(name, column), [halden]),
        "takes over": (sql.SQL("UPDATE {} SET {} = %s WHERE {} = %s").format(name, column, column), [cedar, halden]),
        "gives away": (sql.SQL("UPDATE {} SET {} = %s WHERE {} = %s").format(name, column, column), [halden, cedar]),
    }
    query, values = queries[does]

    assert refused(portal, query, *values)


@pytest.mark.parametrize("table", owned())
def test_a_company_adds_no_row_to_another(
    standing: World, portal: psycopg.Connection, halden: UUID, table: str
) -> None:
    """A row that would be right in every way but for whose it is: a copy of one that is there."""
    with owner_of_the_database(standing) as connection:
        columns = [row[0] for row in connection.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND is_identity = 'NO'", [table]
        )]
        row = connection.execute(
            sql.SQL("SELECT {} FROM {} LIMIT 1").format(_names(columns), sql.Identifier(table))
        ).fetchone()
    values = dict(zip(columns, row or [None] * len(columns), strict=True)) | {"id": uuid4(), whose(table): halden}
    query = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
        sql.Identifier(table), _names(columns), sql.SQL(", ").join([sql.Placeholder()] * len(columns))
    )
    sent = [psycopg.types.json.Jsonb(value) if isinstance(value, dict) else value for value in values.values()]

    with pytest.raises(errors.InsufficientPrivilege):
        portal.execute(query, sent)


def _names(columns: list[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, columns))


@pytest.mark.parametrize("table", sorted(CLOSED | OURS))
@pytest.mark.parametrize(
    "query", ["SELECT * FROM {}", "DELETE FROM {}", "INSERT INTO {} DEFAULT VALUES", "TRUNCATE {}"]
)
def test_what_is_not_for_customers_is_closed_to_them(portal: psycopg.Connection, table: str, query: str) -> None:
    with pytest.raises(errors.InsufficientPrivilege):
        portal.execute(sql.SQL(query).format(sql.Identifier(table)))


def test_without_a_company_a_customers_transaction_sees_nobodys_rows(standing: World) -> None:
    with as_role(standing, "kekal_portal", None) as connection:
        seen = {
            table: connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))).fetchone()
            for table in owned() if table not in (*CLOSED, *OURS, "person")
        }

    assert set(seen.values()) == {(0,)}


def test_a_connection_that_took_no_role_reads_nothing_but_the_clock(standing: World) -> None:
    readable = []
    for table in tables(standing):
        with as_role(standing, "kekal_none", None) as connection:
            if not refused(connection, sql.SQL("SELECT * FROM {}").format(sql.Identifier(table))):
                readable.append(table)

    assert readable == ["clock"]


def test_the_role_ends_with_its_transaction(standing: World) -> None:
    with standing.house.database.engine.connect() as connection:
        roles = []
        for _ in range(2):
            roles.append(connection.exec_driver_sql("SELECT current_user").scalar())
            connection.exec_driver_sql("SELECT set_config('role', 'kekal_worker', true)")
            connection.commit()

    assert roles == ["kekal_none", "kekal_none"]


@pytest.mark.parametrize("role", ["kekal_door", "kekal_portal"])
def test_no_visitor_reaches_the_queue(standing: World, cedar: UUID, role: str) -> None:
    with as_role(standing, role, cedar) as connection, pytest.raises(errors.InsufficientPrivilege):
        connection.execute("SELECT * FROM procrastinate_jobs")


@pytest.mark.parametrize("table", ["web_session", "sign_in", "api_token"])
@pytest.mark.parametrize("role", ["kekal_portal", "kekal_staff"])
def test_only_the_door_reads_sessions(standing: World, cedar: UUID, role: str, table: str) -> None:
    with as_role(standing, role, cedar) as connection, pytest.raises(errors.InsufficientPrivilege):
        connection.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(table)))


# What the tables themselves promise


def test_the_tables_that_no_policy_parts_are_a_short_list(standing: World) -> None:
    with owner_of_the_database(standing) as connection:
        parted = {
            row[0] for row in connection.execute(
                "SELECT c.relname FROM pg_class c JOIN pg_policy p ON p.polrelid = c.oid "
                "WHERE c.relrowsecurity AND c.relforcerowsecurity"
            )
        }
        read = {
            row[0] for row in connection.execute(
                "SELECT table_name FROM information_schema.column_privileges WHERE grantee = 'kekal_portal' "
                "UNION SELECT table_name FROM information_schema.table_privileges WHERE grantee = 'kekal_portal'"
            )
        }

    assert read - parted == set(WITHOUT_POLICY)
    assert set(tables(standing)) - parted == set(WITHOUT_POLICY) | (CLOSED - parted)


def test_every_record_of_a_customer_stands_behind_a_policy(standing: World) -> None:
    ours = {mapper.local_table.name for mapper in Record.registry.mappers if issubclass(mapper.class_, Owned)}

    assert ours <= set(owned())
    assert ours - set(tables(standing)) == set()


def test_a_reference_between_a_companys_rows_carries_the_company() -> None:
    ours = {table.name for table in METADATA.tables.values() if "account_id" in table.c}
    loose = {
        (table.name, column.name)
        for table in METADATA.tables.values()
        for constraint in table.foreign_key_constraints
        for column in constraint.columns
        if constraint.referred_table.name in ours
        and "account_id" not in [column.name for column in constraint.columns]
    }

    assert loose - {("renewal", "declined_by")} <= set(ACROSS)


REFERENCES = sorted(
    (table.name, next(column.name for column in constraint.columns if column.name != "account_id"))
    for table in METADATA.tables.values()
    for constraint in table.foreign_key_constraints
    if "account_id" in (columns := [column.name for column in constraint.columns]) and len(columns) == 2
)


@pytest.mark.parametrize(("table", "column"), REFERENCES, ids=[f"{table}.{column}" for table, column in REFERENCES])
def test_no_row_can_point_into_another_company(standing: World, table: str, column: str) -> None:
    """Move a row to another company: what it points to stays behind, and even the operator's hand is refused.

    Every other reference to and from the table is taken away first, so that it is this one that refuses.
    """
    with owner_of_the_database(standing) as connection, connection.transaction(force_rollback=True):
        row = connection.execute(
            sql.SQL("SELECT id, account_id FROM {} WHERE {} IS NOT NULL AND account_id IS NOT NULL LIMIT 1").format(
                sql.Identifier(table), sql.Identifier(column)
            )
        ).fetchone()
        assert row is not None, f"no row of {table} points by {column}"
        _leave_only(connection, table, column)

        moved = "UPDATE {} SET account_id = (SELECT id FROM account WHERE id <> %s LIMIT 1) WHERE id = %s"
        with pytest.raises(errors.ForeignKeyViolation):
            connection.execute(sql.SQL(moved).format(sql.Identifier(table)), [row[1], row[0]])


def _leave_only(connection: psycopg.Connection, table: str, column: str) -> None:
    connection.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(sql.Identifier(table)))
    others = connection.execute(
        "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE contype = 'f' "
        "AND %(t)s::regclass IN (conrelid, confrelid) AND NOT (conrelid = %(t)s::regclass AND (SELECT attnum FROM "
        "pg_attribute WHERE attrelid = %(t)s::regclass AND attname = %(c)s) = ANY (conkey))",
        {"t": table, "c": column},
    ).fetchall()
    for other, name in others:
        connection.execute(
            sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(sql.Identifier(other), sql.Identifier(name))
        )


def test_a_mailed_link_can_not_lead_into_another_companys_renewal(lived_in: Cast, standing: World) -> None:
    ours, theirs = lived_in.own, lived_in.other

    with owner_of_the_database(standing) as connection, pytest.raises(errors.ForeignKeyViolation):
        connection.execute(
            "INSERT INTO link (id, purpose, account_id, person_id, renewal_id, made_at, ends_at) "
            "VALUES (gen_random_uuid(), 'x', %s, %s, %s, now(), now())",
            [ours.account_id, ours.owner.id, theirs.renewal_id],
        )


# A word of the other company's in everything that a company gets to see


def test_no_word_of_another_company_reaches_anything_a_company_sees(marked: tuple[Cast, int]) -> None:
    cast, columns = marked

    pages = _everything(cast, "/renewals/", "/documents", "/people", "/calendar", "/terms", "/")
    mails = [mail for mail in cast.world.mails() if any(to.endswith("@cedar-dental.example") for to in mail.to)]
    printed = [_text_of(paper) for paper in _papers(cast)]

    assert columns > 25
    assert len(pages) > 40
    assert {mail.kind for mail in mails} >= {"receipt", "invitation"}
    assert len(printed) > 2
    assert [name for name, page in pages.items() if CANARY in page.lower()] == []
    assert CANARY not in json.dumps([asdict(mail) for mail in mails]).lower()
    assert CANARY not in " ".join(printed).lower()
    assert CANARY in cast.look("other_owner").get("/people").text.lower()


def _mark(world: World, account: UUID) -> int:
    """Fill what can hold any text; says how many columns. Triggers that guard history are set aside."""
    marked = 0
    with owner_of_the_database(world) as connection:
        connection.execute("SET session_replication_role = replica")
        for table in owned():
            for column in _free_texts(connection, table):
                query = sql.SQL("UPDATE {t} SET {c} = {c} || %s WHERE {w} = %s").format(
                    t=sql.Identifier(table), c=sql.Identifier(column), w=sql.Identifier(whose(table))
                )
                try:
                    with connection.transaction():
                        marked += bool(connection.execute(query, [f" {CANARY}", account]).rowcount)
                except (errors.CheckViolation, errors.UniqueViolation):
                    continue
    return marked


def _free_texts(connection: psycopg.Connection, table: str) -> list[str]:
    """Columns of text that the program does not read as one of a few words."""
    words = {"state", "kind", "locale", "timezone", "currency", "billing", "unit", "tier", "plan", "product", "metric"}
    rows = connection.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND data_type = 'text'", [table]
    ).fetchall()
    return [row[0] for row in rows if row[0] not in words]


def _everything(cast: Cast, *under: str) -> dict[str, str]:
    """Every page that Cedar Dental's people can open, with Halden's ids and without."""
    ids = [cast.own, cast.other]
    seen = {}
    for role in [role for role in ROLES if role not in (*STAFF, "other_owner")]:
        guest = cast.look(role)
        for door in doors(cast.world.app):
            if door.is_safe and door.path.startswith(under) and not door.path.startswith(("/demo", "/admin")):
                for things in ids if "token" not in door.parameters else ids[:1]:
                    answer = guest.get(things.fill(door.path))
                    seen[f"{role} {door.path} {things.owner.email}"] = answer.text + str(answer.headers)
    return seen


def _papers(cast: Cast) -> list[bytes]:
    guest: Guest = cast.look("owner")
    page = guest.get("/documents").text
    paths = {part.split('"', 1)[0] for part in page.split('href="')[1:] if part.startswith("/documents/")}
    return [guest.get(path).content for path in sorted(paths)]


def _text_of(paper: bytes) -> str:
    if paper.startswith(b"PK"):
        with ZipFile(io.BytesIO(paper)) as packed:
            return " ".join(_text_of(packed.read(name)) for name in packed.namelist())
    if paper.count(b"%%EOF") == 0:
        return paper.decode(errors="replace")
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(paper)).pages)


def test_what_a_customer_may_see_of_history_names_no_staff_business() -> None:
    assert not {name for name in CUSTOMER_SEES if name.value.startswith(("sign_in", "message", "policy", "payment.q"))}
