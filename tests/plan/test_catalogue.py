"""The playbooks' work as data: every heading and question of theirs, who it is for, and what an answer is."""

import re
from copy import deepcopy
from dataclasses import replace
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from renewals.errors import Malformed, NotFound
from renewals.health import Health
from renewals.plan.catalogue import HOLDS, TOUCHES, Catalogue, Pattern, Phase, check_outcome
from renewals.plan.field import Field, FieldKind, Question
from renewals.policy import PolicyKind, shipped
from renewals.segment import Segment

CONTENT = shipped(PolicyKind.TASKS)
CATALOGUE = Catalogue.of(CONTENT)
ENTERPRISE, MID, SMB = Segment.ENTERPRISE, Segment.MID_MARKET, Segment.SMB
GREEN, YELLOW, RED, UNKNOWN = Health.GREEN, Health.YELLOW, Health.RED, Health.UNKNOWN

PLAYBOOKS = Path(__file__).resolve().parents[2].parent / "shared" / "playbooks"
TEXTS = {"T": "renewal-timeline-90-days.ms.txt", "S": "renewal-strategy-framework.ms.txt"}
beside_the_playbooks = pytest.mark.skipif(not PLAYBOOKS.is_dir(), reason="the playbooks are not beside the repository")

HEADINGS = [
    # the timeline's milestone and heading, our task, its day before the renewal date, its questions
    ("T-120", "Semakan dan Perancangan Akaun", "account_review", 120, 7),
    ("T-120", "Pengesahan Kesihatan", "health_check", 120, 5),
    ("T-120", "Persediaan Dokumentasi Nilai", "value_evidence", 120, 6),
    ("T-120", "Pemetaan Stakeholder", "stakeholder_map", 120, 12),
    ("T-120", "Pembangunan Strategi Renewal", "renewal_strategy", 120, 7),
    ("T-90", "Kickoff Renewal Dalaman", "internal_kickoff", 90, 9),
    ("T-90", "Penyiapan Pemetaan Hubungan", "relationship_map", 90, 6),
    ("T-90", "Penilaian Peluang Expansion", "expansion_assessment", 90, 13),
    ("T-90", "Perancangan Mitigasi Risiko", "risk_plan", 90, 7),
    ("T-60", "Notis Renewal dan Outreach", "renewal_notice", 60, 8),
    ("T-60", "Mesyuarat Semakan Nilai", "value_review", 60, 12),
    ("T-60", "Pembentangan Penggunaan dan ROI", "usage_and_roi", 60, 12),
    ("T-60", "Perbincangan Keadaan Masa Depan", "future_state", 60, 5),
    ("T-60", "Syarat Renewal Awal", "preliminary_terms", 60, 6),
    ("T-45", "Pembangunan Proposal", "proposal_development", 45, 5),
    ("T-45", "Harga dan Packaging", "price_and_packaging", 45, 6),
    ("T-45", "Bundling Expansion", "expansion_bundling", 45, 5),
    ("T-45", "Kelulusan Dalaman", "internal_approvals", 45, 5),
    ("T-45", "Penjajaran Eksekutif", "executive_alignment", 45, 4),
    ("T-30", "Pembentangan Proposal", "proposal_presentation", 30, 7),
    ("T-30", "Permulaan Rundingan", "negotiation_opening", 30, 9),
    ("T-30", "Pengendalian Bantahan", "objections", 30, 5),
    ("T-30", "Engagement Decision-Maker", "decision_maker", 30, 6),
    ("T-30", "Perjanjian Timeline", "timeline_agreement", 30, 6),
    ("T-14", "Rundingan Akhir", "final_negotiation", 14, 6),
    ("T-14", "Penjanaan Kontrak", "contract_generation", 14, 6),
    ("T-14", "Koordinasi Workflow Kelulusan", "approval_workflow", 14, 6),
    ("T-14", "Koordinasi Tandatangan", "signature_coordination", 14, 5),
    ("T-14", "Pengesahan Syarat Pembayaran", "payment_terms", 14, 5),
    ("T-7", "Peringatan Akhir dan Follow-Up", "final_followup", 7, 5),
    ("T-7", "Eskalasi Eksekutif Jika Perlu", "executive_escalation", 7, 10),
    ("T-7", "Penyiapan Kertas Kerja", "paperwork", 0, 5),
    ("T-7", "Pengumpulan Tandatangan", "signature_collection", 7, 5),
    ("T-7", "Pemprosesan dan Kemas Kini Sistem", "systems_update", 0, 6),
    ("Post-Renewal", "Perayaan dan Terima Kasih", "thanks", -1, 5),
    ("Post-Renewal", "Dokumentasi dan Kemas Kini CRM", "documentation", -1, 6),
    ("Post-Renewal", "Tangkapan Pelajaran Yang Dipelajari", "lessons", -7, 8),
    ("Post-Renewal", "Perancangan Tahun Depan Bermula", "next_year", -14, 5),
    ("Post-Renewal", "Pembangunan Pipeline Expansion", "expansion_pipeline", -14, 4),
]

PHASES = {
    "T-120": "readiness", "T-90": "kickoff", "T-60": "engagement", "T-45": "proposal", "T-30": "presentation",
    "T-14": "finalising", "T-7": "closing", "Post-Renewal": "after",
}

FROM_A_SENTENCE = {
    # tasks that have no heading of their own, with their day
    "recovery_escalation": 180, "issue_sprint": 180, "relationship_repair": 180, "concessions_priced": 120,
    "exit_criteria_verified": 120, "executive_business_review": 90, "friction_points": 90, "under_engaged_people": 90,
    "quick_health_check": 60, "fight_or_let_go": 60, "commitment": 60, "legal_and_procurement": 45,
    "expansion_terms": 45, "their_approval_process": 30, "reality_check": 14, "nonstandard_payment": 14,
    "checkin_call": 14, "renegotiation": 120, "deliver_extras": -14,
}

OURS = {"readiness"}
"""What neither playbook asks for."""

RECOVERY = {
    "recovery_escalation", "issue_sprint", "relationship_repair", "concessions_priced", "exit_criteria_verified",
    "fight_or_let_go",
}
REASSURANCE = {"friction_points", "under_engaged_people", "commitment"}


def keys(segment: Segment, touch: str, health: Health, strategic: bool = False) -> set[str]:
    return {pattern.key for pattern in CATALOGUE.patterns_for(segment, touch, health, strategic)}


def minutes(segment: Segment, touch: str, health: Health, strategic: bool = False) -> int:
    return sum(pattern.minutes for pattern in CATALOGUE.patterns_for(segment, touch, health, strategic))


# The table beside the playbooks


def by_heading() -> list[Pattern]:
    return [pattern for pattern in CATALOGUE.patterns if pattern.source == "T" and not pattern.quote]


def test_every_heading_of_the_timeline_is_a_task_once_in_order_and_on_its_day() -> None:
    ours = [(one.heading, one.key, one.at, len(one.checklist)) for one in by_heading()]

    assert ours == [row[1:] for row in HEADINGS]
    assert [one.phase for one in by_heading()] == [Phase(PHASES[row[0]]) for row in HEADINGS]


def test_the_other_tasks_name_the_sentence_they_come_from() -> None:
    assert {one.key: one.at for one in CATALOGUE.patterns if one.quote} == FROM_A_SENTENCE
    assert {one.key for one in CATALOGUE.patterns if one.source == "K"} == OURS
    assert len(CATALOGUE.patterns) == len(HEADINGS) + len(FROM_A_SENTENCE) + len(OURS)


def lines_of(source: str) -> list[str]:
    return (PLAYBOOKS / TEXTS[source]).read_text("utf-8").splitlines()


def sections() -> list[tuple[str, str, str]]:
    """Milestone, heading and prose of each activity. A heading is a paragraph that ends no sentence."""
    found: list[tuple[str, str, str]] = []
    milestone = ""
    for line in filter(None, lines_of("T")):
        if line == "Variasi Timeline Mengikut Segmen":
            break
        if line[-1] in '.?:"':
            if found:
                found[-1] = (*found[-1][:2], f"{found[-1][2]} {line}")
        elif line.startswith(("T-", "Post-Renewal")):
            milestone = re.split(r" ", line)[0]
        elif milestone:
            found.append((milestone, line, ""))
    return found


def words(text: str) -> set[str]:
    return set(re.findall(r"[a-z0-9%-]{5,}", text.lower()))


def plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", text.lower()).strip()


@beside_the_playbooks
def test_the_list_above_is_the_timelines_own() -> None:
    assert [row[:2] for row in sections()] == [row[:2] for row in HEADINGS]


@beside_the_playbooks
def test_no_question_of_the_timeline_is_left_out() -> None:
    asked = 0
    for pattern, (_, _, prose) in zip(by_heading(), sections(), strict=True):
        checklist = plain(" ".join(question.ms for question in pattern.checklist))
        questions = [plain(one) for one in re.findall(r"[^.?:!]+\?", prose)]
        asked += len(questions)

        assert [one for one in questions if one not in checklist] == [], pattern.heading
    assert asked > 60


@beside_the_playbooks
def test_the_malay_questions_keep_to_the_timelines_words() -> None:
    for pattern, (_, _, prose) in zip(by_heading(), sections(), strict=True):
        for question in pattern.checklist:
            said = words(question.ms)
            assert len(said & words(prose)) >= 0.75 * len(said), question.ms


@beside_the_playbooks
def test_every_task_names_its_line() -> None:
    for pattern in (one for one in CATALOGUE.patterns if one.key not in OURS):
        lines = lines_of(pattern.source)
        assert pattern.line
        assert pattern.heading in lines
        if pattern.quote:
            assert pattern.quote in lines[pattern.line - 1]
            assert lines.index(pattern.heading) < pattern.line - 1
        else:
            assert lines[pattern.line - 1] == pattern.heading


# Whom a task is for


@pytest.mark.parametrize("touch", ["assisted", "negotiated"])
@pytest.mark.parametrize("strategic", [False, True])
def test_a_green_renewal_fits_its_budget(touch: str, strategic: bool) -> None:
    """Source: framework, "Segmen Mengikut Nilai Kontrak": 15 to 25 hours, 5 to 10, and 1 to 3 at the most."""
    assert 15 * 60 <= minutes(ENTERPRISE, touch, GREEN, strategic) <= 25 * 60
    assert 5 * 60 <= minutes(MID, touch, GREEN, strategic) <= 10 * 60
    assert minutes(SMB, touch, GREEN, strategic) < 180


def test_a_yellow_renewal_fits_it_too_and_a_small_one_even_when_red() -> None:
    for strategic in (False, True):
        assert minutes(ENTERPRISE, "negotiated", YELLOW, strategic) <= 25 * 60
        assert minutes(MID, "negotiated", YELLOW, strategic) <= 10 * 60
        assert all(minutes(SMB, touch, health, strategic) < 180 for touch in TOUCHES for health in Health)


@pytest.mark.parametrize("touch", ["assisted", "negotiated"])
def test_a_small_renewal_asks_two_things_of_people_and_no_more(touch: str) -> None:
    assert keys(SMB, touch, GREEN) == {"quick_health_check", "checkin_call"}


def test_nobody_works_on_a_renewal_that_runs_by_itself_until_it_turns_red() -> None:
    for segment in Segment:
        assert keys(segment, "auto", GREEN) == keys(segment, "auto", YELLOW) == set()
        assert keys(segment, "auto", RED) == RECOVERY


def test_preparation_exists_in_every_other_plan() -> None:
    early = {row[2] for row in HEADINGS if row[0] in ("T-120", "T-90")}

    for segment, touch, health in product((ENTERPRISE, MID), ("assisted", "negotiated"), Health):
        assert early <= keys(segment, touch, health)


def test_red_and_yellow_bring_their_own_work() -> None:
    for segment, touch in product(Segment, ("assisted", "negotiated")):
        green, yellow, red = (keys(segment, touch, health) for health in (GREEN, YELLOW, RED))

        assert yellow - green == REASSURANCE
        assert red - green == RECOVERY
        assert green - yellow == set()
        assert green - red <= {"expansion_bundling", "expansion_terms"}  # who is at risk is sold nothing more


def test_an_unknown_health_is_met_with_yellows_work() -> None:
    assert keys(MID, "negotiated", UNKNOWN) == keys(MID, "negotiated", YELLOW)


def test_only_a_strategic_account_has_its_executives_aligned_and_that_holds_the_proposal_up() -> None:
    alignment = CATALOGUE.pattern("executive_alignment")

    assert alignment.blocks == "proposal_sent"
    for segment in Segment:
        assert "executive_alignment" in keys(segment, "negotiated", GREEN, strategic=True)
        assert "executive_alignment" not in keys(segment, "negotiated", GREEN)


def test_executives_and_sales_join_the_review_of_a_strategic_account() -> None:
    review = CATALOGUE.pattern("account_review")

    assert review.role == "csm"
    assert review.team(strategic=False) == ("manager",)
    assert review.team(strategic=True) == ("manager", "ae", "executive")


def test_an_assisted_renewal_has_one_meeting_and_no_negotiation() -> None:
    spared = keys(MID, "negotiated", GREEN) - keys(MID, "assisted", GREEN)

    assert "value_review" in keys(MID, "assisted", GREEN)
    assert spared == {
        "expansion_bundling", "proposal_presentation", "negotiation_opening", "objections", "decision_maker",
        "final_negotiation",
    }


def test_the_layers_of_an_enterprise_are_its_own() -> None:
    assert keys(ENTERPRISE, "negotiated", GREEN) - keys(MID, "negotiated", GREEN) == {
        "executive_business_review", "legal_and_procurement", "expansion_terms", "their_approval_process",
        "nonstandard_payment",
    }


def test_a_segment_is_given_its_own_minutes() -> None:
    enterprise, mid = (
        next(one for one in CATALOGUE.patterns_for(segment, "negotiated", GREEN) if one.key == "value_review")
        for segment in (ENTERPRISE, MID)
    )

    assert (enterprise.minutes, mid.minutes) == (60, 35)
    assert replace(mid, minutes=60) == enterprise


def test_what_a_task_holds_up_is_known() -> None:
    held = {one.key: one.blocks for one in CATALOGUE.patterns if one.blocks}

    assert held == {
        "fight_or_let_go": "proposal_sent", "internal_approvals": "proposal_sent",
        "executive_alignment": "proposal_sent", "final_negotiation": "contract_sent", "paperwork": "closed_won",
    }
    assert set(held.values()) == set(HOLDS)


# What every task has


@pytest.mark.parametrize("pattern", CATALOGUE.patterns, ids=lambda pattern: pattern.key)
def test_a_task_is_written_in_both_languages_and_ends_with_an_answer(pattern: Pattern) -> None:
    texts = [pattern.title, pattern.purpose, *pattern.checklist, *pattern.outcome]

    assert all(text.label("en") and text.label("ms_MY") for text in texts)
    assert pattern.title.en != pattern.title.ms and pattern.purpose.en != pattern.purpose.ms
    assert pattern.purpose.en.endswith(".") and pattern.purpose.ms.endswith(".")
    assert all(question.en != question.ms for question in pattern.checklist)
    assert any(field.required for field in pattern.outcome)


# A company edits its own


def edited(key: str = "account_review", /, **changes: Any) -> dict[str, Any]:
    content = deepcopy(CONTENT)
    next(task for task in content["tasks"] if task["key"] == key).update(changes)
    return content


def whom(**changes: Any) -> dict[str, Any]:
    return {"segments": ["smb"], "touch": ["assisted"], "health": ["green"], "strategic": None} | changes


WORDS = {"en": "Yes", "ms": "Ya"}
ONE = {"key": "one"} | WORDS
FAULTS: list[tuple[dict[str, Any], str]] = [
    ({"role": "wizard"}, "Task account_review.role is 'wizard', not one of owner, csm"),
    ({"role": "buyer"}, "Task account_review.role is 'buyer'"),
    ({"participants": ["manager", "nobody"]}, "Task account_review.participants[1] is 'nobody'"),
    ({"participants_if_strategic": "executive"}, "participants_if_strategic is not a list"),
    ({"title": {"en": "Review"}}, "Task account_review.title has no 'ms'."),
    ({"purpose": {"en": "Review", "ms": " "}}, "Task account_review.purpose.ms is not a text."),
    ({"checklist": []}, "Task account_review.checklist is empty; name at least one."),
    ({"checklist": [{"key": "one", "ms": "Ya"}]}, "checklist[0] has no 'en'"),
    ({"checklist": [ONE, ONE]}, "Task account_review.checklist names 'one' twice."),
    ({"checklist": [ONE | {"key": "One!"}]}, "a key is written like account_review"),
    ({"outcome": []}, "Task account_review.outcome is empty"),
    ({"outcome": [ONE | {"kind": "colour"}]}, "outcome[0].kind is 'colour'"),
    ({"outcome": [ONE | {"kind": "choice"}]}, "outcome[0] has no 'options'"),
    ({"outcome": [ONE | {"kind": "choice", "options": []}]}, "options is empty"),
    ({"outcome": [ONE | {"kind": "date", "options": [ONE]}]}, "options is not for a date"),
    ({"outcome": [ONE | {"kind": "text", "required": "yes"}]}, "required is true or false"),
    ({"outcome": [ONE | {"kind": "text"}] * 2}, "Task account_review.outcome names 'one' twice."),
    ({"for": whom(segments=["tiny"])}, "for.segments[0] is 'tiny'"),
    ({"for": whom(segments=[])}, "for.segments is empty; such a task would be nobody's."),
    ({"for": whom(touch=["robot"])}, "for.touch[0] is 'robot'"),
    ({"for": whom(health=["unknown"])}, "for.health[0] is 'unknown'"),
    ({"for": whom(strategic="yes")}, "for.strategic is true, false or null"),
    ({"at": 400}, "at is 400, not a whole number from -90 to 365"),
    ({"at": "120"}, "at is '120'"),
    ({"minutes": 0}, "minutes is 0"),
    ({"minutes_in": {"tiny": 5}}, "minutes_in has keys Kekal does not know: tiny"),
    ({"phase": "later"}, "phase is 'later'"),
    ({"blocks": "everything"}, "blocks is 'everything'"),
    ({"source": "X"}, "source is 'X'"),
    ({"days": 3}, "Task account_review has keys Kekal does not know: days"),
]


@pytest.mark.parametrize(("changes", "sentence"), FAULTS, ids=[row[1][:60] for row in FAULTS])
def test_a_broken_task_is_refused_with_its_name_and_place(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(Malformed, match=re.escape(sentence)):
        Catalogue.of(edited(**changes))


def test_two_tasks_of_one_key_are_refused() -> None:
    with pytest.raises(Malformed, match=r"names 'account_review' twice"):
        Catalogue.of({"tasks": [*CONTENT["tasks"], CONTENT["tasks"][5]]})


@pytest.mark.parametrize("content", [{}, {"tasks": {}}, {"tasks": [None]}, {"tasks": [{}]}, {"tasks": [], "more": 1}])
def test_what_is_no_table_at_all_is_refused(content: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        Catalogue.of(content)


def test_a_company_gives_a_task_to_somebody_else_and_takes_another_out() -> None:
    content = edited("account_review", role="specialist", minutes=90)
    content["tasks"] = [task for task in content["tasks"] if task["key"] != "thanks"]

    theirs = Catalogue.of(content)

    assert theirs.pattern("account_review").role == "specialist"
    with pytest.raises(NotFound):
        theirs.pattern("thanks")


# An answer is data


REVIEW = CATALOGUE.pattern("fight_or_let_go")
DECIDED = {
    "decision": "fight", "value": {"amount": "60000.00", "currency": "USD"},
    "cost": {"amount": "4500", "currency": "USD"}, "probability": " 55 ", "why": "  Two new sites.  ",
}


def test_an_answer_is_kept_as_data() -> None:
    kept = check_outcome(REVIEW, DECIDED)

    assert kept == {
        "decision": "fight", "value": {"minor": 6000000, "currency": "USD"},
        "cost": {"minor": 450000, "currency": "USD"}, "probability": 55, "why": "Two new sites.",
    }
    assert check_outcome(REVIEW, kept) == kept


def test_dates_people_and_ticks_are_data_too_and_what_was_left_open_is_not_kept() -> None:
    review, paperwork = CATALOGUE.pattern("executive_business_review"), CATALOGUE.pattern("paperwork")
    booked = {"on": date(2026, 9, 4), "guests": ["Ruth", " Ruth ", "Hana"], "ours": "Grace"}
    done = {"signed": "on", "filed": True, "payment": "paid", "completed_on": "2026-09-04"}

    assert check_outcome(review, booked) == {"on": "2026-09-04", "guests": ["Ruth", "Hana"], "ours": ["Grace"]}
    assert check_outcome(paperwork, done) == done | {"signed": True}
    assert "blocker" not in check_outcome(CATALOGUE.pattern("reality_check"), {"verdict": "close", "blocker": " "})


ODD: list[tuple[str, str, object]] = [
    ("fight_or_let_go", "decision", "perhaps"), ("fight_or_let_go", "decision", ["fight"]),
    ("fight_or_let_go", "decision", None), ("fight_or_let_go", "value", "60000"),
    ("fight_or_let_go", "value", {"amount": "1e9", "currency": "USD"}),
    ("fight_or_let_go", "value", {"amount": "10.001", "currency": "USD"}),
    ("fight_or_let_go", "value", {"amount": "-1", "currency": "USD"}),
    ("fight_or_let_go", "value", {"amount": "10", "currency": "XXQ"}),
    ("fight_or_let_go", "value", {"amount": 10, "currency": "USD"}),
    ("fight_or_let_go", "value", {"minor": True, "currency": "USD"}),
    ("fight_or_let_go", "value", {"minor": 10**16, "currency": "USD"}), ("fight_or_let_go", "value", {}),
    ("fight_or_let_go", "probability", "55%"), ("fight_or_let_go", "probability", -1),
    ("fight_or_let_go", "probability", 5.5), ("fight_or_let_go", "probability", True),
    ("fight_or_let_go", "probability", "9" * 30), ("fight_or_let_go", "why", ""), ("fight_or_let_go", "why", 7),
    ("fight_or_let_go", "why", "a\x00b"), ("fight_or_let_go", "why", "\ud800"),
    ("fight_or_let_go", "why", "x" * 4001), ("paperwork", "signed", "no"), ("paperwork", "signed", False),
    ("paperwork", "signed", "maybe"), ("paperwork", "signed", None), ("paperwork", "completed_on", "04/09/2026"),
    ("paperwork", "completed_on", "2026-02-30"), ("paperwork", "completed_on", "0001-01-01"),
    ("paperwork", "completed_on", 20260904), ("thanks", "thanked", []), ("thanks", "thanked", {"who": "Ruth"}),
    ("thanks", "thanked", ["Ruth", None]), ("thanks", "thanked", ["x"] * 31), ("thanks", "thanked", ["x" * 201]),
    ("thanks", "unheard_of", "anything"),
]


@pytest.mark.parametrize(("key", "field", "given"), ODD)
def test_what_can_not_be_understood_is_refused_with_its_field(key: str, field: str, given: object) -> None:
    pattern = CATALOGUE.pattern(key)

    with pytest.raises(Malformed) as no:
        check_outcome(pattern, answers(pattern) | {field: given})

    assert no.value.field == field
    assert str(no.value).endswith(".")


SAMPLES: dict[FieldKind, object] = {
    FieldKind.TEXT: "Said so", FieldKind.DATE: "2026-09-04", FieldKind.MONEY: {"amount": "1.00", "currency": "USD"},
    FieldKind.NUMBER: 3, FieldKind.PEOPLE: ["Ruth"], FieldKind.FLAG: True,
}


def answers(pattern: Pattern) -> dict[str, object]:
    """Every field of a task, answered."""
    return {one.key: one.options[0].key if one.options else SAMPLES[one.kind] for one in pattern.outcome}


@pytest.mark.parametrize("pattern", CATALOGUE.patterns, ids=lambda pattern: pattern.key)
def test_every_task_can_be_answered_and_needs_what_it_says_it_needs(pattern: Pattern) -> None:
    kept = check_outcome(pattern, answers(pattern))

    assert check_outcome(pattern, kept) == kept
    assert set(kept) == {field.key for field in pattern.outcome}
    for field in (field for field in pattern.outcome if field.required):
        with pytest.raises(Malformed, match=re.escape(field.en)):
            check_outcome(pattern, {key: value for key, value in kept.items() if key != field.key})


def test_a_flag_that_is_not_required_may_be_a_no() -> None:
    asked = Field("Told?", "Dimaklumkan?", "told", FieldKind.FLAG, (), required=False)

    assert [asked.read(given) for given in (None, "", "no", False, "yes")] == [False, False, False, False, True]
    assert Question("Yes", "Ya", "yes").label("ms") == "Ya"
