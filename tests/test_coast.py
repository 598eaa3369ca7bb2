"""The pictures of lesson 02's coast and dice say in their alt text what is to be seen in them."""

import sys

import numpy as np

import build

sys.path.insert(0, str(build.ROOT / "notebooks"))
import pictures


def test_a_view_of_the_coast_says_how_much_of_it_is_white() -> None:
    bands = np.zeros((3, 4, 5))
    bands[:, :2] = 1
    bands[0, 2:] = 1  # red is not white
    picture = pictures.orbit_views(
        {"half": bands, "none": bands * 0}, np.linspace(-126, -122, 5), np.linspace(48, 50, 4)
    )
    assert "half, 50% of it white; none, 0% of it white" in picture.alt


def test_a_view_without_white_speaks_of_no_mountains() -> None:
    picture = pictures.orbit_views({"none": np.zeros((3, 4, 5))}, np.linspace(-126, -122, 5), np.linspace(48, 50, 4))
    assert "land. none, 0% of it white" in picture.alt


def test_no_number_of_the_gallery_looks_like_1_that_is_less() -> None:
    drawn = pictures.creation_gallery(n=6, family="random").data.decode()
    assert ">0.99<" in drawn and ">1.00<" not in drawn and ">1.0<" not in drawn


def test_bars_of_dice_say_the_share_of_each_face() -> None:
    picture = pictures.dice_bars({"mine": np.array([1, 1, 2, 6])})
    assert "mine gives 1: 50%, 2: 25%, 6: 25%" in picture.alt
