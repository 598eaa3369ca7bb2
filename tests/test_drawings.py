"""Drawings of the lessons: they ask before they show, follow their controls, and can be read without being seen."""

import sys
import threading
import xml.etree.ElementTree as ET
from typing import Any

import ipywidgets as widgets
import pytest

import build

sys.path.insert(0, str(build.ROOT / "notebooks"))
import pictures
from drawings.shared import view
from drawings.sheet import Sheet, tint


def words(picture: pictures.Picture) -> str:
    """What stands in a picture that is a sheet; parsing it shows that it is well-formed."""
    assert picture.kind == "svg+xml"
    return "\n".join(ET.fromstring(picture.data).itertext())


def drawn(text: str = "") -> pictures.Picture:
    sheet = Sheet()
    sheet.words(0, 0, text)
    return pictures.Picture(sheet, f"This picture shows {text}.")


def quiz() -> pictures.Interactive:
    question = widgets.IntSlider(1, 1, len(pictures.QUIZ))
    return pictures.Interactive(pictures.shape_quiz, question=question, answer=widgets.Text(""))


def picker(**options: Any) -> pictures.Interactive:
    axis = widgets.Dropdown(options=[0, 1, 2], value=1)
    return pictures.Interactive(pictures.pick_axis, shape=widgets.Text("2, 3, 4"), axis=axis, **options)


@pytest.mark.parametrize(
    "picture",
    [
        lambda: pictures.creation_gallery(n=6, repeats=3),
        lambda: pictures.broadcast_stretcher("(2, 0)", "(1,)"),
        lambda: pictures.broadcast_stretcher("()", "()", 0),
        lambda: pictures.broadcast_stretcher("(1, 6, 4, 1, 7, 2)", "(5, 6, 1, 3, 1, 2)", 35),
        lambda: pictures.pick_axis("4, 4, 4", (0, 2), "std", keepdims=True),
        lambda: pictures.pick_axis("1, 1, 1", None),
        lambda: pictures.backprop("x*y - exp(x) / y", step=4),
        lambda: pictures.surgery("np.split(a, 2, axis=2)", step=17),
        lambda: pictures.surgery("a.T", step=0),
        lambda: pictures.joins(),
    ],
)
def test_a_sheet_is_well_formed_and_described(picture: Any) -> None:
    made = picture()
    assert words(made) and len(made.alt) > 40


def test_words_of_a_reader_are_escaped() -> None:
    assert words(drawn("a < b & c")) == "a < b & c"


def test_a_sheet_holds_all_that_is_on_it() -> None:
    sheet = Sheet(10)
    sheet.box(-3, -2, 1, 1, tint(pictures.BLUE, 0.5))
    sheet.line([(0, 0), (7, 5)], pictures.INK, tip=True)
    left, top, width, height = map(float, ET.fromstring(sheet.svg()).attrib["viewBox"].split())
    assert left < -30 and top < -20 and left + width > 70 and top + height > 50


def test_a_sheet_below_another_does_not_cover_it() -> None:
    page, other = Sheet(), Sheet()
    page.box(0, 0, 50, 40, pictures.BLUE)
    other.box(0, -30, 50, 10, pictures.RED)
    page.below(other, gap=5)
    assert "translate(0," in page.svg()
    assert float(page.svg().split("translate(0,")[1].split(")")[0]) - 30 >= 45


def test_changes_that_arrive_while_a_picture_is_drawn_replace_each_other_and_the_last_wins() -> None:
    begun, go, seen = threading.Event(), threading.Event(), []

    def draw(n: int) -> pictures.Picture:
        seen.append(n)
        if n == 1:
            begun.set()
            assert go.wait(20)
        return drawn(f"n = {n}")

    slider = widgets.IntSlider(0, 0, 9)
    shown = pictures.Interactive(draw, n=slider)
    slider.value = 1
    assert begun.wait(20)
    for n in range(2, 10):
        slider.value = n
    go.set()
    assert "n = 9" in shown.settle()
    assert seen[-2:] == [1, 9]


def test_what_cannot_be_drawn_is_said_and_the_next_state_is_drawn() -> None:
    text = widgets.Text("(3, 1)")
    shown = pictures.Interactive(pictures.broadcast_stretcher, a=text, b=widgets.Text("(4,)"))
    text.value = "hello"
    assert "is not a shape yet" in shown.settle()
    text.value = "3x1"
    assert "the result has shape (3, 4)" in shown.settle()


def test_a_fault_of_a_drawing_is_shown_as_one() -> None:
    slider = widgets.IntSlider(1)
    shown = pictures.Interactive(lambda n: drawn(str(1 / n)), n=slider)
    slider.value = 0
    assert "ZeroDivisionError" in shown.settle()
    slider.value = 2
    assert "0.5" in shown.settle()


def test_only_the_still_picture_says_how_to_move_it() -> None:
    slider = widgets.IntSlider(1)
    shown = pictures.Interactive(lambda n: drawn(f"n = {n}"), n=slider)
    bundle = shown._repr_mimebundle_()
    assert "Run this cell to move it." in bundle["text/html"] and "move it" not in bundle["text/plain"]
    slider.value = 2
    assert "move it" not in shown.settle()


def test_a_menu_is_shown_as_buttons_that_follow_it_and_lead_it() -> None:
    menu = widgets.Dropdown(options=["a", "b"])
    shown = pictures.Interactive(lambda letter: drawn(f"letter {letter}"), letter=menu)
    buttons = shown.widget.children[0].children[0]
    assert isinstance(buttons, widgets.ToggleButtons)
    buttons.value = "b"
    assert "letter b" in shown.settle()
    menu.value = "a"
    assert buttons.value == "a"


def test_the_stretcher_says_what_is_kept_and_leaves_strides_to_be_predicted() -> None:
    told = words(pictures.broadcast_stretcher("(3, 1)", "(4,)"))
    assert "a keeps its 24 bytes; a real copy would take 96." in told and "stride" not in told


def test_sizes_in_memory_are_written_without_powers_of_ten() -> None:
    small, large = pictures.chunk_memory(5, 100, 1).alt, pictures.chunk_memory(600, 5000, 200).alt
    assert "it is 0.088 MB" in small and "it is 9,800 MB" in large and "e+" not in small + large


def test_the_stretcher_at_nothing_shows_no_result() -> None:
    for pair in (("(3, 1)", "(4,)"), ("(3, 2)", "(4,)")):
        asked = pictures.broadcast_stretcher(*pair, stretch=0)
        assert words(asked).count("?") == 2 and "✗" not in words(asked)
        assert not [part for part in ("(3, 4)", "refused", "no result") if part in asked.alt]


@pytest.mark.parametrize("answer", ["", "hello", "(8, 4)", "error"])
def test_the_quiz_does_not_align_the_shapes_before_the_answer_is_right(answer: str) -> None:
    assert "axis -1" not in words(pictures.shape_quiz(5, answer))
    assert "axis -1" in words(pictures.shape_quiz(5, "(8, 4, 5)"))


def test_the_quiz_reads_answers_however_they_are_written() -> None:
    assert "Yes, (5, 6)" in pictures.shape_quiz(1, "5x6").alt
    assert "Yes, these two are refused" in pictures.shape_quiz(4, "ValueError").alt
    assert "whole numbers" in pictures.shape_quiz(1, "hello").alt


@pytest.mark.parametrize("question", range(1, len(pictures.QUIZ) + 1))
def test_a_reply_of_the_quiz_does_not_give_the_answer_away(question: int) -> None:
    for answer in ("(9, 9, 9, 9)", "(9,)", "(9, 9)", "error"):
        alt = pictures.shape_quiz(question, answer).alt
        assert "Not yet" in alt or "Yes, these two are refused" in alt


def test_each_question_of_the_quiz_starts_clean() -> None:
    shown = quiz()
    shown.controls["answer"].value = "5x6"
    assert "Yes" in shown.settle()
    shown.controls["question"].value = 2
    assert shown.controls["answer"].value == "" and "Type the shape" in shown.settle()


def test_the_quiz_ends_with_a_score_of_first_tries() -> None:
    shown = quiz()
    answers = ["hello", "(5, 6)", "(4,)", "(4, 3)", "(7, 7)", "error", "(8, 4, 5)", "error", "(2, 3)", "(0, 3)"]
    questions = [1, 1, 2, 2, 3, 4, 5, 6, 7, 8]
    for question, answer in zip(questions, answers, strict=True):
        shown.controls["question"].value = question
        shown.controls["answer"].value = answer
    assert "That was the quiz: 7 of 8 right at the first try." in shown.settle()


def test_the_axis_picker_asks_before_it_shows() -> None:
    shown = picker()
    assert "Which shape is left?" in shown.settle() and "leaves shape" not in shown.settle()
    assert shown.guess
    shown.guess.check("(2, 3)")
    assert "Not yet" in shown.guess.reply.value and "leaves shape" not in shown.settle()
    shown.guess.check("2x4")
    assert "leaves shape (2, 4)" in shown.settle()


def test_the_axis_picker_asks_for_the_shape_of_the_result_and_says_that_of_the_block() -> None:
    shown = picker()
    assert shown.guess
    assert "<code>x.sum(axis=1) with x.shape = (2, 3, 4)</code>" in shown.guess.line.value


def test_the_axis_picker_asks_anew_where_the_shape_changes_and_not_for_another_result_number() -> None:
    shown = picker(pick=widgets.IntSlider(0, 0, 9))
    assert shown.guess
    shown.guess.check("2, 4")
    shown.controls["pick"].value = 3
    assert "leaves shape" in shown.settle()
    shown.controls["axis"].value = 2
    assert "leaves shape" not in shown.settle() and shown.guess.reply.value == ""
    shown.controls["axis"].value = 1
    assert "leaves shape" in shown.settle()


def test_the_axis_picker_asks_nothing_about_what_cannot_be_drawn() -> None:
    shown = picker()
    assert shown.guess
    shown.controls["shape"].value = "hello"
    assert "Write three lengths" in shown.settle() and shown.guess.question is None
    shown.controls["shape"].value = "4x3x2"
    assert "Which shape is left?" in shown.settle()
    shown.guess.check("4, 2")
    assert "leaves shape (4, 2)" in shown.settle()


def test_the_axis_picker_tells_the_lengths_that_go_and_those_of_keepdims() -> None:
    shown = picker()
    assert shown.guess
    shown.guess.check("3")
    assert "axes that are reduced" in shown.guess.reply.value
    shown.guess.check("(2, 1, 4)")
    assert "with keepdims" in shown.guess.reply.value


def test_the_answer_of_the_axis_picker_can_be_asked_for_after_a_try() -> None:
    shown = picker()
    assert shown.guess and shown.guess.show_button.layout.display == "none"
    shown.guess.check("(2, 3)")
    shown.guess.show_button.click()
    assert "(2, 4)" in shown.guess.reply.value and "leaves shape (2, 4)" in shown.settle()


def test_the_still_axis_picker_has_its_answer_folded() -> None:
    question, answer = picker()._repr_mimebundle_()["text/html"].split("<details>")
    assert "leaves shape" not in question and "leaves shape (2, 4)" in answer


def test_the_graph_inspector_goes_back_to_the_first_step_at_a_new_expression() -> None:
    shown = pictures.graph_inspector()
    shown.controls["expression"].value = "x*y"
    assert (shown.controls["step"].value, shown.controls["step"].max) == (0, 3)
    assert "step 0 of 3" in shown.settle()


def test_the_graph_inspector_keeps_its_step_where_an_expression_cannot_be_read() -> None:
    shown = pictures.graph_inspector()
    before = shown.controls["step"].value
    shown.controls["expression"].value = "x +"
    assert shown.controls["step"].value == before and "cannot be read" in shown.settle()


@pytest.mark.parametrize(
    ("expression", "names"),
    [
        ("detach(x**2)*x", ["v1 = 4 * x"]),
        ("x*y + detach(x*y + 1)*x", ["v1 = x * y", "v2 = 7 * x", "v3 = v1 + v2"]),
        ("detach(detach(x) * y) + exp(x)", ["v1 = exp(x)", "v2 = 6 + v1"]),
    ],
)
def test_a_graph_numbers_its_nodes_without_a_gap_where_a_path_was_detached(expression: str, names: list[str]) -> None:
    boxes = pictures.backprop(expression).alt.split("input. ")[1].split("; ")
    assert [box.rpartition(" (")[0] for box in boxes if not box.startswith("leaf")] == names


def test_a_widget_of_the_ipywidgets_that_colab_has_is_shown_too() -> None:
    class Old:
        model_id = "a1"

    assert view(Old(), {}) == {
        "application/vnd.jupyter.widget-view+json": {"version_major": 2, "version_minor": 0, "model_id": "a1"}
    }


@pytest.mark.parametrize(
    ("operation", "said"),
    [
        ("a.reshape(4, 6)", "It reads from left to right, without a jump. The result is a view of that memory."),
        ("a.T", "It reads with 23 jumps. The result is a view of that memory."),
        (
            "np.concatenate([a[0], a[1]], axis=1)",
            "It reads with 5 jumps. The result is a copy in memory of its own.",
        ),
    ],
)
def test_shape_surgery_says_how_memory_is_read_and_whose_it_is(operation: str, said: str) -> None:
    assert said in words(pictures.surgery(operation))


def test_shape_surgery_fills_in_as_many_cells_as_have_been_read() -> None:
    counts = [words(pictures.surgery("a.transpose(2, 0, 1)", step=step)).split().count("13") for step in (0, 6, 24)]
    assert counts == [2, 2, 4]  # in the block and its memory, then in the result and in what it has read, too


def test_shape_surgery_counts_the_jumps_so_far() -> None:
    said = [words(pictures.surgery("a.transpose(0, 2, 1)", step=step)) for step in (0, 1, 2)]
    assert "Nothing is read yet." in said[0] and "So far it has read from left to right" in said[1]
    assert "So far it has read with 1 jump." in said[2]


def test_shape_surgery_does_only_what_it_lists() -> None:
    with pytest.raises(ValueError, match="There is no operation"):
        pictures.surgery("__import__('os').getcwd()")
