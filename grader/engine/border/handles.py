"""In a student's process: what stays here, by number, what the judge may know of it, and what it can have done with it."""

from __future__ import annotations

import asyncio
import copy
import inspect
import sys
import types
from collections.abc import Callable, Mapping
from typing import Any

from grader.engine.border import chance
from grader.engine.border.pack import SPECIAL, Tree, kind_of

_FUNCTIONS = (
    types.FunctionType, types.BuiltinFunctionType, types.MethodType, types.MethodWrapperType, types.WrapperDescriptorType,
    types.MethodDescriptorType, types.ClassMethodDescriptorType,
)  # fmt: skip
_LIKE_FUNCTIONS = ("partial", "_lru_cache_wrapper", "vectorize", "ufunc", "cached", "singledispatch", "ScriptFunction")
"""Types whose objects are there to be called, and nothing else."""


class Handles:
    """The objects of this process that the judge knows by number."""

    def __init__(self) -> None:
        self._objects: list[Any] = []
        self._numbers: dict[int, int] = {}

    def __getitem__(self, number: int) -> Any:
        return self._objects[number]

    def tree(self, value: Any) -> Tree:
        """Return what the judge may know of a value that is no data."""
        if isinstance(value, types.ModuleType):
            return ["library", str(value.__name__), "", self._seen(value, self._object)]
        if type(value) is type or isinstance(value, type):
            found = self._seen(value, self._class)
            library = kind_of(value) != "__main__"
            return ["library", kind_of(value), str(value.__qualname__), found] if library else found
        if isinstance(value, _FUNCTIONS) or type(value).__name__ in _LIKE_FUNCTIONS:
            found = self._seen(value, self._function)
            module, name = str(getattr(value, "__module__", "")), str(getattr(value, "__qualname__", ""))
            return ["library", module, name, found] if module != "__main__" and name else found
        return self._seen(value, self._object)

    def _seen(self, value: Any, describe: Callable[[Any, int], Tree]) -> Tree:
        """Return what stands for a value; what there is to say of it is said once."""
        known = self._numbers.get(id(value))
        if known is not None:
            return ["known", known]
        number = self._numbers[id(value)] = len(self._objects)
        self._objects.append(value)
        return describe(value, number)

    def _function(self, value: Any, number: int) -> Tree:
        return ["function", number, str(getattr(value, "__name__", "")) or type(value).__name__]

    def _class(self, value: Any, number: int) -> Tree:
        bases = [self.tree(base) for base in value.__bases__ if base is not object]
        return [
            "class", number, str(value.__name__), kind_of(value), str(value.__qualname__), bases, _specials(value),
            [name for name in _specials(type(value)) if name not in ("__call__", "__repr__", "__or__", "__ror__")],
            issubclass(value, BaseException), _methods(value),
        ]  # fmt: skip

    def _object(self, value: Any, number: int) -> Tree:
        return ["object", number, self.tree(type(value))]


def _specials(kind: type) -> list[str]:
    """Return which special methods a type has of its own, those that each object has left out."""
    own = [vars(base) for base in type.__dict__["__mro__"].__get__(kind) if base is not object and base is not type]
    found = ((name, next((space[name] for space in own if name in space), None)) for name in SPECIAL)
    return [name for name, method in found if method is not None]


def _methods(kind: type) -> list[str]:
    """Return the names under which a type that a cell has defined holds functions, which its objects have as methods."""
    mro = type.__dict__["__mro__"].__get__(kind)
    found: dict[str, Any] = {}
    for base in reversed([base for base in mro if kind_of(base) == "__main__"]):
        found |= vars(base)
    return [name for name, value in found.items() if isinstance(value, types.FunctionType) and name[:2] != "__"]


# What can be done ────────────────────────────────────────────────────────────────────────────────


def _special(value: Any, name: str, *args: Any) -> Any:
    """Call a special method as Python would, by way of the type."""
    return getattr(type(value), name)(value, *args)


def _method(value: Any, name: str, /, *args: Any, **kwargs: Any) -> Any:
    return getattr(value, name)(*args, **kwargs)


def _send(value: Any, given: Any) -> tuple[bool, Any]:
    """Let a generator or another iterator go on; return whether it has ended, and what it gave or returned."""
    try:
        return False, next(value) if given is None else value.send(given)
    except StopIteration as end:
        return True, end.value


def _wait(value: Any) -> Any:
    """Run a coroutine to its end; the cell that asks may run in a loop of its own."""
    running = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(value)
    finally:
        loop.close()
        asyncio._set_running_loop(running)


def _next(value: Any) -> tuple[bool, Any]:
    try:
        return False, _wait(value.__anext__())
    except StopAsyncIteration:
        return True, None


def _exit(value: Any, error: BaseException | None) -> bool:
    return bool(type(value).__exit__(value, type(error) if error else None, error, None))


def _signature(value: Any) -> list[list[Any]]:
    """Return the parameters of a function: name, kind, and whether there is a default, and which."""
    found = inspect.signature(value)
    parameters = found.parameters.values()
    empty = inspect.Parameter.empty
    return [
        [p.name, p.kind.name, p.default is not empty, None if p.default is empty else p.default,
         p.annotation is not empty, None if p.annotation is empty else p.annotation]
        for p in parameters
    ]  # fmt: skip


def _subclass(name: str, bases: tuple[type, ...], space: Mapping[str, Any]) -> type:
    """Return a class that a test has derived from one of the student's."""
    made = types.new_class(name, bases, {}, lambda body: body.update({"__module__": "__main__", **space}))
    for value in space.values():
        function = getattr(value, "__func__", value)
        if isinstance(function, types.FunctionType):
            for key, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
                if key == "__class__":
                    cell.cell_contents = made
    return made


def _pyplot(name: str, *args: Any) -> Any:
    """Call a function of pyplot on the figures that are open here; None if nothing has been drawn."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    return getattr(pyplot, name)(*args) if pyplot is not None and pyplot.get_fignums() else None


OPERATIONS: dict[str, Callable[..., Any]] = {
    "getattr": getattr, "setattr": setattr, "delattr": delattr, "dir": dir, "special": _special, "method": _method, "send": _send,
    "wait": _wait, "anext": _next, "exit": _exit, "signature": _signature, "copy": copy.copy, "deepcopy": copy.deepcopy,
    "subclass": _subclass, "pyplot": _pyplot, "chance": chance.states,
}  # fmt: skip
