"""The book of renewals: what is found, in which order, and that the database counts as the records do."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from renewals.forecast import Risk, Timeliness
from renewals.health import Health
from renewals.pipeline import ORDERS, PAGE, Listed, Pipeline, Wanted
from renewals.policy import PolicyKind, shipped
from renewals.renewal import CLOSED, Renewal, place
from renewals.segment import Segment
from tests.world import World

pytestmark = pytest.mark.whole_book

TODAY = date(2026, 8, 5)
ROW = re.compile(r'<th scope="row"><a href="/admin/renewals/([0-9a-f-]{36})">([^<]+)</a></th>')


def names(page: str) -> list[str]:
    return [name for _, name in ROW.findall(page)]


def test_the_book_shows_every_open_renewal_the_nearest_first(world: World) -> None:
    maya = world.signed_in("maya@lumen.example")

    first, second = maya.get("/admin/renewals").text, maya.get("/admin/renewals?page=2").text

    with world.reading() as session:
        query = select(Renewal.id).where(Renewal.state.not_in(CLOSED)).order_by(Renewal.renews_on, Renewal.id)
        wanted = [str(key) for key in session.scalars(query.limit(2 * PAGE))]
    assert [key for key, _ in ROW.findall(first) + ROW.findall(second)] == wanted


def test_the_list_knows_what_each_record_knows(world: World) -> None:
    bands, policy = shipped(PolicyKind.HEALTH), shipped(PolicyKind.SEGMENT)
    with world.reading() as session:
        pipeline = Pipeline(session, TODAY)
        pages = [pipeline.page(Wanted(page=number)) for number in range(1, 6)]
        rows = {row.id: row for page in pages for row in page}
        renewals = session.scalars(select(Renewal).where(Renewal.state.not_in(CLOSED))).unique().all()

        assert len(rows) == len(renewals) == pipeline.count(Wanted())
        for renewal in renewals:
            row = rows[renewal.id]
            assert (row.value, row.segment) == (renewal.value, renewal.segment(policy))
            assert row.health is Health.of(renewal.account.health_score, bands)
            assert row.decide_by == renewal.decide_by


def test_a_day_shows_the_first_and_counts_them_all(world: World) -> None:
    with world.reading() as session:
        pipeline = Pipeline(session, TODAY)
        rows = [row for page in range(1, 6) for row in pipeline.page(Wanted(page=page))]
        near = [row for row in rows if (row.renews_on - TODAY).days <= 90]
        risky = [row for row in rows if row.forecast.risk is Risk.HIGH]

        shown, at_risk = pipeline.coming(90, None, most=3), pipeline.at_risk(None, most=1)

    assert (shown.rows, shown.total) == (near[:3], len(near))
    assert (at_risk.rows, at_risk.total) == (risky[:1], len(risky))
    assert 3 < len(near) < len(rows)


def test_the_list_is_found_by_risk_and_lateness_as_each_record_works_them_out(world: World) -> None:
    for day in (TODAY, date(2026, 9, 20), date(2026, 12, 1)):
        with world.reading() as session:
            pipeline = Pipeline(session, day)
            rows = [row for page in range(1, 6) for row in pipeline.page(Wanted(page=page))]
            for risk in Risk:
                found = {row.id for page in range(1, 6) for row in pipeline.page(Wanted(risk=risk, page=page))}
                assert found == {row.id for row in rows if row.forecast.risk is risk}, (day, risk)
            overdue = {row.id for page in range(1, 6) for row in pipeline.page(Wanted(overdue=True, page=page))}

            assert overdue == {row.id for row in rows if row.forecast.timeliness is Timeliness.OVERDUE}, day
    assert overdue


def test_a_no_is_found_among_the_high_risks_and_a_lost_one_by_its_stage(world: World) -> None:
    maya, renewal = world.signed_in("maya@lumen.example"), world.renewal("cedar-dental")
    world.signed_in("ruth@cedar-dental.example").post(f"/renewals/{renewal}/opt-out", {"reason": "price"})
    declined = names(maya.get("/admin/renewals?risk=high&text=cedar").text)
    loss = {"loss": "price"}
    maya.post(f"/admin/renewals/{renewal}/loss", loss, page="/admin")

    assert declined == ["Cedar Dental"]
    assert names(maya.get("/admin/renewals?text=cedar").text) == []
    assert names(maya.get("/admin/renewals?text=cedar&stage=lost").text) == ["Cedar Dental"]


def test_the_book_says_how_much_is_overdue_and_leads_there(world: World) -> None:
    maya = world.signed_in("maya@lumen.example")
    before = maya.get("/admin/renewals").text
    world.stand_at(date(2026, 8, 12))

    book, overdue = maya.get("/admin/renewals").text, maya.get("/admin/renewals?overdue=yes&sort=-likely").text

    assert "overdue</a>" not in before
    assert f'<a href="/admin/renewals?overdue=yes">{len(names(overdue))} overdue</a>' in book
    assert "Hoshino Logistics" in names(overdue)
    assert '<input type="hidden" name="overdue" value="yes">' in overdue
    assert 'aria-sort="descending"' in overdue


def test_a_decided_segment_counts_as_decided(world: World) -> None:
    renewal = world.renewal("cedar-dental")
    maya = world.signed_in("maya@lumen.example")
    before = names(maya.get("/admin/renewals?segment=enterprise").text)

    serve = {"segment": "enterprise", "reason": "A reference customer"}
    maya.post(f"/admin/renewals/{renewal}/segment", serve, page="/admin")

    after = names(maya.get("/admin/renewals?segment=enterprise").text)
    assert set(after) - set(before) == {"Cedar Dental"}


FILTERS = {
    "text=halden": ["Halden Bank"],
    "text=HALDEN&health=green&segment=enterprise": ["Halden Bank"],
    "text=orbit&health=red": ["Orbit Labs"],
    "text=orbit&health=green": [],
    "text=northwind&stage=proposed": ["Northwind Freight"],
    "text=northwind&stage=lost": [],
    "text=northwind&stage=won": ["Northwind Freight"],
    "text=caf%C3%A9": ["Pelangi Café"],
    "text=%25": [],
    "text=juno&segment=nonsense&sort=nonsense&page=-3&owner=x": ["Juno Studio"],
}


def test_filters_in_the_address_find_it(world: World) -> None:
    maya = world.signed_in("maya@lumen.example")

    found = {filters: names(maya.get(f"/admin/renewals?{filters}").text) for filters in FILTERS}

    assert found == FILTERS


def test_one_sees_ones_own_by_owner(world: World) -> None:
    maya = world.signed_in("maya@lumen.example")

    own, ravis = maya.get("/admin/renewals?owner=me").text, world.person("ravi@lumen.example").id
    other = maya.get(f"/admin/renewals?owner={ravis}").text

    assert "Pelangi Café" in names(own)
    assert not set(names(own)) & set(names(other))


SIZES = [Segment.SMB, Segment.MID_MARKET, Segment.ENTERPRISE]
KEYS: dict[str, Callable[[Listed], Any]] = {
    "account": lambda row: row.account.lower(),
    "renews_on": lambda row: row.renews_on,
    "decide_by": lambda row: row.decide_by,
    "value": lambda row: row.segment and SIZES.index(row.segment),
    "stage": lambda row: place(row.stage),
    "health": lambda row: row.score,
    "likely": lambda row: row.forecast.probability,
    "owner": lambda row: row.owner and row.owner.lower(),
}


def test_the_book_is_ordered_both_ways_by_each_column(world: World) -> None:
    with world.reading() as session:
        pipeline = Pipeline(session, TODAY)
        for order in ORDERS:
            rising, falling = (every(pipeline, order, descending) for descending in (False, True))

            assert len(rising) == len(falling) > PAGE
            assert rising == sorted(rising), order
            assert falling == sorted(falling, reverse=True), order


def every(pipeline: Pipeline, order: str, descending: bool) -> list[Any]:
    """What a column says down every page; rows that have nothing to say come last and are left out."""
    wanted = [Wanted(order=order, descending=descending, page=page) for page in range(1, 6)]
    said = [KEYS[order](row) for one in wanted for row in pipeline.page(one)]
    known = [value for value in said if value is not None]
    assert said[: len(known)] == known
    return known


def test_an_order_is_a_link_that_turns_around(world: World) -> None:
    maya = world.signed_in("maya@lumen.example")

    page = maya.get("/admin/renewals?text=dental&sort=account").text

    assert 'aria-sort="ascending"' in page
    assert 'href="/admin/renewals?text=dental&amp;sort=-account"' in page
    assert names(page) == sorted(names(page), key=str.lower)


def test_nothing_found_says_so_and_shows_the_way_back(world: World) -> None:
    page = world.signed_in("maya@lumen.example").get("/admin/renewals?text=nobody-is-called-this").text

    assert "No renewal is like that." in page
    assert 'value="nobody-is-called-this"' in page
    assert 'href="/admin/renewals"' in page


def test_an_account_is_found_by_its_industry(world: World) -> None:
    page = world.signed_in("maya@lumen.example").get("/admin/accounts?text=bank&sort=-health").text

    assert "Halden Bank" in page
    assert "Cedar Dental" not in page
