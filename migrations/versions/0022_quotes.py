"""Quotes: what is negotiated, who must approve it, and what the database refuses until they have

An approval of a version stands only when everything it needs was granted for the same content, by people who did
not write it. A quote shows a customer only what is approved, and is accepted only by a yes to what it shows.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

MINE = "account_id = nullif(current_setting('kekal.account', true), '')::uuid"
OTHERS = "kekal_door, kekal_staff, kekal_worker"
MOMENT = sa.DateTime(timezone=True)
QUOTE_STATES = (
    "draft", "submitted", "approved", "sent", "negotiating", "accepted", "declined", "expired", "superseded",
    "withdrawn",
)
REVIEW_STATES = ("waiting", "open", "granted", "returned", "refused", "void")
QUOTE_CHANGES = "state, shown_id, turn, answer_by, valid_until, sent_at, ended_at, version"
REVIEW_CHANGES = (
    "state, asked_of, opened_at, due_at, reminded_at, escalated_at, decided_by, decided_for, decided_at, version"
)

ASKED = (
    "state IN ('waiting', 'open', 'void') OR (state = 'granted' AND EXISTS (SELECT FROM envelope e "
    "WHERE e.id = envelope_id AND e.quote_id = review.quote_id AND e.revoked_at IS NULL))"
)
"""What a customer's counter-offer may write: that somebody is asked, or that it was granted beforehand."""


def upgrade() -> None:
    op.execute("CREATE SEQUENCE quote_number")
    op.execute("GRANT USAGE ON SEQUENCE quote_number TO kekal_staff, kekal_worker")
    _quote()
    _versions()
    _envelope()
    _review()
    _delegation()
    _remark()
    _judge_approvals()
    _judge_what_is_shown()
    _keep_decisions()


def downgrade() -> None:
    for table, trigger in (
        ("approval", "approval_is_earned"), ("quote", "quote_shows_what_is_approved"), ("review", "keep_decision"),
        ("envelope", "keep_envelope"),
    ):
        op.execute(f"DROP TRIGGER {trigger} ON {table}")
    for function in (
        "kekal_approval_is_earned", "kekal_quote_shows_what_is_approved", "kekal_keep_decision",
        "kekal_keep_envelope",
    ):
        op.execute(f"DROP FUNCTION {function}()")
    for table in ("remark", "delegation", "review", "envelope"):
        op.drop_table(table)
    op.drop_constraint("fk_approval_account_id_offer_id_content_hash", "approval")
    op.drop_constraint("fk_quote_account_id_shown_id", "quote")
    op.drop_constraint("fk_offer_account_id_quote_id", "offer")
    op.drop_constraint("fk_offer_author_id", "offer")
    op.drop_constraint("ck_offer_version_has_number", "offer")
    op.drop_index("uq_offer_quote_number", "offer")
    op.execute("REVOKE INSERT ON offer, approval, acceptance, instalment FROM kekal_staff")
    for column in ("note", "asked", "needs", "author_id", "number", "quote_id"):
        op.drop_column("offer", column)
    op.drop_table("quote")
    op.execute("DROP SEQUENCE quote_number")


def _quote() -> None:
    op.create_table(
        "quote",
        *_owned("quote"),
        sa.Column("renewal_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("matrix", sa.Text(), nullable=False),
        sa.Column("state", _choice("quotestate", *QUOTE_STATES), nullable=False),
        sa.Column("shown_id", sa.Uuid(), nullable=True),
        sa.Column("turn", _choice("side", "ours", "theirs"), nullable=False),
        sa.Column("answer_by", MOMENT, nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        _inside("quote", "renewal_id", "renewal"),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name="fk_quote_author_id"),
        sa.CheckConstraint("state <> 'accepted' OR shown_id IS NOT NULL", name="ck_quote_accepted_was_shown"),
    )
    op.create_index("uq_quote_number", "quote", ["number"], unique=True)
    op.create_index("ix_quote_renewal", "quote", ["renewal_id"])
    op.create_index("ix_quote_state", "quote", ["state"])
    _isolate("quote")
    op.execute(f"GRANT SELECT, UPDATE ({QUOTE_CHANGES}) ON quote TO kekal_portal")
    op.execute(f"GRANT SELECT, INSERT, UPDATE ({QUOTE_CHANGES}) ON quote TO kekal_staff")


def _versions() -> None:
    op.add_column("offer", sa.Column("quote_id", sa.Uuid(), nullable=True))
    op.add_column("offer", sa.Column("number", sa.Integer(), nullable=True))
    op.add_column("offer", sa.Column("author_id", sa.Uuid(), nullable=True))
    for name, kind, default in (
        ("needs", sa.Integer(), "0"), ("asked", postgresql.JSONB(), "{}"), ("note", sa.Text(), ""),
    ):
        op.add_column("offer", sa.Column(name, kind, nullable=False, server_default=default))
        op.alter_column("offer", name, server_default=None)
    op.create_foreign_key(
        "fk_offer_account_id_quote_id", "offer", "quote", ["account_id", "quote_id"], ["account_id", "id"]
    )
    op.create_foreign_key("fk_offer_author_id", "offer", "person", ["author_id"], ["id"])
    op.create_foreign_key(
        "fk_quote_account_id_shown_id", "quote", "offer", ["account_id", "shown_id"], ["account_id", "id"]
    )
    op.create_foreign_key(
        "fk_approval_account_id_offer_id_content_hash", "approval", "offer",
        ["account_id", "offer_id", "content_hash"], ["account_id", "id", "content_hash"],
    )
    op.create_index("uq_offer_quote_number", "offer", ["quote_id", "number"], unique=True)
    op.create_check_constraint(op.f("ck_offer_version_has_number"), "offer", "(quote_id IS NULL) = (number IS NULL)")
    op.execute("GRANT INSERT ON offer, approval, acceptance, instalment TO kekal_staff")


def _envelope() -> None:
    op.create_table(
        "envelope",
        *_owned("envelope"),
        sa.Column("quote_id", sa.Uuid(), nullable=False),
        sa.Column("region", postgresql.JSONB(), nullable=False),
        sa.Column("facts_hash", sa.Text(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("granted_by", sa.Uuid(), nullable=False),
        sa.Column("holder_id", sa.Uuid(), nullable=False),
        sa.Column("granted_at", MOMENT, nullable=False),
        sa.Column("revoked_at", MOMENT, nullable=True),
        _inside("envelope", "quote_id", "quote"),
        sa.ForeignKeyConstraint(["granted_by"], ["person.id"], name="fk_envelope_granted_by"),
        sa.ForeignKeyConstraint(["holder_id"], ["person.id"], name="fk_envelope_holder_id"),
    )
    op.create_index("ix_envelope_quote", "envelope", ["quote_id"])
    _isolate("envelope")
    op.execute("GRANT SELECT ON envelope TO kekal_portal")
    op.execute("GRANT SELECT, INSERT, UPDATE (revoked_at) ON envelope TO kekal_staff")


def _review() -> None:
    op.create_table(
        "review",
        *_owned("review"),
        sa.Column("quote_id", sa.Uuid(), nullable=False),
        sa.Column("offer_id", sa.Uuid(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("axis", sa.Text(), nullable=False),
        sa.Column("roles", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("says", sa.Text(), nullable=False),
        sa.Column("state", _choice("reviewstate", *REVIEW_STATES), nullable=False),
        sa.Column("asked_of", sa.Uuid(), nullable=True),
        sa.Column("opened_at", MOMENT, nullable=True),
        sa.Column("due_at", MOMENT, nullable=True),
        sa.Column("reminded_at", MOMENT, nullable=True),
        sa.Column("escalated_at", MOMENT, nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_for", sa.Uuid(), nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("envelope_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        _inside("review", "quote_id", "quote"),
        _inside("review", "envelope_id", "envelope"),
        sa.ForeignKeyConstraint(
            ["account_id", "offer_id", "content_hash"], ["offer.account_id", "offer.id", "offer.content_hash"],
            name="fk_review_account_id_offer_id_content_hash",
        ),
        *(
            sa.ForeignKeyConstraint([column], ["person.id"], name=f"fk_review_{column}")
            for column in ("asked_of", "decided_by", "decided_for")
        ),
        sa.CheckConstraint("(decided_by IS NULL) = (decided_at IS NULL)", name="ck_review_decided_by_somebody"),
        sa.CheckConstraint(
            "state NOT IN ('granted', 'returned', 'refused') OR decided_by IS NOT NULL", name="ck_review_decided"
        ),
    )
    op.create_index("uq_review_axis", "review", ["offer_id", "axis", "rank"], unique=True)
    op.create_index("ix_review_open", "review", ["due_at"], postgresql_where=sa.text("state = 'open'"))
    _isolate("review")
    op.execute("DROP POLICY portal ON review")
    op.execute(f"CREATE POLICY portal ON review TO kekal_portal USING ({MINE}) WITH CHECK ({MINE} AND ({ASKED}))")
    op.execute(f"GRANT SELECT, INSERT, UPDATE ({REVIEW_CHANGES}) ON review TO kekal_portal, kekal_staff")


def _delegation() -> None:
    op.create_table(
        "delegation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("to_id", sa.Uuid(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_delegation"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_delegation_person_id"),
        sa.ForeignKeyConstraint(["to_id"], ["person.id"], name="fk_delegation_to_id"),
        sa.CheckConstraint("from_on <= until_on", name="ck_delegation_in_order"),
        sa.CheckConstraint("person_id <> to_id", name="ck_delegation_to_another"),
    )
    op.create_index("ix_delegation_to", "delegation", ["to_id", "until_on"])
    op.execute("GRANT SELECT, INSERT, UPDATE (ended_at) ON delegation TO kekal_staff")
    op.execute("GRANT ALL ON delegation TO kekal_worker")


def _remark() -> None:
    op.create_table(
        "remark",
        *_owned("remark"),
        sa.Column("quote_id", sa.Uuid(), nullable=False),
        sa.Column("offer_id", sa.Uuid(), nullable=False),
        sa.Column("product", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("inside", sa.Boolean(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("resolved_at", MOMENT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        _inside("remark", "quote_id", "quote"),
        _inside("remark", "offer_id", "offer"),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name="fk_remark_by_id"),
    )
    op.create_index("ix_remark_quote", "remark", ["quote_id", "id"])
    op.execute("ALTER TABLE remark ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE remark FORCE ROW LEVEL SECURITY")
    both = f"{MINE} AND NOT inside"
    op.execute(f"CREATE POLICY portal ON remark TO kekal_portal USING ({both}) WITH CHECK ({both})")
    op.execute(f"CREATE POLICY everybody_else ON remark TO {OTHERS} USING (true) WITH CHECK (true)")
    op.execute("GRANT SELECT, INSERT, UPDATE (resolved_at, version) ON remark TO kekal_portal, kekal_staff")
    op.execute("GRANT ALL ON remark TO kekal_worker")


def _judge_approvals() -> None:
    """Whoever writes the row: as many granted as the version needs, for the same content, by nobody who wrote it."""
    op.execute(
        """
        CREATE FUNCTION kekal_approval_is_earned() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE wanted integer; granted integer;
        BEGIN
            SELECT needs INTO wanted FROM offer WHERE id = NEW.offer_id;
            SELECT count(*) INTO granted FROM review r
                JOIN offer o ON o.id = r.offer_id LEFT JOIN quote q ON q.id = o.quote_id
                WHERE r.offer_id = NEW.offer_id AND r.content_hash = NEW.content_hash AND r.state = 'granted'
                  AND r.decided_by IS DISTINCT FROM o.author_id AND r.decided_by IS DISTINCT FROM q.author_id;
            IF granted < wanted THEN
                RAISE EXCEPTION 'this content needs % approvals and has %', wanted, granted
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'approval_is_earned';
            END IF;
            RETURN NEW;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER approval_is_earned BEFORE INSERT ON approval FOR EACH ROW "
        "EXECUTE FUNCTION kekal_approval_is_earned()"
    )


def _judge_what_is_shown() -> None:
    """A customer sees, and agrees to, an approved version of this very quote."""
    op.execute(
        """
        CREATE FUNCTION kekal_quote_shows_what_is_approved() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NEW.shown_id IS NOT NULL AND NOT EXISTS (
                SELECT FROM offer o JOIN approval a ON a.offer_id = o.id AND a.content_hash = o.content_hash
                WHERE o.id = NEW.shown_id AND o.quote_id = NEW.id
            ) THEN
                RAISE EXCEPTION 'what is not approved is not shown'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'quote_shows_what_is_approved';
            END IF;
            IF NEW.state = 'accepted' AND NOT EXISTS (
                SELECT FROM acceptance WHERE offer_id = NEW.shown_id AND state = 'standing'
            ) THEN
                RAISE EXCEPTION 'nobody has said yes to what this quote shows'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'quote_is_accepted_by_a_yes';
            END IF;
            RETURN NEW;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER quote_shows_what_is_approved BEFORE INSERT OR UPDATE OF shown_id, state ON quote FOR EACH ROW "
        "EXECUTE FUNCTION kekal_quote_shows_what_is_approved()"
    )


def _keep_decisions() -> None:
    """A decision is never changed or removed, nor what it was about; neither is the region of an envelope."""
    op.execute(
        """
        CREATE FUNCTION kekal_keep_decision() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'DELETE' OR OLD.state IN ('granted', 'returned', 'refused', 'void')
               OR (OLD.offer_id, OLD.content_hash, OLD.axis, OLD.roles, OLD.rank)
                  IS DISTINCT FROM (NEW.offer_id, NEW.content_hash, NEW.axis, NEW.roles, NEW.rank) THEN
                RAISE EXCEPTION 'a decision is never changed or removed' USING ERRCODE = 'insufficient_privilege';
            END IF;
            IF NEW.state = 'granted' AND EXISTS (
                SELECT FROM review r WHERE r.offer_id = NEW.offer_id AND r.state = 'granted' AND r.rank <> NEW.rank
                   AND r.decided_by = NEW.decided_by AND r.envelope_id IS NULL
            ) THEN
                RAISE EXCEPTION 'each rank of a chain is decided by somebody else'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'review_by_different_people';
            END IF;
            RETURN NEW;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER keep_decision BEFORE UPDATE OR DELETE ON review FOR EACH ROW "
        "EXECUTE FUNCTION kekal_keep_decision()"
    )
    op.execute(
        """
        CREATE FUNCTION kekal_keep_envelope() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'DELETE' OR OLD.revoked_at IS NOT NULL
               OR to_jsonb(OLD) - 'revoked_at' IS DISTINCT FROM to_jsonb(NEW) - 'revoked_at' THEN
                RAISE EXCEPTION 'an envelope is revoked, never changed' USING ERRCODE = 'insufficient_privilege';
            END IF;
            RETURN NEW;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER keep_envelope BEFORE UPDATE OR DELETE ON envelope FOR EACH ROW "
        "EXECUTE FUNCTION kekal_keep_envelope()"
    )


def _owned(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.UniqueConstraint("account_id", "id", name=f"uq_{table}_account_id_id"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=f"fk_{table}_account_id"),
    )


def _inside(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["account_id", column], [f"{target}.account_id", f"{target}.id"], name=f"fk_{table}_account_id_{column}"
    )


def _isolate(table: str) -> None:
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY portal ON {table} TO kekal_portal USING ({MINE}) WITH CHECK ({MINE})")
    op.execute(f"CREATE POLICY everybody_else ON {table} TO {OTHERS} USING (true) WITH CHECK (true)")
    op.execute(f"GRANT ALL ON {table} TO kekal_worker")


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, length=40)
