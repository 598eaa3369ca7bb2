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
step "assignments are fit for students" grader verify
# Chromium's absence is counted by pytest, and told again in the last lines.
step "tests" python -m pytest tests
step "lessons give their stored outputs" python -m pytest --nbval --nbval-kernel-name python3-warm --nbval-sanitize-with tests/nbval.cfg -q -p no:cacheprovider notebooks
step "assignments run" python -m pytest --nbval-lax --nbval-kernel-name python3-warm -q -p no:cacheprovider source

browser=""
if ! command -v chromium >/dev/null || ! command -v chromedriver >/dev/null; then
    browser="not run: $(grep -c "^def test_" tests/test_browser.py) browser tests (no chromium and chromium-driver on this machine)"
fi
printf '\n'
if [ -n "$browser" ]; then
    printf '%s\n' "$browser"
    [ "${CI:-}" = true ] && failed="$failed|the browser tests must run in CI"
fi
if [ -n "$failed" ]; then
    printf 'failed:\n'
    printf '%s\n' "$failed" | tr '|' '\n' | sed '/^$/d; s/^/  /'
    exit 1
fi
printf 'every check passed\n'
