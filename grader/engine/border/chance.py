"""The states from which `random`, NumPy and torch draw: taken to a call and back, so that draws follow as in one process.

A state that a student's process sends is taken only if it is one that the judge's own would come to by drawing: one
of all zeros, say, would let a test draw nothing but zeros.
"""

from __future__ import annotations

import math
import random
import re
import sys
from collections.abc import Mapping
from typing import Any

import numpy as np

States = dict[str, Any]
_SEEDS = re.compile(r"\b(\w*seed\w*|set_state|setstate|set_rng_state|default_generator)\b")
_BLOCK = 624
_AT_ONCE, _MOST = 200, 2000
"""How many blocks of 624 numbers are drawn at once to look for a state, and how many a call may have drawn."""


def sets(source: str) -> bool:
    """Tell whether the text of a cell speaks of seeds or states."""
    return _SEEDS.search(source) is not None


def states() -> States:
    """Return the states, as plain data."""
    found: States = {"random": random.getstate(), "numpy": np.random.get_state(legacy=False)}
    if torch := sys.modules.get("torch"):
        found["torch"] = torch.get_rng_state().numpy().tobytes()
    return found


def same(one: States, other: States) -> bool:
    """Tell whether nothing has been drawn or seeded between two states."""
    plain = one["random"] == other["random"] and one.get("torch") == other.get("torch")
    return plain and _same_numpy(one["numpy"], other["numpy"])


def _same_numpy(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    parts = ("bit_generator", "has_gauss", "gauss")
    plain = all(one[part] == other[part] for part in parts) and one["state"]["pos"] == other["state"]["pos"]
    return plain and np.array_equal(one["state"]["key"], other["state"]["key"])


def restore(wanted: States) -> None:
    """Let draws go on from these states."""
    now = states()
    if "random" in wanted and wanted["random"] != now["random"]:
        random.setstate(wanted["random"])
    if "numpy" in wanted and not _same_numpy(wanted["numpy"], now["numpy"]):
        np.random.set_state(wanted["numpy"])
    if "torch" in wanted and "torch" in now and wanted["torch"] != now["torch"]:
        torch = sys.modules["torch"]
        torch.set_rng_state(torch.frombuffer(bytearray(wanted["torch"]), dtype=torch.uint8))


def following(now: States, said: Any) -> States:
    """Return those of the states that were said which the states `now` come to by drawing."""
    found: States = {}
    if not isinstance(said, dict):
        return found
    for name, state in now.items():
        try:
            before, after = _key(name, state), _key(name, said[name])
            if said[name] != state if name != "numpy" else not _same_numpy(said[name], state):
                if _reaches(before, after):
                    found[name] = said[name]
        except (TypeError, ValueError, LookupError, AttributeError):  # no state at all
            continue
    return found


def _key(name: str, state: Any) -> np.ndarray:
    """Return the 624 numbers of a Mersenne twister. Raises ValueError, TypeError or LookupError for what is none."""
    if name == "random":
        version, numbers, gauss = state
        if version != 3 or len(numbers) != 625 or not 0 <= numbers[-1] <= 624 or not _is_small(gauss):
            raise ValueError(name)
        return np.array(numbers[:-1], dtype=np.uint32)
    if name == "numpy":
        key = np.asarray(state["state"]["key"])
        fine = state["bit_generator"] == "MT19937" and key.shape == (624,) and key.dtype == np.uint32
        if (
            not fine
            or not 0 <= state["state"]["pos"] <= 624
            or state["has_gauss"] not in (0, 1)
            or not _is_small(state["gauss"])
        ):
            raise ValueError(name)
        return key
    if not isinstance(state, bytes) or len(state) < 24 + 624 * 8:
        raise ValueError(name)
    return np.frombuffer(state, np.uint64, 624, 24).astype(np.uint32)


def _is_small(gauss: Any) -> bool:
    return gauss is None or (isinstance(gauss, float) and math.isfinite(gauss) and abs(gauss) < 10)


def _reaches(before: np.ndarray, after: np.ndarray) -> bool:
    """Tell whether drawing takes a twister from one block of numbers to the other."""
    if np.array_equal(before, after):
        return True
    twister: Any = np.random.MT19937(0)
    twister.state = {"bit_generator": "MT19937", "state": {"key": before, "pos": _BLOCK}}
    wanted = _tempered(after)
    for _ in range(_MOST // _AT_ONCE):
        blocks = twister.random_raw(_AT_ONCE * _BLOCK).reshape(_AT_ONCE, _BLOCK)
        if np.any(np.all(blocks[blocks[:, 0] == wanted[0]] == wanted, axis=1)):
            return True
    return False


def _tempered(key: np.ndarray) -> np.ndarray:
    """Return what a twister gives out whose state is `key`, uint32 of shape (624,).

    Source: M. Matsumoto, T. Nishimura, "Mersenne Twister", ACM TOMACS 8 (1998), equations (2.2) to (2.5).
    """
    given = key.copy()
    given ^= given >> np.uint32(11)
    given ^= (given << np.uint32(7)) & np.uint32(0x9D2C5680)
    given ^= (given << np.uint32(15)) & np.uint32(0xEFC60000)
    given ^= given >> np.uint32(18)
    return given
