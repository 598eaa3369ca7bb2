"""What has arrived and is quiet: pure, told what is seen and when."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
BRIEF, LONG = 0.2, 5.0
"""Seconds without a change after which something is taken, where it looks whole and where it does not."""
_FIRST_RETRY, _LAST_RETRY = 15.0, 600.0
"""Seconds until what failed is tried again, at first and at most."""


@dataclass
class _Change:
    mark: bytes
    due: float


class Arrivals(Generic[Key]):
    """Things by key, each with a mark that changes when it does. Times are in seconds, of any clock."""

    def __init__(self) -> None:
        self._done: dict[Key, bytes] = {}
        self._changed: dict[Key, _Change] = {}
        self._failures: dict[Key, int] = {}

    def look(self, key: Key, mark: bytes | None, now: float, whole: Callable[[], bool] = lambda: True) -> None:
        """Note how something looks now, None if it is gone; `whole` is asked only of what has changed."""
        change = self._changed.get(key)
        if mark is None or mark == self._done.get(key):
            self._changed.pop(key, None)
            if mark is None:
                self._done.pop(key, None)
                self._failures.pop(key, None)
        elif change is None or change.mark != mark:
            self._failures.pop(key, None)
            self._changed[key] = _Change(mark, now + (BRIEF if whole() else LONG))

    def due(self, now: float) -> list[Key]:
        """Return what has not changed for long enough, that which waits longest first."""
        found = [(change.due, number, key) for number, (key, change) in enumerate(self._changed.items())]
        return [key for due, _, key in sorted(found, key=lambda each: each[:2]) if due <= now]

    def next(self) -> float | None:
        """Return when something will be due, if nothing changes; None if nothing waits."""
        return min((change.due for change in self._changed.values()), default=None)

    def done(self, key: Key) -> None:
        """Note that something was taken as it last looked."""
        if change := self._changed.pop(key, None):
            self._done[key] = change.mark
        self._failures.pop(key, None)

    def failed(self, key: Key, now: float) -> None:
        """Note that something could not be taken: it is due again later, and each time later still."""
        if change := self._changed.get(key):
            times = self._failures[key] = self._failures.get(key, 0) + 1
            change.due = now + min(_FIRST_RETRY * 2 ** (times - 1), _LAST_RETRY)

    def known(self) -> list[Key]:
        """Return the keys of all that was seen and is not gone, taken or not."""
        return [*self._done, *(key for key in self._changed if key not in self._done)]

    def mark(self, key: Key) -> bytes | None:
        """Return how something looked when it was taken; None for what was not."""
        return self._done.get(key)

    def recall(self, key: Key, mark: bytes) -> None:
        """Note that something was taken by an earlier process."""
        self._done[key] = mark
