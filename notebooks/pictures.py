"""Draw the pictures that lessons share, each with a description in words.

A lesson shows a matplotlib figure through `Picture`, which carries alt text, and a picture with
controls through `Interactive`, which moves while a kernel runs and is a still `Picture` without one.
The sections below the shared tools are one a lesson.
"""

from __future__ import annotations

import ast
import base64
import html
import io
import itertools
import json
import math
import tomllib
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import ipywidgets as widgets
import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

INK, PALE, GHOST = "#1b1b1b", "#f4f4f4", "#b8b8b8"
BLUE, ORANGE, GREEN, RED, PURPLE, SKY, YELLOW = (
    "#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9", "#F0E442",
)  # fmt: skip
"""Okabe and Ito's palette, which readers with any kind of colour vision can tell apart."""


class Picture:
    """A figure as an image with alt text; the last line of a cell shows it.

    `alt` says in a sentence or two what a reader who cannot see the figure must know.
    """

    def __init__(self, figure: Figure, alt: str, *, dpi: int = 110) -> None:
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png", dpi=dpi, bbox_inches="tight", facecolor="white", metadata={"Software": None})
        plt.close(figure)
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

    def __init__(self, lesson: str, path: Path = Path(__file__).with_name("cards.toml")) -> None:
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


def grid(ax: plt.Axes, values: np.ndarray, *, color: str = BLUE, ghost: np.ndarray | None = None, fmt: str = "g") -> None:
    """Draw a 2-D array (rows, columns) as a grid of numbered boxes; cells where `ghost` is True are pale copies."""
    rows, columns = values.shape
    for (row, column), value in np.ndenumerate(values):
        pale = ghost is not None and bool(ghost[row, column])
        box = plt.Rectangle(
            (column, row), 1, 1, facecolor=color, alpha=0.15 if pale else 0.45,
            edgecolor=GHOST if pale else INK, linestyle="--" if pale else "-",
        )  # fmt: skip
        ax.add_patch(box)
        ax.text(column + 0.5, row + 0.5, format(value, fmt), ha="center", va="center", color=GHOST if pale else INK)
    ax.set(xlim=(-0.1, columns + 0.1), ylim=(rows + 0.1, -0.1), aspect="equal")
    ax.axis("off")


# 02 ─ creating arrays ────────────────────────────────────────────────────────────────────────────


CREATIONS: dict[str, list[tuple[str, str]]] = {
    "constants": [
        ("np.zeros((n, n))", "torch.zeros(n, n)"),
        ("np.full((n, n), 5)", "torch.full((n, n), 5)"),
        ("np.ones_like(x)", "torch.ones_like(t)"),
        ("np.full_like(x, 4.7)", "torch.full_like(t, 4.7)"),
    ],
    "ranges": [
        ("np.arange(n)", "torch.arange(n)"),
        ("np.linspace(0, 1, n)", "torch.linspace(0, 1, n)"),
        ("np.arange(0, 1, 1 / n)", "torch.arange(0, 1, 1 / n)"),
        ("np.logspace(0, 2, n)", "torch.logspace(0, 2, n)"),
    ],
    "diagonals": [
        ("np.eye(n, k=k)", "torch.eye(n, k=k)"),
        ("np.tri(n, k=k)", "torch.ones(n, n).tril(k)"),
        ("np.eye(n, n + 1)", "torch.eye(n, n + 1)"),
        ("np.diag(x, k)", "torch.diag(t, k)"),
    ],
    "repeats": [
        ("x.repeat(r)", "t.repeat(r)"),
        ("np.repeat(x, r)", "t.repeat_interleave(r)"),
        ("np.tile(x, r)", "t.repeat(r)"),
        ("np.tile(x, r)", "torch.tile(t, (r,))"),
    ],
    "grids": [
        ("np.meshgrid(x, y)[0]", "torch.meshgrid(t, u)[0]"),
        ("np.meshgrid(x, y)[1]", "torch.meshgrid(t, u)[1]"),
        ("np.meshgrid(x, y,\nindexing='ij')[0]", "torch.meshgrid(t, u,\nindexing='ij')[0]"),
        ("np.meshgrid(x, y,\nindexing='ij')[1]", "torch.meshgrid(t, u,\nindexing='ij')[1]"),
    ],
    "random": [
        ("rng.random((n, n))", "torch.rand(n, n,\ngenerator=g)"),
        ("rng.integers(1, 9, (n, n))", "torch.randint(1, 9, (n, n),\ngenerator=g)"),
    ],
}
"""What `creation_gallery` draws: by family, a NumPy call and the torch call of the same look.

x and t count from 1 to n, y and u are 10, 20 (a short y axis); rng and g are generators with seed 0.
"""


def _created(call: str, n: int, k: int, r: int) -> np.ndarray | None:
    """Return what a call of `CREATIONS` makes, or None if it ends in a TypeError."""
    import torch  # here, for not every lesson that draws needs it

    x, y = np.arange(1, n + 1), np.array([10, 20])
    names = {"n": n, "k": k, "r": r, "x": x, "y": y, "t": torch.from_numpy(x), "u": torch.from_numpy(y)}
    names |= {"np": np, "torch": torch, "rng": np.random.default_rng(0), "g": torch.Generator().manual_seed(0)}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # torch.meshgrid asks for `indexing`; the lesson shows that
            return np.asarray(eval(call, names))  # so what stands above a panel is what ran
    except TypeError:
        return None


def _verdict(ours: np.ndarray | None, theirs: np.ndarray | None) -> str:
    """Say in two words how two results differ; the empty string means that they do not."""
    if ours is None or theirs is None:
        return "no such argument"
    if ours.shape != theirs.shape:
        return "shape differs"
    if not np.allclose(ours, theirs):
        return "values differ"
    return "" if ours.dtype == theirs.dtype else "dtype differs"


def _panel(ax: plt.Axes, call: str, made: np.ndarray | None, verdict: str) -> None:
    """Draw one result as a heat map with its call above, its dtype and shape below, and a red border for a verdict."""
    ax.set(xticks=[], yticks=[])
    ax.set_title(call, fontsize=8, family="monospace")
    if made is None:
        ax.text(0.5, 0.5, "TypeError", ha="center", va="center", transform=ax.transAxes, color=RED)
    else:
        cells = np.atleast_2d(made).astype(float)
        spread = float(np.ptp(cells)) or 1.0
        ax.imshow(cells, cmap="Blues", vmin=cells.min() - 0.3 * spread, vmax=cells.max() + 0.8 * spread,
                  aspect="auto" if made.ndim == 1 else "equal")  # fmt: skip
        for (row, column), value in np.ndenumerate(cells):
            digits = 0 if value == round(value) or value > 10 else 2 if cells.shape[1] < 6 else 1
            ax.text(column, row, f"{value:.{digits}f}", ha="center", va="center", fontsize=7)
    below = "" if made is None else f"{made.dtype} {made.shape}"
    ax.set_xlabel(f"{below}\n{verdict}".strip("\n"), fontsize=8, color=RED if verdict else INK)
    for spine in ax.spines.values():
        spine.set(color=RED if verdict else GHOST, linewidth=3 if verdict else 1)
        spine.set_linestyle("--" if verdict == "dtype differs" else "-")


def creation_gallery(n: int = 4, k: int = 1, repeats: int = 2, family: str = "overview") -> Picture:
    """Draw what NumPy's creation calls make, and beside each what the torch call of the same look makes."""
    if family != "overview" and family not in CREATIONS:
        raise ValueError(f"There is no family {family!r}: take overview, {', '.join(CREATIONS)}.")
    pairs = CREATIONS[family] if family in CREATIONS else [pair for calls in CREATIONS.values() for pair in calls[:2]]
    made = [(_created(ours, n, k, repeats), _created(theirs, n, k, repeats)) for ours, theirs in pairs]
    heights = [1.1 if ours is not None and ours.ndim == 1 else 2.1 for ours, _ in made[::2]]
    figure, axes = plt.subplots(len(heights), 4, figsize=(10.5, sum(heights)), height_ratios=heights, squeeze=False,
                                layout="constrained")  # fmt: skip
    said = []
    for (left, right), calls, (ours, theirs) in zip(axes.reshape(-1, 2), pairs, made, strict=True):
        verdict = _verdict(ours, theirs)
        _panel(left, calls[0], ours, "")
        _panel(right, calls[1], theirs, verdict)
        said.append(f"{calls[0]} and {calls[1]}: {verdict or 'the same'}")
    alt = f"Pairs of heat maps, NumPy left, torch right; n={n}, k={k}, r={repeats}. {'; '.join(said)}."
    return Picture(figure, alt=alt)


def joined_seconds(rate: int = 8) -> Picture:
    """Draw one second of a 1 Hz sine, sampled with and without the end point, played twice in a row."""
    figure, axes = plt.subplots(2, 1, figsize=(8, 4.4), sharex=True, layout="constrained")
    for ax, endpoint in zip(axes, (True, False), strict=True):
        second = np.sin(2 * np.pi * np.linspace(0, 1, rate, endpoint=endpoint))
        ax.plot(np.arange(2 * rate), np.tile(second, 2), color=GHOST, zorder=0)
        ax.plot(np.arange(rate), second, "o", color=BLUE, label="played first")
        ax.plot(rate + np.arange(rate), second, "s", color=ORANGE, label="played again")
        ax.set(ylabel="signal", title=f"np.linspace(0, 1, {rate}, endpoint={endpoint})")
        if endpoint:
            ax.annotate("the same moment twice", (rate - 0.5, 0), (rate + 0.2, -0.85), color=RED,
                        arrowprops={"arrowstyle": "->", "color": RED})  # fmt: skip
    axes[0].legend(loc="upper right")
    axes[1].set_xlabel("sample number")
    alt = f"""A 1 Hz sine, sampled with {rate} points and played twice. With the end point, the last sample of the first
        round and the first sample of the second are the same moment: the wave stalls for one sample. Without it, the
        wave runs on evenly."""
    return Picture(figure, alt=alt)


# 06 ─ broadcasting ───────────────────────────────────────────────────────────────────────────────

Shape = tuple[int, ...]
Joined = tuple[int | None, ...]  # None stands where two sizes clash

QUIZ: tuple[tuple[Shape, Shape], ...] = (
    ((5, 1), (1, 6)), ((4, 3), (3,)), ((7,), (7, 1)), ((2, 3), (2,)), ((8, 1, 5), (4, 1)), ((3, 2), (4,)),
    ((), (2, 3)), ((1, 3), (0, 1)),
)  # fmt: skip


def read_shape(text: str) -> Shape:
    """Return the shape that someone typed.

    >>> read_shape("(3, 1)"), read_shape("5"), read_shape("()")
    ((3, 1), (5,), ())
    """
    parts = text.strip().strip("()[]").replace(",", " ").split()
    if not all(part.isdecimal() for part in parts):
        raise ValueError(f'"{text}" is not a shape yet. Type whole numbers with commas between them, such as (3, 1).')
    if len(parts) > 6:
        raise ValueError("This picture has room for six axes. Type a shape of six numbers or fewer.")
    return tuple(int(part) for part in parts)


def join_shapes(a: Shape, b: Shape) -> Joined:
    """Return the shape of a + b, with None for each axis on which they clash.

    >>> join_shapes((3, 1), (4,)), join_shapes((3, 2), (4,))
    ((3, 4), (3, None))
    """
    joined: list[int | None] = []
    axes = max(len(a), len(b))
    for sizes in zip(_padded(a, axes), _padded(b, axes), strict=True):
        try:
            joined.append(np.broadcast_shapes(*sizes)[0])
        except ValueError:
            joined.append(None)
    return tuple(joined)


def broadcast_stretcher(a: str, b: str, stretch: int = 100) -> Picture:
    """Draw how two shapes meet: axes stretched by ghost cells or refused in red, the memory, the numbers.

    With `stretch=0` the result stays hidden, so that one can predict it.
    """
    first, second, share = read_shape(a), read_shape(b), stretch / 100
    joined = join_shapes(first, second)
    heights = [3.4, 2.6] if len(joined) <= 2 and all(0 < size <= 6 for size in first + second) else [3.4]
    # Not by pyplot: controls draw in a thread of their own while cells run, and each cell closes pyplot's figures.
    fig = Figure(figsize=(9.5, sum(heights)))
    axes = fig.subplots(len(heights), 1, height_ratios=heights, squeeze=False, gridspec_kw={"hspace": 0})
    _stretch_axes(axes[0, 0], first, second, joined, share, asking=not stretch)
    if len(heights) == 2:
        _stretch_numbers(axes[1, 0], first, second, joined, share)
    told, memory = f"{first} and {second}, aligned on the right.", "Predict the shape of a + b, then move the slider."
    if stretch:
        told, memory = _how_they_meet(first, second, joined), _stretch_memory(first, second, joined)
    axes[0, 0].text(0, 4.9, memory, va="top", family="monospace", fontsize=9)
    axes[0, 0].set(ylim=(6.8, -0.9))
    return Picture(fig, alt=f"{told} Stretch: {stretch} percent. {memory}")


def shape_quiz(question: int, answer: str = "") -> Picture:
    """Draw one question of the quiz and say how far the answer is right."""
    a, b = QUIZ[question - 1]
    verdict, right = _quiz_verdict(a, b, answer.strip().lower())
    fig = Figure(figsize=(9.5, 2.6))
    ax = fig.subplots()
    _stretch_axes(ax, a, b, join_shapes(a, b), float(right), asking=not right)
    asked = f"Question {question} of {len(QUIZ)}: a has shape {a}, b has shape {b}"
    ax.set_title(f"{asked}.\n{verdict}", fontsize=11, loc="left")
    return Picture(fig, alt=f"{asked}. What is the shape of a + b? {verdict}")


def _quiz_verdict(a: Shape, b: Shape, answer: str) -> tuple[str, bool]:
    """Return what to say about an answer to the quiz, and whether it is right."""
    joined, refused = join_shapes(a, b), answer == "error"
    guess = read_shape(answer) if answer and not refused else ()
    if not answer:
        return 'Type the shape of a + b, or the word "error".', False
    if None in joined:
        return "Yes, these two are refused." if refused else "Not yet. Which axis has two sizes and no 1?", refused
    if refused:
        return "Not yet. Wherever the two sizes differ, one of them is 1.", False
    if len(guess) != len(joined):
        return f"Not yet. Your answer has length {len(guess)}; the result is as long as the longer shape.", False
    wrong = [str(axis - len(joined)) for axis in range(len(joined)) if guess[axis] != joined[axis]]
    return (f"Not yet. Look again at axis {' and axis '.join(wrong)}.", False) if wrong else (f"Yes, {joined}.", True)


def _padded(shape: Shape, axes: int) -> Shape:
    return (1,) * (axes - len(shape)) + shape


def _how_they_meet(a: Shape, b: Shape, joined: Joined) -> str:
    """Say in words how two shapes meet."""
    facts, sizes = [], zip(_padded(a, len(joined)), _padded(b, len(joined)), joined, strict=True)
    for axis, (m, n, size) in enumerate(sizes, -len(joined)):
        if size is None:
            facts.append(f"axis {axis}: {m} meets {n} and neither is 1, drawn in red")
        elif m != n:
            facts.append(f"axis {axis}: {'a' if m == 1 else 'b'} is stretched from 1 to {size}")
    result = "so there is no result" if None in joined else f"the result has shape {joined}"
    return f"{a} and {b}, aligned on the right: {'; '.join([*facts, result])}."


def _stretch_memory(a: Shape, b: Shape, joined: Joined) -> str:
    """Say what two float64 arrays and their sum take in memory."""
    full = tuple(size for size in joined if size is not None)
    if len(full) < len(joined):
        return "There is no result: NumPy raises ValueError, torch RuntimeError."
    lines = []
    for name, shape in (("a", a), ("b", b)):
        padded = _padded(shape, len(full))
        strides = tuple(0 if size == 1 else 8 * math.prod(padded[axis + 1 :]) for axis, size in enumerate(padded))
        copied = f"; a real copy would take {8 * math.prod(full):,}" if math.prod(shape) != math.prod(full) else ""
        lines.append(f"{name} keeps {8 * math.prod(shape):,} bytes, read with strides {strides}{copied}.")
    return "\n".join([*lines, f"a + b is a new array of {8 * math.prod(full):,} bytes."])


def _stretch_cell(
    ax: plt.Axes, x: float, y: float, text: str, color: str, *, ghost: bool = False, side: float = 1.0
) -> None:
    """Draw one box with its upper left corner at (x, y); a ghost is a pale copy that lies behind the real ones."""
    strength = 0.15 if ghost else 0.9 if color == RED else 0.5
    face = [1 - strength * (1 - part) for part in to_rgb(color)]
    edge, line, layer = (GHOST, "--", 1) if ghost else (INK, "-", 2)
    ax.add_patch(plt.Rectangle((x, y), side, 1, facecolor=face, edgecolor=edge, linestyle=line, zorder=layer))
    if text:
        color, size = "#6b6b6b" if ghost else INK, 8 if len(text) > 2 else 10
        ax.text(x + side / 2, y + 0.5, text, ha="center", va="center", zorder=layer, color=color, fontsize=size)


def _stretch_axes(ax: plt.Axes, a: Shape, b: Shape, joined: Joined, stretch: float, *, asking: bool = False) -> None:
    """Draw two shapes one under the other, a column an axis and a strip of cells a size, and below them the result."""
    rows = (("a", a, BLUE, 0.0), ("b", b, ORANGE, 1.5), ("a + b", joined, GREEN, 3.3))
    for name, shape, color, y in rows:
        ax.text(0, y + 0.5, name, va="center", fontsize=11, weight="bold")
        for axis, full in enumerate(joined, -len(joined)):
            x = 1.6 + 3.4 * (axis + len(joined))
            size = shape[axis] if -axis <= len(shape) else None
            if y == 0:
                ax.text(x, -0.35, f"axis {axis}", color="#555555", fontsize=9)
            if name == "a + b" and (asking or size is None):
                ax.text(x, y + 0.5, "?" if asking else "✗", va="center", fontsize=13, color=INK if asking else RED)
                continue
            _stretch_strip(ax, x, y, size, full, RED if full is None and not asking else color, stretch)
    ax.set(xlim=(-0.1, max(3, 1.7 + 3.4 * len(joined))), ylim=(4.4, -0.9))
    ax.axis("off")


def _stretch_strip(
    ax: plt.Axes, x: float, y: float, size: int | None, full: int | None, color: str, stretch: float
) -> None:
    """Draw one size of a shape as at most six cells; None is an axis that the shape does not have."""
    own, grown = size if size is not None else 1, full if full is not None else size or 1
    stretched = own == 1 != grown
    label = ("(1)" if size is None else str(size)) + (f"→{grown}" if stretched and stretch == 1 else "")
    ax.text(x, y + 0.5, label, va="center", fontsize=11, color="#767676" if size is None else INK)
    for index in range(min(grown if stretched else own, 6)):
        more = "…" if index == 5 and max(own, grown) > 6 and (stretch == 1 or not stretched) else ""
        ghost = size is None or (stretched and (index > 0 or grown == 0))
        place = x + 1.15 + 0.33 * index * (stretch if stretched else 1)
        _stretch_cell(ax, place, y, more, color, ghost=ghost, side=0.33)


def _stretch_numbers(ax: plt.Axes, a: Shape, b: Shape, joined: Joined, stretch: float) -> None:
    """Draw a, b and a + b with numbers; copies slide out of the cell they repeat, cells without a partner are red."""
    whole = [_padded(shape, 2) for shape in (a, b)]
    full = tuple(max(sizes) for sizes in zip(*whole, strict=True))
    values = [10.0 * np.arange(math.prod(a)).reshape(whole[0]), 1.0 + np.arange(math.prod(b)).reshape(whole[1])]
    for left, array, color in ((0.0, values[0], BLUE), (full[1] + 1.2, values[1], ORANGE)):
        other = whole[1] if color == BLUE else whole[0]
        for row, column in np.ndindex(*(full if None not in joined else array.shape)):
            r, c = (row if array.shape[0] > 1 else 0), (column if array.shape[1] > 1 else 0)
            alone = stretch > 0 and None in joined and (row >= other[0] > 1 or column >= other[1] > 1)
            x, y = left + c + stretch * (column - c), r + stretch * (row - r)
            _stretch_cell(ax, x, y, f"{array[r, c]:g}", RED if alone else color, ghost=(r, c) != (row, column))
    right = 2 * (full[1] + 1.2)
    for x, sign in ((full[1] + 0.6, "+"), (right - 0.6, "=")):
        ax.text(x, full[0] / 2, sign, ha="center", va="center", fontsize=14)
    if None in joined:
        told = ("?", INK) if stretch == 0 else ("✗ the red cells\nhave no partner", RED)
        ax.text(right, full[0] / 2, told[0], va="center", color=told[1], fontsize=11)
    else:
        for (row, column), value in np.ndenumerate(values[0] + values[1]):
            done = stretch == 1
            _stretch_cell(ax, right + column, row, f"{value:g}" if done else "?", GREEN, ghost=not done)
    ax.set(xlim=(-0.1, right + full[1] + 0.1), ylim=(full[0] + 0.1, -0.1), aspect="equal")
    ax.axis("off")


def outer_table(
    x: np.ndarray, y: np.ndarray, row: np.ndarray, column: np.ndarray, table: np.ndarray, title: str
) -> Picture:
    """Draw a row of values at x, a column of values at y, and the table that broadcasting makes of them."""
    parts = np.concatenate([row, column, table.ravel()])
    low, high = parts.min(), parts.max()
    fig = Figure(figsize=(7, 4.6), layout="constrained")
    axes = fig.subplots(2, 2, width_ratios=(1, 14), height_ratios=(1, 9))
    edges = (x[0], x[-1], y[0], y[-1])
    for ax, part, label in ((axes[0, 1], row[None, :], "row"), (axes[1, 0], column[:, None], "column")):
        ax.imshow(part, aspect="auto", origin="lower", vmin=low, vmax=high)
        ax.set(xticks=[], yticks=[], title=label)
    shown = axes[1, 1].imshow(table, aspect="auto", origin="lower", extent=edges, vmin=low, vmax=high)
    axes[1, 1].contour(x, y, table, levels=8, colors="white", linewidths=0.8)
    axes[1, 1].set(xlabel="x", ylabel="y", title=f"{title}, shape {table.shape}")
    axes[0, 0].axis("off")
    fig.colorbar(shown, ax=axes[1, 1], label="value")
    alt = f"""A row of {len(row)} values above, a column of {len(column)} values at the left, and the table {title} of
        shape {table.shape} that they make, a heat map with contour lines, values from {low:.2g} to {high:.2g}."""
    return Picture(fig, alt=alt)


def chunk_memory(rows: int, points: int, coordinates: int) -> Picture:
    """Draw the peak memory of all distances among `points` and `points` points against the rows in a block."""
    blocks = np.unique(np.geomspace(1, points, 60).astype(int))
    table, a_row = points * points * 8 / 1e6, 2 * points * coordinates * 8 / 1e6
    block = min(rows, points)
    fig = Figure(figsize=(7.5, 3.6))
    ax = fig.subplots()
    ax.loglog(blocks, table + blocks * a_row, color=BLUE, label="table and two temporaries")
    ax.axhline(table, color=GREEN, linestyle="--", label=f"the table alone, {table:,.3g} MB")
    ax.plot(block, table + block * a_row, "o", color=RED, markersize=9)
    ax.annotate(f"{table + block * a_row:,.3g} MB", (block, table + block * a_row), (-8, 8), ha="right",
                textcoords="offset points", color=RED)  # fmt: skip
    ax.set(xlabel="rows in a block", ylabel="peak memory (MB)")
    ax.set_title(f"{points:,} and {points:,} points, {coordinates} coordinates, float64")
    ax.legend(loc="upper left")
    alt = f"""Peak memory against rows in a block, both on logarithmic axes: flat at the {table:,.3g} MB of the table for
        small blocks, then rising. With {block} rows it is {table + block * a_row:,.3g} MB, with all rows at once
        {table + points * a_row:,.3g} MB."""
    return Picture(fig, alt=alt)


# 08 ─ axis reductions ────────────────────────────────────────────────────────────────────────────

REDUCTIONS = ("sum", "mean", "max", "max with index", "std")
"""What `collapse` can draw."""


def _cubes(
    ax: plt.Axes, texts: np.ndarray, picked: np.ndarray, color: str, left: float, *, flat: bool = False
) -> float:
    """Draw a 3-D array of texts as sheets one below another, row 0 far away, or upright. Return the right edge."""
    sheets, rows, columns = texts.shape
    side, up, thick = (0.0, 1.0, 0.0) if flat else (0.45, 0.62, 0.28)
    low = -((sheets - 1) * (rows * up + 0.8) + rows * up) / 2
    for (i, j, k), text in np.ndenumerate(texts):
        x, y = left + k + (rows - 1 - j) * side, low + (sheets - 1 - i) * (rows * up + 0.8) + (rows - 1 - j) * up
        front = [(x, y), (x + 1, y), (x + 1, y - thick), (x, y - thick)]
        right = [(x + 1, y), (x + 1 + side, y + up), (x + 1 + side, y + up - thick), (x + 1, y - thick)]
        top = [(x, y), (x + 1, y), (x + 1 + side, y + up), (x + side, y + up)]
        fill = ORANGE if picked[i, j, k] else color
        for face, alpha in ((front, 0.9), (right, 0.7), (top, 0.6 if picked[i, j, k] else 0.3)):
            ax.fill(*zip(*face, strict=True), facecolor="white", edgecolor=INK, linewidth=0.8)
            ax.fill(*zip(*face, strict=True), facecolor=fill, alpha=alpha, edgecolor=INK)
        ax.text(x + (1 + side) / 2, y + up / 2, text, ha="center", va="center", fontsize=9, linespacing=0.9)
    return float(left + columns + rows * side)


def _axis_arrows(ax: plt.Axes, shape: tuple[int, ...], gone: tuple[int, ...]) -> float:
    """Draw an arrow along each axis of a block, red and dashed where the axis is reduced. Return half the height."""
    sheets, rows, columns = shape
    far, sheet = rows * 0.45, rows * 0.62
    half = ((sheets - 1) * (sheet + 0.8) + sheet) / 2
    arrows = (
        ((-2.2, half), (-2.2, -half - 0.3), (-2.4, 0), "right"),
        ((far - 0.3, half), (-0.3, half - sheet), (far / 2 - 0.5, half - sheet / 2), "right"),
        ((far, half + 0.3), (far + columns, half + 0.3), (far + columns / 2, half + 0.6), "center"),
    )
    for axis, (start, end, place, side) in enumerate(arrows):
        look = {"color": RED, "lw": 2.5, "ls": "--"} if axis in gone else {"color": INK, "lw": 1.2, "ls": "-"}
        ax.annotate("", end, start, arrowprops={"arrowstyle": "-|>", **look})
        text = f"axis {axis} goes" if axis in gone else f"axis {axis}"
        ax.text(*place, text, ha=side, va="center", color=look["color"], fontsize=9)
    return half


def _texts(values: np.ndarray, pattern: str = "{:.3g}") -> np.ndarray:
    """Write each value as a text."""
    return np.array([pattern.format(value) for value in values.flat], dtype=object).reshape(values.shape)


def _call(how: str, axis: int | tuple[int, ...] | None, keepdims: bool, ddof: int) -> str:
    """Write a reduction as a reader would type it."""
    if how == "max with index":
        return f"torch.max(x, dim={axis}{', keepdim=True' if keepdims else ''})"
    options = [f"axis={axis}", *["keepdims=True"] * keepdims, *[f"ddof={ddof}"] * (how == "std")]
    return f"x.{how}({', '.join(options)})"


def collapse(
    x: np.ndarray, axis: int | tuple[int, ...] | None, how: str = "sum", *,
    keepdims: bool = False, ddof: int = 0, pick: int = 0,
) -> Picture:  # fmt: skip
    """Draw a block of numbers, what is left of it after a reduction, and where result number `pick` comes from."""
    gone = tuple(range(x.ndim)) if axis is None else tuple(int(a) % x.ndim for a in np.atleast_1d(axis))
    if how not in REDUCTIONS:
        raise ValueError(f"Choose one of the reductions {', '.join(REDUCTIONS)}.")
    if how == "max with index" and len(gone) > 1:
        raise ValueError("An index counts along one axis: choose a single axis, or the reduction max.")
    if how == "std" and ddof >= np.prod([x.shape[a] for a in gone]):
        raise ValueError(f"A group needs more than {ddof} numbers for ddof={ddof}: the sum is divided by N - {ddof}.")
    name = how.split()[0]
    kept = np.asarray(getattr(np, name)(x, axis=gone, keepdims=True, **({"ddof": ddof} if how == "std" else {})))
    texts = _texts(kept)
    if how == "max with index":
        texts = texts + _texts(x.argmax(gone[0], keepdims=True), "\nat {}")
    chosen = np.arange(kept.size).reshape(kept.shape) == min(pick, kept.size - 1)
    source = np.broadcast_to(chosen, x.shape)

    shape = kept.shape if keepdims else tuple(n for a, n in enumerate(x.shape) if a not in gone)
    index = ", ".join(str(n) for a, n in enumerate(np.argwhere(chosen)[0]) if keepdims or a not in gone)
    numbers = list(_texts(x[source]))
    listed = ", ".join(numbers if len(numbers) <= 8 else [*numbers[:7], f"... ({len(numbers)} numbers)"])
    call, answer = _call(how, axis, keepdims, ddof), " ".join(texts[chosen][0].split())
    story = f"{f'result[{index}]' if index else 'the one number'}: {name} of {listed} = {answer}"

    figure, ax = plt.subplots()
    edge = _cubes(ax, _texts(x), source, BLUE, 0)
    half = _axis_arrows(ax, x.shape, gone)
    ax.annotate("", (edge + 2, 0), (edge + 0.5, 0), arrowprops={"arrowstyle": "simple", "color": GHOST})
    drawn = shape if keepdims else (1,) * (3 - max(len(shape), 1)) + (shape or (1,))
    edge = _cubes(ax, texts.reshape(drawn), chosen.reshape(drawn), GREEN, edge + 2.5, flat=not keepdims)
    ax.set_title(f"x.shape = {x.shape}     {call}  gives shape {shape}\n{story}", fontsize=10)
    ax.set(xlim=(-4.2, edge + 0.1), ylim=(-half - 0.5, half + 0.9), aspect="equal")
    ax.axis("off")
    figure.set_size_inches(0.55 * (edge + 4.3), 0.55 * (2 * half + 1.4) + 0.5)
    block = f"A block of shape {x.shape}: {x.shape[0]} sheets of {x.shape[1]} rows and {x.shape[2]} columns."
    return Picture(figure, f"{block} {call} leaves shape {shape}. In orange, {story}.")


def pick_axis(
    shape: str = "2, 3, 4", axis: int | tuple[int, ...] | None = 0, how: str = "sum",
    keepdims: bool = False, ddof: int = 0, pick: int = 0,
) -> Picture:  # fmt: skip
    """Draw `collapse` for a block of digits whose shape is written as three lengths."""
    lengths = [int(part) if part.strip().isdecimal() else 0 for part in shape.strip("() ").split(",")]
    if len(lengths) != 3 or not all(1 <= n <= 4 for n in lengths):
        raise ValueError("Write three lengths from 1 to 4 with commas between them, for example 2, 3, 4.")
    x = np.random.default_rng(0).integers(0, 10, lengths)
    return collapse(x, axis, how, keepdims=keepdims, ddof=ddof, pick=pick)


def mean_and_median(last: int = 100) -> Picture:
    """Draw 1, 2, 3, 4 and `last` on a line, with their mean (the point of balance) and their median."""
    values = np.array([1, 2, 3, 4, last])
    figure, ax = plt.subplots(figsize=(8, 1.9))
    ax.axhline(0, color=GHOST, zorder=0)
    ax.scatter(values, np.zeros(5), s=90, color=BLUE, edgecolor=INK, label="the five values")
    ax.scatter(np.median(values), 0.32, marker="v", s=110, color=GREEN, label=f"median {np.median(values):g}")
    ax.scatter(values.mean(), -0.32, marker="^", s=110, color=RED, label=f"mean {values.mean():g}")
    ax.set(xlim=(-3, 104), ylim=(-0.7, 0.7), yticks=[], xlabel="value (no unit)")
    ax.legend(ncols=3, loc="lower center", bbox_to_anchor=(0.5, 1))
    ax.spines[["left", "right", "top"]].set_visible(False)
    return Picture(figure, f"Points at 1, 2, 3, 4 and {last}: median {np.median(values):g}, mean {values.mean():g}.")


def pixel_labels(photo: np.ndarray, *labels: np.ndarray) -> Picture:
    """Draw a photo (H, W, 3) beside two maps of labels: its strongest colour, and its class."""
    figure, axes = plt.subplots(1, 3, figsize=(10, 2.9))
    titles = ("the photo", "photo.argmax(axis=-1): strongest colour", "class_scores.argmax(axis=0): class")
    for ax, shown, title in zip(axes, (photo, *labels), titles, strict=True):
        ax.imshow(shown, vmin=0, vmax=2, cmap="cividis")
        ax.set(xlabel="column", ylabel="row")
        ax.set_title(title, fontsize=9)
        for (row, column), label in np.ndenumerate(shown if shown.ndim == 2 else np.empty((0, 0))):
            ax.text(column, row, label, ha="center", va="center", color=INK if label == 2 else PALE)
    figure.tight_layout()
    counts = [", ".join(f"{np.sum(label == n)} pixels of label {n}" for n in np.unique(label)) for label in labels]
    alt = f"A photo of a blue car between sky and road. By colour: {counts[0]}. By class: {counts[1]}."
    return Picture(figure, alt)


def corners(image: np.ndarray, box: tuple[int, int, int, int]) -> Picture:
    """Draw an image with a box img[r0:r1, c0:c1] and its integral image with the four corners that give the sum."""
    r0, c0, r1, c1 = box
    table = np.pad(image, ((1, 0), (1, 0))).cumsum(axis=0).cumsum(axis=1)
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4.2))
    grid(left, image)
    left.add_patch(plt.Rectangle((c0, r0), c1 - c0, r1 - r0, facecolor="none", edgecolor=RED, linewidth=3))
    left.set_title(f"img{list(image.shape)}: the box [{r0}:{r1}, {c0}:{c1}]", fontsize=10)
    grid(right, table, color=GREEN)
    for row, column, sign, color in ((r1, c1, "+", BLUE), (r0, c1, "−", RED), (r1, c0, "−", RED), (r0, c0, "+", BLUE)):
        right.add_patch(plt.Rectangle((column, row), 1, 1, facecolor="none", edgecolor=color, linewidth=3))
        right.text(column + 0.18, row + 0.22, sign, ha="center", va="center", color=color, fontsize=12, weight="bold")
    total = table[r1, c1] - table[r0, c1] - table[r1, c0] + table[r0, c0]
    sums = f"{table[r1, c1]} − {table[r0, c1]} − {table[r1, c0]} + {table[r0, c0]} = {total}"
    right.set_title(f"S{list(table.shape)}:  {sums}", fontsize=10)
    where = f"An image with a box around rows {r0} to {r1 - 1} and columns {c0} to {c1 - 1}, and its integral image."
    return Picture(figure, f"{where} Four corners give the sum of the box: {sums}.")


# 13 ─ timing ─────────────────────────────────────────────────────────────────────────────────────

Curves = dict[str, dict[int, float]]
"""Seconds of one call by size, by label: `{"NumPy": {10: 2e-6, 100: 2.1e-6}}`."""

TIMINGS = Path(__file__).with_name("timings.json")


def recordings(path: Path = TIMINGS) -> list[dict[str, Any]]:
    """Return the timings that were recorded on machines with a GPU; none is an empty list.

    The file is `{"recordings": [...]}`, the oldest first, and a recording is

        {"machine": "NVIDIA H200, 16 CPU cores", "date": "2026-01-31", "versions": {"torch": "2.13.0", "cuda": "13.0"},
         "sum_of_squares": [{"n": 1000, "dtype": "float32", "seconds": 2.1e-05, "unsynchronised": 9.0e-06}, ...],
         "matmul": [{"n": 1024, "dtype": "float32", "seconds": ..., "unsynchronised": ...}, ...]}

    with the time of one call when waited for (`seconds`) and when not; n is the number of elements, or of rows.
    """
    found: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))["recordings"]
    for recording in found:
        if missing := {"machine", "date", "versions", "sum_of_squares", "matmul"} - recording.keys():
            raise ValueError(f"{path.name}: a recording lacks {', '.join(sorted(missing))}")
    return found


def recorded(kind: str, path: Path = TIMINGS) -> tuple[Curves, Curves]:
    """Return the recorded curves of "sum_of_squares" or "matmul": waited for, and not."""
    curves: tuple[Curves, Curves] = {}, {}
    for recording in recordings(path):
        for point in recording[kind]:
            label = f"{recording['machine']}, {point['dtype']}, {recording['date']}"
            for into, what in zip(curves, ("seconds", "unsynchronised"), strict=True):
                into.setdefault(label, {})[point["n"]] = point[what]
    return curves


def recorded_gpu(path: Path = TIMINGS) -> Picture:
    """Draw what was recorded on GPUs, or say that nothing is."""
    found = recordings(path)
    if not found:
        said = "No GPU timing is recorded yet."
        fig, ax = plt.subplots(figsize=(5, 0.5))
        ax.text(0.5, 0.5, said, ha="center", va="center", fontsize=12)
        ax.axis("off")
        return Picture(fig, said)
    fig, axes = plt.subplots(1, 2, figsize=(11, 4.2))
    last = [
        _draw_curves(ax, *recorded(kind, path), rate=kind == "matmul")
        for ax, kind in zip(axes, ("sum_of_squares", "matmul"), strict=True)
    ]
    axes[0].set(xlabel="number of elements n", title="sum of squares")
    axes[1].set(xlabel="rows n of an (n, n) matrix", title="matrix product")
    axes[1].legend(loc="upper left", bbox_to_anchor=(1, 1), frameon=False, fontsize=8)
    about = "; ".join(
        f"{r['machine']}, {', '.join(f'{k} {v}' for k, v in r['versions'].items())}, {r['date']}" for r in found
    )
    fig.suptitle(f"Recorded: {about}", fontsize=9)
    return Picture(fig, f"Recorded on {about}. Sum of squares: {last[0]}. Matrix product: {last[1]}.")


def _draw_curves(ax: plt.Axes, curves: Curves, hasty: Curves, *, rate: bool = False) -> str:
    """Draw each curve, and dashed what a stopwatch says that does not wait; return their last points in words."""
    looks = itertools.cycle(zip((BLUE, ORANGE, GREEN, RED, PURPLE, SKY, INK), "os^DvPX", strict=True))
    last = []
    for label, (color, marker) in zip(dict.fromkeys([*curves, *hasty]), looks, strict=False):
        for source, line, note in ((curves, "-", ""), (hasty, "--", " (not waited for)")):
            if points := sorted(source.get(label, {}).items()):
                n, seconds = np.array(points).T
                values = 2 * n**3 / seconds / 1e9 if rate else seconds
                face = color if line == "-" else "white"
                ax.loglog(n, values, marker=marker, mfc=face, color=color, linestyle=line, label=label + note)
                last.append(f"{label}{note} {values[-1]:.3g} {'GFLOP/s' if rate else 's'} at n = {n[-1]:.0f}")
    ax.set_ylabel("rate (GFLOP/s)" if rate else "time of one call (s)")
    ax.grid(alpha=0.3)
    return ", ".join(last)


def seconds_chart(curves: Curves, hasty: Curves | None = None, *, gb_s: float = 0, bytes_each: int = 8) -> Picture:
    """Draw seconds against n and the time that memory of `gb_s` needs; hasty curves were timed without waiting."""
    fig, ax = plt.subplots(figsize=(7.5, 4.5))
    said = _draw_curves(ax, curves, hasty or {})
    if gb_s:
        n = np.array([1e1, 1e8])
        (least, limits) = n * bytes_each / gb_s / 1e9, ax.axis()
        ax.plot(n, least, color=INK, linewidth=1, label=f"n elements read at {gb_s:.0f} GB/s")
        ax.fill_between(n, least, 1e-12, color=GHOST, alpha=0.4, label="faster than that memory")
        ax.axis(limits)
    ax.set_xlabel("number of elements n")
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1), frameon=False)
    line = f" Memory of {gb_s:.0f} GB/s needs {1e6 * bytes_each / gb_s / 1e9:.1e} s for n = 1000000." if gb_s else ""
    return Picture(fig, f"Time of one call against n, both axes logarithmic: {said}.{line}")


def matmul_chart(curves: Curves, peaks: dict[str, float], hasty: Curves | None = None) -> Picture:
    """Draw the GFLOP/s of (n, n) products against n, under the peaks of the machine in GFLOP/s."""
    fig, ax = plt.subplots(figsize=(7.5, 4.5))
    said = _draw_curves(ax, curves, hasty or {}, rate=True)
    for (label, peak), line in zip(peaks.items(), itertools.cycle(("-", "--", ":")), strict=False):
        ax.axhline(peak, color=INK, linestyle=line, linewidth=1, label=f"{label}: {peak:.0f}")
    ax.set_xlabel("rows n of an (n, n) matrix")
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1), frameon=False)
    tops = ", ".join(f"{label} {peak:.0f}" for label, peak in peaks.items())
    return Picture(fig, f"GFLOP/s of a matrix product against its size: {said}. Horizontal lines: {tops}.")


def rounds_strip(seconds: np.ndarray) -> Picture:
    """Draw each round of a measurement as a dot, with minimum, median and mean as lines."""
    us = np.asarray(seconds) * 1e6
    marks = {"minimum": (us.min(), GREEN, "-"), "median": (np.median(us), INK, "--"), "mean": (us.mean(), RED, ":")}
    fig, ax = plt.subplots(figsize=(7.5, 2.8))
    ax.semilogy(us, ".", color=BLUE, alpha=0.6)
    for name, (value, color, line) in marks.items():
        ax.axhline(value, color=color, linestyle=line, label=f"{name} {value:.0f} µs")
    ax.set(xlabel="round", ylabel="time of one call (µs)")
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1), frameon=False)
    said = ", ".join(f"{name} {value:.0f}" for name, (value, _, _) in marks.items())
    return Picture(fig, f"{us.size} rounds as dots, in microseconds: {said}, slowest {us.max():.0f}.")


def timeline(
    work: int, launch: int = 5, calls: int = 4, *, earlier: int = 0, wait_before: bool = True, wait_after: bool = True
) -> Picture:
    """Draw what Python and a device do, in µs, while a stopwatch runs around `calls` launches, and what it says."""
    start = now = earlier if wait_before else 0
    host, device, free = [], [], earlier
    for _ in range(calls):
        host.append((now, launch))
        now += launch
        device.append((max(free, now), work))
        free = max(free, now) + work
    stop = max(now, free) if wait_after else now
    fig, ax = plt.subplots(figsize=(8, 2.4))
    ax.axvspan(start, stop, color=YELLOW, alpha=0.5, label="the stopwatch runs")
    ax.broken_barh(host, (1.1, 0.8), facecolors=ORANGE, edgecolors=INK, label="Python launches")
    ax.broken_barh(device, (0.1, 0.8), facecolors=BLUE, edgecolors=INK, label="the device works")
    if earlier:
        bar = [(0, earlier)]
        ax.broken_barh(bar, (0.1, 0.8), facecolors="white", edgecolors=INK, hatch="///", label="earlier work")
    said = f"The stopwatch says {(stop - start) / calls:g} µs a call; the device works {work} µs a call"
    ax.set(yticks=[0.5, 1.5], yticklabels=["device", "Python"], xlabel="time (µs)", title=said, xlim=(0, free * 1.03))
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1), frameon=False)
    return Picture(fig, f"{said}. It runs from {start} to {stop} µs, and the device is busy until {free} µs.")


def roofline(shape: str, *, gflops: float = 300, gb_s: float = 20, bytes_each: int = 4) -> Picture:
    """Draw the best rate that a machine allows against FLOP per byte, with a sum and a product `m k n` on it."""
    try:
        m, k, n = (int(word) for word in shape.split())
    except ValueError:
        raise ValueError("write three whole numbers, m k n, such as 1000 1000 1000") from None
    if min(m, k, n) < 1:
        raise ValueError("each of the three sizes is at least 1")
    product = f"({m}, {k}) @ ({k}, {n})"
    counts = {"sum of squares": (2, bytes_each), product: (2 * m * k * n, bytes_each * (m * k + k * n + m * n))}
    x = np.geomspace(0.01, 10_000, 200)
    fig, ax = plt.subplots(figsize=(7.5, 3.8))
    ax.loglog(x, np.minimum(gflops, x * gb_s), color=INK, label=f"roof: {gb_s:g} GB/s, {gflops:g} GFLOP/s")
    said = []
    for (name, (flop, moved)), (color, marker) in zip(counts.items(), ((BLUE, "o"), (RED, "D")), strict=True):
        seconds = max(flop / gflops, moved / gb_s) / 1e9
        limit = "memory" if moved / gb_s > flop / gflops else "arithmetic"
        best = f"at most {flop / seconds / 1e9:.3g} GFLOP/s"
        said.append(f"{name}: {flop / moved:.3g} FLOP per byte, limited by {limit}, {best}")
        size = {"o": 13, "D": 7}[marker]
        ax.plot(flop / moved, flop / seconds / 1e9, marker, color=color, ms=size, label=f"{name}\nlimited by {limit}")
    ax.set(xlabel="arithmetic intensity (FLOP per byte)", ylabel="best rate (GFLOP/s)")
    ax.grid(alpha=0.3)
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1), frameon=False)
    return Picture(fig, f"Roofline with its bend at {gflops / gb_s:g} FLOP per byte. {'. '.join(said)}.")


# 14 ─ autograd ───────────────────────────────────────────────────────────────────────────────────
_SIGNS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**"}
_TORCH = {"+": torch.add, "-": torch.sub, "*": torch.mul, "/": torch.div, "**": torch.pow}
_FUNCTIONS = ("exp", "log", "sqrt", "sin", "cos", "tanh", "sigmoid", "relu", "abs", "round", "detach")


@dataclass(eq=False)
class _Made:
    """A number on its way through a graph: how it was made, where it is drawn, which gradients came back to it."""

    name: str
    text: str
    tensor: torch.Tensor
    column: int = 0
    row: float = 0.0
    inputs: list[tuple[_Made, float, float]] = field(default_factory=list)
    """Each tensor that it was made from, the row of that arrow, and the slope."""
    arrived: list[float] = field(default_factory=list)

    def gradient(self) -> str:
        """Return the sum of what has arrived, with its parts where there are several."""
        parts = " + ".join(map(_short, self.arrived)) or "?"
        return parts if len(self.arrived) < 2 else f"{parts} = {_short(sum(self.arrived))}"


def _short(number: float) -> str:
    return format(float(number) + 0.0, ".3g")


def _calculate(expression: str, leaves: dict[str, torch.Tensor]) -> list[_Made]:
    """Work out arithmetic on `leaves` from its syntax tree, never by eval; list what autograd recorded, in order."""
    made: list[_Made] = []

    def keep(result: torch.Tensor, text: str) -> tuple[torch.Tensor, str]:
        if result.grad_fn is None:
            return result, _short(result.item())
        made.append(_Made(f"v{len(made) + 1}", text, result))
        return result, made[-1].name

    def visit(part: ast.AST) -> tuple[torch.Tensor, str]:
        match part:
            case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
                return torch.tensor(float(number), dtype=torch.float64), _short(number)
            case ast.Name(id=name) if name in leaves:
                return leaves[name], name
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                value, name = visit(operand)
                return keep(-value, f"-{name}")
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _SIGNS:
                (a, a_name), (b, b_name), sign = visit(left), visit(right), _SIGNS[type(op)]
                number = a.requires_grad and not b.requires_grad  # as in x**2, which torch records as PowBackward0
                return keep(_TORCH[sign](a, b.item() if number else b), f"{a_name} {sign} {b_name}")
            case ast.Call(func=ast.Name(id=name), args=[operand], keywords=[]) if name in _FUNCTIONS:
                value, inner = visit(operand)
                return keep(getattr(torch, name)(value), f"{name}({inner})")
        known = f"x, y, numbers, + - * / ** and {', '.join(_FUNCTIONS)}"
        raise ValueError(f"{ast.unparse(part)!r} is not known here. Known are {known}.")

    if "^" in expression:
        raise ValueError("A power is written with two stars: x**2.")
    if len(expression) > 100:
        raise ValueError("That is too long to draw: at most 100 characters.")
    try:
        tree = ast.parse(expression.strip(), mode="eval")
    except (SyntaxError, ValueError):
        raise ValueError(f"{expression!r} cannot be read as arithmetic: is a bracket or a sign missing?") from None
    last, _ = visit(tree.body)
    if last.grad_fn is None:
        raise ValueError("There is nothing to differentiate: calculate something from x or y, such as x*y + 1.")
    if len(made) > 9:
        raise ValueError(f"That takes {len(made)} operations, and at most 9 can be drawn.")
    return made


def _graph(expression: str, x: float, y: float) -> tuple[list[_Made], list[_Made]]:
    """Return the leaves and the operations that `grad_fn.next_functions` leads to, placed for drawing."""
    leaves = {name: torch.tensor(at, dtype=torch.float64, requires_grad=True) for name, at in (("x", x), ("y", y))}
    made = _calculate(expression, leaves)
    operations = {one.tensor.grad_fn: one for one in made}
    ends = [_Made(name, name, tensor) for name, tensor in leaves.items()]
    uses: dict[_Made, list[float]] = {end: [] for end in ends}

    def walk(node: torch.autograd.graph.Node) -> tuple[_Made, float]:
        if hasattr(node, "variable"):  # AccumulateGrad, the node of a leaf
            end = ends[0] if node.variable is leaves["x"] else ends[1]
            uses[end].append(float(sum(map(len, uses.values()))))
            return end, uses[end][-1]
        here, slopes = operations[node], node(torch.ones((), dtype=torch.float64))
        slopes = slopes if isinstance(slopes, tuple) else (slopes,)
        before = [(edge[0], slope.item()) for edge, slope in zip(node.next_functions, slopes, strict=True) if edge[0]]
        here.inputs = [(*walk(function), slope) for function, slope in before]
        here.column = 1 + max(source.column for source, _, _ in here.inputs)
        here.row = float(np.mean([row for _, row, _ in here.inputs]))
        return here, here.row

    walk(made[-1].tensor.grad_fn)
    used = [end for end in ends if uses[end]]
    for end in used:
        end.row = float(np.mean(uses[end]))
    if len(used) == 2 and abs(used[0].row - used[1].row) < 1:  # x and y would be drawn on top of each other
        low, high = sorted(used, key=lambda end: end.row)
        low.row, high.row = low.row - 0.5, high.row + 0.5
    return used, [one for one in made if one.column]


def _box(ax: plt.Axes, one: _Made, *, known: bool, current: bool) -> str:
    """Draw one tensor of a graph and return the same in words."""
    head = f"{one.name} = {one.text}" if one.column else f"leaf {one.name}"
    kind = type(one.tensor.grad_fn).__name__ if one.column else "AccumulateGrad"
    value, back = _short(one.tensor.item()) if known else "?", one.gradient()
    style = {"facecolor": PALE, "edgecolor": INK if known else GHOST, "linewidth": 2.6 if current else 1}
    ax.add_patch(plt.Rectangle((one.column - 0.29, one.row - 0.33), 0.58, 0.66, **style))
    lines = [(head, INK), (kind, "#666666"), (f"value {value}", BLUE), (f"gradient {back}", RED)]
    for number, (words, color) in enumerate(lines):
        color = GHOST if words.endswith("?") else color
        ax.text(one.column, one.row - 0.24 + 0.16 * number, words, color=color, ha="center", va="center", fontsize=8)
    return f"{head} ({kind}): value {value}, gradient {back}"


def _arrow(ax: plt.Axes, source: _Made, row: float, one: _Made, *, known: bool, back: str) -> None:
    """Draw what `one` took from `source`, and `back`, the gradient that returned along the same line."""
    color = RED if back else BLUE if known else GHOST
    x = [source.column + 0.3, source.column + 0.38, one.column - 0.38, one.column - 0.3]
    y = [source.row, row, row, one.row]
    ax.plot(x, y, color=color, linewidth=2 if back else 1.2, zorder=0)
    tip, tail = (0, 1) if back else (3, 2)
    style = {"arrowstyle": "-|>", "color": color}
    ax.annotate("", (x[tip], y[tip]), (x[tail], y[tail]), arrowprops=style, zorder=0)
    ax.text(one.column - 0.5, row - 0.05, back, color=RED, fontsize=7.5, ha="center", va="bottom")


def backprop(expression: str = "x**2 + 3*x + 1", x: float = 2.0, y: float = 3.0, step: int = 99) -> Picture:
    """Draw the graph of `expression` after `step` steps: values go forward, then gradients go backward."""
    used, made = _graph(expression, x, y)
    last, steps = made[-1], 2 * len(made) + 1
    sent: list[tuple[_Made, float, list[float]]] = []  # by autograd, in its order
    for one in made:
        one.tensor.grad_fn.register_hook(
            lambda out, got, one=one: sent.append((one, got[0].item(), [p.item() for p in out if p is not None]))
        )  # fmt: skip
    last.tensor.backward()
    current, story, labels = None, "only the leaves are known", {}
    for current in made[:step]:
        story = f"forward, {current.name} = {current.text} = {_short(current.tensor.item())}"
    if step > len(made):
        current, story = last, f"backward begins with the gradient of {last.name} itself, 1"
        last.arrived.append(1.0)
    for current, gradient, parts in sent[: max(0, step - len(made) - 1)]:
        story = f"backward through {current.name} = {current.text}: gradient × slope to each input"
        for (source, row, slope), part in zip(current.inputs, parts, strict=True):
            source.arrived.append(part)
            labels[current, row] = f"{_short(gradient)} × {_short(slope)} = {_short(part)}"

    rows = [one.row for one in (*used, *made)] + [row for one in made for _, row, _ in one.inputs]
    fig = plt.figure(figsize=(2.6 * (last.column + 0.8), max(rows) - min(rows) + 1))
    ax = fig.add_axes((0, 0, 1, 1))
    words = [_box(ax, one, known=one in used + made[:step], current=one is current) for one in (*used, *made)]
    for one in made:
        for source, row, _ in one.inputs:
            _arrow(ax, source, row, one, known=one in made[:step], back=labels.get((one, row), ""))
    ax.set(xlim=(-0.4, last.column + 0.4), ylim=(max(rows) + 0.5, min(rows) - 0.5))
    ax.axis("off")
    title = f"{expression}    step {min(step, steps)} of {steps}: {story}"
    ax.set_title(title, fontsize=10, loc="left")
    return Picture(fig, f"Graph of {title}. {'; '.join(words)}.")


def graph_inspector(expression: str = "x**2 + 3*x + 1") -> Interactive:
    """Put an expression, the values of x and y and the step of `backprop` under the reader's control."""
    text = widgets.Text(expression, description="expression", continuous_update=False)
    x = widgets.FloatSlider(2, min=-3, max=3, step=0.25, description="x")
    y = widgets.FloatSlider(3, min=-3, max=3, step=0.25, description="y")
    steps = 2 * len(_graph(expression, x.value, y.value)[1]) + 1
    step = widgets.IntSlider(steps, min=0, max=steps, description="step")

    def fit(change: dict[str, str]) -> None:
        try:
            step.max = 2 * len(_graph(change["new"], x.value, y.value)[1]) + 1
        except ValueError:
            return  # the picture says what is wrong

    text.observe(fit, names="value")
    return Interactive(backprop, expression=text, x=x, y=y, step=step)


_SURFACES = {
    "round bowl": lambda p: (p[0] ** 2 + p[1] ** 2) / 2,
    "long valley": lambda p: (p[0] ** 2 + 10 * p[1] ** 2) / 2,
    "two hollows": lambda p: (p[0] ** 2 - 4) ** 2 / 8 + p[0] / 2 + p[1] ** 2,
}


def descent(surface: str = "long valley", rate: float = 0.1, steps: int = 25) -> Picture:
    """Draw gradient descent on a loss of two parameters: the path over the contours, and the loss after each step."""
    loss = _SURFACES[surface]
    path, losses = [torch.tensor([-3.5, 2.0], dtype=torch.float64)], []
    for _ in range(steps + 1):
        point = path[-1].clone().requires_grad_()
        value = loss(point)
        (gradient,) = torch.autograd.grad(value, point)
        losses.append(value.item())
        if not losses[-1] < 1e6:
            break
        path.append(path[-1] - rate * gradient)
    walked = torch.stack(path[: len(losses)]).numpy()
    fig, (left, right) = plt.subplots(1, 2, figsize=(10, 4))
    a, b = np.meshgrid(np.linspace(-5, 5, 200), np.linspace(-4, 4, 160))
    height = loss(torch.from_numpy(np.stack([a, b]))).numpy()
    levels = height.min() + np.geomspace(0.1, height.max(), 14)
    left.contour(a, b, height, levels=levels, colors=GHOST, linewidths=0.8, linestyles="solid")
    left.plot(*walked.T, "o-", color=BLUE, markersize=4, linewidth=1)
    left.plot(*walked[0], "s", color=ORANGE, markersize=9, label="start")
    left.plot(*walked[-1], "*", color=RED, markersize=13, label=f"after {len(losses) - 1} steps")
    left.set(xlim=(-5, 5), ylim=(-4, 4), xlabel="parameter a", ylabel="parameter b")
    left.set_title(f"{surface}, learning rate {rate:g}")
    left.legend(loc="upper right", fontsize=8)
    right.plot(losses, "o-", color=BLUE, markersize=4)
    right.set(xlabel="step", ylabel="loss", title=f"loss: {_short(losses[0])} at first, {_short(losses[-1])} at last")
    fig.tight_layout()
    end = ", ".join(map(_short, walked[-1]))
    alt = f"""Gradient descent on the surface {surface} from (-3.5, 2), learning rate {rate:g}, {len(losses) - 1} steps.
    It ends at ({end}); the loss goes from {_short(losses[0])} to {_short(losses[-1])}."""
    return Picture(fig, alt)


def descent_explorer() -> Interactive:
    """Put the surface, the learning rate and the number of steps of `descent` under the reader's control."""
    return Interactive(
        descent,
        surface=widgets.Dropdown(options=list(_SURFACES), value="long valley", description="loss surface"),
        rate=widgets.FloatSlider(0.02, min=0.01, max=0.5, step=0.01, description="learning rate"),
        steps=widgets.IntSlider(25, min=1, max=60, description="steps"),
    )
