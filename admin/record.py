"""Record: one renewal with everything that happened to it, and what the staff do with it."""

from collections.abc import Callable, Mapping, Sequence
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from admin import signed, step
from admin.form import amount, day, one_of, somebody
from admin.shell import page
from admin.task import just_ended
from gateways.browser import Answer, Visit, get, post, staff
from renewals import loss, running
from renewals.activity import NOTED
from renewals.auto_renewal import Case, may_charge
from renewals.errors import Malformed
from renewals.event import EventName
from renewals.notice import Notice
from renewals.objection import Objection, ObjectionKind
from renewals.payment import Payment
from renewals.permission import REFUSALS, Permission
from renewals.person import Person
from renewals.pipeline import Pipeline, Rules
from renewals.plan.effort import Effort
from renewals.plan.opening import catalogue_of
from renewals.plan.review import Known, answered
from renewals.plan.story import Story
from renewals.policy import Policy, PolicyKind
from renewals.preparing import readiness
from renewals.quoting.preliminary import PreliminaryTerms
from renewals.quoting.quote import Quote
from renewals.readiness import Finding
from renewals.renewal import LossReason, Renewal, RenewalState
from renewals.routing.why import Why
from renewals.segment import Segment
from renewals.stake import Stake
from renewals.trail import Told

FIELDS = (
    "segment", "reason", "stage", "target", "owner", "kind", "on", "with", "words", "loss", "loss_words", "served_on",
    "tracking", "event", "told_on", "evidence", "change", "objection", "objected",
    "product", "quantity",
)
STORY = 12
"""Entries of the story that are open at once; the older ones are folded."""


@get("/admin/renewals/{renewal_id:uuid}", staff(Permission.READ_BOOK))
def show(visit: Visit, renewal_id: UUID) -> Answer:
    return _record(visit, visit.find(Renewal, renewal_id))


@post("/admin/renewals/{renewal_id:uuid}/segment", staff(Permission.CHANGE_SEGMENT))
def serve(visit: Visit, renewal_id: UUID) -> Answer:
    """Override the segment for this term, or take the override back."""
    form = visit.request.form

    def act(renewal: Renewal) -> None:
        renewal.serve_as(_segment(form.get("segment", "")), form.get("reason", ""), by=visit.someone, at=visit.now)

    return _done(visit, renewal_id, act, flash="resegmented")


@post("/admin/renewals/{renewal_id:uuid}/stage", staff(Permission.RUN_RENEWALS))
def move(visit: Visit, renewal_id: UUID) -> Answer:
    def act(renewal: Renewal) -> None:
        stage = one_of(RenewalState, visit.request.form.get("stage", ""), "Choose a stage.", "stage")
        running.move(renewal, stage, by=visit.someone, at=visit.now)

    return _done(visit, renewal_id, act, flash="moved")


@post("/admin/renewals/{renewal_id:uuid}/target", staff(Permission.RUN_RENEWALS))
def aim(visit: Visit, renewal_id: UUID) -> Answer:
    """Another target, or today's value again by the button `reset`."""
    form = visit.request.form

    def act(renewal: Renewal) -> None:
        target = None if "reset" in form else amount(form.get("target", ""), renewal.value.currency, "target")
        running.aim(renewal, target, by=visit.someone, at=visit.now)

    return _done(visit, renewal_id, act, flash="aimed")


@post("/admin/renewals/{renewal_id:uuid}/owner", staff(Permission.ASSIGN_OWNERS))
def hand_over(visit: Visit, renewal_id: UUID) -> Answer:
    def act(renewal: Renewal) -> None:
        named = visit.request.form.get("owner", "")
        owner = somebody(running.who_may_own(visit.session), named, "Choose who looks after it.", "owner")
        running.hand_over(renewal, owner, by=visit.someone, at=visit.now)

    return _done(visit, renewal_id, act, flash="handed_over")


@post("/admin/renewals/{renewal_id:uuid}/activity", staff(Permission.NOTE_ACTIVITY))
def note(visit: Visit, renewal_id: UUID) -> Answer:
    form = visit.request.form

    def act(renewal: Renewal) -> None:
        kind = one_of(NOTED, form.get("kind", ""), "Choose a call, a meeting, a mail or a note.", "kind")
        on, person = day(form.get("on", ""), "Give the day it happened.", "on"), _with(renewal, form.get("with", ""))
        running.note(renewal, kind, form.get("words", ""), on=on, person=person, by=visit.someone, at=visit.now)

    return _done(visit, renewal_id, act, flash="noted")


@post("/admin/renewals/{renewal_id:uuid}/loss", staff(Permission.RUN_RENEWALS))
def lose(visit: Visit, renewal_id: UUID) -> Answer:
    form = visit.request.form

    def act(renewal: Renewal) -> None:
        reason = loss.reason_of(form.get("loss", ""))
        loss.lose(renewal, reason, form.get("loss_words", ""), by=visit.someone, at=visit.now)

    return _done(visit, renewal_id, act, flash="lost", words="loss_words")


def _done(visit: Visit, renewal_id: UUID, act: Callable[[Renewal], None], *, flash: str, **called: str) -> Answer:
    """What can not be understood is said where it was typed, and what was typed stays.

    `called` is what the page calls a field of the verb, where another has its name.
    """
    renewal = visit.find(Renewal, renewal_id, lock=True)
    try:
        act(renewal)
    except Malformed as trouble:
        field = trouble.field or "reason"
        return _record(visit, renewal, status=422, **{called.get(field, field): str(trouble)})
    return visit.go(f"/admin/renewals/{renewal_id}", flash=flash)


def _segment(word: str) -> Segment | None:
    """Raises: Malformed."""
    if word == "by_value":
        return None
    return one_of(Segment, word, "Choose how this renewal is served.", "segment")


def _with(renewal: Renewal, word: str) -> Person | None:
    """Raises: Malformed for somebody who is not theirs."""
    if not word:
        return None
    return somebody(running.people_of(renewal), word, "Choose one of their people, or nobody.", "with")


def _record(visit: Visit, renewal: Renewal, *, status: int = 200, **trouble: str) -> Answer:
    pipeline = Pipeline(visit.session, visit.today)
    policies = Policy.all_in_force(visit.session, visit.today)
    story = Story.of(visit.session, renewal, policies, visit.today)
    typed = {field: visit.request.form.get(field, "") for field in FIELDS}
    return page(
        visit, "admin/renewal.html", here="renewals", status=status, renewal=renewal, row=pipeline.one(renewal),
        segment=_served(renewal, pipeline.rules.thresholds, story.told), story=story, shown=STORY,
        plans=pipeline.rules.plans, payments=Payment.of_renewal(visit.session, renewal.id),
        effort=_effort(story, policies), known=Known.of(visit.session, renewal, pipeline.rules, visit.today),
        reviews=answered(story.duties), ended=just_ended(visit), may=_may(visit, renewal),
        choices=_choices(visit, renewal), typed=typed, trouble=trouble, by_itself=_by_itself(visit, renewal),
        steps=step.beside(visit, renewal), quotes=Quote.of_renewal(visit.session, renewal.id),
        told=PreliminaryTerms.of(visit.session, renewal.id),
        why=Why.of(visit.session, renewal), signed=signed.beside(visit, renewal),
        growth=signed.growth(visit, renewal),
        readiness=_readiness(visit, renewal, pipeline.rules), objection_kinds=list(ObjectionKind),
        objections=Objection.of_renewal(visit.session, renewal.id),
    )


def show_again(visit: Visit, renewal: Renewal, trouble: Malformed) -> Answer:
    """The record once more, with what to mend where it was typed."""
    return _record(visit, renewal, status=422, **{trouble.field or "reason": str(trouble)})


def _by_itself(visit: Visit, renewal: Renewal) -> SimpleNamespace | None:
    """What the notice and the predicate say, where the contract renews by itself; the date aside until it comes."""
    if not renewal.is_open or not renewal.term.auto_renew:
        return None
    missing = [one for one in may_charge(Case.of(renewal, at=visit.now)) if one.name != "due"]
    counsel = Policy.in_force(visit.session, PolicyKind.NOTICE, visit.today).content["counsel"]
    return SimpleNamespace(notice=Notice.of(renewal), missing=[one.sentence for one in missing], counsel=counsel)


def _effort(story: Story, policies: Mapping[PolicyKind, Policy]) -> Effort | None:
    """None while it has no plan."""
    if story.plan is None:
        return None
    tasks, catalogue = [duty.task for duty in story.duties], catalogue_of(policies[PolicyKind.TASKS])
    return Effort.of(story.plan.profile, tasks, catalogue, policies[PolicyKind.PLAN].content)


def _choices(visit: Visit, renewal: Renewal) -> SimpleNamespace:
    """What the forms of the page offer."""
    return SimpleNamespace(
        segments=list(Segment), stages=running.doors(renewal), kinds=NOTED, reasons=list(LossReason),
        owners=running.who_may_own(visit.session), people=running.people_of(renewal),
    )


def _readiness(visit: Visit, renewal: Renewal, rules: Rules) -> list[Finding]:
    stakes = Stake.of_account(visit.session, renewal.account_id)
    return readiness(renewal, rules.segment(renewal), renewal.account.today(visit.now), stakes)


def _served(renewal: Renewal, thresholds: dict[str, Any], told: Sequence[Told]) -> SimpleNamespace:
    """By what this renewal is served as it is: its value, or a person's decision for this term."""
    bounds = thresholds.get(renewal.value.currency)
    by_value = Segment.of(renewal.value, {"thresholds": thresholds}) if bounds else None
    decided = [one for one in told if one.event.name == EventName.RENEWAL_RESEGMENTED]
    return SimpleNamespace(
        by_value=by_value, bounds=bounds, override=renewal.segment_override, reason=renewal.segment_reason,
        decided=decided[0] if decided and renewal.segment_override else None,
    )


def _may(visit: Visit, renewal: Renewal) -> SimpleNamespace:
    """What this person may do with it as it stands; closed ones are only written about."""
    may = visit.someone.may
    allowed = may(Permission.CHANGE_SEGMENT)
    return SimpleNamespace(
        serve=allowed and renewal.is_open, why_not=None if allowed else REFUSALS[Permission.CHANGE_SEGMENT],
        run=may(Permission.RUN_RENEWALS) and renewal.is_open, route=may(Permission.CHANGE_ROUTING),
        note=may(Permission.NOTE_ACTIVITY), quote=may(Permission.QUOTE) and renewal.is_open,
        assign=may(Permission.ASSIGN_OWNERS) and renewal.is_open, plan=may(Permission.CHANGE_PLAN) and renewal.is_open,
    )
