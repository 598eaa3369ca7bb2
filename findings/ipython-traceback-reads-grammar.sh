#!/bin/sh
# IPython 9.18.1 with stack_data 0.6.3 and Pygments 2.21.0: each traceback is formatted twice, and each frame of it reads
# Pygments' whole grammar of Python anew.
#
# A good guess   An error in a notebook is formatted once. A grammar for colours is read once a process, as Pygments promises
#                ("on the first instantiation"), so an error costs well under a millisecond a frame.
# What happens   One error in a cell under which three functions of a module lie formats the traceback twice, and processes
#                the token definitions of a Python lexer once for each of the four frames that are shown, in both copies: eight
#                times, some 15 to 20 ms each. A frame whose file holds more than 10,000 lines costs nothing of this.
# The cause      stack_data/utils.py, _pygmented_with_ranges: it defines a subclass of the lexer inside the function, for each
#                frame; pygments/lexer.py, RegexLexerMeta.__call__ processes the definitions where the class itself has no
#                `_tokens`, and does not look at what it inherits. IPython/core/interactiveshell.py, run_cell_async: beside
#                showtraceback, _format_exception_for_storage formats the same error for the history of outputs.
# Matters to     whoever runs notebooks in which many cells fail (graders, documentation, test suites): most of the time of a
#                failing cell goes there. Colours off (%colors nocolor) does without; a subclass may be given the parent's `_tokens`.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet --disable-pip-version-check ipython==9.18.1 stack_data==0.6.3 Pygments==2.21.0

cat >"$work/expected" <<'END'
the traceback was formatted 2 times
frames of three.py in one copy: 3
grammars of Python that were read for the first error: 8
and for the second: 8
with colours off: 0
END

cat >"$work/three.py" <<'END'
def outer():
    return middle()


def middle():
    return inner()


def inner():
    raise ValueError("three frames of a module")
END

cat >"$work/snippet.py" <<'END'
import contextlib
import io
import re

from IPython.core.interactiveshell import InteractiveShell
from IPython.core.ultratb import VerboseTB
from pygments.lexer import RegexLexerMeta

counts = {"formatted": 0, "read": 0}
formatted, read = VerboseTB.get_records, RegexLexerMeta.process_tokendef


def get_records(*given):
    counts["formatted"] += 1
    return formatted(*given)


def process_tokendef(kind, *given, **named):
    counts["read"] += kind.__name__ == "MyLexer"
    return read(kind, *given, **named)


VerboseTB.get_records, RegexLexerMeta.process_tokendef = get_records, process_tokendef
shell = InteractiveShell.instance(colors="linux")
shell.run_cell("import three")


def fail():
    counts.update(formatted=0, read=0)
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(io.StringIO()):
        shell.run_cell("three.outer()", store_history=True)
    return len(re.findall(r"three\.py", out.getvalue()))


frames = fail()
print(f"the traceback was formatted {counts['formatted']} times")
print(f"frames of three.py in one copy: {frames}")
print(f"grammars of Python that were read for the first error: {counts['read']}")
fail()
print(f"and for the second: {counts['read']}")
shell.run_line_magic("colors", "nocolor")
fail()
print(f"with colours off: {counts['read']}")
END

(cd "$work" && IPYTHONDIR="$work/ipython" env/bin/python snippet.py) >"$work/seen" 2>"$work/errors" || {
    echo "the snippet ended with an error" >>"$work/seen"
    tail -n 20 "$work/errors" >&2
}
if ! diff -u "$work/expected" "$work/seen"; then
    echo "changed: ipython-traceback-reads-grammar no longer behaves as stated here" >&2
    exit 1
fi
echo "as stated: IPython formats an error twice, and each frame of it reads Pygments' grammar of Python anew"
