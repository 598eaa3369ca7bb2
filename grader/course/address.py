"""Where a course is on the web, written into its notebooks: badges, and what their first cell installs. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from grader.models import GraderError

_ADDRESS = re.compile(
    r"https://(?P<host>[\w.-]+(?::\d+)?)/(?P<name>[\w.-]+(?:/[\w.-]+)+?)/?(?:(?:/-)?/tree/(?P<branch>[\w./-]+))?"
)
_COURSE = re.compile(r'^COURSE = "[^"\n]*"', re.MULTILINE)
_BADGES = re.compile(r"^\[!\[Open in (?:Colab|Binder)\].*\n\n?", re.MULTILINE)
_HEADING = re.compile(r"\A\s*# [^\n]*\n?\n?")
_FIRST_CELL = Path(__file__).parent / "first_cell.txt"
_BINDER = {"github.com": "gh", "gitlab.com": "gl"}
FIRST_LINE = "# Run this cell first."
"""How the first cell starts, by which it is known."""


@dataclass(frozen=True, slots=True)
class Repository:
    """A public repository: `https://HOST/OWNER/NAME`, and the branch that people get."""

    host: str
    name: str
    branch: str

    @property
    def url(self) -> str:
        return f"https://{self.host}/{self.name}"


def parse(address: str, where: str) -> Repository:
    """Return what an address names. Raises GraderError for one that is no repository's."""
    found = _ADDRESS.fullmatch(address)
    if not found:
        fix = "give it as https://github.com/OWNER/NAME, with /tree/BRANCH if it is not main"
        raise GraderError(f"repository is {address!r}", where, fix)
    return Repository(found["host"], found["name"].removesuffix(".git"), found["branch"] or "main")


def badges(to: Repository, path: str) -> str:
    """Return a line of Markdown that opens a notebook of the repository elsewhere; Colab reads GitHub alone."""
    at = quote(path)
    kind = _BINDER.get(to.host, "git")
    name = to.name if kind == "gh" else quote(to.name if kind == "gl" else to.url, safe="")
    binder = f"https://mybinder.org/v2/{kind}/{name}/{quote(to.branch, safe='')}?urlpath=lab/tree/{at}"
    line = f"[![Open in Binder](https://mybinder.org/badge_logo.svg)]({binder})"
    if to.host == "github.com":
        colab = f"https://colab.research.google.com/github/{to.name}/blob/{to.branch}/{at}"
        line = f"[![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)]({colab}) {line}"
    return line


def with_badges(text: str, line: str) -> str:
    """Return a text with this line below its heading, in the place of earlier badges."""
    bare = _BADGES.sub("", text)
    if not (heading := _HEADING.match(bare)):
        return text
    return f"{heading[0].rstrip()}\n\n{line}\n\n{bare[heading.end() :]}".rstrip("\n")


def with_course(source: str, to: Repository) -> str:
    """Return a first cell that installs the course from this repository."""
    return _COURSE.sub(f'COURSE = "arrays-to-autograd[lessons] @ git+{to.url}@{to.branch}"', source, count=1)


@cache
def first_cell(kind: str) -> str:
    """Return the first cell of a "lesson" or an "assignment", which shows errors in full: they are answers' own."""
    text = _FIRST_CELL.read_text("utf-8").rstrip("\n")
    return (
        text if kind == "lesson" else text.replace("%xmode Minimal\n", "").replace("ready.lesson", "ready.assignment")
    )


def stamp(notebook: Any, to: Repository, path: str) -> None:
    """Write into a notebook of nbformat, which stands at a path of the course, where the course is on the web."""
    texts = [cell for cell in notebook.cells if cell.cell_type == "markdown" and _HEADING.match(cell.source)]
    for cell in texts[:1]:
        cell.source = with_badges(cell.source, badges(to, path))
    for cell in notebook.cells:
        if cell.cell_type == "code" and cell.source.startswith(FIRST_LINE):
            cell.source = with_course(cell.source, to)
