"""Worker: a process that takes jobs from the queue; as many as one likes on one database."""

import asyncio
import inspect
import os
import signal
from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

import procrastinate
import structlog
from procrastinate import JobContext

from app.chores import auto_renewal, clauses, health, household, message, money, paper, plan, quote
from app.chores.day import begin_day
from app.house import House
from app.jobs import QUEUE_OPTIONS, rank_of
from app.pace import wait_for_stripe
from app.work import Work
from renewals.errors import GatewayFailed, NotFound

CONCURRENCY = 6
HEARTBEAT = 2.0
STALLED_AFTER = 6.0
BEHIND_THE_PORTAL = 5
"""Niceness."""
EVERY_FEW_SECONDS = "* * * * * */5"
EVERY_MINUTE = "* * * * *"
EVERY_HOUR = "23 * * * *"
EVERY_DAY = "17 3 * * *"
RETRY = procrastinate.RetryStrategy(max_attempts=12, exponential_wait=2)
log = structlog.get_logger()

CHORES: tuple[Callable[..., Any], ...] = (
    message.send_sign_in, message.send_message, message.plan_receipt, message.tell_declined,
    message.tell_payment_failed, message.tell_reconsidered, message.tell_question, message.tell_invited, message.alert,
    message.tell_undelivered,
    plan.draw_plan, plan.draw_plans, plan.end_plan, plan.route_renewals, plan.route_customer, plan.hand_off,
    plan.do_bulk, plan.insist, plan.tell_stuck, plan.look_at_readiness, health.tell_health_fell, health.band_again,
    money.reconcile, money.handle_notice, money.fetch_cards,
    paper.issue_invoice, paper.print_agreement, paper.print_addition,
    auto_renewal.renew_automatically, auto_renewal.tell_held_back, auto_renewal.tell_card_failed,
    auto_renewal.tell_unserved, auto_renewal.print_notice,
    quote.tell_asked, quote.tell_late, quote.tell_decided, quote.tell_sent, quote.tell_negotiated, quote.tell_agreed,
    clauses.tell_trued_up, clauses.tell_left, clauses.tell_renegotiation,
    quote.arrange_meeting,
)
"""Every job that follows from an event, under its function's own name."""
PERIODIC: tuple[tuple[Callable[..., Any], str], ...] = (
    (household.seal_events, EVERY_FEW_SECONDS),
    (household.anchor_chain, EVERY_HOUR),
    (household.sweep_inbox, EVERY_MINUTE),
    (household.sweep_payments, EVERY_MINUTE),
    (household.sweep_messages, EVERY_MINUTE),
    (begin_day, EVERY_MINUTE),
    (quote.mind_quotes, EVERY_MINUTE),
    (household.forget, EVERY_DAY),
)


def queue(house: House) -> procrastinate.App:
    """The queue with every chore this worker knows."""
    connector = procrastinate.PsycopgConnector(
        conninfo=house.settings.database_url, kwargs=QUEUE_OPTIONS, min_size=1, max_size=CONCURRENCY + 2
    )
    app = procrastinate.App(connector=connector)
    for chore in CHORES:
        app.task(name=chore.__name__, retry=RETRY)(_as_task(house, chore))
    for chore, cron in PERIODIC:
        name = chore.__name__
        task = app.task(name=name, priority=rank_of(name), retry=False)(_as_periodic(house, chore))
        app.periodic(cron=cron)(task)
    _retake(app)
    return app


def _as_task(house: House, chore: Callable[..., Any]) -> Callable[..., None]:
    keys = [name for name, p in inspect.signature(chore).parameters.items() if p.annotation is UUID]

    def task(account: str | None = None, **args: Any) -> None:
        work = Work(house, UUID(account) if account else None)
        typed = {name: UUID(value) if name in keys else value for name, value in args.items()}
        try:
            work.run(chore, **typed)
        except NotFound:
            log.warning("a job's record is gone", job=chore.__name__, **args)
        except GatewayFailed as no:
            if not no.permanent:
                raise
            log.error("a job can not be done", job=chore.__name__, why=str(no), **args)

    return task


def _as_periodic(house: House, chore: Callable[..., Any]) -> Callable[[int], None]:
    def task(timestamp: int) -> None:
        Work(house).run(chore)

    return task


def _retake(app: procrastinate.App) -> None:
    """Jobs of a worker that died go back into the queue; procrastinate leaves this to its users."""

    @app.periodic(cron=EVERY_FEW_SECONDS)
    @app.task(name="retake_stalled", priority=rank_of("retake_stalled"), pass_context=True)
    async def retake(context: JobContext, timestamp: int) -> None:
        for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER):
            await app.job_manager.retry_job(job)


async def work_until_stopped(house: House) -> None:
    """Run until SIGTERM or SIGINT; what is under way is finished first. On a machine shared with the portal the people
    who look at a page come first."""
    os.nice(BEHIND_THE_PORTAL)
    house.stripe.keep_pace(partial(wait_for_stripe, house.database))
    app = queue(house)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    async with app.open_async():
        worker = asyncio.create_task(
            app.run_worker_async(
                concurrency=CONCURRENCY, install_signal_handlers=False, update_heartbeat_interval=HEARTBEAT,
                stalled_worker_timeout=STALLED_AFTER, fetch_job_polling_interval=1.0, delete_jobs="successful",
                shutdown_graceful_timeout=20,
            )
        )
        stopped = asyncio.create_task(stop.wait())
        await asyncio.wait({worker, stopped}, return_when=asyncio.FIRST_COMPLETED)
        worker.cancel()
        await asyncio.gather(worker, return_exceptions=True)
