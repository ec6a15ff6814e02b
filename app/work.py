"""Work: one job inside its transactions: the worker's counterpart of a visit."""

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.house import House
from app.jobs import Args, defer, forget_waiting
from app.transaction import Role, Steps, run_steps, take_worker_role

Job = Callable[..., Any]


class Work:
    """Runs as the account it is about, so that the database guards it like the customer's own page; work
    that is about no account runs as the worker."""

    def __init__(self, house: House, account: UUID | None = None) -> None:
        self.house = house
        self.account = account
        self.session: Session
        self.now: datetime
        self.machine_now: datetime

    def run(self, job: Job, **args: Any) -> None:
        """A job is one step, or three when it yields its outside call; it may be run twice, and says so."""
        run_steps(self._step, _steps(partial(job, self, **args), job))

    @contextmanager
    def _step(self) -> Iterator[None]:
        role = Role.PORTAL if self.account else Role.WORKER
        with self.house.database.begin(role, self.account) as (session, now):
            self.session, self.now, self.machine_now = session, now.business, now.machine
            yield

    def later(self, job: str, *many: Args, wait: int) -> None:
        """Defer in this transaction, once for each of the arguments; the last thing a step does.

        Units: `wait` in seconds of machine time.
        """
        self.session.flush()
        take_worker_role(self.session.connection())
        defer(self.session.connection(), job, *many, wait=wait)

    def instead_of_waiting(self, job: str, **args: str) -> None:
        """Say at the beginning of a job that this run stands for all that wait to do the same."""
        forget_waiting(self.session.connection(), job, args)


def _steps(call: Callable[[], Any], job: Job) -> Steps[None]:
    if inspect.isgeneratorfunction(job):
        yield from call()
    else:
        call()
