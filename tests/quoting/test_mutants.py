"""Mutants: each guard of what leaves the house is taken away, and the test of its promise must miss it."""

from collections.abc import Callable
from functools import partial

import pytest

from renewals.quoting import authority, deciding, drafting
from renewals.quoting.authority import Authority
from renewals.quoting.basis import Basis
from renewals.quoting.review import Review
from tests.quoting import test_approvals as promises
from tests.web.standing import owner_of_the_database
from tests.world import World

pytestmark = pytest.mark.mutant
Promise = Callable[[World], None]


def nothing(*given: object, **more: object) -> None:
    """The guard is gone."""


GUARDS: dict[str, tuple[object, str, object, Promise]] = {
    "their own quote": (
        deciding, "authority_over", lambda session, review, quote, person, on: Authority(person, None),
        promises.test_nobody_approves_their_own_quote,
    ),
    "too little authority": (
        authority, "_is_asked", lambda review, holder: True, promises.test_nobody_approves_beyond_their_authority,
    ),
    "asked again when accepted": (
        deciding, "still_holds", lambda session, review: True,
        promises.test_a_yes_is_looked_at_again_when_the_quote_is_accepted,
    ),
    "void after a change": (
        Review, "void_all", nothing, promises.test_what_was_asked_of_the_version_before_is_not_asked_any_more,
    ),
    "an envelope as large as one likes": (
        deciding, "_must_reach", nothing, promises.test_nobody_grants_an_envelope_beyond_their_own_authority,
    ),
    "an envelope for ever": (
        Basis, "facts_hash", "always", promises.test_an_envelope_ends_when_what_it_was_granted_on_changes,
    ),
    "twice in one chain": (
        deciding, "_must_be_another", nothing,
        promises.test_who_said_yes_early_in_the_chain_is_not_asked_again_later_in_it,
    ),
    "each quote by itself": (
        drafting, "beside", lambda quote: [], promises.test_a_discount_split_over_two_quotes_is_judged_as_one,
    ),
}


@pytest.mark.parametrize("guard", GUARDS)
def test_a_guard_that_is_gone_is_missed(world: World, monkeypatch: pytest.MonkeyPatch, guard: str) -> None:
    room, name, instead, promise = GUARDS[guard]
    monkeypatch.setattr(room, name, instead)

    _is_broken(partial(promise, world))


TRIGGERS = {
    "an approval nobody earned": ("approval", "approval_is_earned"),
    "showing what is not approved": ("quote", "quote_shows_what_is_approved"),
    "accepted without a yes": ("quote", "quote_shows_what_is_approved"),
    "a decision taken back": ("review", "keep_decision"),
    "a version that needs nobody after all": ("offer", "never_changes"),
}


@pytest.mark.parametrize("attempt", TRIGGERS)
def test_a_trigger_that_is_gone_is_missed(world: World, attempt: str) -> None:
    table, trigger = TRIGGERS[attempt]
    with owner_of_the_database(world) as connection:
        connection.execute(f"DROP TRIGGER {trigger} ON {table}".encode())

    _is_broken(partial(promises.test_the_database_itself_refuses, world, attempt))


def _is_broken(promise: Callable[[], None]) -> None:
    try:
        promise()
    except (Exception, pytest.fail.Exception):
        return
    raise AssertionError("Nobody missed it.")
