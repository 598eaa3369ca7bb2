"""Every answer in tests/answers goes through the real pipeline: right ones earn full marks, wrong ones do not.

One submission holds one answer of each exercise of an assignment, so that a few dozen runs try them all.
"""

from pathlib import Path
from typing import Any

import pytest

import build

ANSWERS = build.ROOT / "tests" / "answers"
FILES = sorted(ANSWERS.glob("*/*/*.py"))
NAMES = sorted({file.parent.parent.name for file in FILES})


def of(assignment: str, exercise: str) -> list[Path]:
    return [file for file in FILES if file.parent.name == exercise and file.parent.parent.name == assignment]


def submission_of(file: Path) -> str:
    return f"answers-{of(file.parent.parent.name, file.parent.name).index(file):02d}"


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], dict[str, Any]]:
    from grader.course.release import read_assignment
    from grader.course.settings import open_course

    folder = tmp_path_factory.mktemp("answers")
    for name in NAMES:
        source = build.ROOT / "source" / name / f"{name}.ipynb"
        build.write(folder / "source" / name / f"{name}.ipynb", source.read_text("utf-8"))
    build.write(folder / "pyproject.toml", "[tool.grader.limits]\ncell_seconds = 20\n")
    build.write(folder / "nbgrader_config.py", (build.ROOT / "nbgrader_config.py").read_text("utf-8"))
    course = open_course(folder)
    for name in NAMES:
        exercise_of = {
            cell.exercise: cell.id for cell in read_assignment(course, name).templates[0].cells if cell.solution
        }
        groups: dict[str, dict[str, str]] = {}
        for file in (file for file in FILES if file.parent.parent.name == name):
            id = exercise_of[file.parent.name].replace("-", "_")
            groups.setdefault(submission_of(file), {})[id] = file.read_text("utf-8")
        given = build.released(folder, name)
        for student, answers in groups.items():
            build.hand_in(folder, student, build.filled(given, **answers), name)
    done = build.run("grade", "--course", folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return build.results(folder)


@pytest.fixture(scope="module")
def graded(results: dict[tuple[str, str], dict[str, Any]]) -> dict[tuple[str, str], dict[str, tuple[float, float]]]:
    return {key: build.exercises(row) for key, row in results.items()}


@pytest.mark.parametrize(
    "file", FILES, ids=lambda file: f"{file.parent.parent.name[:2]}-{file.parent.name}-{file.stem}"
)
def test_an_answer_earns_what_it_is_worth(
    file: Path, graded: dict[tuple[str, str], dict[str, tuple[float, float]]]
) -> None:
    points, maximum = graded[submission_of(file), file.parent.parent.name][file.parent.name]
    if file.stem.startswith("right_"):
        assert points == maximum, f"a right answer earned {points:g} of {maximum:g}"
    else:
        assert points < maximum, f"a wrong answer earned all {maximum:g} points"


FROM_HIDDEN_TESTS = {
    "02_creating_arrays/image_batch_bytes/wrong_builds_the_batch": "image_batch_bytes raised ValueError",
    "02_creating_arrays/grid_points/wrong_sorts_the_input": "grid_points changed its input (argument 1)",
    "02_creating_arrays/sample_times/wrong_float32_precision": "asked for a long recording",
    "02_creating_arrays/frame/wrong_dtype_from_value": "the result of frame has dtype int64; expected float64",
    "06_broadcasting/broadcast_shape/wrong_makes_arrays": "broadcast_shape raised MemoryError",
    "06_broadcasting/kinetic_energy/wrong_integer_division": "asked for fractions",
    "06_broadcasting/kinetic_energy/wrong_drops_axes_of_one": "has 1 axis; expected 2",
    "06_broadcasting/pairwise_distances/wrong_float32_inside": "asked for exact results",
    "06_broadcasting/pairwise_distances/wrong_manhattan": "does not pass its visible test",
    "06_broadcasting/kmeans_step/wrong_any_sum_zero": "asked for points and means at 0",
    "06_broadcasting/kmeans_step/wrong_median": "asked for other points than those of the example",
    "06_broadcasting/mse/wrong_asserts": "mse raised AssertionError; the task asks for ValueError",
    "08_axis_reductions/batch_norm/wrong_float32": "asked for exact results",
    "08_axis_reductions/max_with_index/wrong_only_values": "it does not return a tuple (values, indices)",
    "08_axis_reductions/box_sums/wrong_loop_over_zip": "it uses a loop in Python",
    "13_timing_cpu_gpu/dispatch_only/wrong_gibibytes": "asked for the unit GB",
    "13_timing_cpu_gpu/matmul_tflops/wrong_wraps_in_32_bits": "asked for large products",
    "13_timing_cpu_gpu/path_length/wrong_from_the_origin": "asked for other paths in the plane",
    "02_creating_arrays/sample_times/wrong_accumulates": "asked for the number of samples",
    "02_creating_arrays/dice_rolls/wrong_dealt_from_a_heap": "asked for dice that do not depend on each other",
    "06_broadcasting/pairwise_distances/wrong_plane_only": "asked for points with more or fewer coordinates than two",
    "06_broadcasting/kmeans_step/wrong_any_of_points": "asked for points and means at 0",
    "06_broadcasting/standardise_channels/wrong_columns_left_out": "asked for images of several rows and columns",
    "06_broadcasting/standardise_channels/wrong_threshold_for_constant": "asked for a channel that varies very little",
    "08_axis_reductions/batch_norm/wrong_gamma_along_height_when_equal": "asked for N, C, H and W that are equal",
    "14_autograd/safe_norm/wrong_any_entry_is_zero": "asked for zeros among other entries",
    "06_broadcasting/mse/wrong_compares_first_axes": "hint: call it with cases of your own that the task names",
    "06_broadcasting/kmeans_step/wrong_list": "the result is not a tuple",
    "08_axis_reductions/batch_norm/wrong_rows_left_out": "asked for images of several rows and columns",
    "08_axis_reductions/population_std/wrong_difference_of_squares": "asked for numbers far from 0 that lie close together",
    "08_axis_reductions/max_with_index/wrong_always_axis_1": "asked for the other axis of a table",
    "08_axis_reductions/box_sums/wrong_integer_room": "has dtype int64; expected a float dtype",
    "13_timing_cpu_gpu/best_time/wrong_floor_division": "asked for rounds of fractions of a second",
    "13_timing_cpu_gpu/best_time/wrong_waits_between_calls": "asked for several calls of a round on a device",
    "13_timing_cpu_gpu/matmul_tflops/wrong_rounded": "asked for small products",
    "13_timing_cpu_gpu/pick_device/wrong_asks_at_definition": "asked for a machine with CUDA",
    "13_timing_cpu_gpu/pick_device/wrong_mps_first": "asked for a machine with both",
    "14_autograd/value_and_grad/wrong_rounded_value": "asked for other numbers than those of the example",
    "14_autograd/numerical_grad/wrong_eps_of_its_own": "asked for other numbers than those of the example",
    "14_autograd/logistic_grad/wrong_tanh_of_z": "asked for other weights than those of the example",
    "14_autograd/sgd_step_/wrong_step_of_its_own": "asked for other steps than that of the example",
    "14_autograd/accumulated_grad/wrong_counts_numbers": "asked for samples of several numbers each",
    "14_autograd/slopes/wrong_sorted": "asked for other functions and points",
    "14_autograd/value_and_grad/wrong_clone_is_no_leaf": "a part of the result of value_and_grad is None",
    "14_autograd/value_and_grad/wrong_clears_the_callers_grad": "x has lost its .grad",
    "14_autograd/jacobian/wrong_float32_differences": "asked for precision",
    "14_autograd/accumulated_grad/wrong_joined_batches": "it joins the batches",
}
"""What students read of the hidden tests that their answers fail, where a test of something else could come first."""
FROM_VISIBLE_TESTS = {
    "02_creating_arrays/checkerboard/wrong_stripes_by_a_loop": "every row is the same, which makes stripes",
    "06_broadcasting/broadcast_shape/wrong_reversed_result": "the sizes stand from the last axis to the first",
    "06_broadcasting/kmeans_step/wrong_one_mean_for_all_coordinates": "take the mean over axis 0",
    "06_broadcasting/mse/wrong_returns_the_error": "mse returned ValueError(); the task asks it to raise",
    "08_axis_reductions/batch_norm/wrong_forgets_beta": "beta is missing: add it at the end",
    "08_axis_reductions/box_sums/wrong_rows_first": "a row of boxes is r0, c0, r1, c1, in this order",
    "08_axis_reductions/centre_rows/wrong_floor_means": "the mean was cut to a whole number",
    "08_axis_reductions/moving_average/wrong_windows_side_by_side": "the windows overlap",
    "13_timing_cpu_gpu/best_time/wrong_ignores_the_clock": "the clock that is given was not read",
    "13_timing_cpu_gpu/best_time/wrong_times_each_call": "the clock was read 12 times",
    "13_timing_cpu_gpu/sum_of_squares/wrong_square_of_sum": "this is the square of the sum",
    "14_autograd/slopes/wrong_returns_the_leaf": "these are the points; the slopes stand in the .grad of your leaf",
    "14_autograd/numerical_grad/wrong_multiplies_by_eps": "a / 2 * eps is a / 2, times eps",
    "14_autograd/numerical_grad/wrong_both_are_one_array": "both calls of fn got the same numbers",
    "14_autograd/logistic_grad/wrong_threshold": "the sigmoid of 0 is 0.5",
    "14_autograd/jacobian/wrong_rows_are_one_grad": "all rows are one tensor",
    "14_autograd/safe_norm/wrong_absolute_values": "this is the sum of the absolute values",
}
"""What the visible tests name of what learners do."""
NO_HINT = [
    "06_broadcasting/scale_channels/wrong_repeats_once",  # it has the code of the hint in another form
    "08_axis_reductions/box_sums/wrong_unpacks_rows",  # what Python says of it has nothing to do with the hint
]


def told(name: str, results: dict[tuple[str, str], dict[str, Any]]) -> list[str]:
    file = ANSWERS / f"{name}.py"
    cells = results[submission_of(file), file.parent.parent.name]["cells"]
    return [cell["message"] for cell in cells if cell["exercise"] == file.parent.name]


@pytest.mark.parametrize("name", FROM_HIDDEN_TESTS)
def test_a_hidden_test_says_what_is_so(name: str, results: dict[tuple[str, str], dict[str, Any]]) -> None:
    found = told(name, results)
    assert any(FROM_HIDDEN_TESTS[name] in message for message in found), found


@pytest.mark.parametrize("name", FROM_VISIBLE_TESTS)
def test_a_visible_test_names_what_was_done(name: str, results: dict[tuple[str, str], dict[str, Any]]) -> None:
    assert FROM_VISIBLE_TESTS[name] in told(name, results)[0]


@pytest.mark.parametrize("name", NO_HINT)
def test_a_visible_test_gives_no_hint_that_does_not_fit(
    name: str, results: dict[tuple[str, str], dict[str, Any]]
) -> None:
    assert told(name, results)[0] and "hint" not in told(name, results)[0]


def test_each_exercise_has_two_right_and_four_wrong_answers() -> None:
    import json

    for path in build.sources():
        cells = json.loads(path.read_text("utf-8"))["cells"]
        ids = [cell["id"] for cell in cells if cell["metadata"].get("nbgrader", {}).get("solution")]
        folders = {folder.name.strip("_").replace("_", "-"): folder for folder in (ANSWERS / path.stem).iterdir()}
        for id in ids:
            kinds = [file.stem.split("_")[0] for file in folders[id].glob("*.py")]
            assert kinds.count("right") >= 2, id
            assert kinds.count("wrong") >= 4, id
            assert len(kinds) == kinds.count("right") + kinds.count("wrong"), id
