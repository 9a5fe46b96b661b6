"""Figures with their goals: the table, and what is kept of it."""
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Figure:
    """One thing measured. `goal` is a number, None when nothing is asked; `least`: the goal is a minimum."""

    name: str
    value: float
    unit: str
    goal: float | None = None
    least: bool = False
    detail: str = ""

    @property
    def met(self):
        """Whether the goal is met; None without a goal."""
        if self.goal is None:
            return None
        return self.value >= self.goal if self.least else self.value <= self.goal

    def cells(self):
        """The figure as texts: name, value, goal, verdict, detail."""
        goal = "" if self.goal is None else f"{'≥' if self.least else '≤'} {self.goal:g}"
        verdict = {None: "", True: "ok", False: "MISSED"}[self.met]
        return self.name, f"{self.value:,.1f} {self.unit}".strip(), goal, verdict, self.detail


def table(figures):
    """The figures as an aligned text."""
    rows = [("Measure", "Figure", "Goal", "", "How"), *(figure.cells() for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = ["  ".join([*(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=False)), row[4]]).rstrip()
             for row in rows]
    return "\n".join([lines[0], "─" * (sum(widths) + 14), *lines[1:]])


def as_json(figures, context):
    """What `.dev/bench.json` holds."""
    return {"context": context, "met": all(figure.met is not False for figure in figures),
            "figures": [asdict(figure) | {"met": figure.met} for figure in figures]}
