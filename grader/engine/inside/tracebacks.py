"""Tracebacks as IPython shows them, in a fraction of its time: they are most of what a failing notebook costs."""

from __future__ import annotations

import functools
from collections.abc import Callable
from types import TracebackType
from typing import Any

import stack_data
from pygments.formatters.terminal256 import Terminal256Formatter
from pygments.lexer import RegexLexerMeta

from grader import FOLDER
from grader.engine.private_names import store_no_traceback

_ENGINE = f"{FOLDER}/engine/"
_STACK_DATA: Any = stack_data
_FORMATTER: Any = Terminal256Formatter
_LEXERS: Any = RegexLexerMeta


def make_cheap(shell: Any) -> None:
    """Format each traceback once, where IPython keeps a second copy, and make colours and grammar once for all."""
    store_no_traceback(shell)
    _STACK_DATA.style_with_executing_node = functools.cache(_STACK_DATA.style_with_executing_node)
    _FORMATTER._setup_styles = _once_a_style(_FORMATTER._setup_styles)
    _LEXERS.__call__ = _lexer
    try:
        raise ValueError  # the first makes it
    except ValueError as error:
        shell.InteractiveTB.structured_traceback(ValueError, error, error.__traceback__)


def _once_a_style(set_up: Callable[[Any], None]) -> Callable[[Any], None]:
    """Let formatters of the same style share what each would compute from it."""
    known: dict[Any, dict[str, tuple[str, str]]] = {}

    def set_up_once(formatter: Any) -> None:
        key = formatter.style, formatter.usebold, formatter.useunderline, formatter.useitalic
        if key not in known:
            set_up(formatter)
            known[key] = formatter.style_string
        formatter.style_string = known[key]

    return set_up_once


def leave_out_ours(shell: Any) -> None:
    """Format no frame of the engine's own: who writes the outputs down would take it out again."""
    usual = shell.InteractiveTB.get_records
    shell.InteractiveTB.get_records = lambda trace, *more: usual(_without_ours(trace), *more)


def _without_ours(trace: TracebackType | None) -> TracebackType | None:
    """Return a traceback without the frames of ours, or as it is if it has no other."""
    kept, here = [], trace
    while here:
        if not here.tb_frame.f_code.co_filename.startswith(_ENGINE):
            kept.append(here)
        here = here.tb_next
    behind = None if kept else trace
    for each in reversed(kept):
        behind = TracebackType(behind, each.tb_frame, each.tb_lasti, each.tb_lineno)
    return behind


_usual_lexer = _LEXERS.__call__


def _lexer(kind: Any, *given: Any, **named: Any) -> Any:
    """Make a lexer; one whose class has no grammar of its own takes that of the class that it inherits from.

    For each frame, stack_data makes a new class, whose grammar pygments would read anew.
    """
    own = vars(kind).keys() & {"tokens", "flags", "token_variants", "_tokens"}
    for parent in () if own else kind.__mro__[1:]:
        if "_tokens" in vars(parent):
            kind._tokens, kind._all_tokens, kind._tmpname = parent._tokens, parent._all_tokens, parent._tmpname
            break
        if vars(parent).keys() & {"tokens", "flags", "token_variants"}:
            break
    return _usual_lexer(kind, *given, **named)
