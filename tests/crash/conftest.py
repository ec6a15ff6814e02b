"""The crash tests' own server, which writes through to the disk, its own stand-in, and the table at the end."""

import secrets
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from app import assets, jobs, migrate
from app.chores.day import begin_day
from app.demo import time
from app.demo.parts import Parts, environment, post_json
from app.demo.supervisor import BOOK, BOOK_FILES, customers_of_stripe
from app.importing import run as import_book
from app.postgres import EmbeddedPostgres, free_port
from app.settings import Settings
from app.transaction import Database, Role
from app.work import Work
from renewals.policy import ship
from tests.conftest import drop_database, new_database
from tests.crash.nursery import Nursery
from tests.crash.stage import Stage
from tests.world import PUBLIC_URL, Sandbox, opened


@dataclass
class Table:
    """Trials and violations for each fault."""

    trials: Counter[tuple[str, str]] = field(default_factory=Counter)
    broken: Counter[tuple[str, str]] = field(default_factory=Counter)

    def note(self, fault: str, webhooks: str, broken: list[str]) -> None:
        self.trials[fault, webhooks] += 1
        self.broken[fault, webhooks] += bool(broken)


TABLE = pytest.StashKey[Table]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[TABLE] = Table()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    table = config.stash[TABLE]
    if not table.trials:
        return
    terminalreporter.write_sep("-", "kill -9")
    for fault, webhooks in sorted(table.trials):
        trials, broken = table.trials[fault, webhooks], table.broken[fault, webhooks]
        terminalreporter.write_line(f"{fault:<14} webhooks {webhooks:<8} {trials:>4} trials {broken:>3} broken")
    total = sum(table.trials.values())
    terminalreporter.write_line(
        f"{'all':<32} {total:>4} trials {sum(table.broken.values()):>3} broken; with none broken, at most "
        f"{300 / total:.1f} % at 95 %"
    )


@pytest.fixture
def table(request: pytest.FixtureRequest) -> Table:
    return request.config.stash[TABLE]


@pytest.fixture(scope="session")
def port() -> int:
    return free_port()


@pytest.fixture(scope="session")
def ledger(tmp_path_factory: pytest.TempPathFactory, port: int) -> Iterator[Sandbox]:
    """A stand-in that sends its webhooks to this port."""
    parts = Parts(tmp_path_factory.mktemp("ledger"))
    url = parts.start_sandbox(f"http://127.0.0.1:{port}", free_port())
    stand_in = Sandbox(url)
    stand_in.webhooks("drop")  # nobody listens yet
    post_json(f"{url}/_sandbox/seed", customers_of_stripe())
    yield stand_in
    parts.stop()


@pytest.fixture(scope="session")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server that keeps what it has acknowledged."""
    assets.build()
    server = EmbeddedPostgres(tmp_path_factory.mktemp("disk"), fsync=True)
    yield server.start()
    server.stop()
    server.erase()


@pytest.fixture(scope="session")
def model(disk: str, ledger: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The book, its cards known and its first mails out: what every stage is copied from."""
    url = new_database(disk, "model")
    migrate.up(url)
    _fill(url)
    with opened(url, ledger, tmp_path_factory.mktemp("model")) as world:
        Work(world.house).run(begin_day)  # or the first worker would, in the middle of a trial
        world.work()
    return url


def _fill(url: str) -> None:
    told = environment(
        database_url=url, public_url=PUBLIC_URL, sandbox_url="http://127.0.0.1:1", smtp_url="smtp://127.0.0.1:1",
        mailbox=Path("/nowhere"),
    )
    database = Database(url, jobs.follow, pool=1)
    time.stand_at(database, time.FIRST_DAY)
    with database.begin(Role.WORKER) as (session, now):
        ship(session, at=now.business)
    database.close()
    assert import_book([str(BOOK / name) for name in BOOK_FILES], Settings.read(told)) == 0


@pytest.fixture(scope="session")
def nursery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    made = Nursery(tmp_path_factory.mktemp("nursery"))
    yield made
    made.close()


@pytest.fixture(scope="session")
def new_stage(
    disk: str, model: str, ledger: Sandbox, nursery: Nursery, port: int, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[], Stage]]:
    """A stage with fresh customers takes the place of the one before."""
    made: list[Stage] = []

    def make() -> Stage:
        while made:
            made.pop().close()
        name = f"stage_{secrets.token_hex(4)}"
        url = new_database(disk, name, template=model)
        made.append(Stage(nursery, ledger.since_now(), url, port, tmp_path_factory.mktemp(name)))
        return made[0]

    yield make
    for stage in made:
        stage.close()
        drop_database(disk, stage.database_url)
