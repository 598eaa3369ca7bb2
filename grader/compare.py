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
    else:
        return _scalar_difference(actual, expected, name, dtype, rtol, atol)
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
    except (TypeError, ValueError):
        return f"{name} is {kind(actual)}; expected {kind(expected)}"
    if got.shape != wanted.shape:
        return f"{name} has shape {got.shape}; expected {wanted.shape}"
    if dtype is not False and not _same_dtype(actual.dtype, expected.dtype if dtype is True else dtype):
        asked = expected.dtype if dtype is True else getattr(dtype, "__name__", dtype)
        return f"{name} has dtype {actual.dtype}; expected {asked}"
    differs = ~_close(got, wanted, rtol, atol)
    if not differs.any():
        return ""
    if wanted.size <= 12 and len(show(actual) + show(expected)) <= 120:
        return f"{name} is {show(actual)}; expected {show(expected)}"
    place = tuple(int(index) for index in np.argwhere(differs)[0])
    where = f"{name} at {list(place)}"
    return (
        f"{where} is {show(got[place])}; expected {show(wanted[place])} ({int(differs.sum())} of {differs.size} differ)"
    )


def _scalar_difference(
    actual: Any, expected: Any, name: str, dtype: Any, rtol: float | None, atol: float | None
) -> str:
    if expected is None or isinstance(expected, str | bytes):
        return (
            ""
            if type(actual) is type(expected) and actual == expected
            else f"{name} is {show(actual)}; expected {expected!r}"
        )
    if not isinstance(expected, bool | int | float | complex | np.generic):
        return "" if actual == expected else f"{name} is {show(actual)}; expected {show(expected)}"
    if dtype is True and not isinstance(expected, np.generic):
        if not isinstance(actual, type(expected)) or isinstance(actual, bool) != isinstance(expected, bool):
            return f"{name} is {show(actual)}, {kind(actual)}; expected a Python {type(expected).__name__}"
    if isinstance(expected, int) and isinstance(actual, int):  # Python ints may be too large for any dtype
        return "" if actual == expected else f"{name} is {actual}; expected {expected}"
    try:
        got, wanted = _plain(actual), np.asarray(expected)
    except (TypeError, ValueError):
        return f"{name} is {kind(actual)}; expected {show(expected)}"
    if got.shape != () or got.dtype.kind not in "biufc":
        return f"{name} is {kind(actual)}; expected one number"
    if isinstance(dtype, type) and not np.issubdtype(got.dtype, dtype):
        return f"{name} is {kind(actual)}; expected {dtype.__name__}"
    return "" if _close(got, wanted, rtol, atol).all() else f"{name} is {show(actual)}; expected {show(expected)}"


def _close(got: np.ndarray, wanted: np.ndarray, rtol: float | None, atol: float | None) -> np.ndarray:
    """Return where two arrays of one shape agree; NaN agrees with NaN alone."""
    if wanted.dtype.kind not in "fc" and got.dtype.kind not in "fc":
        return np.asarray(got == wanted)
    if got.dtype.kind not in "biufc" or wanted.dtype.kind not in "biufc":
        return np.asarray(got == wanted)
    sizes = [np.finfo(array.dtype).eps for array in (got, wanted) if array.dtype.kind in "fc"]
    eps = max(sizes)
    relative, absolute = (1e-7, 1e-9) if eps < 1e-10 else (1e-4, 1e-5) if eps < 1e-5 else (1e-2, 1e-2)
    finite = np.abs(wanted[np.isfinite(wanted)]) if wanted.size else wanted
    scale = float(finite.max(initial=0.0)) or 1.0
    with np.errstate(all="ignore"):
        return np.asarray(
            np.isclose(
                got,
                wanted,
                relative if rtol is None else rtol,
                absolute * scale if atol is None else atol,
                equal_nan=True,
            )
        )


def _same_dtype(actual: Any, wanted: Any) -> bool:
    if isinstance(wanted, type) and issubclass(wanted, np.generic) and wanted in (np.integer, np.floating, np.number):
        if isinstance(actual, np.dtype):
            return bool(np.issubdtype(actual, wanted))
        floats = actual.is_floating_point
        return bool(
            floats if wanted is np.floating else (not floats and actual is not _torch().bool) or wanted is np.number
        )
    return bool(actual == wanted)


def snapshot(value: Any) -> Any:
    """Return something that compares equal as long as an argument holds the same data."""
    if isinstance(value, np.ndarray):
        return ("array", value.shape, value.dtype.str, value.tolist() if value.dtype.hasobject else value.tobytes())
    if is_tensor(value):
        plain = value.detach().cpu().contiguous().flatten()
        return ("tensor", tuple(value.shape), str(value.dtype), plain.view(_torch().uint8).numpy().tobytes())
    if isinstance(value, list | tuple):
        return (type(value).__name__, tuple(snapshot(item) for item in value))
    if isinstance(value, dict):
        return ("dict", tuple((key, snapshot(item)) for key, item in value.items()))
    return None


def _torch() -> Any:
    return sys.modules.get("torch")


def is_tensor(value: Any) -> bool:
    torch = _torch()
    return torch is not None and isinstance(value, torch.Tensor)


def _plain(value: Any) -> np.ndarray:
    """Return the numbers of an array, tensor or scalar as a NumPy array."""
    if is_tensor(value):
        value = value.detach().cpu()
        return np.asarray(value.float().numpy() if value.dtype == _torch().bfloat16 else value.numpy())
    return np.asarray(value)


def kind(value: Any) -> str:
    if value is None:
        return "None"
    if isinstance(value, np.ndarray) or is_tensor(value):
        return f"{'a torch.Tensor' if is_tensor(value) else 'a NumPy array'} of shape {tuple(value.shape)}"
    article = "an" if type(value).__name__[0] in "aeiou" else "a"
    return f"{article} {type(value).__name__}"


def show(value: Any) -> str:
    """Return a value in one short line."""
    if isinstance(value, float) and math.isfinite(value):
        return repr(float(f"{value:.6g}"))
    if isinstance(value, np.generic):
        return show(value.item())
    if isinstance(value, np.ndarray) or is_tensor(value):
        if math.prod(value.shape) > 12:
            return f"{kind(value)}, dtype {value.dtype}"
        return " ".join(np.array2string(_plain(value), precision=4, separator=", ").split())
    text = " ".join(repr(value).split())
    return text if len(text) <= 80 else f"{text[:77]}..."
