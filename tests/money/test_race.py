"""Race: two portals, two workers, one database: whoever clicks what at the same moment, one renewal is one charge."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import httpx
import pytest
from sqlalchemy import delete, func, select

from app.chores import money
from app.demo.parts import Parts, environment, post_json, wait_for
from app.demo.supervisor import customers_of_stripe
from app.demo.time import wait_until_idle
from app.postgres import free_port
from app.work import Work
from renewals.acceptance import Acceptance, AcceptanceState
from renewals.account import Account, Card
from renewals.person import Person
from renewals.renewal import CLOSED, Renewal
from tests.conftest import Book, drop_database, new_database
from tests.crash.oracle import violations
from tests.money.parties import RUTH
from tests.wire import local
from tests.world import Sandbox, World, click_form, opened

CLICKS = 50
JONAS = "jonas@juno-studio.example"


@dataclass
class House:
    """Two portals and two workers."""

    addresses: list[str]
    world: World

    def browsers(self, stack: ExitStack, email: str, many: int) -> list[httpx.Client]:
        """As many browsers of one person, in turns at either portal."""
        made = []
        for number in range(many):
            browser = stack.enter_context(local(base_url=self.addresses[number % 2], timeout=60))
            browser.post("/demo/sign-in", data={"email": email})
            made.append(browser)
        return made

    def broken(self, renewal: UUID) -> list[str]:
        """What the oracle has to say when all work is done."""
        self.world.hurry()
        wait_until_idle(self.world.house.database)
        with self.world.writing() as session:
            return violations(session, self.world.sandbox, self.world.mails(), renewal)


@pytest.fixture(scope="module")
def house(postgres: str, stories: Book, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Real processes, the webhooks as they should be."""
    folder, ports = tmp_path_factory.mktemp("house"), [free_port(), free_port()]
    url = new_database(postgres, "race", template=stories.url)
    parts = Parts(folder)
    stripe = parts.start_sandbox(f"http://127.0.0.1:{ports[0]}", free_port())
    sandbox = Sandbox(stripe)
    sandbox.webhooks("drop")  # until somebody listens
    post_json(f"{stripe}/_sandbox/seed", customers_of_stripe())
    with opened(url, sandbox, folder) as world:
        _learn_cards_anew(world)
        addresses = _started(parts, world, ports)
        sandbox.webhooks("normal")
        yield House(addresses, world)
        parts.stop()
    drop_database(postgres, url)


def test_fifty_clicks_at_two_portals_are_one_charge(house: House) -> None:
    renewal = house.world.renewal("cedar-dental")
    with ExitStack() as stack:
        browsers = house.browsers(stack, RUTH, CLICKS)
        forms = [click_form(browser.get(f"/renewals/{renewal}").text) for browser in browsers]

        answers = _at_once([(browser, "payment", form) for browser, form in zip(browsers, forms, strict=True)], renewal)
        pages = Counter("is renewed" in browser.get(f"/renewals/{renewal}/payment").text for browser in browsers)

    assert answers == {303: CLICKS}
    assert pages == {True: CLICKS}
    assert len(house.world.payments(renewal)) == 1
    assert house.broken(renewal) == []


def test_colleagues_who_choose_differently_at_once_are_one_acceptance_and_one_charge(house: House) -> None:
    renewal = house.world.renewal("juno-studio")
    with ExitStack() as stack:
        browsers = house.browsers(stack, JONAS, 24)
        pages = [browser.get(f"/renewals/{renewal}").text for browser in browsers]
        forms = [click_form(page, option=number % 3) for number, page in enumerate(pages)]

        answers = _at_once([(browser, "payment", form) for browser, form in zip(browsers, forms, strict=True)], renewal)

    with house.world.reading() as session:
        accepted = session.scalars(select(Acceptance).where(Acceptance.renewal_id == renewal)).all()
    assert answers == {303: 24}
    assert [one.state for one in accepted] == [AcceptanceState.STANDING]
    assert house.broken(renewal) == []


def test_an_opt_out_against_a_click_is_one_or_the_other(house: House) -> None:
    """Whoever is first: an acknowledged no is never followed by a charge."""
    ends: Counter[tuple[bool, int]] = Counter()
    for email, renewal in _others(house, 8):
        with ExitStack() as stack:
            first, second = house.browsers(stack, email, 2)
            form = click_form(first.get(f"/renewals/{renewal}").text)
            token = click_form(second.get(f"/renewals/{renewal}").text)["csrf"]

            _at_once([(first, "payment", form), (second, "opt-out", {"csrf": token})], renewal)

        with house.world.reading() as session:
            said_no = session.get_one(Renewal, renewal).declined_at is not None
        ends[said_no, len(house.world.sandbox.charges(renewal))] += 1

    assert set(ends) <= {(True, 0), (False, 1)}, ends


def _learn_cards_anew(world: World) -> None:
    """The cast's cards are those of another stand-in."""
    with world.writing() as session:
        session.execute(delete(Card))
    Work(world.house).run(money.fetch_cards)


def _started(parts: Parts, world: World, ports: list[int]) -> list[str]:
    """The programs as they run in production, two of each."""
    settings, addresses = world.house.settings, [f"http://127.0.0.1:{port}" for port in ports]
    told = environment(
        database_url=settings.database_url, public_url=addresses[0], sandbox_url=world.sandbox.url,
        smtp_url=settings.smtp_url, mailbox=world.mailbox,
    )
    for number, port in enumerate(ports):
        parts.start(f"worker-{number}", "app.cli", "worker", environment=told)
        parts.start(f"portal-{number}", "app.cli", "serve", environment=told | {"KEKAL_PORT": str(port)})
    for part in parts.running:
        if part.name.startswith("portal"):
            wait_for(f"{addresses[int(part.name[-1])]}/health", part)
    return addresses


def _at_once(posts: list[tuple[httpx.Client, str, dict[str, str]]], renewal: UUID) -> Counter[int]:
    def send(post: tuple[httpx.Client, str, dict[str, str]]) -> int:
        browser, room, form = post
        return browser.post(f"/renewals/{renewal}/{room}", data=form).status_code

    with ThreadPoolExecutor(len(posts)) as threads:
        return Counter(threads.map(send, posts))


def _others(house: House, many: int) -> list[tuple[str, UUID]]:
    """Ordinary customers with a card, who may still say no."""
    with house.world.reading() as session:
        rows = session.execute(
            select(func.min(Person.email), Renewal.id)
            .join(Account, Account.id == Renewal.account_id)
            .join(Person, Person.account_id == Account.id)
            .where(Account.stripe_customer.is_not(None), Person.roles.contains(["owner"]))
            .where(Renewal.state.not_in(CLOSED), Renewal.renews_on.between(date(2026, 9, 20), date(2026, 11, 1)))
            .group_by(Renewal.id)
            .limit(many)
        )
        return [(email, renewal) for email, renewal in rows]
