"""Predictions in lessons: guesses are read kindly, a known mistake is told from an unknown one, first tries are counted."""

import ast
import asyncio
import html.parser
import json
import math
import re
import sys
from pathlib import Path
from typing import Any

import ipywidgets as widgets
import pytest

import build

sys.path.insert(0, str(build.ROOT / "notebooks"))
import pictures
from drawings import predictions
from drawings.predictions import Prediction, Unreadable, judge, read_dtype, read_number, read_predictions, read_shape

FILES = sorted(predictions.PREDICTIONS.glob("*.toml"))
ENTRIES = [(path.stem, one) for path in FILES for one in read_predictions(path.stem).values()]
MADE = """
[[prediction]]
id = "sum-shape"
question = "What shape has `a < b`?"
kind = "shape"
answer = "(3, 4)"
why = "Each `1` is stretched."
code = "(3, 4)"
wrong = {"(4, 3)" = "The order stays."}
[[prediction]]
id = "size"
question = "How many bytes?"
kind = "number"
answer = "24"
why = "3 times 8."
code = "3 * 8"
[[prediction]]
id = "raises"
question = "What happens?"
kind = "choice"
options = ["`It` raises.", "It works."]
answer = "`It` raises."
why = "2 meets 3."
"""


def asked(kind: str, answer: str, **about: Any) -> Prediction:
    return Prediction("it", "What?", kind, answer, "So it is.", **about)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the predictions of one lesson, in a session without a try."""
    monkeypatch.setattr(predictions, "SESSIONS", {})
    (tmp_path / "lesson.toml").write_text(MADE, "utf-8")
    return tmp_path


@pytest.mark.parametrize(("lesson", "one"), ENTRIES, ids=lambda value: getattr(value, "id", value))
def test_texts_use_no_markup_but_backticks_which_alone_are_shown_as_such(lesson: str, one: Prediction) -> None:
    texts = [one.question, one.why, *one.options, *one.wrong.values()]
    plain = [re.sub("`[^`]*`", "", text) for text in texts]
    assert not [text for text in plain if re.search(r"\*\S+\*|\$|\]\(|`", text)]


@pytest.mark.parametrize(("lesson", "one"), ENTRIES, ids=lambda value: getattr(value, "id", value))
def test_the_answer_of_a_prediction_is_what_its_code_gives(lesson: str, one: Prediction) -> None:
    import numpy as np
    import torch

    if one.answer == predictions.ERROR:
        with pytest.raises(Exception, match=r"."):
            eval(one.code, {"np": np, "torch": torch})
    elif one.code:
        value = eval(one.code, {"np": np, "torch": torch})
        plain = str(value.item() if one.kind == "number" and hasattr(value, "item") else value)
        options = {option.replace("`", ""): option for option in one.options}
        assert judge(one, options.get(plain, plain)).right, f"the code gives {plain}, not {one.answer}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_common_guess_is_answered_by_its_own_words(path: Path) -> None:
    entries = read_predictions(path.stem).values()
    others = {
        (one.id, common): judge(one, common).message
        for one in entries
        for common, overlooked in one.wrong.items()
        if judge(one, common).message != overlooked
    }
    assert others == {}


@pytest.mark.parametrize("path", sorted((build.ROOT / "notebooks").glob("*.ipynb")), ids=lambda path: path.stem)
def test_each_prediction_that_a_lesson_asks_is_written(path: Path) -> None:
    for cell in json.loads(path.read_text("utf-8"))["cells"]:
        source = "".join(cell["source"])
        for lesson, id in re.findall(r"pictures\.Predict\(\"([^\"]*)\", \"([^\"]*)\"\)", source):
            assert lesson == path.stem and id in read_predictions(lesson)


@pytest.mark.parametrize(
    "typed",
    ["(3,4)", "3, 4", "3x4", "3 × 4", "[3, 4]", "torch.Size([3, 4])", " (3, 4,) ", "3 4", "3 by 4", "shape (3, 4)"],
)
def test_a_shape_is_read_however_it_is_written(typed: str) -> None:
    assert read_shape(typed) == (3, 4)


@pytest.mark.parametrize(("typed", "shape"), [("()", ()), ("torch.Size([])", ()), ("5", (5,)), ("(5,)", (5,))])
def test_a_shape_of_no_axis_or_one_is_read(typed: str, shape: tuple[int, ...]) -> None:
    assert read_shape(typed) == shape


@pytest.mark.parametrize("typed", ["hello", "3.5", "(3, -1)", "(3, n)", "3/4", ",", "(", "3,,4", "1" * 40])
def test_what_is_no_shape_is_told_how_to_write_one(typed: str) -> None:
    with pytest.raises(Unreadable, match="whole numbers"):
        read_shape(typed)


@pytest.mark.parametrize(
    "typed", ["float32", "np.float32", "torch.float32", "dtype('float32')", "'float32'", "Float 32", "<f4", "single"]
)
def test_a_dtype_is_read_however_it_is_written(typed: str) -> None:
    assert read_dtype(typed) == "float32"


@pytest.mark.parametrize(
    ("typed", "name"), [("np.bool_", "bool"), ("?", "bool"), ("bfloat16", "bfloat16"), ("u1", "uint8")]
)
def test_other_names_of_a_dtype_are_known(typed: str, name: str) -> None:
    assert read_dtype(typed) == name


@pytest.mark.parametrize("typed", ["hello", "f3", "32", "numpy", "float32 or float64"])
def test_what_is_no_dtype_is_told_how_to_write_one(typed: str) -> None:
    with pytest.raises(Unreadable, match="by its name"):
        read_dtype(typed)


def test_a_dtype_without_its_bits_is_asked_for_them() -> None:
    with pytest.raises(Unreadable, match="how many bits"):
        read_dtype("float")


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("1e3", 1000), ("1,000", 1000), ("1 000", 1000), ("1_000", 1000), ("12,345,678", 12345678), ("0.5", 0.5),
        ("0,5", 0.5), (".5", 0.5), ("−2", -2), ("007", 7), ("0", 0), ("2**10", 1024), ("2^10", 1024), ("1/4", 0.25),
        ("inf", math.inf), ("-np.inf", -math.inf), ("float('inf')", math.inf), ("+3", 3),
    ],
)  # fmt: skip
def test_a_number_is_read_however_it_is_written(typed: str, number: float) -> None:
    assert read_number(typed) == number


@pytest.mark.parametrize(
    "typed", ["hello", "24 bytes", "9**9**9", "1/0", "3..4", "True", "x", "()", "f(2)", "1e5**300"]
)
def test_what_is_no_number_is_told_how_to_write_one(typed: str) -> None:
    with pytest.raises(Unreadable, match="number alone"):
        read_number(typed)


def test_a_share_may_be_written_in_percent() -> None:
    assert judge(asked("number", "0.25"), "25 %").right
    assert judge(asked("number", "25"), "25%").right


def test_nan_is_right_where_nan_comes_out() -> None:
    assert judge(asked("number", "nan"), "np.nan").right


def test_a_number_may_be_off_by_its_tolerance_and_not_more() -> None:
    one = asked("number", "3.14159", tolerance=0.01)
    assert judge(one, "3.14").right and not judge(one, "3.2").right


def test_a_whole_number_is_exact() -> None:
    assert not judge(asked("number", "9007199254740993"), "9007199254740992").right


def test_a_library_before_a_dtype_does_not_matter() -> None:
    assert judge(asked("dtype", "torch.float32"), "np.float32").right


@pytest.mark.parametrize("kind", ["shape", "dtype", "number"])
def test_an_error_can_be_the_answer(kind: str) -> None:
    assert judge(asked(kind, "error"), "ValueError").right


def test_a_common_guess_is_told_what_it_overlooks_however_it_is_written() -> None:
    one = asked("shape", "(3, 4)", wrong={"(4, 3)": "The order stays."})
    assert judge(one, "4x3").message == "The order stays."


@pytest.mark.parametrize(
    ("kind", "answer", "guess", "taught"),
    [
        ("shape", "(3, 4)", "(3,)", "1 axis"),
        ("shape", "(3, 4)", "(4, 3)", "another order"),
        ("shape", "(3, 4)", "(3, 5)", "axis 1"),
        ("shape", "(3, 4, 5)", "(3, 6, 7)", "axes 1 and 2"),
        ("shape", "(3, 4)", "error", "does come out"),
        ("dtype", "float32", "float64", "number of bits"),
        ("dtype", "float32", "bfloat16", "number of bits"),
        ("dtype", "float32", "int32", "another kind"),
        ("dtype", "uint8", "int8", "another kind"),
        ("number", "24", "-24", "the sign"),
        ("number", "24", "192", "bits and bytes"),
        ("number", "24", "48", "doubled"),
        ("number", "24", "12", "halved"),
        ("number", "24", "2400", "power of 10"),
        ("number", "24", "72", "whole factor"),
        ("number", "24", "25", "next to it"),
        ("number", "24", "30.5", "too large"),
        ("number", "24", "0", "too small"),
        ("number", "24", "nan", "not what comes out"),
    ],
)
def test_any_other_guess_is_taught_without_the_answer(kind: str, answer: str, guess: str, taught: str) -> None:
    verdict = judge(asked(kind, answer), guess)
    assert not verdict.right and taught in verdict.message and answer not in verdict.message


@pytest.mark.parametrize("typed", ["", "hello"])
def test_what_cannot_be_read_is_no_try(folder: Path, typed: str) -> None:
    shown = pictures.Predict("lesson", "sum-shape", folder)
    shown.check(typed)
    assert shown.tries == 0 and not shown.session.first and shown.reply.value


def guess(folder: Path, id: str, *guesses: str) -> pictures.Predict:
    shown = pictures.Predict("lesson", id, folder)
    for one in guesses:
        shown.check(one)
    return shown


def test_enter_in_the_field_checks(folder: Path) -> None:
    shown = pictures.Predict("lesson", "sum-shape", folder)
    shown.field.value = "3x4"
    shown.field._handle_custom_msg({"event": "submit"}, [])
    assert "✓ Right" in shown.reply.value and "Each <code>1</code> is stretched." in shown.reply.value


def test_a_guess_that_arrives_after_enter_or_with_a_click_is_judged_whole_and_as_one_try(folder: Path) -> None:
    shown = pictures.Predict("lesson", "sum-shape", folder)
    assert not shown.field.continuous_update

    async def typed() -> None:
        shown.field._handle_custom_msg({"event": "submit"}, [])  # overtakes the value of the same Enter
        shown.field.value = "4x3"
        check_buttons(shown)[0].click()
        while not shown.tries:
            await asyncio.sleep(0.05)
        await asyncio.sleep(2 * predictions.Soon.MOMENT)

    asyncio.run(asyncio.wait_for(typed(), 20))
    assert shown.tries == 1 and "The order stays." in shown.reply.value


def test_to_leave_the_field_is_no_try(folder: Path) -> None:
    shown = pictures.Predict("lesson", "sum-shape", folder)

    async def left() -> None:
        shown.field.value = "4x3"
        await asyncio.sleep(2 * predictions.Soon.MOMENT)

    asyncio.run(left())
    assert shown.tries == 0 and not shown.reply.value


def test_the_check_button_asks_for_a_guess_where_there_is_none(folder: Path) -> None:
    shown = pictures.Predict("lesson", "sum-shape", folder)
    check_buttons(shown)[0].click()
    assert shown.tries == 0 and "Type your guess first." in shown.reply.value


def check_buttons(shown: pictures.Predict) -> list[widgets.Button]:
    def below(one: widgets.Widget) -> list[widgets.Widget]:
        return [one, *(found for child in getattr(one, "children", ()) for found in below(child))]

    return [one for one in below(shown.widget) if isinstance(one, widgets.Button) and one.description == "Check"]


def test_a_guess_that_is_not_right_does_not_show_the_answer_until_it_is_asked_for(folder: Path) -> None:
    shown = guess(folder, "sum-shape")
    assert shown.show_button.layout.display == "none"
    shown = guess(folder, "sum-shape", "4x3")
    assert "The order stays." in shown.reply.value and "(3, 4)" not in shown.reply.value
    assert shown.show_button.layout.display != "none"
    shown.show_button.click()
    assert "(3, 4)" in shown.reply.value and "is stretched" in shown.reply.value


def test_a_choice_is_made_by_a_button_for_each_option(folder: Path) -> None:
    shown = pictures.Predict("lesson", "raises", folder)
    raises, works = shown.buttons
    assert raises.description == "It raises."
    works.click()
    assert "Not yet:</b> It works. " in shown.reply.value
    raises.click()
    assert "✓ Right, at try 2" in shown.reply.value


def test_a_chosen_option_without_a_dot_does_not_run_into_what_is_said_about_it(folder: Path) -> None:
    (folder / "lesson.toml").write_text(MADE.replace('"It works."]', '"none", "Really?"]'), "utf-8")
    shown = pictures.Predict("lesson", "raises", folder)
    _, none, really = shown.buttons
    none.click()
    assert "Not yet:</b> none. Try" in shown.reply.value
    really.click()
    assert "Not yet:</b> Really? Try" in shown.reply.value


def test_the_first_try_counts_and_later_ones_and_a_second_run_of_the_cell_do_not(folder: Path) -> None:
    guess(folder, "sum-shape", "4x3", "3x4")
    guess(folder, "sum-shape", "3x4")
    shown = guess(folder, "size", "24")
    assert shown.session.text() == "Right at the first try: 1 of 2 so far."


def test_a_guess_at_a_choice_is_parted_from_what_is_said_about_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(predictions, "SESSIONS", {})
    (tmp_path / "lesson.toml").write_text(MADE.replace('"It works."', '"No error"'), "utf-8")
    shown = guess(tmp_path, "raises", "No error")
    assert "Not yet:</b> No error. " in shown.reply.value


def test_a_second_run_of_the_cell_shows_the_guess_and_what_was_said_about_it(folder: Path) -> None:
    before = guess(folder, "sum-shape", "4x3")
    after = guess(folder, "sum-shape")
    assert (after.field.value, after.reply.value) == ("4x3", before.reply.value)
    assert after.show_button.layout.display != "none"
    before = guess(folder, "raises", "It works.")
    assert guess(folder, "raises").reply.value == before.reply.value


def test_tries_are_counted_up_to_the_right_one(folder: Path) -> None:
    shown = guess(folder, "sum-shape", "4x3", "3x4", "3x4")
    assert "✓ Right, at try 2" in shown.reply.value


def test_each_widget_of_a_lesson_shows_the_same_score(folder: Path) -> None:
    first, score = guess(folder, "sum-shape"), pictures.Score("lesson", folder)
    guess(folder, "size", "24")
    assert first.widget.children[-1].value == score.widget.children[0].value == "Right at the first try: 1 of 1 so far."


def test_without_a_kernel_the_answer_is_folded_and_plain_text_only_asks(folder: Path) -> None:
    shown = pictures.Predict("lesson", "sum-shape", folder)
    before, folded = shown.html().split("<details>")
    assert "<code>a &lt; b</code>" in before and "(3, 4)" not in before and "(3, 4)" in folded
    assert shown._repr_mimebundle_()["text/plain"] == "Predict. What shape has `a < b`?"


def test_what_is_stored_does_not_depend_on_the_session(folder: Path) -> None:
    def stored() -> list[str]:
        shown = (pictures.Predict("lesson", "raises", folder), pictures.Score("lesson", folder))
        return [one._repr_mimebundle_()[kind] for one in shown for kind in ("text/html", "text/plain")]

    before = stored()
    guess(folder, "raises", "It works.")
    assert stored() == before


class Tags(html.parser.HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("id", ["sum-shape", "raises"])
def test_each_tag_is_closed(folder: Path, id: str) -> None:
    shown, tags = guess(folder, id, "It works." if id == "raises" else "4x3"), Tags()
    tags.feed(shown.html() + shown.reply.value)
    assert not tags.open


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("[[prediction]]", "[[prediction]]\nhint = 'x'"), "'hint' is unknown"),
        (('why = "3 times 8."', ""), "'why' is missing"),
        (('"24"', "24"), "'answer' is a text between quotes"),
        (('id = "size"', 'id = "sum-shape"'), "its id is taken"),
        (('id = "size"', 'id = "Size_1"'), "words in small letters"),
        (('"number"', '"value"'), "is none of shape, dtype, number, choice"),
        (('answer = "24"', 'answer = "24 bytes"'), "number alone"),
        (('code = "3 * 8"', ""), "has code"),
        (('answer = "`It` raises."', 'answer = "It raises."'), "none of the options"),
        (('"(4, 3)" =', '"3x4" ='), "is the answer"),
    ],
)
def test_an_entry_that_cannot_be_used_is_named(folder: Path, change: tuple[str, str], said: str) -> None:
    (folder / "lesson.toml").write_text(MADE.replace(*change), "utf-8")
    with pytest.raises(ValueError, match=re.escape("lesson.toml, prediction ")) as error:
        read_predictions("lesson", folder)
    assert said in str(error.value)


def test_a_lesson_or_a_prediction_that_does_not_exist_is_named(folder: Path) -> None:
    with pytest.raises(ValueError, match="It has sum-shape, size, raises"):
        pictures.Predict("lesson", "sum", folder)
    with pytest.raises(ValueError, match=re.escape("lessen.toml is missing")):
        pictures.Score("lessen", folder)


def test_a_guess_is_never_evaluated() -> None:
    tree = ast.parse(Path(predictions.__file__).read_text("utf-8"))
    called = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    assert not called & {"eval", "exec"}
