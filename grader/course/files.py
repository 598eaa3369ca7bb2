"""Walk through folders that strangers made, as deep and as far as anybody hands files in."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

DEEPEST, MOST_SEEN = 64, 200_000
"""Folders above a file, and files and folders that are looked at."""


def files_in(folder: Path) -> Iterator[Path]:
    """Yield the files below a folder by name, and what cannot be looked at; no links, nothing without end."""
    waiting, seen = [(folder, 0)], 0
    while waiting:
        here, depth = waiting.pop()
        try:
            entries = sorted(os.scandir(here), key=lambda entry: entry.name, reverse=True)
        except OSError:
            yield here
            continue
        seen += len(entries)
        if seen > MOST_SEEN:
            return
        below = []
        for entry in reversed(entries):
            try:
                if entry.is_dir(follow_symlinks=False):
                    if depth < DEEPEST:
                        below.append((here / entry.name, depth + 1))
                elif entry.is_file(follow_symlinks=False):
                    yield here / entry.name
            except OSError:
                yield here / entry.name
        waiting += reversed(below)
