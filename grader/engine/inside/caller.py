"""Stand in for a process that somebody has asked for: with its streams, its variables and its folder, and no longer than it is wanted."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Mapping, Sequence


def take_place(files: Sequence[int], descriptors: Sequence[int], environment: Mapping[str, str], folder: str) -> None:
    """Let the files that came lie under these descriptors, the variables be these, and the folder this."""
    for given, descriptor in zip(files, descriptors, strict=True):
        os.dup2(given, descriptor)
        os.close(given)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    os.chdir(folder)


def end_with(connection: socket.socket) -> None:
    """End this process when the connection closes, whatever it does by then."""
    threading.Thread(target=_wait, args=(connection,), daemon=True).start()


def _wait(connection: socket.socket) -> None:
    try:
        while connection.recv(1):
            pass
    finally:
        os._exit(1)
