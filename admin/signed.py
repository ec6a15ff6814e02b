"""Signed: what a contract says beside its price, with what came of it, as the record of its renewal shows it."""

from types import SimpleNamespace

from gateways.browser import Visit
from pricing.clause import ClauseKind
from renewals.addition import Addition
from renewals.choice import Choice
from renewals.clauses import leaving
from renewals.clauses.early_exit import EarlyExit
from renewals.clauses.renegotiation import Renegotiation
from renewals.clauses.termination import Termination
from renewals.clauses.true_up import TrueUp
from renewals.paper import Agreement
from renewals.permission import Permission
from renewals.quoting.quote import Part, Quote
from renewals.renewal import Renewal
from renewals.subscription import Term


def beside(visit: Visit, renewal: Renewal) -> SimpleNamespace | None:
    """None where nothing was signed beside the price."""
    term, session, may = renewal.term, visit.session, visit.someone.may
    if not term.clauses:
        return None
    asked = EarlyExit.asked_of(renewal)
    under_way = any(one.until_on >= visit.today for one in Renegotiation.of_term(session, term.id))
    may_renegotiate = renewal.is_open and may(Permission.QUOTE) and not under_way
    return SimpleNamespace(
        clauses=term.signed_clauses, true_ups=TrueUp.of_term(session, term.id),
        ended=Termination.of_term(session, term.id), renegotiations=Renegotiation.of_term(session, term.id),
        exit=_exit(visit, renewal) if renewal.is_open and may(Permission.RUN_RENEWALS) and not asked else None,
        asked=asked, may_decide=asked is not None and asked.may_be_decided_by(visit.someone),
        may_renegotiate=may_renegotiate and _acts(term, ClauseKind.RENEGOTIATION),
        name_of=Choice.of(session, renewal, visit.today).name_of,
    )


def growth(visit: Visit, renewal: Renewal) -> SimpleNamespace | None:
    """What was added to the signed term, what is quoted for it, and what can be; None for a term not signed here."""
    term, session = renewal.term, visit.session
    agreement = session.get(Agreement, term.agreement_id) if term.agreement_id else None
    if agreement is None:
        return None
    quotes = [one for one in Quote.of_renewal(session, agreement.renewal_id) if one.part is Part.EXPANSION]
    choice = Choice.of(session, renewal, visit.today)
    sold = choice.price_policy.catalogue.products.items()
    may = renewal.is_open and visit.someone.may(Permission.QUOTE) and visit.today < term.ends_on
    return SimpleNamespace(
        made=Addition.of_term(session, term.id), quotes=quotes, name_of=choice.name_of,
        products=[(key, one.name) for key, one in sorted(sold) if term.currency in one.prices] if may else [],
    )


def _acts(term: Term, kind: ClauseKind) -> bool:
    return term.agreement_id is not None and term.clause(kind) is not None


def _exit(visit: Visit, renewal: Renewal) -> SimpleNamespace | None:
    """What the off-ramp would come to if they told us today."""
    term, clause = renewal.term, renewal.term.clause(ClauseKind.OFF_RAMP)
    if clause is None or not _acts(term, ClauseKind.OFF_RAMP) or not term.is_running(visit.today):
        return None
    owed = leaving.preview(renewal, visit.today).amount
    return SimpleNamespace(
        events=clause.events, leaves_on=clause.off_ramp.leaves_on(term.running, visit.today), owed=owed
    )
