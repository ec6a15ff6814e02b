"""What stands around every page: whose portal it is."""

import re
from datetime import UTC, datetime

from app.demo.time import FIRST_DAY
from renewals.policy import Policy, PolicyKind, shipped
from tests.world import World

RUTH, MAYA = "ruth@cedar-dental.example", "maya@lumen.example"


def test_every_page_and_letter_is_the_companys_whose_policy_is_in_force(world: World) -> None:
    content = shipped(PolicyKind.VENDOR) | {"name": "Aster", "legal_name": "Aster Software GmbH"}
    with world.writing() as session:
        at = datetime.now(UTC)
        Policy.publish(session, PolicyKind.VENDOR, content, begins_on=FIRST_DAY, reason="Our own", by=None, at=at)

    visitor = world.visitor()
    visitor.post("/sign-in", {"email": RUTH}, page="/sign-in")
    world.work()

    pages = [visitor.get("/sign-in"), world.signed_in(RUTH).get("/"), world.signed_in(MAYA).get("/admin")]
    titles = [re.findall("<title>.* · (?:Aster|Lumen)", page.text) for page in pages]
    assert [len(title) == 1 and title[0].endswith("Aster") for title in titles] == [True] * 3
    assert world.mails()[-1].subject.endswith("is your code for Aster")
