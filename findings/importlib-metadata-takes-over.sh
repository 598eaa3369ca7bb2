#!/bin/sh
# importlib_metadata 10.2.0: to import the backport changes what the standard library's importlib.metadata answers.
#
# A good guess   importlib_metadata and importlib.metadata are two modules; whoever uses the one does not notice the other.
# What happens   importlib.metadata.metadata("packaging")["No-Such-Field"] is None. Once any library has imported
#                importlib_metadata, the same call raises KeyError, and importlib.metadata gives out objects of the
#                backport's classes, also to code that never names it.
# The cause      importlib_metadata/_compat/__init__.py, disable_stdlib_finder: it takes find_distributions from the standard
#                finder, so that the backport's is the only one; its Message.__getitem__ raises KeyError for what is
#                missing (since 8.0), that of Python up to 3.14 returns None.
# Matters to     programs that ask for optional fields of packages (a licence, a home page) and work or fail by what
#                somebody else imported before: the order of imports, a new dependency of a dependency.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet --disable-pip-version-check importlib_metadata==10.2.0 zipp==4.1.2 packaging==26.3

cat >"$work/expected" <<'END'
before   given by importlib.metadata   a field that is missing: None
after    given by importlib_metadata   a field that is missing: KeyError
END

cat >"$work/snippet.py" <<'END'
from importlib import metadata


def show(when: str) -> None:
    try:
        said = repr(metadata.metadata("packaging")["No-Such-Field"])
    except KeyError:
        said = "KeyError"
    given = type(metadata.distribution("packaging")).__module__
    print(f"{when:8} given by {given}   a field that is missing: {said}")


show("before")
import importlib_metadata  # noqa: E402, F401

show("after")
END

(cd "$work" && env/bin/python -W ignore snippet.py) >"$work/seen" 2>"$work/errors" || {
    echo "the snippet ended with an error" >>"$work/seen"
    tail -n 20 "$work/errors" >&2
}
if ! diff -u "$work/expected" "$work/seen"; then
    echo "changed: importlib-metadata-takes-over no longer behaves as stated here" >&2
    exit 1
fi
echo "as stated: importing importlib_metadata changes what importlib.metadata answers"
