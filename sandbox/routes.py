"""Every call of the API on one page: method, path, what it takes, what it does."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from stripe import params as takes

from sandbox.book import Book, Document
from sandbox.errors import Invalid
from sandbox.objects import (
    charge,
    checkout_session,
    customer,
    event,
    invoice,
    payment_intent,
    payment_method,
    refund,
    webhook_endpoint,
)

Verb = Callable[..., Document]
"""Called with the book, the checked parameters and the ids of the path, in their order."""


@dataclass(frozen=True)
class Route:
    method: str
    path: str
    schema: type
    verb: Verb

    def ids(self, method: str, path: str) -> tuple[str, ...] | None:
        """The ids in a path that is this route's, else None."""
        pattern = re.sub(r"\{\w+\}", r"([^/]+)", self.path)
        found = re.fullmatch(pattern, path) if method == self.method else None
        return found.groups() if found else None


class Unknown(Invalid):
    status = 404


def find(method: str, path: str) -> tuple[Route, tuple[str, ...]]:
    """Raises: Unknown for what Stripe, or the sandbox, does not have."""
    for route in ROUTES:
        ids = route.ids(method, path)
        if ids is not None:
            return route, ids
    raise Unknown(f"Unrecognized request URL ({method}: {path}).")


def perform(book: Book, route: Route, ids: tuple[str, ...], params: dict[str, object]) -> Document:
    return route.verb(book, params, *ids)


ROUTES = (
    Route("POST", "/v1/customers", takes.CustomerCreateParams, customer.create),
    Route("GET", "/v1/customers", takes.CustomerListParams, customer.listed),
    Route("GET", "/v1/customers/{id}", takes.CustomerRetrieveParams, customer.retrieve),
    Route("POST", "/v1/customers/{id}", takes.CustomerUpdateParams, customer.update),
    Route(
        "GET",
        "/v1/customers/{id}/payment_methods",
        takes.CustomerPaymentMethodListParams,
        payment_method.listed_of,
    ),
    Route(
        "GET",
        "/v1/customers/{id}/payment_methods/{method}",
        takes.CustomerPaymentMethodRetrieveParams,
        payment_method.retrieve_of,
    ),
    Route("POST", "/v1/payment_methods", takes.PaymentMethodCreateParams, payment_method.create),
    Route("GET", "/v1/payment_methods", takes.PaymentMethodListParams, payment_method.listed),
    Route("GET", "/v1/payment_methods/{id}", takes.PaymentMethodRetrieveParams, payment_method.retrieve),
    Route("POST", "/v1/payment_methods/{id}", takes.PaymentMethodUpdateParams, payment_method.update),
    Route("POST", "/v1/payment_methods/{id}/attach", takes.PaymentMethodAttachParams, payment_method.attach),
    Route("POST", "/v1/payment_methods/{id}/detach", takes.PaymentMethodDetachParams, payment_method.detach),
    Route("POST", "/v1/payment_intents", takes.PaymentIntentCreateParams, payment_intent.create),
    Route("GET", "/v1/payment_intents", takes.PaymentIntentListParams, payment_intent.listed),
    Route("GET", "/v1/payment_intents/{id}", takes.PaymentIntentRetrieveParams, payment_intent.retrieve),
    Route("POST", "/v1/payment_intents/{id}", takes.PaymentIntentUpdateParams, payment_intent.update),
    Route("POST", "/v1/payment_intents/{id}/confirm", takes.PaymentIntentConfirmParams, payment_intent.confirm),
    Route("POST", "/v1/payment_intents/{id}/cancel", takes.PaymentIntentCancelParams, payment_intent.cancel),
    Route("GET", "/v1/charges", takes.ChargeListParams, charge.listed),
    Route("GET", "/v1/charges/{id}", takes.ChargeRetrieveParams, charge.retrieve),
    Route("POST", "/v1/refunds", takes.RefundCreateParams, refund.create),
    Route("GET", "/v1/refunds", takes.RefundListParams, refund.listed),
    Route("GET", "/v1/refunds/{id}", takes.RefundRetrieveParams, refund.retrieve),
    Route("POST", "/v1/checkout/sessions", takes.checkout.SessionCreateParams, checkout_session.create),
    Route("GET", "/v1/checkout/sessions", takes.checkout.SessionListParams, checkout_session.listed),
    Route("GET", "/v1/checkout/sessions/{id}", takes.checkout.SessionRetrieveParams, checkout_session.retrieve),
    Route("POST", "/v1/checkout/sessions/{id}/expire", takes.checkout.SessionExpireParams, checkout_session.expire),
    Route(
        "GET",
        "/v1/checkout/sessions/{id}/line_items",
        takes.checkout.SessionLineItemListParams,
        checkout_session.line_items,
    ),
    Route("POST", "/v1/invoices", takes.InvoiceCreateParams, invoice.create),
    Route("GET", "/v1/invoices", takes.InvoiceListParams, invoice.listed),
    Route("GET", "/v1/invoices/{id}", takes.InvoiceRetrieveParams, invoice.retrieve),
    Route("POST", "/v1/invoices/{id}", takes.InvoiceUpdateParams, invoice.update),
    Route("POST", "/v1/invoices/{id}/add_lines", takes.InvoiceAddLinesParams, invoice.add_lines),
    Route("POST", "/v1/invoices/{id}/finalize", takes.InvoiceFinalizeInvoiceParams, invoice.finalize),
    Route("POST", "/v1/invoices/{id}/attach_payment", takes.InvoiceAttachPaymentParams, invoice.attach_payment),
    Route("POST", "/v1/invoices/{id}/pay", takes.InvoicePayParams, invoice.pay),
    Route("POST", "/v1/invoices/{id}/send", takes.InvoiceSendInvoiceParams, invoice.send),
    Route("POST", "/v1/invoices/{id}/void", takes.InvoiceVoidInvoiceParams, invoice.void),
    Route("GET", "/v1/events", takes.EventListParams, event.listed),
    Route("GET", "/v1/events/{id}", takes.EventRetrieveParams, event.retrieve),
    Route("POST", "/v1/webhook_endpoints", takes.WebhookEndpointCreateParams, webhook_endpoint.create),
    Route("GET", "/v1/webhook_endpoints", takes.WebhookEndpointListParams, webhook_endpoint.listed),
    Route("GET", "/v1/webhook_endpoints/{id}", takes.WebhookEndpointRetrieveParams, webhook_endpoint.retrieve),
    Route("POST", "/v1/webhook_endpoints/{id}", takes.WebhookEndpointUpdateParams, webhook_endpoint.update),
    Route("DELETE", "/v1/webhook_endpoints/{id}", takes.WebhookEndpointDeleteParams, webhook_endpoint.delete),
)
