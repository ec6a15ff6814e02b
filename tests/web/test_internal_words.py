"""What is ours stays ours: no page and no mail of a customer speaks of our milestones, or of what we think of them."""

import re
from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import select

from app.chores.day import begin_day
from app.work import Work
from renewals.account import Account
from renewals.person import Person
from renewals.renewal import CLOSED, Renewal
from tests.web.guest import Guest, known, stranger
from tests.world import World

OURS = re.compile(
    r"\bt[-\u2212 ]?(?:180|150|120|90|60|45|30|14|7)\b|kick-?off|health|kesihatan|\brisk|risiko|escalat|eskalasi|"
    r"recover|pemulihan|milestone|readiness|churn|\bcsm\b|playbook|forecast|ramalan|probab|segment|enterprise|mid-market|"
    r"\bsmb\b|red account|save mode|handoff|waived|dropped",
    re.I,
)
HIDDEN = re.compile(r"<head>.*?</head>|<[^>]+>", re.S)
DAYS = (date(2026, 8, 5), date(2026, 8, 24), date(2026, 9, 25), date(2026, 10, 13))
ROOMS = ("", "/plan", "/value", "/opt-out", "/ask", "/payment")
LOOKED_AT_CLOSELY = 4
PAGES = [90, pytest.param(250, marks=(pytest.mark.long, pytest.mark.whole_book))]
"""How many there are at least: those of the companies with a story, those of all."""


@pytest.mark.parametrize("said", ["T-90", "t120", "Kickoff with Maya", "At risk", "escalated", "health score 40"])
def test_these_words_would_be_found(said: str) -> None:
    assert OURS.search(said)


@pytest.mark.parametrize("least", PAGES)
def test_no_page_or_mail_of_any_customer_says_what_is_ours(world: World, least: int) -> None:
    """Every company's renewal, each on one of four days; of some, on all of them and in Malay too, every page they
    have, and their calendar."""
    found, pages = [], 0
    for turn, day in enumerate(DAYS):
        world.stand_at(day)
        Work(world.house).run(begin_day)
        world.work()
        for place, (person, renewal, names) in enumerate(owners(world)):
            if place >= LOOKED_AT_CLOSELY and place % len(DAYS) != turn:
                continue
            guest = known(world, person)
            rooms = ROOMS if place < LOOKED_AT_CLOSELY else ROOMS[:1]
            guest.cookies["kekal_locale"] = "ms" if place % 3 == 0 else "en"
            for path in (f"/renewals/{renewal.id}{room}" for room in rooms):
                text, pages = guest.get(path).text, pages + 1
                found += [(day, names[0], path, word) for word in said(text, names)]
            if place < LOOKED_AT_CLOSELY:
                found += [(day, names[0], "calendar", word) for word in said(calendar(world, guest), names)]
    staff = {one.email for one in everybody(world) if one.is_staff}
    mails = [mail for mail in world.mails() if not staff & set(mail.to)]
    names = everywhere(world)
    found += [(mail.kind, mail.to, word) for mail in mails for word in said(f"{mail.subject}\n{mail.text}", names)]

    assert pages > least
    assert len(mails) > 15
    assert found == []


def said(text: str, names: list[str]) -> list[str]:
    """What should not be there, with a few words around it; what companies call themselves is theirs."""
    plain = " ".join(HIDDEN.sub(" ", text).split())
    for name in names:
        plain = plain.replace(name, "")
    return [plain[max(0, match.start() - 30):match.end() + 30] for match in OURS.finditer(plain)]


def owners(world: World) -> Iterator[tuple[Person, Renewal, list[str]]]:
    with world.reading() as session:
        query = (
            select(Person, Renewal, Account).join(Account, Account.id == Person.account_id)
            .join(Renewal, Renewal.account_id == Account.id)
            .where(Renewal.state.not_in(CLOSED), Person.roles.contains(["owner"]), Person.active)
            .order_by(Renewal.renews_on, Renewal.id)
        )
        rows = session.execute(query).unique().all()
    for person, renewal, account in rows:
        yield person, renewal, [account.name, account.external_id, person.email]


def everybody(world: World) -> list[Person]:
    with world.reading() as session:
        return list(session.scalars(select(Person)))


def everywhere(world: World) -> list[str]:
    with world.reading() as session:
        return [*session.scalars(select(Account.name)), *session.scalars(select(Account.external_id))]


def calendar(world: World, guest: Guest) -> str:
    guest.post("/calendar")
    addresses = re.findall(r'value="http://testserver\.local(/calendar/[^"]+)"', guest.get("/calendar").text)
    read = stranger(world).get(addresses[-1]).text
    return "\n".join(line for line in read.splitlines() if line.startswith(("SUMMARY", "DESCRIPTION", " ")))
