"""Nobody grants their own: not in somebody's name, not beforehand, not once somebody else submitted it again

A yes does not count when who said it, or whose authority it was, wrote the same content in any version of the quote.
An acceptance does not lapse while money for it may still arrive, or has. Whoever ends a term counts its seats first.
"""

from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

EARNED = """
    CREATE OR REPLACE FUNCTION kekal_approval_is_earned() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE wanted integer; granted integer;
    BEGIN
        SELECT needs INTO wanted FROM offer WHERE id = NEW.offer_id;
        {count}
        IF granted < wanted THEN
            RAISE EXCEPTION 'this content needs % approvals and has %', wanted, granted
                USING ERRCODE = 'check_violation', CONSTRAINT = 'approval_is_earned';
        END IF;
        RETURN NEW;
    END $$
"""
BY_ANOTHER = """
        SELECT count(*) INTO granted FROM review r LEFT JOIN envelope e ON e.id = r.envelope_id
            WHERE r.offer_id = NEW.offer_id AND r.content_hash = NEW.content_hash AND r.state = 'granted'
              AND NOT EXISTS (
                SELECT FROM offer o JOIN quote q ON q.id = o.quote_id JOIN offer same ON same.quote_id = q.id
                WHERE o.id = r.offer_id AND same.content_hash = o.content_hash
                  AND ARRAY[same.author_id, q.author_id] && ARRAY[r.decided_by, r.decided_for, e.holder_id]
              );
"""
BY_ANOTHER_THAN_ITS_AUTHOR = """
        SELECT count(*) INTO granted FROM review r
            JOIN offer o ON o.id = r.offer_id LEFT JOIN quote q ON q.id = o.quote_id
            WHERE r.offer_id = NEW.offer_id AND r.content_hash = NEW.content_hash AND r.state = 'granted'
              AND r.decided_by IS DISTINCT FROM o.author_id AND r.decided_by IS DISTINCT FROM q.author_id;
"""


def upgrade() -> None:
    op.execute(EARNED.format(count=BY_ANOTHER))
    op.execute("GRANT INSERT ON true_up, line TO kekal_staff")
    op.execute(
        """
        CREATE FUNCTION kekal_nothing_is_paid_for_it() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF EXISTS (
                SELECT FROM instalment i JOIN payment p ON p.instalment_id = i.id
                WHERE i.acceptance_id = NEW.id
                  AND p.state IN ('sent', 'requires_action', 'processing', 'unknown', 'succeeded')
            ) THEN
                RAISE EXCEPTION 'a payment for this acceptance is under way'
                    USING ERRCODE = 'restrict_violation', CONSTRAINT = 'nothing_is_paid_for_it';
            END IF;
            RETURN NEW;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER nothing_is_paid_for_it BEFORE UPDATE OF state ON acceptance FOR EACH ROW "
        "WHEN (NEW.state = 'lapsed') EXECUTE FUNCTION kekal_nothing_is_paid_for_it()"
    )


def downgrade() -> None:
    op.execute("REVOKE INSERT ON true_up, line FROM kekal_staff")
    op.execute("DROP TRIGGER nothing_is_paid_for_it ON acceptance")
    op.execute("DROP FUNCTION kekal_nothing_is_paid_for_it()")
    op.execute(EARNED.format(count=BY_ANOTHER_THAN_ITS_AUTHOR))
