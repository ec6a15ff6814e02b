"""A link to a part of a proposal opens that part, to whoever has it and for as long as it was meant; nothing else."""

import re
from datetime import date
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select, text

from app import main
from app.desk import Desk as FrontDesk
from gateways.browser import AT_THE_DOOR, Answer, Visit, get
from pricing.reading import PolicyError
from renewals.base import new_key
from renewals.event import Event, EventName
from renewals.facts import check_vendor
from renewals.person import Person
from renewals.policy import Policy, PolicyKind, shipped
from renewals.quoting import drafting
from renewals.quoting.guest_link import MOST_A_DAY, GuestLink
from renewals.quoting.quote import Quote
from tests.quoting.desk import ANNA, AT, FARAH, FOR_NOTHING, INES, MAYA, desk
from tests.web.guest import Guest, known, stranger
from tests.web.standing import changed, contents
from tests.web.test_proposal import plain, revised
from tests.world import PUBLIC_URL, World

ADDRESS = re.compile(rf'value="{re.escape(PUBLIC_URL)}(/shared/[^"]+)"')
ROLES = ("sponsor", "finance", "legal", "security")


@pytest.fixture
def sent(world: World) -> UUID:
    """Halden Bank's proposal: 12 % less for a year more, valid until the beginning of September."""
    with desk(world) as at:
        return at.sent(FARAH, INES, discount=1200).id


@pytest.fixture
def anna(world: World) -> Guest:
    return known(world, world.person(ANNA))


def forward(buyer: Guest, quote: UUID, role: str = "finance", ends_on: str = "2026-08-19") -> str:
    """A new link, as the buyer's page shows it."""
    assert buyer.post(f"/proposals/{quote}/links", {"role": role, "ends_on": ends_on}).status_code == 303
    return ADDRESS.findall(buyer.get(f"/proposals/{quote}/links").text)[0]


def press(reader: Guest, path: str) -> httpx.Response:
    """The button on the page behind an address."""
    answer = reader.post(f"{path}/opening")
    reader.cookies |= {name: value for name, value in answer.cookies.items() if name == "kekal_guest"}
    return answer


def read(world: World, path: str) -> str:
    """What somebody without an account gets to see, having pressed the button."""
    reader = stranger(world)
    press(reader, path)
    return plain(reader.get(path).text)


def link_of(world: World, quote: UUID) -> GuestLink:
    with world.reading() as session:
        return GuestLink.of_quote(session, quote)[0]


# Whom it does not open to


def test_every_address_that_opens_nothing_answers_with_the_same_bytes(world: World, anna: Guest, sent: UUID) -> None:
    revoked, expired, of_the_gone = (forward(anna, sent) for _ in range(3))
    keys = world.house.keys
    with world.writing() as session:
        links = list(GuestLink.of_quote(session, sent))
        gone = Person(account_id=anna.person.account_id, email="gone@halden-bank.example", name="G", roles=["buyer"],
                      active=False)
        session.add(gone)
        session.flush()
        links[0].by_id, links[1].ends_on = gone.id, date(2026, 8, 4)
    anna.post(f"/proposals/{sent}/links/{links[2].id}/revocation")
    wrong = [
        revoked, expired, of_the_gone, f"/shared/{keys.token('guest', new_key())}", "/shared/x",
        f"/shared/{keys.token('renewal', links[0].id)}", f"{revoked[:-1]}{'A' if revoked[-1] != 'A' else 'B'}",
    ]

    reader = stranger(world)
    answers = {(one.status_code, one.content) for path in wrong for one in (reader.get(path), press(reader, path))}

    assert len(answers) == 1
    assert next(iter(answers))[0] == 404


def test_a_row_of_the_database_opens_nothing(world: World, anna: Guest, sent: UUID) -> None:
    path = forward(anna, sent)

    with world.reading() as session:
        row = session.execute(select(GuestLink.__table__)).one()

    assert path.removeprefix("/shared/") not in str(row)
    assert stranger(world).get(f"/shared/{row.id}").status_code == 404


def test_who_only_follows_links_reads_nothing_and_leaves_no_trace(world: World, anna: Guest, sent: UUID) -> None:
    path, before = forward(anna, sent), contents(world)

    answers = [stranger(world).ask(method, path) for method in ("GET", "HEAD") for _ in range(5)]

    assert {answer.status_code for answer in answers} == {200}
    assert not any("211,200" in answer.text or "Halden" in answer.text for answer in answers)
    assert changed(before, contents(world)) == []
    assert {answer.headers["referrer-policy"] for answer in answers} == {"no-referrer"}
    assert {answer.headers["cache-control"] for answer in answers} == {"no-store"}
    assert all("noindex" in answer.headers["x-robots-tag"] for answer in answers)


def test_the_mark_of_one_link_does_not_open_another(world: World, anna: Guest, sent: UUID) -> None:
    finance, legal = forward(anna, sent), forward(anna, sent, "legal")
    reader = stranger(world)
    press(reader, finance)

    assert "What is paid, and when" in reader.get(finance).text
    assert "Open it" in reader.get(legal).text


def test_the_address_lets_nobody_do_anything_else(world: World, anna: Guest, sent: UUID) -> None:
    reader, path = stranger(world), forward(anna, sent)
    press(reader, path)
    before = contents(world)
    doors = ["acceptance", "remarks", "refusal", "counter", "links"]

    answers = [reader.post(f"/proposals/{sent}/{door}", {"words": "Yes"}) for door in doors]
    refused = [reader.post(f"{path}/{door}") for door in doors] + [reader.post(path)]

    assert {answer.headers.get("location", "").startswith("/sign-in") for answer in answers} == {True}
    assert {answer.status_code for answer in refused} <= {404, 405}
    assert reader.get(f"/proposals/{sent}").status_code == 303
    assert changed(before, contents(world)) == []
    page = reader.get(path).text
    assert set(re.findall(r'action="([^"]+)"', page)) == {"/language"}


def test_a_company_neither_makes_nor_takes_back_a_link_of_another(world: World, anna: Guest, sent: UUID) -> None:
    path, ruth = forward(anna, sent), known(world, world.person("ruth@cedar-dental.example"))
    key = link_of(world, sent).id

    made = ruth.post(f"/proposals/{sent}/links", {"role": "finance", "ends_on": "2026-08-19"})
    revoked = ruth.post(f"/proposals/{sent}/links/{key}/revocation")

    assert (made.status_code, revoked.status_code) == (404, 404)
    assert stranger(world).get(path).status_code == 200


def test_whoever_opens_it_reads_with_the_rights_of_its_company_alone(world: World, anna: Guest, sent: UUID) -> None:
    path, ruth = forward(anna, sent), known(world, world.person("ruth@cedar-dental.example"))
    maya = known(world, world.person(MAYA))
    for reader in (ruth, maya):
        press(reader, path)

    pages = [plain(reader.get(path).text) for reader in (ruth, maya)]

    assert all("Halden Bank" in page and "Cedar" not in page and "Maya" not in page for page in pages)
    assert link_of(world, sent).times_opened == 0


def test_the_database_shows_its_door_the_rows_of_one_company(world: World, anna: Guest, sent: UUID) -> None:
    @get("/peek/{token:str}", AT_THE_DOOR)
    def peek(visit: Visit, token: str) -> Answer:
        before = len(visit.session.execute(text("SELECT id, account_id FROM guest_link")).all())
        visit.guest_link(token)
        seen = visit.session.execute(text("SELECT current_user, count(DISTINCT account_id) FROM renewal")).one()
        return Answer(body=f"{before} {seen[0]} {seen[1]}".encode())

    app = main.build(world.house)
    app.register(FrontDesk(world.house).hang(peek))
    path = forward(anna, sent).replace("/shared/", "/peek/")
    readers = [stranger(world), *(known(world, world.person(who)) for who in (MAYA, "ruth@cedar-dental.example"))]

    answers = {reader.ask("GET", path, app=app).text for reader in readers}

    assert answers == {"1 kekal_portal 1"}


# What each reads


@pytest.mark.parametrize(
    ("role", "reads", "not_a_word_of"),
    [
        ("sponsor", ("Line by line", "One, two or three years", "211,200"), ("What is paid, and when", "1. ")),
        ("finance", ("What is paid, and when", "How this price was made", "−28,800.00"), ("What it was worth",)),
        ("legal", ("Dates", "What changes in the terms", "In force since"), ("211,200", "28,800", "Line by line")),
        ("security", ("Where your data lies", "We claim nothing"), ("211,200", "28,800", "within 45 days")),
    ],
)
def test_each_role_reads_its_own_part(
    world: World, anna: Guest, sent: UUID, role: str, reads: tuple[str, ...], not_a_word_of: tuple[str, ...]
) -> None:
    page = read(world, forward(anna, sent, role))

    assert [words for words in reads if words not in page] == []
    assert [words for words in not_a_word_of if words in page] == []


def test_security_reads_where_data_lies_once_we_say_so_in_both_languages(world: World) -> None:
    said = shipped(PolicyKind.VENDOR) | {"data_location": {"en": "In Singapore.", "ms": "Di Singapura."}}
    with pytest.raises(PolicyError):
        check_vendor(said | {"data_location": {"en": "In Singapore."}})
    with world.writing() as session:
        Policy.publish(session, PolicyKind.VENDOR, said, begins_on=AT.date(), reason="Asked for", by=None, at=AT)
    with desk(world) as at:
        sent = at.sent(FARAH, INES, discount=1200).id

    page = read(world, forward(known(world, world.person(ANNA)), sent, "security"))

    assert "In Singapore." in page and "We claim nothing" not in page


OURS = ("effective", "earned", "envelope", "approv", "matrix", "A reason of ours", "Between ourselves", "Farah", "Ines")


@pytest.mark.parametrize("role", ROLES)
def test_nothing_of_ours_and_nothing_that_was_said_is_in_any_part(
    world: World, anna: Guest, sent: UUID, role: str
) -> None:
    revised(world, sent, discount=1300)
    anna.post(f"/proposals/{sent}/remarks", {"words": "A word of Anna's"})

    page = read(world, forward(anna, sent, role))

    assert [word for word in (*OURS, "A word of Anna") if word in page] == []


def test_the_link_shows_the_newest_version_that_was_sent_and_says_so(world: World, anna: Guest, sent: UUID) -> None:
    path = forward(anna, sent)
    with desk(world) as at:
        quote = Quote.find(at.session, sent)
        drafting.revise(quote, at.deal(quote, discount=2000), in_return=FOR_NOTHING, by=at.who(MAYA), at=AT)
    drafted = read(world, path)
    revised(world, sent, discount=1300)

    page = read(world, path)

    assert "211,200" in drafted and "192,000" not in drafted
    assert "208,800" in page and "took the place of version 1" in page


def test_when_the_proposal_is_taken_back_the_link_says_so_and_shows_nothing(
    world: World, anna: Guest, sent: UUID
) -> None:
    path = forward(anna, sent)
    with desk(world) as at:
        drafting.withdraw(Quote.find(at.session, sent), by=at.who(MAYA), at=AT)

    page = read(world, path)

    assert "This proposal was taken back" in page and "211,200" not in page


# Making them, and who looked


def test_readings_are_counted_by_the_button_and_told_to_both_sides(world: World, anna: Guest, sent: UUID) -> None:
    path = forward(anna, sent)
    assert "not opened yet" in anna.get(f"/proposals/{sent}/links").text
    for _ in range(2):
        press(stranger(world), path)

    link = link_of(world, sent)
    theirs = plain(anna.get(f"/proposals/{sent}/links").text)
    ours = plain(known(world, world.person(MAYA)).get(f"/admin/quotes/{sent}").text)
    with world.reading() as session:
        told = session.scalars(select(Event).where(Event.name == EventName.GUEST_LINK_OPENED)).all()

    assert (link.times_opened, link.opened_number) == (2, 1)
    assert "opened 2 times" in theirs
    assert "Their finance looked at version 1 on" in ours
    assert [(event.by_id, "ip" in event.details) for event in told] == [(None, False)]


@pytest.mark.parametrize(
    ("role", "ends_on"), [("", "2026-08-19"), ("csm", "2026-08-19"), ("legal", ""), ("legal", "2026-08-04"),
                          ("legal", "2026-09-30")],
)
def test_a_link_is_for_one_of_four_roles_and_ends_within_the_proposal(
    world: World, anna: Guest, sent: UUID, role: str, ends_on: str
) -> None:
    answer = anna.post(f"/proposals/{sent}/links", {"role": role, "ends_on": ends_on})

    assert answer.status_code == 422
    assert "Make the link" in answer.text


def test_a_company_makes_twenty_links_a_day_and_no_more(world: World, anna: Guest, sent: UUID) -> None:
    form = {"role": "legal", "ends_on": "2026-08-19"}

    answers = [anna.post(f"/proposals/{sent}/links", form).status_code for _ in range(MOST_A_DAY + 1)]

    assert answers == [303] * MOST_A_DAY + [409]


def test_a_link_ends_with_its_last_day_where_the_customer_is(world: World, anna: Guest, sent: UUID) -> None:
    path = forward(anna, sent, ends_on="2026-08-06")
    world.stand_at(date(2026, 8, 6))
    last = stranger(world).get(path).status_code
    world.stand_at(date(2026, 8, 7))

    assert (last, stranger(world).get(path).status_code) == (200, 404)


def test_a_form_on_a_page_without_referrer_is_taken_only_from_our_own_site(
    world: World, anna: Guest, sent: UUID
) -> None:
    path, reader = forward(anna, sent), stranger(world)
    sites = ("same-origin", "cross-site", "")

    answers = [
        reader.ask("POST", f"{path}/opening", headers={"Origin": "null"} | ({"Sec-Fetch-Site": site} if site else {}))
        for site in sites
    ]

    assert [answer.status_code for answer in answers] == [303, 403, 403]


def test_a_link_ends_with_the_role_of_who_made_it(world: World, anna: Guest, sent: UUID) -> None:
    path = forward(anna, sent)
    with world.writing() as session:
        session.scalars(select(Person).where(Person.email == ANNA)).one().roles = ["viewer"]

    assert world.visitor().get(path).status_code == 404
