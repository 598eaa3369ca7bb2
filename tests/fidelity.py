"""Cells that a cold kernel and a forked one must answer alike: notebook -> cell -> source.

They stand in `cells/NOTEBOOK.txt`, where a line `# %% name` starts a cell; those whose very text is odd stand in
ODD. The cells of one notebook share a kernel, and each does the same in every fresh kernel: no clock, no chance,
no race. So whoever prints from another process does it by one write, and waits before the next; and who prints to
standard output after standard error first lets 0.2 s pass, in which a kernel flushes what the cells before printed.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any


def cells(text: str) -> dict[str, str]:
    """Return the cells of a text, by name."""
    parts = [part.split("\n", 1) for part in text.split("# %% ")[1:]]
    assert len({name for name, _ in parts}) == len(parts)
    return {name.strip(): source.strip("\n") for name, source in parts}


ODD = {
    "empty": "",
    "blank": "\n  \n",
    "only comments": "# nothing\n# else",
    "leading blank lines": "\n\n\nprint('after blank lines')\n1 / 0",
    "leading spaces": "   x = 1\n   x + 1",
    "leading spaces and deeper": "  if True:\n      y = 3\n  y",
    "blank then indented": "\n   z = 4\n   z",
    "trailing blank lines": "5\n\n\n",
    "trailing spaces": "6   \n   ",
    "no newline at the end": "7",
    "prompts": ">>> a = 8\n>>> a",
    "prompts with dots": ">>> for i in range(2):\n...     print(i)\n...",
    "ipython prompts": "In [1]: b = 9\n\nIn [2]: b",
    "dots first": "... 1",
    "dots inside": 'text = """\n... not a prompt\n"""\ntext',
    "dots and an ellipsis": "x = [\n...,\n1]\nx",
    "question": "str?",
    "question in a comment": "10  # is it?",
    "question in a string": "'why?'",
    "question behind code": "c = 1?\nc",
    "exclamation in a string": "'!echo'",
    "unicode names": "größe = 11\nπ = 3\ngröße, π",
    "unicode operators": "1 × 2",
    "not a breaking space": "x\u00a0= 1",
    "tabs": "if True:\n\tx = 12\n\tprint(x)\nx",
    "carriage returns": "x = 13\r\nprint(x)\r\nx",
    "lone carriage returns": "x = 14\rx",
    "form feed": "x = 15\n\x0c\nx",
    "null": "x = 16\0\nx",
    "byte order mark": "\ufeffx = 17\nx",
    "line separator": "x = 'a\u2028b'\nx",
    "backslash at the end": "18 + \\\n 1",
    "backslash at the very end": "19 \\",
    "semicolons": "20; 21",
    "semicolon in a comment": "22  # ;",
    "semicolon in a string": "'23;'",
    "only a string": '"""a text\nof lines"""',
    "only a semicolon": ";",
    "line magic inside": "for i in range(2):\n    %env COUNT={i}",
    "assigned magic": "folder = %pwd\ntype(folder).__name__",
    "shell inside": "if True:\n    !echo inside",
    "cell magic behind a comment": "# first\n%%time\n1",
    "cell magic behind blank lines": "\n\n%%capture\nprint('hidden')",
    "percent as an operator": "24 \\\n%5",
    "decorator only": "@property",
    "call without parentheses": "/print 25",
    "quoted call": ",print a b",
    "quoted whole call": ";print a b",
    "walrus": "(w := 26)",
    "match": "match [1, 2]:\n    case [a, b]:\n        print(a, b)",
    "star expression": "*range(3),",
    "type comment": "x = []  # type: list\nx",
    "encoding comment": "# -*- coding: latin-1 -*-\n'ä'",
    "future in the middle": "x = 1\nfrom __future__ import annotations",
    "very long line": "'" + "z" * 5000 + "'",
    "many lines": "\n".join(f"v{i} = {i}" for i in range(500)) + "\nv499",
    "deeply nested": "(" * 150 + "1" + ")" * 150,
    "too deeply nested": "(" * 300 + "1" + ")" * 300,
    "large sum": "+".join(["1"] * 500),
    "surrogate": "'\ud800'",
    "emoji": "'🙂'",
    "emoji as a name": "🙂 = 1",
    "await in a string": "'await x'",
    "async function only": "async def f():\n    return 1\nf",
    "top level return": "return",
    "top level break": "break",
    "global statement": "global g\ng = 27\ng",
    "del of nothing": "del nothing_of_this_name",
    "escapes": "a = '\\d'\nb = '\\w'\na, b",
    "escape in a function": "def f():\n    return '\\d'\nf()",
    "escape in bytes": "x = 1\nb'\\d'",
    "escape in a formatted string": "x = 1\nf'\\d{x}'",
    "octal escape": "x = 1\n'\\777'",
    "is with a literal": "x = 1\nx is 1",
    "is not with a literal": "x = 'a'\nx is not 'a'",
    "is with a tuple": "x = ()\nx is ()",
    "is with a sign": "x = 1\nx is -1",
    "is behind a literal": "x = 1\n'a' is x",
    "assert of a tuple": "x = 1\nassert (x, 'message')",
    "assert without a space": "x = 1\nassert(x, 'message')",
    "call of a literal": "x = 1\ntry:\n    (1, 2)(0)\nexcept TypeError:\n    pass",
    "call of a list": "try:\n    [1] (2)\nexcept TypeError:\n    pass",
    "call of none": "try:\n    None()\nexcept TypeError:\n    pass",
    "index of a literal": "try:\n    [1, 2]['a']\nexcept TypeError:\n    pass",
    "index by a tuple": "try:\n    [[1], [2] [0, 1]]\nexcept TypeError:\n    pass",
    "index of a set": "try:\n    {1}[0]\nexcept TypeError:\n    pass",
    "call of a string over lines": "try:\n    ('a'\n     ('b'))\nexcept TypeError:\n    pass",
    "call of a formatted string": "x = 1\ntry:\n    f'{x}'()\nexcept TypeError:\n    pass",
    "call of a comprehension": "try:\n    [x for x in (1, 2)](0)\nexcept TypeError:\n    pass",
    "call of a lambda": "x = 1\n(lambda: 2)()",
    "number before a word": "x = 1\n1if x else 2",
    "number before in": "x = [1]\n1in x",
    "hexadecimal before a word": "x = 1\n0xfor x",
    "several warnings": "x = 1\nx is 1\nx is 2\n'\\d'",
    "several lines, then an await": "import asyncio\nawait asyncio.sleep(0)\n1",
    "await in a function only": "async def f():\n    await asyncio.sleep(0)\nf.__name__",
    "await in a comprehension": "x = 1\n[await asyncio.sleep(0, y) for y in range(2)]",
    "asynchronous comprehension": "async def g():\n    yield 1\n[y async for y in g()]",
    "asynchronous generator expression": "x = (y async for y in g())\ntype(x).__name__",
    "await in a lambda": "x = 1\nlambda: await x",
    "return after lines": "x = 1\nreturn x",
    "yield after lines": "x = 1\nyield x",
    "break after lines": "x = 1\nbreak",
    "nonlocal after lines": "x = 1\nnonlocal x",
    "star after lines": "x = 1\n*x",
    "annotation": "x: int = 1\ny: undefined_annotation",
    "duplicate argument": "def f(a, a):\n    pass",
    "last line is a loop": "x = 1\nfor x in (2,):\n    x",
    "last line is an if": "x = 1\nif x:\n    x",
    "several on the last line": "x = 1\nx; x + 1",
    "semicolon after lines": "x = 1\nx + 1;",
    "semicolon and comment after lines": "x = 1\nx + 1;  # quiet",
    "semicolon in a string after lines": "x = 1\n'a;'",
    "the same cell": "x = 1\nx is 1",
    "the same cell again": "x = 1\nx is 1",
    "nested run of the same text": "x = 1\nget_ipython().run_cell('x = 2\\nx');",
    "run of other text": "get_ipython().run_cell('y = 3\\ny');\nx",
    "parsed by hand": "import ast\nast.dump(get_ipython().compile.ast_parse('x = 1\\n'))",
    "transformer of trees": "import ast\nclass Minus(ast.NodeTransformer):\n    def visit_Constant(self, node):\n"
    "        return ast.Constant(-node.value) if isinstance(node.value, int) else node\n"
    "get_ipython().ast_transformers.append(Minus())",
    "tree transformed": "x = 1\nx + 1",
    "tree transformed again": "x = 1\nx + 1",
    "transformer of trees that fails": "class Bad(ast.NodeTransformer):\n    def visit_Constant(self, node):\n"
    "        raise ValueError('no')\nget_ipython().ast_transformers[:] = [Bad()]",
    "tree transformer fails": "x = 1\nx + 1",
    "tree transformer off": "x = 1\nget_ipython().ast_transformers.clear()",
    "future": "from __future__ import annotations\ndef f(x: Undefined): ...\nf.__annotations__",
    "future stays": "def f(x: StillUndefined): ...\nf.__annotations__",
    "after everything": "28",
}
"""Cells whose very text is the point."""

NOTEBOOKS = {path.stem: cells(path.read_text("utf-8")) for path in sorted(Path(__file__).parent.glob("cells/*.txt"))}
NOTEBOOKS["odd"] = ODD

NO_PROCESSES = {
    "libraries": {"seeded workers", "shared memory", "worker that prints", "workers"},
    "magics": {"automagic", "bash", "capture of a command", "echo", "echo to stderr", "environment in a shell", "script"},
    "odd": {"shell inside"},
    "state": {"environment"},
    "streams": {
        "fork", "fork after a flush", "pool", "process", "process ended", "shell", "spawned", "subprocess",
        "subprocess to our stream",
    },
}  # fmt: skip
"""Cells that start another process, come after one that could not, or show that joblib is told so; a confined kernel
can start none."""

_RULES = [
    (r"0x[0-9a-f]{8,16}\b", "0xADDRESS"),
    (r"/ipykernel_\d+/\d+\.py\b", "/ipykernel_PID/NUMBER.py"),
    (r"\(\d+\.py, line (\d+)\)$", r"(NUMBER.py, line \1)"),  # the same name, in what a SyntaxError says
    (r"/grader-\w+/\w+/tmp/ipykernel_", "/ipykernel_"),  # a cold kernel takes its own folder for temporary files
    (r"NUMBER\.py',\s+'", "NUMBER.py', '"),  # a line that was too long with it
    (r"/grader-\w+/\w+/(work|home|tmp)\b", r"/FOLDER/\1"),
    (r"^(CPU times|Wall time): .*", r"\1: TIMES"),  # of %time
    (r"^.* per loop \(mean ± std. dev. of", "TIMES per loop (mean ± std. dev. of"),  # of %timeit
]


def normal(value: Any) -> Any:
    """Return a cell's outputs without what differs between two cold kernels.

    These are addresses in memory, the names of the cells' files (a process id, a checksum) and of the kernel's
    folder, the times that %time and %timeit tell, and the ids of widgets.
    """
    if isinstance(value, dict):
        return {key: "ID" if key == "model_id" else normal(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [normal(inner) for inner in value]
    if isinstance(value, str):
        for pattern, text in _RULES:
            value = re.sub(pattern, text, value, flags=re.MULTILINE)
    return value
