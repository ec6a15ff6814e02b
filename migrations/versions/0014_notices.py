"""Notices: what has to be said before a term renews by itself, with its proof; and what may be charged then

A charge without the customer present needs a notice served for the same content and price, the consent to it, the
clause, and that nobody has said no: asked of the database itself, whoever writes the row. A "do not renew" that was
acknowledged and such a charge can not both stand: each waits for the other at the renewal's row.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

MINE = "account_id = nullif(current_setting('kekal.account', true), '')::uuid"
MOMENT = sa.DateTime(timezone=True)
SERVED = "state, served_on, channel, proof, recorded_at, recorded_by, why, version"
NAMED = "renewal_id, rule, deadline, window_from, window_to, channels, content_hash, price_minor, currency, starts_on"
LIVE = "('sent', 'requires_action', 'processing', 'unknown', 'succeeded')"


def upgrade() -> None:
    op.add_column("account", sa.Column("region", sa.Text(), nullable=False, server_default=""))
    op.alter_column("account", "region", server_default=None)
    _notice()
    _pace()
    _keep_what_was_named()
    _guard_the_charge()
    _guard_the_no()


def downgrade() -> None:
    op.execute("DROP TRIGGER no_against_a_charge ON renewal")
    op.execute("DROP FUNCTION kekal_no_against_a_charge()")
    op.execute("DROP TRIGGER charged_by_itself ON payment")
    op.execute("DROP FUNCTION kekal_charged_by_itself()")
    op.drop_table("notice")
    op.execute("DROP FUNCTION kekal_keep_notice()")
    op.drop_table("pace")
    op.drop_column("account", "region")


def _notice() -> None:
    op.create_table(
        "notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("renewal_id", sa.Uuid(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("jurisdiction", sa.Text(), nullable=False),
        sa.Column("deadline", sa.Date(), nullable=False),
        sa.Column("window_from", sa.Date(), nullable=False),
        sa.Column("window_to", sa.Date(), nullable=False),
        sa.Column("channels", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.Column("change_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("planned_at", MOMENT, nullable=False),
        sa.Column("state", _choice("noticestate", "planned", "served", "failed"), nullable=False),
        sa.Column("served_on", sa.Date(), nullable=True),
        sa.Column("channel", _choice("channel", "mail", "paper"), nullable=True),
        sa.Column("proof", sa.Text(), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=True),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_notice"),
        sa.UniqueConstraint("account_id", "id", name="uq_notice_account_id_id"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_notice_account_id"),
        sa.ForeignKeyConstraint(
            ["account_id", "renewal_id"], ["renewal.account_id", "renewal.id"], name="fk_notice_account_id_renewal_id"
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "document_id"], ["document.account_id", "document.id"],
            name="fk_notice_account_id_document_id",
        ),
        sa.CheckConstraint(
            "(state = 'served') = (served_on IS NOT NULL AND channel IS NOT NULL AND proof <> '')",
            name="ck_notice_served_has_proof",
        ),
        sa.CheckConstraint("served_on BETWEEN window_from AND window_to", name="ck_notice_served_in_window"),
        sa.CheckConstraint("channel = ANY (channels)", name="ck_notice_served_as_allowed"),
    )
    op.create_index("uq_notice_renewal_deadline", "notice", ["renewal_id", "deadline"], unique=True)
    op.create_index("ix_notice_planned", "notice", ["window_to"], postgresql_where=sa.text("state = 'planned'"))
    op.execute("ALTER TABLE notice ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE notice FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY portal ON notice TO kekal_portal USING ({MINE}) WITH CHECK ({MINE})")
    others = "kekal_door, kekal_staff, kekal_worker"
    op.execute(f"CREATE POLICY everybody_else ON notice TO {others} USING (true) WITH CHECK (true)")
    op.execute(f"GRANT SELECT, UPDATE ({SERVED}, document_id) ON notice TO kekal_portal")
    op.execute(f"GRANT SELECT, UPDATE ({SERVED}) ON notice TO kekal_staff")
    op.execute("GRANT ALL ON notice TO kekal_worker")


def _pace() -> None:
    op.create_table(
        "pace",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("next_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_pace"),
    )
    op.create_index("uq_pace_party", "pace", ["party"], unique=True)
    op.execute("INSERT INTO pace (id, party, next_at) VALUES (gen_random_uuid(), 'stripe', '2000-01-01T00:00:00Z')")
    op.execute("GRANT ALL ON pace TO kekal_worker")


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, length=40)


def _keep_what_was_named() -> None:
    old, new = (", ".join(f"{row}.{name.strip()}" for name in NAMED.split(",")) for row in ("OLD", "NEW"))
    op.execute(
        f"""
        CREATE FUNCTION kekal_keep_notice() RETURNS trigger LANGUAGE plpgsql AS $$
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
    op.execute(
        "CREATE TRIGGER keep_notice BEFORE UPDATE OR DELETE ON notice FOR EACH ROW EXECUTE FUNCTION kekal_keep_notice()"
    )


def _guard_the_charge() -> None:
    """The renewal's row is locked against a "do not renew" that is being written, and read again after it."""
    op.execute(
        """
        CREATE FUNCTION kekal_charged_by_itself() RETURNS trigger LANGUAGE plpgsql AS $$
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
                  AND n.deadline = last_day AND n.content_hash = a.content_hash AND a.state = 'standing'
                  AND n.price_minor = NEW.amount_minor AND n.currency = NEW.currency
            ) THEN
                RAISE EXCEPTION 'no notice was served that names this price' USING ERRCODE = 'restrict_violation';
            END IF;
            IF NOT EXISTS (SELECT FROM consent WHERE account_id = NEW.account_id AND kind = 'auto_renewal') THEN
                RAISE EXCEPTION 'nobody of theirs agreed to be charged' USING ERRCODE = 'restrict_violation';
            END IF;
            RETURN NEW;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER charged_by_itself BEFORE INSERT ON payment FOR EACH ROW WHEN (NEW.kind = 'off_session') "
        "EXECUTE FUNCTION kekal_charged_by_itself()"
    )


def _guard_the_no() -> None:
    op.execute(
        f"""
        CREATE FUNCTION kekal_no_against_a_charge() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF EXISTS (SELECT FROM payment WHERE account_id = NEW.account_id AND renewal_id = NEW.id
                       AND state IN {LIVE}) THEN
                RAISE EXCEPTION 'a payment for this renewal is under way' USING ERRCODE = 'restrict_violation';
            END IF;
            RETURN NEW;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER no_against_a_charge BEFORE UPDATE OF declined_at ON renewal FOR EACH ROW "
        "WHEN (OLD.declined_at IS NULL AND NEW.declined_at IS NOT NULL) "
        "EXECUTE FUNCTION kekal_no_against_a_charge()"
    )
