"""Company: a small customer with a card on file, made for one test and brought in by the importer like any other."""

import csv
import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from app.demo.parts import ROOT, environment
from e2e.demo import Demo
from tests.wire import wire

Row = tuple[object, ...]

FOUNDED = "2024-01-01"
DAYS_TO_GO = 40
"""From the demo's day to the renewal: the options are open, and so is the way out."""


@dataclass(frozen=True)
class Company:
    """`email` is its owner's, who may do everything."""

    id: str
    name: str
    email: str
    renewal: str = ""


def bring_in(demo: Demo, names: list[str], folder: Path) -> list[Company]:
    """Import them while the demo runs, their cards at the stand-in before them."""
    made = [Company(f"co-{name.lower()}", f"{name} & Co", f"owner@{name.lower()}.example") for name in names]
    card = ["pm_card_visa"]
    customers = [{"id": f"cus_{one.id}", "name": one.name, "email": one.email, "cards": card} for one in made]
    wire.post(f"{demo.sandbox}/_sandbox/seed", json=customers).raise_for_status()
    parts = demo.get("/demo/parts.json")
    files = _write(made, date.fromisoformat(parts["now"][:10]), folder)
    told = environment(
        database_url=parts["database_url"], public_url=parts["portal"], sandbox_url=parts["sandbox"],
        smtp_url="smtp://127.0.0.1:1", mailbox=folder,
    )
    subprocess.run(
        [sys.executable, "-m", "app.cli", "import", *files], cwd=ROOT, env={**os.environ, **told}, check=True,
        capture_output=True,
    )
    renewals = {account["name"]: account["renewal_id"] for account in demo.get("/demo/cast.json")["accounts"]}
    return [Company(one.id, one.name, one.email, renewals[one.name]) for one in made]


def _write(companies: list[Company], today: date, folder: Path) -> list[str]:
    ends = today + timedelta(days=DAYS_TO_GO)
    begins = ends.replace(year=ends.year - 1)
    tables: dict[str, list[Row]] = {
        "accounts": [
            ("external_id", "name", "currency", "country", "timezone", "customer_since", "health_score",
             "stripe_customer", "owner_email"),
            *((one.id, one.name, "USD", "US", "America/Chicago", FOUNDED, 80, f"cus_{one.id}", "maya@lumen.example")
              for one in companies),
        ],
        "people": [
            ("account", "email", "name", "roles", "locale"),
            *((one.id, one.email, f"Olivia {one.name.split()[0]}", "owner;buyer", "en") for one in companies),
        ],
        "subscriptions": [
            ("external_id", "account", "plan", "product", "quantity", "unit_price", "starts_on", "ends_on",
             "notice_days", "stage"),
            *((f"{one.id}-growth", one.id, "growth", "growth", 10, "432.00", begins, ends, 14, "engaged")
              for one in companies),
        ],
    }
    for name, rows in tables.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)
    return [str(folder / f"{name}.csv") for name in tables]
