"""State machines written as tables: what may become of a record, in one place, to be read and tested."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


class RefusedMove(ValueError):
    """A move that is not possible in a state."""

    def __init__(self, state: str, move: str, possible: tuple[str, ...]) -> None:
        super().__init__(f"{move} is not possible in state {state}; possible: {', '.join(possible) or 'nothing'}")
        self.state = state
        self.move = move
        self.possible = possible


@dataclass(frozen=True)
class Machine:
    """The moves of one kind of record: `{(state, move): state that follows}`."""

    name: str
    table: Mapping[tuple[str, str], str]

    def after(self, state: str, move: str) -> str:
        """Return the state that follows a move.

        :raise RefusedMove: the move is not possible in this state
        """
        try:
            return self.table[state, move]
        except KeyError:
            raise RefusedMove(state, move, self.moves(state)) from None

    def moves(self, state: str) -> tuple[str, ...]:
        """Return the moves possible in a state, in the order of the table."""
        return tuple(move for known, move in self.table if known == state)

    @property
    def states(self) -> frozenset[str]:
        """Every state that the table names."""
        return frozenset(state for state, _move in self.table) | frozenset(self.table.values())

    @property
    def final(self) -> frozenset[str]:
        """The states that nothing leaves."""
        return self.states - {state for state, _move in self.table}
