"""Signing in: a link that shows a button, a code of six digits, what a mailed link opens, and when a session ends."""

import html
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count
from urllib.parse import quote
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select, text, update

from app.clock import machine_now
from app.session import ABSOLUTE_LIMIT, CODE_LIFE, IDLE_LIMIT, Link, SignIn, WebSession
from gateways.browser import Level, Request
from renewals.account import Account
from renewals.base import new_key
from renewals.person import Person
from renewals.renewal import Renewal, RenewalState
from tests.web.guest import Guest, colleague, known, stranger
from tests.web.standing import changed, contents
from tests.world import CSRF, Visitor, World

pytestmark = pytest.mark.whole_book

RUTH = "ruth@cedar-dental.example"
MAYA = "maya@lumen.example"
MINUTE = timedelta(minutes=1)
LINK = re.compile(r"http://testserver\.local(/(?:sign-in/link|links)/[A-Za-z0-9_-]+)")
OLDER = text("UPDATE sign_in SET asked_at = asked_at - :by, ends_at = ends_at - :by WHERE id = :key")
ordinary = count(20)


@pytest.fixture
def someone(standing: World) -> Person:
    """The owner of an ordinary company, another one for each test."""
    with standing.reading() as session:
        query = select(Person).where(Person.account_id.is_not(None), Person.roles.contains(["owner"]))
        return session.scalars(query.order_by(Person.email).offset(next(ordinary)).limit(1)).one()


@pytest.fixture
def visitor(standing: World) -> Visitor:
    return standing.visitor()


def ask(visitor: Visitor, email: str, **form: str) -> httpx.Response:
    return visitor.post("/sign-in", {"email": email} | form, page="/sign-in")


def request_of(visitor: Visitor) -> UUID:
    return UUID(visitor.client.cookies["kekal_sign_in"])


def code_of(visitor: Visitor) -> str:
    """The six digits that the mail carries."""
    return visitor.world.house.keys.digits(request_of(visitor))


def wrong_code_of(visitor: Visitor) -> str:
    return f"{(int(code_of(visitor)) + 1) % 1_000_000:06d}"


def enter(visitor: Visitor, code: str) -> httpx.Response:
    return visitor.post("/sign-in/code", {"code": code}, page="/sign-in/code")


def link_of(visitor: Visitor) -> str:
    return f"/sign-in/link/{visitor.world.house.keys.token('sign-in', request_of(visitor))}"


def age(world: World, key: UUID, by: timedelta) -> None:
    """As if a request to sign in had been made so long ago."""
    with world.writing() as session:
        session.execute(OLDER, {"by": by, "key": key})


def mailed_link(world: World, person: Person, renewal: UUID, *, life: timedelta = timedelta(days=30)) -> str:
    """The path a mail about a renewal carries."""
    now = machine_now()
    link = Link(
        id=new_key(), purpose=f"test:{new_key()}", account_id=person.account_id, person_id=person.id,
        renewal_id=renewal, made_at=now, ends_at=now + life,
    )
    with world.writing() as session:
        session.add(link)
    return f"/links/{world.house.keys.token('renewal', link.id)}"


def is_signed_in(visitor: Visitor) -> bool:
    return visitor.get("/").status_code == 200


def by_link(visitor: Visitor, person: Person, renewal: UUID) -> httpx.Response:
    path = mailed_link(visitor.world, person, renewal)
    return visitor.post(path, page=path)


# The mailed link and the code


def test_the_mail_brings_a_link_and_a_code_and_the_link_works_in_another_browser(
    standing: World, visitor: Visitor, someone: Person
) -> None:
    ask(visitor, someone.email)
    standing.work()

    mail = next(mail for mail in standing.mails() if mail.to == [someone.email])
    path = LINK.search(mail.text)
    elsewhere = standing.visitor()

    assert code_of(visitor) in mail.text
    assert path is not None
    assert elsewhere.post(path[1], page=path[1]).headers["location"] == "/"
    assert is_signed_in(elsewhere)


def test_looking_at_the_link_changes_nothing_however_often_a_scanner_does(
    standing: World, visitor: Visitor, someone: Person
) -> None:
    ask(visitor, someone.email)
    path, before = link_of(visitor), contents(standing)

    scanner = standing.visitor()
    seen = [scanner.client.request(method, path).status_code for method in ("GET", "HEAD") * 10]

    assert set(seen) == {200}
    assert changed(before, contents(standing)) == []
    assert not is_signed_in(scanner)
    assert visitor.post(path, page=path).status_code == 303


def test_the_button_behind_the_link_works_once(standing: World, visitor: Visitor, someone: Person) -> None:
    ask(visitor, someone.email)
    path = link_of(visitor)
    first = visitor.post(path, page=path)

    later = standing.visitor()
    second = later.post(path, page=path)

    assert (first.status_code, second.status_code) == (303, 409)
    assert "done its work" in later.get(path).text
    assert not is_signed_in(later)


def test_a_link_pressed_twice_at_once_opens_one_session(standing: World, visitor: Visitor, someone: Person) -> None:
    ask(visitor, someone.email)
    path, guests = link_of(visitor), [stranger(standing) for _ in range(8)]

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda guest: guest.post(path).status_code, guests))

    assert sorted(answers) == [303] + [409] * 7


def test_a_link_older_than_ten_minutes_says_so(standing: World, visitor: Visitor, someone: Person) -> None:
    ask(visitor, someone.email)
    path = link_of(visitor)
    age(standing, request_of(visitor), CODE_LIFE + MINUTE)

    assert "has run out" in visitor.get(path).text
    assert visitor.post(path, page="/sign-in").status_code == 409
    assert not is_signed_in(visitor)


def test_a_link_changed_in_any_letter_is_nothing(standing: World, visitor: Visitor, someone: Person) -> None:
    ask(visitor, someone.email)
    whole = link_of(visitor).rpartition("/")[2]

    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    anywhere = [whole[:at] + ("A" if whole[at] != "A" else "B") + whole[at + 1 :] for at in range(len(whole))]
    at_the_end = [whole[:-1] + letter for letter in letters if letter != whole[-1]]
    odd = ["", whole[:-1], whole + "A", whole + "=", "é" * 54, "A" * 54, "%00"]
    opened = [token for token in [*anywhere, *at_the_end, *odd] if standing.house.keys.read_token("sign-in", token)]

    assert opened == []
    assert standing.house.keys.read_token("renewal", whole) is None
    assert {visitor.get(f"/sign-in/link/{token}").status_code for token in anywhere[::9]} == {404}


def test_the_code_signs_in_and_works_once(standing: World, visitor: Visitor, someone: Person) -> None:
    ask(visitor, someone.email, next="/documents")
    request = request_of(visitor)
    code = code_of(visitor)
    answer = enter(visitor, f"{code[:3]} {code[3:]}")

    again = standing.visitor()
    again.client.cookies.set("kekal_sign_in", str(request))
    repeated = enter(again, code)

    assert (answer.status_code, answer.headers["location"]) == (303, "/documents")
    assert repeated.status_code == 422
    assert not is_signed_in(again)


def test_the_code_lives_for_ten_minutes(standing: World, visitor: Visitor, someone: Person) -> None:
    ask(visitor, someone.email)
    age(standing, request_of(visitor), CODE_LIFE + MINUTE)

    answer = enter(visitor, code_of(visitor))

    assert answer.status_code == 422
    assert "no longer good" in answer.text


@pytest.mark.parametrize(("wrong_tries", "then"), [(4, 303), (5, 422)])
def test_after_five_wrong_tries_the_right_code_is_refused_too(
    visitor: Visitor, someone: Person, wrong_tries: int, then: int
) -> None:
    ask(visitor, someone.email)

    tried = {enter(visitor, wrong_code_of(visitor)).status_code for _ in range(wrong_tries)}

    assert tried == {422}
    assert enter(visitor, code_of(visitor)).status_code == then


def test_fifty_guesses_at_once_are_five_tries(standing: World, visitor: Visitor, someone: Person) -> None:
    ask(visitor, someone.email)
    key, wrong = request_of(visitor), wrong_code_of(visitor)
    guests = [stranger(standing) for _ in range(50)]
    for guest in guests:
        guest.cookies["kekal_sign_in"] = str(key)

    with ThreadPoolExecutor(16) as threads:
        list(threads.map(lambda guest: guest.post("/sign-in/code", {"code": wrong}), guests))
    with standing.reading() as session:
        assert session.get_one(SignIn, key).tries == 5


def test_a_code_fits_only_the_request_it_was_mailed_for(standing: World, visitor: Visitor, someone: Person) -> None:
    ask(visitor, someone.email)
    other = standing.visitor()
    ask(other, someone.email)

    assert enter(other, code_of(visitor)).status_code == 422
    assert enter(visitor, code_of(visitor)).status_code == 303


# How often


@pytest.mark.parametrize("who", ["known", "unknown"])
def test_the_seventh_request_in_an_hour_is_put_off_calmly(standing: World, someone: Person, who: str) -> None:
    email = someone.email if who == "known" else "nobody.at.all@nowhere.example"
    first = [ask(standing.visitor(), email).status_code for _ in range(6)]
    visitor, before = standing.visitor(), contents(standing)

    seventh = ask(visitor, email)

    assert set(first) == {303}
    assert seventh.status_code == 429
    assert "A short pause, please" in seventh.text
    assert changed(before, contents(standing)) == []


def test_asking_all_at_once_gains_nothing(standing: World, someone: Person) -> None:
    guests = [stranger(standing) for _ in range(16)]

    with ThreadPoolExecutor(16) as threads:
        answers = list(threads.map(lambda guest: guest.post("/sign-in", {"email": someone.email}).status_code, guests))

    assert sorted(answers) == [303] * 6 + [429] * 10


def test_ten_tries_from_one_machine_for_an_address_in_an_hour_are_enough(
    standing: World, visitor: Visitor, someone: Person
) -> None:
    ask(visitor, someone.email)
    with standing.writing() as session:
        for _ in range(2):
            session.add(_request(someone.email, tries=5))

    answer = enter(visitor, code_of(visitor))

    assert answer.status_code == 429
    assert "Wait an hour" in answer.text


def test_one_machine_asks_sixty_times_an_hour_for_whomever(world: World) -> None:
    with world.writing() as session:
        session.add_all(_request(f"person{number}@somewhere.example") for number in range(60))
    refused = ask(world.visitor(), RUTH)

    with world.writing() as session:
        for key in session.scalars(select(SignIn.id)):
            session.execute(OLDER, {"by": timedelta(hours=1), "key": key})
    later = ask(world.visitor(), RUTH)

    assert (refused.status_code, later.status_code) == (429, 303)


def _request(email: str, *, tries: int = 0, ip: str = "testclient") -> SignIn:
    now = machine_now()
    return SignIn(email=email, asked_at=now, ends_at=now + CODE_LIFE, ip=ip, tries=tries, next_path="/")


STRANGERS = ("203.0.113.9", "198.51.100.7", "2001:db8:1:2::")


def _others(world: World, email: str, *, requests: int, tries: int = 0, machines: int = 1) -> None:
    """What strangers on other machines do with somebody's address."""
    with world.writing() as session:
        session.add_all(
            _request(email, tries=tries, ip=ip) for ip in STRANGERS[:machines] for _ in range(requests)
        )


def test_a_stranger_who_uses_up_their_requests_does_not_keep_the_person_out(
    standing: World, visitor: Visitor, someone: Person
) -> None:
    _others(standing, someone.email, requests=6)

    asked = ask(visitor, someone.email)

    assert asked.status_code == 303
    assert enter(visitor, code_of(visitor)).status_code == 303
    assert is_signed_in(visitor)


def test_a_stranger_who_uses_up_their_codes_does_not_keep_the_person_out(
    standing: World, visitor: Visitor, someone: Person
) -> None:
    ask(visitor, someone.email)
    _others(standing, someone.email, requests=2, tries=5)

    assert enter(visitor, code_of(visitor)).status_code == 303
    assert is_signed_in(visitor)


def test_when_many_machines_try_codes_no_code_opens_for_an_hour_but_the_link_does(
    standing: World, visitor: Visitor, someone: Person
) -> None:
    ask(visitor, someone.email)
    _others(standing, someone.email, requests=2, tries=5, machines=2)

    answer = enter(visitor, code_of(visitor))
    path = link_of(visitor)

    assert answer.status_code == 429
    assert "Use the link in the mail instead" in answer.text
    assert not is_signed_in(visitor)
    assert visitor.post(path, page=path).status_code == 303
    assert is_signed_in(visitor)


def test_an_address_that_many_ask_for_is_answered_more_slowly_and_still_answered(
    standing: World, visitor: Visitor, someone: Person
) -> None:
    _others(standing, someone.email, requests=7, machines=3)

    asked = ask(visitor, someone.email)
    standing.work()
    at_once = [mail for mail in standing.mails() if mail.to == [someone.email]]
    standing.wait_and_work()

    assert asked.status_code == 303
    assert at_once == []
    mail = next(mail for mail in standing.mails() if mail.to == [someone.email])
    assert code_of(visitor) in mail.text


@pytest.mark.parametrize(
    ("ip", "machine"),
    [
        ("203.0.113.9", "203.0.113.9"), ("::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::"), ("2001:db8:1:3::1", "2001:db8:1:3::"), ("::1", "::"),
        ("testclient", "testclient"), ("", ""),
    ],
)
def test_who_has_a_whole_network_counts_as_one_machine(ip: str, machine: str) -> None:
    assert Request("GET", "/", {}, {}, {}, {}, ip).machine == machine


# Who is known


def test_nobody_learns_from_the_answers_who_is_known(standing: World, someone: Person) -> None:
    local, _, domain = someone.email.partition("@")
    emails = (someone.email, f"{'x' * len(local)}@{domain}")

    known_one, unknown = (_every_answer(standing, email) for email in emails)

    assert known_one == unknown


def _every_answer(world: World, email: str) -> list[tuple[int, dict[str, str], str]]:
    """What an address gets to see on the way in, but for ids and the address itself."""
    guest = stranger(world)
    asked = guest.post("/sign-in", {"email": email})
    guest.cookies["kekal_sign_in"] = asked.cookies["kekal_sign_in"]
    wrong = f"{(int(world.house.keys.digits(UUID(guest.cookies['kekal_sign_in']))) + 1) % 1_000_000:06d}"
    answers = [asked, guest.get("/sign-in/code"), *(guest.post("/sign-in/code", {"code": wrong}) for _ in range(6))]
    ids = {guest.cookies["kekal_sign_in"]: "ID", guest.csrf: "TOKEN", email: "ADDRESS"}
    return [
        (answer.status_code, {k: _without(v, ids) for k, v in answer.headers.items()}, _without(answer.text, ids))
        for answer in answers
    ]


def _without(words: str, ids: dict[str, str]) -> str:
    for found, name in ids.items():
        words = words.replace(found, name)
    return words


def test_an_unknown_address_gets_no_mail_and_no_code_opens(standing: World, visitor: Visitor) -> None:
    ask(visitor, "a.stranger@nowhere.example")
    standing.work()

    assert not [mail for mail in standing.mails() if mail.to == ["a.stranger@nowhere.example"]]
    assert enter(visitor, code_of(visitor)).status_code == 422


@pytest.mark.parametrize(
    "typed",
    ["", "ruth", "a b@c.example", "a@b", "a\0b@c.example", "x" * 300 + "@c.example", "a@@b.co", "a..b@c.example"],
)
def test_what_is_no_address_is_said_beside_the_field(standing: World, visitor: Visitor, typed: str) -> None:
    before = contents(standing)

    answer = ask(visitor, typed)

    assert answer.status_code == 422
    assert changed(before, contents(standing)) == []


def at_cedar_dental_too(world: World, person: Person) -> Account:
    """From now on they work for two companies."""
    with world.writing() as session:
        cedar = session.scalars(select(Account).where(Account.external_id == "cedar-dental")).one()
        session.add(Person(account_id=cedar.id, email=person.email, name=person.name, roles=["viewer"]))
    return cedar


def test_somebody_in_two_companies_chooses_and_can_change(standing: World, visitor: Visitor, someone: Person) -> None:
    cedar = at_cedar_dental_too(standing, someone)
    ask(visitor, someone.email)

    answer = enter(visitor, code_of(visitor))
    page = visitor.get("/choose-account").text
    chosen = visitor.post("/choose-account", {"account": str(cedar.id)}, page="/choose-account")
    shown = visitor.get("/").text
    back = visitor.post("/choose-account", {"account": str(someone.account_id)}, page="/choose-account")

    assert answer.headers["location"].partition("?")[0] == "/choose-account"
    assert "Cedar Dental" in page
    assert (chosen.status_code, back.status_code) == (303, 303)
    assert "Cedar Dental" in shown
    assert "Cedar Dental" not in visitor.get("/").text


def test_who_chooses_a_company_goes_on_to_where_they_were_going(
    standing: World, visitor: Visitor, someone: Person
) -> None:
    cedar, wanted = at_cedar_dental_too(standing, someone), "/documents?a=1&b=%2F"
    ask(visitor, someone.email, next=wanted)

    choice = enter(visitor, code_of(visitor)).headers["location"]
    next_path = html.unescape(re.findall(r'name="next" value="(/documents[^"]*)"', visitor.get(choice).text)[0])
    chosen = visitor.post("/choose-account", {"account": str(cedar.id), "next": next_path}, page=choice)

    assert chosen.headers["location"] == wanted


@pytest.mark.parametrize(
    "path", ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", ""]
)
def test_choosing_a_company_leads_to_no_other_site(standing: World, someone: Person, path: str) -> None:
    guest = known(standing, someone)

    page = guest.get(f"/choose-account?next={quote(path)}").text
    chosen = guest.post("/choose-account", {"account": str(someone.account_id), "next": path})

    assert "evil.example" not in page
    assert chosen.headers["location"] == "/"


def test_nobody_chooses_a_company_that_is_not_theirs(standing: World, someone: Person) -> None:
    guest = known(standing, someone)
    with standing.reading() as session:
        halden = session.scalars(select(Account.id).where(Account.external_id == "halden-bank")).one()

    theirs, nowhere = (guest.post("/choose-account", {"account": str(key)}) for key in (halden, new_key()))

    assert (theirs.status_code, nowhere.status_code) == (404, 404)
    assert theirs.text == nowhere.text


def test_staff_sign_in_by_a_mailed_link(standing: World, visitor: Visitor) -> None:
    ask(visitor, MAYA)
    standing.work()

    mail = next(mail for mail in standing.mails() if mail.to == [MAYA] and mail.kind == "sign_in")
    path = LINK.search(mail.text)
    assert path is not None
    answer = visitor.post(path[1], page=path[1])

    assert (answer.status_code, answer.headers["location"]) == (303, "/admin")
    assert visitor.get("/admin").status_code == 200
    assert visitor.get("/documents").status_code == 403


# Sessions


def test_a_planted_cookie_never_lets_anybody_in(standing: World, visitor: Visitor, someone: Person) -> None:
    planted = "p" * 43
    visitor.client.cookies.set("kekal_session", planted, domain="testserver.local")
    before = is_signed_in(visitor)

    ask(visitor, someone.email)
    enter(visitor, code_of(visitor))
    attacker = Guest(standing, {"kekal_session": planted}, "")

    assert not before
    assert visitor.client.cookies.get("kekal_session") != planted
    assert is_signed_in(visitor)
    assert attacker.get("/").status_code == 303


def test_signing_in_makes_a_new_session_and_ends_the_one_before(standing: World, someone: Person) -> None:
    first = known(standing, someone)
    asked = first.post("/sign-in", {"email": someone.email})
    code = standing.house.keys.digits(UUID(asked.cookies["kekal_sign_in"]))
    first.cookies["kekal_sign_in"] = asked.cookies["kekal_sign_in"]

    answer = first.post("/sign-in/code", {"code": code})

    assert answer.cookies["kekal_session"] != first.cookies["kekal_session"]
    assert first.get("/").status_code == 303
    assert Guest(standing, {"kekal_session": answer.cookies["kekal_session"]}, "").get("/").status_code == 200


def test_signing_out_ends_the_session_itself_and_not_only_the_cookie(standing: World, someone: Person) -> None:
    here, elsewhere = known(standing, someone), known(standing, someone)

    answer = here.post("/sign-out")

    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert here.get("/").status_code == 303
    assert elsewhere.get("/").status_code == 200


@pytest.mark.parametrize(
    ("started", "seen", "answer"),
    [
        (IDLE_LIMIT, IDLE_LIMIT - MINUTE, 200),
        (IDLE_LIMIT + MINUTE, IDLE_LIMIT + MINUTE, 303),
        (ABSOLUTE_LIMIT - MINUTE, MINUTE, 200),
        (ABSOLUTE_LIMIT + MINUTE, MINUTE, 303),
    ],
    ids=["seen within twelve hours", "idle for twelve hours", "not yet two weeks old", "older than two weeks"],
)
def test_a_session_ends_after_twelve_idle_hours_or_two_weeks(
    standing: World, someone: Person, started: timedelta, seen: timedelta, answer: int
) -> None:
    guest = known(standing, someone, started=started, seen=seen)

    assert guest.get("/").status_code == answer


def test_being_seen_keeps_a_session_alive_and_is_noted_at_most_every_five_minutes(
    standing: World, someone: Person
) -> None:
    rare, frequent = known(standing, someone, seen=6 * MINUTE), known(standing, someone, seen=4 * MINUTE)
    rare.get("/")
    frequent.get("/")

    with standing.reading() as session:
        idle = {
            guest.subject: machine_now() - session.get_one(WebSession, UUID(guest.subject)).seen_at
            for guest in (rare, frequent)
        }

    assert idle[rare.subject] < MINUTE
    assert idle[frequent.subject] > 3 * MINUTE


def test_a_removed_colleague_is_out_on_the_next_request_and_an_old_session_never_comes_back(
    standing: World, someone: Person
) -> None:
    owner, friend = known(standing, someone), colleague(standing, someone, "friend@away.example", "viewer")
    guest = known(standing, friend)
    before = guest.get("/").status_code

    owner.post(f"/people/{friend.id}/removal")
    after = guest.get("/").status_code
    invited = owner.post("/people", {"name": "Friend", "email": friend.email, "role": "owner"})

    assert (before, after, invited.status_code) == (200, 303, 303)
    assert guest.get("/").status_code == 303
    assert known(standing, friend).get("/").status_code == 200


def test_a_removed_colleague_is_out_even_where_their_session_was_not_ended(standing: World, someone: Person) -> None:
    friend = colleague(standing, someone, "left@away.example", "viewer")
    with standing.writing() as session:
        session.execute(update(Person).where(Person.id == friend.id).values(active=False))
    guest = known(standing, friend)

    assert guest.get("/").status_code == 303


def test_a_change_of_role_ends_the_sessions_begun_before_it(standing: World, someone: Person) -> None:
    friend = colleague(standing, someone, "promoted@here.example", "viewer")
    guest = known(standing, friend)
    with standing.writing() as session:
        session.execute(update(Person).where(Person.id == friend.id).values(roles=["owner"]))

    assert guest.get("/").status_code == 303


def test_two_owners_who_remove_each_other_at_once_leave_one(standing: World, someone: Person) -> None:
    other = colleague(standing, someone, "second.owner@here.example", "owner")
    pairs = [(known(standing, someone), other), (known(standing, other), someone)]

    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(lambda pair: pair[0].post(f"/people/{pair[1].id}/removal"), pairs))
    with standing.reading() as session:
        left = session.scalars(
            select(Person).where(
                Person.account_id == someone.account_id, Person.active, Person.roles.contains(["owner"])
            )
        ).all()

    assert len(left) == 1
    assert [answer.headers.get("Location") for answer in answers].count("/people") == 1  # the other asks who they are


def test_two_invitations_of_one_address_at_once_are_one_person(standing: World, someone: Person) -> None:
    guests = [known(standing, someone) for _ in range(4)]
    form = {"name": "New Colleague", "email": "same@here.example", "role": "viewer"}

    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda guest: guest.post("/people", form).status_code, guests))

    assert sorted(answers) == [303, 422, 422, 422]


# What a mailed link about a renewal opens


@pytest.fixture
def ruth(standing: World) -> Person:
    return standing.person(RUTH)


def test_the_mail_about_a_renewal_leads_to_a_button_and_then_to_the_renewal(standing: World, visitor: Visitor) -> None:
    mail = next(mail for mail in standing.mails() if mail.to == [RUTH] and mail.kind == "renewal_ready")
    path = LINK.search(mail.text)
    assert path is not None

    page = visitor.get(path[1])
    answer = visitor.post(path[1], page=path[1])

    assert "Open your renewal" in page.text
    assert answer.headers["location"] == f"/renewals/{mail.about}"
    assert "Growth renews on" in visitor.get(answer.headers["location"]).text


def test_the_link_survives_twenty_fetches_and_opens_nothing_by_itself(
    standing: World, visitor: Visitor, ruth: Person
) -> None:
    renewal = standing.renewal("cedar-dental")
    path = mailed_link(standing, ruth, renewal)
    before = contents(standing)

    scanner = standing.visitor()
    seen = [scanner.client.request(method, path).status_code for method in ("HEAD", "GET") * 10]

    assert set(seen) == {200}
    assert changed(before, contents(standing)) == []
    assert scanner.get(f"/renewals/{renewal}").status_code == 303
    assert visitor.post(path, page=path).status_code == 303


def test_with_the_link_one_can_look_and_pay_with_a_new_card_at_stripe(
    standing: World, visitor: Visitor, ruth: Person
) -> None:
    renewal = standing.renewal("cedar-dental")
    by_link(visitor, ruth, renewal)
    page = visitor.get(f"/renewals/{renewal}").text
    form = {"option": visitor.options(renewal)[0], "terms": re.findall(r'name="terms" value="([^"]+)"', page)[0]}

    answer = visitor.post(f"/renewals/{renewal}/card", form, page=f"/renewals/{renewal}/card")
    leaving = visitor.get(f"/renewals/{renewal}/payment").text
    stopped = visitor.post(f"/renewals/{renewal}/payment/withdrawal", page=f"/renewals/{renewal}/payment")

    assert "4242" not in page
    assert answer.headers["location"] == f"/renewals/{renewal}/payment"
    assert f'href="{standing.sandbox.url}' in leaving
    assert stopped.status_code == 303
    assert standing.sandbox.charges(renewal) == []


def test_with_the_link_one_can_say_no_and_take_it_back(standing: World, visitor: Visitor, ruth: Person) -> None:
    renewal = standing.renewal("cedar-dental")
    by_link(visitor, ruth, renewal)

    no = visitor.post(f"/renewals/{renewal}/opt-out", {"reason": "price"}, page=f"/renewals/{renewal}/opt-out")
    with standing.reading() as session:
        declined = session.get_one(Renewal, renewal).is_declined
    yes = visitor.post(f"/renewals/{renewal}/opt-out/withdrawal", page=f"/renewals/{renewal}/opt-out")

    assert (no.status_code, yes.status_code) == (303, 303)
    assert declined


@pytest.mark.parametrize("path", ["/", "/documents", "/people", "/documents/0198c0de-0000-7000-8000-000000000000"])
def test_everything_else_asks_the_holder_of_a_link_for_a_code_with_the_address_filled_in(
    standing: World, visitor: Visitor, ruth: Person, path: str
) -> None:
    by_link(visitor, ruth, standing.renewal("cedar-dental"))

    answer = visitor.get(path)
    page = visitor.get(answer.headers["location"]).text

    assert answer.headers["location"] == f"/sign-in?next={path}"
    assert f'value="{RUTH}"' in page
    assert f'name="next" value="{path}"' in page


def test_a_mailed_link_never_charges_the_card_on_file_but_leads_to_a_new_one(
    standing: World, visitor: Visitor, ruth: Person
) -> None:
    renewal = standing.renewal("cedar-dental")
    by_link(visitor, ruth, renewal)
    before = contents(standing)

    answer = visitor.click(renewal)

    assert answer.headers["location"].startswith(f"/renewals/{renewal}/card?option=")
    assert changed(before, contents(standing)) == []
    assert standing.sandbox.charges(renewal) == []


def test_the_link_opens_its_one_renewal_and_no_other_of_the_same_company(
    standing: World, visitor: Visitor, ruth: Person
) -> None:
    renewal = standing.renewal("cedar-dental")
    with standing.reading() as session:
        won = select(Renewal.id).where(Renewal.account_id == ruth.account_id, Renewal.state == RenewalState.WON)
        past = session.scalars(won).first()
    by_link(visitor, ruth, renewal)

    seen = {tail: visitor.get(f"/renewals/{past}{tail}").status_code for tail in ("", "/value", "/payment", "/opt-out")}

    assert visitor.get(f"/renewals/{renewal}").status_code == 200
    assert set(seen.values()) == {404}
    assert known(standing, ruth).get(f"/renewals/{past}").status_code == 200


def test_an_expired_link_says_so_and_opens_nothing(standing: World, visitor: Visitor, ruth: Person) -> None:
    path = mailed_link(standing, ruth, standing.renewal("cedar-dental"), life=-MINUTE)

    page, answer = visitor.get(path), visitor.post(path, page="/sign-in")

    assert "has run out" in page.text
    assert answer.status_code == 409
    assert "kekal_session" not in visitor.client.cookies


def test_a_revoked_link_and_the_link_of_somebody_who_left_open_nothing(
    standing: World, visitor: Visitor, ruth: Person, someone: Person
) -> None:
    renewal = standing.renewal("cedar-dental")
    gone = colleague(standing, ruth, "gone@cedar-dental.example", "buyer")
    theirs, revoked = mailed_link(standing, gone, renewal), mailed_link(standing, ruth, renewal)
    with standing.writing() as session:
        session.execute(update(Person).where(Person.id == gone.id).values(active=False))
        session.execute(update(Link).where(Link.person_id == ruth.id).values(revoked_at=machine_now()))

    answers = {visitor.post(path, page="/sign-in").status_code for path in (theirs, revoked)}

    assert answers == {409}
    assert "kekal_session" not in visitor.client.cookies


def test_a_link_that_mixes_two_companies_is_no_link(standing: World, visitor: Visitor, someone: Person) -> None:
    renewal, ruth = standing.renewal("cedar-dental"), standing.person(RUTH)
    path = mailed_link(standing, ruth, renewal)
    with standing.writing() as session:
        session.execute(update(Link).where(Link.person_id == ruth.id).values(person_id=someone.id))

    answers = {visitor.get(path).status_code, visitor.post(path, page="/sign-in").status_code}

    assert answers == {404}


def test_a_code_lifts_the_holder_of_a_link_to_everything_and_back_to_the_page(
    standing: World, visitor: Visitor, ruth: Person
) -> None:
    renewal = standing.renewal("cedar-dental")
    by_link(visitor, ruth, renewal)
    before = visitor.client.cookies["kekal_session"]
    ask(visitor, RUTH, next=f"/renewals/{renewal}")

    answer = enter(visitor, code_of(visitor))

    assert answer.headers["location"] == f"/renewals/{renewal}"
    assert visitor.client.cookies["kekal_session"] != before
    assert visitor.get("/documents").status_code == 200
    assert Guest(standing, {"kekal_session": before}, "").get(f"/renewals/{renewal}").status_code == 303


def test_a_link_does_not_lower_who_is_signed_in_already(standing: World, ruth: Person) -> None:
    renewal = standing.renewal("cedar-dental")
    guest = known(standing, ruth, Level.CODE)

    answer = guest.post(mailed_link(standing, ruth, renewal))

    assert answer.headers["location"] == f"/renewals/{renewal}"
    assert "kekal_session" not in answer.cookies
    assert guest.get("/documents").status_code == 200


def test_tokens_and_codes_rest_nowhere_in_the_database(standing: World, visitor: Visitor, someone: Person) -> None:
    ask(visitor, someone.email)
    code, token = code_of(visitor), link_of(visitor).rpartition("/")[2]
    standing.work()
    enter(visitor, code)
    cookie = visitor.client.cookies["kekal_session"]

    with standing.reading() as session:
        tables = session.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all()
        kept = "\n".join(
            row for table in tables if table not in ("usage", "event")
            for row in session.scalars(text(f'SELECT t::text FROM "{table}" t'))
        )
        said = session.scalar(text("SELECT string_agg(text, '') FROM message WHERE kind = 'sign_in'"))

    assert cookie not in kept
    assert token not in kept
    assert code not in str(said)
    assert CSRF.search(visitor.get("/").text)
