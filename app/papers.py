"""Papers: what was agreed and paid, put into words and filed in the customer's room."""

from datetime import date, timedelta
from typing import Any

from app.html import Language
from app.work import Work
from gateways.document import Paper, Section
from pricing.money import Money
from pricing.trace import Step
from renewals import closing
from renewals.choice import Choice
from renewals.offer import Acceptance, Offer
from renewals.paper import Agreement, Document, DocumentKind, Invoice
from renewals.payment import Payment
from renewals.person import Person
from renewals.policy import Policy, PolicyKind
from renewals.renewal import Renewal

RIGHT, LEFT = "right", "left"


def file_agreement(work: Work, agreement: Agreement) -> None:
    """Print it and keep it; the same agreement is filed once."""
    renewal = Renewal.find(work.session, agreement.renewal_id)
    said = work.house.html.language(renewal.account.locale)
    paper = _agreement(work, agreement, renewal, said)
    document = Document.keep(
        work.session, agreement, DocumentKind.AGREEMENT, work.house.papers.print(paper),
        purpose=f"agreement:{agreement.id}", title=paper.title, filename=f"{agreement.number}.pdf",
        renewal_id=agreement.renewal_id, on=agreement.made_at.date(),
    )
    agreement.file(document, at=work.now)


def file_invoice(work: Work, invoice: Invoice, payment: Payment) -> None:
    """Print it and keep it; the same invoice is filed once."""
    renewal = Renewal.find(work.session, invoice.renewal_id)
    said = work.house.html.language(renewal.account.locale)
    paper = _invoice(work, invoice, payment, renewal, said)
    document = Document.keep(
        work.session, invoice, DocumentKind.INVOICE, work.house.papers.print(paper), purpose=f"invoice:{invoice.id}",
        title=paper.title, filename=f"{invoice.number}.pdf", renewal_id=invoice.renewal_id, on=invoice.issued_on,
    )
    invoice.file(document, at=work.now)


def _agreement(work: Work, agreement: Agreement, renewal: Renewal, said: Language) -> Paper:
    _ = said.words.gettext
    acceptance = work.session.get_one(Acceptance, agreement.acceptance_id)
    person = work.session.get_one(Person, acceptance.person_id)
    offer, names = acceptance.offer, _names(work, renewal)
    terms = _terms(work, acceptance)
    return Paper(
        lang=said.locale,
        title=_("Renewal agreement %(number)s") % {"number": agreement.number},
        vendor=_vendor(work),
        lead=_("%(vendor)s and %(customer)s go on together from %(start)s to %(end)s.") % {
            "vendor": work.house.vendor.legal_name, "customer": renewal.account.name,
            "start": said.plain_day(offer.starts_on), "end": said.plain_day(offer.ends_on - timedelta(days=1)),
        },
        footer=f"{agreement.number} · {agreement.facts['content_hash'][:16]}",
        on=agreement.made_at.date(),
        sections=[
            _lines(offer, names, said),
            _years(offer, said),
            _changes(offer, names, said),
            _making(offer, names, said),
            Section("list", terms["title"][said.locale], items=terms["text"][said.locale]),
            _certificate(agreement, acceptance, person, said),
        ],
    )


def _lines(offer: Offer, names: dict[str, str], said: Language) -> Section:
    _ = said.words.gettext
    content = offer.content
    rows = [
        [names.get(line["product"], line["product"]), said.number(line["quantity"]), _money(line["unit"], offer, said),
         _money(line["amount"], offer, said)]
        for line in content["lines"]
    ]
    return Section(
        "table", _("What is agreed"),
        head=[_("Product"), _("Quantity"), _("Each a year"), _("A year")], rows=rows,
        foot=[_("Together, tax excluded"), "", "", _money(content["per_year"], offer, said)],
        sides=[LEFT, RIGHT, RIGHT, RIGHT], widths=["wide", "", "", ""],
    )


def _years(offer: Offer, said: Language) -> Section:
    _ = said.words.gettext
    starts = [_plus_years(offer.starts_on, index) for index in range(len(offer.years))]
    rows = [
        [str(number), said.plain_day(start), said.money(year)]
        for number, (start, year) in enumerate(zip(starts, offer.years, strict=True), start=1)
    ]
    total = Money(offer.content["total"], offer.currency)
    return Section(
        "table", _("What is due when"), head=[_("Contract year"), _("Due on"), _("Amount")], rows=rows,
        foot=[_("Whole term"), "", said.money(total)], sides=[LEFT, LEFT, RIGHT], widths=["wide", "", ""],
    )


def _changes(offer: Offer, names: dict[str, str], said: Language) -> Section:
    """What changed since they last signed, in words and money."""
    _ = said.words.gettext
    before = {line["product"]: line for line in offer.content["today"]["lines"]}
    rows = [
        [names.get(line["product"], line["product"]), _quantity(before.get(line["product"]), said),
         said.number(line["quantity"]), said.change(_difference(line, before.get(line["product"]), offer))]
        for line in offer.content["lines"]
        if line != before.get(line["product"])
    ]
    if not rows and offer.content["months"] == offer.content["today"]["months"]:
        return Section("text", _("What changed since you last signed"), items=[_("Nothing: the same products at the same price.")])
    return Section(
        "table", _("What changed since you last signed"),
        head=[_("Product"), _("Before"), _("Now"), offer.currency], rows=rows,
        foot=[_("Together, a year"), "", "", said.change(Money(offer.content["against_today"], offer.currency))],
        sides=[LEFT, RIGHT, RIGHT, RIGHT], widths=["wide", "", "", ""],
    )


def _making(offer: Offer, names: dict[str, str], said: Language) -> Section:
    """The public steps of the first year's price."""
    _ = said.words.gettext
    trace = Step.parse(offer.content["trace"]).public_part()
    rows = [
        [names.get(str(line.inputs.get("product")), ""), _rule(step, said), said.money(step.amount)]
        for line in trace.parts[0].parts
        for step in (line.parts or (line,))
    ]
    return Section(
        "table", _("How the price was made"), head=[_("Product"), _("Step"), _("Amount")], rows=rows,
        foot=[_("First year"), trace.policy, said.money(trace.parts[0].amount)], sides=[LEFT, LEFT, RIGHT],
        widths=["", "wide", ""],
    )


def _rule(step: Step, said: Language) -> str:
    _ = said.words.gettext
    words = {
        "kept": _("What you have, as agreed today"), "expansion": _("What is added, at list price or better"),
        "own_price": _("Added at the price you pay today"), "list": _("Added at list price"),
        "band": _("Added at list price"), "next_tier": _("The better price of the next volume"),
        "uplift": _("Yearly increase"), "bundle": _("Taken together"), "term_discount": _("For the longer term"),
        "short_year": _("Part of a year"), "next_year": _("The following year"), "adjustment": _("Adjustment"),
        "line": _("Price of the line"),
    }
    return words.get(step.rule, step.rule.replace("_", " "))


def _certificate(agreement: Agreement, acceptance: Acceptance, person: Person, said: Language) -> Section:
    _ = said.words.gettext
    evidence = acceptance.evidence
    known = {"code": _("signed in with a code sent to this address"), "link": _("came by a link sent to this address")}
    return Section(
        "facts", _("Certificate of acceptance"), new_page=True,
        rows=[
            [_("Accepted by"), person.name],
            [_("Mail address"), person.email],
            [_("Accepted at"), said.moment(acceptance.accepted_at)],
            [_("Known because they"), known.get(evidence.get("known_by", ""), "-")],
            [_("Internet address"), evidence.get("ip") or "-"],
            [_("Browser"), (evidence.get("user_agent") or "-")[:160]],
            [_("Terms"), f"{acceptance.terms_version} · SHA-256 {_spaced(acceptance.terms_hash)}"],
            [_("Content, SHA-256"), _spaced(acceptance.content_hash)],
            [_("Kind of signature"), _("Simple electronic signature: a deliberate press of a button that names the act.")],
        ],
    )


def _invoice(work: Work, invoice: Invoice, payment: Payment, renewal: Renewal, said: Language) -> Paper:
    _ = said.words.gettext
    offer = closing.acceptance_of(work.session, payment).offer
    names = _names(work, renewal)
    day = said.plain_day
    facts = [
        [_("Invoice"), invoice.number],
        [_("Issued on"), day(invoice.issued_on)],
        [_("Billed to"), f"{renewal.account.name}, {renewal.account.country}"],
        [_("For the time"), f"{day(offer.starts_on)} – {day(_plus_years(offer.starts_on, 1) - timedelta(days=1))}"],
        [_("Paid"), f"{said.money(payment.amount)}" + (f", {payment.card_text}" if payment.card_text else "")],
    ]
    rows = [
        [names.get(line["product"], line["product"]), said.number(line["quantity"]), _money(line["amount"], offer, said)]
        for line in offer.content["lines"]
    ]
    return Paper(
        lang=said.locale, title=_("Invoice %(number)s") % {"number": invoice.number}, vendor=_vendor(work), lead="",
        footer=invoice.number, on=invoice.issued_on,
        sections=[
            Section("facts", rows=facts),
            Section(
                "table", head=[_("Product"), _("Quantity"), _("Amount")], rows=rows,
                foot=[_("Paid in full, tax excluded"), "", said.money(payment.amount)], sides=[LEFT, RIGHT, RIGHT],
                widths=["wide", "", ""],
            ),
        ],
    )


def _vendor(work: Work) -> dict[str, Any]:
    vendor = work.house.vendor
    return {"name": vendor.name, "lines": [vendor.legal_name, *vendor.address, vendor.registration]}


def _names(work: Work, renewal: Renewal) -> dict[str, str]:
    choice = Choice.of(work.session, renewal, renewal.account.today(work.now))
    return {key: product.name for key, product in choice.price_policy.catalogue.products.items()}


def _terms(work: Work, acceptance: Acceptance) -> dict[str, Any]:
    """The words of the version that was accepted, not of the newest."""
    found = Policy.named(work.session, acceptance.terms_version)
    content: dict[str, Any] = found.content
    return content


def _quantity(line: dict[str, Any] | None, said: Language) -> str:
    return said.number(line["quantity"]) if line else "-"


def _difference(line: dict[str, Any], before: dict[str, Any] | None, offer: Offer) -> Money:
    return Money(line["amount"] - (before["amount"] if before else 0), offer.currency)


def _money(minor: int, offer: Offer, said: Language) -> str:
    return said.money(Money(minor, offer.currency))


def _spaced(digest: str) -> str:
    """Breakable every eight characters, so that a line never overflows."""
    return " ".join(digest[at : at + 8] for at in range(0, len(digest), 8))


def _plus_years(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, day=28)
