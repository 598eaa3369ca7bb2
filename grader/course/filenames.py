"""What a file's name says of the notebook it was made from, and of the student; what can be an id. Pure, scans once."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import TypeVar

from grader.models import Finding

T = TypeVar("T")
LONGEST_ID, MOST_BYTES_OF_ID = 128, 200
"""Characters of a student's id, as the gradebook takes it, and bytes, as a file system takes it with more behind it."""
_SHORTEST_NUMBER = 4
"""Digits of a number that can be a student's."""
_GAPS = " _-\t\n\r\v\f\u00a0"
_WINDOW = 40
"""Characters in which one addition lies."""
_ADDITION = re.compile(
    r"(?:[_-]?\(\d{1,9}\)|[_-](?:copy|kopie|copie|copia|kopia|kopi|final)[_-]?\d{0,9}|-\d{1,9}|\.(?:ipynb|json|txt|download|part|bak))$"
)
_BEFORE = re.compile(r"(?:copy of|kopie van|kopie von|copie de|copia de|copia di|kopia av|kopi av) ", re.IGNORECASE)


@dataclass(frozen=True)
class _Spelt:
    """A name without case, and with one sign for each gap; and where in the name each of its letters stands."""

    text: str
    places: Sequence[int]
    ends: Sequence[int]
    """Lengths of what is left of `text`: of all, then without one addition more each time."""


def is_notebook(name: str) -> bool:
    """Tell whether a file is called like a notebook, whatever browsers and copies have made of its name."""
    tail = name[-_WINDOW:].lower()
    return ".ipynb" in tail and not tail.endswith((".zip", ".pdf", ".html", ".py"))


def spelling(name: str) -> str:
    """Return a name as it is compared: without case, with `_` for each gap.

    >>> spelling("Week 01 - Arrays")
    'week_01_arrays'
    """
    return _spelt(name).text


def named(name: str, known: Mapping[str, Sequence[T]]) -> Sequence[T]:
    """Return what `known` holds, by spelling, for a name or for the longest part of it that is known.

    A part is what is left without what downloads, copies, browsers and learning platforms add. What is exactly so
    called comes first: `week-01` is not `week-10` without its number.

    >>> named("hw-1 (2).ipynb", {"hw_1": ["hw-1"], "hw": ["hw"]})
    ['hw-1']
    """
    longest = max(map(len, known), default=0)
    for spelt in _variants(name):
        for end in spelt.ends:
            if end <= longest and (found := known.get(spelt.text[:end])):
                return found
    return ()


def parted(name: str, known: Mapping[str, Sequence[T]]) -> tuple[str, Sequence[T]] | None:
    """Return a student and what `known` holds for the rest of a name, STUDENT_NOTEBOOK or NOTEBOOK_STUDENT.

    >>> parted("ada-lovelace_hw-1 (2).ipynb", {"hw_1": ["hw-1"]})
    ('ada-lovelace', ['hw-1'])
    """
    name, keys = unicodedata.normalize("NFC", name), sorted(known, key=len, reverse=True)
    for spelt in _variants(name):
        for end in spelt.ends:
            for key in keys:
                start = end - len(key)
                if start > 1 and spelt.text[start - 1] == "_" and spelt.text.startswith(key, start):
                    if student := name[spelt.places[0] : spelt.places[start - 1]].strip(_GAPS):
                        return student, known[key]
    for spelt in _variants(name):
        for key in keys:
            if spelt.text.startswith(key + "_"):
                end = spelt.ends[-1]
                last = spelt.places[end] if end < len(spelt.places) else len(name)
                student = name[spelt.places[len(key) + 1] : last].strip(_GAPS) if end > len(key) + 1 else ""
                if student and not (student.isdigit() and len(student) < _SHORTEST_NUMBER):  # `hw-12` is nobody's
                    return student, known[key]
    return None


def plain_stem(name: str) -> str:
    """Return a file's name without its endings and without what copies add to it."""
    name = unicodedata.normalize("NFC", name)
    spelt = _spelt(name)
    end = spelt.ends[-1]
    return name[: spelt.places[end]].strip(_GAPS) if end < len(spelt.places) else name.strip(_GAPS)


def _variants(name: str) -> Iterator[_Spelt]:
    """Yield a name's spelling, and that of what follows `Copy of` where it begins so."""
    name = unicodedata.normalize("NFC", name)
    yield _spelt(name)
    start = 0
    while found := _BEFORE.match(name, start):
        start = found.end()
    if start:
        spelt = _spelt(name[start:])
        yield _Spelt(spelt.text, [place + start for place in spelt.places], spelt.ends)


def _spelt(name: str) -> _Spelt:
    letters: list[str] = []
    places: list[int] = []
    gap = -1
    whole = unicodedata.normalize("NFC", name)
    for place, letter in enumerate(whole):
        if letter in _GAPS:
            gap = place if gap < 0 else gap
            continue
        if gap >= 0 and letters:
            letters.append("-" if whole[gap:place] == "-" else "_")
            places.append(gap)
        gap = -1
        for low in letter.casefold():
            letters.append(low)
            places.append(place)
    text = "".join(letters)
    return _Spelt(text.replace("-", "_"), places, list(_ends(text)))


def _ends(text: str) -> Iterator[int]:
    """Yield the length of a name, then without one addition more each time: `-1` is one, `_1` is not."""
    end = len(text)
    while True:
        yield end
        found = _ADDITION.search(text, max(0, end - _WINDOW), end)
        if found is None or found.start() == 0:
            return
        end = found.start()
        while end and text[end - 1] in "_-.":
            end -= 1


def match_notebooks(files: set[str], asked: Sequence[str]) -> tuple[dict[str, str], list[Finding]]:
    """Match file names to the notebooks asked for: exactly, else as a browser or a student would rename them.

    >>> match_notebooks({"06_broadcasting (1).ipynb"}, ["06_broadcasting"])[0]
    {'06_broadcasting': '06_broadcasting (1).ipynb'}
    """
    found = {name: f"{name}.ipynb" for name in asked if f"{name}.ipynb" in files}
    known: dict[str, list[str]] = {}
    for name in asked:
        known.setdefault(spelling(name), []).append(name)
    copies: dict[str, list[str]] = {}
    for file in sorted(files - set(found.values()), key=_copy_order):
        for name in (named(file, known) or (parted(file, known) or ("", ()))[1])[:1]:
            copies.setdefault(name, []).append(file)
    findings = []
    for name in asked:
        if name not in found and name in copies:
            found[name] = copies[name][-1]
            findings.append(
                Finding(found[name], f"taken as {name}.ipynb", f"hand in the file under the name {name}.ipynb")
            )
    left = sorted(files - set(found.values()))
    if len(asked) == 1 and asked[0] not in found and len(left) == 1:
        found[asked[0]] = left[0]
        findings.append(
            Finding(
                left[0], f"taken as {asked[0]}.ipynb, the only notebook handed in", f"name the file {asked[0]}.ipynb"
            )
        )
    of = {file: name for name, several in copies.items() for file in several}
    for file in sorted(files - set(found.values())):
        what = "not a notebook of this assignment, so it was not graded"
        if file in of:
            what = f"another copy of {of[file]}.ipynb; {found[of[file]]} was graded"
        findings.append(Finding(file, what))
    return found, findings


def _copy_order(name: str) -> tuple[list[int], str]:
    """Order the copies of a file as they came to be: by the numbers that were added."""
    return [int(number) for number in re.findall(r"\d{1,9}", name)], name


def is_student(name: str) -> bool:
    """Tell whether a name can be a student's id and a folder of its own."""
    return (
        0 < len(name) <= LONGEST_ID
        and len(name.encode("utf-8", "replace")) <= MOST_BYTES_OF_ID
        and all(_fits(letter) or letter in " .@+-" for letter in name)
        and name.strip(" .") == name
        and name[0] != "-"
        and _fits(name[0])
    )


def _fits(letter: str) -> bool:
    """Tell whether this is a letter, a mark on one, a digit, or `_`, of any script."""
    return letter == "_" or unicodedata.category(letter)[0] in "LMN"


def as_student(name: str, key: str = "") -> str:
    """Return an id made of a name as people have them, and of what tells namesakes apart; '' if nothing is left.

    >>> as_student("Sinéad O’Brien", "4711"), as_student("King, Jr., Martin")
    ('Sinéad_OBrien_4711', 'King_Jr._Martin')
    """
    whole = unicodedata.normalize("NFC", name)
    letters = (letter if _fits(letter) or letter in ".@+-" else _instead(letter) for letter in whole)
    words = [word.strip("_-") for word in "".join(letters).split()]
    made = "_".join(word for word in words if word.strip("."))
    made = made.lstrip("-. @+").rstrip(". ")
    if made and key:
        made += f"_{as_student(key)}"
    if made and not is_student(made):
        made = made[:40] + "_" + blake2b(f"{name}\n{key}".encode("utf-8", "replace"), digest_size=4).hexdigest()
    return made if is_student(made) else ""


def _instead(letter: str) -> str:
    """Return what stands in an id for a sign that it cannot hold: nothing for what is within a word."""
    return "" if letter in "'’‘ʼ`´\"“”·" or unicodedata.category(letter) == "Cf" else " "
