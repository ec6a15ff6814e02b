"""The click: how long it takes on our side, Stripe's own time taken out."""

import re
from statistics import median

import httpx

from app.clock import stopwatch
from bench.place import Place

CLICKS = 30


def table(here: Place) -> str:
    """Each click renews another company of the book; the stand-in says how long it took itself."""
    spent = [spent for spent in (_click(here, email, renewal) for email, renewal in _buyers(here)) if spent][:CLICKS]
    ours = median(total - stripe for total, stripe in spent)
    theirs = median(stripe for _, stripe in spent)
    plain = median(_health(here) for _ in range(50))
    return (
        f"\nThe click, {len(spent)} renewals\n"
        f"  on our side    {ours * 1000:6.1f} ms, {ours / plain:.0f} x a request that does nothing\n"
        f"  at the stand-in{theirs * 1000:6.1f} ms\n"
    )


def _health(here: Place) -> float:
    began = stopwatch()
    here.client.get("/health")
    return stopwatch() - began


def _buyers(here: Place) -> list[tuple[str, str]]:
    """Companies whose renewal can be taken today with one click."""
    cast = here.client.get("/demo/cast.json").json()
    accounts = {account["name"]: account for account in cast["accounts"] if account["renewal_id"]}
    return [
        (person["email"], accounts[person["account"]]["renewal_id"])
        for person in cast["people"]
        if person["account"] in accounts and {"owner", "buyer"} & set(person["roles"])
        and "2026-08-05" < accounts[person["account"]]["renews_on"] < "2026-11-01"
    ]


def _click(here: Place, email: str, renewal: str) -> tuple[float, float] | None:
    """Seconds in all, and those spent waiting for Stripe; None when it is not a one-click renewal."""
    with httpx.Client(base_url=here.url, timeout=60) as client:
        client.post("/demo/sign-in", data={"email": email})
        page = client.get(f"/renewals/{renewal}").text
        option = re.search(r'name="option" value="([0-9a-f]{64})"', page)
        csrf, terms = re.search(r'name="csrf" value="([^"]+)"', page), re.search(r'name="terms" value="([^"]+)"', page)
        if not (option and csrf and terms):
            return None
        form = {"csrf": csrf[1], "option": option[1], "terms": terms[1]}
        began = stopwatch()
        answer = client.post(f"/renewals/{renewal}/payment", data=form)
        total = stopwatch() - began
        waited = answer.headers.get("server-timing", "")
        found = re.search(r"outside;dur=([0-9.]+)", waited)
        return (total, float(found[1]) / 1000) if found else None
