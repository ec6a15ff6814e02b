"""Which renewal is this? The table of cases that everything routed by segment shares."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from pricing.money import Money
from renewals.errors import Malformed, NotYours
from renewals.event import Event, EventName
from renewals.policy import Policy, PolicyKind, shipped
from renewals.renewal import Renewal
from renewals.segment import Segment
from renewals.subscription import Line, Term
from tests.world import World

SHIPPED = shipped(PolicyKind.SEGMENT)
ENTERPRISE, MID, SMB = Segment.ENTERPRISE, Segment.MID_MARKET, Segment.SMB
AT = datetime(2026, 8, 5, 9, tzinfo=UTC)

BY_VALUE = [
    # name, a year's value in major units, currency, how it is served
    ("nothing at all is the smallest", "0.00", "USD", SMB),
    ("one cent", "0.01", "USD", SMB),
    ("Cedar Dental's 8K", "8640.00", "USD", SMB),
    ("a cent below 10K in dollars", "9999.99", "USD", SMB),
    ("10K itself in dollars", "10000.00", "USD", MID),
    ("a cent above 10K in dollars", "10000.01", "USD", MID),
    ("15K, which S calls small elsewhere", "15000.00", "USD", MID),
    ("Northwind's 60K", "60000.00", "USD", MID),
    ("95K by value alone", "95000.00", "USD", MID),
    ("a cent below 100K in dollars", "99999.99", "USD", MID),
    ("100K itself in dollars", "100000.00", "USD", ENTERPRISE),
    ("a cent above 100K in dollars", "100000.01", "USD", ENTERPRISE),
    ("110K by value alone", "110000.00", "USD", ENTERPRISE),
    ("Halden Bank's 240K", "240000.00", "USD", ENTERPRISE),
    ("the largest amount there is", "90000000000000.00", "USD", ENTERPRISE),
    ("a cent below the lower bound in euros", "8999.99", "EUR", SMB),
    ("the lower bound in euros", "9000.00", "EUR", MID),
    ("a cent above the lower bound in euros", "9000.01", "EUR", MID),
    ("a cent below the upper bound in euros", "89999.99", "EUR", MID),
    ("the upper bound in euros", "90000.00", "EUR", ENTERPRISE),
    ("a cent above the upper bound in euros", "90000.01", "EUR", ENTERPRISE),
    ("a penny below the lower bound in pounds", "7999.99", "GBP", SMB),
    ("the lower bound in pounds", "8000.00", "GBP", MID),
    ("a penny above the lower bound in pounds", "8000.01", "GBP", MID),
    ("a penny below the upper bound in pounds", "79999.99", "GBP", MID),
    ("the upper bound in pounds", "80000.00", "GBP", ENTERPRISE),
    ("a penny above the upper bound in pounds", "80000.01", "GBP", ENTERPRISE),
    ("a cent below the lower bound in Singapore", "13499.99", "SGD", SMB),
    ("the lower bound in Singapore", "13500.00", "SGD", MID),
    ("a cent above the lower bound in Singapore", "13500.01", "SGD", MID),
    ("a cent below the upper bound in Singapore", "134999.99", "SGD", MID),
    ("the upper bound in Singapore", "135000.00", "SGD", ENTERPRISE),
    ("a cent above the upper bound in Singapore", "135000.01", "SGD", ENTERPRISE),
    ("a sen below the lower bound in ringgit", "44999.99", "MYR", SMB),
    ("the lower bound in ringgit", "45000.00", "MYR", MID),
    ("a sen above the lower bound in ringgit", "45000.01", "MYR", MID),
    ("a sen below the upper bound in ringgit", "449999.99", "MYR", MID),
    ("the upper bound in ringgit", "450000.00", "MYR", ENTERPRISE),
    ("a sen above the upper bound in ringgit", "450000.01", "MYR", ENTERPRISE),
    ("a yen below the lower bound, where there are no cents", "1499999", "JPY", SMB),
    ("the lower bound in yen", "1500000", "JPY", MID),
    ("a yen above the lower bound", "1500001", "JPY", MID),
    ("a yen below the upper bound", "14999999", "JPY", MID),
    ("the upper bound in yen", "15000000", "JPY", ENTERPRISE),
    ("a yen above the upper bound", "15000001", "JPY", ENTERPRISE),
    ("a fils below the lower bound, where there are three decimals", "2999.999", "KWD", SMB),
    ("the lower bound in dinars", "3000.000", "KWD", MID),
    ("a fils above the lower bound", "3000.001", "KWD", MID),
    ("a fils below the upper bound", "29999.999", "KWD", MID),
    ("the upper bound in dinars", "30000.000", "KWD", ENTERPRISE),
    ("a fils above the upper bound", "30000.001", "KWD", ENTERPRISE),
]

OVERRIDDEN = [
    # name, a year's value, served as, why
    ("95K with large expansion potential is served as enterprise", "95000.00", ENTERPRISE, "Forty sites"),
    ("110K on autopilot for years runs as mid-market", "110000.00", MID, "On autopilot since 2019"),
    ("8K of a well-known name is served as mid-market", "8640.00", MID, "A reference customer"),
    ("8K of a bank's first team is served as enterprise", "8640.00", ENTERPRISE, "The bank's first team"),
    ("12K that renews itself runs as SMB", "12000.00", SMB, "Nobody has called in years"),
    ("240K that renews itself runs as SMB", "240000.00", SMB, "One invoice, one yes, every year"),
    ("60K pinned where it is stays mid-market", "60000.00", MID, "The next price change must not move it"),
]


def a_renewal(value: str, currency: str = "USD") -> Renewal:
    """A renewal of one line, outside of any database."""
    line = a_line(Money.parse(value, currency))
    return Renewal(term=Term(currency=currency, lines=[line]))


def a_line(year: Money) -> Line:
    return Line(
        product="growth", quantity=1, unit_minor=year.minor, amount_minor=year.minor, currency=year.currency
    )


@pytest.mark.parametrize(("name", "value", "currency", "segment"), BY_VALUE, ids=[row[0] for row in BY_VALUE])
def test_a_renewal_is_served_by_the_value_of_its_year(
    name: str, value: str, currency: str, segment: Segment
) -> None:
    assert Segment.of(Money.parse(value, currency), SHIPPED) is segment
    assert a_renewal(value, currency).segment(SHIPPED) is segment


@pytest.mark.parametrize(("name", "value", "served", "why"), OVERRIDDEN, ids=[row[0] for row in OVERRIDDEN])
def test_a_person_decides_otherwise(name: str, value: str, served: Segment, why: str) -> None:
    renewal = a_renewal(value)
    renewal.segment_override, renewal.segment_reason = served, why

    assert renewal.segment(SHIPPED) is served


def test_the_table_has_every_boundary_of_every_currency_of_the_policy() -> None:
    tested = {(currency, Money.parse(value, currency).minor) for _, value, currency, _ in BY_VALUE}
    wanted = {
        (currency, bound + step)
        for currency, bounds in SHIPPED["thresholds"].items()
        for bound in bounds.values()
        for step in (-1, 0, 1)
    }

    assert wanted <= tested
    assert len(BY_VALUE) + len(OVERRIDDEN) >= 40


def test_several_lines_count_together() -> None:
    renewal = a_renewal("9999.99")
    renewal.term.lines.append(a_line(Money(1, "USD")))

    assert renewal.segment(SHIPPED) is MID


def test_a_currency_the_policy_does_not_know_is_refused() -> None:
    with pytest.raises(Malformed, match="no thresholds for CHF"):
        Segment.of(Money.parse("8640.00", "CHF"), SHIPPED)


def test_another_policy_gives_another_answer_without_other_code(world: World) -> None:
    renewal = world.renewal("northwind-freight")
    dollars = {"USD": {"mid-market": 500_000, "enterprise": 5_000_000}}
    with world.writing() as session:
        Policy.publish(
            session, PolicyKind.SEGMENT, {"thresholds": SHIPPED["thresholds"] | dollars},
            begins_on=date(2026, 8, 6), reason="From August smaller is large", by=None, at=AT,
        )

    with world.reading() as session:
        northwind = session.get_one(Renewal, renewal)
        today = Policy.in_force(session, PolicyKind.SEGMENT, date(2026, 8, 5))
        tomorrow = Policy.in_force(session, PolicyKind.SEGMENT, date(2026, 8, 6))

        assert northwind.segment(today.content) is MID
        assert northwind.segment(tomorrow.content) is ENTERPRISE
        assert (today.name, tomorrow.name) == ("segment@1", "segment@2")


def test_an_override_shows_and_is_audited_from_what_to_what(world: World) -> None:
    renewal, maya = world.renewal("northwind-freight"), world.person("maya@lumen.example")
    with world.writing() as session:
        northwind = Renewal.find(session, renewal, lock=True)
        northwind.serve_as(ENTERPRISE, " They buy for 40 sites ", by=maya, at=AT)
        northwind.serve_as(SMB, "A mistake", by=maya, at=AT)
        northwind.serve_as(None, "By value after all", by=maya, at=AT)

    with world.reading() as session:
        said = [e for e in session.scalars(Event.about(renewal)) if e.name == EventName.RENEWAL_RESEGMENTED]

        assert session.get_one(Renewal, renewal).segment(SHIPPED) is MID
        assert [(e.details["from"], e.details["to"]) for e in said] == [
            (None, "enterprise"), ("enterprise", "smb"), ("smb", None)
        ]
        assert {e.by_id for e in said} == {maya.id}


def test_an_override_without_a_reason_is_not_taken(world: World) -> None:
    renewal, maya = world.renewal("northwind-freight"), world.person("maya@lumen.example")

    with world.writing() as session, pytest.raises(Malformed, match="Say why"):
        Renewal.find(session, renewal).serve_as(ENTERPRISE, "   ", by=maya, at=AT)


def test_who_may_not_override_is_told_so_in_a_sentence(world: World) -> None:
    renewal = world.renewal("northwind-freight")
    outsiders = [
        world.person(f"{who}.example")
        for who in ("farah@lumen", "tomas@lumen", "grace@lumen", "ruth@cedar-dental")
    ]

    with world.writing() as session:
        for person in outsiders:
            with pytest.raises(NotYours, match=f"{person.first_name}, changing a segment needs a CSM"):
                Renewal.find(session, renewal).serve_as(ENTERPRISE, "Large plans", by=person, at=AT)


def test_the_override_lapses_with_the_next_term(world: World) -> None:
    renewal, maya = world.renewal("cedar-dental"), world.person("maya@lumen.example")
    with world.writing() as session:
        Renewal.find(session, renewal, lock=True).serve_as(MID, "A reference customer", by=maya, at=AT)
    world.signed_in("ruth@cedar-dental.example").click(renewal)

    with world.reading() as session:
        following = session.scalars(select(Renewal).where(Renewal.id == world.renewal("cedar-dental"))).one()

        assert session.get_one(Renewal, renewal).segment(SHIPPED) is MID
        assert following.id != renewal
        assert (following.segment_override, following.segment(SHIPPED)) == (None, SMB)
