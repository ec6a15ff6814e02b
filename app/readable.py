"""Readable: what may be written down at all, whoever sends it: a browser's form or a program."""

import re

from renewals.errors import Malformed

CARD_NUMBER = re.compile(r"(?<![\w-])[2-6](?:[ -]?\d){12,18}(?![\w-])")
"""What could be a payment card's number; its last digit decides."""


def must_be_text(field: str, text: str) -> None:
    """Raises: Malformed for what no record can hold."""
    if "\0" in text or not _is_whole(text):
        raise Malformed("There is something in it that is no text.", field)


def must_hold_no_card(field: str, text: str) -> None:
    """Raises: Malformed for what looks like the number of a payment card."""
    if any(_is_card_number(found) for found in CARD_NUMBER.findall(text)):
        raise Malformed("This looks like a card's number. Never write one here; Stripe's page asks for it.", field)


def _is_whole(text: str) -> bool:
    """Whether it can be written down: half a character of UTF-16 can not."""
    try:
        return bool(text.encode()) or not text
    except UnicodeEncodeError:
        return False


def _is_card_number(text: str) -> bool:
    """Luhn's rule: every second digit from the right is doubled, and the sum ends in 0."""
    digits = [int(letter) for letter in reversed(text) if letter.isdigit()]
    return sum(digits[::2]) % 10 == -sum(sum(divmod(2 * digit, 10)) for digit in digits[1::2]) % 10
