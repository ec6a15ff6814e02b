"""Account: the customer companies, and one company with its people, what runs, and its papers."""

from collections.abc import Sequence
from datetime import timedelta
from types import SimpleNamespace
from uuid import UUID

from admin.address import Address, Pages
from admin.shell import page
from gateways.browser import Answer, Visit, get, staff
from renewals import roster, trail
from renewals.account import Account
from renewals.billing import BillingDetails
from renewals.dossier import Dossier
from renewals.health import Bands
from renewals.paper import Document
from renewals.permission import Permission
from renewals.person import STAFF_ROLES, Person
from renewals.pipeline import Listed, Pipeline
from renewals.reading import HealthReading
from renewals.renewal import CLOSED
from renewals.roster import ORDERS, PAGE, Sought
from renewals.routing import team
from renewals.stakeholder import stakeholders, warned

FILTERS = ("text", "sort", "page")
NEWEST = 25
A_YEAR = timedelta(days=366)


@get("/admin/accounts", staff(Permission.READ_BOOK))
def show_all(visit: Visit) -> Answer:
    address = Address("/admin/accounts", visit.request.query, FILTERS)
    order, descending = address.order(ORDERS, "name")
    sought = Sought(address.word("text"), order, descending, address.page)
    return page(
        visit, "admin/accounts.html", here="accounts", address=address, sought=sought,
        rows=roster.page(visit.session, sought),
        pages=Pages(sought.page, roster.count(visit.session, sought), PAGE),
    )


@get("/admin/accounts/{account_id:uuid}", staff(Permission.READ_BOOK))
def show(visit: Visit, account_id: UUID) -> Answer:
    dossier, pipeline = Dossier.of(visit.session, account_id, visit.today), Pipeline(visit.session, visit.today)
    account, renewals = dossier.account, pipeline.of_account(account_id)
    return page(
        visit, "admin/account.html", here="accounts", account=account, dossier=dossier,
        health=_health(visit, account, pipeline.rules.bands), rules=pipeline.rules,
        renewals=renewals, card=account.card_on_file, ties=_ties(visit, account, renewals),
        told=trail.of_account(visit.session, account_id, most=NEWEST),
        billing=BillingDetails.of(visit.session, account), may_bill=visit.someone.may(Permission.KEEP_BILLING),
        members=team.of_account(visit.session, account_id),
        staff=Person.staff(visit.session), roles=STAFF_ROLES, may_route=visit.someone.may(Permission.CHANGE_ROUTING),
    )


def _health(visit: Visit, account: Account, bands: Bands) -> SimpleNamespace:
    """The last year's readings, the newest first."""
    since = visit.today - A_YEAR
    readings = [one for one in HealthReading.of_account(visit.session, account.id) if one.taken_on >= since]
    confidence = account.health_confidence(bands, visit.today)
    return SimpleNamespace(readings=readings[::-1], bands=bands, confidence=confidence)


def _ties(visit: Visit, account: Account, renewals: Sequence[Listed]) -> SimpleNamespace:
    """Their people, and what is wrong with our ties before the renewal that comes next."""
    people = stakeholders(visit.session, account.id)
    coming = min((row for row in renewals if row.stage not in CLOSED), key=lambda row: row.renews_on, default=None)
    doubts = warned(people, coming.segment, coming.renews_on, visit.today) if coming else []
    return SimpleNamespace(people=people, warned=doubts, may_keep=visit.someone.may(Permission.KEEP_ACCOUNTS))


@get("/admin/documents/{document_id:uuid}", staff(Permission.READ_BOOK))
def download(visit: Visit, document_id: UUID) -> Answer:
    document = visit.find(Document, document_id)
    return Answer(
        body=document.content, content_type=document.media_type,
        headers={"Content-Disposition": f'attachment; filename="{document.id}.pdf"', "X-SHA256": document.sha256},
    )
