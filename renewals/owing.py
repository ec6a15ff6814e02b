"""Owing: whose money was due and has not come."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy import Select, exists, select

from renewals.acceptance import Acceptance, AcceptanceState
from renewals.instalment import Instalment
from renewals.payment import Payment, PaymentState


def overdue(accounts: Collection[UUID], on: date) -> Select[UUID, UUID]:
    """Companies, each with a renewal for which something was due before a day and was not paid.

    Whoever asks about one renewal leaves out its own: what is still to be paid for it is no debt to it.
    """
    paid = exists().where(Payment.instalment_id == Instalment.id, Payment.state == PaymentState.SUCCEEDED)
    return (
        select(Instalment.account_id, Instalment.renewal_id)
        .join(Acceptance, Acceptance.id == Instalment.acceptance_id)
        .where(
            Instalment.account_id.in_(accounts), Instalment.due_on < on,
            Acceptance.state == AcceptanceState.STANDING, ~paid, ~Instalment.released(),
        )
    )
