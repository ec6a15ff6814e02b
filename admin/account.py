"""Account: the customer companies, and one company with its people, what runs, and its papers."""

from uuid import UUID

from admin.address import Address, Pages
from admin.shell import page
from gateways.browser import Answer, Visit, get, staff
from renewals import roster, trail
from renewals.account import Health
from renewals.dossier import Dossier
from renewals.paper import Document
from renewals.permission import Permission
from renewals.person import STAFF_ROLES
from renewals.pipeline import Pipeline
from renewals.roster import ORDERS, PAGE, Sought
from renewals.routing import team

FILTERS = ("text", "sort", "page")
NEWEST = 25


@get("/admin/accounts", staff(Permission.READ_BOOK))
def show_all(visit: Visit) -> Answer:
    address = Address("/admin/accounts", visit.request.query, FILTERS)
    order, descending = address.order(ORDERS, "name")
    sought = Sought(address.word("text"), order, descending, address.page)
    return page(
        visit, "admin/accounts.html", here="accounts", address=address, sought=sought,
        rows=roster.page(visit.session, sought, visit.today),
        pages=Pages(sought.page, roster.count(visit.session, sought), PAGE),
    )


@get("/admin/accounts/{account_id:uuid}", staff(Permission.READ_BOOK))
def show(visit: Visit, account_id: UUID) -> Answer:
    dossier, pipeline = Dossier.of(visit.session, account_id, visit.today), Pipeline(visit.session, visit.today)
    account = dossier.account
    return page(
        visit, "admin/account.html", here="accounts", account=account, dossier=dossier,
        health=Health.of(account.health_score, pipeline.rules.bands), rules=pipeline.rules,
        renewals=pipeline.of_account(account_id), card=account.card_on_file,
        told=trail.of_account(visit.session, account_id, most=NEWEST),
        members=team.of_account(visit.session, account_id),
        staff=team.everybody(visit.session), roles=STAFF_ROLES, may_route=visit.someone.may(Permission.CHANGE_ROUTING),
    )


@get("/admin/documents/{document_id:uuid}", staff(Permission.READ_BOOK))
def download(visit: Visit, document_id: UUID) -> Answer:
    document = visit.find(Document, document_id)
    return Answer(
        body=document.content, content_type=document.media_type,
        headers={"Content-Disposition": f'attachment; filename="{document.id}.pdf"', "X-SHA256": document.sha256},
    )
