"""Drawings of lesson 06: broadcasting."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import ipywidgets as widgets
import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator

from drawings import predictions
from drawings.interactive import tie
from drawings.shared import (
    BLUE,
    GHOST,
    GREEN,
    INK,
    ORANGE,
    RED,
    Picture,
)
from drawings.sheet import Sheet, tint

Shape = tuple[int, ...]
Joined = tuple[int | None, ...]  # None stands where two sizes clash

QUIZ: tuple[tuple[Shape, Shape], ...] = (
    ((5, 1), (1, 6)), ((4, 3), (3,)), ((7,), (7, 1)), ((2, 3), (2,)), ((8, 1, 5), (4, 1)), ((3, 2), (4,)),
    ((), (2, 3)), ((1, 3), (0, 1)),
)  # fmt: skip


def read_shape(text: str) -> Shape:
    """Return the shape that someone typed.

    >>> read_shape("(3, 1)"), read_shape("5x6"), read_shape("()")
    ((3, 1), (5, 6), ())
    """
    try:
        shape = predictions.read_shape(text) if text.strip() else ()
    except ValueError:
        shape = predictions.ERROR
    if isinstance(shape, str):
        raise ValueError(f'"{text}" is not a shape yet. Type whole numbers with commas between them, such as (3, 1).')
    if len(shape) > 6:
        raise ValueError("This picture has room for six axes. Type a shape of six numbers or fewer.")
    return shape


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
    sheet = Sheet()
    sheet.below(_stretch_axes(first, second, joined, share, asking=not stretch))
    told, memory = f"{first} and {second}, aligned on the right.", "Predict the shape of a + b, then move the slider."
    if stretch:
        told, memory = _how_they_meet(first, second, joined), _stretch_memory(first, second, joined)
    lines = Sheet()
    lines.words(0, 0, memory, anchor="start", mono=bool(stretch))
    sheet.below(lines, gap=18)
    if len(joined) <= 2 and all(0 < size <= 6 for size in first + second):
        sheet.below(_stretch_numbers(first, second, joined, share), gap=18)
    return Picture(sheet, alt=f"{told} Stretch: {stretch} percent. {memory}")


def shape_quiz(question: int, answer: str = "", score: str = "") -> Picture:
    """Draw one question of the quiz and say how far the answer is right; the shapes are aligned once it is."""
    a, b = QUIZ[question - 1]
    verdict = _quiz_verdict(question, answer)
    asked = f"Question {question} of {len(QUIZ)}: a has shape {a}, b has shape {b}"
    sheet = Sheet()
    sheet.words(0, 0, f"{asked}.", anchor="start", bold=True)
    sheet.words(0, 22, verdict.message, anchor="start")
    if verdict.right:
        sheet.below(_stretch_axes(a, b, join_shapes(a, b), 1.0), gap=14)
    else:
        sheet.below(_apart(a, b), gap=18)
    if score:
        line = Sheet()
        line.words(0, 0, score, anchor="start")
        sheet.below(line, gap=18)
    return Picture(sheet, alt=f"{asked}. What is the shape of a + b? {verdict.message} {score}")


def _quiz_verdict(question: int, answer: str) -> predictions.Verdict:
    """Return what to say about an answer to the quiz."""
    a, b = QUIZ[question - 1]
    joined, typed = join_shapes(a, b), answer.strip()
    refused = None in joined
    if not typed:
        return predictions.Verdict(False, 'Type the shape of a + b, or the word "error".', counts=False)
    right = predictions.ERROR if refused else str(joined)
    why = f"Yes, {'these two are refused' if refused else right}."
    verdict = predictions.judge(predictions.Prediction("", "", "shape", right, why), typed)
    if verdict.right or not verdict.counts:
        return verdict
    if refused:
        return replace(verdict, message="Not yet. Align the two shapes on the right: does each pair of lengths fit?")
    return replace(verdict, message=f"Not yet. {verdict.message}")


def _quiz_with_score(controls: dict[str, widgets.ValueWidget]) -> Callable[..., Picture]:
    """Start each question of the quiz with an empty answer, and count first tries."""
    first: dict[int, bool] = {}
    controls["answer"].continuous_update = False  # a shape that is half typed is no try

    def answered(change: dict[str, str]) -> None:
        verdict = _quiz_verdict(controls["question"].value, change["new"])
        if verdict.counts:
            first.setdefault(controls["question"].value, verdict.right)

    def asked_another(_: object) -> None:
        controls["answer"].value = ""

    def draw(question: int, answer: str) -> Picture:
        score = f"Right at the first try: {sum(first.values())} of {len(first)} so far." if first else ""
        if len(first) == len(QUIZ):
            score = f"That was the quiz: {sum(first.values())} of {len(QUIZ)} right at the first try."
        return shape_quiz(question, answer, score)

    controls["question"].observe(asked_another, names="value")
    controls["answer"].observe(answered, names="value")
    return draw


tie(shape_quiz, _quiz_with_score)


def _apart(a: Shape, b: Shape) -> Sheet:
    """Draw two shapes as rows of boxes that are not aligned: how they meet is asked."""
    sheet = Sheet(46, 34)
    for y, (name, shape, color) in enumerate((("a", a, BLUE), ("b", b, ORANGE))):
        sheet.words(0, 1.3 * y + 0.5, f"{name}.shape", anchor="start")
        start = 2.2 + 5.5 * y
        for place, size in enumerate(shape):
            sheet.box(start + place, 1.3 * y, 0.9, 1, tint(color, 0.3), INK)
            sheet.words(start + place + 0.45, 1.3 * y + 0.5, str(size))
        if not shape:
            sheet.words(start, 1.3 * y + 0.5, "()", anchor="start")
    return sheet


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
        copied = f"; a real copy would take {8 * math.prod(full):,}" if math.prod(shape) != math.prod(full) else ""
        lines.append(f"{name} keeps its {8 * math.prod(shape):,} bytes{copied}.")
    return "\n".join([*lines, f"a + b is a new array of {8 * math.prod(full):,} bytes."])


def _stretch_cell(
    sheet: Sheet, x: float, y: float, text: str, color: str, *, ghost: bool = False, side: float = 1.0
) -> None:
    """Draw one box with its upper left corner at (x, y); a ghost is a pale copy that lies behind the real ones."""
    strength = 0.15 if ghost else 0.9 if color == RED else 0.5
    layer = 1 if ghost else 2
    sheet.box(x, y, side, 1, tint(color, strength), GHOST if ghost else INK, dash=ghost, layer=layer)
    if text:
        ink = "#6b6b6b" if ghost else "#ffffff" if color == RED else INK
        sheet.words(x + side / 2, y + 0.5, text, color=ink, size=11 if len(text) > 2 else 13, fit=side, layer=layer)


def _stretch_axes(a: Shape, b: Shape, joined: Joined, stretch: float, *, asking: bool = False) -> Sheet:
    """Draw two shapes one under the other, a column an axis and a strip of cells a size, and below them the result."""
    sheet = Sheet(72 if len(joined) < 4 else 46, 34)
    rows = (("a", a, BLUE, 0.0), ("b", b, ORANGE, 1.5), ("a + b", joined, GREEN, 3.3))
    for name, shape, color, y in rows:
        sheet.words(0, y + 0.5, name, anchor="start", size=15, bold=True)
        if asking and name == "a + b":
            sheet.words(1.6, y + 0.5, "?", size=18)
            continue
        for axis, full in enumerate(joined, -len(joined)):
            x = 1.6 + 3.4 * (axis + len(joined))
            size = shape[axis] if -axis <= len(shape) else None
            if y == 0:
                sheet.words(x, -0.45, f"axis {axis}", color="#555555", anchor="start", size=12)
            if name == "a + b" and size is None:
                sheet.words(x, y + 0.5, "✗", size=18, color=RED, anchor="start")
                continue
            _stretch_strip(sheet, x, y, size, full, RED if full is None and not asking else color, stretch)
    return sheet


def _stretch_strip(
    sheet: Sheet, x: float, y: float, size: int | None, full: int | None, color: str, stretch: float
) -> None:
    """Draw one size of a shape as at most six cells; None is an axis that the shape does not have."""
    own, grown = size if size is not None else 1, full if full is not None else size or 1
    stretched = own == 1 != grown
    label = ("(1)" if size is None else str(size)) + (f"→{grown}" if stretched and stretch == 1 else "")
    sheet.words(x, y + 0.5, label, color="#767676" if size is None else INK, anchor="start", size=14, fit=1.1)
    for index in range(min(grown if stretched else own, 6)):
        more = "…" if index == 5 and max(own, grown) > 6 and (stretch == 1 or not stretched) else ""
        ghost = size is None or (stretched and (index > 0 or grown == 0))
        place = x + 1.15 + 0.33 * index * (stretch if stretched else 1)
        _stretch_cell(sheet, place, y, more, color, ghost=ghost, side=0.33)


def _stretch_numbers(a: Shape, b: Shape, joined: Joined, stretch: float) -> Sheet:
    """Draw a, b and a + b with numbers; copies slide out of the cell they repeat, cells without a partner are red."""
    sheet = Sheet(34)
    whole = [_padded(shape, 2) for shape in (a, b)]
    full = tuple(max(sizes) for sizes in zip(*whole, strict=True))
    values = [10.0 * np.arange(math.prod(a)).reshape(whole[0]), 1.0 + np.arange(math.prod(b)).reshape(whole[1])]
    for left, array, color in ((0.0, values[0], BLUE), (full[1] + 1.2, values[1], ORANGE)):
        other = whole[1] if color == BLUE else whole[0]
        for row, column in np.ndindex(*(full if None not in joined and stretch else array.shape)):
            r, c = (row if array.shape[0] > 1 else 0), (column if array.shape[1] > 1 else 0)
            alone = stretch > 0 and None in joined and (row >= other[0] > 1 or column >= other[1] > 1)
            x, y = left + c + stretch * (column - c), r + stretch * (row - r)
            _stretch_cell(sheet, x, y, f"{array[r, c]:g}", RED if alone else color, ghost=(r, c) != (row, column))
    right = 2 * (full[1] + 1.2)
    for x, sign in ((full[1] + 0.6, "+"), (right - 0.6, "=")):
        sheet.words(x, full[0] / 2, sign, size=20)
    if not stretch:
        sheet.words(right + 0.3, full[0] / 2, "?", size=20)
    elif None in joined:
        sheet.words(right, full[0] / 2, "✗ the red cells\nhave no partner", color=RED, anchor="start", size=14)
    else:
        for (row, column), value in np.ndenumerate(values[0] + values[1]):
            done = stretch == 1
            _stretch_cell(sheet, right + column, row, f"{value:g}" if done else "?", GREEN, ghost=not done)
    return sheet


def outer_table(
    x: np.ndarray, y: np.ndarray, row: np.ndarray, column: np.ndarray, table: np.ndarray, title: str, look: str = ""
) -> Picture:
    """Draw a row of values at x, a column at y, and the table that they make; `look` ends the alt text."""
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
        shape {table.shape} that they make, a heat map with contour lines, values from {low:.2g} to {high:.2g}. {look}"""
    return Picture(fig, alt=alt)


def side_by_side(images: dict[str, np.ndarray], alt: str) -> Picture:
    """Draw images, (rows, columns, 3) with colours from 0 to 1 or 0 to 255, in a row, each under its title."""
    fig = Figure(figsize=(3.2 * len(images), 3.7), layout="constrained")
    for ax, (title, image) in zip(fig.subplots(1, len(images), squeeze=False)[0], images.items(), strict=True):
        ax.imshow(image)
        ax.set_title(title)
        ax.axis("off")
    return Picture(fig, alt=alt, dpi=80)


def _megabytes(size: float) -> str:
    """Return a size in MB with three digits, or with all before the point.

    >>> _megabytes(0.088), _megabytes(12.48), _megabytes(9800.0)
    ('0.088 MB', '12.5 MB', '9,800 MB')
    """
    return f"{size:,.0f} MB" if size >= 100 else f"{size:.3g} MB"


def chunk_memory(rows: int, points: int, coordinates: int) -> Picture:
    """Draw the peak memory of all distances among `points` and `points` points against the rows in a block."""
    blocks = np.unique(np.geomspace(1, points, 60).astype(int))
    table, a_row = points * points * 8 / 1e6, 2 * points * coordinates * 8 / 1e6
    block = min(rows, points)
    fig = Figure(figsize=(7.5, 3.6))
    ax = fig.subplots()
    ax.loglog(blocks, table + blocks * a_row, color=BLUE, label="table and two temporaries")
    ax.axhline(table, color=GREEN, linestyle="--", label=f"the table alone, {_megabytes(table)}")
    ax.plot(block, table + block * a_row, "o", color=RED, markersize=9)
    ax.annotate(_megabytes(table + block * a_row), (block, table + block * a_row), (-8, 8), ha="right",
                textcoords="offset points", color=RED)  # fmt: skip
    ax.set(xlabel="rows in a block", ylabel="peak memory (MB)")
    ax.set_title(f"{points:,} and {points:,} points, {coordinates} coordinates, float64")
    ax.legend(loc="upper left")
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_locator(LogLocator(subs=(1, 3)))
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,g}"))
    ax.minorticks_off()
    alt = f"""Peak memory against rows in a block, both on logarithmic axes: flat at the {_megabytes(table)} of the table
        for small blocks, then rising. With {block} rows it is {_megabytes(table + block * a_row)}, with all rows at
        once {_megabytes(table + points * a_row)}."""
    return Picture(fig, alt=alt)
