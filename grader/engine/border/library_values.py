"""Values of Python's and others' libraries that cross the border as data: what each is made of, and made from.

A kind is taken for what it is only by its exact type. What is made here of what arrived is made by the library's own
constructor out of plain values, each looked at before; nothing is executed or unpickled.
"""

from __future__ import annotations

import array
import collections
import datetime
import decimal
import fractions
import inspect
import pathlib
import random
import re
import sys
import types
import uuid
import zoneinfo
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from keyword import iskeyword
from typing import Any

import numpy as np


class UnfitError(ValueError):
    """What arrived is no such value."""


@dataclass(frozen=True)
class Kind:
    """How one kind of values crosses."""

    take: Callable[[Any], tuple[Any, ...] | None]
    """Return what a value is made of, plain values; None if this one cannot cross."""
    make: Callable[..., Any]
    weak: bool = False
    """Whether comparing it with anything can come to nothing (masked, missing): only where a test is about such."""


def _checked(make: Callable[..., Any], *types: Any) -> Callable[..., Any]:
    """Return what makes a value of parts of these types, and of no others."""

    def made(*parts: Any) -> Any:
        if len(parts) != len(types) or not all(map(isinstance, parts, types)):
            raise UnfitError(make)
        return make(*parts)

    return made


def _zone(zone: Any) -> Any:
    if zone is None or type(zone) in (datetime.timezone, zoneinfo.ZoneInfo):
        return zone
    raise UnfitError(zone)


def _clock(value: Any) -> tuple[Any, ...] | None:
    if value.tzinfo is not None and type(value.tzinfo) not in (datetime.timezone, zoneinfo.ZoneInfo):
        return None
    return value.replace(tzinfo=None).isoformat(), value.tzinfo, value.fold


def _any(made: Any) -> Any:
    return made


def _namespace(**names: Any) -> types.SimpleNamespace:
    return types.SimpleNamespace(**names)


_PLAIN: dict[type, Kind] = {
    fractions.Fraction: Kind(lambda v: (v.numerator, v.denominator), _checked(fractions.Fraction, int, int)),
    decimal.Decimal: Kind(lambda v: (str(v),), _checked(decimal.Decimal, str)),
    datetime.date: Kind(lambda v: (v.isoformat(),), _checked(datetime.date.fromisoformat, str)),
    datetime.datetime: Kind(
        _clock,
        lambda text, zone, fold: datetime.datetime.fromisoformat(text).replace(tzinfo=_zone(zone), fold=fold),
    ),
    datetime.time: Kind(
        _clock, lambda text, zone, fold: datetime.time.fromisoformat(text).replace(tzinfo=_zone(zone), fold=fold)
    ),
    datetime.timedelta: Kind(
        lambda v: (v.days, v.seconds, v.microseconds), _checked(datetime.timedelta, int, int, int)
    ),
    datetime.timezone: Kind(
        lambda v: v.__getinitargs__(),
        lambda offset, *name: datetime.timezone(offset, *map(str, name)),
    ),
    zoneinfo.ZoneInfo: Kind(lambda v: (v.key,) if v.key else None, _checked(zoneinfo.ZoneInfo, str)),
    uuid.UUID: Kind(lambda v: (v.int,), lambda number: uuid.UUID(int=number)),
    re.Pattern: Kind(lambda v: (v.pattern, v.flags), lambda text, flags: re.compile(text, flags & ~re.DEBUG)),
    array.array: Kind(
        lambda v: (v.typecode, v.tobytes()), lambda code, data: array.array(code, data) if code != "O" else None
    ),
    memoryview: Kind(lambda v: (v.tobytes(),), _checked(memoryview, bytes)),
    types.MappingProxyType: Kind(lambda v: (dict(v),), _checked(types.MappingProxyType, dict)),
    types.SimpleNamespace: Kind(lambda v: (dict(vars(v)),), lambda names: _namespace(**names)),
    type({}.keys()): Kind(lambda v: (list(v),), lambda keys: dict.fromkeys(keys).keys()),
    type({}.values()): Kind(lambda v: (list(v),), lambda values: dict(enumerate(values)).values()),
    type({}.items()): Kind(lambda v: (list(v),), lambda pairs: dict(pairs).items()),
    type(NotImplemented): Kind(lambda v: (), lambda: NotImplemented),
    **{
        kind: Kind(lambda v: (str(v),), _checked(kind, str))
        for kind in (pathlib.PurePosixPath, pathlib.PosixPath, pathlib.PureWindowsPath)
    },
    np.polynomial.Polynomial: Kind(
        lambda v: (v.coef, v.domain, v.window, v.symbol),
        lambda c, domain, window, symbol: np.polynomial.Polynomial(c, domain, window, str(symbol)),
    ),
    np.poly1d: Kind(lambda v: (v.coeffs, v.variable), lambda coeffs, name: np.poly1d(coeffs, variable=str(name))),
    np.ma.MaskedArray: Kind(
        lambda v: (np.asarray(v.data), np.ma.getmaskarray(v), np.asarray(v.fill_value), v.mask is np.ma.nomask),
        lambda data, mask, fill, none: _any(np.ma.MaskedArray)(
            data, mask=np.ma.nomask if none else mask, fill_value=np.asarray(fill)[()]
        ),
        weak=True,
    ),
    type(np.ma.masked): Kind(lambda v: (), lambda: np.ma.masked, weak=True),
    np.matrix: Kind(lambda v: (v.view(np.ndarray),), lambda plain: np.asarray(plain).view(np.matrix)),
    np.recarray: Kind(
        lambda v: (v.view(np.ndarray, ),), lambda plain: np.asarray(plain).view(np.recarray)
    ),
}  # fmt: skip


# pandas ──────────────────────────────────────────────────────────────────────────────────────────


def _pandas() -> dict[type, Kind]:  # noqa: C901  # one function a kind
    pd: Any = sys.modules.get("pandas")
    if pd is None or not hasattr(pd, "DataFrame") or not hasattr(pd.Timestamp, "unit"):  # before 2.0, by handles
        return {}
    plain_arrays = (getattr(pd.arrays, "NumpyExtensionArray", None) or pd.arrays.PandasArray,)
    offset = pd.tseries.frequencies.to_offset
    knows_missing_text = "na_value" in inspect.signature(pd.StringDtype).parameters  # since 2.3

    def column(values: Any) -> tuple[Any, ...]:
        """Return what a column's or an index's array is made of; its dtype comes first, as text."""
        dtype = getattr(values.dtype, "numpy_dtype", values.dtype) if type(values) in plain_arrays else values.dtype
        if isinstance(dtype, np.dtype):
            return "numpy", np.asarray(values)
        if isinstance(dtype, pd.CategoricalDtype):
            return "category", np.asarray(values.codes), values.categories, bool(values.ordered)
        if isinstance(dtype, pd.DatetimeTZDtype):
            return "zoned", np.asarray(values.astype("datetime64[us, UTC]").tz_localize(None)), str(dtype.tz)
        missing = np.asarray(values.isna())
        if isinstance(dtype, pd.StringDtype):
            plain = ["" if gone else str(text) for text, gone in zip(values, missing, strict=True)]
            if not (strict := dtype.na_value is pd.NA) and not knows_missing_text:
                raise UnfitError(dtype)
            return "text", plain, missing, strict
        if isinstance(dtype, pd.core.dtypes.dtypes.BaseMaskedDtype):
            return (
                "nullable",
                values.to_numpy(dtype.numpy_dtype, na_value=dtype.numpy_dtype.type(0)),
                missing,
                dtype.name,
            )
        if isinstance(dtype, pd.PeriodDtype):
            return "period", np.asarray(values.asi8), str(dtype)[7:-1]
        raise UnfitError(dtype)

    def rebuilt(kind: str, *parts: Any) -> Any:
        if kind == "numpy":
            return parts[0]
        if kind == "category":
            codes, categories, ordered = parts
            return pd.Categorical.from_codes(codes, categories, bool(ordered))
        if kind == "zoned":
            return pd.array(parts[0]).tz_localize("UTC").tz_convert(str(parts[1]))
        if kind == "text":
            plain, missing, strict = parts
            gone = pd.NA if strict else np.nan
            held = np.array([gone if bool(m) else str(t) for t, m in zip(plain, missing, strict=True)], dtype=object)
            return pd.array(held, dtype=pd.StringDtype() if strict else pd.StringDtype(na_value=gone))
        if kind == "nullable":
            values, missing, name = parts
            made = pd.array(values, dtype=str(name))
            made[np.asarray(missing, dtype=bool)] = pd.NA
            return made
        if kind == "period":
            return pd.arrays.PeriodArray(np.asarray(parts[0], dtype=np.int64), dtype=pd.PeriodDtype(str(parts[1])))
        raise UnfitError(kind)

    def missing(parts: tuple[Any, ...]) -> bool:
        """Tell whether comparing a column comes to nothing where a value is missing."""
        return bool(parts[0] in ("nullable",) or (parts[0] == "text" and parts[3])) and bool(np.any(parts[2]))

    def array_of(series: Any) -> tuple[Any, ...]:
        return column(series.array)

    def index(value: Any) -> tuple[Any, ...]:
        if isinstance(value, pd.MultiIndex):
            return "multi", list(value.levels), [np.asarray(code) for code in value.codes], list(value.names)
        if isinstance(value, pd.RangeIndex):
            return "range", value.start, value.stop, value.step, value.name
        frequency = getattr(value, "freq", None)
        return "plain", list(column(value.array)), value.name, frequency.freqstr if frequency is not None else None

    def index_made(kind: str, *parts: Any) -> Any:
        if kind == "multi":
            levels, codes, names = parts
            return pd.MultiIndex(levels, codes, names=names)
        if kind == "range":
            start, stop, step, name = parts
            return pd.RangeIndex(start, stop, step, name=name)
        values, name, frequency = parts
        made = pd.Index(rebuilt(*values), name=name)
        if frequency is not None and isinstance(made, pd.DatetimeIndex | pd.TimedeltaIndex):
            made.freq = offset(str(frequency))
        return made

    def series(value: Any) -> tuple[Any, ...]:
        return list(array_of(value)), value.index, value.name

    def frame(value: Any) -> tuple[Any, ...]:
        columns = [list(array_of(value.iloc[:, place])) for place in range(value.shape[1])]
        return columns, value.index, value.columns

    def frame_made(columns: Any, rows: Any, names: Any) -> Any:
        if not isinstance(rows, pd.Index) or not isinstance(names, pd.Index) or len(columns) != len(names):
            raise UnfitError("a DataFrame")
        made = pd.DataFrame({place: rebuilt(*parts) for place, parts in enumerate(columns)}, index=rows)
        made.columns = names
        return made

    def series_made(parts: Any, rows: Any, name: Any) -> Any:
        if not isinstance(rows, pd.Index):
            raise UnfitError("a Series")
        return pd.Series(rebuilt(*parts), index=rows, name=name)

    def stamp(value: Any) -> tuple[Any, ...]:
        return (
            int(value.value if value.unit == "ns" else value._value),
            value.unit,
            None if value.tz is None else str(value.tz),
        )

    def stamp_made(number: int, unit: str, zone: Any) -> Any:
        made = pd.Timestamp(_any(np.datetime64)(number, unit))
        return made if zone is None else made.tz_localize("UTC").tz_convert(str(zone))

    plain = Kind(index, index_made)
    return {
        pd.DataFrame: Kind(frame, frame_made),
        pd.Series: Kind(series, series_made),
        **dict.fromkeys((pd.Index, pd.RangeIndex, pd.MultiIndex, pd.DatetimeIndex, pd.TimedeltaIndex), plain),
        **dict.fromkeys((pd.CategoricalIndex, pd.PeriodIndex), plain),
        pd.Categorical: Kind(lambda v: column(v), rebuilt),
        pd.Timestamp: Kind(stamp, stamp_made),
        pd.Timedelta: Kind(
            lambda v: (int(v._value), v.unit), lambda number, unit: pd.Timedelta(np.timedelta64(number, unit))
        ),
        pd.Period: Kind(lambda v: (v.ordinal, v.freqstr), lambda n, f: pd.Period(ordinal=int(n), freq=str(f))),
        pd.Interval: Kind(lambda v: (v.left, v.right, v.closed), lambda left, right, c: pd.Interval(left, right, str(c))),
        type(pd.NaT): Kind(lambda v: (), lambda: pd.NaT),
        type(pd.NA): Kind(lambda v: (), lambda: pd.NA, weak=True),
    }  # fmt: skip


WEAK = {
    "MaskedArray": ("a masked array", "convert it with np.asarray, or fill it"),
    "MaskedConstant": ("a masked value", "return a number"),
    "NAType": ("pd.NA, a missing value", "return a value"),
}
"""What a weak value is, and what to do about it, for a message."""


def is_weak(value: Any) -> bool:
    """Tell whether comparing a value with anything can come to nothing, and so be taken for success."""
    found = known().get(type(value))
    if found is None or found.weak:
        return found is not None
    pd = sys.modules.get("pandas")
    if pd is not None and isinstance(value, pd.DataFrame | pd.Series | pd.Index):
        for dtype in value.dtypes if isinstance(value, pd.DataFrame) else [value.dtype]:
            if getattr(dtype, "na_value", None) is pd.NA and bool(np.any(np.asarray(value.isna()))):
                return True
    return False


# SciPy ───────────────────────────────────────────────────────────────────────────────────────────


def _scipy() -> dict[type, Kind]:
    sparse = sys.modules.get("scipy.sparse")
    if sparse is None or not hasattr(sparse, "csr_matrix"):
        return {}

    def kind(form: Any, *names: str) -> Kind:
        def make(shape: Any, *parts: Any) -> Any:
            values, *places = parts
            if names[-1] == "offsets":
                return form((values, places[0]), shape=shape)
            given = (values, tuple(places)) if names[-1] == "coords" else (values, *places)
            made = form((values, tuple(places[0])) if names[-1] == "coords" else given, shape=shape)
            if hasattr(made, "check_format"):
                made.check_format(full_check=True)
            return made

        return Kind(lambda v: (tuple(v.shape), *(getattr(v, name) for name in names)), make)

    return {
        **{getattr(sparse, f"{name}_{end}"): kind(getattr(sparse, f"{name}_{end}"), "data", "indices", "indptr")
           for name in ("csr", "csc", "bsr") for end in ("matrix", "array")},
        **{getattr(sparse, f"coo_{end}"): kind(getattr(sparse, f"coo_{end}"), "data", "coords") for end in ("matrix", "array")},
        **{getattr(sparse, f"dia_{end}"): kind(getattr(sparse, f"dia_{end}"), "data", "offsets") for end in ("matrix", "array")},
    }  # fmt: skip


# In place ────────────────────────────────────────────────────────────────────────────────────────


def state(value: Any) -> tuple[Callable[[Any], Any], Callable[[Any, Any], None]] | None:
    """Return how the state of an object that was given can be read and set; None if it has none that we know."""
    kind, torch = type(value), sys.modules.get("torch")
    if kind is np.random.Generator:
        return lambda v: v.bit_generator.state, lambda v, now: setattr(v.bit_generator, "state", now)
    if kind is np.random.RandomState:
        return lambda v: v.get_state(legacy=False), lambda v, now: v.set_state(now)
    if kind is random.Random:
        return lambda v: v.getstate(), lambda v, now: v.setstate(now)
    if torch is not None and isinstance(value, torch.optim.Optimizer):
        return lambda v: (dict(v.state), v.param_groups), _optimizer
    if torch is not None and isinstance(value, torch.nn.Module):
        return lambda v: [part.training for part in v.modules()], _training
    return None


def _optimizer(value: Any, now: Any) -> None:
    value.state = collections.defaultdict(dict, now[0])
    value.param_groups[:] = now[1]


def _training(value: Any, now: Any) -> None:
    for part, training in zip(value.modules(), now, strict=True):
        part.training = bool(training)


def can_change(value: Any) -> bool:
    """Tell whether a value of a library may be changed in place, so that both sides must be told."""
    pd = sys.modules.get("pandas")
    frames = (pd.DataFrame, pd.Series) if pd is not None and hasattr(pd, "DataFrame") else ()
    return type(value) in (types.SimpleNamespace, *_BYTES, *frames) or state(value) is not None


_BYTES = (bytearray, array.array)


def held(value: Any) -> Any:
    """Return what tells later whether such a value has been changed meanwhile."""
    if type(value) is types.SimpleNamespace:
        return dict(vars(value))
    if type(value) in _BYTES:
        return bytes(value)
    return None if state(value) is not None else value.copy(deep=True)


def has_changed(value: Any, before: Any) -> bool:
    """Tell whether it has, or may have."""
    if type(value) is types.SimpleNamespace:
        now = vars(value)
        return now.keys() != before.keys() or any(now[name] is not before[name] for name in now)
    if type(value) in _BYTES:
        return bool(bytes(value) != before)
    if before is None:
        return True
    if not value.index.identical(before.index) or not before.equals(value):
        return True
    if hasattr(value, "columns"):
        return not value.columns.identical(before.columns) or list(value.dtypes) != list(before.dtypes)
    return bool(value.name != before.name or value.dtype != before.dtype)


def become(value: Any, other: Any) -> None:
    """Let such a value be what another is."""
    if type(value) is types.SimpleNamespace:
        vars(value).clear()
        vars(value).update(vars(other))
    elif type(value) is array.array:
        value[:] = other
    else:
        value._mgr = other._mgr
        if hasattr(other, "name") and not hasattr(other, "columns"):
            value.name = other.name


# All ─────────────────────────────────────────────────────────────────────────────────────────────


def known() -> dict[type, Kind]:
    """Return the kinds of the libraries that are imported."""
    return _known("pandas" in sys.modules, "scipy.sparse" in sys.modules)


@cache
def _known(_pandas_is_there: bool, _scipy_is_there: bool) -> dict[type, Kind]:
    return {**_PLAIN, **_pandas(), **_scipy()}


@cache
def _names(number: int) -> dict[str, type]:
    return {name_of(kind): kind for kind in known()}


def name_of(kind: type) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"


def named(name: str) -> type | None:
    """Return the type of a kind by its name."""
    return _names(len(known())).get(name)


@cache
def tuple_class(name: str, fields: tuple[str, ...]) -> type:
    """Return the class of named tuples of this name and these fields, the same each time."""
    if not all(
        field.isidentifier() and not iskeyword(field) and not field.startswith("_") for field in (name, *fields)
    ):
        raise UnfitError(name)
    made: type = collections.namedtuple(name, fields)  # type: ignore[misc]
    made.__module__ = "__main__"
    return made
