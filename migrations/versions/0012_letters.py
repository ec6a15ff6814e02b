"""Letters: which words a message was written with, what kept it back, and a reader's wish to hear nothing

A message sent before keeps neither: its words were the program's own.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0010"
branch_labels = None
depends_on = None

MINE = "account_id = nullif(current_setting('kekal.account', true), '')::uuid"
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("message", sa.Column("words", sa.Text(), nullable=True))
    op.add_column("message", sa.Column("why", sa.Text(), nullable=True))
    op.create_index("ix_message_words", "message", ["words"], postgresql_where=sa.text("words IS NOT NULL"))
    op.execute("GRANT UPDATE (words, why) ON message TO kekal_portal")
    _snooze()


def downgrade() -> None:
    op.drop_table("snooze")
    op.drop_index("ix_message_words", "message")
    op.drop_column("message", "why")
    op.drop_column("message", "words")


def _snooze() -> None:
    op.create_table(
        "snooze",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("renewal_id", sa.Uuid(), nullable=False),
        sa.Column("begins_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_snooze"),
        sa.UniqueConstraint("account_id", "id", name="uq_snooze_account_id_id"),
        sa.CheckConstraint("begins_at < ends_at", name="ck_snooze_in_order"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_snooze_account_id"),
        *(
            sa.ForeignKeyConstraint(
                ["account_id", f"{other}_id"], [f"{other}.account_id", f"{other}.id"],
                name=f"fk_snooze_account_id_{other}_id",
            )
            for other in ("person", "renewal")
        ),
    )
    op.create_index(
        "uq_snooze_one", "snooze", ["person_id"], unique=True, postgresql_where=sa.text("ended_at IS NULL")
    )
    op.execute("ALTER TABLE snooze ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE snooze FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY portal ON snooze TO kekal_portal USING ({MINE}) WITH CHECK ({MINE})")
    op.execute(
        "CREATE POLICY everybody_else ON snooze TO kekal_door, kekal_staff, kekal_worker USING (true) WITH CHECK (true)"
    )
    op.execute("GRANT SELECT, INSERT, UPDATE (ended_at) ON snooze TO kekal_portal")
    op.execute("GRANT SELECT ON snooze TO kekal_staff")
    op.execute("GRANT ALL ON snooze TO kekal_worker")
