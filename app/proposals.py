"""Proposals: what lies before a customer, put into a paper, the same as on its page."""

from collections.abc import Iterator
from datetime import date

from app import worth
from app.house import House
from app.html import Language
from app.openings import openings_of
from app.papers import changes_in, clauses_in, priced, steps_in, vendor_of
from app.work import Work
from gateways.paper import Change, Customer, DueOn, PaperSection, Paragraph, PricedLine, ProposalPaper
from pricing.deal import Deal
from pricing.instalments import Billing
from pricing.multiyear import Shape
from renewals.addition import Addition
from renewals.base import session_of
from renewals.paper import Agreement, Document, DocumentKind
from renewals.policy import Policy, PolicyKind
from renewals.quoting.joining import Joining
from renewals.quoting.proposal import Proposal
from renewals.quoting.quote import Quote


def printed_proposal(house: House, proposal: Proposal, locale: str) -> bytes:
    """What lies before a customer, in a reader's language: the same as on its page."""
    return house.papers.proposal(_paper(house, proposal, house.html.language(locale)), locale)


def file_addition(work: Work, made: Addition) -> None:
    """What was added to a term, as it was accepted; the same addition is filed once."""
    assert made.acceptance.apart_id
    quote = Quote.find(work.session, made.acceptance.apart_id)
    agreement = Agreement.of_renewal(work.session, quote.renewal_id)
    assert agreement
    said = work.house.html.language(quote.renewal.account.locale)
    Document.keep(
        work.session, made, DocumentKind.AGREEMENT, printed_proposal(work.house, Proposal.of(quote), said.locale),
        purpose=f"addition:{made.id}",
        title=said.words.gettext("Addition %(number)s to agreement %(agreement)s")
        % {"number": quote.name, "agreement": agreement.number},
        filename=f"{agreement.number}-{quote.name}.pdf", renewal_id=quote.renewal_id, on=work.now.date(),
    )


def _paper(house: House, proposal: Proposal, said: Language) -> ProposalPaper:
    """What was added to a term says what is asked for it from its day on; anything else the whole term."""
    quote, content, names = proposal.quote, proposal.version.content, proposal.names
    account = quote.renewal.account
    joining = Joining.of(proposal, proposal.starts_on)
    added = joining.priced if joining and joining.made else None
    return ProposalPaper(
        number=quote.name, version=proposal.number, made_at=proposal.made_at, vendor=vendor_of(house),
        customer=Customer(account.name, account.country), plan=names[proposal.today.plan],
        lines=tuple(priced(line, proposal.currency, names) for line in content["lines"]),
        starts_on=added.begins_on if added else proposal.starts_on, ends_on=proposal.ends_on, months=proposal.months,
        total=added.step.amount if added else proposal.total,
        change=proposal.against_today,
        instalments=tuple(DueOn(one.on, one.due_on, one.amount) for one in (added or proposal).instalments),
        changes=tuple(changes_in(content, names, said)), departures=_departures(proposal, said),
        terms=tuple(_terms(proposal, said)),
        value=tuple(_worth(house, proposal, said)), steps=tuple(steps_in(content, names, said)),
        price_rules=proposal.rules, valid_until=quote.valid_until,
        where=f"{house.settings.public_url}/proposals/{quote.id}", content_hash=proposal.content_hash,
        sections=tuple(_sections(house, proposal, said)), voices=tuple(proposal.voices),
        optional=tuple(_optional(proposal)), dates=tuple(_dates(proposal, said)),
        approvals=tuple(_approvals(proposal, said)), contacts=tuple(_contacts(proposal, said)),
    )


def _sections(house: House, proposal: Proposal, said: Language) -> Iterator[PaperSection]:
    for section, parts in openings_of(house, proposal, said.locale).items():
        yield PaperSection(section, tuple(Paragraph(part.shape.value, part.lines) for part in parts))


def _optional(proposal: Proposal) -> Iterator[PricedLine]:
    for line in proposal.expansion:
        yield PricedLine(proposal.names[line.product], line.quantity, line.unit_price, line.amount)


def _dates(proposal: Proposal, said: Language) -> Iterator[tuple[str, str]]:
    """What comes next, as the page says it."""
    _ = said.words.gettext
    names = {
        "answer": _("The last day to accept this proposal"), "decide_by": _("You decide by"),
        "begins": _("The new term begins"), "first_due": _("The first payment is due"),
    }
    for name, day in proposal.dates:
        yield names[name], said.day(day)


def _approvals(proposal: Proposal, said: Language) -> Iterator[tuple[str, str]]:
    """What it takes on both sides, as the page says it."""
    _ = said.words.gettext
    if on := proposal.approved_on:
        yield _("On our side"), _("everything is approved, since %(day)s") % {"day": said.plain_day(on)}
    if proposal.accepters:
        yield _("To accept it"), said.list_of(proposal.accepters)
    for step in proposal.their_steps:
        done = _("done on %(day)s") % {"day": said.plain_day(step.done_at.date())} if step.done_at else _("still open")
        yield step.title, f"{step.who}: {done}" if step.who else done


def _contacts(proposal: Proposal, said: Language) -> Iterator[tuple[str, str]]:
    owner = proposal.quote.renewal.looked_after_by
    if owner:
        yield said.words.gettext("Looks after you"), f"{owner.name}, {owner.email}"


def _terms(proposal: Proposal, said: Language) -> Iterator[tuple[str, str]]:
    """Names and values, as the page has them."""
    _, ngettext, deal = said.words.gettext, said.words.ngettext, proposal.deal
    days = ngettext("%(num)s day", "%(num)s days", deal.net_days) % {"num": said.number(deal.net_days)}
    if deal.shape:
        yield _("Price from year to year"), _path(proposal, said)
    yield _("Paid"), f"{_pays(deal, said)}, {_('within %(days)s of the invoice') % {'days': days}}"
    if deal.sign_by:
        yield _("Signed by"), said.plain_day(deal.sign_by)
    if proposal.extras:
        yield _("Comes with it"), said.list_of(proposal.extras)
    yield from clauses_in(proposal.clauses, said)
    yield _("Everything else"), _("terms of %(day)s") % {"day": said.plain_day(_terms_day(proposal))}


def _departures(proposal: Proposal, said: Language) -> tuple[Change, ...] | None:
    """What is not as they were told beforehand, in words and money; None where they were told nothing."""
    it = proposal.departure
    if it is None:
        return None
    causes = [Change(_why(cause.name, it.rules, said), cause.money) for cause in it.causes]
    return (*causes, *(Change(_part(term.name, said), None) for term in it.terms))


def _why(cause: str, rules: tuple[str, str] | None, said: Language) -> str:
    """Why a price is not what was foreseen, as its page says it."""
    _ = said.words.gettext
    if cause == "price" and rules:
        return _("Our price rules changed, from %(before)s to %(now)s:") % {"before": rules[0], "now": rules[1]}
    words = {
        "held": _("What you have changed in the meantime:"), "quantity": _("It holds other products or quantities:"),
        "price": _("Another price for the same:"), "term": _("What the length of the term earns:"),
        "payment": _("How it is paid:"), "discount": _("What we agreed to take off:"), "rounding": _("Rounding:"),
    }
    return words[cause]


def _part(name: str, said: Language) -> str:
    """Which part of the terms is not what was foreseen; what it is now stands below."""
    _ = said.words.gettext
    words = {
        "months": _("The length of the term is another"), "shape": _("The price from year to year is another"),
        "billing": _("It is paid at other times"), "prepaid": _("Payment in advance is otherwise"),
        "net_days": _("Invoices are due after another number of days"), "clauses": _("The special clauses are others"),
    }
    return words[name]


def _terms_day(proposal: Proposal) -> date:
    return Policy.in_force(session_of(proposal.quote), PolicyKind.TERMS, proposal.made_at.date()).begins_on


def _path(proposal: Proposal, said: Language) -> str:
    _, rise = said.words.gettext, said.percent(proposal.deal.rise)
    words = {
        Shape.FIXED: _("held: the same each year"), Shape.ESCALATING: _("rises by %(rate)s a year") % {"rate": rise},
        Shape.LOCK: _("locked: today's price, guaranteed"),
        Shape.OVERAGE: _("a lower base, and a fixed price for each unit above it"),
    }
    return words[proposal.deal.shape] if proposal.deal.shape else _("one year")


def _pays(deal: Deal, said: Language) -> str:
    _ = said.words.gettext
    words = {
        Billing.ANNUAL: _("once a year"), Billing.QUARTERLY: _("every three months"),
        Billing.MONTHLY: _("every month"),
    }
    return _("all of it in advance") if deal.prepaid else words[deal.billing]


def _worth(house: House, proposal: Proposal, said: Language) -> Iterator[str]:
    """What the year was worth when it was sent; nothing where there is too little to claim."""
    value = proposal.value
    if value.hours is None:
        return
    yield worth.sentence(value, house.vendor.name, said)
    for figure in value.highlights:
        amount = said.figure(figure.amount, figure.unit, figure.currency)
        yield f"{figure.label(said.locale)}: {amount} ({figure.source})"
