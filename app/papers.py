"""Papers: what was agreed and paid, put into a paper and filed in the customer's room."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from app.house import House
from app.html import Language
from app.work import Work
from gateways.paper import (
    AgreementPaper,
    Change,
    ContractYear,
    Customer,
    Evidence,
    InvoiceLine,
    InvoicePaper,
    NoticePaper,
    Paid,
    PricedLine,
    PriceStep,
    Tax,
    TermsText,
    Vendor,
)
from pricing.clause import Clause
from pricing.money import Money
from pricing.trace import Step
from renewals.billed import Billed
from renewals.facts import names_in
from renewals.notice import Notice
from renewals.owing import OwedFor, Reason, reason_of
from renewals.paper import Agreement, Document, DocumentKind, Invoice
from renewals.payment import Payment
from renewals.policy import Policy, PolicyKind
from renewals.renewal import Renewal

Facts = Mapping[str, Any]
"""What an agreement has written down, or a part of it."""


def file_agreement(work: Work, agreement: Agreement) -> None:
    """Print it and keep it; the same agreement is filed once."""
    said = work.house.html.language(agreement.facts["locale"])
    document = Document.keep(
        work.session, agreement, DocumentKind.AGREEMENT, printed(work.house, agreement),
        purpose=f"agreement:{agreement.id}",
        title=said.words.gettext("Renewal agreement %(number)s") % {"number": agreement.number},
        filename=f"{agreement.number}.pdf", renewal_id=agreement.renewal_id, on=agreement.made_at.date(),
    )
    agreement.file(document, at=work.now)


def printed(house: House, agreement: Agreement) -> bytes:
    """The paper of an agreement, from its facts alone: the same bytes today and in ten years."""
    said = house.html.language(agreement.facts["locale"])
    return house.papers.agreement(_agreement(agreement, said), said.locale)


def file_invoice(work: Work, invoice: Invoice, payment: Payment) -> None:
    """Print it and keep it; the same invoice is filed once."""
    renewal = Renewal.find(work.session, invoice.renewal_id)
    said = work.house.html.language(renewal.account.locale)
    printed = work.house.papers.invoice(_invoice(work, invoice, payment, renewal), said.locale)
    document = Document.keep(
        work.session, invoice, DocumentKind.INVOICE, printed, purpose=f"invoice:{invoice.id}",
        title=said.words.gettext("Invoice %(number)s") % {"number": invoice.number},
        filename=f"{invoice.number}.pdf", renewal_id=invoice.renewal_id, on=invoice.issued_on,
    )
    invoice.file(document, at=work.now)


def file_notice(work: Work, notice: Notice) -> None:
    """Print it and keep it; the same notice is filed once."""
    renewal = Renewal.find(work.session, notice.renewal_id)
    said = work.house.html.language(renewal.account.locale)
    printed = work.house.papers.notice(_notice(work, notice, renewal), said.locale)
    document = Document.keep(
        work.session, notice, DocumentKind.NOTICE, printed,
        purpose=f"notice:{notice.id}",
        title=said.words.gettext("Notice of renewal, to be declined by %(day)s") % {"day": said.dated(notice.deadline)},
        filename=f"notice-{notice.deadline.isoformat()}.pdf", renewal_id=renewal.id, on=notice.planned_at.date(),
    )
    notice.document_id = document.id


def _notice(work: Work, notice: Notice, renewal: Renewal) -> NoticePaper:
    plan = renewal.subscription.plan
    names = Policy.in_force(work.session, PolicyKind.PRICE, notice.planned_at.date()).content["catalogue"]
    return NoticePaper(
        number=notice.deadline.isoformat(), made_at=notice.planned_at, vendor=vendor_of(work.house),
        customer=Customer(renewal.account.name, renewal.account.country),
        plan=names[plan]["name"] if plan in names else plan, deadline=notice.deadline, renews_on=notice.starts_on,
        ends_on=notice.ends_on, months=notice.months, price=notice.price, change=notice.change,
        content_hash=notice.content_hash, where=f"{work.house.settings.public_url}/renewals/{renewal.id}/opt-out",
        first_day=notice.window_from, last_day=notice.window_to,
    )


def _agreement(agreement: Agreement, said: Language) -> AgreementPaper:
    facts, content = agreement.facts, agreement.facts["content"]
    names, currency, terms = facts["names"], content["currency"], facts["terms"]
    return AgreementPaper(
        number=agreement.number,
        made_at=agreement.made_at,
        vendor=Vendor(**facts["vendor"] | {"address": tuple(facts["vendor"]["address"])}),
        customer=Customer(**facts["customer"]),
        plan=names.get(content["plan"], content["plan"]),
        lines=tuple(priced(line, currency, names) for line in content["lines"]),
        starts_on=date.fromisoformat(content["starts_on"]),
        ends_on=date.fromisoformat(content["ends_on"]),
        months=content["months"],
        years=tuple(_years(content)),
        total=Money(content["total"], currency),
        changes=tuple(changes_in(content, names, said)),
        steps=tuple(steps_in(content, names, said)),
        price_rules=content["policy"],
        terms=TermsText(terms["title"], tuple(terms["text"]), terms["version"], terms["hash"]),
        evidence=_evidence(facts),
        payment=_payment(facts["payment"], currency),
        decline_by=date.fromisoformat(facts["decline_by"]),
        clauses=tuple(clauses_in(map(Clause.read, content.get("clauses", ())), said)),
    )


def clauses_in(clauses: Iterable[Clause], said: Language) -> Iterator[tuple[str, str]]:
    """Titles and words; a free name has no words of its own."""
    for clause in clauses:
        words = clause.words_in(said.locale) or said.words.gettext("as we agree it in writing")
        yield clause.title_in(said.locale), words


def _invoice(work: Work, invoice: Invoice, payment: Payment, renewal: Renewal) -> InvoicePaper:
    offer, billed = payment.instalment.acceptance.offer, Billed.of(payment, renewal.account)
    names = names_in(work.session, offer)
    agreement = Agreement.of_renewal(work.session, renewal.id)
    said = work.house.html.language(renewal.account.locale)
    starts_on, ends_on = offer.starts_on, min(offer.ends_on, _plus_years(offer.starts_on, 1))
    if payment.renews:
        lines = list(_first_year(payment, names, said))
    else:
        reason = reason_of(payment.instalment)
        lines, starts_on, ends_on = [_owed_later(reason, payment, said)], reason.starts_on, reason.ends_on
    return InvoicePaper(
        number=invoice.number, issued_on=invoice.issued_on, vendor=vendor_of(work.house),
        customer=Customer(billed.name, billed.country, billed.address), tax_number=billed.tax_id,
        purchase_order=billed.order_number, lines=tuple(lines), total=payment.amount, tax=Tax.EXCLUDED,
        starts_on=starts_on, ends_on=ends_on,
        payment=_paid(payment, invoice.issued_on),
        agreement=agreement.number if agreement else "",
    )


def _first_year(payment: Payment, names: Facts, said: Language) -> Iterator[InvoiceLine]:
    """Its lines; what the year adds or takes away beside them stands in a line of its own."""
    offer, rest = payment.instalment.acceptance.offer, payment.amount
    for line in offer.content["lines"]:
        amount = Money(line["amount"], offer.currency)
        rest -= amount
        yield InvoiceLine(_name(line, names), line["quantity"], amount)
    if rest.minor:
        yield InvoiceLine(said.words.gettext("Adjustment"), None, rest)


def _owed_later(reason: Reason, payment: Payment, said: Language) -> InvoiceLine:
    _ = said.words.gettext
    words = {
        OwedFor.TRUE_UP: _("Seats used beyond the agreement"), OwedFor.ENDING: _("Settlement for ending early"),
        OwedFor.PART: _("The next part of the contract"), OwedFor.ADDED: _("What was added to the contract"),
    }
    return InvoiceLine(words[reason.what], None, payment.amount)


def priced(line: Facts, currency: str, names: Facts) -> PricedLine:
    unit, amount = Money(line["unit"], currency), Money(line["amount"], currency)
    return PricedLine(_name(line, names), line["quantity"], unit, amount)


def _years(content: Facts) -> Iterator[ContractYear]:
    for index, minor in enumerate(content["years"]):
        begins_on = _plus_years(date.fromisoformat(content["starts_on"]), index)
        yield ContractYear(Money(minor, content["currency"]), begins_on)


def changes_in(content: Facts, names: Facts, said: Language) -> Iterator[Change]:
    """What is not as they last signed it, in words and money."""
    _ = said.words.gettext
    before = {line["product"]: line for line in content["today"]["lines"]}
    for line in content["lines"]:
        old, name = before.get(line["product"]), _name(line, names)
        if old is None:
            words = _("%(product)s is new, for %(now)s") % {"product": name, "now": said.number(line["quantity"])}
        elif old["quantity"] != line["quantity"]:
            words = _("%(product)s: %(now)s instead of %(before)s") % {
                "product": name, "now": said.number(line["quantity"]), "before": said.number(old["quantity"])
            }
        elif old["amount"] != line["amount"]:
            words = _("%(product)s has another price") % {"product": name}
        else:
            continue
        yield Change(words, Money(line["amount"] - (old["amount"] if old else 0), content["currency"]))
    if content["months"] != content["today"]["months"]:
        yield Change(
            _("The term is %(now)s months instead of %(before)s")
            % {"now": said.number(content["months"]), "before": said.number(content["today"]["months"])},
            None,
        )


def steps_in(content: Facts, names: Facts, said: Language) -> Iterator[PriceStep]:
    """The public steps of the first year's price."""
    year = Step.parse(content["trace"]).public_part().parts[0]
    for part in year.parts:
        name = names.get(str(part.inputs.get("product")), "")
        for step in part.parts or (part,):
            words = _rule(step, said)
            yield PriceStep(f"{name}: {words}" if name else words, step.amount if step.amount.minor else None)
    yield PriceStep(said.words.gettext("First year"), year.amount, total=True)


def _rule(step: Step, said: Language) -> str:
    _ = said.words.gettext
    words = {
        "kept": _("What you have, as agreed today"), "expansion": _("What is added, at list price or better"),
        "list": _("At list price"), "band": _("At list price"), "next_tier": _("The better price of the next volume"),
        "uplift": _("Yearly increase"), "term_discount": _("For the longer term"), "short_year": _("Part of a year"),
        "coin": _("Rounded down"), "adjustment": _("Adjustment"), "line": _("Price of the line"),
        "returned": _("Given up"), "own_price": _("More of it, at your own price"), "bundle": _("Bought together"),
        "payment_days": _("Paid later"), "lower_base": _("Lower base"), "overage": _("Each unit above it"),
        "line_discount": _("Discount"), "discount": _("Discount"), "room_to_grow": _("Why so many"),
        "lever": _lever(step, said),
    }
    return words.get(step.rule, step.rule.replace("_", " "))


def _lever(step: Step, said: Language) -> str:
    _ = said.words.gettext
    words = {"prepayment": _("Paid in advance"), "sign_by": _("Signed early"), "volume": _("More units")}
    return words.get(step.inputs.get("lever", ""), _("Paid sooner"))


def _evidence(facts: Facts) -> Evidence:
    known = {key: facts["evidence"][key] for key in ("name", "title", "mail", "known_by", "ip", "user_agent")}
    return Evidence(
        **known, at=datetime.fromisoformat(facts["evidence"]["at"]), content_hash=facts["content_hash"]
    )


def _payment(paid: Facts, currency: str) -> Paid:
    return Paid(
        Money(paid["amount"], currency), date.fromisoformat(paid["on"]), paid["brand"], paid["last4"], paid["reference"]
    )


def vendor_of(house: House) -> Vendor:
    vendor = house.vendor
    return Vendor(vendor.name, vendor.legal_name, tuple(vendor.address), vendor.registration, vendor.accent)


def _paid(payment: Payment, on: date) -> Paid:
    card = payment.card
    return Paid(
        payment.amount, on, card.brand if card else "", card.last4 if card else "", payment.reference or ""
    )


def _name(line: Facts, names: Mapping[str, str]) -> str:
    return names.get(line["product"], str(line["product"]))


def _plus_years(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, day=28)
