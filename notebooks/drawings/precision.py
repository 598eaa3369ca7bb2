"""Drawings of lesson 03: which numbers a dtype has, what two dtypes make together, photographs in few levels."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from drawings.shared import BLUE, GHOST, GREEN, INK, ORANGE, PALE, PURPLE, RED, Picture, subplots
from drawings.sheet import Sheet, tint

# Bits ────────────────────────────────────────────────────────────────────────────────────────────

_FLOATS = {"float64": (11, 52), "float32": (8, 23), "bfloat16": (8, 7), "float16": (5, 10)}
"""The bits of the exponent and of the fraction; one more is the sign."""


def bit_layouts() -> Picture:
    """Draw how four kinds of floats spend their bits, a box a bit."""
    sheet, said = Sheet(), []
    for row, (name, (exponent, fraction)) in enumerate(_FLOATS.items()):
        y = 34.0 * row
        sheet.words(-8, y + 10, name, anchor="end", mono=True)
        parts = ((RED, 1), (BLUE, exponent), (ORANGE, fraction))
        for place in range(1 + exponent + fraction):
            color = next(color for color, upto in ((RED, 1), (BLUE, 1 + exponent), (ORANGE, 99)) if place < upto)
            sheet.box(11.0 * place, y, 11, 20, tint(color, 0.55), INK, line=0.6)
        end = 11.0 * (1 + exponent + fraction)
        sheet.words(end + 8, y + 10, " + ".join(str(count) for _, count in parts), anchor="start", size=12)
        said.append(f"{name} has 1 bit of sign, {exponent} of exponent and {fraction} of fraction")
    for place, (color, text) in enumerate(
        ((RED, "sign"), (BLUE, "exponent: the range"), (ORANGE, "fraction: the digits"))
    ):
        sheet.box(190.0 * place, 146, 14, 14, tint(color, 0.55), INK, line=0.6)
        sheet.words(190.0 * place + 20, 153, text, anchor="start")
    return Picture(sheet, alt=f"Four strips of boxes, a box a bit. {'; '.join(said)}.")


# The number line ─────────────────────────────────────────────────────────────────────────────────

_HALVES = {"float16": (torch.float16, torch.int16), "bfloat16": (torch.bfloat16, torch.int16),
           "float32": (torch.float32, torch.int32)}  # fmt: skip
NUMBERS = (*_HALVES, "int8")
"""What `number_line` can draw."""
_WIDE, _DECADES = 720.0, (-8, 40)


@dataclass(frozen=True)
class Stored:
    """What becomes of a number in a dtype, among its neighbours."""

    value: float
    """What is stored; inf beyond the wall."""
    around: tuple[float, ...]
    """Some representable numbers in order, the stored one among them unless it is inf."""
    smallest: float
    """The least number above zero."""
    largest: float


def stored(dtype: str, x: float, beside: int = 5) -> Stored:
    """Return what a positive number becomes in a dtype of `NUMBERS`; int8 cuts, floats round.

    >>> stored("float16", 0.1).value, stored("int8", 2.9).value, stored("float16", 7e4).value
    (0.0999755859375, 2.0, inf)
    """
    if dtype == "int8":
        cut = float(math.floor(x)) if x < 128 else math.inf
        middle = int(min(cut, 127))
        around = tuple(float(n) for n in range(middle - beside, middle + beside + 1) if n <= 127)
        return Stored(cut, around, 1.0, 127.0)
    kind, bits = _HALVES[dtype]
    value = float(torch.tensor(x, dtype=torch.float64).to(kind))
    about = torch.finfo(kind)
    near = torch.tensor(min(value, about.max), dtype=kind)
    middle = int(near.view(bits))  # the bits of positive floats, read as an integer, count them through
    steps = range(middle - beside, middle + beside + 1)
    smallest = float(torch.tensor(1, dtype=bits).view(kind))
    sizes = torch.tensor([abs(step) for step in steps], dtype=bits).view(kind).double()
    around = tuple(math.copysign(float(size), step) for size, step in zip(sizes, steps, strict=True))
    return Stored(value, tuple(one for one in around if math.isfinite(one)), smallest, about.max)


def _overview(sheet: Sheet, dtype: str, x: float) -> None:
    """Draw how far each dtype reaches, on a line of powers of ten, and where x is."""
    first, last = _DECADES

    def place(value: float) -> float:
        return _WIDE * (math.log10(value) - first) / (last - first)

    for row, name in enumerate(NUMBERS):
        y, about = 24.0 * row, stored(name, 1.0)
        left, right = place(max(about.smallest, 10.0**first)), place(about.largest)
        chosen = name == dtype
        sheet.words(-10, y + 8, name, anchor="end", mono=True, bold=chosen)
        sheet.box(left, y, right - left, 15, tint(BLUE, 0.6 if chosen else 0.2))
        sheet.box(right, y - 3, 4, 21, RED if chosen else tint(RED, 0.35))
        sheet.words(right + 8, y + 8, f"{about.largest:.5g}", size=11, color=RED if chosen else INK, anchor="start")
    bottom = 24.0 * len(NUMBERS)
    for power in range(first, last + 1, 8):
        sheet.words(_WIDE * (power - first) / (last - first), bottom + 12, f"1e{power:+d}", size=11)
    at = place(min(max(x, 10.0**first), 10.0**last))
    sheet.line([(at, -12), (at, bottom)], ORANGE, line=2.5, layer=1)
    sheet.words(at, -20, f"x = {x:g}", color=INK, bold=True)


def _neighbours(x: float, about: Stored) -> Sheet:
    """Draw the numbers that the dtype has near x, as ticks, and where x goes."""
    sheet, beyond = Sheet(), math.isinf(about.value)
    low, high = about.around[0], about.around[-1]
    wide = _WIDE * (0.72 if about.around[-1] == about.largest else 1.0)

    def place(value: float) -> float:
        return wide * (value - low) / (high - low)

    sheet.line([(-14, 0), (_WIDE + 14 if wide == _WIDE else wide, 0)], INK)
    for number, value in enumerate(about.around):
        target = value == about.value
        sheet.line([(place(value), -9), (place(value), 9)], GREEN if target else BLUE, line=4 if target else 2)
        if number in (0, len(about.around) - 1):
            sheet.words(place(value), 22, f"{value:.9g}", size=11, anchor="start" if number == 0 else "end")
    if about.around[-1] == about.largest:
        sheet.box(wide + 8, -30, 7, 60, RED)
        sheet.words(wide + 24, -2, "the wall", color=RED, anchor="start", bold=True)
    at = wide + 110 if beyond else place(x)
    sheet.line([(at, -46), (at, -26)], ORANGE, line=3)
    sheet.words(at, -55, "x", bold=True)
    if beyond:
        sheet.line([(at, -36), (at + 70, -36)], ORANGE, line=2.5, tip=True)
    else:
        sheet.line([(at, -26), (place(about.value), -11)], GREEN, line=2.5, tip=True)
    return sheet


def number_line(dtype: str = "float16", digits: float = 1.0, power: int = -1) -> Picture:
    """Draw the numbers that a dtype has near digits x 10**power, the one that is stored, and where the dtype ends."""
    if dtype not in NUMBERS:
        raise ValueError(f"There is no line of {dtype!r}: take one of {', '.join(NUMBERS)}.")
    x = float(f"{digits:.4f}e{power}")
    about = stored(dtype, x)
    if math.isinf(about.value):
        end = "an integer has no inf: what comes is not defined" if dtype == "int8" else "stored: inf"
        text = f"{x:g} lies beyond the wall at {about.largest:.6g}; {end}"
    else:
        place = about.around.index(about.value)
        last = place == len(about.around) - 1
        gap = about.around[place - last + 1] - about.around[place - last]  # at a power of two the one above is wider
        off = f"{100 * abs(about.value - x) / x:.3g} % off" if about.value != x else "exactly"
        text = f"stored: {about.value:.10g} ({off}); the numbers here are {gap:.3g} apart"
    sheet = Sheet()
    _overview(sheet, dtype, x)
    sheet.below(_neighbours(x, about), gap=34)
    foot = Sheet()
    foot.words(0, 0, f"{dtype}: {text}", anchor="start", bold=True)
    sheet.below(foot, gap=12)
    wall = f"The numbers of {dtype} end at {about.largest:.6g}."
    return Picture(sheet, alt=f"The number line near x = {x:g}. In {dtype}, {text}. {wall}")


# Promotion ───────────────────────────────────────────────────────────────────────────────────────

_SHORT = {"bool": "bool", "uint8": "u8", "int8": "i8", "int16": "i16", "int32": "i32", "int64": "i64", "float16": "f16",
          "bfloat16": "bf16", "float32": "f32", "float64": "f64"}  # fmt: skip
_PYTHON: dict[str, bool | int | float] = {"True": True, "2": 2, "2.5": 2.5}
PAIRS = ("two arrays", "an array and a 0-d array", "an array and a Python number")
"""What `promotion_matrix` can put together."""


def _numpys(left: str, right: str, pair: str) -> str:
    """Return the dtype that NumPy computes in, or '' where it lacks one of the two."""
    if "bfloat16" in (left, right):
        return ""
    other = _PYTHON[right] if right in _PYTHON else np.zeros(() if pair == PAIRS[1] else 2, dtype=right)
    return str(np.result_type(np.zeros(2, dtype=left), other))


def _torchs(left: str, right: str, pair: str) -> str:
    """Return the dtype that torch computes in."""
    array = torch.zeros(2, dtype=getattr(torch, left))
    if right in _PYTHON:
        return str(torch.result_type(array, _PYTHON[right])).removeprefix("torch.")
    other = torch.zeros(() if pair == PAIRS[1] else (2,), dtype=getattr(torch, right))
    return str(torch.result_type(array, other)).removeprefix("torch.")


def _shade(dtype: str) -> str:
    if dtype.startswith(("float", "bfloat")):
        return tint(ORANGE, {"16": 0.25, "32": 0.55, "64": 0.95}[dtype[-2:]])
    return tint(BLUE, 0.12 + 0.1 * ["bool", "uint8", "int8", "int16", "int32", "int64"].index(dtype))


def _matrix(sheet: Sheet, x: float, title: str, columns: Sequence[str], cells: list[list[tuple[str, str]]]) -> None:
    """Draw a grid of dtypes: `cells` holds the words and the colour of each."""
    side = 31.0
    sheet.words(x + side * len(columns) / 2, -38, title, bold=True, size=15)
    for place, name in enumerate(columns):
        sheet.words(x + side * (place + 0.5), -12, _SHORT.get(name, name), size=12, mono=True, fit=side - 2)
    for row, (name, line) in enumerate(zip(_SHORT, cells, strict=True)):
        y = side * row
        sheet.words(x - 6, y + side / 2, _SHORT[name], size=12, mono=True, anchor="end")
        for place, (text, color) in enumerate(line):
            sheet.box(x + side * place, y, side, side, color, "#ffffff", line=1.5)
            sheet.words(x + side * (place + 0.5), y + side / 2, text, size=11, fit=side - 3)


def promotion_matrix(pair: str = PAIRS[0]) -> Picture:
    """Draw the dtype of a sum for every pair of dtypes: NumPy's, torch's, and where the two differ."""
    if pair not in PAIRS:
        raise ValueError(f"There is no pair {pair!r}: take one of {', '.join(PAIRS)}.")
    columns = list(_PYTHON) if pair == PAIRS[2] else list(_SHORT)
    ours = [[_numpys(left, right, pair) for right in columns] for left in _SHORT]
    theirs = [[_torchs(left, right, pair) for right in columns] for left in _SHORT]
    plain = [[[(_SHORT.get(one, "–"), _shade(one) if one else PALE) for one in row] for row in table]
             for table in (ours, theirs)]  # fmt: skip
    marks: list[list[tuple[str, str]]] = []
    differ: list[str] = []
    for left, one, other in zip(_SHORT, ours, theirs, strict=True):
        marks.append([])
        for right, mine, yours in zip(columns, one, other, strict=True):
            differs = bool(mine) and mine != yours
            text = f"{_SHORT[mine]}\n{_SHORT[yours]}" if differs else ""
            marks[-1].append((text, tint(RED, 0.45) if differs else PALE))
            if differs:
                differ.append(f"{left} with {right}: {mine} and {yours}")
    sheet, step = Sheet(), 31.0 * len(columns) + 62
    for place, (title, cells) in enumerate(zip(("NumPy", "torch", "they differ"), (*plain, marks), strict=True)):
        _matrix(sheet, step * place, title, columns, cells)
    counted = f"{len(differ)} of {sum(bool(one) for row in ours for one in row)} pairs differ"
    alt = f"The dtype that {pair} give together, NumPy left, torch in the middle; {counted}: {'; '.join(differ[:12])}"
    return Picture(sheet, alt=f"{alt}{', and so on' * (len(differ) > 12)}.")


# Photographs ─────────────────────────────────────────────────────────────────────────────────────


def photos(views: dict[str, np.ndarray]) -> Picture:
    """Draw photographs side by side: each (rows, columns) or (rows, columns, 3) of uint8, or floats from 0 to 1."""
    figure, axes = subplots(1, len(views), figsize=(2.7 * len(views), 3.0), squeeze=False, layout="constrained")
    said = []
    for ax, (title, img) in zip(axes[0], views.items(), strict=True):
        top = 255 if img.dtype == np.uint8 else 1
        ax.imshow(img, cmap="gray", vmin=0, vmax=top)
        ax.set_title(title, fontsize=10)
        ax.axis("off")
        said.append(f"{title}: on average {img.mean() / top:.0%} of white")
    return Picture(figure, alt=f"The same photograph of a woman in uniform {len(views)} times. {'; '.join(said)}.")


def posterised(photo: np.ndarray, levels: int = 4) -> Picture:
    """Draw a grey photograph (uint8) rounded to a few levels, and the staircase that does it."""
    steps = levels - 1
    given = np.arange(256)
    figure, axes = subplots(1, 2, figsize=(7.4, 3.6), width_ratios=(1, 1.1), layout="constrained")
    axes[0].imshow(np.rint(photo / 255 * steps) / steps, cmap="gray", vmin=0, vmax=1)
    axes[0].axis("off")
    axes[1].plot(given, given / 255, color=GHOST, label="what was there")
    axes[1].plot(given, np.rint(given / 255 * steps) / steps, color=PURPLE, label="what is left")
    axes[1].set(xlabel="grey value in the photograph", title=f"{levels} levels: {math.log2(levels):.2g} bits a pixel")
    axes[1].legend(loc="upper left")
    alt = f"""Left: the photograph in {levels} levels of grey. Right: the staircase with {levels} steps that rounds each
        grey value to the nearest level, beside the straight line from black to white."""
    return Picture(figure, alt=alt)
