"""Input: whatever people and robots type, nothing of it runs, leads away, changes a price or breaks a page."""

import re
from datetime import date, timedelta
from html.parser import HTMLParser
from urllib.parse import quote, urljoin, urlsplit

import httpx
import pytest
from sqlalchemy import delete, select

from app.demo import time
from app.records import METADATA
from app.session import SignIn
from app.transaction import Role
from gateways.browser import Side, own_path
from renewals.account import Account, Card
from renewals.activity import Activity
from renewals.choice import Choice
from renewals.person import Person
from renewals.renewal import CLOSED, Renewal
from tests.web.cast import Cast
from tests.web.doors import unsafe
from tests.web.guest import Guest, known, stranger
from tests.web.standing import owner_of_the_database
from tests.world import PUBLIC_URL, Visitor, World, click_form

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture(scope="module")
def cast_here(standing: World) -> Cast:
    return Cast(standing)


# Nothing of it runs

SCRIPTS = [
    "<script>alert(1)</script>", "</title><script>alert(1)</script>", "</textarea><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>", "<svg><script>alert(1)</script></svg>",
    "\" onfocus=alert(1) autofocus=\"", "' onfocus='alert(1)' autofocus='", "\"><img src=x onerror=alert(1)>",
    "'><svg onload=alert(1)>", "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,<script>alert(1)</script>",
    "<a href=javascript:alert(1)>x</a>", "<iframe srcdoc='<script>alert(1)</script>'>", "<body onload=alert(1)>",
    "<math><mtext></mtext><script>alert(1)</script></math>", "<!--<img src=--><img src=x onerror=alert(1)//>",
    "<<script>alert(1)//<</script>", "<scr<script>ipt>alert(1)</scr</script>ipt>", "{{7*7}}", "{% raw %}", "${7*7}",
    "#{7*7}", "{{ config }}", "{{''.__class__.__mro__}}", "%3Cscript%3Ealert(1)%3C/script%3E",
    "&lt;script&gt;alert(1)&lt;/script&gt;", "&#60;script&#62;", "<script>alert(1)</script>",
    "＜script＞alert(1)＜/script＞", "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<base href=//evil.example/>", "<form action=//evil.example><input name=csrf>",
    "<button formaction=//evil.example>x",
    "<link rel=stylesheet href=//evil.example/x.css>", "<style>*{background:url(//evil.example)}</style>",
    "<input type=hidden name=csrf value=x>", "<details open ontoggle=alert(1)>", "x' OR '1'='1'; DROP TABLE event; --",
]


class Reader(HTMLParser):
    """Reads a page as a browser does, and notes what would run, leave, or catch a form."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.dangers: list[str] = []
        self.words: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in ("iframe", "base", "style", "object", "embed") or (tag == "script" and "src" not in given):
            self.dangers.append(tag)
        if tag == "meta" and "http-equiv" in given:
            self.dangers.append("meta refresh")
        self.dangers += [name for name in given if name.startswith(("on", "srcdoc", "formaction", "style"))]
        for name in ("href", "src", "action"):
            where = (given.get(name) or "").strip().lower()
            if where.startswith(("javascript:", "data:", "//", "vbscript:")) or "evil.example" in where:
                self.dangers.append(f"{name}={where}")

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def test_the_reader_of_this_test_would_see_a_script_that_runs() -> None:
    harmful = [text for text in SCRIPTS if text.startswith("<") and text.rstrip(">").isascii()]

    assert len([text for text in harmful if Reader(text).dangers]) >= 20


@pytest.mark.parametrize("payload", SCRIPTS)
def test_what_people_type_is_shown_and_never_runs(standing: World, cast_here: Cast, payload: str) -> None:
    owner, renewal = cast_here.look("owner"), f"/renewals/{cast_here.own.renewal_id}"
    number = SCRIPTS.index(payload)
    standing.stand_at(time.FIRST_DAY + timedelta(days=number // 19 * 2))  # a company invites twenty a day, not more

    pages = [
        owner.post("/people", {"name": payload, "email": "no address", "role": payload}),
        owner.post("/people", {"name": f"{number} {payload}", "email": f"x{number}@here.example", "role": "viewer"}),
        owner.get("/people"),
        owner.post(f"{renewal}/ask", {"message": payload}),
        owner.post(f"{renewal}/ask", {"message": "", "po": payload}),
        owner.post(f"{renewal}/invoice", {"message": payload * 200, "po": payload, "billing_email": payload}),
        owner.post(f"{renewal}/opt-out", {"reason": payload, "words": payload}),
        owner.get(f"{renewal}/card?option={quote(payload)}"),
        owner.get(f"{renewal}/price/{quote(payload, safe='')}"),
        owner.post("/sign-in", {"email": payload, "next": payload}),
        owner.get(f"/sign-in?next={quote(payload)}"),
        owner.get(f"/nothing/{quote(payload)}"),
        owner.ask("GET", "/people", headers={"Accept-Language": payload.encode("ascii", "ignore").decode()}),
    ]

    assert [Reader(page.text).dangers for page in pages if Reader(page.text).dangers] == []
    assert max(page.status_code for page in pages) < 500
    assert f"{number} {payload}" in "".join(Reader(pages[2].text).words)


def test_what_people_typed_reaches_the_staff_and_the_mails_as_words(standing: World, cast_here: Cast) -> None:
    """After all of the above: the record of the renewal, the audit log, and every mail that followed."""
    owner = cast_here.look("owner")
    owner.post(f"/renewals/{cast_here.own.renewal_id}/ask", {"message": SCRIPTS[0] + SCRIPTS[3]})
    standing.work()
    admin = cast_here.look("admin")
    pages = [
        admin.get(path).text for path in (
            f"/admin/renewals/{cast_here.own.renewal_id}", f"/admin/accounts/{cast_here.own.account_id}",
            "/admin/audit",
        )
    ]
    mails = [mail for mail in standing.mails() if mail.kind in ("invitation", "question")]

    assert len(mails) > 20
    assert [Reader(page).dangers for page in pages if Reader(page).dangers] == []
    for mail in mails:
        assert not {"script", "iframe", "base"} & set(Reader(mail.html.replace(" style=", " data-s=")).dangers)
        assert not [name for name in Reader(mail.html.replace(" style=", " data-s=")).dangers if name.startswith("on")]
        assert "\n" not in mail.subject


# Nothing leads away

AWAY = [
    "https://evil.example", "http://evil.example", "//evil.example", "///evil.example", "////evil.example",
    "/\\evil.example", "\\/evil.example", "\\\\evil.example", "/\\/evil.example", "/\t/evil.example",
    "\t//evil.example", " //evil.example", "/\n/evil.example", "/\r\n/evil.example", "\x00//evil.example",
    "/\x00/evil.example",
    "https:evil.example", "https:/evil.example", "http:\\\\evil.example", "javascript:alert(1)", "JAVASCRIPT:alert(1)",
    "java\tscript:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd", "ftp://evil.example",
    "@evil.example", "user@evil.example", "testserver.local@evil.example", "//testserver.local@evil.example",
    "http://testserver.local.evil.example", "http://testserver.local@evil.example", ".evil.example", "evil.example",
    "//evil.example/%2e%2e", "/%09/evil.example", "/%5cevil.example", "/%2f%2fevil.example", "%2f%2fevil.example",
    "//%65vil.example", "//evil%E3%80%82example", "／／evil.example", "/／evil.example", "//evil.example#/",
    "//evil.example?/",
    "?next=//evil.example", "#//evil.example", "/\u2028/evil.example", "/\u00a0/evil.example", "//[::1]", "//127.0.0.1",
    "//0x7f.1", "/..//evil.example", "/./ /evil.example", "/;//evil.example", "//evil.example:80",
    "http:///evil.example",
    "/a\r\nSet-Cookie: kekal_session=x", "/a\r\nLocation: //evil.example", "/a%0d%0aSet-Cookie:x=1",
    "h\u0442tp://evil.example",
    "/" + "a" * 5000, "",
]


def leads_home(location: str) -> bool:
    """Where a browser would go: it drops tabs and line ends, and takes a backslash for a slash."""
    seen = re.sub(r"[\t\r\n]", "", location.strip()).replace("\\", "/")
    there = urlsplit(urljoin(PUBLIC_URL + "/somewhere", seen))
    return f"{there.scheme}://{there.netloc}" == PUBLIC_URL and location.isprintable()


def test_this_test_would_see_a_way_out() -> None:
    assert len([way for way in AWAY if not leads_home(way)]) > 35


@pytest.mark.parametrize("away", AWAY, ids=[f"{number}" for number in range(len(AWAY))])
def test_no_field_leads_to_another_site(standing: World, cast_here: Cast, away: str) -> None:
    owner, guest, pelangi = cast_here.come("owner"), stranger(standing), standing.renewal("pelangi-cafe")
    aisyah = known(standing, standing.person("aisyah@pelangi-cafe.example"))
    with standing.writing() as session:
        session.execute(delete(SignIn))

    asked = guest.post("/sign-in", {"email": "who.knows@nowhere.example", "next": away})
    with standing.reading() as session:
        kept = session.scalars(select(SignIn.next_path)).first() or "/"
    page = guest.get(f"/sign-in?next={quote(away, safe='')}").text
    hidden = [part.split('"', 1)[0] for part in page.split('name="next" value="')[1:]]
    answers = [
        owner.post("/language", {"locale": "en", "next": away}),
        aisyah.post(f"/renewals/{pelangi}/payment", {"option": away}),
        owner.get(f"/{quote(away, safe='')}"),
        owner.get(f"/?next={quote(away, safe='')}"),
        owner.post("/choose-account", {"account": str(cast_here.own.account_id), "next": away}),
        asked,
    ]

    assert all(leads_home(answer.headers.get("location", "/")) for answer in answers)
    assert all(answer.headers.get("location", "/").isascii() for answer in answers)
    assert all(leads_home(where) for where in [*hidden, kept])
    assert max(answer.status_code for answer in answers) < 500
    assert not any("set-cookie: kekal_session=x" in str(answer.headers).lower() for answer in answers)
    assert leads_home(own_path(away))


# Nothing changes a price

MONEY = (
    "price", "amount", "amount_minor", "due_minor", "due_now", "total", "unit", "unit_minor", "currency", "discount",
    "bps", "seats", "quantity", "months", "tier", "plan", "product", "lines", "years", "content", "content_hash",
    "policies", "customer", "card", "payment_method", "state", "due_on", "starts_on", "ends_on", "kind", "key",
    "request",
)
VALUES = ("0", "1", "-1", "NaN", "Infinity", "1e9", "0.01", "JPY", "good", "null", "[]", "{\"minor\": 1}", "", "9" * 40)


@pytest.mark.whole_book
def test_no_field_changes_what_is_charged(world: World) -> None:
    """Each value under every name of money at once, at a company of its own; the ledger has the last word."""
    wrong = []
    for (owner, renewal), value in zip(_who_can_pay(world), VALUES, strict=False):
        visitor = world.signed_in(owner.email)
        shown = _priced(world, renewal)
        option = visitor.options(renewal)[0]

        click(visitor, renewal, **dict.fromkeys(MONEY, value))

        charged = [(charge["amount"], charge["currency"].upper()) for charge in world.sandbox.charges(renewal)]
        if charged != [shown[option]]:
            wrong.append((value, charged, shown[option]))

    assert wrong == []


def click(visitor: Visitor, renewal: object, **changes: str) -> httpx.Response:
    """Press the button of the page, with some fields changed or added on the way."""
    path = f"/renewals/{renewal}"
    form = click_form(visitor.get(path).text) | changes
    return visitor.client.post(f"{path}/payment", data=form, follow_redirects=False)


@pytest.mark.parametrize("option", ["", "0", "good", "f" * 64, "0" * 63, "' OR 1=1 --", "../" * 9, "null", "1e9"])
def test_an_option_that_was_not_offered_charges_nothing(standing: World, cast_here: Cast, option: str) -> None:
    visitor, renewal = standing.signed_in("ruth@cedar-dental.example"), cast_here.own.renewal_id

    answer = click(visitor, renewal, option=option)

    assert answer.status_code == 409
    assert standing.sandbox.charges(renewal) == []


@pytest.mark.parametrize("option", ["", "f" * 64])
def test_without_a_card_on_file_an_option_that_was_not_offered_is_not_another_one(standing: World, option: str) -> None:
    """The dearer one that is recommended never takes its place; the page is shown as it is now."""
    visitor = standing.signed_in("aisyah@pelangi-cafe.example")
    renewal = visitor.get("/").text.split('href="/renewals/')[1].split('"')[0]

    answer = click(visitor, renewal, option=option)

    assert answer.status_code == 409
    assert 'name="option"' in answer.text
    assert visitor.get(f"/renewals/{renewal}/card?option={'f' * 64}").status_code == 409


@pytest.mark.parametrize(("field", "typed"), [("po", "4" * 81), ("billing_email", "not-an-email")])
def test_an_invoice_is_asked_for_with_a_number_and_an_address_that_can_be_used(
    standing: World, cast_here: Cast, field: str, typed: str
) -> None:
    path = f"/renewals/{cast_here.own.renewal_id}/invoice"

    answer = cast_here.look("owner").post(path, {"billing_email": "ap@here.example", field: typed})

    assert answer.status_code == 422
    assert f'id="{field}-trouble"' in answer.text


def test_who_asked_for_an_invoice_is_seen_before_anybody_pays_and_the_staff_read_what_for(
    standing: World, cast_here: Cast
) -> None:
    path = f"/renewals/{cast_here.own.renewal_id}"
    cast_here.look("owner").post(f"{path}/invoice", {"billing_email": "ap@here.example", "po": "PO 77-1"})

    for page in ("/", path, f"{path}/card"):
        assert "Invoice asked for by Ruth Calder on" in cast_here.look("buyer").get(page).text
    staff = cast_here.look("csm").get(f"/admin{path}").text
    assert "Order number: PO 77-1" in staff and "Invoice to: ap@here.example" in staff and "Amount: USD" in staff


@pytest.mark.parametrize("terms", ["", "yes", "2019-01-01", "9999-12-31", "2026-01-01T00:00", "f" * 64])
def test_other_terms_than_those_shown_charge_nothing(standing: World, cast_here: Cast, terms: str) -> None:
    visitor, renewal = standing.signed_in("ruth@cedar-dental.example"), cast_here.own.renewal_id

    answer = click(visitor, renewal, terms=terms)

    assert answer.status_code == 409
    assert standing.sandbox.charges(renewal) == []


OFFERED = (date(2026, 8, 10), date(2026, 10, 20))


def _who_can_pay(world: World) -> list[tuple[Person, object]]:
    """Ordinary companies with a card on file and options on their page."""
    with world.reading() as session:
        query = (
            select(Person, Renewal.id)
            .join(Account, Account.id == Person.account_id)
            .join(Card, Card.account_id == Account.id)
            .join(Renewal, Renewal.account_id == Account.id)
            .where(Person.roles.contains(["owner"]), Renewal.state.not_in(CLOSED), Renewal.declined_at.is_(None))
            .where(Account.external_id.not_in(["cedar-dental", "juno-studio"]), Renewal.renews_on.between(*OFFERED))
            .order_by(Renewal.renews_on)
        )
        found = [(person, key) for person, key in session.execute(query)]
    assert len(found) >= len(VALUES)
    return found


def _priced(world: World, renewal: object) -> dict[str, tuple[int, str]]:
    """What each option costs now, from the price itself and not from the page."""
    with world.house.database.begin(Role.WORKER, read_only=True) as (session, now):
        found = session.get_one(Renewal, renewal)
        choice = Choice.of(session, found, found.account.today(now.business))
        return {option.content_hash: (option.due_now.minor, option.due_now.currency) for option in choice.options}


# Nothing is set that was not asked for

COLUMNS = sorted({column.name for table in METADATA.tables.values() for column in table.columns})
ASKED = {
    "name", "email", "role", "reason", "message", "words", "option", "terms", "account", "locale", "segment", "csrf",
}
TEMPTING = {
    "id": "00000000-0000-7000-8000-000000000001", "roles": "owner", "role": "viewer", "active": "false", "state": "won",
    "version": "99", "level": "code", "scope": "", "amount_minor": "1", "health_score": "100", "strategic": "true",
    "renews_on": "2099-01-01", "ends_on": "2099-01-01", "offset_seconds": "999999999", "authority": "me",
}
MAY_CHANGE = {
    "renewal": {
        "declined_at", "declined_reason", "declined_by", "version", "segment_override", "segment_reason", "state",
    },
    "person": {"active", "version", "name", "roles"},
}


def test_no_form_sets_a_column_it_was_not_asked_for(standing: World, cast_here: Cast) -> None:
    other = str(cast_here.other.account_id)
    extra = {name: TEMPTING.get(name, other if name.endswith("_id") else "mass-assigned") for name in COLUMNS}
    before = _rows(standing)

    for role in ("owner", "admin", "anonymous"):
        for door in unsafe(standing.app):
            if not door.path.startswith(("/demo/", "/api/", "/webhooks/")):
                named = {name: value for name, value in extra.items() if name not in ASKED}
                form = named | {"name": "New", "email": "new@here.example", "role": "viewer", "reason": "price"}
                answer = cast_here.come(role).post(cast_here.own.fill(door.path), form)
                assert answer.status_code < 500
    after = _rows(standing)

    for table, rows in before.items():
        altered = {key: row for key, row in rows.items() if after[table].get(key) != row}
        touched = {name for key, row in altered.items() for name in row if after[table][key][name] != row[name]}
        assert touched <= MAY_CHANGE.get(table, set()), table
        assert {row.get("account_id", str(cast_here.own.account_id)) for row in altered.values()} <= {
            str(cast_here.own.account_id)
        }
    assert "mass-assigned" not in str(after)
    assert [row["state"] for row in after["renewal"].values()].count("won") == [
        row["state"] for row in before["renewal"].values()
    ].count("won")
    invited = [row for row in after["person"].values() if row["email"] == "new@here.example"]
    assert [(row["roles"], row["account_id"]) for row in invited] == [(["viewer"], str(cast_here.own.account_id))]


def _rows(world: World) -> dict[str, dict[str, dict[str, object]]]:
    """The rows on which rights, prices and history rest."""
    names = ("account", "person", "renewal", "subscription", "term", "line", "card", "policy", "document", "clock")
    with owner_of_the_database(world) as connection:
        return {
            name: {str(key): row for key, row in connection.execute(f"SELECT id, to_jsonb(t) FROM {name} t")}
            for name in names
        }


# Nothing breaks a page

ODD = {
    "a NUL": "a%00b", "an emoji": quote("🦷 molar"), "right to left": quote("\u202etxt.exe"),
    "combining": quote("e\u0301" * 60), "another script": quote("كيكال"), "a lone surrogate": "%ED%A0%80",
    "overlong UTF-8": "%C0%AF", "not UTF-8": "%FF%FE",
    "control characters": "%01%02%1B%5B31m", "line ends": "a%0D%0Ab", "only spaces": "%20%20%20", "half an escape": "%",
    "zero width": quote("\u200b\u200d\ufeff"), "a byte order mark": "%EF%BB%BFx",
    "the last character": quote("\U0010ffff"),
}


FIELDS = (
    "email", "name", "message", "words", "reason", "next", "option", "terms", "code", "account", "po", "locale", "keep",
    "segment", "stage", "target", "owner", "kind", "on", "with", "loss", "loss_words",
)


QUICK = ("a NUL", "an emoji", "a lone surrogate", "not UTF-8", "half an escape")


@pytest.mark.parametrize("what", [pytest.param(what, marks=[] if what in QUICK else pytest.mark.long) for what in ODD])
def test_odd_characters_are_taken_or_refused_and_never_break_a_page(
    standing: World, cast_here: Cast, what: str
) -> None:
    answers = []
    for door in unsafe(standing.app):
        if not door.path.startswith(("/api/", "/webhooks/", "/demo/clock")):
            guest = cast_here.come("admin" if door.access.side is Side.STAFF else "owner")
            fields = "&".join(f"{name}={ODD[what]}" for name in (*FIELDS, ODD[what]))
            sent = f"csrf={guest.csrf}&role=viewer&{fields}".encode()
            answers.append(guest.ask("POST", cast_here.own.fill(door.path), content=sent, headers=FORM).status_code)
    odd = "%25" if what == "half an escape" else ODD[what]
    for path in ("/sign-in?next=", "/links/", "/sign-in/link/", "/static/", "/renewals/", "/demo?x="):
        answers.append(stranger(standing).get(path + odd).status_code)

    assert max(answers) < 500


@pytest.mark.parametrize(
    ("path", "field", "length", "answer"),
    [
        ("/people", "name", 201, 422), ("/people", "email", 300, 422), ("/people", "name", 10_001, 422),
        ("/people", "name", 60_000, 422), ("/people", "name", 3_000_000, 413), ("/sign-in", "email", 9_000, 422),
        ("/sign-in", "next", 10_001, 422), ("{renewal}/ask", "message", 4001, 422),
        ("{renewal}/ask", "message", 4000, 303), ("{renewal}/opt-out", "words", 401, 422),
        ("{renewal}/invoice", "po", 10_001, 422), ("/language", "next", 9_000, 303),
    ],
)
def test_what_is_too_long_is_answered_calmly(
    standing: World, cast_here: Cast, path: str, field: str, length: int, answer: int
) -> None:
    owner = cast_here.look("owner")
    form = {"name": "Somebody", "email": "too.long@here.example", "role": "viewer"} | {field: "x" * length}

    told = owner.post(path.format(renewal=f"/renewals/{cast_here.own.renewal_id}"), form)

    assert told.status_code == answer
    assert answer == 303 or "<main" in told.text
    assert len(told.headers.get("location", "")) < 300


def test_a_question_that_is_too_long_stays_in_its_field_and_one_that_fits_is_kept_whole(
    standing: World, cast_here: Cast
) -> None:
    owner, path = cast_here.look("owner"), f"/renewals/{cast_here.own.renewal_id}/ask"
    words = "Können wir 🦷 früher? " * 150

    refused = owner.post(path, {"message": words + "x" * 4000})
    owner.post(path, {"message": words})
    with standing.reading() as session:
        kept = session.scalars(select(Activity.words).order_by(Activity.id.desc())).first()

    assert words.strip()[:200] in refused.text
    assert kept == words.strip()


BODIES = {
    "an unfinished multipart": (
        b"--b\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\nno end", "multipart/form-data; boundary=b",
    ),
    "a multipart without a boundary": (b"--b\r\n\r\n--b--", "multipart/form-data"),
    "a file where a word is meant": (
        b"--b\r\nContent-Disposition: form-data; name=\"name\"; filename=\"../../x\"\r\n\r\nbytes\r\n--b--\r\n",
        "multipart/form-data; boundary=b",
    ),
    "a thousand parts and more": (
        b"".join(b"--b\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\n1\r\n" for _ in range(1500)) + b"--b--\r\n",
        "multipart/form-data; boundary=b",
    ),
    "twenty thousand fields": (b"&".join(b"a%d=1" % number for number in range(20_000)), FORM["Content-Type"]),
    "nothing at all": (b"", FORM["Content-Type"]),
    "only signs": (b"&&&===&&&", FORM["Content-Type"]),
    "another alphabet": (b"\xff\xfe\x00\x00", FORM["Content-Type"] + "; charset=utf-16"),
    "a part in an unknown alphabet": (
        b"--b\r\nContent-Disposition: form-data; name=\"x\"\r\nContent-Type: text/plain; charset=klingon\r\n\r\n1\r\n"
        b"--b--\r\n", "multipart/form-data; boundary=b",
    ),
    "a part in no alphabet": (
        b"--b\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\n\xff\xfe\r\n--b--\r\n",
        "multipart/form-data; boundary=b",
    ),
    "a name in an unknown alphabet": (
        b"--b\r\nContent-Disposition: form-data; name*=klingon''%ff\r\n\r\n1\r\n--b--\r\n",
        "multipart/form-data; boundary=b",
    ),
    "an unknown alphabet": (b"a=1", FORM["Content-Type"] + "; charset=klingon"),
}


@pytest.mark.parametrize("what", BODIES)
def test_a_malformed_form_is_refused_and_never_breaks_a_page(standing: World, cast_here: Cast, what: str) -> None:
    body, kind = BODIES[what]

    answers = [
        guest.ask("POST", path, content=body, headers={"Content-Type": kind}).status_code
        for guest in (cast_here.look("owner"), stranger(standing)) for path in ("/people", "/sign-in", "/language")
    ]

    assert set(answers) <= {303, 400, 403, 413, 422}


COOKIES = ["", "x", "x" * 4000, "%00", "../../etc/passwd", "\"quoted\"", "a=b", "0" * 8 + "-0000" * 3 + "-" + "0" * 12]


@pytest.mark.parametrize("value", COOKIES)
def test_a_strange_cookie_is_nobody_and_never_breaks_a_page(standing: World, value: str) -> None:
    names = ("kekal_session", "kekal_visitor", "kekal_sign_in", "kekal_locale", "kekal_flash")
    guest = Guest(standing, dict.fromkeys(names, value), value)

    answers = [
        guest.ask("GET", path).status_code
        for path in ("/", "/sign-in", "/sign-in/code", "/documents", "/nothing", "/links/x", "/health")
    ]

    assert max(answers) < 500
    assert answers[0] == answers[3] == 303


def test_a_language_that_nobody_speaks_and_a_thousand_wishes_give_english(standing: World) -> None:
    wishes = ["xx", "*", ";;;q=,,", "en;q=x", ",".join(["xx"] * 5000), "ms-MY;q=0", "../..", "zz-Zzzz-ZZ-x-y-z"]

    pages = [stranger(standing).ask("GET", "/sign-in", headers={"Accept-Language": wish}).text for wish in wishes]

    assert all("Sign in" in page or "Log masuk" in page for page in pages)


@pytest.mark.parametrize(
    "number", ["4242424242424242", "4242 4242 4242 4242", "5555-5555-5555-4444", "378282246310005"]
)
def test_a_cards_number_is_refused_in_every_field_and_never_shown_again(
    standing: World, cast_here: Cast, number: str
) -> None:
    owner, renewal = cast_here.look("owner"), f"/renewals/{cast_here.own.renewal_id}"

    answers = [
        owner.post(f"{renewal}/ask", {"message": f"My card is {number}, charge it."}),
        owner.post(f"{renewal}/invoice", {"po": number}),
        owner.post(f"{renewal}/opt-out", {"words": number}),
        owner.post("/people", {"name": number, "email": "x@y.example", "role": "viewer"}),
        owner.get(f"/sign-in?next=/{quote(number)}"),
    ]

    assert {answer.status_code for answer in answers} == {422}
    assert all(number not in answer.text for answer in answers)
    assert all("looks like a card" in answer.text for answer in answers)


@pytest.mark.parametrize("number", ["4242424242424241", "PO-4500012345", "+60 12 345 6789", "2026-08-05", "INV 0042"])
def test_other_numbers_are_welcome(standing: World, cast_here: Cast, number: str) -> None:
    answer = cast_here.look("buyer").post(f"/renewals/{cast_here.own.renewal_id}/ask", {"message": f"About {number}?"})

    assert answer.status_code == 303
