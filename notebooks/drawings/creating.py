"""Drawings of lesson 02: making arrays."""

from __future__ import annotations

import warnings

import numpy as np
import torch
from matplotlib.axes import Axes

from drawings.shared import (
    BLUE,
    GHOST,
    INK,
    ORANGE,
    RED,
    Picture,
    subplots,
)

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


def _panel(ax: Axes, call: str, made: np.ndarray | None, verdict: str) -> None:
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
    figure, axes = subplots(len(heights), 4, figsize=(10.5, sum(heights)), height_ratios=heights, squeeze=False,
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
