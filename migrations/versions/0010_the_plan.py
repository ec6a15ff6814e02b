"""The plan: milestones, the machine's actions, people's tasks, and how far the sweep has come

A customer's transaction sees the milestones that are shared with it and nothing else of the plan: neither what
happens before T-60 nor our own tasks, whatever is asked of the database.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0006"
branch_labels = None
depends_on = None

MINE = "account_id = nullif(current_setting('kekal.account', true), '')::uuid"
SHARED = f"{MINE} AND NOT quiet AND days <= 60"
SEGMENTS = ("enterprise", "mid-market", "smb")
BANDS = ("green", "yellow", "red", "unknown")
TOUCH = ("auto", "assisted", "negotiated")
MILESTONES = ("planned", "reached", "waived", "dropped")
TASKS = ("open", "done", "waived")
OUTCOMES = ("due", "done", "merged", "skipped", "failed")
KINDS = (
    "open_tasks", "tell_owner", "reminder", "friendly_letter", "renewal_ready", "summary_notice", "follow_up",
    "final_reminder", "escalate", "escalate_silence", "inform_manager", "daily_check_in", "close", "thanks",
)
MOMENT = sa.DateTime(timezone=True)
JSON = postgresql.JSONB(astext_type=sa.Text())


def upgrade() -> None:
    _plan()
    _milestone()
    _action()
    _task()
    _sweep()
    _message()
    _rights()


def downgrade() -> None:
    op.drop_index("ix_message_waiting", "message")
    op.drop_column("message", "queued")
    op.drop_column("message", "leave_at")
    for table in ("sweep", "task", "action", "milestone", "plan"):
        op.drop_table(table)


def _choice(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, length=40)


def _owned(table: str, *parts: sa.schema.SchemaItem, inside: tuple[str, ...] = ()) -> None:
    """A table of one customer company's rows, with references that stay inside the company."""
    references = [
        sa.ForeignKeyConstraint(
            ["account_id", f"{other}_id"], [f"{other}.account_id", f"{other}.id"],
            name=f"fk_{table}_account_id_{other}_id",
        )
        for other in inside
    ]
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        *parts,
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.UniqueConstraint("account_id", "id", name=f"uq_{table}_account_id_id"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=f"fk_{table}_account_id"),
        *references,
    )


def _plan() -> None:
    _owned(
        "plan",
        sa.Column("renewal_id", sa.Uuid(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("segment", _choice("segment", SEGMENTS), nullable=False),
        sa.Column("health", _choice("health", BANDS), nullable=False),
        sa.Column("touch", _choice("touch", TOUCH), nullable=False),
        sa.Column("large", sa.Boolean(), nullable=False),
        sa.Column("layered", sa.Boolean(), nullable=False),
        sa.Column("strategic", sa.Boolean(), nullable=False),
        sa.Column("renews_on", sa.Date(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("drawn_at", MOMENT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        inside=("renewal",),
    )
    op.create_index("uq_plan_renewal", "plan", ["renewal_id"], unique=True)


def _milestone() -> None:
    _owned(
        "milestone",
        sa.Column("renewal_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("quiet", sa.Boolean(), nullable=False),
        sa.Column("by_hand", sa.Boolean(), nullable=False),
        sa.Column("state", _choice("milestonestate", MILESTONES), nullable=False),
        sa.Column("reached_at", MOMENT, nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        inside=("renewal",),
    )
    op.create_index("uq_milestone_renewal_key", "milestone", ["renewal_id", "key"], unique=True)
    op.create_index(
        "ix_milestone_due_at", "milestone", ["due_at"], postgresql_where=sa.text("state = 'planned'")
    )


def _action() -> None:
    _owned(
        "action",
        sa.Column("renewal_id", sa.Uuid(), nullable=False),
        sa.Column("milestone_id", sa.Uuid(), nullable=False),
        sa.Column("kind", _choice("actionkind", KINDS), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("outcome", _choice("actionstate", OUTCOMES), nullable=False),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.CheckConstraint("(outcome = 'due') = (done_at IS NULL)", name="ck_action_done_has_a_moment"),
        inside=("renewal", "milestone"),
    )
    op.create_index("uq_action_milestone_kind", "action", ["milestone_id", "kind"], unique=True)
    op.create_index("ix_action_due", "action", ["renewal_id"], postgresql_where=sa.text("outcome = 'due'"))


def _task() -> None:
    _owned(
        "task",
        sa.Column("renewal_id", sa.Uuid(), nullable=False),
        sa.Column("milestone_id", sa.Uuid(), nullable=False),
        sa.Column("pattern", sa.Text(), nullable=False),
        sa.Column("catalogue", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("assignee_id", sa.Uuid(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("state", _choice("taskstate", TASKS), nullable=False),
        sa.Column("outcome", JSON, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["assignee_id"], ["person.id"], name="fk_task_assignee_id"),
        sa.ForeignKeyConstraint(["ended_by"], ["person.id"], name="fk_task_ended_by"),
        inside=("renewal", "milestone"),
    )
    op.create_index("uq_task_renewal_pattern", "task", ["renewal_id", "pattern"], unique=True)
    op.create_index("ix_task_renewal", "task", ["renewal_id"])
    op.create_index(
        "ix_task_assignee_open", "task", ["assignee_id", "due_on"], postgresql_where=sa.text("state = 'open'")
    )


def _sweep() -> None:
    op.create_table(
        "sweep",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("single", sa.SmallInteger(), nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sweep"),
        sa.UniqueConstraint("single", name="uq_sweep_single"),
        sa.CheckConstraint("single = 1", name="ck_sweep_one_row"),
    )
    op.execute("INSERT INTO sweep (id, single, until) VALUES (gen_random_uuid(), 1, '2000-01-01T00:00:00Z')")


def _message() -> None:
    """A message leaves when the reader's office is open; until then it is not in the queue."""
    op.add_column("message", sa.Column("leave_at", MOMENT, nullable=True))
    op.execute("UPDATE message SET leave_at = planned_at")
    op.alter_column("message", "leave_at", nullable=False)
    op.add_column("message", sa.Column("queued", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.alter_column("message", "queued", server_default=None)
    op.create_index(
        "ix_message_waiting", "message", ["leave_at"], postgresql_where=sa.text("state = 'planned' AND NOT queued")
    )


def _rights() -> None:
    others = "kekal_door, kekal_staff, kekal_worker"
    for table, seen in {"plan": "false", "milestone": SHARED, "action": "false", "task": "false"}.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY portal ON {table} TO kekal_portal USING ({seen}) WITH CHECK (false)")
        op.execute(f"CREATE POLICY everybody_else ON {table} TO {others} USING (true) WITH CHECK (true)")
    op.execute("GRANT SELECT ON milestone TO kekal_portal")
    op.execute("GRANT SELECT ON plan, milestone, action, task, sweep TO kekal_staff")
    op.execute("GRANT INSERT ON action, milestone, plan TO kekal_staff")
    op.execute("GRANT UPDATE (until) ON sweep TO kekal_staff")
    op.execute(
        "GRANT UPDATE (days, due_on, due_at, quiet, by_hand, state, reason, version) ON milestone TO kekal_staff"
    )
    op.execute(
        "GRANT UPDATE (assignee_id, due_on, state, outcome, ended_at, ended_by, reason, minutes, version) "
        "ON task TO kekal_staff"
    )
    op.execute(
        "GRANT UPDATE (policy, segment, health, touch, large, layered, strategic, renews_on, timezone, drawn_at, "
        "version) ON plan TO kekal_staff"
    )
    op.execute("GRANT ALL ON plan, milestone, action, task, sweep TO kekal_worker")
