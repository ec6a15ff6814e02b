"""The renewal page, signed in, all protections on, beside a bare handler that returns the same bytes."""

from statistics import median

from app.clock import stopwatch
from bench.place import Place

ROUNDS = 7
REQUESTS = 150


def table(here: Place) -> str:
    path = f"/renewals/{here.renewal}"
    shown = here.client.get(path)
    here.client.post("/bare", content=shown.content)
    rounds = [(_cost(here, "/bare"), _cost(here, path)) for _ in range(ROUNDS)]
    bare_cpu, page_cpu = (median(pair[side][0] for pair in rounds) for side in (0, 1))
    bare_wall, page_wall = (median(pair[side][1] for pair in rounds) for side in (0, 1))
    ratio = median(pair[1][0] / pair[0][0] for pair in rounds)
    return (
        f"\nThe renewal page, {len(shown.content):,} bytes, median of {ROUNDS} rounds of {REQUESTS} requests\n"
        f"  bare handler   {bare_cpu * 1000:6.2f} ms CPU  {bare_wall * 1000:6.2f} ms wall\n"
        f"  renewal page   {page_cpu * 1000:6.2f} ms CPU  {page_wall * 1000:6.2f} ms wall\n"
        f"  CPU ratio      {ratio:6.1f} x\n"
    )


def _cost(here: Place, path: str) -> tuple[float, float]:
    """CPU and wall seconds of one request."""
    cpu, wall = here.cpu_seconds(), stopwatch()
    for _ in range(REQUESTS):
        answer = here.client.get(path)
        assert answer.status_code == 200, answer.status_code
    return (here.cpu_seconds() - cpu) / REQUESTS, (stopwatch() - wall) / REQUESTS
