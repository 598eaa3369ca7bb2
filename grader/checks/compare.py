"""Tell in one line in what an answer differs from what was expected: arrays, tensors, scalars, containers."""

from __future__ import annotations

import math
import re
import sys
import types
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np


@dataclass(frozen=True)
class Difference:
    """In what an answer differs: a line of text, and the same without names, data and values.

    `plain` is '' where data or values are all there is to tell. `fits` says that it is a matter of values or of shape,
    of which a hint about the task speaks; `part` that it lies in a part of what was compared.
    """

    text: str
    plain: str = ""
    fits: bool = False
    part: bool = False


def difference(
    actual: Any, expected: Any, name: str, dtype: Any, rtol: float | None, atol: float | None
) -> Difference | None:
    """Return the first thing in which `actual` differs from `expected`, if there is one."""
    if actual is None and expected is not None:
        return Difference(f"{name} {_NOTHING}", _NOTHING)
    if isinstance(expected, dict):
        if not isinstance(actual, dict) or actual.keys() != expected.keys():
            plain = "" if isinstance(actual, dict) else f"is {plain_kind(actual)}; expected a dict"
            keys = ", ".join(map(repr, expected))
            return Difference(f"{name} is {show(actual)}; expected a dict with the keys {keys}", plain, not plain)
        pairs = [(f"{name}[{key!r}]", actual[key], expected[key]) for key in expected]
    elif isinstance(expected, list | tuple):
        asked = tuple if isinstance(expected, tuple) else list
        if not isinstance(actual, asked if dtype is not False else (list, tuple)):
            text = f"{name} is {kind(actual)}; expected a {asked.__name__} of {len(expected)}"
            return Difference(text, f"is {plain_kind(actual)}; expected a {asked.__name__}")
        if len(actual) != len(expected):
            return Difference(
                f"{name} has {len(actual)} item{'s' * (len(actual) != 1)}; expected {len(expected)}", fits=True
            )
        pairs = [(f"{name}[{index}]", *pair) for index, pair in enumerate(zip(actual, expected, strict=True))]
    elif isinstance(expected, np.ndarray) or is_tensor(expected):
        return _array_difference(actual, expected, name, dtype, rtol, atol)
    elif isinstance(expected, bool | int | float | complex | np.number | np.bool_):
        return _number_difference(actual, expected, name, dtype, rtol, atol)
    else:
        return _object_difference(actual, expected, name)
    return _first_of(pairs, dtype, rtol, atol)


def _first_of(
    pairs: list[tuple[str, Any, Any]], dtype: Any, rtol: float | None, atol: float | None
) -> Difference | None:
    """Return the first difference in parts: each with its name, what came and what was expected."""
    for name, actual, expected in pairs:
        if actual is None and expected is not None:  # which is no matter of a missing return
            text, plain = f"{name} is None; expected {kind(expected)}", f"is None; expected {plain_kind(expected)}"
            return Difference(text, plain, part=True)
        if inner := difference(actual, expected, name, dtype, rtol, atol):
            return replace(inner, part=True)
    return None


_NOTHING = "is None; is there a return at its end?"
_DTYPES: dict[Any, str] = {
    np.integer: "an integer dtype",
    np.floating: "a float dtype",
    np.number: "a dtype of numbers",
}


def _array_difference(
    actual: Any, expected: Any, name: str, dtype: Any, rtol: float | None, atol: float | None
) -> Difference | None:
    tensor = is_tensor(expected)
    right_type = is_tensor(actual) if tensor else isinstance(actual, np.ndarray)
    asked = f"expected a {'torch.Tensor' if tensor else 'NumPy array'}"
    not_an_array = Difference(f"{name} is {kind(actual)}; {asked}", f"is {plain_kind(actual)}; {asked}")
    single = isinstance(actual, np.generic) and expected.ndim == 0 and not tensor
    if not right_type and not single and dtype is not False:
        return not_an_array
    try:
        got, wanted = _plain(actual), _plain(expected)
    except Exception:  # a list of tensors, a list of unequal lists: each fails in its own way
        plain = f"is {plain_kind(actual)}; expected {plain_kind(expected)}"
        return Difference(f"{name} is {kind(actual)}; expected {kind(expected)}", plain)
    like_one = right_type or is_tensor(actual) or isinstance(actual, list | np.ndarray | np.generic)
    if not like_one and (got.shape != wanted.shape or got.dtype.kind not in f"biufc{wanted.dtype.kind}"):
        return not_an_array
    if got.shape != wanted.shape:
        plain = f"has {_axes(got.ndim)}; expected {wanted.ndim}" if got.ndim != wanted.ndim else ""
        return Difference(f"{name} has shape {got.shape}; expected {wanted.shape}", plain, fits=True)
    if dtype is not False and not _same_dtype(actual.dtype, expected.dtype if dtype is True else dtype):
        wants = expected.dtype if dtype is True else _DTYPES.get(dtype) or getattr(dtype, "__name__", dtype)
        return Difference(f"{name} has dtype {actual.dtype}; expected {wants}", _dtypes(actual.dtype, wants))
    if _same(got, wanted):
        return None
    differs = ~_close(got, wanted, max(_spacing(actual, got), _spacing(expected, wanted)), rtol, atol)
    if not differs.any():
        return None
    if wanted.size <= 12 and len(both := _both(actual, expected)) <= 131:
        return Difference(f"{name} is {both}", fits=True)
    place = tuple(int(index) for index in np.argwhere(differs)[0])
    both = _both(got[place], wanted[place])
    text = f"{name} at {list(place)} is {both} ({int(differs.sum())} of {differs.size} differ)"
    return Difference(text, fits=True)


def _object_difference(actual: Any, expected: Any, name: str) -> Difference | None:
    """Compare with text, None, or anything else that is neither a number nor holds some."""
    if expected is None or isinstance(expected, str | bytes):
        if isinstance(actual, type(expected)) and actual == expected:
            return None
        other = not isinstance(actual, type(expected))
        asked = "None" if expected is None else "text" if isinstance(expected, str) else "bytes"
        plain = f"is {plain_kind(actual)}; expected {asked}" if other else ""
        return Difference(f"{name} is {show(actual)}; expected {expected!r}", plain, not other)
    same = not isinstance(actual, np.ndarray) and actual == expected  # an array would compare item by item
    if isinstance(same, bool | np.bool_) and same:
        return None
    return Difference(f"{name} is {_both(actual, expected)}", fits=True)


def _number_difference(
    actual: Any, expected: Any, name: str, dtype: Any, rtol: float | None, atol: float | None
) -> Difference | None:
    exact = dtype is True and isinstance(expected, np.generic)
    if dtype is True and not exact:
        if not isinstance(actual, type(expected)) or isinstance(actual, bool) != isinstance(expected, bool):
            asked = f"expected a Python {type(expected).__name__}"
            came = ", ".join(dict.fromkeys((show(actual), kind(actual))))
            return Difference(f"{name} is {came}; {asked}", f"is {plain_kind(actual)}; {asked}")
    try:
        got, wanted = _plain(actual), _plain(expected)
    except Exception:  # as above
        return Difference(
            f"{name} is {kind(actual)}; expected {show(expected)}", f"is {plain_kind(actual)}; expected a number"
        )
    if got.shape != () or got.dtype.kind not in "biufc" or (exact and is_tensor(actual)):
        one = "expected one number"
        plain = f"has {_axes(got.ndim)}; {one}" if got.ndim else f"is {plain_kind(actual)}; {one}"
        return Difference(f"{name} is {kind(actual)}; {one}", plain, fits=bool(got.ndim))
    has = np.dtype(int) if type(actual) is int else got.dtype
    if exact and has != wanted.dtype:
        return Difference(f"{name} has dtype {has}; expected {wanted.dtype}", _dtypes(has, wanted.dtype))
    if isinstance(dtype, type) and not np.issubdtype(has, dtype):
        wants = _DTYPES.get(dtype, dtype.__name__)
        return Difference(f"{name} is {kind(actual)}; expected {wants}", f"is {plain_kind(actual)}; expected {wants}")
    if isinstance(expected, int | np.integer) and isinstance(actual, int | np.integer):
        same = int(actual) == int(expected)  # Python ints may be too large for any dtype
    else:
        same = bool(_close(got, wanted, max(_spacing(actual, got), _spacing(expected, wanted)), rtol, atol))
    return None if same else Difference(f"{name} is {_both(actual, expected)}", fits=True)


def _same(got: np.ndarray, wanted: np.ndarray) -> bool:
    """Tell whether the numbers of two arrays of one shape are the same, which takes less time than how near they are."""
    return got.dtype == wanted.dtype and got.dtype.kind in "biufc" and bool((got == wanted).all())


def _close(got: np.ndarray, wanted: np.ndarray, spacing: float, rtol: float | None, atol: float | None) -> np.ndarray:
    """Return where two arrays of one shape agree; NaN agrees with NaN alone. `spacing` is that of the coarser dtype."""
    if not spacing or got.dtype.kind not in "biufc" or wanted.dtype.kind not in "biufc":
        one_has_fields = (got.dtype.names is None) != (wanted.dtype.names is None)  # which NumPy refuses to compare
        return np.zeros(wanted.shape, bool) if one_has_fields else np.asarray(got == wanted)
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
    if _is_function(value):
        return "a function"
    name = type(value).__name__
    if isinstance(value, np.generic):
        return f"a NumPy {name}"
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def _is_function(value: Any) -> bool:
    """Tell whether a value is a function, or stands for one that is in another process."""
    return isinstance(value, types.FunctionType) or (callable(value) and "ask" in vars(type(value)))


# Without data ────────────────────────────────────────────────────────────────────────────────────

_MOST_AXES = 8
"""More of them are not counted: an answer could say in them what it was given."""


def plain_kind(value: Any) -> str:
    """Return of what kind a value is, without its data: no shape, no name that an answer has made up."""
    if value is None:
        return "None"
    if isinstance(value, np.ndarray) or is_tensor(value):
        return "a torch.Tensor" if is_tensor(value) else "a NumPy array"
    if _is_function(value):
        return "a function"
    name = library_class(type(value)).__name__
    if name == "object":
        return "an object of another class"
    numpys = isinstance(value, np.generic)
    return f"a NumPy {name}" if numpys else f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def library_class(cls: type[Any]) -> type[Any]:
    """Return the nearest class in a class's ancestry that Python, NumPy or torch has under that name."""
    for one in cls.__mro__:
        module = sys.modules.get(one.__module__) if one.__module__ in ("builtins", "numpy", "torch") else None
        if module is not None and vars(module).get(one.__name__) is one:
            return cast("type[Any]", one)
    return object


def _axes(count: int) -> str:
    return f"more than {_MOST_AXES} axes" if count > _MOST_AXES else f"{count} {'axis' if count == 1 else 'axes'}"


def _dtypes(has: Any, asked: Any) -> str:
    return f"has {_dtype(has)}; expected {asked if isinstance(asked, str) else _dtype(asked).removeprefix('dtype ')}"


def _dtype(dtype: Any) -> str:
    """Return a dtype of numbers; fields, units and lengths of text may be made of data."""
    numbers = not isinstance(dtype, np.dtype) or dtype.kind in "biufc"
    return f"dtype {dtype}" if numbers else "a dtype of no numbers"


# As text ─────────────────────────────────────────────────────────────────────────────────────────


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
    if re.fullmatch(r"<.* at 0x[0-9a-f]+>|<function .*>", text):  # an address tells nothing
        return kind(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


def _both(actual: Any, expected: Any) -> str:
    """Return what came and what was expected, with as many digits as it takes to tell them apart."""
    for digits in (6, 17):
        came, asked = show(actual, digits), show(expected, digits)
        if came != asked:
            break
    return f"{came}; expected {asked}"
