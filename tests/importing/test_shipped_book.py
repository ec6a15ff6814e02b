"""The demo's book: what the repository holds is what its script writes, and says what the cast is known for."""

from pathlib import Path

import pytest

from app.demo import write_book
from app.transaction import Role
from pricing.money import Money
from renewals.importing.kind import KINDS
from renewals.policy import PolicyKind, shipped
from renewals.segment import Segment
from tests.importing.cast import Importer, Shelf

BOOK = write_book.BOOK
CAST = ("cedar-dental", "halden-bank", "juno-studio", "northwind-freight", "orbit-labs", "pelangi-cafe")


@pytest.fixture
def brought(bring: Importer) -> Importer:
    bring(**{path.stem: path.read_bytes() for path in BOOK.glob("*.csv")})
    return bring


def test_the_files_are_what_the_script_writes(tmp_path: Path) -> None:
    write_book.write(tmp_path)

    for kind in KINDS:
        name = f"{kind.name}.csv"
        assert (tmp_path / name).read_bytes() == (BOOK / name).read_bytes(), name


def test_the_files_are_small_enough_to_read() -> None:
    assert sum(path.stat().st_size for path in BOOK.glob("*.csv")) < 1_500_000


def test_the_book_goes_in_without_a_warning(brought: Importer, look: Shelf) -> None:
    assert brought.book.warnings == []
    assert look("SELECT count(*) BETWEEN 200 AND 230, count(DISTINCT currency) FROM account") == [(True, 7)]


def test_the_cast_is_as_it_is_known(brought: Importer, look: Shelf) -> None:
    found = look(
        "SELECT a.name, a.currency, a.locale, a.health_score, a.stripe_customer, r.renews_on::text, r.state,"
        " t.auto_renew, sum(l.amount_minor)::bigint, min(l.quantity)"
        " FROM account AS a JOIN renewal AS r ON r.account_id = a.id AND r.closed_at IS NULL"
        " JOIN term AS t ON t.id = r.term_id JOIN line AS l ON l.term_id = t.id"
        f" WHERE a.external_id IN {CAST} GROUP BY a.id, r.id, t.id ORDER BY r.renews_on"
    )
    assert found == [
        ("Pelangi Café", "MYR", "ms", 82, None, "2026-08-30", "engaged", False, 23_040_00, 12),
        ("Cedar Dental", "USD", "en", 91, "cus_cedar_dental", "2026-09-04", "engaged", False, 8_640_00, 20),
        ("Juno Studio", "EUR", "en", 84, "cus_juno_studio", "2026-09-19", "preparing", True, 6_120_00, 15),
        ("Northwind Freight", "USD", "en", 62, None, "2026-09-24", "proposed", False, 60_000_00, 75),
        ("Halden Bank", "USD", "en", 86, None, "2026-10-19", "negotiating", False, 240_000_00, 400),
        ("Orbit Labs", "USD", "en", 38, None, "2027-01-22", "planned", False, 18_360_00, 50),
    ]


def test_cedars_year_is_told_by_its_rows(brought: Importer, look: Shelf) -> None:
    months = look(
        "SELECT u.metric, u.amount FROM usage AS u JOIN account AS a ON a.id = u.account_id"
        " WHERE a.external_id = 'cedar-dental' ORDER BY u.metric, u.month"
    )
    active = [amount for metric, amount in months if metric == "active_users"]
    hours = [amount for metric, amount in months if metric == "hours_saved"]

    assert (active[0], active[-1]) == (14, 17)
    assert (len(hours), sum(hours), hours[-1], hours == sorted(hours)) == (12, 312, 41, True)


def test_every_segment_is_there(brought: Importer, look: Shelf) -> None:
    policy = shipped(PolicyKind.SEGMENT)
    terms = look(
        "SELECT l.currency, sum(l.amount_minor)::bigint FROM renewal AS r JOIN line AS l ON l.term_id = r.term_id"
        " WHERE r.closed_at IS NULL GROUP BY r.id, l.currency"
    )
    sizes = [Segment.of(Money(minor, currency), policy) for currency, minor in terms]

    assert sizes.count(Segment.SMB) > 100
    assert sizes.count(Segment.MID_MARKET) > 20
    assert sizes.count(Segment.ENTERPRISE) >= 5


def test_ordinary_prices_are_the_catalogues(brought: Importer, look: Shelf) -> None:
    lines = look(
        "SELECT l.product, l.currency, l.quantity, l.amount_minor"
        " FROM line AS l JOIN account AS a ON a.id = l.account_id"
        f" WHERE a.external_id NOT IN {CAST}"
    )

    for product, currency, quantity, minor in lines:
        prices = write_book.CATALOGUE.price_list(product, currency)
        assert prices is not None, (product, currency)
        assert prices.price(quantity) == Money(minor, currency), (product, currency, quantity)


def test_every_renewal_ahead_is_within_a_year(brought: Importer, look: Shelf) -> None:
    ahead = "SELECT min(renews_on) > '2026-08-05', max(renews_on) < '2027-08-05' FROM renewal WHERE closed_at IS NULL"
    assert look(ahead) == [(True, True)]


def test_the_customers_can_read_what_they_may(brought: Importer, look: Shelf) -> None:
    """Through the rights of the portal: Cedar sees Cedar, and nobody else."""
    ((account,),) = look("SELECT id FROM account WHERE external_id = 'cedar-dental'")
    with brought.database.begin(Role.PORTAL, account, read_only=True) as (session, _):
        rows = session.connection().exec_driver_sql("SELECT name FROM account").all()

    assert [tuple(row) for row in rows] == [("Cedar Dental",)]
