"""Signing in: a mailed link that shows a button, a code of six digits, and leaving again.

The answer is the same for every address, known or not; a GET or HEAD changes nothing.
"""

import hmac
import re
from collections.abc import Sequence
from datetime import timedelta
from types import SimpleNamespace
from typing import cast
from urllib.parse import quote
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.session import CODE_LIFE, Link, SignIn, WebSession
from app.visit import Visiting
from gateways.browser import AT_THE_DOOR, PUBLIC, Answer, Level, Visit, get, own_path, post
from renewals.account import Account
from renewals.errors import NotFound, NotNow
from renewals.event import Event, EventName
from renewals.inviting import ADDRESS
from renewals.person import Person

ASKS_FROM_ONE = 6
"""Requests of one machine for one address: a stranger uses up their own, never the person's."""
ASKS_PER_MACHINE = 60
TRIES_FROM_ONE = 10
TRIES_PER_ADDRESS = 20
"""Codes that anybody may try for an address; then only the link in the mail opens, which nobody can guess."""
WINDOW = timedelta(hours=1)
TOO_OFTEN = "Too many tries from here. Wait an hour, then ask for a new code."
LINK_ONLY = "Too many codes were tried for this address. Use the link in the mail instead; it still works."
PROPOSAL = re.compile(r"proposals/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
WRONG_CODE = "This code does not fit. Look at the newest mail; an older code no longer works."


@get("/sign-in", AT_THE_DOOR)
def show(visit: Visit) -> Answer:
    next_path = own_path(visit.request.query.get("next"))
    return visit.page("portal/sign_in.html", email=_known_email(visit), trouble={}, next=next_path)


@post("/sign-in", AT_THE_DOOR)
def ask(visit: Visit) -> Answer:
    """Mail a link and a code, if the address is somebody's; say the same in any case."""
    email = visit.request.form.get("email", "").strip().lower()
    if not ADDRESS.fullmatch(email):
        trouble = {"email": "This is not a mail address. It looks like name@company.com."}
        after = own_path(visit.request.form.get("next"))
        return visit.page("portal/sign_in.html", status=422, email=email, trouble=trouble, next=after)
    if _asked_too_often(visit, email):
        return visit.page("portal/error.html", status=429, code=429, sentence=TOO_OFTEN)
    wanted = SignIn(
        email=email, asked_at=visit.machine_now, ends_at=visit.machine_now + CODE_LIFE, ip=visit.request.machine,
        next_path=own_path(visit.request.form.get("next")),
    )
    visit.session.add(wanted)
    visit.session.flush()  # the event names the row
    Event.record(visit.session, EventName.SIGN_IN_ASKED, wanted, by=None, at=visit.now)
    answer = visit.go("/sign-in/code")
    answer.cookies["sign_in"] = str(wanted.id)
    return answer


@get("/sign-in/code", AT_THE_DOOR)
def show_code(visit: Visit) -> Answer:
    wanted = _wanted(visit)
    return _code_page(visit, wanted) if wanted else visit.go("/sign-in")


@post("/sign-in/code", AT_THE_DOOR)
def enter_code(visit: Visit) -> Answer:
    wanted = _wanted(visit, lock=True)
    if wanted is None:
        return visit.go("/sign-in")
    SignIn.wait_in_line(visit.session, wanted.email)
    since = visit.machine_now - WINDOW
    if SignIn.tries_since(visit.session, since, wanted.email, ip=wanted.ip) >= TRIES_FROM_ONE:
        return visit.page("portal/error.html", status=429, code=429, sentence=TOO_OFTEN)
    if SignIn.tries_since(visit.session, since, wanted.email) >= TRIES_PER_ADDRESS:
        return _code_page(visit, wanted, status=429, code=LINK_ONLY)
    typed = "".join(visit.request.form.get("code", "").split())
    if not wanted.is_open(visit.machine_now):
        return _code_page(visit, wanted, status=422, code="This code is no longer good. Ask for a new one.")
    wanted.tries += 1
    digits = cast(Visiting, visit).house.keys.digits(wanted.id)
    people = _people_at(visit.session, wanted.email)
    if not people or not same(typed, digits):
        return _code_page(visit, wanted, status=422, code=WRONG_CODE)
    return _come_in(visit, wanted, people)


@get("/sign-in/link/{token:str}", AT_THE_DOOR)
def show_link(visit: Visit, token: str) -> Answer:
    """A button: whoever only follows links changes nothing."""
    wanted = _by_token(visit, token)
    state = "ready" if wanted.is_open(visit.machine_now) else ("used" if wanted.used_at else "expired")
    link = SimpleNamespace(
        kind="sign_in", token_url=f"/sign-in/link/{token}", email=wanted.email, account_name="", state=state
    )
    return visit.page("portal/link.html", link=link)


@post("/sign-in/link/{token:str}", AT_THE_DOOR)
def use_link(visit: Visit, token: str) -> Answer:
    wanted = _by_token(visit, token, lock=True)
    people = _people_at(visit.session, wanted.email)
    if not wanted.is_open(visit.machine_now) or not people:
        raise NotNow("This link was used already or has expired. Ask for a new one.")
    return _come_in(visit, wanted, people)


@get("/links/{token:str}", AT_THE_DOOR)
def show_renewal_link(visit: Visit, token: str) -> Answer:
    """What a mail about a renewal leads to."""
    link, person = _renewal_link(visit, token)
    account = visit.session.get_one(Account, link.account_id)
    shown = SimpleNamespace(
        kind="renewal", token_url=f"/links/{token}{_to(visit)}", email=person.email, account_name=account.name,
        state="ready" if link.is_open(visit.machine_now) and person.active else "expired",
    )
    return visit.page("portal/link.html", link=shown)


@post("/links/{token:str}", AT_THE_DOOR)
def use_renewal_link(visit: Visit, token: str) -> Answer:
    """A session for one renewal: to look, to say no, to pay with a new card. More asks for a code."""
    link, person = _renewal_link(visit, token)
    if not link.is_open(visit.machine_now) or not person.active:
        raise NotNow("This link has expired. Sign in with your mail address instead.")
    wanted = _to(visit).removeprefix("?to=")
    page = f"/{wanted}" if PROPOSAL.fullmatch(wanted) else f"/renewals/{link.renewal_id}/{wanted}".removesuffix("/")
    if visit.person and visit.person.id == person.id and visit.level is Level.CODE:
        return visit.go(page)  # who is known better keeps what they have
    Event.record(visit.session, EventName.LINK_OPENED, link, by=person, at=visit.now)
    return _start(visit, person, Level.LINK, page, scope=link.renewal_id)


@get("/choose-account", AT_THE_DOOR)
def show_accounts(visit: Visit) -> Answer:
    people = _colleagues_by_mail(visit)
    accounts = [visit.session.get_one(Account, person.account_id) for person in people if person.account_id]
    after = own_path(visit.request.query.get("next"))
    return visit.page("portal/choose_account.html", accounts=accounts, next=after)


@post("/choose-account", AT_THE_DOOR)
def choose_account(visit: Visit) -> Answer:
    wanted = visit.request.form.get("account", "")
    for person in _colleagues_by_mail(visit):
        if person.account_id and str(person.account_id) == wanted:
            return _start(visit, person, Level.CODE, own_path(visit.request.form.get("next")))
    raise NotFound


@post("/sign-out", AT_THE_DOOR)
def leave(visit: Visit) -> Answer:
    session_id = cast(Visiting, visit).session_id
    if session_id and visit.person:
        WebSession.end(visit.session, session_id, at=visit.machine_now)
        Event.record(visit.session, EventName.SESSION_ENDED, visit.person, by=visit.person, at=visit.now)
    answer = visit.go("/sign-in", flash="signed_out")
    answer.cookies["session"] = None
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


@post("/language", PUBLIC)
def speak(visit: Visit) -> Answer:
    locale = visit.request.form.get("locale", "")
    answer = visit.go(own_path(visit.request.form.get("next")))
    if locale in cast(Visiting, visit).house.locales:
        answer.cookies["locale"] = locale
    return answer


def _to(visit: Visit) -> str:
    """Where a mail's links lead beside the renewal itself: to saying no, to a pause of the letters, to a proposal."""
    wanted = visit.request.query.get("to", "")
    return f"?to={wanted}" if wanted in ("opt-out", "snooze") or PROPOSAL.fullmatch(wanted) else ""


def same(typed: str, expected: str) -> bool:
    """Without telling by its time how much was right."""
    return hmac.compare_digest(typed.encode(), expected.encode())


def _come_in(visit: Visit, wanted: SignIn, people: Sequence[Person]) -> Answer:
    wanted.used_at = visit.machine_now
    if len(people) > 1 and not people[0].is_staff:
        return _start(visit, people[0], Level.CODE, f"/choose-account?next={quote(wanted.next_path)}")
    return _start(visit, people[0], Level.CODE, wanted.next_path)


def _start(visit: Visit, person: Person, level: Level, path: str, *, scope: UUID | None = None) -> Answer:
    """A new session in place of the one before."""
    before = cast(Visiting, visit).session_id
    if before:
        WebSession.end(visit.session, before, at=visit.machine_now)
    token = WebSession.start(
        visit.session, person, level, at=visit.machine_now, ip=visit.request.ip, user_agent=visit.request.user_agent,
        scope=scope,
    )
    Event.record(visit.session, EventName.SIGN_IN_COMPLETED, person, by=person, at=visit.now, level=level.value)
    answer = visit.go("/admin" if person.is_staff and path == "/" else path)
    answer.cookies |= {"session": token, "sign_in": None}
    return answer


def start_for(visit: Visit, person: Person) -> Answer:
    """The demo's own way in: a full session for a person of the cast."""
    return _start(visit, person, Level.CODE, "/")


def _known_email(visit: Visit) -> str:
    """Somebody who came by a mailed link does not type their address again."""
    return visit.person.email if visit.person else ""


def _asked_too_often(visit: Visit, email: str) -> bool:
    """Counted one at a time for each machine and each address, so that asking all at once gains nothing."""
    machine, since = visit.request.machine, visit.machine_now - WINDOW
    SignIn.wait_in_line(visit.session, machine)
    SignIn.wait_in_line(visit.session, email)
    return (
        SignIn.asked_since(visit.session, since, email=email, ip=machine) >= ASKS_FROM_ONE
        or SignIn.asked_since(visit.session, since, ip=machine) >= ASKS_PER_MACHINE
    )


def _wanted(visit: Visit, *, lock: bool = False) -> SignIn | None:
    """The request this browser made."""
    try:
        key = UUID(visit.request.cookies.get(cast(Visiting, visit).house.cookie_name("sign_in"), ""))
        return SignIn.find(visit.session, key, lock=lock)
    except (ValueError, NotFound):
        return None


def _by_token(visit: Visit, token: str, *, lock: bool = False) -> SignIn:
    key = cast(Visiting, visit).house.keys.read_token("sign-in", token)
    if key is None:
        raise NotFound
    return SignIn.find(visit.session, key, lock=lock)


def _renewal_link(visit: Visit, token: str) -> tuple[Link, Person]:
    key = cast(Visiting, visit).house.keys.read_token("renewal", token)
    if key is None:
        raise NotFound
    link = Link.find(visit.session, key)
    person = Person.find(visit.session, link.person_id)
    if person.account_id != link.account_id:
        raise NotFound
    return link, person


def _code_page(visit: Visit, wanted: SignIn, *, status: int = 200, **trouble: str) -> Answer:
    minutes = int(CODE_LIFE.total_seconds() // 60)
    return visit.page("portal/sign_in_sent.html", status=status, email=wanted.email, minutes=minutes, trouble=trouble)


def _people_at(session: Session, email: str) -> Sequence[Person]:
    """Everybody who has this address: a member of the staff first, then in the order of their companies."""
    return session.scalars(
        select(Person)
        .where(Person.email == email, Person.active)
        .order_by(Person.account_id.asc().nulls_first(), Person.id)
    ).all()


def _colleagues_by_mail(visit: Visit) -> Sequence[Person]:
    """Oneself in every company; only after a code, and looked up with the door's rights."""
    visit.needs_code()
    if visit.someone.is_staff:
        raise NotFound
    return _people_at(visit.session, visit.someone.email)
