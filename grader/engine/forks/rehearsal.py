"""Do before the fork what every child would do for the first time: Python specialises the code that it has run.

A judge and a student's process talk here, both in this process, about answers of ours. No trace of it remains but
what the interpreter has learnt of our own code, and what libraries keep.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Sequence
from types import CodeType, FunctionType
from typing import Any

import numpy as np

from grader import FOLDER, checks
from grader.checks.failure import CheckFailed
from grader.engine.border.judge import JudgeClient
from grader.engine.border.student import AnswerServer

_ROUNDS = 10
"""Python specialises a function's code when it has run eight times (PEP 659)."""
_OURS = FOLDER + os.sep
_CELL = """
def twice(values, add=0):
    return values * 2 + add if add else values * 2

def flat(values):
    return values.flatten()

def refuse(values):
    raise ValueError("refused")
"""


class _End:
    """One end of a channel inside a process: who reads from it lets the other side speak first."""

    def __init__(self) -> None:
        self.other = self
        self.speak: Callable[[], Any] | None = None
        self._waiting = b""

    def sendall(self, data: bytes) -> None:
        self.other._waiting += data

    def recv(self, *_: int) -> bytes:
        if not self._waiting and self.speak:
            self.speak()
        data, self._waiting = self._waiting, b""
        return data

    def gettimeout(self) -> None:
        """Say that it waits for ever."""


def rehearse() -> None:
    """Ask answers of ours what tests ask, several times over."""
    here, there, space = _End(), _End(), dict[str, Any]()
    exec(compile(_CELL, "<rehearsal>", "exec"), space)
    here.other, there.other = there, here
    answers, conversation = AnswerServer(there, space), JudgeClient(here, [_CELL], {})
    here.speak = answers.answer
    names = ["twice", "flat", "refuse"]
    answers.begin(0, names)
    twice, flat, refuse = conversation.open(0, names).values()
    met = set[CodeType]()
    for number in range(_ROUNDS):
        sys.setprofile((lambda frame, *_: met.add(frame.f_code)) if number == 0 else None)
        _ask(twice, flat, refuse, np.arange(6.0).reshape(2, 3))
        if torch := sys.modules.get("torch"):
            _ask(twice, flat, refuse, torch.arange(6.0).reshape(2, 3))
    conversation.close()
    answers.answer()
    _make_anew([code for code in met if not code.co_filename.startswith(_OURS)])


def _make_anew(codes: Sequence[CodeType]) -> None:
    """Give functions of libraries code as it was loaded: tracebacks mark less in a line that Python has specialised."""
    gc.unfreeze()  # what is frozen is not looked at
    for holder in gc.get_referrers(*codes):
        if isinstance(holder, FunctionType):
            holder.__code__ = _anew(holder.__code__)


def _anew(code: CodeType) -> CodeType:
    return code.replace(co_consts=tuple(_anew(part) if isinstance(part, CodeType) else part for part in code.co_consts))


def _ask(twice: Callable[..., Any], flat: Callable[..., Any], refuse: Callable[..., Any], values: Any) -> None:
    checks.equal(checks.call(twice, values, add=1), values * 2 + 1)
    checks.equal(checks.call(flat, values), values.flatten())
    checks.equal(checks.call(twice, 3), 6, mistakes={"not so": 9})
    checks.equal(checks.call(twice, [1.5, 2.0]), [1.5, 2.0, 1.5, 2.0])
    checks.raises(ValueError, refuse, values)
    checks.raises(CheckFailed, checks.equal, checks.call(twice, values), values, mistakes={"not so": values})
