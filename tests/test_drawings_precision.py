"""Drawings of lesson 03: what a dtype makes of a number, and what two dtypes make together."""

import math
import sys

import numpy as np
import pytest
import torch

import build

sys.path.insert(0, str(build.ROOT / "notebooks"))
import pictures
from drawings.precision import stored


@pytest.mark.parametrize("dtype", ["float16", "float32"])
@pytest.mark.parametrize("x", [1e-8, 0.1, 1 / 3, 2.5, 1024.4, 60_001.0])
def test_a_float_is_stored_as_numpy_rounds_it(dtype: str, x: float) -> None:
    assert stored(dtype, x).value == float(np.array(x).astype(dtype))


def test_bfloat16_is_stored_as_torch_rounds_it() -> None:
    assert stored("bfloat16", 70_000.0).value == float(torch.tensor(70_000.0).bfloat16())


def test_an_integer_is_cut_and_ends_at_its_wall() -> None:
    assert [stored("int8", x).value for x in (0.9, 2.9, 127.9, 128.0)] == [0.0, 2.0, 127.0, math.inf]


@pytest.mark.parametrize("x", [1.0, 1e-8, 1024.0, 65_504.0])
def test_the_ticks_are_numbers_of_the_dtype_in_order_without_a_gap(x: float) -> None:
    around = np.array(stored("float16", x).around)
    assert (np.diff(around) > 0).all() and (around.astype(np.float16) == around).all()
    assert (np.nextafter(around[:-1].astype(np.float16), np.float16(np.inf)) == around[1:]).all()


def test_a_number_beyond_the_wall_is_said_to_be_inf() -> None:
    assert "70000 lies beyond the wall at 65504; stored: inf" in pictures.number_line("float16", 7.0, 4).alt
    assert "not defined" in pictures.number_line("int8", 3.0, 2).alt


def test_the_gap_at_one_is_the_eps_of_the_dtype_and_the_last_one_is_that_below_the_wall() -> None:
    assert f"{float(np.finfo(np.float16).eps):.3g} apart" in pictures.number_line("float16", 1.0, 0).alt
    assert (
        "stored: 65504 (0.00611 % off); the numbers here are 32 apart" in pictures.number_line("float16", 6.55, 4).alt
    )


def test_a_bar_begins_at_the_least_number_above_zero() -> None:
    assert stored("float16", 1.0).smallest == float(np.finfo(np.float16).smallest_subnormal)
    assert stored("float16", 1e-6).value > stored("float16", 1e-6).smallest


def test_every_place_of_the_controls_can_be_drawn() -> None:
    for dtype in pictures.NUMBERS:
        for power in range(-8, 40):
            assert dtype in pictures.number_line(dtype, 9.99, power).alt


def test_a_dtype_that_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match="no line of 'int4'"):
        pictures.number_line("int4")
    with pytest.raises(ValueError, match="no pair 'two lists'"):
        pictures.promotion_matrix("two lists")


@pytest.mark.parametrize(
    ("pair", "said"),
    [
        ("two arrays", "int64 with float32: float64 and float32"),
        ("an array and a 0-d array", "uint8 with int64: int64 and uint8"),
        ("an array and a Python number", "6 of 27 pairs differ: bool with 2.5: float64 and float32"),
    ],
)
def test_the_matrix_names_what_differs(pair: str, said: str) -> None:
    assert said in pictures.promotion_matrix(pair).alt


def test_few_levels_and_bytes_or_fractions_can_be_drawn() -> None:
    grey = np.arange(64, dtype=np.uint8).reshape(8, 8)
    assert "in 2 levels" in pictures.posterised(grey, 2).alt
    assert (
        "bytes: on average 12% of white; fractions: on average 12%"
        in pictures.photos({"bytes": grey, "fractions": grey / 255}).alt
    )
