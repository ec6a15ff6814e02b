"""Cast: one of each who may stand at a door, each with a session as the product itself makes them."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import update

from app.session import ABSOLUTE_LIMIT
from app.transaction import Role
from gateways.browser import Level
from renewals.base import new_key
from renewals.person import Person
from renewals.policy import Policy, PolicyKind
from tests.web.doors import Things
from tests.web.guest import Guest, colleague, known, stranger
from tests.world import World

RUTH, NINA, LEO = (f"{name}@cedar-dental.example" for name in ("ruth", "nina", "leo"))
MINUTE = timedelta(minutes=1)
ANNA = "anna@halden-bank.example"
STAFF = {"csm": "maya@lumen.example", "manager": "ines@lumen.example", "admin": "adam@lumen.example"}


class Cast:
    """Cedar Dental is the company, Halden Bank the other one."""

    def __init__(self, world: World) -> None:
        self.world = world
        _let_them_renew_while_it_is_negotiated(world)
        self.own = Things(world, "cedar-dental", RUTH)
        self.other = Things(world, "halden-bank", ANNA)
        ruth = world.person(RUTH)
        self._people = {role: world.person(email) for role, email in STAFF.items()} | {
            "viewer": world.person(NINA),
            "procurement": world.person(LEO),
            "signer": colleague(world, ruth, "sid@cedar-dental.example", "signer"),
            "buyer": colleague(world, ruth, "bea@cedar-dental.example", "buyer"),
            "owner": ruth,
            "other_owner": world.person(ANNA),
        }
        self._ruth = ruth
        self._readers: dict[str, Guest] = {}

    def look(self, role: str) -> Guest:
        """Somebody of this role who only looks, and can be sent again."""
        if role not in self._readers:
            self._readers[role] = self.come(role)
        return self._readers[role]

    def come(self, role: str) -> Guest:
        """Somebody of this role, with a session that is theirs alone."""
        special: dict[str, Callable[[], Guest]] = {
            "anonymous": lambda: stranger(self.world),
            "link_holder": lambda: known(self.world, self._ruth, Level.LINK, scope=self.own.renewal_id),
            "removed": self._removed,
            "expired": lambda: self._as_browser(known(self.world, self._ruth, started=ABSOLUTE_LIMIT + MINUTE)),
        }
        return special[role]() if role in special else known(self.world, self._people[role])

    def _removed(self) -> Guest:
        gone = colleague(self.world, self._ruth, f"{new_key()}@cedar-dental.example", "owner")
        guest = known(self.world, gone)
        with self.world.writing() as session:
            session.execute(update(Person).where(Person.id == gone.id).values(active=False))
        return self._as_browser(guest)

    def _as_browser(self, guest: Guest) -> Guest:
        """Whose session is over is a visitor to our pages, and their forms are bound to that."""
        visitor = stranger(self.world)
        return Guest(self.world, guest.cookies | visitor.cookies, visitor.subject, guest.person)


def _let_them_renew_while_it_is_negotiated(world: World) -> None:
    """So that a proposal among their things closes no other door."""
    with world.house.database.begin(Role.WORKER) as (session, now):
        policy = Policy.in_force(session, PolicyKind.TIMELINE, now.business.date())
        content = {**policy.content, "while_negotiated": "as_now"}
        Policy.publish(
            session, PolicyKind.TIMELINE, content, begins_on=now.business.date(), reason="For all doors", by=None,
            at=now.business,
        )
