"""Read the errors that a kernel wrote into a cell's outputs: where they arose, without frames of ours. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from grader.models import Notebook

_COLOUR = re.compile(r"\x1b\[[\d;]*m")
_OURS = re.compile(r"File .*[/\\]grader[/\\]engine[/\\][\w/\\]+\.py:\d+, in ")
_IN_CELL = re.compile(r"Cell In ?\[\d+\], line (\d+)(, in )?")
_MARKED = re.compile(r"^-+> *\d+ ?(.*)$", re.MULTILINE)
_NOTED = re.compile(r"\(in line \d+ of your cell: .*\)")
_PLACE = re.compile(r" \([^()]*, line (\d+)\)$")


def without_ours(notebook: Notebook) -> Notebook:
    """Return a notebook that was run, its tracebacks without the frames of the grader's own modules."""
    return {**notebook, "cells": [_without_ours(cell) for cell in notebook["cells"]]}


def _without_ours(cell: dict[str, Any]) -> dict[str, Any]:
    if not any(output["output_type"] == "error" for output in cell.get("outputs", ())):
        return cell
    return {**cell, "outputs": [_plain(output) for output in cell["outputs"]]}


def _plain(output: dict[str, Any]) -> dict[str, Any]:
    frames = output.get("traceback", [])
    kept = [frame for frame in frames if not _OURS.match(_COLOUR.sub("", frame).lstrip())]
    return output if len(kept) == len(frames) else {**output, "traceback": kept}


def called(error: Mapping[str, Any]) -> str:
    """Return the class of an error; Python 3.13 and later have a private one for what IPython reads and never ends."""
    name = str(error.get("ename", ""))
    return "SyntaxError" if name == "_IncompleteInputError" else name


def said(error: Mapping[str, Any]) -> str:
    """Return an error as one would read it aloud: its class and its text, without the place that Python adds to it."""
    name, text = called(error), str(error.get("evalue", ""))
    if _is_syntax(error):
        text = _PLACE.sub("", text)
    return f"{name}: {text}" if text else name


def line(error: Mapping[str, Any]) -> int | None:
    """Return the line of its own cell in which an error ended it, if that is told."""
    if _is_syntax(error) and (place := _PLACE.search(str(error.get("evalue", "")))):
        return int(place[1])
    found = _IN_CELL.search(_text(error))
    return int(found[1]) if found else None


def student_line(error: Mapping[str, Any]) -> str:
    """Return where in a function of the student's an error arose: `(in line 2 of your cell: return x)`, or ''."""
    text = _text(error)
    if noted := _NOTED.findall(text):
        return str(noted[-1])
    inner = [frame for frame in map(_plain_text, error.get("traceback", [])) if (m := _IN_CELL.match(frame)) and m[2]]
    if not inner:
        return ""
    number, code = _IN_CELL.match(inner[-1]), _MARKED.search(inner[-1])
    return f"(in line {number[1]} of your cell: {code[1].strip()})" if number and code else ""


def failing_line(error: Mapping[str, Any]) -> str:
    """Return the text of the line of a cell in which an error arose, or ''."""
    frames = [frame for frame in map(_plain_text, error.get("traceback", [])) if _IN_CELL.match(frame)]
    code = _MARKED.search(frames[-1]) if frames else None
    return code[1].strip() if code else ""


def _is_syntax(error: Mapping[str, Any]) -> bool:
    return called(error) in ("SyntaxError", "IndentationError", "TabError")


def _text(error: Mapping[str, Any]) -> str:
    return "\n".join(map(_plain_text, error.get("traceback", [])))


def _plain_text(frame: str) -> str:
    return _COLOUR.sub("", frame).strip()
