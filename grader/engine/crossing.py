"""What can go over the border as it is, and how a graph of autograd goes on behind it."""

from __future__ import annotations

import io
import pickle
import sys
import types
from collections.abc import Callable, Collection
from functools import cache
from typing import Any

from grader.engine.values import Tree

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


_REACTIONS = ("ignore", "warn", "raise", "print")


def modes() -> dict[str, Any]:
    """Return how NumPy and torch compute just now: what a call over the border takes along, and brings back."""
    found: dict[str, Any] = {"errors": _errors()}
    if torch := sys.modules.get("torch"):
        found |= {"grad": torch.is_grad_enabled(), "dtype": str(torch.get_default_dtype()).removeprefix("torch.")}
    return found


_known_errors: list[Any] = [None, {}]
"""The object that holds how NumPy reacts to errors just now, and what it says: to ask it takes as long as all the rest."""


def _errors() -> dict[str, str]:
    holder = getattr(sys.modules.get("numpy._core.umath"), "_extobj_contextvar", None)
    now = holder.get() if holder is not None else None
    if now is None or now is not _known_errors[0]:
        _known_errors[:] = [now, sys.modules["numpy"].geterr()]
    found: dict[str, str] = _known_errors[1]
    return found


def set_modes(wanted: Any) -> None:
    """Let NumPy and torch compute so. Raises ValueError, TypeError or LookupError for what is none of their modes."""
    errors = wanted["errors"]
    if not all(reaction in _REACTIONS for reaction in errors.values()):
        raise ValueError(errors)
    sys.modules["numpy"].seterr(**errors)
    if (torch := sys.modules.get("torch")) and "grad" in wanted:
        torch.set_grad_enabled(bool(wanted["grad"]))
        torch.set_default_dtype(vars(torch)[wanted["dtype"]])


def requires_grad(value: Any) -> bool:
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.Tensor) and value.requires_grad


@cache
def across() -> Any:
    """Return the step of an autograd graph whose other end is in the student's process."""
    function = sys.modules["torch"].autograd.Function

    class Across(function):  # type: ignore[misc, valid-type]
        @staticmethod
        def forward(context: Any, slopes: Callable[[Any], list[Any]], plain: Any, *inputs: Any) -> Any:
            """Return what came; the first input is there so that it has a graph even without others."""
            context.slopes = slopes
            return plain.clone()

        @staticmethod
        def backward(context: Any, grad: Any) -> Any:
            return None, None, None, *context.slopes(grad)

    return Across
