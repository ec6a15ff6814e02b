"""Mutants: each guard of the money is taken away, and the same oracle must see it, or another guard must hold."""

import re
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from typing import LiteralString
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import event

from gateways.stripe import Frozen, Stripe
from renewals.payment import Answer, Unknown
from tests.crash.oracle import violations
from tests.money.parties import RUTH
from tests.world import World, click_form

pytestmark = pytest.mark.mutant
CLICKS = 20
LOCKED = re.compile(r" FOR (NO KEY )?UPDATE( OF \w+)?")
RENDEZVOUS = """
CREATE SEQUENCE arrivals;
CREATE FUNCTION meet() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE patience timestamptz := clock_timestamp() + interval '3 seconds';
BEGIN
    PERFORM nextval('arrivals');
    WHILE (SELECT last_value FROM arrivals) < 2 AND clock_timestamp() < patience LOOP
        PERFORM pg_sleep(0.005);
    END LOOP;
    RETURN NEW;
END $$;
CREATE TRIGGER meet BEFORE INSERT ON payment FOR EACH ROW EXECUTE FUNCTION meet();
"""
"""The first attempt, all its checks done, waits at the table's door until a second one has come as far; when
something holds the second back, the first grows tired of waiting and goes in alone."""


class Careless(Stripe):
    """The mistake that everybody makes once: no answer, so it is tried again, with a new key."""

    def charge(self, request: Frozen, key: str, *, again: bool = False) -> Answer:
        answer = super().charge(request, key, again=again)
        return super().charge(request, f"{key}-once-more") if isinstance(answer, Unknown) else answer


@pytest.mark.parametrize(("kind", "charges"), [(Stripe, 1), (Careless, 2)])
def test_a_second_try_with_a_new_key_is_found_out(world: World, kind: type[Stripe], charges: int) -> None:
    settings = world.house.settings
    stripe = kind(settings.stripe_key, settings.stripe_webhook_secret, settings.stripe_base)
    house = replace(world.house, stripe=stripe)
    careless = replace(world, house=house)
    renewal = world.renewal("cedar-dental")
    world.sandbox.fault("cut_after")

    careless.signed_in(RUTH).click(renewal)
    world.wait_and_work(2)

    assert len(world.sandbox.charges(renewal)) == charges
    assert ("2 charges for one renewal." in _broken(world, renewal)) is (charges == 2)


def test_without_the_index_the_lock_still_holds(world: World) -> None:
    renewal = _declined_once(world)
    _alter(world, "DROP INDEX uq_payment_one_live")

    answers = _clicks_at_once(world, renewal)

    assert answers == {303: CLICKS}
    assert len(world.sandbox.charges(renewal)) == 1


def test_without_the_lock_the_index_still_holds_but_clicks_fail(world: World) -> None:
    renewal = _declined_once(world)

    with _without_locks(world):
        answers = _clicks_at_once(world, renewal)

    assert len(world.sandbox.charges(renewal)) == 1
    assert answers[500] > 0


def test_without_both_the_money_moves_more_than_once_and_the_oracle_sees_it(world: World) -> None:
    renewal = _declined_once(world)
    _alter(world, "DROP INDEX uq_payment_one_live")

    with _without_locks(world):
        _clicks_at_once(world, renewal)

    charges = len(world.sandbox.charges(renewal))
    assert charges > 1
    assert f"{charges} charges for one renewal." in _broken(world, renewal)


def _declined_once(world: World) -> UUID:
    """Somebody has accepted, and the first card did not pay: only lock and index are left to hold the second click.
    From now on two clicks meet wherever nothing keeps them apart."""
    renewal = world.renewal("cedar-dental")
    world.sandbox.fault("decline")
    world.signed_in(RUTH).click(renewal)
    _alter(world, RENDEZVOUS)
    return renewal


def _clicks_at_once(world: World, renewal: UUID) -> Counter[int]:
    visitors = [world.signed_in(RUTH) for _ in range(CLICKS)]
    forms = [click_form(visitor.get(f"/renewals/{renewal}").text) for visitor in visitors]

    def press(number: int) -> int:
        path = f"/renewals/{renewal}/payment"
        return visitors[number].client.post(path, data=forms[number], follow_redirects=False).status_code

    with ThreadPoolExecutor(CLICKS) as threads:
        return Counter(threads.map(press, range(CLICKS)))


def _alter(world: World, how: LiteralString) -> None:
    """In this test's own database."""
    with psycopg.connect(world.house.settings.database_url, autocommit=True) as connection:
        connection.execute(how)


@contextmanager
def _without_locks(world: World) -> Iterator[None]:
    engine = world.house.database.engine

    def unlock(
        connection: object, cursor: object, statement: str, parameters: object, *rest: object
    ) -> tuple[str, object]:
        return LOCKED.sub("", statement), parameters

    event.listen(engine, "before_cursor_execute", unlock, retval=True)
    yield
    event.remove(engine, "before_cursor_execute", unlock)


def _broken(world: World, renewal: UUID) -> list[str]:
    with world.writing() as session:
        return violations(session, world.sandbox, world.mails(), renewal)
