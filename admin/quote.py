"""Quote: a renewal's quotes: written in one press, priced version by version, submitted, sent and talked about."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from types import SimpleNamespace
from uuid import UUID

from admin import deal
from admin.address import Address, Pages
from admin.form import day, somebody
from admin.shell import page
from gateways.browser import Answer, Visit, get, post, staff
from pricing.concessions import LEVERS
from pricing.deal import Deal
from pricing.foreseen import Departure
from pricing.quoting import Quoted
from pricing.replay import offer_mismatches
from pricing.revision import between
from pricing.rightsize import Advice
from pricing.term import YEAR
from pricing.versus import versus
from renewals.errors import Malformed, NotNow, Stale
from renewals.objection import Objection, ObjectionKind
from renewals.offer import Approval, Offer
from renewals.permission import Permission
from renewals.pipeline import Rules
from renewals.plan.presentation import Presentation
from renewals.quoting import deciding, drafting, listing, negotiating, splitting
from renewals.quoting.authority import either
from renewals.quoting.basis import Basis
from renewals.quoting.concession import Concession, InReturn
from renewals.quoting.guest_link import GuestLink
from renewals.quoting.preliminary import PreliminaryTerms
from renewals.quoting.quote import ENDED, Part, Quote, QuoteState, usual_last_day
from renewals.quoting.remark import Remark
from renewals.quoting.review import Review
from renewals.renewal import Renewal
from renewals.running import who_may_own

FILTERS = ("text", "standing", "whose", "page")
Act = Callable[[Quote], None]
QUARTER = 90
"""Days after the renewal by which what is new is looked at again. Source: framework, "quarter seterusnya"."""


@get("/admin/quotes", staff(Permission.READ_BOOK))
def show_all(visit: Visit) -> Answer:
    address = Address("/admin/quotes", visit.request.query, FILTERS)
    mine = visit.someone.id if address.word("whose") == "me" else None
    standing = address.choice("standing", listing.Standing)
    wanted = listing.Wanted(text=address.word("text"), standing=standing, of=mine, page=address.page)
    total = listing.count(visit.session, wanted)
    return page(
        visit, "admin/quotes.html", here="quotes", address=address, wanted=wanted, standings=list(listing.Standing),
        rows=listing.page(visit.session, wanted), pages=Pages(wanted.page, total, listing.PAGE),
        plans=Rules.in_force(visit.session, visit.today).plans,
    )


@post("/admin/renewals/{renewal_id:uuid}/quotes", staff(Permission.QUOTE))
def write(visit: Visit, renewal_id: UUID) -> Answer:
    """One press: what is recommended to them now."""
    renewal = visit.find(Renewal, renewal_id, lock=True)
    with deal.fields_named():
        quote = deciding.propose(renewal, by=visit.someone, at=visit.now)
    return visit.go(f"/admin/quotes/{quote.id}", flash="quoted")


@get("/admin/quotes/{quote_id:uuid}", staff(Permission.READ_BOOK))
def show(visit: Visit, quote_id: UUID) -> Answer:
    return _page(visit, visit.find(Quote, quote_id))


@post("/admin/quotes/{quote_id:uuid}/versions", staff(Permission.QUOTE))
def price(visit: Visit, quote_id: UUID) -> Answer:
    """Another version; what policy approves by itself is ready to be sent at once."""
    form = visit.request.form
    return _priced(visit, quote_id, lambda _: deal.read(form), form=form)


@post("/admin/quotes/{quote_id:uuid}/right-size", staff(Permission.QUOTE))
def right_size(visit: Visit, quote_id: UUID) -> Answer:
    """In one press: another version with no more seats than they need."""

    def fitted(quote: Quote) -> Deal:
        advice = Basis.of_quote(quote, at=visit.now).choice.right_size
        if advice is None:
            raise NotNow("They use all that they pay for, or nobody counted.")
        return advice.fitted(Basis.deal_of(quote.newest))

    return _priced(visit, quote_id, fitted, note="For the seats that are used")


def _priced(
    visit: Visit, quote_id: UUID, wanted: Callable[[Quote], Deal], *, form: Mapping[str, str] | None = None,
    note: str = "",
) -> Answer:
    """`form` is what was typed, and is shown again when it can not be written."""
    quote, note = locked(visit, quote_id), form.get("note", "") if form else note
    try:
        quote.must_be_at(seen(visit.request.form))
        with deal.fields_named():
            drafting.revise(
                quote, wanted(quote), note=note, in_return=_in_return(visit.request.form), by=visit.someone,
                at=visit.now,
            )
    except Malformed as no:
        return _page(visit, quote, form=form, status=422, trouble={no.field or "deal": str(no)})
    except (NotNow, Stale) as no:
        return _page(visit, quote, form=form, status=409, trouble={"deal": str(no)})
    deciding.submit_standing(quote, by=visit.someone, at=visit.now)
    return visit.go(f"/admin/quotes/{quote_id}", flash="priced")


@post("/admin/quotes/{quote_id:uuid}/submission", staff(Permission.QUOTE))
def submit(visit: Visit, quote_id: UUID) -> Answer:
    def act(quote: Quote) -> None:
        quote.must_be_at(seen(visit.request.form))
        deciding.submit(quote, by=visit.someone, at=visit.now)

    return _done(visit, quote_id, act, flash="submitted")


@post("/admin/quotes/{quote_id:uuid}/sending", staff(Permission.QUOTE))
def send(visit: Visit, quote_id: UUID) -> Answer:
    form = visit.request.form

    def act(quote: Quote) -> None:
        quote.must_be_at(seen(form))
        last = day(form.get("valid_until", ""), "Give the last day on which it can be accepted.", "valid_until")
        negotiating.send(quote, valid_until=last, by=visit.someone, at=visit.now)

    return _done(visit, quote_id, act, flash="proposal_sent")


@post("/admin/quotes/{quote_id:uuid}/withdrawal", staff(Permission.QUOTE))
def withdraw(visit: Visit, quote_id: UUID) -> Answer:
    def act(quote: Quote) -> None:
        drafting.withdraw(quote, by=visit.someone, at=visit.now)

    return _done(visit, quote_id, act, flash="quote_withdrawn")


@post("/admin/quotes/{quote_id:uuid}/split", staff(Permission.QUOTE))
def split(visit: Visit, quote_id: UUID) -> Answer:
    """The renewal goes on by itself, and so does what is new."""
    form = visit.request.form

    def act(quote: Quote) -> None:
        quote.must_be_at(seen(form))
        revisit_on = day(form.get("revisit_on", ""), "Give the day to look at it again.", "revisit_on")
        owner = somebody(who_may_own(visit.session), form.get("owner", ""), "Choose who looks after it.", "owner")
        with deal.fields_named():
            splitting.split(quote, owner=owner, revisit_on=revisit_on, by=visit.someone, at=visit.now)

    return _done(visit, quote_id, act, flash="quote_split")


@post("/admin/quotes/{quote_id:uuid}/remarks", staff(Permission.NOTE_ACTIVITY))
def remark(visit: Visit, quote_id: UUID) -> Answer:
    """To the customer, which answers them, or between ourselves."""
    form = visit.request.form
    say = negotiating.remark if form.get("to") == "customer" else negotiating.confide

    def act(quote: Quote) -> None:
        say(quote, form.get("words", ""), product=form.get("product", ""), by=visit.someone, at=visit.now)

    return _done(visit, quote_id, act, flash="remarked")


@post("/admin/quotes/{quote_id:uuid}/remarks/{remark_id:uuid}/done", staff(Permission.NOTE_ACTIVITY))
def settle(visit: Visit, quote_id: UUID, remark_id: UUID) -> Answer:
    """Seen to, or open again."""
    said = visit.find(Remark, remark_id)

    def act(quote: Quote) -> None:
        said.must_be_of(quote)
        said.resolve(visit.request.form.get("done") == "yes", by=visit.someone, at=visit.now)

    return _done(visit, quote_id, act, to="#remarks")


def locked(visit: Visit, quote_id: UUID) -> Quote:
    """The renewal is locked first, as everybody does who writes about it."""
    visit.find(Renewal, visit.find(Quote, quote_id).renewal_id, lock=True)
    return visit.find(Quote, quote_id, lock=True)


def _done(visit: Visit, quote_id: UUID, act: Act, *, flash: str | None = None, to: str = "") -> Answer:
    quote = locked(visit, quote_id)
    try:
        act(quote)
    except Malformed as no:
        return _page(visit, quote, status=422, trouble={no.field or "words": str(no)})
    return visit.go(f"/admin/quotes/{quote_id}{to}", flash=flash)


def seen(form: Mapping[str, str]) -> int:
    """The version that the page showed; 0 for what is none."""
    word = form.get("version", "")
    return int(word) if word.isascii() and word.isdigit() and len(word) < 6 else 0


def _in_return(form: Mapping[str, str]) -> InReturn:
    return InReturn(form.get("asked", ""), form.get("why_nothing", ""))


def _page(
    visit: Visit, quote: Quote, *, form: Mapping[str, str] | None = None, status: int = 200,
    trouble: Mapping[str, str] | None = None,
) -> Answer:
    """`form` is what was typed of a deal that could not be written."""
    versions, basis = list(quote.versions), Basis.of_quote(quote, at=visit.now)
    version, renewal = _looked_at(visit, versions), quote.renewal
    priced = basis.as_priced(version)
    may = _may(visit, quote)
    return page(
        visit, "admin/quote.html", here="quotes", status=status, quote=quote, renewal=renewal, version=version,
        basis=basis, priced=priced, name_of=basis.choice.name_of, versions=_told(visit, quote, versions),
        newest=versions[-1], trouble=trouble or {}, against=versus(basis.agreed, priced), may=may,
        form=form if form is not None else deal.written(priced.deal, basis.library.clauses), typed=visit.request.form,
        lines=deal.products(form) if form is not None else [line.product for line in priced.deal.lines],
        usual=deal.USUAL, economics=basis.economics(priced) if version.months > YEAR else None,
        horizon=basis.horizon(priced.deal), board=basis.board(priced.deal) if may.price else None,
        asked=_asked(visit, quote, version), reviews=Review.of_offer(visit.session, version.id),
        alike=basis.would_price_alike(version), last_day=usual_last_day(renewal, basis.on),
        remarks=Remark.of_quote(visit.session, quote.id, inside=True), either=either,
        wrong=offer_mismatches(version.content), levers=LEVERS, forwarded=GuestLink.of_quote(visit.session, quote.id),
        fewer=_fewer(basis, priced.deal) if may.price else None, objection_kinds=list(ObjectionKind),
        objections=Objection.of_renewal(visit.session, renewal.id),
        presentation=Presentation.of(visit.session, renewal), departure=_departure(visit, quote, priced),
        bundle=_bundle(visit, quote, basis) if may.price else None,
    )


def _fewer(basis: Basis, held: Deal) -> Advice | None:
    """How many seats they need, when that is fewer than this deal has."""
    advice = basis.choice.right_size
    return advice if advice and advice.fitted(held) != held else None


def _departure(visit: Visit, quote: Quote, priced: Quoted) -> Departure | None:
    """From the preliminary terms, which were about the renewal."""
    told = PreliminaryTerms.of(visit.session, quote.renewal_id) if quote.part is Part.RENEWAL else None
    return told.departure(priced) if told else None


def _bundle(visit: Visit, quote: Quote, basis: Basis) -> SimpleNamespace | None:
    """What the form that splits it offers; None where there is nothing to split."""
    if not splitting.is_bundle(quote, basis):
        return None
    why, owner = splitting.why_split(quote, basis), quote.renewal.looked_after_by
    revisit_on = quote.renewal.renews_on + timedelta(days=QUARTER)
    people = [(one.id, one.name) for one in who_may_own(visit.session)]
    return SimpleNamespace(why=why, people=people, owner=owner, revisit_on=revisit_on)


def _looked_at(visit: Visit, versions: list[Offer]) -> Offer:
    """The newest, or the one that the address names."""
    wanted = seen(visit.request.query)
    return next((each for each in versions if each.number == wanted), versions[-1])


def _told(visit: Visit, quote: Quote, versions: list[Offer]) -> list[SimpleNamespace]:
    """Newest first, each with what it has otherwise than the one before."""
    before: list[Offer | None] = [None, *versions]
    conceded = {one.offer_id: one for one in Concession.of_quote(visit.session, quote.id)}
    pairs = zip(before, versions, strict=False)
    return [
        SimpleNamespace(
            offer=after, approval=Approval.of(visit.session, after), concession=conceded.get(after.id),
            revision=between(old.content, after.content) if old else None,
        )
        for old, after in reversed(list(pairs))
    ]


def _asked(visit: Visit, quote: Quote, version: Offer) -> list[SimpleNamespace]:
    """Who would be asked about a draft; a submitted version has its reviews instead."""
    if quote.state is not QuoteState.DRAFT:
        return []
    found = deciding.preview(quote, version, at=visit.now)
    return [SimpleNamespace(need=need, envelope=envelope) for need, envelope in found]


def _may(visit: Visit, quote: Quote) -> SimpleNamespace:
    """What this person may do with it as it stands."""
    quotes = visit.someone.may(Permission.QUOTE) and quote.leads_to_a_term and quote.state not in ENDED
    return SimpleNamespace(
        price=quotes, submit=quotes and quote.state is QuoteState.DRAFT,
        send=quotes and quote.state is QuoteState.APPROVED, withdraw=quotes,
        answer=quotes and quote.shown_id is not None and quote.is_live,
        say=visit.someone.may(Permission.NOTE_ACTIVITY),
    )
