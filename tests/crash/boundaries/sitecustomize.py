"""Boundaries: the moments at which a process of this trial may be killed; Python imports this by itself at start.

Everything that leaves the process goes through one of four doors: a commit, a call to Stripe, a mail, a job taken
or put away. Each is wrapped on both sides, so that new code is covered without anybody editing a list. The
folder KEKAL_BOUNDARIES holds what was `reached`, and in `armed` the one that kills: its name and number, or `#n`.
"""

import fcntl
import os
import re
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

WRITTEN = re.compile(r"^\s*(?:INSERT INTO|UPDATE|DELETE FROM) \"?(\w+)|procrastinate_(defer)_jobs", re.IGNORECASE)
ID = re.compile(r"/(?:pi|cs|in|cus|pm|evt|ch|il)_\w+")
BESIDE_THE_MATTER = {"seal", "web_session", "sign_in", "event", "defer", "clock"}
BY_THE_CLOCK = {
    "seal_events", "sweep_inbox", "sweep_payments", "sweep_messages", "begin_day", "forget", "retake_stalled",
}


def reach(what: str) -> None:
    """Note it, and die here if this is the one."""
    folder = Path(os.environ["KEKAL_BOUNDARIES"])
    try:
        armed = (folder / "armed").read_text()
    except FileNotFoundError:
        return
    name = f"{os.environ['KEKAL_PART']} {what}"
    with (folder / "reached").open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        before = file.read().splitlines()
        file.write(name + "\n")
    if armed in (f"{name} #{before.count(name) + 1}", f"#{len(before) + 1}"):
        (folder / "killed").write_text(name)
        os.kill(os.getpid(), signal.SIGKILL)


def both_sides(what: str, act: Callable[[], Any]) -> Any:
    reach(f"before {what}")
    done = act()
    reach(f"after {what}")
    return done


def watch_commits() -> None:
    import psycopg

    written: dict[int, list[str]] = {}
    execute, commit, rollback = psycopg.Cursor.execute, psycopg.Connection.commit, psycopg.Connection.rollback

    def noting(self: Any, query: Any, *rest: Any, **more: Any) -> Any:
        for table, job in WRITTEN.findall(query if isinstance(query, str) else ""):
            written.setdefault(id(self.connection), []).append(table or job)
        return execute(self, query, *rest, **more)

    def committing(self: Any) -> None:
        tables = [table for table in written.pop(id(self), []) if table not in BESIDE_THE_MATTER]
        if not tables:
            return commit(self)
        return both_sides(f"commit {tables[0]}", lambda: commit(self))  # named after what was written first

    def rolling_back(self: Any) -> None:
        written.pop(id(self), None)
        rollback(self)

    psycopg.Cursor.execute = noting  # type: ignore[method-assign, assignment]
    psycopg.Connection.commit = committing  # type: ignore[method-assign]
    psycopg.Connection.rollback = rolling_back  # type: ignore[method-assign]


def watch_stripe() -> None:
    import httpx

    send = httpx.Client.send

    def calling(self: httpx.Client, request: httpx.Request, **more: Any) -> httpx.Response:
        limit = float(os.environ["KEKAL_ANSWER_LIMIT"])
        request.extensions["timeout"] = dict.fromkeys(("connect", "read", "write", "pool"), limit)
        call = f"{request.method} {ID.sub('/{}', request.url.path)}"
        answer: httpx.Response = both_sides(call, lambda: send(self, request, **more))
        return answer

    httpx.Client.send = calling  # type: ignore[method-assign, assignment]


def watch_mail() -> None:
    import smtplib

    sendmail = smtplib.SMTP.sendmail

    def mailing(self: smtplib.SMTP, *words: Any, **more: Any) -> Any:
        return both_sides("mail", lambda: sendmail(self, *words, **more))

    smtplib.SMTP.sendmail = mailing  # type: ignore[method-assign, assignment]


def watch_jobs() -> None:
    from procrastinate import sql
    from procrastinate.psycopg_connector import PsycopgConnector

    tasks: dict[int, str] = {}
    fetch, run = PsycopgConnector.execute_query_one_async, PsycopgConnector.execute_query_async

    async def fetching(self: Any, query: Any, **arguments: Any) -> Any:
        row = await fetch(self, query, **arguments)
        if query == sql.queries["fetch_job"] and row["id"] is not None and row["task_name"] not in BY_THE_CLOCK:
            tasks[row["id"]] = row["task_name"]
            reach(f"after taking {row['task_name']}")
        return row

    async def running(self: Any, query: Any, **arguments: Any) -> None:
        task = tasks.pop(arguments["job_id"], "") if query == sql.queries["finish_job"] else ""
        if task:
            reach(f"before putting away {task}")
        await run(self, query, **arguments)

    PsycopgConnector.execute_query_one_async = fetching  # type: ignore[method-assign]
    PsycopgConnector.execute_query_async = running  # type: ignore[method-assign]


if "KEKAL_NURSERY" in os.environ:
    watch_commits()
    watch_stripe()
    watch_mail()
    watch_jobs()
