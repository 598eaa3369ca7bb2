"""Drawings of lesson 04: indexing, masks and views."""

from __future__ import annotations

import ast
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from drawings.broadcasting import side_by_side
from drawings.shared import BLUE, GHOST, GREEN, INK, ORANGE, PALE, PURPLE, RED, Picture
from drawings.sheet import Sheet, tint

ROWS, COLUMNS = 4, 6
NOTHING, THROUGH, INTO = "nothing", "r[...] = 99", "a[...] = 99"
INDICES = (
    "a[1:3, ::2]", "a[:, 1]", "a[::-1]", "a[1, 2]", "a[a > 20]", "a % 2 == 0", "a[[0, 2], [1, 3]]",
    "a[np.ix_([0, 2], [1, 3])]",
)  # fmt: skip
"""What the explorer suggests."""
WRITES = (NOTHING, THROUGH, INTO)
"""What the explorer may write: nothing, through the result, or into the place that the expression names."""
_ALLOWED = (
    ast.Expression, ast.Subscript, ast.Slice, ast.Tuple, ast.List, ast.Constant, ast.UnaryOp, ast.USub, ast.Invert,
    ast.Not, ast.BinOp, ast.BitAnd, ast.BitOr, ast.BitXor, ast.Mod, ast.Add, ast.Sub, ast.Mult, ast.BoolOp, ast.And,
    ast.Or, ast.Compare, ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Name, ast.Attribute, ast.Call,
    ast.Load,
)  # fmt: skip
_NAMES = {"a", "np", "a.T", "np.newaxis", "np.ix_"}


@dataclass(frozen=True, slots=True)
class Picked:
    """What an expression picks from a, and what a write does to a."""

    times: np.ndarray
    """How often each element of a was picked, (ROWS, COLUMNS)."""
    values: np.ndarray | None
    """What came out; None if it was an error."""
    kind: str
    """VIEW, COPY, MASK, EMPTY or the error."""
    after: np.ndarray
    """a once the write is done."""
    said: str
    """What there is to say about the write; '' if nothing was written."""


def numbered() -> np.ndarray:
    """Return the table whose numbers tell their place: 23 stands in row 2, column 3.

    >>> int(numbered()[2, 3])
    23
    """
    rows, columns = np.indices((ROWS, COLUMNS))
    table: np.ndarray = 10 * rows + columns
    return table


def read_expression(text: str) -> str:
    """Return an expression in `a` that is safe to evaluate, or raise ValueError with a sentence for whoever typed it."""
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError):
        raise ValueError(f'"{text}" is not an expression yet. Type one such as a[1:3, ::2].') from None
    for node in ast.walk(tree):
        named = isinstance(node, ast.Name | ast.Attribute)
        strange = named and ast.unparse(node) not in _NAMES
        strange |= isinstance(node, ast.Constant) and not isinstance(node.value, int | float | None | type(...))
        strange |= isinstance(node, ast.Call) and ast.unparse(node.func) != "np.ix_"
        if strange or not isinstance(node, _ALLOWED) or len(text) > 60:
            raise ValueError(
                "This picture knows a, a.T, numbers, comparisons, & | ~, np.ix_ and None, and a short line."
            )
    return ast.unparse(tree)


def _picked(expression: str, library: str, write: str) -> Picked:
    """Evaluate an expression on a fresh table in one of the two libraries."""
    table = numbered()
    a: Any = torch.from_numpy(table) if library == "PyTorch" else table
    names = {"a": a, "np": np}
    none = np.zeros((ROWS, COLUMNS), dtype=int)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            result = eval(expression, names)  # read_expression has let through what is harmless
        except Exception as error:  # each error of a library is what the reader is to see
            return Picked(none, None, f"{type(error).__name__}: {error}", table, "")
    values = np.asarray(result).copy()
    if values.dtype == bool and values.shape == table.shape:
        return Picked(values.astype(int), values, "MASK", table, "a mask is a new array" if write != NOTHING else "")
    if not isinstance(ast.parse(expression, mode="eval").body, ast.Subscript | ast.Attribute | ast.Name):
        raise ValueError("Begin with a and an index, such as a[1:3, ::2], or type a mask of a's shape, such as a > 12.")
    times = np.array([[int((values == number).sum()) for number in row] for row in table])
    shared = not isinstance(result, np.generic) and np.shares_memory(np.asarray(result), table)
    kind = "EMPTY" if values.size == 0 else "VIEW" if shared else "COPY"
    said = _write(expression, names, write)
    changed = int((table != numbered()).sum())
    if write != NOTHING and not said:
        said = f"{changed} element{'s' * (changed != 1)} of a changed"
    return Picked(times, values, kind, table, said)


def _write(expression: str, names: dict[str, Any], write: str) -> str:
    """Write 99 into `a` of `names`; return what a library said against it."""
    line = {NOTHING: "", THROUGH: f"r = {expression}\nr[...] = 99", INTO: f"{expression} = 99"}[write]
    try:
        exec(line, names)
    except Exception as error:  # as above
        return f"{type(error).__name__}: {error}"
    return ""


def _cells(sheet: Sheet, x: float, y: float, values: np.ndarray, fills: np.ndarray, bold: np.ndarray) -> None:
    """Draw a table of texts with its upper left corner at (x, y), each cell in its colour."""
    for (row, column), value in np.ndenumerate(values):
        fill = str(fills[row, column])
        sheet.box(x + column, y + row, 1, 1, fill, INK if fill != PALE else GHOST, line=1)
        color = INK if fill != PALE else "#6b6b6b"
        sheet.words(x + column + 0.5, y + row + 0.5, str(value), color=color, bold=bool(bold[row, column]), fit=0.95)


def _table(sheet: Sheet, x: float, y: float, picked: Picked) -> None:
    """Draw a with its row and column numbers, the picked elements blue, the changed ones orange."""
    fills = np.where(picked.times > 0, tint(BLUE, 0.45), PALE).astype(object)
    changed = picked.after != numbered()
    fills[changed] = tint(ORANGE, 0.75)
    texts = picked.after.astype(object)
    for row, column in zip(*np.nonzero((picked.times > 1) & ~changed), strict=True):
        texts[row, column] = f"{texts[row, column]}×{picked.times[row, column]}"
    _cells(sheet, x, y, texts, fills, changed)
    for number in range(COLUMNS):
        sheet.words(x + number + 0.5, y - 0.35, str(number), size=11, color="#555555")
    for number in range(ROWS):
        sheet.words(x - 0.3, y + number + 0.5, str(number), size=11, color="#555555")


def _result(sheet: Sheet, x: float, y: float, values: np.ndarray) -> None:
    """Draw what was picked: one axis in rows of six, two as they are, more by their shape alone."""
    if values.ndim > 2 or 0 in values.shape:
        sheet.words(x, y + 0.5, "no element" if values.size == 0 else f"{values.ndim} axes", anchor="start")
        return
    if values.ndim == 2:
        shown = values[:6, :6].astype(object)
    else:
        flat = values.reshape(-1)
        shown = np.full((-(-flat.size // COLUMNS), min(flat.size, COLUMNS)), "", dtype=object)
        shown.flat[: flat.size] = flat
    fills = np.where(shown == "", "#ffffff", tint(BLUE, 0.45)).astype(object)
    if values.dtype == bool:
        fills = np.where(values, tint(BLUE, 0.45), PALE).astype(object)
        shown = np.where(values, "T", "F").astype(object)
    for place in np.argwhere(shown != ""):
        row, column = place
        sheet.box(x + column, y + row, 1, 1, fills[row, column], INK)
        sheet.words(x + column + 0.5, y + row + 0.5, str(shown[row, column]), fit=0.95)


_BADGES = {
    "VIEW": (GREEN, "VIEW", "the memory of a"),
    "COPY": (ORANGE, "COPY", "memory of its own"),
    "MASK": (PURPLE, "MASK", "True where it holds"),
    "EMPTY": (GHOST, "EMPTY", "nothing was picked"),
}


def index_explorer(expression: str, library: str = "NumPy", write: str = NOTHING) -> Picture:
    """Draw what an index expression picks from a table, whether that is a view or a copy, and what a write changes."""
    line = read_expression(expression)
    picked = _picked(line, library, write)
    sheet = Sheet(40, 30)
    sheet.words(0, -1.3, f"{line}   in {library}", anchor="start", size=15, bold=True, mono=True)
    _table(sheet, 0, 0, picked)
    right, said = COLUMNS + 1.0, ""
    if picked.values is None:
        sheet.words(right, 0.5, "error", anchor="start", bold=True, color=RED, size=15)
        sheet.words(0, ROWS + 0.8, _wrapped(picked.kind), anchor="start", color=RED)
        said = f"It ends in an error, {picked.kind}"
    else:
        color, badge, means = _BADGES[picked.kind]
        sheet.box(right, -0.05, 2.2, 0.9, tint(color, 0.35), color, line=2)
        sheet.words(right + 1.1, 0.4, badge, bold=True)
        sheet.words(right + 2.5, 0.4, f"{means}, shape {picked.values.shape}", anchor="start")
        _result(sheet, right, 1.2, picked.values)
        places = [f"[{row}, {column}]" for row, column in zip(*np.nonzero(picked.times), strict=True)]
        said = f"{badge.lower()}, {means}, shape {picked.values.shape}; picked are {', '.join(places) or 'none'}"
        if picked.said:
            wrote = write if write == THROUGH else f"{line} = 99"
            tall = picked.values.shape[0] if picked.values.ndim == 2 else 0
            below = max(ROWS, 1.2 + min(tall, 6)) + 0.8
            sheet.words(0, below, f"after {wrote}: {picked.said}", anchor="start", bold=True, mono=True)
            said += f". After {wrote}: {picked.said}"
    alt = f"A table of {ROWS} rows and {COLUMNS} columns and {line} in {library}: {said}."
    return Picture(sheet, alt=alt, table=(*sheet.share(0, 0), *sheet.share(COLUMNS, ROWS), ROWS, COLUMNS))


def _wrapped(text: str, width: int = 78) -> str:
    """Break a long message into lines.

    >>> _wrapped("one two three", 8)
    'one two\\nthree'
    """
    lines = [""]
    for word in text.split():
        lines = [*lines[:-1], f"{lines[-1]} {word}".strip()] if len(lines[-1]) + len(word) < width else [*lines, word]
    return "\n".join(lines)


def selections(*expressions: str) -> Picture:
    """Draw a table for each expression, side by side, the elements that it picks in blue, with the shape of the result."""
    sheet, said = Sheet(33, 27), []
    for place, expression in enumerate(expressions):
        picked, x = _picked(read_expression(expression), "NumPy", NOTHING), place * (COLUMNS + 1.2)
        if picked.values is None:
            raise ValueError(f"{expression} picks nothing. {picked.kind}.")
        sheet.words(x + COLUMNS / 2, -1.1, expression, mono=True, bold=True, fit=COLUMNS + 0.9)
        _table(sheet, x, 0, picked)
        shape = f"{picked.kind}, shape {picked.values.shape}"
        sheet.words(x + COLUMNS / 2, ROWS + 0.6, shape)
        places = [f"[{row}, {column}]" for row, column in zip(*np.nonzero(picked.times), strict=True)]
        said.append(f"{expression}: {shape}, picks {', '.join(places)}")
    return Picture(sheet, alt=f"Tables of {ROWS} rows and {COLUMNS} columns. {'; '.join(said)}.")


def replaced(clipped: np.ndarray, tones: np.ndarray, dark: np.ndarray) -> Picture:
    """Draw the portrait after three replacements; two are grey, (rows, columns), the last one has its colours."""
    views = {"clipped": clipped, "three tones": tones, "darker": dark}
    coloured = {name: np.dstack([view] * 3) if view.ndim == 2 else view for name, view in views.items()}
    alt = f"""The portrait three times: grey with all bright parts white; as a poster of {np.unique(tones).size} grey tones;
        in colour, with all but the bright parts darkened."""
    return side_by_side(coloured, alt)


def locks(locked: np.ndarray, wrong: np.ndarray, right: np.ndarray) -> Picture:
    """Draw a face that is scrambled, what a wrong secret makes of it, and what the right one does."""
    alt = """The head three times: an oval of coloured noise in place of the face; the same with a wrong secret; the face
        as it was."""
    return side_by_side({"locked": locked, "a wrong secret": wrong, "the right one": right}, alt)
