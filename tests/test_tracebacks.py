"""Tracebacks cost less than IPython's own, and say the same."""

import re
from typing import ClassVar

import pytest
from pygments.lexers.python import Python3Lexer, PythonLexer, PythonTracebackLexer
from pygments.token import Name, Token

import build
from grader.engine.inside import tracebacks
from grader.engine.run import Engine
from grader.models import CellPlan, Job, Limits

CODE = "def f(x):\n    return 'a' if x else 1.5  # why\n"


class Heir(Python3Lexer):
    pass


class Other(Python3Lexer):
    tokens: ClassVar = {"root": [(r"\w+", Name), (r"\W+", Token.Text)]}


class HeirOfOther(Other):
    pass


@pytest.mark.parametrize("kind", [PythonLexer, PythonTracebackLexer, Heir, Other, HeirOfOther])
def test_a_lexer_reads_code_as_the_one_of_pygments_does(kind: type) -> None:
    ours = list(tracebacks._lexer(kind).get_tokens(CODE))
    del kind._tokens  # type: ignore[attr-defined]
    assert ours == list(tracebacks._usual_lexer(kind).get_tokens(CODE))


def test_a_class_without_a_grammar_of_its_own_reads_none_anew() -> None:
    tracebacks._lexer(PythonLexer)
    heir = type("Inner", (PythonLexer,), {})
    assert tracebacks._lexer(heir)._tokens is PythonLexer._tokens


def test_the_judge_formats_no_frame_of_the_graders_own() -> None:
    answer, test = "def half(x):\n    return x / 0", "def ask():\n    return half(1)\nask()"
    plan = CellPlan(tests={1: {"half": 0}})
    with Engine(first=build.first()) as engine:
        done = engine.execute(Job(build.notebook(build.code("a", answer), build.code("b", test)), Limits(), plan=plan))
    [error] = done.notebook["cells"][1]["outputs"]
    text = re.sub(r"\x1b\[[\d;]*m", "", "\n".join(error["traceback"]))
    assert error["ename"] == "ZeroDivisionError" and "ask()" in text and "half(1)" in text
    assert "engine" not in text
