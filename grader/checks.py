"""Compare a student's answer with what was asked, and say in plain lines what differs.

Test cells call this module and nothing else of the package. It imports NumPy alone, and touches torch only
when the notebook has imported it. Everything that fails raises `CheckFailed`, which a notebook shows as two
or three lines instead of a traceback.

>>> with visible("double", hint="add the number to itself"):
...     equal(call(lambda x: x + x, 4), 8)
"""

from __future__ import annotations

import builtins
import linecache
import warnings
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import numpy as np

from grader import observe
from grader.compare import difference, is_tensor, kind, memory, show, snapshot
from grader.constraints import no_calls, no_loops, no_loops_over, one_pass
from grader.failure import CheckFailed, HiddenCheckFailed

__all__ = [
    "CheckFailed", "call", "detached", "equal", "figure", "hidden", "leaves_chance", "no_calls", "no_loops",
    "no_loops_over", "one_pass", "pretending", "raises", "separate", "shares", "steady", "that", "visible",
]  # fmt: skip

_exercise: ContextVar[str] = ContextVar("exercise", default="result")


# Around a test ───────────────────────────────────────────────────────────────────────────────────


@contextmanager
def visible(exercise: str, *, hint: str) -> Generator[None, None, None]:
    """Turn whatever goes wrong inside into plain lines that end with `hint`."""
    problem = yield from _problem_inside(exercise)
    if problem:
        raise CheckFailed(problem, hint) from None


@contextmanager
def hidden(exercise: str, *, about: str, hint: str) -> Generator[None, None, None]:
    """Like `visible`, but name only the category `about` and the hint: never the data, the values or the code."""
    problem = yield from _problem_inside(exercise)
    if problem:
        raise HiddenCheckFailed(f"{exercise} does not yet do what is asked for {about}", hint) from None


def _problem_inside(exercise: str) -> Generator[None, None, str]:
    """Yield once, run the block, and return what went wrong in it as a line of text ('' if nothing did)."""
    token = _exercise.set(exercise)
    try:
        yield
    except (KeyboardInterrupt, GeneratorExit):
        raise
    except CheckFailed as failure:
        return failure.problem
    except BaseException as error:  # sys.exit() in an answer, too, is an answer that fails
        return _explain(error, exercise)
    finally:
        _exercise.reset(token)
    return ""


def _explain(error: BaseException, exercise: str) -> str:
    if isinstance(error, NameError) and error.name:
        where = getattr(error, "as_said", ("", _line_of(error)))[1]
        way_out = where or ": run the cell that defines it, and keep its name as the task gives it"
        return f"there is no {error.name}{' yet' if not where else ''}{way_out}"
    if _is_stub(error):
        return f"{exercise} is not written yet: replace the line that raises NotImplementedError"
    try:
        text = " ".join(str(error).split())
    except Exception:  # an exception of the student's own, whose text fails
        text = ""
    name, where = getattr(error, "as_said", None) or (type(error).__name__, _line_of(error))
    said = f"{name}: {text}" if text else name
    return f"{exercise} raised {said[:300]}{where}"


def _is_stub(error: BaseException) -> bool:
    """Tell a stub from what torch raises for a dtype that it cannot handle, which has a text."""
    return isinstance(error, NotImplementedError) and not error.args


def _line_of(error: BaseException) -> str:
    """Return where in a notebook's own code the error arose, or '' if it did not."""
    found, trace = "", error.__traceback__
    while trace is not None:
        name, number = trace.tb_frame.f_code.co_filename, trace.tb_lineno
        code = linecache.getline(name, number).strip()
        # The call from the test cell is not the student's code; their functions lie deeper.
        if code and not observe.in_library(name) and trace.tb_frame.f_code.co_name != "<module>":
            found = f" (in line {number} of your cell: {code})"
        trace = trace.tb_next
    return found


# Calling an answer ───────────────────────────────────────────────────────────────────────────────


def call(function: Callable[..., Any], *args: Any, changes: bool = False, quiet: bool = False, **kwargs: Any) -> Any:
    """Return `function(*args, **kwargs)`.

    Fails if an array, tensor, list or dict among the arguments was changed (unless `changes=True`), and, with
    `quiet=True`, if NumPy gave a RuntimeWarning (division by zero, overflow, mean of nothing).
    """
    given = {**{f"argument {place}": value for place, value in enumerate(args, 1)}, **kwargs}
    before = {} if changes else {name: snapshot(value) for name, value in given.items()}
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        result = function(*args, **kwargs)
    for name, was in before.items():
        if snapshot(given[name]) != was:
            raise CheckFailed(
                f"{_exercise.get()} changed its input ({name}); leave it as it was and return a new object"
            )
    noise = [str(warning.message) for warning in caught if issubclass(warning.category, RuntimeWarning)]
    if quiet and noise:
        raise CheckFailed(f"{_exercise.get()} gave a RuntimeWarning ({noise[0]}); the task asks for none")
    return result


def steady(function: Callable[..., Any], small: tuple[Any, ...], large: tuple[Any, ...], *, more: int) -> None:
    """Fail if the answer's own Python takes more steps for the arguments `large`, which hold `more` items, than for `small`.

    Counts lines and calls, not time: a loop over the items takes a step or more for each, array code takes none.
    """
    if _steps(function, large) - _steps(function, small) > more / 2:
        raise CheckFailed(f"{_exercise.get()} works item by item in Python; let the array library repeat the work")


def _steps(function: Callable[..., Any], arguments: tuple[Any, ...]) -> int:
    if hasattr(function, "ask"):
        return int(function.ask(arguments, {}, steps=True)[1]["steps"])
    with observe.counted() as steps:
        function(*arguments)
    return steps.count


def leaves_chance(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Return `function(*args, **kwargs)`; fail if it changes the state that all code shares in `np.random`."""
    if hasattr(function, "ask"):
        result, about = function.ask(args, kwargs, chance=True)
        changed = about["chance"]
    else:
        with observe.chance() as said:
            result = function(*args, **kwargs)
        changed = said[0]
    that(not changed, f"{_exercise.get()} used or changed the global state of np.random")
    return result


def pretending(pretend: Mapping[str, Any], function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Return `function(*args, **kwargs)` where functions of libraries, given by dotted name, return these values."""
    if hasattr(function, "ask"):
        return function.ask(args, kwargs, pretend=dict(pretend))[0]
    with observe.pretending(pretend):
        return function(*args, **kwargs)


def raises(exception: type[BaseException], function: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
    """Fail unless `function(*args, **kwargs)` raises `exception` (or a subclass of it)."""
    name = _exercise.get()
    try:
        result = function(*args, **kwargs)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        # NotImplementedError is a RuntimeError, and a stub has not done what was asked.
        if isinstance(error, exception) and (not _is_stub(error) or issubclass(exception, NotImplementedError)):
            return
        raise CheckFailed(f"{_explain(error, name)}; the task asks for {exception.__name__}") from None
    raise CheckFailed(f"{name} returned {show(result)}; the task asks it to raise {exception.__name__} here")


# Comparing ───────────────────────────────────────────────────────────────────────────────────────


def equal(
    actual: Any,
    expected: Any,
    *,
    name: str | None = None,
    dtype: Any = True,
    rtol: float | None = None,
    atol: float | None = None,
    mistakes: Mapping[str, Any] | None = None,
) -> None:
    """Fail unless `actual` is `expected`: presence, type, shape, dtype and values, in this order.

    `expected` is an array, a tensor, a number, text, None, or a tuple, list or dict of these. `dtype=True` asks for
    its exact dtype (for a Python scalar: its type), `dtype=False` for none, `np.integer` or `np.floating` for any of
    that kind. `rtol` and `atol` (default: by precision, `atol` relative to the largest expected value) bound
    |actual - expected| by atol + rtol |expected|. `mistakes` maps a sentence to the wrong result that a known
    misconception gives; the sentence is shown where the result is that one.
    """
    what = name or f"the result of {_exercise.get()}"
    problem = difference(actual, expected, what, dtype, rtol, atol)
    if not problem:
        return
    for sentence, wrong in (mistakes or {}).items():
        if actual is not None and not difference(actual, wrong, what, False, 1e-4, None):
            raise CheckFailed(f"{what} is not right yet: {sentence}")
    raise CheckFailed(problem)


# Memory, graphs, figures ─────────────────────────────────────────────────────────────────────────


def that(condition: Any, problem: str) -> None:
    """Fail with `problem` unless `condition` is true."""
    if not builtins.bool(condition):
        raise CheckFailed(problem)


def shares(result: Any, base: Any) -> None:
    """Fail unless `result` is a view: it uses the memory of `base`."""
    that(_overlap(result, base), f"the result of {_exercise.get()} is a copy; expected a view of the input's memory")


def separate(result: Any, base: Any) -> None:
    """Fail if `result` and `base` use the same memory."""
    that(not _overlap(result, base), f"the result of {_exercise.get()} shares memory with the input; expected a copy")


def _overlap(one: Any, other: Any) -> bool:
    that(one is not None, f"the result of {_exercise.get()} is None; is there a return at its end?")
    return bool(np.shares_memory(memory(one), memory(other)))


def detached(tensor: Any) -> None:
    """Fail if a tensor carries an autograd graph or requires a gradient."""
    that(is_tensor(tensor), f"the result of {_exercise.get()} is {kind(tensor)}; expected a torch.Tensor")
    that(
        tensor.grad_fn is None and not tensor.requires_grad,
        f"the result of {_exercise.get()} still belongs to an autograd graph; return plain numbers (detach)",
    )


def figure(
    drawn: Any,
    *,
    title: str | None = None,
    xlabel: str | None = None,
    ylabel: str | None = None,
    lines: list[Any] | None = None,
) -> None:
    """Fail unless a matplotlib figure (its first axes) or axes has these labels and `lines`, a list of (x, y) arrays."""
    parts = getattr(drawn, "axes", None)  # of a figure the list of its axes, of anything drawn the axes it is in
    axes = parts[0] if isinstance(parts, list) and parts else drawn
    that(parts != [], f"{_exercise.get()} is an empty figure; draw into it")
    that(hasattr(axes, "get_lines"), f"{_exercise.get()} is {kind(drawn)}; expected a matplotlib figure or axes")
    for part, wanted in {"title": title, "xlabel": xlabel, "ylabel": ylabel}.items():
        if wanted is not None:
            equal(getattr(axes, f"get_{part}")(), wanted, name=f"the {part} of the figure")
    if lines is not None:
        drawn_lines = axes.get_lines()
        that(len(drawn_lines) == len(lines), f"the figure has {len(drawn_lines)} lines; expected {len(lines)}")
        for number, (line, (x, y)) in enumerate(zip(drawn_lines, lines, strict=True), 1):
            equal(np.asarray(line.get_xdata()), np.asarray(x), name=f"x of line {number}", dtype=False)
            equal(np.asarray(line.get_ydata()), np.asarray(y), name=f"y of line {number}", dtype=False)
