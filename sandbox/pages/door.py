"""Which page answers which path."""

import re
from collections.abc import Callable

from sandbox.errors import Missing, OutOfState, StripeError
from sandbox.faults import Faults
from sandbox.pages.bank import Bank
from sandbox.pages.checkout import Checkout
from sandbox.pages.invoice import HostedInvoice
from sandbox.pages.paper import notice, page, stylesheet
from sandbox.turn import Turns
from sandbox.wire import Answer, Request

_Shown = Callable[..., Answer]


class Pages:
    def __init__(self, turns: Turns, faults: Faults) -> None:
        checkout, bank, invoice = Checkout(turns, faults), Bank(turns, faults), HostedInvoice(turns, faults)
        self._known: tuple[tuple[str, str, _Shown], ...] = (
            ("GET", r"/", lambda request: page("home.html")),
            ("GET", r"/sandbox\.css", lambda request: stylesheet()),
            ("GET", r"/c/pay/([^/]+)", checkout.show),
            ("POST", r"/c/pay/([^/]+)", checkout.pay),
            ("GET", r"/c/pay/([^/]+)/return", checkout.come_back),
            ("GET", r"/bank/([^/]+)/([^/]+)", bank.show),
            ("POST", r"/bank/([^/]+)/([^/]+)", bank.decide),
            ("GET", r"/invoice/([^/]+)/([^/]+)", invoice.show),
            ("POST", r"/invoice/([^/]+)/([^/]+)", invoice.pay),
            ("GET", r"/invoice/([^/]+)/([^/]+)/pdf", invoice.print),
        )

    def answer(self, request: Request) -> Answer:
        method = "GET" if request.method == "HEAD" else request.method
        for known, pattern, show in self._known:
            if known == method and (match := re.fullmatch(pattern, request.path)):
                return _shown(show, request, match.groups())
        return notice("Nothing here", "This address leads nowhere in the sandbox.")


def _shown(show: _Shown, request: Request, ids: tuple[str, ...]) -> Answer:
    try:
        return show(request, *ids)
    except Missing:
        return notice("Nothing here", "This address leads nowhere in the sandbox.")
    except OutOfState as refusal:
        return notice("Not any more", refusal.message, 409)
    except StripeError as refusal:
        return notice("That did not work", refusal.message, refusal.status)
