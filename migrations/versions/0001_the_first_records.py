"""The first records"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    op.execute("CREATE SEQUENCE agreement_number")
    op.create_table(
        "account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("industry", sa.Text(), nullable=False),
        sa.Column("customer_since", sa.Date(), nullable=True),
        sa.Column("health_score", sa.Integer(), nullable=True),
        sa.Column("strategic", sa.Boolean(), nullable=False),
        sa.Column("stable_business", sa.Boolean(), nullable=True),
        sa.Column("budget_predictable", sa.Boolean(), nullable=True),
        sa.Column("wants_multi_year", sa.Boolean(), nullable=True),
        sa.Column("industry_changes_fast", sa.Boolean(), nullable=True),
        sa.Column("stripe_customer", sa.Text(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
    )
    op.create_index("uq_account_external_id", "account", ["external_id"], unique=True)
    op.create_table(
        "anchor",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("anchored_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("where_to", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_anchor")),
    )
    op.create_table(
        "book_import",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("files", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("counts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_book_import")),
    )
    op.create_table(
        "clock",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("single", sa.SmallInteger(), nullable=False),
        sa.Column("offset_seconds", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("single = 1", name=op.f("ck_clock_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock")),
        sa.UniqueConstraint("single", name=op.f("uq_clock_single")),
    )
    op.create_table(
        "inbox",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox")),
    )
    op.create_index(
        "ix_inbox_waiting", "inbox", ["received_at"], unique=False, postgresql_where="handled_at IS NULL"
    )
    op.create_index("uq_inbox_source", "inbox", ["source", "external_id"], unique=True)
    op.create_table(
        "policy",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "vendor",
                "segment",
                "health",
                "price",
                "timeline",
                "terms",
                "forecast",
                name="policykind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("begins_on", sa.Date(), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy")),
    )
    op.create_index("uq_policy_kind_number", "policy", ["kind", "number"], unique=True)
    op.create_table(
        "sign_in",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ip", sa.Text(), nullable=False),
        sa.Column("next_path", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in")),
    )
    op.create_index("ix_sign_in_email", "sign_in", ["email", "asked_at"], unique=False)
    op.create_index("ix_sign_in_ip", "sign_in", ["ip", "asked_at"], unique=False)
    op.create_table(
        "card",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("stripe_id", sa.Text(), nullable=False),
        sa.Column("brand", sa.Text(), nullable=False),
        sa.Column("last4", sa.Text(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_card_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card")),
        sa.UniqueConstraint("account_id", "id", name=op.f("uq_card_account_id_id")),
    )
    op.create_index("uq_card_one_active", "card", ["account_id"], unique=True, postgresql_where="active")
    op.create_table(
        "event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("subject_type", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_event_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
    )
    op.create_index("ix_event_account_at", "event", ["account_id", "seq"], unique=False)
    op.create_index("ix_event_subject", "event", ["subject_id", "seq"], unique=False)
    op.create_index("uq_event_seq", "event", ["seq"], unique=True)
    op.create_table(
        "person",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("roles", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("locale", sa.Text(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_person_email_lower")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_person_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
    )
    op.create_index(
        "uq_person_account_email",
        "person",
        ["account_id", "email"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )
    op.create_index("uq_person_account_external", "person", ["account_id", "external_id"], unique=True)
    op.create_index("uq_person_account_id", "person", ["account_id", "id"], unique=True)
    op.create_table(
        "subscription",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_subscription_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscription")),
        sa.UniqueConstraint("account_id", "id", name=op.f("uq_subscription_account_id_id")),
    )
    op.create_index("uq_subscription_external_id", "subscription", ["external_id"], unique=True)
    op.create_table(
        "api_token",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_api_token_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
    )
    op.create_index("uq_api_token_hash", "api_token", ["token_hash"], unique=True)
    op.create_table(
        "consent",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text_version", sa.Text(), nullable=False),
        sa.Column("text_hash", sa.Text(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ip", sa.Text(), nullable=False),
        sa.Column("user_agent", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "person_id"],
            ["person.account_id", "person.id"],
            name=op.f("fk_consent_account_id_person_id"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_consent_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
        sa.UniqueConstraint("account_id", "id", name=op.f("uq_consent_account_id_id")),
    )
    op.create_table(
        "figure",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("metric", sa.Text(), nullable=False),
        sa.Column("label_en", sa.Text(), nullable=False),
        sa.Column("label_ms", sa.Text(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=20, scale=4), nullable=False),
        sa.Column(
            "unit",
            sa.Enum("count", "hours", "percent", "score", "money", name="unit", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("currency", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("assumption", sa.Text(), nullable=False),
        sa.Column("measured_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "subscription_id"],
            ["subscription.account_id", "subscription.id"],
            name=op.f("fk_figure_account_id_subscription_id"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_figure_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figure")),
        sa.UniqueConstraint("account_id", "id", name=op.f("uq_figure_account_id_id")),
    )
    op.create_index("uq_figure_external", "figure", ["account_id", "external_id"], unique=True)
    op.create_table(
        "link",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("renewal_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_link_account_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_link_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link")),
    )
    op.create_index("uq_link_purpose", "link", ["purpose"], unique=True)
    op.create_table(
        "message",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("renewal_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "renewal_ready",
                "question",
                "declined",
                "reconsidered",
                "payment_failed",
                "alert",
                "receipt",
                "sign_in",
                "invitation",
                name="messagekind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("context", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("planned", "sent", "failed", name="messagestate", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_message_account_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_message_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
    )
    op.create_index("ix_message_state", "message", ["state"], unique=False)
    op.create_index("uq_message_purpose", "message", ["purpose"], unique=True)
    op.create_table(
        "seal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("previous", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_seal_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seal")),
    )
    op.create_index("uq_seal_event", "seal", ["event_id"], unique=True)
    op.create_index("uq_seal_position", "seal", ["position"], unique=True)
    op.create_table(
        "term",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.Column("agreement_id", sa.Uuid(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("notice_days", sa.Integer(), nullable=False),
        sa.Column("auto_renew", sa.Boolean(), nullable=False),
        sa.Column(
            "billing",
            sa.Enum("annual", "quarterly", "monthly", name="billing", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("net_days", sa.Integer(), nullable=False),
        sa.Column("price_rule", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("subscription_id"), "="),
            (sa.text("daterange(starts_on, ends_on, '[)')"), "&&"),
            using="gist",
            name="ex_term_no_overlap",
        ),
        sa.CheckConstraint("notice_days >= 0", name=op.f("ck_term_notice_not_negative")),
        sa.CheckConstraint("starts_on < ends_on", name=op.f("ck_term_in_order")),
        sa.ForeignKeyConstraint(
            ["account_id", "subscription_id"],
            ["subscription.account_id", "subscription.id"],
            name=op.f("fk_term_account_id_subscription_id"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_term_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_term")),
        sa.UniqueConstraint("account_id", "id", name=op.f("uq_term_account_id_id")),
    )
    op.create_table(
        "usage",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.Column("metric", sa.Text(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "subscription_id"],
            ["subscription.account_id", "subscription.id"],
            name=op.f("fk_usage_account_id_subscription_id"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_usage_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_usage")),
        sa.UniqueConstraint("account_id", "id", name=op.f("uq_usage_account_id_id")),
    )
    op.create_index("uq_usage_month", "usage", ["subscription_id", "metric", "month"], unique=True)
    op.create_table(
        "web_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column(
            "level", sa.Enum("link", "code", name="level", native_enum=False, length=40), nullable=False
        ),
        sa.Column("scope", sa.Uuid(), nullable=True),
        sa.Column("locale", sa.Text(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ip", sa.Text(), nullable=False),
        sa.Column("user_agent", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_web_session_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_web_session")),
    )
    op.create_index("uq_web_session_token_hash", "web_session", ["token_hash"], unique=True)
    op.create_table(
        "line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("term_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("product", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit_minor", sa.BigInteger(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_line_quantity_positive")),
        sa.ForeignKeyConstraint(
            ["account_id", "term_id"], ["term.account_id", "term.id"], name=op.f("fk_line_account_id_term_id")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_line_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_line")),
        sa.UniqueConstraint("account_id", "id", name=op.f("uq_line_account_id_id")),
    )
    op.create_table(
        "renewal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.Column("term_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "planned",
                "preparing",
                "engaged",
                "proposed",
                "negotiating",
                "agreed",
                "contracting",
                "won",
                "lost",
                name="renewalstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("renews_on", sa.Date(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("target_minor", sa.BigInteger(), nullable=True),
        sa.Column("declined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("declined_reason", sa.Text(), nullable=True),
        sa.Column("declined_by", sa.Uuid(), nullable=True),
        sa.Column(
            "segment_override",
            sa.Enum("enterprise", "mid-market", "smb", name="segment", native_enum=False, length=40),
            nullable=True,
        ),
        sa.Column("segment_reason", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "subscription_id"],
            ["subscription.account_id", "subscription.id"],
            name=op.f("fk_renewal_account_id_subscription_id"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "term_id"],
            ["term.account_id", "term.id"],
            name=op.f("fk_renewal_account_id_term_id"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_renewal_account_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_renewal_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_renewal")),
        sa.UniqueConstraint("account_id", "id", name=op.f("uq_renewal_account_id_id")),
    )
    op.create_index("ix_renewal_state_renews_on", "renewal", ["state", "renews_on"], unique=False)
    op.create_index(
        "uq_renewal_one_open",
        "renewal",
        ["subscription_id"],
        unique=True,
        postgresql_where="state NOT IN ('won', 'lost')",
    )
    op.create_index("uq_renewal_term", "renewal", ["term_id"], unique=True)
    op.create_table(
        "document",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("renewal_id", sa.Uuid(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "agreement",
                "invoice",
                "receipt",
                "tax",
                "security",
                name="documentkind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "renewal_id"],
            ["renewal.account_id", "renewal.id"],
            name=op.f("fk_document_account_id_renewal_id"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_document_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
        sa.UniqueConstraint("account_id", "id", name=op.f("uq_document_account_id_id")),
    )
    op.create_index("uq_document_purpose", "document", ["account_id", "purpose"], unique=True)
    op.create_table(
        "offer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("renewal_id", sa.Uuid(), nullable=False),
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.Column("tier", sa.Text(), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("policies", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("due_minor", sa.BigInteger(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("starts_on < ends_on", name=op.f("ck_offer_in_order")),
        sa.ForeignKeyConstraint(
            ["account_id", "renewal_id"],
            ["renewal.account_id", "renewal.id"],
            name=op.f("fk_offer_account_id_renewal_id"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "subscription_id"],
            ["subscription.account_id", "subscription.id"],
            name=op.f("fk_offer_account_id_subscription_id"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_offer_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offer")),
        sa.UniqueConstraint(
            "account_id", "id", "content_hash", name=op.f("uq_offer_account_id_id_content_hash")
        ),
        sa.UniqueConstraint("account_id", "id", name=op.f("uq_offer_account_id_id")),
    )
    op.create_table(
        "approval",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("offer_id", sa.Uuid(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("granted_by", sa.Uuid(), nullable=True),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "offer_id"],
            ["offer.account_id", "offer.id"],
            name=op.f("fk_approval_account_id_offer_id"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_approval_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval")),
        sa.UniqueConstraint(
            "account_id", "id", "content_hash", name=op.f("uq_approval_account_id_id_content_hash")
        ),
        sa.UniqueConstraint("account_id", "id", name=op.f("uq_approval_account_id_id")),
    )
    op.create_table(
        "acceptance",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("renewal_id", sa.Uuid(), nullable=False),
        sa.Column("offer_id", sa.Uuid(), nullable=False),
        sa.Column("approval_id", sa.Uuid(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("standing", "lapsed", name="acceptancestate", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("terms_version", sa.Text(), nullable=False),
        sa.Column("terms_hash", sa.Text(), nullable=False),
        sa.Column("evidence", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "approval_id", "content_hash"],
            ["approval.account_id", "approval.id", "approval.content_hash"],
            name=op.f("fk_acceptance_account_id_approval_id_content_hash"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "offer_id", "content_hash"],
            ["offer.account_id", "offer.id", "offer.content_hash"],
            name=op.f("fk_acceptance_account_id_offer_id_content_hash"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "person_id"],
            ["person.account_id", "person.id"],
            name=op.f("fk_acceptance_account_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "renewal_id"],
            ["renewal.account_id", "renewal.id"],
            name=op.f("fk_acceptance_account_id_renewal_id"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_acceptance_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acceptance")),
        sa.UniqueConstraint("account_id", "id", name=op.f("uq_acceptance_account_id_id")),
    )
    op.create_index(
        "uq_acceptance_standing",
        "acceptance",
        ["renewal_id"],
        unique=True,
        postgresql_where="state = 'standing'",
    )
    op.create_table(
        "agreement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("renewal_id", sa.Uuid(), nullable=False),
        sa.Column("acceptance_id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "acceptance_id"],
            ["acceptance.account_id", "acceptance.id"],
            name=op.f("fk_agreement_account_id_acceptance_id"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "document_id"],
            ["document.account_id", "document.id"],
            name=op.f("fk_agreement_account_id_document_id"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "renewal_id"],
            ["renewal.account_id", "renewal.id"],
            name=op.f("fk_agreement_account_id_renewal_id"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_agreement_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement")),
        sa.UniqueConstraint("account_id", "id", name=op.f("uq_agreement_account_id_id")),
    )
    op.create_index("uq_agreement_acceptance", "agreement", ["acceptance_id"], unique=True)
    op.create_index("uq_agreement_number", "agreement", ["number"], unique=True)
    op.create_index("uq_agreement_renewal", "agreement", ["renewal_id"], unique=True)
    op.create_table(
        "instalment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("renewal_id", sa.Uuid(), nullable=False),
        sa.Column("acceptance_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.CheckConstraint("amount_minor >= 0", name=op.f("ck_instalment_not_negative")),
        sa.ForeignKeyConstraint(
            ["account_id", "acceptance_id"],
            ["acceptance.account_id", "acceptance.id"],
            name=op.f("fk_instalment_account_id_acceptance_id"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "renewal_id"],
            ["renewal.account_id", "renewal.id"],
            name=op.f("fk_instalment_account_id_renewal_id"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_instalment_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instalment")),
        sa.UniqueConstraint("account_id", "id", name=op.f("uq_instalment_account_id_id")),
    )
    op.create_index("uq_instalment_number", "instalment", ["acceptance_id", "number"], unique=True)
    op.create_table(
        "payment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("renewal_id", sa.Uuid(), nullable=False),
        sa.Column("instalment_id", sa.Uuid(), nullable=False),
        sa.Column("instalment_number", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("card", "checkout", name="paymentkind", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "sent",
                "requires_action",
                "processing",
                "unknown",
                "succeeded",
                "declined",
                "cancelled",
                name="paymentstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("request", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("customer", sa.Text(), nullable=True),
        sa.Column("card_text", sa.Text(), nullable=False),
        sa.Column("keeps_card", sa.Boolean(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("action_url", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("quarantined", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "instalment_id"],
            ["instalment.account_id", "instalment.id"],
            name=op.f("fk_payment_account_id_instalment_id"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "renewal_id"],
            ["renewal.account_id", "renewal.id"],
            name=op.f("fk_payment_account_id_renewal_id"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_payment_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment")),
        sa.UniqueConstraint("account_id", "id", name=op.f("uq_payment_account_id_id")),
    )
    op.create_index("ix_payment_reference", "payment", ["reference"], unique=False)
    op.create_index("uq_payment_key", "payment", ["key"], unique=True)
    op.create_index(
        "uq_payment_one_live",
        "payment",
        ["renewal_id", "instalment_number"],
        unique=True,
        postgresql_where="state IN ('sent', 'requires_action', 'processing', 'unknown', 'succeeded')",
    )
    op.create_table(
        "invoice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("renewal_id", sa.Uuid(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("stripe_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "document_id"],
            ["document.account_id", "document.id"],
            name=op.f("fk_invoice_account_id_document_id"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "payment_id"],
            ["payment.account_id", "payment.id"],
            name=op.f("fk_invoice_account_id_payment_id"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "renewal_id"],
            ["renewal.account_id", "renewal.id"],
            name=op.f("fk_invoice_account_id_renewal_id"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_invoice_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice")),
        sa.UniqueConstraint("account_id", "id", name=op.f("uq_invoice_account_id_id")),
    )
    op.create_index("uq_invoice_number", "invoice", ["number"], unique=True)
    op.create_index("uq_invoice_payment", "invoice", ["payment_id"], unique=True)
    op.create_index("ix_line_term", "line", ["term_id"])
    op.create_index("ix_payment_renewal", "payment", ["renewal_id"])
    op.create_index("ix_message_renewal", "message", ["renewal_id"])
    op.create_index("ix_document_renewal", "document", ["renewal_id"])
    op.create_index("ix_figure_subscription", "figure", ["subscription_id"])
    op.create_foreign_key(
        "fk_term_account_id_agreement_id",
        "term",
        "agreement",
        ["account_id", "agreement_id"],
        ["account_id", "id"],
    )
    op.create_foreign_key("fk_account_owner_id", "account", "person", ["owner_id"], ["id"])


def downgrade() -> None:
    op.drop_constraint("fk_term_account_id_agreement_id", "term")
    op.drop_constraint("fk_account_owner_id", "account")
    op.execute("DROP SEQUENCE agreement_number")
    op.drop_index("uq_invoice_payment", table_name="invoice")
    op.drop_index("uq_invoice_number", table_name="invoice")
    op.drop_table("invoice")
    op.drop_index(
        "uq_payment_one_live",
        table_name="payment",
        postgresql_where="state IN ('sent', 'requires_action', 'processing', 'unknown', 'succeeded')",
    )
    op.drop_index("uq_payment_key", table_name="payment")
    op.drop_index("ix_payment_reference", table_name="payment")
    op.drop_table("payment")
    op.drop_index("uq_instalment_number", table_name="instalment")
    op.drop_table("instalment")
    op.drop_index("uq_agreement_renewal", table_name="agreement")
    op.drop_index("uq_agreement_number", table_name="agreement")
    op.drop_index("uq_agreement_acceptance", table_name="agreement")
    op.drop_table("agreement")
    op.drop_index("uq_acceptance_standing", table_name="acceptance", postgresql_where="state = 'standing'")
    op.drop_table("acceptance")
    op.drop_table("approval")
    op.drop_table("offer")
    op.drop_index("uq_document_purpose", table_name="document")
    op.drop_table("document")
    op.drop_index("uq_renewal_term", table_name="renewal")
    op.drop_index(
        "uq_renewal_one_open", table_name="renewal", postgresql_where="state NOT IN ('won', 'lost')"
    )
    op.drop_index("ix_renewal_state_renews_on", table_name="renewal")
    op.drop_table("renewal")
    op.drop_table("line")
    op.drop_index("uq_web_session_token_hash", table_name="web_session")
    op.drop_table("web_session")
    op.drop_index("uq_usage_month", table_name="usage")
    op.drop_table("usage")
    op.drop_table("term")
    op.drop_index("uq_seal_position", table_name="seal")
    op.drop_index("uq_seal_event", table_name="seal")
    op.drop_table("seal")
    op.drop_index("uq_message_purpose", table_name="message")
    op.drop_index("ix_message_state", table_name="message")
    op.drop_table("message")
    op.drop_index("uq_link_purpose", table_name="link")
    op.drop_table("link")
    op.drop_index("uq_figure_external", table_name="figure")
    op.drop_table("figure")
    op.drop_table("consent")
    op.drop_index("uq_api_token_hash", table_name="api_token")
    op.drop_table("api_token")
    op.drop_index("uq_subscription_external_id", table_name="subscription")
    op.drop_table("subscription")
    op.drop_index("uq_person_account_id", table_name="person")
    op.drop_index("uq_person_account_external", table_name="person")
    op.drop_index("uq_person_account_email", table_name="person", postgresql_nulls_not_distinct=True)
    op.drop_table("person")
    op.drop_index("uq_event_seq", table_name="event")
    op.drop_index("ix_event_subject", table_name="event")
    op.drop_index("ix_event_account_at", table_name="event")
    op.drop_table("event")
    op.drop_index("uq_card_one_active", table_name="card", postgresql_where="active")
    op.drop_table("card")
    op.drop_index("ix_sign_in_ip", table_name="sign_in")
    op.drop_index("ix_sign_in_email", table_name="sign_in")
    op.drop_table("sign_in")
    op.drop_index("uq_policy_kind_number", table_name="policy")
    op.drop_table("policy")
    op.drop_index("uq_inbox_source", table_name="inbox")
    op.drop_index("ix_inbox_waiting", table_name="inbox", postgresql_where="handled_at IS NULL")
    op.drop_table("inbox")
    op.drop_table("clock")
    op.drop_table("book_import")
    op.drop_table("anchor")
    op.drop_index("uq_account_external_id", table_name="account")
    op.drop_table("account")
