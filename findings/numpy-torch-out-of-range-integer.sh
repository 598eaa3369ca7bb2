#!/bin/sh
# NumPy 2.4.6, torch 2.13.0: a Python 300 beside uint8. Where one library is right or refuses, the other takes it for 44.
#
# A good guess   Since NumPy 2.0 a Python integer that does not fit the dtype of the array beside it is an OverflowError,
#                or, where it is compared, what it is. torch, which takes the tensor's dtype as well, does the same.
# What happens   NumPy compares exactly, refuses to add, fill and assign 300, and writes 44 without a word in
#                np.pad(..., constant_values=300), np.select(..., default=300) and np.choose.
#                torch refuses to pad, fill, assign and clamp, and adds 300 as 44 - and compares with 44: 44 == 300 is
#                True, 44 < 300 False, and no uint8 is greater than -1.
#                (np.where wraps in 2.4.6 as well; NumPy 2.5 refuses there, and wraps on in pad, select and choose:
#                tried with 2.5.5.)
# The cause      NumPy checks a Python integer where it converts it itself, and has comparisons of its own for it.
#                numpy/lib/_arraypad_impl.py, _as_pairs, has made an int64 array of it before; select
#                (numpy/lib/_function_base_impl.py) keeps it plain for result_type alone; choose never asks what it was:
#                and one integer array is cast into another without a look at its values. torch's fill_, on which
#                padding and assignment stand, checks; a scalar operand of arithmetic and comparison is wrapped into a
#                tensor and cast to the dtype that promotion has found, uint8.
# Matters to     whoever masks, pads or thresholds images: `image > -1` is everything in one library and nothing in the
#                other, and a border that should be too bright is a dark one.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet --disable-pip-version-check numpy==2.4.6 torch==2.13.0

cat >"$work/expected" <<'END'
x + 300: NumPy refuses, torch [45, 88]
x == 300: NumPy [False, False], torch [False, True]
x < 300: NumPy [True, True], torch [True, False]
x > -1: NumPy [True, True], torch [False, False]
full_like: NumPy refuses, torch refuses
x[0] = 300: NumPy refuses, torch refuses
pad: NumPy [44, 1, 44, 44], torch refuses
select: NumPy [1, 44]
choose: NumPy [1, 44]
END

cat >"$work/snippet.py" <<'END'
import numpy as np
import torch

a, t = np.array([1, 44], dtype=np.uint8), torch.tensor([1, 44], dtype=torch.uint8)


def tried(make, *given):
    try:
        return make(*given).tolist()
    except (OverflowError, RuntimeError):
        return "refuses"


def assigned(values):
    values[0] = 300
    return values


for what, make in (
    ("x + 300", lambda x: x + 300),
    ("x == 300", lambda x: x == 300),
    ("x < 300", lambda x: x < 300),
    ("x > -1", lambda x: x > -1),
):
    print(f"{what}: NumPy {tried(make, a)}, torch {tried(make, t)}")
for what, ours, theirs in (
    ("full_like", lambda: np.full_like(a, 300), lambda: torch.full_like(t, 300)),
    ("x[0] = 300", lambda: assigned(a.copy()), lambda: assigned(t.clone())),
    ("pad", lambda: np.pad(a, 1, constant_values=300), lambda: torch.nn.functional.pad(t, (1, 1), value=300)),
):
    print(f"{what}: NumPy {tried(ours)}, torch {tried(theirs)}")
print(f"select: NumPy {tried(lambda: np.select([[True, False]], [a], 300))}")
print(f"choose: NumPy {tried(lambda: np.choose([0, 1], [a, 300]))}")
END

(cd "$work" && env/bin/python snippet.py) >"$work/seen" 2>"$work/errors" || {
    echo "the snippet ended with an error" >>"$work/seen"
    tail -n 20 "$work/errors" >&2
}
if ! diff -u "$work/expected" "$work/seen"; then
    echo "changed: numpy-torch-out-of-range-integer no longer behaves as stated here" >&2
    exit 1
fi
echo "as stated: beside uint8 a Python 300 is refused, exact or 44, and NumPy and torch disagree where"
