"""What learning platforms make of the names of hand-ins: whose they are, when they came. Pure, scans each name once."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from grader.filenames import is_notebook, named, parted, spelling
from grader.times import parse_time, parse_words

Parts = tuple[str, ...]
"""A path in an archive."""


@dataclass(frozen=True, slots=True)
class Person:
    """A student, as a platform writes them."""

    platform: str
    id: str = ""
    """What the platform logs them in by; where it tells that, nothing else is needed."""
    name: str = ""
    key: str = ""
    """What tells namesakes apart."""
    lasting: bool = True
    """Whether the key is the same in each assignment."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What a path says of one file."""

    person: Person
    file: Parts
    """Where it lies in the hand-in."""
    title: str = ""
    """The assignment, as the platform or a folder calls it."""
    moment: datetime | None = None
    """When the hand-in came."""
    late: bool = False
    attempt: str = ""
    """Orders the attempts of one student, as text."""
    ours: bool = False
    """Whether the platform wrote it, and not the student."""
    trusted: bool = False
    """Whether a time stamp among the files is one that the student could not have written."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the names in an archive are compared with."""

    notebooks: Mapping[str, Sequence[tuple[str, str]]]
    """Spelling of a notebook's name to the assignments that have one so called, each with the notebook's name."""
    assignments: Mapping[str, Sequence[str]]
    """Spelling to the names of assignments."""
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Marks:
    """Folders of an archive that only all of its paths together tell."""

    canvas: frozenset[Parts] = frozenset()
    """Those in which files are called as Canvas calls them."""
    sakai: frozenset[Parts] = frozenset()
    """Those of students, in Sakai's way."""
    gradescope: Mapping[Parts, Mapping[str, tuple[Sequence[Person], datetime | None]]] = field(default_factory=dict)
    """Those with a table of Gradescope's, and what it says of the folders in them."""


def find_marks(paths: Sequence[Parts], known: Known) -> Marks:
    """Return the folders that only all paths together tell."""
    canvas = {
        parts[:place]
        for parts in paths
        if is_notebook(parts[-1])
        for place, part in enumerate(parts)
        if _surely_canvas(part, parts[place + 1 :], known)
    }
    attached = {parts[: parts.index(ATTACHED)] for parts in paths if ATTACHED in parts[1:]}
    above = {folder[:-1] for folder in attached if _SAKAI.fullmatch(folder[-1])}
    sakai = {
        parts[: place + 1]
        for parts in paths
        for place in range(len(parts) - 1)
        if parts[:place] in above and _SAKAI.fullmatch(parts[place])
    }
    return Marks(frozenset(canvas), frozenset(sakai))


def claims(parts: Parts, known: Known, marks: Marks) -> list[Claim]:
    """Return what a path says in the way of a platform: once, or for each of a group; nothing if it says nothing."""
    for place, part in enumerate(parts):
        rest, above = parts[place + 1 :], parts[:place]
        people, moment = marks.gradescope.get(above, {}).get(part, ((), None))
        if people and rest:
            plain = Claim(people[0], rest, moment=moment, attempt=moment.isoformat() if moment else "")
            return [replace(plain, person=person) for person in people]
        if parts[: place + 1] in marks.sakai:
            found = _sakai(part, rest)
        else:
            found = next(filter(None, (read(part, rest, known) for read in _READERS)), None)
            found = (
                found or (_canvas(part, rest, known) if above in marks.canvas else None) or _teams(parts, place, known)
            )
        if found:
            return [found]
    return []


def _surely_canvas(part: str, rest: Parts, known: Known) -> bool:
    found = _canvas(part, rest, known)
    if found is None or spelling(part) in known.assignments:
        return False
    return bool(named(found.file[0], known.notebooks)) or (
        len(found.person.key) > 2 and _UPLOAD.search(part) is not None
    )


_UPLOAD = re.compile(r"_\w{3,}_\d{3,}_")


def _file(name: str, rest: Parts) -> Parts:
    return (name, *rest) if name else rest


def _moodle(part: str, rest: Parts, known: Known) -> Claim | None:
    """`Ada Lovelace_4711_assignsubmission_file_`, a folder; or with the file's name behind it.

    The number is that of a participant in one assignment.
    """
    left, mark, right = part.partition("_assignsubmission_")
    kind, _, name = right.partition("_")
    file = _file(name, rest)
    if not mark or not left or not file:
        return None
    whole, _, number = left.rpartition("_")
    if not (whole and number.isdecimal()):
        whole, number = left, ""
    if kind != "file":
        file = (kind, *file)
    return Claim(Person("Moodle", name=whole, key=number, lasting=False), file)


def _canvas(part: str, rest: Parts, known: Known) -> Claim | None:
    """`lovelaceada_LATE_1001_2001_hw1.ipynb`: the student's number, which lasts, and that of the file."""
    words = part.split("_")
    if len(words) > 2 and words[-1] in ("text.html", "link.html") and words[-2].isdecimal():  # written, not handed in
        words.insert(-1, "0")
    for place in range(1, len(words) - 2):
        student, upload = words[place : place + 2]
        anonymous = words[place - 1] == "anon" and student.isalnum()
        if not upload.isdecimal() or not (student.isdecimal() or anonymous):
            continue
        before = words[: place - 1 if anonymous else place]
        late = before[-1:] == ["LATE"]
        name = "_".join(before[:-1] if late else before)
        if not name and not anonymous:
            return None
        file = _file("_".join(words[place + 2 :]), rest)
        if not named(file[0], known.notebooks) and parted(part, known.notebooks):
            return None  # `ada_06_2_arrays.ipynb`, of the notebook `06_2_arrays`
        person = Person("Canvas", name=name or "anon", key=student, lasting=not anonymous)
        return Claim(person, file, late=late)
    return None


_ATTEMPT = re.compile(r"(\d{4}-\d\d-\d\d-\d\d-\d\d-\d\d)(?:_(.*)|(\.txt))?")


def _blackboard(part: str, rest: Parts, known: Known) -> Claim | None:
    """`Homework 1_adal_attempt_2026-10-01-13-59-12_hw1.ipynb`, and a receipt that ends with the time."""
    left, mark, right = part.partition("_attempt_")
    found = _ATTEMPT.fullmatch(right) if mark else None
    title, _, student = left.rpartition("_")
    if found is None or not student:
        return None
    file = _file(found[2] or (part if found[3] else ""), rest)
    if not file:
        return None
    moment, receipt = parse_time(found[1], known.zone), bool(found[3])
    return Claim(Person("Blackboard", id=student, name=left), file, title, moment, attempt=found[1], ours=receipt)


_FOLDER = re.compile(r"(\d+)-\d+ - (.+)")
_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")


def _brightspace(part: str, rest: Parts, known: Known) -> Claim | None:
    """`12345-67890 - Ada Lovelace - Mar 1, 2026 1200 PM`, a folder; or with ` - ` and the file's name behind it.

    Its numbers are others in each assignment; what an institution puts before the name, such as a student's number,
    lasts.
    """
    found = _FOLDER.fullmatch(part)
    if found is None:
        return None
    pieces = found[2].replace("- ", " - ").replace("  - ", " - ").split(" - ")
    for place, piece in enumerate(pieces):
        moment = parse_words(piece, known.zone)
        if place and (moment or _YEAR.search(piece)):  # a time, in a language that is read or in another
            name, file = " - ".join(pieces[:place]), _file(" - ".join(pieces[place + 1 :]), rest)
            attempt = moment.isoformat() if moment else ""
            return Claim(_of_brightspace(name, found[1]), file, "", moment, attempt=attempt) if file else None
    return None


def _of_brightspace(name: str, number: str) -> Person:
    first, _, others = name.strip().partition(" ")
    if first.isdecimal() and len(first) > 3 and others:
        return Person("Brightspace", name=others, key=first)
    return Person("Brightspace", name=name.strip(), key=number, lasting=False)


def _exchange(part: str, rest: Parts, known: Known) -> Claim | None:
    """`ada+hw1+2026-10-01 13:59:12.123456 UTC+secret`, a folder of nbgrader's exchange."""
    words = part.split("+")
    if not rest or len(words) < 3:
        return None
    for place in (len(words) - 2, len(words) - 1):
        moment = parse_time(words[place], known.zone) if place > 1 else None
        if moment and (student := "+".join(words[: place - 1])):
            person = Person("nbgrader", id=student)
            return Claim(person, rest, words[place - 1], moment, attempt=moment.isoformat(), trusted=True)
    return None


_VERSION = re.compile(r"versi[oó]n (\d{1,6})|version (\d{1,6})", re.IGNORECASE)


def _teams(parts: Parts, place: int, known: Known) -> Claim | None:
    """`Submitted files/Ada Lovelace/Homework 1/Version 2/hw1.ipynb`; drafts lie in `Working files`."""
    part, rest = parts[place], parts[place + 1 :]
    version = _VERSION.fullmatch(part)
    if version and place >= 2 and rest:
        student, title = parts[place - 2 : place]
        if spelling(student) in known.assignments and spelling(title) not in known.assignments:
            student, title = title, student
        return Claim(Person("Teams", name=student), rest, title, attempt=f"{int(version[1] or version[2]):06}")
    if part.lower() in ("submitted files", "working files") and len(rest) > 2 and not _VERSION.fullmatch(rest[2]):
        return Claim(Person("Teams", name=rest[0]), rest[2:], rest[1], ours=part.lower() == "working files")
    return None


_OF_GRADERS = ("comments.txt", "feedbacktext.html", "feedback attachment(s)")
ATTACHED = "Submission attachment(s)"
_SAKAI = re.compile(r"([^()]*)\(([^()]+)\)")


def _sakai(part: str, rest: Parts) -> Claim | None:
    found = _SAKAI.fullmatch(part)
    if found is None or not rest:
        return None
    person = Person("Sakai", id=found[2].strip(), name=found[1].strip())
    if rest[0] == ATTACHED:
        return Claim(person, rest[1:] or rest) if len(rest) > 1 else None
    return Claim(person, rest, ours=rest[0].lower() in _OF_GRADERS, trusted=rest == ("timestamp.txt",))


def read_submitters(table: object, zone: str) -> dict[str, tuple[list[Person], datetime | None]]:
    """Return what a parsed `submission_metadata.yml` says, by folder; of what is none of it, nothing."""
    found = {}
    for folder, about in table.items() if isinstance(table, Mapping) else ():
        people = about.get(":submitters") if isinstance(about, Mapping) else None
        if isinstance(people, list) and isinstance(folder, str):
            when = about.get(":created_at")
            moment = parse_time(str(when), zone) if when else None
            found[folder] = ([_submitter(one) for one in people if isinstance(one, Mapping)], moment)
    return found


def _submitter(about: Mapping[object, object]) -> Person:
    name, number, address = (str(about.get(key) or "") for key in (":name", ":sid", ":email"))
    return (
        Person("Gradescope", id=number, name=name, key=address) if number else Person("Gradescope", "", name, address)
    )


_READERS: tuple[Callable[[str, Parts, Known], Claim | None], ...] = (_moodle, _blackboard, _brightspace, _exchange)
