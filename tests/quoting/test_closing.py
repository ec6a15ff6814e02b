"""What was negotiated is what is charged, printed and run: to the cent, and nothing beside it."""

from sqlalchemy import select

from app.chores.plan import end_plan
from app.work import Work
from pricing.instalments import Billing
from renewals.instalment import Instalment
from renewals.paper import Agreement, Document, DocumentKind
from renewals.plan.task import Task
from renewals.quoting import negotiating
from renewals.quoting.delivering import TASK
from renewals.subscription import Term
from tests.quoting.desk import desk
from tests.world import World

RUTH = "ruth@cedar-dental.example"


def agreed(world: World, **changes: object) -> str:
    """Ruth accepts a proposal; gives its content's hash."""
    with desk(world, "cedar-dental") as at:
        quote = at.sent(**changes)
        negotiating.take(quote, at.yes(quote.newest), by=at.who(RUTH), at=at.at)
        return quote.newest.content_hash


def test_what_was_agreed_is_charged_and_begins_the_next_term(world: World) -> None:
    renewal = world.renewal("cedar-dental")
    content_hash = agreed(world, discount=500)
    ruth = world.signed_in(RUTH)

    paid = ruth.post(f"/renewals/{renewal}/payment", {"option": content_hash}, page=f"/renewals/{renewal}")
    world.work()

    [charge] = world.sandbox.charges(renewal)
    with world.reading() as session:
        term = session.scalars(select(Term).where(Term.agreement_id.is_not(None))).one()
        paper = session.scalars(select(Document).where(Document.kind == DocumentKind.AGREEMENT)).one()
        said = session.scalars(select(Agreement)).one().facts
        assert paid.status_code == 303
        assert charge["amount"] == 864000 * 95 // 100 == term.arr.minor
        assert said["content_hash"] == content_hash
        assert paper.renewal_id == renewal


def test_what_was_agreed_is_owed_as_the_quote_says(world: World) -> None:
    agreed(world, billing=Billing.QUARTERLY)

    with world.reading() as session:
        owed = session.scalars(select(Instalment).order_by(Instalment.number)).all()
        assert [one.amount_minor for one in owed] == [216000] * 4


def test_who_accepted_a_proposal_does_not_buy_something_else_by_mistake(world: World) -> None:
    renewal = world.renewal("cedar-dental")
    ruth = world.signed_in(RUTH)
    [good, *_] = ruth.options(renewal)
    agreed(world, discount=500)

    form = {"option": good, "terms": "2020-01-01"}
    answer = ruth.post(f"/renewals/{renewal}/payment", form, page=f"/renewals/{renewal}")

    assert answer.status_code == 409
    assert world.sandbox.charges(renewal) == []




def test_what_was_given_besides_the_price_is_work_once_it_is_signed(world: World) -> None:
    renewal = world.renewal("cedar-dental")
    content_hash = agreed(world, extras=("early_access",))
    ruth = world.signed_in(RUTH)
    ruth.post(f"/renewals/{renewal}/payment", {"option": content_hash}, page=f"/renewals/{renewal}")
    world.work()

    Work(world.house).run(end_plan, subject=renewal)  # said twice

    with world.reading() as session:
        [task] = session.scalars(select(Task).where(Task.renewal_id == renewal, Task.pattern == TASK))
    page = world.signed_in("ines@lumen.example").get(f"/admin/tasks/{task.id}").text
    assert "They were promised: <strong>Early access to new features</strong>." in page
