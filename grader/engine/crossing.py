"""What can go over the border as it is, and how a graph of autograd goes on behind it."""

from __future__ import annotations

import sys
import types
from collections.abc import Callable
from functools import cache
from typing import Any

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
    cells = [cell.cell_contents for cell in function.__closure__ or ()]
    defaults = [*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values()]
    return found if all(map(_is_sendable, [*found.values(), *cells, *defaults])) else None


def _is_sendable(value: Any) -> bool:
    if isinstance(value, tuple):
        return all(map(_is_sendable, value))
    if isinstance(value, types.FunctionType):
        return used(value) is not None
    kind = type(value)
    plain = isinstance(value, (*_PLAIN, types.ModuleType, types.BuiltinFunctionType, type)) or hasattr(kind, "ask")
    return plain or kind.__module__ in ("numpy", "torch")


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
