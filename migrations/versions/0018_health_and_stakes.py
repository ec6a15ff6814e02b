"""Readings of health with the band they lead to, and the part each person plays in the customer's decision

Neither the readings nor the stakes are a customer's: what we think of them is ours.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

BANDS = ("green", "yellow", "red", "unknown")
STRENGTHS = ("strong", "medium", "weak")
STANCES = ("advocate", "neutral", "detractor")
TABLES = ("health_reading", "stake")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _health_reading()
    _stake()
    op.add_column(
        "account", sa.Column("health_band", _choice("health", BANDS), nullable=False, server_default="unknown")
    )
    op.add_column("account", sa.Column("health_since", sa.Date(), nullable=True))
    op.add_column("account", sa.Column("health_taken_on", sa.Date(), nullable=True))
    _begin_histories()
    _rights()


def downgrade() -> None:
    for column in ("health_taken_on", "health_since", "health_band"):
        op.drop_column("account", column)
    for table in TABLES:
        op.drop_table(table)


def _choice(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, length=40)


def _health_reading() -> None:
    op.create_table(
        "health_reading",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("taken_on", sa.Date(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_health_reading"),
        sa.UniqueConstraint("account_id", "id", name="uq_health_reading_account_id_id"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_health_reading_account_id"),
        sa.CheckConstraint("score BETWEEN 0 AND 100", name="ck_health_reading_score"),
    )
    op.create_index("ix_health_reading_account", "health_reading", ["account_id", "taken_on"])


def _stake() -> None:
    op.create_table(
        "stake",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("buying_roles", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("strength", _choice("strength", STRENGTHS), nullable=True),
        sa.Column("stance", _choice("stance", STANCES), nullable=True),
        sa.Column("concern", sa.Text(), nullable=False),
        sa.Column("engaged_by_id", sa.Uuid(), nullable=True),
        sa.Column("last_contact_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_stake"),
        sa.UniqueConstraint("account_id", "id", name="uq_stake_account_id_id"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_stake_account_id"),
        sa.ForeignKeyConstraint(
            ["account_id", "person_id"], ["person.account_id", "person.id"], name="fk_stake_account_id_person_id"
        ),
        sa.ForeignKeyConstraint(["engaged_by_id"], ["person.id"], name="fk_stake_engaged_by_id"),
    )
    op.create_index("uq_stake_person", "stake", ["person_id"], unique=True)


def _begin_histories() -> None:
    """The score that is known becomes the first reading, of the day it was last brought in, with its plain band."""
    op.execute(
        """
        UPDATE account AS a SET health_taken_on = told.day, health_since = told.day, health_band = CASE
            WHEN health_score >= (bands.content ->> 'green')::int THEN 'green'
            WHEN health_score >= (bands.content ->> 'yellow')::int THEN 'yellow' ELSE 'red' END
        FROM (SELECT content FROM policy WHERE kind = 'health' ORDER BY number DESC LIMIT 1) AS bands,
             (SELECT account_id, max(at)::date AS day FROM event WHERE name = 'account.imported' GROUP BY 1) AS told
        WHERE told.account_id = a.id AND a.health_score IS NOT NULL
        """
    )
    op.execute(
        """
        INSERT INTO health_reading (id, account_id, score, taken_on, source, by_id, at)
        SELECT gen_random_uuid(), id, health_score, health_taken_on, 'import', NULL, health_taken_on::timestamptz
        FROM account WHERE health_taken_on IS NOT NULL
        """
    )


def _rights() -> None:
    others = "kekal_door, kekal_staff, kekal_worker"
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY portal ON {table} TO kekal_portal USING (false) WITH CHECK (false)")
        op.execute(f"CREATE POLICY everybody_else ON {table} TO {others} USING (true) WITH CHECK (true)")
        op.execute(f"GRANT ALL ON {table} TO kekal_worker")
    op.execute("GRANT SELECT ON health_reading TO kekal_staff")
    op.execute("GRANT SELECT, INSERT ON stake TO kekal_staff")
    op.execute(
        "GRANT UPDATE (buying_roles, strength, stance, concern, engaged_by_id, last_contact_on, version) "
        "ON stake TO kekal_staff"
    )
    for when, event in (("changes", "BEFORE UPDATE OR DELETE"), ("empties", "BEFORE TRUNCATE")):
        each = "ROW" if when == "changes" else "STATEMENT"
        op.execute(
            f"CREATE TRIGGER never_{when} {event} ON health_reading FOR EACH {each} "
            "EXECUTE FUNCTION kekal_refuse_change()"
        )
