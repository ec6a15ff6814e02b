"""House: the few rules that protect people, held over every file, every table and every answer."""

import ast
import os
import re
import secrets
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from app import main, migrate
from app.records import METADATA
from app.settings import DEMO_KEY, Settings
from renewals.base import Record
from tests.conftest import drop_database, new_database
from tests.web.cast import Cast
from tests.web.doors import doors
from tests.web.guest import Guest, stranger
from tests.web.standing import owner_of_the_database
from tests.world import World

ROOT = Path(main.__file__).resolve().parent.parent
HOUSE = ("app", "portal", "admin", "gateways", "renewals", "pricing")
CLOCKS = {
    *(f"datetime.{name}" for name in ("now", "utcnow", "today")), "date.today",
    *(f"time.{name}" for name in ("time", "monotonic", "perf_counter", "time_ns", "monotonic_ns", "sleep")),
}
"""What asks the machine for the time."""


def files(*floors: str) -> list[Path]:
    found = sorted(path for floor in floors for path in (ROOT / floor).rglob("*.py"))
    assert len(found) > 10
    return found


def lines(path: Path, *nodes: ast.AST) -> list[str]:
    return [f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}" for node in nodes]


# Rules over the source


def asks_the_machine(tree: ast.AST) -> list[ast.AST]:
    """Calls such as `datetime.now()`, and imports that would hide one."""
    calls = [
        node for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ".".join(ast.unparse(node.func).split(".")[-2:]) in CLOCKS
    ]
    imports = [
        node for node in ast.walk(tree)
        if (isinstance(node, ast.ImportFrom) and node.module == "time")
        or (isinstance(node, ast.Import) and any(name.name == "time" for name in node.names))
    ]
    return [*calls, *imports]


def test_nobody_but_the_clock_asks_the_machine_for_the_time() -> None:
    found = [
        line for path in files(*HOUSE) if path != ROOT / "app" / "clock.py"
        for line in lines(path, *asks_the_machine(ast.parse(path.read_text())))
    ]

    assert found == []


@pytest.mark.parametrize("code", ["datetime.now(UTC)", "date.today()", "import time", "from time import monotonic"])
def test_this_rule_would_find_a_clock(code: str) -> None:
    assert asks_the_machine(ast.parse(code))


def assigns_state(tree: ast.AST) -> list[ast.AST]:
    """Assignments to an attribute called `state`, and ways round them."""
    targets = [
        target for node in ast.walk(tree)
        for target in getattr(node, "targets", [getattr(node, "target", None)])
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign)
        and isinstance(target, ast.Attribute) and target.attr == "state"
    ]
    around = [
        node for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("setattr", "object.__setattr__")
        and len(node.args) > 1 and isinstance(node.args[1], ast.Constant) and node.args[1].value == "state"
    ]
    return [*targets, *around]


def test_only_move_assigns_a_state() -> None:
    found = [line for path in files(*HOUSE) for line in lines(path, *assigns_state(ast.parse(path.read_text())))]

    assert [line.rpartition(":")[0] for line in found] == ["renewals/lifecycle.py"]


@pytest.mark.parametrize("code", ["payment.state = x", "self.state: str = 'won'", "setattr(payment, 'state', 'won')"])
def test_this_rule_would_find_a_state_set_by_hand(code: str) -> None:
    assert assigns_state(ast.parse(code))


def begins_or_commits(tree: ast.AST) -> list[ast.AST]:
    """Making a database session, ending a transaction."""
    return [
        node for node in ast.walk(tree)
        if isinstance(node, ast.Call) and (
            (isinstance(node.func, ast.Attribute) and node.func.attr in ("commit", "rollback"))
            or ast.unparse(node.func) in ("Session", "sessionmaker", "scoped_session", "orm.Session")
        )
    ]


def test_only_transaction_begins_and_commits() -> None:
    found = [
        line for path in files(*HOUSE) if path != ROOT / "app" / "transaction.py"
        for line in lines(path, *begins_or_commits(ast.parse(path.read_text())))
    ]

    assert found == []


@pytest.mark.parametrize("code", ["session.commit()", "Session(engine)", "connection.rollback()"])
def test_this_rule_would_find_a_commit(code: str) -> None:
    assert begins_or_commits(ast.parse(code))


def test_screens_write_no_sql_of_their_own() -> None:
    written = re.compile(r"\btext\(\s*f?[\"']|\bexec_driver_sql\b|\bimport text\b|, text\b.*sqlalchemy")
    found = [path.name for path in files("portal", "admin") if written.search(path.read_text())]

    assert found == []


def test_no_template_lets_markup_through_that_is_not_its_own() -> None:
    safe = [
        (path.name, line.strip()) for path in (ROOT / "templates").rglob("*.html")
        for line in path.read_text().splitlines() if "|safe" in line.replace(" ", "") or "autoescape" in line
    ]

    assert len(safe) <= 2
    assert all('"<a href=\\"%s\\">%s</a>"|safe' in line for _, line in safe)


def test_no_page_asks_for_a_cards_number_and_no_page_carries_a_style_or_a_script() -> None:
    card = re.compile(r"cc-(number|csc|exp)|card.?number|name=\"(cvc|cvv|pan)\"", re.IGNORECASE)
    inline = re.compile(r"\sstyle=|\son[a-z]+=\"|<script(?![^>]*\ssrc=)|<style|javascript:", re.IGNORECASE)
    pages = [path for path in (ROOT / "templates").rglob("*.html") if "mail" not in path.parts]

    assert len(pages) > 20
    assert [path.name for path in pages if card.search(path.read_text())] == []
    assert [path.name for path in pages if inline.search(path.read_text())] == []


# Tables and migrations


def test_every_record_has_its_table_and_every_table_its_record(standing: World) -> None:
    with owner_of_the_database(standing) as connection:
        there = {row[0] for row in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}

    ours = {mapper.local_table.name for mapper in Record.registry.mappers}
    assert {name for name in there - ours if not name.startswith("procrastinate_")} == {"alembic_version"}
    assert ours - there == set()


@pytest.fixture
def empty(postgres: str) -> Iterator[str]:
    url = new_database(postgres, f"empty_{secrets.token_hex(6)}")
    yield url
    drop_database(postgres, url)


def test_migrations_go_up_down_and_up_and_leave_what_the_records_say(empty: str) -> None:
    migrate.up(empty)
    first = schema(empty)
    migrate.down(empty)
    nothing = schema(empty)
    migrate.up(empty)

    assert schema(empty) == first
    assert nothing == ["table alembic_version"]
    assert differences(empty) == []


def test_migrating_twice_at_once_and_again_changes_nothing(empty: str) -> None:
    starting = [
        subprocess.Popen([sys.executable, "-m", "app.cli", "migrate"], env=_plain() | {"KEKAL_DATABASE_URL": empty})
        for _ in range(2)
    ]

    assert [one.wait(60) for one in starting] == [0, 0]
    assert differences(empty) == []


def differences(url: str) -> list[object]:
    """What Alembic would still want to change."""
    with create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1)).connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": _ours, "compare_type": True})
        found = compare_metadata(context, METADATA)
        connection.engine.dispose()
        return found


def _ours(name: str | None, kind: str, parents: object) -> bool:
    return kind != "table" or not str(name).startswith(("procrastinate_", "alembic_"))


def schema(url: str) -> list[str]:
    """Tables, columns, constraints, indexes, triggers, policies, grants and functions, one line each."""
    queries = (
        "SELECT 'table ' || tablename FROM pg_tables WHERE schemaname = 'public'",
        "SELECT concat_ws(' ', 'column', table_name, column_name, data_type, is_nullable, column_default) "
        "FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'alembic_version'",
        "SELECT concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid)) FROM pg_constraint "
        "WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text <> 'alembic_version'",
        "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'alembic_version'",
        "SELECT concat_ws(' ', 'trigger', tgrelid::regclass, pg_get_triggerdef(oid)) FROM pg_trigger "
        "WHERE NOT tgisinternal",
        "SELECT concat_ws(' ', 'policy', tablename, policyname, roles::text, cmd, qual, with_check) FROM pg_policies",
        "SELECT concat_ws(' ', 'grant', grantee, table_name, privilege_type) FROM information_schema.table_privileges "
        "WHERE table_schema = 'public' AND grantee LIKE 'kekal\\_%' AND table_name <> 'alembic_version'",
        "SELECT concat_ws(' ', 'function', p.oid::regprocedure, p.prosecdef) FROM pg_proc p "
        "LEFT JOIN pg_depend d ON d.objid = p.oid AND d.deptype = 'e' "
        "WHERE p.pronamespace = 'public'::regnamespace AND d.objid IS NULL",
    )
    with psycopg.connect(url, autocommit=True) as connection:
        return sorted(row[0] for query in queries for row in connection.execute(query))


# Starting in production


def _plain() -> dict[str, str]:
    """The environment of a machine that knows nothing of us."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("KEKAL_", "STRIPE_"))}
    return kept | {"PYTHONPATH": str(ROOT)}


def production(**changes: str) -> dict[str, str]:
    """What a good production is told, and what a test changes about it; an empty value is a missing one."""
    good = {
        "KEKAL_MODE": "production", "KEKAL_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
        "KEKAL_PUBLIC_URL": "https://portal.lumen.test", "KEKAL_SECRET_KEY": secrets.token_urlsafe(48),
        "STRIPE_SECRET_KEY": "sk_live_" + "x" * 24, "STRIPE_WEBHOOK_SECRET": "whsec_" + "x" * 32,
        "KEKAL_SMTP_URL": "smtps://mail.lumen.test",
    }
    return {name: value for name, value in (good | changes).items() if value}


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_production_names_every_fault_at_once_and_does_not_start(command: str) -> None:
    told = production(
        KEKAL_SECRET_KEY=DEMO_KEY, STRIPE_WEBHOOK_SECRET="", STRIPE_API_BASE="https://api.stripe.com.evil.example",
        KEKAL_PUBLIC_URL="http://portal.lumen.test", KEKAL_SMTP_URL="",
    )

    done = subprocess.run(
        [sys.executable, "-m", "app.cli", command], env=_plain() | told, capture_output=True, text=True, timeout=60
    )

    assert done.returncode == 2
    for fault in ("STRIPE_WEBHOOK_SECRET is missing", "KEKAL_SMTP_URL is missing", "KEKAL_SECRET_KEY is a demo key",
                  "STRIPE_API_BASE does not lead to Stripe", "must begin with https://"):
        assert fault in done.stderr
    assert DEMO_KEY not in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"KEKAL_SECRET_KEY": DEMO_KEY}, "demo key"),
        ({"KEKAL_SECRET_KEY": "short"}, "shorter than 32"),
        ({"STRIPE_SECRET_KEY": "sk_test_sandbox"}, "the sandbox's"),
        ({"STRIPE_WEBHOOK_SECRET": "whsec_demo_sandbox"}, "the sandbox's"),
        ({"STRIPE_WEBHOOK_SECRET": ""}, "STRIPE_WEBHOOK_SECRET is missing"),
        ({"STRIPE_API_BASE": "http://127.0.0.1:12111"}, "does not lead to Stripe"),
        ({"STRIPE_API_BASE": "http://api.stripe.com"}, "does not lead to Stripe"),
        ({"STRIPE_API_BASE": "https://stripe.com@evil.example"}, "does not lead to Stripe"),
        ({"STRIPE_API_BASE": "https://notstripe.com"}, "does not lead to Stripe"),
        ({"KEKAL_PUBLIC_URL": "http://portal.lumen.test"}, "https://"),
        ({"KEKAL_MODE": "prod"}, "must be demo or production"),
        ({"KEKAL_PORT": "abc"}, "KEKAL_PORT must be a whole number"),
        ({"KEKAL_PROXIES": "-1"}, "KEKAL_PROXIES must be a whole number"),
        ({"KEKAL_MODE": "demo"}, "a demo never moves real money"),
        ({"KEKAL_MODE": "", "KEKAL_SECRET_KEY": DEMO_KEY}, "demo key"),
    ],
)
def test_one_fault_is_enough_and_is_named(changes: dict[str, str], fault: str) -> None:
    with pytest.raises(Exception, match=re.escape(fault)):
        Settings.read(production(**changes))


def test_a_good_production_starts() -> None:
    assert Settings.read(production()).is_production
    assert Settings.read(production(STRIPE_API_BASE="https://api.stripe.com")).is_production


# What production shows


@pytest.fixture(scope="module")
def in_production(standing: World) -> World:
    """The same house as production has it."""
    settings = Settings.read(production(KEKAL_DATABASE_URL=standing.house.settings.database_url))
    house = replace(standing.house, settings=settings)
    return World(house, standing.sandbox, standing.mailbox)


def test_the_demos_rooms_are_not_there_in_production(standing: World, in_production: World) -> None:
    demo = [door for door in doors(standing.app) if door.path.startswith("/demo")]
    answers = {(m, d.path): stranger(in_production).ask(m, d.path) for d in demo for m in (*d.methods.split(), "POST")}

    assert len(demo) >= 6
    assert not [door.path for door in doors(in_production.app) if door.path.startswith("/demo")]
    assert {answer.status_code for answer in answers.values()} == {404}


def test_in_production_a_cookie_is_bound_to_the_host_and_to_https(in_production: World) -> None:
    guest = stranger(in_production)
    guest.cookies = {}

    cookie = guest.get("/sign-in").headers["set-cookie"]

    assert cookie.startswith("__Host-kekal_visitor=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=lax"} <= set(cookie.split("; "))
    assert "Domain" not in cookie


def test_in_production_no_description_of_the_programs_doors_is_public(in_production: World) -> None:
    wanted = ["/schema", "/schema/openapi.json", "/docs", "/openapi.json", "/metrics", "/debug", "/.env", "/.git/HEAD"]

    assert {stranger(in_production).get(path).status_code for path in wanted} == {404}


EVERY = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
}


def check_protected(answer: object, *, secure: bool) -> None:
    headers = answer.headers  # type: ignore[attr-defined]
    policy = headers["content-security-policy"]
    for name, value in EVERY.items():
        assert headers[name] == value
    assert headers["referrer-policy"] in ("no-referrer", "same-origin")
    assert "unsafe" not in policy
    assert "*" not in policy
    assert policy.startswith("default-src 'none'")
    for part in ("base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'"):
        assert part in policy
    assert ("strict-transport-security" in headers) is secure
    assert headers["content-type"].count("charset") <= 1 if "content-type" in headers else True
    assert headers.get_list("content-security-policy") == [policy]


@pytest.fixture(scope="module")
def cast_here(standing: World) -> Cast:
    return Cast(standing)


@pytest.mark.parametrize("where", ["demo", "production"])
def test_every_answer_of_every_kind_is_protected(cast_here: Cast, in_production: World, where: str) -> None:
    world, cast = (cast_here.world, cast_here) if where == "demo" else (in_production, None)
    guest = cast.look("owner") if cast else stranger(world)
    ordinary = [("GET", path) for path in ("/", "/sign-in", "/health", "/documents", "/people", "/terms", "/admin")]
    static = [("GET", world.house.assets.url(path)) for path in ("css/kekal.css", "favicon.svg")]
    odd = [
        ("GET", "/nothing"), ("POST", "/nothing"), ("PUT", "/people"), ("OPTIONS", "/people"), ("HEAD", "/sign-in"),
        ("GET", "/renewals/no-uuid"), ("GET", "/static/none.css"), ("POST", "/people"), ("POST", "/webhooks/stripe"),
        ("GET", "/links/nothing"), ("TRACE", "/"), ("HEAD", "/health"),
    ]
    own = [("GET", cast.own.fill(door.path)) for door in doors(world.app) if cast and door.is_safe]
    answers = {(m, p): guest.ask(m, p) for m, p in [*ordinary, *static, *odd, *own]}
    answers["", "too long"] = guest.ask("POST", "/language", content=b"x" * 3_000_000, headers=FORM)
    known = {"If-None-Match": answers[static[0]].headers["etag"]}
    answers["", "not modified"] = guest.ask("GET", static[0][1], headers=known)

    assert {answer.status_code for answer in answers.values()} >= {200, 303, 304, 400, 403, 404, 405, 413}
    for answer in answers.values():
        check_protected(answer, secure=where == "production")


FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def test_pages_are_kept_nowhere_and_static_files_for_ever(cast_here: Cast) -> None:
    standing = cast_here.world
    pages = [
        cast_here.look(role).get(cast_here.own.fill(door.path))
        for role in ("anonymous", "link_holder", "owner", "admin")
        for door in doors(standing.app)
        if door.is_safe and door.path not in ("/static/{path:path}", "/api/openapi.json", "/calendar/{token:str}")
    ]
    static = Guest(standing, {}, "").get(standing.house.assets.url("css/kekal.css"))

    assert {page.headers["cache-control"] for page in pages} == {"no-store"}
    assert "immutable" in static.headers["cache-control"]
