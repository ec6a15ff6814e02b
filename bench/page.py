"""The renewal page and the answer of the board, signed in, each beside a bare handler of the same bytes."""

import re
from statistics import median

import httpx
from sqlalchemy import select

from app import jobs
from app.clock import stopwatch
from app.settings import Settings
from app.transaction import Database, Role
from bench.place import Place
from renewals.person import Person
from renewals.quoting import deciding, negotiating
from renewals.quoting.review import Review
from renewals.renewal import Renewal

ROUNDS = 7
REQUESTS = 150
ANNA = "anna@halden-bank.example"
STAFF = ("maya@lumen.example", "farah@lumen.example", "ines@lumen.example")
"""Who writes the proposal, and who says yes to it, in their order."""
FIELD = re.compile(r'<(?:input|select)[^>]* name="((?:seats-)[^"]+)"[^>]* value="(\d+)"')


def table(here: Place) -> str:
    return _beside_bare(here, here.client, f"/renewals/{here.renewal}", "renewal page")


def lever_table(here: Place) -> str:
    """A lever moved: two years instead of one, priced with every other lever, and who would have to say yes."""
    with httpx.Client(base_url=here.url, timeout=30) as client:
        client.post("/demo/sign-in", data={"email": ANNA})
        board = f"/proposals/{_proposed(here)}/board"
        asked = {"months": "24", "net_days": "30", "pay": "annual", "price": "", "words": ""}
        asked |= dict(FIELD.findall(client.get(board).text))
        return _beside_bare(here, client, str(httpx.URL(board, params=asked)), "lever moved")


def _beside_bare(here: Place, client: httpx.Client, path: str, what: str) -> str:
    shown = client.get(path)
    client.post("/bare", content=shown.content)
    rounds = [(_cost(here, client, "/bare"), _cost(here, client, path)) for _ in range(ROUNDS)]
    bare_cpu, page_cpu = (median(pair[side][0] for pair in rounds) for side in (0, 1))
    bare_wall, page_wall = (median(pair[side][1] for pair in rounds) for side in (0, 1))
    ratio = median(pair[1][0] / pair[0][0] for pair in rounds)
    return (
        f"\nThe {what}, {len(shown.content):,} bytes, median of {ROUNDS} rounds of {REQUESTS} requests\n"
        f"  bare handler   {bare_cpu * 1000:6.2f} ms CPU  {bare_wall * 1000:6.2f} ms wall\n"
        f"  {what:<14} {page_cpu * 1000:6.2f} ms CPU  {page_wall * 1000:6.2f} ms wall\n"
        f"  CPU ratio      {ratio:6.1f} x\n"
    )


def _cost(here: Place, client: httpx.Client, path: str) -> tuple[float, float]:
    """CPU and wall seconds of one request."""
    cpu, wall = here.cpu_seconds(), stopwatch()
    for _ in range(REQUESTS):
        answer = client.get(path)
        assert answer.status_code == 200, answer.status_code
    return (here.cpu_seconds() - cpu) / REQUESTS, (stopwatch() - wall) / REQUESTS


def _proposed(here: Place) -> str:
    """The key of Halden Bank's proposal, written, approved and sent."""
    database = Database(Settings.read(here.told).database_url, jobs.follow, pool=1)
    with database.begin(Role.WORKER) as (session, now):
        people = {one.email: one for one in session.scalars(select(Person).where(Person.email.in_([ANNA, *STAFF])))}
        author, *deciders = (people[email] for email in STAFF)
        account = people[ANNA].account_id
        theirs = select(Renewal.id).where(Renewal.account_id == account, Renewal.closed_at.is_(None))
        key = session.scalars(theirs.order_by(Renewal.renews_on).limit(1)).one()
        quote = deciding.propose(Renewal.find(session, key, lock=True), by=author, at=now.business)
        if quote.newest.needs:
            deciding.submit(quote, by=author, at=now.business)
        for by in deciders:
            for review in Review.of_offer(session, quote.newest.id):
                if review.is_open and set(review.roles) & set(by.roles):
                    deciding.grant(review, by=by, at=now.business)
        negotiating.send(quote, by=author, at=now.business)
    database.close()
    return str(quote.id)
