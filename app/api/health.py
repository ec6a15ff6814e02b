"""Health: the readings of one company's score, as programs bring them and read them."""

from datetime import date

import msgspec

from app.api.account import bands_of
from app.api.body import read
from app.api.door import Call, Door, Told
from app.api.once import once
from app.api.told import Readings, ToldAccount, ToldReading
from renewals.account import Account
from renewals.permission import Permission
from renewals.reading import HealthReading

PATH = "/api/v1/accounts/{account_id:str}/health"


class NewReading(msgspec.Struct, forbid_unknown_fields=True):
    """A score from 0 to 100, or null when it is not known any more. Without `taken_on` it is of today, where the
    customer is. The same score of the same source and day again changes nothing; another one corrects it.
    """

    score: int | None
    source: str
    taken_on: date | None = None


BODIES = (NewReading,)


def show(call: Call) -> Told:
    """The readings of a company, day by day."""
    call.only()
    account = Account.find(call.session, call.key("account_id"))
    return Told.of(Readings([ToldReading.of(one) for one in HealthReading.of_account(call.session, account.id)]))


def take(call: Call) -> Told:
    call.only()
    return once(call, _take)


def _take(call: Call) -> Told:
    """Raises: NotJson, NotFound, Malformed."""
    said, bands = read(call.asked.body, NewReading), bands_of(call)
    account, at = Account.find(call.session, call.key("account_id"), lock=True), call.now.business
    on = said.taken_on or account.today(at)
    account.take_reading(said.score, said.source, on=on, bands=bands, by=call.person, at=at)
    call.session.flush()  # the database has its say before the answer is written
    return Told.of(ToldAccount.of(account, bands, call.today))


DOORS = (
    Door(
        "GET", PATH, show, Permission.READ_BOOK,
        {"operationId": "listReadings", "summary": "The history of a company's health score", "answer": Readings},
    ),
    Door(
        "POST", PATH, take, Permission.KEEP_ACCOUNTS,
        {
            "operationId": "takeReading", "summary": "A new health score, and the band that follows from all of them",
            "answer": ToldAccount, "body": "NewReading",
        },
    ),
)
