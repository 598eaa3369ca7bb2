"""Watch a call from outside: how many lines of its own Python it takes, whether it draws from NumPy's global state, and
how it fares where functions of libraries return something else. The same in one process and behind a border.
"""

from __future__ import annotations

import os
import site
import sys
import sysconfig
import threading
from collections.abc import Generator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from grader import FOLDER


def _roots() -> tuple[str, ...]:
    """Return where Python's own files and those of libraries lie."""
    places = [*site.getsitepackages(), site.getusersitepackages(), *sysconfig.get_paths().values()]
    places += [place for place in sys.path if place.endswith(("site-packages", "dist-packages"))]
    places += [FOLDER, os.path.dirname(os.__file__)]
    wanted = {os.path.join(os.path.abspath(place), "") for place in places if place}
    return tuple(sorted(wanted | {os.path.join(os.path.realpath(place), "") for place in wanted}))


_ROOTS = (*_roots(), "<frozen", "<__array_function__", "<eval_with_key")
"""The last are the names of code that Python, NumPy and torch make as they go."""


@lru_cache(4096)  # it is asked at each call of a loop
def in_library(file: str) -> bool:
    """Tell whether code of this file is Python's or a library's, and not an answer's."""
    return file.startswith(_ROOTS)


# Steps ───────────────────────────────────────────────────────────────────────────────────────────


@dataclass
class Steps:
    """Lines and calls of an answer's own Python."""

    count: int = 0


_counting: list[Steps] = []


def _watch(frame: Any, *_: Any) -> Any:
    if in_library(frame.f_code.co_filename):  # what a library does inside is its own affair
        return None
    return _step()


def _step(*_: Any) -> Any:
    for steps in _counting:
        steps.count += 1
    return _step


def follow_threads() -> None:
    """Let the steps of threads that start from now on be counted, too, while somebody counts."""
    threading.settrace(_watch)


_map: Any = map


class _Map(_map):  # type: ignore[misc]
    """An answer's `map` while somebody counts: an item is a step, also if what it calls is of C, as `max` is."""

    def __new__(cls, *given: Any, **named: Any) -> Any:
        library = in_library(sys._getframe(1).f_code.co_filename)
        return _map.__new__(_map if library else cls, *given, **named)

    def __next__(self) -> Any:
        item = super().__next__()
        _step()
        return item


@contextmanager
def counted() -> Generator[Steps]:
    """Count the steps of the code inside, those of threads that it starts included."""
    steps, before, threads = Steps(), sys.gettrace(), threading.gettrace()
    _counting.append(steps)
    threading.settrace(_watch)
    sys.settrace(_watch)
    try:
        with replaced("builtins.map", _Map):
            yield steps
    finally:
        sys.settrace(before)
        threading.settrace(threads)
        _counting.remove(steps)


# Chance, and what libraries say ──────────────────────────────────────────────────────────────────


@contextmanager
def chance() -> Generator[list[bool]]:
    """Tell, in the list that is given, whether the code inside changed the state that all code shares in `np.random`."""
    said, before = list[bool](), _state()
    try:
        yield said
    finally:
        now = _state()
        said.append(bool(now[2:] != before[2:] or (now[1] != before[1]).any()))


def _state() -> tuple[Any, ...]:
    state: Any = np.random.get_state()
    return tuple(state)


@contextmanager
def pretending(pretend: Mapping[str, Any]) -> Generator[None]:
    """Let functions of libraries, given by dotted name, return these values inside."""
    with ExitStack() as stack:
        for name, value in pretend.items():
            stack.enter_context(replaced(name, lambda *_, value=value, **__: value))
        yield


@contextmanager
def replaced(name: str, value: Any) -> Generator[None]:
    """Let what a library has under a dotted name be something else inside."""
    module, _, last = name.rpartition(".")
    owner: Any = sys.modules.get(module)
    if owner is None:
        first, *rest = module.split(".")
        owner = sys.modules[first]
        for part in rest:
            owner = getattr(owner, part)
    missing = object()
    before = vars(owner).get(last, missing) if hasattr(owner, "__dict__") else getattr(owner, last)
    setattr(owner, last, value)
    try:
        yield
    finally:
        if before is missing:
            delattr(owner, last)
        else:
            setattr(owner, last, before)
