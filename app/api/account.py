"""Account, as programs read it."""

from app.api import page
from app.api.door import Call, Door, Told
from app.api.told import Accounts, ToldAccount
from renewals.account import Account
from renewals.permission import Permission
from renewals.pipeline import Rules

PATH = "/api/v1/accounts"


def show_all(call: Call) -> Told:
    """Every customer company, in the order they were made."""
    call.only(*page.PARAMETERS)
    rows, following = page.cut(call, Account.everything(), Account, PATH)
    rules = Rules.in_force(call.session, call.today)
    return Told.of(Accounts([ToldAccount.of(row, rules) for row in rows], following))


DOORS = (
    Door(
        "GET", PATH, show_all, Permission.READ_BOOK,
        {
            "operationId": "listAccounts", "summary": "The customer companies, in the order they were made",
            "parameters": ["after", "limit"], "answer": Accounts,
        },
    ),
)
