"""Values out of what crossed the border: what arrived is checked, and nothing of it is executed or believed."""

from __future__ import annotations

import collections
import importlib
import math
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from grader.engine.border import library_values
from grader.engine.border.pack import (
    CONTAINERS,
    TYPES,
    MalformedValueError,
    Memory,
    Table,
    Tree,
    attributes,
    dense,
    library,
    type_named,
)

_DEEPEST = 150


class Unpacker:
    """Makes values of trees that the other side sent; `other` makes what is no data, or refuses it."""

    def __init__(
        self,
        table: Table,
        buffers: Sequence[bytes],
        other: Callable[[str, list[Tree]], Any],
        attach_graph: Callable[[Any, int], Any] = lambda tensor, number: tensor.requires_grad_(),
        given: Mapping[str, Any] | None = None,
        weak: Callable[[Any], None] = lambda value: None,
    ) -> None:
        self._table, self._buffers, self._other = table, buffers, other
        self._weak = weak
        """Is told of values whose comparisons can come to nothing, and may refuse them."""
        self._attach_graph = attach_graph
        """Gives a tensor (of this number) the graph that it has on the other side."""
        self._given = given if given is not None else {}
        """The classes of the instructor's, which both sides have, by name."""

    def unpack(self, tree: Tree, depth: int = 0) -> Any:
        """Return the value of a tree.

        Raises
        ------
        MalformedValueError
            It is not one, or one of what may not arrive.
        """
        if depth > _DEEPEST:
            raise MalformedValueError("nested too deeply")
        if tree is None or isinstance(tree, bool | str | int):
            return tree
        if not isinstance(tree, list) or not tree or not isinstance(tree[0], str):
            raise MalformedValueError("not a value")
        try:
            return self._made(tree[0], tree[1:], depth)
        except MalformedValueError:
            raise
        except (
            TypeError,
            ValueError,
            LookupError,
            AttributeError,
            OverflowError,
            RuntimeError,
            MemoryError,
            ArithmeticError,
        ) as error:
            raise MalformedValueError(f"{tree[0]}: {type(error).__name__}: {error}") from None

    def _made(self, kind: str, parts: list[Tree], depth: int) -> Any:  # noqa: C901  # one line a kind
        match kind, parts:  # what comes most often first
            case "float", [str(digits)]:
                return float.fromhex(digits)
            case "tuple", [list(items)]:
                return tuple(self._each(items, depth))
            case "array", [description, list(shape), list(strides), where, int(offset), [bool(own), bool(writeable)]]:
                number, dtype = self._table.reserve(), _dtype(description)
                return self._table.put(number, self._array(dtype, shape, strides, where, offset, own, writeable))
            case "tensor", [
                str(name),
                list(shape),
                list(strides),
                where,
                int(offset),
                [bool(p), bool(r), bool(leaf)],
                grad,
            ]:
                number = self._table.reserve()
                tensor = self._tensor(_torch_dtype(name), shape, strides, where, offset)
                self._table.places[number] = where if isinstance(where, int) else len(self._table.memories) - 1
                if p:
                    tensor = _library("torch").nn.Parameter(tensor, r)
                elif r:
                    tensor = tensor.requires_grad_() if leaf else self._attach_graph(tensor, number)
                self._table.put(number, tensor)
                if grad is not None:
                    tensor.grad = self.unpack(grad, depth + 1)
                return tensor
            case "same", [int(number)] if number >= 0:
                return self._table.objects[number]
            case (("list" | "set" | "dict" | "bytearray"), [items]):
                made = self._table.put(self._table.reserve(), CONTAINERS[kind]())
                self.fill(made, items, depth)
                return made
            case "type", [str(name)] if (found := type_named(name)) is not None:
                return found
            case "int", [str(digits)]:
                return int(digits, 16)
            case "complex", [str(real), str(imaginary)]:
                return complex(float.fromhex(real), float.fromhex(imaginary))
            case "bytes", [int(number)]:
                return self._buffers[number]
            case "frozenset", [list(items)]:
                return frozenset(self._each(items, depth))
            case "ellipsis", []:
                return Ellipsis
            case "slice", [_, _, _]:
                return slice(*self._each(parts, depth))
            case "range", [_, _, _]:
                return range(*self._each(parts, depth))
            case "scalar", [description, int(number)]:
                return _scalar(_dtype(description), self._buffers[number])
            case "dtype", [description]:
                return _dtype(description)
            case "objects", [list(shape), list(items)] if math.prod(_lengths(shape)) == len(items):
                array = self._table.put(self._table.reserve(), np.empty(_lengths(shape), dtype=object))
                array.reshape(-1)[:] = self._each(items, depth)
                return array
            case "torch.dtype", [str(name)]:
                return _torch_dtype(name)
            case "torch.device", [str(name)]:
                return _library("torch").device(name)
            case "size", [list(shape)]:
                return _library("torch").Size(_lengths(shape))
        return self._rarer(kind, parts, depth)

    def _rarer(self, kind: str, parts: list[Tree], depth: int) -> Any:  # one line a kind
        match kind, parts:
            case (("OrderedDict" | "Counter"), [items]):
                return self._held(CONTAINERS[kind](), items, depth)
            case "deque", [items, (None | int()) as longest]:
                return self._held(collections.deque(maxlen=longest), items, depth)
            case "defaultdict", [items, (None | str()) as factory]:
                return self._held(collections.defaultdict(TYPES[factory] if factory else None), items, depth)
            case "named tuple", [str(module), str(name), list(fields), list(items)] if len(fields) == len(items):
                found = library(module, name) if module != "__main__" else None
                if not (isinstance(found, type) and getattr(found, "_fields", None) == tuple(fields)):
                    found = library_values.tuple_class(name, tuple(fields))
                return tuple.__new__(found, self._each(items, depth))
            case "tuple class", [str(name), list(fields)]:
                return library_values.tuple_class(name, tuple(fields))
            case "torch.return_types", [str(name), list(items)]:
                return vars(_library("torch").return_types)[name](self._each(items, depth))
            case "kind", [str(name), list(trees)] if (found := _kind(name)) is not None:
                number = self._table.reserve()
                value = library_values.known()[found].make(*self._each(trees, depth))
                if library_values.is_weak(value):
                    self._weak(value)
                return self._table.put(number, value)
            case "plainly", [tree]:
                number = self._table.reserve()
                return self._table.put(number, self.unpack(tree, depth + 1))
            case "given class", [str(name)]:
                return self._class(name)
            case "member", [str(name), str(member)]:
                return self._class(name)[member]
            case "given tuple", [str(name), list(items)]:
                return tuple.__new__(self._class(name), self._each(items, depth))
            case "given", [str(name), list(items)]:
                self._table.classes.add(self._class(name))
                return self._held(object.__new__(self._class(name)), items, depth)
        return self._other(kind, parts)

    def _class(self, name: str) -> Any:
        found = self._given.get(name)
        if not isinstance(found, type):
            raise MalformedValueError("no such class")
        return found

    def _held(self, made: Any, items: Tree, depth: int) -> Any:
        self._table.put(self._table.reserve(), made)
        self.fill(made, items, depth)
        return made

    def _each(self, items: list[Tree], depth: int) -> list[Any]:
        return [self.unpack(item, depth + 1) for item in items]

    def fill(self, value: Any, items: Tree, depth: int = 0) -> None:
        """Let a container, or an object of an instructor's class, hold what a tree says."""
        if isinstance(value, bytearray):
            value[:] = self._buffers[items]
        elif isinstance(value, dict):
            pairs = [(self.unpack(key, depth + 1), self.unpack(item, depth + 1)) for key, item in items]
            plain: Any = collections.OrderedDict if isinstance(value, collections.OrderedDict) else dict
            plain.clear(value)
            for key, item in pairs:
                plain.__setitem__(value, key, item)
        elif isinstance(value, list | set | collections.deque):
            made = self._each(items, depth)
            value.clear()
            (value.update if isinstance(value, set) else value.extend)(made)
        elif type(value) in library_values.known():
            library_values.become(value, library_values.known()[type(value)].make(*self._each(items, depth)))
        elif (state := library_values.state(value)) is not None:
            state[1](value, self.unpack(items[0], depth + 1))
        else:
            held = {str(name): self.unpack(item, depth + 1) for name, item in items}
            for name in attributes(value).keys() - held.keys():
                object.__delattr__(value, name)
            for name, item in held.items():
                object.__setattr__(value, name, item)

    def _memory(self, where: Tree) -> Memory:
        match where:
            case bool():
                pass
            case int() if where >= 0:
                return self._table.memories[where]
            case ["new", int(number)]:
                data = bytes(self._buffers[number])
                return self._new(np.empty(len(data), np.uint8), data)
        raise MalformedValueError("no such memory")

    def _new(self, holder: Any, data: bytes) -> Memory:
        """Take the bytes of a holder for memory that has come, and write into it what came."""
        memory = Memory(holder)
        memory.write(data)
        self._table.memories.append(memory)
        return memory

    def _array(
        self,
        dtype: np.dtype,
        shape: list[int],
        strides: list[int],
        where: Tree,
        offset: int,
        own: bool,
        writeable: bool,
    ) -> np.ndarray:
        lengths = _lengths(shape)
        made: np.ndarray
        if own and (data := self._whole(where, offset, lengths, dtype.itemsize)):
            made = np.empty(lengths, dtype)
            if made.strides == tuple(strides):
                self._new(made, data)
                made.flags.writeable = writeable
                return made
        memory = self._memory(where)
        made = np.ndarray(lengths, dtype, memory.array(), offset, tuple(strides))
        if own and isinstance(where, list) and made.nbytes == memory.size and dense(made):
            made = made.copy("K")  # its memory is its own, as it is over there
            memory.hold(made)
        made.flags.writeable = writeable
        return made

    def _tensor(self, dtype: Any, shape: list[int], strides: list[int], where: Tree, offset: int) -> Any:
        torch, lengths = _library("torch"), _lengths(shape)
        if where is None:
            if 0 not in lengths:
                raise MalformedValueError("a tensor without memory")
            return torch.empty(lengths, dtype=dtype)
        if data := self._whole(where, offset, lengths, dtype.itemsize):
            plain = torch.empty(lengths, dtype=dtype)
            if plain.stride() == tuple(strides):
                self._new(plain.untyped_storage(), data)
                return plain
        memory = self._memory(where)
        steps = [(length - 1) * stride for length, stride in zip(lengths, _lengths(strides), strict=True)]
        first, rest = divmod(offset, dtype.itemsize)
        if rest or first < 0 or (0 not in lengths and (first + sum(steps) + 1) * dtype.itemsize > memory.size):
            raise MalformedValueError("a tensor outside its memory")
        return torch.empty(0, dtype=dtype).set_(memory.storage(), first, lengths, tuple(strides))

    def _whole(self, where: Tree, offset: int, lengths: tuple[int, ...], itemsize: int) -> bytes | None:
        """Return the memory that has come for an array of this shape, if it is new and the array fills it."""
        match where:
            case ["new", int(number)] if offset == 0:
                data = self._buffers[number]
                return data if len(data) == math.prod(lengths) * itemsize else None
        return None


def _scalar(dtype: np.dtype, data: bytes) -> Any:
    """Return one number, text or record of a dtype; an empty text has no bytes."""
    return np.frombuffer(data, dtype, 1)[0] if dtype.itemsize else np.zeros((), dtype)[()]


def _lengths(shape: list[Any]) -> tuple[int, ...]:
    if len(shape) > 64 or not all(type(length) is int and 0 <= length < 2**62 for length in shape):
        raise MalformedValueError("not a shape")
    return tuple(shape)


_KINDS = "?bBhHiIlLqQefdgFDG"
_usual = {np.dtype(kind).str: np.dtype(np.dtype(kind).str) for kind in _KINDS} | {k: np.dtype(k) for k in _KINDS}
"""By what they are called in an array's description (of two C types of one length, NumPy's usual one), and by character."""


def _dtype(description: Tree) -> np.dtype:
    """Return a dtype of plain bytes: one of objects would take bytes for addresses."""
    if isinstance(description, str) and description in _usual:
        return _usual[description]
    if isinstance(description, list) and len(description) == 2 and description[0] == "record":
        return np.dtype((np.record, _dtype(description[1])))
    made: np.dtype = np.lib.format.descr_to_dtype(_tuples(description))
    if made.hasobject:
        raise MalformedValueError("a dtype of objects")
    return made


def _tuples(description: Tree) -> Any:
    """Return the description of a dtype with the tuples that JSON has made lists."""
    if isinstance(description, str):
        return description
    return [
        (name if isinstance(name, str) else tuple(name), _tuples(inner), *map(tuple, shape))
        for name, inner, *shape in description
    ]


def _library(name: str) -> Any:
    """Return a library that a value is of: an answer may use one that nothing else in its notebook imports."""
    try:
        return sys.modules.get(name) or importlib.import_module(name)
    except ImportError:
        raise MalformedValueError(f"{name} cannot be imported here") from None


_KINDS_OF = {"pandas": "pandas", "scipy": "scipy.sparse"}


def _kind(name: str) -> type | None:
    if (found := library_values.named(name)) is None and (library := _KINDS_OF.get(name.partition(".")[0])):
        _library(library)
        found = library_values.named(name)
    return found


def _torch_dtype(name: str) -> Any:
    torch = _library("torch")
    found = vars(torch).get(name)
    if not isinstance(found, torch.dtype):
        raise MalformedValueError("no such dtype")
    return found
