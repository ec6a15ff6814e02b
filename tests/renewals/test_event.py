"""Event names: each is emitted somewhere, so that the log's list of what can happen is true."""

import re
from pathlib import Path

from renewals.event import EventName

ROOT = Path(__file__).resolve().parents[2]
TELLS_ONLY = {"renewals/event.py", "renewals/trail.py", "app/jobs.py"}
"""Where names are listed, which is not yet that anything happens."""


def test_every_event_that_can_be_named_is_emitted_somewhere() -> None:
    source = " ".join(
        path.read_text() for floor in ("app", "portal", "admin", "gateways", "renewals")
        for path in (ROOT / floor).rglob("*.py") if str(path.relative_to(ROOT)) not in TELLS_ONLY
    )

    emitted = set(re.findall(r"EventName\.([A-Z_]+)", source))
    by_import = set(re.findall(r"'([a-z_]+\.[a-z_]+)'", source))
    assert [name.value for name in EventName if name.name not in emitted and name.value not in by_import] == []


def test_a_renewal_is_lost_by_one_verb_alone() -> None:
    source = {path: path.read_text() for path in (ROOT / "renewals").rglob("*.py")}

    assert [path.name for path, text in source.items() if "EventName.RENEWAL_LOST, by" in text] == ["renewal.py"]
    assert [path.name for path, text in source.items() if ".close_as_lost(" in text] == ["loss.py"]
