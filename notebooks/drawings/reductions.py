"""Drawings of lesson 08: reductions along axes."""

from __future__ import annotations

import numpy as np
from matplotlib.patches import Rectangle

from drawings.predictions import Prediction, read_shape
from drawings.shared import (
    BLUE,
    GHOST,
    GREEN,
    INK,
    ORANGE,
    PALE,
    RED,
    Picture,
    grid,
    subplots,
)
from drawings.sheet import Sheet, tint

REDUCTIONS = ("sum", "mean", "max", "max with index", "std")
"""What `collapse` can draw."""


def _cubes(
    sheet: Sheet, texts: np.ndarray, picked: np.ndarray, color: str, left: float, *, flat: bool = False
) -> float:
    """Draw a 3-D array of texts as sheets one below another, row 0 far away, or upright. Return the right edge."""
    sheets, rows, columns = texts.shape
    side, up, thick = (0.0, 1.0, 0.0) if flat else (0.45, 0.62, 0.28)
    low = ((sheets - 1) * (rows * up + 0.8) + rows * up) / 2
    for (i, j, k), text in np.ndenumerate(texts):
        x, y = left + k + (rows - 1 - j) * side, low - (sheets - 1 - i) * (rows * up + 0.8) - (rows - 1 - j) * up
        front = [(x, y), (x + 1, y), (x + 1, y + thick), (x, y + thick)]
        right = [(x + 1, y), (x + 1 + side, y - up), (x + 1 + side, y - up + thick), (x + 1, y + thick)]
        top = [(x, y), (x + 1, y), (x + 1 + side, y - up), (x + side, y - up)]
        fill = ORANGE if picked[i, j, k] else color
        for face, strength in ((front, 0.9), (right, 0.7))[: 0 if flat else 2]:
            sheet.polygon(face, tint(fill, strength), INK)
        sheet.polygon(top, tint(fill, 0.6 if picked[i, j, k] else 0.3), INK)
        sheet.words(x + (1 + side) / 2, y - up / 2, text, size=12 if flat or "\n" not in text else 9, fit=0.95, layer=0)
    return float(left + columns + rows * side)


def _axis_arrows(sheet: Sheet, shape: tuple[int, ...], gone: tuple[int, ...], verb: str) -> None:
    """Draw an arrow along each axis of a block, red and dashed where the axis is reduced."""
    sheets, rows, columns = shape
    far, one = rows * 0.45, rows * 0.62
    half = ((sheets - 1) * (one + 0.8) + one) / 2
    arrows = (
        ((-2.2, -half), (-2.2, half + 0.3), (-2.4, 0), "end"),
        ((far - 0.3, -half), (-0.3, one - half), (far / 2 - 0.5, one / 2 - half), "end"),
        ((far, -half - 0.3), (far + columns, -half - 0.3), (far + columns / 2, -half - 0.6), "middle"),
    )
    for axis, (start, end, place, side) in enumerate(arrows):
        color = RED if axis in gone else INK
        sheet.line((start, end), color, line=2.5 if axis in gone else 1.2, dash=axis in gone, tip=True)
        sheet.words(
            *place, f"axis {axis} {verb}" if axis in gone else f"axis {axis}", size=12, color=color, anchor=side
        )


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
    keepdims: bool = False, ddof: int = 0, pick: int = 0, asking: bool = False,
) -> Picture:  # fmt: skip
    """Draw a block of numbers, what is left of it after a reduction, and where result number `pick` comes from.

    Where `asking`, what is left stays hidden, so that one can predict its shape.
    """
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

    sheet = Sheet(46)
    edge = _cubes(sheet, _texts(x), source & (not asking), BLUE, 0)
    _axis_arrows(sheet, x.shape, gone, "is reduced" if asking else "goes")
    sheet.line(((edge + 0.5, 0), (edge + 1.8, 0)), "#8a8a8a", line=4, tip=True)
    block = f"A block of shape {x.shape}: {x.shape[0]} sheets of {x.shape[1]} rows and {x.shape[2]} columns."
    if asking:
        sheet.words(edge + 3, 0, "?", size=30)
        head = f"x.shape = {x.shape}     {call}\nWhich shape is left?"
        said = f"{block} {call} reduces it. Which shape is left?"
    else:
        drawn = shape if keepdims else (1,) * (3 - max(len(shape), 1)) + (shape or (1,))
        _cubes(sheet, texts.reshape(drawn), chosen.reshape(drawn), GREEN, edge + 2.5, flat=not keepdims)
        head = f"x.shape = {x.shape}     {call}  gives shape {shape}\n{story}"
        said = f"{block} {call} leaves shape {shape}. In orange, {story}."
    page = Sheet()
    page.words(sheet.left, 0, head, anchor="start")
    page.below(sheet, gap=16)
    return Picture(page, said)


def _lengths(shape: str) -> tuple[int, ...]:
    """Return the shape of a block that someone typed."""
    try:
        lengths = read_shape(shape)
    except ValueError:
        lengths = ()
    if len(lengths) != 3 or not all(1 <= int(n) <= 4 for n in lengths):
        raise ValueError("Write three lengths from 1 to 4 with commas between them, for example 2, 3, 4.")
    return tuple(map(int, lengths))


def pick_axis(
    shape: str = "2, 3, 4", axis: int | tuple[int, ...] | None = 0, how: str = "sum",
    keepdims: bool = False, ddof: int = 0, pick: int = 0, *, asking: bool = False,
) -> Picture:  # fmt: skip
    """Draw `collapse` for a block of digits whose shape is written as three lengths."""
    x = np.random.default_rng(0).integers(0, 10, _lengths(shape))
    return collapse(x, axis, how, keepdims=keepdims, ddof=ddof, pick=pick, asking=asking)


def _what_is_left(
    shape: str = "2, 3, 4",
    axis: int | tuple[int, ...] | None = 0,
    how: str = "sum",
    keepdims: bool = False,
    **_: object,
) -> Prediction:
    """Ask for the shape that a reduction leaves."""
    lengths = _lengths(shape)
    gone = range(3) if axis is None else tuple(int(a) % 3 for a in np.atleast_1d(axis))
    left = tuple(1 if a in gone else n for a, n in enumerate(lengths) if keepdims or a not in gone)
    call = f"{_call(how, axis, keepdims, 0).replace(', ddof=0', '')} of shape {lengths}"
    why = "With keepdims the reduced axes stay, with length 1." if keepdims else "The reduced axes go, the others stay."
    other = tuple(1 if a in gone else n for a, n in enumerate(lengths) if not keepdims or a not in gone)
    wrong = {str(other): "That is the shape " + ("without" if keepdims else "with") + " keepdims."}
    wrong |= {str(tuple(lengths[a] for a in gone)): "These are the lengths of the axes that are reduced."}
    wrong.pop(str(left), None)
    return Prediction(call, "Which shape is left?", "shape", str(left), why, wrong=wrong)


pick_axis.ask = _what_is_left


def mean_and_median(last: int = 100) -> Picture:
    """Draw 1, 2, 3, 4 and `last` on a line, with their mean (the point of balance) and their median."""
    values = np.array([1, 2, 3, 4, last])
    figure, ax = subplots(figsize=(8, 1.9))
    ax.axhline(0, color=GHOST, zorder=0)
    ax.scatter(values, np.zeros(5), s=36, color=BLUE, edgecolor=INK, label="the five values")
    ax.scatter(np.median(values), 0.32, marker="v", s=110, color=GREEN, label=f"median {np.median(values):g}")
    ax.scatter(values.mean(), -0.32, marker="^", s=110, color=RED, label=f"mean {values.mean():g}")
    ax.set(xlim=(-3, 104), ylim=(-0.7, 0.7), yticks=[], xlabel="value (no unit)")
    ax.legend(ncols=3, loc="lower center", bbox_to_anchor=(0.5, 1))
    ax.spines[["left", "right", "top"]].set_visible(False)
    return Picture(figure, f"Points at 1, 2, 3, 4 and {last}: median {np.median(values):g}, mean {values.mean():g}.")


def pixel_labels(photo: np.ndarray, *labels: np.ndarray) -> Picture:
    """Draw a photo (H, W, 3) beside two maps of labels: its strongest colour, and its class."""
    figure, axes = subplots(1, 3, figsize=(10, 2.9))
    titles = (
        "the photo",
        "photo.argmax(axis=-1)\n0 red, 1 green, 2 blue",
        "class_scores.argmax(axis=0)\n0 road, 1 car, 2 sky",
    )
    for ax, shown, title in zip(axes, (photo, *labels), titles, strict=True):
        ax.imshow(shown, vmin=0, vmax=2, cmap="cividis")
        ax.set(xlabel="column", ylabel="row")
        ax.set_title(title, fontsize=9)
        for (row, column), label in np.ndenumerate(shown if shown.ndim == 2 else np.empty((0, 0))):
            ax.text(column, row, label, ha="center", va="center", color=INK if label == 2 else PALE)
    figure.tight_layout()
    names = (("red", "green", "blue"), ("road", "car", "sky"))
    counts = [
        ", ".join(f"{np.sum(label == n)} pixels {words[n]} ({n})" for n in np.unique(label))
        for label, words in zip(labels, names, strict=True)
    ]
    alt = f"A photo of a blue car between sky and road. By strongest colour: {counts[0]}. By class: {counts[1]}."
    return Picture(figure, alt)


def corners(image: np.ndarray, box: tuple[int, int, int, int]) -> Picture:
    """Draw an image with a box img[r0:r1, c0:c1] and its integral image with the four corners that give the sum."""
    r0, c0, r1, c1 = box
    table = np.pad(image, ((1, 0), (1, 0))).cumsum(axis=0).cumsum(axis=1)
    figure, (left, right) = subplots(1, 2, figsize=(10, 4.2))
    grid(left, image)
    left.add_patch(Rectangle((c0, r0), c1 - c0, r1 - r0, facecolor="none", edgecolor=RED, linewidth=3))
    left.set_title(f"img, shape {image.shape}: the box img[{r0}:{r1}, {c0}:{c1}]", fontsize=10)
    grid(right, table, color=GREEN)
    for row, column, sign, color in ((r1, c1, "+", BLUE), (r0, c1, "−", RED), (r1, c0, "−", RED), (r0, c0, "+", BLUE)):
        right.add_patch(Rectangle((column, row), 1, 1, facecolor="none", edgecolor=color, linewidth=3))
        right.text(column + 0.18, row + 0.22, sign, ha="center", va="center", color=color, fontsize=12, weight="bold")
    total = table[r1, c1] - table[r0, c1] - table[r1, c0] + table[r0, c0]
    sums = f"{table[r1, c1]} − {table[r0, c1]} − {table[r1, c0]} + {table[r0, c0]} = {total}"
    right.set_title(f"S, shape {table.shape}:  {sums}", fontsize=10)
    where = f"An image with a box around rows {r0} to {r1 - 1} and columns {c0} to {c1 - 1}, and its integral image."
    return Picture(figure, f"{where} Four corners give the sum of the box: {sums}.")
