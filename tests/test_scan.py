"""The drawings of lesson 14 that compute: shadows of a picture, and what the descriptions of fits say."""

import sys
from typing import Any

import pytest

import build

torch = pytest.importorskip("torch")


@pytest.fixture(scope="module")
def pictures() -> Any:
    sys.path.insert(0, str(build.ROOT / "notebooks"))
    import pictures

    return pictures


def test_the_first_shadow_is_the_sum_of_each_column(pictures: Any) -> None:
    picture = torch.arange(64.0).reshape(8, 8)
    assert torch.allclose(pictures.shadows(picture, torch.zeros(1))[0], picture.sum(dim=0), rtol=1e-5)


def test_a_quarter_turn_gives_the_sum_of_each_row_from_one_side(pictures: Any) -> None:
    picture = torch.arange(64.0).reshape(8, 8) ** 2
    turned = pictures.shadows(picture, torch.tensor([torch.pi / 2]))[0]
    rows = picture.sum(dim=1)
    assert torch.allclose(turned, rows, rtol=1e-3) or torch.allclose(turned, rows.flip(0), rtol=1e-3)


def test_a_gradient_reaches_every_pixel_that_a_line_passes(pictures: Any) -> None:
    picture = torch.ones(8, 8, requires_grad=True)
    pictures.shadows(picture, torch.tensor([0.0, 0.5])).sum().backward()
    assert (picture.grad[2:6, 2:6] > 1).all()


def test_a_scan_has_a_shadow_for_each_direction_and_does_not_hand_out_the_photograph(pictures: Any) -> None:
    angles, shadows = pictures.scan(5)
    assert angles.shape == (5,) and shadows.shape == (5, 64) and not shadows.requires_grad


def test_what_was_rebuilt_says_how_far_off_it_is(pictures: Any) -> None:
    from drawings.autograd import _photo

    drawn = pictures.rebuilt({"exact": _photo(), "dark": torch.zeros(64, 64)})
    assert "exact off by 0.00 a pixel" in drawn.alt
    assert "dark off by 0.00 a pixel" not in drawn.alt and "dark off by 0." in drawn.alt


def test_a_flat_fit_is_said_to_be_flat_and_a_bump_where_it_is(pictures: Any) -> None:
    x = torch.linspace(-1, 1, 5)
    drawn = pictures.fitted(x, x, {"bump": torch.tensor([0.0, 0, 0, 2, 0]), "flat": torch.zeros(5)})
    assert (
        "bump: from 0.00 to 2.00, highest at x = 0.5" in drawn.alt and "flat: from 0.00 to 0.00 (dashed)" in drawn.alt
    )


def test_the_errors_of_differences_are_those_of_the_function_that_is_given(pictures: Any) -> None:
    drawn = pictures.difference_errors(lambda x: x * x, 4.0)
    assert "forward in float32: error" in drawn.alt and "4 at h = 1e-14" in drawn.alt
