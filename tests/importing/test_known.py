"""Known: a book's health scores become a history, and its people play parts."""

from tests.importing.cast import Importer, Shelf

HEAD = "account,email,name,title,roles,locale,buying_roles,strength,stance,concern,engaged_by_email,last_contact_on\n"
MAYA = ",maya@lumen.example,Maya Iskandar,Customer success,csm,en,,,,,,\n"
RUTH = "cedar-dental,ruth@cedar-dental.example,Ruth Calder,Practice manager,owner;buyer,en,"
STAKE = "SELECT buying_roles, strength, stance, concern, last_contact_on::text FROM stake"
READINGS = "SELECT score, source, by_id FROM health_reading ORDER BY id"


def test_a_score_of_the_book_is_a_reading_of_that_day_and_the_same_again_is_none(
    bring: Importer, cedar: dict[str, str], look: Shelf
) -> None:
    bring(**cedar)
    bring(accounts=cedar["accounts"])
    bring(accounts=cedar["accounts"].replace("91", "64"))

    assert look(READINGS) == [(91, "import", None), (64, "import", None)]
    assert look("SELECT health_band, health_score, health_taken_on::text FROM account") == [
        ("yellow", 64, "2026-08-05")
    ]


def test_a_known_company_that_a_book_shows_in_red_has_fallen_and_a_new_one_has_not(
    bring: Importer, cedar: dict[str, str], look: Shelf
) -> None:
    fell = "SELECT details -> 'before', details -> 'score' FROM event WHERE name = 'health.fell'"
    bring(**cedar | {"accounts": cedar["accounts"].replace("91", "30")})
    assert look(fell) == []

    bring(accounts=cedar["accounts"])
    assert look("SELECT health_band, health_score FROM account") == [("red", 91)]

    bring(accounts=cedar["accounts"].replace("91", "20"))
    assert look(fell) == []


def test_a_fall_by_import_is_told_to_whoever_looks_after_them(
    bring: Importer, cedar: dict[str, str], look: Shelf
) -> None:
    bring(**cedar)
    bring(accounts=cedar["accounts"].replace("91", "20"))

    assert look("SELECT details -> 'before', details -> 'score' FROM event WHERE name = 'health.fell'") == [
        ({"band": "green", "score": 91}, 20)
    ]
    assert look("SELECT count(*) FROM procrastinate_jobs WHERE task_name LIKE '%tell_health_fell'") == [(1,)]


def test_a_score_that_is_emptied_is_not_known_and_one_that_never_was_is_no_reading(
    bring: Importer, cedar: dict[str, str], look: Shelf
) -> None:
    bring(**cedar | {"accounts": cedar["accounts"].replace("91", "")})
    assert look(READINGS) == []

    bring(accounts=cedar["accounts"])
    bring(accounts=cedar["accounts"].replace("91", ""))

    assert [score for score, _, _ in look(READINGS)] == [91, None]
    assert look("SELECT health_band, health_score FROM account") == [("unknown", None)]


def test_people_play_parts_and_an_old_file_takes_nothing_away(
    bring: Importer, cedar: dict[str, str], look: Shelf
) -> None:
    said = "champion;user,strong,advocate,Reports take too long,maya@lumen.example,2026-07-20\n"
    bring(**cedar | {"people": HEAD + MAYA + RUTH + said})
    bring(people=cedar["people"])

    assert look(STAKE) == [(["user", "champion"], "strong", "advocate", "Reports take too long", "2026-07-20")]
    assert look("SELECT e.email FROM stake AS s JOIN person AS e ON e.id = s.engaged_by_id") == [
        ("maya@lumen.example",)
    ]


def test_a_column_that_is_there_empties_and_a_later_contact_stays(
    bring: Importer, cedar: dict[str, str], look: Shelf
) -> None:
    bring(**cedar | {"people": HEAD + MAYA + RUTH + "champion,strong,advocate,Slow,,2026-07-20\n"})
    bring(people=HEAD + RUTH + "legal,,neutral,,,2026-07-01\n")

    assert look(STAKE) == [(["legal"], None, "neutral", "", "2026-07-20")]
    assert look("SELECT details -> 'fields' FROM event WHERE name = 'stake.changed' ORDER BY seq") == [
        ([],), (["buying_roles", "concern", "stance", "strength"],)
    ]


def test_nobody_of_whom_nothing_is_said_has_a_stake(bring: Importer, cedar: dict[str, str], look: Shelf) -> None:
    bring(**cedar | {"people": HEAD + MAYA + RUTH + ",,,,,\n"})

    assert look("SELECT count(*) FROM stake") == [(0,)]


def test_what_can_not_be_known_is_refused_with_its_reason(bring: Importer, cedar: dict[str, str]) -> None:
    maya = MAYA.replace(",,,,,,\n", ",champion,,,,,\n")
    people = HEAD + maya + RUTH + "king,iron,fan,,omar@lumen.example,2026-08-09\n"

    assert bring.refused(**cedar | {"people": people}) == [
        "people.csv: 2: buying_roles: is for a customer's people; leave it empty for staff",
        "people.csv: 3: buying_roles: 'king' is no role; the roles are user, champion, economic_buyer, decision_maker, "
        "technical_buyer, legal, procurement",
        "people.csv: 3: engaged_by_email: nobody of the staff has the mail address omar@lumen.example",
        "people.csv: 3: last_contact_on: 2026-08-09 has not come yet",
        "people.csv: 3: stance: 'fan' is not one of advocate, neutral, detractor",
        "people.csv: 3: strength: 'iron' is not one of strong, medium, weak",
    ]
