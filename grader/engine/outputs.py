"""Turn the messages of a kernel's output channel into the outputs of a notebook's cells.

The messages come from a process in which a student's code runs: whatever is not exactly what nbformat knows is
refused.
"""

from __future__ import annotations

from typing import Any

Output = dict[str, Any]


class MalformedError(ValueError):
    """A message is not what a kernel publishes."""


class Outputs:
    """The outputs of one notebook, cell by cell, as Jupyter's message specification says."""

    def __init__(self) -> None:
        self._displays: dict[str, list[Output]] = {}
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
            shown = _rich(content)
            for output in self._displays.get(_display(content), []):
                output.update(shown)
            return
        output = _output(kind, content)
        if self._clear_next:
            self._cell.clear()
            self._clear_next = False
        last = self._cell[-1] if self._cell else {}
        if kind == "stream" and last.get("name") == output["name"]:
            last["text"] += output["text"]
            return
        self._cell.append(output)
        if kind != "stream" and kind != "error" and (display := _display(content)):
            self._displays.setdefault(display, []).append(output)


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
    return {
        "data": {_text(kind): value if _is_json(kind) else _text(value) for kind, value in _plain(data).items()},
        "metadata": _plain(metadata or {}),
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
