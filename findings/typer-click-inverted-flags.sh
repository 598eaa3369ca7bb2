#!/bin/sh
# typer 0.12.5 with click 8.5.1, which its metadata allows (click>=8.0.0): a flag works the wrong way round, and silently.
#
# A good guess   pip found both to fit, so a command with `--force` gives False without it and True with it; at worst
#                the import fails.
# What happens   Without `--force` the function gets the *text* 'False', which is true; with it, None, which is not.
#                A `--version` option with a callback prints the version whenever it is not given, so every
#                subcommand, and `grade --help`, prints the version and exits 0; `--version grade` runs grade.
#                With click 8.1.8 and 8.2.1 all is as guessed; 8.3.0 does as 8.5.1.
# The cause      typer/main.py, get_click_param, hands on flag_value=None for "none given"; in click/core.py since 8.3,
#                "none given" is the object UNSET: Option._pick_type takes None for a given value and makes the flag
#                one of text, and Option.flag_activation_value returns None.
# Matters to     users of a tool that pins typer and not click: pip check is content, exit codes are 0, and a
#                `--force` or `--dry-run` does the opposite of what was typed. typer 0.29.2 does right with the same click.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

for click in 8.1.8 8.5.1; do
    python3 -m venv "$work/click-$click"
    "$work/click-$click/bin/pip" install --quiet --disable-pip-version-check typer==0.12.5 "click==$click"
done

cat >"$work/expected" <<'END'
click 8.1.8
  tool                    force is False
  tool --force            force is True
  app grade               graded
  app grade --help        Usage: app grade [OPTIONS]
  app --version grade     version 1
click 8.5.1
  tool                    force is 'False'
  tool --force            force is None
  app grade               version 1
  app grade --help        version 1
  app --version grade     graded
No broken requirements found.
END

cat >"$work/snippet.py" <<'END'
from importlib.metadata import version

import typer
from typer.testing import CliRunner

tool, app = typer.Typer(), typer.Typer()


@tool.command()
def run(force: bool = typer.Option(False, "--force")):
    print("force is", repr(force))


def show(asked: bool):
    if asked:
        print("version 1")
        raise typer.Exit


@app.callback()
def top(version: bool = typer.Option(False, "--version", callback=show, is_eager=True)):
    pass


@app.command()
def grade():
    print("graded")


print("click", version("click"))
for name, command, words in [
    ("tool", tool, []),
    ("tool", tool, ["--force"]),
    ("app", app, ["grade"]),
    ("app", app, ["grade", "--help"]),
    ("app", app, ["--version", "grade"]),
]:
    said = CliRunner().invoke(command, words, prog_name=name).output.strip().splitlines()[0].strip()
    print(f"  {' '.join([name, *words]):23} {said}")
END

{
    "$work/click-8.1.8/bin/python" "$work/snippet.py" &&
        "$work/click-8.5.1/bin/python" "$work/snippet.py" &&
        "$work/click-8.5.1/bin/pip" check --disable-pip-version-check
} >"$work/seen" 2>"$work/errors" || {
    echo "the snippet ended with an error" >>"$work/seen"
    tail -n 20 "$work/errors" >&2
}
if ! diff -u "$work/expected" "$work/seen"; then
    echo "changed: typer-click-inverted-flags no longer behaves as stated here" >&2
    exit 1
fi
echo "as stated: with click 8.5.1 a typer 0.12.5 flag is true where it is not given"
