"""Turn results into pages and tables: text from values, nothing is read or written."""

from __future__ import annotations

import csv
import io
import statistics
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer, TextLexer

from grader import tally
from grader.models import CellScore, Ending, Notebook, Result, Status, Template, TemplateCell

if TYPE_CHECKING:
    from grader.grading.student_check import Checked

_TEMPLATES = Path(__file__).parent / "templates"
_PAGES = Environment(
    loader=FileSystemLoader(_TEMPLATES),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_ENDINGS = {
    Ending.TIMED_OUT: "A cell took longer than it may. It lost its own points; the others were graded.",
    Ending.OUT_OF_MEMORY: "A cell asked for more memory than it may have. It lost its own points; the others were graded.",
    Ending.DIED: "A cell ended the Python process. It lost its own points; the others were graded.",
    Ending.UNREADABLE: "The file could not be read, so it has no points yet.",
}
_LONG, _LONG_IN_ALL = 20_000, 200_000
"""Characters of an answer, and of all of a notebook, beyond which they are shown without colours."""
_ORDER = [Status.FAILED, Status.UNANSWERED, Status.WAITING, Status.PARTIAL, Status.PASSED]


@dataclass(frozen=True)
class _Exercise:
    name: str
    scores: tuple[CellScore, ...]
    answer: Markup
    comments: tuple[str, ...]

    @property
    def points(self) -> float:
        return sum(score.points or 0.0 for score in self.scores)

    @property
    def maximum(self) -> float:
        return sum(score.maximum for score in self.scores)

    @property
    def status(self) -> str:
        return min((score.status for score in self.scores), key=_ORDER.index).value


def feedback_page(
    result: Result,
    templates: Sequence[Template],
    notebooks: Mapping[str, Notebook],
    comments: Mapping[tuple[str, str], str] | None = None,
) -> str:
    """Return one submission's page: points, what each test says, and the student's own answers."""
    exercises = []
    for template in templates:
        scores = [score for score in result.cells if score.notebook == template.notebook]
        exercises += _exercises(template, scores, notebooks.get(template.notebook), comments or {})
    known = {template.notebook for template in templates}
    for score in (score for score in result.cells if score.notebook not in known):  # it is no longer in the source
        exercises.append(_Exercise(score.exercise, (score,), Markup(""), ()))
    counts = Counter(exercise.status for exercise in exercises)
    return _PAGES.get_template("feedback.html.j2").render(
        result=result,
        style=_style(),
        exercises=exercises,
        counts=sorted(counts.items()),
        ending=_ENDINGS.get(result.ending, ""),
        late=duration(result.late_seconds),
    )


def _exercises(
    template: Template,
    scores: Sequence[CellScore],
    notebook: Notebook | None,
    comments: Mapping[tuple[str, str], str],
) -> list[_Exercise]:
    """Return the exercises of a notebook with what their cells earned, what was answered and what a person wrote."""
    answers, of = _answers(template, notebook), {cell.id: cell.exercise for cell in template.cells}
    marks: dict[str, list[CellScore]] = {}
    for score in scores:
        marks.setdefault(of.get(score.cell, score.exercise), []).append(score)
    written: dict[str, list[str]] = {}
    for (where, grade_id), comment in comments.items():
        if where == template.notebook and comment:
            written.setdefault(of.get(grade_id, grade_id), []).append(comment)
    return [
        _Exercise(name, tuple(marks[name]), answers.get(name, Markup("")), tuple(written.get(name, ())))
        for name in marks
    ]


def _answers(template: Template, notebook: Notebook | None) -> dict[str, Markup]:
    """Return what the student wrote for each exercise, as HTML; nothing of the tests.

    To a task the answer is what stands below it: cells of the student's own, up to the next of the assignment.
    """
    known = {cell.id: cell for cell in template.cells if cell.managed}
    given = {cell.released.strip() for cell in template.cells if not cell.managed}
    written: dict[str, Markup] = {}
    task: TemplateCell | None = None
    room = _LONG_IN_ALL
    for cell in (notebook or {"cells": []})["cells"]:
        source = "".join(cell["source"])  # nbgrader's files hold lists of lines
        one = known.get(cell.get("metadata", {}).get("nbgrader", {}).get("grade_id"))
        if one is not None:
            task = one if one.task else None
        answered = one if one is not None and one.solution else task if one is None else None
        if answered and source.strip() and (answered.solution or source.strip() not in given):
            room -= len(source)
            html = _highlighted(source, cell["cell_type"] == "code", plain=len(source) > _LONG or room < 0)
            written[answered.exercise] = written.get(answered.exercise, Markup("")) + html
    return written


def _highlighted(source: str, code: bool, *, plain: bool) -> Markup:
    if plain:  # nobody reads so much, and to find its parts takes seconds
        return Markup("<pre>{}</pre>").format(source)
    lexer = PythonLexer() if code else TextLexer()
    return Markup(highlight(source, lexer, HtmlFormatter(noclasses=True, nobackground=True)))


def progress_page(done: Sequence[Checked]) -> str:
    """Return a student's own page: points so far in each notebook, what is open, what to do next."""
    rows = [
        {
            "name": one.name,
            "earned": sum(one.earned.values()),
            "seen": sum(seen for seen, _ in one.points.values()),
            "hidden": sum(hidden for _, hidden in one.points.values()),
            "exercises": [(name, one.said.get(name, "open"), one.points[name]) for name in one.points],
            "next": tally.next_step(one.points, one.said).removeprefix("Next: "),
        }
        for one in done
    ]
    return _PAGES.get_template("progress.html.j2").render(style=_style(), rows=rows)


def class_page(results: Sequence[Result], title: str) -> str:
    """Return the instructor's page: who stands where, how each exercise went, and what wants a person's eyes."""
    names = list(dict.fromkeys(sorted(result.assignment for result in results)))
    place = {(result.student, result.assignment): result for result in results}
    students = []
    for student in sorted({result.student for result in results}):
        row = [place.get((student, name)) for name in names]
        shares = [_share(result) for result in row if result]
        students.append({"name": student, "results": row, "share": statistics.mean(shares)})
    return _PAGES.get_template("class.html.j2").render(
        title=title,
        style=_style(),
        results=results,
        students=students,
        share=_share,
        mean=statistics.mean(map(_share, results)) if results else 0.0,
        waiting=[result for result in results if result.waiting],
        trouble=[result for result in results if result.ending is not Ending.FINISHED],
        repaired=[result for result in results if result.findings and result.ending is Ending.FINISHED],
        late=sum(1 for result in results if result.late_seconds),
        assignments=[_summary(name, [result for result in results if result.assignment == name]) for name in names],
    )


def _summary(name: str, results: Sequence[Result]) -> dict[str, Any]:
    counts = Counter(min(int(10 * _share(result)), 9) for result in results)
    most = max(counts.values())
    bins = [{"count": counts[k], "height": counts[k] / most, "label": f"{10 * k}–{10 * k + 10}"} for k in range(10)]
    told = ", ".join(f"{counts[k]} between {10 * k} and {10 * k + 10}" for k in range(10) if counts[k])
    exercises = dict.fromkeys(score.exercise for result in results for score in result.cells)
    return {
        "name": name,
        "count": len(results),
        "maximum": max(result.maximum for result in results),
        "median": statistics.median(result.points for result in results),
        "bins": bins,
        "alt": f"Histogram of the share of points in {name}, in percent: {told}.",
        "exercises": [_exercise_row(exercise, results) for exercise in exercises],
        "beside": sorted({score.cell for result in results for score in result.cells if score.beside}),
    }


def _exercise_row(exercise: str, results: Sequence[Result]) -> dict[str, Any]:
    rows = [[score for score in result.cells if score.exercise == exercise] for result in results]
    rows = [row for row in rows if row]
    shares = [sum(s.points or 0.0 for s in row) / (sum(s.maximum for s in row) or 1.0) for row in rows]
    messages = Counter(
        (score.detail or score.message).splitlines()[0]
        for row in rows
        for score in row
        if score.status is Status.FAILED and (score.detail or score.message).strip()
    )
    worst, times = messages.most_common(1)[0] if messages else ("", 0)
    full = sum(share >= 1 for share in shares)
    return {
        "name": exercise,
        "share": statistics.mean(shares),
        "full": full,
        "count": len(rows),
        "worst": worst,
        "times": times,
    }


def _share(result: Result) -> float:
    return result.points / result.maximum if result.maximum else 0.0


def duration(seconds: float) -> str:
    """Return a length of time in the two units that matter.

    >>> duration(93784)
    '1 d 2 h'
    """
    left, parts = int(seconds), []
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min"), (1, "s")):
        if left >= size:
            parts.append(f"{left // size} {unit}")
            left %= size
    return " ".join(parts[:2]) or ("0 s" if not seconds else "less than 1 s")


def as_csv(results: Iterable[Result], per: str = "submission") -> str:
    """Return one line a submission, exercise or cell, every field quoted and none that a spreadsheet would run."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
    heads, rows = _TABLES[per]
    writer.writerow(heads)
    writer.writerows([without_formula(field) for field in row] for result in results for row in rows(result))
    return out.getvalue()


def _submission_row(result: Result) -> Iterator[tuple[str, ...]]:
    waits, late = "yes" if result.waiting else "no", f"{result.late_seconds:.6f}".rstrip("0").rstrip(".")
    numbers = f"{result.points:g}", f"{result.maximum:g}"
    yield result.student, result.assignment, *numbers, waits, result.ending.value, late


def _exercise_rows(result: Result) -> Iterator[tuple[str, ...]]:
    parts: dict[tuple[str, str], list[CellScore]] = {}
    for score in result.cells:
        parts.setdefault((score.notebook, score.exercise), []).append(score)
    for (notebook, name), scores in parts.items():
        one = _Exercise(name, tuple(scores), Markup(""), ())
        numbers = f"{one.points:g}", f"{one.maximum:g}"
        yield result.student, result.assignment, notebook, name, *numbers, one.status


def _cell_rows(result: Result) -> Iterator[tuple[str, ...]]:
    for score in result.cells:
        where = score.notebook, score.exercise, score.cell
        numbers = f"{score.points or 0.0:g}", f"{score.maximum:g}"
        yield result.student, result.assignment, *where, *numbers, score.status.value


_TABLES: dict[str, tuple[list[str], Callable[[Result], Iterator[tuple[str, ...]]]]] = {
    "submission": (
        ["student", "assignment", "points", "maximum", "waiting", "ending", "late_seconds"],
        _submission_row,
    ),
    "exercise": (["student", "assignment", "notebook", "exercise", "points", "maximum", "status"], _exercise_rows),
    "cell": (["student", "assignment", "notebook", "exercise", "cell", "points", "maximum", "status"], _cell_rows),
}
PER = tuple(_TABLES)
"""What a line of the table of marks may stand for."""


def without_formula(text: str) -> str:
    """Return text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def as_json(results: Iterable[Result]) -> list[dict[str, Any]]:
    """Return results as the list of plain values that `grader results --json` prints."""
    return [
        {
            "student": result.student,
            "assignment": result.assignment,
            "points": result.points,
            "maximum": result.maximum,
            "ending": result.ending.value,
            "waiting": result.waiting,
            "late_seconds": result.late_seconds,
            "late_penalty": result.late_penalty,
            "cells": [
                {
                    "cell": score.cell,
                    "notebook": score.notebook,
                    "exercise": score.exercise,
                    "points": score.points or 0.0,
                    "maximum": score.maximum,
                    "status": score.status.value,
                    "message": score.message,
                    "beside": score.beside,
                }
                for score in result.cells
            ],
            "findings": [
                {"where": finding.where, "what": finding.what, "fix": finding.fix} for finding in result.findings
            ],
        }
        for result in results
    ]


def _style() -> Markup:
    return Markup((_TEMPLATES / "style.css").read_text("utf-8"))
