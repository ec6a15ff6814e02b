"""Shell: what stands around every page of the staff: the side list with its counts."""

from typing import Any

from gateways.browser import Answer, Visit
from renewals.permission import Permission
from renewals.pipeline import Counts
from renewals.quoting import waiting

DAYS = 90
"""How far ahead somebody's own day looks. Source: framework, the CSM's dashboard: "renewals in the next 90 days"."""


def page(visit: Visit, template: str, *, here: str, status: int = 200, **context: Any) -> Answer:
    """`here` is the entry of the side list that is marked."""
    counts = Counts.of(visit.session, visit.someone, visit.today)
    return visit.page(template, status=status, here=here, entries=_entries(visit, counts), **context)


def _entries(visit: Visit, counts: Counts) -> list[tuple[str, str, str, int | None]]:
    entries: list[tuple[str, str, str, int | None]] = [
        ("day", "/admin", "Today", counts.due or None),
        ("renewals", "/admin/renewals", "Renewals", counts.open),
        ("quotes", "/admin/quotes", "Quotes", counts.quotes),
        *_approvals(visit),
        ("accounts", "/admin/accounts", "Accounts", counts.accounts),
        ("letters", "/admin/letters", "Letters", None),
        ("calendar", "/admin/calendar", "Calendar", None),
        ("routing", "/admin/routing", "Rules", None),
        ("matrix", "/admin/matrix", "Discounts", None),
    ]
    if visit.someone.may(Permission.READ_AUDIT):
        entries += [("audit", "/admin/audit", "Audit", None), ("check", "/admin/check", "Check", None)]
    return entries


def _approvals(visit: Visit) -> list[tuple[str, str, str, int | None]]:
    """For those who may approve, with how many wait for them."""
    if not visit.someone.may(Permission.APPROVE):
        return []
    mine = waiting.count(visit.session, visit.someone, visit.today)
    return [("approvals", "/admin/approvals", "Approvals", mine)]
