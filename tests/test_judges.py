"""A judge judges several notebooks if it is as it was before; each test cell here prints which process it runs in."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import build
from grader.engine.inside import leftovers
from grader.engine.run import Engine
from grader.models import CellPlan, Ending, Executed, Job, Limits, Notebook

SETUP = "import os\nimport sys\nimport warnings\nimport numpy as np\nimport torch"
TEST = "print(os.getpid())\nassert double(2) == 4"
FAILS = "print(os.getpid())\nassert (double(2), [double(value) for value in (1, 2)])[0] == 5"
LIMITS = Limits(cell_seconds=20)


def notebook(answer: str, test: str) -> Notebook:
    cells = [build.code("setup", SETUP), build.code("answer", answer), build.code("test", test)]
    return build.notebook(*cells)


@pytest.fixture
def engine() -> Iterator[Engine]:
    """One in which no judge is at rest."""
    with Engine(first=build.first()) as engine:
        yield engine


Judging = Callable[..., Executed]


@pytest.fixture
def judge(engine: Engine) -> Judging:
    def judge(test: str, answer: str = "def double(x):\n    return 2 * x", **more: Any) -> Executed:
        plan = CellPlan(tests={2: {"double": 1}}, in_both={0: SETUP}, precompile_for_judge=(SETUP, TEST, FAILS), **more)
        return engine.execute(Job(notebook(answer, test), LIMITS, plan=plan))

    return judge


def number(done: Executed) -> str:
    """Return the number of the judge's process, which each test prints first."""
    return done.notebook["cells"][2]["outputs"][0]["text"].split()[0]


def test_one_that_heard_only_answers_judges_the_next_notebook(judge: Judging) -> None:
    first, wrong, last = judge(TEST), judge(TEST, "def double(x):\n    return x"), judge(TEST)
    assert len({number(first), number(wrong), number(last)}) == 1
    assert [out["output_type"] for out in wrong.notebook["cells"][2]["outputs"]] == ["stream", "error"]
    assert [len(done.notebook["cells"][2]["outputs"]) for done in (first, last)] == [1, 1]


def test_it_has_nothing_of_the_notebook_before(judge: Judging) -> None:
    drawn = "import random\nprint(os.getpid(), random.random(), np.random.random(), torch.rand(1).item(), len(In))"
    left = "mine = 1\nnp.set_printoptions(precision=2)\nold = np.seterr(all='raise')"
    gone = "assert 'mine' not in globals()\nassert repr(np.float32([0.123]) / 0) == 'array([inf], dtype=float32)'"
    gone += "\nassert repr(np.array([0.125])) == 'array([0.125])'"
    found = [judge(f"{drawn}\n{text}") for text in (left, gone)]
    one, other = (done.notebook["cells"][2]["outputs"][0]["text"].split() for done in found)
    assert one[0] == other[0] and not set(one[1:4]) & set(other[1:4]) and one[4] == other[4]
    assert [out["output_type"] for out in found[1].notebook["cells"][2]["outputs"]] == ["stream", "stream"]  # a warning


def test_one_whose_ordinary_cells_show_and_draw_judges_the_next_and_renders_nothing(engine: Engine) -> None:
    loud = (
        "class Loud:\n    seen = 0\n\n    def __repr__(self):\n        Loud.seen += 1\n        return 'loud'\n\nLoud()"
    )
    draw = "import matplotlib.pyplot as plt\nfigure = plt.figure()\nfigure.text(0, 0, 'seen')\nplt.show()\nLoud()"
    test = f"{TEST}\nassert Loud.seen == 0 and not plt.get_fignums()"
    answer = "def double(x):\n    return 2 * x"
    cells = [build.code(str(i), text) for i, text in enumerate([SETUP, loud, draw, answer, test])]
    plan = CellPlan(tests={4: {"double": 3}}, in_both={0: SETUP, 1: loud, 2: draw}, precompile_for_judge=(loud, test))
    job = Job(build.notebook(*cells), LIMITS, {}, ("matplotlib.pyplot",), plan)
    first, second = (engine.execute(job).notebook["cells"] for _ in range(2))
    shown = [output["output_type"] for cell in first[:3] for output in cell["outputs"]]
    assert shown == ["execute_result", "display_data", "execute_result"]
    assert [output["output_type"] for output in first[4]["outputs"]] == ["stream"]
    assert first[4]["outputs"] == second[4]["outputs"]


LEFT = {
    "a setting of torch": "torch.set_printoptions(precision=2)",
    "torch's default device": "torch.set_default_device('meta')",
    "a filter of warnings": "warnings.simplefilter('error')",
    "a variable of the environment": "os.environ['LEFT'] = '1'",
    "a place for imports": "sys.path.insert(0, '.')",
    "another folder": "os.chdir('..')",
    "a file": "open('left.txt', 'w').close()",
    "another function of NumPy": "np.sum = lambda *_: 0",
    "another function of torch": "torch.nn.functional.relu = torch.sigmoid",
    "another built-in": "import builtins\nbuiltins.sum = max",
    "a module without a name": "import math\ndel math.pi",
    "a figure": "import matplotlib.pyplot as plt\nplt.figure()",
    "a setting of matplotlib": "import matplotlib\nmatplotlib.rcParams['lines.linewidth'] = 9",
    "a thread": "import threading, time\nthreading.Thread(target=time.sleep, args=(5,), daemon=True).start()",
    "a task": "import asyncio\ntask = asyncio.get_running_loop().create_task(asyncio.sleep(60))",
    "a trace function": "sys.setprofile(lambda *_: None)",
    "what it displays": "1 + 1",
    "a warning": "warnings.warn('once')",
    "much memory": "held = np.ones(2**24)",
}


@pytest.mark.parametrize("what", LEFT)
def test_one_in_which_something_is_left_judges_no_other(what: str, judge: Judging) -> None:
    first, second = judge(f"{TEST}\n{LEFT[what]}"), judge(TEST)
    assert first.ending is second.ending is Ending.FINISHED
    assert number(first) != number(second)


@pytest.mark.parametrize("library", ["torch", "pandas"])
def test_an_answer_may_use_a_library_that_nothing_else_in_its_notebook_imports(library: str) -> None:
    made = {"torch": "torch.tensor([2 * x])", "pandas": "pandas.Series([2 * x])"}[library]
    cells = [
        build.code("answer", f"import {library}\ndef double(x):\n    return {made}"),
        build.code("test", "assert (double(2) == 4).all() and type(double(2)).__name__ in ('Tensor', 'Series')"),
    ]
    with Engine() as engine:  # whose fork server has not imported it
        done = engine.execute(Job(build.notebook(*cells), LIMITS, {}, ("numpy",), CellPlan(tests={1: {"double": 0}})))
    assert [cell["outputs"] for cell in done.notebook["cells"]] == [[], []]


@pytest.mark.parametrize(
    "setting", [np.printoptions(precision=2), np.errstate(all="raise")], ids=["printing", "errors"]
)
def test_numpys_settings_are_looked_at_where_they_are_those_of_the_process(setting: Any) -> None:
    """Before NumPy 2.2; since then they end with a notebook's cells."""
    before = leftovers._state()
    with setting:
        assert leftovers._state() != before
    assert leftovers._state() == before


def test_a_judge_can_tell_what_it_is_like_with_a_torch_of_2023(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(torch, "get_default_device")  # new in 2.3
    monkeypatch.setattr(torch, "is_autocast_enabled", lambda: False)  # takes a device since 2.4
    monkeypatch.setattr(torch, "is_autocast_cpu_enabled", lambda: False, raising=False)
    before = leftovers._state()
    with torch.device("meta"):
        assert leftovers._state() != before
    assert leftovers._state() == before


STRANGE = {
    "no answer": "def double(x):\n    os._exit(0)",
    "another default dtype": "def double(x):\n    torch.set_default_dtype(torch.float64)\n    return 2 * x",
    "an answer of a million parts": "def double(x):\n    return [[]] * 2**21",
    "words of its own": (
        "import socket\n"
        "def double(x):\n"
        "    for number in range(3, 30):\n"
        "        try:\n"
        "            socket.socket(fileno=os.dup(number)).send(b'\\0\\0\\0\\2{}')\n"
        "        except OSError:\n"
        "            pass\n"
        "    return 2 * x"
    ),
}


@pytest.mark.parametrize("what", STRANGE)
def test_one_that_heard_what_is_no_answer_judges_no_other(what: str, judge: Judging) -> None:
    first, _, last = judge(TEST), judge(TEST, STRANGE[what]), judge(TEST)
    assert number(first) != number(last)


def test_what_it_shows_does_not_depend_on_how_many_it_judged_before(judge: Judging) -> None:
    """Nor on what Python has specialised meanwhile, which it does to code that has run eight times."""
    shown = [judge(FAILS).notebook["cells"][2]["outputs"] for _ in range(12)]
    assert shown[0][1]["output_type"] == "error" and all(outputs == shown[0] for outputs in shown)


def test_one_beside_files_of_the_course_judges_no_other(judge: Judging) -> None:
    files = {"data.txt": b"1"}
    assert number(judge(TEST, files=files)) != number(judge(TEST, files=files))


def test_one_that_has_ended_meanwhile_is_not_asked(engine: Engine, judge: Judging) -> None:
    first = judge(TEST)
    engine._servers.start((), judge=True).close()  # with it end all judges
    second = judge(TEST)
    assert second.ending is Ending.FINISHED and number(first) != number(second)


def test_no_folder_and_no_process_remains(engine: Engine, judge: Judging) -> None:
    process = number(judge(TEST))
    [seat] = engine._judges._idle
    folder = seat.judge._folder
    assert folder.is_dir() and Path("/proc", process).exists()
    engine.close()
    assert not folder.exists() and not Path("/proc", process).exists()
