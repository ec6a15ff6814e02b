"""Account, as programs read it."""

from app.api import page
from app.api.door import Call, Door, Told
from app.api.told import Accounts, ToldAccount
from renewals.account import Account
from renewals.health import Bands
from renewals.permission import Permission
from renewals.policy import Policy, PolicyKind

PATH = "/api/v1/accounts"


def show_all(call: Call) -> Told:
    """Every customer company, in the order they were made."""
    call.only(*page.PARAMETERS)
    rows, following = page.cut(call, Account.everything(), Account, PATH)
    bands = bands_of(call)
    return Told.of(Accounts([ToldAccount.of(row, bands, call.today) for row in rows], following))


def bands_of(call: Call) -> Bands:
    """The health policy in force."""
    return Bands.of(Policy.in_force(call.session, PolicyKind.HEALTH, call.today).content)


DOORS = (
    Door(
        "GET", PATH, show_all, Permission.READ_BOOK,
        {
            "operationId": "listAccounts", "summary": "The customer companies, in the order they were made",
            "parameters": ["after", "limit"], "answer": Accounts,
        },
    ),
)
