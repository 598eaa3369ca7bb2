"""docs/security.md: what is promised, and what hostile submissions earned where."""

from __future__ import annotations

from typing import Any

from .course import POINTS, build, worth
from .submissions import ATTACKS

PAGE = build.ROOT / "docs" / "security.md"
FIGURES = build.ROOT / "docs" / "security.json"
PEERS = {"grader": "`grader grade`", "nbgrader": "`nbgrader autograde`", "otter": "otter-grader"}

PROMISES = """# What a grade is worth

For instructors, and for whoever answers for the machine: a student's code is hostile until proven otherwise, and this is what is promised about it, to whom, and what is not; then what {count} hostile and faulty submissions earned, here and elsewhere. `make hostile` writes this page whole, from the battery in `tests/hostile/`.

## What is promised

**To the instructor: a mark is what the answers earn.** A notebook runs in two processes. In one run the student's cells; in the other, the judge, run the test cells, and no line of a student ever does. A name in a test that a solution cell gives a value, imports or changes, or that an instructor's cell computes from such a name, stands for what the student's process holds; every other name is the instructor's own. A library is imported only as the solution names it. What a name stands for crosses like this: its value crosses as data (numbers, text, containers, arrays, tensors, values of the standard library, pandas and SciPy, objects of the instructor's own classes), a function as a way to call it over there. Nothing that crosses is executed, unpickled or believed: types come from a list, shapes and strides must lie inside the bytes that came. Anything else (an object of a student's class, a model, a figure) stays over there, and a test may ask what it holds. A value of the test's own is handed to such an object, and its word on it taken (`==`, an operator, a method), only in a test in which the instructor's own solution has such an object; elsewhere the test fails with its class. So do masked and missing values, which compare as nothing. The worst that a student's process can do is to answer wrongly, and the worst for others that its own cell fails.

**To the instructor: nothing outside changes.** Each of the two processes is confined before it runs anything: Linux does it by Landlock and seccomp, which ask for no privileges. Landlock leaves it Python's own files, to read, and one scratch folder, which goes with it; seccomp takes away the network, other programs, other processes, tracing, signals to others, watching files and some 120 more system calls; limits bound memory of whatever kind of mapping, processor time, wall time, threads, open files, sizes of files and of all files together (those that were removed and are still held, too), and output, of a cell and of a notebook; of environment variables it has only those that are about computing. Where the grader runs as root, each is a user of its own who owns nothing else. `grader doctor` tries each of these on the machine at hand; `grader grade` refuses to work without the essential ones, unless told `--unconfined`, which every result then records.

**To the other students: their marks are their own.** A submission is graded in processes of its own, and its failure costs it alone: a cell that crashes, exits or never ends loses its own points, the process is made anew, and what was before it is replayed. A judge judges another notebook only if all it heard of the last one were answers, and if nothing of that one is left in it: no name, no setting of Python, NumPy, torch or matplotlib, no changed library, file, thread or figure, no memory to speak of. Many busy threads of one leave the processor to the others. A cell whose process, or whose judge, a signal ended runs once more before it costs points: a machine that runs short of memory, or a person, may have sent it. Time in which the grader itself was stopped counts for nobody. An error of the grader's own is kept in `grader.log`, and its submission waits for a person. One bad notebook never stops a batch. What the grader's own process spends on a submission is bounded before it is read: of a notebook's file (at most 64 MiB, 2,000,000 lists, objects and texts, 100,000 cells) only ids, kinds and texts of 20,000 cells become objects, 32 MiB of text and pictures and 1 MiB of code; of a cell with at most 16,384 characters, and of 131,072 in all, the names are found by Python's parser, of others by their words, since the parser takes seconds for some texts and lets nothing else run meanwhile; and of large submissions few are read ahead.

**To the next class: hidden tests stay hidden.** They are in no file and no memory that a student's process can read. What a student reads of them is the category and the hint where values are wrong, and else what no data is in: that the input was changed, of which kind the result is, the class of an error.

## What is not promised

- The *arguments* of a hidden test reach the student's function, or it could not be called; what such a function prints during a hidden test is dropped, but it may keep what it saw, and a later answer of the same notebook may return it to a visible test, whose message the student reads.
- What a test asks about *how* an answer works is asked of the student's process: how many lines it ran, in whichever of its files and threads (`checks.steady`), whether it changed NumPy's global random state (`checks.leaves_chance`). It can lie about that, and about nothing else. Checks of the source (`checks.no_loops` and its kin) read what was handed in, in the judge.
- A test that is about objects takes their word: where the instructor's solution gives an object of a class of its own, a model or a masked array, and the test compares it or calls its methods with values, a student's object can say that it equals everything. `grader verify` names what runs beside the answers; a test that compares what an object *holds* (`dog.name == "Rex"`) with plain data believes nothing.
- What an answer does besides (what it printed for a test to read, how often it called what a test has mocked, what it drew after a seed) is the word of the student's process. A state of chance is taken from it only if drawing leads there from the one that was set.
- What a student's own cell sets for the whole process (`np.seterr`, torch's grad mode and default dtype) holds for its answers when tests call them, and not for what the tests compute themselves; nbgrader lets it hold for both.
- What a function looks like (`inspect.signature`, `__doc__`, attributes) is asked of the student's process; its source is what was handed in.
- A path that a student guesses tells whether there is a file, how large it is and how old; nothing of what is in it.
- What a student's code displays is kept in `autograded/`, markup and scripts included. Our own pages show it as text; nbgrader's formgrader shows it as it is, in the browser of whoever marks. `c.HTMLExporter.preprocessors = ["nbconvert.preprocessors.sanitize.SanitizeHTML"]` and `c.SanitizeHTML.enabled = True` in `nbgrader_config.py` take scripts away there (and tables, and drawings as SVG).
- Whoever answers rightly, by whatever means within the process, has answered rightly. Plagiarism is no matter of confinement.
- A submission may use what the limits grant: two processes of `memory_mb` each, `notebook_seconds`, `folder_mb`; as many at a time as there are jobs.
- Errors in the kernel of the operating system, in its processor (timing, speculative execution), in NumPy or in torch that turn well-formed data into harm.
- Where the grader is not root, the confined processes are the same user as it is, with the same walls but for that one; threads are then counted four times a second, and until then those of one can be so many that a neighbour starts none.
- Memory that is shared is counted as often: until then a process can hold twice `memory_mb`.
- Some tests cannot be asked from another process: those that the instructor's own solution passes only beside the answers, and those whose words say that they put mocks in place, capture what is printed, look at figures, files or names, or set a seed. They run in the student's process as they do in nbgrader, confined but open to tampering: a student's code can read such a test when it has begun, and forge its verdict. `grade` names them before it grades, `verify` says why, the report lists them, and each result says so of each cell. `judge = "all"` leaves them to a person; with `judge = false` all tests run so.

## What they earned

{points:g} points are to be had. *Honest* is what the submission is worth: the exercises that it solves. A dash is a submission that came back without a grade; the others ran each submission alone, in a sandbox without a network, with three seconds a cell, and were spared those that would have taken the machine with them (*not run*). Measured on {dates}; a submission and a grader that have not changed were not asked again.

"""


def page(figures: dict[str, Any]) -> str:
    """Return the page that these figures give."""
    points = figures["points"]
    peers = [name for name in PEERS if name in points]
    lines = [
        "| submission | what it tries | honest | " + " | ".join(PEERS[name] for name in peers) + " |",
        "|---|---|---|" + "---|" * len(peers),
    ]
    for attack in ATTACKS:
        earned = [
            _earned(points[name].get(attack.name), attack.dangerous and name != "grader", worth(attack))
            for name in peers
        ]
        lines.append(f"| `{attack.name}` | {attack.tries} | {worth(attack):g} | " + " | ".join(earned) + " |")
    right = {name: sum(points[name].get(attack.name) == worth(attack) for attack in ATTACKS) for name in peers}
    lines.append(
        "| **earned its honest mark** | | | "
        + " | ".join(
            f"**{right[name]} of {sum(name == 'grader' or not one.dangerous for one in ATTACKS)}**" for name in peers
        )
        + " |"
    )
    head = PROMISES.format(
        count=len(ATTACKS), points=sum(POINTS.values()), dates=" and ".join(sorted(set(figures["dates"].values())))
    )
    return head + "\n".join(lines) + "\n"


def _earned(points: float | None, spared: bool, honest: float) -> str:
    if spared:
        return "*not run*"
    if points is None:
        return "–"
    return f"{points:g}" if points == honest else f"**{points:g}**"
