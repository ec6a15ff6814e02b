"""The queue: procrastinate's own tables, from the pinned package, for the worker's role alone"""

from alembic import op
from procrastinate.schema import SchemaManager
from sqlalchemy import text

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES = "procrastinate_jobs, procrastinate_events, procrastinate_periodic_defers, procrastinate_workers"


def upgrade() -> None:
    connection = op.get_bind().connection.driver_connection
    assert connection is not None
    connection.execute(SchemaManager.get_schema())
    op.execute(f"GRANT ALL ON {TABLES} TO kekal_worker")
    op.execute("GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO kekal_worker")
    op.execute(f"GRANT SELECT ON {TABLES} TO kekal_staff")


def downgrade() -> None:
    op.execute(f"DROP TABLE {TABLES} CASCADE")
    kinds = op.get_bind().execute(
        text(
            "SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace "
            "WHERE n.nspname = 'public' AND p.proname LIKE 'procrastinate%'"
        )
    )
    for (function,) in kinds.all():
        op.execute(f"DROP FUNCTION {function} CASCADE")
    types = op.get_bind().execute(
        text(
            "SELECT t.typname FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace "
            "WHERE n.nspname = 'public' AND t.typname LIKE 'procrastinate%' AND t.typtype IN ('e', 'c')"
        )
    )
    for (kind,) in types.all():
        op.execute(f"DROP TYPE IF EXISTS {kind} CASCADE")
