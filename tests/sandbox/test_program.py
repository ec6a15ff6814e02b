"""The sandbox as a program: it starts by itself, stops when asked, forgets nothing, and never runs in production."""

import ast
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

from tests.sandbox.cast import ROOT, Click, Running, Start

FLOORS = {"app", "portal", "admin", "gateways", "renewals", "pricing"}


def test_it_says_where_it_is_and_stops_when_asked(start: Start) -> None:
    sandbox = start()

    assert sandbox.greeting == f"Sandbox ready at {sandbox.url}\n"
    assert sandbox.stop(signal.SIGTERM) == 0


def test_a_hanging_answer_does_not_hold_up_the_end(start: Start) -> None:
    sandbox = start()
    cedar = sandbox.customer("pm_card_visa")
    click = Click(sandbox)
    sandbox.switch("faults", next="hang_after")

    with ThreadPoolExecutor(1) as crowd:
        waiting = crowd.submit(click, cedar)
        while not sandbox.moved(cedar):
            time.sleep(0.02)
        began = time.monotonic()
        code = sandbox.stop()
        ended = time.monotonic()

    assert code == 0
    assert ended - began < 3
    assert waiting.exception() is not None


def test_the_ledger_survives_a_hard_kill_in_the_middle_of_a_crowd(start: Start) -> None:
    sandbox = start()
    cedar = sandbox.customer("pm_card_visa")
    client, click = sandbox.stripe(), Click(sandbox)
    card = sandbox.card(cedar)
    heard: list[str] = []

    def pay(number: int) -> None:
        heard.append(click(cedar, key=f"click-{number}", client=client, payment_method=card).id)

    with ThreadPoolExecutor(8) as crowd:
        clicks = [crowd.submit(pay, number) for number in range(200)]
        while len(heard) < 20:
            time.sleep(0.005)
        sandbox.process.kill()
        [one.exception() for one in clicks]
    again = start()
    charges = {line["payment_intent"] for line in again.moved(cedar)}
    intents = again.stripe().v1.payment_intents.list({"customer": cedar, "limit": 100}).auto_paging_iter()

    assert len(heard) < 200
    assert set(heard) <= charges
    assert charges == {intent.id for intent in intents if intent.status == "succeeded"}
    replayed = Click(again)(cedar, key="click-0", payment_method=card)
    assert replayed.last_response.headers["idempotent-replayed"] == "true"


def test_fifty_customers_pay_at_once(sandbox: Running, click: Click) -> None:
    customers = [sandbox.customer("pm_card_visa") for _ in range(50)]
    client = sandbox.stripe()

    with ThreadPoolExecutor(50) as crowd:
        paid = list(crowd.map(lambda customer: click(customer, client=client).status, customers))

    assert paid == ["succeeded"] * 50
    assert [len(sandbox.moved(customer)) for customer in customers] == [1] * 50


def test_seeding_twice_changes_nothing(sandbox: Running) -> None:
    seed = [
        {"id": "cus_seeded", "name": "Juno", "email": "j@j.example", "cards": ["pm_card_visa", "pm_card_mastercard"]}
    ]

    first, second = (sandbox.http.post("/_sandbox/seed", json=seed).json() for _ in range(2))

    assert first == second
    juno = sandbox.stripe().v1.customers.retrieve("cus_seeded")
    assert juno.invoice_settings.default_payment_method == first["customers"][0]["payment_methods"][0]


def test_the_ledger_names_every_movement_and_nothing_else(sandbox: Running, click: Click) -> None:
    cedar = sandbox.customer("pm_card_visa")
    click(cedar)

    [line] = sandbox.moved(cedar)

    names = {"id", "amount", "currency", "status", "customer", "payment_intent", "metadata", "created"}
    assert line.keys() == names
    assert (line["amount"], line["currency"], line["status"]) == (864000, "usd", "succeeded")


def test_it_refuses_to_run_in_production(tmp_path: Path) -> None:
    environment = {**os.environ, "KEKAL_MODE": "production"}

    ended = subprocess.run(
        [sys.executable, "-m", "sandbox", "--data", str(tmp_path)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=20,
    )

    assert ended.returncode != 0
    assert "does not run in production" in ended.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_folder_belongs_to_one_sandbox_at_a_time(start: Start) -> None:
    first = start()

    second = start()

    assert second.greeting == ""
    assert second.process.wait(timeout=20) != 0
    assert first.http.get("/_sandbox/ledger.json").status_code == 200


def test_it_is_reached_from_this_machine_only(sandbox: Running) -> None:
    assert httpx.URL(sandbox.url).host == "127.0.0.1"


def test_it_imports_nothing_of_the_house() -> None:
    imported = {
        name.split(".")[0]
        for path in (ROOT / "sandbox").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        for name in names_in(node)
    }

    assert "sandbox" in imported
    assert imported & FLOORS == set()


def names_in(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
