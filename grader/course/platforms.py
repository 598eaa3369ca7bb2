"""What learning platforms make of the names of hand-ins: whose they are, when they came. Pure, scans each name once."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from grader.course.filenames import is_notebook, named, parted, spelling
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
    stamps: str = ""
    """How the course's exchange writes times."""
    pattern: str = ""
    """What the course reads from paths: a regular expression with a `student_id` and a `file_id`."""


@dataclass(frozen=True, slots=True)
class Marks:
    """Folders of an archive that only all of its paths together tell."""

    canvas: frozenset[Parts] = frozenset()
    """Those in which files are called as Canvas calls them."""
    sakai: frozenset[Parts] = frozenset()
    """Those in which folders or files are called as Sakai calls them."""
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
    sakai = {
        parts[:place]
        for parts in paths
        for place, part in enumerate(parts)
        if _folders_of_sakai(part, parts[place + 1 :])[1][:1] == (ATTACHED,)
    }
    return Marks(frozenset(canvas), frozenset(sakai))


def claims(parts: Parts, known: Known, marks: Marks) -> list[Claim]:
    """Return what a path says in the way of a platform: once, or for each of a group; nothing if it says nothing."""
    found = _claims(parts, known, marks)
    if known.pattern and len(found) < 2 and (found or len(parts) == 1):
        return _as_the_course_reads(parts, known, found)
    return found


def _as_the_course_reads(parts: Parts, known: Known, found: list[Claim]) -> list[Claim]:
    """Return what the course's own pattern says of a path, and beside it what a platform's way does."""
    path = "/".join(("", *parts))
    read = re.match(known.pattern, path) or re.match(known.pattern, path.replace("_LATE_", "_", 1))
    said = read.groupdict() if read else {}
    student, file = said.get("student_id") or "", (said.get("file_id") or "").rpartition("/")[2]
    if not student or not file or (found and not _bears(found[0].person, student)):
        return found
    ending = re.search(r"\.\w{1,10}$", parts[-1])
    plain = Claim(Person("nbgrader"), (file if ending is None or file.endswith(ending[0]) else file + ending[0],))
    claim = found[0] if found else plain
    name = " ".join(filter(None, (said.get("first_name"), said.get("last_name")))) or claim.person.name
    moment = claim.moment or parse_time(said.get("timestamp") or "", known.zone, known.stamps)
    attempt = claim.attempt or (moment.isoformat() if moment else "")
    return [replace(claim, person=Person(claim.person.platform, student, name), moment=moment, attempt=attempt)]


def _bears(person: Person, student: str) -> bool:
    """Tell whether a pattern found this student's lasting number, not words of the student's own further on in a name."""
    return bool(person.key) and person.lasting and student in (person.key, f"{person.name}_{person.key}")


def _claims(parts: Parts, known: Known, marks: Marks) -> list[Claim]:
    for place, part in enumerate(parts):
        rest, above = parts[place + 1 :], parts[:place]
        people, moment = marks.gradescope.get(above, {}).get(part, ((), None))
        if people:  # a folder, or the only file
            plain = Claim(people[0], rest or (part,), moment=moment, attempt=moment.isoformat() if moment else "")
            return [replace(plain, person=person) for person in people]
        one = next(filter(None, (read(part, rest, known) for read in _READERS)), None)
        one = one or (_canvas(part, rest, known) if above in marks.canvas else None)
        found = _sakai(*_folders_of_sakai(part, rest)) if above in marks.sakai and not one else []
        if found := found or list(filter(None, [one or _teams(parts, place, known)])):
            return found
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
        moment = parse_time(words[place], known.zone, known.stamps) if place > 1 else None
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
_FLAT = re.compile(
    r"(.+?)_(?:(Submission attachment\(s\)|Feedback Attachment\(s\))_?(.+)|((?:submission|feedback)Text\.html|comments\.txt))",
    re.IGNORECASE,
)


def _sakai(part: str, rest: Parts) -> list[Claim]:
    """`Lovelace, Ada(adal)/Submission attachment(s)/hw1.ipynb`; a group is `Lovelace, Ada(adal); Berg, Bo(bo)`."""
    if not rest or rest == (ATTACHED,):
        return []
    file = rest[1:] if rest[0] == ATTACHED else rest
    ours, trusted = rest[0].lower() in _OF_GRADERS, rest == ("timestamp.txt",)
    people = _people_of_sakai(part)
    if not people and (ours or trusted or rest[0] == ATTACHED):  # a number hides who it is
        people = [Person("Sakai", name=part)]
    return [Claim(person, file, ours=ours, trusted=trusted) for person in people]


def _folders_of_sakai(part: str, rest: Parts) -> tuple[str, Parts]:
    """Return a name and what follows as they are in folders: `Lovelace, Ada(adal)_Submission attachment(s)_hw1.ipynb`."""
    found = None if rest else _FLAT.fullmatch(part)
    return (found[1], tuple(filter(None, found.groups()[1:]))) if found else (part, rest)


def _people_of_sakai(part: str) -> list[Person]:
    """Return those whose names and ids a folder bears: `King, Ada (Countess)(adal)`; none if it bears any other."""
    people = []
    for piece in part.split("; "):
        name, mark, student = piece.removesuffix(")").rpartition("(")
        if not mark or not piece.endswith(")") or not student.strip():
            return []
        people.append(Person("Sakai", id=student.strip(), name=name.strip()))
    return people


def read_submitters(table: object, zone: str) -> dict[str, tuple[list[Person], datetime | None]]:
    """Return what a `submission_metadata.yml`, parsed as nothing but text, says by folder; of what is none, nothing."""
    found = {}
    for folder, about in table.items() if isinstance(table, Mapping) else ():
        people = about.get(":submitters") if isinstance(about, Mapping) else None
        if isinstance(people, list) and isinstance(folder, str):
            when = about.get(":created_at")
            when = when.get("utc") if isinstance(when, Mapping) else when  # an object of Ruby's
            moment = parse_time(_text(when), zone)
            found[folder] = ([_submitter(one) for one in people if isinstance(one, Mapping)], moment)
    return found


def _submitter(about: Mapping[object, object]) -> Person:
    name, number, address = (_text(about.get(key)) for key in (":name", ":sid", ":email"))
    return (
        Person("Gradescope", id=number, name=name, key=address) if number else Person("Gradescope", "", name, address)
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) and value not in ("~", "null") else ""


_READERS: tuple[Callable[[str, Parts, Known], Claim | None], ...] = (_moodle, _blackboard, _brightspace, _exchange)
