"""What an ordinary cell draws is not drawn again in the judge, where nobody looks at figures; all else is run."""

import pytest

from grader.notebook.figures import without_figures
from grader.notebook.flow import Step

SETUP = "import numpy as np\nimport matplotlib.pyplot as plt\nplt.rcParams['figure.dpi'] = 80\ndata = np.arange(9.0)"
ANSWER = Step("def mean_of(x): return x.mean()", solution=True, defines=("mean_of",))
TEST = "assert mean_of(data) == 4"
DRAWN = [
    "fig, ax = plt.subplots()\nax.hist(data, bins=len(data))\nax.set_title(f'{data.mean():.1f}')\nplt.show()",
    "plt.plot(data)",
    "fig = plt.figure()\naxes = fig.subplots(2, 2)\nfor i, axis in enumerate(axes.flat):\n    axis.imshow(data.reshape(3, 3))",
    "counts, edges, _ = plt.hist(data, bins=np.linspace(0, 9, 4))",
    "plt.gca().spines['top'].set_visible(False)",
]


def judged(cell: str, test: str = TEST, setup: str = SETUP) -> str:
    """Return what of a cell runs in the judge."""
    return without_figures((Step(setup), Step(cell), ANSWER, Step(test, test=True)))[1]


@pytest.mark.parametrize("cell", DRAWN)
def test_what_only_draws_is_left_out(cell: str) -> None:
    assert not judged(cell).strip()
    assert without_figures((Step(SETUP), Step(cell), ANSWER, Step(TEST, test=True)))[0] == SETUP


def test_what_remains_stays_on_its_line() -> None:
    assert (
        judged("fig, ax = plt.subplots()\nlimit = 3\nax.axhline(limit)\nmore = limit + 1")
        == "\nlimit = 3\n\nmore = limit + 1"
    )
    assert judged("plt.plot(data); limit = 3") == "plt.plot(data); limit = 3"


@pytest.mark.parametrize("cell", DRAWN)
@pytest.mark.parametrize(
    "test",
    [
        "assert plt.gca().lines",
        "import matplotlib\nassert matplotlib.pyplot.get_fignums()",
        "assert 'plt' in globals()",
    ],
)
def test_nothing_is_left_out_where_a_test_may_look_at_figures(cell: str, test: str) -> None:
    assert judged(cell, test) == cell


@pytest.mark.parametrize(
    ("cell", "test"),
    [
        ("counts, edges, _ = plt.hist(data)", "assert mean_of(counts)"),
        ("fig, ax = plt.subplots()\nax.plot(data)", "assert ax.lines[0].get_ydata().sum() == mean_of(data) * 9"),
        ("fig, ax = plt.subplots()\nlines = ax.plot(data)\nshown = len(lines)", "assert shown == 1"),
        ("fig, ax = plt.subplots()\ndef title():\n    return ax.get_title()", "assert title() == ''"),
        ("plt.plot(data)\nassert len(plt.get_fignums()) == 1", TEST),
    ],
)
def test_nothing_is_left_out_of_which_something_that_remains_has_need(cell: str, test: str) -> None:
    assert judged(cell, test) == cell


@pytest.mark.parametrize(
    "cell",
    [
        "plt.plot(np.random.rand(3))",  # draws chance, which the next number depends on
        "plt.plot(stack.pop())",
        "plt.plot([total := 3])",
        "plt.savefig('data.png')",
        "plt.style.use('ggplot')",
        "data[0] = plt.plot(data)[0].get_linewidth()",
        "for x in plt.plot(data):\n    data[0] = 1",
        "rows = list(map(print, plt.plot(data)))",
        "print(data)",
    ],
)
def test_a_statement_that_may_do_more_than_draw_is_run(cell: str) -> None:
    assert judged(cell) == cell


def test_a_function_that_draws_is_left_alone_and_does_not_keep_figures_that_nobody_sees() -> None:
    cell = "def show(x):\n    plt.plot(x)\n\nplt.plot(data)"
    assert judged(cell) == "def show(x):\n    plt.plot(x)\n\n"
    assert judged(f"{cell}\nshow(data)") == f"{cell}\nshow(data)"
