"""Secrets: what nobody but its owner should read is in no log, no error, no job and no message that is kept."""

import hashlib
import hmac
import json
import logging
import re
import secrets
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field, replace
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from app import logs, main
from app.clock import machine_now
from app.desk import Desk
from app.keys import Keys
from app.session import SignIn
from gateways.browser import PUBLIC, Answer, Visit, post
from gateways.mail import Mail
from gateways.stripe import Stripe
from renewals.person import Person
from tests.web.guest import Guest, known, stranger
from tests.web.standing import owner_of_the_database
from tests.world import World

PAN = "4242424242424242"
RUTH = "ruth@cedar-dental.example"
DEAD_END = "127.0.0.1:9"
"""A port where nobody answers."""


def room(path: str, work: Callable[[Visit], Answer]) -> Callable[[Visit], Answer]:
    """A room of ours with a mistake in it."""

    @post(path, PUBLIC)
    def mistaken(visit: Visit) -> Answer:
        return work(visit)

    return mistaken


def _says_it(visit: Visit) -> Answer:
    raise RuntimeError(f"could not do {dict(visit.request.form)} for {dict(visit.request.cookies)}")


def _counts_it(visit: Visit) -> Answer:
    return Answer(body=str(int(visit.request.form["words"])).encode())


def _keeps_it_twice(visit: Visit) -> Answer:
    company, email = visit.someone.account_id, visit.request.form["email"]
    visit.session.add_all(Person(account_id=company, email=email, name="x", roles=["viewer"]) for _ in range(2))
    visit.session.flush()
    return Answer(body=b"done")


def _asks_sql(visit: Visit) -> Answer:
    visit.session.execute(text("SELECT CAST(:words AS uuid)"), {"words": visit.request.form["words"]})
    return Answer(body=b"done")


MISTAKES = {"/says": _says_it, "/counts": _counts_it, "/keeps": _keeps_it_twice, "/asks": _asks_sql}


@dataclass
class Told:
    """Everything that left the house or was kept, while things went wrong."""

    logs: str
    errors: str
    kept: str
    secrets: dict[str, str] = field(default_factory=dict)

    def found(self, where: str) -> list[str]:
        return [name for name, secret in self.secrets.items() if secret in getattr(self, where)]


@pytest.fixture(scope="module")
def told(standing: World) -> Told:
    """A day on which Stripe and the mail server are away, four rooms are broken, and people type what they like."""
    canaries = {
        "the secret key": secrets.token_urlsafe(40), "the webhook's secret": "whsec_" + secrets.token_urlsafe(24),
        "Stripe's key": "sk_test_" + secrets.token_urlsafe(24), "an address": "very.private@hidden.example",
        "a card's number": PAN, "what was typed": "quetzalcoatlus", "the mail's password": secrets.token_urlsafe(20),
    }
    broken = _broken(standing, canaries)
    ruth = known(broken, broken.person(RUTH))
    asking = stranger(broken)
    canaries |= {"a session": ruth.cookies["kekal_session"], "a form's token": ruth.csrf}
    with redirect_stderr(StringIO()) as said, redirect_stdout(said):
        logs.configure()
        bodies = [answer.text for answer in _go_wrong(broken, ruth, asking, canaries)]
        canaries |= _keys_of(broken, asking)
        _try_links(broken, canaries)
        for _ in range(2):
            broken.work()
        logging.getLogger("somebody.elses.library").error("it failed", exc_info=ValueError(canaries["an address"]))
    logs.configure()
    return Told(said.getvalue(), "\n".join(bodies), _kept(broken), canaries)


def _broken(world: World, canaries: dict[str, str]) -> World:
    settings = replace(
        world.house.settings, secret_key=canaries["the secret key"],
        stripe_webhook_secret=canaries["the webhook's secret"],
    )
    password = canaries["the mail's password"]
    house = replace(
        world.house, settings=settings, keys=Keys(settings.secret_key),
        stripe=Stripe(canaries["Stripe's key"], settings.stripe_webhook_secret, f"http://{DEAD_END}", answer_limit=2),
        mail=Mail(f"smtp://kekal:{password}@{DEAD_END}", "renewals@lumen.example"),
    )
    made, desk = World(house, world.sandbox, world.mailbox), Desk(house)
    for path, work in MISTAKES.items():
        made.app.register(desk.hang(room(path, work)))
    return made


def _go_wrong(world: World, ruth: Guest, asking: Guest, canaries: dict[str, str]) -> list[Any]:
    """Every answer that is an error; a page that shows a field again for mending is none."""
    words = canaries["what was typed"]
    typed = {"words": words, "email": canaries["an address"], "message": words}
    renewal = f"/renewals/{world.renewal('cedar-dental')}"
    answers = [ruth.post(path, typed) for path in MISTAKES]
    answers += [ruth.post(path, {"message": f"{PAN} {words}"}) for path in (f"{renewal}/ask", "/people")]
    answers += [asking.post("/sign-in", {"email": RUTH}), asking.post(f"/people/{UUID(int=7)}/removal", typed)]
    asking.cookies["kekal_sign_in"] = answers[-2].cookies["kekal_sign_in"]
    answers += [ruth.ask("POST", "/people", typed, csrf=canaries["what was typed"])]
    answers += [_webhook(world, canaries, good) for good in (True, False)]
    page = ruth.get(renewal).text
    option = re.findall(r'name="option" value="([0-9a-f]{64})"', page)[0]
    terms = re.findall(r'name="terms" value="([^"]+)"', page)[0]
    ruth.post(f"{renewal}/payment", {"option": option, "terms": terms})
    return [answer for answer in answers if answer.status_code >= 400]


def _webhook(world: World, canaries: dict[str, str], good: bool) -> Any:
    """A notice that carries what a notice never should, signed by Stripe or by somebody else."""
    notice = {"id": "evt_1", "object": "event", "type": "charge.odd", "data": {"object": {"id": "x"}}}
    body = json.dumps(notice).encode()
    stamp = int(machine_now().timestamp())
    secret = canaries["the webhook's secret"] if good else "whsec_of_somebody_else"
    mark = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    headers = {"Stripe-Signature": f"t={stamp},v1={mark}", "Content-Type": "application/json"}
    return stranger(world).ask("POST", "/webhooks/stripe", content=body, headers=headers)


def _keys_of(world: World, asking: Guest) -> dict[str, str]:
    """What the mail of the sign-in carries."""
    key = UUID(asking.cookies["kekal_sign_in"])
    return {"a code": world.house.keys.digits(key), "a sign-in link": world.house.keys.token("sign-in", key)}


def _try_links(world: World, canaries: dict[str, str]) -> None:
    """A link that is opened while the house is broken."""
    with owner_of_the_database(world) as connection:
        connection.execute("ALTER TABLE sign_in RENAME COLUMN next_path TO lost")
        assert stranger(world).get(f"/sign-in/link/{canaries['a sign-in link']}").status_code == 500
        connection.execute("ALTER TABLE sign_in RENAME COLUMN lost TO next_path")


def _kept(world: World) -> str:
    """Every message, event and job."""
    with world.reading() as session:
        return "\n".join(
            row for table in ("message", "event", "procrastinate_jobs", "procrastinate_events", "inbox", "payment")
            for row in session.scalars(text(f"SELECT t::text FROM {table} t"))
        )


def test_no_secret_reaches_the_logs_and_what_went_wrong_does(told: Told) -> None:
    lines = [json.loads(line) for line in told.logs.splitlines() if line.startswith("{")]

    assert told.found("logs") == []
    assert len([line for line in lines if line["event"] == "a room failed"]) >= len(MISTAKES)
    assert all(f"test_secrets.py:{line}" in told.logs for line in _lines_of_the_mistakes())
    assert "UniqueViolation 23505" in told.logs
    assert "it failed" in told.logs


def _lines_of_the_mistakes() -> list[int]:
    """Where each broken room breaks: the log still says where to look."""
    return [work.__code__.co_firstlineno + (1 if work is not _keeps_it_twice else 3) for work in MISTAKES.values()]


def test_no_secret_stands_in_an_error(told: Told) -> None:
    assert "This is our mistake" in told.errors
    assert set(told.found("errors")) <= {"a form's token"}
    assert "Traceback" not in told.errors
    assert "psycopg" not in told.errors


def test_no_secret_rests_in_what_is_kept(told: Told) -> None:
    assert len(told.kept) > 1000
    assert told.found("kept") == []


def test_no_answer_says_which_programs_it_came_from(standing: World) -> None:
    answers = [stranger(standing).get(path) for path in ("/", "/nothing", "/sign-in", "/health")]

    names = {name.lower() for answer in answers for name in answer.headers}
    assert not {"server", "x-powered-by", "x-aspnet-version", "via"} & names


def test_a_mail_that_was_sent_is_kept_without_its_link_and_code(standing: World) -> None:
    world = standing
    guest = stranger(world)
    asked = guest.post("/sign-in", {"email": RUTH})
    world.work()
    key = UUID(asked.cookies["kekal_sign_in"])
    code, token = world.house.keys.digits(key), world.house.keys.token("sign-in", key)
    mail = next(mail for mail in world.mails() if mail.to == [RUTH] and code in mail.text)

    with world.reading() as session:
        sent = text("SELECT subject, text FROM message WHERE purpose = :purpose AND state = 'sent'")
        kept = session.execute(sent, {"purpose": f"sign-in:{key}"}).one()
        sign_in = session.get_one(SignIn, key)

    assert token in mail.text
    assert code not in " ".join(kept)
    assert token not in " ".join(kept)
    assert sign_in.email == RUTH


def test_the_repository_holds_no_secret() -> None:
    """Keys of the real world have shapes; none of them stands in a file of ours."""
    shapes = re.compile(r"[sr]k_live_[0-9A-Za-z]{16,}|whsec_[0-9A-Za-z]{30,}|-----BEGIN [A-Z ]*PRIVATE KEY")
    root = Path(main.__file__).resolve().parent.parent
    files = [
        path for folder in ("app", "portal", "admin", "gateways", "renewals", "pricing", "templates", "sandbox")
        for path in (root / folder).rglob("*") if path.suffix in (".py", ".html", ".txt", ".csv", ".json", ".md")
    ]

    assert len(files) > 150
    assert [path.name for path in files if shapes.search(path.read_text())] == []
