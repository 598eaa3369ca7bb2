"""Walk through a JSON text without making objects of it: whatever is in it, this takes no memory. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

Span = tuple[int, int]
"""Where a value starts and ends in a text, in bytes."""
_SPACES = frozenset((b" ", b"\t", b"\r", b"\n"))
_SPACE = re.compile(rb"[ \t\r\n]*+")
# A string that is cut off matches too, up to the end: to fail there for each of its quotes would take for ever.
_STRING = re.compile(rb'"(?:[^"\\]++|\\.?+)*+(?:"|\Z)', re.DOTALL)
_MARK = re.compile(_STRING.pattern + rb"|[\[\]{}]", re.DOTALL)
_DEEPER = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}
_WORD = re.compile(rb"[-+.\w]++")
_DECODER = json.JSONDecoder(strict=False)
_SMALL = (2**10, 2**14)
"""Bytes in which most values end: there Python's own decoder is twenty times as fast."""


class BrokenError(ValueError):
    """A text that is no JSON, or is cut off."""


class Walk:
    """A place in a text that moves on behind each value that is taken."""

    def __init__(self, data: bytes, place: int = 0) -> None:
        self._data, self.place = data, place

    def is_at(self, mark: bytes) -> bool:
        """Tell whether the next value starts like this."""
        return self._next() == mark

    def members(self) -> Iterator[bytes]:
        """Yield the names in an object, as they stand there; each time the value behind it must be taken."""
        for _ in self._parts(b"{", b"}"):
            start, end = self._string()
            if self._next() != b":":
                raise BrokenError
            self.place += 1
            yield self._data[start + 1 : end - 1]

    def elements(self) -> Iterator[None]:
        """Yield for each element of a list; each time it must be taken."""
        return self._parts(b"[", b"]")

    def take(self) -> Span:
        """Return where the next value is."""
        first = self._next()
        if first == b'"':
            return self._string()
        start = self.place
        if first in (b"{", b"["):
            self.place = self._end()
        elif found := _WORD.match(self._data, start):
            self.place = found.end()
        else:
            raise BrokenError
        return start, self.place

    def end(self) -> None:
        """Raise BrokenError if anything comes behind."""
        if self._next():
            raise BrokenError

    def _parts(self, opening: bytes, closing: bytes) -> Iterator[None]:
        if self._next() != opening:
            raise BrokenError
        self.place += 1
        first = True
        while self._next() != closing:
            if not first:
                if self._next() != b",":
                    raise BrokenError
                self.place += 1
            first = False
            yield
        self.place += 1

    def _next(self) -> bytes:
        first = self._data[self.place : self.place + 1]
        if first in _SPACES and (found := _SPACE.match(self._data, self.place)):
            self.place = found.end()
            return self._data[self.place : self.place + 1]
        return first

    def _string(self) -> Span:
        self._next()
        found = _STRING.match(self._data, self.place)
        if found is None or found.end() - found.start() < 2 or not self._data.endswith(b'"', 0, found.end()):
            raise BrokenError
        self.place = found.end()
        return found.span()

    def _end(self) -> int:
        """Return where the object or list ends that starts here; brackets are counted, and not told apart."""
        for size in _SMALL:
            try:
                text = self._data[self.place : self.place + size].decode("latin-1")  # only its length is asked for
                return self.place + _DECODER.raw_decode(text)[1]
            except (ValueError, RecursionError):  # larger, or nested deeply
                continue
        depth = 0
        for found in _MARK.finditer(self._data, self.place):
            depth += _DEEPER.get(self._data[found.start()], 0)
            if depth == 0:
                return found.end()
        raise BrokenError
