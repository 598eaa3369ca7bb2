"""`checks.steady` counts the steps of an answer's own Python: loops of any kind show, array code does not."""

import numpy as np
import pytest

from grader import checks

TEN, MANY = (np.ones((10, 2)),), (np.ones((210, 2)),)


class Total:
    def add(self, x: np.ndarray) -> float:
        return sum(row[0] for row in x)


def recursive(x: np.ndarray) -> float:
    return 0.0 if len(x) == 0 else x[0, 0] + recursive(x[1:])


def chunked(x: np.ndarray) -> float:
    return sum(x[start : start + 100].sum() for start in range(0, len(x), 100))


@pytest.mark.parametrize(
    "answer", [np.sum, lambda x: np.linalg.norm(x, axis=1), lambda x: np.pad(x, 1).cumsum(0), chunked]
)
def test_array_code_is_steady(answer: object) -> None:
    checks.steady(answer, TEN, MANY, more=200)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "answer",
    [
        lambda x: [row.sum() for row in x],
        lambda x: [*filter(lambda row: row.sum(), x)],
        Total().add,
        recursive,
        np.vectorize(lambda v: v + 1),
    ],
)
def test_a_loop_over_the_items_is_not(answer: object) -> None:
    with pytest.raises(checks.CheckFailed, match="item by item"):
        checks.steady(answer, TEN, MANY, more=200)  # type: ignore[arg-type]


def test_the_tracer_that_was_there_comes_back() -> None:
    import sys

    before = sys.gettrace()
    checks.steady(np.sum, TEN, MANY, more=200)
    assert sys.gettrace() is before
