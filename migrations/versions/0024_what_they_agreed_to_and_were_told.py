"""One mandate for each contract, and a notice that is held to what it told

What was said of one contract says nothing of another. A word is of the subscription it was imported with or switched
for; where that can not be told, of every subscription of theirs that renewed by itself on its day. One that is of none
counts for nothing, and stays; from now on a withdrawal names its own.

A notice keeps what the customer was told they get and pay. A charge is held to that, and no longer to how the price
came about, which reads otherwise under every version of a policy. Notices from before are held to their content.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

KINDS = "('auto_renewal', 'auto_renewal_withdrawn')"
UNDER_WAY = "('sent', 'requires_action', 'processing', 'unknown')"
IMPORTED = "sha256(convert_to('Imported with ' || k.external_id || ' on ' || (e.at AT TIME ZONE 'UTC')::date, 'UTF8'))"
SAID_OF = f"""
WITH known AS (
    SELECT c.id, k.id AS subscription_id FROM consent c JOIN event e ON e.subject_id = c.id
    JOIN subscription k ON k.account_id = c.account_id
    WHERE e.name = 'consent.given' AND c.kind IN {KINDS} AND c.text_hash = encode({IMPORTED}, 'hex')
    UNION
    SELECT c.id, r.subscription_id FROM event e JOIN renewal r ON r.id = e.subject_id
    JOIN consent c ON c.account_id = e.account_id AND c.id::text = e.details ->> 'consent'
    WHERE e.name IN ('mandate.given', 'mandate.withdrawn')
), meant AS (
    SELECT c.id, t.subscription_id FROM consent c JOIN term t ON t.account_id = c.account_id AND t.auto_renew
    WHERE c.kind IN {KINDS} AND c.id NOT IN (SELECT id FROM known)
      AND (c.given_at AT TIME ZONE 'UTC')::date >= t.starts_on AND (c.given_at AT TIME ZONE 'UTC')::date < t.ends_on
), said_of AS (
    SELECT *, row_number() OVER (PARTITION BY id ORDER BY subscription_id) AS place
    FROM (SELECT * FROM known UNION SELECT * FROM meant) AS found
), kept AS (
    UPDATE consent c SET subscription_id = s.subscription_id FROM said_of s WHERE s.id = c.id AND s.place = 1
)
INSERT INTO consent (id, account_id, person_id, subscription_id, kind, text_version, text_hash, given_at, ip,
                     user_agent)
SELECT gen_random_uuid(), c.account_id, c.person_id, s.subscription_id, c.kind, c.text_version, c.text_hash, c.given_at,
       c.ip, c.user_agent
FROM said_of s JOIN consent c ON c.id = s.id WHERE s.place > 1
"""

CHARGED_WITH_THEIR_WORD = f"""
CREATE OR REPLACE FUNCTION kekal_charged_with_their_word() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE contract uuid; said text;
BEGIN
    SELECT subscription_id INTO contract FROM renewal WHERE account_id = NEW.account_id AND id = NEW.renewal_id;
    PERFORM pg_advisory_xact_lock(hashtextextended('mandate ' || contract::text, 0));
    SELECT kind INTO said FROM consent
        WHERE account_id = NEW.account_id AND subscription_id = contract AND kind IN {KINDS}
        ORDER BY given_at DESC, id DESC LIMIT 1;
    IF said IS DISTINCT FROM 'auto_renewal' THEN
        RAISE EXCEPTION 'no word of theirs stands by which they agreed to be charged'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$
"""
WORD_AGAINST_A_CHARGE = f"""
CREATE OR REPLACE FUNCTION kekal_word_against_a_charge() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.subscription_id IS NULL THEN
        RAISE EXCEPTION 'a withdrawal names its subscription' USING ERRCODE = 'not_null_violation';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('mandate ' || NEW.subscription_id::text, 0));
    IF EXISTS (
        SELECT FROM payment p JOIN renewal r ON r.account_id = p.account_id AND r.id = p.renewal_id
        WHERE r.account_id = NEW.account_id AND r.subscription_id = NEW.subscription_id
          AND p.kind = 'off_session' AND p.state IN {UNDER_WAY}
    ) THEN
        RAISE EXCEPTION 'a charge by itself is under way' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$
"""

OF_THE_COMPANY = "PERFORM pg_advisory_xact_lock(hashtextextended('mandate ' || NEW.account_id::text, 0));"
CHARGED_WITH_THEIR_WORD_BEFORE = f"""
CREATE OR REPLACE FUNCTION kekal_charged_with_their_word() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {OF_THE_COMPANY}
    IF 'auto_renewal_withdrawn' = (
        SELECT kind FROM consent WHERE account_id = NEW.account_id AND kind IN {KINDS}
        ORDER BY given_at DESC, id DESC LIMIT 1
    ) THEN
        RAISE EXCEPTION 'they took back that they may be charged' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$
"""
WORD_AGAINST_A_CHARGE_BEFORE = f"""
CREATE OR REPLACE FUNCTION kekal_word_against_a_charge() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {OF_THE_COMPANY}
    IF EXISTS (
        SELECT FROM payment WHERE account_id = NEW.account_id AND kind = 'off_session' AND state IN {UNDER_WAY}
    ) THEN
        RAISE EXCEPTION 'a charge by itself is under way' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$
"""
TOLD = """
CREATE FUNCTION kekal_told(content jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT jsonb_object_agg(key, value) FROM jsonb_each(content) WHERE key IN (
        'plan', 'currency', 'starts_on', 'ends_on', 'months', 'lines', 'years', 'per_year', 'due_now', 'total',
        'against_today', 'holds_price'
    )
$$
"""
"""As `pricing.priced` tells it."""

SAME_CONTENT = "n.content_hash = a.content_hash"
SAME_WORD = f"({SAME_CONTENT} OR n.told = (SELECT kekal_told(o.content) FROM offer o WHERE o.id = a.offer_id))"
NAMED = (
    "renewal_id", "rule", "deadline", "window_from", "window_to", "channels", "content_hash", "price_minor", "currency",
    "starts_on",
)
SOMEBODY_AGREED = """
            IF NOT EXISTS (SELECT FROM consent WHERE account_id = NEW.account_id AND kind = 'auto_renewal') THEN
                RAISE EXCEPTION 'nobody of theirs agreed to be charged' USING ERRCODE = 'restrict_violation';
            END IF;
"""


def upgrade() -> None:
    op.add_column("consent", sa.Column("subscription_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        "fk_consent_account_id_subscription_id", "consent", "subscription",
        ["account_id", "subscription_id"], ["account_id", "id"],
    )
    op.create_index("ix_consent_subscription", "consent", ["subscription_id"])
    _tell_of_which()
    op.execute(CHARGED_WITH_THEIR_WORD)
    op.execute(WORD_AGAINST_A_CHARGE)
    op.add_column("notice", sa.Column("told", postgresql.JSONB(), nullable=False, server_default="{}"))
    op.alter_column("notice", "told", server_default=None)
    op.execute(TOLD)
    _keep_what_was_named(*NAMED, "told")
    _guard_the_charge(SAME_WORD, "")


def downgrade() -> None:
    _guard_the_charge(SAME_CONTENT, SOMEBODY_AGREED)
    _keep_what_was_named(*NAMED)
    op.execute("DROP FUNCTION kekal_told(jsonb)")
    op.drop_column("notice", "told")
    op.execute(WORD_AGAINST_A_CHARGE_BEFORE)
    op.execute(CHARGED_WITH_THEIR_WORD_BEFORE)
    op.drop_column("consent", "subscription_id")


def _tell_of_which() -> None:
    """With the worker's eyes, who sees every company's rows; the owner alone lifts what keeps consents as they are."""
    op.execute("ALTER TABLE consent DISABLE TRIGGER USER")
    op.execute("SET LOCAL ROLE kekal_worker")
    op.execute(SAID_OF)
    op.execute("RESET ROLE")
    op.execute("ALTER TABLE consent ENABLE TRIGGER USER")


def _keep_what_was_named(*names: str) -> None:
    """As in 0014."""
    old, new = (", ".join(f"{row}.{name}" for name in names) for row in ("OLD", "NEW"))
    op.execute(
        f"""
        CREATE OR REPLACE FUNCTION kekal_keep_notice() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'DELETE' OR ({old}) IS DISTINCT FROM ({new})
               OR (OLD.state = 'served' AND (OLD.state, OLD.served_on, OLD.channel, OLD.proof)
                   IS DISTINCT FROM (NEW.state, NEW.served_on, NEW.channel, NEW.proof)) THEN
                RAISE EXCEPTION 'what a notice names, and the proof of it, are never changed or removed'
                    USING ERRCODE = 'insufficient_privilege';
            END IF;
            RETURN NEW;
        END $$
        """
    )


def _guard_the_charge(same: str, agreed: str) -> None:
    """As in 0014; whether they agreed is asked by the trigger that comes after it, of this contract's last word."""
    op.execute(
        f"""
        CREATE OR REPLACE FUNCTION kekal_charged_by_itself() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE last_day date;
        BEGIN
            SELECT r.renews_on - t.notice_days INTO last_day
            FROM renewal r JOIN term t ON t.account_id = r.account_id AND t.id = r.term_id
            WHERE r.account_id = NEW.account_id AND r.id = NEW.renewal_id AND r.declined_at IS NULL
              AND r.state NOT IN ('won', 'lost') AND t.auto_renew
            FOR SHARE OF r;
            IF NOT FOUND THEN
                RAISE EXCEPTION 'this renewal does not renew by itself' USING ERRCODE = 'restrict_violation';
            END IF;
            IF NOT EXISTS (
                SELECT FROM notice n
                JOIN instalment i ON i.account_id = n.account_id AND i.id = NEW.instalment_id
                JOIN acceptance a ON a.account_id = n.account_id AND a.id = i.acceptance_id
                WHERE n.account_id = NEW.account_id AND n.renewal_id = NEW.renewal_id AND n.state = 'served'
                  AND n.deadline = last_day AND {same} AND a.state = 'standing'
                  AND n.price_minor = NEW.amount_minor AND n.currency = NEW.currency
            ) THEN
                RAISE EXCEPTION 'no notice was served that names this price' USING ERRCODE = 'restrict_violation';
            END IF;
{agreed}
            RETURN NEW;
        END $$
        """
    )
