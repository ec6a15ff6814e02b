"""What a mail server is handed: to whom we say, from whom we say, and nothing that somebody wrote into a name."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from app.postgres import free_port
from gateways import mail
from gateways.mail import Mail
from renewals.errors import GatewayFailed

OURS = [
    "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "X-Kekal-Kind", "MIME-Version", "Content-Type",
]
INVITATION = mail.Envelope(
    to_name="Ana", to_email="ana@cedar-dental.example", from_name="Lumen", subject="Ruth invites you",
    text="Come in.", html="<p>Come in.</p>", message_id="<1@kekal>", sent_at=datetime(2026, 8, 5, 9, tzinfo=UTC),
    headers={"X-Kekal-Kind": "invitation"},
)


class Server:
    """A mail server that keeps what it was handed, byte by byte."""

    def __init__(self) -> None:
        self.taken: list[Envelope] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.taken.append(envelope)
        return "250 Kept"


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[Server, Mail]]:
    kept, port = Server(), free_port()
    controller = Controller(kept, hostname="127.0.0.1", port=port)
    controller.start()
    yield kept, Mail(f"smtp://127.0.0.1:{port}", "renewals@lumen.example")
    controller.stop()


def encoded(words: str) -> str:
    """As RFC 2047 writes any character with plain ones."""
    return "=?utf-8?q?" + "".join(f"={byte:02X}" for byte in words.encode()) + "?="


NAMES = [
    encoded("Lumen\r\nReply-To: a@evil.example\r\nX: "), encoded("Lumen\r\n\r\nPay here instead"),
    f"Ana {encoded('x' + chr(10) + 'Bcc: a@evil.example')}", f"\"{encoded(', <a@evil.example>')}",
    "=?utf-8?b?PGFAZXZpbC5leGFtcGxlPg==?=", "=" * 3 + "?utf-8?q?=0D=0AX=3A?=", "Ana\" <a@evil.example>, \"",
    ":)." + "x" * 54 + ")\"", "Zoë 日本 😀",
]


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_a_name_adds_no_header_no_words_and_no_reader_to_a_mail(server: tuple[Server, Mail], name: str) -> None:
    kept, mails = server

    mails.send(replace(INVITATION, to_name=name, from_name=name, subject=f"{name} invites you"))

    arrived = kept.taken.pop()
    message = message_from_bytes(arrived.content or b"", policy=policy.default)
    assert isinstance(message, EmailMessage)
    words = message.get_body(("plain",))
    assert message.keys() == OURS
    assert arrived.rcpt_tos == [INVITATION.to_email]
    assert [address.addr_spec for address in message["To"].addresses] == [INVITATION.to_email]
    assert words and words.get_content().strip() == "Come in."


def test_a_mail_with_a_line_of_its_own_in_a_header_is_refused_for_good(server: tuple[Server, Mail]) -> None:
    kept, mails = server

    with pytest.raises(GatewayFailed) as refused:
        mails.send(replace(INVITATION, subject="Hello\r\nBcc: a@evil.example"))

    assert refused.value.permanent
    assert kept.taken == []
