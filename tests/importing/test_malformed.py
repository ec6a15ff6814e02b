"""What is wrong with a file is said with its name, its line, its column and a reason."""


import pytest

from tests.importing.cast import Importer, Shelf

CUSTOMERS = "owner, buyer, signer, procurement, viewer"
STAFF = "csm, specialist, ae, manager, finance, legal, product, implementation, executive, admin"
ROLES = f"{CUSTOMERS}, {STAFF}"
STAGES = "planned, preparing, engaged, proposed, negotiating, agreed, contracting, won, lost"
PRODUCTS = "growth, insights, online_booking, platform"

EDITS = [
    # the file, what stands there, what is written instead, and the whole report
    ("accounts", "USD", "usd",
     "accounts.csv: 2: currency: 'usd' is no currency Kekal knows; write an ISO 4217 code, such as USD"),
    ("accounts", "USD", "CHF", "accounts.csv: 2: currency: the segment policy has no thresholds for CHF"),
    ("accounts", "US,", "usa,",
     "accounts.csv: 2: country: 'usa' is not a country; write its ISO 3166 code, such as US"),
    ("accounts", "America/Chicago", "Chicago",
     "accounts.csv: 2: timezone: 'Chicago' is no time zone Kekal knows; write it like Asia/Kuala_Lumpur"),
    ("accounts", ",en,", ",fr,", "accounts.csv: 2: locale: 'fr' is not one of en, ms"),
    ("accounts", "91", "101", "accounts.csv: 2: health_score: 101 is not between 0 and 100"),
    ("accounts", "91", "-1", "accounts.csv: 2: health_score: -1 is not between 0 and 100"),
    ("accounts", "91", "good", "accounts.csv: 2: health_score: 'good' is not a whole number"),
    ("accounts", "Cedar Dental", "", "accounts.csv: 2: name: is empty"),
    ("accounts", "Cedar Dental", "C" * 201, "accounts.csv: 2: name: is 201 characters long; 200 are allowed"),
    ("accounts", "Cedar Dental", "Ced\0ar", "accounts.csv: 2: name: holds a character no text has: U+0000"),
    ("accounts", "Cedar Dental", "\"Cedar\nDental\"",
     "accounts.csv: 2: name: holds a character no text has: U+000A"),
    ("accounts", "Cedar Dental", "=?utf-8?q?=0D=0A?=",
     "accounts.csv: 2: name: holds =?, which a mail would read as other characters"),
    ("accounts", "maya@lumen", "zoe@lumen",
     "accounts.csv: 2: owner_email: nobody of the staff has the mail address zoe@lumen.example"),
    ("accounts", "maya@lumen", "ruth@cedar-dental",
     "accounts.csv: 2: owner_email: nobody of the staff has the mail address ruth@cedar-dental.example"),
    ("accounts", ",91", "", "accounts.csv: 2: has 7 cells where the header has 8"),
    ("accounts", "91,", "91,,", "accounts.csv: 2: has 9 cells where the header has 8"),
    ("accounts", "Cedar Dental", "\"Cedar\" Dental",
     "accounts.csv: 2: the quotes of this line are not as RFC 4180 wants them: double a quote "
     "inside a quoted cell"),
    ("accounts", "Cedar Dental", "\"Cedar Dental",
     "accounts.csv: 2: a quoted cell that begins here never ends"),
    ("accounts", "Cedar Dental", "Cedar\rDental",
     "accounts.csv: 2: lines must end with LF or CR LF; this one holds a CR alone"),
    ("accounts", "Cedar Dental", "C" * 140_000,
     "accounts.csv: 2: holds a cell of more than 131,072 characters"),
    ("accounts", "Cedar Dental", "C" * 1_100_000, "accounts.csv: 2: is longer than 1,000,000 bytes"),
    ("accounts", "currency", "curency", "accounts.csv: 1: currency: is missing from the header"),
    ("accounts", "locale", "name", "accounts.csv: 1: name: stands twice in the header"),
    ("people", "csm", "csmm", f"people.csv: 2: roles: 'csmm' is no role; the roles are {ROLES}"),
    ("people", "csm", "owner", f"people.csv: 2: roles: owner is no role of the staff; those are {STAFF}"),
    ("people", "owner;buyer", "owner;admin",
     f"people.csv: 3: roles: admin is no role of a customer; those are {CUSTOMERS}"),
    ("people", "owner;buyer", "buyer",
     "accounts.csv: 2: external_id: cedar-dental would have no person with the role owner"),
    ("people", "owner;buyer", ";",
     "accounts.csv: 2: external_id: cedar-dental would have no person with the role owner",
     "people.csv: 3: roles: is empty"),
    ("people", "owner;buyer", "", "people.csv: 3: roles: is empty"),
    ("people", "ruth@cedar-dental.example", "ruth.cedar-dental.example",
     "people.csv: 3: email: 'ruth.cedar-dental.example' is not a mail address"),
    ("people", "ruth@cedar-dental.example", "ruth@localhost",
     "people.csv: 3: email: 'ruth@localhost' is not a mail address"),
    ("people", "cedar-dental,ruth", "ceder-dental,ruth",
     "accounts.csv: 2: external_id: cedar-dental would have no person with the role owner",
     "people.csv: 3: account: there is no account 'ceder-dental'"),
    ("subscriptions", "growth,16", "growth,0",
     "subscriptions.csv: 2: quantity: 0 is not between 1 and 10000000"),
    ("subscriptions", "growth,16", "growth,-16",
     "subscriptions.csv: 2: quantity: -16 is not between 1 and 10000000"),
    ("subscriptions", "growth,16", "growth,1.5",
     "subscriptions.csv: 2: quantity: '1.5' is not a whole number"),
    ("subscriptions", "16,432.00", "16,432.001",
     "subscriptions.csv: 2: unit_price: '432.001' has 3 decimals; USD has 2"),
    ("subscriptions", "16,432.00", "16,\"4,32\"",
     "subscriptions.csv: 2: unit_price: '4,32' is not an amount; write it like 8640.00, without separators"),
    ("subscriptions", "16,432.00", "16,-432.00",
     "subscriptions.csv: 2: unit_price: '-432.00' is below zero or too large"),
    ("subscriptions", "16,432.00", "16,999999999999999999999999",
     "subscriptions.csv: 2: unit_price: '999999999999999999999999' is below zero or too large"),
    ("subscriptions", "16,432.00", "9999999,9999999999.00",
     "subscriptions.csv: 2: unit_price: times the quantity is too large"),
    ("subscriptions", "2024-09-04,2025-09-04", "2025-09-04,2025-09-04",
     "subscriptions.csv: 2: ends_on: 2025-09-04 is not after 2025-09-04, when the term starts"),
    ("subscriptions", "2024-09-04,2025-09-04", "2024-09-04,2023-09-04",
     "subscriptions.csv: 2: ends_on: 2023-09-04 is not after 2024-09-04, when the term starts"),
    ("subscriptions", "2024-09-04", "04.09.2024",
     "subscriptions.csv: 2: starts_on: '04.09.2024' is not a date; write it like 2026-09-04"),
    ("subscriptions", "2024-09-04", "2024-02-30",
     "subscriptions.csv: 2: starts_on: 2024-02-30 is no day of the calendar"),
    ("subscriptions", "2024-09-04", "0024-09-04",
     "subscriptions.csv: 2: starts_on: 0024-09-04 is not between 1970 and 2199"),
    ("subscriptions", "2024-09-04", "2004-09-04",
     "subscriptions.csv: 2: ends_on: 2025-09-04 is more than ten years after 2004-09-04"),
    ("subscriptions", "2024-09-04,2025-09-04", "2024-09-04,2025-09-05",
     "subscriptions.csv: 3: starts_on: 2025-09-04 to 2026-09-04 overlaps the term of line 2: "
     "2024-09-04 to 2025-09-05"),
    ("subscriptions", "cedar-dental,growth,growth,16", "cedar,growth,growth,16",
     "subscriptions.csv: 2: account: there is no account 'cedar'",
     "subscriptions.csv: 3: account: subscription growth-1 belongs to cedar",
     "subscriptions.csv: 4: account: subscription growth-1 belongs to cedar",
     "value.csv: 2: subscription: subscription growth-1 belongs to cedar",
     "value.csv: 3: subscription: subscription growth-1 belongs to cedar"),
    ("subscriptions", "growth,growth,16", "insights,growth,16",
     "subscriptions.csv: 2: plan: 'insights' is no plan of the price policy; those are growth, platform"),
    ("subscriptions", "growth,growth,16", "growth,insights,16",
     "subscriptions.csv: 2: plan: no line of this term is for growth itself; a term without its plan has no price"),
    ("subscriptions", "growth,growth,16", "growth,grwth,16",
     f"subscriptions.csv: 2: product: 'grwth' is no product of the price policy; those are {PRODUCTS}"),
    ("subscriptions", "growth,insights,20", "growth,growth,20",
     "subscriptions.csv: 4: product: is the same row as line 3: growth-1, 2025-09-04, 2026-09-04, growth"),
    ("subscriptions", "insights,20,24.00,2025-09-04,2026-09-04,14",
     "insights,20,24.00,2025-09-04,2026-09-04,30",
     "subscriptions.csv: 4: notice_days: differs from line 3: all lines of a term say the same"),
    ("subscriptions", "14,won", "-14,won",
     "subscriptions.csv: 2: notice_days: -14 is not between 0 and 3650"),
    ("subscriptions", "14,won", "14,closed", f"subscriptions.csv: 2: stage: 'closed' is not one of {STAGES}"),
    ("subscriptions", "14,won", "14,planned",
     "subscriptions.csv: 2: stage: a term that another one follows is won, or its stage is empty"),
    ("subscriptions", "engaged", "won",
     "subscriptions.csv: 3: stage: the latest term can not be won: the term it was won with comes after it"),
    ("subscriptions", "won,,", "won,ravi@lumen.example,",
     "subscriptions.csv: 2: owner_email: nobody of the staff has the mail address ravi@lumen.example"),
    ("value", "312,hours", "-1,hours", "value.csv: 2: amount: -1 is below zero"),
    ("value", "312,hours", "5.1,score", "value.csv: 2: amount: 5.1 is no score from 0 to 5"),
    ("value", "312,hours", "1e3,hours",
     "value.csv: 2: amount: '1e3' is not a number of at most four decimals; write it like 4.7"),
    ("value", "312,hours", "312,days",
     "value.csv: 2: unit: 'days' is not one of count, hours, percent, score, money"),
    ("value", "312,hours,", "312,hours,USD",
     "value.csv: 2: currency: a figure in hours has no currency; leave it empty"),
    ("value", "money,USD", "money,", "value.csv: 3: currency: is empty; money needs one"),
    ("value", "45.00,money,USD", "45.50,money,JPY",
     "value.csv: 3: amount: '45.50' has 2 decimals; JPY has 0"),
    ("value", ",cost,", ",hours,",
     "value.csv: 3: external_id: is the same row as line 2: cedar-dental, hours"),
    ("value", "hours_saved", "Hours saved",
     "value.csv: 2: metric: 'Hours saved' is not the name of a metric; write it like hours_saved"),
    ("value", "Log", "", "value.csv: 2: source: is empty"),
    ("usage", "2026-06", "2026-6", "usage.csv: 2: month: '2026-6' is not a month; write it like 2026-09"),
    ("usage", "2026-06", "2026-13", "usage.csv: 2: month: 2026-13-01 is no day of the calendar"),
    ("usage", "2026-06", "2026-07",
     "usage.csv: 3: month: is the same row as line 2: growth-1, active_users, 2026-07-01"),
    ("usage", "growth-1,active_users,2026-06", "growth-2,active_users,2026-06",
     "usage.csv: 2: subscription: there is no subscription 'growth-2'"),
    ("usage", ",16", ",", "usage.csv: 2: amount: is empty"),
    ("usage", ",16", ",-1", "usage.csv: 2: amount: -1 is not between 0 and 9000000000000000"),
]


@pytest.mark.parametrize("edit", EDITS)
def test_a_row_at_fault_is_named(bring: Importer, cedar: dict[str, str], edit: tuple[str, ...]) -> None:
    file, stands, written, *report = edit
    assert stands in cedar[file]
    every = stands == "engaged"
    cedar[file] = cedar[file].replace(stands, written) if every else cedar[file].replace(stands, written, 1)

    assert bring.refused(**cedar) == report


FILES = [
    # name, content, and the whole report
    ("accounts", b"", "accounts.csv: is empty"),
    ("accounts", b"\n\n  \n", "accounts.csv: is empty"),
    ("accounts", "external_id,name\ncafé,Café\n".encode("utf-16"),
     "accounts.csv: 1: is written in UTF-16; save it as UTF-8"),
    ("usage", "subscription,metric,month,amount\ncafé,x,2026-07,1\n".encode("latin-1"),
     "usage.csv: 2: is not UTF-8: byte 0xe9 at place 4; save it as UTF-8"),
    ("usage", b"subscription,metric,month,amount\n", "usage.csv: 1: has a header and no rows below it"),
    ("usage", b"subscription;metric;month;amount\ns;x;2026-07;1\n",
     "usage.csv: 1: cells are separated by ';'; write commas"),
    ("seats", b"subscription\tmetric\tmonth\n", "seats.csv: 1: cells are separated by '\\t'; write commas"),
    ("seats", b"a,b,c\n1,2,3\n",
     "seats.csv: 1: is none of accounts, people, subscriptions, value, usage: "
     "neither its name nor its header says so"),
    ("usage", b"\xff\xfe", "usage.csv: 1: is written in UTF-16; save it as UTF-8"),
    ("usage", b'"subscription', "usage.csv: 1: a quoted cell that begins here never ends"),
]


@pytest.mark.parametrize(("name", "content", "report"), FILES)
def test_a_file_at_fault_is_named(bring: Importer, name: str, content: bytes, report: str) -> None:
    assert bring.refused(**{name: content}) == [report]


def test_a_file_of_a_kind_comes_once(bring: Importer, cedar: dict[str, str]) -> None:
    report = bring.refused(**cedar, usage_of_june=cedar["usage"])

    assert report == ["usage_of_june.csv: usage.csv brings usage already"]


def test_nothing_to_import_is_said(bring: Importer) -> None:
    assert bring.refused() == ["there is nothing to import"]


def test_every_row_at_fault_is_in_the_report(bring: Importer, cedar: dict[str, str]) -> None:
    cedar["accounts"] = cedar["accounts"].replace("91", "910").replace("en,", "xx,")
    cedar["usage"] = cedar["usage"].replace(",16", ",-16").replace(",17", ",many")

    assert bring.refused(**cedar) == [
        "accounts.csv: 2: health_score: 910 is not between 0 and 100",
        "accounts.csv: 2: locale: 'xx' is not one of en, ms",
        "usage.csv: 2: amount: -16 is not between 0 and 9000000000000000",
        "usage.csv: 3: amount: 'many' is not a whole number",
    ]


def test_a_line_is_where_its_row_begins(bring: Importer, cedar: dict[str, str]) -> None:
    cedar["people"] += 'cedar-dental,leo@cedar-dental.example,Leo,"Books\nand\nmore",viewer,\n'
    cedar["people"] += "cedar-dental,nina@cedar-dental.example,Nina,,guest,\n"

    assert bring.refused(**cedar) == [
        "people.csv: 4: title: holds a character no text has: U+000A",
        f"people.csv: 7: roles: 'guest' is no role; the roles are {ROLES}",
    ]


def test_columns_nobody_knows_are_left_out_with_a_warning(bring: Importer, cedar: dict[str, str]) -> None:
    header, *rows = cedar["usage"].splitlines()
    cedar["usage"] = "\n".join([f"{header},colour", *(f"{row},red" for row in rows)])

    bring(**cedar)

    assert [str(warned) for warned in bring.book.warnings] == [
        "usage.csv: 1: colour: is no column Kekal knows; it was left out"
    ]


def test_a_last_covered_day_is_taken_with_a_warning(bring: Importer, cedar: dict[str, str], look: Shelf) -> None:
    cedar["subscriptions"] = cedar["subscriptions"].replace("2026-09-04", "2026-09-03")

    bring(**cedar)

    assert {str(warned) for warned in bring.book.warnings} == {
        f"subscriptions.csv: {line}: ends_on: 2026-09-03 looks like the last covered day; "
        "write the first day that is not covered" for line in (3, 4)
    }
    assert look("SELECT DISTINCT months FROM term") == [(12,)]
