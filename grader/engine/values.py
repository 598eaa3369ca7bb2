"""What crosses the border between a student's process and the judge: plain data, arrays and tensors, as data.

A value becomes a tree that JSON can hold, and buffers of bytes. Both sides of a conversation keep a `Table` of the
memory and of the mutable objects that have crossed, in the same order, so that what shares memory here shares it
there, and what is one object here is one there. Nothing that arrives is executed, and nothing is believed: types
are taken from a list, and views must lie inside their memory.
"""

from __future__ import annotations

import builtins
import ctypes
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

Tree = Any
_DEEPEST = 50
_PLAIN = {type(None), bool, str}
CONTAINERS: dict[str, type] = {"list": list, "set": set, "dict": dict, "bytearray": bytearray}


TYPES = {
    f"{module.__name__}.{name}": kind
    for module in (builtins, np)
    for name, kind in vars(module).items()
    if isinstance(kind, type) and not name.startswith("_")
}
"""The types that both sides know by name."""


class MalformedValueError(ValueError):
    """What arrived is not a value, or none that may arrive."""


class Memory:
    """Bytes that arrays and tensors lie in."""

    def __init__(self, holder: Any) -> None:
        self.hold(holder)
        self.was = b""
        """What they were when they crossed last."""

    def hold(self, holder: Any) -> None:
        """Let these be the bytes of a contiguous array, or of a storage of torch's, which is thus kept alive."""
        self.holder = holder
        self.start, self.size = extent(holder)

    def read(self) -> bytes:
        return ctypes.string_at(self.start, self.size) if self._still() else self.was

    def write(self, data: bytes) -> None:
        if len(data) != self.size or not self._still():
            raise MalformedValueError("memory of another size")
        ctypes.memmove(self.start, data, len(data))
        self.was = data

    def _still(self) -> bool:
        """Tell whether it lies where it did: torch can give a storage other memory."""
        return isinstance(self.holder, np.ndarray) or extent(self.holder) == (self.start, self.size)

    def array(self) -> np.ndarray:
        """Return an array of its bytes."""
        if isinstance(self.holder, np.ndarray):
            return np.ndarray((self.size,), np.uint8, self.holder)
        torch = sys.modules["torch"]
        held: np.ndarray = torch.empty(0, dtype=torch.uint8).set_(self.holder).numpy()
        return held

    def storage(self) -> Any:
        """Return a storage of torch's that has its bytes."""
        if not isinstance(self.holder, np.ndarray):
            return self.holder
        return sys.modules["torch"].from_numpy(self.array()).untyped_storage()


def extent(holder: Any) -> tuple[int, int]:
    """Return the address and the number of the bytes of a contiguous array, or of a storage of torch's."""
    if isinstance(holder, np.ndarray):
        return holder.__array_interface__["data"][0], holder.nbytes
    return holder.data_ptr(), holder.nbytes()


@dataclass
class Table:
    """What both sides of a conversation know, each by the same numbers."""

    memories: list[Memory] = field(default_factory=list)
    objects: list[Any] = field(default_factory=list)
    numbers: dict[int, int] = field(default_factory=dict)
    """Of the objects, by their id; the list keeps them alive."""

    def copy(self) -> Table:
        """Return a table that goes on where this one ends."""
        return Table(self.memories.copy(), self.objects.copy(), self.numbers.copy())

    def reserve(self) -> int:
        """Take the next number, for an object that is still in the making."""
        self.objects.append(None)
        return len(self.objects) - 1

    def put(self, number: int, value: Any) -> Any:
        self.objects[number] = value
        self.numbers[id(value)] = number
        return value


# Out ─────────────────────────────────────────────────────────────────────────────────────────────


class Packer:
    """Makes trees of values; the buffers that they speak of gather in `buffers`."""

    def __init__(self, table: Table, other: Callable[[Any], Tree]) -> None:
        self._table, self._other = table, other
        self.buffers: list[bytes] = []

    def pack(self, value: Any, depth: int = 0) -> Tree:
        """Return the tree of a value; what is no data becomes what `other` makes of it.

        Raises
        ------
        MalformedValueError
            It is nested too deeply.
        """
        if depth > _DEEPEST:
            raise MalformedValueError("nested too deeply")
        kind = type(value)
        if kind in _PLAIN:
            return value
        if kind is int:
            return value if abs(value) < 2**53 else ["int", hex(value)]
        if kind is float:
            return ["float", value.hex()]
        if kind is tuple:
            return ["tuple", [self.pack(item, depth + 1) for item in value]]
        if (number := self._table.numbers.get(id(value))) is not None:
            return ["same", number]
        if kind is np.ndarray:
            return self._array(value, depth)
        if kind is list or kind is dict:
            return self._container(value, depth)
        torch = sys.modules.get("torch")
        return (torch and self._torch(value, torch, depth)) or self._rarer(value, depth)

    def _rarer(self, value: Any, depth: int) -> Tree:
        kind = type(value)
        if kind is complex:
            return ["complex", value.real.hex(), value.imag.hex()]
        if kind is bytes:
            return ["bytes", self._buffer(value)]
        if value is Ellipsis:
            return ["ellipsis"]
        if kind is slice or kind is range:
            return [kind.__name__, *(self.pack(part, depth + 1) for part in (value.start, value.stop, value.step))]
        if isinstance(value, np.generic) and kind.__module__ == "numpy" and not value.dtype.hasobject:
            return ["scalar", _described(value.dtype), self._buffer(value.tobytes())]
        if isinstance(value, np.dtype) and not value.hasobject:
            return ["dtype", _described(value)]
        if isinstance(value, type):
            name = f"{kind_of(value)}.{value.__name__}"
            return ["type", name] if TYPES.get(name) is value else self._other(value)
        return self._container(value, depth) or self._other(value)

    def _container(self, value: Any, depth: int) -> Tree:
        """Return the tree of a container; one of a class derived from it is taken for it."""
        for name, kind in CONTAINERS.items():
            if isinstance(value, kind):
                self._table.put(self._table.reserve(), value)
                return [name, self.items(value, depth)]
        if isinstance(value, tuple | frozenset):
            plain: Any = tuple if isinstance(value, tuple) else frozenset
            return [plain.__name__, [self.pack(item, depth + 1) for item in plain.__iter__(value)]]
        return None

    def items(self, value: Any, depth: int = 0) -> Tree:
        """Return what a list, set, dict or bytearray holds now."""
        if isinstance(value, bytearray):
            return self._buffer(bytes(value))
        if isinstance(value, dict):
            return [[self.pack(key, depth + 1), self.pack(item, depth + 1)] for key, item in dict.items(value)]
        return [self.pack(item, depth + 1) for item in (list if isinstance(value, list) else set).__iter__(value)]

    def _buffer(self, data: bytes) -> int:
        self.buffers.append(data)
        return len(self.buffers) - 1

    def _array(self, value: np.ndarray, depth: int) -> Tree:
        number = self._table.reserve()
        self._table.put(number, value)
        if value.dtype.hasobject:
            return ["objects", list(value.shape), [self.pack(item, depth + 1) for item in value.ravel().tolist()]]
        root = value
        while type(root.base) is np.ndarray:
            root = root.base
        holder = next((array for array in (root, value) if dense(array)), None)
        if holder is None:
            holder = value = value.copy()
        where, offset = self._place(holder, value.__array_interface__["data"][0])
        flags = [bool(value.flags.owndata), bool(value.flags.writeable)]
        return ["array", _described(value.dtype), list(value.shape), list(value.strides), where, offset, flags]

    def _torch(self, value: Any, torch: Any, depth: int) -> Tree:
        kind = type(value)
        if kind is not torch.Tensor and kind is not torch.nn.Parameter:
            if kind is torch.dtype or kind is torch.device:
                return [f"torch.{kind.__name__}", str(value).removeprefix("torch.")]
            return ["size", list(value)] if kind is torch.Size else None
        plain = value.detach()
        if plain.layout is not torch.strided or not plain.is_cpu or plain.is_quantized:
            return None
        self._table.put(self._table.reserve(), value)
        if plain.is_conj() or plain.is_neg():
            plain = plain.resolve_conj().resolve_neg()
        storage, where, offset = plain.untyped_storage(), None, 0
        if storage.nbytes():
            where, offset = self._place(storage, storage.data_ptr() + plain.storage_offset() * plain.element_size())
        leaf = value.is_leaf
        flags = [kind is torch.nn.Parameter, value.requires_grad, leaf]
        grad = value.grad if leaf else None
        tree = ["tensor", _name(value.dtype), list(plain.shape), list(plain.stride()), where, offset, flags]
        return [*tree, None if grad is None else self.pack(grad, depth + 1)]

    def _place(self, holder: Any, address: int) -> tuple[Tree, int]:
        """Return where a holder's memory is known, or the memory itself, and how many bytes in an address lies."""
        start, size = extent(holder)
        for number, known in enumerate(self._table.memories):
            if size and known.start <= start and start + size <= known.start + known.size:
                return number, address - known.start
        memory = Memory(holder)
        memory.was = memory.read()
        self._table.memories.append(memory)
        return ["new", self._buffer(memory.was)], address - start


@cache
def _name(dtype: Any) -> str:
    return str(dtype).removeprefix("torch.")


def kind_of(kind: type) -> str:
    """Return the module of a type, if it says so itself."""
    module = getattr(kind, "__module__", "")
    return module if isinstance(module, str) else ""


def dense(value: np.ndarray) -> bool:
    return bool(value.flags.c_contiguous or value.flags.f_contiguous)


def _described(dtype: np.dtype) -> Tree:
    """Return what says which dtype it is: a type character where two types have one description (int64 and longlong)."""
    if dtype.char in _TWINS and dtype.isnative:
        return dtype.char
    if dtype.type is np.record:
        return ["record", np.lib.format.dtype_to_descr(np.dtype((np.void, dtype)))]
    return np.lib.format.dtype_to_descr(dtype)


_TWINS = {kind for kind in "bBhHiIlLqQ" if np.dtype(np.dtype(kind).str).char != kind}
"""Of C's whole numbers, those that are as long as another and yet another type."""
