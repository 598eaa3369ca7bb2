"""Drawings of lesson 07: where a form fails stands in the description, and is where floats end."""

import sys

import numpy as np
import pytest

import build

sys.path.insert(0, str(build.ROOT / "notebooks"))
import pictures
from drawings import elementwise


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ("log of 1 + x", ["log(1 + x) in float32: lost up to", "log1p(x) in float32: never lost"]),
        ("softmax", ["(exp(x) + 1) in float32: lost from 88.7 on", "(exp(x) + 1) in float64: lost from 710 on"]),
        ("log of a softmax", ["exp(x))) in float32: lost from 88.7 on", "logaddexp(0, x) in float64: never lost"]),
        ("length", ["in float64: lost up to 1.6e-162 and from 9.48e+153 on", "hypot(x, x) in float64: never lost"]),
    ],
)
def test_where_each_of_two_forms_is_lost_is_told(form: str, said: list[str]) -> None:
    alt = pictures.stable_forms(form).alt
    assert not [text for text in said if text not in alt], alt


@pytest.mark.parametrize("form", elementwise.STABLE)
def test_the_stable_form_of_each_pair_is_never_lost(form: str) -> None:
    assert pictures.stable_forms(form).alt.count("never lost") == 2


@pytest.mark.parametrize(("shift", "lost"), [(0, 0), (85, 1), (706, 2), (-108, 1), (-750, 2)])
def test_the_shares_that_the_plain_formula_loses_are_told(shift: float, lost: int) -> None:
    parts = pictures.softmax_bars(shift).alt.split("; ")
    assert ["nan" in part for part in parts] == [lost >= 1, lost == 2, False, False]


@pytest.mark.parametrize("name", elementwise.CURVES)
def test_a_curve_is_drawn_with_its_slope_for_every_parameter(name: str) -> None:
    for p in (0.1, 1.0, 3.0):
        assert name in pictures.activation_curve(name, p).alt


def test_the_slope_of_a_sigmoid_is_a_quarter_of_its_steepness() -> None:
    assert "at most 0.50" in pictures.activation_curve("sigmoid", 2.0).alt


def test_a_pixel_without_shares_is_counted_and_painted_red() -> None:
    shares = np.full((2, 2, 4), 0.25)
    shares[0, 0] = np.nan
    assert "here: 25.0% of the pixels are red" in pictures.tissue_views({"here": shares}).alt


def test_arrows_tell_their_directions() -> None:
    alt = pictures.clipped_arrows(np.array([3.0, 3.0]), {"cut": np.array([1.0, 0.0])}).alt
    assert "gradient (3.00, 3.00), 45 degrees" in alt and "cut (1.00, 0.00), 0 degrees" in alt
