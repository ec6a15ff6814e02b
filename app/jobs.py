"""Jobs: which work follows from which event, in one table, and how it is put into the queue."""

from collections.abc import Callable
from enum import IntEnum
from typing import Any

import procrastinate
from sqlalchemy import Connection, Text, cast, column, delete, select, table
from sqlalchemy.dialects.postgresql import JSONB

from app.transaction import take_worker_role
from renewals.event import Event, EventName
from renewals.message import MessageKind
from renewals.plan.action import ActionState
from renewals.policy import PolicyKind
from renewals.routing.route import POLICIES

QUEUE_OPTIONS = {"options": "-c role=kekal_worker"}
A_MINUTE = 60
BATCH = 1000
"""Jobs put into the queue by one statement."""
JOBS = table("procrastinate_jobs", column("id"), column("task_name"), column("status"), column("args", JSONB))
"""The queue's own table."""


class Rank(IntEnum):
    """Which work is taken first: nobody who causes much of it keeps others from signing in, or money from settling."""

    FIRST = 10
    USUAL = 0
    LAST = -10


RANKS = {
    **dict.fromkeys(
        ("send_sign_in", "reconcile", "handle_notice", "renew_automatically", "issue_invoice", "plan_receipt", "alert",
         "retake_stalled", "sweep_inbox", "sweep_payments"), Rank.FIRST,
    ),
    **dict.fromkeys(
        ("route_customer", "route_renewals", "band_again", "draw_plan", "draw_plans", "look_at_readiness"), Rank.LAST,
    ),
}
"""The rank of each job that is not of the usual one."""

ROUTES = frozenset({kind.value for kind in POLICIES})
BANDS = PolicyKind.HEALTH.value

Args = dict[str, Any]


def _subject(event: Event) -> Args:
    account = str(event.account_id) if event.account_id else None
    return {"account": account, "subject": str(event.subject_id)}


def _paid(event: Event) -> Args | None:
    """The payment that an invoice is for."""
    payment = event.details.get("payment")
    return {"subject": payment} if payment else None


def _house(event: Event) -> Args:
    """Work of our own about a customer's record: no customer's transaction may do it."""
    return {"subject": str(event.subject_id)}


def _customer(event: Event) -> Args:
    """The same about everything of one customer's."""
    return {"subject": str(event.account_id)}


def _event(event: Event) -> Args:
    return {"account": str(event.account_id), "event": str(event.id)}


def _happened(event: Event) -> Args:
    """What the staff alone hear of."""
    return {"event": str(event.id)}


def _of_ours(event: Event) -> Args:
    """Whom it is told to is known from what no customer reads."""
    return _house(event) | _happened(event)


def _both(event: Event) -> Args:
    return _subject(event) | {"event": str(event.id)}


def _of_one_card(event: Event) -> Args | None:
    """Not for each card of a whole book: who fetched them asks about all at once."""
    return None if event.details.get("fetched") else _customer(event)


def _rules(event: Event) -> Args | None:
    """Only policies by which renewals run or are noticed, and not the first of each: there is nothing to run yet."""
    kind = event.details.get("kind")
    return {} if kind in ROUTES - {BANDS} | {PolicyKind.NOTICE.value} and event.details.get("number", 0) > 1 else None


def _bands(event: Event) -> Args | None:
    """The policy of health: renewals run by the bands, which follow first."""
    return {} if event.details.get("kind") == BANDS and event.details.get("number", 0) > 1 else None


def _plans(event: Event) -> Args | None:
    """A new version of the plans, and not the first: open renewals are drawn by it."""
    return {} if event.details.get("kind") == PolicyKind.PLAN and event.details.get("number", 0) > 1 else None


def _failed(event: Event) -> Args | None:
    """What the machine gave up; whatever else became of an action needs nobody."""
    return _house(event) if event.details.get("outcome") == ActionState.FAILED else None


FOLLOWS: dict[EventName, list[tuple[str, Callable[[Event], Args | None], int]]] = {
    EventName.SIGN_IN_ASKED: [("send_sign_in", _subject, 0)],
    EventName.PAYMENT_SENT: [("reconcile", lambda event: _subject(event) | {"look": 0}, 15)],
    EventName.PAYMENT_SUCCEEDED: [("issue_invoice", _subject, 0), ("plan_receipt", _house, A_MINUTE)],
    EventName.INVOICE_ISSUED: [("plan_receipt", _paid, 0)],
    EventName.PAYMENT_DECLINED: [("tell_payment_failed", _both, 0)],
    EventName.PAYMENT_QUARANTINED: [("alert", _event, 0), ("route_customer", _customer, 0)],
    EventName.PAYMENT_STRANDED: [("alert", _event, 0)],
    EventName.AGREEMENT_MADE: [("print_agreement", _subject, 0)],
    EventName.RENEWAL_DECLINED: [("tell_declined", _both, 0), ("route_customer", _customer, 0)],
    EventName.RENEWAL_RECONSIDERED: [("tell_reconsidered", _both, 0), ("route_customer", _customer, 0)],
    EventName.QUESTION_ASKED: [("tell_question", _event, 0)],
    EventName.PERSON_INVITED: [("tell_invited", _both, 0), ("look_at_readiness", _customer, 0)],
    EventName.PERSON_REMOVED: [("route_customer", _customer, 0), ("look_at_readiness", _customer, 0)],
    EventName.MESSAGE_PLANNED: [("send_message", _subject, 0)],
    EventName.MESSAGE_FAILED: [("tell_undelivered", _subject, 0)],
    EventName.RENEWAL_OPENED: [("draw_plan", _house, 0)],
    EventName.RENEWAL_RESEGMENTED: [("draw_plan", _house, 0)],
    EventName.RENEWAL_FELL_DUE: [("renew_automatically", lambda event: _house(event) | {"event": str(event.id)}, 0)],
    EventName.RENEWAL_HELD_BACK: [("tell_held_back", _event, 0)],
    EventName.NOTICE_PLANNED: [("print_notice", _subject, 0)],
    EventName.NOTICE_FAILED: [("tell_unserved", _subject, 0)],
    EventName.ACTION_ENDED: [("tell_stuck", _failed, 0)],
    EventName.MILESTONE_WAIVED: [("insist", _house, 0)],
    EventName.BULK_ASKED: [("do_bulk", _house, 0)],
    EventName.RENEWAL_HANDED_OVER: [("hand_off", lambda event: _house(event) | {"event": str(event.id)}, 0)],
    EventName.ROUTING_DECIDED: [("draw_plan", _house, 0)],
    EventName.TEAM_NAMED: [("route_customer", _customer, 0)],
    EventName.ACCOUNT_FLAGGED: [("route_customer", _customer, 0)],
    EventName.CARD_SAVED: [("route_customer", _of_one_card, 0), ("look_at_readiness", _of_one_card, 0)],
    EventName.CARD_REPLACED: [("route_customer", _of_one_card, 0), ("look_at_readiness", _of_one_card, 0)],
    EventName.BILLING_CHANGED: [("look_at_readiness", _customer, 0)],
    EventName.MANDATE_GIVEN: [("route_customer", _customer, 0)],
    EventName.MANDATE_WITHDRAWN: [("route_customer", _customer, 0)],
    EventName.RENEWAL_MOVED: [("route_customer", _customer, 0), ("look_at_readiness", _customer, 0)],
    EventName.HEALTH_READ: [("route_customer", _customer, 0)],
    EventName.HEALTH_FELL: [("tell_health_fell", _event, 0), ("route_customer", _customer, 0)],
    EventName.HEALTH_RECOVERED: [("route_customer", _customer, 0)],
    EventName.STAKE_CHANGED: [("route_customer", _customer, 0), ("look_at_readiness", _customer, 0)],
    EventName.POLICY_PUBLISHED: [("route_renewals", _rules, 0), ("band_again", _bands, 0), ("draw_plans", _plans, 0)],
    EventName.TERM_ADDED_TO: [("print_addition", _subject, 0)],
    EventName.TRUE_UP_MADE: [("tell_trued_up", _house, 0)],
    EventName.TERM_LEFT: [("tell_left", _house, 0)],
    EventName.RENEGOTIATION_OPENED: [("tell_renegotiation", _house, 0)],
    EventName.RENEWAL_WON: [("end_plan", _house, 0)],
    EventName.RENEWAL_LOST: [("end_plan", _house, 0)],
    EventName.REVIEW_OPENED: [("tell_asked", _house, 0)],
    EventName.REVIEW_NAMED: [("tell_asked", _house, 0)],
    EventName.REVIEW_REMINDED: [("tell_late", _of_ours, 0)],
    EventName.REVIEW_ESCALATED: [("tell_late", _of_ours, 0)],
    EventName.REVIEW_RETURNED: [("tell_decided", _happened, 0)],
    EventName.REVIEW_REFUSED: [("tell_decided", _happened, 0)],
    EventName.QUOTE_APPROVED: [("tell_decided", _happened, 0)],
    EventName.QUOTE_SENT: [
        ("tell_sent", _of_ours, 0), ("arrange_meeting", _house, 0), ("look_at_readiness", _customer, 0)
    ],
    EventName.QUOTE_COUNTERED: [("tell_negotiated", _happened, 0)],
    EventName.QUOTE_DECLINED: [("tell_negotiated", _happened, 0)],
    EventName.QUOTE_ACCEPTED: [("tell_negotiated", _happened, 0), ("tell_agreed", _both, 0)],
    EventName.REMARK_MADE: [("tell_negotiated", _happened, 0)],
    EventName.BOOK_IMPORTED: [("fetch_cards", lambda event: {}, 0), ("draw_plans", lambda event: {}, 0)],
}
"""Event -> (job, its arguments, seconds of machine time to wait). Without arguments, None, there is no job."""


def follow(connection: Connection, events: list[Event]) -> None:
    """Put the jobs of these events into the queue, in the transaction that wrote the events."""
    alike: dict[tuple[str, int, Rank], list[Args]] = {}
    for event in events:
        for job, args, wait in FOLLOWS.get(EventName(event.name), []):
            if (given := args(event)) is not None:
                alike.setdefault((job, wait, _rank(job, event)), []).append(given)
    if not alike:
        return
    take_worker_role(connection)
    for (job, wait, rank), many in alike.items():
        defer(connection, job, *many, wait=wait, rank=rank)


def rank_of(job: str) -> Rank:
    return RANKS.get(job, Rank.USUAL)


def _rank(job: str, event: Event) -> Rank:
    """A code that somebody waits for is no letter among others."""
    return Rank.FIRST if event.details.get("kind") == MessageKind.SIGN_IN else rank_of(job)


def defer(connection: Connection, job: str, *many: Args, wait: int = 0, rank: Rank | None = None) -> None:
    """One job for each of the arguments, in batches. Units: `wait` in seconds of machine time."""
    options: dict[str, Any] = {"schedule_in": {"seconds": wait}} if wait else {}
    options["priority"] = rank_of(job) if rank is None else rank
    task = _deferrer.configure_task(job, connection=connection.connection.driver_connection, **options)
    for begin in range(0, len(many), BATCH):
        task.batch_defer(*many[begin:begin + BATCH])


def forget_waiting(connection: Connection, job: str, args: Args) -> None:
    """What waits to do just the same is not done again: it was committed, so whoever begins now sees what it is about.

    One that a worker is taking at this moment is left to it.
    """
    waiting = select(JOBS.c.id).where(
        JOBS.c.task_name == job, cast(JOBS.c.status, Text) == "todo", JOBS.c.args == cast(args, JSONB)
    )
    connection.execute(delete(JOBS).where(JOBS.c.id.in_(waiting.with_for_update(skip_locked=True))))


_deferrer = procrastinate.App(connector=procrastinate.SyncPsycopgConnector())
