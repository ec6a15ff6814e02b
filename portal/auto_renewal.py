"""AutoRenewal: letting the card be charged when the contract renews by itself, and switching that off again."""

from collections.abc import Mapping
from uuid import UUID

from gateways.browser import Answer, Visit, customer, get, post
from portal.shown import Shown
from renewals import mandate
from renewals.permission import Permission
from renewals.policy import PolicyKind, shipped


@get("/renewals/{renewal_id:uuid}/auto-renewal", customer(Permission.VIEW))
def show(visit: Visit, renewal_id: UUID) -> Answer:
    shown = Shown.find(visit, renewal_id)
    return _page(visit, shown) if shown.renews_by_itself else visit.go(f"/renewals/{renewal_id}")


@post("/renewals/{renewal_id:uuid}/auto-renewal", customer(Permission.RENEW))
def switch_on(visit: Visit, renewal_id: UUID) -> Answer:
    shown = Shown.find(visit, renewal_id, lock=True)
    words = _words(shown, "charge_consent")
    if visit.request.form.get("agreed") != words["version"]:
        trouble = "Tick that you agree to these words, then press the button again."
        return _page(visit, shown, status=422, agreed=trouble)
    mandate.give(
        shown.renewal, words[visit.locale], text_version=words["version"], by=visit.someone, at=visit.now,
        evidence=visit.evidence,
    )
    return visit.go(f"/renewals/{renewal_id}/auto-renewal", flash="charged_by_itself")


@post("/renewals/{renewal_id:uuid}/auto-renewal/withdrawal", customer(Permission.RENEW))
def switch_off(visit: Visit, renewal_id: UUID) -> Answer:
    shown = Shown.find(visit, renewal_id, lock=True)
    words = _words(shown, "charge_withdrawal")
    mandate.withdraw(
        shown.renewal, words[visit.locale], text_version=words["version"], by=visit.someone, at=visit.now,
        evidence=visit.evidence,
    )
    return visit.go(f"/renewals/{renewal_id}/auto-renewal", flash="not_charged")


def _words(shown: Shown, what: str) -> Mapping[str, str]:
    """Their version, and the text in each language; terms in force that are older than them are read with the
    shipped ones."""
    words: Mapping[str, str] = (shipped(PolicyKind.TERMS) | shown.terms.content)[what]
    return words


def _page(visit: Visit, shown: Shown, *, status: int = 200, **trouble: str) -> Answer:
    return visit.page(
        "portal/auto_renewal.html", status=status, renewal=shown, consent=_words(shown, "charge_consent"),
        withdrawal=_words(shown, "charge_withdrawal"), has_card=shown.renewal.has_card_until_then,
        card=shown.renewal.account.card_on_file, may={"renew": visit.someone.may(Permission.RENEW)}, trouble=trouble,
    )
