"""The values that cross every boundary of the package, and the one error that a person must act on."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from grader.preload import USUAL as PRELOAD

Notebook = dict[str, Any]
"""A notebook of format 4 as parsed JSON."""


LOG = "grader.log"
"""The file of a course that holds the tracebacks of the grader's own errors, to be reported."""


Progress = Callable[[str, int], AbstractContextManager[Callable[[], None]]]
"""Shows how far a block is: what is done, how many; gives what takes it one step further."""


class GraderError(Exception):
    """Something that the caller must fix: what is wrong, where, and how to go on."""

    def __init__(self, problem: str, where: str, fix: str) -> None:
        self.problem, self.where, self.fix = problem, where, fix
        super().__init__(f"{where}: {problem}\n  fix: {fix}")


def printable(text: Any) -> str:
    """Return text without what would steer a terminal, turn the direction of writing, or not go into a file."""
    return "".join(
        c if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf", "Cs") else "\ufffd" for c in str(text)[:4000]
    )


class Status(StrEnum):
    """What became of one graded cell."""

    PASSED = "passed"
    PARTIAL = "partial"
    FAILED = "failed"
    UNANSWERED = "unanswered"
    WAITING = "waiting"
    """A person must mark it."""


class Ending(StrEnum):
    """How the run of one submission ended; of several events, the one that weighs most."""

    FINISHED = "finished"
    TIMED_OUT = "timed_out"
    OUT_OF_MEMORY = "out_of_memory"
    DIED = "died"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one submission may use."""

    cell_seconds: float = 30.0
    """Wall time of one cell."""
    notebook_seconds: float = 600.0
    """Wall time of one notebook; cells that it does not reach fail."""
    memory_mb: int = 4096
    """Data memory of the kernel, in MiB."""
    output_characters: int = 20_000
    """What is kept of the text that one cell prints."""
    file_mb: int = 256
    """Size of one file that the notebook writes, in MiB."""
    folder_mb: int = 1024
    """Size of all that it writes, in MiB."""
    cells: int = 1_000
    """Cells of a student's own that are run beside those of the assignment."""
    confined: bool = True
    """Whether the kernel is confined to its own folder and to computing."""
    judge: bool = True
    """Whether tests run apart from the student's code, in a process of their own."""
    fallback: bool = True
    """Whether a test that cannot run apart runs beside the answers; else a person marks it."""
    readable: tuple[str, ...] = ()
    """Folders and files outside that a confined kernel may read."""


@dataclass(frozen=True, slots=True)
class Course:
    """A folder that holds `source/`, and its settings."""

    root: Path
    name: str = "default_course"
    gradebook: str = ""
    """Database address, as SQLAlchemy writes it."""
    limits: Limits = Limits()
    due: Mapping[str, datetime] = field(default_factory=dict)
    """When an assignment was due, with its time zone."""
    hints: bool = False
    """Whether `verify` asks each test for a hint."""
    preload: tuple[str, ...] = PRELOAD
    """Modules that warm kernels import once, before the first notebook."""
    zone: str = ""
    """The time zone of times that name none, if the course says one; else they are in UTC."""
    stamps: str = ""
    """How nbgrader's exchange writes times, as for `strftime`, if the course says so."""
    pattern: str = ""
    """What `nbgrader zip_collect` reads from a path: a regular expression with a `student_id` and a `file_id`."""
    late_penalty: str = ""
    """What nbgrader does with late work: 'zero' takes all points; any other name is a plugin of the course's own."""
    judge: Mapping[str, bool | str] = field(default_factory=dict)
    """Assignments with a `judge` setting of their own."""
    repository: str = ""
    """Where the course is on the web, for badges in its notebooks."""

    def limits_of(self, assignment: str) -> Limits:
        """Return the limits of one assignment."""
        said = self.judge.get(assignment)
        return self.limits if said is None else replace(self.limits, judge=bool(said), fallback=said != "all")


@dataclass(frozen=True, slots=True)
class TemplateCell:
    """One cell of an assignment as nbgrader releases it."""

    id: str
    """The nbgrader `grade_id`, or for an ordinary cell one that says its place."""
    code: bool
    source: str
    """What is run: hidden tests included, solutions cleared."""
    released: str
    """What the student got."""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    managed: bool = False
    """Whether nbgrader knows the cell: graded, solution, locked or task."""
    solution: bool = False
    grade: bool = False
    task: bool = False
    locked: bool = False
    points: float = 0.0
    exercise: str = ""
    """The name that the solution defines, e.g. `pairwise_distances`; else the id of its solution cell."""
    defines: tuple[str, ...] = ()
    """Of a solution cell: all names that the instructor's solution gives a value to."""
    solved: str = ""
    """Of a solution cell: what the instructor wrote."""
    file_id: str = ""
    """The id that its notebook file gives it, '' where it gives none."""
    attachments: Mapping[str, Any] = field(default_factory=dict)
    """Of a text cell: the pictures pasted into it, as released."""

    @property
    def marked(self) -> bool:
        """Whether the cell earns points."""
        return self.grade or self.task

    @property
    def by_hand(self) -> bool:
        """Whether a person gives its points."""
        return self.task or (self.grade and (self.solution or not self.code))


@dataclass(frozen=True, slots=True)
class StudentCell:
    """One cell of a notebook that a student handed in, as it was read."""

    source: str
    kind: str = "code"
    """`code`, `markdown` or `raw`."""
    id: str | None = None
    """What its notebook file calls it."""
    grade_id: str | None = None
    """What nbgrader calls it, as far as the notebook still says so; so do the next three."""
    roles: frozenset[str] = frozenset()
    """Those of `grade`, `solution`, `locked` and `task` that it has."""
    points: float = 0.0
    checksum: str | None = None
    """nbgrader's digest of it as released."""
    attachments: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Of a text cell: the pictures pasted into it, by name and media type."""


@dataclass(frozen=True, slots=True)
class StudentNotebook:
    """A notebook that a student handed in, as it was read: its cells, and the kernel and language that it names."""

    cells: tuple[StudentCell, ...]
    metadata: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tried:
    """What the instructor's own solution, and no answer at all, have shown of a test cell."""

    beside: str = ""
    """Why it runs in the student's process; '' if it runs apart from it."""
    waits: str = ""
    """Why nobody's points are decided by it; '' if they are."""
    free: float = 0.0
    """Points that it gives to whoever answers nothing."""
    about: tuple[str, ...] = ()
    """The classes of objects of the solution's to which it hands values of its own: it is about such, and their word is
    taken. ("*",) where that is to be found out."""


@dataclass(frozen=True, slots=True)
class Template:
    """One notebook of an assignment, as released and as graded."""

    assignment: str
    notebook: str
    cells: tuple[TemplateCell, ...]
    metadata: Mapping[str, Any] = field(default_factory=dict)
    released: str = ""
    """The file that students get, as text."""
    doubts: tuple[Finding, ...] = ()
    """What was seen of its tests when they were made."""
    added: frozenset[str] = frozenset()
    """Ids of the cells that are not in `release/` yet."""
    solved: str = ""
    """The instructor's file, as text."""
    tried: Mapping[str, Tried] = field(default_factory=dict)
    """What is known of its test cells, by their ids; of the others it is that they run apart, and decide."""

    @property
    def maximum(self) -> float:
        return sum(cell.points for cell in self.cells if cell.marked)

    def runs_beside(self, grade_id: str) -> bool:
        """Tell whether a test cell runs in the student's process."""
        return grade_id in self.tried and bool(self.tried[grade_id].beside)

    @property
    def tests(self) -> tuple[TemplateCell, ...]:
        """The cells of code that decide points, or could."""
        return tuple(cell for cell in self.cells if cell.code and cell.grade and not cell.solution)

    @property
    def shared(self) -> tuple[str, ...]:
        """The code that students got, and most submissions hold; no hidden test, which none of their processes may hold."""
        return tuple(cell.released for cell in self.cells if cell.code)


@dataclass(frozen=True, slots=True)
class Assignment:
    """All notebooks of one assignment, and the files beside them."""

    name: str
    templates: tuple[Template, ...]
    files: Mapping[str, bytes] = field(default_factory=dict)
    preload: tuple[str, ...] = PRELOAD
    """Modules that warm kernels import before its notebooks."""
    withheld: Mapping[str, str] = field(default_factory=dict)
    """Of the files beside them those that students do not get, and why."""
    theirs: frozenset[str] = frozenset()
    """Of the files beside them those of which a student's own stands, if there is one."""

    @property
    def maximum(self) -> float:
        return sum(template.maximum for template in self.templates)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that a person should know: where, what, and what to do; each on one line, and printable."""

    where: str
    what: str
    fix: str = ""
    note: bool = False
    """Whether it may stay as it is."""

    def __post_init__(self) -> None:
        for name in ("where", "what", "fix"):
            object.__setattr__(self, name, printable(getattr(self, name)).replace("\n", " "))


@dataclass(frozen=True, slots=True)
class Submission:
    """What one student handed in for one assignment, unread and untrusted."""

    student: str
    assignment: str
    notebooks: Mapping[str, bytes]
    """Notebook name, without `.ipynb`, to the file's bytes."""
    files: Mapping[str, bytes] = field(default_factory=dict)
    handed_in: datetime | None = None
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class CellPlan:
    """Who runs which cell of a notebook where tests run apart from the answers. Cells are named by their indices."""

    tests: Mapping[int, Mapping[str, int]] = field(default_factory=dict)
    """The test cells, each with the names in it that stand for what the student's process holds, and with the index
    of the last other cell that may have given the name its value (-1: none that is known)."""
    also_in_student: Mapping[int, str] = field(default_factory=dict)
    """What of a test cell runs beside the answers as well, since later cells may use what it binds."""
    in_both: Mapping[int, str] = field(default_factory=dict)
    """The instructor's other cells, which run in both processes, and what of each runs in the judge: what needs no answer."""
    alone: Mapping[int, str] = field(default_factory=dict)
    """Ordinary cells of the instructor's that the student changed or removed: what of each the judge runs, alone."""
    mute: frozenset[int] = frozenset()
    """Test cells of which the student may see no output but the verdict."""
    libraries: Mapping[str, str] = field(default_factory=dict)
    """Names that the instructor's solution imports, and what each stands for: `np` for `numpy`."""
    given: tuple[str, ...] = ()
    """Names that the instructor's other cells give a value to in the judge, too; their classes are known to both sides."""
    watched: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    """Names that a test cell binds and answers may use: what they stand for goes along with its calls."""
    about: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    """Test cells that are about objects which stay in the student's process, with the names of their classes: the word
    of such objects on what a test hands to them is taken there, and nowhere else."""
    precompile: tuple[str, ...] = ()
    """Cells that many students' processes run."""
    precompile_for_judge: tuple[str, ...] = ()
    files: Mapping[str, bytes] = field(default_factory=dict)
    """What lies beside the judge: the instructor's files, and none of a student's."""


@dataclass(frozen=True, slots=True)
class Job:
    """A notebook to run, and all that its run depends on."""

    notebook: Notebook
    limits: Limits
    files: Mapping[str, bytes] = field(default_factory=dict)
    """What lies in the folder in which it runs."""
    preload: Sequence[str] = PRELOAD
    """Modules that are imported before the first notebook."""
    plan: CellPlan = CellPlan()
    """Which cells run where."""


@dataclass(frozen=True, slots=True)
class Executed:
    """A notebook after its run."""

    notebook: Notebook
    ending: Ending
    needed: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    """Test cells, by their indices, that handed values of their own to objects of the student's, with their classes."""


@dataclass(frozen=True, slots=True)
class CellScore:
    """Points earned by one graded cell of one student."""

    cell: str
    exercise: str
    points: float | None
    """None while a person has to mark it."""
    maximum: float
    status: Status
    message: str = ""
    """What the student reads. Never a traceback of ours."""
    notebook: str = ""
    beside: bool = False
    """Whether the test ran in the student's process, where an answer could have tampered with it."""
    detail: str = ""
    """What an instructor reads of a hidden test that fails, in one line."""


@dataclass(frozen=True, slots=True)
class Result:
    """The grade of one submission."""

    student: str
    assignment: str
    ending: Ending
    cells: tuple[CellScore, ...]
    findings: tuple[Finding, ...] = ()
    late_seconds: float = 0.0
    notebooks: Mapping[str, Notebook] = field(default_factory=dict)
    """The notebooks as they were run."""
    handed_in: datetime | None = None
    late_penalty: float = 0.0
    """What the course takes off for lateness."""
    needed: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    """By notebook and test cell: the classes of objects of the answers' to which the cell handed values of its own."""

    @property
    def points(self) -> float:
        """All that its cells earned, without what lateness costs."""
        return max(0.0, sum(score.points or 0.0 for score in self.cells) - self.late_penalty)

    @property
    def maximum(self) -> float:
        return sum(score.maximum for score in self.cells)

    @property
    def waiting(self) -> bool:
        return any(score.status is Status.WAITING for score in self.cells)
