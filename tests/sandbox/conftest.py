"""One sandbox for all tests that do not stop it, and others for those that do."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sandbox.cast import SECRET, Click, Listener, Running, Start


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One process for all tests that do not stop it."""
    running = Running(tmp_path_factory.mktemp("sandbox"))
    yield running
    running.stop()


@pytest.fixture
def sandbox(program: Running) -> Iterator[Running]:
    """The shared process under a clear sky, and left so."""
    yield program
    program.switch("faults", next="none")
    program.switch("webhooks", mode="normal")


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts processes of the test's own, on the same data unless told otherwise."""
    started: list[Running] = []

    def begin(*more: str) -> Running:
        started.append(Running(tmp_path / "data", *more))
        return started[-1]

    yield begin
    for running in started:
        if running.process.poll() is None:
            os.kill(running.process.pid, signal.SIGKILL)
            running.process.wait()


@pytest.fixture
def listener() -> Iterator[Listener]:
    listening = Listener()
    yield listening
    listening.close()


@pytest.fixture
def listening_to(start: Start, listener: Listener) -> Running:
    """A sandbox whose events all go to the listener."""
    return start("--webhook-url", listener.url, "--webhook-secret", SECRET)


@pytest.fixture
def click(sandbox: Running) -> Click:
    return Click(sandbox)
