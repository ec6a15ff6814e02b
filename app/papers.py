"""Papers: what was agreed and paid, put into a paper and filed in the customer's room."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

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
    Owed,
    Paid,
    PricedLine,
    PriceStep,
    Tax,
    TermsText,
    Vendor,
)
from pricing.money import Money
from pricing.trace import Step
from renewals.acceptance import Acceptance
from renewals.choice import Choice
from renewals.closing import term_after
from renewals.offer import Offer
from renewals.paper import Agreement, Document, DocumentKind, Invoice
from renewals.payment import Payment
from renewals.person import Person
from renewals.policy import Policy
from renewals.renewal import Renewal

Line = dict[str, Any]
"""A line as an offer's content holds it."""


def file_agreement(work: Work, agreement: Agreement) -> None:
    """Print it and keep it; the same agreement is filed once."""
    renewal = Renewal.find(work.session, agreement.renewal_id)
    said = work.house.html.language(renewal.account.locale)
    printed = work.house.papers.agreement(_agreement(work, agreement, renewal, said), said.locale)
    document = Document.keep(
        work.session, agreement, DocumentKind.AGREEMENT, printed, purpose=f"agreement:{agreement.id}",
        title=said.words.gettext("Renewal agreement %(number)s") % {"number": agreement.number},
        filename=f"{agreement.number}.pdf", renewal_id=agreement.renewal_id, on=agreement.made_at.date(),
    )
    agreement.file(document, at=work.now)


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


def _agreement(work: Work, agreement: Agreement, renewal: Renewal, said: Language) -> AgreementPaper:
    acceptance = work.session.get_one(Acceptance, agreement.acceptance_id)
    offer, names = acceptance.offer, _names(work, renewal)
    return AgreementPaper(
        number=agreement.number,
        made_at=agreement.made_at,
        vendor=_vendor(work),
        customer=_customer(renewal),
        plan=names.get(offer.content["plan"], offer.content["plan"]),
        lines=tuple(_priced(line, offer, names) for line in offer.content["lines"]),
        starts_on=offer.starts_on,
        ends_on=offer.ends_on,
        months=offer.months,
        years=tuple(_years(offer)),
        total=Money(offer.content["total"], offer.currency),
        changes=tuple(_changes(offer, names, said)),
        steps=tuple(_steps(offer, names, said)),
        price_rules=offer.content["policy"],
        terms=_terms(work, acceptance, said),
        evidence=_evidence(work, acceptance),
        payment=_payment(work, renewal, offer),
        decline_by=_decline_by(work, renewal),
    )


def _invoice(work: Work, invoice: Invoice, payment: Payment, renewal: Renewal) -> InvoicePaper:
    """The first year's lines; what the year adds or takes away beside them stands in a line of its own."""
    offer, names = payment.instalment.acceptance.offer, _names(work, renewal)
    agreement = Agreement.of_renewal(work.session, renewal.id)
    lines = [
        InvoiceLine(_name(line, names), line["quantity"], Money(line["amount"], offer.currency))
        for line in offer.content["lines"]
    ]
    rest = payment.amount - sum((line.amount for line in lines), Money.zero(offer.currency))
    if rest.minor:
        words = work.house.html.language(renewal.account.locale).words.gettext("Adjustment")
        lines.append(InvoiceLine(words, None, rest))
    return InvoicePaper(
        number=invoice.number, issued_on=invoice.issued_on, vendor=_vendor(work), customer=_customer(renewal),
        lines=tuple(lines), total=payment.amount, tax=Tax.EXCLUDED, starts_on=offer.starts_on,
        ends_on=min(offer.ends_on, _plus_years(offer.starts_on, 1)), payment=_paid(payment, invoice.issued_on),
        agreement=agreement.number if agreement else "",
    )


def _decline_by(work: Work, renewal: Renewal) -> date | None:
    """The last day to say no to the renewal after this one."""
    term = term_after(work.session, renewal)
    return term.ends_on - timedelta(days=term.notice_days) if term else None


def _vendor(work: Work) -> Vendor:
    vendor = work.house.vendor
    return Vendor(vendor.name, vendor.legal_name, tuple(vendor.address), vendor.registration, vendor.accent)


def _customer(renewal: Renewal) -> Customer:
    return Customer(renewal.account.name, renewal.account.country)


def _priced(line: Line, offer: Offer, names: dict[str, str]) -> PricedLine:
    unit, amount = Money(line["unit"], offer.currency), Money(line["amount"], offer.currency)
    return PricedLine(_name(line, names), line["quantity"], unit, amount)


def _years(offer: Offer) -> Iterator[ContractYear]:
    for index, price in enumerate(offer.years):
        yield ContractYear(price, _plus_years(offer.starts_on, index))


def _changes(offer: Offer, names: dict[str, str], said: Language) -> Iterator[Change]:
    """What is not as they last signed it, in words and money."""
    _ = said.words.gettext
    before = {line["product"]: line for line in offer.content["today"]["lines"]}
    for line in offer.content["lines"]:
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
        yield Change(words, Money(line["amount"] - (old["amount"] if old else 0), offer.currency))
    if offer.content["months"] != offer.content["today"]["months"]:
        yield Change(
            _("The term is %(now)s months instead of %(before)s")
            % {"now": said.number(offer.content["months"]), "before": said.number(offer.content["today"]["months"])},
            None,
        )


def _steps(offer: Offer, names: dict[str, str], said: Language) -> Iterator[PriceStep]:
    """The public steps of the first year's price."""
    year = Step.parse(offer.content["trace"]).public_part().parts[0]
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
    }
    return words.get(step.rule, step.rule.replace("_", " "))


def _terms(work: Work, acceptance: Acceptance, said: Language) -> TermsText:
    """The words of the version that was accepted, not of the newest."""
    policy = Policy.named(work.session, acceptance.terms_version)
    title, text = policy.content["title"][said.locale], tuple(policy.content["text"][said.locale])
    return TermsText(title, text, acceptance.terms_version, acceptance.terms_hash)


def _evidence(work: Work, acceptance: Acceptance) -> Evidence:
    person, known = work.session.get_one(Person, acceptance.person_id), acceptance.evidence
    return Evidence(
        name=person.name, title=person.title, mail=person.email, at=acceptance.accepted_at,
        known_by=known.get("known_by", ""), ip=known.get("ip", ""), user_agent=known.get("user_agent", ""),
        content_hash=acceptance.content_hash,
    )


def _payment(work: Work, renewal: Renewal, offer: Offer) -> Paid | Owed:
    payment = Payment.latest_of(renewal)
    if payment is None:
        return Owed(offer.due_now, offer.starts_on)
    return _paid(payment, renewal.closed_at.date() if renewal.closed_at else offer.starts_on)


def _paid(payment: Payment, on: date) -> Paid:
    card = payment.card
    return Paid(
        payment.amount, on, card.brand if card else "", card.last4 if card else "", payment.reference or ""
    )


def _name(line: Line, names: dict[str, str]) -> str:
    return names.get(line["product"], str(line["product"]))


def _names(work: Work, renewal: Renewal) -> dict[str, str]:
    choice = Choice.of(work.session, renewal, renewal.account.today(work.now))
    return {key: product.name for key, product in choice.price_policy.catalogue.products.items()}


def _plus_years(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, day=28)
