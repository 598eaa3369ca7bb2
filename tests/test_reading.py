"""A notebook's file, whatever is in it: what is read of it, and what that may take."""

from __future__ import annotations

import json
import re
import tracemalloc
from typing import Any

import pytest

import build
from grader.models import StudentCell
from grader.notebook import reading
from grader.notebook.code import MOST_PARSED, MOST_PARSED_IN_ALL, defined_by_student, used_by_student
from grader.notebook.reading import UnreadableError, read_notebook
from grader.notebook.spans import BrokenError, Walk

SOLVED = build.notebook(build.text("t", "# Größe 🙂"), build.answer("double", "def double(x):\n    return 2 * x"))


def read(data: Any) -> tuple[tuple[StudentCell, ...], str]:
    """Return the cells of a file, and what was found."""
    raw = data if isinstance(data, bytes) else json.dumps(data, ensure_ascii=False).encode()
    notebook, findings = read_notebook(raw)
    return notebook.cells, " ".join(finding.what for finding in findings)


def with_outputs(large: int) -> dict[str, Any]:
    """Return the notebook with outputs of many small parts."""
    shown = {"output_type": "display_data", "metadata": {}, "data": {"application/json": [["a b", {}]] * large}}
    return {**SOLVED, "cells": [{**cell, "outputs": [shown]} for cell in SOLVED["cells"]]}


TEXT = json.dumps(SOLVED, ensure_ascii=False)
FILES: dict[str, bytes] = {
    "as Jupyter writes it": json.dumps(SOLVED, indent=1).encode(),
    "on one line": TEXT.encode(),
    "escaped": json.dumps(SOLVED).encode(),
    "with a byte order mark": b"\xef\xbb\xbf" + TEXT.encode(),
    "in UTF-16": TEXT.encode("utf-16"),
    "with carriage returns": json.dumps(SOLVED, indent=1, ensure_ascii=False).replace("\n", "\r\n").encode(),
    "with space around": b" \n" + TEXT.encode() + b"\n\n",
    "without its format": json.dumps({k: v for k, v in SOLVED.items() if not k.startswith("nbformat")}).encode(),
    "with numbers that JSON has not": TEXT.replace('"outputs": []', '"outputs": [NaN, -Infinity]').encode(),
    "with outputs": json.dumps(with_outputs(3)).encode(),
    "with large outputs": json.dumps(with_outputs(50_000), ensure_ascii=False).encode(),
    "with large metadata": json.dumps({**SOLVED, "metadata": {"widgets": ["w"] * 50_000}}).encode(),
    "with large metadata of a cell": json.dumps(
        {**SOLVED, "cells": [{**c, "metadata": {"x": ["w"] * 50_000, **c["metadata"]}} for c in SOLVED["cells"]]}
    ).encode(),
    "of format 3": json.dumps(
        {"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"metadata": {}, "cells": [
            {"cell_type": "heading", "level": 1, "source": ["Größe 🙂"], "metadata": {}},
            {"cell_type": "code", "language": "python", "input": SOLVED["cells"][1]["source"], "outputs": [],
             "metadata": SOLVED["cells"][1]["metadata"]}]}]}
    ).encode(),
}  # fmt: skip


@pytest.mark.parametrize("data", FILES.values(), ids=FILES)
def test_a_notebook_is_read_however_its_file_is_written(data: bytes) -> None:
    text, code = read(data)[0]
    assert (text.kind, text.source) == ("markdown", "# Größe 🙂")
    assert (code.kind, code.source, code.grade_id) == ("code", SOLVED["cells"][1]["source"], "double")
    assert code.roles == {"solution"}


NOT_NOTEBOOKS: dict[str, tuple[bytes, str]] = {
    "empty": (b" \n", "is empty"),
    "a picture": (b"\x89PNG\r\n\x1a\n\x00\xff", "not text"),
    "a page": (b"<!DOCTYPE html><html></html>", "not JSON"),
    "a list": (b"[1, 2]", "JSON of another kind"),
    "cut off": (TEXT.encode()[:-10], "cut off"),
    "cut off in a text": (TEXT.encode()[: TEXT.index("return")], "not JSON, or it is cut off"),
    "two of them": (2 * TEXT.encode(), "not JSON"),
    "nothing closed": (b'{"cells": ' + b"[" * 100_000, "cut off"),
    "without cells": (b'{"nbformat": 4, "metadata": {}}', "no list of cells"),
    "cells that are no list": (b'{"cells": {}, "nbformat": 4}', "no list of cells"),
    "of the next format": (TEXT.replace('"nbformat": 4', '"nbformat": 5').encode(), "format (5)"),
    "many lists": (b'{"cells": [' + b"[]," * reading.MOST_PARTS + b"1]}", "lists, objects and texts"),
    "many texts": (b'{"cells": [' + b'"",' * (reading.MOST_PARTS + 1) + b"1]}", "lists, objects and texts"),
    "many cells": (b'{"cells": [' + b"0," * 500 + b"0]}", "more than 400 cells"),
    "many members": (b'{"a": 1' + b', "b": 1' * 2000 + b"}", "members"),
}


@pytest.mark.parametrize(("data", "words"), NOT_NOTEBOOKS.values(), ids=NOT_NOTEBOOKS)
def test_what_is_no_notebook_is_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch, data: bytes, words: str) -> None:
    monkeypatch.setattr(reading, "MOST_CELLS", 400)
    with pytest.raises(UnreadableError, match=re.escape(words)):
        read_notebook(data)


def padded(**cell: Any) -> dict[str, Any]:
    """Return a cell that is too large to be read at once."""
    return {**build.code("x", ""), "outputs": ["o" * 70_000], **cell}


@pytest.mark.parametrize("size", [{}, {"outputs": ["o" * 70_000]}], ids=["small", "large"])
@pytest.mark.parametrize("cell", [{"cell_type": "spam"}, {"source": 5}, {"source": [1]}, {"cell_type": None}])
def test_a_damaged_cell_is_left_out_and_the_others_are_read(cell: dict[str, Any], size: dict[str, Any]) -> None:
    cells, told = read({**SOLVED, "cells": [{**build.code("x", "1"), **size, **cell}, *SOLVED["cells"]]})
    assert [one.id for one in cells] == ["t", "double"]
    assert "1 damaged cells" in told


def test_lines_of_a_large_cell_are_joined() -> None:
    assert read({**SOLVED, "cells": [padded(source=["a = 1\n", "b = 2"])]})[0][0].source == "a = 1\nb = 2"


@pytest.mark.parametrize(
    "cell",
    [build.code("x", "#" * (reading.MOST_CODE + 1)), build.text("x", "a" * (reading.MOST_TEXT + 1)),
     {**build.text("x", ""), "source": ["a"] * (reading.MOST_LINES + 2)}, build.text("x", "\n" * (reading.MOST_LINES + 1))],
    ids=["code", "text", "lines", "one text of lines"],
)  # fmt: skip
def test_more_than_anybody_types_is_left_out(cell: dict[str, Any]) -> None:
    cells, told = read({**SOLVED, "cells": [cell, *SOLVED["cells"]]})
    assert [one.id for one in cells] == ["t", "double"]
    assert "1 cells were left out" in told


@pytest.mark.parametrize(("letter", "most"), [("ä", 1), ("λ", 2), ("🙂", 4)])
@pytest.mark.parametrize("escaped", [True, False])
def test_a_text_is_measured_by_the_memory_that_it_takes(
    monkeypatch: pytest.MonkeyPatch, letter: str, most: int, escaped: bool
) -> None:
    monkeypatch.setattr(reading, "MOST_TEXT", 2**20)
    cells = [build.text("x", letter + "a" * (2**20 // most - 1000)), build.text("y", letter + "a" * (2**20 // most))]
    for cell, kept in zip(cells, (["x"], []), strict=True):
        data = json.dumps({**SOLVED, "cells": [cell]}, ensure_ascii=escaped).encode()
        assert [one.id for one in read(data)[0]] == kept


def test_a_picture_within_a_text_stays() -> None:
    text = f"![](data:image/png;base64,{'A' * 3_000_000})"
    assert read({**SOLVED, "cells": [build.text("x", text)]})[0][0].source == text


def test_of_very_many_cells_the_first_are_kept_and_those_of_the_assignment() -> None:
    many = [build.code("", "1")] * (reading.MOST_KEPT + 5)
    cells, told = read({**SOLVED, "cells": [*many, *SOLVED["cells"]]})
    assert len(cells) == reading.MOST_KEPT + 1 and cells[-1].grade_id == "double"
    assert f"{len(many) + 2} cells; those after the first 20,000" in told


HEAVY: dict[str, bytes] = {
    "outputs": json.dumps(with_outputs(30_000)).encode(),
    "tiny cells": b'{"cells": [' + b'{"cell_type": "raw", "source": "a"},' * 15_000 + b"{}]}",
    "lines": b'{"cells": [{"cell_type": "raw", "source": [' + b'"ab",' * 140_000 + b'""]}]}',
    "metadata": b'{"metadata": {"widgets": [' + b'{"a": 1},' * 60_000 + b'0]}, "cells": []}',
}


@pytest.mark.parametrize("data", HEAVY.values(), ids=HEAVY)
def test_what_a_file_takes_in_memory_does_not_grow_with_its_parts(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr(reading, "MOST_KEPT", 100)
    tracemalloc.start()
    read_notebook(data)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 2**20 < len(data) * 3


# What is parsed ───────────────────────────────────────────────────────────────────────────────────


def test_a_long_cell_is_searched_for_names_and_not_parsed() -> None:
    short = "def f(x):\n    y = 1\nasync def g(): ...\nclass C: ...\na = b = 1\nn: int = 2\nq == 3\nif q:\n    z = 1\n"
    long = short + "#" * MOST_PARSED
    assert [*defined_by_student([short])] == [["f", "g", "C", "a", "b", "n"]]
    assert [*defined_by_student([long])] == [["f", "g", "C", "a", "n"]]
    (used,), (words,) = used_by_student([short]), used_by_student([long])
    assert "q" in used and "y" not in used and "y" in words and used <= words


def test_no_more_of_a_notebook_is_parsed_than_a_moment_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[int] = []
    monkeypatch.setattr("grader.notebook.code.used", lambda source: parsed.append(len(source)) or set())
    assert len([*used_by_student(["x" * MOST_PARSED] * 100)]) == 100
    assert sum(parsed) == MOST_PARSED_IN_ALL


# Walking ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "text", ["[]", "[1]", '["a", "\\"]", [[]], {"b": [1, {}]}, null, -1.5e3]', f"[{[7] * 20_000}]"]
)
def test_each_element_is_found_where_it_is(text: str) -> None:
    walk, data = Walk(text.encode()), text.encode()
    found = [json.loads(data[slice(*walk.take())]) for _ in walk.elements()]
    walk.end()
    assert found == json.loads(text)


@pytest.mark.parametrize(
    "text", ['["a', '["a\\"', '["a\\', "[1 2]", "[,1]", '{"a" 1}', "{1: 2}", "[1}", '{"a": }', "["]
)
def test_what_is_broken_is_noticed(text: str) -> None:
    with pytest.raises(BrokenError):
        walk = Walk(text.encode())
        for _ in walk.members() if text[0] == "{" else walk.elements():
            walk.take()
