"""Drawings of lesson 01: a list and an array in memory, the libraries around NumPy, three arrays from three worlds."""

from __future__ import annotations

import sys
from dataclasses import dataclass

import numpy as np

from drawings.shared import BLUE, GHOST, GREEN, INK, ORANGE, PALE, PURPLE, SKY, YELLOW, Picture, subplots
from drawings.sheet import Sheet, tint

SIX = (171, 158, 183, 165, 176, 169)
"""The heights that the memory picture stores."""
MEMORY_DTYPES = ("uint8", "int16", "int32", "int64", "float32", "float64")
MEMORY_SHAPES = ("(6,)", "(2, 3)", "(3, 2)", "(6, 1)", "(1, 2, 3)")

_BYTE = 18.0
"""The width of a byte in pixels."""
_SCATTERED = ((640, 0), (250, 1), (10, 0), (770, 1), (420, 0), (60, 1))
"""Where the objects of the list lie: how far to the right, and in which of two rows."""


def _list_in_memory(sheet: Sheet) -> float:
    """Draw the six numbers as a list, and return where the drawing ends."""
    sheet.words(
        0, 0, "a list: six pointers of 8 bytes, and six objects wherever there was room", anchor="start", bold=True
    )
    for place, (value, (x, row)) in enumerate(zip(SIX, _SCATTERED, strict=True)):
        left, below = 8 * _BYTE * place, 96.0 + 44 * row
        sheet.box(left, 16, 8 * _BYTE, 26, tint(GHOST, 0.35), INK)
        sheet.words(left + 4 * _BYTE, 29, f"[{place}]", size=12)
        sheet.line([(left + 4 * _BYTE, 42), (x + 46, below)], GHOST, tip=True)
        sheet.box(x, below, 92, 26, tint(YELLOW, 0.35), INK, layer=1)
        sheet.words(x + 46, below + 13, f"int {value}", size=12, fit=84)
    each, pointers = sys.getsizeof(SIX[0]), sys.getsizeof([0] * len(SIX))
    said = f"{each} bytes an object, {pointers} for the list itself: {len(SIX) * each + pointers} bytes; no dtype, no shape"
    sheet.words(0, 186, said, anchor="start")
    return 200.0


def _strip(sheet: Sheet, y: float, a: np.ndarray) -> None:
    """Draw the bytes of an array in a row, their elements above, and the places of these below."""
    colors = (BLUE, ORANGE, GREEN, PURPLE, SKY, YELLOW)
    rows = len(a) if a.ndim == 2 else a.shape[1] if a.ndim == 3 else 1
    wide = a.itemsize * _BYTE
    for number, (place, value) in enumerate(np.ndenumerate(a)):
        left, color = number * wide, tint(colors[number * rows // a.size], 0.35)
        sheet.box(left, y, wide, 40, color, INK, line=1.6)
        narrow = a.itemsize == 1
        if not narrow:
            sheet.words(left + wide / 2, y + 12, f"{value:g}", size=13, bold=True, fit=wide - 4)
        for byte, bits in enumerate(value.tobytes()):
            sheet.box(left + byte * _BYTE, y + 22, _BYTE, 18, "white", GHOST, layer=1)
            sheet.words(left + (byte + 0.5) * _BYTE, y + 31, f"{bits:02x}", size=10, mono=True)
        if narrow:  # three digits do not fit on a byte
            sheet.words(left + wide / 2, y + 12, f"{value:g}", size=10, fit=wide - 2)
        else:
            sheet.words(left + wide / 2, y + 52, str(list(place)), size=11, fit=wide - 2)


def _strides(sheet: Sheet, y: float, a: np.ndarray) -> float:
    """Draw how far it is to the next element along each axis, and return where the drawing ends."""
    for axis, (length, stride) in enumerate(zip(a.shape, a.strides, strict=True)):
        here = y + 22 * axis
        if length == 1:
            sheet.words(0, here, f"axis {axis}: has one place only, there is no next", anchor="start", color="#6b6b6b")
            continue
        sheet.line([(0, here), (stride * _BYTE, here)], BLUE, line=2, tip=True)
        said = f"axis {axis}: the next place is {stride} byte{'s' * (stride > 1)} on"
        sheet.words(stride * _BYTE + 8, here, said, anchor="start")
    return y + 22 * a.ndim


def memory_picture(dtype: str = "int64", shape: str = "(2, 3)") -> Picture:
    """Draw six heights as a list and as an array of this dtype and shape: pointers and objects, and one strip of bytes."""
    if dtype not in MEMORY_DTYPES or shape not in MEMORY_SHAPES:
        raise ValueError(f"Take a dtype of {', '.join(MEMORY_DTYPES)} and a shape of {', '.join(MEMORY_SHAPES)}.")
    a = np.array(SIX, dtype=dtype).reshape([int(part) for part in shape.strip("(),").split(",")])
    sheet = Sheet()
    y = _list_in_memory(sheet) + 34
    sheet.words(0, y, f"an array of {dtype}: one strip of {a.nbytes} bytes", anchor="start", bold=True)
    _strip(sheet, y + 16, a)
    y = _strides(sheet, y + 88, a)
    first = f"shape {a.shape}   ndim {a.ndim}   size {a.size}   dtype {a.dtype}"
    second = f"itemsize {a.itemsize}   strides {a.strides}   nbytes {a.nbytes} = {a.size} × {a.itemsize}"
    sheet.box(0, y, 864, 52, PALE, GHOST)
    sheet.words(12, y + 16, first, anchor="start", mono=True)
    sheet.words(12, y + 37, second, anchor="start", mono=True)
    alt = f"""Above, a list of six heights: six pointers in a row, each with an arrow to an object that lies elsewhere.
        Below, the same heights as an array of {dtype} and shape {a.shape}: one strip of {a.nbytes} bytes without gaps,
        {a.itemsize} for each element; strides {a.strides}."""
    return Picture(sheet, alt=alt)


# The libraries around NumPy ──────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Library:
    """A box of the map: what a library adds, what it needs, and with what else it works if that is there."""

    x: float
    y: float
    adds: str
    needs: tuple[str, ...] = ()
    works_with: tuple[str, ...] = ()


LIBRARIES: dict[str, Library] = {
    "NumPy": Library(2, 3, "the array: arithmetic on all elements at once, linear algebra,\nrandom numbers, Fourier transforms"),
    "PyTorch": Library(
        4, 2, "tensors of its own: devices (GPU), autograd, and parts of\nnetworks (nn) with what trains them (optim)",
        works_with=("NumPy",),
    ),
    "SciPy": Library(2.2, 0, "numerical methods on arrays: signals, optimisation, statistics, sparse matrices", ("NumPy",)),
    "Matplotlib": Library(0, 2, "pictures of arrays: lines, images, histograms", ("NumPy",)),
    "pandas": Library(
        0, 1, "tables: labels, a type for each column, missing values, group-by.\nNot every column is a NumPy array: text has a dtype of its own",
        ("NumPy",), ("Matplotlib",),
    ),
    "scikit-learn": Library(1.3, 0, "classical machine learning on arrays: regression, trees, clusters", ("NumPy", "SciPy")),
    "OpenCV": Library(0, 3, "image and video processing; in Python an image is a uint8 array", ("NumPy",)),
    "CuPy": Library(4, 3, "NumPy's functions on arrays that live on an NVIDIA or AMD GPU", ("NumPy",)),
    "Dask": Library(1, 1, "arrays and tables in chunks, larger than memory, on many cores or machines", (), ("NumPy", "pandas")),
    "JAX": Library(3.1, 0, "NumPy's functions, compiled, differentiated, on CPU, GPU and TPU", ("NumPy", "SciPy")),
    "TensorFlow": Library(4, 0, "tensors of its own, autograd, tools for putting models to work", ("NumPy", "Keras")),
    "Keras": Library(
        4, 1, "networks from layers in a few lines, on top of another library", ("NumPy",),
        ("TensorFlow", "JAX", "PyTorch"),
    ),
}  # fmt: skip
"""The map of lesson 01, where no box hides an arrow. Needs are those of the packages of late 2026, as pip reads them."""
_WIDE, _HIGH = 176.0, 96.0


def _edge(sheet: Sheet, upper: Library, lower: Library, color: str, *, line: float, dash: bool, layer: int) -> None:
    """Draw an arrow from a box to one that it needs."""
    down = np.sign(lower.y - upper.y)
    start = (upper.x * _WIDE + 66, upper.y * _HIGH + 22 + 20 * down)
    stop = (lower.x * _WIDE + 66, lower.y * _HIGH + 22 - 22 * down)
    if not down:
        side = np.sign(lower.x - upper.x)
        start, stop = (start[0] + 66 * side, start[1]), (stop[0] - 68 * side, stop[1])
    sheet.line([start, stop], color, line=line, dash=dash, tip=True, layer=layer)


def ecosystem(library: str = "NumPy") -> Picture:
    """Draw the map of the libraries around NumPy, with what one of them needs, what needs it, and what it adds."""
    if library not in LIBRARIES:
        raise ValueError(f"There is no {library!r} on the map: take {', '.join(LIBRARIES)}.")
    sheet, chosen = Sheet(), LIBRARIES[library]
    users = [name for name, one in LIBRARIES.items() if library in one.needs]
    friends = [name for name, one in LIBRARIES.items() if library in one.works_with or name in chosen.works_with]
    for name, one in LIBRARIES.items():
        for other in (*one.needs, *one.works_with):
            needs = library in (name, other)
            color = (BLUE if library == name else GREEN) if needs else GHOST
            _edge(
                sheet,
                one,
                LIBRARIES[other],
                color,
                line=2.4 if needs else 1,
                dash=other in one.works_with,
                layer=int(needs),
            )
    for name, one in LIBRARIES.items():
        color = ORANGE if name == library else BLUE if name in chosen.needs else GREEN if name in users else GHOST
        strength = 0.9 if name == library else 0.45 if name in (*chosen.needs, *users) else 0.25
        dashed = name in friends
        sheet.box(
            one.x * _WIDE,
            one.y * _HIGH,
            132,
            44,
            tint(color, strength),
            INK,
            line=2 if dashed else 1.2,
            dash=dashed,
            layer=2,
        )
        sheet.words(one.x * _WIDE + 66, one.y * _HIGH + 22, name, size=15, bold=name == library, fit=122, layer=3)
    below = 3 * _HIGH + 84
    listed = {
        "adds": chosen.adds,
        "needs": ", ".join(chosen.needs) or "none of the others",
        "is needed by": ", ".join(users) or "none of the others",
        "works with": ", ".join(friends) or "–",
    }
    for title, text in listed.items():
        sheet.words(118, below, title, anchor="end", bold=True)
        sheet.words(132, below + 9 * text.count("\n"), text, anchor="start")
        below += 22 + 18 * text.count("\n")
    said = "; ".join(f"{title}: {' '.join(text.split())}" for title, text in listed.items())
    alt = f"""A map of twelve libraries, an arrow from each to what it needs, a broken one to what it works with if that is
        there. Chosen is {library}. {said}."""
    return Picture(sheet, alt=alt)


# Three worlds ────────────────────────────────────────────────────────────────────────────────────


def three_arrays(photo: np.ndarray, price: np.ndarray, brain: np.ndarray) -> Picture:
    """Draw a photograph, a share price and a recording of a brain, each with the identity card of its array."""
    figure, axes = subplots(1, 3, figsize=(10.5, 4.2), layout="constrained")
    axes[0].imshow(photo)
    axes[0].set(title="a photograph", xticks=[], yticks=[])
    axes[1].plot(price, color=BLUE)
    axes[1].set(title="a share price", xlabel="trading day", ylabel="dollars")
    seconds = np.arange(len(brain)) / len(brain) * 10
    apart = np.ptp(brain, axis=0).max()
    for channel, color in zip(range(brain.shape[1]), (BLUE, ORANGE, GREEN, PURPLE), strict=False):
        axes[2].plot(seconds, brain[:, channel] - channel * apart, color=color, linewidth=0.7)
    axes[2].set(title="a recording of a brain", xlabel="seconds", yticks=[])
    said = []
    for ax, a in zip(axes, (photo, price, brain), strict=True):
        card = f"shape {a.shape}\n{a.dtype}, {a.itemsize} byte{'s' * (a.itemsize > 1)} each\n{a.nbytes:,} bytes"
        ax.text(0.5, -0.24, card, transform=ax.transAxes, ha="center", va="top", family="monospace", fontsize=9)
        said.append(f"shape {a.shape}, {a.dtype}, {a.nbytes} bytes")
    alt = f"""Three arrays side by side. A portrait photograph of a woman in a navy uniform ({said[0]}); a share price
        that climbs, with falls, over {len(price)} days ({said[1]}); {brain.shape[1]} jagged lines of brain waves over
        ten seconds ({said[2]})."""
    return Picture(figure, alt=alt)
