"""Put the tests' own modules and the commands of this environment on the paths."""

import atexit
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
if "PYTEST_XDIST_WORKER" in os.environ:  # what tests leave behind is looked for in a folder of their own
    place = Path(tempfile.gettempdir(), f"test{os.getpid()}")
    place.mkdir()
    place.chmod(0o1777)
    os.environ["TMPDIR"], tempfile.tempdir = str(place), None
    atexit.register(shutil.rmtree, place, ignore_errors=True)
os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"


@pytest.fixture(autouse=True, scope="module")
def same_environment() -> Iterator[None]:
    """Give back the variables that a module's tests leave (Dask sets the number of threads)."""
    from grader.engine import warm

    before = dict(os.environ)
    yield
    changed = {name for name, value in os.environ.items() if before.get(name) != value}
    if changed - {"PYTEST_CURRENT_TEST"}:
        warm.close()  # it may have read them
    os.environ.clear()
    os.environ.update(before)
