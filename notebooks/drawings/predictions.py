"""Predictions: a question asked before its result can be seen, and what a guess at it overlooked.

`predictions/` holds a file a lesson; `Predict` shows one of its questions, `Score` how many first tries were right.
Without a kernel both are plain text: the question, with its answer folded below it.
"""

from __future__ import annotations

import ast
import asyncio
import html
import math
import operator
import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import ipywidgets as widgets
import numpy as np

from drawings.shared import GREEN, ORANGE, view

PREDICTIONS = Path(__file__).parent.with_name("predictions")
ERROR = "error"
"""How a guess or an answer says that nothing comes out, but an exception."""


@dataclass(frozen=True, slots=True)
class Prediction:
    """One question of a lesson, as it stands in the lesson's file of predictions."""

    id: str
    question: str
    kind: str
    """`shape`, `dtype`, `number` or `choice`."""
    answer: str
    why: str
    options: tuple[str, ...] = ()
    code: str = ""
    """An expression of np and torch that gives the answer; a test evaluates it."""
    tolerance: float = 0.0
    """How far off a number may be: as a difference or as a share of the answer, whichever is more."""
    wrong: dict[str, str] = field(default_factory=dict)
    """Common guesses, and what each overlooks."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is said about a guess. One that could not be read is no try."""

    right: bool
    message: str
    counts: bool = True


class Unreadable(ValueError):
    """A guess that cannot be read; the message says how to write it."""


def read_predictions(lesson: str, folder: Path = PREDICTIONS) -> dict[str, Prediction]:
    """Return the predictions of a lesson by id. Raises ValueError where the file has none, or one that cannot be used."""
    path = folder / f"{lesson}.toml"
    if not path.is_file():
        raise ValueError(f"There are no predictions of a lesson {lesson!r}: {path.name} is missing in {folder.name}/.")
    found: dict[str, Prediction] = {}
    for entry in tomllib.loads(path.read_text("utf-8"))["prediction"]:
        try:
            one = _prediction(entry)
            if one.id in found:
                raise ValueError("its id is taken")
        except ValueError as error:
            raise ValueError(f"{path.name}, prediction {entry.get('id', '?')!r}: {error}") from None
        found[one.id] = one
    return found


def _prediction(entry: dict[str, Any]) -> Prediction:
    """Return one entry of a file as a value, or raise ValueError for what makes it useless."""
    known = {one.name for one in fields(Prediction)}
    if odd := sorted(entry.keys() - known) or sorted({"id", "question", "kind", "answer", "why"} - entry.keys()):
        raise ValueError(f"{odd[0]!r} is {'unknown' if odd[0] in entry else 'missing'}")
    texts = {name: value for name, value in entry.items() if name not in ("options", "tolerance", "wrong")}
    if odd := sorted(name for name, value in texts.items() if not isinstance(value, str) or not value.strip()):
        raise ValueError(f"{odd[0]!r} is a text between quotes, and not empty")
    one = Prediction(**{**entry, "options": tuple(entry.get("options", ()))})
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", one.id):
        raise ValueError("an id is made of words in small letters with dashes between them")
    if one.kind not in _READERS:
        raise ValueError(f"the kind {one.kind!r} is none of {', '.join(_READERS)}")
    if (one.kind == "choice") != bool(one.options):
        raise ValueError("options belong to a choice, and a choice has options")
    if one.kind != "choice" and not one.code:
        raise ValueError("an answer that is a value has code that gives it")
    answer = _read(one, one.answer)
    if same := [guess for guess in one.wrong if _same(one, _read(one, guess), answer)]:
        raise ValueError(f"{same[0]!r} is among the common guesses, and is the answer")
    return one


def read_shape(text: str) -> tuple[int, ...] | str:
    """Return the shape that someone typed; raises Unreadable.

    >>> read_shape("torch.Size([3, 4])"), read_shape("3x4"), read_shape("5"), read_shape("scalar")
    ((3, 4), (3, 4), (5,), ())
    """
    plain = re.sub(r"^(torch\.|np\.)?(size|shape)\b\s*[:=]?", "", text.strip().lower()).strip()
    if _is_error(plain):
        return ERROR
    if plain in ("()", "[]", "([])", "(,)", "scalar", "0-d", "0d"):
        return ()
    plain = re.sub(r"[()\[\]]", " ", plain)
    lengths = re.split(r"\s*(?:,|;|[x×*]|\bby\b|\s)\s*", plain.strip().strip(",").strip())
    if not all(re.fullmatch(r"[0-9]{1,12}", length) for length in lengths):
        raise Unreadable(
            "Write a shape as whole numbers with commas between them: (2, 5), or (7,) for one axis, or ()."
        )
    return tuple(map(int, lengths))


_NAMES = {
    "bool_": "bool", "half": "float16", "single": "float32", "double": "float64", "long": "int64", "short": "int16",
    "byte": "int8", "cfloat": "complex64", "cdouble": "complex128", "str_": "str", "object_": "object", "o": "object",
}  # fmt: skip


def read_dtype(text: str) -> str:
    """Return the name of the dtype that someone typed, without its library; raises Unreadable.

    >>> read_dtype("np.float32"), read_dtype("torch.float32"), read_dtype("dtype('<f4')"), read_dtype("Float 32")
    ('float32', 'float32', 'float32', 'float32')
    """
    plain = re.sub(r"dtype|numpy\.|np\.|torch\.|[\s()'\"\[\]=:`-]", "", text.strip().lower())
    if _is_error(plain):
        return ERROR
    plain = _NAMES.get(plain, plain)
    if plain in ("float", "int", "complex", "uint", "integer"):
        raise Unreadable(f"Say with how many bits as well, such as {plain.removesuffix('eger')}16.")
    if re.fullmatch(r"(bool|object|str|(u?int|b?float|complex)_?[0-9]{1,3})", plain):
        return plain.replace("_", "")
    if re.fullmatch(r"[<>|]?([fiucb][0-9]{1,2}|\?)", plain):
        try:
            return str(np.dtype(plain).name)
        except TypeError:
            pass  # such as f3
    if re.fullmatch(r"[<>|]?u[0-9]*", plain):
        return "str"
    raise Unreadable("Write a dtype by its name, such as int16, float16, complex64 or bool.")


_SIGNS: dict[type[ast.AST], Callable[..., float]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.Pow: operator.pow, ast.USub: operator.neg, ast.UAdd: operator.pos,
}  # fmt: skip
_NO_NUMBER = "Write the number alone, such as 12, 0.5 or 2e6; the question says in which unit."


def read_number(text: str) -> float | str:
    """Return the number that someone typed, whole where it is; raises Unreadable.

    >>> read_number("1e3"), read_number("1,000"), read_number("0,5"), read_number("2**10"), read_number("-inf")
    (1000.0, 1000, 0.5, 1024, -inf)
    """
    plain = text.strip().lower().replace("−", "-").replace("×", "*").replace("^", "**")
    if _is_error(plain):
        return ERROR
    if named := re.fullmatch(
        r"([+-]?)(?:np\.|torch\.|math\.|float\()?['\"]?([+-]?)(inf|infinity|∞|nan)['\"]?\)?", plain
    ):
        size = math.nan if named[3] == "nan" else math.inf
        return -size if "-" in (named[1], named[2]) else size
    if re.fullmatch(
        r"[+-]?[1-9][0-9]{0,2}(,[0-9]{3})+(\.[0-9]*)?|[+-]?[1-9][0-9]{0,2}([ '][0-9]{3})+(\.[0-9]*)?", plain
    ):
        plain = re.sub("[, ']", "", plain)
    elif re.fullmatch(r"[+-]?[0-9]*,[0-9]+", plain):
        plain = plain.replace(",", ".")
    plain = re.sub(r"^([+-]?)0+(?=[0-9])", r"\1", plain)  # Python reads no 007
    try:
        return _arithmetic(ast.parse(plain, mode="eval").body)
    except (SyntaxError, ValueError, ArithmeticError, MemoryError, RecursionError):
        raise Unreadable(_NO_NUMBER) from None


def _arithmetic(part: ast.AST) -> float:
    """Work out numbers and signs from their syntax tree, never by eval."""
    match part:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return number
        case ast.UnaryOp(op=op, operand=operand) if type(op) in _SIGNS:
            return _SIGNS[type(op)](_arithmetic(operand))
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _SIGNS:
            a, b = _arithmetic(left), _arithmetic(right)
            if isinstance(op, ast.Pow) and (abs(b) > 400 or abs(a) > 1e6 or (a < 0 and b != int(b))):
                raise ValueError("out of all proportion")
            return _SIGNS[type(op)](a, b)
    raise ValueError("no number")


def _read_choice(text: str) -> str:
    return text


_READERS: dict[str, Callable[[str], Any]] = {
    "shape": read_shape, "dtype": read_dtype, "number": read_number, "choice": _read_choice,
}  # fmt: skip


def _is_error(plain: str) -> bool:
    return bool(re.fullmatch(r"(an? )?([a-z]*error|exception|raises?|it raises|refused)[.]?", plain.strip()))


def _read(one: Prediction, text: str) -> Any:
    value = _READERS[one.kind](text)
    if one.kind == "choice" and value not in one.options:
        raise ValueError(f"{value!r} is none of the options")
    return value


def _same(one: Prediction, guess: Any, answer: Any) -> bool:
    """Return whether a guess is the answer, for a number within the tolerance."""
    if one.kind != "number" or ERROR in (guess, answer):
        return bool(guess == answer)
    if math.isnan(guess) or math.isnan(answer):
        return math.isnan(guess) and math.isnan(answer)
    if guess == answer or math.isinf(answer):
        return bool(guess == answer)
    whole = isinstance(guess, int) and isinstance(answer, int) and not one.tolerance
    return not whole and math.isclose(guess, answer, rel_tol=one.tolerance or 1e-9, abs_tol=one.tolerance)


def judge(one: Prediction, typed: str) -> Verdict:
    """Say whether a guess is right, or what it overlooks, without giving the answer away."""
    if not typed.strip():
        return Verdict(False, "Choose one first." if one.kind == "choice" else "Type your guess first.", counts=False)
    percent = one.kind == "number" and typed.strip().endswith("%")
    try:
        guess = _read(one, typed.strip().removesuffix("%") if percent else typed)
    except Unreadable as error:
        return Verdict(False, str(error), counts=False)
    answer = _read(one, one.answer)
    for reading in (guess, guess / 100) if percent and guess != ERROR else (guess,):
        if _same(one, reading, answer):
            return Verdict(True, one.why)
    for common, overlooked in one.wrong.items():
        if _same(one, guess, _read(one, common)):
            return Verdict(False, overlooked)
    return Verdict(False, _TEACHERS[one.kind](guess, answer))


def _about_shape(guess: tuple[int, ...] | str, answer: tuple[int, ...] | str) -> str:
    if guess == ERROR:
        return "A result does come out. Go through the rule once more, one axis at a time."
    if answer == ERROR:
        return "That is not what comes out. Go through the rule one axis at a time: does each step hold?"
    if len(guess) != len(answer):
        axes = "1 axis" if len(guess) == 1 else f"{len(guess)} axes"
        return f"Your shape has {axes}, and the result has another number. Which axes stay, which go, which are new?"
    if sorted(guess) == sorted(answer):
        return "These are the right lengths, in another order."
    odd = [str(axis) for axis, pair in enumerate(zip(guess, answer, strict=True)) if pair[0] != pair[1]]
    if len(odd) == 1:
        return f"The number of axes is right. Look again at the length of axis {odd[0]}."
    return f"The number of axes is right. Look again at the lengths of axes {', '.join(odd[:-1])} and {odd[-1]}."


def _about_dtype(guess: str, answer: str) -> str:
    if guess == ERROR:
        return "A result does come out. Which of the types involved can hold it?"
    if answer == ERROR:
        return "No array of that type comes out. Can the types be put together here at all?"
    kinds = [_KINDS.get(name.strip("0123456789"), name) for name in (guess, answer)]
    if kinds[0] != kinds[1]:
        return f"{guess} is {kinds[0]}, and the result is of another kind. Which values must it be able to hold?"
    return f"The kind is right: {kinds[0]}. The number of bits is another. Which input or which default decides it?"


_KINDS = {
    "bool": "a truth value", "int": "a whole number with a sign", "uint": "a whole number without a sign",
    "float": "a floating-point number", "bfloat": "a floating-point number", "complex": "a complex number",
    "str": "a text", "object": "any Python object",
}  # fmt: skip


def _about_number(guess: float | str, answer: float | str) -> str:
    if isinstance(guess, str) or isinstance(answer, str) or not (math.isfinite(guess) and math.isfinite(answer)):
        return "That is not what comes out. Follow one value through each step, and write down what it becomes."
    if guess == -answer:
        return "The size is right. Look again at the sign."
    if guess * answer < 0:
        return "The result has the other sign."
    if isinstance(answer, int) and abs(guess - answer) == 1 and abs(answer) > 2:
        return "That is next to it. Is one counted that does not belong, or one left out?"
    factor = max(guess / answer, answer / guess) if guess and answer else 0.0
    if factor > 1:
        for base, ask in (
            (10, "Count the zeros, or the units."),
            (2, "Is it bits and bytes?" if factor == 8 else "Is something doubled, or halved?"),
        ):
            power = math.log(factor, base)
            if power > 0.5 and abs(power - round(power)) < 1e-9:
                return f"That is off by a factor that is a power of {base}. {ask}"
        if abs(factor - round(factor)) < 1e-9:
            return "That is off by a whole factor. Is something counted more than once, or an axis left out?"
    return f"That is too {'large' if guess > answer else 'small'}. Work out one value by hand."


def _about_choice(guess: str, answer: str) -> str:
    return "Try the smallest case that you can do by hand, and look at the others again."


_TEACHERS: dict[str, Callable[[Any, Any], str]] = {
    "shape": _about_shape, "dtype": _about_dtype, "number": _about_number, "choice": _about_choice,
}  # fmt: skip


def _marked(text: str) -> str:
    """Return a text as HTML, with what stands in backticks as code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(" ".join(text.split()), quote=False))


def _answer(one: Prediction) -> str:
    """Return the answer as HTML, with what ends it."""
    shown = (
        _marked(one.answer)
        if one.kind == "choice" or one.answer == ERROR
        else f"<code>{html.escape(one.answer)}</code>"
    )
    return _ended(shown)


def _ended(text: str) -> str:
    """Return a text with the dot that ends it."""
    return text if text.endswith((".", "!", "?")) else f"{text}."


_FRAME = "border-left:4px solid {};padding:2px 0 2px 12px;margin:4px 0;max-width:60em"
_STYLE = """<style>
.prediction {max-width: 60em} .prediction p {margin: 4px 0}
.prediction code {background: var(--jp-layout-color2, rgba(127, 127, 127, 0.2)); padding: 1px 4px; border-radius: 2px}
.prediction-option {white-space: normal; text-align: left; line-height: 1.4; padding: 5px 12px}
</style>"""


class Session:
    """The first tries of one lesson in this kernel's session, and the line that every widget of it shows."""

    def __init__(self) -> None:
        self.first: dict[str, bool] = {}
        self.tried: dict[str, list[str]] = {}
        """The guesses at each prediction that counted, up to the right one."""
        self.line = widgets.HTML(self.text())

    def text(self) -> str:
        """Return the score in words."""
        if not self.first:
            return "No prediction made so far."
        return f"Right at the first try: {sum(self.first.values())} of {len(self.first)} so far."

    def record(self, id: str, typed: str, right: bool) -> None:
        """Keep a guess, and what became of it if it is the first at this prediction."""
        self.tried.setdefault(id, []).append(typed)
        self.first.setdefault(id, right)
        self.line.value = self.text()


SESSIONS: dict[str, Session] = {}
"""By lesson. A kernel that starts anew starts with none."""


class Guess:
    """A field for guesses at a question that may change, and what is said about them; not kept in a score.

    `done(question)` is called when a guess is right, and when the answer is shown.
    """

    def __init__(self, done: Callable[[Prediction], None]) -> None:
        self.question: Prediction | None = None
        self._done = done
        self.line = _reply()
        self.reply = _reply()
        self.field, row, self.show_button = _field("Your guess:", self.check)
        self.show_button.on_click(lambda _: self._end("Answer:"))
        self._asking = widgets.VBox([self.line, row])
        self.widget = widgets.VBox([self._asking, self.reply])

    def ask(self, question: Prediction, *, seen: bool) -> None:
        """Ask a question, unless its answer was seen; the one that is asked already is not asked anew."""
        if not self.question or question.id != self.question.id:
            self.question = question
            self.field.value, self.reply.value = "", ""
            self.show_button.layout.display = "none"
            asked = f"<code>{html.escape(question.id)}</code>: {_marked(question.question)}"
            self.line.value = f"{_STYLE}<p><b>Predict.</b> {asked}</p>"
        self._asking.layout.display = "none" if seen else ""

    def pause(self) -> None:
        """Ask nothing until the next question."""
        self.question, self.reply.value, self._asking.layout.display = None, "", "none"

    def check(self, typed: str) -> None:
        """Judge a guess, and say what it overlooks."""
        if not self.question:
            return
        verdict = judge(self.question, typed)
        if verdict.right:
            self._end("✓ Right:")
            return
        self.show_button.layout.display = "" if verdict.counts else self.show_button.layout.display
        _say(self.reply, ("<b>Not yet.</b> " if verdict.counts else "") + _marked(verdict.message), ORANGE)

    def _end(self, word: str) -> None:
        if self.question:
            color = GREEN if word.startswith("✓") else "currentColor"
            _say(self.reply, f"<b>{word}</b> {_answer(self.question)} {_marked(self.question.why)}", color)
            self._done(self.question)


def _reply() -> widgets.HTML:
    reply = widgets.HTML()
    reply.add_class("prediction")
    return reply


def _say(reply: widgets.HTML, page: str, color: str, number: int = 0) -> None:
    # As an alert it is read out by a screen reader when it appears; the number makes a repeated one appear anew.
    reply.value = f'<div role="alert" data-try="{number}" style="{_FRAME.format(color)}">{page}</div>'


class Soon:
    """Call something a moment after it was asked for, once.

    When Enter is pressed in a field, ipywidgets says so first, and then what stands in the field.
    """

    MOMENT = 0.2
    """Seconds: more than lies between two messages that are sent together, and too short to wait for."""

    def __init__(self, call: Callable[[], None]) -> None:
        self._call = call
        self._due: asyncio.TimerHandle | None = None

    def ask(self) -> None:
        """Call soon; at once where no event loop runs, as outside a kernel."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self._call()
            return
        if not self._due:
            self._due = loop.call_later(self.MOMENT, self._now)

    def _now(self) -> None:
        self._due = None
        self._call()


def _field(
    label: str, check: Callable[[str], None], placeholder: str = ""
) -> tuple[widgets.Text, widgets.Box, widgets.Button]:
    """Return a field in which Enter checks, a row with it and its buttons, and the button that shows the answer."""
    # The value comes as a whole, right after the message that Enter was pressed, or when the field is left, which alone
    # is no try: who looks something up may be halfway through a guess.
    field = widgets.Text(description=label, placeholder=placeholder, continuous_update=False)
    field.style.description_width = "initial"
    soon = Soon(lambda: check(field.value))
    field.on_msg(lambda _, content, __: soon.ask() if content == {"event": "submit"} else None)
    button = widgets.Button(description="Check", tooltip="Check this guess")
    button.on_click(lambda _: soon.ask())
    show = _show_button()
    return field, widgets.Box([field, button, show], layout=widgets.Layout(flex_flow="row wrap")), show


def _show_button() -> widgets.Button:
    """Return a button that shows the answer, itself not shown before the first try."""
    show = widgets.Button(description="Show the answer", tooltip="Show the answer and why")
    show.layout.display = "none"
    return show


class Predict:
    """One prediction of a lesson: a question, a field or buttons for the guess, and what is said about it."""

    def __init__(self, lesson: str, id: str, folder: Path = PREDICTIONS) -> None:
        known = read_predictions(lesson, folder)
        if id not in known:
            raise ValueError(f"{lesson} has no prediction {id!r}. It has {', '.join(known)}.")
        self.prediction = one = known[id]
        self.session = SESSIONS.setdefault(lesson, Session())
        self.reply = _reply()
        question = widgets.HTML(f"{_STYLE}<p><b>Predict.</b> {_marked(one.question)}</p>")
        question.add_class("prediction")
        asking: widgets.Box
        if one.kind == "choice":
            self.show_button = _show_button()
            self.buttons = [self._option(option) for option in one.options]
            asking = widgets.VBox([*self.buttons, self.show_button])
        else:
            example = {"shape": "(2, 5)", "dtype": "int16", "number": "12.5"}[one.kind]
            hint = f"a {one.kind}, such as {example}"
            self.field, asking, self.show_button = _field("Your guess:", self.check, hint)
        self.show_button.on_click(lambda _: self.show())
        self.widget = widgets.VBox([question, asking, self.reply, self.session.line])
        if tried := self.session.tried.get(id):  # the cell runs again, as Shift+Enter on the way past it does
            if one.kind != "choice":
                self.field.value = tried[-1]
            self._respond(tried[-1], judge(one, tried[-1]))

    def _option(self, option: str) -> widgets.Button:
        """Return the button of an option: in JupyterLab the arrow keys, which radio buttons need, change the cell."""
        plain = option.replace("`", "")
        button = widgets.Button(description=plain, tooltip=f"Guess: {plain}")
        button.layout = widgets.Layout(width="auto", height="auto", align_self="flex-start", max_width="100%")
        button.add_class("prediction-option")
        button.on_click(lambda _: self.check(option))
        return button

    def check(self, typed: str) -> None:
        """Judge a guess, keep a first try, and say what it overlooks."""
        verdict = judge(self.prediction, typed)
        if verdict.counts and not self._solved():
            self.session.record(self.prediction.id, typed, verdict.right)
        self._respond(typed, verdict)

    @property
    def tries(self) -> int:
        """How many guesses counted so far, in this session."""
        return len(self.session.tried.get(self.prediction.id, ()))

    def _solved(self) -> bool:
        tried = self.session.tried.get(self.prediction.id, [])
        return bool(tried) and judge(self.prediction, tried[-1]).right

    def _respond(self, typed: str, verdict: Verdict) -> None:
        """Say what a guess overlooks, or that it is right."""
        if verdict.counts:
            self.show_button.layout.display = "none" if verdict.right else ""
        if verdict.right:
            when = "" if self.tries == 1 else f", at try {self.tries}"
            page = f"<b>✓ Right{when}:</b> {_answer(self.prediction)} {_marked(verdict.message)}"
            _say(self.reply, page, GREEN, self.tries)
        else:
            guess = (
                f"<b>Not yet:</b> {_ended(_marked(typed))} " if self.prediction.kind == "choice" else "<b>Not yet.</b> "
            )
            _say(self.reply, f"{guess if verdict.counts else ''}{_marked(verdict.message)}", ORANGE, self.tries)

    def show(self) -> None:
        """Show the answer and why."""
        _say(self.reply, f"<b>Answer:</b> {_answer(self.prediction)} {_marked(self.prediction.why)}", "currentColor")

    def html(self) -> str:
        """Return the question with its answer folded, for pages without a kernel."""
        one = self.prediction
        options = "".join(f"<li>{_marked(option)}</li>" for option in one.options)
        return (
            f'<div style="{_FRAME.format("currentColor")}"><p><b>Predict.</b> {_marked(one.question)}</p>'
            f"{f'<ul>{options}</ul>' if options else ''}"
            f"<details><summary>Answer</summary><p><b>{_answer(one)}</b> {_marked(one.why)}</p></details></div>"
        )

    def _repr_mimebundle_(self, **options: object) -> dict[str, object]:
        return _bundle(self.widget, self.html(), f"Predict. {' '.join(self.prediction.question.split())}", options)


class Score:
    """How many predictions of a lesson were right at the first try in this session."""

    def __init__(self, lesson: str, folder: Path = PREDICTIONS) -> None:
        self.known = read_predictions(lesson, folder)
        self.session = SESSIONS.setdefault(lesson, Session())
        count = f"{len(self.known)} prediction{'s' * (len(self.known) != 1)}"
        self.plain = f"This lesson asks for {count}. With a kernel, the score of the first tries stands here."
        self.widget = widgets.VBox([self.session.line, widgets.HTML(f"This lesson asks for {count} in all.")])

    def html(self) -> str:
        """Return what stands here on pages without a kernel."""
        return f"<p>{self.plain}</p>"

    def _repr_mimebundle_(self, **options: object) -> dict[str, object]:
        return _bundle(self.widget, self.html(), self.plain, options)


def _bundle(widget: widgets.Widget, page: str, plain: str, options: dict[str, object]) -> dict[str, object]:
    """Return what a notebook shows: the widget with a kernel, the page without one."""
    return {**view(widget, options), "text/html": page, "text/plain": plain}
