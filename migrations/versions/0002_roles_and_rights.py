"""Roles, row-level security, and what the database itself refuses

The login owns everything and is never used for work: a connection starts as `kekal_none` and each
transaction takes one role. Roles belong to the whole cluster, so they are made when missing and never
dropped.
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ROLES = ("kekal_none", "kekal_door", "kekal_portal", "kekal_staff", "kekal_worker")

OWNED = (
    "acceptance", "agreement", "approval", "card", "consent", "document", "figure", "instalment", "invoice", "line",
    "link", "message", "offer", "payment", "renewal", "subscription", "term", "usage",
)
"""Tables whose every row belongs to one account by `account_id`."""

SHARED = ("event", "person")
"""Tables where a row without an account belongs to the company itself."""

PORTAL_READS = (
    "account", "acceptance", "agreement", "approval", "card", "clock", "document", "event", "figure",
    "instalment", "invoice", "line", "message", "offer", "payment", "person", "policy", "renewal", "subscription",
    "term", "usage", "link",
)
PORTAL_ADDS = (
    "acceptance", "agreement", "approval", "card", "consent", "document", "event", "instalment", "invoice", "line",
    "link", "message", "offer", "payment", "person", "renewal", "term",
)
PORTAL_CHANGES = {
    "acceptance": "state, version",
    "account": "stripe_customer, version",
    "agreement": "document_id, version",
    "card": "active",
    "invoice": "document_id, version",
    "message": "state, version, subject, text, sent_at, attempts",
    "payment": "state, version, request, reference, action_url, reason, quarantined, customer",
    "person": "name, title, roles, locale, active, version",
    "renewal": "state, version, declined_at, declined_reason, declined_by, closed_at",
}
STAFF_ADDS = ("event", "message", "policy")
STAFF_CHANGES = {
    "renewal": "state, version, owner_id, target_minor, segment_override, segment_reason, closed_at",
    "account": "health_score, strategic, owner_id, version",
}
NEVER_CHANGES = ("event", "seal", "anchor", "offer", "approval", "instalment", "policy", "consent")
"""Append-only: a trigger refuses UPDATE, DELETE and TRUNCATE, whoever asks."""

LINK_INSIDE = "fk_link_account_id_renewal_id"
"""A mailed link and its renewal belong to the same company."""

MINE = "account_id = nullif(current_setting('kekal.account', true), '')::uuid"


def upgrade() -> None:
    for role in ROLES:
        _make_role(role)
    op.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
    op.execute(f"GRANT USAGE ON SCHEMA public TO {', '.join(ROLES)}")
    _isolate()
    _grant()
    _refuse_changes()
    _end_sessions()
    _sign_in_lookup()
    op.create_foreign_key(LINK_INSIDE, "link", "renewal", ["account_id", "renewal_id"], ["account_id", "id"])
    op.execute("INSERT INTO clock (id, single, offset_seconds) VALUES (gen_random_uuid(), 1, 0)")


def downgrade() -> None:
    op.execute("DELETE FROM clock")
    op.drop_constraint(LINK_INSIDE, "link")
    op.execute("DROP FUNCTION kekal_enter(bytea, timestamptz)")
    op.execute("DROP TRIGGER ends_sessions ON person")
    op.execute("DROP FUNCTION kekal_end_sessions()")
    for table in NEVER_CHANGES:
        op.execute(f"DROP TRIGGER never_changes ON {table}")
        op.execute(f"DROP TRIGGER never_empties ON {table}")
    op.execute("DROP FUNCTION kekal_refuse_change()")
    for table in ("account", *OWNED, *SHARED):
        for policy in ("portal", "everybody_else"):
            op.execute(f"DROP POLICY IF EXISTS {policy} ON {table}")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    op.execute("DROP POLICY IF EXISTS portal_staff ON person")
    for role in ROLES:
        op.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}")
        op.execute(f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {role}")
        op.execute(f"REVOKE ALL ON SCHEMA public FROM {role}")
    op.execute("GRANT USAGE ON SCHEMA public TO PUBLIC")


def _make_role(role: str) -> None:
    op.execute(
        f"""
        DO $$ BEGIN
            PERFORM pg_advisory_xact_lock(7205302);
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN
                CREATE ROLE {role} NOLOGIN NOINHERIT;
            END IF;
            EXECUTE format('GRANT {role} TO %I', current_user);
        END $$
        """
    )


def _isolate() -> None:
    """A customer's transaction sees its own account's rows; the company's own roles see all."""
    others = "kekal_door, kekal_staff, kekal_worker"
    for table in ("account", *OWNED, *SHARED):
        mine = MINE.replace("account_id", "id", 1) if table == "account" else MINE
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY portal ON {table} TO kekal_portal USING ({mine}) WITH CHECK ({mine})")
        op.execute(f"CREATE POLICY everybody_else ON {table} TO {others} USING (true) WITH CHECK (true)")
    op.execute("CREATE POLICY portal_staff ON person FOR SELECT TO kekal_portal USING (account_id IS NULL)")


def _grant() -> None:
    op.execute("GRANT SELECT ON clock TO kekal_none, kekal_door")
    op.execute(f"GRANT SELECT ON {', '.join(PORTAL_READS)} TO kekal_portal")
    op.execute(f"GRANT INSERT ON {', '.join(PORTAL_ADDS)} TO kekal_portal")
    for table, columns in PORTAL_CHANGES.items():
        op.execute(f"GRANT UPDATE ({columns}) ON {table} TO kekal_portal")
    op.execute("GRANT USAGE ON SEQUENCE agreement_number TO kekal_portal")
    op.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO kekal_staff")
    op.execute("REVOKE ALL ON web_session, sign_in, api_token FROM kekal_staff")
    op.execute(f"GRANT INSERT ON {', '.join(STAFF_ADDS)} TO kekal_staff")
    for table, columns in STAFF_CHANGES.items():
        op.execute(f"GRANT UPDATE ({columns}) ON {table} TO kekal_staff")
    op.execute("GRANT ALL ON ALL TABLES IN SCHEMA public TO kekal_worker")
    op.execute("GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO kekal_worker")
    op.execute("GRANT SELECT ON person, account, link TO kekal_door")
    op.execute("GRANT SELECT, INSERT, UPDATE ON web_session, sign_in TO kekal_door")
    op.execute("GRANT INSERT, SELECT ON event TO kekal_door")


def _refuse_changes() -> None:
    op.execute(
        """
        CREATE FUNCTION kekal_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'rows of % are never changed or removed', TG_TABLE_NAME
                USING ERRCODE = 'insufficient_privilege';
        END $$
        """
    )
    for table in NEVER_CHANGES:
        op.execute(
            f"CREATE TRIGGER never_changes BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION kekal_refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER never_empties BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION kekal_refuse_change()"
        )


def _end_sessions() -> None:
    """Whoever is removed, or may do something else from now on, signs in again: nothing old comes back to life."""
    op.execute(
        """
        CREATE FUNCTION kekal_end_sessions() RETURNS trigger
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
        BEGIN
            UPDATE web_session SET ended_at = clock_timestamp() WHERE person_id = NEW.id AND ended_at IS NULL;
            RETURN NULL;
        END $$
        """
    )
    op.execute("REVOKE ALL ON FUNCTION kekal_end_sessions() FROM PUBLIC")
    op.execute(
        "CREATE TRIGGER ends_sessions AFTER UPDATE OF active, roles ON person FOR EACH ROW "
        "WHEN (OLD.active IS DISTINCT FROM NEW.active OR OLD.roles IS DISTINCT FROM NEW.roles) "
        "EXECUTE FUNCTION kekal_end_sessions()"
    )


def _sign_in_lookup() -> None:
    """Who holds this session: looked up before any account is known, so with the owner's rights, and narrow."""
    op.execute(
        """
        CREATE FUNCTION kekal_enter(wanted bytea, machine_now timestamptz)
        RETURNS TABLE (
            role text, session_id uuid, level text, scope uuid, session_locale text, seen_at timestamptz,
            person_id uuid, account_id uuid, name text, email text, roles text[], person_locale text,
            account_name text, account_locale text, timezone text, offset_seconds bigint, policies bigint
        )
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
            SELECT
                CASE WHEN p.id IS NULL THEN 'kekal_door' WHEN p.account_id IS NULL THEN 'kekal_staff'
                     ELSE 'kekal_portal' END,
                s.id, s.level, s.scope, s.locale, s.seen_at,
                p.id, p.account_id, p.name, p.email, p.roles, p.locale,
                a.name, a.locale, a.timezone, c.offset_seconds, (SELECT count(*) FROM policy)
            FROM clock c
            LEFT JOIN web_session s ON s.token_hash = wanted AND s.ended_at IS NULL AND s.ends_at > machine_now
                AND s.seen_at > machine_now - interval '12 hours'
            LEFT JOIN person p ON p.id = s.person_id AND p.active
            LEFT JOIN account a ON a.id = p.account_id
        $$
        """
    )
    op.execute("REVOKE ALL ON FUNCTION kekal_enter(bytea, timestamptz) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION kekal_enter(bytea, timestamptz) TO kekal_none")
