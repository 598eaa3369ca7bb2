"""Settings of NumPy, torch and decimal that a test may make around a call, and that hold for the call over there, too."""

from __future__ import annotations

import decimal
import sys
from collections.abc import Generator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any

from grader.engine.private_names import numpy_print_options, torch_contexts

Token = tuple[Any, ...]


def token() -> Token:
    """Return what is the same as long as nothing is set; it takes a microsecond."""
    context = decimal.getcontext()
    found: list[Any] = [id(numpy_print_options()), context.prec, context.rounding]
    if torch := sys.modules.get("torch"):
        found += [torch.is_inference_mode_enabled(), *torch_contexts(torch)]
    return tuple(found)


def changed(before: Token, now: Token) -> dict[str, Any]:
    """Return what has been set since, as plain data."""
    found: dict[str, Any] = {}
    before = (*before, *now[len(before) :])  # torch may have been imported meanwhile
    if now[0] != before[0]:
        options = sys.modules["numpy"].get_printoptions()
        found["print"] = {name: value for name, value in options.items() if name not in ("formatter", "override_repr")}
    if now[1:3] != before[1:3]:
        found["decimal"] = list(now[1:3])
    if len(now) > 3 and now[3] != before[3]:
        found["inference"] = now[3]
    if len(now) > 3 and now[4:] != before[4:]:
        found["device"] = str(sys.modules["torch"].get_default_device())
    return found


@contextmanager
def within(wanted: Mapping[str, Any]) -> Generator[None]:
    """Let these be set inside."""
    with ExitStack() as stack:
        if "print" in wanted:
            stack.enter_context(sys.modules["numpy"].printoptions(**wanted["print"]))
        if "decimal" in wanted:
            precision, rounding = wanted["decimal"]
            stack.enter_context(decimal.localcontext(prec=precision, rounding=rounding))
        torch = sys.modules.get("torch")
        if torch and "inference" in wanted:
            stack.enter_context(torch.inference_mode(wanted["inference"]))
        if torch and "device" in wanted:
            stack.enter_context(torch.device(wanted["device"]))
        yield
