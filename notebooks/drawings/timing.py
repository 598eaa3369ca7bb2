"""Drawings of lesson 13: timing."""

from __future__ import annotations

import itertools
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import LogFormatter

from drawings.shared import (
    BLUE,
    GHOST,
    GREEN,
    INK,
    ORANGE,
    PURPLE,
    RED,
    SKY,
    YELLOW,
    Picture,
    subplots,
)

Curves = dict[str, dict[int, float]]
"""Seconds of one call by size, by label: `{"NumPy": {10: 2e-6, 100: 2.1e-6}}`."""

TIMINGS = Path(__file__).parent.with_name("timings.json")


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
        none = "No GPU timing is recorded yet."
        fig, ax = subplots(figsize=(5, 0.5))
        ax.text(0.5, 0.5, none, ha="center", va="center", fontsize=12)
        ax.axis("off")
        return Picture(fig, f"{none} Run this lesson on a machine with a GPU to record some.")
    fig, axes = subplots(1, 2, figsize=(11, 4.2))
    said = [
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
    return Picture(fig, f"Recorded on {about}. Sum of squares: {said[0]}. Matrix product: {said[1]}.")


def _draw_curves(ax: Axes, curves: Curves, hasty: Curves, *, rate: bool = False) -> str:
    """Draw each curve, and dashed what a stopwatch says that does not wait; return their ends in words."""
    looks = itertools.cycle(zip((BLUE, ORANGE, GREEN, RED, PURPLE, SKY, INK), "os^DvPX", strict=True))
    unit, ends = "GFLOP/s" if rate else "s", []
    for label, (color, marker) in zip(dict.fromkeys([*curves, *hasty]), looks, strict=False):
        for source, line, note in ((curves, "-", ""), (hasty, "--", " (not waited for)")):
            if points := sorted(source.get(label, {}).items()):
                n, seconds = np.array(points).T
                values = 2 * n**3 / seconds / 1e9 if rate else seconds
                face = color if line == "-" else "white"
                ax.loglog(n, values, marker=marker, mfc=face, color=color, linestyle=line, label=label + note)
                first, last = (f"{values[end]:.3g} {unit} at n = {n[end]:.0f}" for end in (0, -1))
                ends.append(f"{label}{note}: {first}, {last}")
    ax.set_ylabel("rate (GFLOP/s)" if rate else "time of one call (s)")
    ax.grid(alpha=0.3)
    return "; ".join(ends)


_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def _powers_of_ten(ax: Axes) -> None:
    """Mark both axes at powers of ten alone, in letters: matplotlib's formulas take as long to draw as all the rest."""
    ax.minorticks_off()
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter(lambda value, _: f"10{str(round(math.log10(value))).translate(_SUPERSCRIPTS)}")


class _Plain(LogFormatter):
    """Write 20,000 and 0.1, where matplotlib writes 2e+04 and 1e-01."""

    def __call__(self, x: float, pos: int | None = None) -> str:
        return f"{x:,.10g}" if super().__call__(x, pos) else ""


def _plain_numbers(ax: Axes) -> None:
    """Write 200 and not 2 × 10² beside a logarithmic axis."""
    ax.yaxis.set_major_formatter(_Plain(minor_thresholds=(2, 0.5)))
    ax.yaxis.set_minor_formatter(_Plain(minor_thresholds=(2, 0.5)))


def seconds_chart(
    curves: Curves, hasty: Curves | None = None, *, gb_s: float = 0, bytes_each: int = 8, note: str = ""
) -> Picture:
    """Draw seconds against n and the time that memory of `gb_s` needs; hasty curves were timed without waiting."""
    fig, ax = subplots(figsize=(7.5, 4.5))
    said = _draw_seconds(ax, curves, hasty or {}, gb_s, bytes_each)
    ax.set_title(note, fontsize=9, loc="left")
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1), frameon=False)
    return Picture(fig, f"Time of one call against n, both axes logarithmic: {said} {note}")


def _draw_seconds(ax: Axes, curves: Curves, hasty: Curves, gb_s: float, bytes_each: int) -> str:
    """Draw seconds against n above the least time of that memory; return both in words."""
    said = f"{_draw_curves(ax, curves, hasty)}."
    if gb_s:
        n = np.array([1e1, 1e8])
        (least, limits) = n * bytes_each / gb_s / 1e9, ax.axis()
        ax.plot(n, least, color=INK, linewidth=1, label=f"n elements read at {gb_s:.3g} GB/s")
        ax.fill_between(n, least, 1e-12, color=GHOST, alpha=0.4, label="faster than that memory")
        ax.axis(limits)
        said += f" Memory of {gb_s:.3g} GB/s needs {1e6 * bytes_each / gb_s / 1e9:.1e} s for n = 1000000."
    ax.set_xlabel("number of elements n")
    _powers_of_ten(ax)
    return said


def matmul_chart(curves: Curves, peaks: dict[str, float], *, note: str = "") -> Picture:
    """Draw the GFLOP/s of (n, n) products against n, under the peaks of the machine in GFLOP/s."""
    fig, ax = subplots(figsize=(7.5, 4.5))
    said = _draw_curves(ax, curves, {}, rate=True)
    for (label, peak), line in zip(peaks.items(), itertools.cycle(("-", "--", ":")), strict=False):
        ax.axhline(peak, color=INK, linestyle=line, linewidth=1, label=f"{label}: {peak:.0f}")
    ax.set_xscale("log", base=2)
    ax.set_xlabel("rows n of an (n, n) matrix")
    ax.set_title(note, fontsize=9, loc="left")
    ax.xaxis.set_major_formatter("{x:.0f}")
    _plain_numbers(ax)
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1), frameon=False)
    tops = ", ".join(f"{label} {peak:.0f}" for label, peak in peaks.items())
    return Picture(fig, f"GFLOP/s of a matrix product against its size: {said}. Horizontal lines: {tops}. {note}")


def rounds_strip(seconds: np.ndarray) -> Picture:
    """Draw each round of a measurement as a dot, with minimum, median and mean as lines, and its middle half."""
    us = np.asarray(seconds) * 1e6
    marks = {"minimum": (us.min(), GREEN, "-"), "median": (np.median(us), INK, "--"), "mean": (us.mean(), RED, ":")}
    fig, ax = subplots(figsize=(7.5, 3.4))
    ax.semilogy(us, ".", color=BLUE, alpha=0.6)
    for name, (value, color, line) in marks.items():
        ax.axhline(value, color=color, linestyle=line, label=f"{name} {value:.0f} µs")
    low, high = np.percentile(us, [25, 75])
    ax.axhspan(low, high, color=YELLOW, alpha=0.5, label="the middle half")
    width = f"The middle half is {(high - low) / np.median(us):.0%} of the median wide"
    ax.set(xlabel="round", ylabel="time of one call (µs)")
    ax.set_title(width, fontsize=9, loc="left")
    _plain_numbers(ax)
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1), frameon=False)
    said = ", ".join(f"{name} {value:.0f}" for name, (value, _, _) in marks.items())
    return Picture(fig, f"{us.size} rounds as dots, in microseconds: {said}, slowest {us.max():.0f}. {width}.")


def rates_strip(rates: dict[str, np.ndarray], unit: str = "GB/s", *, note: str = "") -> Picture:
    """Draw the rate of each round of several ways, with the median and the middle half of each; the best is marked."""
    middle = {name: np.percentile(each, [25, 50, 75]) for name, each in rates.items()}
    best = max(middle, key=lambda name: middle[name][1])
    fig, ax = subplots(figsize=(7.5, 0.7 + 0.45 * len(rates)))
    said = []
    for place, (name, (low, median, high)) in enumerate(middle.items()):
        color = GREEN if name == best else BLUE
        ax.plot([low, high], [place, place], color=color, linewidth=9, alpha=0.35, solid_capstyle="butt")
        ax.plot(rates[name], np.full(len(rates[name]), place), ".", color=color, ms=4)
        ax.plot(median, place, "|", color=INK, ms=18, mew=2)
        said.append(f"{name} {median:.3g}, middle half {low:.3g} to {high:.3g}")
    names = [f"{name}{' (runs best)' if name == best else ''}: {middle[name][1]:.3g}" for name in middle]
    ax.set(yticks=range(len(rates)), yticklabels=names, xlabel=f"rate of each round ({unit})", xlim=(0, None))
    ax.invert_yaxis()
    ax.grid(axis="x", alpha=0.3)
    ax.set_title(note, fontsize=9, loc="left")
    return Picture(fig, f"Rates in {unit}, as medians: {'; '.join(said)}. {best} runs best. {note}")


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
    fig, ax = subplots(figsize=(8, 2.4))
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
    fig, ax = subplots(figsize=(7.5, 3.8))
    _draw_roof(ax, gflops, gb_s)
    said = []
    for (name, (flop, moved)), (color, marker) in zip(counts.items(), ((BLUE, "o"), (RED, "D")), strict=True):
        seconds = max(flop / gflops, moved / gb_s) / 1e9
        limit = "memory" if moved / gb_s > flop / gflops else "arithmetic"
        best = f"at most {flop / seconds / 1e9:.3g} GFLOP/s"
        said.append(f"{name}: {flop / moved:.3g} FLOP per byte, limited by {limit}, {best}")
        size, label = {"o": 13, "D": 7}[marker], f"{name}\nlimited by {limit}, {best}"
        ax.plot(flop / moved, flop / seconds / 1e9, marker, color=color, ms=size, label=label)
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1), frameon=False)
    return Picture(fig, f"Roofline with its bend at {gflops / gb_s:g} FLOP per byte. {'. '.join(said)}.")


def _draw_roof(ax: Axes, gflops: float, gb_s: float) -> None:
    """Draw the best rate of a machine against FLOP per byte."""
    x = np.geomspace(0.01, 10_000, 200)
    ax.loglog(x, np.minimum(gflops, x * gb_s), color=INK, label=f"roof: {gb_s:.3g} GB/s, {gflops:.3g} GFLOP/s")
    ax.set(xlabel="arithmetic intensity (FLOP per byte)", ylabel="rate (GFLOP/s)")
    ax.grid(alpha=0.3)
    _powers_of_ten(ax)


def portrait(
    curves: Curves,
    points: dict[str, tuple[float, float]],
    *,
    gflops: float,
    gb_s: float,
    note: str,
    bytes_each: int = 4,
) -> Picture:
    """Draw what a machine did: seconds against n, and measured points under its roof, with a note on the run.

    `points` has FLOP per byte and GFLOP/s of each computation; `gflops` and `gb_s` are the best that was measured.
    """
    fig, (left, right) = subplots(1, 2, figsize=(10.5, 4.8), layout="constrained")
    said = [_draw_seconds(left, curves, {}, gb_s, bytes_each)]
    left.set_title("What n elements take")
    left.legend(frameon=False, fontsize=8)
    _draw_roof(right, gflops, gb_s)
    right.set_title("How near the roof")
    for (name, (intensity, rate)), color in zip(
        points.items(), itertools.cycle((BLUE, ORANGE, GREEN, RED, PURPLE, SKY))
    ):
        share = rate / min(gflops, intensity * gb_s)
        right.plot(intensity, rate, "o", color=color, ms=9, label=f"{name}: {share:.0%} of the roof")
        said.append(f"{name}: {rate:.3g} GFLOP/s at {intensity:.3g} FLOP per byte, {share:.0%} of the roof.")
    right.legend(frameon=False, fontsize=8, loc="lower right")
    fig.suptitle(f"Portrait of a machine. {note}", fontsize=10)
    roof = f"The roof: {gb_s:.3g} GB/s and {gflops:.3g} GFLOP/s."
    return Picture(fig, f"Portrait of a machine. {note} {said[0]} {roof} {' '.join(said[1:])}")
