"""Permission: who may do what, as one table."""

from enum import StrEnum


class Permission(StrEnum):
    """One thing somebody may do."""

    VIEW = "view"
    RENEW = "renew"
    DECLINE = "decline"
    ASK = "ask"
    READ_DOCUMENTS = "read_documents"
    PLAN_STEPS = "plan_steps"
    MANAGE_PEOPLE = "manage_people"
    READ_BOOK = "read_book"
    CHANGE_SEGMENT = "change_segment"
    RUN_RENEWALS = "run_renewals"
    NOTE_ACTIVITY = "note_activity"
    ASSIGN_OWNERS = "assign_owners"
    OWN_RENEWALS = "own_renewals"
    IMPORT_BOOK = "import_book"
    READ_AUDIT = "read_audit"
    CHANGE_PLAN = "change_plan"
    WORK_TASKS = "work_tasks"
    CHANGE_ROUTING = "change_routing"
    PUBLISH_ROUTING = "publish_routing"
    EDIT_LETTERS = "edit_letters"
    KEEP_ACCOUNTS = "keep_accounts"
    PUBLISH_PLANS = "publish_plans"
    NEGOTIATE = "negotiate"
    FORWARD = "forward"
    KEEP_BILLING = "keep_billing"
    QUOTE = "quote"
    APPROVE = "approve"
    PUBLISH_MATRIX = "publish_matrix"
    AGREE_EXITS = "agree_exits"

    def refusal(self, name: str) -> str:
        return f"{name}, {REFUSALS[self]}"


REFUSALS = {
    Permission.VIEW: "your access to this company has ended. Ask an owner to invite you again.",
    Permission.RENEW: "your role does not include renewing. An owner or a buyer of your company can do it.",
    Permission.DECLINE: "your role does not include leaving. An owner or a buyer of your company can do it.",
    Permission.ASK: "your role does not include writing to us from here.",
    Permission.READ_DOCUMENTS: "your role does not include the documents. Ask an owner of your company.",
    Permission.PLAN_STEPS: "your role only reads the plan. An owner or a buyer of your company can change it.",
    Permission.MANAGE_PEOPLE: "only an owner of your company can invite or remove people.",
    Permission.READ_BOOK: "this is a page for the staff.",
    Permission.CHANGE_SEGMENT: "changing a segment needs a CSM, a manager or an administrator.",
    Permission.RUN_RENEWALS: "moving a renewal needs a CSM, a specialist, an account executive, a manager or an "
    "administrator.",
    Permission.NOTE_ACTIVITY: "only the staff note what was said.",
    Permission.ASSIGN_OWNERS: "giving a renewal to somebody needs a manager or an administrator.",
    Permission.OWN_RENEWALS: "looking after renewals needs a CSM, a specialist, an account executive or a manager.",
    Permission.IMPORT_BOOK: "importing needs an administrator.",
    Permission.CHANGE_PLAN: "changing a plan needs whoever runs renewals, a manager or an administrator.",
    Permission.WORK_TASKS: "tasks are ended by the staff.",
    Permission.EDIT_LETTERS: "the words of letters are changed by managers and administrators.",
    Permission.CHANGE_ROUTING: "changing how it is run needs whoever runs renewals, a manager or an administrator.",
    Permission.PUBLISH_ROUTING: "publishing these rules needs a manager or an administrator.",
    Permission.KEEP_ACCOUNTS: "what we know of a customer is kept by whoever runs renewals, a manager or an "
    "administrator.",
    Permission.PUBLISH_PLANS: "changing the plans needs a manager or an administrator.",
    Permission.NEGOTIATE: "your role only reads this proposal. An owner or a buyer of your company can answer it.",
    Permission.FORWARD: "your role does not include forwarding. An owner or a buyer of your company can do it.",
    Permission.KEEP_BILLING: "your role does not include the billing details. An owner or a buyer of your company can "
    "change them.",
    Permission.QUOTE: "writing a quote needs a CSM, a specialist, an account executive, a manager or an "
    "administrator.",
    Permission.APPROVE: "approving quotes is for finance, legal, product, managers and executives.",
    Permission.AGREE_EXITS: "agreeing to an early exit needs finance, a manager or an executive.",
    Permission.PUBLISH_MATRIX: "changing the discount matrix needs a manager, finance or an administrator.",
    Permission.READ_AUDIT: "the audit log is read by managers, executives and administrators.",
}

CUSTOMERS = frozenset({"owner", "buyer", "signer", "procurement", "viewer"})
STAFF = frozenset(
    {"csm", "specialist", "ae", "manager", "finance", "legal", "product", "implementation", "executive", "admin"}
)

MAY: dict[Permission, frozenset[str]] = {
    Permission.VIEW: CUSTOMERS | STAFF,
    Permission.RENEW: frozenset({"owner", "buyer"}),
    Permission.DECLINE: frozenset({"owner", "buyer"}),
    Permission.ASK: CUSTOMERS,
    Permission.READ_DOCUMENTS: frozenset({"owner", "buyer", "signer", "procurement"}),
    Permission.PLAN_STEPS: frozenset(
        {"owner", "buyer", "signer", "procurement", "csm", "specialist", "ae", "manager", "admin"}
    ),
    Permission.MANAGE_PEOPLE: frozenset({"owner"}),
    Permission.READ_BOOK: STAFF,
    Permission.CHANGE_SEGMENT: frozenset({"csm", "specialist", "ae", "manager", "admin"}),
    Permission.CHANGE_PLAN: frozenset({"csm", "specialist", "ae", "manager", "admin"}),
    Permission.WORK_TASKS: STAFF,
    Permission.RUN_RENEWALS: frozenset({"csm", "specialist", "ae", "manager", "admin"}),
    Permission.NOTE_ACTIVITY: STAFF,
    Permission.CHANGE_ROUTING: frozenset({"csm", "specialist", "ae", "manager", "admin"}),
    Permission.PUBLISH_ROUTING: frozenset({"manager", "admin"}),
    Permission.ASSIGN_OWNERS: frozenset({"manager", "admin"}),
    Permission.OWN_RENEWALS: frozenset({"csm", "specialist", "ae", "manager"}),
    Permission.EDIT_LETTERS: frozenset({"manager", "admin"}),
    Permission.KEEP_ACCOUNTS: frozenset({"csm", "specialist", "ae", "manager", "admin"}),
    Permission.PUBLISH_PLANS: frozenset({"manager", "admin"}),
    Permission.NEGOTIATE: frozenset({"owner", "buyer", "procurement"}),
    Permission.FORWARD: frozenset({"owner", "buyer"}),
    Permission.KEEP_BILLING: frozenset(
        {"owner", "buyer", "procurement", "csm", "specialist", "ae", "manager", "finance", "admin"}
    ),
    Permission.QUOTE: frozenset({"csm", "specialist", "ae", "manager", "admin"}),
    Permission.APPROVE: frozenset({"ae", "manager", "finance", "legal", "product", "executive"}),
    Permission.AGREE_EXITS: frozenset({"manager", "finance", "executive"}),
    Permission.PUBLISH_MATRIX: frozenset({"manager", "finance", "admin"}),
    Permission.IMPORT_BOOK: frozenset({"admin"}),
    Permission.READ_AUDIT: frozenset({"manager", "executive", "admin", "finance", "legal"}),
}
