"""The customer's own steps: planned by them, read by both sides, said at once when they would miss."""

import re
from datetime import date

import pytest

from renewals.renewal import Renewal
from tests.web.guest import Guest, colleague, known
from tests.world import World

ANNA, MAYA, OMAR = "anna@halden-bank.example", "maya@lumen.example", "omar@lumen.example"
TAG = re.compile(r"<[^>]+>")
STEP = re.compile(r'id="step-([0-9a-f-]{36})"')
SUGGESTED = {"budget": "Budget approved", "security": "Security review", "legal": "Legal review",
             "procurement": "Procurement", "signature": "Signature"}


def words(page: str) -> str:
    plain = " ".join(TAG.sub(" ", page.partition("<main")[2]).replace("\u00a0", " ").split())
    return plain.replace(" .", ".").replace(" ,", ",")


class Plan:
    """Halden Bank's plan, in Anna's hands: they decide by Thursday, 20 August 2026."""

    def __init__(self, world: World) -> None:
        self.world, self.id = world, world.renewal("halden-bank")
        self.anna = known(world, world.person(ANNA))

    def page(self, guest: Guest | None = None) -> str:
        return (guest or self.anna).get(f"/renewals/{self.id}/plan").text

    def add(self, title: str, days: int = 3, after: str = "", due_on: str = "", **more: str) -> str:
        """Gives the step's key."""
        form = {"title": title, "days": str(days), "after": after, "due_on": due_on} | more
        assert self.anna.post(f"/renewals/{self.id}/steps", form).status_code == 303
        return STEP.findall(self.page())[-1]

    def does(self, key: str, deed: str = "", **form: str) -> int:
        return self.anna.post(f"/renewals/{self.id}/steps/{key}{deed}", form).status_code

    def titles(self) -> list[str]:
        steps = self.page().partition('<ol class="entries">')[2].partition("</ol>")[0]
        return re.findall(r'class="entry__name">([^<]*)<', steps)

    def staff(self) -> str:
        return words(known(self.world, self.world.person(MAYA)).get(f"/admin/renewals/{self.id}").text)


@pytest.fixture
def plan(world: World) -> Plan:
    return Plan(world)


def test_a_step_that_would_miss_is_said_to_both_sides_at_once(plan: Plan) -> None:
    legal = plan.add("Legal review", days=5)
    plan.add("Signature", days=2, after=legal)
    start = "Start “Legal review” by Wed 12 Aug 2026 or you miss the last day to decide, Thu 20 Aug 2026."
    assert start in words(plan.page())
    assert "They have to start “Legal review” by Wed 12 Aug or they miss the last day to decide" in plan.staff()

    assert plan.does(legal, title="Legal review", days="5", after="", due_on="2026-08-25") == 303

    late = "“Legal review” on Tue 25 Aug 2026 is too late: it has to be done by Tue 18 Aug 2026, or you miss the last"
    assert late in words(plan.page())
    assert late in words(plan.anna.get(f"/renewals/{plan.id}").text)
    assert "“Legal review” on Tue 25 Aug is too late: it has to be done by Tue 18 Aug, or they miss" in plan.staff()


def test_steps_that_began_too_late_say_when_they_are_ready_as_it_stands(plan: Plan) -> None:
    plan.add("Security review", days=15)

    said = "“Security review” had to start by Fri 31 Jul 2026. As it stands you are ready on Tue 25 Aug 2026 and miss"
    assert said in words(plan.page())
    assert "“Security review” had to start by Fri 31 Jul. As it stands they are ready on Tue 25 Aug" in plan.staff()


def test_an_enterprise_begins_with_five_steps_in_one_press(plan: Plan) -> None:
    assert plan.anna.post(f"/renewals/{plan.id}/steps/suggestion", SUGGESTED).status_code == 303

    assert plan.titles() == list(SUGGESTED.values())
    assert "after everything else" in plan.page()
    assert plan.anna.post(f"/renewals/{plan.id}/steps/suggestion", SUGGESTED).status_code == 409


def test_steps_are_changed_ordered_ticked_and_removed(plan: Plan) -> None:
    legal = plan.add("Legal", who="Dr. Vogt")
    board = plan.add("Board", after=legal)
    plan.add("Signature", after=board)

    assert plan.does(board, "/place", places="-1") == 303
    assert plan.titles() == ["Board", "Legal", "Signature"]
    assert plan.does(legal, "/done", done="yes") == 303
    assert "Legal Dr. Vogt Done on Wed 5 Aug" in words(plan.page())
    assert plan.does(legal, "/done", done="no") == 303
    assert "Done on Wed 5 Aug" not in words(plan.page())
    assert plan.does(board, "/removal") == 303
    assert plan.titles() == ["Legal", "Signature"]
    assert "after “Legal”" in plan.page(), "what waited for the board waits for legal now"


def test_what_can_not_be_understood_is_said_where_it_was_typed(plan: Plan) -> None:
    legal = plan.add("Legal")
    board = plan.add("Board", after=legal)
    wrong = [
        ("", {"title": " ", "days": "3"}, "Say what has to be done."),
        ("", {"title": "Legal", "days": "0"}, "Give the working days it takes, from 1 to 60."),
        ("", {"title": "Legal", "days": "3", "due_on": "2026-02-30"}, "This is no day of the calendar."),
        ("", {"title": "Legal", "days": "3", "due_on": "2099-12-31"}, "Choose a day within a year of the renewal."),
        ("", {"title": "x" * 81, "days": "3"}, "Say it in at most 80 characters."),
        (f"/{legal}", {"title": "Legal", "days": "3", "after": board}, "they can not wait for each other."),
        (f"/{legal}", {"title": "Legal", "days": "3", "after": legal}, "Choose one of your steps, or nothing."),
    ]

    for path, form, sentence in wrong:
        answer = plan.anna.post(f"/renewals/{plan.id}/steps{path}", form)
        assert answer.status_code == 422
        assert sentence in answer.text
        assert f'value="{form["title"]}"' in answer.text


def test_a_viewer_and_a_mailed_link_only_look(plan: Plan) -> None:
    plan.add("Legal")
    vera = known(plan.world, colleague(plan.world, plan.world.person(ANNA), "vera@halden-bank.example", "viewer"))

    assert "Legal" in plan.page(vera)
    assert "Add a step" not in plan.page(vera)
    assert vera.post(f"/renewals/{plan.id}/steps", {"title": "Mine", "days": "1"}).status_code == 403


def test_a_step_of_another_renewal_is_not_there(plan: Plan) -> None:
    legal = plan.add("Legal")
    ruth = known(plan.world, plan.world.person("ruth@cedar-dental.example"))
    theirs = plan.world.renewal("cedar-dental")

    assert ruth.post(f"/renewals/{theirs}/steps/{legal}/removal").status_code == 404
    assert ruth.post(f"/renewals/{plan.id}/steps/{legal}/removal").status_code == 404
    assert plan.titles() == ["Legal"]


def test_the_staff_write_down_what_they_were_told_and_the_customer_reads_it(plan: Plan) -> None:
    maya = known(plan.world, plan.world.person(MAYA))
    told = {"title": "Works council", "who": "Frau Weiss", "days": "4", "after": ""}

    assert maya.post(f"/admin/renewals/{plan.id}/steps", told).status_code == 303

    assert "Works council Frau Weiss Start by Mon 17 Aug, done by Thu 20 Aug" in words(plan.page())
    assert "Maya Iskandar added a step to the customer’s plan" in plan.staff()


def test_what_renews_by_itself_is_proposed_before_the_notice_that_names_the_price(plan: Plan) -> None:
    """Its notice may go out from Tuesday, 21 July, 30 days before the last day to say no: five working days earlier."""
    with plan.world.writing() as session:
        session.get_one(Renewal, plan.id).term.auto_renew = True

    assert "brings you our proposal Late: it was due on Tue 14 Jul" in words(plan.page())
    assert "14 Jul We prepare our proposal" in words(plan.anna.get(f"/renewals/{plan.id}").text)


def test_what_we_owe_them_has_a_day_and_is_late_on_both_sides(plan: Plan) -> None:
    plan.anna.post(f"/renewals/{plan.id}/ask", {"message": "Is there a test system?"})
    assert "answers your question of Wed 5 Aug By Thu 6 Aug" in words(plan.page())
    assert "brings you our proposal By Fri 18 Sep" in words(plan.page())

    plan.world.stand_at(date(2026, 8, 7))

    assert "answers your question of Wed 5 Aug Late: it was due on Thu 6 Aug" in words(plan.page())
    assert "An answer to their question of Wed 5 Aug late: it was due on Thu 6 Aug" in plan.staff()
    maya = known(plan.world, plan.world.person(MAYA))
    spoken = {"kind": "call", "on": "2026-08-07", "with": "", "words": "There is one."}
    maya.post(f"/admin/renewals/{plan.id}/activity", spoken)
    assert "Done on Fri 7 Aug · late, it was due on Thu 6 Aug" in words(plan.page())


def test_at_most_thirty_steps_and_none_once_it_is_closed(plan: Plan) -> None:
    for number in range(30):
        plan.add(f"Approval {number}", days=1)

    refused = plan.anna.post(f"/renewals/{plan.id}/steps", {"title": "One more", "days": "1"})
    assert refused.status_code == 409
    assert "A plan has at most 30 steps." in refused.text
