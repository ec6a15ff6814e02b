"""Renewal, as programs read it."""

from sqlalchemy import Select

from app.api import page
from app.api.door import Call, Door, Told
from app.api.told import Renewals, ToldRenewal
from renewals.account import Account
from renewals.errors import Malformed
from renewals.permission import Permission
from renewals.pipeline import Rules
from renewals.plan.doubt import doubts_about
from renewals.renewal import Renewal, RenewalState

PATH = "/api/v1/renewals"
FILTERS = ("stage", "account")


def show_all(call: Call) -> Told:
    """Every renewal, open and closed, in the order they were made."""
    call.only(*page.PARAMETERS, *FILTERS)
    rows, following = page.cut(call, _wanted(call), Renewal, PATH)
    rules = Rules.in_force(call.session, call.today)
    doubts = doubts_about(call.session, [row.id for row in rows], call.today)
    told = [ToldRenewal.of(row, rules, call.today, doubts[row.id]) for row in rows]
    return Told.of(Renewals(told, following))


def show(call: Call) -> Told:
    call.only()
    renewal = Renewal.find_for(call.person, call.session, call.key("renewal_id"))
    doubts = doubts_about(call.session, [renewal.id], call.today)[renewal.id]
    return Told.of(ToldRenewal.of(renewal, Rules.in_force(call.session, call.today), call.today, doubts))


def _wanted(call: Call) -> Select[Renewal]:
    query, asked = Renewal.seen_by(call.person), call.asked.query
    if stage := asked.get("stage"):
        query = query.where(Renewal.state == _stage(stage))
    if account := asked.get("account"):
        query = query.where(Renewal.account.has(Account.external_id == account))
    return query


def _stage(word: str) -> RenewalState:
    if word not in {stage.value for stage in RenewalState}:
        raise Malformed(f"{word!r} is no stage; those are {', '.join(RenewalState)}.", "stage")
    return RenewalState(word)


DOORS = (
    Door(
        "GET", PATH, show_all, Permission.READ_BOOK,
        {
            "operationId": "listRenewals", "summary": "Renewals, open and closed, in the order they were made",
            "parameters": ["after", "limit", "stage", "account"], "answer": Renewals,
        },
    ),
    Door(
        "GET", f"{PATH}/{{renewal_id:str}}", show, Permission.READ_BOOK,
        {"operationId": "readRenewal", "summary": "One renewal as it stands today", "answer": ToldRenewal},
    ),
)
