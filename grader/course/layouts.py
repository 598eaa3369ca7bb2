"""Tell in folders that no platform made which of them are students', which assignments'. Pure: paths in, claims out."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from grader.course.filenames import is_notebook, is_student, named, parted, plain_stem, spelling
from grader.course.platforms import Claim, Known, Parts, Person

NOBODY = frozenset(
    "source release submitted autograded feedback downloaded archive extracted inbound outbound submissions solutions".split()
)
"""Folders that are no student's: nbgrader's own."""
_STEPS = frozenset(("source", "release", "autograded", "feedback"))
"""What lies beside `submitted/` in a course."""


@dataclass(frozen=True, slots=True)
class Found:
    """What folders tell of a class's files."""

    claims: Mapping[int, Claim]
    """By the place of a path among those asked about."""
    unclear: Mapping[int, str]
    """Why a path could not be told."""


def not_submitted(paths: Sequence[Parts]) -> set[int]:
    """Return the places of the paths that lie beside a `submitted/` of nbgrader's, in folders of other steps."""
    courses = {parts[:at] for parts in paths for at, part in enumerate(parts[:-1]) if part == "submitted"}
    return {
        number
        for number, parts in enumerate(paths)
        if any(part in _STEPS and parts[:at] in courses for at, part in enumerate(parts[:-1]))
    }


def read_folders(
    paths: Sequence[Parts],
    inner: Sequence[int],
    known: Known,
    students: frozenset[str],
    of_course: Callable[[int], bool],
) -> Found:
    """Return whose the files at these paths are.

    They lie as STUDENT/ASSIGNMENT/FILES or ASSIGNMENT/STUDENT/FILES, as STUDENT/FILES below any folders, or beside each
    other as STUDENT_NOTEBOOK; folders of a student's own may be in a hand-in. Which folder is the student's is told
    from all paths together: nobody hands in the same notebook twice. `inner` says how much of each path leads to an
    archive, `students` who has handed in before, and `of_course` whether a file holds cells of the course.
    """
    reading = _Reading(paths, inner, known, students, of_course)
    below: dict[Parts, list[int]] = defaultdict(list)
    for number, parts in enumerate(paths):
        place = reading.assignment_at(parts)
        if place is None:
            below[()].append(number)
        elif reading.order(parts[: place + 1]) == "student":
            reading.claim(number, place - 1, place + 1, parts[place])
        elif reading.order(parts[: place + 1]) == "assignment":
            below[parts[: place + 1]].append(number)
        else:
            reading.unclear[number] = f"either {parts[place - 1]!r} or {parts[place + 1]!r} is the student"
    for top, numbers in below.items():
        reading.by_level(numbers, len(top), top[-1] if top else "")
    return Found(reading.claims, reading.unclear)


class _Reading:
    """What is known of the paths of one archive, and what comes of it."""

    def __init__(
        self,
        paths: Sequence[Parts],
        inner: Sequence[int],
        known: Known,
        students: frozenset[str],
        of_course: Callable[[int], bool],
    ) -> None:
        self.paths, self.inner, self.known, self.students, self.of_course = paths, inner, known, students, of_course
        self.claims: dict[int, Claim] = {}
        self.unclear: dict[int, str] = {}
        self._orders = self._decide()

    def assignment_at(self, parts: Parts) -> int | None:
        """Return the place of the first folder that is called like an assignment."""
        return next((n for n, part in enumerate(parts[:-1]) if spelling(part) in self.known.assignments), None)

    def order(self, folder: Parts) -> str:
        """Return what stands above what, of student and assignment, at an assignment's folder; '' if nothing tells."""
        return self._orders.get(folder, "")

    def _decide(self) -> dict[Parts, str]:
        inside: dict[Parts, list[Parts]] = defaultdict(list)
        for parts in self.paths:
            if (place := self.assignment_at(parts)) is not None:
                inside[parts[: place + 1]].append(parts[place + 1 :])
        orders = {folder: self._order(folder, files) for folder, files in inside.items()}
        told = {order for order in orders.values() if order}
        parents: dict[str, set[str]] = defaultdict(set)
        for folder in inside:
            parents[folder[-1]].add("/".join(folder[:-1]))
        for folder, order in orders.items():
            if not order and len(told - {"assignment at the top"}) == 1:
                orders[folder] = next(iter(told - {"assignment at the top"}))
            elif not order and len(parents[folder[-1]]) > 1:
                orders[folder] = "student"
        return {folder: order.split(" ")[0] for folder, order in orders.items()}

    def _order(self, folder: Parts, files: Sequence[Parts]) -> str:
        if len(folder) == 1 or folder[-2].lower() in NOBODY:
            return "assignment at the top"
        notebooks = [file for file in files if is_notebook(file[-1])]
        if any(len(file) == 1 and not self._alone(file[-1]) for file in notebooks) or not notebooks:
            return "student"
        names = {told[0] for file in notebooks if len(file) == 1 and (told := parted(file[0], self.known.notebooks))}
        if len(names) > 1:
            return "assignment"
        children: dict[str, set[str]] = defaultdict(set)
        for file in notebooks:
            children[spelling(file[-1])].add(file[0])
        if any(len(of) > 1 for of in children.values()):
            return "assignment"
        below = {file[0] for file in notebooks if len(file) > 1}
        if folder[-2] in self.students:
            return "student"
        return "assignment" if below & self.students else ""

    def _alone(self, name: str) -> bool:
        """Tell whether a file's own name says whose it is."""
        return not named(name, self.known.notebooks) and parted(name, self.known.notebooks) is not None

    def claim(self, number: int, at: int, start: int, title: str, student: str = "") -> None:
        """Give a file to the student whose folder is at a place of its path; the hand-in starts at another."""
        parts = self.paths[number]
        trusted = bool(title) and not student and self.inner[number] <= at  # as nbgrader's exchange arranges them
        self.claims[number] = Claim(as_person(student or parts[at]), parts[start:], title, trusted=trusted)

    def _called(self, folders: set[Parts]) -> dict[str, tuple[str, str]]:
        """Return student and assignment for folders that are all called after both, as GitHub Classroom's repositories.

        They are `hw1-ada` for an assignment `hw1`, or begin like the folder above: `first-steps-submissions/first-steps-ada`.
        """
        names = {folder[-1] for folder in folders}
        if names & self.students:
            return {}
        told = {name: parted(name, self.known.assignments) for name in names}
        if all(each and len(each[1]) == 1 for each in told.values()):
            return {name: (each[0], each[1][0]) for name, each in told.items() if each}
        above = "".join({folder[-2] for folder in folders if len(folder) > 1})
        starts = [above[: place + 1] for place, letter in enumerate(above) if letter == "-"]
        shared = [start for start in starts if all(name.startswith(start) and name != start for name in names)]
        return {name: (name.removeprefix(shared[-1]), "") for name in names} if shared else {}

    def by_level(self, numbers: Sequence[int], start: int, title: str) -> None:
        """Claim files below a folder by the level at which the students' folders must lie, else by their own names."""
        deep = [n for n in numbers if len(self.paths[n]) > start + 1]
        books = [n for n in deep if is_notebook(self.paths[n][-1])]
        flat = [n for n in numbers if len(self.paths[n]) <= start + 1]
        if books and self._named_in_one_folder(books):
            flat += books
        elif books and (level := self._level(books, start)) is not None:
            inside = [n for n in deep if len(self.paths[n]) > level + 1]
            called = self._called({self.paths[n][: level + 1] for n in inside})
            for number in inside:
                student, name = called.get(self.paths[number][level], ("", ""))
                self.claim(number, level, level + 1, title or name, student)
        elif books:
            for number in deep:
                names = self.paths[number][start:-1]
                self.unclear[number] = f"any of {', '.join(map(repr, names))} may be the student"
        for number in flat:
            self._by_name(number, title)

    def _named_in_one_folder(self, books: Sequence[int]) -> bool:
        """Tell whether the files of one folder are called STUDENT_NOTEBOOK."""
        alone = [n for n in books if self._alone(self.paths[n][-1])]
        folders = Counter(self.paths[n][:-1] for n in alone)
        return len(alone) == len(books) and (len(folders) == 1 or max(folders.values()) > 1)

    def _level(self, books: Sequence[int], start: int) -> int | None:
        """Return the place of the students' folders; None if several would do."""
        folders = [self.paths[n][start:-1] for n in books]
        shortest = min(map(len, folders))
        first = min(_common(folders), shortest - 1)
        levels = range(first, shortest)
        if len(levels) == 1:
            return start + first
        clashes = {level: self._clashes(books, start + level) for level in levels}
        before = {level: sum(folder[level] in self.students for folder in folders) for level in levels}
        fits = [level for level in levels if not clashes[level]]
        least, next_least = sorted(clashes.values())[:2]
        if not fits and 2 * least <= next_least:
            return start + min(clashes, key=lambda level: clashes[level])
        for told in (fits, [level for level in fits or levels if before[level] == max(before.values()) > 0]):
            if len(told) == 1:
                return start + told[0]
        return None

    def _clashes(self, books: Sequence[int], level: int) -> int:
        """Return how often a student would have handed in a notebook twice, if the students' folders were here."""
        count = Counter((self.paths[n][level], self._book(self.paths[n][-1])) for n in books)
        nobody = sum(self.paths[n][level].lower() in NOBODY for n in books)
        return sum(number - 1 for number in count.values()) + nobody

    def _book(self, name: str) -> str:
        """Return what a file is called as a notebook of the course; '' for a name of the student's own."""
        known = self.known.notebooks
        found = named(name, known) or (parted(name, known) or ("", ()))[1]
        return found[0][1] if found else ""

    def _by_name(self, number: int, title: str) -> None:
        name = self.paths[number][-1]
        if told := (None if named(name, self.known.notebooks) else parted(name, self.known.notebooks)):
            self.claims[number] = Claim(as_person(told[0]), (f"{told[1][0][1]}.ipynb",), title)
        elif is_notebook(name) and not named(name, self.known.notebooks) and self.of_course(number):
            self.claims[number] = Claim(as_person(plain_stem(name)), (name,), title)


def _common(folders: Iterable[Parts]) -> int:
    """Return how many folders all paths have in common."""
    rows = list(zip(*folders, strict=False))
    return next((n for n, row in enumerate(rows) if len(set(row)) > 1), len(rows))


def as_person(name: str) -> Person:
    """Return the student whose folder or file is so called."""
    return Person("", id=name) if is_student(name) else Person("", name=name)
