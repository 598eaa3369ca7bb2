"""Drawings of lesson 02: making arrays."""

from __future__ import annotations

import math
import warnings

import numpy as np
import torch
from matplotlib import colormaps
from matplotlib.colors import to_hex

from drawings.shared import (
    BLUE,
    GHOST,
    INK,
    ORANGE,
    RED,
    Picture,
    subplots,
)
from drawings.sheet import Sheet

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


def _short(value: float) -> str:
    """Write a number in at most four characters; what is not quite 1 does not look like 1.

    >>> _short(0.997), _short(2 / 3), _short(16.4), _short(3.0)
    ('0.99', '0.67', '16', '3')
    """
    if value == round(value) or value > 10:
        return f"{value:.0f}"
    shown = f"{value:.2f}"
    return shown if float(shown) != math.ceil(value) else f"{math.floor(100 * value) / 100:.2f}"


_PANEL = 236.0
"""The width of a panel in pixels, with what parts it from the next."""


def _panel(sheet: Sheet, x: float, y: float, high: float, call: str, made: np.ndarray | None, verdict: str) -> None:
    """Draw one result as a heat map with its call above, its dtype and shape below, and a red border for a verdict."""
    wide = _PANEL - 30
    sheet.words(x + wide / 2, y - 9 - 8 * call.count("\n"), call, size=13, mono=True, fit=_PANEL - 6)
    sheet.box(x, y, wide, high, "none", RED if verdict else GHOST, line=3 if verdict else 1,
              dash=verdict == "dtype differs")  # fmt: skip
    below = [] if made is None else [(f"{made.dtype} {made.shape}", RED if verdict else INK)]
    for number, (text, color) in enumerate([*below, (verdict, RED)]):
        sheet.words(x + wide / 2, y + high + 12 + 15 * number, text, color=color)
    if made is None:
        sheet.words(x + wide / 2, y + high / 2, "TypeError", color=RED)
        return
    cells = np.atleast_2d(made).astype(float)
    rows, columns = cells.shape
    spread = float(np.ptp(cells)) or 1.0
    shades = colormaps["Blues"]((cells - cells.min() + 0.3 * spread) / (float(np.ptp(cells)) + 1.1 * spread))
    side = min((wide - 8) / columns, (high - 8) / rows)
    ratio = 2.2 if (cells % 1).any() else 1.6  # more digits, wider cells
    across = (wide - 8) / columns if made.ndim == 1 else min((wide - 8) / columns, ratio * side)
    left, top = x + (wide - across * columns) / 2, y + (high - side * rows) / 2
    for (row, column), value in np.ndenumerate(cells):
        place = left + column * across, top + row * side
        sheet.box(*place, across, side, to_hex(shades[row, column]))
        sheet.words(place[0] + across / 2, place[1] + side / 2, _short(value), size=min(12, side), fit=across - 2)


def creation_gallery(n: int = 4, k: int = 1, repeats: int = 2, family: str = "overview") -> Picture:
    """Draw what NumPy's creation calls make, and beside each what the torch call of the same look makes."""
    if family != "overview" and family not in CREATIONS:
        raise ValueError(f"There is no family {family!r}: take overview, {', '.join(CREATIONS)}.")
    pairs = CREATIONS[family] if family in CREATIONS else [pair for calls in CREATIONS.values() for pair in calls[:2]]
    made = [(_created(ours, n, k, repeats), _created(theirs, n, k, repeats)) for ours, theirs in pairs]
    sheet, said, y = Sheet(), [], 0.0
    for row in range(0, len(pairs), 2):
        beside = list(zip(pairs[row : row + 2], made[row : row + 2], strict=True))
        y += 18 + 16 * max(call.count("\n") for calls, _ in beside for call in calls)
        high = 58.0 if beside[0][1][0] is not None and beside[0][1][0].ndim == 1 else 96.0
        for place, (calls, (ours, theirs)) in enumerate(beside):
            verdict = _verdict(ours, theirs)
            _panel(sheet, 2 * place * _PANEL, y, high, calls[0], ours, "")
            _panel(sheet, (2 * place + 1) * _PANEL, y, high, calls[1], theirs, verdict)
            said.append(f"{calls[0]} and {calls[1]}: {verdict or 'the same'}")
        y += high + 38
    alt = f"Pairs of heat maps, NumPy left, torch right; n={n}, k={k}, r={repeats}. {'; '.join(said)}."
    return Picture(sheet, alt=alt)


def joined_seconds(rate: int = 8) -> Picture:
    """Draw one second of a 1 Hz sine, sampled with and without the end point, played twice in a row."""
    figure, axes = subplots(2, 1, figsize=(8, 4.4), sharex=True, layout="constrained")
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


def orbit_views(views: dict[str, np.ndarray], longitude: np.ndarray, latitude: np.ndarray) -> Picture:
    """Draw colour pictures of lesson 02's coast, each (3, rows, columns) with values from 0 to 1, row 0 in the south."""
    size = (6.6, 5) if len(views) == 1 else (0.9 + 3.6 * len(views), 3.2)
    figure, axes = subplots(1, len(views), figsize=size, squeeze=False, sharey=True, layout="constrained")
    edges = (longitude[0], longitude[-1], latitude[0], latitude[-1])
    upright = 1 / np.cos(np.radians(np.mean(latitude)))  # a degree of longitude is shorter than one of latitude
    said = []
    for ax, (title, bands) in zip(axes[0], views.items(), strict=True):
        ax.imshow(bands.transpose(1, 2, 0), origin="lower", extent=edges, aspect=upright)
        ax.set(title=title, xlabel="longitude (degrees)", xticks=range(math.ceil(edges[0]), math.floor(edges[1]) + 1))
        said.append(f"{title}, {(bands > 0.85).all(axis=0).mean():.0%} of it white")
    axes[0, 0].set_ylabel("latitude (degrees)")
    snowy = any((bands > 0.85).all(axis=0).any() for bands in views.values())
    alt = f"""The coast round Vancouver from above: blue water west of an island and in the strait between it and the
        mainland, green land{", white mountains in the north east" * snowy}. {"; ".join(said)}."""
    return Picture(figure, alt=alt)


def dice_bars(rolls: dict[str, np.ndarray]) -> Picture:
    """Draw how often each face came, a bar chart for each way to roll a die."""
    figure, axes = subplots(
        1, len(rolls), figsize=(4 * len(rolls), 3), sharey=True, squeeze=False, layout="constrained"
    )
    said = []
    for ax, (call, faces) in zip(axes[0], rolls.items(), strict=True):
        values, counts = np.unique(faces, return_counts=True)
        ax.bar(values, counts, color=BLUE)
        ax.set(title=call, xlabel="face")
        shares = ", ".join(f"{value:g}: {count / faces.size:.0%}" for value, count in zip(values, counts, strict=True))
        said.append(f"{call} gives {shares}")
    axes[0, 0].set_ylabel("rolls")
    return Picture(figure, alt=f"Bar charts of how often each face of a die came. {'; '.join(said)}.")
