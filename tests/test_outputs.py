"""What is kept of what a kernel publishes: bounded in memory, and with all that a score depends on."""

from __future__ import annotations

import socket
import struct
from typing import Any

import pytest

from grader.engine import wire
from grader.engine.outputs import CUT, OutputCollector, trim

MOST = 1_000


def printed(text: str, name: str = "stdout") -> dict[str, Any]:
    return {"output_type": "stream", "name": name, "text": text}


def shown(text: str, kind: str = "display_data") -> dict[str, Any]:
    return {"output_type": kind, "data": {"text/plain": text}, "metadata": {}}


def raised(text: str, lines: list[str]) -> dict[str, Any]:
    return {"output_type": "error", "ename": "ValueError", "evalue": text, "traceback": lines}


def size(outputs: list[dict[str, Any]]) -> int:
    return len(str(outputs))


def test_what_is_short_is_kept_as_it_is() -> None:
    outputs = [printed("a"), shown("b"), printed("c"), raised("d", ["e", "f"]), shown("3.0", "execute_result")]
    found, room = trim(outputs, MOST, 10**6)
    assert found == outputs
    assert 10**6 - 100 < room < 10**6


def test_text_is_joined_and_cut_once() -> None:
    found, _ = trim([printed("x" * 600), printed("y" * 600), printed("z")], MOST, 10**6)
    assert found == [printed("x" * 600 + "y" * 400 + "\n" + CUT)]


@pytest.mark.parametrize(
    "outputs",
    [
        [printed("x" * 10**6)],
        [printed("x", name) for name in ("stdout", "stderr") * 5_000],
        [shown("x" * 90_000)] * 50,
        [shown("x")] * 10_000,
        [raised("x" * 10**6, ["y" * 10**5] * 300)] * 3,
    ],
    ids=["text", "streams by turns", "large displays", "many displays", "errors"],
)
def test_a_cell_is_cut_and_says_so(outputs: list[dict[str, Any]]) -> None:
    found, _ = trim(outputs, MOST, 10**7)
    assert size(found) < 400 * MOST
    assert outputs[0]["output_type"] == "error" or CUT in str(found).replace("\\n", "\n")


def test_a_notebook_is_bounded_whatever_its_cells_show() -> None:
    room, whole = 50 * MOST, 0
    for _ in range(100):
        found, room = trim([shown("x" * 20_000), printed("y" * 500), raised("z" * 900, [])], MOST, room)
        whole += size(found)
    assert whole < 250 * MOST


def test_what_a_score_depends_on_is_kept_where_there_is_no_room() -> None:
    found, _ = trim([shown("x" * 9_000), raised("why", ["t" * 9_000]), shown("0.5", "execute_result")], MOST, 0)
    assert found[-1]["data"]["text/plain"] == "0.5"
    assert [one["evalue"] for one in found if one["output_type"] == "error"] == ["why"]


def test_without_room_nothing_is_printed() -> None:
    found, room = trim([raised("z" * 900, []), printed("y" * 1_000)], MOST, 0)
    assert ([one.get("text") for one in found], room) == ([None, f"\n{CUT}"], 0)


def test_updates_without_end_are_left_out() -> None:
    outputs = OutputCollector()
    cell = outputs.start_cell()
    display = {"data": {"text/plain": "small"}, "metadata": {}, "transient": {"display_id": "d"}}
    for _ in range(20_000):
        outputs.add("display_data", display)
    assert len(cell) == 10_000
    outputs.add("update_display_data", {**display, "data": {"text/plain": "new"}})
    assert [one["data"]["text/plain"] for one in cell[:2]] == ["new", "new"]
    outputs.add("update_display_data", {**display, "data": {"text/plain": "x" * 10**5}})
    assert cell[0]["data"]["text/plain"] == "new"


def test_a_message_of_very_many_parts_is_not_read() -> None:
    here, there = socket.socketpair()
    with here, there:
        for data in (b"[{},{},{}]", b'["ok"]'):
            there.sendall(struct.pack("!I", len(data)) + data)
        reader = wire.Reader(here, most_parts=3)
        with pytest.raises(wire.TooLargeError):
            reader.read()
        assert reader.read() == ["ok"]
