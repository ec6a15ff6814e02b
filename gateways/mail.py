"""Mail: the window through which words leave, over SMTP."""

import smtplib
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import unquote, urlsplit

from renewals.errors import GatewayFailed
from renewals.person import ENCODED

LIMIT = 20.0


@dataclass(frozen=True, slots=True)
class Envelope:
    """One mail to one person. `headers` are ours: kind and subject matter, for whoever sorts them."""

    to_name: str
    to_email: str
    from_name: str
    subject: str
    text: str
    html: str
    message_id: str
    sent_at: datetime
    headers: dict[str, str]


class Mail:
    """SMTP itself delivers at least once; a stable Message-ID lets the reader's side see one."""

    def __init__(self, url: str, sender: str) -> None:
        parts = urlsplit(url)
        self.secure = parts.scheme == "smtps"
        self.host, self.port = parts.hostname or "127.0.0.1", parts.port or (465 if self.secure else 25)
        self.user, self.password = unquote(parts.username or ""), unquote(parts.password or "")
        self.sender = sender

    def send(self, envelope: Envelope) -> None:
        """Raises: GatewayFailed, permanent when this mail will never be taken."""
        message = self._sound(envelope)
        try:
            with self._connect() as server:
                server.send_message(message, self.sender, [envelope.to_email])
        except smtplib.SMTPRecipientsRefused as no:
            codes = [code for code, _ in no.recipients.values()]
            raise GatewayFailed(f"The address was refused ({codes}).", permanent=all(c >= 500 for c in codes)) from no
        except smtplib.SMTPDataError as no:
            raise GatewayFailed(f"The mail was refused ({no.smtp_code}).", permanent=no.smtp_code >= 500) from no
        except (smtplib.SMTPException, OSError) as trouble:
            raise GatewayFailed(f"The mail server did not take it: {type(trouble).__name__}.") from trouble

    def _connect(self) -> smtplib.SMTP:
        kind = smtplib.SMTP_SSL if self.secure else smtplib.SMTP
        server = kind(self.host, self.port, timeout=LIMIT)
        if self.user:
            if not self.secure:
                server.starttls()
            server.login(self.user, self.password)
        return server

    def _sound(self, envelope: Envelope) -> EmailMessage:
        """The mail, once it is sure that it holds our own headers and no others. Raises: GatewayFailed."""
        try:
            message = self._message(envelope)
            arrives = message_from_bytes(bytes(message))
        except (ValueError, MessageError) as no:
            raise GatewayFailed(f"This mail can not be written: {type(no).__name__}.", permanent=True) from no
        if arrives.keys() != message.keys():
            raise GatewayFailed("Something in its headers would be read as a header of its own.", permanent=True)
        return message

    def _message(self, envelope: Envelope) -> EmailMessage:
        message = EmailMessage()
        message["From"] = Address(_plain(envelope.from_name), addr_spec=self.sender)
        message["To"] = Address(_plain(envelope.to_name), addr_spec=envelope.to_email)
        message["Subject"] = _plain(envelope.subject)
        message["Date"] = format_datetime(envelope.sent_at)
        message["Message-ID"] = envelope.message_id
        message["Auto-Submitted"] = "auto-generated"
        for name, value in envelope.headers.items():
            message[name] = value
        message.set_content(envelope.text)
        message.add_alternative(envelope.html, subtype="html")
        return message


def _plain(words: str) -> str:
    """Words that are read as they stand: Python's headers would decode an encoded word, and write out what it hid."""
    return words.replace(ENCODED, "= ?")
