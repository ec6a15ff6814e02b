"""Wishing: the price of what a buyer would sign instead, and who would have to say yes. Nothing is written down."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
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
from renewals.quoting.deciding import Judged, still_needed
from renewals.quoting.negotiating import answer_by
from renewals.quoting.quote import Quote


@dataclass(frozen=True)
class WhatIf(Judged):
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
    def asked(self) -> list[list[str]]:
        """The roles that would be asked, rank by rank. Never how far they may go."""
        ordered = sorted(self.needs, key=lambda need: need.order)
        ranks = (list(needs) for _, needs in groupby(ordered, key=lambda need: need.order))
        return [list(dict.fromkeys(need.roles[0] for need in needs if need.roles)) for needs in ranks]


@dataclass
class Wishing:
    """What a buyer may try with the version `shown` that lies before them."""

    quote: Quote
    shown: Offer
    at: datetime

    @cached_property
    def basis(self) -> Basis:
        return Basis.of_quote(self.quote, at=self.at)

    @property
    def room(self) -> Room:
        """What they can choose from."""
        return room(self.basis.choice.price_policy, self._deal, self.basis.renewal.renews_on, self.basis.on)

    @property
    def horizon(self) -> Horizon | None:
        """The ways to commit beside each other over three years; none for who should not commit now.

        Source: mission L6.
        """
        return None if self.basis.choice.facts.at_risk else self.basis.horizon(self._deal)

    @property
    def as_it_is(self) -> WhatIf | None:
        """What lies before them, with what every lever would earn from there; None when it is not sold so any more."""
        with suppress(DealError, NotNow):
            return self._answered(self._deal)
        return None

    def what_if(self, wish: Wish) -> WhatIf:
        """The price answers at once, with what every lever earns. Raises: DealError, NotNow. Source: mission L2."""
        return self._answered(self.deal_of(wish))

    def deal_of(self, wish: Wish) -> Deal:
        """What a wish asks for, to be proposed. Raises: DealError, NotNow for what nobody negotiates."""
        choice, renews_on = self.basis.choice, self.basis.renewal.renews_on
        deal = wished(self.basis.scope, choice.facts, choice.price_policy, self._deal, wish, renews_on)
        self.basis.must_be_negotiable(deal)
        return deal

    @property
    def _deal(self) -> Deal:
        return self.basis.deal_of(self.shown)

    def _answered(self, deal: Deal) -> WhatIf:
        deal = still_open(deal, self.basis.on)
        priced, board = self.basis.price(deal), self.basis.board(deal)
        assert board, "what has a price has levers"
        is_same = priced.content_hash == self.shown.content_hash
        needs = still_needed(self.basis, self.quote, priced)
        return WhatIf(deal, board, is_same, needs, answer_by(self.quote, self.at))
