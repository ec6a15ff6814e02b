"""What rows of subscriptions do to terms and renewals that are in already."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select

from renewals.renewal import Renewal, RenewalState
from tests.importing.cast import NOW, Importer, Shelf

LATEST = "2025-09-04,2026-09-04"


def test_a_price_that_changed_is_told_line_by_line(bring: Importer, cedar: dict[str, str], look: Shelf) -> None:
    bring(**cedar)

    run = bring(subscriptions=cedar["subscriptions"].replace("20,432.00", "22,414.00"))

    assert run.counts["terms"] == {"new": 0, "changed": 1}
    assert look("SELECT unit_minor, amount_minor FROM line WHERE quantity = 22") == [(414_00, 22 * 414_00)]
    ((told,),) = look("SELECT details->'terms'->0->'lines' FROM event WHERE details ? 'terms'")
    assert told == {
        "from": [["growth", 20, 432_00], ["insights", 20, 24_00]],
        "to": [["growth", 22, 414_00], ["insights", 20, 24_00]],
    }


def test_a_line_that_is_gone_from_the_file_is_gone(bring: Importer, cedar: dict[str, str], look: Shelf) -> None:
    bring(**cedar)

    bring(subscriptions="\n".join(row for row in cedar["subscriptions"].splitlines() if "insights" not in row))

    assert look("SELECT product FROM line ORDER BY starts_on") == [("growth",), ("growth",)]


def test_a_later_end_moves_the_open_renewal(bring: Importer, cedar: dict[str, str], look: Shelf) -> None:
    bring(**cedar)

    bring(subscriptions=cedar["subscriptions"].replace(LATEST, "2025-09-04,2026-12-04"))

    assert look("SELECT renews_on, version FROM renewal WHERE state = 'engaged'") == [(date(2026, 12, 4), 2)]
    assert look("SELECT months FROM term ORDER BY starts_on") == [(12,), (15,)]


def test_a_stage_in_the_file_never_moves_a_renewal_that_stands(
    bring: Importer, cedar: dict[str, str], look: Shelf
) -> None:
    bring(**cedar)

    bring(subscriptions=cedar["subscriptions"].replace("engaged", "agreed"))

    assert look("SELECT state FROM renewal WHERE closed_at IS NULL") == [("engaged",)]


def test_the_file_may_hand_a_renewal_over(bring: Importer, cedar: dict[str, str], look: Shelf) -> None:
    bring(**cedar)
    people = cedar["people"] + ",ravi@lumen.example,Ravi Menon,,specialist,\n"

    bring(people=people, subscriptions=cedar["subscriptions"].replace("engaged,", "engaged,ravi@lumen.example"))

    assert look("SELECT p.name FROM renewal AS r JOIN person AS p ON p.id = r.owner_id WHERE r.closed_at IS NULL") == [
        ("Ravi Menon",)
    ]


def test_a_new_term_opens_no_second_renewal(bring: Importer, cedar: dict[str, str], look: Shelf) -> None:
    bring(**cedar)
    header = cedar["subscriptions"].splitlines()[0]

    bring(subscriptions=f"{header}\ngrowth-1,cedar-dental,platform,platform,20,960.00,2026-09-04,2027-09-04,14,,,\n")

    assert look("SELECT count(*) FROM term") == [(3,)]
    assert look("SELECT plan FROM subscription") == [("platform",)]
    assert look("SELECT renews_on FROM renewal WHERE state NOT IN ('won', 'lost')") == [(date(2026, 9, 4),)]
    assert [str(warned) for warned in bring.book.warnings] == [
        "subscriptions.csv: 2: starts_on: no renewal was opened: the one for 2026-09-04 is still open"
    ]


def test_older_history_leaves_the_plan_alone(bring: Importer, cedar: dict[str, str], look: Shelf) -> None:
    bring(**cedar)
    header = cedar["subscriptions"].splitlines()[0]

    bring(subscriptions=f"{header}\ngrowth-1,cedar-dental,platform,platform,9,960.00,2023-09-04,2024-09-04,0,won,,\n")

    assert look("SELECT plan FROM subscription") == [("growth",)]
    assert look("SELECT state, count(*) FROM renewal GROUP BY state ORDER BY state") == [("engaged", 1), ("won", 2)]


def test_a_customer_who_left_has_a_lost_renewal(bring: Importer, cedar: dict[str, str], look: Shelf) -> None:
    cedar["subscriptions"] = cedar["subscriptions"].replace("engaged", "lost")

    bring(**cedar)

    assert look("SELECT count(*) FROM renewal WHERE state = 'lost' AND closed_at IS NOT NULL") == [(1,)]


def test_a_term_that_overlaps_one_already_there_is_refused(bring: Importer, cedar: dict[str, str]) -> None:
    bring(**cedar)
    header = cedar["subscriptions"].splitlines()[0]

    report = bring.refused(
        subscriptions=f"{header}\ngrowth-1,cedar-dental,growth,growth,20,432.00,2026-03-01,2027-03-01,14,,,\n"
    )

    assert report == [
        "subscriptions.csv: 2: starts_on: 2026-03-01 to 2027-03-01 overlaps a term that is in already: "
        "2025-09-04 to 2026-09-04"
    ]


def test_a_subscription_stays_with_its_account(bring: Importer, cedar: dict[str, str]) -> None:
    bring(**cedar)
    accounts = cedar["accounts"] + "elm-dental,Elm Dental,USD,US,America/Chicago,en,,\n"
    people = cedar["people"] + "elm-dental,owen@elm-dental.example,Owen Price,,owner,\n"

    moved = cedar["subscriptions"].replace("cedar-dental", "elm-dental")
    report = bring.refused(accounts=accounts, people=people, subscriptions=moved)

    assert report == [
        f"subscriptions.csv: {line}: account: subscription growth-1 belongs to cedar-dental" for line in (2, 3, 4)
    ]


@pytest.mark.parametrize(
    ("fact", "reason"),
    [
        ("UPDATE term SET agreement_id = gen_random_uuid()",
         "this term was made by a signed agreement and is not changed by an import"),
        ("INSERT INTO acceptance SELECT gen_random_uuid(), account_id, id, id, id, 'hash', 'standing', id, now(), '1', "
         "'hash', '{}', 1 FROM renewal",
         "an offer made from this term was accepted; the term no longer changes"),
    ],
)
def test_what_was_agreed_is_not_overwritten(
    bring: Importer, cedar: dict[str, str], as_owner: Callable[[str], None], fact: str, reason: str
) -> None:
    bring(**cedar)
    as_owner(fact)

    unchanged = bring(subscriptions=cedar["subscriptions"])
    report = bring.refused(subscriptions=cedar["subscriptions"].replace("20,432.00", "20,400.00"))

    assert unchanged.counts["terms"] == {"new": 0, "changed": 0}
    assert report == [f"subscriptions.csv: 3: starts_on: {reason}"]


def test_an_imported_renewal_can_be_worked_on(bring: Importer, cedar: dict[str, str], look: Shelf) -> None:
    bring(**cedar)

    with bring.change() as session:
        renewal = session.scalars(select(Renewal).where(Renewal.closed_at.is_(None))).one()
        renewal.advance(RenewalState.PROPOSED, by=None, at=NOW)

    assert look("SELECT state, version FROM renewal WHERE closed_at IS NULL") == [("proposed", 2)]


def test_each_contract_brings_its_own_word_that_it_may_be_charged_and_brings_it_once(
    bring: Importer, cedar: dict[str, str], look: Shelf
) -> None:
    rows = "external_id,account,plan,product,quantity,unit_price,starts_on,ends_on,auto_renew,mandate_on\n" + "".join(
        f"{name},cedar-dental,growth,growth,5,432.00,2025-10-01,2026-10-01,true,{mandate_on}\n"
        for name, mandate_on in (("early", "2025-09-12"), ("late", "2025-09-30"), ("silent", ""))
    )
    bring(**cedar)

    assert bring(subscriptions=rows).counts["consents"] == {"new": 2}
    assert bring(subscriptions=rows).counts["consents"] == {"new": 0}
    assert look(
        "SELECT s.external_id, c.given_at::date::text FROM consent AS c "
        "JOIN subscription AS s ON s.id = c.subscription_id ORDER BY 1"
    ) == [("early", "2025-09-12"), ("late", "2025-09-30")]


def test_nobody_has_agreed_to_a_charge_on_a_day_that_has_not_come(bring: Importer, cedar: dict[str, str]) -> None:
    rows = (
        "external_id,account,plan,product,quantity,unit_price,starts_on,ends_on,auto_renew,mandate_on\n"
        "growth-9,cedar-dental,growth,growth,5,432.00,2025-10-01,2026-10-01,true,2026-08-09\n"
    )

    bring(**cedar)

    assert bring.refused(subscriptions=rows) == [
        "subscriptions.csv: 2: mandate_on: 2026-08-09 has not come yet"
    ]
