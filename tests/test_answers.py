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
    "01_arrays_and_why/add_lists/wrong_broadcasts": "asked for a list of length 1 and a list of another length",
    "01_arrays_and_why/add_lists/wrong_bytes": "add_lists raised OverflowError",
    "01_arrays_and_why/add_lists/wrong_empty_is_refused": "add_lists raised ValueError",
    "01_arrays_and_why/add_lists/wrong_integers": "asked for fractions",
    "01_arrays_and_why/add_lists/wrong_only_longer_b": "asked for a list of length 1 and a list of another length",
    "01_arrays_and_why/add_lists/wrong_refuses_length_one": "add_lists raised ValueError",
    "01_arrays_and_why/array_card/wrong_bytes_of_the_base": "asked for views",
    "01_arrays_and_why/array_card/wrong_dtype_of_an_element": "array_card raised IndexError",
    "01_arrays_and_why/array_card/wrong_first_two_axes": "array_card raised IndexError",
    "01_arrays_and_why/array_card/wrong_flattens": "array_card raised MemoryError",
    "01_arrays_and_why/array_card/wrong_to_bytes": "array_card raised MemoryError",
    "01_arrays_and_why/celsius_to_fahrenheit/wrong_as_integers": "asked for temperatures with a fraction",
    "01_arrays_and_why/celsius_to_fahrenheit/wrong_cast_at_the_end": "asked for arrays of short floats",
    "01_arrays_and_why/celsius_to_fahrenheit/wrong_uint8_wraps": "asked for arrays of small integers",
    "01_arrays_and_why/celsius_to_fahrenheit/wrong_loop": "celsius_to_fahrenheit: it uses a loop in Python",
    "01_arrays_and_why/celsius_to_fahrenheit/wrong_vectorize": "celsius_to_fahrenheit: it uses a loop in Python",
    "01_arrays_and_why/celsius_to_fahrenheit/wrong_writes_into_the_input": "celsius_to_fahrenheit changed its input (argument 1); leave it as it was and return a new object",
    "01_arrays_and_why/heights_summary/wrong_list_method_alone": "heights_summary raised AttributeError",
    "01_arrays_and_why/heights_summary/wrong_starts_with_none_but_one": "heights_summary raised IndexError",
    "01_arrays_and_why/heights_summary/wrong_tallest_as_it_came": "a number in the result of heights_summary is no plain Python float: make it one with float(...)",
    "01_arrays_and_why/unit_vector/wrong_back_to_integers": "asked for integers",
    "01_arrays_and_why/unit_vector/wrong_epsilon": "asked for a very short vector",
    "01_arrays_and_why/unit_vector/wrong_float32_stays": "has dtype float32; expected float64",
    "01_arrays_and_why/unit_vector/wrong_sum_decides": "asked for elements that add up to 0",
    "01_arrays_and_why/unit_vector/wrong_threshold": "asked for a very short vector",
    "01_arrays_and_why/unit_vector/wrong_zeros_of_its_dtype": "has dtype int64; expected float64",
    "02_creating_arrays/image_batch_bytes/wrong_builds_the_batch": "image_batch_bytes raised ValueError",
    "02_creating_arrays/grid_points/wrong_sorts_the_input": "grid_points changed its input (argument 1)",
    "02_creating_arrays/sample_times/wrong_float32_precision": "asked for a long recording",
    "02_creating_arrays/frame/wrong_dtype_from_value": "the result of frame has dtype int64; expected float64",
    "05_shape_surgery/contact_sheet/wrong_minus_one_takes_any": "asked for a number of images that does not fit",
    "05_shape_surgery/contact_sheet/wrong_no_check": "contact_sheet raised IndexError; the task asks for ValueError",
    "05_shape_surgery/contact_sheet/wrong_square_images": "asked for other images and sheets",
    "05_shape_surgery/contact_sheet/wrong_too_many_are_fine": "asked for a number of images that does not fit",
    "05_shape_surgery/flatten_features/wrong_memory_order": "asked for a batch that is a view of another",
    "05_shape_surgery/flatten_features/wrong_squeezes": "asked for axes of size 1",
    "05_shape_surgery/max_pool_2x2/wrong_apply_along_axis": "max_pool_2x2: it uses apply_along_axis, which this task asks you to do without",
    "05_shape_surgery/max_pool_2x2/wrong_assert": "max_pool_2x2 raised AssertionError; the task asks for ValueError",
    "05_shape_surgery/max_pool_2x2/wrong_both_must_be_odd": "asked for an odd number of rows or columns",
    "05_shape_surgery/max_pool_2x2/wrong_cuts_the_odd_rest": "asked for an odd number of rows or columns",
    "05_shape_surgery/max_pool_2x2/wrong_loop_over_blocks": "max_pool_2x2 works item by item in Python; let the array library repeat the work",
    "05_shape_surgery/max_pool_2x2/wrong_no_error_for_odd_rows": "asked for an odd number of rows or columns",
    "05_shape_surgery/max_pool_2x2/wrong_starts_at_zero": "asked for fractions and negative numbers",
    "05_shape_surgery/max_pool_2x2/wrong_strides_of_its_own": "asked for a table that is a view of another",
    "05_shape_surgery/nhwc_to_nchw/wrong_copies": "the result of nhwc_to_nchw is a copy; expected a view of the input's memory",
    "05_shape_surgery/nhwc_to_nchw/wrong_stacks_the_channels": "the result of nhwc_to_nchw is a copy; expected a view of the input's memory",
    "05_shape_surgery/split_train_val_test/wrong_copies": "the result of split_train_val_test is a copy; expected a view of the input's memory",
    "05_shape_surgery/split_train_val_test/wrong_fraction_of_floats": "asked for percentages that floats get wrong",
    "05_shape_surgery/split_train_val_test/wrong_test_from_the_end": "asked for parts that are empty",
    "05_shape_surgery/to_nchw/wrong_copies": "the result of to_nchw is a copy; expected a view of the input's memory",
    "05_shape_surgery/to_nchw/wrong_squeezes": "the result of to_nchw has 3 axes; expected 4",
    "05_shape_surgery/to_nchw/wrong_stacks": "the result of to_nchw is a copy; expected a view of the input's memory",
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
    "08_axis_reductions/box_sums/wrong_sums_in_int32": "asked for sums beyond 2**31",
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
    "04_indexing_and_masks/centre_crop/wrong_channels_count_as_a_side": "centre_crop raised ValueError",
    "04_indexing_and_masks/centre_crop/wrong_full_size_refused": "centre_crop raised ValueError",
    "04_indexing_and_masks/centre_crop/wrong_grey_images_only": "centre_crop raised ValueError",
    "04_indexing_and_masks/centre_crop/wrong_last_two_axes": "centre_crop raised ValueError",
    "04_indexing_and_masks/centre_crop/wrong_only_height_compared": "asked for windows that do not fit",
    "04_indexing_and_masks/replace_outside/wrong_float32_on_the_way": "asked for other numbers than those of the example",
    "04_indexing_and_masks/last_valid/wrong_float16_on_the_way": "asked for other sizes than those of the example",
    "04_indexing_and_masks/replace_outside/wrong_flattens": "the result of replace_outside has 1 axis; expected 2",
    "04_indexing_and_masks/replace_outside/wrong_returns_input_if_nothing_to_do": "the result of replace_outside",
    "04_indexing_and_masks/submatrix/wrong_drops_single_rows": "the result of submatrix has 1 axis; expected 2",
    "04_indexing_and_masks/true_class_scores/wrong_squeezes_all": "the result of true_class_scores has 0 axes;",
    "04_indexing_and_masks/last_valid/wrong_squeezes_all": "the result of last_valid has 1 axis; expected 2",
    "04_indexing_and_masks/positions_of/wrong_is_true": "asked for integers and floats",
    "04_indexing_and_masks/positions_of/wrong_positive_only": "asked for integers and floats",
    "07_elementwise_math/clip_by_norm/wrong_condition_on_the_largest": "asked for gradients whose elements are all below max_norm, while their norm is not",
    "07_elementwise_math/clip_by_norm/wrong_float32_always": "has dtype torch.float32; expected torch.float64",
    "07_elementwise_math/clip_by_norm/wrong_nan_for_zero": "asked for a gradient of zeros",
    "07_elementwise_math/clip_by_norm/wrong_returns_g": "shares memory with the input; expected a copy",
    "07_elementwise_math/clip_by_norm/wrong_zero_division": "clip_by_norm raised ZeroDivisionError",
    "07_elementwise_math/cosine_schedule/wrong_default_lr_min": "asked for a call without lr_min",
    "07_elementwise_math/cosine_schedule/wrong_steps_cut_to_integers": "asked for steps that are fractions",
    "07_elementwise_math/cross_entropy/wrong_float32": "asked for precision",
    "07_elementwise_math/cross_entropy/wrong_keepdims_by_chance": "asked for as many rows as classes",
    "07_elementwise_math/cross_entropy/wrong_one_maximum_for_all": "asked for rows of which one has large scores and another very negative ones",
    "07_elementwise_math/leaky_relu/wrong_positive_values_only": "asked for other numbers than those of the example",
    "07_elementwise_math/safe_divide/wrong_float32": "asked for other numbers than those of the example",
    "07_elementwise_math/safe_divide/wrong_mask_of_b": "safe_divide raised IndexError",
    "07_elementwise_math/safe_divide/wrong_nan_to_num_all": "asked for inf and NaN in a",
    "07_elementwise_math/safe_divide/wrong_out_of_the_shape_of_a": "safe_divide raised ValueError",
    "07_elementwise_math/safe_divide/wrong_reads_infinities": "asked for inf and NaN in a",
    "07_elementwise_math/safe_divide/wrong_threshold": "asked for divisors that are very small, but not 0",
    "07_elementwise_math/softmax/wrong_clips_the_scores": "asked for large scores",
    "07_elementwise_math/softmax/wrong_float32_inside": "asked for precision",
    "07_elementwise_math/softmax/wrong_one_maximum_for_all": "asked for slices of which one has large scores and another very negative ones",
    "07_elementwise_math/softmax/wrong_square_by_chance": "asked for a square table",
    "07_elementwise_math/softmax/wrong_subtracts_absolute_maximum": "asked for very negative scores",
}
"""What students read of the hidden tests that their answers fail, where a test of something else could come first."""
FROM_VISIBLE_TESTS = {
    "01_arrays_and_why/add_lists/wrong_asserts": "add_lists raised AssertionError",
    "01_arrays_and_why/add_lists/wrong_changes_the_list": "add_lists changed its input (argument 1); leave it as it was and return a new object",
    "01_arrays_and_why/add_lists/wrong_concatenates": "`+` has put one list behind the other; add arrays",
    "01_arrays_and_why/add_lists/wrong_list": "is a list; expected a NumPy array",
    "01_arrays_and_why/add_lists/wrong_one_sum": "this is the sum of all elements; one sum for each position is asked for",
    "01_arrays_and_why/add_lists/wrong_pads_with_zeros": "add_lists returned [11, 22, 3]; the task asks it to raise ValueError here",
    "01_arrays_and_why/add_lists/wrong_returns_an_error": "add_lists returned ValueError(); the task asks it to raise ValueError here",
    "01_arrays_and_why/add_lists/wrong_table": "this is a table; one axis is asked for",
    "01_arrays_and_why/add_lists/wrong_tensor": "is a torch.Tensor of shape (3,); expected a NumPy array",
    "01_arrays_and_why/add_lists/wrong_type_error": "add_lists raised TypeError: the lengths differ",
    "01_arrays_and_why/add_lists/wrong_zip_truncates": "add_lists returned [11, 22]; the task asks it to raise ValueError here",
    "01_arrays_and_why/array_card/wrong_bits": "itemsize is told in bits; a byte has 8 of them, and a float32 has 4 bytes",
    "01_arrays_and_why/array_card/wrong_dtype_object": "the result of array_card['dtype'] is dtype('float32'); expected 'float32'",
    "01_arrays_and_why/array_card/wrong_eight_bytes_each": "itemsize is not always 8: a float32 takes 4 bytes",
    "01_arrays_and_why/array_card/wrong_getsizeof": "nbytes is the size of the Python object; the elements alone have 24 bytes",
    "01_arrays_and_why/array_card/wrong_getsizeof_of_a_copy": "nbytes is the size of the Python object; the elements alone have 24 bytes",
    "01_arrays_and_why/array_card/wrong_last_axis_is_ndim": "ndim is the number of axes; 3 is the length of the last",
    "01_arrays_and_why/array_card/wrong_len_and_its_bytes": "len(a) counts the rows; size and nbytes are of all elements",
    "01_arrays_and_why/array_card/wrong_len_is_size": "len(a) counts the rows; size is the number of all elements",
    "01_arrays_and_why/array_card/wrong_nbytes_of_eight": "nbytes takes 8 bytes for each element; a float32 has 4",
    "01_arrays_and_why/array_card/wrong_numbers_as_text": "the result of array_card['ndim'] is '2', a str; expected a Python int",
    "01_arrays_and_why/array_card/wrong_numpy_integer": "the result of array_card['size'] is 6, a NumPy int64; expected a Python int",
    "01_arrays_and_why/array_card/wrong_shape_is_a_list": "the result of array_card['shape'] is a list; expected a tuple of 2",
    "01_arrays_and_why/array_card/wrong_type_of_the_array": "the result of array_card['dtype'] is \"<class 'numpy.ndarray'>\"; expected 'float32'",
    "01_arrays_and_why/celsius_to_fahrenheit/wrong_added_first": "32 was added first: multiply, then add",
    "01_arrays_and_why/celsius_to_fahrenheit/wrong_at_least_one_axis": "has 1 axis; expected 0",
    "01_arrays_and_why/celsius_to_fahrenheit/wrong_cut_factor": "9 / 5 was cut to 1: `//` throws the fraction away",
    "01_arrays_and_why/celsius_to_fahrenheit/wrong_flat": "has shape (2,); expected (2, 1)",
    "01_arrays_and_why/celsius_to_fahrenheit/wrong_float32_tensor": "has dtype float32; expected float64",
    "01_arrays_and_why/celsius_to_fahrenheit/wrong_floor_division": "the fraction is lost on the way: `//` or integers cut it off",
    "01_arrays_and_why/celsius_to_fahrenheit/wrong_keeps_float32": "has dtype float32; expected float64",
    "01_arrays_and_why/celsius_to_fahrenheit/wrong_list": "is a list; expected a NumPy array",
    "01_arrays_and_why/celsius_to_fahrenheit/wrong_on_the_list": "celsius_to_fahrenheit raised TypeError: unsupported operand type(s) for /: 'list' and 'int'",
    "01_arrays_and_why/celsius_to_fahrenheit/wrong_upside_down": "5/9 leads from Fahrenheit to Celsius; here it is 9/5",
    "01_arrays_and_why/celsius_to_fahrenheit/wrong_way_back": "this is the way back, from Fahrenheit to Celsius",
    "01_arrays_and_why/celsius_to_fahrenheit/wrong_without_32": "it begins at 0: where are the 32 degrees",
    "01_arrays_and_why/heights_summary/wrong_all_numpys": "the result of heights_summary['tallest_index'] is 2, a NumPy int64; expected a Python int",
    "01_arrays_and_why/heights_summary/wrong_argmin": "that is the position of the shortest person",
    "01_arrays_and_why/heights_summary/wrong_counts_from_one": "position 3 is somebody else: positions count from 0, and after sorting they tell nothing about persons",
    "01_arrays_and_why/heights_summary/wrong_greater_or_equal": "the first of the tallest is asked for, and this is the last",
    "01_arrays_and_why/heights_summary/wrong_integer_division": "the mean has a fraction, which was cut off",
    "01_arrays_and_why/heights_summary/wrong_integers_all_through": "the result of heights_summary['mean'] is 171.4; expected 171.6",
    "01_arrays_and_why/heights_summary/wrong_last_of_the_tallest": "the first of the tallest is asked for, and this is the last",
    "01_arrays_and_why/heights_summary/wrong_median": "this mean is the median, the value in the middle",
    "01_arrays_and_why/heights_summary/wrong_numpy_float": "'mean' is NumPy's float64; expected Python's float, which `float(...)` makes",
    "01_arrays_and_why/heights_summary/wrong_numpy_integer": "the result of heights_summary['tallest_index'] is 2, a NumPy int64; expected a Python int",
    "01_arrays_and_why/heights_summary/wrong_sorted_positions": "position 3 is somebody else: positions count from 0, and after sorting they tell nothing about persons",
    "01_arrays_and_why/heights_summary/wrong_sorts_the_input": "heights_summary changed its input (argument 1); leave it as it was and return a new object",
    "01_arrays_and_why/heights_summary/wrong_sum": "this mean is the sum of all heights",
    "01_arrays_and_why/heights_summary/wrong_tuple": "is (171.6, 181.0, 2); expected a dict with the keys 'mean', 'tallest', 'tallest_index'",
    "01_arrays_and_why/unit_vector/wrong_any_zero": "these are zeros, which only a vector of zeros gives; one element of 0 does not make it one",
    "01_arrays_and_why/unit_vector/wrong_by_absolute_values": "you divided by the sum of the elements, or of what they are without their signs",
    "01_arrays_and_why/unit_vector/wrong_by_the_largest": "you divided by the largest element",
    "01_arrays_and_why/unit_vector/wrong_by_the_number": "you divided by the number of elements",
    "01_arrays_and_why/unit_vector/wrong_by_the_sum": "you divided by the sum of the elements, or of what they are without their signs",
    "01_arrays_and_why/unit_vector/wrong_in_place": "unit_vector changed its input (argument 1); leave it as it was and return a new object",
    "01_arrays_and_why/unit_vector/wrong_length": "that is the length of v; divide v by it",
    "01_arrays_and_why/unit_vector/wrong_list": "is a list; expected a NumPy array",
    "01_arrays_and_why/unit_vector/wrong_nan_replaced_loudly": "unit_vector gave a RuntimeWarning (invalid value encountered in divide); the task asks for none",
    "01_arrays_and_why/unit_vector/wrong_root_mean_square": "you divided by the root of the mean of the squares",
    "01_arrays_and_why/unit_vector/wrong_spread": "the mean was subtracted and the spread divided out, as in statistics; here only the length is",
    "01_arrays_and_why/unit_vector/wrong_without_the_root": "the square root is missing: you divided by the sum of the squares",
    "01_arrays_and_why/unit_vector/wrong_zeros_over_zero": "unit_vector gave a RuntimeWarning (invalid value encountered in divide); the task asks for none",
    "02_creating_arrays/checkerboard/wrong_stripes_by_a_loop": "every row is the same, which makes stripes",
    "05_shape_surgery/contact_sheet/wrong_columns_first": "the images run down the columns of the sheet; image 1 stands to the",
    "05_shape_surgery/contact_sheet/wrong_divides_by_rows": "the images run down the columns of the sheet; image 1 stands to the",
    "05_shape_surgery/contact_sheet/wrong_float_sheet": "the result of contact_sheet has dtype float64; expected int64",
    "05_shape_surgery/contact_sheet/wrong_four_axes": "the images stand in the right places, but it is still four axes: join",
    "05_shape_surgery/contact_sheet/wrong_reshape_alone": "reshape alone lays each image out along a row of the sheet, one after",
    "05_shape_surgery/contact_sheet/wrong_rows_for_columns": "rows and cols changed places: the sheet has 3 rows of 2 images",
    "05_shape_surgery/contact_sheet/wrong_swaps_the_last_axes": "each image is transposed",
    "05_shape_surgery/contact_sheet/wrong_swaps_the_outer_axes": "the right axes to swap are the two in the middle, column of the sheet",
    "05_shape_surgery/flatten_features/wrong_column_order": "the first axis runs fastest (order='F'); in row-major order the last",
    "05_shape_surgery/flatten_features/wrong_flattens_the_batch": "the batch was flattened, too; the first axis stays",
    "05_shape_surgery/flatten_features/wrong_float_room": "the result of flatten_features has dtype float64; expected int64",
    "05_shape_surgery/flatten_features/wrong_keeps_the_last_axis": "only the first two axes were joined; all but the first belong to the",
    "05_shape_surgery/flatten_features/wrong_leaves_one_axis_alone": "one number a sample still makes a table, with one column: (N,)",
    "05_shape_surgery/flatten_features/wrong_one_axis_as_a_row": "one row a sample: (N,) becomes (N, 1)",
    "05_shape_surgery/flatten_features/wrong_samples_as_columns": "the number of samples comes first, one row a sample",
    "05_shape_surgery/flatten_features/wrong_three_axes_only": "flatten_features raised ValueError: not enough values to unpack (expected 3, got 1)",
    "05_shape_surgery/flatten_features/wrong_transposed_reshape": "reshape(-1, N) is not the transpose of reshape(N, -1): each row has",
    "05_shape_surgery/interleave/wrong_b_first": "b comes first; each a should be followed by its b",
    "05_shape_surgery/interleave/wrong_concatenate": "the two are joined end to end; each a should be followed by its b",
    "05_shape_surgery/interleave/wrong_drops_the_last": "the result of interleave has shape (5,); expected (6,)",
    "05_shape_surgery/interleave/wrong_dtype_of_a": "the result of interleave has dtype int64; expected float64",
    "05_shape_surgery/interleave/wrong_float_always": "the result of interleave has dtype float64; expected int64",
    "05_shape_surgery/interleave/wrong_insert": "the result of interleave has dtype int64; expected float64",
    "05_shape_surgery/interleave/wrong_list": "the result of interleave is a list; expected a NumPy array",
    "05_shape_surgery/interleave/wrong_pairs": "these are the pairs, one a row; flatten them",
    "05_shape_surgery/interleave/wrong_reshape_into_pairs": "the two are joined end to end; each a should be followed by its b",
    "05_shape_surgery/interleave/wrong_sorts": "the values were sorted; they keep the order of a and b",
    "05_shape_surgery/interleave/wrong_stack_of_rows": "the two are joined end to end; each a should be followed by its b",
    "05_shape_surgery/interleave/wrong_through_python": "the result of interleave has dtype float64; expected float32",
    "05_shape_surgery/max_pool_2x2/wrong_axes_of_the_blocks": "the largest of all blocks at each place within a block: you kept the",
    "05_shape_surgery/max_pool_2x2/wrong_diagonal_only": "the result of max_pool_2x2 is [[5, 8, 9], [6, 2, 7]]",
    "05_shape_surgery/max_pool_2x2/wrong_float_room": "the result of max_pool_2x2 has dtype float64; expected int64",
    "05_shape_surgery/max_pool_2x2/wrong_mean": "these are the means of the blocks; take the maximum",
    "05_shape_surgery/max_pool_2x2/wrong_overlapping_windows": "these blocks overlap: the next block begins two cells further on",
    "05_shape_surgery/max_pool_2x2/wrong_reshape_cuts_no_blocks": "reshape(h // 2, w // 2, 2, 2) takes four neighbours of one row after",
    "05_shape_surgery/max_pool_2x2/wrong_subsampling": "you kept the upper left cell of each block; the largest of all four",
    "05_shape_surgery/nhwc_to_nchw/wrong_all_axes_reversed": ".T reverses all four axes; N should stay first",
    "05_shape_surgery/nhwc_to_nchw/wrong_changes_the_input": "nhwc_to_nchw changed its input (argument 1); leave it as it was and return a new object",
    "05_shape_surgery/nhwc_to_nchw/wrong_channels_in_front": "the channels went in front of the batch; N should stay first",
    "05_shape_surgery/nhwc_to_nchw/wrong_fills_a_new_array": "the result of nhwc_to_nchw has dtype float64; expected int64",
    "05_shape_surgery/nhwc_to_nchw/wrong_matrix_transpose": "the result of nhwc_to_nchw has shape (2, 3, 2, 4); expected (2, 2, 3, 4)",
    "05_shape_surgery/nhwc_to_nchw/wrong_reshape": "the shape is right and the picture is not: reshape keeps the elements",
    "05_shape_surgery/nhwc_to_nchw/wrong_swaps_height_and_width": "H and W changed places on the way",
    "05_shape_surgery/nhwc_to_nchw/wrong_way_back": "(0, 2, 3, 1) is the way back, from channels first to channels last",
    "05_shape_surgery/split_train_val_test/wrong_counts_elements": "all rows are in train, so your cuts lie beyond the end: the",
    "05_shape_surgery/split_train_val_test/wrong_equal_parts": "the three parts are equal, or nearly so; the percentages say how",
    "05_shape_surgery/split_train_val_test/wrong_list": "the result of split_train_val_test is a list; expected a tuple of 3",
    "05_shape_surgery/split_train_val_test/wrong_must_divide": "split_train_val_test raised ValueError: array split does not result in an equal division",
    "05_shape_surgery/split_train_val_test/wrong_rounds_to_the_nearest": "numbers of rows are rounded down, not to the nearest",
    "05_shape_surgery/split_train_val_test/wrong_shuffles": "the result of split_train_val_test[0] is [[ 8, 9], [12, 13], [ 4, 5], [14, 15], [ 6, 7], [",
    "05_shape_surgery/split_train_val_test/wrong_sizes_as_positions": "the second number is a position, too, and not the size of the middle",
    "05_shape_surgery/split_train_val_test/wrong_sum_rounded": "val has one row too many: round its own number of rows down, not that",
    "05_shape_surgery/split_train_val_test/wrong_test_of_its_own_size": "the last row is in no part; test takes all the rest",
    "05_shape_surgery/split_train_val_test/wrong_torch_split": "the result of split_train_val_test[0] is a torch.Tensor of shape (6, 2); expected a NumPy ",
    "05_shape_surgery/split_train_val_test/wrong_two_axes_only": "split_train_val_test raised ValueError: not enough values to unpack (expected 2, got 1)",
    "05_shape_surgery/to_nchw/wrong_batch_behind_channels": "the new axis stands behind the channels; the batch comes first",
    "05_shape_surgery/to_nchw/wrong_channels_last": "the axis of the channels is last; it belongs in front of H and W",
    "05_shape_surgery/to_nchw/wrong_colour_only": "to_nchw raised RuntimeError: permute(sparse_coo): number of dimensions in the tensor input",
    "05_shape_surgery/to_nchw/wrong_float": "to_nchw of a colour image has dtype torch.float32; expected torch.int64",
    "05_shape_surgery/to_nchw/wrong_grey_channel_last": "the axis of the channels is last; it belongs in front of H and W",
    "05_shape_surgery/to_nchw/wrong_grey_only": "to_nchw of a colour image has shape (1, 1, 3, 4, 2); expected (1, 2, 3, 4)",
    "05_shape_surgery/to_nchw/wrong_no_batch": "the batch is there, the axis of the channel is missing",
    "05_shape_surgery/to_nchw/wrong_one_three_or_four_channels": "to_nchw raised RuntimeError: permute(sparse_coo): number of dimensions in the tensor input",
    "05_shape_surgery/to_nchw/wrong_reshape": "reshape gives the shape and not the picture: the axes have to change",
    "05_shape_surgery/to_nchw/wrong_three_means_colour": "to_nchw raised RuntimeError: permute(sparse_coo): number of dimensions in the tensor input",
    "05_shape_surgery/to_nchw/wrong_turned_image": "H and W changed places",
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
    "04_indexing_and_masks/centre_crop/wrong_and_instead_of_or": "centre_crop returned [[33, 34, 35, 36, 37, 38]];",
    "04_indexing_and_masks/centre_crop/wrong_copies": "the result of centre_crop is a copy; expected a view of the",
    "04_indexing_and_masks/centre_crop/wrong_does_not_raise": "centre_crop returned [[33, 34, 35, 36, 37, 38]]; the",
    "04_indexing_and_masks/centre_crop/wrong_half_to_both_sides": "an odd size loses a row and a column if you go",
    "04_indexing_and_masks/centre_crop/wrong_height_and_width_swapped": "height and width changed places: rows go",
    "04_indexing_and_masks/centre_crop/wrong_lists_of_indices": "the result of centre_crop is a copy; expected a view",
    "04_indexing_and_masks/centre_crop/wrong_middle_minus_half": "it starts one column too far right: (W - size) // 2",
    "04_indexing_and_masks/centre_crop/wrong_minus_margins": "the result of centre_crop has shape (3, 4); expected",
    "04_indexing_and_masks/centre_crop/wrong_one_start_for_both": "the result of centre_crop is [[ 9, 10, 11], [17,",
    "04_indexing_and_masks/centre_crop/wrong_raises_index_error": "centre_crop raised IndexError: the window does not",
    "04_indexing_and_masks/replace_outside/wrong_alias_is_no_copy": "replace_outside changed its input (argument 1);",
    "04_indexing_and_masks/replace_outside/wrong_and": "nothing was replaced: no number is below low and above high",
    "04_indexing_and_masks/replace_outside/wrong_bounds_replaced": "the bounds themselves are inside: compare by <",
    "04_indexing_and_masks/replace_outside/wrong_branches_swapped": "np.where(mask, a, b) takes a where the mask is",
    "04_indexing_and_masks/replace_outside/wrong_chained_comparison": "replace_outside raised ValueError: The truth",
    "04_indexing_and_masks/replace_outside/wrong_clip": "values were moved to the bounds, as np.clip does; they",
    "04_indexing_and_masks/replace_outside/wrong_drops_values": "the result of replace_outside has shape (3,);",
    "04_indexing_and_masks/replace_outside/wrong_nan_made_numbers": "NaN stays NaN; here it became 0",
    "04_indexing_and_masks/replace_outside/wrong_nan_replaced": "NaN is neither below nor above, so it stays: ask",
    "04_indexing_and_masks/replace_outside/wrong_no_parentheses": "replace_outside raised TypeError: ufunc",
    "04_indexing_and_masks/replace_outside/wrong_only_below": "what lies above high is still there",
    "04_indexing_and_masks/replace_outside/wrong_or": "replace_outside raised ValueError: The truth value of an array",
    "04_indexing_and_masks/replace_outside/wrong_rows_by_any": "replace_outside raised TypeError: 'numpy.float64'",
    "04_indexing_and_masks/replace_outside/wrong_writes_into_input": "replace_outside changed its input (argument 1);",
    "04_indexing_and_masks/submatrix/wrong_diagonal_block": "a[rows, cols] pairs the lists, one element a pair; you",
    "04_indexing_and_masks/submatrix/wrong_float_room": "the result of submatrix has dtype float64; expected int64",
    "04_indexing_and_masks/submatrix/wrong_masks_lose_order": "rows and columns come in the order in which they are",
    "04_indexing_and_masks/submatrix/wrong_meshgrid_xy": "the block is transposed: result[i, j] is a[rows[i], cols[j]]",
    "04_indexing_and_masks/submatrix/wrong_negative_by_remainder_of_rows": "the result of submatrix is [[20, 21, 21],",
    "04_indexing_and_masks/submatrix/wrong_new_axis_on_a_list": "submatrix raised TypeError: list indices must be",
    "04_indexing_and_masks/submatrix/wrong_pairs": "a[rows, cols] pairs the lists, one element a pair; you want all",
    "04_indexing_and_masks/submatrix/wrong_rows_and_columns_swapped": "rows and columns changed places",
    "04_indexing_and_masks/submatrix/wrong_rows_only": "the rows are right; pick the columns, too",
    "04_indexing_and_masks/submatrix/wrong_rows_twice": "a[rows][cols] picks rows, then rows of these again; columns",
    "04_indexing_and_masks/submatrix/wrong_slices": "a slice takes all that lies between, and in rising order",
    "04_indexing_and_masks/submatrix/wrong_sorted": "rows and columns come in the order in which they are given, not",
    "04_indexing_and_masks/submatrix/wrong_transposed": "the block is transposed: result[i, j] is a[rows[i], cols[j]]",
    "04_indexing_and_masks/true_class_scores/wrong_all_labels_for_all_rows": "every row was asked for all labels, (N,",
    "04_indexing_and_masks/true_class_scores/wrong_arange_of_classes": "true_class_scores raised IndexError: shape",
    "04_indexing_and_masks/true_class_scores/wrong_argmax": "these are the labels that the scores would choose;",
    "04_indexing_and_masks/true_class_scores/wrong_axes_swapped": "rows and columns changed places",
    "04_indexing_and_masks/true_class_scores/wrong_axis_0_of_take_along": "true_class_scores raised IndexError: shape",
    "04_indexing_and_masks/true_class_scores/wrong_axis_left_over": "(N, 1) instead of (N,): one axis is left over",
    "04_indexing_and_masks/true_class_scores/wrong_first_row_for_all": "every label was looked up in the first row",
    "04_indexing_and_masks/true_class_scores/wrong_hidden_loop": "uses vectorize, which loops in Python; let the",
    "04_indexing_and_masks/true_class_scores/wrong_labels_from_one": "the result of true_class_scores is [0.2, 0.2,",
    "04_indexing_and_masks/true_class_scores/wrong_largest": "these are the largest scores of the rows; ask each for",
    "04_indexing_and_masks/true_class_scores/wrong_loop": "uses a Python loop; let the array library repeat the work",
    "04_indexing_and_masks/true_class_scores/wrong_normalised": "the result of true_class_scores is [0.2612, 0.3173,",
    "04_indexing_and_masks/true_class_scores/wrong_recursion": "uses true_class_scores itself, which loops in Python;",
    "04_indexing_and_masks/true_class_scores/wrong_rows_by_label": "labels picked whole rows; they are columns",
    "04_indexing_and_masks/true_class_scores/wrong_take": "every label was looked up in the first row",
    "04_indexing_and_masks/last_valid/wrong_arange_of_steps": "last_valid raised IndexError: shape mismatch: indexing",
    "04_indexing_and_masks/last_valid/wrong_axis_left_over": "(B, 1, D) instead of (B, D): one axis is left over",
    "04_indexing_and_masks/last_valid/wrong_diagonal_of_numbers": "the result of last_valid has shape (2, 3);",
    "04_indexing_and_masks/last_valid/wrong_first_step": "these are the first steps",
    "04_indexing_and_masks/last_valid/wrong_gather_without_expand": "the result of last_valid has shape (3, 1);",
    "04_indexing_and_masks/last_valid/wrong_index_select": "a slice beside an index tensor takes every length for",
    "04_indexing_and_masks/last_valid/wrong_last_of_tensor": "x[:, -1] is the last step of the tensor, which is",
    "04_indexing_and_masks/last_valid/wrong_last_row_that_is_not_zero": "x[:, -1] is the last step of the tensor,",
    "04_indexing_and_masks/last_valid/wrong_longest_for_all": "the longest length was used for all sequences; each",
    "04_indexing_and_masks/last_valid/wrong_loop": "uses a Python loop; let the array library repeat the work",
    "04_indexing_and_masks/last_valid/wrong_numpy_result": "the result of last_valid is a NumPy array of shape (3,",
    "04_indexing_and_masks/last_valid/wrong_off_by_one": "this is one step too far: a sequence of length 3 has the",
    "04_indexing_and_masks/last_valid/wrong_off_by_two": "this is the step before the last",
    "04_indexing_and_masks/last_valid/wrong_slice_beside_index": "a slice beside an index tensor takes every length",
    "04_indexing_and_masks/last_valid/wrong_sum_of_steps": "this is the sum of all real steps",
    "04_indexing_and_masks/reverse_time/wrong_all_axes": "all three axes are reversed; only the steps, axis 1, should",
    "04_indexing_and_masks/reverse_time/wrong_axis_0": "this reverses the order of the sequences, axis 0",
    "04_indexing_and_masks/reverse_time/wrong_axis_2": "this reverses the numbers of each step, axis 2",
    "04_indexing_and_masks/reverse_time/wrong_flattened": "all three axes are reversed; only the steps, axis 1,",
    "04_indexing_and_masks/reverse_time/wrong_float_room": "the result of reverse_time has dtype torch.float32;",
    "04_indexing_and_masks/reverse_time/wrong_negative_step": "reverse_time raised ValueError: step must be greater",
    "04_indexing_and_masks/reverse_time/wrong_negative_step_in_numpy": "reverse_time raised ValueError: At least one",
    "04_indexing_and_masks/reverse_time/wrong_numpy_result": "the result of reverse_time is a NumPy array of shape",
    "04_indexing_and_masks/reverse_time/wrong_overwritten_halfway": "the result of reverse_time is [[[0, 6], [3, 4],",
    "04_indexing_and_masks/reverse_time/wrong_roll": "the steps are rotated, not reversed",
    "04_indexing_and_masks/reverse_time/wrong_sorted": "the result of reverse_time is [[[3, 6], [1, 4], [0, 2]], [[9,",
    "04_indexing_and_masks/reverse_time/wrong_steps_by_batch_length": "the result of reverse_time has shape (2, 2,",
    "04_indexing_and_masks/reverse_time/wrong_writes_into_input": "reverse_time changed its input (argument 1); leave",
    "04_indexing_and_masks/positions_of/wrong_column_first": "the coordinates are in the order (column, row); the row",
    "04_indexing_and_masks/positions_of/wrong_empty_list": "the result of positions_of has 1 axis; expected 2",
    "04_indexing_and_masks/positions_of/wrong_flat": "these are places in the flattened array; give one coordinate",
    "04_indexing_and_masks/positions_of/wrong_floats_when_empty": "the result of positions_of has dtype float64;",
    "04_indexing_and_masks/positions_of/wrong_list_of_pairs": "the result of positions_of is a list; expected a NumPy",
    "04_indexing_and_masks/positions_of/wrong_not_transposed": "there is one row an axis, (ndim, K): transpose it",
    "04_indexing_and_masks/positions_of/wrong_ordered_by_columns": "they are ordered by columns; go row by row",
    "04_indexing_and_masks/positions_of/wrong_reshaped": "the shape is right, but reshape does not turn anything:",
    "04_indexing_and_masks/positions_of/wrong_squeezed": "the result of positions_of has 1 axis; expected 2",
    "04_indexing_and_masks/positions_of/wrong_tensor": "the result of positions_of is a torch.Tensor of shape (3, 2);",
    "04_indexing_and_masks/positions_of/wrong_tuple": "np.nonzero and np.where(mask) give a tuple, one array for each",
    "04_indexing_and_masks/positions_of/wrong_two_axes_only": "positions_of raised ValueError",
    "04_indexing_and_masks/positions_of/wrong_where": "np.nonzero and np.where(mask) give a tuple, one array for each",
    "07_elementwise_math/clip_by_norm/wrong_clamps_values": "each element was cut by itself, which changes the direction",
    "07_elementwise_math/clip_by_norm/wrong_flattened": "has shape (4,); expected (2, 2)",
    "07_elementwise_math/clip_by_norm/wrong_in_place": "clip_by_norm changed its input (argument 1); leave it as it was and return a new object",
    "07_elementwise_math/clip_by_norm/wrong_large_epsilon": "is [[ 0.25 , -1.7498], [ 1.2499, 1.2499]]; expected [[ 0.25, -1.75], [ 1.25, 1.25]]",
    "07_elementwise_math/clip_by_norm/wrong_largest_element": "you took the largest element for the norm",
    "07_elementwise_math/clip_by_norm/wrong_mean_square": "you took the mean of the squares; the norm is the root of their sum",
    "07_elementwise_math/clip_by_norm/wrong_norm_of_rows": "each row was scaled by a norm of its own; there is one norm, over all elements",
    "07_elementwise_math/clip_by_norm/wrong_numpy_result": "is a NumPy array of shape (2, 2); expected a torch.Tensor",
    "07_elementwise_math/clip_by_norm/wrong_root_forgotten": "the root is missing: the norm is the root of the sum of the squares",
    "07_elementwise_math/clip_by_norm/wrong_scales_up": "its norm, 5, is below max_norm: such a gradient is not made longer",
    "07_elementwise_math/clip_by_norm/wrong_spectral_norm": "the norm of a matrix is another one with torch.linalg.matrix_norm(g, 2); the task's is over all elem",
    "07_elementwise_math/clip_by_norm/wrong_sum_of_absolutes": "you took the sum of the absolute values for the norm",
    "07_elementwise_math/clip_by_norm/wrong_unit_length": "the result has the norm 1; scale it to max_norm",
    "07_elementwise_math/clip_by_norm/wrong_without_sign": "the signs are lost: the direction stays",
    "07_elementwise_math/cosine_schedule/wrong_changes_step": "cosine_schedule changed its input (argument 1); leave it as it was and return a new object",
    "07_elementwise_math/cosine_schedule/wrong_climbs_again": "after step total the cosine climbs again; the rate has to stay at lr_min",
    "07_elementwise_math/cosine_schedule/wrong_degrees": "np.cos takes radians: half a period is np.pi, not 180",
    "07_elementwise_math/cosine_schedule/wrong_float32": "has dtype float32; expected float64",
    "07_elementwise_math/cosine_schedule/wrong_height": "lr_min was added to a wave that goes up to lr_max; its height is lr_max - lr_min",
    "07_elementwise_math/cosine_schedule/wrong_ignores_lr_min": "lr_min was not used: the rate ends there, and not at 0",
    "07_elementwise_math/cosine_schedule/wrong_integer_division": "is [0.5 , 0.5 , 0.4081, 0.2168, 0.102 , 0.102 ]; expected [0.5 , 0.4414, 0.3 , 0.1586, 0.1 , 0.1 ]",
    "07_elementwise_math/cosine_schedule/wrong_larger_of_rate_and_lr_min": "after step total the cosine climbs again; the rate has to stay at lr_min",
    "07_elementwise_math/cosine_schedule/wrong_python_min": "cosine_schedule raised ValueError: The truth value of an array with more than one element is ambiguo",
    "07_elementwise_math/cosine_schedule/wrong_rises": "the rate rises: it begins with lr_max",
    "07_elementwise_math/cosine_schedule/wrong_starts_over": "is [0.5 , 0.4414, 0.3 , 0.1586, 0.5 , 0.4414]; expected [0.5 , 0.4414, 0.3 , 0.1586, 0.1 , 0.1 ]",
    "07_elementwise_math/cosine_schedule/wrong_stops_one_early": "is [0.5 , 0.4414, 0.3 , 0.1586, 0.1152, 0.1152]; expected [0.5 , 0.4414, 0.3 , 0.1586, 0.1 , 0.1 ]",
    "07_elementwise_math/cosine_schedule/wrong_straight_line": "that is a straight line; the rate follows a cosine",
    "07_elementwise_math/cosine_schedule/wrong_whole_period": "that is a whole period: it has reached lr_min at half of total",
    "07_elementwise_math/cosine_schedule/wrong_without_half": "the factor 1/2 is missing: 1 + cos goes from 2 down to 0",
    "07_elementwise_math/cosine_schedule/wrong_zero_after_the_end": "after step total you gave 0; the rate stays at lr_min",
    "07_elementwise_math/cross_entropy/wrong_all_labels_in_each_row": "logits[:, labels] has N x N numbers, each row with the labels of all",
    "07_elementwise_math/cross_entropy/wrong_base_two": "np.log2 is another logarithm; np.log is the natural one",
    "07_elementwise_math/cross_entropy/wrong_clipped_shares": "with 1e-15 added before the logarithm, or as the least share, the loss is another",
    "07_elementwise_math/cross_entropy/wrong_epsilon_in_log": "with 1e-12 added before the logarithm, or as the least share, the loss is another",
    "07_elementwise_math/cross_entropy/wrong_keepdims_forgotten": "cross_entropy raised ValueError: operands could not be broadcast together with shapes (4,3) (4,)",
    "07_elementwise_math/cross_entropy/wrong_largest_score_for_the_sum": "the largest score of a row stands for the log of the sum; the others count, too",
    "07_elementwise_math/cross_entropy/wrong_log_of_softmax": "the softmax of that class is 0 in floats, and the logarithm of 0 is -inf",
    "07_elementwise_math/cross_entropy/wrong_maximum_only_inside": "what was subtracted inside the logarithm is missing outside: subtract it from both",
    "07_elementwise_math/cross_entropy/wrong_mean_of_shares": "this is the mean share of the right classes; take minus its logarithm in each row",
    "07_elementwise_math/cross_entropy/wrong_mean_over_classes": "this is the mean over all classes; only the right one of each row counts",
    "07_elementwise_math/cross_entropy/wrong_one_loss_a_row": "is [0.47 , 1.3863, 0.5108, 1.3863], a NumPy array of shape (4,); expected a Python float",
    "07_elementwise_math/cross_entropy/wrong_overflows": "the softmax of that class is 0 in floats, and the logarithm of 0 is -inf",
    "07_elementwise_math/cross_entropy/wrong_returns_a_tensor": "is 0.9384, a torch.Tensor of shape (); expected a Python float",
    "07_elementwise_math/cross_entropy/wrong_sign": "the sign is missing: the logarithm of a share is negative, and a loss is not",
    "07_elementwise_math/cross_entropy/wrong_softmax_over_rows": "the softmax was taken along the rows' numbers: the classes are axis 1",
    "07_elementwise_math/cross_entropy/wrong_softmax_twice": "the softmax was taken twice: the arguments are scores, not shares",
    "07_elementwise_math/cross_entropy/wrong_sum": "this is the sum of the losses; take their mean",
    "07_elementwise_math/leaky_relu/wrong_absolute_value": "this is the absolute value, scaled below 0; the sign stays",
    "07_elementwise_math/leaky_relu/wrong_branches_swapped": "the two branches changed places",
    "07_elementwise_math/leaky_relu/wrong_constant_below": "below 0 the value is slope itself; it is slope times x",
    "07_elementwise_math/leaky_relu/wrong_fixed_slope": "the argument slope was not used",
    "07_elementwise_math/leaky_relu/wrong_flattened": "has 1 axis; expected 2",
    "07_elementwise_math/leaky_relu/wrong_float32": "has dtype float32; expected float64",
    "07_elementwise_math/leaky_relu/wrong_if": "leaky_relu raised ValueError: The truth value of an array with more than one element is ambiguous. U",
    "07_elementwise_math/leaky_relu/wrong_in_place": "leaky_relu changed its input (argument 1); leave it as it was and return a new object",
    "07_elementwise_math/leaky_relu/wrong_max_over_rows": "below 0 it is slope * x for a slope above 1, too",
    "07_elementwise_math/leaky_relu/wrong_maximum_of_both": "the larger of x and slope * x is the right one only for a slope of at most 1",
    "07_elementwise_math/leaky_relu/wrong_np_max": "np.max gives one number for the whole array",
    "07_elementwise_math/leaky_relu/wrong_plain_relu": "that is ReLU: below 0 it is slope * x, not 0",
    "07_elementwise_math/leaky_relu/wrong_python_max": "leaky_relu raised ValueError: The truth value of an array with more than one element is ambiguous. U",
    "07_elementwise_math/leaky_relu/wrong_threshold_one": "some positive numbers were scaled, too: compare with 0",
    "07_elementwise_math/positional_encoding/wrong_axes_swapped": "positional_encoding raised ValueError: could not broadcast input array from shape (2,3) into shape (",
    "07_elementwise_math/positional_encoding/wrong_comprehension": "line 3 of your cell uses a Python loop; let the array library repeat the work",
    "07_elementwise_math/positional_encoding/wrong_cosine_first": "sine and cosine changed places: the even columns are sines",
    "07_elementwise_math/positional_encoding/wrong_degrees": "the angles were taken for degrees; the formula is in radians",
    "07_elementwise_math/positional_encoding/wrong_divides_by_half_d": "the exponents go up to (d - 2)/d; for d = 4 the second divisor is 100, not 10000",
    "07_elementwise_math/positional_encoding/wrong_exponent_of_columns": "each column has an angle of its own; the columns 2i and 2i + 1 share the exponent 2i/d",
    "07_elementwise_math/positional_encoding/wrong_exponent_of_pairs": "the exponent is i/d; with i counting the pairs it is 2i/d",
    "07_elementwise_math/positional_encoding/wrong_integer_exponent": "all pairs have the same angle: 2i // d is 0, since // cuts the fraction off",
    "07_elementwise_math/positional_encoding/wrong_last_exponent_is_one": "the exponents go up to (d - 2)/d; for d = 4 the second divisor is 100, not 10000",
    "07_elementwise_math/positional_encoding/wrong_loops": "line 3 of your cell uses a Python loop; let the array library repeat the work",
    "07_elementwise_math/positional_encoding/wrong_mapped": "line 9 of your cell uses map, which loops in Python; let the array library repeat the work",
    "07_elementwise_math/positional_encoding/wrong_multiplies": "the positions were multiplied by the powers of 10000; divide by them",
    "07_elementwise_math/positional_encoding/wrong_only_sines": "the cosines are missing: all columns are sines",
    "07_elementwise_math/positional_encoding/wrong_positions_from_one": "the positions are counted from 0",
    "07_elementwise_math/positional_encoding/wrong_sines_then_cosines": "all sines stand first and all cosines behind them; the two of one angle stand side by side",
    "07_elementwise_math/positional_encoding/wrong_stacked_on_axis_zero": "reshape has put the numbers one after another: stack sine and cosine as the last axis first",
    "07_elementwise_math/positional_encoding/wrong_tensor": "is a torch.Tensor of shape (3, 4); expected a NumPy array",
    "07_elementwise_math/positional_encoding/wrong_thousand": "the base is 10000, not 1000",
    "07_elementwise_math/positional_encoding/wrong_transposed": "positions and features changed places: a row is a position",
    "07_elementwise_math/safe_divide/wrong_any": "one 0 in b made fill of everything; decide for each element",
    "07_elementwise_math/safe_divide/wrong_changes_b": "safe_divide changed its input (argument 2); leave it as it was and return a new object",
    "07_elementwise_math/safe_divide/wrong_epsilon": "a tiny number stood in for 0: the quotient is enormous, and not fill",
    "07_elementwise_math/safe_divide/wrong_epsilon_only_at_zero": "a tiny number stood in for 0: the quotient is enormous, and not fill",
    "07_elementwise_math/safe_divide/wrong_floor": "the fractions are lost: // or an integer array cuts them off",
    "07_elementwise_math/safe_divide/wrong_ignores_fill": "the argument fill was not used",
    "07_elementwise_math/safe_divide/wrong_leaves_a": "where b is 0 you left a as it was",
    "07_elementwise_math/safe_divide/wrong_nan_to_num": "inf became the largest number of all, 1.8e308: that is what nan_to_num does",
    "07_elementwise_math/safe_divide/wrong_out_like_a": "safe_divide raised UFuncTypeError: Cannot cast ufunc 'divide' output from dtype('float64') to dtype(",
    "07_elementwise_math/safe_divide/wrong_positive_divisors_only": "a negative divisor is not 0: fill is for 0 alone",
    "07_elementwise_math/safe_divide/wrong_try": "gave a RuntimeWarning (divide by zero encountered in divide); the task asks for none",
    "07_elementwise_math/safe_divide/wrong_warns": "gave a RuntimeWarning (divide by zero encountered in divide); the task asks for none",
    "07_elementwise_math/safe_divide/wrong_where_a_is_zero": "where b is 0 you left a as it was",
    "07_elementwise_math/softmax/wrong_adds_epsilon": "expected 0.125 (6 of 6 differ)",
    "07_elementwise_math/softmax/wrong_always_last_axis": "axis was not used: you went along the last one",
    "07_elementwise_math/softmax/wrong_changes_the_scores": "softmax changed its input (argument 1); leave it as it was and return a new object",
    "07_elementwise_math/softmax/wrong_column_of_sums_always": "softmax raised ValueError: operands could not be broadcast together with shapes (2,3) (3,1)",
    "07_elementwise_math/softmax/wrong_exponentials_only": "each slice was divided by its largest exponential; divide by the sum",
    "07_elementwise_math/softmax/wrong_first_axis_by_default": "without an argument axis is -1, the last one; you went along the first",
    "07_elementwise_math/softmax/wrong_float32": "has dtype float32; expected float64",
    "07_elementwise_math/softmax/wrong_forgets_keepdims": "softmax raised ValueError: operands could not be broadcast together with shapes (2,3) (2,)",
    "07_elementwise_math/softmax/wrong_log_softmax": "this is the logarithm of the softmax",
    "07_elementwise_math/softmax/wrong_maximum_without_keepdims": "softmax raised ValueError: operands could not be broadcast together with shapes (2,3) (2,)",
    "07_elementwise_math/softmax/wrong_overflows": "exp(1000) is inf, and inf / inf is NaN",
    "07_elementwise_math/softmax/wrong_shares_of_scores": "the scores were divided by their sum; take the exponentials first",
    "07_elementwise_math/softmax/wrong_subtracts_the_mean": "exp(1000) is inf, and inf / inf is NaN",
    "07_elementwise_math/softmax/wrong_sum_of_everything": "you divided by the sum over the whole array; each slice along axis has a sum of its own",
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
