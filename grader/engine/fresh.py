"""What a forked process must renew to be like one that has just started, and what it need not look for."""

from __future__ import annotations

import ctypes
import inspect
import os
import sys
from collections.abc import Callable


def be_random() -> None:
    """Give this process a randomness of its own, where Python has not (as it does for `random`)."""
    if "multiprocessing.process" in sys.modules:
        sys.modules["multiprocessing.process"].current_process().authkey = os.urandom(32)
    if "numpy.random" in sys.modules:
        sys.modules["numpy.random"].seed()
    if "torch" in sys.modules:
        sys.modules["torch"].default_generator.seed()


def thread_setter() -> Callable[[], None]:
    """Hold torch to one thread until the fork, and return what gives a child the number it would have had."""
    torch = sys.modules.get("torch")
    if torch is None:
        return lambda: None
    number = torch.get_num_threads()
    torch.set_num_threads(1)
    return lambda: torch.set_num_threads(number)


def one_thread() -> bool:
    """Tell whether this process has one thread; those of OpenBLAS are ended, and come back when they are needed."""
    if len(os.listdir("/proc/self/task")) > 1:
        with open("/proc/self/maps") as file:
            libraries = {line.split(maxsplit=5)[-1].strip() for line in file if "openblas" in line}
        for library in libraries:
            if end := getattr(ctypes.CDLL(library), "blas_thread_shutdown_", None):  # what it does itself at a fork
                end()
    return len(os.listdir("/proc/self/task")) == 1


def of_no_module(file: str) -> str:
    """Note that a cell's file is no module's; each frame of a traceback would look through all that are imported."""
    inspect.modulesbyfile[file] = ""
    return file
