"""Visiting: the visit as the front door brings it: session, moments and rights of one request."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import cached_property
from types import SimpleNamespace
from typing import Any, TypeVar
from urllib.parse import quote
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from app.clock import stopwatch
from app.house import House
from app.openings import openings_of
from app.openings import preview as preview_openings
from app.proposals import printed_proposal
from app.transaction import Call, Now
from app.wording import preview
from gateways.browser import Access, Answer, Level, Request, Side, own_path
from gateways.stencil import Openings, Preview
from gateways.stripe import Stripe
from renewals.base import Owned
from renewals.errors import NotFound, NotYours
from renewals.person import Person
from renewals.quoting.guest_link import GuestLink
from renewals.quoting.proposal import Proposal
from renewals.quoting.template import ProposalTemplate
from renewals.renewal import Renewal
from renewals.wording import Wording

R = TypeVar("R", bound=Owned)


DOORS_RIGHTS = text("SELECT set_config('role', 'kekal_door', true), set_config('kekal.account', '', true)")
COMPANYS_RIGHTS = text(
    "SELECT set_config('role', 'kekal_portal', true), set_config('kekal.account', :company, true)"
)
OPENED = "guest-opened"
"""The purpose of the cookie of who pressed a guest link's button."""


class SignInNeeded(Exception):
    """This page is for people we know."""


class CodeNeeded(Exception):
    """A mailed link is not enough for this; a code is."""


class Visiting:
    """One request, in one thread. `session` and `now` change when a three-step room comes back from its call."""

    def __init__(self, house: House, request: Request, access: Access) -> None:
        self.house = house
        self.request = request
        self.access = access
        self.session: Session
        self.now: datetime
        self.machine_now: datetime
        self._row: Row[Any] | None = None
        self._zone: str | None = None
        self.waited = 0.0

    def begin(self, session: Session, row: Row[Any], now: Now) -> None:
        """Step into a transaction. Raises: SignInNeeded, CodeNeeded, NotYours."""
        self.session, self._row, self.now, self.machine_now = session, row, now.business, now.machine
        self._admit()

    def _admit(self) -> None:
        if self.access.door:
            self.stand_at_the_door()
        if self.access.side is Side.ANYBODY:
            return
        if self.person is None:
            raise SignInNeeded
        if self.person.is_staff is not (self.access.side is Side.STAFF):
            raise NotYours("This page is for the other side of the table.")
        if not self.access.link:
            self.needs_code()
        if self.access.permission:
            self.person.must(self.access.permission)

    def needs_code(self) -> None:
        """Raises: CodeNeeded for the holder of a mailed link."""
        if self.level is Level.LINK:
            raise CodeNeeded

    @property
    def row(self) -> Row[Any]:
        if self._row is None:
            raise RuntimeError("This visit has not begun.")
        return self._row

    @property
    def has_begun(self) -> bool:
        return self._row is not None

    @cached_property
    def person(self) -> Person | None:
        """Who it is, as read with the session: a copy that is never written back."""
        row = self.row
        if row.person_id is None:
            return None
        return Person(
            id=row.person_id, account_id=row.account_id, email=row.email, name=row.name, roles=list(row.roles),
            locale=row.person_locale, active=True, title="",
        )

    @property
    def someone(self) -> Person:
        if self.person is None:
            raise SignInNeeded
        return self.person

    @property
    def account(self) -> SimpleNamespace | None:
        row = self.row
        return SimpleNamespace(id=row.account_id, name=row.account_name) if row.account_id else None

    @property
    def level(self) -> Level | None:
        return Level(self.row.level) if self.row.level else None

    @property
    def session_id(self) -> UUID | None:
        found: UUID | None = self.row.session_id
        return found

    @property
    def scope(self) -> UUID | None:
        """The one renewal a mailed link opens; None for everything of one's own."""
        found: UUID | None = self.row.scope
        return found

    @property
    def today(self) -> date:
        """The day it is for this customer."""
        return self.now.astimezone(ZoneInfo(self._zone or self.row.timezone or "UTC")).date()

    @cached_property
    def locale(self) -> str:
        """The saved choice, then what the browser asks for, then the account's. The staff's pages are in English."""
        row = self.row
        if self.person and self.person.is_staff:
            return "en"
        saved = self.request.cookies.get(self.house.cookie_name("locale"))
        wishes = [saved, row.session_locale, row.person_locale, *_asked_languages(self.request.headers),
                  row.account_locale]
        return next((wish[:2] for wish in wishes if wish and wish[:2] in self.house.locales), "en")

    @property
    def path(self) -> str:
        """Without what was asked behind it: that is never said again on a page."""
        return self.request.path if self.request.is_safe else "/"

    @property
    def came_from(self) -> str:
        """Our own page whose form was sent; nothing for a page that was only opened."""
        ours, sent_by = self.public_url, self.request.headers.get("referer", "")
        return "" if self.request.is_safe or not sent_by.startswith(f"{ours}/") else own_path(sent_by[len(ours):])

    @cached_property
    def renewal_url(self) -> str | None:
        """The nearest open renewal, for the navigation."""
        if self.scope:
            return f"/renewals/{self.scope}"
        if self.person is None or self.person.is_staff or self.access.door:
            return None
        nearest = self.session.scalar(Renewal.nearest_to(self.person))
        return f"/renewals/{nearest}" if nearest else None

    def wait_for(self, call: Call) -> Any:
        """Make an outside call, and remember how long it took. Units of `waited`: seconds."""
        began = stopwatch()
        try:
            return call()
        finally:
            self.waited += stopwatch() - began

    def stay_at(self, renewal_id: UUID) -> None:
        """The navigation leads back to this renewal; nobody needs to look for the nearest."""
        self.__dict__["renewal_url"] = f"/renewals/{renewal_id}"

    def preview(self, wording: Wording, renewal: Renewal, locale: str) -> Preview:
        """A letter about a real renewal, as it would be read there today."""
        return preview(self.house, self.session, wording, renewal, locale, by=self.someone, at=self.now)

    def openings(self, proposal: Proposal, locale: str) -> Openings:
        """The first words of a proposal's sections."""
        return openings_of(self.house, proposal, locale)

    def previewed(self, template: ProposalTemplate, renewal: Renewal, locale: str) -> Openings:
        """The same of what would be proposed to somebody today. Raises: DealError, NotNow."""
        return preview_openings(self.house, template, renewal, locale, at=self.now)

    def printed(self, proposal: Proposal) -> bytes:
        """A proposal on paper, in the reader's language."""
        return printed_proposal(self.house, proposal, self.locale)

    @property
    def stripe(self) -> Stripe:
        return self.house.stripe

    @property
    def public_url(self) -> str:
        return self.house.settings.public_url

    def feed_url(self, key: UUID) -> str:
        """The private address of a calendar feed."""
        return f"{self.public_url}/calendar/{self.house.keys.token('feed', key)}.ics"

    def guest_url(self, key: UUID) -> str:
        """The private address of somebody's part of a proposal."""
        return f"{self.public_url}/shared/{self.house.keys.token('guest', key)}"

    def guest_link(self, token: str, *, lock: bool = False) -> GuestLink:
        """What a guest's address leads to, for a room at the door; from here on with the rights of its company alone,
        whoever is signed in.

        Raises: NotFound, the same for what was never made, has run out or was taken back.
        """
        key = self.house.keys.read_token("guest", token)
        company = GuestLink.company_of(self.session, key) if key else None
        if key is None or company is None:
            raise NotFound
        self.session.execute(COMPANYS_RIGHTS, {"company": str(company)})
        link = GuestLink.find(self.session, key, lock=lock)
        self._zone = link.quote.renewal.account.timezone
        if not link.is_good(self.today):
            raise NotFound
        return link

    def has_opened(self, link: GuestLink) -> bool:
        """Whether this browser pressed the link's button a short while ago."""
        sent = self.request.cookies.get(self.house.cookie_name("guest"), "")
        return self.house.keys.read_token(OPENED, sent) == link.id

    def opened(self, link: GuestLink) -> Answer:
        """Back to what the link shows, for a browser that may read it for a while."""
        answer = self.go(f"/shared/{self.house.keys.token('guest', link.id)}")
        answer.cookies["guest"] = self.house.keys.token(OPENED, link.id)
        return answer

    @property
    def form_subject(self) -> str:
        """What a form's token is bound to: the session, or the visitor's cookie before there is one."""
        if self.session_id:
            return str(self.session_id)
        return self.request.cookies.get(self.house.cookie_name("visitor"), "")

    @property
    def csrf(self) -> str:
        return self.house.keys.form_token(self.form_subject)

    def must_come_from_our_form(self) -> None:
        """Raises: NotYours when the form's token is missing or not this session's."""
        token = self.request.form.get("csrf", "")
        if not self.form_subject or not self.house.keys.fits_form(self.form_subject, token):
            raise NotYours("This form did not come from our page. Open the page again and repeat.")

    def find(self, kind: type[R], key: UUID, *, lock: bool = False) -> R:
        """One record for this person; outside of it, and outside of a link's scope, there is none.

        Raises: NotFound.
        """
        found = kind.find_for(self.someone, self.session, key, lock=lock)
        if self.scope and self.scope not in (found.id, getattr(found, "renewal_id", None)):
            raise NotFound
        return found

    def page(
        self, template: str, *, status: int = 200, headers: dict[str, str] | None = None, **context: Any
    ) -> Answer:
        return Answer(status=status, template=template, context=context, headers=headers or {})

    def go(self, path: str, *, flash: str | None = None) -> Answer:
        """After something was done: to one of our own pages, never off-site."""
        location = quote(path, safe="/?=&%#:@+,;~")  # whatever came in a field stays inside the path
        return Answer(status=303, headers={"Location": location}, cookies={"flash": flash} if flash else {})

    def sign_in_path(self) -> str:
        return f"/sign-in?next={quote(self.path, safe='/')}"

    @property
    def evidence(self) -> dict[str, str]:
        """How we knew who it was, for what they accept."""
        known_by = self.level.value if self.level else "nothing"
        return {"ip": self.request.ip, "user_agent": self.request.user_agent, "known_by": known_by}

    def stand_at_the_door(self) -> None:
        """Give up the account's rights for those of the door: to look across one person's companies."""
        self.session.execute(DOORS_RIGHTS)

    @property
    def flash(self) -> str | None:
        return self.request.cookies.get(self.house.cookie_name("flash"))


def _asked_languages(headers: Mapping[str, str]) -> list[str]:
    """The languages a browser asks for, in its order."""
    parts = headers.get("accept-language", "").split(",")[:10]
    return [part.partition(";")[0].strip().lower() for part in parts]
