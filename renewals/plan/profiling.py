"""Profiling: what kind of renewal it is as far as its plan is concerned, from how it is routed and the policies."""

from collections.abc import Mapping
from datetime import date

from renewals.notice_rule import NoticeRule, facts_of, rule_for
from renewals.plan.plan import Drawing
from renewals.plan.profile import Profile
from renewals.policy import Policy, PolicyKind
from renewals.renewal import Renewal
from renewals.routing.routing import Routing
from renewals.segment import Segment
from renewals.workday import workdays_before

PRICED_BEFORE = 5


def drawing_of(renewal: Renewal, routing: Routing, policies: Mapping[PolicyKind, Policy]) -> Drawing:
    profile, rule = profile_of(renewal, routing, policies), _notice_rule(renewal, policies)
    if rule is None:
        return Drawing(renewal, profile)
    return Drawing(renewal, profile, rule.sent_on(renewal.decide_by), rule.window(renewal.decide_by))


def notice_on_of(renewal: Renewal, policies: Mapping[PolicyKind, Policy]) -> date | None:
    """The day of the legal notice, counted from the last day to decline; None where nothing renews by itself."""
    rule = _notice_rule(renewal, policies)
    return rule.sent_on(renewal.decide_by) if rule else None


def priced_by_of(renewal: Renewal, policies: Mapping[PolicyKind, Policy]) -> date | None:
    """By when the price is there, because the notice names it; None where nothing renews by itself.

    Units: `PRICED_BEFORE` are working days before the notice's window opens; ours.
    """
    rule = _notice_rule(renewal, policies)
    return workdays_before(rule.window(renewal.decide_by)[0], PRICED_BEFORE) if rule else None


def _notice_rule(renewal: Renewal, policies: Mapping[PolicyKind, Policy]) -> NoticeRule | None:
    if not renewal.term.auto_renew:
        return None
    return rule_for(facts_of(renewal), policies[PolicyKind.NOTICE].content)


def profile_of(renewal: Renewal, routing: Routing, policies: Mapping[PolicyKind, Policy]) -> Profile:
    """Unknown health is planned like green: its letters do not wait for a score; the forecast counts it apart."""
    facts = routing.known
    large_from = policies[PolicyKind.PLAN].content["large_from"].get(renewal.value.currency)
    large = routing.segment is Segment.MID_MARKET and large_from is not None and renewal.value.minor >= large_from
    layered = routing.segment is Segment.ENTERPRISE and facts.layered
    return Profile(
        routing.segment, facts.health, routing.touch, large=large, layered=layered, strategic=facts.strategic
    )
