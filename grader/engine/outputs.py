"""Turn the messages of a kernel's output channel into the outputs of a notebook's cells.

The messages come from a process in which a student's code runs: whatever is not exactly what nbformat knows is
refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Output = dict[str, Any]
_MOST_OUTPUTS, _MOST_DISPLAYS, _MOST_UPDATED = 10_000, 1_000, 2**23
"""Of outputs in a cell, of displays that can be updated, and of characters that their updates come to."""
_RICH, _TRACEBACK, _MOST_LINES, _MOST_KEPT = 100, 5, 200, 1_000
"""Figures and the like may have so many times the characters that a cell may print, a traceback so many times, in so
many lines; so many outputs of a cell are kept."""
CUT = "[output cut here]\n"
"""Stands where something is left out."""


class MalformedError(ValueError):
    """A message is not what a kernel publishes."""


class OutputCollector:
    """The outputs of one notebook, cell by cell, as Jupyter's message specification says."""

    def __init__(self) -> None:
        self._displays: dict[str, list[Output]] = {}
        self._count, self._updated = 0, dict[str, int]()
        self._cell: list[Output] = []
        self._clear_next = False

    def start_cell(self) -> list[Output]:
        """Return the list that the next messages fill."""
        self._cell, self._clear_next = [], False
        return self._cell

    def add(self, kind: str, content: Any) -> None:
        """Take one message into the present cell.

        Raises
        ------
        MalformedError
            It is none of Jupyter's.
        """
        if not isinstance(content, dict):
            raise MalformedError(kind)
        if kind == "clear_output":
            self._clear_next = bool(content.get("wait"))
            if not self._clear_next:
                self._cell.clear()
            return
        if kind == "update_display_data":
            self._update(_display(content), _rich(content))
            return
        output = _output(kind, content)
        if self._clear_next:
            self._cell.clear()
            self._clear_next = False
        last = self._cell[-1] if self._cell else {}
        if kind == "stream" and last.get("name") == output["name"]:
            last["text"] += output["text"]
            return
        if len(self._cell) >= _MOST_OUTPUTS:
            return
        self._cell.append(output)
        if kind != "stream" and kind != "error" and (display := _display(content)) and self._count < _MOST_DISPLAYS:
            self._count += 1
            self._displays.setdefault(display, []).append(output)

    def _update(self, display: str, shown: Output) -> None:
        """Show something else where a display is, in whichever cells; an update without end is left out."""
        outputs = self._displays.get(display, [])
        more = _size(shown) * len(outputs) - self._updated.get(display, 0)
        if sum(self._updated.values()) + more <= _MOST_UPDATED:
            self._updated[display] = self._updated.get(display, 0) + more
            for output in outputs:
                output.update(shown)


def trim(outputs: Sequence[Output], max_chars: int, notebook_chars_left: int) -> tuple[list[Output], int]:
    """Return what is kept of a cell's outputs, and what they leave of `notebook_chars_left`, the characters for a whole notebook.

    Kept are `max_chars` characters of printed text, joined piece by piece, and 100 times as many of figures and the like.
    What a score depends on is kept at any rate, shortened: errors, and the last result.
    """
    found: list[Output] = []
    text, rich, noted = max_chars, _RICH * max_chars, False
    last = max((place for place, one in enumerate(outputs) if one["output_type"] == "execute_result"), default=-1)
    for place, output in enumerate(outputs):
        if output["output_type"] == "stream":
            said = output["text"][: min(text, notebook_chars_left)]
            text, notebook_chars_left = text - len(said), notebook_chars_left - len(said)
            whole = len(said) == len(output["text"])
            _print(found, output["name"], said if whole or noted else f"{said}\n{CUT}")
        elif output["output_type"] == "error":
            whole = True
            found.append(_short_error(output, max_chars, max(0, min(_TRACEBACK * max_chars, notebook_chars_left))))
            notebook_chars_left = max(0, notebook_chars_left - _size(found[-1]))
        else:
            size = _size(output)
            whole = size <= min(rich, notebook_chars_left) and len(found) < _MOST_KEPT
            if whole:
                found.append(output)
                rich, notebook_chars_left = rich - size, notebook_chars_left - size
            elif place == last:
                found.append({**output, "data": {"text/plain": str(output["data"].get("text/plain"))[:100]}})
            if not whole and not noted:
                _print(found, "stdout", CUT)
        noted = noted or not whole
    return found, notebook_chars_left


def _print(found: list[Output], name: str, text: str) -> None:
    if text and found and found[-1].get("name") == name:
        found[-1]["text"] += text
    elif text and len(found) < 2 * _MOST_KEPT:
        found.append({"output_type": "stream", "name": name, "text": text})


def _short_error(error: Output, most: int, room: int) -> Output:
    lines = []
    for line in error["traceback"][:_MOST_LINES]:
        lines.append(line[:room])
        room -= len(lines[-1])
        if room <= 0:
            break
    return {
        **error,
        "ename": error["ename"][:100],
        "evalue": error["evalue"][: max(1_000, min(most, room))],
        "traceback": lines,
    }


def _size(output: Output) -> int:
    """Return about how many characters an output takes in a file."""
    if "traceback" in output:
        return len(output["ename"]) + len(output["evalue"]) + sum(map(len, output["traceback"]))
    return sum(len(str(value)) for value in (*output["data"].values(), output["metadata"]))


def _output(kind: str, content: dict[str, Any]) -> Output:
    if kind == "stream" and content.get("name") in ("stdout", "stderr"):
        return {"output_type": kind, "name": content["name"], "text": _text(content.get("text"))}
    if kind == "display_data":
        return {"output_type": kind, **_rich(content)}
    if kind == "execute_result":
        count = content.get("execution_count")
        return {"output_type": kind, "execution_count": count if isinstance(count, int) else None, **_rich(content)}
    if kind == "error" and isinstance(content.get("traceback"), list):
        return {
            "output_type": kind,
            "ename": _text(content.get("ename")),
            "evalue": _text(content.get("evalue")),
            "traceback": [_text(line) for line in content["traceback"]],
        }
    raise MalformedError(kind)


def _rich(content: dict[str, Any]) -> dict[str, Any]:
    data, metadata = content.get("data"), content.get("metadata")
    if not isinstance(data, dict) or not isinstance(metadata or {}, dict):
        raise MalformedError("display")
    try:
        data, metadata = _plain(data), _plain(metadata or {})
    except RecursionError:
        raise MalformedError("nested too deeply") from None
    return {
        "data": {kind: value if _is_json(kind) else _text(value) for kind, value in data.items()},
        "metadata": metadata,
    }


def _is_json(kind: str) -> bool:
    return kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json"))


def _display(content: dict[str, Any]) -> str:
    transient = content.get("transient")
    name = transient.get("display_id") if isinstance(transient, dict) else None
    return name if isinstance(name, str) else ""


def _text(value: Any) -> str:
    """Return text that UTF-8 can hold."""
    if not isinstance(value, str):
        raise MalformedError("text")
    return value if value.isascii() else value.encode("utf-8", "replace").decode("utf-8")


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {_text(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return _text(value) if isinstance(value, str) else value
