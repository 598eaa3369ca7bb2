"""How NumPy and torch compute on both sides of the border, and how a graph of autograd goes on behind it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache
from typing import Any

from grader.engine.private_names import numpy_error_state

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
    now = numpy_error_state()
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
def remote_gradient() -> Any:
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
