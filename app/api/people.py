"""People: the part each of a customer's people plays, as programs bring it and read it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from app.api.body import read
from app.api.door import Call, Door, Told
from app.api.once import once
from app.api.told import People, ToldPerson
from renewals.account import Account
from renewals.errors import Malformed
from renewals.permission import Permission
from renewals.stake import BuyingRole, Stake, Stance, Strength
from renewals.stakeholder import Stakeholder, by_mail, stakeholders

PATH = "/api/v1/accounts/{account_id:str}/people"


class NewStake(msgspec.Struct, forbid_unknown_fields=True):
    """What is known of one of a customer's people, by their mail address. What is not named stays as it is; null is
    not known. `engaged_by` is the mail address of somebody of the staff.
    """

    person: str
    buying_roles: list[BuyingRole] | UnsetType = UNSET
    strength: Strength | UnsetType | None = UNSET
    stance: Stance | UnsetType | None = UNSET
    concern: str | UnsetType = UNSET
    engaged_by: str | UnsetType | None = UNSET
    last_contact_on: date | UnsetType | None = UNSET


BODIES = (NewStake,)


def show_all(call: Call) -> Told:
    """The people of a company, those who are there first."""
    call.only()
    account = Account.find(call.session, call.key("account_id"))
    return Told.of(People([ToldPerson.of(one) for one in stakeholders(call.session, account.id)]))


def change(call: Call) -> Told:
    call.only()
    return once(call, _change)


def _change(call: Call) -> Told:
    """Raises: NotJson, NotFound, Malformed."""
    said, at = read(call.asked.body, NewStake), call.now.business
    account = Account.find(call.session, call.key("account_id"), lock=True)
    person = by_mail(call.session, account, said.person)
    if person is None:
        raise Malformed(f"None of their people has the mail address {said.person}.", "person")
    stake = Stake.of(call.session, person)
    stake.change(by=call.person, at=at, today=account.today(at), **_values(call, said))
    call.session.flush()  # the database has its say before the answer is written
    return Told.of(ToldPerson.of(Stakeholder(person, stake)))


def _values(call: Call, said: NewStake) -> Mapping[str, Any]:
    """What was named, as the record holds it."""
    values = {name: getattr(said, name) for name in said.__struct_fields__ if name != "person"}
    named = {name: value for name, value in values.items() if value is not UNSET}
    if "buying_roles" in named:
        named["buying_roles"] = [role.value for role in BuyingRole if role in named["buying_roles"]]
    if named.get("engaged_by"):
        named["engaged_by"] = call.colleague(named["engaged_by"], "engaged_by")
    return named


DOORS = (
    Door(
        "GET", PATH, show_all, Permission.READ_BOOK,
        {"operationId": "listPeople", "summary": "A company's people and the part each plays", "answer": People},
    ),
    Door(
        "POST", PATH, change, Permission.KEEP_ACCOUNTS,
        {
            "operationId": "changeStake", "summary": "What is known of one of their people; the rest stays as it is",
            "answer": ToldPerson, "body": "NewStake",
        },
    ),
)
