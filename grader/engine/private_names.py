"""What we use of IPython, ipykernel, NumPy and torch that they do not promise: who upgrades one of them looks here.

What is used of stack_data and pygments is in `inside/tracebacks`.
"""

from __future__ import annotations

import functools
import sys
from typing import Any

# ipykernel and IPython ───────────────────────────────────────────────────────────────────────────


def ask_signatures_once(method: Any, names: list[str]) -> None:
    """Let ipykernel look at the signature of a method once, where it does so for each cell; at that of this one now."""
    from ipykernel import ipkernel

    accepts = ipkernel._accepts_parameters
    ask = functools.cache(lambda function, names: accepts(function, list(names)))
    ipkernel._accepts_parameters = lambda method, names: ask(getattr(method, "__func__", method), tuple(names))
    ipkernel._accepts_parameters(method, names)


def set_profile_location(kernel: Any, location: str) -> None:
    """Say where a kernel's profile lies, without making its six folders, which hardly one cell needs."""
    kernel.profile_dir._trait_values["location"] = location


def store_no_traceback(shell: Any) -> None:
    """Let a shell format no second copy of each traceback, to keep."""
    shell._format_exception_for_storage = str  # which leaves no frame where it fails, as with IPython's own


# NumPy and torch ─────────────────────────────────────────────────────────────────────────────────


def numpy_print_options() -> object:
    """Return what holds how NumPy prints: one object as long as nothing is set; None before NumPy 2.2."""
    module = sys.modules.get("numpy._core.printoptions")
    return module.format_options.get() if module is not None else None


def numpy_error_state() -> object:
    """Return what holds how NumPy reacts to errors: one object as long as nothing is set; None where nobody knows."""
    holder = getattr(sys.modules.get("numpy._core.umath"), "_extobj_contextvar", None)
    return holder.get() if holder is not None else None


def torch_contexts(torch: Any) -> tuple[int, int]:
    """Return what differs as soon as a default device or another mode of torch's functions is set."""
    context = getattr(torch, "_GLOBAL_DEVICE_CONTEXT", None)
    return torch._C._len_torch_function_stack(), id(getattr(context, "device_context", None))


def torch_print_options(torch: Any) -> dict[str, Any]:
    """Return how torch prints tensors."""
    return dict(vars(torch._tensor_str.PRINT_OPTS))
