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
    """Turn whatever goes wrong inside into plain lines, and tell the points if nothing does.

    Parameters
    ----------
    exercise
        The name that the lines are about, usually that of the function.
    hint
        What to try next. It is told where a written answer gives other values or shapes and does not yet hold all the
        code that the hint has in backticks.
    points
        Those of the cell; 0 if hidden tests in it decide them, None to tell none.

    Raises
    ------
    CheckFailed
        Anything in the block failed. NotWritten, a kind of it, if the answer is not written yet.

    Examples
    --------
    >>> with visible("double", hint="add the number to itself", points=1):
    ...     equal(call(lambda x: x + x, 4), 8)
    ✓ 1 of 1
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
    """Do the same as `visible`, but of wrong values tell only a category and a hint: never data, values or code.

    What gives no data away is told as it is: a changed input, None, a wrong type or dtype, a wrong number of axes, the
    class of an error, a loop where none may be. Where the visible test of the exercise fails as well, it is this that
    the student is sent to, and no category.

    Parameters
    ----------
    exercise
        The name that the lines are about.
    about
        The category: what kind of case this is, for "does not yet do what is asked for ...".
    hint
        As that of `visible`.

    Raises
    ------
    HiddenCheckFailed
        Anything in the block failed. NotWritten if the answer is not written yet.

    Examples
    --------
    >>> with hidden("double", about="negative numbers", hint="a sign is kept"):
    ...     equal(call(lambda x: x + x, -4), -8)
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
    """Show the points so far, what is open and what to do next, as far as the visible tests of this kernel have said.

    Parameters
    ----------
    exercises
        By exercise the points that its visible test decides, and those that its hidden tests decide.

    Examples
    --------
    >>> progress({"double": (1, 2), "triple": (1, 0)})  # doctest: +SKIP
    """
    print(tally.summary(exercises, tally.noted()))


# Calling an answer ───────────────────────────────────────────────────────────────────────────────


def call(function: Callable[..., Any], *args: Any, changes: bool = False, quiet: bool = False, **kwargs: Any) -> Any:
    """Call an answer, and return its result.

    Parameters
    ----------
    function, *args, **kwargs
        The answer and what it is given.
    changes
        Whether it may change an array, tensor, list or dict among these.
    quiet
        Whether a RuntimeWarning of NumPy's (division by zero, overflow, mean of nothing) fails it.

    Raises
    ------
    CheckFailed
        It changed its input, or was not quiet. What the answer itself raises passes through.

    Examples
    --------
    >>> call(np.sort, np.array([3, 1, 2])).tolist()
    [1, 2, 3]
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
    """Fail if the answer's own Python takes more steps for more items.

    It counts lines, calls and the items of a `map`, not time: a loop takes a step or more for each item, array code none.

    Parameters
    ----------
    function
        The answer; it is called twice.
    small, large
        The arguments of the one call and of the other.
    more
        How many items `large` holds more than `small`; half as many steps more fail it.

    Raises
    ------
    CheckFailed
        It works item by item.

    Examples
    --------
    >>> steady(np.sum, (np.ones(10),), (np.ones(1000),), more=990)
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
    """Call an answer that must not draw from, or seed, the state that all code shares in `np.random`; return its result.

    Parameters
    ----------
    function, *args, **kwargs
        The answer and what it is given.

    Raises
    ------
    CheckFailed
        The state is another one than before.

    Examples
    --------
    >>> leaves_chance(lambda seed: np.random.default_rng(seed).integers(10), 0)
    np.int64(8)
    """
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
    """Call an answer while functions of libraries return what the test wants; return its result.

    Parameters
    ----------
    pretend
        By dotted name of a function what it returns meanwhile.
    function, *args, **kwargs
        The answer and what it is given.

    Examples
    --------
    >>> import time
    >>> pretending({"time.time": 0.0}, lambda: time.time())
    0.0
    """
    if hasattr(function, "ask"):
        return function.ask(args, kwargs, pretend=dict(pretend))[0]
    with observe.pretending(pretend):
        return function(*args, **kwargs)


def raises(exception: type[BaseException], function: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
    """Fail unless an answer raises an exception.

    Parameters
    ----------
    exception
        Its class; one derived from it is right as well.
    function, *args, **kwargs
        The answer and what it is given.

    Raises
    ------
    CheckFailed
        It returned, or raised another. NotWritten if it is not written yet.

    Examples
    --------
    >>> raises(ValueError, int, "four")
    """
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
    """Fail unless a value is what was expected: presence, type, shape, dtype and values, in this order.

    Parameters
    ----------
    actual
        What the answer gave.
    expected
        An array, a tensor, a number, text, None, or a tuple, list or dict of these.
    name
        What to call the value; by default the result of the exercise.
    dtype
        True asks for the exact dtype of `expected` (of a Python scalar: its type), False for none, `np.integer` or
        `np.floating` for any of that kind.
    rtol, atol
        |actual - expected| may be atol + rtol |expected|; by default as the precision of the dtype allows, `atol`
        relative to the largest expected value.
    mistakes
        By sentence the wrong result that a known misconception gives, or a pair of that and a hint of its own; the
        sentence is told where the result is that one.

    Raises
    ------
    CheckFailed
        They differ; it says in which of these, and where first.

    Examples
    --------
    >>> equal(np.array([1.0, 2.0]) / 3, np.array([1 / 3, 2 / 3]))
    >>> equal(3, 4, name="the number of posts", mistakes={"these are the gaps between them": 3})
    Traceback (most recent call last):
    grader.checks.failure.CheckFailed: ✗ the number of posts is not right yet: these are the gaps between them
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
    """Fail unless a condition is true.

    Parameters
    ----------
    condition
        Anything; its truth counts.
    problem
        What is wrong if it is not, as a sentence about the answer.
    hint
        What to try next.
    plain
        Whether a hidden test tells the problem as well; it must hold no data then.

    Raises
    ------
    CheckFailed
        The condition is not true.

    Examples
    --------
    >>> that(np.ones(3).flags.c_contiguous, "the rows do not lie one behind the other")
    """
    if not builtins.bool(condition):
        raise CheckFailed(problem, hint, plain=problem if plain else "", fits=False)


def shares(result: Any, base: Any) -> None:
    """Fail unless a result is a view.

    Parameters
    ----------
    result, base
        Arrays or tensors, of any shape.

    Raises
    ------
    CheckFailed
        They have no element of memory in common.

    Examples
    --------
    >>> table = np.zeros((2, 3))
    >>> shares(table[0], table)
    """
    that(
        _overlap(result, base),
        f"the result of {_exercise()} is a copy; expected a view of the input's memory",
        plain=True,
    )


def separate(result: Any, base: Any) -> None:
    """Fail if a result is a view.

    Parameters
    ----------
    result, base
        Arrays or tensors, of any shape.

    Raises
    ------
    CheckFailed
        They have an element of memory in common.

    Examples
    --------
    >>> table = np.zeros((2, 3))
    >>> separate(table[0].copy(), table)
    """
    that(
        not _overlap(result, base),
        f"the result of {_exercise()} shares memory with the input; expected a copy",
        plain=True,
    )


def _overlap(one: Any, other: Any) -> bool:
    that(one is not None, f"the result of {_exercise()} is None; is there a return at its end?", plain=True)
    return bool(np.shares_memory(memory(one), memory(other)))


def detached(tensor: Any) -> None:
    """Fail if a tensor carries an autograd graph or requires a gradient.

    Parameters
    ----------
    tensor
        A torch.Tensor.

    Raises
    ------
    CheckFailed
        It does, or is no tensor.

    Examples
    --------
    >>> detached(torch.ones(2, requires_grad=True).detach())  # doctest: +SKIP
    """
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
    """Fail unless a matplotlib figure shows what it should.

    Parameters
    ----------
    drawn
        A figure, of which the first axes count, or axes.
    title, xlabel, ylabel
        Their texts; None for any.
    lines
        One (x, y) pair of arrays a line, each of shape (n,), in the order in which they were drawn; None for any.

    Raises
    ------
    CheckFailed
        Something is missing or different; it says what.

    Examples
    --------
    >>> figure(axes, xlabel="time (s)", lines=[(t, t**2)])  # doctest: +SKIP
    """
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
