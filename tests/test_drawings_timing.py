"""Drawings of lesson 13: what a measurement says, and how sure it is, stands in the description, too."""

import sys
from typing import Any

import numpy as np
import pytest

import build

sys.path.insert(0, str(build.ROOT / "notebooks"))
import pictures
from drawings import timing

CURVES = {"NumPy": {10: 1e-6, 10_000_000: 0.01}}


def test_the_way_that_runs_best_has_the_largest_median_and_not_the_fastest_round() -> None:
    rates = {"lucky once": np.array([1.0, 1.0, 90.0]), "steady": np.array([9.0, 10.0, 11.0])}
    assert "steady runs best" in pictures.rates_strip(rates).alt


def test_the_spread_of_each_way_is_told() -> None:
    alt = pictures.rates_strip({"sum": np.array([8.0, 10.0, 12.0, 14.0, 16.0])}, "GB/s").alt
    assert "sum 12, middle half 10 to 14" in alt


def test_a_point_of_the_portrait_is_told_as_a_share_of_what_its_roof_allows() -> None:
    points = {"dot": (0.5, 8.0), "product": (100.0, 150.0)}
    alt = pictures.portrait(CURVES, points, gflops=300, gb_s=20, note="Quiet run.").alt
    assert "dot: 8 GFLOP/s at 0.5 FLOP per byte, 80% of the roof" in alt
    assert "product: 150 GFLOP/s at 100 FLOP per byte, 50% of the roof" in alt


def test_a_chart_carries_the_verdict_on_its_run() -> None:
    assert "Disturbed run" in pictures.seconds_chart(CURVES, note="Disturbed run").alt
    assert "Disturbed run" in pictures.matmul_chart(CURVES, {"best": 100.0}, note="Disturbed run").alt


def test_the_strip_of_rounds_says_how_wide_their_middle_half_is() -> None:
    assert "The middle half is 25% of the median wide" in pictures.rounds_strip(np.array([7, 7, 8, 9, 9]) * 1e-6).alt


def test_numbers_beside_a_logarithmic_axis_are_written_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timing, "Picture", lambda figure, alt: figure)
    figure: Any = pictures.rounds_strip(np.geomspace(1e-7, 3e-2, 50))
    figure.canvas.draw()
    labels = {one.get_text() for one in figure.axes[0].get_yticklabels()}
    assert {"0.1", "1", "1,000", "10,000"} <= labels
