"""Put the tests' own modules and the commands of this environment on the paths."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import build

os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"


@pytest.fixture(autouse=True, scope="session")
def no_memory_of_earlier_runs(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep what is found out of assignments apart from what this user's own courses have left, and leave nothing that stays."""
    os.environ["XDG_CACHE_HOME"] = str(tmp_path_factory.mktemp("cache"))
    os.environ["GRADER_WARM"] = "0"


@pytest.fixture(autouse=True, scope="session")
def one_fork_server() -> Iterator[None]:
    """End the fork server that commands which run in the tests' own process share."""
    yield
    build.end_first()


@pytest.fixture(autouse=True, scope="module")
def same_environment() -> Iterator[None]:
    """Give back the variables that a module's tests leave (Dask sets the number of threads)."""
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)
