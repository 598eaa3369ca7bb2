"""Drawings of lesson 07: element-wise mathematics, stably."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal, localcontext
from functools import partial
from typing import Any

import numpy as np
import torch
from matplotlib.patches import Circle

from drawings.shared import BLUE, GHOST, GREEN, INK, ORANGE, PURPLE, RED, SKY, Picture, subplots
from drawings.sheet import Sheet

TISSUES = ((0.05, 0.05, 0.12), (0.2, 0.45, 0.85), (0.95, 0.6, 0.1), (0.97, 0.95, 0.88))
"""The colours of the lesson's four classes, from the darkest to the brightest."""


_DTYPES: tuple[type[np.floating], ...] = (np.float32, np.float64)


def head_views(views: dict[str, np.ndarray]) -> Picture:
    """Draw tables of numbers side by side in grey, each from black, its smallest number, to white, its largest."""
    figure, axes = subplots(1, len(views), figsize=(3.3 * len(views), 3.6), squeeze=False, layout="constrained")
    said = []
    for ax, (title, values) in zip(axes[0], views.items(), strict=True):
        ax.imshow(values, cmap="gray")
        ax.set(title=title, xticks=[], yticks=[])
        grey = (np.median(values) - values.min()) / np.ptp(values)
        said.append(f"{title}: half of it is at most {grey:.1%} of the way from black to white")
    return Picture(figure, alt=f"Grey pictures side by side. {'; '.join(said)}.")


def tissue_views(views: dict[str, np.ndarray]) -> Picture:
    """Paint each pixel in a mixture of four colours by its shares, (rows, columns, 4); where one is NaN, in red."""
    figure, axes = subplots(1, len(views), figsize=(3.6 * len(views), 3.9), squeeze=False, layout="constrained")
    said = []
    for ax, (title, shares) in zip(axes[0], views.items(), strict=True):
        lost = np.isnan(shares).any(axis=-1)
        paint = np.where(lost[..., None], (1.0, 0.0, 0.0), np.nan_to_num(shares) @ np.array(TISSUES))
        ax.imshow(paint.clip(0, 1))
        ax.set(title=title, xticks=[], yticks=[])
        said.append(f"{title}: {lost.mean():.1%} of the pixels are red, for NaN")
    alt = f"""A head from the side, bone and air black, muscle blue, the folds of the brain in orange and cream.
        {"; ".join(said)}."""
    return Picture(figure, alt=alt)


def _shares(scores: np.ndarray, *, stable: bool) -> np.ndarray:
    """Return the softmax of scores in their dtype, with or without the largest subtracted first."""
    with np.errstate(all="ignore"):
        powers = np.exp(scores - scores.max() if stable else scores)
        return np.asarray(powers / powers.sum())


def softmax_bars(shift: float = 0.0) -> Picture:
    """Draw the shares of the scores 1, 2, 3, 4, all shifted: by the formula and by the stable form, in two dtypes."""
    sheet, said = Sheet(), []
    for row, (form, stable) in enumerate((("exp(z) / sum", False), ("exp(z - max) / sum", True))):
        for column, dtype in enumerate(_DTYPES):
            x, y = 300.0 * column, 190.0 * row
            shares = _shares(np.arange(1, 5).astype(dtype) + dtype(shift), stable=stable)
            lost = bool(np.isnan(shares).any())
            sheet.words(x + 115, y - 14, f"{form}, {np.dtype(dtype)}", size=13, mono=True, color=RED if lost else INK)
            sheet.box(x, y, 230, 120, "none", RED if lost else GHOST, line=3 if lost else 1)
            for place, share in enumerate(shares.tolist()):
                left, known = x + 14 + 54 * place, not math.isnan(share)
                high = 92 * share if known else 0.0
                sheet.box(left, y + 120 - high, 42, high, BLUE if stable else ORANGE)
                sheet.words(left + 21, y + 110 - high, f"{share:.3f}" if known else "NaN", color=INK if known else RED)
                sheet.words(left + 21, y + 132, f"{place + 1 + shift:g}", size=11)
            said.append(f"{form} in {np.dtype(dtype)}: {', '.join(f'{share:.3f}' for share in shares.tolist())}")
    return Picture(sheet, alt=f"Bars of the shares of four scores, {1 + shift:g} to {4 + shift:g}. {'; '.join(said)}.")


_Form = Callable[[Any], Any]
STABLE: dict[str, tuple[str, str, _Form, _Form, Callable[[Decimal], Decimal], tuple[float, float]]] = {
    "log of 1 + x": (
        "log(1 + x)", "log1p(x)",
        lambda x: np.log(1 + x), np.log1p, lambda x: _log1p(x), (-20, 0),
    ),
    "exp minus 1": (
        "exp(x) - 1", "expm1(x)",
        lambda x: np.exp(x) - 1, np.expm1, lambda x: x.exp() - 1, (-20, 0),
    ),
    "softmax": (
        "exp(x) / (exp(x) + 1)", "exp(x - m) / (exp(x - m) + exp(-m))",
        lambda x: np.exp(x) / (np.exp(x) + 1), lambda x: np.exp(x - x) / (np.exp(x - x) + np.exp(-x)),
        lambda x: 1 / (1 + (-x).exp()), (0, 3.3),
    ),
    "log of a softmax": (
        "log(1 / (1 + exp(x)))", "-logaddexp(0, x)",
        lambda x: np.log(1 / (1 + np.exp(x))), lambda x: -np.logaddexp(x - x, x),
        lambda x: -(x + (1 + (-x).exp()).ln()), (0, 3.3),
    ),
    "log-sum-exp": (
        "log(exp(x) + exp(x))", "x + log(2)",
        lambda x: np.log(np.exp(x) + np.exp(x)), lambda x: x + np.log(x / x + 1),
        lambda x: x + Decimal(2).ln(), (0, 3.3),
    ),
    "length": (
        "sqrt(x*x + x*x)", "hypot(x, x)",
        lambda x: np.sqrt(x * x + x * x), lambda x: np.hypot(x, x), lambda x: x * Decimal(2).sqrt(), (-200, 200),
    ),
}  # fmt: skip
"""By name: two ways to write one thing, the two as functions, the truth in 50 digits, and the powers of ten of x."""


def _log1p(x: Decimal) -> Decimal:
    return (1 + x).ln()


def _errors(form: _Form, truth: Callable[[Decimal], Decimal], x: np.ndarray) -> np.ndarray:
    """Return by how much a form is off, relative to the truth, where nothing at all is right 1; inf and NaN are NaN."""
    with np.errstate(all="ignore"):
        made = form(x)
    with localcontext() as context:
        context.prec = 50
        right = [truth(Decimal(float(one))) for one in x]
        off = [
            abs((Decimal(float(got)) - wanted) / wanted) if math.isfinite(got) else Decimal("nan")
            for got, wanted in zip(made, right, strict=True)
        ]
        return np.array([float(one) for one in off])


def _useless(form: _Form, truth: Callable[[Decimal], Decimal], x: np.ndarray) -> np.ndarray:
    """Return where a form gives inf, NaN, or a number of which no digit is right."""
    off = _errors(form, truth, x)
    return np.asarray(np.isnan(off) | (off > 0.5))


def _edge(bad: Callable[[np.ndarray], np.ndarray], fine: np.ndarray, lost: np.ndarray) -> np.ndarray:
    """Return where a form ceases to be fine, between two numbers (1-d arrays of one)."""
    for _ in range(20):
        middle = (np.sqrt(fine.astype(float)) * np.sqrt(lost.astype(float))).astype(fine.dtype)
        fine, lost = (fine, middle) if bad(middle)[0] else (middle, lost)
    return lost


def _lost(x: np.ndarray, bad: Callable[[np.ndarray], np.ndarray]) -> str:
    """Say at which x a form gives no right digit; these lie at the ends, if anywhere."""
    known = bad(x)
    if not known.any():
        return "never lost"
    fine, parts = np.flatnonzero(~known), []
    if known[0]:
        first = int(fine[0])
        parts.append(f"up to {_edge(bad, x[first : first + 1], x[first - 1 : first])[0]:.2g}")
    if known[-1]:
        last = int(fine[-1])
        parts.append(f"from {_edge(bad, x[last : last + 1], x[last + 1 : last + 2])[0]:.3g} on")
    return f"lost {' and '.join(parts)}"


def stable_forms(form: str = "log of 1 + x") -> Picture:
    """Draw the error of two ways to write one formula over x, in float32 and in float64, and where each is lost."""
    naive, stable, by_naive, by_stable, truth, powers = STABLE[form]
    sheet, said = Sheet(), []
    for column, dtype in enumerate(_DTYPES):
        left, wide, high = 400.0 * column, 330.0, 200.0
        first = max(powers[0], math.log10(float(np.finfo(dtype).tiny)))
        last = min(powers[1], math.log10(float(np.finfo(dtype).max)) - 0.5)
        x = np.logspace(first, last, 70).astype(dtype)
        sheet.box(left, 0, wide, high, "none", GHOST)
        sheet.words(left + wide / 2, -40, str(np.dtype(dtype)), size=14, bold=True)
        for level, label in ((-16, "1e-16"), (-8, "1e-8"), (0, "no digit"), (2, "inf, NaN")):
            y = high * (3 - level) / 21
            sheet.line([(left, y), (left + wide, y)], GHOST, line=0.5)
            if not column:
                sheet.words(left - 8, y, label, size=11, anchor="end")
        for row, (name, made, color) in enumerate(((naive, by_naive, RED), (stable, by_stable, BLUE))):
            off = _errors(made, truth, x)
            height = np.where(np.isnan(off), 2.0, np.log10(np.clip(np.nan_to_num(off), 1e-17, 1.0)))
            size = 7.0 if row == 0 else 4.0
            for place, value in zip(np.linspace(6, wide - 6, len(x)), height.tolist(), strict=True):
                sheet.box(left + place - size / 2, high * (3 - value) / 21 - size / 2, size, size, color)
            words = _lost(x, partial(_useless, made, truth))
            sheet.words(left, -24 + 15 * row, f"{name}: {words}", size=12, color=color, anchor="start", fit=wide)
            said.append(f"{name} in {np.dtype(dtype)}: {words}")
        for place, power in ((6.0, first), (wide / 2, (first + last) / 2), (wide - 6, last)):
            sheet.words(left + place, high + 14, f"{10.0**power:.2g}", size=11)
        sheet.words(left + wide / 2, high + 30, "x", size=12)
    sheet.words(-62, -24, "relative\nerror", size=11)
    return Picture(sheet, alt=f"Relative errors of two ways to write one thing, over x. {'; '.join(said)}.")


CURVES: dict[str, tuple[str, Callable[[torch.Tensor, float], torch.Tensor]]] = {
    "ReLU": ("max(0, x)", lambda x, p: torch.relu(x)),
    "leaky ReLU": ("x or p x", lambda x, p: torch.where(x > 0, x, p * x)),
    "sigmoid": ("1 / (1 + exp(-p x))", lambda x, p: torch.sigmoid(p * x)),
    "tanh": ("tanh(p x)", lambda x, p: torch.tanh(p * x)),
    "GELU": ("x times the share of a bell left of p x", lambda x, p: x * torch.special.ndtr(p * x)),
    "cosine schedule": (
        "from 1 at -5 to 0 at 5 p",
        lambda x, p: (1 + torch.cos(torch.pi * torch.clamp((x + 5) / (5 * p + 5), max=1.0))) / 2,
    ),
}
"""By name: the formula, and the function of x and of a parameter p."""


def activation_curve(name: str = "leaky ReLU", p: float = 0.3) -> Picture:
    """Draw a function and its derivative, found by autograd, from -5 to 5."""
    formula, function = CURVES[name]
    x = torch.linspace(-5, 5, 401, dtype=torch.float64, requires_grad=True)
    y = function(x, p)
    (slope,) = torch.autograd.grad(y.sum(), x)
    at, heights, slopes = x.detach().numpy(), y.detach().numpy(), slope.numpy()
    lines = {"function": (heights, BLUE, False), "derivative": (slopes, ORANGE, True)}
    low, top = min(-1.0, heights.min(), slopes.min()), max(1.5, heights.max(), slopes.max())
    sheet = Sheet(44, 210 / (top - low))
    for number in range(-5, 6):
        sheet.line([(number, -low), (number, -top)], GHOST, line=1.2 if number == 0 else 0.4)
        sheet.words(number, -low + 12 / sheet.down, str(number), size=11)
    for number in range(math.ceil(low), math.floor(top) + 1):
        sheet.line([(-5, -number), (5, -number)], GHOST, line=1.2 if number == 0 else 0.4)
        sheet.words(-5.15, -number, str(number), size=11, anchor="end")
    for place, (name_of, (values, color, dash)) in enumerate(lines.items()):
        sheet.line(zip(at.tolist(), (-values).tolist(), strict=True), color, line=3, dash=dash)
        sheet.words(5.2, -top + (12 + 20 * place) / sheet.down, name_of, color=color, anchor="start", bold=True)
    sheet.words(-5, -top - 16 / sheet.down, f"{name}: {formula}, p = {p:g}", size=14, anchor="start")
    alt = f"""{name}, {formula}, with p = {p:g}, and its derivative. The function goes from {heights[0]:.2f} at -5 through
        {heights[200]:.2f} at 0 to {heights[-1]:.2f} at 5; its slope is at least {slopes.min():.2f} and at most
        {slopes.max():.2f}."""
    return Picture(sheet, alt=alt)


def encoding_map(positions: int = 40, features: int = 32) -> Picture:
    """Draw the sinusoidal encoding of positions (rows) by features (columns), all between -1 and 1."""
    rates = 10000.0 ** (-np.arange(0, features, 2) / features)
    angles = np.outer(np.arange(positions), rates)
    table = np.stack([np.sin(angles), np.cos(angles)], axis=-1).reshape(positions, features)
    figure, ax = subplots(1, 1, figsize=(7.2, 3.4), layout="constrained")
    figure.colorbar(ax.imshow(table, aspect="auto", cmap="RdBu", vmin=-1, vmax=1))
    ax.set(xlabel="feature", ylabel="position")
    alt = f"""A map of {positions} positions and {features} features. The columns on the left change from one
        row to the next, those further right ever more slowly; each row is another pattern."""
    return Picture(figure, alt=alt)


def clipped_arrows(gradient: np.ndarray, clipped: dict[str, np.ndarray]) -> Picture:
    """Draw a gradient of two numbers as an arrow, and what different ways of clipping make of it."""
    figure, ax = subplots(1, 1, figsize=(4.8, 3.9), layout="constrained")
    said = []
    for (name, (x, y)), color in zip(
        {"gradient": gradient, **clipped}.items(), (GHOST, RED, GREEN, PURPLE), strict=False
    ):
        ax.annotate("", (x, y), (0, 0), arrowprops={"arrowstyle": "-|>", "color": color, "linewidth": 2.5})
        ax.text(x + 0.08, y - 0.12, name, va="center")
        said.append(f"{name} ({x:.2f}, {y:.2f}), {math.degrees(math.atan2(y, x)):.0f} degrees")
    ax.add_patch(Circle((0, 0), 1.0, fill=False, linestyle="--", edgecolor=SKY))
    ax.set(xlim=(-0.3, 1.55 * gradient[0] + 0.6), ylim=(-0.3, gradient[1] + 0.4), aspect="equal")
    return Picture(figure, alt=f"Arrows from one point: {'; '.join(said)}. A dashed circle has the radius 1.")
