"""A folder for one kernel, which goes with it, whatever was done in it."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

FOLDERS = ("work", "home", "tmp")
"""Where a kernel works, what it takes for its user's home, and where its temporary files go."""


@contextmanager
def scratch(files: Mapping[str, bytes]) -> Iterator[Path]:
    """Give an empty folder that holds FOLDERS, with `files` in `work`; remove it afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="grader-"))
    try:
        for name in FOLDERS:
            (folder / name).mkdir()
        for name, data in files.items():
            path = folder / "work" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        yield folder
    finally:
        remove(folder)


def remove(folder: Path) -> None:
    """Remove a folder in which somebody may have tried to prevent it: by depth, or by taking rights away."""
    for _ in range(3):
        try:
            shutil.rmtree(folder)
        except FileNotFoundError:
            return
        except (OSError, RecursionError):
            _flatten(folder)


def _flatten(folder: Path) -> None:
    """Bring every folder inside to the top, and give back the right to go into it."""
    waiting, number = [str(folder)], 0
    while waiting:
        place = waiting.pop()
        with suppress(OSError):
            os.chmod(place, stat.S_IRWXU)
            with os.scandir(place) as entries:
                inside = [entry.path for entry in entries if entry.is_dir(follow_symlinks=False)]
            for path in inside:
                number += 1
                fresh = os.path.join(folder, f".{number}")
                with suppress(OSError):
                    os.chmod(path, stat.S_IRWXU)
                    os.rename(path, fresh)
                    waiting.append(fresh)


def larger_than(folder: Path, most: int, most_files: int) -> bool:
    """Tell whether a folder holds more than `most` bytes on disk, or more files and folders than `most_files`."""
    waiting, size, count = [str(folder)], 0, 0
    while waiting:
        with suppress(OSError), os.scandir(waiting.pop()) as entries:
            for entry in entries:
                size, count = size + entry.stat(follow_symlinks=False).st_blocks * 512, count + 1
                if size > most or count > most_files:
                    return True
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
    return False
