"""The pattern of a lesson, as far as a machine can see it: CONTRIBUTING.md, "Write a lesson", says it in words."""

import html
import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

import build

NOTEBOOKS = build.ROOT / "notebooks"
PREDICTIONS = [NOTEBOOKS / "predictions" / f"{path.stem}.toml" for path in sorted(NOTEBOOKS.glob("[0-9]*.ipynb"))]
MOST_CELLS, MOST_WORDS, FEWEST, MOST = 80, 3500, 10, 15
_SHOWN = re.compile(r'pictures\.Predict\("([^"]+)", "([^"]+)"\)\s*$')
_MORE = re.compile(r'<details class="more">.*?</details>', re.S)


def cells_of(lesson: str) -> list[dict[str, Any]]:
    notebook = json.loads((NOTEBOOKS / f"{lesson}.ipynb").read_text("utf-8"))
    return [{**cell, "source": "".join(cell["source"])} for cell in notebook["cells"]]


def entries(path: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tomllib.loads(path.read_text("utf-8"))["prediction"]
    return found


def tags(cell: dict[str, Any]) -> list[str]:
    found: list[str] = cell["metadata"].get("tags", [])
    return found


def in_the_open(text: str) -> str:
    """Return what is left of a markdown cell or a page when nothing is unfolded."""
    return re.sub(r"<details.*?</details>", "", text, flags=re.S)


def shown(lesson: str) -> list[tuple[str, int]]:
    """Return the predictions that a lesson asks for, each with the place of its cell."""
    found = [(_SHOWN.search(cell["source"]), place) for place, cell in enumerate(cells_of(lesson))]
    return [(match[2], place) for match, place in found if match]


each = pytest.mark.parametrize("path", PREDICTIONS, ids=lambda path: path.stem)


@each
def test_a_lesson_can_be_worked_through_in_an_hour(path: Path) -> None:
    cells = cells_of(path.stem)
    texts = [_MORE.sub("", cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
    words = sum(len(re.sub(r"<[^>]+>", " ", text).split()) for text in texts)
    assert len(cells) <= MOST_CELLS and words <= MOST_WORDS, (len(cells), words)


@each
def test_a_lesson_has_one_title(path: Path) -> None:
    texts = [cell["source"] for cell in cells_of(path.stem) if cell["cell_type"] == "markdown"]
    assert [line for text in texts for line in text.splitlines() if line.startswith("# ")] == [texts[0].splitlines()[0]]


@each
def test_a_lesson_asks_for_each_of_its_predictions_once(path: Path) -> None:
    cells, ids = cells_of(path.stem), [entry["id"] for entry in entries(path)]
    asked = shown(path.stem)
    assert sorted(ids) == sorted(name for name, _ in asked)
    assert FEWEST <= len(ids) <= MOST, len(ids)
    assert [cells[place]["id"] for _, place in asked] == [f"predict-{name}" for name, _ in asked]
    assert all(_SHOWN.search(cells[place]["source"])[1] == path.stem for _, place in asked)  # type: ignore[index]


@each
def test_what_is_predicted_is_marked_so_that_working_copies_do_not_show_it(path: Path) -> None:
    cells = cells_of(path.stem)
    for name, place in shown(path.stem):
        later = (cell for cell in cells[place + 1 :] if cell["cell_type"] == "code")
        assert "predicted" in tags(next(cell for cell in later if not _SHOWN.search(cell["source"]))), name


@each
def test_no_answer_can_be_read_before_its_prediction(path: Path) -> None:
    cells, known = cells_of(path.stem), {entry["id"]: entry for entry in entries(path)}
    for name, place in shown(path.stem):
        answer = known[name]["answer"]
        page = "".join("".join(output.get("data", {}).get("text/html", "")) for output in cells[place]["outputs"])
        folded = html.unescape(re.sub(r"<[^>]+>", " ", in_the_open(page)))
        if known[name]["kind"] != "choice":  # whose options show the answer among others
            assert not _tells(folded, answer) or _tells(known[name]["question"], answer), name
        at = next(n for n in range(place + 1, len(cells)) if "predicted" in tags(cells[n]))
        for cell in cells[place : at + 1]:
            assert known[name]["kind"] == "choice" or not _tells(_comments(cell["source"]), answer), name
        below = next((cell["source"] for cell in cells[at + 1 :] if cell["cell_type"] == "markdown"), "")
        assert not _tells(_first_words(below), answer), name
        above = cells[place - 1]  # a choice's options may well be named there
        if known[name]["kind"] != "choice" and above["cell_type"] == "markdown":
            told = in_the_open(above["source"])
            assert not _tells(told, answer) or _tells(known[name]["question"], answer), name


def _tells(text: str, answer: str) -> bool:
    """Tell whether a text holds an answer as a word of its own; a single digit proves nothing."""
    plain = answer.strip("()[], ")
    return len(plain) > 2 and re.search(rf"(?<![\w.]){re.escape(plain)}(?![\w.])", text) is not None


def _first_words(text: str) -> str:
    """Return what stands before the first sign that ends a thought; a comma within a shape ends none."""
    return re.split(r"[.:;]\s|,\s(?!\d)", text.lstrip("# >*`"), maxsplit=1)[0]


def test_the_comma_of_a_shape_ends_no_thought() -> None:
    assert _tells(_first_words("The shape is `(3, 4)`, as the rule says."), "(3, 4)")
    assert not _tells(_first_words("As the rule says, it is (3, 4)."), "(3, 4)")


def _comments(source: str) -> str:
    return "\n".join(re.findall(r"#.*", source))


@each
def test_each_change_has_its_answer_folded_below_it(path: Path) -> None:
    texts = [cell["source"] for cell in cells_of(path.stem)]
    changes = [place for place, text in enumerate(texts) if "**Change.**" in text]
    assert changes
    for place in changes:
        near = texts[place].split("**Change.**", 1)[1] + "\n".join(texts[place + 1 : place + 4])
        assert re.search(r"<details>\s*<summary>(<b>)?Answer", near), texts[place][:80]


@each
def test_what_is_asked_and_what_is_warned_of_stand_in_blockquotes(path: Path) -> None:
    texts = [cell["source"] for cell in cells_of(path.stem) if cell["cell_type"] == "markdown"]
    lines = [line for text in texts for line in text.splitlines() if re.search(r"\*\*(Trap|Change)\.\*\*", line)]
    assert lines and not [line for line in lines if not line.startswith("> **")]


@each
def test_a_lesson_has_two_sittings_and_a_score_at_its_end(path: Path) -> None:
    texts = [cell["source"] for cell in cells_of(path.stem)]
    headings = [line for text in texts for line in text.splitlines() if line.startswith("## ")]
    assert [line.split()[1] for line in headings if " sitting" in line] == ["First", "Second"]
    assert f'pictures.Score("{path.stem}")' in "\n".join(texts[-6:])


@each
def test_nothing_is_unfolded_from_the_start(path: Path) -> None:
    assert not [cell["id"] for cell in cells_of(path.stem) if "<details open" in cell["source"]]


@each
def test_a_lesson_links_to_its_neighbours_and_its_assignment_at_both_ends(path: Path) -> None:
    texts = [cell["source"] for cell in cells_of(path.stem) if cell["cell_type"] == "markdown"]
    lessons = sorted(other.stem for other in NOTEBOOKS.glob("[0-9]*.ipynb"))
    place = lessons.index(path.stem)
    near = [f"({other}.ipynb)" for other in lessons[max(place - 1, 0) : place + 2] if other != path.stem]
    wanted = [*near, f"(../release/{path.stem}/{path.stem}.ipynb)"]
    for end in (texts[0] + texts[1], "\n".join(texts[-3:])):
        assert not [link for link in wanted if link not in end]


@each
def test_a_lesson_links_to_the_glossary(path: Path) -> None:
    assert any("glossary.ipynb#" in cell["source"] for cell in cells_of(path.stem))


@each
def test_no_text_speaks_of_a_control_that_a_page_does_not_have(path: Path) -> None:
    texts = [cell["source"] for cell in cells_of(path.stem) if cell["cell_type"] == "markdown"]
    assert not [text[:80] for text in texts if re.search(r"\b(slider|drag|dropdown)\b", text, re.I)]


@each
def test_no_picture_s_description_stands_above_its_prediction(path: Path) -> None:
    for cell in cells_of(path.stem):
        assert not ("predicted" in tags(cell) and "alt=" in cell["source"]), cell["id"]
