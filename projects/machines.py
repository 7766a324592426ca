"""Every state a thing can be in and the acts that move it, as data. No Django here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Move:
    """One act takes a thing from one state to another; ``who`` does it."""

    source: str
    act: str
    target: str
    who: str


@dataclass(frozen=True, slots=True)
class Machine:
    """All moves of one kind of thing; what is not among them cannot happen."""

    name: str
    start: str
    moves: tuple[Move, ...]

    def target(self, source: str, act: str) -> str | None:
        """Where the act leads from there; None when it may not be done then."""
        for move in self.moves:
            if (move.source, move.act) == (source, act):
                return move.target
        return None

    @property
    def states(self) -> tuple[str, ...]:
        """Every state, the first one first."""
        named = [self.start, *(s for m in self.moves for s in (m.source, m.target))]
        return tuple(dict.fromkeys(named))

    @property
    def ends(self) -> tuple[str, ...]:
        """States that nothing leads out of."""
        left = {move.source for move in self.moves}
        return tuple(state for state in self.states if state not in left)


def moves(text: str) -> tuple[Move, ...]:
    """Moves from lines of the form ``source -> target: act (who)``.

    ValueError for a line of another form.
    """
    found = []
    for line in filter(None, map(str.strip, text.splitlines())):
        states, colon, told = line.partition(": ")
        source, arrow, target = states.partition(" -> ")
        act, bracket, who = told.removesuffix(")").partition(" (")
        if not (colon and arrow and bracket):
            raise ValueError(f"not a move: {line!r}")
        found.append(Move(source, act, target, who))
    return tuple(found)


def diagram(machine: Machine) -> str:
    """The machine as a Mermaid state diagram."""
    lines = ["stateDiagram-v2", f"    [*] --> {machine.start}"]
    lines += [
        f"    {m.source} --> {m.target}: {m.act} ({m.who})" for m in machine.moves
    ]
    lines += [f"    {end} --> [*]" for end in machine.ends]
    return "\n".join(lines)


def document(machines: Iterable[Machine]) -> str:
    """All machines as one page of Markdown."""
    parts = [
        "# States and acts",
        "",
        "Written by `manage.py statemachine`. What is not drawn cannot happen.",
    ]
    for machine in machines:
        parts += ["", f"## {machine.name}", "", "```mermaid", diagram(machine), "```"]
    return "\n".join(parts) + "\n"


ENGAGEMENT = Machine(
    "Engagement",
    "feasibility",
    moves(
        """
        intake -> declined: decline (project manager)
        feasibility -> agreement: issue_assessment (project manager)
        feasibility -> declined: decline (project manager)
        agreement -> initial: sign (both sides)
        initial -> accuracy: accept_review (both sides)
        accuracy -> operation: accept_review (both sides)
        operation -> closed: accept_review (both sides)
        """
    ),
)
ASSESSMENT = Machine(
    "Feasibility assessment",
    "open",
    moves("open -> issued: issue_assessment (project manager)"),
)
AGREEMENT = Machine(
    "Agreement",
    "draft",
    moves(
        """
        draft -> draft: write_part (project manager)
        draft -> offered: sign (project manager)
        offered -> in_force: sign (customer's executive)
        offered -> refused: refuse (customer's executive)
        in_force -> superseded: sign_next_version (both sides)
        """
    ),
)
