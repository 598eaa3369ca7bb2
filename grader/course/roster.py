"""Keep who is behind each id that `collect` made: `collected.csv`, beside `submitted/`, for people to read and correct."""

from __future__ import annotations

import codecs
import csv
import io
import os
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields, replace
from pathlib import Path

from grader.course.filenames import as_student, is_student
from grader.course.platforms import Person
from grader.models import GraderError

FILE = "collected.csv"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NOBODY = frozenset(
    "participant teilnehmer teilnehmer/in teilnehmerin teilnehmende participante partecipante deelnemer deltagare deltager"
    " deltaker osallistuja uczestnik účastník résztvevő katılımcı partaidea συμμετέχων участник учасник 参加者 参与者 參與者"
    " anon".split()
)
"""What platforms call students whose names they hide; a number is all there is of them."""


@dataclass(frozen=True, slots=True)
class Row:
    """One student as one platform writes them; where its number is of one assignment alone, in that assignment."""

    id: str
    name: str
    platform: str
    number: str = ""
    assignment: str = ""


class Roster:
    """Gives ids, the same ones for the same students, in each assignment and each run."""

    def __init__(self, rows: Iterable[Row] = ()) -> None:
        self.rows: dict[Row, None] = {}
        self._numbered: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
        self._called: dict[tuple[str, ...], set[str]] = defaultdict(set)
        """Ids by platform and name, with an assignment, and with a number."""
        self._taken: set[str] = set()
        for row in rows:
            self._add(row)
        self.recognised: set[str] = set()
        """Who was told by a name alone."""
        self.namesakes: set[str] = set()
        """Names of several students, whom nothing tells apart from one assignment to the next."""
        self._several: set[str] = set()

    def _add(self, row: Row) -> None:
        if row not in self.rows:
            self.rows[row] = None
            self._numbered[row.platform, row.number, row.assignment].append(row)
            mine = row.platform, row.name
            for key in (mine, (*mine, "in", row.assignment), (*mine, "number", row.number)):
                self._called[key].add(row.id)
            self.reserve(row.id)

    def reserve(self, student: str) -> None:
        """Keep an id for somebody who needs no row."""
        self._taken.add(student.casefold())

    def id_of(self, person: Person, assignment: str, others: int = 0) -> str:
        """Return the id of a student, '' if there is nothing to make one of.

        `others` is how many of the archive's students bear the same name.
        """
        lasting, name = person.lasting, person.name or person.id
        key = (person.id or person.key) if person.name else person.key
        asked = Row("", name, person.platform, key, "" if lasting else assignment)
        if person.id and is_student(person.id):
            before = self._numbered[person.platform, person.key, ""] if person.key else []  # by address, on Gradescope
            known = (
                before[0].id if before else unicodedata.normalize("NFC", person.id)
            )  # macOS writes `ë` as two letters
        else:
            known = self._same(asked) or (self._of_name(asked, others) if not lasting else "") or self._new(asked)
        if known and (known != name or (person.name and key)):
            self._add(replace(asked, id=known))
        return known

    def _same(self, asked: Row) -> str:
        """Return the id under which exactly this student stands, whatever has become of the name if a number lasts."""
        for row in self._numbered[asked.platform, asked.number, asked.assignment]:
            if row.name == asked.name or (asked.number and not asked.assignment):
                return row.id
        return ""

    def _of_name(self, asked: Row, others: int) -> str:
        """Return the id of the one student of this name in other assignments, in which the number was another."""
        if asked.name.lower() in _NOBODY:
            return ""
        mine = asked.platform, asked.name
        ids, here = self._called[mine], self._called[*mine, "in", asked.assignment]
        if exact := self._called[*mine, "number", asked.number] - here:
            return exact.pop() if len(exact) == 1 else ""
        if len(ids) == 1 and not here and not others:
            self.recognised.add(asked.name)
            return next(iter(ids))
        if ids or others:
            self._several.add(asked.name)
        if len(ids) > len(here):
            self.namesakes.add(asked.name)
        return ""

    def _new(self, asked: Row) -> str:
        bare = asked.platform == "Brightspace" and asked.assignment and asked.name not in self._several
        made = as_student(asked.name, "" if bare else asked.number)
        if made.casefold() in self._taken:
            made = as_student(asked.name, asked.number)
        number = 2
        while made and made.casefold() in self._taken:
            made, number = (
                as_student(asked.name, f"{asked.number}_{number}" if asked.number else str(number)),
                number + 1,
            )
        return made


def read_roster(root: Path) -> Roster:
    """Return the roster of a course. Raises GraderError for a table that is none."""
    path = root / FILE
    if not path.exists():
        return Roster()
    wanted = [field.name for field in fields(Row)]
    try:
        table = _table(path.read_bytes(), len(wanted))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise GraderError(f"cannot be read ({error})", FILE, "save it as CSV in UTF-8, or remove it") from None
    if not table or table[0] != wanted:
        raise GraderError("not the table that collect keeps", FILE, f"its first line is {','.join(wanted)}")
    rows = []
    for number, cells in enumerate(table[1:], 2):
        if any(cells) and len(cells) != len(wanted):
            raise GraderError(f"{len(cells)} cells in line {number}", FILE, f"give it {len(wanted)}")
        if any(cells):
            row = Row(*(_plain(cell) for cell in cells))
            if not is_student(row.id):
                raise GraderError(
                    f"{row.id!r} is no student's id (line {number})", FILE, "use letters, digits and . _ @ + -"
                )
            rows.append(row)
    return Roster(rows)


def _table(data: bytes, width: int) -> list[list[str]]:
    """Return the cells of a table as spreadsheets save it: with `;` or tabs, in UTF-16, with empty cells at the end."""
    text = data.decode("utf-16" if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig")
    head = text.partition("\n")[0]
    delimiter = next((sign for sign in ";\t" if sign in head), ",")
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    return [cells if any(cells[width:]) else cells[:width] for cells in rows]


def write_roster(root: Path, roster: Roster) -> None:
    """Write the roster of a course, whole or not at all; none where there is nothing in it. Raises OSError."""
    if not roster.rows:
        return
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(field.name for field in fields(Row))
    for row in sorted(roster.rows, key=astuple):
        writer.writerow(f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in astuple(row))
    path, fresh = root / FILE, root / f".{FILE}.new"
    data = out.getvalue().encode("utf-8-sig", "replace")
    if path.exists() and path.read_bytes() == data:
        return
    try:
        fresh.write_bytes(data)
        os.replace(fresh, path)
    finally:
        fresh.unlink(missing_ok=True)


def _plain(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell
