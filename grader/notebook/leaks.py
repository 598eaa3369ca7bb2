"""Find lines of solutions and hidden tests in what students get. Pure: texts in, lines out."""

from __future__ import annotations

import html
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

_NAME = r"[\w.]+"
_NAMES = rf"{_NAME}(?:, *{_NAME})*"
_COMMON = re.compile(
    "|".join(
        [
            r"(?:#|%|!|@|\"\"\"|''').*",
            r"(?:import|from) .*",
            r"(?:async )?(?:def|class) .*:",
            r"(?:else|try|finally|pass|break|continue|return|yield|raise)\b:?",
            r"except\b.*:",
            r"raise NotImplementedError.*",
            rf"(?:return|yield|del|global|nonlocal|print|assert)\b ?\(?(?:{_NAMES})?\)?",
            rf"(?:el)?if (?:not )?{_NAME}(?: is (?:not )?None)?:|if __name__ .*",
            rf"for {_NAMES} in (?:{_NAME}|\w+\({_NAMES}\)|range\([\w., ()-]*\)):",
            rf"while (?:True|{_NAME}):|with open\([^()]*\) as \w+:",
            rf"{_NAMES} *[-+*/]?= *(?:-?{_NAMES}|\[\]|\{{\}}|\(\)|''|\"\"|\w+\(\)|len\(\w+\)|{_NAME}\[-?\d\])",
            rf"{_NAME}\.(?:append|extend|add|pop|show|close|legend)\((?:\w+)?\)",
        ]
    )
)
"""Lines that stand in anybody's code: they give nothing away."""
_SHORTEST, _MANY = 8, 3
_QUOTING, _TELLING, _LONGEST = re.compile(r"[\s\"'\\]+"), 16, 2**24
"""What is left out where a line is looked for within others, and how many characters it and they have."""
_TAG = re.compile(r"<[^<>]*>")


def secret_lines(source: str, released: str) -> list[str]:
    """Return the lines that a cell has and its release has not, but for those that stand in anybody's code."""
    left = Counter(_lines(source)) - Counter(_lines(released))
    return [line for line in left if len(line) >= _SHORTEST and not is_common(line)]


def is_common(line: str) -> bool:
    """Tell a line that gives nothing away.

    >>> is_common("import numpy as np"), is_common("return x"), is_common("return 2 * x")
    (True, True, False)
    """
    return bool(_COMMON.fullmatch(line)) or not any(letter.isalpha() for letter in line)


def given_away(secrets: Mapping[str, list[str]], shown: Iterable[str], *, any_line: bool = False) -> dict[str, str]:
    """Return by cell one line of its secrets that is among the lines shown, where they tell enough of them.

    That is half of a cell's lines, or three; with `any_line` it is one.
    """
    lines, found = dict.fromkeys(shown), dict[str, str]()
    text = "" if any_line else _squeezed("\n".join(lines))
    for cell, secret in secrets.items():
        there = [line for line in secret if line in lines or _is_within(line, text)]
        if there and (any_line or len(there) >= _MANY or 2 * len(there) >= len(secret)):
            found[cell] = max(there, key=len)
    return found


def _squeezed(text: str) -> str:
    """Return a text without what quoting and folding change: a table or a pickle holds a line among other things."""
    return _QUOTING.sub("", text) if len(text) <= _LONGEST else ""


def _is_within(line: str, text: str) -> bool:
    short = _squeezed(line)
    return len(short) >= _TELLING and short in text


def lines_of(name: str, data: bytes) -> Iterator[str]:
    """Yield the lines of a file, also those inside the strings of JSON and between the tags of HTML."""
    text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8", "replace")
    yield from _lines(text)
    if name.lower().endswith((".html", ".htm", ".xml", ".svg")):
        yield from _lines(html.unescape(_TAG.sub("", text)))
    elif text.lstrip()[:1] in ("{", "["):
        try:
            yield from _strings(json.loads(text))
        except (ValueError, RecursionError):
            return


def _strings(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield from _lines(node)
    for inner in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _strings(inner)


def _lines(text: str) -> Iterator[str]:
    return (line.strip() for line in text.splitlines() if line.strip())
