"""What has been changed in values that both sides of the border hold: found on one side, and carried out on the other."""

from __future__ import annotations

import pickle
import sys
import types
from collections import OrderedDict, deque
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from grader.engine.border import library_values
from grader.engine.border.pack import Packer, Table, Tree, attributes
from grader.engine.border.unpack import Unpacker


class Seen:
    """What the values of a table are like at one moment."""

    def __init__(self, table: Table) -> None:
        self._held, self._kinds, self._tensors, self._places = list[Any](), list[Any](), list[Any](), list[Any]()
        for value in table.objects:
            if isinstance(value, np.ndarray):
                self._places.append((value, _place(value)))
            elif is_tensor(value):
                self._places.append((value, _place(value)))
                self._tensors.append((value, value.grad, value.requires_grad))
            elif _holds(value, table):
                self._held.append((value, list(_held(value))))
            elif library_values.can_change(value):
                self._kinds.append((value, library_values.held(value)))

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
        changed = [value for value, before in self._kinds if library_values.has_changed(value, before)]
        objects += [[table.numbers[id(value)], packer.items(value)] for value in changed]
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


class Marks:
    """What values are like whose changes cannot be carried out on the other side: objects of libraries', classes."""

    def __init__(self, values: Iterable[Any], sent_whole: Sequence[Any]) -> None:
        whole = [value for value in values if _is_marked(value)] + [*sent_whole]
        self._marks = [(value, *mark) for value in whole if (mark := _mark(value)) is not None]

    def changed(self) -> list[str]:
        """Return what those are that are no longer as they were."""
        now = ((value, before, _mark(value)) for value, before, _ in self._marks)
        return [_name(value) for value, before, mark in now if mark is None or mark[0] != before]


def _name(value: Any) -> str:
    return str((value if isinstance(value, type) else type(value)).__name__)


def _is_marked(value: Any) -> bool:
    if isinstance(value, np.ndarray | type):
        return True
    return type(value) in library_values.known() and hasattr(value, "__dict__") and not library_values.can_change(value)


def _mark(value: Any) -> tuple[Any, Any] | None:
    """Return what tells whether a value has been changed, and what must live until that is asked; None if nothing does."""
    torch = sys.modules.get("torch")
    if isinstance(value, np.ndarray) and type(value).__module__.startswith("numpy"):  # what its memory holds goes back
        items = [*value.flat] if value.dtype.hasobject else []
        parts = [*items, getattr(value, "_mask", None)]
        return (bool(value.flags.writeable), [*map(id, parts)]), parts
    if isinstance(value, type | types.FunctionType):
        return _held_by([vars(value)])
    if torch is not None and isinstance(value, torch.nn.Module):
        return _held_by([vars(part) for part in value.modules()])
    if library_values.state(value) is not None:  # it goes back whole
        return None
    try:
        return pickle.dumps(value), None
    except Exception:  # in how many ways a library may say no
        return None


def _held_by(spaces: Sequence[Any]) -> tuple[Any, Any]:
    """Return what names stand for, and what the containers among that hold."""
    found, kept = list[Any](), list[Any]()
    for name, item in (pair for space in spaces for pair in space.items()):
        if name == "training" or name.startswith("__"):  # a module's goes back with its state
            continue
        if type(item) in (int, float, bool, str, type(None)):
            found.append((name, item))
            continue
        inner = list(_held(item)) if isinstance(item, list | dict | set | deque) else []
        found.append((name, id(item), [*map(id, inner)]))
        kept += [item, *inner]
    return found, kept


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
        if 0 <= number < known and (
            _holds(table.objects[number], table) or library_values.can_change(table.objects[number])
        ):
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


def _holds(value: Any, table: Table) -> bool:
    """Tell whether a value holds others, and can be changed: a container, or an object of an instructor's class."""
    return isinstance(value, list | dict | set | deque) or type(value) in table.classes


def is_tensor(value: Any) -> bool:
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.Tensor)


def _held(value: Any) -> Iterator[Any]:
    """Yield what a container holds, in order."""
    if isinstance(value, dict):
        pairs = OrderedDict.items(value) if isinstance(value, OrderedDict) else dict.items(value)
        for pair in pairs:
            yield from pair
    elif isinstance(value, list | set | deque):
        yield from value
    else:
        for pair in attributes(value).items():
            yield from pair


def _place(value: Any) -> tuple[Any, ...]:
    """Return where an array or tensor lies, and how it is read there."""
    if isinstance(value, np.ndarray):
        return value.__array_interface__["data"], value.shape, value.strides, value.dtype
    data = value.data_ptr() if value.layout is sys.modules["torch"].strided else None
    return data, value.shape, value.layout, value.dtype, value.stride() if data is not None else None
