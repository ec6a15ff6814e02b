"""Programs: who holds a token, and the answers kept so that a repeated write is done once"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "kept_answer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("request_hash", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_answer")),
        sa.ForeignKeyConstraint(["token_id"], ["api_token.id"], name=op.f("fk_kept_answer_token_id")),
    )
    op.create_index("uq_kept_answer_key", "kept_answer", ["token_id", "key"], unique=True)
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON kept_answer TO kekal_worker")
    _token_lookup()


def downgrade() -> None:
    op.execute("DROP FUNCTION kekal_program(bytea)")
    op.drop_table("kept_answer")


def _token_lookup() -> None:
    """Who a program speaks for: the staff's role may not read tokens, so with the owner's rights, and narrow."""
    op.execute(
        """
        CREATE FUNCTION kekal_program(wanted bytea)
        RETURNS TABLE (token_id uuid, person_id uuid, name text, email text, roles text[], locale text)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
            SELECT t.id, p.id, p.name, p.email, p.roles, p.locale
            FROM api_token t JOIN person p ON p.id = t.person_id
            WHERE t.token_hash = wanted AND t.revoked_at IS NULL AND p.active AND p.account_id IS NULL
        $$
        """
    )
    op.execute("REVOKE ALL ON FUNCTION kekal_program(bytea) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION kekal_program(bytea) TO kekal_staff, kekal_worker")
