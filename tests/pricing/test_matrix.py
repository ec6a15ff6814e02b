"""Who must approve what: nobody grants more than their row says, and no way of asking needs fewer of them."""

import copy
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pricing.asked import Asked, Axis, NotOneRenewal, together
from pricing.authority import APPROVERS, SEGMENTS
from pricing.envelope import Envelope
from pricing.matrix import Matrix, Need
from pricing.money import Money, rounded
from pricing.reading import PolicyError
from pricing.redrawing import difference
from renewals.person import STAFF_ROLES
from renewals.policy import PolicyKind, shipped
from renewals.segment import Segment

CONTENT = shipped(PolicyKind.MATRIX)
MATRIX = Matrix.parse("matrix@1", CONTENT)
SEPTEMBER = date(2026, 9, 30)


def usd(whole: int) -> Money:
    return Money(whole * 100, "USD")


def asked(**parts: Any) -> Asked:
    """Twelve months in mid-market at policy's own price and terms, 24K a year."""
    plain = {
        "segment": "mid-market", "months": 12, "net_days": 30, "acv": usd(24_000), "total": usd(24_000),
        "expansion": usd(0),
    }
    return Asked(**(plain | parts))


def who(needs: Sequence[Need]) -> list[tuple[str, tuple[str, ...]]]:
    return [(need.axis.value, need.roles) for need in needs]


def changed(place: str, value: Any) -> dict[str, Any]:
    content = copy.deepcopy(CONTENT)
    holder: Any = content
    *path, last = place.split("/")
    for key in path:
        holder = holder[int(key)] if isinstance(holder, list) else holder[key]
    holder[last] = value
    return content


def row(role: str, segment: str, up_to: int | None) -> int:
    return next(n for n, one in enumerate(MATRIX.rows) if one.cell == (role, segment, up_to))


# Each boundary


@pytest.mark.parametrize(
    ("months", "effective", "roles"),
    [
        (12, 499, None), (12, 500, None), (12, 501, ("csm", "specialist")),
        (12, 749, ("csm", "specialist")), (12, 750, ("csm", "specialist")), (12, 751, ("ae",)),
        (12, 999, ("ae",)), (12, 1000, ("ae",)), (12, 1001, ("finance",)),
        (12, 1499, ("finance",)), (12, 1500, ("finance",)), (12, 1501, ("manager",)),
        (12, 1999, ("manager",)), (12, 2000, ("manager",)), (12, 2001, ("executive",)),
        (24, 1000, None), (24, 1001, ("csm", "specialist")), (24, 1501, ("manager",)), (24, 2001, ("executive",)),
        (25, 1999, None), (36, 1999, None), (36, 2000, None), (36, 2001, ("ae", "finance")),
        (36, 2499, ("manager",)), (36, 2500, ("manager",)), (36, 2501, ("executive",)),
        (37, 2000, None), (60, 2501, ("executive",)), (1, 10_000, ("executive",)),
    ],
)
def test_the_lowest_authority_that_suffices_is_asked(
    months: int, effective: int, roles: tuple[str, ...] | None
) -> None:
    quote = asked(months=months, effective=effective)

    assert who(MATRIX.needs(quote)) == ([("discount", roles)] if roles else [])
    assert MATRIX.standing(quote) is (roles is None)


@pytest.mark.parametrize(
    ("quote", "needed"),
    [
        (asked(net_days=30), []),
        (asked(net_days=31), [("payment", ("manager",))]),
        (asked(net_days=45), [("payment", ("manager",))]),
        (asked(net_days=46), [("payment", ("finance",))]),
        (asked(net_days=90), [("payment", ("finance",))]),
        (asked(net_days=91), [("payment", ("executive",))]),
        (asked(net_days=121), [("payment", ())]),
        (asked(worst_line=1000), []),
        (asked(worst_line=1001), [("line", ("csm", "specialist"))]),
        (asked(acv=usd(50_000) - Money(1, "USD")), []),
        (asked(acv=usd(50_000)), [("proposal", ("manager",))]),
        (asked(acv=Money(1, "CHF"), expansion=Money(0, "CHF")), [("proposal", ("manager",))]),
        (asked(expansion=usd(25_000), expansion_bps=2500), []),
        (asked(expansion=usd(25_000) + Money(1, "USD")), [("expansion", ("product", "finance"))]),
        (asked(expansion=usd(1), expansion_bps=2501), [("expansion", ("product", "finance"))]),
        (asked(clauses=("residency",)), [("clauses", ("legal",))]),
        (asked(worth_less=True), [("economics", ("executive",))]),
    ],
)
def test_each_axis_has_its_boundary(quote: Asked, needed: list[tuple[str, tuple[str, ...]]]) -> None:
    assert who(MATRIX.needs(quote)) == needed


def test_what_levers_earn_needs_nobody_up_to_policys_own_limit_on_it() -> None:
    assert MATRIX.standing(asked(effective=900, worst_line=900, earned=900))
    assert not MATRIX.standing(asked(effective=901, earned=900))
    assert who(MATRIX.needs(asked(effective=1100, earned=1100))) == [("discount", ("finance",))]


def test_finance_and_legal_look_at_the_same_time_then_the_manager_then_the_executive() -> None:
    quote = asked(net_days=60, clauses=("residency",), acv=usd(240_000), effective=2500)

    assert [(need.order, need.roles) for need in MATRIX.needs(quote)] == [
        (1, ("finance",)), (1, ("legal",)), (2, ("manager",)), (3, ("executive",)),
    ]


def test_a_need_says_what_is_asked_and_whose_authority_it_exceeds() -> None:
    needs = MATRIX.needs(asked(months=24, effective=1800, net_days=60, worst_line=1825, worst_product="insights"))

    assert [need.says for need in needs] == [
        "18.25 % off insights alone for 24 months in mid-market is above 17.5 %, a CSM's authority.",
        "Net 60 for 24 months in mid-market is above Net 45, a manager's authority.",
        "18.0 % off for 24 months in mid-market is above 15.0 %, an account executive's authority.",
    ]
    assert MATRIX.needs(asked(effective=600))[0].says == (
        "6.0 % off for 12 months in mid-market is above 5.0 %, which policy grants by itself."
    )
    assert needs[-1].rule == "matrix@1: an account executive, mid-market, 13 to 24 months"
    assert (needs[-1].limit, needs[-1].asked) == (1500, 1800)


def test_who_has_greater_authority_may_decide_and_nobody_else() -> None:
    discount, = MATRIX.needs(asked(effective=1001))
    clauses, = MATRIX.needs(asked(clauses=("residency",)))

    assert [role for role in APPROVERS if MATRIX.may(role, discount)] == ["finance", "manager", "executive"]
    assert [role for role in APPROVERS if MATRIX.may(role, clauses)] == ["legal"]


def test_nobody_may_grant_what_lies_beyond_everybodys_authority() -> None:
    payment, = MATRIX.needs(asked(net_days=121))

    assert payment.says.endswith("an executive's authority. Nobody may grant it.")
    assert not any(MATRIX.may(role, payment) for role in APPROVERS)


# The table


def test_the_table_knows_the_houses_segments_and_roles() -> None:
    assert set(SEGMENTS) == {segment.value for segment in Segment}
    assert set(APPROVERS) == {role.value for role in STAFF_ROLES} - {"implementation", "admin"}


def test_roles_that_may_grant_the_same_are_read_together_and_policy_by_itself() -> None:
    enterprise = {line.roles: [row.discount for row in line.rows] for line in MATRIX.authority.lines("enterprise")}

    assert enterprise[("policy",)] == enterprise[("csm", "specialist")] == [500, 1000, 2000, 2000]
    assert [line.roles for line in MATRIX.authority.lines("smb") if line.is_bare] == [("legal", "product")]


def test_the_content_comes_back_as_it_was() -> None:
    assert MATRIX.content == CONTENT


@pytest.mark.parametrize("place", range(0, len(CONTENT["rows"]), 13))
def test_a_table_with_a_gap_or_an_overlap_is_refused_by_the_name_of_the_cell(place: int) -> None:
    rows = CONTENT["rows"]

    with pytest.raises(PolicyError, match=r"matrix@2\.rows has no row for .*, .*, .* months"):
        Matrix.parse("matrix@2", CONTENT | {"rows": rows[:place] + rows[place + 1 :]})
    with pytest.raises(PolicyError, match=r"matrix@2\.rows has two rows for .*, .*, .* months"):
        Matrix.parse("matrix@2", CONTENT | {"rows": [*rows, rows[place]]})


@pytest.mark.parametrize(
    ("place", "value", "problem"),
    [
        ("rows/0/up_to", 18, "rows[0].up_to is not one of 12, 24, 36 or null"),
        ("rows/0/up_to", 12.0, "rows[0].up_to is not one of"),
        ("rows/0/role", "intern", "rows[0].role is 'intern'"),
        ("rows/0/discount", 10_001, "rows[0].discount is 10001"),
        ("rows/0/net_days", 30.0, "rows[0].net_days is 30.0"),
        ("rows/99/earned", 100, "rows[99] has keys Kekal does not know: earned"),
        ("bands", [12, 12], "bands[1] is 12, not a whole number of at least 13"),
        ("bands", [12, 24], "rows[2].up_to is not one of 12, 24 or null"),
        ("order/manager", 0, "order.manager is 0"),
        ("clauses/roles", [], "clauses.roles is empty; somebody must be asked"),
        ("proposal/from/USD", 50_000, "proposal.from.USD is not a text"),
        ("surprise", 1, "matrix@2 has keys Kekal does not know: surprise"),
    ],
)
def test_a_matrix_that_can_not_be_used_says_where(place: str, value: Any, problem: str) -> None:
    with pytest.raises(PolicyError) as refusal:
        Matrix.parse("matrix@2", changed(place, value))

    assert problem in str(refusal.value)


def test_a_draft_says_in_sentences_what_it_would_change() -> None:
    content = changed(f"rows/{row('manager', 'mid-market', 24)}/discount", 1500)
    content["proposal"]["from"] |= {"USD": "75000.00"}
    content["clauses"]["also"] = ["executive"]

    assert difference(MATRIX, Matrix.parse("matrix@2", content)) == (
        "A manager, mid-market, 13 to 24 months: 15.0 % off the whole instead of 20.0 %.",
        "Custom clauses: legal (or an executive) instead of legal.",
        "The whole proposal is read from USD 75,000.00 instead of USD 50,000.00.",
    )
    assert difference(MATRIX, MATRIX) == ()


# No way of asking needs fewer approvals

BPS = st.integers(0, 10_000)
CLAUSES = st.lists(st.sampled_from(["residency", "liability", "exit"]), max_size=2, unique=True).map(tuple)
MONEY = st.integers(0, 300_000_00).map(lambda minor: Money(minor, "USD"))
QUOTES = st.builds(
    Asked, segment=st.just("mid-market"), months=st.integers(1, 60), net_days=st.integers(0, 130), acv=MONEY,
    total=MONEY, expansion=MONEY, effective=BPS, earned=BPS, worst_line=BPS, worst_product=st.just("growth"),
    expansion_bps=BPS, clauses=CLAUSES, worth_less=st.booleans(),
)


def assert_no_fewer(needs: Sequence[Need], than: Sequence[Need]) -> None:
    """Every axis is still asked for, and nobody decides it who could not before."""
    found = {need.axis: set(need.deciders) for need in needs}
    for need in than:
        assert need.axis in found
        assert found[need.axis] <= set(need.deciders)


@given(QUOTES, st.lists(st.tuples(st.integers(1, 90_000_00), BPS), min_size=2, max_size=6), st.data())
def test_a_quote_split_in_two_never_needs_fewer_approvals(
    quote: Asked, lines: list[tuple[int, int]], data: st.DataObject
) -> None:
    cut = data.draw(st.integers(1, len(lines) - 1))

    whole, first, second = (of_lines(quote, part) for part in (lines, lines[:cut], lines[cut:]))

    assert_no_fewer(MATRIX.needs(together(first, replace(second, clauses=()))), MATRIX.needs(whole))


def of_lines(quote: Asked, lines: Sequence[tuple[int, int]]) -> Asked:
    """The quote with these lines, each a price a year and what is taken off it; all of it is new."""
    price = sum(price for price, _ in lines)
    paid = sum(price - rounded(price * off, 10_000) for price, off in lines)
    return replace(
        quote, acv=Money(paid, "USD"), total=Money(paid, "USD"), expansion=Money(paid, "USD"),
        effective=rounded((price - paid) * 10_000, price), worst_line=max(off for _, off in lines),
    )


@given(QUOTES, QUOTES)
def test_a_second_quote_never_makes_the_first_ones_approvals_unneeded(one: Asked, other: Asked) -> None:
    assert_no_fewer(MATRIX.needs(together(one, other)), MATRIX.needs(one))


@given(QUOTES, BPS)
def test_a_higher_discount_never_needs_fewer_approvals(quote: Asked, more: int) -> None:
    higher = replace(quote, effective=min(10_000, quote.effective + more))

    assert_no_fewer(MATRIX.needs(higher), MATRIX.needs(quote))


@given(QUOTES)
def test_everything_but_what_nobody_may_grant_can_be_decided_by_those_asked(quote: Asked) -> None:
    needs = MATRIX.needs(quote)

    assert MATRIX.standing(quote) is (not needs)
    assert [need.order for need in needs] == sorted(need.order for need in needs)
    for need in needs:
        assert set(need.roles) <= set(need.deciders)
        assert need.roles or (need.axis is Axis.PAYMENT and quote.net_days > 120)


def test_of_two_quotes_who_decides_must_have_authority_over_both() -> None:
    long, short = asked(months=24, effective=1400), asked(months=12, effective=1300)

    assert who(MATRIX.needs(long)) == [("discount", ("ae", "finance"))]
    assert who(MATRIX.needs(together(long, short))) == [("discount", ("finance",))]


def test_quotes_of_two_segments_or_currencies_are_not_judged_as_one() -> None:
    with pytest.raises(NotOneRenewal):
        together(asked(), asked(segment="smb"))
    with pytest.raises(ValueError, match="different currencies"):
        together(asked(), asked(acv=Money(1, "EUR")))


# Envelopes

REGION = Envelope(
    until=SEPTEMBER, most_discount=1800, most_line=1800, least_months=24, most_net_days=45, least_acv=usd(20_000),
    proposal=True,
)


@pytest.mark.parametrize(
    ("counter", "outside"),
    [
        ({"effective": 1800, "net_days": 45}, []),
        ({"effective": 1801, "net_days": 45}, ["discount"]),
        ({"effective": 1800, "net_days": 46}, ["payment"]),
        ({"effective": 1800, "worst_line": 1801}, ["line"]),
        ({"effective": 1800, "months": 23, "net_days": 45}, ["discount"]),
        ({"effective": 1800, "acv": usd(19_999), "net_days": 45}, ["discount"]),
        ({"effective": 1800, "acv": usd(60_000), "net_days": 45}, []),
        ({"effective": 1800, "acv": usd(60_000), "months": 12}, ["discount", "proposal"]),
        ({"effective": 1800, "clauses": ("residency",)}, ["clauses"]),
        ({"effective": 1800, "worth_less": True}, ["economics"]),
    ],
)
def test_outside_an_envelope_only_the_broken_axis_is_asked_again(counter: dict[str, Any], outside: list[str]) -> None:
    needs = MATRIX.needs(asked(**({"months": 24} | counter)), (REGION,), SEPTEMBER)

    assert [need.axis.value for need in needs] == outside


def test_an_envelope_holds_to_its_last_day_and_never_without_a_day() -> None:
    counter = asked(months=24, effective=1800)

    assert MATRIX.needs(counter, (REGION,), SEPTEMBER) == ()
    assert who(MATRIX.needs(counter, (REGION,), date(2026, 10, 1))) == [("discount", ("manager",))]
    assert who(MATRIX.needs(counter, (REGION,))) == [("discount", ("manager",))]
    assert REGION.covers(counter, date(2026, 10, 1)) == ("until",)


@pytest.mark.parametrize(
    ("second", "region", "outside"),
    [
        ({}, REGION, []),
        ({"effective": 1900}, REGION, ["discount"]),
        ({"months": 36}, replace(REGION, most_months=24), ["discount"]),
        ({"net_days": 60}, REGION, ["payment"]),
        ({"effective": 1900, "worth_less": True}, replace(REGION, economics=True), ["discount", "economics"]),
        ({"effective": 1800, "worth_less": True}, replace(REGION, economics=True), []),
    ],
)
def test_of_two_quotes_each_must_lie_inside(second: dict[str, Any], region: Envelope, outside: list[str]) -> None:
    quote = together(asked(months=24, effective=1800), asked(**({"months": 24} | second)))

    assert [need.axis.value for need in MATRIX.needs(quote, (region,), SEPTEMBER)] == outside


def test_nobody_grants_a_region_beyond_their_own_authority() -> None:
    counter = asked(months=24, effective=1800, earned=1800)

    assert [role for role in APPROVERS if MATRIX.may_grant(role, REGION, counter)] == ["manager", "executive"]
    assert [role for role in APPROVERS if MATRIX.may_grant(role, replace(REGION, most_net_days=60), counter)] == [
        "executive"
    ]
    assert not MATRIX.may_grant("ae", replace(REGION, most_net_days=None), counter)
    assert not MATRIX.may_grant("manager", replace(REGION, least_months=12, most_discount=2100), counter)


def test_a_region_of_terms_is_within_authority_over_each_of_them() -> None:
    strict = Matrix.parse("matrix@2", changed(f"rows/{row('manager', 'mid-market', None)}/discount", 1000))
    long_ones = replace(REGION, most_discount=2200)

    assert not strict.may_grant("manager", long_ones, asked())
    assert not strict.may_grant("manager", replace(long_ones, least_months=25), asked())
    assert strict.may_grant("manager", replace(long_ones, least_months=25, most_months=36), asked())


MAYBE = st.none() | BPS
ENVELOPES = st.builds(
    Envelope, until=st.dates(date(2026, 9, 1), date(2026, 10, 30)), most_discount=MAYBE, most_line=MAYBE,
    least_months=st.integers(1, 36), most_months=st.none() | st.integers(1, 60),
    most_net_days=st.none() | st.integers(0, 130), least_acv=st.none() | MONEY, most_expansion=st.none() | MONEY,
    most_expansion_bps=BPS, clauses=st.none() | CLAUSES, proposal=st.booleans(), economics=st.booleans(),
)


@given(QUOTES, QUOTES, ENVELOPES)
def test_an_envelope_never_lets_through_what_breaks_one_of_its_limits(
    one: Asked, other: Asked, region: Envelope
) -> None:
    quote = together(one, other)
    asked_for = {need.axis for need in MATRIX.needs(quote)}

    left = {need.axis for need in MATRIX.needs(quote, (region,), SEPTEMBER)}

    let_through = asked_for - left
    assert let_through <= set(region.axes)
    assert not let_through or region.until >= SEPTEMBER
    limits = {
        Axis.DISCOUNT: (max(one.effective, other.effective), region.most_discount),
        Axis.LINE: (max(one.worst_line, other.worst_line), region.most_line),
        Axis.PAYMENT: (max(one.net_days, other.net_days), region.most_net_days),
        Axis.EXPANSION: (max(one.expansion_bps, other.expansion_bps), region.most_expansion_bps),
    }
    if Axis.ECONOMICS in let_through:
        limits[Axis.ECONOMICS] = limits[Axis.DISCOUNT]
    for axis in let_through & limits.keys():
        asks, most = limits[axis]
        assert most is not None and asks <= most
    if let_through & {Axis.DISCOUNT, Axis.LINE, Axis.PROPOSAL, Axis.ECONOMICS}:
        assert region.least_months <= min(one.months, other.months)
        assert max(one.months, other.months) <= (region.most_months or 60)
        assert region.least_acv is None or one.acv + other.acv >= region.least_acv
    if Axis.CLAUSES in let_through:
        assert {*one.clauses, *other.clauses} <= set(region.clauses or ())


@given(QUOTES, ENVELOPES, st.sampled_from(APPROVERS))
def test_who_may_grant_a_region_may_grant_each_quote_inside_it(quote: Asked, region: Envelope, role: str) -> None:
    assume(MATRIX.may_grant(role, region, quote))

    left = MATRIX.needs(quote, (region,), SEPTEMBER)

    assert all(MATRIX.may(role, need) for need in MATRIX.needs(quote) if need not in left)


@given(ENVELOPES)
def test_an_envelope_is_written_and_read_back(region: Envelope) -> None:
    assert Envelope.read(region.json) == region


@pytest.mark.parametrize(
    ("part", "value", "problem"),
    [
        ("until", "soon", "The envelope.until is not a day such as 2026-09-30"),
        ("most_discount", 10_001, "The envelope.most_discount is 10001"),
        ("proposal", 1, "The envelope.proposal is 1, not true or false"),
        ("least_acv", {}, "The envelope.least_acv is not one amount in one currency"),
        ("most", 1, "The envelope has keys Kekal does not know: most"),
    ],
)
def test_an_envelope_that_can_not_be_read_says_where(part: str, value: Any, problem: str) -> None:
    with pytest.raises(PolicyError) as refusal:
        Envelope.read(REGION.json | {part: value})

    assert problem in str(refusal.value)
