"""The data of lesson 08, and what its charts say of the data that they get."""

import sys
from itertools import pairwise

import numpy as np
import pytest

import build

sys.path.insert(0, str(build.ROOT / "notebooks"))

import pictures


def with_peaks(*months: int) -> np.ndarray:
    """Return sixty years of months, (6, 10, 12), with a warm year that begins at each of some months."""
    anomaly = np.zeros(720)
    for month in months:
        anomaly[month : month + 12] = 2.0
    return anomaly.reshape(6, 10, 12)


def average(values: np.ndarray, months: int) -> np.ndarray:
    return np.convolve(values.ravel(), np.ones(months) / months, mode="valid")


def test_the_sea_has_sixty_years_of_twelve_months_and_is_warmest_in_march_1998() -> None:
    years = pictures.sea_temperatures()
    assert years.shape == (60, 12) and years.dtype == np.float64
    assert [int(place) for place in np.unravel_index(years.argmax(), years.shape)] == [48, 2]
    assert years.max() == 29.24 and years.min() == 18.95


@pytest.mark.parametrize(("months", "window"), [(1, "1 month"), (12, "12 months")])
def test_the_chart_names_the_years_in_which_its_average_is_highest(months: int, window: str) -> None:
    anomaly = with_peaks(24, 120, 360, 600)
    alt = pictures.anomaly_chart(anomaly, average(anomaly, months)).alt
    assert f"the mean of {window} is highest around 1952, 1960, 1980, 2000." in alt


def test_the_chart_names_a_long_warm_spell_once() -> None:
    anomaly = with_peaks(60, 72, 84, 240, 480, 600)
    years = pictures.anomaly_chart(anomaly, average(anomaly, 36)).alt.split(" around ")[-1].strip(".").split(", ")
    assert len(years) == len(set(years)) == 4
    assert all(int(later) - int(earlier) >= 3 for earlier, later in pairwise(years))


def test_an_average_of_a_price_starts_where_its_first_window_ends() -> None:
    price = np.linspace(100, 110, 40)
    alt = pictures.averaged_price(price, {k: average(price, k) for k in (5, 20)}).alt
    assert "the mean of 5 days starts on day 4, the mean of 20 days starts on day 19" in alt
    with pytest.raises(ValueError, match="same first dimension"):
        pictures.averaged_price(price, {5: average(price, 6)})
