"""Drawings of boxes, lines and words as SVG: made in a millisecond a hundred, sharp at any size."""

from __future__ import annotations

import html
from collections.abc import Iterable

Point = tuple[float, float]
FONTS = {False: "DejaVu Sans, Verdana, Arial, sans-serif", True: "DejaVu Sans Mono, Menlo, Consolas, monospace"}


def tint(color: str, strength: float) -> str:
    """Return a colour "#rrggbb" on white paper, pale where `strength` is near 0.

    >>> tint("#0072B2", 0.5)
    '#80b8d8'
    """
    parts = (int(color[start : start + 2], 16) for start in (1, 3, 5))
    return "#" + "".join(f"{round(255 - strength * (255 - part)):02x}" for part in parts)


class Sheet:
    """A drawing in units of its own, `across` and `down` pixels each; y points down, sizes of words are pixels.

    Later parts lie on earlier ones, and parts of a higher layer on those of a lower.
    """

    def __init__(self, across: float = 1.0, down: float | None = None) -> None:
        self.across, self.down = across, across if down is None else down
        self._parts: list[tuple[int, str]] = []
        self._left = self._top = self._right = self._bottom = 0.0

    def _at(self, x: float, y: float, margin: float = 0.0, sideways: tuple[float, float] = (0.0, 0.0)) -> str:
        """Return a point in pixels, and let the sheet reach there."""
        px, py = x * self.across, y * self.down
        self._left, self._right = (
            min(self._left, px - margin - sideways[0]),
            max(self._right, px + margin + sideways[1]),
        )
        self._top, self._bottom = min(self._top, py - margin), max(self._bottom, py + margin)
        return f"{px:.1f},{py:.1f}"

    def polygon(
        self,
        points: Iterable[Point],
        fill: str,
        edge: str = "none",
        *,
        line: float = 1.0,
        dash: bool = False,
        layer: int = 0,
    ) -> None:
        """Fill the shape with these corners."""
        where = " ".join(self._at(*point, margin=line) for point in points)
        dashes = ' stroke-dasharray="4 3"' if dash else ""
        look = f'fill="{fill}" stroke="{edge}" stroke-width="{line:g}" stroke-linejoin="round"{dashes}'
        self._parts.append((layer, f'<polygon points="{where}" {look}/>'))

    def box(
        self, x: float, y: float, width: float, height: float, fill: str, edge: str = "none", *,
        line: float = 1.0, dash: bool = False, layer: int = 0,
    ) -> None:  # fmt: skip
        """Draw a box with its upper left corner at (x, y)."""
        corners = ((x, y), (x + width, y), (x + width, y + height), (x, y + height))
        self.polygon(corners, fill, edge, line=line, dash=dash, layer=layer)

    def line(
        self,
        points: Iterable[Point],
        color: str,
        *,
        line: float = 1.2,
        dash: bool = False,
        tip: bool = False,
        layer: int = 0,
    ) -> None:
        """Draw a line through these points, with the tip of an arrow at its last one."""
        points = list(points)
        where = " ".join(self._at(*point, margin=line) for point in points)
        dashes = ' stroke-dasharray="6 4"' if dash else ""
        look = f'fill="none" stroke="{color}" stroke-width="{line:g}"{dashes}'
        self._parts.append((layer, f'<polyline points="{where}" {look}/>'))
        if tip:
            (x0, y0), (x1, y1) = points[-2:]
            dx, dy = (x1 - x0) * self.across, (y1 - y0) * self.down
            size = (7 + line) / ((dx * dx + dy * dy) ** 0.5 or 1.0)
            dx, dy = dx * size, dy * size
            x, y = x1 * self.across, y1 * self.down
            left, right = (x - dx + dy / 2.5, y - dy - dx / 2.5), (x - dx - dy / 2.5, y - dy + dx / 2.5)
            corners = " ".join(f"{px:.1f},{py:.1f}" for px, py in ((x, y), left, right))
            self._parts.append((layer, f'<polygon points="{corners}" fill="{color}"/>'))

    def words(
        self, x: float, y: float, text: str, *, size: float = 13, color: str = "#1b1b1b", anchor: str = "middle",
        bold: bool = False, mono: bool = False, fit: float = 0.0, paper: bool = False, layer: int = 2,
    ) -> None:  # fmt: skip
        """Write lines of text around (x, y), squeezed where one is wider than `fit` units; on white `paper` over lines."""
        lines, full = text.split("\n"), size
        for number, words in enumerate(lines):
            size = full
            wide = len(words) * size * (0.66 if bold else 0.61)
            if 0 < fit * self.across < wide:  # smaller letters first, narrower ones then
                smaller = max(0.75, fit * self.across / wide)
                size, wide = size * smaller, wide * smaller
            squeeze = f' textLength="{fit * self.across:.1f}" lengthAdjust="spacingAndGlyphs"' * (
                0 < fit * self.across < wide
            )
            wide = fit * self.across if squeeze else wide
            before = {"start": 0.0, "middle": wide / 2, "end": wide}[anchor]
            drop = size * (0.35 + 1.35 * (number - (len(lines) - 1) / 2))
            px, py = self._at(x, y + drop / self.down, size, (before - size, wide - before - size)).split(",")
            look = f'fill="{color}" font-size="{size:g}" text-anchor="{anchor}"{squeeze}'
            look += ' font-weight="bold"' * bold + f' font-family="{FONTS[True]}"' * mono
            look += ' stroke="white" stroke-width="4" paint-order="stroke"' * paper
            self._parts.append(
                (layer, f'<text x="{px}" y="{py}" {look} xml:space="preserve">{html.escape(words)}</text>')
            )

    @property
    def left(self) -> float:
        """How far the sheet reaches to the left, in pixels."""
        return self._left

    def below(self, other: Sheet, gap: float = 0.0) -> None:
        """Put another sheet below what this one holds, `gap` pixels away."""
        down = self._bottom + gap - other._top
        self._parts.append((0, f'<g transform="translate(0,{down:.1f})">{other._drawn()}</g>'))
        self._left, self._right = min(self._left, other._left), max(self._right, other._right)
        self._bottom = down + other._bottom

    def _drawn(self) -> str:
        return "".join(part for _, part in sorted(self._parts, key=lambda part: part[0]))

    def _frame(self) -> tuple[float, float, float, float]:
        """Return where the sheet begins, and its width and height, in pixels."""
        left, top = self._left - 4, self._top - 4
        return left, top, self._right - left + 4, self._bottom - top + 4

    def share(self, x: float, y: float) -> Point:
        """Return a point in parts of the width and the height, once all is drawn: (0, 0) is the upper left corner."""
        left, top, width, height = self._frame()
        return (x * self.across - left) / width, (y * self.down - top) / height

    def svg(self) -> str:
        """Return the drawing as an SVG document on white paper."""
        left, top, width, height = self._frame()
        box = f"{left:.0f} {top:.0f} {width:.0f} {height:.0f}"
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" viewBox="{box}" '
            f'font-family="{FONTS[False]}"><rect x="{left:.0f}" y="{top:.0f}" width="100%" height="100%" fill="white"/>'
            f"{self._drawn()}</svg>"
        )
