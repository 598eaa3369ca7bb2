"""The explorer of lesson 04: what an index picks lights up, the badge is true, and a write changes what it says."""

import sys
import xml.etree.ElementTree as ET

import numpy as np
import pytest

import build

sys.path.insert(0, str(build.ROOT / "notebooks"))
import pictures
from drawings.indexing import numbered


@pytest.mark.parametrize(
    ("expression", "library", "badge"),
    [
        ("a[1:3, ::2]", "NumPy", "view"),
        ("a[:, None]", "NumPy", "view"),
        ("a[[0, 2]]", "NumPy", "copy"),
        ("a[a > 20]", "PyTorch", "copy"),
        ("a[1, 2]", "NumPy", "copy"),
        ("a[1, 2]", "PyTorch", "view"),
        ("a % 2 == 0", "NumPy", "mask"),
        ("a[3:1]", "NumPy", "empty"),
        ("a[np.ix_([0, 2], [1, 3])]", "PyTorch", "copy"),
    ],
)
def test_the_badge_says_whose_memory_it_is(expression: str, library: str, badge: str) -> None:
    assert f"in {library}: {badge}," in pictures.index_explorer(expression, library).alt


@pytest.mark.parametrize(
    ("expression", "write", "changed"),
    [
        ("a[1:3, ::2]", "r[...] = 99", "6 elements"),
        ("a[[0, 2], [1, 3]]", "r[...] = 99", "0 elements"),
        ("a[[0, 2], [1, 3]]", "a[...] = 99", "2 elements"),
        ("a[[0, 2]][:, 1]", "a[...] = 99", "0 elements"),
        ("a[0, :1]", "a[...] = 99", "1 element of"),
        ("a[1, 2]", "r[...] = 99", "TypeError"),
    ],
)
def test_a_write_changes_what_the_picture_says(expression: str, write: str, changed: str) -> None:
    picture = pictures.index_explorer(expression, "NumPy", write)
    assert changed in picture.alt.split("After")[1]
    drawn = [text.strip() for text in ET.fromstring(picture.data).itertext()]
    assert drawn.count("99") == (int(changed[0]) if changed[0].isdigit() else 0)


def test_an_element_that_is_picked_twice_says_so() -> None:
    drawn = list(ET.fromstring(pictures.index_explorer("a[[0, 0, 1], 2]").data).itertext())
    assert f"{numbered()[0, 2]}×2" in drawn


def test_an_error_of_a_library_is_drawn() -> None:
    assert "step must be greater than zero" in pictures.index_explorer("a[::-1]", "PyTorch").alt
    assert "ambiguous" in pictures.index_explorer("a > 12 and a < 30").alt


@pytest.mark.parametrize(
    "text", ["", "a[", "a * 2", "np.ix_([0])", "__import__('os')", "a.base", "a['x']", "a[" + "0, " * 30 + "]"]
)
def test_what_cannot_be_shown_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w+ \w+ \w+"):
        pictures.index_explorer(text)


def test_selections_show_the_shape_of_each_result() -> None:
    alt = pictures.selections("a[[0, 2], [1, 3]]", "a[0:3, 1:4]").alt
    assert "COPY, shape (2,), picks [0, 1], [2, 3]" in alt and "VIEW, shape (3, 3)" in alt
    with pytest.raises(ValueError, match="picks nothing"):
        pictures.selections("a[9]")


def test_the_page_knows_where_the_cells_of_the_table_lie() -> None:
    for expression in ("a[1:3, ::2]", "a[9]", "a[np.ix_([0, 2], [1, 3])]"):
        picture = pictures.index_explorer(expression, "NumPy", "r[...] = 99")
        drawn = ET.fromstring(picture.data)
        begin, size = np.split(np.array(drawn.get("viewBox", "").split(), dtype=float), 2)
        corner, other, shape = np.split(np.array(picture.table), 3)
        places = {text.text: (float(text.get("x", 0)), float(text.get("y", 0))) for text in drawn.iter() if text.text}
        where = (np.array(places["35"]) - begin) / size  # the lower right cell
        assert list(shape) == [4, 6]
        assert ((where - corner) / (other - corner) * shape[::-1] // 1).tolist() == [5, 3]
        assert 'data-table="' in picture.html() and 'data-table="' not in pictures.selections("a[0]").html()
