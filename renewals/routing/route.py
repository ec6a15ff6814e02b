"""Route: the rules asked about renewals, many at once; what changed is written down, and who owns them follows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from renewals.event import Event, EventName
from renewals.permission import Permission
from renewals.person import Person
from renewals.policy import Policy, PolicyKind
from renewals.renewal import Renewal
from renewals.routing.bench import Bench
from renewals.routing.decision import Decision, Rules
from renewals.routing.fact import Facts
from renewals.routing.kind import Part
from renewals.routing.knowing import Known, facts_of
from renewals.routing.routing import Routing
from renewals.segment import Segment

POLICIES = (PolicyKind.SEGMENT, PolicyKind.HEALTH, PolicyKind.TOUCH, PolicyKind.OWNERSHIP)
SHARED_FROM = 60
"""Days before the renewal date from when a customer hears of it. Source: timeline, "T-60 Hari"."""
ONE_AT_A_TIME = 7205313
"""The advisory lock under which renewals are routed: two who choose the least loaded must not choose the same."""


@dataclass(frozen=True, slots=True)
class Router:
    """What is needed to route renewals at one moment."""

    session: Session
    policies: Mapping[PolicyKind, Policy]
    rules: Rules
    bench: Bench
    at: datetime

    @property
    def cited(self) -> str:
        """The versions of the policies that decide."""
        return " ".join(self.policies[kind].name for kind in POLICIES)


def route(
    session: Session, renewals: Sequence[Renewal], policies: Mapping[PolicyKind, Policy], *, at: datetime
) -> dict[UUID, Routing]:
    """Ask the rules about open renewals, all in as many queries as about one.

    Returns: the routing of each, by the renewal's key.
    Raises: Malformed when the segment policy does not know a currency.
    """
    if not renewals:
        return {}
    keys, accounts = [each.id for each in renewals], {each.account_id for each in renewals}
    _hold(session, renewals)
    known = Known.about(session, renewals, policies, at.date())
    rules = Rules.of(policies[PolicyKind.TOUCH].content, policies[PolicyKind.OWNERSHIP].content)
    router = Router(session, policies, rules, Bench.of(session, accounts), at)
    before = {each.renewal_id: each for each in session.scalars(select(Routing).where(Routing.renewal_id.in_(keys)))}
    routed = {each.id: _route(router, each, before.get(each.id), known) for each in renewals}
    session.flush()
    return routed


def _hold(session: Session, renewals: Sequence[Renewal]) -> None:
    """Wait for whoever routes now, then see what they left: an owner they gave is not one that a person chose."""
    session.execute(select(func.pg_advisory_xact_lock(ONE_AT_A_TIME)))
    versions = select(Renewal.id, Renewal.version).where(Renewal.id.in_([each.id for each in renewals]))
    now = {row.id: row.version for row in session.execute(versions)}
    for renewal in renewals:
        if renewal.version != now[renewal.id]:
            session.refresh(renewal)


def _route(router: Router, renewal: Renewal, routing: Routing | None, known: Known) -> Routing:
    today = renewal.account.today(router.at)
    facts = facts_of(renewal, known, router.policies, today)
    decision = Decision.of(facts, router.rules, routing.decided_values if routing else None)
    is_new = routing is None
    changed = _write(router, renewal, routing, facts, decision)
    routing = changed.routing
    _give(router, renewal, routing, decision, today, is_new=is_new)
    if changed.parts:
        Event.record(
            router.session, EventName.RENEWAL_ROUTED, renewal, by=None, at=router.at, policy=router.cited,
            **changed.parts,
        )
    return routing


@dataclass(frozen=True, slots=True)
class Changed:
    """A routing, and its parts that are another now."""

    routing: Routing
    parts: Mapping[str, str]


def _write(router: Router, renewal: Renewal, routing: Routing | None, facts: Facts, decision: Decision) -> Changed:
    values: dict[str, Any] = {
        "segment": facts.segment, "opportunity": decision.opportunity, "touch": decision.touch,
        "strategy": decision.strategy, "owner_rule": decision.ownership.rule.key,
    }
    parts = {name: str(value) for name, value in values.items() if not routing or getattr(routing, name) != value}
    values |= {
        "policy": router.cited, "facts": facts.written(),
        "reasons": {**decision.reasons, Part.SEGMENT.value: _why_segment(router, renewal)},
    }
    if routing is None:
        routing = Routing(
            account_id=renewal.account_id, renewal_id=renewal.id, decided={}, introduced=True, routed_at=router.at,
            owner_role=decision.ownership.owner, owner_id=None, sponsor_id=None, look_again_on=None, **values,
        )
        router.session.add(routing)
    for name, value in values.items():
        if getattr(routing, name) != value:
            setattr(routing, name, value)
            routing.routed_at = router.at
    return Changed(routing, parts)


def _why_segment(router: Router, renewal: Renewal) -> dict[str, Any]:
    """By value, or by a person's decision, which stands on the renewal itself."""
    value = renewal.value
    bounds = router.policies[PolicyKind.SEGMENT].content["thresholds"].get(value.currency, {})
    from_ = {f"{name} from": [bound, value.currency] for name, bound in bounds.items()}
    because = {"arr": [value.minor, value.currency]} | from_
    by_value = Segment.of(value, dict(router.policies[PolicyKind.SEGMENT].content)).value if bounds else ""
    return {"rule": "by_value", "says": "By what a year is worth", "because": because, "value": by_value}


# Who owns it


def _give(
    router: Router, renewal: Renewal, routing: Routing, decision: Decision, today: date, *, is_new: bool
) -> None:
    """The owner that the rule asks for, unless a person chose one."""
    days_left = renewal.days_left(today)
    routing.owner_role = decision.ownership.owner_on(days_left)
    sponsor = router.rules.ownership.sponsor(decided_facts(routing))
    chosen = router.bench.find(sponsor, renewal.account, routing.sponsor_id) if sponsor else None
    routing.sponsor_id = chosen.id if chosen else None
    if is_new and (owner := _named_in_book(router, renewal, decision)):
        routing.keep_owner(owner, "Named for this renewal in the book that was brought in.", by=None, at=router.at)
    elif not is_new and renewal.owner_id != routing.owner_id and (owner := router.bench.person(renewal.owner_id)):
        routing.keep_owner(owner, "Given to them by hand.", by=None, at=router.at)
    if not _keeps(router, routing):
        owner = _by_rule(router, renewal, routing, decision, is_new=is_new)
        if owner and owner.id != renewal.owner_id:
            _hand_over(router, renewal, routing, owner, silently=is_new and _is_from_book(renewal))
        routing.owner_id = renewal.owner_id
    routing.look_again_on = _look_again(renewal, routing, decision, today)


def _keeps(router: Router, routing: Routing) -> bool:
    """A person's choice stands as long as that person is there and may own renewals."""
    if not routing.is_decided(Part.OWNER):
        return False
    owner = router.bench.person(UUID(routing.decided[Part.OWNER.value]["value"]))
    return owner is not None and owner.may(Permission.OWN_RENEWALS)


def _named_in_book(router: Router, renewal: Renewal, decision: Decision) -> Person | None:
    """Whom the book names although the rule would not; a term that Kekal made itself has nobody's decision."""
    owner = router.bench.person(renewal.owner_id)
    rule = decision.ownership
    if owner is None or not _is_from_book(renewal):
        return None
    is_as_ruled = any(role and role.value in owner.roles for role in (rule.owner, rule.until_then))
    return None if is_as_ruled else owner


def _is_from_book(renewal: Renewal) -> bool:
    return renewal.term.agreement_id is None


def _by_rule(
    router: Router, renewal: Renewal, routing: Routing, decision: Decision, *, is_new: bool
) -> Person | None:
    """Whoever has it and may, keeps it; but the work on a new term starts afresh, whoever had the one before."""
    now = renewal.owner_id if not is_new or _is_from_book(renewal) else None
    owner, wanted = router.bench.person(now), decision.ownership.owner
    if owner and wanted.value in owner.roles and (renewal.account_id, wanted) not in router.bench.named:
        return owner  # who takes over on a day has it already
    found = router.bench.find(routing.owner_role, renewal.account, now)
    return found or (None if renewal.owner_id else router.bench.person(renewal.account.owner_id))


def _hand_over(router: Router, renewal: Renewal, routing: Routing, owner: Person, *, silently: bool) -> None:
    """By rule. A book that was just brought in is not a change of hands: nobody is told anything new."""
    former, renewal.owner_id = renewal.owner_id, owner.id
    router.bench.move(former, owner.id)
    if not silently:
        Event.record(
            router.session, EventName.RENEWAL_HANDED_OVER, renewal, by=None, at=router.at, owner=str(owner.id),
            former=str(former) if former else None, rule=routing.owner_rule,
        )


def _look_again(renewal: Renewal, routing: Routing, decision: Decision, today: date) -> date | None:
    """The next day that changes something: somebody takes over, or can be introduced."""
    takes_over = decision.ownership.from_days
    days = [
        *([takes_over] if takes_over is not None else []), *([] if routing.introduced else [SHARED_FROM]),
    ]
    coming = [renewal.renews_on - timedelta(days=each) for each in days]
    return min((each for each in coming if each > today), default=None)


def decided_facts(routing: Routing) -> Facts:
    """What was known, with what was decided of it."""
    return routing.known.with_(opportunity=routing.opportunity, touch=routing.touch)
