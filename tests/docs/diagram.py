"""Diagram: the state machines as README draws them; `python -m tests.docs.diagram` writes them anew."""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

from renewals.acceptance import Acceptance, AcceptanceState
from renewals.message import Message, MessageState
from renewals.notice import Notice, NoticeState
from renewals.payment import Payment, PaymentState
from renewals.plan.milestone import Milestone, MilestoneState
from renewals.plan.task import Task, TaskState
from renewals.renewal import Renewal, RenewalState

README = Path(__file__).resolve().parents[2] / "README.md"
BEGIN, END = "<!-- states -->", "<!-- /states -->"
MACHINES: list[tuple[str, type[StrEnum], Mapping[Any, frozenset[Any]]]] = [
    ("Renewal", RenewalState, Renewal.MOVES),
    ("Payment", PaymentState, Payment.MOVES),
    ("Acceptance", AcceptanceState, Acceptance.MOVES),
    ("Message", MessageState, Message.MOVES),
    ("Milestone", MilestoneState, Milestone.MOVES),
    ("Task", TaskState, Task.MOVES),
    ("Notice", NoticeState, Notice.MOVES),
]


def drawn() -> str:
    """All machines, in the order of their states."""
    return "\n\n".join(_machine(*machine) for machine in MACHINES)


def _machine(name: str, states: type[StrEnum], moves: Mapping[Any, frozenset[Any]]) -> str:
    arrows = [
        f"    {state.value} --> {', '.join(to.value for to in states if to in moves.get(state, frozenset()))}"
        for state in states
        if moves.get(state)
    ]
    return "\n".join([f"{name}", "", "```", *(arrow.strip() for arrow in arrows), "```"])


def write() -> None:
    text = README.read_text()
    before, _, rest = text.partition(BEGIN)
    after = rest.partition(END)[2]
    README.write_text(f"{before}{BEGIN}\n{drawn()}\n{END}{after}")


if __name__ == "__main__":
    write()
