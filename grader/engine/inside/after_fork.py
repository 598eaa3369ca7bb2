"""What a forked process must renew to be like one that has just started, and what it need not look for."""

from __future__ import annotations

import inspect
import os
import sys
import time
import warnings
from collections.abc import Callable


def forget_folder() -> None:
    """Let Python look again for where temporary files go."""
    if "tempfile" in sys.modules:
        sys.modules["tempfile"].__dict__["tempdir"] = None


def be_random() -> None:
    """Give this process a randomness of its own; Python has done so for `random` if it has just been forked."""
    if "multiprocessing.process" in sys.modules:
        sys.modules["multiprocessing.process"].current_process().authkey = os.urandom(32)
    if "numpy.random" in sys.modules:
        sys.modules["numpy.random"].seed()
    if "torch" in sys.modules:
        sys.modules["torch"].default_generator.seed()


_GONE_SECONDS = 0.2
"""How long a thread that has ended may still be listed."""
_threads: list[int] = []


def thread_setter() -> Callable[[], None]:
    """Hold torch to one thread until the fork, and return what gives a child the number it would have had."""
    torch = sys.modules.get("torch")
    if torch is None:
        return lambda: None
    if not _threads:  # the first time: a forked process finds torch held already
        _threads.append(torch.get_num_threads())
        torch.set_num_threads(1)
    return lambda: torch.set_num_threads(_threads[0])


def _fork_for_nothing() -> None:
    with warnings.catch_warnings():  # from Python 3.12 on, of a process with threads
        warnings.simplefilter("ignore", DeprecationWarning)
        number = os.fork()
    if number == 0:
        os._exit(0)
    os.waitpid(number, 0)


def one_thread() -> bool:
    """Tell whether this process has one thread; those of OpenBLAS are ended, and come back when they are needed."""
    if len(os.listdir("/proc/self/task")) > 1:
        _fork_for_nothing()  # before a fork OpenBLAS ends its threads itself
    until = time.monotonic() + _GONE_SECONDS
    while len(os.listdir("/proc/self/task")) > 1 and time.monotonic() < until:
        time.sleep(0.001)
    return len(os.listdir("/proc/self/task")) == 1


def of_no_module(file: str) -> str:
    """Note that a cell's file is no module's; each frame of a traceback would look through all that are imported."""
    inspect.modulesbyfile[file] = ""
    return file
