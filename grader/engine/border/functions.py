"""Functions and objects that go over the border as they are."""

from __future__ import annotations

import io
import pickle
import sys
import types
from collections.abc import Callable, Collection
from typing import Any

from grader.engine.border.pack import Tree

_PLAIN = (type(None), bool, int, float, complex, str, bytes)


def used(function: types.FunctionType) -> dict[str, Any] | None:
    """Return the global names that a function uses, if all that it uses can be sent as it is; else None.

    What keeps a state (a list that it appends to, an object) must be called where it is.
    """
    code, names = function.__code__, set[str]()
    waiting = [code]
    for part in waiting:  # which grows meanwhile
        names |= set(part.co_names)
        waiting += [inner for inner in part.co_consts if isinstance(inner, types.CodeType)]
    found = {name: function.__globals__[name] for name in names if name in function.__globals__}
    cells = [cell.cell_contents for cell in function.__closure__ or () if not is_empty(cell)]
    defaults = [*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values()]
    return found if all(map(_is_sendable, [*found.values(), *cells, *defaults])) else None


def is_empty(cell: types.CellType) -> bool:
    """Tell whether a cell of a closure holds nothing yet: `__class__`, in a method of a class that is being made."""
    try:
        return cell.cell_contents is cell
    except ValueError:
        return True


def pickled(value: Any, other: Callable[[Any], Tree], known: Collection[Any] = ()) -> tuple[bytes, list[Tree]]:
    """Return an object of a library's as bytes, but for the arrays, tensors and stand-ins in it, which `other` packs.

    Of classes that cells define, it may be of those that are `known` over there. Only a judge sends such, and only a student's process reads them. Raises whatever pickling raises.
    """
    within: list[Tree] = []
    torch = sys.modules.get("torch")

    class Pickler(pickle.Pickler):
        def persistent_id(self, part: Any) -> int | None:
            array = type(part).__module__ == "numpy" and hasattr(part, "__array_interface__") and hasattr(part, "base")
            tensor = torch is not None and isinstance(part, torch.Tensor)
            if not (array or tensor or getattr(type(part), "stays_there", False)):
                return None
            within.append(other(part))
            return len(within) - 1

        def reducer_override(self, part: Any) -> Any:
            named = isinstance(part, type | types.FunctionType)
            if named and part.__module__ == "__main__" and not any(part is one for one in known):
                raise pickle.PicklingError(f"{part.__qualname__} is not known over there")
            return NotImplemented

    file = io.BytesIO()
    Pickler(file).dump(value)
    return file.getvalue(), within


def unpickled(data: bytes, within: list[Any]) -> Any:
    """Return what `pickled` made bytes of."""

    class Unpickler(pickle.Unpickler):
        def persistent_load(self, place: Any) -> Any:
            return within[place]

    return Unpickler(io.BytesIO(data)).load()


def _is_sendable(value: Any) -> bool:
    if getattr(type(value), "stays_there", False):
        return True
    if isinstance(value, tuple):
        return all(map(_is_sendable, value))
    if isinstance(value, types.FunctionType):
        return used(value) is not None
    kind = type(value)
    plain = isinstance(value, (*_PLAIN, types.ModuleType, types.BuiltinFunctionType, type))
    return plain or kind.__module__ in ("numpy", "torch")
