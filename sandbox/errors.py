"""Stripe's refusals, each with its status, its shape, and whether it is remembered under the key.

StripeError
  Unauthorised    401  no or a wrong key
  Invalid         400  the request itself is wrong; nothing happened, nothing is remembered
    Missing       404 or 400  names something that does not exist
    KeyReused     400  the key was used with other parameters
  KeyInUse        409  the first request with this key is still running
  TooMany         429  before anything else looked at the request
  OutOfState      400  understood, but the object cannot do this now; remembered
  Declined        402  the bank said no: its traces stay, and it is remembered
  Broken          500  Stripe's own failure
"""

from typing import Any

from sandbox.wire import Answer


class StripeError(Exception):
    status = 400
    type = "invalid_request_error"

    def __init__(self, message: str, *, code: str | None = None, param: str | None = None, **more: Any) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.param = param
        self.more = more

    @property
    def shape(self) -> dict[str, Any]:
        """What stands under `error` in the answer."""
        known = {"code": self.code, "message": self.message, "param": self.param, "type": self.type, **self.more}
        return {name: value for name, value in known.items() if value is not None}

    def answer(self) -> Answer:
        return Answer.json({"error": self.shape}, self.status)


class Unauthorised(StripeError):
    status = 401


class Invalid(StripeError):
    """Nothing is stored for it, whatever the key."""


class Missing(Invalid):
    def __init__(self, kind: str, object_id: str, param: str = "id") -> None:
        super().__init__(f"No such {kind}: '{object_id}'", code="resource_missing", param=param)
        self.status = 404 if param == "id" else 400


class KeyReused(Invalid):
    type = "idempotency_error"


class KeyInUse(StripeError):
    status = 409
    type = "idempotency_error"

    def __init__(self) -> None:
        super().__init__(
            "There is currently another in-progress request using this Idempotent Key. Please try again later.",
            code="idempotency_key_in_use",
        )


class TooMany(StripeError):
    status = 429

    def __init__(self) -> None:
        super().__init__("Request rate limit exceeded.", code="rate_limit")


class OutOfState(StripeError):
    """The object stands where this verb has no door."""


class Declined(StripeError):
    status = 402
    type = "card_error"


class Broken(StripeError):
    status = 500
    type = "api_error"

    def __init__(self) -> None:
        super().__init__("An unknown error occurred.")
