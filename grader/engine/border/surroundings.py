"""In the judge: what a test has changed around itself, so that answers over there find it so: mocks of functions,
states of chance, settings, who reads what is printed and what is typed.

Nothing is looked at unless the text of a test speaks of it; one that does not pays for nothing.
"""

from __future__ import annotations

import io
import operator
import re
import sys
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

from grader.engine.border import chance, settings
from grader.engine.border.pack import MalformedValueError, Packer, Tree

_MOCKS = re.compile(r"\b(patch|mock|Mock|MagicMock|monkeypatch|setattr|builtins|__builtins__|stdin)\b")
_SET = re.compile(r"^\s*([\w.]+)\.\w+ *=[^=]", re.M)
_STREAMS = ("_", "stdin", "stdout", "stderr")
"""What is told in other ways, or changes with each cell."""
_WORD = re.compile(r"[^\W\d][\w.]*")


class Here:
    """What is so in this process, and how it was when a cell began."""

    def __init__(self, space: Mapping[str, Any]) -> None:
        self._space = space
        self._draws, self._unseeded = False, dict[str, Any]()
        """The states of chance from before the first cell that speaks of seeds, until one has set them."""
        self._modules: dict[str, dict[str, Any]] = {}
        self._streams: tuple[Any, Any] = (None, None)
        self._states: chance.States = {}
        self._token: Any = None
        self._settings: dict[str, Any] = {}

    def hear_of(self, source: str) -> None:
        """Note what the text of a cell speaks of that runs now."""
        if not self._draws and not self._unseeded and chance.sets(source):
            self._unseeded = chance.states()

    @property
    def draws(self) -> bool:
        """Whether an instructor's cell has set a seed: the states of chance go over with each call then.

        A generator of a cell's own, seeded or not, is none of these states.
        """
        if self._unseeded and not chance.same(self._unseeded, chance.states()):
            self._draws, self._states, self._unseeded = True, self._unseeded, {}
        return self._draws

    def begin(self, source: str) -> None:
        """Remember how things are at the beginning of a cell."""
        self.hear_of(source)
        self._modules = {}
        words = ["builtins", *_WORD.findall(source)] if _MOCKS.search(source) else _SET.findall(source)
        for module in filter(None, map(self._module, set(words))):
            self._modules[module.__name__] = dict(vars(module))
        self._streams, self._token = (sys.stdout, sys.stdin), settings.token()
        self._settings = {}
        if self.draws:
            self._states = chance.states()

    def end(self) -> None:
        """Forget how things were."""
        self._modules, self._states = {}, {}

    def _module(self, word: str) -> ModuleType | None:
        """Return the library that a word of a test names: `random`, `np.random` or `time.sleep`."""
        first, _, rest = word.partition(".")
        found = self._space.get(first) if isinstance(self._space.get(first), ModuleType) else sys.modules.get(first)
        for part in rest.split(".") if rest else ():
            inner = vars(found).get(part) if isinstance(found, ModuleType) else None
            if not isinstance(inner, ModuleType):
                break
            found = inner
        own = isinstance(found, ModuleType) and found.__name__ != "__main__"
        return found if own and not found.__name__.startswith(("grader", "unittest")) else None  # type: ignore[union-attr]

    def differences(self, packer: Packer) -> dict[str, Tree]:
        """Return what is not as it was, for a call to take along."""
        found: dict[str, Tree] = {}
        if patched := {f"{name}.{key}": value for name, key, value in self._patched()}:
            found["patched"] = {}
            for name, value in patched.items():
                try:
                    found["patched"][name] = packer.pack(value)
                except MalformedValueError:  # of no use over there
                    continue
        if sys.stdout is not self._streams[0]:
            found["shown"] = True
        if sys.stdin is not self._streams[1] and isinstance(sys.stdin, io.StringIO):
            found["stdin"] = sys.stdin.getvalue()[sys.stdin.tell() :]
        if (token := settings.token()) != self._token:
            found["settings"] = packer.pack(settings.changed(self._token, token))
        if self.draws:
            now = chance.states()
            if not chance.same(now, self._states):
                found["draws"] = packer.pack(now)
                self._states = now
            else:
                found["draws"] = packer.pack({})
        return found

    def _patched(self) -> list[tuple[str, str, Any]]:
        changed = {
            name: before
            for name, before in self._modules.items()
            if not all(map(operator.is_, before.values(), vars(sys.modules[name]).values()))
        }
        return [
            (name, key, value)
            for name, before in changed.items()
            for key, value in vars(sys.modules[name]).items()
            if key not in _STREAMS and before.get(key, value) is not value and not isinstance(value, ModuleType)
        ]

    def take(self, about: Mapping[str, Any], unpack: Callable[[Tree], Any]) -> None:
        """Let be here what a call has left: what it printed, what it has not read, how far it has drawn."""
        if isinstance(printed := about.get("printed"), str) and sys.stdout is not self._streams[0]:
            sys.stdout.write(printed)
        if isinstance(left := about.get("stdin"), str) and isinstance(sys.stdin, io.StringIO):
            text = sys.stdin.getvalue()
            sys.stdin.seek(len(text) - len(left) if text.endswith(left) else len(text))
        if self.draws and about.get("states") is not None:
            self._follow(unpack(about["states"]))

    def adopt(self, ask: Callable[[], Any]) -> None:
        """Go on drawing where the student's process has come to since the seed was set in both."""
        self._follow(ask())

    def _follow(self, said: Any) -> None:
        if found := chance.following(self._states, said):
            chance.restore(found)
            self._states = chance.states()
