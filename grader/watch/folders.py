"""Look at what lies in folders, and be told by the operating system when that changes."""

from __future__ import annotations

import hashlib
import os
import queue
import time
import zipfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from watchdog import events
from watchdog.observers import Observer
from watchdog.observers.api import ObservedWatch

from grader.course.filenames import is_notebook
from grader.course.files import files_in

_CHANGES = [
    events.DirCreatedEvent, events.DirDeletedEvent, events.DirMovedEvent,
    events.FileClosedEvent, events.FileCreatedEvent, events.FileDeletedEvent, events.FileModifiedEvent, events.FileMovedEvent,
]  # fmt: skip
"""What is told; that the grader itself reads a file is not."""
_BLANK = b" \t\r\n\0"
_TAIL = 64
_UNFINISHED = (".part", ".partial", ".crdownload", ".download", ".tmp", ".filepart", ".opdownload", "~")
"""Endings that browsers and copying programs give to what is not there yet."""


def mark(*places: Path) -> bytes | None:
    """Return a digest of names, sizes and times of the files below some places; None if none of them is there."""
    digest, found = hashlib.sha256(), False
    for place in places:
        try:
            found |= bool(place.stat())
        except OSError:
            continue
        for path in files_in(place) if place.is_dir() else [place]:
            with suppress(OSError):
                seen = path.stat()
                digest.update(f"{path}\0{seen.st_size}\0{seen.st_mtime_ns}\0{seen.st_ino}\n".encode("utf-8", "replace"))
    return digest.digest() if found else None


def is_whole(place: Path) -> bool:
    """Tell whether a submission, or what is to be collected, seems to have arrived to its last byte."""
    if not place.is_dir():
        return _ends_well(place)
    telling = [path for path in files_in(place) if is_notebook(path.name) or path.suffix.lower() == ".zip"]
    return bool(telling) and all(map(_ends_well, telling))


def _ends_well(file: Path) -> bool:
    """Tell whether a notebook ends as JSON does, and a zip archive with its table; of other files nobody can tell."""
    try:
        if file.suffix.lower() == ".zip":
            return zipfile.is_zipfile(file)
        if not is_notebook(file.name):
            return False
        with file.open("rb") as opened:
            opened.seek(max(0, os.fstat(opened.fileno()).st_size - _TAIL))
            return opened.read().rstrip(_BLANK).endswith(b"}")
    except OSError:
        return False


def below(folder: Path) -> list[str]:
    """Return the names in a folder that are nobody's temporary ones; none where it cannot be read."""
    with suppress(OSError):
        return sorted(name for name in os.listdir(folder) if is_shown(name))
    return []


def is_shown(name: str) -> bool:
    """Tell whether a name is one that somebody gave to what is there."""
    return bool(name) and not name.startswith(".") and not name.lower().endswith(_UNFINISHED)


class Ears(events.FileSystemEventHandler):
    """Hears of changes below some folders, as long as they are there; use it in a `with` block."""

    def __init__(self, folders: Iterable[Path]) -> None:
        self.folders = tuple(folders)
        self._heard: queue.SimpleQueue[tuple[Path, str]] = queue.SimpleQueue()
        self._observer = Observer()
        self._watched: dict[Path, tuple[tuple[int, int], ObservedWatch]] = {}
        self.deaf = ""
        """Why the operating system tells nothing of some folder."""

    def __enter__(self) -> Ears:
        self._observer.start()
        self.renew()
        return self

    def __exit__(self, *_: object) -> None:
        self._observer.stop()
        self._observer.join(5)

    def renew(self) -> list[Path]:
        """Listen to the folders that are there now, and return those that are missing or new."""
        others, self.deaf = [], ""
        for folder in self.folders:
            try:
                seen = folder.stat()
                found = (seen.st_dev, seen.st_ino)
            except OSError:
                found = None
            known, watch = self._watched.get(folder, (None, None))
            if found is not None and found == known:
                continue
            others.append(folder)
            if watch:
                del self._watched[folder]
                with suppress(KeyError, OSError):  # it has ended with its folder
                    self._observer.unschedule(watch)
            if found:
                try:
                    made = self._observer.schedule(self, str(folder), recursive=True, event_filter=_CHANGES)
                    self._watched[folder] = (found, made)
                except OSError as error:  # more folders than the system lets one user watch
                    self.deaf = error.strerror or str(error)
        return others

    def on_any_event(self, event: events.FileSystemEvent) -> None:
        for path in {os.fsdecode(event.src_path), os.fsdecode(event.dest_path)}:
            for folder in self.folders:
                if path and Path(path).is_relative_to(folder):
                    name = next(iter(Path(path).relative_to(folder).parts), "")
                    if is_shown(name) or not name:
                        self._heard.put((folder, name))

    def wait(self, until: float) -> set[tuple[Path, str]]:
        """Return what has changed, as folder and name in it, as soon as something has; nothing at `until`, monotonic."""
        heard: set[tuple[Path, str]] = set()
        with suppress(queue.Empty):
            heard.add(self._heard.get(timeout=max(0.0, until - time.monotonic())))
            while True:
                heard.add(self._heard.get_nowait())
        return heard
