"""What can go wrong inside the house, as a tree.

Refused                 the business says no; the message is a sentence fit to show
 +- NotYours            this person may not do it            (the door answers 403)
 +- NotNow              not in this state or on this day     (409)
 +- Stale               something changed in the meantime    (409)
Malformed               the input can not be understood      (422)
NotFound                there is no such thing for you       (404)
GatewayFailed           an outside party did not do its part (retried, or shown when permanent)

Everything else is a programming error and shows the apology page.
"""


class Refused(Exception):
    """The business says no."""


class NotYours(Refused):
    """This person may not do this."""


class NotNow(Refused):
    """Not in this state, or not on this day."""


class Stale(Refused):
    """Something changed between what was shown and what was asked."""


class Malformed(Exception):
    """The input can not be understood; names the field when one is at fault."""

    def __init__(self, sentence: str, field: str | None = None) -> None:
        super().__init__(sentence)
        self.field = field


class NotFound(Exception):
    """There is no such thing, or not for you: the two are never told apart."""


class GatewayFailed(Exception):
    """An outside party did not do its part; `permanent` means that trying again can not help."""

    def __init__(self, sentence: str, *, permanent: bool = False) -> None:
        super().__init__(sentence)
        self.permanent = permanent
