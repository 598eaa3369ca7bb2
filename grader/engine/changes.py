"""What has been changed in values that both sides of the border hold: found on one side, and carried out on the other."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from grader.engine.arrivals import Unpacker
from grader.engine.values import Packer, Table, Tree


class Seen:
    """What the values of a table are like at one moment."""

    def __init__(self, table: Table) -> None:
        objects = table.objects
        self._held = [(value, list(_held(value))) for value in objects if isinstance(value, list | dict | set)]
        self._tensors = [(value, value.grad, value.requires_grad) for value in objects if is_tensor(value)]
        arrays = (value for value in objects if isinstance(value, np.ndarray) or is_tensor(value))
        self._places = [(value, _place(value)) for value in arrays]

    def changes(self, table: Table, packer: Packer) -> Tree:
        """Return what has changed since; memories are compared with what they were when they crossed last."""
        memories = []
        for number, memory in enumerate(table.memories):
            if memory.was and (data := memory.read()) != memory.was:
                packer.buffers.append(data)
                memory.was = data
                memories.append([number, len(packer.buffers) - 1])
        objects = [
            [table.numbers[id(value)], packer.items(value)]
            for value, before in self._held
            if len(before) != len(now := list(_held(value)))
            or any(a is not b for a, b in zip(before, now, strict=True))
        ]
        marks = [
            [table.numbers[id(value)], bool(value.requires_grad), packer.pack(value.grad)]
            for value, grad, requires in self._tensors
            if value.is_leaf and (value.grad is not grad or value.requires_grad != requires)
        ]
        moved = [
            [table.numbers[id(value)], packer.pack(value.detach() if is_tensor(value) else value.view())]
            for value, place in self._places
            if _place(value) != place
        ]
        return [memories, objects, marks, moved]


def carry_out(changed: Tree, table: Table, known: int, unpacker: Unpacker, buffers: Sequence[bytes]) -> None:
    """Do to the first `known` values of a table what was done to them on the other side.

    Raises
    ------
    ValueError, TypeError, LookupError, AttributeError, RuntimeError
        What came says nothing that can be done to them.
    """
    memories, objects, marks, moved = changed
    for number, place in memories:
        table.memories[number].write(buffers[place])
    for number, items in objects:
        if 0 <= number < known and isinstance(table.objects[number], list | dict | set):
            unpacker.fill(table.objects[number], items)
    for number, requires, grad in marks:
        tensor = table.objects[number]
        if 0 <= number < known and tensor.is_leaf:
            tensor.requires_grad_(bool(requires))
            tensor.grad = unpacker.unpack(grad)
    for number, tree in moved:
        thing, new = table.objects[number], unpacker.unpack(tree)
        if not 0 <= number < known:
            raise ValueError(number)
        if isinstance(thing, np.ndarray) and thing.dtype == new.dtype:
            thing.shape = new.shape
        else:
            thing.data = new


def is_tensor(value: Any) -> bool:
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.Tensor)


def _held(value: Any) -> Iterator[Any]:
    """Yield what a container holds, in order."""
    if isinstance(value, dict):
        for pair in value.items():
            yield from pair
    else:
        yield from value


def _place(value: Any) -> tuple[Any, ...]:
    """Return where an array or tensor lies, and how it is read there."""
    if isinstance(value, np.ndarray):
        return value.__array_interface__["data"], value.shape, value.strides, value.dtype
    data = value.data_ptr() if value.layout is sys.modules["torch"].strided else None
    return data, value.shape, value.layout, value.dtype, value.stride() if data is not None else None
