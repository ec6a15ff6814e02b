"""Calendar feeds: private addresses that calendars read; nothing in a row opens one"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

MINE = "account_id = nullif(current_setting('kekal.account', true), '')::uuid"
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "feed",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("scope", sa.Enum("own", "team", name="feedscope", native_enum=False, length=40), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("read_at", MOMENT, nullable=True),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_feed"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_feed_account_id"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_feed_person_id"),
        sa.ForeignKeyConstraint(
            ["account_id", "person_id"], ["person.account_id", "person.id"], name="fk_feed_account_id_person_id"
        ),
    )
    op.create_index("ix_feed_person", "feed", ["person_id"])
    op.execute("ALTER TABLE feed ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE feed FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY portal ON feed TO kekal_portal USING ({MINE}) WITH CHECK ({MINE})")
    others = "kekal_door, kekal_staff, kekal_worker"
    op.execute(f"CREATE POLICY everybody_else ON feed TO {others} USING (true) WITH CHECK (true)")
    op.execute("GRANT SELECT, INSERT ON feed TO kekal_portal, kekal_staff")
    op.execute("GRANT UPDATE (revoked_at) ON feed TO kekal_portal, kekal_staff")
    op.execute("GRANT SELECT, UPDATE (read_at) ON feed TO kekal_door")
    op.execute("GRANT ALL ON feed TO kekal_worker")


def downgrade() -> None:
    op.drop_table("feed")
