#!/bin/sh
# Every check, in the order in which a failure is cheapest. Called by `make test`, with .venv/bin on the PATH.
set -u
failed=""
step() {
    printf '\n== %s\n' "$1"
    shift
    "$@" || failed="$failed|$*"
}

step "style" ruff check .
step "format" ruff format --check .
step "types" mypy
step "imports point down, and each library has its owner" lint-imports --no-cache
step "dependencies are those that are used" deptry --no-ansi .
step "assignments are fit for students, and their tests notice what learners get wrong" grader verify --strength
# The absence of Chromium or PostgreSQL is counted by pytest, and told again in the last lines.
# Two files at a time, since many tests wait for a time limit; those that take longest first.
step "tests" python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder tests/hostile tests/test_fidelity.py tests
step "lessons give their stored outputs" python -m pytest --nbval --nbval-kernel-name python3-warm --nbval-sanitize-with tests/nbval.cfg -q -p no:cacheprovider notebooks
step "assignments run" python -m pytest --nbval-lax --nbval-kernel-name python3-warm -q -p no:cacheprovider source

absent() {  # file of tests, of what, what is missing
    printf 'not run: %s %s tests (no %s on this machine)\n' "$(grep -c "^def test_" "$1")" "$2" "$3"
    [ "${CI:-}" = true ] && failed="$failed|the $2 tests must run in CI"
}
printf '\n'
command -v chromium >/dev/null && command -v chromedriver >/dev/null ||
    absent tests/test_browser.py browser "chromium and chromium-driver"
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || absent tests/test_postgresql.py PostgreSQL postgresql
if [ -n "$failed" ]; then
    printf 'failed:\n'
    printf '%s\n' "$failed" | tr '|' '\n' | sed '/^$/d; s/^/  /'
    exit 1
fi
printf 'every check passed\n'
