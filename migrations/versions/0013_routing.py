"""Routing: how each renewal is run and by whom, the people named for a role, and why an account is strategic

None of it is a customer's: they see who looks after them, and not by which rule.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

SEGMENTS = ("enterprise", "mid-market", "smb")
OPPORTUNITIES = ("flat", "expansion", "at_risk", "early")
TOUCH = ("auto", "assisted", "negotiated")
STRATEGIES = (
    "streamlined_confirmation", "value_reinforcement", "issue_resolution", "relationship_rebuild", "save_mode",
    "expansion_focus",
)
ROLES = (
    "owner", "buyer", "signer", "procurement", "viewer", "csm", "specialist", "ae", "manager", "finance", "legal",
    "product", "implementation", "executive", "admin",
)
JSON = postgresql.JSONB(astext_type=sa.Text())


def upgrade() -> None:
    _routing()
    _team_member()
    op.add_column("account", sa.Column("strategic_reason", sa.Text(), nullable=True))
    op.add_column("account", sa.Column("strategic_review_on", sa.Date(), nullable=True))
    _rights()


def downgrade() -> None:
    op.drop_column("account", "strategic_review_on")
    op.drop_column("account", "strategic_reason")
    op.drop_table("team_member")
    op.drop_table("routing")


def _choice(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, length=40)


def _routing() -> None:
    op.create_table(
        "routing",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("renewal_id", sa.Uuid(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("segment", _choice("segment", SEGMENTS), nullable=False),
        sa.Column("opportunity", _choice("opportunity", OPPORTUNITIES), nullable=False),
        sa.Column("touch", _choice("touch", TOUCH), nullable=False),
        sa.Column("strategy", _choice("strategy", STRATEGIES), nullable=False),
        sa.Column("owner_rule", sa.Text(), nullable=False),
        sa.Column("owner_role", _choice("role", ROLES), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("sponsor_id", sa.Uuid(), nullable=True),
        sa.Column("facts", JSON, nullable=False),
        sa.Column("reasons", JSON, nullable=False),
        sa.Column("decided", JSON, nullable=False),
        sa.Column("introduced", sa.Boolean(), nullable=False),
        sa.Column("look_again_on", sa.Date(), nullable=True),
        sa.Column("routed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_routing"),
        sa.UniqueConstraint("account_id", "id", name="uq_routing_account_id_id"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_routing_account_id"),
        sa.ForeignKeyConstraint(
            ["account_id", "renewal_id"], ["renewal.account_id", "renewal.id"],
            name="fk_routing_account_id_renewal_id",
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name="fk_routing_owner_id"),
        sa.ForeignKeyConstraint(["sponsor_id"], ["person.id"], name="fk_routing_sponsor_id"),
    )
    op.create_index("uq_routing_renewal", "routing", ["renewal_id"], unique=True)
    op.create_index(
        "ix_routing_look_again", "routing", ["look_again_on"], postgresql_where=sa.text("look_again_on IS NOT NULL")
    )


def _team_member() -> None:
    op.create_table(
        "team_member",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("role", _choice("role", ROLES), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_team_member"),
        sa.UniqueConstraint("account_id", "id", name="uq_team_member_account_id_id"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_team_member_account_id"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_team_member_person_id"),
    )
    op.create_index("uq_team_member_role", "team_member", ["account_id", "role"], unique=True)


def _rights() -> None:
    others = "kekal_door, kekal_staff, kekal_worker"
    for table in ("routing", "team_member"):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY portal ON {table} TO kekal_portal USING (false) WITH CHECK (false)")
        op.execute(f"CREATE POLICY everybody_else ON {table} TO {others} USING (true) WITH CHECK (true)")
    op.execute("GRANT SELECT ON routing, team_member TO kekal_staff")
    op.execute(
        "GRANT UPDATE (segment, opportunity, touch, strategy, owner_id, decided, introduced, look_again_on, version) "
        "ON routing TO kekal_staff"
    )
    op.execute("GRANT INSERT ON team_member TO kekal_staff")
    op.execute("GRANT UPDATE (person_id, version) ON team_member TO kekal_staff")
    op.execute("GRANT UPDATE (strategic_reason, strategic_review_on) ON account TO kekal_staff")
    op.execute("GRANT ALL ON routing, team_member TO kekal_worker")
