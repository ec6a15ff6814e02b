"""Agreed: the terms that rows of subscriptions make, beside those in already, and the renewals they open."""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

KEPT = ("notice_days", "auto_renew", "billing", "net_days")
"""Columns that, when missing from the file, leave a known term as it is."""


def gather(session: Session, present: Collection[str]) -> None:
    """One row of `staged_terms` for each term of the file: the key it has or gets, and whether it changes."""
    kept = {name: f"s.{name}" if name in present else f"coalesce(t.{name}, s.{name})" for name in KEPT}
    session.execute(text("DROP TABLE IF EXISTS pg_temp.staged_terms"))
    session.execute(text(_GATHER.format(**kept)))
    session.execute(text("ANALYZE staged_terms"))


def enter(
    session: Session, present: Collection[str], by: UUID | None, at: datetime
) -> Mapping[str, dict[str, int]]:
    """Subscriptions, terms, lines and renewals, in this order. Returns counts of new and changed ones."""
    moment = {"at": at, "by": by}
    counts: dict[str, dict[str, int]] = {}
    for name, steps in STEPS.items():
        counts[name] = {what: session.execute(text(sql), moment).scalar_one() for what, sql in steps.items()}
    return counts


_GATHER = """
CREATE TEMPORARY TABLE staged_terms ON COMMIT DROP AS
WITH said AS (
    SELECT DISTINCT ON (external_id, starts_on, ends_on)
           s.*,
           first_value(subscription_id) OVER (PARTITION BY external_id ORDER BY line) AS new_subscription_id,
           jsonb_agg(jsonb_build_array(product, quantity, unit_minor)) OVER (
               PARTITION BY external_id, starts_on, ends_on ORDER BY line
               ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS lines
    FROM staged_subscriptions AS s
    WHERE external_id IS NOT NULL AND starts_on < ends_on
    ORDER BY external_id, starts_on, ends_on, line
), known_lines AS (
    SELECT l.term_id, jsonb_agg(jsonb_build_array(product, quantity, unit_minor) ORDER BY position) AS lines
    FROM line AS l WHERE l.term_id IN (
        SELECT t.id FROM said AS s JOIN subscription AS k USING (external_id)
        JOIN term AS t ON t.subscription_id = k.id)
    GROUP BY l.term_id
), met AS (
    SELECT s.line, s.external_id, s.account, s.plan, s.starts_on, s.ends_on, s.months, s.currency,
           {notice_days} AS notice_days, {auto_renew} AS auto_renew, {billing} AS billing,
           {net_days} AS net_days,
           s.stage, s.owner_email, s.target_minor, s.mandate_on, s.renewal_id, s.event_id, s.change_id,
           coalesce(t.id, s.term_id) AS id, t.id IS NULL AS is_new, t.agreement_id, t.ends_on AS ended_on,
           coalesce(k.id, s.new_subscription_id) AS subscription_id, k.id IS NULL AS new_subscription,
           s.lines, kl.lines AS known_lines,
           t.id IS NOT NULL AND (
               s.lines IS DISTINCT FROM kl.lines OR
               (t.ends_on, t.currency, t.notice_days, t.auto_renew, t.billing, t.net_days) IS DISTINCT FROM
               (s.ends_on, s.currency, {notice_days}, {auto_renew}, {billing}, {net_days})) AS is_changed
    FROM said AS s
    LEFT JOIN subscription AS k USING (external_id)
    LEFT JOIN term AS t ON t.subscription_id = k.id AND t.starts_on = s.starts_on
    LEFT JOIN known_lines AS kl ON kl.term_id = t.id
)
SELECT met.*, met.ends_on = greatest(
           max(met.ends_on) OVER (PARTITION BY met.external_id), beside.ends_on) AS is_latest
FROM met LEFT JOIN (
    SELECT subscription_id, max(ends_on) AS ends_on FROM term
    WHERE subscription_id IN (SELECT subscription_id FROM met) AND id NOT IN (SELECT id FROM met)
    GROUP BY subscription_id) AS beside USING (subscription_id)
"""

_NEW_SUBSCRIPTIONS = """
WITH entered AS (
    INSERT INTO subscription (id, account_id, external_id, plan, currency, version)
    SELECT DISTINCT ON (s.external_id) s.subscription_id, a.id, s.external_id, s.plan, s.currency, 1
    FROM staged_terms AS s JOIN account AS a ON a.external_id = s.account
    WHERE s.new_subscription ORDER BY s.external_id, s.ends_on DESC
    RETURNING 1)
SELECT count(*) FROM entered
"""

_CHANGED_SUBSCRIPTIONS = """
WITH entered AS (
    UPDATE subscription AS k SET plan = s.plan, currency = s.currency, version = k.version + 1
    FROM staged_terms AS s
    WHERE k.id = s.subscription_id AND s.is_latest
      AND (k.plan, k.currency) IS DISTINCT FROM (s.plan, s.currency)
    RETURNING 1)
SELECT count(*) FROM entered
"""

_CHANGED_TERMS = """
WITH entered AS (
    UPDATE term AS t SET ends_on = s.ends_on, months = s.months, currency = s.currency,
           notice_days = s.notice_days, auto_renew = s.auto_renew, billing = s.billing, net_days = s.net_days
    FROM staged_terms AS s WHERE t.id = s.id AND s.is_changed AND t.agreement_id IS NULL
    RETURNING t.id
), gone AS (
    DELETE FROM line AS l USING entered AS e WHERE l.term_id = e.id
), told AS (
    INSERT INTO event (id, account_id, name, subject_type, subject_id, by_id, at, details)
    SELECT (array_agg(s.change_id ORDER BY s.line))[1], k.account_id, 'account.imported', 'account',
           k.account_id, CAST(:by AS uuid), :at,
           jsonb_build_object('new', false, 'terms', jsonb_agg(jsonb_build_object(
               'subscription', s.external_id, 'term', s.id,
               'ends_on', jsonb_build_object('from', s.ended_on, 'to', s.ends_on),
               'lines', jsonb_build_object('from', s.known_lines, 'to', s.lines)) ORDER BY s.line))
    FROM staged_terms AS s JOIN subscription AS k ON k.id = s.subscription_id WHERE s.is_changed
    GROUP BY k.account_id)
SELECT count(*) FROM entered
"""

_NEW_TERMS = """
WITH entered AS (
    INSERT INTO term (id, account_id, subscription_id, starts_on, ends_on, months, currency, notice_days,
                      auto_renew, billing, net_days, price_rule, clauses)
    SELECT s.id, k.account_id, k.id, s.starts_on, s.ends_on, s.months, s.currency, s.notice_days,
           s.auto_renew, s.billing, s.net_days, '{}', '{}'
    FROM staged_terms AS s JOIN subscription AS k ON k.id = s.subscription_id WHERE s.is_new
    RETURNING 1)
SELECT count(*) FROM entered
"""

_LINES = """
WITH entered AS (
    INSERT INTO line (id, account_id, term_id, position, product, quantity, unit_minor, amount_minor,
                      currency, starts_on, ends_on)
    SELECT s.id, k.account_id, t.id, row_number() OVER (PARTITION BY t.id ORDER BY s.line) - 1, s.product,
           s.quantity, s.unit_minor, s.unit_minor * s.quantity, s.currency, s.starts_on, s.ends_on
    FROM staged_subscriptions AS s JOIN staged_terms AS t USING (external_id, starts_on, ends_on)
    JOIN subscription AS k ON k.id = t.subscription_id
    WHERE t.is_new OR t.is_changed
    RETURNING 1)
SELECT count(*) FROM entered
"""

_CHANGED_RENEWALS = """
WITH entered AS (
    UPDATE renewal AS r SET version = r.version + 1, renews_on = s.ends_on,
           owner_id = coalesce(o.id, r.owner_id),
           target_minor = coalesce(s.target_minor, r.target_minor)
    FROM staged_terms AS s LEFT JOIN person AS o ON o.account_id IS NULL AND o.email = s.owner_email
    WHERE r.term_id = s.id AND r.state NOT IN ('won', 'lost')
      AND (r.renews_on <> s.ends_on
           OR r.target_minor IS DISTINCT FROM coalesce(s.target_minor, r.target_minor)
           OR r.owner_id IS DISTINCT FROM coalesce(o.id, r.owner_id))
    RETURNING 1)
SELECT count(*) FROM entered
"""

_NEW_RENEWALS = """
WITH wanted AS (
    SELECT s.*, coalesce(s.stage, 'planned') AS state,
           coalesce(s.stage, 'planned') IN ('won', 'lost') AS is_closed
    FROM staged_terms AS s WHERE s.is_latest OR s.stage = 'won'
), entered AS (
    INSERT INTO renewal (id, account_id, subscription_id, term_id, owner_id, state, renews_on, opened_at,
                         closed_at, target_minor, version)
    SELECT s.renewal_id, k.account_id, k.id, s.id,
           CASE WHEN is_closed THEN coalesce(o.id, a.owner_id) ELSE o.id END, s.state, s.ends_on,
           CASE WHEN is_closed THEN least(:at, s.starts_on::timestamp AT TIME ZONE 'UTC') ELSE :at END,
           CASE WHEN is_closed THEN least(:at, s.ends_on::timestamp AT TIME ZONE 'UTC') END,
           s.target_minor, 1
    FROM wanted AS s JOIN subscription AS k ON k.id = s.subscription_id
    JOIN account AS a ON a.id = k.account_id
    LEFT JOIN person AS o ON o.account_id IS NULL AND o.email = s.owner_email
    WHERE NOT EXISTS (SELECT FROM renewal AS r WHERE r.term_id = s.id)
      AND (s.is_closed OR NOT EXISTS (SELECT FROM renewal AS r WHERE r.subscription_id = k.id
                                      AND r.state NOT IN ('won', 'lost')))
    RETURNING id, account_id, renews_on, state
), told AS (
    INSERT INTO event (id, account_id, name, subject_type, subject_id, by_id, at, details)
    SELECT s.event_id, e.account_id, 'renewal.opened', 'renewal', e.id, CAST(:by AS uuid), :at,
           jsonb_build_object('renews_on', e.renews_on, 'state', e.state, 'imported', true)
    FROM entered AS e JOIN staged_terms AS s ON s.renewal_id = e.id ORDER BY s.line)
SELECT count(*) FROM entered
"""

_NEW_CONSENTS = """
WITH wanted AS (
    SELECT k.account_id, k.id, s.mandate_on, s.external_id
    FROM staged_terms AS s JOIN subscription AS k ON k.id = s.subscription_id
    WHERE s.mandate_on IS NOT NULL AND s.auto_renew AND s.is_latest
), entered AS (
    INSERT INTO consent (id, account_id, person_id, subscription_id, kind, text_version, text_hash, given_at, ip,
                         user_agent)
    SELECT gen_random_uuid(), w.account_id, p.id, w.id, 'auto_renewal', 'imported',
           encode(sha256(convert_to('Imported with ' || w.external_id || ' on ' || CAST(:at AS timestamptz)::date,
                                    'UTF8')), 'hex'),
           w.mandate_on::timestamp AT TIME ZONE 'UTC', '', 'imported'
    FROM wanted AS w CROSS JOIN LATERAL (
        SELECT id FROM person WHERE account_id = w.account_id AND active AND 'owner' = ANY (roles)
        ORDER BY id LIMIT 1) AS p
    WHERE NOT EXISTS (SELECT FROM consent AS c WHERE c.subscription_id = w.id AND c.kind = 'auto_renewal'
                      AND c.given_at = w.mandate_on::timestamp AT TIME ZONE 'UTC')
    RETURNING id, account_id, given_at
), told AS (
    INSERT INTO event (id, account_id, name, subject_type, subject_id, by_id, at, details)
    SELECT gen_random_uuid(), account_id, 'consent.given', 'consent', id, CAST(:by AS uuid), :at,
           jsonb_build_object('kind', 'auto_renewal', 'text_version', 'imported', 'imported', true)
    FROM entered)
SELECT count(*) FROM entered
"""
"""That they agreed to be charged for a subscription is the importer's word; the record says so, and names no words of
its own."""

STEPS = {
    "subscriptions": {"new": _NEW_SUBSCRIPTIONS, "changed": _CHANGED_SUBSCRIPTIONS},
    "terms": {"changed": _CHANGED_TERMS, "new": _NEW_TERMS},
    "lines": {"new": _LINES},
    "renewals": {"changed": _CHANGED_RENEWALS, "new": _NEW_RENEWALS},
    "consents": {"new": _NEW_CONSENTS},
}
"""Changed terms go before new ones: a term that was shortened makes room for the next."""
