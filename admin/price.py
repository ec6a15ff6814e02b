"""Price: how each way to go on is priced, every step of it, checked by the second evaluator."""

from uuid import UUID

from admin.shell import page
from gateways.browser import Answer, Visit, get, staff
from pricing.option import Option
from pricing.replay import Mismatch, offer_mismatches
from renewals.choice import Choice
from renewals.permission import Permission
from renewals.renewal import Renewal


@get("/admin/renewals/{renewal_id:uuid}/price", staff(Permission.READ_BOOK))
def show(visit: Visit, renewal_id: UUID) -> Answer:
    renewal = visit.find(Renewal, renewal_id)
    choice = Choice.of(visit.session, renewal, renewal.account.today(visit.now))
    options = list(choice.options)
    return page(
        visit, "admin/price.html", here="renewals", renewal=renewal, choice=choice, options=options,
        recommended=choice.options.recommended, checks=choice.options.checks, wrong=_wrong(options),
    )


def _wrong(options: list[Option]) -> dict[str, list[Mismatch]]:
    """What the second evaluator, which shares no arithmetic with the first, does not agree with."""
    return {option.content_hash: offer_mismatches(option.content) for option in options}
