"""Keys: everything derived from the one secret, so that nothing secret rests in the database.

A mailed link, a six-digit code and a form's token are each a keyed hash of an identifier. Single use,
expiry and revocation belong to the identifier's row, never to the string.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from uuid import UUID

MAC_BYTES = 24
"""192 bits of the keyed hash: long enough that guessing is not a plan."""


@dataclass(frozen=True, slots=True)
class Keys:
    secret: str

    def token(self, purpose: str, key: UUID) -> str:
        """The string a mailed link carries."""
        return _text(key.bytes + self._mac(purpose, key.bytes)[:MAC_BYTES])

    def read_token(self, purpose: str, token: str) -> UUID | None:
        """The identifier inside, or None when we did not make this token."""
        raw = _raw(token)
        if len(raw) != 16 + MAC_BYTES or _text(raw) != token:
            return None
        if not hmac.compare_digest(raw[16:], self._mac(purpose, raw[:16])[:MAC_BYTES]):
            return None
        return UUID(bytes=raw[:16])

    def digits(self, key: UUID) -> str:
        """The six digits that go with a sign-in."""
        return f"{int.from_bytes(self._mac('digits', key.bytes)[:8]) % 1_000_000:06d}"

    def form_token(self, session: str) -> str:
        """The hidden field that proves a form came from our own page in this session."""
        return _text(self._mac("form", session.encode()))

    def fits_form(self, session: str, token: str) -> bool:
        return hmac.compare_digest(self.form_token(session).encode(), token.encode())

    def _mac(self, purpose: str, data: bytes) -> bytes:
        return hmac.new(self.secret.encode(), purpose.encode() + b"\0" + data, hashlib.sha256).digest()


def new_session_token() -> str:
    """256 random bits."""
    return secrets.token_urlsafe(32)


def hashed(token: str) -> bytes:
    """What the database keeps of a session's token."""
    return hashlib.sha256(token.encode()).digest()


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _raw(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return b""
