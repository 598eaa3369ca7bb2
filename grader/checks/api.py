"""Compare a student's answer with what was asked, and say in plain lines what differs.

Test cells call this module and nothing else of the package. It imports NumPy alone, and touches torch only
when the notebook has imported it. Everything that fails raises `CheckFailed`, which a notebook shows as two
or three lines instead of a traceback.

>>> with visible("double", hint="add the number to itself"):
...     equal(call(lambda x: x + x, 4), 8)
"""

from __future__ import annotations

import builtins
import warnings
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader import tally
from grader.checks import observe
from grader.checks.compare import Difference, difference, is_tensor, kind, memory, plain_kind, show, snapshot
from grader.checks.constraints import follows
from grader.checks.explain import explained, is_stub, of_answer, outdated, unwritten
from grader.checks.failure import CheckFailed, HiddenCheckFailed, NotWritten

_UNNAMED = "result"
_now: ContextVar[_Block | None] = ContextVar("now", default=None)


@dataclass
class _Block:
    """One `with` block of a test cell: which exercise it is about, and what it has asked the answer last."""

    exercise: str
    function: Callable[..., Any] | None = None
    results: tuple[Any, ...] = ()
    failure: CheckFailed | None = None

    def unless_done(self, hint: str) -> str:
        """Return a hint, but '' to who has written the code in it already."""
        return "" if self.function and follows(self.function, hint) else hint


def _exercise() -> str:
    block = _now.get()
    return block.exercise if block else _UNNAMED


# Around a test ───────────────────────────────────────────────────────────────────────────────────


@contextmanager
def visible(exercise: str, *, hint: str, points: float | None = None) -> Generator[None, None, None]:
    """Turn whatever goes wrong inside into plain lines, and tell the `points` if nothing does.

    The lines end with `hint` where a written answer gives other values or shapes and does not yet hold all the code
    that the hint has in backticks. `points` are those of the cell; 0 if hidden tests in it decide them.
    """
    block = yield from _inside(exercise)
    failure = block.failure
    unwritten_yet = isinstance(failure, NotWritten)
    tally.note(exercise, tally.OPEN if unwritten_yet else tally.FAILS if failure else tally.PASSES)
    if failure and unwritten_yet:
        raise NotWritten(failure.problem) from None
    if failure:
        raise CheckFailed(failure.problem, block.unless_done(failure.hint or hint * failure.fits)) from None
    if points is not None:
        print(tally.praise(points))


@contextmanager
def hidden(exercise: str, *, about: str, hint: str) -> Generator[None, None, None]:
    """Like `visible`, but of wrong values tell only the category `about` and the hint: never data, values or code.

    What gives no data away is told as it is: a changed input, None, a wrong type or dtype, a wrong number of axes, the
    class of an error, a loop where none may be. Where the visible test of the exercise fails as well, it is this that
    the student is sent to, and no category.
    """
    block = yield from _inside(exercise)
    failure = block.failure
    if isinstance(failure, NotWritten):
        raise NotWritten(failure.problem) from None
    if failure and failure.plain:
        text = failure.plain if exercise in failure.plain else f"{exercise}: {failure.plain}"
        raise HiddenCheckFailed(text, _where_to_look(exercise) if failure.raised else "") from None
    if failure and tally.noted().get(exercise) == tally.FAILS:
        problem = (
            f"{exercise} does not pass its visible test, and this hidden one neither: begin with what that one says"
        )
        raise HiddenCheckFailed(problem) from None
    if failure:
        problem = f"{exercise} does not yet do what is asked for {about}"
        raise HiddenCheckFailed(problem, block.unless_done(hint)) from None


def _where_to_look(exercise: str) -> str:
    """Return how to meet an error, whose text and line a hidden test keeps to itself."""
    if tally.noted().get(exercise) == tally.FAILS:
        return "begin with what its visible test says"
    return "call it with cases of your own that the task names, until you meet the error; then Python shows its line"


def _inside(exercise: str) -> Generator[None, None, _Block]:
    """Yield once, run the block, and return it with what went wrong in it."""
    block = _Block(exercise)
    token = _now.set(block)
    try:
        yield
    except (KeyboardInterrupt, GeneratorExit):
        raise
    except CheckFailed as failure:
        block.failure = failure
    except BaseException as error:  # sys.exit() in an answer, too, is an answer that fails
        block.failure = _of_test(error, block) or explained(error, exercise)
    finally:
        _now.reset(token)
    if text := outdated(exercise):  # whatever the test has found, it is not of what the student has before them
        block.failure = CheckFailed(text, plain=text)
    return block


def _of_test(error: BaseException, block: _Block) -> CheckFailed | None:
    """Return the failure if it is the test that cannot go on with what an answer gave; None if the answer raised."""
    apart = hasattr(block.function, "ask")
    if not block.results or isinstance(error, NameError) or of_answer(error, apart=apart):
        return None
    name, result, said = block.exercise, block.results[0], " ".join(f"{type(error).__name__}: {error}".split())[:300]
    if result is None and "NoneType" in said:
        text = f"the result of {name} is None; is there a return at its end?"
        return CheckFailed(text, plain=text)
    if (
        result is None or isinstance(result, np.ndarray) or is_tensor(result)
    ):  # the kind is as asked, so it is a matter of values
        return CheckFailed(f"the test cannot go on with what {name} gives ({said})", fits=True)
    plain = f"the result of {name} is {plain_kind(result)}, with which the test cannot go on"
    return CheckFailed(
        f"the result of {name} is {show(result)}, with which the test cannot go on ({said})", plain=plain
    )


def progress(exercises: Mapping[str, tuple[float, float]]) -> None:
    """Show the points so far, what is open and what to do next; `exercises` maps each to its visible and hidden points.

    It knows what the visible tests have said since the kernel was started, each when it was run last.
    """
    print(tally.summary(exercises, tally.noted()))


# Calling an answer ───────────────────────────────────────────────────────────────────────────────


def call(function: Callable[..., Any], *args: Any, changes: bool = False, quiet: bool = False, **kwargs: Any) -> Any:
    """Return `function(*args, **kwargs)`.

    Fails if an array, tensor, list or dict among the arguments was changed (unless `changes=True`), and, with
    `quiet=True`, if NumPy gave a RuntimeWarning (division by zero, overflow, mean of nothing).
    """
    given = {**{f"argument {place}": value for place, value in enumerate(args, 1)}, **kwargs}
    before = {} if changes else {name: snapshot(value) for name, value in given.items()}
    _asks(function)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        result = function(*args, **kwargs)
    _asks(function, result)
    for name, was in before.items():
        if snapshot(given[name]) != was:
            text = f"{_exercise()} changed its input ({name}); leave it as it was and return a new object"
            raise CheckFailed(text, plain=text)
    noise = [str(warning.message) for warning in caught if issubclass(warning.category, RuntimeWarning)]
    if quiet and noise:
        plain = f"{_exercise()} gave a RuntimeWarning; the task asks for none"
        raise CheckFailed(f"{_exercise()} gave a RuntimeWarning ({noise[0]}); the task asks for none", plain=plain)
    return result


def _asks(function: Callable[..., Any], *results: Any) -> None:
    """Note what the block that is run asks now, and what came of it."""
    if block := _now.get():
        block.function, block.results = function, results


def steady(function: Callable[..., Any], small: tuple[Any, ...], large: tuple[Any, ...], *, more: int) -> None:
    """Fail if the answer's own Python takes more steps for the arguments `large`, which hold `more` items, than for `small`.

    Counts lines, calls and the items of a `map`, not time: a loop takes a step or more for each item, array code none.
    """
    _asks(function)
    if _steps(function, large) - _steps(function, small) > more / 2:
        text = f"{_exercise()} works item by item in Python; let the array library repeat the work"
        raise CheckFailed(text, plain=text, fits=True)


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
    that(not changed, f"{_exercise()} used or changed the global state of np.random", plain=True)
    return result


def pretending(pretend: Mapping[str, Any], function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Return `function(*args, **kwargs)` where functions of libraries, given by dotted name, return these values."""
    if hasattr(function, "ask"):
        return function.ask(args, kwargs, pretend=dict(pretend))[0]
    with observe.pretending(pretend):
        return function(*args, **kwargs)


def raises(exception: type[BaseException], function: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
    """Fail unless `function(*args, **kwargs)` raises `exception` (or a subclass of it)."""
    name = _exercise()
    _asks(function)
    try:
        result = function(*args, **kwargs)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        # NotImplementedError is a RuntimeError, and a stub has not done what was asked.
        if isinstance(error, exception) and (not is_stub(error) or issubclass(exception, NotImplementedError)):
            return
        if is_stub(error):
            raise unwritten(name) from None
        failure, asked = explained(error, name), f"; the task asks for {exception.__name__}"
        raise CheckFailed(f"{failure.problem}{asked}", plain=f"{failure.plain}{asked}") from None
    problem = f"{name} returned {show(result)}; the task asks it to raise {exception.__name__} here"
    raise CheckFailed(problem)


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
    misconception gives, or to that and a hint of its own; the sentence is shown where the result is that one.
    """
    what = name or f"the result of {_exercise()}"
    problem = difference(actual, expected, what, dtype, rtol, atol)
    if not problem:
        return
    values_are_right = not difference(actual, expected, what, False, rtol, atol)
    for sentence, about in (mistakes or {}).items():
        wrong, hint = _with_hint(about, expected)
        if values_are_right and difference(wrong, expected, what, False, rtol, atol):
            continue  # which a short dtype may not tell apart from what was expected
        if actual is not None and not difference(actual, wrong, what, False, 1e-4, None):
            raise CheckFailed(f"{what} is not right yet: {sentence}", hint, plain=_plain(problem, name))
    raise CheckFailed(problem.text, plain=_plain(problem, name), fits=problem.fits)


def _with_hint(about: Any, expected: Any) -> tuple[Any, str]:
    """Return the wrong result of a misconception, and its hint; '' for none."""
    pair = isinstance(about, tuple) and len(about) == 2 and isinstance(about[1], str)
    alike = isinstance(expected, tuple) and len(expected) == 2 and isinstance(expected[1], str)
    return about if pair and not alike else (about, "")


def _plain(problem: Difference, name: str | None) -> str:
    """Return what a hidden test may tell of a difference; what a test calls a value may hold data."""
    if not problem.plain:
        return ""
    if name:
        return f"a value that {_exercise()} gives or changes {problem.plain.partition('; is there')[0]}"
    return f"{'a part of ' * problem.part}the result of {_exercise()} {problem.plain}"


# Memory, graphs, figures ─────────────────────────────────────────────────────────────────────────


def that(condition: Any, problem: str, *, hint: str = "", plain: bool = False) -> None:
    """Fail with `problem`, and `hint`, unless `condition` is true; a hidden test tells it if it is `plain`, without data."""
    if not builtins.bool(condition):
        raise CheckFailed(problem, hint, plain=problem if plain else "", fits=False)


def shares(result: Any, base: Any) -> None:
    """Fail unless `result` is a view: it uses the memory of `base`."""
    that(
        _overlap(result, base),
        f"the result of {_exercise()} is a copy; expected a view of the input's memory",
        plain=True,
    )


def separate(result: Any, base: Any) -> None:
    """Fail if `result` and `base` use the same memory."""
    that(
        not _overlap(result, base),
        f"the result of {_exercise()} shares memory with the input; expected a copy",
        plain=True,
    )


def _overlap(one: Any, other: Any) -> bool:
    that(one is not None, f"the result of {_exercise()} is None; is there a return at its end?", plain=True)
    return bool(np.shares_memory(memory(one), memory(other)))


def detached(tensor: Any) -> None:
    """Fail if a tensor carries an autograd graph or requires a gradient."""
    if not is_tensor(tensor):
        said, plain = (
            f"the result of {_exercise()} is {one}; expected a torch.Tensor"
            for one in (kind(tensor), plain_kind(tensor))
        )
        raise CheckFailed(said, plain=plain)
    that(
        tensor.grad_fn is None and not tensor.requires_grad,
        f"the result of {_exercise()} still belongs to an autograd graph; return plain numbers (detach)",
        plain=True,
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
    that(parts != [], f"{_exercise()} is an empty figure; draw into it")
    that(hasattr(axes, "get_lines"), f"{_exercise()} is {kind(drawn)}; expected a matplotlib figure or axes")
    for part, wanted in {"title": title, "xlabel": xlabel, "ylabel": ylabel}.items():
        if wanted is not None:
            equal(getattr(axes, f"get_{part}")(), wanted, name=f"the {part} of the figure")
    if lines is not None:
        drawn_lines = axes.get_lines()
        that(len(drawn_lines) == len(lines), f"the figure has {len(drawn_lines)} lines; expected {len(lines)}")
        for number, (line, (x, y)) in enumerate(zip(drawn_lines, lines, strict=True), 1):
            equal(np.asarray(line.get_xdata()), np.asarray(x), name=f"x of line {number}", dtype=False)
            equal(np.asarray(line.get_ydata()), np.asarray(y), name=f"y of line {number}", dtype=False)
