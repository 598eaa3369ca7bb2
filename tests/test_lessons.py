"""What every lesson and assignment keeps to, read from the files; nbval runs them."""

import doctest
import json
import re
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

import build

LESSONS = sorted((build.ROOT / "notebooks").glob("[0-9]*.ipynb"))
INDEX, GLOSSARY = (build.ROOT / "notebooks" / f"{page}.ipynb" for page in ("index", "glossary"))
CARDS = tomllib.loads((build.ROOT / "notebooks" / "cards.toml").read_text("utf-8"))["card"]


def cells(path: Path) -> list[dict[str, Any]]:
    return [{**cell, "source": "".join(cell["source"])} for cell in json.loads(path.read_text("utf-8"))["cells"]]


def name(path: Path) -> str:
    return path.stem


each_lesson = pytest.mark.parametrize("path", LESSONS, ids=name)
each_notebook = pytest.mark.parametrize(
    "path", [*LESSONS, INDEX, GLOSSARY, *build.sources()], ids=lambda path: f"{path.parent.name}-{path.stem}"
)


@each_notebook
def test_ids_are_words_and_unique(path: Path) -> None:
    ids = [cell["id"] for cell in cells(path)]
    assert len(set(ids)) == len(ids)
    assert not [id for id in ids if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", id) or re.fullmatch(r"[0-9a-f]{8}", id)]


@each_notebook
def test_the_kernel_is_the_plain_one(path: Path) -> None:
    assert json.loads(path.read_text("utf-8"))["metadata"]["kernelspec"]["name"] == "python3"


@each_lesson
def test_a_lesson_opens_and_ends_as_all_do(path: Path) -> None:
    texts = [cell["source"] for cell in cells(path)]
    for word in ("You will do", "You will learn", "You need", "minutes"):
        assert word.lower() in texts[0].lower(), word
    end = "\n".join(texts[-8:])
    assert "In practice" in "\n".join(texts)
    assert "Recap" in end and f'pictures.Cards("{path.stem}")' in end and path.stem in texts[-1]


@each_lesson
def test_a_lesson_is_stored_executed_and_in_order(path: Path) -> None:
    counts = [cell["execution_count"] for cell in cells(path) if cell["cell_type"] == "code"]
    assert counts == list(range(1, len(counts) + 1))


@each_lesson
def test_every_picture_has_alt_text(path: Path) -> None:
    pages = [
        "".join(page)
        for cell in cells(path)
        for output in cell.get("outputs", [])
        for page in [output.get("data", {}).get("text/html", "")]
    ]
    images = [image for page in pages for image in re.findall(r"<img[^>]*>", page)]
    assert images
    assert not [image[:80] for image in images if not re.search(r'alt="[^"]{40,}"', image)]
    bare = [
        cell["id"]
        for cell in cells(path)
        for output in cell.get("outputs", [])
        if "image/png" in output.get("data", {})
    ]
    assert not bare, "show it through pictures.Picture"


@each_lesson
def test_an_error_is_stored_only_where_it_is_meant(path: Path) -> None:
    for cell in cells(path):
        failed = any(output["output_type"] == "error" for output in cell.get("outputs", []))
        assert failed == ("raises-exception" in cell["metadata"].get("tags", [])), cell["id"]


@each_lesson
def test_no_stored_output_names_a_place_of_one_machine(path: Path) -> None:
    stored = json.dumps([cell.get("outputs", []) for cell in cells(path)])
    stored = re.sub(r"data:image/[a-z+]+;base64,[A-Za-z0-9+/=]+", "", stored)
    assert not re.findall(r"/(?:home|root|tmp|work)/|site-packages| at 0x[0-9a-f]{6,}|ipykernel_\d+", stored)


@each_lesson
def test_only_single_cells_are_left_out_of_the_comparison(path: Path) -> None:
    code = [cell for cell in cells(path) if cell["cell_type"] == "code"]
    ignored = [cell["id"] for cell in code if "nbval-ignore-output" in cell["metadata"].get("tags", [])]
    assert len(ignored) <= (len(code) / 2 if path.stem == "13_timing_cpu_gpu" else 3)
    assert not [cell["id"] for cell in code if "nbval-skip" in cell["metadata"].get("tags", [])]


def anchors(path: Path) -> set[str]:
    """Return what a link may name behind the # of a notebook: its headings, as JupyterLab and GitHub call them."""
    lines = "\n".join(cell["source"] for cell in cells(path) if cell["cell_type"] == "markdown")
    return {heading.strip().replace(" ", "-") for heading in re.findall(r"^#+ (.*)$", lines, re.MULTILINE)}


@pytest.mark.parametrize("path", [*LESSONS, INDEX, GLOSSARY], ids=name)
def test_links_between_notebooks_lead_to_a_file_and_to_a_heading_in_it(path: Path) -> None:
    text = "\n".join(cell["source"] for cell in cells(path) if cell["cell_type"] == "markdown")
    for file, heading in re.findall(r"\]\((?!\w+:)([^)#]*)#?([^)]*)\)", text):
        target = path.parent / file if file else path
        assert target.is_file(), file
        assert not heading or heading in anchors(target), f"{file}#{heading}"


TERMS = [cell for cell in cells(GLOSSARY) if cell["id"] != "opening"]


@pytest.mark.parametrize("cell", TERMS, ids=lambda cell: cell["id"])
def test_the_example_of_a_term_is_true_and_a_lesson_uses_the_term(cell: dict[str, Any]) -> None:
    import numpy as np
    import torch

    code = re.search(r"```python\n(.*?)```", cell["source"], re.DOTALL)
    assert code and re.search(r"^Used in \[", cell["source"], re.MULTILINE)
    test = doctest.DocTestParser().get_doctest(code[1], {"np": np, "torch": torch}, cell["id"], None, 0)
    assert test.examples and doctest.DocTestRunner(verbose=False).run(test).failed == 0


def test_the_glossary_lists_its_terms_in_order_each_a_heading_that_a_link_can_name() -> None:
    terms = [cell["source"].split("\n")[0].removeprefix("## ") for cell in TERMS]
    assert terms == sorted(terms, key=str.casefold) and [term.replace(" ", "-") for term in terms] == [
        cell["id"] for cell in TERMS
    ]
    listed = re.findall(r"\[([^]]+)\]\(#", cells(GLOSSARY)[0]["source"])
    assert listed == terms


@each_lesson
def test_each_term_that_a_lesson_links_to_names_that_lesson(path: Path) -> None:
    terms = {cell["id"]: cell["source"] for cell in TERMS}
    linked = {term for cell in cells(path) for term in re.findall(r"glossary\.ipynb#([\w-]+)", cell["source"])}
    assert linked
    assert not [term for term in linked if f"]({path.name})" not in terms[term].split("\nUsed in ")[1]]


def test_the_index_names_every_lesson_and_links_those_that_exist_in_text_and_picture() -> None:
    rows = re.findall(r"^\| (\[?)(\d\d) · (.*)$", cells(INDEX)[1]["source"], re.MULTILINE)
    assert [number for _, number, _ in rows] == [f"{number:02}" for number in range(1, 17)]
    exist = [path.stem[:2] for path in LESSONS]
    assert [number for link, number, _ in rows if link] == exist
    assert all("https://" in row for link, _, row in rows if not link), "say where to read it meanwhile"
    drawn = (build.ROOT / "notebooks" / "course_map.svg").read_text("utf-8")
    boxes = re.findall(r'<rect[^>]*fill="(#\w+)"[^>]*/><text[^>]*>(\d\d)', drawn)
    assert sorted(number for _, number in boxes) == [number for _, number, _ in rows]
    assert sorted(number for fill, number in boxes if fill == "#0072b2") == exist


@pytest.mark.parametrize("path", build.sources(), ids=name)
def test_an_assignment_is_stored_without_outputs(path: Path) -> None:
    code = [cell for cell in cells(path) if cell["cell_type"] == "code"]
    assert not [cell["id"] for cell in code if cell["outputs"] or cell["execution_count"]]


@pytest.mark.parametrize("path", build.sources(), ids=name)
def test_each_exercise_has_its_four_parts(path: Path) -> None:
    """Task with level, points, minutes and hints; one solution; a visible test; hidden tests; and its points."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for cell in cells(path)[3:]:
        about = cell["metadata"]["nbgrader"]
        if about["grade_id"].startswith("progress"):  # the page's last cells count the points of all exercises
            continue
        if about["grade_id"].endswith("-task"):
            current = groups.setdefault(about["grade_id"].removesuffix("-task"), [])
        current.append(cell)
    for exercise, parts in groups.items():
        task, solution, *tests = parts
        for word in ("**Task.**", "**Level**", "**Points**", "**Minutes**"):
            assert word in task["source"], f"{exercise}: {word}"
        assert 2 <= task["source"].count("<details>") <= 3, exercise
        assert solution["metadata"]["nbgrader"]["solution"] and solution["id"] == exercise
        assert all(test["metadata"]["nbgrader"]["grade"] for test in tests)
        assert "checks.visible(" in tests[0]["source"]
        assert "### BEGIN HIDDEN TESTS" in tests[-1]["source"]
        points = sum(test["metadata"]["nbgrader"]["points"] for test in tests)
        stated = re.search(r"\*\*Points\*\* *(\d+)", task["source"])
        assert stated and int(stated[1]) == points, exercise


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card["id"])
def test_the_code_on_a_card_is_true(card: dict[str, str]) -> None:
    import numpy as np
    import torch

    assert set(card) <= {"lesson", "id", "front", "back", "code"}
    assert card["lesson"] in {path.stem for path in LESSONS}
    if "code" in card:
        test = doctest.DocTestParser().get_doctest(card["code"], {"np": np, "torch": torch}, card["id"], None, 0)
        assert doctest.DocTestRunner(verbose=False).run(test).failed == 0


def test_cards_have_ids_of_their_own() -> None:
    ids = [card["id"] for card in CARDS]
    assert len(set(ids)) == len(ids)


def test_the_doctests_of_the_package_hold() -> None:
    import importlib

    texts = {path: path.read_text("utf-8") for path in (build.ROOT / "grader").rglob("*.py")}
    named = [path.relative_to(build.ROOT) for path, text in texts.items() if ">>> " in text]
    done = [doctest.testmod(importlib.import_module(".".join(path.with_suffix("").parts))) for path in named]
    assert not any(one.failed for one in done), list(zip(named, done, strict=True))
    assert sum(one.attempted for one in done) > 10  # an example of what takes seconds is only read


def test_each_lesson_has_its_assignment() -> None:
    assert [path.stem for path in LESSONS] == [path.stem for path in build.sources()]


def test_drawings_refuse_what_cannot_be_drawn_in_a_kind_sentence() -> None:
    sys.path.insert(0, str(build.ROOT / "notebooks"))
    import pictures

    with pytest.raises(ValueError, match=r"\w+ \w+ \w+"):
        pictures.broadcast_stretcher("(2, x)", "(3,)")
    with pytest.raises(ValueError, match=r"\w+ \w+ \w+"):
        pictures.backprop("__import__('os').getcwd()")


@each_lesson
def test_the_index_gives_the_minutes_that_the_lesson_and_its_assignment_give(path: Path) -> None:
    said = re.search(r"\*\*Minutes:\*\* *(two sittings of)?(.*)", cells(path)[0]["source"])
    assert said
    numbers = [int(number) for number in re.findall(r"\d+", said[2])]
    lesson, assignment = numbers[0] * (2 if said[1] else 1), numbers[-1]
    row = next(line for line in cells(INDEX)[1]["source"].splitlines() if f"({path.stem}.ipynb)" in line)
    assert row.split("|")[4].strip() == str(lesson), f"write {lesson} minutes into notebooks/index.ipynb"
    assert f", {assignment} min" in row
