"""Tell in one line in what an answer differs from what was expected: arrays, tensors, scalars, containers."""

from __future__ import annotations

import math
import sys
from typing import Any

import numpy as np


def difference(actual: Any, expected: Any, name: str, dtype: Any, rtol: float | None, atol: float | None) -> str:
    """Return the first thing in which `actual` differs from `expected`, as a line of text, or ''."""
    if actual is None and expected is not None:
        return f"{name} is None; is there a return at its end?"
    if isinstance(expected, dict):
        if not isinstance(actual, dict) or actual.keys() != expected.keys():
            return f"{name} is {show(actual)}; expected a dict with the keys {', '.join(map(repr, expected))}"
        pairs = [(f"{name}[{key!r}]", actual[key], expected[key]) for key in expected]
    elif isinstance(expected, list | tuple):
        asked = tuple if isinstance(expected, tuple) else list
        if not isinstance(actual, asked if dtype is not False else (list, tuple)):
            return f"{name} is {kind(actual)}; expected a {asked.__name__} of {len(expected)}"
        if len(actual) != len(expected):
            return f"{name} has {len(actual)} items; expected {len(expected)}"
        pairs = [(f"{name}[{index}]", *pair) for index, pair in enumerate(zip(actual, expected, strict=True))]
    elif isinstance(expected, np.ndarray) or is_tensor(expected):
        return _array_difference(actual, expected, name, dtype, rtol, atol)
    elif isinstance(expected, bool | int | float | complex | np.number | np.bool_):
        return _number_difference(actual, expected, name, dtype, rtol, atol)
    else:
        return _object_difference(actual, expected, name)
    return next(filter(None, (difference(a, e, where, dtype, rtol, atol) for where, a, e in pairs)), "")


def _array_difference(actual: Any, expected: Any, name: str, dtype: Any, rtol: float | None, atol: float | None) -> str:
    tensor = is_tensor(expected)
    right_type = is_tensor(actual) if tensor else isinstance(actual, np.ndarray)
    if (
        not right_type
        and not (isinstance(actual, np.generic) and expected.ndim == 0 and not tensor)
        and dtype is not False
    ):
        return f"{name} is {kind(actual)}; expected a {'torch.Tensor' if tensor else 'NumPy array'}"
    try:
        got, wanted = _plain(actual), _plain(expected)
    except Exception:  # a list of tensors, a list of unequal lists: each fails in its own way
        return f"{name} is {kind(actual)}; expected {kind(expected)}"
    if got.shape != wanted.shape:
        return f"{name} has shape {got.shape}; expected {wanted.shape}"
    if dtype is not False and not _same_dtype(actual.dtype, expected.dtype if dtype is True else dtype):
        asked = expected.dtype if dtype is True else getattr(dtype, "__name__", dtype)
        return f"{name} has dtype {actual.dtype}; expected {asked}"
    if _same(got, wanted):
        return ""
    differs = ~_close(got, wanted, max(_spacing(actual, got), _spacing(expected, wanted)), rtol, atol)
    if not differs.any():
        return ""
    if wanted.size <= 12 and len(both := _both(actual, expected)) <= 131:
        return f"{name} is {both}"
    place = tuple(int(index) for index in np.argwhere(differs)[0])
    both = _both(got[place], wanted[place])
    return f"{name} at {list(place)} is {both} ({int(differs.sum())} of {differs.size} differ)"


def _object_difference(actual: Any, expected: Any, name: str) -> str:
    """Compare with text, None, or anything else that is neither a number nor holds some."""
    if expected is None or isinstance(expected, str | bytes):
        same = isinstance(actual, type(expected)) and actual == expected
        return "" if same else f"{name} is {show(actual)}; expected {expected!r}"
    same = not isinstance(actual, np.ndarray) and actual == expected  # an array would compare item by item
    return "" if isinstance(same, bool | np.bool_) and same else f"{name} is {_both(actual, expected)}"


def _number_difference(
    actual: Any, expected: Any, name: str, dtype: Any, rtol: float | None, atol: float | None
) -> str:
    exact = dtype is True and isinstance(expected, np.generic)
    if dtype is True and not exact:
        if not isinstance(actual, type(expected)) or isinstance(actual, bool) != isinstance(expected, bool):
            return f"{name} is {show(actual)}, {kind(actual)}; expected a Python {type(expected).__name__}"
    try:
        got, wanted = _plain(actual), _plain(expected)
    except Exception:  # as above
        return f"{name} is {kind(actual)}; expected {show(expected)}"
    if got.shape != () or got.dtype.kind not in "biufc" or (exact and is_tensor(actual)):
        return f"{name} is {kind(actual)}; expected one number"
    has = np.dtype(int) if type(actual) is int else got.dtype
    if exact and has != wanted.dtype:
        return f"{name} has dtype {has}; expected {wanted.dtype}"
    if isinstance(dtype, type) and not np.issubdtype(has, dtype):
        return f"{name} is {kind(actual)}; expected {dtype.__name__}"
    if isinstance(expected, int | np.integer) and isinstance(actual, int | np.integer):
        same = int(actual) == int(expected)  # Python ints may be too large for any dtype
    else:
        same = bool(_close(got, wanted, max(_spacing(actual, got), _spacing(expected, wanted)), rtol, atol))
    return "" if same else f"{name} is {_both(actual, expected)}"


def _same(got: np.ndarray, wanted: np.ndarray) -> bool:
    """Tell whether the numbers of two arrays of one shape are the same, which takes less time than how near they are."""
    return got.dtype == wanted.dtype and got.dtype.kind in "biufc" and bool((got == wanted).all())


def _close(got: np.ndarray, wanted: np.ndarray, spacing: float, rtol: float | None, atol: float | None) -> np.ndarray:
    """Return where two arrays of one shape agree; NaN agrees with NaN alone. `spacing` is that of the coarser dtype."""
    if not spacing or got.dtype.kind not in "biufc" or wanted.dtype.kind not in "biufc":
        return np.asarray(got == wanted)
    relative, absolute = (1e-7, 1e-9) if spacing < 1e-10 else (1e-4, 1e-5) if spacing < 1e-5 else (1e-2, 1e-2)
    scale = float(np.abs(wanted[np.isfinite(wanted)]).max(initial=0.0)) or 1.0
    relative, absolute = relative if rtol is None else rtol, absolute * scale if atol is None else atol
    with np.errstate(all="ignore"):
        return np.asarray(np.isclose(got, wanted, relative, absolute, equal_nan=True))


def _spacing(value: Any, plain: np.ndarray) -> float:
    """Return the distance from 1 to the next number of a value's dtype, or 0 for whole numbers and text."""
    if is_tensor(value) and value.is_floating_point():  # NumPy has no bfloat16, so `plain` is finer
        return float(_torch().finfo(value.dtype).eps)
    return float(np.finfo(plain.dtype).eps) if plain.dtype.kind in "fc" else 0.0


def _same_dtype(actual: Any, wanted: Any) -> bool:
    if not isinstance(wanted, type) or wanted not in (np.integer, np.floating, np.number):
        return bool(actual == wanted)
    if isinstance(actual, np.dtype):
        return bool(np.issubdtype(actual, wanted))
    if wanted is np.floating:
        return bool(actual.is_floating_point)
    whole = not actual.is_floating_point and not actual.is_complex
    return actual != _torch().bool and (whole or wanted is np.number)


def snapshot(value: Any) -> Any:
    """Return something that compares equal as long as an argument, and what it is a view of, holds the same data."""
    if type(value) in _PLAIN:
        return (type(value).__name__, value)
    if isinstance(value, list | tuple):
        return (type(value).__name__, tuple(map(snapshot, value)))
    if isinstance(value, dict):
        return ("dict", tuple((key, snapshot(item)) for key, item in value.items()))
    if isinstance(value, np.ndarray):
        root = value
        while type(root.base) is np.ndarray:
            root = root.base
        data = snapshot(root.tolist()) if root.dtype.hasobject else root.tobytes("A")
        place = value.__array_interface__["data"][0] - root.__array_interface__["data"][0]
        return ("array", value.shape, value.strides, value.dtype.str, place, data)
    if is_tensor(value):
        plain = value.detach().cpu().to_dense()
        about = ("tensor", tuple(value.shape), value.dtype, plain.stride(), plain.storage_offset())
        held = _torch().empty(0, dtype=_torch().uint8).set_(plain.untyped_storage())
        return (*about, plain.is_conj(), plain.is_neg(), held.numpy().tobytes())
    if isinstance(value, (*_PLAIN, np.generic)):
        return (type(value).__name__, value)
    return ("object", id(value))


_PLAIN = (type(None), bool, int, float, complex, str, bytes)


def _torch() -> Any:
    return sys.modules.get("torch")


def is_tensor(value: Any) -> bool:
    torch = _torch()
    return torch is not None and isinstance(value, torch.Tensor)


def _plain(value: Any) -> np.ndarray:
    """Return the numbers of an array, tensor or scalar as a NumPy array."""
    if is_tensor(value):
        half = value.is_floating_point() and value.element_size() < 4  # bfloat16 and smaller: NumPy has none
        return np.asarray((value.float() if half else value).to_dense().numpy(force=True))
    if isinstance(value, int) and abs(value) >= 2**64:
        return np.asarray(float(max(min(value, 2**1023), -(2**1023))))
    return np.asarray(value)


def memory(value: Any) -> Any:
    """Return an array on the memory of an array or tensor."""
    if not is_tensor(value):
        return value
    return (value.detach().view(_torch().int16) if value.dtype == _torch().bfloat16 else value.detach()).numpy()


def kind(value: Any) -> str:
    if value is None:
        return "None"
    if isinstance(value, np.ndarray) or is_tensor(value):
        return f"{'a torch.Tensor' if is_tensor(value) else 'a NumPy array'} of shape {tuple(value.shape)}"
    name = type(value).__name__
    if isinstance(value, np.generic):
        return f"a NumPy {name}"
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def show(value: Any, digits: int = 6) -> str:
    """Return a value in one short line."""
    if isinstance(value, float) and math.isfinite(value):
        return repr(float(f"{value:.{digits}g}"))
    if isinstance(value, np.generic):
        item = value.item()
        return str(item) if isinstance(item, np.generic) else show(item, digits)  # a longdouble has no other form
    if isinstance(value, np.ndarray) or is_tensor(value):
        if math.prod(value.shape) > 12:
            return f"{kind(value)}, dtype {value.dtype}"
        return " ".join(np.array2string(_plain(value), precision=digits - 2, separator=", ").split())
    try:
        text = " ".join(repr(value).split())
    except Exception:  # an int of thousands of digits, a class whose text fails
        return kind(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


def _both(actual: Any, expected: Any) -> str:
    """Return what came and what was expected, with as many digits as it takes to tell them apart."""
    for digits in (6, 17):
        came, asked = show(actual, digits), show(expected, digits)
        if came != asked:
            break
    return f"{came}; expected {asked}"
