"""Door: every way into the house as the application itself tells it, and addresses that lead to a company's things."""

import csv
import re
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from uuid import UUID

from litestar import Litestar
from litestar.routes import HTTPRoute
from sqlalchemy import select

from app.clock import machine_now
from app.session import CODE_LIFE, Link, SignIn
from app.transaction import Role
from gateways.browser import Access
from pricing.money import Money
from renewals.acceptance import Acceptance, AcceptanceState
from renewals.account import Account
from renewals.base import new_key
from renewals.bulk import Bulk, BulkAct
from renewals.feed import Feed
from renewals.instalment import Instalment
from renewals.objection import Objection, ObjectionKind
from renewals.offer import Approval
from renewals.paper import Document, DocumentKind
from renewals.person import Person
from renewals.plan.milestone import Milestone
from renewals.plan.step import Step
from renewals.plan.task import Task
from renewals.policy import Policy, PolicyKind
from renewals.quoting import deciding, drafting, negotiating
from renewals.quoting.delegation import Delegation
from renewals.quoting.guest_link import GuestLink, GuestRole
from renewals.quoting.quote import Quote
from renewals.quoting.review import Review
from renewals.renewal import Renewal
from tests.quoting.desk import FARAH, GRACE, INES, MAYA, OMAR, Desk, desk
from tests.web.guest import colleague, known
from tests.world import OPTION, World

ADAM = "adam@lumen.example"
MATRIX = Path(__file__).parent.parent / "access_matrix.csv"
PARAMETER = re.compile(r"\{(\w+):\w+\}")
ROLES = (
    "anonymous", "link_holder", "viewer", "procurement", "signer", "buyer", "owner", "other_owner", "removed", "csm",
    "manager", "admin", "expired",
)
STAFF = ("csm", "manager", "admin")


@dataclass(frozen=True)
class Door:
    """One handler: `methods` as the matrix writes them, "GET HEAD"."""

    path: str
    methods: str
    access: Access

    @property
    def is_safe(self) -> bool:
        return "POST" not in self.methods and not set(self.methods.split()) - {"GET", "HEAD"}

    @property
    def parameters(self) -> list[str]:
        return PARAMETER.findall(self.path)

    @property
    def method(self) -> str:
        return self.methods.split()[0]


def doors(app: Litestar) -> list[Door]:
    """Every handler of every route, but for the OPTIONS that the framework adds by itself."""
    found = [
        Door(route.path, " ".join(sorted(handler.http_methods)), handler.opt.get("access"))
        for route in app.routes
        if isinstance(route, HTTPRoute)
        for handler in route.route_handlers
        if set(handler.http_methods) != {"OPTIONS"}
    ]
    return sorted(found, key=lambda door: (door.path, door.methods))


def unsafe(app: Litestar) -> list[Door]:
    return [door for door in doors(app) if not door.is_safe]


def matrix() -> list[dict[str, str]]:
    """The rows that people have read: route, method, and a word for each role."""
    with MATRIX.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class Things:
    """What one company's addresses can name. Whatever a request may use up is made anew each time."""

    def __init__(self, world: World, account: str, owner: str) -> None:
        self.world = world
        self.owner = world.person(owner)
        self.renewal_id = world.renewal(account)
        with world.writing() as session:
            self.account_id = session.scalars(select(Account.id).where(Account.external_id == account)).one()
            renewal = session.get_one(Renewal, self.renewal_id)
            self.document_id = Document.keep(
                session, renewal, DocumentKind.AGREEMENT, b"%PDF-1.7 a paper", purpose="test", filename="paper.pdf",
                title=f"Paper of {account}", renewal_id=renewal.id, on=renewal.renews_on,
            ).id
        page = known(world, self.owner).get(f"/renewals/{self.renewal_id}").text
        self.content_hash = next(iter(OPTION.findall(page)), "0" * 64)

    def fill(self, path: str) -> str:
        """The address with this company's own things in it. An unknown parameter is an error: name it here."""
        return PARAMETER.sub(lambda found: str(self._named(found[1], path)), path)

    def _named(self, parameter: str, path: str) -> UUID | str:
        match parameter:
            case "renewal_id" | "document_id" | "account_id" | "content_hash":
                return str(getattr(self, parameter))
            case "segment":
                return "smb"
            case "letter":
                return "reminder.all.all"
            case "pattern":
                return "account_review"
            case "task_id" | "milestone_id":
                return self._of_the_plan(parameter)
            case "bulk_id":
                return self._bulk()
            case "person_id":
                return colleague(self.world, self.owner, f"{new_key()}@here.example", "viewer").id
            case "token" if path.startswith("/sign-in/"):
                return self._sign_in()
            case "token" if path.startswith("/links/"):
                return self._link()
            case "token" if path.startswith("/calendar/"):
                return self._calendar()
            case "token" if path.startswith("/shared/"):
                return self.world.house.keys.token("guest", self._guest_link())
            case "link_id":
                return self._guest_link()
            case "step_id":
                return self._step()
            case "instalment_id":
                return self._instalment()
            case "quote_id" if path.startswith("/proposals/"):
                return self._sent
            case "quote_id" | "remark_id":
                return self._quoted[parameter]
            case "review_id":
                return self._review()
            case "objection_id":
                return self._objection()
            case "delegation_id":
                return self._delegation()
            case "feed_id":
                return self._feed(self.world.person(ADAM) if path.startswith("/admin/") else self.owner)
            case "path":
                return self.world.house.assets.url("css/kekal.css").removeprefix("/static/")
        raise LookupError(f"No test knows what {parameter} is in {path}.")

    @cached_property
    def _quoted(self) -> dict[str, UUID]:
        """A quote of the renewal, and a remark on it."""
        with self.world.house.database.begin(Role.WORKER) as (session, now):
            author = session.scalars(select(Person).where(Person.roles.contains(["csm"]))).first()
            assert author, "there is no CSM"
            renewal = Renewal.find(session, self.renewal_id, lock=True)
            quote = drafting.draft(renewal, by=author, at=now.business)
            remark = negotiating.confide(quote, "A word", by=author, at=now.business)
            return {"quote_id": quote.id, "remark_id": remark.id}

    @cached_property
    def _sent(self) -> UUID:
        """A proposal that lies before the customer, or did."""
        with self.world.house.database.begin(Role.WORKER) as (session, now):
            if sent := [quote for quote in Quote.of_renewal(session, self.renewal_id) if quote.shown_id]:
                return sent[0].id
            at = Desk(session, Renewal.find(session, self.renewal_id, lock=True), now.business)
            quote = at.submitted()
            for person in (at.who(FARAH), at.who(INES), at.who(GRACE)):
                if theirs := [one for one in at.open(quote) if set(one.roles) & set(person.roles)]:
                    deciding.grant(theirs[0], by=person, at=now.business)
            negotiating.send(quote, by=at.who(MAYA), at=now.business)
            return quote.id

    def _guest_link(self) -> UUID:
        """One for their finance, to the proposal that lies before them."""
        with self.world.house.database.begin(Role.WORKER) as (session, now):
            link = GuestLink(
                id=new_key(), account_id=self.account_id, quote_id=self._sent, by_id=self.owner.id,
                role=GuestRole.FINANCE, made_at=now.business, ends_on=now.business.date() + timedelta(days=14),
            )
            session.add(link)
            return link.id

    def _of_the_plan(self, parameter: str) -> UUID:
        """A milestone of the renewal's plan; a task of it, opened here when none is."""
        with self.world.writing() as session:
            milestone = session.scalars(Milestone.of_renewal(self.renewal_id)).first()
            assert milestone, "the renewal has no plan"
            if parameter == "milestone_id":
                return milestone.id
            task = session.scalars(Task.of_renewal(self.renewal_id)).first()
            if task is None:
                catalogue = Policy.in_force(session, PolicyKind.TASKS, milestone.due_on).name
                task = Task(
                    id=new_key(), account_id=self.account_id, renewal_id=self.renewal_id, milestone_id=milestone.id,
                    pattern="checkin_call", catalogue=catalogue, role="owner", due_on=milestone.due_on,
                    opened_at=milestone.due_at, outcome={}, minutes=0,
                )
                session.add(task)
            return task.id

    def _bulk(self) -> UUID:
        """One that somebody asked for and that is done."""
        with self.world.writing() as session:
            asked_by = session.scalars(select(Person).where(Person.roles.contains(["manager"]))).first()
            assert asked_by, "there is no manager"
            bulk = Bulk(
                id=new_key(), act=BulkAct.WAIVE, details={"key": "t7", "reason": "A test"}, by_id=asked_by.id,
                asked_at=machine_now(),
            )
            session.add(bulk)
            return bulk.id

    def _sign_in(self) -> str:
        now = machine_now()
        asked = SignIn(
            id=new_key(), email=self.owner.email, asked_at=now, ends_at=now + CODE_LIFE, ip="", next_path="/"
        )
        with self.world.writing() as session:
            session.add(asked)
        return self.world.house.keys.token("sign-in", asked.id)

    def _step(self) -> UUID:
        """One that can be ticked and removed, and one more that waits for it."""
        with self.world.writing() as session:
            renewal = Renewal.find(session, self.renewal_id)
            made = [
                Step(id=new_key(), account_id=self.account_id, renewal_id=renewal.id, position=0, title="Legal review",
                     days=3, changed_at=machine_now())
                for _ in range(2)
            ]
            session.add(made[0])
            session.flush()
            made[1].needs_id = made[0].id
            session.add(made[1])
            return made[0].id

    def _instalment(self) -> UUID:
        """One that was owed under an acceptance that did not last."""
        sent = self._sent
        with self.world.writing() as session:
            offer = Quote.find(session, sent).shown
            approval = session.scalars(select(Approval).where(Approval.offer_id == offer.id)).one()
            terms = Policy.in_force(session, PolicyKind.TERMS, approval.granted_at.date())
            yes = Acceptance(
                id=new_key(), account_id=self.account_id, renewal_id=self.renewal_id, offer_id=offer.id,
                approval_id=approval.id, content_hash=offer.content_hash, person_id=self.owner.id,
                accepted_at=approval.granted_at, terms_version=terms.name, terms_hash=terms.content_hash, evidence={},
                state=AcceptanceState.LAPSED,
            )
            session.add(yes)
            session.flush()
            return Instalment.beside(yes, Money(100, offer.currency), offer.starts_on).id

    def _review(self) -> UUID:
        """One that is open, about a quote of the CSM's."""
        with desk(self.world, renewal=self.renewal_id) as at:
            waiting = at.session.scalars(
                Review.waiting().where(Review.account_id == self.account_id, Review.roles.contains(["manager"]))
            ).first()
            return waiting.id if waiting else at.open(at.submitted(discount=1200))[0].id

    def _objection(self) -> UUID:
        """One that is open."""
        with desk(self.world, renewal=self.renewal_id) as at:
            return Objection.raise_against(
                at.renewal, ObjectionKind.PRICE, "It is dear.", by=at.who(MAYA), at=at.at
            ).id

    def _delegation(self) -> UUID:
        """The manager's own, lent for a week."""
        with desk(self.world, renewal=self.renewal_id) as at:
            day = at.at.date()
            lent = Delegation.make(
                at.session, at.who(OMAR), day, day + timedelta(days=7), by=at.who(INES), at=at.at
            )
            return lent.id

    def _feed(self, person: Person) -> UUID:
        """A new one in the place of those they have."""
        now = machine_now()
        with self.world.writing() as session:
            for feed in session.scalars(Feed.of(person)):
                feed.revoked_at = now
            return Feed.make(session, "own", "en", by=person, at=now).id

    def _calendar(self) -> str:
        return self.world.house.keys.token("feed", self._feed(self.owner)) + ".ics"

    def _link(self) -> str:
        now = machine_now()
        link = Link(
            id=new_key(), purpose=f"test:{new_key()}", account_id=self.account_id, person_id=self.owner.id,
            renewal_id=self.renewal_id, made_at=now, ends_at=now + timedelta(days=9),
        )
        with self.world.writing() as session:
            session.add(link)
        return self.world.house.keys.token("renewal", link.id)


def unknown(path: str) -> str:
    """The address with ids that nobody has."""
    return PARAMETER.sub(lambda found: "f" * 64 if found[1] == "content_hash" else str(new_key()), path)
