"""Mutants: each conjunct is forgotten in turn; then something else holds, or money moves and the test above sees it."""

import pytest
from psycopg.errors import RestrictViolation
from sqlalchemy.exc import IntegrityError

from renewals import auto_renewal
from renewals.auto_renewal import CONJUNCTS
from tests.auto_renewal.juno import A_DAY, RENEWS_ON, Juno
from tests.auto_renewal.test_predicate import AFTER_A_TRY, TAKEN_AWAY, _try_in_vain

FORGOTTEN = {
    "open": "the job", "clause": "the database", "due": "money moves", "stays": "the job",
    "mandate": "a programmer's error", "card": "money moves", "notice": "the database", "price": "the database",
    "standing": "money moves", "choice": "money moves", "touch": "money moves",
}
"""What comes of it when one is forgotten and the thing itself is missing."""


@pytest.mark.parametrize(("name", "comes"), FORGOTTEN.items())
def test_a_forgotten_conjunct_is_caught_or_costs_money(
    juno: Juno, monkeypatch: pytest.MonkeyPatch, name: str, comes: str
) -> None:
    juno.world.stand_at(RENEWS_ON)
    if name in AFTER_A_TRY:
        _try_in_vain(juno)
    if name == "due":
        juno.world.stand_at(RENEWS_ON - A_DAY)
    else:
        juno.alter(TAKEN_AWAY[name])
    kept = tuple(conjunct for conjunct in CONJUNCTS if conjunct.name != name)
    monkeypatch.setattr(auto_renewal, "CONJUNCTS", kept)

    assert _happens(juno) == comes


def _happens(juno: Juno) -> str:
    try:
        juno.fall_due()
    except AssertionError:
        return "a programmer's error"
    except IntegrityError as refused:
        return "the database" if isinstance(refused.orig, RestrictViolation) else "something else"
    if juno.charges():
        return "money moves"
    held = juno.held_back()
    return held[-1][0] if held else "the job"
