"""Machine: a proposal as programs read it, the same as on its page."""

from datetime import date

import msgspec

from gateways.proposal import (
    PricePath,
    Status,
    ToldAcceptance,
    ToldCause,
    ToldChanges,
    ToldClause,
    ToldContact,
    ToldDate,
    ToldDeparture,
    ToldInstalment,
    ToldLine,
    ToldLineChange,
    ToldOptional,
    ToldPayment,
    ToldPrice,
    ToldProposal,
    ToldSection,
    ToldTerm,
    ToldTermChange,
)
from gateways.stencil import Openings
from pricing.foreseen import Departure
from pricing.multiyear import Shape
from pricing.versus import LineChange, TermChange, Versus
from renewals.acceptance import Acceptance
from renewals.quoting.proposal import Proposal
from renewals.quoting.quote import QuoteState, Side

PATHS = {
    None: PricePath.ONE_YEAR, Shape.FIXED: PricePath.HELD, Shape.ESCALATING: PricePath.RISES,
    Shape.LOCK: PricePath.LOCKED, Shape.OVERAGE: PricePath.OVERAGE,
}
ENDS = {
    QuoteState.ACCEPTED: Status.ACCEPTED, QuoteState.DECLINED: Status.DECLINED, QuoteState.EXPIRED: Status.EXPIRED,
    QuoteState.SUPERSEDED: Status.REPLACED, QuoteState.WITHDRAWN: Status.WITHDRAWN,
}


def status_of(proposal: Proposal, today: date) -> Status:
    """How it stands on a day; what can not be answered any more has run out."""
    known = ENDS.get(proposal.quote.state)
    return known or (Status.OPEN if proposal.quote.can_be_answered(today) else Status.EXPIRED)


def told(proposal: Proposal, openings: Openings, today: date) -> bytes:
    """As JSON, `proposal@1`."""
    return msgspec.json.format(msgspec.json.encode(_proposal(proposal, openings, today)), indent=2)


def _proposal(proposal: Proposal, openings: Openings, today: date) -> ToldProposal:
    quote, deal = proposal.quote, proposal.deal
    return ToldProposal(
        schema="proposal@1", id=str(quote.id), number=quote.name, version=proposal.number,
        status=status_of(proposal, today), turn="yours" if quote.turn is Side.THEIRS else "ours",
        answer_by=quote.answer_by, valid_until=quote.valid_until, customer=quote.renewal.account.name,
        term=_term(proposal), price=_price(proposal), lines=_lines(proposal),
        changes=_changes(proposal.changes, proposal), preliminary=_departure(proposal.departure),
        payment=_payment(proposal), extras=proposal.extras,
        clauses=list(deal.clauses), clause_words=_clauses(proposal), sign_by=deal.sign_by, trace=proposal.trace.json,
        content_hash=proposal.content_hash, acceptance=_acceptance(proposal.acceptance),
        template=proposal.template.policy, sections=_sections(openings), customer_quotes=list(proposal.voices),
        optional=_optional(proposal), dates=[ToldDate(name, day) for name, day in proposal.dates],
        approved_on=proposal.approved_on, can_accept=proposal.accepters, contact=_contact(proposal),
    )


def _sections(openings: Openings) -> list[ToldSection]:
    return [
        ToldSection(name, [": ".join(line) for part in parts for line in part.lines])
        for name, parts in openings.items()
    ]


def _optional(proposal: Proposal) -> list[ToldOptional]:
    return [
        ToldOptional(line.product, proposal.names[line.product], line.quantity, line.amount.decimal_text)
        for line in proposal.expansion
    ]


def _contact(proposal: Proposal) -> ToldContact | None:
    owner = proposal.quote.renewal.looked_after_by
    return ToldContact(owner.name, owner.email) if owner else None


def _term(proposal: Proposal) -> ToldTerm:
    deal = proposal.deal
    return ToldTerm(proposal.starts_on, proposal.ends_on, proposal.months, PATHS[deal.shape], deal.rise)


def _price(proposal: Proposal) -> ToldPrice:
    return ToldPrice(
        currency=proposal.currency, per_year=proposal.per_year.decimal_text,
        against_today=proposal.against_today.decimal_text, total=proposal.total.decimal_text,
        years=[year.decimal_text for year in proposal.years], rules=proposal.rules,
    )


def _lines(proposal: Proposal) -> list[ToldLine]:
    above = {product: unit.decimal_text for product, unit in proposal.overage.items()}
    return [
        ToldLine(
            line.product, proposal.names[line.product], line.quantity, line.amount.decimal_text, above.get(line.product)
        )
        for line in proposal.lines
    ]


def _payment(proposal: Proposal) -> ToldPayment:
    deal = proposal.deal
    instalments = [ToldInstalment(one.on, one.due_on, one.amount.decimal_text) for one in proposal.instalments]
    return ToldPayment(deal.billing.value, deal.prepaid, deal.net_days, instalments)


def _clauses(proposal: Proposal) -> list[ToldClause]:
    locale = proposal.quote.renewal.account.locale
    return [ToldClause(one.id, one.title_in(locale), one.words_in(locale)) for one in proposal.clauses]


def _changes(changes: Versus, proposal: Proposal) -> ToldChanges:
    lines = [_line_change(line, proposal) for line in changes.lines if not line.is_unchanged]
    return ToldChanges(lines, [_term_change(term) for term in changes.terms])


def _departure(it: Departure | None) -> ToldDeparture | None:
    if it is None:
        return None
    foreseen = it.foreseen
    causes = [ToldCause(cause.name, cause.money.decimal_text) for cause in it.causes]
    return ToldDeparture(
        foreseen.months, foreseen.least.decimal_text, foreseen.most.decimal_text, it.is_inside,
        foreseen.quoted.trace.policy, causes, [_term_change(term) for term in it.terms],
    )


def _line_change(line: LineChange, proposal: Proposal) -> ToldLineChange:
    before, after = (amount.decimal_text for amount in line.amount)
    causes = [ToldCause(cause.name, cause.money.decimal_text) for cause in line.causes]
    return ToldLineChange(line.product, proposal.names[line.product], *line.quantity, before, after, causes)


def _term_change(term: TermChange) -> ToldTermChange:
    if term.name != "shape":
        return ToldTermChange(term.name, term.before, term.after)
    before, after = (PATHS[Shape(one) if one else None].value for one in (term.before, term.after))
    return ToldTermChange("price_path", before, after)


def _acceptance(acceptance: Acceptance | None) -> ToldAcceptance | None:
    if acceptance is None:
        return None
    return ToldAcceptance(acceptance.person.name, acceptance.accepted_at, acceptance.terms_version)
