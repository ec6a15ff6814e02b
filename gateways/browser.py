"""Browser: the window through which people come: what they ask, what goes back, and who may open which door.

A room is a function with a door on it; the front door hangs them all and brings the visit.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Any, Protocol, TypeVar
from uuid import UUID

from sqlalchemy.orm import Session

from gateways.stencil import Openings, Preview
from gateways.stripe import Stripe
from renewals.base import Owned
from renewals.permission import Permission
from renewals.person import Person
from renewals.quoting.guest_link import GuestLink
from renewals.quoting.proposal import Proposal
from renewals.quoting.template import ProposalTemplate
from renewals.renewal import Renewal
from renewals.wording import Wording

R = TypeVar("R", bound=Owned)
Work = TypeVar("Work", bound=Callable[..., Any])


class Side(StrEnum):
    """For whom a page is."""

    ANYBODY = "anybody"
    CUSTOMER = "customer"
    STAFF = "staff"


class Level(StrEnum):
    """How surely we know who it is: by a mailed link alone, or by a code as well."""

    LINK = "link"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Access:
    """Who may open a door; a door without one stays shut.

    `link`: the holder of a mailed link may enter too, for the link's one renewal.
    `form` is False only where a form's token can not be asked for: the demo's own page.
    `records` is True for the few GETs that write: coming back from Stripe, and nothing else.
    `door`: signing in happens before any company is known, with the door's narrow rights.
    """

    side: Side
    permission: Permission | None = None
    link: bool = False
    form: bool = True
    records: bool = False
    door: bool = False


PUBLIC = Access(Side.ANYBODY)
AT_THE_DOOR = Access(Side.ANYBODY, door=True)


def customer(permission: Permission, *, link: bool = False, records: bool = False) -> Access:
    return Access(Side.CUSTOMER, permission, link, records=records)


def staff(permission: Permission) -> Access:
    return Access(Side.STAFF, permission)


@dataclass(frozen=True, slots=True)
class Request:
    """What the browser sent, read before the work begins."""

    method: str
    path: str
    query: Mapping[str, str]
    form: Mapping[str, str]
    cookies: Mapping[str, str]
    headers: Mapping[str, str]
    ip: str

    @property
    def is_safe(self) -> bool:
        return self.method in ("GET", "HEAD")

    @property
    def machine(self) -> str:
        """Whom limits count: the address, or of IPv6 the 64 bits that one household or firm is given."""
        try:
            seen = ip_address(self.ip)
        except ValueError:
            return self.ip
        if isinstance(seen, IPv6Address):
            return str(seen.ipv4_mapped or IPv6Network((int(seen), 64), strict=False).network_address)
        return str(seen)

    @property
    def user_agent(self) -> str:
        return self.headers.get("user-agent", "")[:300]


@dataclass(slots=True)
class Answer:
    """What goes back; `template` is rendered inside the transaction. A cookie set to None is taken away."""

    status: int = 200
    template: str | None = None
    context: dict[str, Any] = field(default_factory=dict)
    body: bytes = b""
    content_type: str = "text/html; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)
    cookies: dict[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Door:
    """Where a room is entered."""

    path: str
    methods: tuple[str, ...]
    access: Access


class Visit(Protocol):
    """What a room is given: one request inside its transaction."""

    session: Session
    request: Request
    now: datetime
    machine_now: datetime

    @property
    def person(self) -> Person | None: ...
    @property
    def someone(self) -> Person: ...
    @property
    def today(self) -> date: ...
    @property
    def locale(self) -> str: ...
    @property
    def level(self) -> Level | None: ...
    @property
    def scope(self) -> UUID | None: ...
    @property
    def stripe(self) -> Stripe: ...
    @property
    def public_url(self) -> str: ...
    @property
    def evidence(self) -> dict[str, str]: ...
    def find(self, kind: type[R], key: UUID, *, lock: bool = False) -> R: ...
    def page(
        self, template: str, *, status: int = 200, headers: dict[str, str] | None = None, **context: Any
    ) -> Answer: ...
    def go(self, path: str, *, flash: str | None = None) -> Answer: ...
    def needs_code(self) -> None: ...
    def stay_at(self, renewal_id: UUID) -> None: ...
    def preview(self, wording: Wording, renewal: Renewal, locale: str) -> Preview: ...
    def printed(self, proposal: Proposal) -> bytes: ...
    def openings(self, proposal: Proposal, locale: str) -> Openings: ...
    def previewed(self, template: ProposalTemplate, renewal: Renewal, locale: str) -> Openings: ...
    def feed_url(self, key: UUID) -> str: ...
    def guest_url(self, key: UUID) -> str: ...
    def guest_link(self, token: str, *, lock: bool = False) -> GuestLink: ...
    def has_opened(self, link: GuestLink) -> bool: ...
    def opened(self, link: GuestLink) -> Answer: ...


def get(path: str, access: Access) -> Callable[[Work], Work]:
    """Hang a room that only shows."""
    return _hang(Door(path, ("GET", "HEAD"), access))


def post(path: str, access: Access) -> Callable[[Work], Work]:
    """Hang a room where something is done."""
    return _hang(Door(path, ("POST",), access))


def _hang(door: Door) -> Callable[[Work], Work]:
    def hung(work: Work) -> Work:
        work.door = door  # type: ignore[attr-defined]
        return work

    return hung


def rooms_of(module: Any) -> list[Callable[..., Any]]:
    """The rooms of a module, in the order they are written."""
    return [work for work in vars(module).values() if isinstance(getattr(work, "door", None), Door)]


def own_path(path: str | None) -> str:
    """A path of ours to go to next; anything else becomes the home page."""
    if not path or not path.startswith("/") or path.startswith(("//", "/\\")):
        return "/"
    return path if path.isprintable() and "\\" not in path else "/"
