"""Letters of the plan: every one for every reader in both languages, what overtakes them, who pauses them, and what
becomes of one that is refused."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope
from aiosmtpd.smtp import Session as SmtpSession
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from app.chores.household import sweep_messages
from app.demo.mailbox import MailSink
from app.letters import WRITERS
from app.postgres import free_port
from app.wording import compose, shown_on
from app.work import Work
from gateways import stencil
from gateways.mail import Mail
from gateways.stencil import Shape
from renewals.account import Account
from renewals.closing import decline
from renewals.event import Event, EventName
from renewals.message import ABOUT_RENEWAL, EXEMPT, TO_STAFF, Message, MessageKind, MessageState
from renewals.permission import Permission
from renewals.person import Person
from renewals.plan.readers import readers
from renewals.policy import PolicyKind, shipped
from renewals.renewal import Renewal
from renewals.snooze import Snooze, is_snoozed
from renewals.wording import ALL, LOCALES, PARTS, SEGMENTS, WORDED, Wording, Wordings, letters_of
from tests.world import PUBLIC_URL, World

TODAY = datetime(2026, 8, 5, 14, tzinfo=UTC)
RUTH, LEO, MAYA = "ruth@cedar-dental.example", "leo@cedar-dental.example", "maya@lumen.example"
ANNA = "anna@halden-bank.example"
SHIPPED = letters_of(shipped(PolicyKind.LETTERS))
INTERNAL = re.compile(
    r"\b(health|healthy|risk|risky|segment|smb|mid-market|enterprise|escalat\w*|authority|discount\w*|milestone|t-?\d{1,3}"
    r"|churn|upsell|playbook|stage|pipeline|kesihatan|risiko|segmen|eskalasi|diskaun|peringkat)\b", re.IGNORECASE
)
"""What a customer never reads about themselves. Source: framework and timeline, their words for our own work."""
ENGLISH = re.compile(
    r"\b(the|and|you|your|we|our|is|are|was|of|for|to|with|what|when|this|that|it|not|now|see|please|thank|hello|renews?"
    r"|year|price|answer|day|from|on|by|has|have|will|last|next|open)\b", re.IGNORECASE
)
PLACE = re.compile(r"\{\{.*?\}\}")


def test_every_message_is_about_a_renewal_exempt_or_for_ourselves() -> None:
    sets = [ABOUT_RENEWAL, EXEMPT, TO_STAFF]

    assert {kind: sum(kind in one for one in sets) for kind in MessageKind} == dict.fromkeys(MessageKind, 1)


def test_every_message_has_words_of_the_company_or_of_the_program() -> None:
    assert {one.kind for one in SHIPPED} == WORDED
    assert set(MessageKind) - WORDED - set(WRITERS) <= {MessageKind.HANDOFF}
    assert not WORDED & set(WRITERS)


@pytest.mark.parametrize("wording", SHIPPED, ids=[one.key for one in SHIPPED])
def test_the_shipped_words_pass_their_own_proof_in_both_languages(wording: Wording) -> None:
    stencil.proof(wording)

    shapes = {locale: [p.shape for p in stencil.parts_of(words.body)] for locale, words in wording.words.items()}
    assert set(wording.words) == set(LOCALES)
    assert shapes["en"] == shapes["ms"]


@pytest.mark.parametrize("wording", SHIPPED, ids=[one.key for one in SHIPPED])
def test_no_english_is_left_in_malay(wording: Wording) -> None:
    words = PLACE.sub("", f"{wording.words['ms'].subject}\n{wording.words['ms'].body}")

    assert ENGLISH.findall(words) == []
    assert len(words) > 0.5 * len(PLACE.sub("", wording.words["en"].body))


@pytest.mark.parametrize("wording", [one for one in SHIPPED if not one.is_for_staff], ids=lambda one: one.key)
def test_no_word_of_our_own_work_reaches_a_customer(wording: Wording) -> None:
    for words in wording.words.values():
        assert INTERNAL.findall(PLACE.sub("", f"{words.subject}\n{words.body}")) == []


def test_the_words_differ_by_the_part_somebody_plays() -> None:
    said = {one.part: one.words["en"].body for one in SHIPPED if one.kind is MessageKind.SUMMARY_NOTICE}

    assert len(set(said.values())) == len(said) == 6
    assert "forward" in said["champion"]
    assert "budget" in said["economic_buyer"]
    assert "decision" in said["decision_maker"]
    assert "order number" in said["procurement"]
    assert "data protection" in said["legal"]


def test_the_friendly_letter_sells_nothing() -> None:
    for one in SHIPPED:
        if one.kind in (MessageKind.REMINDER, MessageKind.FRIENDLY_LETTER):
            names = {name for said in one.words.values() for name in stencil.names_of(f"{said.subject}\n{said.body}")}
            assert not names & {"new_price", "term", "card"}
            assert {"price", "renews_on", "renews_in"} <= names


# Each on a real renewal


def people_of(session: Session, renewal: Renewal, part: str) -> Person:
    found = readers(session, renewal, [part]) if part != ALL else []
    theirs = select(Person).where(Person.account_id == renewal.account_id, Person.active).order_by(Person.id)
    return found[0][0] if found else session.scalars(theirs).all()[0]


@pytest.mark.parametrize("account", ["cedar-dental", "pelangi-cafe", "northwind-freight", "halden-bank", "juno-studio"])
@pytest.mark.parametrize("locale", LOCALES)
def test_every_kind_for_every_part_reads_well_on_a_real_renewal(standing: World, account: str, locale: str) -> None:
    language = standing.house.html.language(locale)
    with standing.reading() as session:
        renewal = Renewal.find(session, standing.renewal(account))
        shown, owner = shown_on(session, renewal, TODAY), session.get_one(Person, renewal.owner_id)
        wordings = Wordings.in_force(session, TODAY.date())
        for kind in sorted(WORDED):
            for part in (ALL, *PARTS):
                reader = owner if kind in TO_STAFF else people_of(session, renewal, part)
                wording = wordings.best(kind, shown.choice.segment.value, part)
                news = {"letter": "The letter", "reader": "Ruth", "why": "The address was refused."}
                letter, written = compose(
                    standing.house, wording, shown, reader, locale, link="https://x.example/links/abc", news=news
                )

                day = language.short_day(renewal.renews_on) if kind is not MessageKind.THANKS else " 20"
                assert day in letter.subject, letter.subject
                assert f"{renewal.value.currency} " in letter.subject
                assert len(letter.subject) < 150
                assert letter.words == f"{wording.key}@1"
                for said in (letter.text, letter.html):
                    assert "{{" not in said
                    assert "None" not in said
                    assert said.count("https://x.example/links/abc") == (3 if refusable(kind) else 1)
                    assert reader.first_name in said
                assert letter.html.count('class="button"') == 1
                assert re.search(r'<a class="button"[^>]* style="[^"]*background', letter.html)
                assert [part.shape for part in written.parts].count(Shape.BUTTON) == 1
                if kind not in TO_STAFF:
                    assert INTERNAL.findall(letter.text) == []


def refusable(kind: MessageKind) -> bool:
    return kind in ABOUT_RENEWAL - {MessageKind.THANKS}


def written_for(world: World, account: str, kind: MessageKind, locale: str = "en", **changes: Any) -> str:
    with world.reading() as session, session.no_autoflush:
        renewal = Renewal.find(session, world.renewal(account))
        for name, value in changes.items():
            setattr(renewal.term, name, value)
        reader = people_of(session, renewal, ALL)
        shown = shown_on(session, renewal, changes.get("at", TODAY))
        wording = Wordings.in_force(session, TODAY.date()).best(kind, shown.choice.segment.value, ALL)
        letter, _ = compose(world.house, wording, shown, reader, locale, link="https://x.example")
        session.expunge_all()
        return letter.text


def test_cedars_letter_says_what_ruth_needs(standing: World) -> None:
    text = written_for(standing, "cedar-dental", MessageKind.RENEWAL_READY)

    assert "saved your team an estimated 312 hours, worth about USD 14,040." in text
    assert "Decide by: Friday, 21 August 2026, in 16 days" in text
    assert "Card: Visa ending 4242" in text
    assert "Term: 4 Sep 2026 to 3 Sep 2027" in text
    assert "Do not renew:\nhttps://x.example?to=opt-out" in text
    assert "Pause these letters:\nhttps://x.example?to=snooze" in text


def test_what_is_not_known_is_not_claimed(standing: World) -> None:
    with standing.reading() as session:
        query = select(Account.external_id).where(~Account.external_id.in_(["cedar-dental"])).order_by(Account.id)
        accounts = session.scalars(query.limit(40)).all()
    texts = [
        written_for(standing, account, MessageKind.REMINDER) for account in accounts
        if standing.renewal(account).int
    ]

    silent = [text for text in texts if "hours" not in text]
    assert silent
    assert not [text for text in silent if "saved your team" in text]


def test_what_happens_without_an_answer_is_what_the_agreement_says(standing: World) -> None:
    ends = written_for(standing, "cedar-dental", MessageKind.FOLLOW_UP, auto_renew=False)
    renews = written_for(standing, "cedar-dental", MessageKind.FOLLOW_UP, auto_renew=True)
    late = written_for(standing, "cedar-dental", MessageKind.FOLLOW_UP, "ms", auto_renew=True, notice_days=60)

    assert "If nobody decides, it works until Thursday, 3 September 2026 and then stops." in ends
    assert "By your agreement it renews on Friday, 4 September 2026 unless you say no by Friday, 21 August" in renews
    assert "Mengikut perjanjian anda, ia diperbaharui pada Jumaat, 4 September 2026." in late
    assert "Keputusan" not in late


@pytest.mark.parametrize("segment", SEGMENTS)
def test_words_come_from_the_nearest_that_are_written(segment: str) -> None:
    wordings = Wordings(1, SHIPPED)
    found = {
        part: wordings.best(MessageKind.FOLLOW_UP, segment, part).key for part in (ALL, "champion", "economic_buyer")
    }

    assert found["economic_buyer"] == "follow_up.all.economic_buyer"
    assert found["champion"] == found[ALL] == ("follow_up.smb.all" if segment == "smb" else "follow_up.all.all")


# What overtakes a letter


def plan_letter(
    world: World, account: str, email: str, *, kind: MessageKind = MessageKind.FOLLOW_UP, wait: timedelta | None = None,
    purpose: str = "test", at: datetime | None = None, **context: Any,
) -> None:
    """As the drain plans one."""
    key = world.renewal(account)
    with world.writing() as session:
        renewal, reader = Renewal.find(session, key), session.scalars(select(Person).where(Person.email == email)).one()
        now = at or business_now(world)
        Message.plan(
            session, kind, reader, purpose=f"{purpose}:{email}", locale="en", at=now,
            leave_at=now + wait if wait else None, renewal_id=key, account_id=renewal.account_id, milestone="t14",
            **context,
        )


def business_now(world: World) -> datetime:
    with world.house.database.begin("kekal_worker", read_only=True) as (_, now):  # type: ignore[arg-type]
        return now.business


def planned(world: World, email: str, purpose: str = "test") -> Message:
    with world.reading() as session:
        return session.scalars(select(Message).where(Message.purpose == f"{purpose}:{email}")).one()


def test_a_letter_leaves_in_the_words_of_its_version_and_says_which(world: World) -> None:
    plan_letter(world, "cedar-dental", RUTH, part="economic_buyer")

    world.work()

    sent = planned(world, RUTH)
    assert (sent.state, sent.words) == (MessageState.SENT, "follow_up.all.economic_buyer@1")
    assert world.mails()[-1].subject.startswith("Growth renews Fri 4 Sep 2026: USD ")


def test_a_letter_whose_hour_has_not_come_waits(world: World) -> None:
    plan_letter(world, "cedar-dental", RUTH, wait=timedelta(days=3))
    with world.writing() as session:
        waiting = session.scalars(select(Message).where(Message.purpose == f"test:{RUTH}")).one()
        Event.record(session, EventName.MESSAGE_PLANNED, waiting, by=None, at=TODAY)  # the job comes once more

    world.work()

    assert planned(world, RUTH).state is MessageState.PLANNED
    assert "follow_up" not in {mail.kind for mail in world.mails() if mail.to == [RUTH]}


def test_a_no_in_the_meantime_keeps_the_letter_back(world: World) -> None:
    key, ruth = world.renewal("cedar-dental"), world.person(RUTH)
    plan_letter(world, "cedar-dental", RUTH)
    with world.writing() as session:
        decline(Renewal.find(session, key), "unused", by=ruth, at=TODAY)

    world.work()

    dropped = planned(world, RUTH)
    assert (dropped.state, dropped.why) == (MessageState.DROPPED, "They told us that they will not renew.")
    assert "follow_up" not in {mail.kind for mail in world.mails() if mail.to == [RUTH]}


def test_whoever_renewed_in_the_meantime_gets_thanks_and_no_reminder(world: World) -> None:
    key = world.renewal("cedar-dental")
    world.signed_in(RUTH).click(key)
    world.work()
    with world.writing() as session:
        for kind in (MessageKind.FOLLOW_UP, MessageKind.THANKS):
            Message.plan(
                session, kind, world.person(RUTH), purpose=f"{kind}:{RUTH}", locale="en", at=TODAY, renewal_id=key,
                part="champion",
            )

    world.work()

    assert planned(world, RUTH, "follow_up").why == "The renewal is closed."
    thanks = next(mail for mail in world.mails() if mail.kind == "thanks")
    assert thanks.subject.startswith("Thank you, Ruth: Growth goes on until Sat 4 Sep 2027, USD ")
    assert "Next renewal: Saturday, 4 September 2027" in thanks.text
    assert "opt-out" not in thanks.text


def test_nobody_who_left_the_company_is_written_to(world: World) -> None:
    plan_letter(world, "cedar-dental", LEO)
    with world.writing() as session:
        session.scalars(select(Person).where(Person.email == LEO)).one().active = False

    world.work()

    assert planned(world, LEO).why == "They are no longer at this company."


def test_no_thanks_for_what_was_not_renewed(world: World) -> None:
    plan_letter(world, "cedar-dental", RUTH, kind=MessageKind.THANKS)

    world.work()

    assert planned(world, RUTH).why == "It was not renewed."


# A pause


def test_a_reader_pauses_the_letters_by_the_mailed_link_and_takes_it_back(world: World) -> None:
    mail = next(mail for mail in world.mails() if mail.to == [RUTH] and mail.kind == "renewal_ready")
    path = next(word for word in mail.text.split() if word.endswith("?to=snooze")).removeprefix(PUBLIC_URL)
    visitor = world.visitor()

    came = visitor.post(path, page=path)
    page = visitor.get(came.headers["location"])
    seen = is_asleep(world, RUTH)
    done = visitor.post(came.headers["location"], {"days": "14"}, page=came.headers["location"])
    after = visitor.get(done.headers["location"])

    assert came.headers["location"] == f"/renewals/{mail.about}/snooze"
    assert "Pause these letters" in page.text
    assert not seen
    assert is_asleep(world, RUTH)
    assert "No letters until" in after.text
    assert "19 August 2026" in after.text
    visitor.post(f"{came.headers['location']}/withdrawal", page=came.headers["location"])
    assert not is_asleep(world, RUTH)
    with world.reading() as session:
        told = session.scalars(select(Event.name).where(Event.name.like("snooze.%")).order_by(Event.seq)).all()
    assert told == ["snooze.begun", "snooze.ended"]


def is_asleep(world: World, email: str, after: timedelta = timedelta(0)) -> bool:
    with world.reading() as session:
        person = session.scalars(select(Person).where(Person.email == email)).one()
        return is_snoozed(session, person, business_now(world) + after)


def sleep(world: World, email: str, days: int = 14) -> None:
    key = world.renewal("cedar-dental")
    with world.writing() as session:
        person = session.scalars(select(Person).where(Person.email == email)).one()
        Snooze.begin(session, Renewal.find(session, key), days, by=person, at=business_now(world))


def test_a_pause_ends_by_itself_and_a_second_one_takes_its_place(world: World) -> None:
    sleep(world, RUTH)
    ends = [is_asleep(world, RUTH, timedelta(days=days)) for days in (13, 15)]
    sleep(world, RUTH, 30)

    assert ends == [True, False]
    assert is_asleep(world, RUTH, timedelta(days=29))


@pytest.mark.parametrize("days", ["", "0", "15", "-14", "14.0", "1e1", "９", "9999999999999999999"])
def test_only_the_lengths_that_are_offered_can_be_chosen(world: World, days: str) -> None:
    page = f"/renewals/{world.renewal('cedar-dental')}/snooze"

    answer = world.signed_in(RUTH).post(page, {"days": days}, page=page)

    assert answer.status_code == 422
    assert "Choose how long." in answer.text
    assert not is_asleep(world, RUTH)


def test_a_paused_reader_is_skipped_and_when_nobody_is_left_the_owner_is_told_once(world: World) -> None:
    plan_letter(world, "cedar-dental", RUTH)
    plan_letter(world, "cedar-dental", LEO)
    sleep(world, RUTH)
    world.work()
    told_early = [mail for mail in world.mails() if mail.kind == "paused"]
    sleep(world, LEO)
    plan_letter(world, "cedar-dental", RUTH, kind=MessageKind.FINAL_REMINDER, purpose="last")
    plan_letter(world, "cedar-dental", LEO, kind=MessageKind.FINAL_REMINDER, purpose="last")
    world.work()

    told = [mail for mail in world.mails() if mail.kind == "paused"]
    assert planned(world, RUTH).why == "They paused our letters."
    assert planned(world, LEO).state is MessageState.SENT
    assert told_early == []
    assert [mail.to for mail in told] == [[MAYA]]
    assert "Nobody reads: Cedar Dental renews Fri 4 Sep 2026" in told[0].subject
    assert "“final reminder”" in told[0].text


def test_a_pause_holds_no_receipt_back(world: World) -> None:
    sleep(world, RUTH, 30)
    world.signed_in(RUTH).click(world.renewal("cedar-dental"))

    world.work()

    assert "receipt" in {mail.kind for mail in world.mails() if mail.to == [RUTH]}


# A letter that is refused


class Refusing:
    """A mail server that knows nobody of Cedar Dental, and reads what is for Anna before it refuses it; the others'
    mail is kept."""

    def __init__(self, sink: MailSink) -> None:
        self.sink = sink

    async def handle_RCPT(
        self, server: SMTP, session: SmtpSession, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address.endswith("@cedar-dental.example"):
            return "550 5.1.1 nobody of that name here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: SmtpSession, envelope: Envelope) -> str:
        if envelope.rcpt_tos == [ANNA]:
            return "550 5.7.1 we do not take such mails"
        return await self.sink.handle_DATA(server, session, envelope)


@pytest.fixture
def refused(world: World) -> Iterator[World]:
    server = Controller(Refusing(MailSink(Path(world.mailbox))), hostname="127.0.0.1", port=free_port())
    server.start()
    house = replace(world.house, mail=Mail(f"smtp://127.0.0.1:{server.port}", "renewals@lumen.example"))
    yield replace(world, house=house)
    server.stop()


def test_a_refused_letter_shows_on_the_renewal_and_its_owner_hears_of_it(refused: World) -> None:
    plan_letter(refused, "cedar-dental", RUTH)

    refused.work()

    failed = planned(refused, RUTH)
    page = refused.signed_in(MAYA).get(f"/admin/renewals/{refused.renewal('cedar-dental')}").text
    told = [mail for mail in refused.mails() if mail.kind == "undelivered"]
    assert failed.state is MessageState.FAILED
    assert failed.why == "The address was refused ([550])."
    assert failed.subject is not None
    assert failed.subject in page
    assert "The address was refused ([550])." in page
    assert RUTH in page
    assert [mail.to for mail in told] == [[MAYA]]
    assert "to Ruth Calder, ruth@cedar-dental.example at Cedar Dental was refused for good" in told[0].text
    assert failed.subject in told[0].text
    assert "The address was refused ([550])." in told[0].text


def test_a_mail_that_is_refused_when_it_has_been_read_is_not_tried_again(refused: World) -> None:
    plan_letter(refused, "halden-bank", ANNA)

    refused.work()

    failed = planned(refused, ANNA)
    assert (failed.state, failed.why) == (MessageState.FAILED, "The mail was refused (550).")


def test_a_mail_server_that_was_away_for_a_day_gets_every_letter_once(world: World) -> None:
    before = {mail.message_id for mail in world.mails()}
    sink = Controller(MailSink(world.mailbox), hostname="127.0.0.1", port=free_port())
    house = replace(world.house, mail=Mail(f"smtp://127.0.0.1:{sink.port}", "renewals@lumen.example"))
    away = replace(world, house=house)
    people = [RUTH, LEO]
    for email in people:
        plan_letter(away, "cedar-dental", email)
    away.visitor().post("/sign-in", {"email": RUTH}, page="/sign-in")
    away.work()
    with away.writing() as session:  # as after twelve tries
        session.execute(text("UPDATE procrastinate_jobs SET status = 'failed' WHERE task_name = 'send_message'"))
        asked = session.scalars(select(Message.id).where(Message.kind == MessageKind.SIGN_IN)).one()
        yesterday = UUID(int=asked.int - (86_400_000 << 80))  # a key begins with the millisecond it was made
        session.execute(update(Message).where(Message.id == asked).values(id=yesterday))
    sink.start()

    for _ in range(3):
        Work(away.house).run(sweep_messages)
        away.work()
    sink.stop()

    came = [mail for mail in world.mails() if mail.message_id not in before]
    assert sorted(mail.to[0] for mail in came) == sorted(people)
    assert {planned(away, email).state for email in people} == {MessageState.SENT}
    with away.reading() as session:
        sign_in = session.scalars(select(Message).where(Message.kind == MessageKind.SIGN_IN)).one()
        assert (sign_in.state, sign_in.why) == (MessageState.DROPPED, "Its code has run out.")


def test_a_letter_sent_again_is_the_same_letter(world: World) -> None:
    plan_letter(world, "cedar-dental", RUTH)
    world.work()
    sent, mails = planned(world, RUTH), len(world.mails())
    with world.writing() as session:
        Event.record(session, EventName.MESSAGE_PLANNED, session.get_one(Message, sent.id), by=None, at=TODAY)

    world.work()

    assert len(world.mails()) == mails
    assert sent.message_id in {mail.message_id for mail in world.mails()}


def test_only_managers_and_administrators_change_the_words(world: World) -> None:
    people = {name: world.person(f"{name}@lumen.example") for name in ("maya", "ines", "adam")}
    may = {name: person.may(Permission.EDIT_LETTERS) for name, person in people.items()}

    assert may == {"maya": False, "ines": True, "adam": True}


def test_letters_name_a_day_in_the_readers_language(standing: World) -> None:
    assert "diperbaharui pada Jumaat, 4 September 2026" in written_for(
        standing, "cedar-dental", MessageKind.REMINDER, "ms"
    )
    assert date(2026, 9, 4).weekday() == 4
