#!/bin/sh
# NumPy 2.5.5 (wheel, Linux x86-64): a fork ends OpenBLAS's threads in the *parent*, the next product starts them again,
# and, unlike in 2.4.6, nothing that the wheel exports ends them.
#
# A good guess   A library's pool of threads lives as long as its process; fork copies one thread into the child and
#                leaves the parent as it was. Limiting the pool to one thread ends the others. And the function that
#                ends the pool in one release is there in the next.
# What happens   Of two threads the parent has one after os.fork(), and two after its next large product.
#                set_num_threads(1) leaves both. blas_thread_shutdown_, which did end them, is exported by the OpenBLAS
#                in the wheel of 2.4.6 and hidden in that of 2.5.5.
# The cause      OpenBLAS, driver/others/memory.c, openblas_fork_handler: the function is registered as pthread_atfork's
#                *prepare* handler, which runs in the parent before the fork; exec_blas starts the pool when needed.
# Matters to     whoever forks after an import (job servers, preforking kernels) and first makes sure that there is one
#                thread, by count or by calling the shutdown through ctypes: with 2.5.5 the count never comes
#                down by itself, and looking at it right after a fork says nothing of a moment later.
#
# The wheels are those of CPython 3.12, unpacked and not installed; OpenBLAS itself is loaded by any Python 3. Needs Linux on
# x86-64 and two cores, as OpenBLAS makes no pool on one.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

if [ "$(uname -sm)" != "Linux x86_64" ] || [ "$(nproc)" -lt 2 ]; then
    echo "cannot be tried here: needs Linux on x86-64 and two cores" >&2
    exit 2
fi
python3 -m venv "$work/env"
for version in 2.4.6 2.5.5; do
    "$work/env/bin/pip" download --quiet --disable-pip-version-check --no-deps --only-binary=:all: \
        --python-version 3.12 --implementation cp --abi cp312 --platform manylinux_2_27_x86_64 \
        --dest "$work/wheels" "numpy==$version"
    python3 -m zipfile -e "$work/wheels/numpy-$version"-*.whl "$work/$version"
done

cat >"$work/expected" <<'END'
2.4.6: exports blas_thread_shutdown_: True
2.4.6: threads: 2 at first, 1 after a fork, 2 after a product, 2 after set_num_threads(1)
2.5.5: exports blas_thread_shutdown_: False
2.5.5: threads: 2 at first, 1 after a fork, 2 after a product, 2 after set_num_threads(1)
END

cat >"$work/snippet.py" <<'END'
import ctypes
import os
import sys
from pathlib import Path

VERSION, FOLDER = sys.argv[1], Path(sys.argv[2], "numpy.libs")
SIZE = 500

for needed in (*FOLDER.glob("libquadmath*"), *FOLDER.glob("libgfortran*")):
    ctypes.CDLL(str(needed), mode=ctypes.RTLD_GLOBAL)
blas = ctypes.CDLL(str(next(FOLDER.glob("libscipy_openblas64_*"))))


def threads():
    return len(os.listdir("/proc/self/task"))


def multiply():
    matrix = ctypes.c_double * SIZE**2
    size, one, zero = ctypes.c_int64(SIZE), ctypes.c_double(1), ctypes.c_double(0)
    blas.scipy_cblas_dgemm64_(
        *(101, 111, 111), size, size, size, one, matrix(), size, matrix(), size, zero, matrix(), size
    )


print(f"{VERSION}: exports blas_thread_shutdown_: {hasattr(blas, 'blas_thread_shutdown_')}")
seen = [threads()]
child = os.fork()
if child == 0:
    os._exit(0)
os.waitpid(child, 0)
seen.append(threads())
multiply()
seen.append(threads())
blas.scipy_openblas_set_num_threads64_(1)
seen.append(threads())
first, forked, product, limited = seen
print(
    f"{VERSION}: threads: {first} at first, {forked} after a fork, {product} after a product, "
    f"{limited} after set_num_threads(1)"
)
END

(for version in 2.4.6 2.5.5; do
    OPENBLAS_NUM_THREADS=2 python3 "$work/snippet.py" "$version" "$work/$version" || exit
done) >"$work/seen" 2>"$work/errors" || {
    echo "the snippet ended with an error" >>"$work/seen"
    tail -n 20 "$work/errors" >&2
}
if ! diff -u "$work/expected" "$work/seen"; then
    echo "changed: numpy-openblas-threads-at-fork no longer behaves as stated here" >&2
    exit 1
fi
echo "as stated: after os.fork() the parent has one thread, after a product two; 2.5.5 hides blas_thread_shutdown_"
