"""The drawings of lesson 01: what the memory picture says of an array is so, and the map is what packages ask for."""

import sys
import xml.etree.ElementTree as ET
from importlib.metadata import requires

import numpy as np
import pytest

import build

sys.path.insert(0, str(build.ROOT / "notebooks"))
import pictures


def words(picture: pictures.Picture) -> str:
    assert picture.kind == "svg+xml"
    return "\n".join(ET.fromstring(picture.data).itertext())


@pytest.mark.parametrize("shape", pictures.MEMORY_SHAPES)
@pytest.mark.parametrize("dtype", pictures.MEMORY_DTYPES)
def test_the_memory_picture_tells_the_card_of_the_array_that_it_draws(dtype: str, shape: str) -> None:
    made = pictures.memory_picture(dtype, shape)
    a = np.zeros([int(part) for part in shape.strip("(),").split(",")], dtype)
    said = words(made)
    for part in (f"shape {a.shape}", f"ndim {a.ndim}", f"strides {a.strides}", f"nbytes {a.nbytes} = 6 × {a.itemsize}"):
        assert part in said
    assert f"one strip of {a.nbytes} bytes" in said and f"strides {a.strides}" in made.alt


def test_the_strip_shows_the_bytes_that_lie_in_memory() -> None:
    strip = np.array([171, 158, 183, 165, 176, 169], dtype="int16").tobytes()
    said = words(pictures.memory_picture("int16", "(2, 3)")).split("\n")
    assert [word for word in said if len(word) == 2] == [f"{byte:02x}" for byte in strip]


def test_a_memory_picture_refuses_what_it_cannot_draw() -> None:
    with pytest.raises(ValueError, match="Take a dtype of uint8"):
        pictures.memory_picture("int64", "(7,)")
    with pytest.raises(ValueError, match="no 'Fortran' on the map"):
        pictures.ecosystem("Fortran")


def test_no_arrow_of_the_map_passes_behind_a_box_and_seems_to_begin_there() -> None:
    def corners(shape: ET.Element) -> np.ndarray:
        return np.array([[float(number) for number in point.split(",")] for point in shape.attrib["points"].split()])

    shapes = ET.fromstring(pictures.ecosystem().data)
    arrows = [corners(shape) for shape in shapes if shape.tag.endswith("polyline")]
    boxes = [corners(shape) for shape in shapes if shape.tag.endswith("polygon") and len(corners(shape)) == 4]
    assert len(arrows) == 19 and len(boxes) == len(pictures.LIBRARIES)
    for start, stop in arrows:
        along = start + (stop - start) * np.linspace(0, 1, 500)[:, np.newaxis]
        for box in boxes:
            low, high = box.min(axis=0), box.max(axis=0)
            inside = ((low < along) & (along < high)).all(axis=1)
            ends = [((low - 3 <= end) & (end <= high + 3)).all() for end in (start, stop)]
            assert any(ends) or not inside.any()


@pytest.mark.parametrize("library", pictures.LIBRARIES)
def test_the_map_says_of_a_library_what_it_needs_and_who_needs_it(library: str) -> None:
    made, one = pictures.ecosystem(library), pictures.LIBRARIES[library]
    assert words(made).count(library) >= 1 and f"Chosen is {library}." in made.alt
    assert ", ".join(one.needs) in made.alt
    assert {*one.needs, *one.works_with} <= pictures.LIBRARIES.keys() - {library}
    for user, other in pictures.LIBRARIES.items():
        if library in other.needs:
            assert user in made.alt.split("is needed by: ")[1].split(";")[0]


@pytest.mark.parametrize("package", ["numpy", "torch", "scipy", "matplotlib", "pandas", "dask"])
def test_the_needs_of_the_map_are_those_of_the_packages(package: str) -> None:
    names = {name.lower().replace("pytorch", "torch"): name for name in pictures.LIBRARIES}
    lines = [line.lower() for line in requires(package) or () if "extra ==" not in line]
    needed = {name for start, name in names.items() if any(line.startswith(start) for line in lines)}
    assert set(pictures.LIBRARIES[names[package]].needs) == needed
