"""Profiling: what kind of renewal it is, from what is known of it and the policies in force."""

from collections.abc import Mapping
from datetime import date, timedelta

from renewals.account import Health
from renewals.notice_rule import facts_of, rule_for
from renewals.plan.plan import Drawing
from renewals.plan.profile import Profile
from renewals.plan.touch import Touch
from renewals.policy import Policy, PolicyKind
from renewals.renewal import Renewal
from renewals.segment import Segment


def drawing_of(renewal: Renewal, policies: Mapping[PolicyKind, Policy]) -> Drawing:
    """Raises: Malformed when the segment policy does not know the currency."""
    return Drawing(renewal, profile_of(renewal, policies), notice_on_of(renewal, policies))


def notice_on_of(renewal: Renewal, policies: Mapping[PolicyKind, Policy]) -> date | None:
    """The day of the legal notice, counted from the last day to decline; None where nothing renews by itself."""
    if not renewal.term.auto_renew:
        return None
    rule = rule_for(facts_of(renewal), policies[PolicyKind.NOTICE].content)
    return renewal.decide_by - timedelta(days=rule.send_days)


def profile_of(renewal: Renewal, policies: Mapping[PolicyKind, Policy]) -> Profile:
    """Unknown health is planned like green: its letters do not wait for a score; the forecast counts it apart."""
    segment = renewal.segment(policies[PolicyKind.SEGMENT].content)
    health = Health.of(renewal.account.health_score, policies[PolicyKind.HEALTH].content)
    large_from = policies[PolicyKind.PLAN].content["large_from"].get(renewal.value.currency)
    large = segment is Segment.MID_MARKET and large_from is not None and renewal.value.minor >= large_from
    return Profile(
        segment, health, touch_of(renewal, segment, health), large=large, strategic=renewal.account.strategic
    )


def touch_of(renewal: Renewal, segment: Segment, health: Health) -> Touch:
    """Source: framework, "Padankan Touch Model Anda Dengan Realiti"."""
    if segment is not Segment.SMB:
        return Touch.NEGOTIATED
    has_mandate = renewal.term.auto_renew and renewal.account.card_on_file is not None
    return Touch.AUTO if has_mandate and health is not Health.RED else Touch.ASSISTED
