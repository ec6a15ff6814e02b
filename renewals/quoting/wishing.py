"""Wishing: the price of what a buyer would sign instead, and who would have to say yes. Nothing is written down."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from pricing.board import Board, still_open
from pricing.deal import Deal, DealError
from pricing.horizon import Horizon
from pricing.matrix import Need
from pricing.quoting import Quoted
from pricing.wish import Room, Wish, room, wished
from renewals.errors import NotNow
from renewals.offer import Offer
from renewals.quoting.basis import Basis
from renewals.quoting.deciding import still_needed
from renewals.quoting.negotiating import answer_by
from renewals.quoting.quote import Quote


@dataclass(frozen=True)
class WhatIf:
    """`is_same` says that this lies before them already, `needs` are those whom nobody answered beforehand, and
    `answer_by` is when a buyer who proposes it hears from us.
    """

    deal: Deal
    board: Board
    is_same: bool
    needs: Sequence[Need]
    answer_by: datetime

    @property
    def priced(self) -> Quoted:
        return self.board.quoted

    @property
    def is_standing(self) -> bool:
        """It lies before them at once when they propose it."""
        return not self.needs

    @property
    def is_beyond(self) -> bool:
        """Nobody here may agree to it."""
        return any(not need.deciders for need in self.needs)

    @property
    def asked(self) -> list[list[str]]:
        """The roles that would be asked, rank by rank. Never how far they may go."""
        ordered = sorted(self.needs, key=lambda need: need.order)
        ranks = (list(needs) for _, needs in groupby(ordered, key=lambda need: need.order))
        return [list(dict.fromkeys(need.roles[0] for need in needs if need.roles)) for needs in ranks]


def what_if(quote: Quote, shown: Offer, wish: Wish, *, at: datetime) -> WhatIf:
    """The price answers at once, with what every lever earns. Raises: DealError, NotNow. Source: mission L2."""
    basis = Basis.of_quote(quote, at=at)
    return _answered(basis, quote, shown, _deal(basis, shown, wish), at)


def as_it_is(quote: Quote, shown: Offer, *, at: datetime) -> WhatIf | None:
    """What lies before them, with what every lever would earn from there; None when it is not sold so any more."""
    basis = Basis.of_quote(quote, at=at)
    with suppress(DealError, NotNow):
        return _answered(basis, quote, shown, basis.deal_of(shown), at)
    return None


def deal_of(quote: Quote, shown: Offer, wish: Wish, *, at: datetime) -> Deal:
    """What a wish asks for, to be proposed. Raises: DealError."""
    return _deal(Basis.of_quote(quote, at=at), shown, wish)


def room_of(quote: Quote, shown: Offer, *, at: datetime) -> Room:
    """What a buyer can choose from."""
    basis = Basis.of_quote(quote, at=at)
    return room(basis.choice.price_policy, basis.deal_of(shown), basis.renewal.renews_on, basis.on)


def horizon_of(quote: Quote, shown: Offer, *, at: datetime) -> Horizon | None:
    """The ways to commit beside each other over three years; none for who should not commit now. Source: mission L6."""
    basis = Basis.of_quote(quote, at=at)
    return None if basis.choice.facts.at_risk else basis.horizon(basis.deal_of(shown))


def _answered(basis: Basis, quote: Quote, shown: Offer, deal: Deal, at: datetime) -> WhatIf:
    deal = still_open(deal, basis.on)
    priced, board = basis.price(deal), basis.board(deal)
    assert board, "what has a price has levers"
    is_same = priced.content_hash == shown.content_hash
    return WhatIf(deal, board, is_same, still_needed(basis, quote, priced), answer_by(quote, at))


def _deal(basis: Basis, shown: Offer, wish: Wish) -> Deal:
    choice = basis.choice
    return wished(
        basis.scope, choice.facts, choice.price_policy, basis.deal_of(shown), wish, basis.renewal.renews_on
    )
