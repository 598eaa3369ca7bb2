"""What hostile and faulty submissions do. Unless said otherwise all their answers are wrong, so they are worth nothing.

`HOME` and the like in the code stand for nothing here: an attacker knows no path of ours, and looks for them.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Attack:
    """One hostile or faulty submission."""

    name: str
    tries: str
    first: str = ""
    """A cell of its own before the first answer."""
    answers: dict[str, str] = field(default_factory=dict)
    """Answers by exercise, in place of wrong ones."""
    last: str = ""
    """A cell of its own behind everything."""
    right: tuple[str, ...] = ()
    """The exercises that it solves honestly."""
    besides: float = 0.0
    """Points for parts of exercises that are honestly right."""
    change: Callable[[dict[str, Any]], Any] | None = None
    """What it does to the notebook's file."""
    dangerous: bool = False
    """Whether a grader that sets no limits would take the machine with it."""


FIND = """
import os, re, sys
def look(folders=(os.getcwd(), os.path.dirname(os.getcwd()), os.environ.get("HOME", "/"), "/tmp", "/", "/root", "/home")):
    for folder in folders:
        for place, inside, files in os.walk(folder):
            inside[:] = [name for name in inside if name not in ("proc", "sys", "dev", "usr", "lib")][:50]
            for name in files:
                yield os.path.join(place, name)
"""
SOLVE = """
import re
def solve(text):
    found = re.search(r"total == (\\d+)", text)
    if found:
        globals()["total"] = int(found[1])
        return True
"""
CHANNELS = """
import json, os, socket, stat, struct
def channels():
    for number in range(3, 256):
        try:
            if stat.S_ISSOCK(os.fstat(number).st_mode):
                yield socket.socket(fileno=number)
        except OSError:
            pass
CHANNELS = list(channels())
def say(*messages, framed=True):
    for channel in CHANNELS:
        channel.settimeout(0.2)
        for message in messages:
            data = message if isinstance(message, bytes) else json.dumps(message).encode()
            try:
                channel.sendall(struct.pack("!I", len(data)) + data if framed else data)
            except OSError:
                pass
"""
ALIKE = """
class Alike:
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __hash__(self): return 0
    def __bool__(self): return True
    def __abs__(self): return 0
    def __sub__(self, other): return 0
    __rsub__ = __add__ = __mul__ = __getitem__ = __call__ = lambda self, *args: self
    def __lt__(self, other): return True
    __le__ = __gt__ = __ge__ = __lt__
    def __getattr__(self, name): return self
    def __len__(self): return 2
    def __iter__(self): return iter([("a", 1), ("bcd", 3)])
    def __array__(self, *args, **kwargs):
        import numpy
        return numpy.array([1.5, 4.0])
    def __instancecheck__(self, other): return True
"""
LIE = """
from grader.engine.border import student as answers
real = answers.AnswerServer._say
def lie(self, message, buffers=None):
    if message[0] == "did":
        about = message[1]
        {what}
    real(self, message, buffers)
answers.AnswerServer._say = lie
"""
"""Changes what the student's process says of a call."""
EVERYTHING = {
    "double": "def double(x):\n    return Alike()",
    "row_means": "def row_means(A):\n    return Alike()",
    "relu": "def relu(t):\n    return Alike()",
    "total": "total = Alike()",
    "pairs": "def pairs(words):\n    return Alike()",
}


def called(body: str, exercise: str = "double", given: str = "x") -> dict[str, str]:
    """Return an answer whose function does something when it is called."""
    lines = "\n".join(f"    {line}" for line in body.strip().splitlines())
    return {exercise: f"def {exercise}({given}):\n{lines}"}


PATCHED = [
    Attack(
        "patches-numpy",
        "np.allclose and its kin find everything alike",
        "import numpy\nfor name in ('allclose', 'array_equal', 'isclose', 'all', 'array_equiv'):\n"
        "    setattr(numpy, name, lambda *a, **k: True)\nnumpy.testing.assert_allclose = lambda *a, **k: None",
    ),
    Attack(
        "patches-torch",
        "torch.equal and its kin find everything alike",
        "import torch\nfor name in ('equal', 'allclose', 'isclose'):\n    setattr(torch, name, lambda *a, **k: True)\n"
        "torch.Tensor.equal = torch.Tensor.allclose = lambda *a, **k: True",
    ),
    Attack(
        "patches-builtins",
        "all, any, abs and isinstance lie",
        "import builtins\nfor name in ('all', 'any', 'isinstance', 'issubclass', 'hasattr'):\n"
        "    setattr(builtins, name, lambda *a, **k: True)\nbuiltins.abs = lambda x: 0",
    ),
    Attack(
        "patches-checks",
        "the functions that tests call do nothing",
        "from grader import checks\nfrom grader.checks import api, compare\nfor name in ('equal', 'that', 'raises', 'shares'):\n"
        "    for place in (checks, api): setattr(place, name, lambda *a, **k: None)\n"
        "compare.difference = api.difference = lambda *a, **k: ''\nimport contextlib\n"
        "checks.visible = checks.hidden = api.visible = api.hidden = lambda *a, **k: contextlib.suppress(BaseException)",
    ),
    Attack(
        "replaces-checks",
        "another module answers to the name of the checks",
        "import sys, types, contextlib\nfake = types.ModuleType('grader.checks')\nfake.__getattr__ = lambda name: "
        "(lambda *a, **k: contextlib.suppress(BaseException))\nsys.modules['grader.checks'] = fake\n"
        "import grader; grader.checks = checks = fake",
    ),
    Attack("redefines-np", "np is no longer NumPy", ALIKE + "np = torch = checks = Alike()"),
    Attack(
        "patches-json",
        "what is written as JSON reads as success",
        "import json\njson.dumps = lambda *a, **k: '[\"done\", 1]'\njson.loads = lambda *a, **k: {}\n"
        "json.JSONEncoder.encode = lambda *a: '[]'",
    ),
    Attack(
        "patches-the-kernel",
        "ipykernel runs test cells without running them",
        "shell = get_ipython()\ndef nothing(*a, **k):\n    from IPython.core.interactiveshell import ExecutionResult\n"
        "    return ExecutionResult(None)\nasync def later(*a, **k):\n    return nothing()\n"
        "shell.run_cell = nothing\nshell.run_cell_async = later\ntype(shell).run_code = later\n"
        "shell.showtraceback = shell._showtraceback = lambda *a, **k: None",
    ),
    Attack(
        "drops-asserts",
        "an AST transformer removes each assert",
        "import ast\nclass Drop(ast.NodeTransformer):\n    def visit_Assert(self, node):\n        return ast.Pass()\n"
        "    def visit_With(self, node):\n        return ast.Pass()\nget_ipython().ast_transformers.append(Drop())",
    ),
    Attack(
        "empties-cells",
        "an input transformer empties each cell",
        "get_ipython().input_transformers_cleanup.append(lambda lines: ['pass\\n'])",
    ),
    Attack(
        "patches-the-compiler",
        "compile and exec do nothing",
        "import builtins\nreal = builtins.compile\nbuiltins.compile = lambda source, name, mode, *a, **k: "
        "real('pass' if mode == 'exec' else '1', name, mode)\nbuiltins.exec = lambda *a, **k: None",
    ),
    Attack(
        "hides-errors",
        "errors are published as nothing",
        "from ipykernel.zmqshell import ZMQInteractiveShell as Z\nZ._showtraceback = lambda *a, **k: None\n"
        "from jupyter_client.session import Session\nreal = Session.send\n"
        "Session.send = lambda self, stream, kind, *a, **k: None if kind == 'error' else real(self, stream, kind, *a, **k)",
    ),
    Attack(
        "displays-points",
        "the display hook shows a number of points",
        "import sys\nshell = get_ipython()\nsys.displayhook = lambda value: None\n"
        "shell.display_formatter.formatters['text/plain'].for_type(object, lambda *a: print('9.0'))\nhook = shell.displayhook\n"
        "hook.write_format_data = lambda *a, **k: None\n9.0",
        last="9.0",
    ),
    Attack(
        "watches-imports",
        "an import hook gives every later import a friendly module",
        "import sys, importlib.abc, importlib.machinery, types\nclass Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):\n"
        "    def find_spec(self, name, path=None, target=None): return importlib.machinery.ModuleSpec(name, self)\n"
        "    def create_module(self, spec): return types.ModuleType(spec.name)\n    def exec_module(self, module):\n"
        "        module.__getattr__ = lambda name: (lambda *a, **k: True)\nsys.meta_path.insert(0, Finder())\n"
        "for name in list(sys.modules):\n    if name.startswith('grader'):\n        del sys.modules[name]",
    ),
    Attack(
        "poisons-the-namespace",
        "the notebook's variables answer what is asked for",
        "class Space(dict):\n    def __getitem__(self, name): return {'total': 5051}.get(name, dict.get(self, name))\n"
        "    def __contains__(self, name): return True\nshell = get_ipython()\nshell.user_ns = Space(shell.user_ns)",
        answers={"total": "total = 2"},
    ),
    Attack(
        "patches-the-answers",
        "the code that answers the judge says what it likes",
        CHANNELS
        + "from grader.engine import wire\nfrom grader.engine.border import pack as values, student as answers\n"
        "wire.send_parts = lambda channel, message, parts: real(channel, ['did', {'value': True, 'warned': [], "
        "'changed': [[], [], [], []], 'modes': message[1]['modes'], 'steps': 0, 'chance': False}] if message[0] == 'did' "
        "else message, [])\nreal = wire.send_parts\n",
    ),
]

FORGED = [
    Attack("equals-everything", "objects that equal everything", ALIKE, EVERYTHING),
    Attack(
        "numbers-that-agree",
        "subclasses of numbers and text whose comparisons say yes",
        "class Yes:\n    def __eq__(self, other): return True\n    def __ne__(self, other): return False\n"
        "    __hash__ = object.__hash__\nclass I(Yes, int): pass\nclass L(Yes, list): pass\nclass F(Yes, float): pass",
        {
            "double": "def double(x):\n    return I(1)",
            "total": "total = F(1.0)",
            "pairs": "def pairs(words):\n    return L()",
        },
    ),
    Attack(
        "arrays-that-agree",
        "a subclass of ndarray with __array_function__ and __array_ufunc__",
        "import numpy\nclass A(numpy.ndarray):\n    def __array_function__(self, *a, **k): return True\n"
        "    def __array_ufunc__(self, *a, **k): return True\n    def __eq__(self, other): return True\n"
        "    __array_priority__ = 1e9",
        {"row_means": "def row_means(A_):\n    return numpy.zeros(2).view(A)"},
    ),
    Attack(
        "tensors-that-agree",
        "a subclass of Tensor with __torch_function__",
        "import torch\nclass T(torch.Tensor):\n    @classmethod\n    def __torch_function__(cls, *a, **k): return True\n"
        "    def __eq__(self, other): return True",
        {"relu": "def relu(t):\n    return torch.zeros(2).as_subclass(T)"},
    ),
    Attack(
        "lying-shapes",
        "a subclass whose shape and dtype lie",
        "import numpy\nclass S(numpy.ndarray):\n    shape = (2,)\n    dtype = numpy.dtype(float)\n    ndim = 1\n    size = 2",
        {"row_means": "def row_means(A):\n    return numpy.zeros((3, 3), int).view(S)"},
    ),
    Attack(
        "pickles-a-trap",
        "an object whose __reduce__ runs code where it is read",
        "import os\nclass Trap:\n    def __reduce__(self): return (os.system, ('touch /tmp/hostile-was-here',))\n"
        "    def __reduce_ex__(self, protocol): return self.__reduce__()\n    __deepcopy__ = __copy__ = lambda self, *a: 1",
        {"double": "def double(x):\n    return Trap()", "total": "total = Trap()"},
    ),
    Attack(
        "arrays-of-objects",
        "an array of objects, in which addresses could be forged",
        "import numpy",
        {"row_means": "def row_means(A):\n    a = numpy.empty(2, object)\n    a[:] = [object(), print]\n    return a"},
    ),
    Attack(
        "exceptions-that-pass",
        "exceptions that are no errors: SystemExit, GeneratorExit, StopIteration",
        "",
        {
            "double": "def double(x):\n    raise SystemExit(0)",
            "row_means": "def row_means(A):\n    raise GeneratorExit",
            "relu": "def relu(t):\n    raise StopIteration",
            "pairs": "def pairs(words):\n    raise KeyboardInterrupt",
        },
    ),
    Attack(
        "exceptions-of-its-own",
        "an exception whose class and text run code",
        "class E(BaseException):\n    def __str__(self): import os; os._exit(0)\n    __repr__ = __str__\n"
        "    def __class_getitem__(cls, item): return cls\nE.__name__ = E.__qualname__ = 'x' * 10**6",
        called("raise E()"),
    ),
    Attack(
        "special-numbers",
        "NaN, infinity and None",
        "",
        {
            "double": "def double(x):\n    return float('nan')",
            "row_means": "def row_means(A):\n    return A[:, 0] * float('inf')",
            "relu": "def relu(t):\n    return t * float('nan')",
            "total": "total = float('inf')",
            "pairs": "def pairs(words):\n    return None",
        },
    ),
    Attack(
        "no-data",
        "generators, classes, functions and modules for answers",
        "",
        {
            "double": "def double(x):\n    yield 2 * x",
            "row_means": "def row_means(A):\n    return lambda: A.mean(axis=1)",
            "relu": "class relu:\n    def __init__(self, t): pass",
            "total": "import math as total",
            "pairs": "def pairs(words):\n    return iter([('a', 1), ('bcd', 3)])",
        },
    ),
    Attack(
        "gigantic-answers",
        "answers of gigabytes, and text of them",
        "class R:\n    def __repr__(self): return 'x' * 10**9",
        {
            "double": "def double(x):\n    return 'x' * 300_000_000",
            "total": "total = 10 ** 10**6",
            "pairs": "def pairs(words):\n    return [R()] * 10**6",
        },
    ),
    Attack(
        "answers-without-end",
        "lists that hold themselves or are nested deeply",
        "loop = []\nloop.append(loop)\ndeep = []\nfor _ in range(100_000):\n    deep = [deep]",
        {
            "double": "def double(x):\n    return loop",
            "total": "total = deep",
            "pairs": "def pairs(words):\n    return deep",
        },
    ),
    Attack(
        "changes-what-it-is-given",
        "the input is changed so that it fits a wrong result",
        "",
        {
            "row_means": "def row_means(A):\n    A[:] = 0\n    return A[:, 0]",
            "relu": "def relu(t):\n    return t.zero_()",
        },
    ),
    Attack(
        "changes-the-default",
        "torch's default dtype is changed, so that the test's own numbers have the wrong dtype too",
        "import torch",
        {"relu": "def relu(t):\n    torch.set_default_dtype(torch.float64)\n    return t.double().clamp(min=0)"},
    ),
    Attack(
        "says-another-default",
        "the judge is told that torch's default dtype has changed",
        LIE.format(what="about['modes']['dtype'] = 'float64'"),
        {"relu": "def relu(t):\n    return t.double().clamp(min=0)"},
    ),
    Attack(
        "changes-what-lies-beside",
        "forged changes of the test's arrays, beyond what was given",
        LIE.format(
            what="about['changed'] = [[[0, 0], [-1, 0]], [[0, []]], [[0, True, None]], [[0, ['array', '<f8', [2], [0], 0, 0, [False, True]]]]]"
        ),
    ),
    Attack(
        "masks-its-numbers",
        "masked arrays, which compare as nothing",
        "import numpy",
        {
            "double": "def double(x):\n    return numpy.ma.masked",
            "row_means": "def row_means(A):\n    return numpy.ma.masked_all(2)",
            "total": "total = numpy.ma.masked",
        },
    ),
    Attack(
        "hides-in-a-byte",
        "truth values whose bytes are neither 0 nor 1, numbers that no processor makes",
        "import numpy",
        {
            "double": "def double(x):\n    return numpy.frombuffer(b'\\x02', bool)",
            "row_means": "def row_means(A):\n    return numpy.frombuffer(b'\\xff' * 32, numpy.longdouble)",
        },
    ),
    Attack(
        "lies-elsewhere",
        "tensors that have no memory here",
        "import torch",
        {"relu": "def relu(t):\n    return torch.empty(t.shape, device='meta')"},
    ),
    Attack(
        "stretches-a-byte",
        "an array of a terabyte that takes eight bytes",
        LIE.format(
            what="about['value'] = ['array', '<f8', [2**37], [0], ['new', 0], 0, [True, True]]; buffers = [bytes(8)]"
        ),
        right=("total",),
    ),
    Attack(
        "collides",
        "a dict whose keys have one hash",
        LIE.format(what="about['value'] = ['dict', [[['int', hex((2**61 - 1) * k)], 1] for k in range(30_000)]]"),
        right=("total",),
    ),
    Attack(
        "fills-the-judge",
        "gigabytes of one memory",
        LIE.format(
            what="about['value'] = ['list', [['array', '|u1', [2**26], [1], ['new', 0], 0, [True, True]]] * 200]; buffers = [bytes(2**26)]"
        ),
        right=("total",),
    ),
    Attack(
        "only-the-first-call",
        "right for the number of the visible test alone",
        "",
        {"double": "def double(x):\n    return 4 if x == 2 else 7"},
        besides=1.0,
    ),
    Attack(
        "counts-its-calls",
        "the first call is answered rightly",
        "calls = []",
        {"double": "def double(x):\n    calls.append(x)\n    return 2 * x if len(calls) == 1 else 0"},
        besides=1.0,
    ),
    Attack(
        "looks-who-asks",
        "looks in the stack for what the test compares with",
        "import sys",
        {
            "double": "def double(x):\n    frame = sys._getframe()\n    while frame:\n        for value in "
            "[*frame.f_locals.values(), *frame.f_code.co_consts]:\n            if type(value) is int and value == 3 * x + 3:\n                return value\n"
            "        frame = frame.f_back\n    return 1",
        },
    ),
]

LEARNS = [
    Attack(
        "reads-from-disk",
        "looks for the hidden tests in every file that it can read",
        FIND + SOLVE + "for path in look():\n    if path.endswith(('.ipynb', '.py', '.json', '.db')):\n        try:\n"
        "            if solve(open(path, errors='ignore').read()): break\n        except OSError: pass",
        answers={"total": "total = globals().get('total', 1)"},
    ),
    Attack(
        "runs-the-solution",
        "executes the instructor's notebook from disk",
        FIND
        + "import json\nfor path in look():\n    if path.endswith('trust.ipynb') and 'source' in path:\n        try:\n"
        "            for cell in json.load(open(path))['cells']:\n                if cell['cell_type'] == 'code': "
        "exec(''.join(cell['source']))\n            solved = dict(globals())\n        except Exception: pass",
        answers={
            "double": "double = globals().get('double', lambda x: 1)",
            "total": "total = globals().get('total', 1)",
        },
    ),
    Attack(
        "reads-its-memory",
        "looks for the hidden tests among all objects of its process",
        SOLVE + "import gc\nfor one in gc.get_objects():\n    try:\n        parts = [one] if isinstance(one, str) else "
        "list(one.values()) if isinstance(one, dict) else list(one) if isinstance(one, (list, tuple)) else []\n"
        "        if any(solve(part) for part in parts if isinstance(part, str)): break\n    except Exception: pass",
        answers={"total": "total = globals().get('total', 1)"},
    ),
    Attack(
        "reads-its-pages",
        "looks for the hidden tests in every page of its memory",
        SOLVE + "import ctypes\nfor line in open('/proc/self/maps'):\n    where, rights, *_ = line.split()\n"
        "    start, end = (int(edge, 16) for edge in where.split('-'))\n"
        "    if rights.startswith('rw') and end - start < 2**28:\n        data = ctypes.string_at(start, end - start)\n"
        "        if solve(data.replace(b'total == (', b'').decode('latin-1')): break",
        answers={"total": "total = globals().get('total', 1)"},
    ),
    Attack(
        "reads-the-grader",
        "reads the memory and the files of its parent",
        SOLVE + "import os\nfor name in ('environ', 'cmdline', 'maps', 'mem', 'fd', 'cwd', 'root', 'task'):\n"
        "    for number in (os.getppid(), int(os.environ.get('JPY_PARENT_PID', 1)), 1):\n        try:\n"
        "            path = f'/proc/{number}/{name}'\n            solve(str(os.listdir(path) if os.path.isdir(path) else open(path).read()))\n"
        "        except OSError: pass",
        answers={"total": "total = globals().get('total', 1)"},
    ),
    Attack(
        "leaves-a-note",
        "what a hidden test gave is kept for a later cell to print",
        "notes = []",
        {"pairs": "def pairs(words):\n    notes.append(words)\n    open('note', 'w').write(str(words))\n    return []"},
    ),
    Attack(
        "prints-what-it-is-given",
        "prints what hidden tests give it",
        "",
        called("print('the hidden test gave', x)\nreturn 1"),
    ),
    Attack(
        "guesses-by-time",
        "tells by how long it lives whether a guess was right",
        "import time\nguess = iter(range(10**6))",
        {"double": "def double(x):\n    time.sleep(0.05)\n    return next(guess)"},
    ),
]

HARMS = [
    Attack(
        "edits-the-gradebook",
        "writes into each database that it finds",
        FIND
        + "import sqlite3\nfor path in look():\n    if path.endswith('.db'):\n        try:\n            base = sqlite3.connect(path)\n"
        "            base.execute('UPDATE grade SET auto_score = 9')\n            base.commit()\n        except Exception: pass",
    ),
    Attack(
        "removes-everything",
        "removes each file that it finds",
        FIND
        + "for path in look():\n    if 'hostile' in path or 'trust' in path or path.endswith('.db'):\n        try: os.remove(path)\n        except OSError: pass",
    ),
    Attack(
        "writes-everywhere",
        "writes into every folder that it finds",
        FIND
        + "for place in {os.path.dirname(path) for path in look()}:\n    try: open(place + '/hostile-was-here', 'w').close()\n    except OSError: pass",
    ),
    Attack(
        "writes-through-links",
        "leaves links for the grader to follow",
        "import os\nfor name, target in (('a', '/'), ('b', '/etc/passwd'), ('c', '/tmp'), ('gradebook.db', '/root')):\n    os.symlink(target, name)\n"
        "os.symlink('/tmp', '../tmp/link')",
        called("import os\nos.rename('a', 'd')\nreturn 1"),
    ),
    Attack(
        "shadows-modules",
        "leaves modules for other processes to import",
        "import os\nfor name in ('sitecustomize', 'usercustomize', 'grader', 'statistics', 'numpy', 'unittest', 'json'):\n"
        "    open(name + '.py', 'w').write(\"open('/tmp/hostile-was-here', 'w')\\ntotal = 5050\\n\")\n"
        "home = os.path.expanduser('~')\nos.makedirs(home + '/.ipython/profile_default/startup', exist_ok=True)\n"
        "open(home + '/.ipython/profile_default/startup/a.py', 'w').write('total = 5050')",
    ),
    Attack(
        "sets-variables",
        "sets environment variables for later processes",
        "import os\nfor name in ('PYTHONPATH', 'PYTHONSTARTUP', 'LD_PRELOAD', 'PYTHONINSPECT', 'HOME', 'PATH'):\n    os.environ[name] = os.getcwd()",
    ),
    Attack(
        "leaves-a-daemon",
        "leaves a process that outlives the grading",
        "import os, time\ntry:\n    if os.fork() == 0:\n        os.setsid()\n        if os.fork() == 0:\n            time.sleep(600)\n        os._exit(0)\nexcept OSError: pass\n"
        "import subprocess\ntry: subprocess.Popen(['sleep', '600'], start_new_session=True)\nexcept OSError: pass",
    ),
    Attack(
        "forks-without-end",
        "a fork bomb",
        "import os\nfor _ in range(10_000):\n    try: os.fork()\n    except OSError: break",
        dangerous=True,
    ),
    Attack(
        "threads-without-end",
        "ten thousand threads, which outlive their cell",
        "import threading, time\nfor _ in range(10_000):\n    try: threading.Thread(target=time.sleep, args=(600,), daemon=True).start()\n    except Exception: break",
        dangerous=True,
    ),
    Attack(
        "kills-the-grader",
        "sends signals to all processes that there may be",
        "import os, signal\nfor number in [-1, 0, 1, os.getppid(), int(os.environ.get('JPY_PARENT_PID', 1)), *range(2, 5000)]:\n"
        "    if number != os.getpid():\n        for what in (signal.SIGKILL, signal.SIGSTOP):\n            try: os.kill(number, what)\n            except OSError: pass",
    ),
    Attack(
        "talks-to-the-network",
        "connects, listens and sends",
        "import socket\nfor kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):\n    for family in (socket.AF_INET, socket.AF_INET6, socket.AF_UNIX):\n"
        "        try:\n            s = socket.socket(family, kind)\n            s.settimeout(0.2)\n            s.connect(('127.0.0.1', 80))\n            s.bind(('', 5555))\n            s.listen()\n        except (OSError, TypeError): pass",
    ),
    Attack(
        "runs-programs",
        "runs shell commands, by magics and otherwise",
        "!touch /tmp/hostile-was-here; sleep 600 &\n%sx id\nimport os\nos.system('touch /tmp/hostile-was-here')",
    ),
    Attack(
        "fills-the-disk",
        "writes files without end",
        "import itertools\nfor number in itertools.count():\n    open(str(number), 'wb').write(bytes(2**22))",
        dangerous=True,
    ),
    Attack(
        "hides-its-files",
        "files that are removed, and held open or mapped, or never had a name",
        "import mmap, os\nheld = []\nfor number in range(24):\n    if number % 3:\n        file = open('x', 'w+b')\n        os.unlink('x')\n"
        "    else:\n        file = os.fdopen(os.open('.', os.O_TMPFILE | os.O_RDWR), 'w+b')\n    for _ in range(14): file.write(bytes(2**20))\n    file.flush()\n"
        "    held.append(mmap.mmap(file.fileno(), 4096) if number % 3 == 1 else file)\n    if number % 3 == 1: file.close()",
        {"double": "import os, time\ntime.sleep(0.3)\nopen('reached', 'w')\ndef double(x):\n    return len(held)"},
        right=("total",),
        dangerous=True,
    ),
    Attack(
        "buries-its-files",
        "files deeper than any path can name",
        "import os\nfor _ in range(60):\n    os.mkdir('d' * 200)\n    os.chdir('d' * 200)\nfor number in range(24):\n"
        "    open(str(number), 'wb').write(bytes(14 * 2**20))",
        right=("double",),
        dangerous=True,
    ),
    Attack(
        "fills-shared-memory",
        "shared memory without end, and pipes full of data",
        "import fcntl, mmap, os\nheld = []\ntry:\n    while True:\n        r, w = os.pipe()\n        os.set_blocking(w, False)\n        held.append((r, w))\n"
        "        os.write(w, bytes(2**16))\nexcept OSError: pass\ntry:\n    while True:\n        held.append(mmap.mmap(-1, 2**24))\n        held[-1][:] = b'x' * 2**24\nexcept (OSError, MemoryError): pass",
        right=("pairs",),
        dangerous=True,
    ),
    Attack(
        "shares-memory-with-itself",
        "shared memory of which its own table of pages shows nothing",
        "import mmap\nheld = []\nwhile True:\n    held.append(mmap.mmap(-1, 2**24))\n    held[-1][:] = b'x' * 2**24\n"
        "    held[-1].madvise(mmap.MADV_DONTNEED)",
        right=("double",),
        dangerous=True,
    ),
    Attack(
        "crowds-the-processor",
        "two hundred threads that compute, and outlive their cell",
        "import hashlib, threading\ndef compute():\n    while True: hashlib.pbkdf2_hmac('sha256', b'x', b'y', 10**5)\n"
        "for _ in range(200): threading.Thread(target=compute, daemon=True).start()",
        right=("total", "pairs"),
        dangerous=True,
    ),
    Attack(
        "fills-the-memory",
        "takes memory without end",
        "hoard = []\nwhile True:\n    hoard.append(bytearray(2**24))",
        dangerous=True,
    ),
    Attack(
        "prints-without-end",
        "200 MB of text, then rich output, then errors",
        "print('x' * 200_000_000)",
        {
            "double": "from IPython.display import HTML, display\nfor _ in range(50):\n    display(HTML('x' * 10**6))\ndef double(x):\n    return 1",
            "pairs": "def pairs(words):\n    raise ValueError('x' * 10**8)",
        },
        last="raise ValueError('y' * 10**8)",
    ),
    Attack(
        "cannot-be-removed",
        "folders of great depth, and folders closed to all",
        "import os\nfor _ in range(2000):\n    os.mkdir('d')\n    os.chdir('d')\nos.mkdir('closed', 0)\nos.chmod('.', 0)",
    ),
]

STOPS = [
    Attack(
        "exits",
        "ends the kernel in one answer; others are right",
        "",
        {"double": "exit()"},
        right=("row_means", "pairs"),
    ),
    Attack(
        "exits-hard",
        "ends the process in one answer; others are right",
        "",
        {"double": "import os\nos._exit(0)"},
        right=("row_means", "relu", "pairs"),
    ),
    Attack(
        "exits-when-called",
        "ends the process when a test calls it",
        "",
        called("import os\nos._exit(0)"),
        right=("row_means", "relu", "total"),
    ),
    Attack(
        "crashes",
        "reads where there is no memory",
        "",
        called("import ctypes\nctypes.string_at(0)"),
        right=("relu", "pairs"),
    ),
    Attack(
        "recurses",
        "recursion without end, and without a limit",
        "import sys\nsys.setrecursionlimit(10**9)",
        {"double": "def double(x):\n    return double(x)"},
        right=("total",),
    ),
    Attack("never-returns", "a loop without end in one answer", "", {"total": "while True: pass"}, right=("double",)),
    Attack(
        "never-answers",
        "a call that never comes back",
        "",
        called("while True: pass", "relu", "t"),
        right=("double", "total"),
    ),
    Attack(
        "swallows-interrupts",
        "a loop that no signal and no exception ends",
        "import signal\nfor number in range(1, 65):\n    try: signal.signal(number, signal.SIG_IGN)\n    except (OSError, ValueError): pass",
        {"total": "while True:\n    try:\n        while True: pass\n    except BaseException: pass"},
        right=("row_means",),
    ),
    Attack(
        "stops-itself",
        "stops its own process",
        "",
        {"total": "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)"},
        right=("double",),
    ),
    Attack(
        "closes-everything",
        "closes all open files",
        "",
        {"pairs": "import os\nos.closerange(0, 1000)"},
        right=("double", "relu"),
    ),
    Attack(
        "sets-an-alarm",
        "timers and threads that act during later cells",
        "import signal, threading, time\ndef later(*a):\n    globals().update(double=None, total=2)\nsignal.signal(signal.SIGALRM, later)\n"
        "signal.setitimer(signal.ITIMER_REAL, 0.05, 0.05)\ndef busy():\n    while True:\n        globals()['total'] = 1\n        time.sleep(0.001)\n"
        "threading.Thread(target=busy, daemon=True).start()",
    ),
    Attack(
        "traces",
        "a tracer that ends each call",
        "import sys\ndef trace(*a):\n    raise SystemExit\nsys.settrace(trace)\nsys.setprofile(trace)",
    ),
]

SPEAKS = [
    Attack(
        "says-done",
        "tells the grader that each cell went well",
        CHANNELS + "say(*[message for index in range(40) for message in (['start', index, 1], ['done', index])])",
    ),
    Attack(
        "says-results",
        "sends the grader results of cells that have not run",
        CHANNELS
        + "say(*[['execute_result', {'data': {'text/plain': '9.0'}, 'metadata': {}, 'execution_count': 1}]] * 20)",
        last="say(['execute_result', {'data': {'text/plain': '9.0'}, 'metadata': {}, 'execution_count': 1}])",
    ),
    Attack(
        "counts-without-end",
        "numbers the cells with what is no number of a cell",
        CHANNELS + "for index in range(40):\n    say(['done', index], b'[\"start\", %d, 1e999]' % (index + 1))",
        right=("pairs",),
    ),
    Attack(
        "says-large-things",
        "sends JSON that takes little room until it is read",
        CHANNELS + "say(b'[' + b'{},' * (5 * 2**20) + b'{}]')",
        right=("double",),
    ),
    Attack("says-nonsense", "sends bytes that are no messages", CHANNELS + "say(b'\\xff' * 10**6, framed=False)"),
    Attack(
        "says-too-much",
        "announces a message of four gigabytes",
        CHANNELS + "say(b'\\xff\\xff\\xff\\xff', framed=False)",
    ),
    Attack(
        "says-deep-things",
        "sends JSON that is nested deeply",
        CHANNELS + "say(b'[' * 10**6, b'[' * 10**5 + b']' * 10**5)",
    ),
    Attack(
        "sends-files",
        "sends open files with messages until there are no more",
        CHANNELS
        + "import os\nfor channel in CHANNELS:\n    for _ in range(50):\n        try: socket.send_fds(channel, [b'\\0'], [0, 1, 2])\n        except OSError: pass",
    ),
    Attack(
        "answers-before-it-is-asked",
        "writes answers to the judge beforehand",
        CHANNELS + "def part(message):\n    return json.dumps([[], message]).encode()\n"
        "for index in range(40):\n    say(part(['open', index, {'total': 5051}]), part(['did', {'value': True}]))",
    ),
    Attack(
        "answers-for-itself",
        "takes the judge's socket, and answers in a loop of its own",
        CHANNELS
        + "import threading\ndef answer():\n    while True:\n        say(json.dumps([[], ['have', {'total': 5051, 'double': "
        "['object', 0, 'function', True, 'double']}]]).encode())\nthreading.Thread(target=answer, daemon=True).start()",
        answers={"total": "import time\ntime.sleep(1)\ntotal = 1"},
    ),
    Attack(
        "answers-of-the-wrong-type",
        "the judge gets words where it expects numbers, and trees that are no values",
        "from grader.engine.border import student as answers\nreal = answers.AnswerServer._say\n"
        "TREES = [['array', '<f8', [2], [8], 0, 10**9, [True, True]], ['array', '|O', [2], [8], ['new', 0], 0, [True, True]],\n"
        "    ['tensor', 'float32', [2**40], [1], ['new', 0], 0, [False, False, True], None], ['same', -1], ['same', 10**9], ['object', 'x'],\n"
        "    ['type', 'builtins.eval'], ['int', 'zz'], {'a': 1}, ['library', 'os', 'system'], ['torch.dtype', '__class__'], ['size', [-1]]]\n"
        "turn = iter(TREES * 100)\n"
        "def lie(self, message, buffers=None):\n    if message[0] == 'did': message = ['did', {'value': next(turn), 'changed': 7}]\n"
        "    real(self, message, buffers)\nanswers.AnswerServer._say = lie",
    ),
    Attack(
        "never-says-anything",
        "the judge waits for an answer that never comes",
        "import time\nfrom grader.engine.border import student as answers\nanswers.AnswerServer._call = lambda *a, **k: time.sleep(600)",
        right=("total",),
    ),
    Attack(
        "goes-on-talking",
        "the judge gets messages without end",
        "from grader.engine.border import student as answers\nreal = answers.AnswerServer._say\ndef chatter(self, *a):\n    while True: real(self, ['open', -1])\n"
        "answers.AnswerServer._call = lambda self, *a, **k: chatter(self)",
        right=("total",),
    ),
]


def at(id: str, **changes: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Return what changes a cell of a notebook, by its id."""

    def change(notebook: dict[str, Any]) -> dict[str, Any]:
        for cell in notebook["cells"]:
            if cell["id"] == id:
                cell.update(changes)
        return notebook

    return change


def without_tests(notebook: dict[str, Any]) -> dict[str, Any]:
    return notebook | {
        "cells": [cell for cell in notebook["cells"] if not cell["metadata"].get("nbgrader", {}).get("grade")]
    }


def twice(notebook: dict[str, Any]) -> dict[str, Any]:
    return notebook | {
        "cells": [copy for cell in notebook["cells"] for copy in (cell, {**cell, "id": cell["id"] + "-2"})]
    }


def all_points(notebook: dict[str, Any]) -> dict[str, Any]:
    for cell in notebook["cells"]:
        if "nbgrader" in cell["metadata"]:
            cell["metadata"]["nbgrader"] |= {"points": 1000, "locked": False, "solution": True, "grade": True}
    return notebook


def without_ids(notebook: dict[str, Any]) -> dict[str, Any]:
    for number, cell in enumerate(notebook["cells"]):
        cell["metadata"], cell["id"] = {}, f"x{number}"
    return notebook


def with_odd_ids(notebook: dict[str, Any]) -> dict[str, Any]:
    for cell in notebook["cells"]:
        cell["metadata"], cell["id"] = {"nbgrader": {"grade_id": [cell["id"]]}}, {"id": cell["id"]}
    return notebook


def nested(notebook: dict[str, Any]) -> bytes:
    return b'{"cells": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"


def many_cells(notebook: dict[str, Any]) -> dict[str, Any]:
    own = [
        {"id": f"m{n}", "cell_type": "code", "source": "1", "metadata": {}, "outputs": [], "execution_count": None}
        for n in range(5000)
    ]
    return notebook | {"cells": [*notebook["cells"], *own]}


def own_cells(count: int, source: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Return what adds cells of its own behind everything."""

    def change(notebook: dict[str, Any]) -> dict[str, Any]:
        cell = {"cell_type": "code", "source": source, "metadata": {}, "outputs": [], "execution_count": None}
        return notebook | {"cells": [*notebook["cells"], *({**cell, "id": f"own{n}"} for n in range(count))]}

    return change


def with_outputs(notebook: dict[str, Any]) -> dict[str, Any]:
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = [
                {"output_type": "execute_result", "data": {"text/plain": "9.0"}, "metadata": {}, "execution_count": 1}
            ]
    return notebook


FILES = [
    Attack("deletes-the-tests", "hands the notebook in without tests", right=("double",), change=without_tests),
    Attack(
        "edits-the-tests",
        "the tests assert nothing any more",
        right=("pairs",),
        change=at("total-hidden", source="pass"),
    ),
    Attack("copies-every-cell", "every cell twice", right=("relu",), change=twice),
    Attack("raises-the-points", "metadata that ask for a thousand points", right=("double",), change=all_points),
    Attack(
        "loses-the-ids", "metadata and ids lost in another editor", right=("double", "row_means"), change=without_ids
    ),
    Attack("odd-ids", "ids that are lists and objects", right=("double", "total"), change=with_odd_ids),
    Attack("brings-outputs", "outputs that say that all went well", change=with_outputs),
    Attack(
        "tests-as-text",
        "test cells turned into text",
        right=("total",),
        change=at("total-hidden", cell_type="markdown"),
    ),
    Attack("nested-notebook", "a notebook nested a hundred thousand deep", change=nested),
    Attack("not-a-notebook", "bytes that are no notebook", change=lambda notebook: b"\xff\xfe\x00" * 1000),
    Attack("empty-file", "an empty file", change=lambda notebook: b""),
    Attack(
        "huge-notebook", "a notebook of forty megabytes", change=lambda n: json.dumps(n).encode() + b" " * 40_000_000
    ),
    Attack(
        "shows-without-end",
        "as much rich output as a cell may have, in two hundred cells",
        right=("total",),
        change=own_cells(
            200, "from IPython.display import HTML, display\nfor _ in range(2): display(HTML('x' * 900_000))"
        ),
    ),
    Attack(
        "floods-with-outputs",
        "megabytes of tiny outputs, and of updates to them, past what the kernel would send",
        right=("double",),
        change=own_cells(
            12,
            CHANNELS + "tiny = {'data': {'text/plain': ''}, 'metadata': {}, 'transient': {'display_id': 'x'}}\n"
            "say(*[['display_data', tiny]] * 50_000)\nlarge = {**tiny, 'data': {'text/plain': 'x' * 10**6}}\nsay(*[['update_display_data', large]] * 9)",
        ),
    ),
    Attack(
        "nests-its-code",
        "code that is nested or chained without end",
        "x = " + "(" * 150 + "1" + ")" * 150 + "\ny = " + "1+" * 50_000 + "1",
        {"total": "total = a" + ".b" * 60_000, "pairs": "pairs = " + "lambda: " * 3000 + "1"},
        right=("double",),
    ),
    Attack("many-cells", "five thousand cells of its own", right=("double",), change=many_cells),
]

ATTACKS = [*PATCHED, *FORGED, *LEARNS, *HARMS, *STOPS, *SPEAKS, *FILES]
