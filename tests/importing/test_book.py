"""A book goes in by the ids its owners gave, and again, and in parts."""

from datetime import UTC, date, datetime
from decimal import Decimal

from sqlalchemy import select

from pricing.money import Money
from renewals.account import Account
from renewals.person import Person
from renewals.renewal import Renewal, RenewalState
from renewals.value import ValueStory
from tests.importing.cast import NOW, Importer, Shelf

ALL_TABLES = ("account", "person", "subscription", "term", "line", "renewal", "figure", "usage", "event", "book_import")


def test_a_book_becomes_records(bring: Importer, cedar: dict[str, str], look: Shelf) -> None:
    bring(**cedar)

    with look.session() as session:
        renewal = session.scalars(select(Renewal).where(Renewal.state == RenewalState.ENGAGED)).one()
        assert (renewal.account.name, renewal.account.health_score) == ("Cedar Dental", 91)
        assert renewal.account.owner and renewal.account.owner.name == "Maya Iskandar"
        assert renewal.owner is None  # as the rules say, once they are asked
        assert (renewal.renews_on, renewal.decide_by) == (date(2026, 9, 4), date(2026, 8, 21))
        assert renewal.value == Money(20 * 432_00 + 20 * 24_00, "USD")
        assert renewal.target == Money(9_000_00, "USD")
        assert [(line.position, line.product, line.quantity) for line in renewal.term.lines] == [
            (0, "growth", 20), (1, "insights", 20),
        ]
        story = ValueStory.of(session, renewal.subscription_id, until=date(2026, 8, 5))
        assert story.worth == Money(14_040_00, "USD")
        assert story.latest("active_users") == 17
        ruth = session.scalars(select(Person).where(Person.email == "ruth@cedar-dental.example")).one()
        assert (ruth.account_id, ruth.roles, ruth.active) == (renewal.account_id, ["owner", "buyer"], True)


def test_past_terms_are_history(bring: Importer, cedar: dict[str, str], look: Shelf) -> None:
    bring(**cedar)

    assert look("SELECT renews_on, opened_at, closed_at FROM renewal WHERE state = 'won'") == [
        (date(2025, 9, 4), datetime(2024, 9, 4, tzinfo=UTC), datetime(2025, 9, 4, tzinfo=UTC))
    ]


def test_the_run_itself_is_recorded(bring: Importer, cedar: dict[str, str], look: Shelf) -> None:
    run = bring(**cedar)

    assert (run.rows, run.at, run.by_id) == (10, NOW, None)
    assert run.files == ["accounts.csv", "people.csv", "subscriptions.csv", "value.csv", "usage.csv"]
    assert run.counts["terms"] == {"new": 2, "changed": 0}
    assert look("SELECT rows FROM book_import") == [(10,)]


def test_the_same_book_again_changes_nothing(bring: Importer, cedar: dict[str, str], look: Shelf) -> None:
    bring(**cedar)
    before = {table: look(f"SELECT * FROM {table} ORDER BY id") for table in ALL_TABLES[:-2]}

    run = bring(**dict(reversed(cedar.items())))

    assert {count for counts in run.counts.values() for count in counts.values()} == {0}
    assert {table: look(f"SELECT * FROM {table} ORDER BY id") for table in before} == before
    assert look("SELECT name FROM event ORDER BY seq DESC LIMIT 2") == [("book.imported",), ("book.imported",)]


def test_a_later_file_may_refer_to_an_earlier_import(bring: Importer, cedar: dict[str, str], look: Shelf) -> None:
    bring(accounts=cedar["accounts"], people=cedar["people"])
    bring(subscriptions=cedar["subscriptions"])
    bring(usage=cedar["usage"], value=cedar["value"])

    assert look("SELECT count(*) FROM usage") == [(2,)]
    assert look("SELECT amount FROM figure ORDER BY external_id") == [(Decimal("45.0000"),), (Decimal("312.0000"),)]


def test_a_file_is_known_by_its_header_too(bring: Importer, cedar: dict[str, str], look: Shelf) -> None:
    bring(**{f"export-{n}": text for n, text in enumerate(cedar.values())})

    assert look("SELECT count(*) FROM usage") == [(2,)]


def test_a_spreadsheets_habits_are_taken(bring: Importer, cedar: dict[str, str], look: Shelf) -> None:
    """A byte order mark, CR LF, capitals in the header, spaces, empty rows at the end, a guarded minus."""
    cedar["accounts"] = "\ufeff" + cedar["accounts"].replace("\n", "\r\n").replace("name", " Name ") + ",,,,,,,\r\n\r\n"
    cedar["people"] = cedar["people"].replace("ruth@", " Ruth@").replace("owner;buyer", '"Owner; buyer;"'.lower())
    cedar["value"] = cedar["value"].replace("312,hours", "'-38,percent")

    bring(**cedar)

    assert look("SELECT roles FROM person WHERE email = 'ruth@cedar-dental.example'") == [(["owner", "buyer"],)]
    assert look("SELECT amount FROM figure WHERE external_id = 'hours'") == [(Decimal("-38.0000"),)]


def test_a_missing_column_leaves_what_is_known(bring: Importer, cedar: dict[str, str], look: Shelf) -> None:
    bring(**cedar)

    bring(accounts="external_id,name,currency,country,timezone\ncedar-dental,Cedar,USD,US,America/Chicago\n")

    assert look("SELECT name, health_score, owner_id IS NOT NULL FROM account") == [("Cedar", 91, True)]


def test_an_empty_cell_empties(bring: Importer, cedar: dict[str, str], look: Shelf) -> None:
    bring(**cedar)

    bring(accounts=cedar["accounts"].replace("91", ""))

    assert look("SELECT name, health_score FROM account") == [("Cedar Dental", None)]


def test_changes_of_an_account_are_told_from_and_to(bring: Importer, cedar: dict[str, str], look: Shelf) -> None:
    bring(**cedar)

    bring(accounts=cedar["accounts"].replace("91", "64").replace(",en,", ",ms,"))

    assert look("SELECT details FROM event WHERE name = 'account.imported' ORDER BY seq") == [
        ({"new": True, "fields": {}},),
        ({"new": False, "fields": {"health_score": {"from": 91, "to": 64}, "locale": {"from": "en", "to": "ms"}}},),
    ]
    assert look("SELECT version FROM account") == [(2,)]


def test_people_are_told_by_roles_and_never_by_name(bring: Importer, cedar: dict[str, str], look: Shelf) -> None:
    bring(**cedar)

    bring(people=cedar["people"].replace("Ruth Calder", "Ruth Holm").replace("owner;buyer", "owner;signer"))

    told = look("SELECT details FROM event WHERE name = 'person.changed' ORDER BY seq DESC LIMIT 1")
    assert told == [({"imported": True, "new": False, "roles": ["owner", "signer"], "fields": ["name", "roles"]},)]
    everything = repr(look("SELECT details FROM event"))
    assert not [name for name in ("Ruth", "Maya", "@") if name in everything]


def test_a_run_is_followed_by_one_job_of_each_kind(bring: Importer, cedar: dict[str, str], look: Shelf) -> None:
    bring(**cedar)

    jobs = look("SELECT task_name FROM procrastinate_jobs ORDER BY task_name")
    assert jobs == [("draw_plans",), ("fetch_cards",)]


def test_somebody_removed_stays_removed(bring: Importer, cedar: dict[str, str], look: Shelf) -> None:
    cedar["people"] += "cedar-dental,leo@cedar-dental.example,Leo Brandt,Bookkeeper,procurement,\n"
    bring(**cedar)
    with bring.change() as session:
        session.scalars(select(Person).where(Person.email.startswith("leo@"))).one().active = False

    bring(people=cedar["people"])

    assert look("SELECT active FROM person WHERE email LIKE 'leo@%'") == [(False,)]
    assert [str(one) for one in bring.book.warnings] == ["people.csv: 4: email: was removed in Kekal and stays removed"]


def test_a_company_keeps_an_owner(bring: Importer, cedar: dict[str, str]) -> None:
    bring(**cedar)

    report = bring.refused(people=cedar["people"].replace("owner;buyer", "buyer"))

    assert report == ["people.csv: 3: roles: cedar-dental would have no person with the role owner"]


def test_an_account_with_terms_keeps_its_currency(bring: Importer, cedar: dict[str, str]) -> None:
    bring(**cedar)

    report = bring.refused(accounts=cedar["accounts"].replace("USD", "EUR"))

    assert report == ["accounts.csv: 2: currency: the account has terms in USD and can not become EUR"]


def test_the_same_person_may_work_for_two_companies(bring: Importer, cedar: dict[str, str], look: Shelf) -> None:
    cedar["accounts"] += "elm-dental,Elm Dental,USD,US,America/Chicago,en,,\n"
    cedar["people"] += "elm-dental,ruth@cedar-dental.example,Ruth Calder,,owner,\n"

    bring(**cedar)

    assert look("SELECT count(*) FROM person WHERE email LIKE 'ruth@%'") == [(2,)]


def test_zero_and_three_decimals_are_exact(bring: Importer, cedar: dict[str, str], look: Shelf) -> None:
    cedar["accounts"] += "sakura,Sakura,JPY,JP,Asia/Tokyo,en,,\nburgan,Burgan,KWD,KW,Asia/Kuwait,en,,\n"
    cedar["people"] += "sakura,yumi@sakura.example,Yumi Sato,,owner,\nburgan,reem@burgan.example,Reem Fadel,,owner,\n"
    cedar["subscriptions"] += (
        "s-1,sakura,growth,growth,15,64800,2026-01-01,2027-01-01,0,,,\n"
        "b-1,burgan,growth,growth,7,132.005,2026-01-01,2027-01-01,0,,,\n"
    )

    bring(**cedar)

    assert look("SELECT amount_minor, currency FROM line WHERE currency <> 'USD' ORDER BY currency") == [
        (972_000, "JPY"), (924_035, "KWD"),
    ]


def test_an_account_is_found_by_its_external_id(bring: Importer, cedar: dict[str, str], look: Shelf) -> None:
    bring(**cedar)

    with look.session() as session:
        found = [Account.by_external_id(session, name) for name in ("cedar-dental", "cedar")]

    assert [account.name if account else None for account in found] == ["Cedar Dental", None]
