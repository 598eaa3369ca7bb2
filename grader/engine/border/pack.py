"""What crosses the border between a student's process and the judge: plain data, arrays and tensors, as data.

A value becomes a tree that JSON can hold, and buffers of bytes. Both sides of a conversation keep a `Table` of the
memory and of the mutable objects that have crossed, in the same order, so that what shares memory here shares it
there, and what is one object here is one there. Nothing that arrives is executed, and nothing is believed: types
are taken from a list, and views must lie inside their memory.
"""

from __future__ import annotations

import builtins
import collections
import ctypes
import enum
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from types import ModuleType
from typing import Any

import numpy as np

from grader.engine.border import library_values

Tree = Any
_DEEPEST = 150
_PLAIN = {type(None), bool, str}
_NUMBERS_AND_TEXT: dict[type, Callable[[Any], Any]] = {
    int: int.__int__, float: float.__float__, complex: complex.__complex__, str: str.__str__,
    bytes: lambda value: bytes.__getitem__(value, slice(None)),
}  # fmt: skip
"""What one of a class derived from these is, whatever that class says of it."""
CONTAINERS: dict[str, type] = {
    "OrderedDict": collections.OrderedDict, "Counter": collections.Counter, "defaultdict": collections.defaultdict,
    "deque": collections.deque, "list": list, "set": set, "dict": dict, "bytearray": bytearray,
}  # fmt: skip
"""What holds others and can be changed, by name; what is derived from others comes before them."""


TYPES = {
    f"{module.__name__}.{name}": kind
    for module in (builtins, np, collections)
    for name, kind in vars(module).items()
    if isinstance(kind, type) and not name.startswith("_")
}
"""The types that both sides know by name; those of `kinds` and torch's come to them."""
_OF_TORCH = ("Tensor", "Size", "dtype", "device", "nn.Parameter")


SPECIAL = (
    "__len__ __iter__ __next__ __bool__ __int__ __float__ __complex__ __index__ __hash__ __repr__ __str__ __format__ "
    "__bytes__ __abs__ __neg__ __pos__ __invert__ __round__ __trunc__ __floor__ __ceil__ __enter__ __exit__ __reversed__ "
    "__array__ __fspath__ __call__ __contains__ __getitem__ __setitem__ __delitem__ __eq__ __ne__ __lt__ __le__ __gt__ "
    "__ge__ __add__ __radd__ __iadd__ __sub__ __rsub__ __isub__ __mul__ __rmul__ __imul__ __truediv__ __rtruediv__ "
    "__itruediv__ __floordiv__ __rfloordiv__ __ifloordiv__ __mod__ __rmod__ __imod__ __pow__ __rpow__ __ipow__ "
    "__matmul__ __rmatmul__ __imatmul__ __and__ __rand__ __iand__ __or__ __ror__ __ior__ __xor__ __rxor__ __ixor__ "
    "__lshift__ __rlshift__ __rshift__ __rrshift__ __divmod__ __rdivmod__ __await__ __aiter__ __anext__ __aenter__ __aexit__"
).split()
"""What Python looks for in a type: those that a type has are told, so that a stand-in has them too, and no others."""


def type_named(name: str) -> type | None:
    """Return the type that both sides know by this name."""
    library, _, rest = name.partition(".")
    if library == "torch" and rest in _OF_TORCH and "torch" in sys.modules:
        torch: Any = sys.modules["torch"]
        found: type = torch.nn.Parameter if rest == "nn.Parameter" else vars(torch)[rest]
        return found
    return TYPES.get(name) or library_values.named(name)


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
    """Return the address and the number of the bytes from the first to the last that an array uses, or a storage of torch's."""
    if not isinstance(holder, np.ndarray):
        return holder.data_ptr(), holder.nbytes()
    start = holder.__array_interface__["data"][0]
    if holder.flags.c_contiguous:
        return start, holder.nbytes
    if not holder.size:
        return start, 0
    steps = [(length - 1) * stride for length, stride in zip(holder.shape, holder.strides, strict=True)]
    return start + sum(step for step in steps if step < 0), sum(map(abs, steps)) + holder.itemsize


@dataclass
class Table:
    """What both sides of a conversation know, each by the same numbers."""

    memories: list[Memory] = field(default_factory=list)
    objects: list[Any] = field(default_factory=list)
    numbers: dict[int, int] = field(default_factory=dict)
    """Of the objects, by their id; the list keeps them alive."""
    places: dict[int, int] = field(default_factory=dict)
    """In which of the memories those objects lie that are tensors."""
    classes: set[type] = field(default_factory=set)
    """The instructor's, of which objects have crossed."""

    def copy(self) -> Table:
        """Return a table that goes on where this one ends."""
        if not self.objects:
            return Table()
        return Table(self.memories.copy(), self.objects.copy(), self.numbers.copy(), self.places.copy(), self.classes)

    def keep(self, later: Table) -> None:
        """Take the parameters of models that have crossed since into this table, so that both sides go on sharing them."""
        torch = sys.modules.get("torch")
        for number in range(len(self.objects), len(later.objects)) if later.places else ():
            value, place = later.objects[number], later.places.get(number)
            if type(value) is torch.nn.Parameter and place is not None:  # type: ignore[union-attr]
                memory = later.memories[place]
                if not any(memory is known for known in self.memories):
                    self.memories.append(memory)
                own = self.reserve()
                self.put(own, value)
                self.places[own] = next(n for n, known in enumerate(self.memories) if known is memory)

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

    def __init__(
        self,
        table: Table,
        other: Callable[[Any], Tree],
        given: Mapping[str, Any] | None = None,
        *,
        whole: bool = False,
    ) -> None:
        self._table, self._other = table, other
        self._whole = whole
        """Whether what a notebook's own class is derived from is no substitute, if the class has anything of its own."""
        self._given = given if given is not None else {}
        """The classes of the instructor's, which both sides have, by name."""
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
        if getattr(kind, "stays_there", False):
            return self._other(value)
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
            return self._type(value)
        if self._given.get(kind.__name__) is kind:
            return self._instance(value, depth)
        if (found := library_values.known().get(kind)) and (parts := _taken(found, value)) is not None:
            self._table.put(self._table.reserve(), value)
            return ["kind", library_values.name_of(kind), [self.pack(part, depth + 1) for part in parts]]
        if isinstance(value, np.ndarray) and not (self._whole and self._is_more(kind)):
            return self._array_like(value, depth)
        if kind_of(kind) == "__main__" and not self._is_more(kind) and not isinstance(value, enum.Enum):
            for plain, taken in _NUMBERS_AND_TEXT.items():
                if isinstance(value, plain):
                    return self.pack(taken(value))
        return self._container(value, depth) or self._other(value)

    def _is_more(self, kind: type) -> bool:
        """Tell whether a notebook's own class is more than what it is derived from."""
        return kind_of(kind) == "__main__" and (_has_its_own(kind) if self._whole else _can_more(kind))

    def _type(self, value: type) -> Tree:
        if self._given.get(value.__name__) is value:
            return ["given class", value.__name__]
        name = f"{kind_of(value)}.{value.__name__}"
        if type_named(name) is value:
            return ["type", name]
        fields = _fields(value)
        return self._other(value) if fields is None else ["tuple class", value.__name__, fields]

    def _array_like(self, value: Any, depth: int) -> Tree:
        """Return the tree of the plain array that one of a class of its own is."""
        number = self._table.reserve()
        self._table.put(number, value)
        return ["plainly", self._array(np.asarray(value), depth)]

    def keep(self, value: Any, pickled: Callable[[], tuple[bytes, list[Tree]]]) -> Tree:
        """Return the tree of an object that is sent as bytes, and in which the other side may then change something."""
        before = len(self._table.objects)
        number = self._table.reserve()
        try:
            data, within = pickled()
        except Exception:
            del self._table.objects[before:]
            raise
        self._table.put(number, value)
        self.buffers.append(data)
        return ["pickled", number, len(self.buffers) - 1, within]

    def _instance(self, value: Any, depth: int) -> Tree:
        """Return the tree of an object of a class that both sides have."""
        kind, name = type(value), type(value).__name__
        if isinstance(value, enum.Enum):
            return ["member", name, value.name]
        if isinstance(value, tuple):
            return ["given tuple", name, [self.pack(item, depth + 1) for item in tuple.__iter__(value)]]
        if (kind.__basicsize__ > _LARGEST_PLAIN and not hasattr(kind, "__slots__")) or isinstance(value, BaseException):
            return self._other(value)  # it is derived from one that holds more than attributes
        self._table.put(self._table.reserve(), value)
        self._table.classes.add(kind)
        return ["given", name, self.items(value, depth)]

    def _container(self, value: Any, depth: int) -> Tree:
        """Return the tree of a container; one of a class derived from it is taken for it, unless it can do more."""
        kind = type(value)
        if self._is_more(kind) and _fields(kind) is None:
            return None
        for name in CONTAINERS:
            if _is(value, name):
                self._table.put(self._table.reserve(), value)
                more = [value.maxlen] if name == "deque" else []
                if name == "defaultdict":
                    factory = value.default_factory
                    more = [f"builtins.{factory.__name__}" if factory in _FACTORIES else None]
                return [name, self.items(value, depth), *more]
        if isinstance(value, tuple | frozenset):
            plain: Any = tuple if isinstance(value, tuple) else frozenset
            items = [self.pack(item, depth + 1) for item in plain.__iter__(value)]
            if (fields := _fields(kind)) is not None:
                return ["named tuple", kind_of(kind), kind.__name__, fields, items]
            return [plain.__name__, items]
        return None

    def items(self, value: Any, depth: int = 0) -> Tree:
        """Return what a container, or an object of an instructor's class, holds now."""
        if isinstance(value, bytearray):
            return self._buffer(bytes(value))
        if isinstance(value, dict):
            pairs = (
                collections.OrderedDict.items(value)
                if isinstance(value, collections.OrderedDict)
                else dict.items(value)
            )
            return [[self.pack(key, depth + 1), self.pack(item, depth + 1)] for key, item in pairs]
        for kind in (list, set, collections.deque):
            if isinstance(value, kind):
                return [self.pack(item, depth + 1) for item in _ITERATED[kind](value)]
        if type(value) in library_values.known():
            return [self.pack(part, depth + 1) for part in library_values.known()[type(value)].take(value) or ()]
        if (state := library_values.state(value)) is not None:
            return [self.pack(state[0](value), depth + 1)]
        return [[name, self.pack(item, depth + 1)] for name, item in attributes(value).items()]

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
        holder = next((array for array in (root, value) if dense(array)), value)
        # What torch or as_strided cut out has no array as its base, and may lie in memory that is known all the same.
        if not dense(holder) and self._known(Memory(holder)) is None:
            holder = value = value.copy()
        where, start = self._place(holder)
        offset = value.__array_interface__["data"][0] - start
        flags = [bool(value.flags.owndata), bool(value.flags.writeable)]
        return ["array", _described(value.dtype), list(value.shape), list(value.strides), where, offset, flags]

    def _torch(self, value: Any, torch: Any, depth: int) -> Tree:
        kind = type(value)
        if kind is not torch.Tensor and kind is not torch.nn.Parameter:
            if kind is torch.dtype or kind is torch.device:
                return [f"torch.{kind.__name__}", str(value).removeprefix("torch.")]
            if kind is torch.Size:
                return ["size", list(value)]
            if kind_of(kind) == "torch.return_types":
                return [
                    "torch.return_types",
                    kind.__name__,
                    [self.pack(item, depth + 1) for item in tuple.__iter__(value)],
                ]
            if not isinstance(value, torch.Tensor):
                return None
            with torch._C.DisableTorchFunctionSubclass():
                value, kind = torch.Tensor.as_subclass(value, torch.Tensor), torch.Tensor
        plain = value.detach()
        if plain.layout is not torch.strided or not plain.is_cpu or plain.is_quantized:
            return None
        number = self._table.reserve()
        self._table.put(number, value)
        if plain.is_conj() or plain.is_neg():
            plain = plain.resolve_conj().resolve_neg()
        storage, where, offset = plain.untyped_storage(), None, 0
        if storage.nbytes():
            where, start = self._place(storage)
            offset = storage.data_ptr() + plain.storage_offset() * plain.element_size() - start
            self._table.places[number] = where if isinstance(where, int) else len(self._table.memories) - 1
        leaf = value.is_leaf
        flags = [kind is torch.nn.Parameter, value.requires_grad, leaf]
        grad = value.grad if leaf else None
        tree = ["tensor", _name(value.dtype), list(plain.shape), list(plain.stride()), where, offset, flags]
        return [*tree, None if grad is None else self.pack(grad, depth + 1)]

    def _known(self, memory: Memory) -> int | None:
        """Return the number of the memory of the table in which another lies, if there is one."""
        for number, known in enumerate(self._table.memories) if memory.size else ():
            if known.start <= memory.start and memory.start + memory.size <= known.start + known.size:
                return number
        return None

    def _place(self, holder: Any) -> tuple[Tree, int]:
        """Return where a holder's memory is known, or the memory itself, and the address at which that begins."""
        memory = Memory(holder)
        if (number := self._known(memory)) is not None:
            return number, self._table.memories[number].start
        memory.was = memory.read()
        self._table.memories.append(memory)
        return ["new", self._buffer(memory.was)], memory.start


_ITERATED: dict[type, Callable[[Any], Any]] = {
    list: list.__iter__, set: set.__iter__, collections.deque: collections.deque.__iter__
}  # fmt: skip
_FACTORIES = (int, float, str, bool, list, dict, set, tuple)


class _Plain:
    """One that holds nothing but attributes."""


_LARGEST_PLAIN = _Plain.__basicsize__


def _can_more(kind: type) -> bool:
    """Tell whether a class has methods of its own by which it is called: it is more than what it is derived from."""
    return any(not key.startswith("_") and callable(value) for key, value in vars(kind).items())


_OF_EACH_CLASS = frozenset(
    "__module__ __doc__ __dict__ __weakref__ __qualname__ __static_attributes__ __firstlineno__ __slots__".split()
)


def _has_its_own(kind: type) -> bool:
    return not vars(kind).keys() <= _OF_EACH_CLASS


def attributes(value: Any) -> dict[str, Any]:
    """Return the attributes that an object holds itself."""
    slots = [name for kind in type(value).__mro__ for name in _slots(kind)]
    found = {name: object.__getattribute__(value, name) for name in slots if hasattr(value, name)}
    return found | (object.__getattribute__(value, "__dict__") if hasattr(value, "__dict__") else {})


def _is(value: Any, name: str) -> bool:
    return isinstance(value, CONTAINERS[name])


def _slots(kind: type) -> list[str]:
    slots = vars(kind).get("__slots__", ())
    names = [slots] if isinstance(slots, str) else list(slots)
    return [name for name in names if name not in ("__dict__", "__weakref__")]


def _fields(kind: type) -> list[str] | None:
    """Return the names of the fields of a class of named tuples that can nothing else; None of any other."""
    fields = getattr(kind, "_fields", None)
    if not issubclass(kind, tuple) or not isinstance(fields, tuple) or not hasattr(kind, "_asdict"):
        return None
    own = {name for name, value in vars(kind).items() if not name.startswith("_") and name not in fields}
    return None if own or not all(type(field) is str for field in fields) else list(fields)


def _taken(kind: library_values.Kind, value: Any) -> tuple[Any, ...] | None:
    """Return what a value is made of; None if that cannot cross."""
    try:
        return kind.take(value)
    except Exception:  # the library says no in many ways
        return None


def library(module: str, qualname: str) -> Any:
    """Return what a module that is imported here has under a name, without asking the module for it."""
    found: Any = sys.modules.get(module)
    for part in qualname.split(".") if isinstance(found, ModuleType) else ():
        found = vars(found).get(part) if hasattr(found, "__dict__") else None
    return found


@cache
def _name(dtype: Any) -> str:
    return str(dtype).removeprefix("torch.")


def own_classes(space: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """Return by name the classes of the instructor's own among these names; a library's cross as what they are."""
    found = {name: space[name] for name in names if isinstance(space.get(name), type)}
    return {name: kind for name, kind in found.items() if kind_of(kind) == "__main__"}


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
