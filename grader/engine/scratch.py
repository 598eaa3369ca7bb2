"""Folders for kernels, each of which goes with its kernel, whatever was done in it."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import stat
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

FOLDERS = ("work", "home", "tmp")
"""Where a kernel works, what it takes for its user's home, and where its temporary files go."""


FIRST_USER, _NOBODY = 0x70000000, 65534
"""Users from the first on are nobody else's on any system we know of; each kernel becomes one of its own."""


class RunFolder:
    """The folder in which one run makes those of its kernels; it is there only as long as there are any.

    Whoever outlives the process can thus remove all that it leaves.
    """

    def __init__(self) -> None:
        self.path = Path(tempfile.gettempdir(), f"grader-{secrets.token_hex(6)}")
        self._uses, self._lock = 0, threading.Lock()

    @contextmanager
    def exists(self) -> Iterator[Path]:
        """Let the folder be there meanwhile, and give it."""
        with self._lock:
            if not self._uses:
                self.path.mkdir(exist_ok=True)
                self.path.chmod(0o711 if os.geteuid() == 0 else 0o700)  # kernels, other users then, go through
            self._uses += 1
        try:
            yield self.path
        finally:
            with self._lock:
                self._uses -= 1
                if not self._uses:
                    remove(self.path)

    @contextmanager
    def kernel_folder(self, files: Mapping[str, bytes]) -> Iterator[Path]:
        """Give an empty folder that holds FOLDERS, with `files` in `work`; remove it afterwards."""
        with self.exists() as around:
            folder = Path(tempfile.mkdtemp(dir=around))
            try:
                for name in FOLDERS:
                    (folder / name).mkdir()
                for name, data in files.items():
                    path = folder / "work" / name
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_bytes(data)
                if os.geteuid() == 0:
                    _hand_over(folder)
                yield folder
            finally:
                remove(folder)


def _hand_over(folder: Path) -> None:
    """Let a folder belong to a user who owns nothing else; before anybody else can have touched it."""
    for user in (FIRST_USER + secrets.randbelow(2**24), _NOBODY):  # a container may have few users
        try:
            for place, _, files in os.walk(folder):
                for path in (place, *(os.path.join(place, file) for file in files)):
                    os.chown(path, user, user)
        except OSError as error:
            if user == _NOBODY or error.errno != errno.EINVAL:
                raise
            continue
        return


def remove(folder: Path) -> None:
    """Remove a folder in which somebody may have tried to prevent it: by depth, or by taking rights away."""
    for _ in range(3):
        with suppress(RecursionError):
            shutil.rmtree(folder, ignore_errors=True)  # another process may be removing it as well
        if not os.path.lexists(folder):
            return
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


def exceeds(folder: Path, most: int, most_files: int) -> bool:
    """Tell whether a folder holds more than `most` bytes on disk, or more files and folders than `most_files`."""
    waiting, size, count = [str(folder)], 0, 0
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    size, count = size + entry.stat(follow_symlinks=False).st_blocks * 512, count + 1
                    if size > most or count > most_files:
                        return True
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
        except OSError as error:
            if error.errno == errno.ENAMETOOLONG:  # nobody can see what lies there
                return True
    return False


def deleted_but_open_bytes(process: int, folder: Path, most_of_one: int) -> int:
    """Return how many bytes on disk are in files of a folder that were removed, and that a process still holds.

    One that it only has mapped counts as `most_of_one`; its size is not to be seen.
    """
    found, inside = dict[int, int](), str(folder).encode()
    with suppress(OSError):  # it has ended, or may not be looked at
        for descriptor in os.listdir(f"/proc/{process}/fd"):
            with suppress(FileNotFoundError):
                about = os.stat(f"/proc/{process}/fd/{descriptor}")
                if about.st_nlink == 0 and stat.S_ISREG(about.st_mode) and about.st_dev == folder.stat().st_dev:
                    found[about.st_ino] = about.st_blocks * 512
        with open(f"/proc/{process}/maps", "rb") as file:
            for line in file:
                if line.endswith(b"(deleted)\n") and inside in line:
                    found.setdefault(int(line.split()[4]), most_of_one)
    return sum(found.values())
