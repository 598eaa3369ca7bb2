"""The tools that all drawings use: a picture with its description, flashcards, a grid of numbers.

No drawing uses pyplot: a figure of pyplot's could be shown by the cell that happens to run meanwhile.
"""

from __future__ import annotations

import base64
import html
import io
import tomllib
from pathlib import Path
from typing import Any, Literal

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from drawings.sheet import Sheet

INK, PALE, GHOST = "#1b1b1b", "#f4f4f4", "#b8b8b8"
BLUE, ORANGE, GREEN, RED, PURPLE, SKY, YELLOW = (
    "#0072B2", "#E69F00", "#009E73", "#CC3311", "#CC79A7", "#56B4E9", "#F0E442",
)  # fmt: skip
"""Okabe and Ito's palette, with a red that everybody calls so: readers with any kind of colour vision tell them apart."""


def view(widget: Any, options: dict[str, Any]) -> dict[str, Any]:
    """Return what shows a widget where a kernel runs, also with the ipywidgets 7 that Colab has."""
    if not hasattr(widget, "_repr_mimebundle_"):
        about = {"version_major": 2, "version_minor": 0, "model_id": widget.model_id}
        return {"application/vnd.jupyter.widget-view+json": about}
    bundle = widget._repr_mimebundle_(**options)
    return dict(bundle[0] if isinstance(bundle, tuple) else bundle)


def subplots(
    *grid: int,
    figsize: tuple[float, float] | None = None,
    layout: Literal["constrained", "tight"] | None = None,
    **options: Any,
) -> tuple[Figure, Any]:
    """Return a new figure and its axes, as `plt.subplots` does, but known to nobody else."""
    figure = Figure(figsize=figsize, layout=layout)
    return figure, figure.subplots(*grid, **options)


class Picture:
    """A figure or sheet as an image with alt text; the last line of a cell shows it.

    `alt` says in a sentence or two what a reader who cannot see the figure must know. `table` says where cells lie that
    an `Interactive` lets one click: left, top, right and bottom in parts of the picture, then the rows and columns.
    """

    def __init__(self, figure: Figure | Sheet, alt: str, *, dpi: int = 100, table: tuple[float, ...] = ()) -> None:
        self.alt, self.table = " ".join(alt.split()), table
        if isinstance(figure, Sheet):
            self.kind, self.data = "svg+xml", figure.svg().encode()
            return
        buffer = io.BytesIO()
        figure.savefig(
            buffer, format="png", dpi=dpi, bbox_inches="tight", facecolor="white", metadata={"Software": None}
        )
        plt.close(figure)  # a lesson's own figure is pyplot's, which would show it once more
        self.kind, self.data = "png", buffer.getvalue()

    def html(self, *, style: str = "") -> str:
        """Return an `<img>` element that needs no other file, on a card that does not glare on dark pages."""
        data = base64.b64encode(self.data).decode("ascii")
        source = f"data:image/{self.kind};base64,{data}"
        cells = f' data-table="{" ".join(f"{number:.5g}" for number in self.table)}"' if self.table else ""
        return f'{_DIM}<img class="picture" alt="{html.escape(self.alt)}" src="{source}"{cells} style="{_CARD}{style}">'

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return {"text/html": self.html(), "text/plain": self.alt}


_CARD = (
    "max-width:100%;height:auto;box-sizing:border-box;padding:8px;background:#fff;"
    "border:1px solid rgba(127,127,127,.4);border-radius:6px"
)
_DIM = '<style>[data-jp-theme-light="false"] img.picture {filter: brightness(.86)}</style>'


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
