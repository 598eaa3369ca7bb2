"""The tools that all drawings use: a figure with its description, controls, flashcards, a grid of numbers.

A lesson shows a matplotlib figure through `Picture`, which carries alt text, and a picture with
controls through `Interactive`, which moves while a kernel runs and is a still `Picture` without one.
No drawing uses pyplot: a figure of pyplot's could be shown by the cell that happens to run meanwhile.
"""

from __future__ import annotations

import base64
import html
import io
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ipywidgets as widgets
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

INK, PALE, GHOST = "#1b1b1b", "#f4f4f4", "#b8b8b8"
BLUE, ORANGE, GREEN, RED, PURPLE, SKY, YELLOW = (
    "#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9", "#F0E442",
)  # fmt: skip
"""Okabe and Ito's palette, which readers with any kind of colour vision can tell apart."""


def subplots(
    *grid: int, figsize: tuple[float, float] | None = None, layout: str | None = None, **options: Any
) -> tuple[Figure, Any]:
    """Return a new figure and its axes, as `plt.subplots` does, but known to nobody else."""
    figure = Figure(figsize=figsize, layout=layout)
    return figure, figure.subplots(*grid, **options)


class Picture:
    """A figure as an image with alt text; the last line of a cell shows it.

    `alt` says in a sentence or two what a reader who cannot see the figure must know.
    """

    def __init__(self, figure: Figure, alt: str, *, dpi: int = 110) -> None:
        buffer = io.BytesIO()
        figure.savefig(
            buffer, format="png", dpi=dpi, bbox_inches="tight", facecolor="white", metadata={"Software": None}
        )
        plt.close(figure)  # a lesson's own figure is pyplot's, which would show it once more
        self.alt = " ".join(alt.split())
        self.png = buffer.getvalue()

    def html(self) -> str:
        """Return an `<img>` element that needs no other file."""
        data = base64.b64encode(self.png).decode("ascii")
        return f'<img alt="{html.escape(self.alt)}" src="data:image/png;base64,{data}" style="max-width:100%">'

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return {"text/html": self.html(), "text/plain": self.alt}


class Interactive:
    """Controls above a picture that `draw(**values)` makes anew whenever one of them changes.

    `controls` maps each argument of `draw` to an ipywidgets control (all work from the keyboard).
    `draw` returns a `Picture`; a `ValueError` that it raises is shown as a line of text.
    """

    def __init__(self, draw: Callable[..., Picture], **controls: widgets.ValueWidget) -> None:
        self.still = draw(**{name: control.value for name, control in controls.items()})
        self.controls = controls
        self._draw = draw
        self._pane = widgets.HTML(value=self.still.html())
        for control in controls.values():
            control.style.description_width = "initial"
            control.observe(self._redraw, names="value")
        row = widgets.Box(list(controls.values()), layout=widgets.Layout(flex_flow="row wrap"))
        self.widget = widgets.VBox([row, self._pane])

    def _redraw(self, _: object) -> None:
        try:
            self._pane.value = self._draw(**{name: control.value for name, control in self.controls.items()}).html()
        except ValueError as error:
            self._pane.value = f"<p><b>{html.escape(str(error))}</b></p>"

    def _repr_mimebundle_(self, **options: object) -> dict[str, object]:
        bundle = self.widget._repr_mimebundle_(**options)
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        return {**data, "text/html": self.still.html(), "text/plain": f"Interactive picture. {self.still.alt}"}


class Cards:
    """The flashcards of one lesson, read from `cards.toml`: the question, and the answer behind a click."""

    def __init__(self, lesson: str, path: Path = Path(__file__).parent.with_name("cards.toml")) -> None:
        self.cards = [card for card in tomllib.loads(path.read_text("utf-8"))["card"] if card["lesson"] == lesson]
        if not self.cards:
            raise ValueError(f"{path.name} has no card of lesson {lesson!r}")

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        def code(card: dict[str, str]) -> str:
            return f"<pre>{html.escape(card['code'].strip())}</pre>" if "code" in card else ""

        page = "".join(
            f"<details><summary><b>{html.escape(card['front'])}</b></summary>"
            f"<p>{html.escape(card['back'])}</p>{code(card)}</details>"
            for card in self.cards
        )
        return {"text/html": page, "text/plain": "\n".join(card["front"] for card in self.cards)}


def grid(ax: Axes, values: np.ndarray, *, color: str = BLUE, ghost: np.ndarray | None = None, fmt: str = "g") -> None:
    """Draw a 2-D array (rows, columns) as a grid of numbered boxes; cells where `ghost` is True are pale copies."""
    rows, columns = values.shape
    for (row, column), value in np.ndenumerate(values):
        pale = ghost is not None and bool(ghost[row, column])
        box = Rectangle(
            (column, row), 1, 1, facecolor=color, alpha=0.15 if pale else 0.45,
            edgecolor=GHOST if pale else INK, linestyle="--" if pale else "-",
        )  # fmt: skip
        ax.add_patch(box)
        ax.text(column + 0.5, row + 0.5, format(value, fmt), ha="center", va="center", color=GHOST if pale else INK)
    ax.set(xlim=(-0.1, columns + 0.1), ylim=(rows + 0.1, -0.1), aspect="equal")
    ax.axis("off")
