"""Once: a write that comes again under the same key is answered as before and not done again."""

import hashlib
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from app.api.door import Call, Told
from app.api.problem import KeyReused
from app.apitoken import KeptAnswer
from renewals.base import new_key
from renewals.errors import Malformed

HEADER = "idempotency-key"
LIFE = timedelta(hours=24)
LONGEST_KEY = 255


def once(call: Call, work: Callable[[Call], Told]) -> Told:
    """Do the work, or give the answer it had. Two at once: the second waits for the first one's transaction.

    Raises: Malformed for a key that is too long, KeyReused when the key came with another request before.
    """
    key = call.asked.headers.get(HEADER, "")
    if not key:
        return work(call)
    if len(key) > LONGEST_KEY:
        raise Malformed(f"An idempotency key has at most {LONGEST_KEY} characters.", HEADER)
    _forget_old(call)
    kept = _claimed(call, key)
    if kept is None:
        return _repeated(call, key)
    told = work(call)
    kept.status, kept.body = told.status, told.body
    return told


def _claimed(call: Call, key: str) -> KeptAnswer | None:
    """The row of this key, made just now; None when it was there."""
    made = call.session.execute(
        insert(KeptAnswer)
        .values(
            id=new_key(), token_id=call.token_id, key=key, request_hash=_hash(call), status=0, body=b"",
            answered_at=call.now.machine,
        )
        .on_conflict_do_nothing(index_elements=["token_id", "key"])
        .returning(KeptAnswer.id)
    ).scalar_one_or_none()
    return None if made is None else call.session.get_one(KeptAnswer, made)


def _repeated(call: Call, key: str) -> Told:
    wanted = select(KeptAnswer).where(KeptAnswer.token_id == call.token_id, KeptAnswer.key == key)
    kept = call.session.scalars(wanted).one()
    if kept.request_hash != _hash(call):
        raise KeyReused("This idempotency key came with another request before. Use a new key for a new write.")
    return Told(kept.body, kept.status, headers={"Idempotent-Replayed": "true"})


def _hash(call: Call) -> str:
    asked = call.asked
    said = repr((sorted(asked.path.items()), sorted(asked.query.items()))).encode() + b"\n" + asked.body
    return hashlib.sha256(said).hexdigest()


def _forget_old(call: Call) -> None:
    old = KeptAnswer.answered_at < call.now.machine - LIFE
    call.session.execute(delete(KeptAnswer).where(KeptAnswer.token_id == call.token_id, old))
