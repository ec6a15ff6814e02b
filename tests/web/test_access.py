"""Access: every door, every way to knock, everybody who may stand before it; and whose things nobody else sees."""

import httpx
import pytest
from litestar import Litestar, get

from app import main
from gateways.browser import Side
from tests.web.cast import Cast
from tests.web.doors import ROLES, Door, Things, doors, matrix, unknown, unsafe
from tests.web.guest import Guest, known
from tests.web.standing import changed, contents
from tests.world import World

WITHOUT_FORM = ("/webhooks/stripe", "/demo/clock", "/demo/sign-in")
"""The only unsafe doors without a form's token: one is signed, two are the demo's own. Programs bring a token of
their own, which no browser sends by itself."""
WORDS = {"allow", "login", "code", "deny403", "deny404", "signed", "token"}
RUTH, ADAM = "ruth@cedar-dental.example", "adam@lumen.example"
FILLED: dict[str, dict[str, str]] = {"/demo/sign-in": {"email": RUTH}}
CUSTOMERS = ("link_holder", "viewer", "procurement", "signer", "buyer", "owner", "other_owner")
ALL = [(row["route"], row["method"]) for row in matrix()]


@pytest.fixture(scope="module")
def cast_here(standing: World) -> Cast:
    return Cast(standing)


def outcome(guest: Guest, door: Door, answer: httpx.Response) -> str:
    """What the matrix calls this answer."""
    location = answer.headers.get("location", "")
    if answer.status_code == 401:
        return "token"
    if answer.status_code in (403, 404):
        return f"deny{answer.status_code}"
    if door.path == "/webhooks/stripe" and answer.status_code == 400:
        return "signed"
    if location.startswith("/sign-in?next="):
        return "code" if guest.person and f'value="{guest.person.email}"' in guest.get(location).text else "login"
    assert answer.status_code < 500, (door, answer.status_code)
    return "allow"


def knock(cast: Cast, door: Door, role: str) -> str:
    """What it answers, by the first of its methods."""
    guest = cast.look(role) if door.is_safe else cast.come(role)
    form = FILLED.get(door.path, {"account": str(cast.own.account_id)})
    return outcome(guest, door, guest.ask(door.method, cast.own.fill(door.path), form))


def row_of(cast: Cast, door: Door) -> dict[str, str]:
    return {"route": door.path, "method": door.methods} | {role: knock(cast, door, role) for role in ROLES}


def test_every_door_has_its_row_and_every_row_its_door(standing: World) -> None:
    hung = [(door.path, door.methods) for door in doors(standing.app)]

    assert sorted(set(hung) - set(ALL)) == [], "read these doors, then write their rows"
    assert sorted(set(ALL) - set(hung)) == [], "these rows have no door any more"
    assert len(ALL) == len(set(ALL))


def test_the_matrix_knows_everybody_and_uses_only_its_own_words() -> None:
    rows = matrix()

    assert tuple(rows[0])[2:] == ROLES
    assert {row[role] for row in rows for role in ROLES} <= WORDS


@pytest.mark.parametrize(("route", "method"), ALL, ids=[f"{method} {route}" for route, method in ALL])
def test_a_door_opens_to_exactly_those_the_matrix_names(cast_here: Cast, route: str, method: str) -> None:
    door = next(door for door in doors(cast_here.world.app) if (door.path, door.methods) == (route, method))
    written = next(row for row in matrix() if (row["route"], row["method"]) == (route, method))

    assert row_of(cast_here, door) == written


def test_a_head_opens_no_door_that_a_get_does_not(cast_here: Cast) -> None:
    guests = [cast_here.look(role) for role in ("anonymous", "owner")]
    safe = [door for door in doors(cast_here.world.app) if door.is_safe and "HEAD" in door.methods]

    differ = [
        (door.path, guest.person and guest.person.email)
        for door in safe for guest in guests
        if len({guest.ask(method, cast_here.own.fill(door.path)).status_code for method in ("GET", "HEAD")}) > 1
    ]

    assert len(safe) > 60
    assert differ == []


def test_a_door_without_an_access_stays_shut(standing: World) -> None:
    @get("/forgotten", sync_to_thread=False)
    def forgotten() -> str:
        return "a secret"

    served = main.build(standing.house)
    served.register(forgotten)
    answers = [known(standing, standing.person(email)).ask("GET", "/forgotten", app=served) for email in (RUTH, ADAM)]

    assert [answer.status_code for answer in answers] == [403, 403]


def test_every_door_says_who_may_enter(standing: World) -> None:
    assert [door.path for door in doors(standing.app) if door.access is None] == []
    assert [door for door in doors(standing.app) if door.access.side is Side.ANYBODY and door.access.permission] == []


@pytest.mark.parametrize(
    "path",
    ["/documents/", "//documents", "/DOCUMENTS", "/./documents", "/%2e/documents", "/people/..;/documents",
     "/documents%00", "/documents;a=b", "/documents?x=1", "/admin/", "//admin", "/%61dmin"],
)
def test_no_spelling_of_an_address_goes_round_the_door(standing: World, path: str) -> None:
    answers = [standing.visitor().client.request(method, path, follow_redirects=False) for method in ("GET", "HEAD")]

    assert all(answer.status_code in (303, 404) for answer in answers)


MADE_ON_ASKING = {
    "token", "person_id", "step_id", "feed_id", "bulk_id", "quote_id", "review_id", "delegation_id", "link_id",
    "objection_id", "instalment_id",
}
"""What there is only once a test names it."""


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"])
def test_other_methods_are_refused_and_change_nothing(standing: World, cast_here: Cast, method: str) -> None:
    guest, before = cast_here.come("owner"), contents(standing)
    tricks = {"X-HTTP-Method-Override": "POST", "X-Method-Override": "POST", "HX-Request": "true"}

    answers = {
        guest.ask(method, cast_here.own.fill(door.path), headers=tricks).status_code
        for door in doors(standing.app) if not MADE_ON_ASKING & set(door.parameters)
    }

    assert answers <= {403, 404, 405}
    assert changed(before, contents(standing)) == []


# Other companies' things


def object_doors(app: Litestar) -> list[Door]:
    named = {"renewal_id", "document_id", "person_id", "account_id", "feed_id", "quote_id"}
    return [door for door in doors(app) if named & set(door.parameters)]


def test_the_thing_of_another_company_answers_byte_for_byte_like_one_that_is_not_there(
    standing: World, cast_here: Cast
) -> None:
    theirs = {
        things: {door.path: things.fill(door.path) for door in object_doors(standing.app)}
        for things in (cast_here.own, cast_here.other)
    }
    guests, before = [cast_here.look(role) for role in CUSTOMERS], contents(standing)

    differences = [
        (guest.person and guest.person.email, door.method, door.path)
        for guest in guests
        for door in object_doors(standing.app)
        if _told(guest, door.method, theirs[_not_theirs(guest, cast_here)][door.path])
        != _told(guest, door.method, unknown(door.path))
    ]

    assert differences == []
    assert changed(before, contents(standing)) == []


def _not_theirs(guest: Guest, cast: Cast) -> Things:
    is_other = guest.person and guest.person.account_id == cast.other.account_id
    return cast.own if is_other else cast.other


def _told(guest: Guest, method: str, path: str) -> tuple[int, list[tuple[str, str]], str]:
    """All that comes back, but for the ids of the address itself."""
    answer = guest.ask(method, path, {"reason": "price", "message": "Hello"})
    ids = [part for part in path.split("/") if len(part) >= 36]
    body, headers = answer.text, [(name, value) for name, value in answer.headers.multi_items()]
    for part in ids:
        body, headers = body.replace(part, "ID"), [(name, value.replace(part, "ID")) for name, value in headers]
    return answer.status_code, headers, body


def test_another_companys_option_is_as_stale_as_one_that_never_was(standing: World, cast_here: Cast) -> None:
    guest, renewal, before = cast_here.come("owner"), cast_here.own.renewal_id, contents(standing)

    told = [
        [
            (answer.status_code, answer.text.replace(option, "HASH"))
            for answer in (
                guest.get(f"/renewals/{renewal}/price/{option}"),
                guest.get(f"/renewals/{renewal}/card?option={option}"),
                guest.post(f"/renewals/{renewal}/payment", {"option": option, "terms": "2026-01-01"}),
                guest.post(f"/renewals/{renewal}/card", {"option": option, "terms": "2026-01-01"}),
            )
        ]
        for option in (cast_here.other.content_hash, "f" * 64)
    ]

    assert told[0] == told[1]
    assert changed(before, contents(standing)) == []


def test_pages_that_are_remembered_keep_each_readers_own_form_token(standing: World, cast_here: Cast) -> None:
    page = f"/renewals/{cast_here.own.renewal_id}"
    guests = [cast_here.come(role) for role in ("owner", "owner", "buyer", "link_holder", "viewer")]

    tokens = [set(_tokens(guest.get(page).text)) for guest in guests for _ in range(2)]

    assert tokens == [{guest.csrf} for guest in guests for _ in range(2)]


def _tokens(page: str) -> list[str]:
    return [part.split('"', 1)[0] for part in page.split('name="csrf" value="')[1:]]


# Forms that did not come from our page


def test_only_the_signed_and_the_demos_own_forms_need_no_token(standing: World) -> None:
    without = [door.path for door in unsafe(standing.app) if not door.access.form]

    assert sorted(path for path in without if not path.startswith("/api/v1/")) == sorted(WITHOUT_FORM)


def test_a_program_is_known_by_its_token_and_never_by_a_cookie(standing: World, cast_here: Cast) -> None:
    api = [door for door in doors(standing.app) if door.path.startswith("/api/v1/")]
    admin = cast_here.come("admin")

    answers = [admin.ask(door.method, cast_here.own.fill(door.path)).status_code for door in api]
    guessed = [
        admin.ask(door.method, cast_here.own.fill(door.path), headers={"Authorization": "Bearer kekal_" + "x" * 43})
        for door in api
    ]

    assert len(api) > 2
    assert {*answers, *(answer.status_code for answer in guessed)} == {401}


FORGERIES: dict[str, dict[str, object]] = {
    "without a token": {"csrf": ""},
    "with a wrong token": {"csrf": "A" * 43},
    "from another origin": {"headers": {"Origin": "https://evil.example"}},
    "from a look-alike": {"headers": {"Origin": "http://testserver.local.evil.example"}},
    "from nowhere": {"headers": {"Origin": "null"}},
    "across sites": {"headers": {"Sec-Fetch-Site": "cross-site"}},
    "from a sister site": {"headers": {"Sec-Fetch-Site": "same-site"}},
    "as plain text": {"headers": {"Content-Type": "text/plain"}},
    "as JSON": {"headers": {"Content-Type": "application/json"}},
    "as nothing": {"content": b""},
}


@pytest.mark.parametrize("how", [*FORGERIES, "with another session's token", "with a visitor's token"])
def test_a_forged_form_is_refused_everywhere_and_nothing_is_written(
    standing: World, cast_here: Cast, how: str
) -> None:
    forged = dict(FORGERIES.get(how, {}))
    if how.startswith("with a"):
        forged.setdefault("csrf", cast_here.come("anonymous" if "visitor" in how else "owner").csrf)
    knocks = [
        (guest, door.method, cast_here.own.fill(door.path))
        for role in ("owner", "admin", "anonymous")
        if (guest := cast_here.come(role))
        for door in unsafe(standing.app)
        if door.access.form and _lets_in(door, role)
    ]
    before = contents(standing)

    let_in = [
        (path, answer.status_code)
        for guest, method, path in knocks
        if (answer := guest.ask(method, path, {"email": "x@y.example", "reason": "price"}, **forged)).status_code != 403  # type: ignore[arg-type]
    ]

    assert let_in == []
    assert changed(before, contents(standing)) == []


def _lets_in(door: Door, role: str) -> bool:
    """Whether somebody of this role would get as far as the form."""
    sides = {"owner": {Side.CUSTOMER, Side.ANYBODY}, "admin": {Side.STAFF}, "anonymous": {Side.ANYBODY}}
    return door.access.side in sides[role]


def test_the_right_form_from_our_page_passes(standing: World, cast_here: Cast) -> None:
    form = {"headers": {"Origin": standing.house.settings.public_url, "Sec-Fetch-Site": "same-origin"}}

    answer = cast_here.come("owner").ask("POST", "/language", {"locale": "ms"}, **form)  # type: ignore[arg-type]

    assert answer.status_code == 303


def test_a_token_from_before_signing_in_is_worth_nothing_after(standing: World, cast_here: Cast) -> None:
    visitor, owner = cast_here.come("anonymous"), cast_here.come("owner")
    owner.cookies |= visitor.cookies

    assert owner.ask("POST", "/language", {"locale": "ms"}, csrf=visitor.csrf).status_code == 403
