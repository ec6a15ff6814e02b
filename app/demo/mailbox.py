"""Mailbox: a mail server that keeps what it receives in a folder, so that every process can read it."""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from app.postgres import free_port


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail as it arrived. `about` is the renewal it speaks of, "" for none."""

    to: list[str]
    subject: str
    text: str
    html: str
    sent_at: str
    kind: str
    about: str
    message_id: str
    arrived: int

    @property
    def when(self) -> datetime:
        return datetime.fromisoformat(self.sent_at)


class MailSink:
    """Receives on a port of the system's choosing and forwards nothing."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._controller = Controller(self, hostname="127.0.0.1", port=free_port())

    def start(self) -> str:
        """Gives the address to send to."""
        self._controller.start()
        return f"smtp://127.0.0.1:{self._controller.port}"

    def stop(self) -> None:
        self._controller.stop(no_assert=True)  # it may never have been started

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content if isinstance(envelope.content, bytes) else (envelope.content or "").encode()
        keep(self.folder, content)
        return "250 Kept"


def keep(folder: Path, content: bytes) -> None:
    """One file for each Message-ID: the same mail sent twice is one mail."""
    message = message_from_bytes(content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    key = str(message["Message-ID"] or hashlib.sha256(content).hexdigest())
    file = folder / f"{hashlib.sha256(key.encode()).hexdigest()[:24]}.json"
    if file.exists():
        return
    mail = _read(message, key, arrived=sum(1 for _ in folder.glob("*.json")))
    part = file.with_suffix(".part")
    part.write_text(json.dumps(asdict(mail), ensure_ascii=False))
    part.replace(file)


def read_all(folder: Path) -> list[Mail]:
    """Newest last."""
    mails = [Mail(**json.loads(file.read_text())) for file in folder.glob("*.json")]
    return sorted(mails, key=lambda mail: (mail.sent_at, mail.arrived))


def _read(message: EmailMessage, key: str, *, arrived: int) -> Mail:
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    return Mail(
        to=[address.addr_spec for address in message["To"].addresses],
        subject=str(message["Subject"]).strip(),  # a long one may begin on the line after its name
        text=text.get_content() if text else "",
        html=html.get_content() if html else "",
        sent_at=parsedate_to_datetime(message["Date"]).isoformat(),
        kind=str(message.get("X-Kekal-Kind", "")),
        about=str(message.get("X-Kekal-About", "")),
        message_id=key,
        arrived=arrived,
    )
