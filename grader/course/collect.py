"""Sort what was handed in, a folder or a platform's archive, into `submitted/STUDENT/ASSIGNMENT/`. Distrusts both."""

from __future__ import annotations

import errno
import re
import shutil
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from grader.course import contents
from grader.course.archives import DAMAGED, Entry, opened
from grader.course.filenames import is_notebook, named, parted, spelling
from grader.course.files import files_in
from grader.course.layouts import not_submitted, read_folders
from grader.course.platforms import Claim, Known, Marks, Parts, Person, claims, find_marks, read_submitters
from grader.course.roster import FILE, read_roster, write_roster
from grader.course.settings import LARGEST_FILE, LARGEST_SUBMISSION, MOST_FILES, TOO_LARGE, assignment_names
from grader.course.submissions import LATE, STAMP, folders_above, lift
from grader.locks import locked
from grader.models import Course, Finding, GraderError
from grader.times import parse_time, stamp

REPLACED, INCOMING = ".replaced", ".incoming"
"""In `submitted/`: earlier hand-ins, and those that are being written."""
_OWN = {"Brightspace": {"index.html"}, "Sakai": {"grades.csv", "grades.xls", "grades.xlsx"}}
"""Files that platforms add to their archives."""
_TABLE = "submission_metadata.yml"
_LONGEST_NAME, _LONGEST_PATH, _DEEPEST = 255, 2048, 64
"""Bytes of a file's name and of its path, and folders above it."""
_NOT_BELIEVED = f"a {STAMP} of the student's own, so it was left out"
_TOO_LONG = "its name is longer than a file system takes, so it was left out"
_NAMES = (errno.ENAMETOOLONG, errno.EILSEQ, errno.EINVAL)
"""What a file system says of a name that it cannot hold."""


@dataclass(frozen=True)
class Collected:
    """What one `collect` did."""

    submissions: tuple[tuple[str, str], ...]
    findings: tuple[Finding, ...]
    notes: tuple[str, ...] = ()
    """What may stay as it is."""


@dataclass
class _HandIn:
    """One attempt of one student at one assignment."""

    files: dict[str, Entry] = field(default_factory=dict)
    moment: datetime | None = None
    said: str = ""
    """A stamp that came along, as it stands."""
    late: str = ""
    """The platform that calls it late."""
    canvas: bool = False
    findings: list[Finding] = field(default_factory=list)


_Found = list[tuple[Entry, Claim]]


def collect(course: Course, path: Path, assignment: str | None = None, *, among: Sequence[str] = ()) -> Collected:
    """Copy each submission found under `path` into `submitted/`, and say what could not be placed.

    Known are the archives of Moodle, Canvas, Blackboard, Brightspace, Gradescope, Sakai and Teams, nbgrader's exchange,
    and folders and files named by student and assignment. `assignment` names the assignment where nothing else does.
    An earlier submission that differs is kept under `submitted/.replaced/`, and who is behind an id that was made of a
    name in `collected.csv`. Of a folder only the names `among` are taken, if any is given. Raises GraderError for a path that holds no files, and where nothing can be written.
    """
    assignment_names(course, [assignment] if assignment else ())
    if not path.exists():
        raise GraderError("no such file or folder", str(path), "name the folder or .zip that your platform gave you")
    try:
        (course.root / "submitted").mkdir(exist_ok=True)
        with locked(course.root / "submitted"), opened(path, among) as offer:
            return _Collector(course, assignment, offer.findings).take(offer.entries)
    except OSError as error:
        fix = "make room, or let it be written, and collect again: what is there stays"
        raise GraderError(f"cannot be written ({error.strerror or error})", "submitted/", fix) from None


class _Collector:
    """Sorts the files of one folder or archive."""

    def __init__(self, course: Course, only: str | None, findings: list[Finding]) -> None:
        self.course, self.only, self.findings = course, only, findings
        every = assignment_names(course)
        self.notebooks = {
            name: sorted(p.stem for p in (course.root / "source" / name).glob("*.ipynb")) for name in every
        }
        by_name: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for name, books in self.notebooks.items():
            for book in books:
                by_name[spelling(book)].append((name, book))
        folders: dict[str, list[str]] = defaultdict(list)
        for name in every:
            folders[spelling(name)].append(name)
        self.known = Known(by_name, folders, course.zone, course.stamps, course.pattern)
        self.roster = read_roster(course.root)
        self.notes: list[str] = []
        self.drafts = self.others = 0
        """How many files are no hand-ins: a platform's drafts, and what a course holds beside `submitted/`."""

    def take(self, entries: Sequence[Entry]) -> Collected:
        found = self._claimed([entry for entry in entries if self._fits(entry)])
        hand_ins = self._sorted(found)
        self._tell_zone(found, {name for _, name in hand_ins})
        for name in sorted(self.roster.namesakes):
            what = f"several students are called {name}, and nothing tells them apart from one assignment to the next"
            self._say(FILE, what, f"give the lines of each the same id in {FILE}, and collect again")
        write_roster(self.course.root, self.roster)
        incoming = self.course.root / "submitted" / INCOMING
        shutil.rmtree(incoming, ignore_errors=True)
        taken = []
        try:
            for (student, name), attempts in sorted(hand_ins.items()):
                if self._store(student, name, attempts):
                    taken.append((student, name))
        finally:
            shutil.rmtree(incoming, ignore_errors=True)
        return Collected(tuple(taken), tuple(self.findings), tuple(self._notes()))

    def _say(self, where: str, what: str, fix: str = "") -> None:
        self.findings.append(Finding(where[:200], what, fix))

    def _fits(self, entry: Entry) -> bool:
        """Tell whether a file may be taken at all, and say why if not."""
        path = entry.path
        if path.is_absolute() or ".." in path.parts or "\0" in str(path):
            self._say(str(path), "its path points outside the archive, so it was left out", "ask for a new file")
        elif entry.size > LARGEST_FILE:
            what = f"larger than {LARGEST_FILE // 2**20} MiB, so it was left out"
            self._say(str(path), what, "ask for a smaller file")
        elif len(path.parts) > _DEEPEST or len(str(path).encode("utf-8", "replace")) > _LONGEST_PATH:
            self._say(str(path), _TOO_LONG, "rename it")
        else:
            return bool(path.parts)
        return False

    def _claimed(self, entries: Sequence[Entry]) -> _Found:
        """Return the files with what is claimed of each."""
        left = not_submitted([entry.path.parts for entry in entries])
        self.others = len(left)
        entries = [entry for number, entry in enumerate(entries) if number not in left]
        paths: list[Parts] = [entry.path.parts for entry in entries]
        marks = replace(find_marks(paths, self.known), gradescope=self._submitters(entries))
        found: _Found = []
        others = []
        for entry, parts in zip(entries, paths, strict=True):
            said = claims(parts, self.known, marks)
            found += [(entry, claim) for claim in said]
            if not said:
                others.append(entry)
        platforms = {claim.person.platform for _, claim in found}
        others = [entry for entry in others if not self._platforms_own(entry, platforms, marks)]
        self.drafts = sum(claim.ours and claim.person.platform == "Teams" for _, claim in found)
        found += self._in_folders([entry for entry in others if not self._whose_is_lost(entry)])
        return self._with_receipts(found)

    def _submitters(self, entries: Sequence[Entry]) -> dict[Parts, dict[str, tuple[list[Person], datetime | None]]]:
        """Return what Gradescope's tables say, by the folders that they lie in."""
        offered = [entry for entry in entries if entry.path.name == _TABLE]
        depth = min((len(entry.path.parts) - 1 for entry in offered), default=0)
        at = {entry.path.parts[:-1]: entry for entry in offered if len(entry.path.parts) == depth + 1}
        roots = {entry.path.parts[:depth] for entry in entries if len(entry.path.parts) > depth}
        if not at or roots != at.keys():  # a student's own, among others' work
            return {}
        import yaml  # slow to import, and rarely needed

        tables: dict[Parts, dict[str, tuple[list[Person], datetime | None]]] = {}
        for folder, entry in at.items():
            try:  # as text: numbers keep their zeros, and Ruby's objects are no error
                table = yaml.load(entry.read(), Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader))
                tables[folder] = read_submitters(table, self.course.zone)
            except (yaml.YAMLError, RecursionError, *DAMAGED) as error:
                self._say(str(entry.path), f"cannot be read ({' '.join(str(error).split())[:100]})", "export it again")
        return tables

    def _platforms_own(self, entry: Entry, platforms: set[str], marks: Marks) -> bool:
        """Tell whether a platform, and no student, wrote a file that nobody claims."""
        name = entry.path.name.lower()
        if name == _TABLE and entry.path.parts[:-1] in marks.gradescope:
            return True
        return any(name in _OWN.get(platform, ()) for platform in platforms) and len(entry.path.parts) <= 3

    def _whose_is_lost(self, entry: Entry) -> bool:
        """Tell whether a file is of a Gradescope export of which the table is missing, and say so."""
        folder = next((part for part in entry.path.parts[:-1] if re.fullmatch(r"submission_\d+", part)), "")
        if folder:
            what = f"Gradescope's {_TABLE}, which says whose it is, is not beside {folder}"
            self._say(str(entry.path), what, "collect the export as Gradescope gave it")
        return bool(folder)

    def _in_folders(self, entries: Sequence[Entry]) -> _Found:
        """Return what folders tell of the files that no platform's name is on; say of the others that nothing does."""
        students = frozenset(p.name for p in (self.course.root / "submitted").iterdir() if not p.name.startswith("."))
        paths, inner = [entry.path.parts for entry in entries], [entry.inner for entry in entries]
        told = read_folders(paths, inner, self.known, students, lambda n: bool(self._by_cells(entries[n])))
        said = {one.where for one in self.findings}
        for number, entry in enumerate(entries):
            if why := told.unclear.get(number):
                self._say(str(entry.path), f"{why}, so it was not taken", "name the folders STUDENT/ASSIGNMENT")
            elif number not in told.claims and str(entry.path)[:200] not in said:
                what = "not a notebook of this course, or no student's id in its path"
                self._say(str(entry.path), what, "place it by hand")
        return [(entries[number], claim) for number, claim in told.claims.items()]

    def _with_receipts(self, found: _Found) -> _Found:
        """Let Blackboard's receipts tell the user's name where it could be read in several ways: `HW_1_a_b`."""
        lefts: dict[tuple[Path, str, str], set[str]] = defaultdict(set)
        told: dict[str, str] = {}
        called: dict[str, str] = {}
        for entry, claim in found:
            if claim.person.platform == "Blackboard":
                if not claim.ours:
                    lefts[Path(entry.path).parent, claim.person.id, claim.file[-1]].add(claim.person.name)
                name, user = _receipt(entry) if claim.ours else ("", "")
                if user and claim.person.name.endswith(f"_{user}"):
                    told[claim.person.name], called[claim.person.name] = user, name
        for alike in lefts.values():
            title = _shared(min(alike), max(alike)).rpartition("_")[0]
            if len(alike) > 1 and title:  # `a_b` and `c_b`, who would both be `b`
                told = {left: left[len(title) + 1 :] for left in alike} | told
        made: _Found = []
        for entry, claim in found:
            if (left := claim.person.name) and claim.person.platform == "Blackboard":
                user = told.get(left) or claim.person.id
                person = Person("Blackboard", id=user, name=called.get(left, ""))
                claim = replace(claim, person=person, title=left.removesuffix(f"_{user}"))
            made.append((entry, claim))
        return made

    def _by_cells(self, entry: Entry, among: Sequence[contents.Place] = ()) -> list[contents.Place]:
        """Return the notebooks of the course whose cells a file holds."""
        names = {name for name, _ in among} or ({self.only} if self.only else set(self.notebooks))
        known = contents.known_marks(self.course, sorted(names))
        try:
            mine = contents.marks(entry.read())
        except DAMAGED:  # it is told when it is unpacked
            return []
        return contents.likeliest(mine, {place: of for place, of in known.items() if not among or place in among})

    def _sorted(self, found: _Found) -> dict[tuple[str, str], dict[str, _HandIn]]:
        """Return the hand-ins by student and assignment, and by what orders the attempts."""
        of: dict[Person, _Found] = defaultdict(list)
        for entry, claim in found:
            of[claim.person].append((entry, claim))
        parts = {person: self._by_assignment(files) for person, files in of.items()}
        names = Counter((person.platform, person.name, name) for person, by in parts.items() for name in by)
        for person in of:
            if person.id:
                self.roster.reserve(person.id)
        hand_ins: dict[tuple[str, str], dict[str, _HandIn]] = defaultdict(dict)
        for person, by in parts.items():
            for name, mine in by.items():
                student = self.roster.id_of(person, name, names[person.platform, person.name, name] - 1)
                if not student:
                    self._say(str(mine[0][0].path), f"no id can be made of {person.name!r}", "rename its folder")
                    continue
                for entry, claim in mine:
                    attempt = hand_ins[student, name].setdefault(claim.attempt, _HandIn())
                    self._put(attempt, f"{student}, {name}", entry, claim)
        return hand_ins

    def _by_assignment(self, files: _Found) -> dict[str, _Found]:
        """Return one student's files by assignment; those beside a notebook go with it."""
        mine: dict[str, _Found] = defaultdict(list)
        beside: _Found = []
        undecided: list[tuple[Entry, Claim, Sequence[str]]] = []
        for entry, claim in files:
            name, several = self._assignment_of(entry, claim)
            if name:
                mine[name].append((entry, claim))
            elif several:
                undecided.append((entry, claim, several))
            elif not claim.ours:
                beside.append((entry, claim))
        sure = set(mine)
        for entry, claim, several in undecided:
            if len(told := sure & set(several)) == 1:  # of the assignment that is handed in with it
                mine[told.pop()].append((entry, claim))
                continue
            what = f"may be a notebook of {' or '.join(several) if len(several) < 5 else 'several assignments'}"
            self._say(str(entry.path), what, "name the assignment with --assignment, or place it by hand")
        for found in mine.values():
            found += beside
        if not mine and beside and not undecided:
            first, more = str(beside[0][0].path), len(beside) - 1
            what = "no notebook of this course is among what this student handed in"
            self._say(first, what + (f", this and {more} other files" if more else ""), "place it by hand")
        return mine

    def _assignment_of(self, entry: Entry, claim: Claim) -> tuple[str, Sequence[str]]:
        """Return the assignment that a file is of, else those it may be of; neither where nothing tells one."""
        if claim.ours:
            return "", ()
        if self.only:
            return self.only, ()
        titled = self.known.assignments.get(spelling(claim.title), ()) if claim.title else ()
        if len(titled) > 1:
            titled = [name for name in titled if name == claim.title]
        name = claim.file[-1]
        if len(titled) == 1 and not claim.person.platform:  # a folder, not a heading
            return titled[0], ()
        if not is_notebook(name) and not (named(name, self.known.notebooks) and self._by_cells(entry)):
            return "", ()
        places = named(name, self.known.notebooks) or (parted(name, self.known.notebooks) or ("", ()))[1]
        if len({one for one, _ in places}) != 1:
            places = self._by_cells(entry, places) or places
        elif claim.person.platform == "Canvas" and (first := named(_again(name), self.known.notebooks)) != places:
            places = self._by_cells(entry, [*places, *first]) or places
        elif spelling(name.removesuffix(".ipynb")) not in self.known.notebooks:
            cells = self._by_cells(entry)  # `hw1 (1)` is a guess, and cells are none
            places = cells if cells and not {one for one, _ in cells} & {one for one, _ in places} else places
        several = sorted({one for one, _ in places})
        if len(several) != 1 and len(titled) == 1 and (not several or titled[0] in several):
            several = [titled[0]]
        return (several[0], ()) if len(several) == 1 else ("", several)

    def _put(self, attempt: _HandIn, where: str, entry: Entry, claim: Claim) -> None:
        """Add a file to an attempt; of two for one place both are kept."""
        attempt.moment = claim.moment or attempt.moment
        if claim.late:
            attempt.late = claim.person.platform
        attempt.canvas = claim.person.platform == "Canvas"
        name = "/".join(claim.file)
        if claim.ours:
            return
        if name == STAMP and claim.trusted:
            attempt.said = _text_of(entry) if not claim.moment else ""
        elif name == STAMP:
            attempt.findings.append(
                Finding(str(entry.path)[:200], _NOT_BELIEVED, "write the time into it by hand, if it is right")
            )
        elif name not in attempt.files:
            attempt.files[name] = entry
        elif not _same(attempt.files[name], entry):
            stem, dot, suffix = name.rpartition(".") if "." in claim.file[-1] else (name, "", "")
            copies = (f"{stem} ({number}){dot}{suffix}" for number in range(2, MOST_FILES + 3))
            free = next((copy for copy in copies if copy not in attempt.files), name)
            attempt.files[free] = entry
            what = f"a second {name}, so it was taken as {free}"
            attempt.findings.append(Finding(f"{where}: {entry.path}"[:200], what, "see which of them counts"))

    def _tell_zone(self, found: _Found, names: set[str]) -> None:
        """Say that times without a zone were read as UTC: a finding where the course says when something is due."""
        local = {claim.person.platform for _, claim in found if claim.moment} & {"Blackboard", "Brightspace"}
        if local and not self.course.zone:
            what = f"the times in the names that {local.pop()} gives are in no zone, and were read as UTC"
            if names & set(self.course.due):
                fix = 'say which it is in pyproject.toml: timezone = "Europe/Berlin"; collect again'
                self._say("timezone", what, fix)
            else:
                self.notes.append(what)

    def _notes(self) -> Iterator[str]:
        yield from self.notes
        if self.roster.recognised:
            count = len(self.roster.recognised)
            yield f"known by their names alone, as the platform numbers them anew: {count}; {FILE} lists them"
        if self.drafts:
            yield f"left out, as they are drafts: {self.drafts} working files"
        if self.others:
            yield f"left out, as they lie beside a submitted/ in source/, release/, autograded/ or feedback/: {self.others} files"

    def _store(self, student: str, name: str, attempts: Mapping[str, _HandIn]) -> bool:
        """Write a student's attempts at an assignment, the last to its place; tell whether there is one."""
        where, written = f"{student}, {name}", []
        for _, attempt in sorted(attempts.items()):
            self.findings += attempt.findings
            data = dict(self._data(where, attempt, self.notebooks[name]))
            if set(data) - {STAMP, LATE}:
                written.append(data)
        if not written and any(attempt.moment or attempt.said for attempt in attempts.values()):
            self._say(where, "nothing but the time of a hand-in", "place it by hand")
        folder = self.course.root / "submitted" / student / name
        earlier = self.course.root / "submitted" / REPLACED / student / name
        written.sort(key=lambda data: any(map(is_notebook, data)))  # an attempt without a notebook cannot be graded
        if len(written) > 1:
            last = "last with a notebook" if not any(map(is_notebook, written[0])) else "last"
            what = f"{len(written)} attempts; the {last} was taken, the others are in {earlier.relative_to(self.course.root)}"
            self._say(where, what, "see which of them counts")
        for data in written[:-1]:
            if not any(_holds(kept, data) for kept in (folder, *_kept(earlier))):
                self._write(data, _next(earlier), where)
        if written and not _holds(folder, written[-1]):
            if (was := self._stamped(folder)) and (now := self._time_of(written[-1].get(STAMP, b""))) and now < was:
                what = (
                    f"replaces what was handed in later ({stamp(was)}), now in {earlier.relative_to(self.course.root)}"
                )
                self._say(where, what, "see which of them counts")
            self._write(written[-1], folder, where, earlier)
        return bool(written)

    def _stamped(self, folder: Path) -> datetime | None:
        """Return when what lies in a folder was handed in, if that is known."""
        place = folder / STAMP
        return self._time_of(place.read_bytes()) if place.is_file() else None

    def _time_of(self, text: bytes) -> datetime | None:
        return parse_time(text.decode("utf-8", "replace"), self.course.zone, self.course.stamps)

    def _data(self, where: str, attempt: _HandIn, notebooks: Sequence[str]) -> Iterator[tuple[str, bytes]]:
        """Yield the name and content of each file, notebooks first, as far as a submission may be large."""
        lifted, findings = lift(attempt.files, notebooks)
        self._tell_copies(where, lifted, notebooks)
        for name in [name for name in lifted if name.partition("/")[0] == STAMP]:
            del lifted[name]
            findings.append(Finding(name, _NOT_BELIEVED, "write the time into it by hand, if it is right"))
        for finding in findings:
            self._say(f"{where}, {finding.where}", finding.what, finding.fix)
        files = self._writable(where, _without_canvas(lifted, notebooks) if attempt.canvas else lifted)
        if len(files) > MOST_FILES:
            what = f"{len(files)} files; only its notebooks were taken"
            self._say(where, what, f"at most {MOST_FILES} files")
            files = dict([item for item in sorted(files.items()) if is_notebook(item[0])][:MOST_FILES])
        room = LARGEST_SUBMISSION
        for name in sorted(files, key=lambda name: (not is_notebook(name), name)):
            try:
                data = files[name].read()
            except DAMAGED as error:  # damaged, or encrypted
                why = " ".join((str(error) or type(error).__name__).split())
                self._say(f"{where}, {name}", f"cannot be unpacked ({why})", "ask for a new file")
                continue
            if len(data) > room:
                self._say(f"{where}, {name}", TOO_LARGE, "ask for smaller files")
                continue
            room -= len(data)
            yield name, data
        if attempt.moment or attempt.said:
            read = attempt.moment or parse_time(attempt.said, self.course.zone)
            digits = attempt.said.strip().isdecimal()  # Sakai's, which nbgrader would not read
            yield (
                STAMP,
                (stamp(read) if read and (attempt.moment or digits) else attempt.said).encode("utf-8", "replace"),
            )
        elif attempt.late:
            yield LATE, f"{attempt.late} calls it late\n".encode()

    def _tell_copies(self, where: str, files: Mapping[str, Entry], notebooks: Sequence[str]) -> None:
        """Say which files of a hand-in may be the same notebook, if they differ."""
        known = {spelling(name): [name] for name in notebooks}
        alike: dict[str, list[str]] = defaultdict(list)
        for name in files:
            for book in named(name.rpartition("/")[2], known)[:1] if is_notebook(name) else ():
                alike[book].append(name)
        for book, several in alike.items():
            if any(not _same(files[several[0]], files[name]) for name in several[1:]):
                what = f"{len(several)} files may be {book}.ipynb: {', '.join(several[:5])}"
                self._say(where, what, "see which of them counts; that of the exact name is graded")

    def _writable(self, where: str, files: Mapping[str, Entry]) -> dict[str, Entry]:
        """Return the files that a file system can hold side by side, and say which it cannot."""
        folders = {above for name in files for above in folders_above(name)}
        clash = folders & files.keys()
        kept = {}
        for name, entry in files.items():
            lengths = [len(part.encode("utf-8", "surrogateescape")) for part in name.split("/")]
            if max(lengths) > _LONGEST_NAME:
                self._say(f"{where}, {name}", _TOO_LONG, "rename it")
            elif (name in clash and not is_notebook(name)) or any(map(is_notebook, clash & folders_above(name))):
                self._say(
                    f"{where}, {name}", "a file and a folder of one name, so it was left out", "rename one of them"
                )
            else:
                kept[name] = entry
        return kept

    def _write(self, data: Mapping[str, bytes], folder: Path, where: str, earlier: Path | None = None) -> None:
        """Put a hand-in in its place, whole or not at all; what lay there is kept with the earlier ones."""
        fresh = self.course.root / "submitted" / INCOMING / "hand-in"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        for name, content in data.items():
            path = fresh / name
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
            except OSError as error:
                if error.errno not in _NAMES:
                    raise
                self._say(f"{where}, {name}", f"cannot be written ({error.strerror})", "rename it")
        folder.parent.mkdir(parents=True, exist_ok=True)
        if earlier and folder.exists():
            place = _next(earlier)
            place.parent.mkdir(parents=True, exist_ok=True)
            folder.rename(place)
        fresh.rename(folder)


def _shared(one: str, other: str) -> str:
    """Return what two names begin with."""
    length = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return one[:length]


def _receipt(entry: Entry) -> tuple[str, str]:
    """Return the name and the user that one of Blackboard's receipts names: `Name: Ada Lovelace (adal)`."""
    name, _, user = _text_of(entry).partition("\n")[0].rpartition("(")
    return name.partition(":")[2].strip(), user.partition(")")[0].strip()


def _text_of(entry: Entry) -> str:
    try:
        return entry.read()[:1000].decode("utf-8-sig", "replace")
    except DAMAGED:
        return ""


def _same(one: Entry, other: Entry) -> bool:
    try:
        return one.size == other.size and one.read() == other.read()
    except DAMAGED:
        return False


def _again(name: str) -> str:
    """Return a name without the `-1` that Canvas adds to what is handed in again."""
    return re.sub(r"-\d{1,9}(?=\.ipynb$)", "", name)


def _without_canvas(files: Mapping[str, Entry], notebooks: Sequence[str]) -> dict[str, Entry]:
    """Return files without the `-1` that Canvas adds to what is handed in again."""
    made = dict(files)
    for name in files:
        stem, _, number = name.removesuffix(".ipynb").rpartition("-")
        plain = f"{stem}.ipynb"
        if number.isdecimal() and name.endswith(".ipynb") and stem in notebooks and plain not in made:
            if not any(other != name and other.startswith(f"{stem}-") for other in files):
                made[plain] = made.pop(name)
    return made


def _holds(folder: Path, data: Mapping[str, bytes]) -> bool:
    """Tell whether exactly this lies in a folder."""
    if not folder.is_dir():
        return False
    there = {path.relative_to(folder).as_posix(): path for path in files_in(folder)}
    if there.keys() != data.keys() or any(path.stat().st_size != len(data[name]) for name, path in there.items()):
        return False
    return all(path.read_bytes() == data[name] for name, path in there.items())


def _kept(earlier: Path) -> list[Path]:
    return sorted(earlier.glob("*")) if earlier.is_dir() else []


def _next(earlier: Path) -> Path:
    """Return the place of one more earlier hand-in."""
    numbers = [int(path.name) for path in _kept(earlier) if path.name.isdecimal()]
    return earlier / str(max(numbers, default=0) + 1)
