"""The arguments and options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Names = Annotated[
    list[str] | None,
    typer.Argument(metavar="[ASSIGNMENT]...", help="Assignments; all if none is named.", show_default=False),
]
CourseFolder = Annotated[
    Path | None,
    typer.Option(
        "--course",
        metavar="DIR",
        help="The course's folder (default: the nearest upwards that holds source/).",
        show_default=False,
    ),
]
ReleasedFolder = Annotated[
    Path | None,
    typer.Option(
        "--course",
        metavar="DIR",
        help="The course's folder (default: the nearest upwards that holds release/).",
        show_default=False,
    ),
]
Students = Annotated[
    list[str] | None,
    typer.Option("--student", metavar="ID", help="Only this student; may be repeated.", show_default=False),
]
Jobs = Annotated[int, typer.Option("--jobs", min=0, help="Submissions at once; 0: as many as cores.")]

Cluster = Annotated[
    str | None,
    typer.Option(metavar="ADDRESS", help="Grade on the Dask cluster of this scheduler.", show_default=False),
]

Unconfined = Annotated[
    bool, typer.Option("--unconfined", help="Run student code without confinement: only what you trust as your own.")
]
