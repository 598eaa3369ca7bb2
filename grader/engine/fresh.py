"""What a forked process must renew to be like one that has just started: its randomness and its threads."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable


def be_random() -> None:
    """Give this process a randomness of its own."""
    random.seed()
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
