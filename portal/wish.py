"""Wish: a form's words as what a buyer would sign instead."""

from collections.abc import Iterable, Mapping
from datetime import date

from pricing.deal import Deal
from pricing.instalments import Billing
from pricing.money import Money, NotAnAmount
from pricing.wish import Room, Wish
from renewals.errors import Malformed
from renewals.quoting.drafting import LONGEST

ADVANCE = "advance"
WAYS_TO_PAY = (*(billing.value for billing in Billing), ADVANCE)
MOST = 10_000_000
"""Units of one line."""

Form = Mapping[str, str]


def typed(form: Form, deal: Deal) -> dict[str, str]:
    """What stands in the fields: what was sent, or the deal as it is."""
    quantities = {f"seats-{line.product}": str(line.quantity) for line in deal.lines}
    plain = {"months": str(deal.months), "net_days": str(deal.net_days), "pay": pay_of(deal), "price": "", "words": ""}
    ticked = {f"clause-{clause}": "yes" for clause in deal.clauses} | ({"sign": "yes"} if deal.sign_by else {})
    if "months" not in form:
        return quantities | plain | ticked
    return {name: form.get(name, "") for name in (*quantities, *plain, *ticked, "sign")}


def pay_of(deal: Deal) -> str:
    return ADVANCE if deal.prepaid else deal.billing.value


def wish_of(form: Form, deal: Deal, room: Room, currency: str) -> Wish:
    """Raises: Malformed, which says the field."""
    pay = _one_of(form, "pay", WAYS_TO_PAY, "Choose one of the ways to pay.")
    return Wish(
        quantities={line.product: _count(form, f"seats-{line.product}") for line in deal.lines},
        months=int(_one_of(form, "months", map(str, room.months), "Choose one of the lengths.")),
        billing=Billing.ANNUAL if pay == ADVANCE else Billing(pay),
        prepaid=pay == ADVANCE,
        net_days=int(_one_of(form, "net_days", map(str, room.net_days), "Choose by when an invoice is paid.")),
        sign_by=_sign_by(deal, room) if form.get("sign") else None,
        clauses=tuple(clause for clause in deal.clauses if form.get(f"clause-{clause}")),
        target=_price(form, currency),
    )


def words_of(form: Form) -> str:
    """Raises: Malformed when there are too many."""
    words = form.get("words", "").strip()
    if len(words) > LONGEST:
        raise Malformed(f"This is longer than {LONGEST} characters. Say it shorter.", "words")
    return words


def _sign_by(deal: Deal, room: Room) -> date | None:
    """The day that the deal names already, else the last one that earns something."""
    return deal.sign_by or room.sign_by


def _count(form: Form, field: str) -> int:
    word = form.get(field, "").replace(",", "").strip()
    if not word.isdecimal() or not word.isascii() or len(word) > len(str(MOST)) or not 1 <= int(word) <= MOST:
        raise Malformed("Write a whole number, at least 1.", field)
    return int(word)


def _one_of(form: Form, field: str, choices: Iterable[str], wish: str) -> str:
    word = form.get(field, "")
    if word not in set(choices):
        raise Malformed(wish, field)
    return word


def _price(form: Form, currency: str) -> Money | None:
    word = form.get("price", "").replace(",", "").replace(currency, "").strip()
    if not word:
        return None
    try:
        price = Money.parse(word, currency)
    except NotAnAmount:
        raise Malformed("Write an amount like 8640.00, or leave it empty.", "price") from None
    if price.minor <= 0 or len(word) > 15:
        raise Malformed("Write an amount like 8640.00, or leave it empty.", "price")
    return price
