"""What a customer agreed to is taken back, and a recovery begins again

The last word about the charge by itself counts, and the database holds it: whoever took it back is not charged by
itself afterwards, and nobody takes it back while such a charge is under way; each waits for the other at the company's
lock. A task may be opened once more when the one before it has ended.
"""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

IN_TURN = "PERFORM pg_advisory_xact_lock(hashtextextended('mandate ' || NEW.account_id::text, 0));"


ONE_OF_EACH = "uq_task_renewal_pattern"
ENDED_BEFORE = """
DELETE FROM task AS t USING task AS n
WHERE n.renewal_id = t.renewal_id AND n.pattern = t.pattern AND (n.opened_at, n.id) > (t.opened_at, t.id)
"""


def upgrade() -> None:
    op.drop_index(ONE_OF_EACH, "task")
    op.create_index(ONE_OF_EACH, "task", ["renewal_id", "pattern"], unique=True, postgresql_where="state = 'open'")
    op.execute("GRANT SELECT ON consent TO kekal_portal")
    op.execute(
        f"""
        CREATE FUNCTION kekal_charged_with_their_word() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            {IN_TURN}
            IF 'auto_renewal_withdrawn' = (
                SELECT kind FROM consent
                WHERE account_id = NEW.account_id AND kind IN ('auto_renewal', 'auto_renewal_withdrawn')
                ORDER BY given_at DESC, id DESC LIMIT 1
            ) THEN
                RAISE EXCEPTION 'they took back that they may be charged' USING ERRCODE = 'restrict_violation';
            END IF;
            RETURN NEW;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER charged_with_their_word BEFORE INSERT ON payment FOR EACH ROW "
        "WHEN (NEW.kind = 'off_session') EXECUTE FUNCTION kekal_charged_with_their_word()"
    )
    op.execute(
        f"""
        CREATE FUNCTION kekal_word_against_a_charge() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            {IN_TURN}
            IF EXISTS (
                SELECT FROM payment WHERE account_id = NEW.account_id AND kind = 'off_session'
                AND state IN ('sent', 'requires_action', 'processing', 'unknown')
            ) THEN
                RAISE EXCEPTION 'a charge by itself is under way' USING ERRCODE = 'restrict_violation';
            END IF;
            RETURN NEW;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER word_against_a_charge BEFORE INSERT ON consent FOR EACH ROW "
        "WHEN (NEW.kind = 'auto_renewal_withdrawn') EXECUTE FUNCTION kekal_word_against_a_charge()"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER word_against_a_charge ON consent")
    op.execute("DROP FUNCTION kekal_word_against_a_charge()")
    op.execute("DROP TRIGGER charged_with_their_word ON payment")
    op.execute("DROP FUNCTION kekal_charged_with_their_word()")
    op.execute("REVOKE SELECT ON consent FROM kekal_portal")
    op.execute(ENDED_BEFORE)
    op.drop_index(ONE_OF_EACH, "task")
    op.create_index(ONE_OF_EACH, "task", ["renewal_id", "pattern"], unique=True)
