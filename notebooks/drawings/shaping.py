"""Drawings of lesson 05: the same numbers in another shape, blocks, joins and tiles."""

from __future__ import annotations

from typing import Any

import numpy as np

from drawings.shared import BLUE, GHOST, GREEN, INK, ORANGE, PURPLE, RED, SKY, Picture, subplots
from drawings.sheet import Sheet, tint

OPERATIONS = (
    "a.reshape(4, 6)",
    "a.reshape(3, 8)",
    "a.T",
    "a.transpose(0, 2, 1)",
    "a.transpose(2, 0, 1)",
    "np.stack([a[0], a[1]], axis=1)",
    "np.concatenate([a[0], a[1]], axis=1)",
    "np.split(a, 2, axis=2)",
)
"""What `surgery` does with `a`, which is `np.arange(24).reshape(2, 3, 4)`."""
_WIDE, _HIGH, _GAP = 26.0, 24.0, 14.0
"""The sizes of a cell and the gap between two blocks, in pixels."""


def _shade(number: int) -> str:
    """Return the colour of a number of `a`: blue in its first block, orange in the second, darker row by row."""
    return tint(ORANGE if number >= 12 else BLUE, 0.2 + 0.17 * (number % 12 // 4))


def _blocks(
    sheet: Sheet, x: float, y: float, values: np.ndarray, read: int, first: int, mark: int, shades: Any = _shade
) -> float:
    """Draw an array of two or three axes as blocks side by side, the number `mark` marked, and return where they end.

    Its first cell is number `first` in the order of reading; the cells from number `read` on stay empty.
    """
    blocks = values if values.ndim == 3 else values[None]
    _, rows, columns = blocks.shape
    for (block, row, column), value in np.ndenumerate(blocks):
        place = first + (block * rows + row) * columns + column
        at = x + block * (columns * _WIDE + _GAP) + column * _WIDE, y + row * _HIGH
        shown = place < read
        sheet.box(*at, _WIDE, _HIGH, shades(int(value)) if shown else "#ffffff", INK if shown else GHOST)
        if shown:
            sheet.words(at[0] + _WIDE / 2, at[1] + _HIGH / 2, str(value), size=12)
        if shown and value == mark:
            sheet.box(*at, _WIDE, _HIGH, "none", RED, line=3, layer=1)
    return float(x + len(blocks) * (columns * _WIDE + _GAP) - _GAP)


def _strip(sheet: Sheet, y: float, values: np.ndarray, mark: int, title: str, off: float) -> None:
    """Draw numbers in one row, one of them marked, and a title that lies `off` pixels down."""
    sheet.words(0, y + off, title, anchor="start")
    for place, value in enumerate(values):
        sheet.box(place * _WIDE, y, _WIDE, _HIGH, _shade(int(value)), INK)
        sheet.words((place + 0.5) * _WIDE, y + _HIGH / 2, str(value), size=12)
        if value == mark:
            sheet.box(place * _WIDE, y, _WIDE, _HIGH, "none", RED, line=3, layer=1)


def surgery(operation: str = OPERATIONS[0], step: int = 24) -> Picture:
    """Draw `np.arange(24).reshape(2, 3, 4)`, what an operation makes of it, and the first `step` cells it reads."""
    if operation not in OPERATIONS:
        raise ValueError(f"There is no operation {operation!r}: take one of {', '.join(OPERATIONS)}.")
    a = np.arange(24).reshape(2, 3, 4)
    made = eval(operation, {"np": np, "a": a})  # so what stands above the result is what ran
    parts = made if isinstance(made, list) else [made]
    order = np.concatenate([part.ravel() for part in parts])
    mark = int(order[step - 1]) if step else -1
    sheet = Sheet()
    sheet.words(0, -12, "a, shape (2, 3, 4)", anchor="start", mono=True)
    x = _blocks(sheet, 0, 0, a, 24, 0, mark) + 44
    sheet.line([(x - 36, 36), (x - 10, 36)], INK, tip=True)
    shapes = " and ".join(str(part.shape) for part in parts)
    sheet.words(x, -12, f"{operation}, shape {shapes}", anchor="start", mono=True, fit=430)
    first = 0
    for part in parts:
        x = _blocks(sheet, x, 0, part, step, first, mark) + 2.5 * _GAP
        first += part.size
    y = 150.0
    _strip(sheet, y, np.arange(24), mark, "the memory of a, one long row", -10)
    said = "what the result reads, cell by cell, from its first to its last"
    _strip(sheet, y + 60, order[:step], mark, said, _HIGH + 12)
    if step:
        sheet.line([((mark + 0.5) * _WIDE, y + _HIGH + 2), ((step - 0.5) * _WIDE, y + 58)], RED, tip=True)
    jumps = int((np.diff(order[:step]) != 1).sum())
    how = "from left to right, without a jump" if not jumps else f"with {jumps} jump{'s' * (jumps > 1)}"
    reads = f"{'It reads' if step == order.size else 'So far it has read'} {how}." if step else "Nothing is read yet."
    memory = (
        "a view of that memory" if all(np.shares_memory(part, a) for part in parts) else "a copy in memory of its own"
    )
    sheet.words(0, y + 122, f"{reads} The result is {memory}.", anchor="start", bold=True)
    alt = f"""Numbered cells of a (2, 3, 4) block, its memory as one row from 0 to 23, and {operation} of shape {shapes},
        {step} of its 24 cells filled in, in the order {", ".join(map(str, order[:step])) or "of the result"}. {reads}
        The result is {memory}."""
    return Picture(sheet, alt=alt)


_SIX = (BLUE, ORANGE, GREEN, RED, PURPLE, SKY)


def _brackets(sheet: Sheet, length: int, along: float, *, down: bool, names: tuple[str, str]) -> None:
    """Draw two rows of brackets beside a table: which block a line of cells is in, and which line of the block it is."""
    size = _HIGH if down else _WIDE
    for level, (span, color) in enumerate(((2, BLUE), (1, RED))):
        off = -58.0 + 30 * level
        for number in range(length // span):
            begin, end = number * span * size + 3, (number + 1) * span * size - 3
            middle = (begin + end) / 2
            text = str(number if span == 2 else number % 2)
            path = [(off + 8, begin), (off, begin), (off, end), (off + 8, end)]
            sheet.line([(y, x) for x, y in path] if not down else path, color, line=2)
            where = (off - 9, middle) if down else (middle, off - 9)
            sheet.words(*where, text, size=12, color=color, bold=True)
        place = (-92.0, along + 16 * level) if down else (along, -50.0 + 30 * level)
        sheet.words(*place, names[level], color=color, anchor="end" if down else "start", size=12)


def pool_blocks(table: np.ndarray) -> Picture:
    """Draw a table (4, 6) with its blocks of 2 x 2, the four axes that name a cell, and what a wrong reshape cuts."""
    h, w = table.shape
    kinds = np.arange(h // 2 * (w // 2)).reshape(h // 2, w // 2).repeat(2, axis=0).repeat(2, axis=1)
    sheet = Sheet()
    _brackets(sheet, h, 32, down=True, names=("axis 0: block row", "axis 1: row in block"))
    _brackets(sheet, w, w * _WIDE + 10, down=False, names=("axis 2: block column", "axis 3: column in block"))
    wrong = np.arange(h * w).reshape(h, w) // 4
    for left, owner in ((0.0, kinds), (w * _WIDE + 190, wrong)):
        for (row, column), value in np.ndenumerate(table):
            color = tint(_SIX[int(owner[row, column]) % 6], 0.4)
            sheet.box(left + column * _WIDE, row * _HIGH, _WIDE, _HIGH, color, INK)
            sheet.words(left + (column + 0.5) * _WIDE, (row + 0.5) * _HIGH, str(value), size=12)
    sheet.words(w * _WIDE / 2, h * _HIGH + 16, f"reshape({h // 2}, 2, {w // 2}, 2)", mono=True)
    sheet.words(1.5 * w * _WIDE + 190, h * _HIGH + 16, f"reshape({h // 2}, {w // 2}, 2, 2)", mono=True)
    alt = f"""A table of {h} rows and {w} columns twice, equal colours for cells of one block. Left, reshape into (block
        row, row in block, block column, column in block): squares of two by two cells, brackets beside them number the
        four axes. Right, reshape into (block rows, block columns, 2, 2): each block is four neighbours of a row, some
        run on in the next."""
    return Picture(sheet, alt=alt)


JOINS = (
    "np.concatenate([a, b])",
    "np.concatenate([a, b], axis=1)",
    "np.stack([a, b])",
    "np.stack([a, b], axis=1)",
    "np.stack([a, b], axis=2)",
)
"""What `joins` draws, of two tables `a` and `b` of shape (2, 3)."""


def joins() -> Picture:
    """Draw two tables of shape (2, 3), and what five ways to join them make."""
    a, b = np.arange(1, 7).reshape(2, 3), np.arange(7, 13).reshape(2, 3)
    sheet, said = Sheet(), []

    def shade(number: int) -> str:
        return tint(BLUE if number < 7 else ORANGE, 0.45)

    def draw(x: float, y: float, call: str, values: np.ndarray) -> None:
        sheet.words(x, y - 12, f"{call}: {values.shape}", anchor="start", mono=True, size=12)
        _blocks(sheet, x, y, values, values.size, 0, -1, shade)
        said.append(f"{call} has shape {values.shape} and reads {' '.join(map(str, values.ravel()))}")

    draw(0, 0, "a", a)
    draw(150, 0, "b", b)
    for call, (x, y) in zip(JOINS, ((0, 100), (320, 0), (320, 100), (0, 250), (320, 200)), strict=True):
        draw(x, y, call, eval(call, {"np": np, "a": a, "b": b}))
    return Picture(sheet, alt=f"Two tables of two rows and three columns, joined in five ways. {'; '.join(said)}.")


def photographs(views: dict[str, np.ndarray], *, columns: int = 4, size: float = 2.3) -> Picture:
    """Draw pictures side by side: (rows, columns) in grey, (rows, columns, 3) in colour; the titles give their shapes."""
    rows = -(-len(views) // columns)
    across = min(columns, len(views))
    figure, axes = subplots(
        rows, across, figsize=(size * across, (size + 0.5) * rows), squeeze=False, layout="constrained"
    )
    said = []
    for ax in axes.flat:
        ax.axis("off")
    for ax, (title, image) in zip(axes.flat, views.items(), strict=False):
        ax.imshow(image, cmap="gray", interpolation="nearest")
        ax.set_title(f"{title}\n{image.shape}", fontsize=9)
        said.append(f"{title}, shape {image.shape}")
    return Picture(figure, alt=f"A portrait of Grace Hopper in uniform. Side by side: {'; '.join(said)}.", dpi=72)


def tile_board(tiles: np.ndarray, *, title: str, columns: int = 5, size: float = 3.6) -> Picture:
    """Draw images (N, rows, columns, 3) as a board of numbered tiles with gaps between them."""
    count, high, wide, colours = tiles.shape
    rows, above, gap = -(-count // columns), high // 5, wide // 16  # above a tile is room for its number
    down, across = high + above, wide + gap
    board = np.full((rows * down, columns * across - gap, colours), 255, dtype=np.uint8)
    figure, ax = subplots(figsize=(size, size * board.shape[0] / board.shape[1] + 0.2), layout="constrained")
    for number, tile in enumerate(tiles):
        top, left = number // columns * down + above, number % columns * across
        board[top : top + high, left : left + wide] = tile
        ax.text(left + wide / 2, top - above / 2, str(number), fontsize=7, ha="center", va="center")
    ax.imshow(board, interpolation="nearest")
    ax.axis("off")
    ax.set_title(title, fontsize=9)
    alt = f"{title}: {count} small pieces of a portrait, numbered from 0 to {count - 1}, row by row."
    return Picture(figure, alt=alt, dpi=72)
