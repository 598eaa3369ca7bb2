"""Drawings of lesson 08: reductions along axes."""

from __future__ import annotations

import numpy as np
from matplotlib.patches import Rectangle

from drawings.interactive import ask_first
from drawings.predictions import Prediction, read_shape
from drawings.shared import (
    BLUE,
    GHOST,
    GREEN,
    INK,
    ORANGE,
    PALE,
    RED,
    SKY,
    Picture,
    grid,
    subplots,
)
from drawings.sheet import Sheet, tint

REDUCTIONS = ("sum", "mean", "max", "max with index", "std")
"""What `collapse` can draw."""


def _cubes(
    sheet: Sheet, texts: np.ndarray, picked: np.ndarray, color: str, left: float, *, flat: bool = False
) -> float:
    """Draw a 3-D array of texts as sheets one below another, row 0 far away, or upright. Return the right edge."""
    sheets, rows, columns = texts.shape
    side, up, thick = (0.0, 1.0, 0.0) if flat else (0.45, 0.62, 0.28)
    low = ((sheets - 1) * (rows * up + 0.8) + rows * up) / 2
    for (i, j, k), text in np.ndenumerate(texts):
        x, y = left + k + (rows - 1 - j) * side, low - (sheets - 1 - i) * (rows * up + 0.8) - (rows - 1 - j) * up
        front = [(x, y), (x + 1, y), (x + 1, y + thick), (x, y + thick)]
        right = [(x + 1, y), (x + 1 + side, y - up), (x + 1 + side, y - up + thick), (x + 1, y + thick)]
        top = [(x, y), (x + 1, y), (x + 1 + side, y - up), (x + side, y - up)]
        fill = ORANGE if picked[i, j, k] else color
        for face, strength in ((front, 0.9), (right, 0.7))[: 0 if flat else 2]:
            sheet.polygon(face, tint(fill, strength), INK)
        sheet.polygon(top, tint(fill, 0.85 if picked[i, j, k] else 0.3), INK)
        sheet.words(x + (1 + side) / 2, y - up / 2, text, size=12 if flat or "\n" not in text else 9, fit=0.95, layer=0)
    return float(left + columns + rows * side)


def _axis_arrows(sheet: Sheet, shape: tuple[int, ...], gone: tuple[int, ...], verb: str) -> None:
    """Draw an arrow along each axis of a block, red and dashed where the axis is reduced."""
    sheets, rows, columns = shape
    far, one = rows * 0.45, rows * 0.62
    half = ((sheets - 1) * (one + 0.8) + one) / 2
    arrows = (
        ((-2.2, -half), (-2.2, half + 0.3), (-2.4, 0), "end"),
        ((far - 0.3, -half), (-0.3, one - half), (far / 2 - 0.5, one / 2 - half), "end"),
        ((far, -half - 0.3), (far + columns, -half - 0.3), (far + columns / 2, -half - 0.6), "middle"),
    )
    for axis, (start, end, place, side) in enumerate(arrows):
        color = RED if axis in gone else INK
        sheet.line((start, end), color, line=2.5 if axis in gone else 1.2, dash=axis in gone, tip=True)
        sheet.words(
            *place, f"axis {axis} {verb}" if axis in gone else f"axis {axis}", size=12, color=color, anchor=side
        )


def _texts(values: np.ndarray, pattern: str = "{:.3g}") -> np.ndarray:
    """Write each value as a text."""
    return np.array([pattern.format(value) for value in values.flat], dtype=object).reshape(values.shape)


def _call(how: str, axis: int | tuple[int, ...] | None, keepdims: bool, ddof: int) -> str:
    """Write a reduction as a reader would type it."""
    if how == "max with index":
        return f"torch.max(x, dim={axis}{', keepdim=True' if keepdims else ''})"
    options = [f"axis={axis}", *["keepdims=True"] * keepdims, *[f"ddof={ddof}"] * (how == "std")]
    return f"x.{how}({', '.join(options)})"


def collapse(
    x: np.ndarray, axis: int | tuple[int, ...] | None, how: str = "sum", *,
    keepdims: bool = False, ddof: int = 0, pick: int = 0, asking: bool = False,
) -> Picture:  # fmt: skip
    """Draw a block of numbers, what is left of it after a reduction, and where result number `pick` comes from.

    Where `asking`, what is left stays hidden, so that one can predict its shape.
    """
    gone = tuple(range(x.ndim)) if axis is None else tuple(int(a) % x.ndim for a in np.atleast_1d(axis))
    if how not in REDUCTIONS:
        raise ValueError(f"Choose one of the reductions {', '.join(REDUCTIONS)}.")
    if how == "max with index" and len(gone) > 1:
        raise ValueError("An index counts along one axis: choose a single axis, or the reduction max.")
    if how == "std" and ddof >= np.prod([x.shape[a] for a in gone]):
        raise ValueError(f"A group needs more than {ddof} numbers for ddof={ddof}: the sum is divided by N - {ddof}.")
    name = how.split()[0]
    kept = np.asarray(getattr(np, name)(x, axis=gone, keepdims=True, **({"ddof": ddof} if how == "std" else {})))
    texts = _texts(kept)
    if how == "max with index":
        texts = texts + _texts(x.argmax(gone[0], keepdims=True), "\nat {}")
    chosen = np.arange(kept.size).reshape(kept.shape) == min(pick, kept.size - 1)
    source = np.broadcast_to(chosen, x.shape)

    shape = kept.shape if keepdims else tuple(n for a, n in enumerate(x.shape) if a not in gone)
    index = ", ".join(str(n) for a, n in enumerate(np.argwhere(chosen)[0]) if keepdims or a not in gone)
    numbers = list(_texts(x[source]))
    listed = ", ".join(numbers if len(numbers) <= 8 else [*numbers[:7], f"... ({len(numbers)} numbers)"])
    call, answer = _call(how, axis, keepdims, ddof), " ".join(texts[chosen][0].split())
    story = f"{f'result[{index}]' if index else 'the one number'}: {name} of {listed} = {answer}"

    sheet = Sheet(46)
    edge = _cubes(sheet, _texts(x), source & (not asking), BLUE, 0)
    _axis_arrows(sheet, x.shape, gone, "is reduced" if asking else "goes")
    sheet.line(((edge + 0.5, 0), (edge + 1.8, 0)), "#8a8a8a", line=4, tip=True)
    block = f"A block of shape {x.shape}: {x.shape[0]} sheets of {x.shape[1]} rows and {x.shape[2]} columns."
    if asking:
        sheet.words(edge + 3, 0, "?", size=30)
        head = f"x.shape = {x.shape}     {call}\nWhich shape is left?"
        said = f"{block} {call} reduces it. Which shape is left?"
    else:
        drawn = shape if keepdims else (1,) * (3 - max(len(shape), 1)) + (shape or (1,))
        _cubes(sheet, texts.reshape(drawn), chosen.reshape(drawn), GREEN, edge + 2.5, flat=not keepdims)
        head = f"x.shape = {x.shape}     {call}  gives shape {shape}\n{story}"
        said = f"{block} {call} leaves shape {shape}. In orange, {story}."
    page = Sheet()
    page.words(sheet.left, 0, head, anchor="start")
    page.below(sheet, gap=16)
    return Picture(page, said)


def _lengths(shape: str) -> tuple[int, ...]:
    """Return the shape of a block that someone typed."""
    try:
        lengths = read_shape(shape)
    except ValueError:
        lengths = ()
    if len(lengths) != 3 or not all(1 <= int(n) <= 4 for n in lengths):
        raise ValueError("Write three lengths from 1 to 4 with commas between them, for example 2, 3, 4.")
    return tuple(map(int, lengths))


def pick_axis(
    shape: str = "2, 3, 4", axis: int | tuple[int, ...] | None = 0, how: str = "sum",
    keepdims: bool = False, ddof: int = 0, pick: int = 0, *, asking: bool = False,
) -> Picture:  # fmt: skip
    """Draw `collapse` for a block of digits whose shape is written as three lengths."""
    x = np.random.default_rng(0).integers(0, 10, _lengths(shape))
    return collapse(x, axis, how, keepdims=keepdims, ddof=ddof, pick=pick, asking=asking)


def _what_is_left(
    shape: str = "2, 3, 4",
    axis: int | tuple[int, ...] | None = 0,
    how: str = "sum",
    keepdims: bool = False,
    **_: object,
) -> Prediction:
    """Ask for the shape that a reduction leaves."""
    lengths = _lengths(shape)
    gone = range(3) if axis is None else tuple(int(a) % 3 for a in np.atleast_1d(axis))
    left = tuple(1 if a in gone else n for a, n in enumerate(lengths) if keepdims or a not in gone)
    call = f"{_call(how, axis, keepdims, 0).replace(', ddof=0', '')} with x.shape = {lengths}"
    why = "With keepdims the reduced axes stay, with length 1." if keepdims else "The reduced axes go, the others stay."
    other = tuple(1 if a in gone else n for a, n in enumerate(lengths) if not keepdims or a not in gone)
    wrong = {str(other): "That is the shape " + ("without" if keepdims else "with") + " keepdims."}
    wrong |= {str(tuple(lengths[a] for a in gone)): "These are the lengths of the axes that are reduced."}
    wrong.pop(str(left), None)
    return Prediction(call, "Which shape is left?", "shape", str(left), why, wrong=wrong)


ask_first(pick_axis, _what_is_left)


def mean_and_median(last: int = 100) -> Picture:
    """Draw 1, 2, 3, 4 and `last` on a line, with their mean (the point of balance) and their median."""
    values = np.array([1, 2, 3, 4, last])
    figure, ax = subplots(figsize=(8, 1.9))
    ax.axhline(0, color=GHOST, zorder=0)
    ax.scatter(values, np.zeros(5), s=36, color=BLUE, edgecolor=INK, label="the five values")
    ax.scatter(np.median(values), 0.32, marker="v", s=110, color=GREEN, label=f"median {np.median(values):g}")
    ax.scatter(values.mean(), -0.32, marker="^", s=110, color=RED, label=f"mean {values.mean():g}")
    ax.set(xlim=(-3, 104), ylim=(-0.7, 0.7), yticks=[], xlabel="value (no unit)")
    ax.legend(ncols=3, loc="lower center", bbox_to_anchor=(0.5, 1))
    ax.spines[["left", "right", "top"]].set_visible(False)
    return Picture(figure, f"Points at 1, 2, 3, 4 and {last}: median {np.median(values):g}, mean {values.mean():g}.")


def pixel_labels(photo: np.ndarray, *labels: np.ndarray) -> Picture:
    """Draw a photo (H, W, 3) beside two maps of labels: its strongest colour, and its class."""
    figure, axes = subplots(1, 3, figsize=(10, 2.9))
    titles = (
        "the photo",
        "photo.argmax(axis=-1)\n0 red, 1 green, 2 blue",
        "class_scores.argmax(axis=0)\n0 road, 1 car, 2 sky",
    )
    for ax, shown, title in zip(axes, (photo, *labels), titles, strict=True):
        ax.imshow(shown, vmin=0, vmax=2, cmap="cividis")
        ax.set(xlabel="column", ylabel="row")
        ax.set_title(title, fontsize=9)
        for (row, column), label in np.ndenumerate(shown if shown.ndim == 2 else np.empty((0, 0))):
            ax.text(column, row, label, ha="center", va="center", color=INK if label == 2 else PALE)
    figure.tight_layout()
    names = (("red", "green", "blue"), ("road", "car", "sky"))
    counts = [
        ", ".join(f"{np.sum(label == n)} pixels {words[n]} ({n})" for n in np.unique(label))
        for label, words in zip(labels, names, strict=True)
    ]
    alt = f"A photo of a blue car between sky and road. By strongest colour: {counts[0]}. By class: {counts[1]}."
    return Picture(figure, alt)


def corners(image: np.ndarray, box: tuple[int, int, int, int]) -> Picture:
    """Draw an image with a box img[r0:r1, c0:c1] and its integral image with the four corners that give the sum."""
    r0, c0, r1, c1 = box
    table = np.pad(image, ((1, 0), (1, 0))).cumsum(axis=0).cumsum(axis=1)
    figure, (left, right) = subplots(1, 2, figsize=(10, 4.2))
    grid(left, image)
    left.add_patch(Rectangle((c0, r0), c1 - c0, r1 - r0, facecolor="none", edgecolor=RED, linewidth=3))
    left.set_title(f"img, shape {image.shape}: the box img[{r0}:{r1}, {c0}:{c1}]", fontsize=10)
    grid(right, table, color=GREEN)
    for row, column, sign, color in ((r1, c1, "+", BLUE), (r0, c1, "−", RED), (r1, c0, "−", RED), (r0, c0, "+", BLUE)):
        right.add_patch(Rectangle((column, row), 1, 1, facecolor="none", edgecolor=color, linewidth=3))
        right.text(column + 0.18, row + 0.22, sign, ha="center", va="center", color=color, fontsize=12, weight="bold")
    total = table[r1, c1] - table[r0, c1] - table[r1, c0] + table[r0, c0]
    sums = f"{table[r1, c1]} − {table[r0, c1]} − {table[r1, c0]} + {table[r0, c0]} = {total}"
    right.set_title(f"S, shape {table.shape}:  {sums}", fontsize=10)
    where = f"An image with a box around rows {r0} to {r1 - 1} and columns {c0} to {c1 - 1}, and its integral image."
    return Picture(figure, f"{where} Four corners give the sum of the box: {sums}.")


_SEA = """
2311 2420 2537 2386 2303 2157 2063 2015 1967 2003 2002 2180
2419 2528 2560 2537 2479 2469 2386 2232 2144 2177 2233 2289
2452 2621 2637 2473 2371 2234 2089 2002 1963 2040 2077 2239
2415 2634 2736 2703 2547 2349 2220 2145 2125 2095 2160 2244
2302 2500 2533 2297 2173 2077 1952 1933 1895 1911 2027 2130
2375 2482 2514 2422 2216 2120 2046 1963 1924 1916 1984 2119
2324 2471 2590 2466 2314 2204 2147 2055 1989 1969 2057 2158
2313 2630 2763 2715 2672 2504 2383 2234 2180 2180 2239 2369
2489 2655 2709 2637 2471 2323 2231 2072 2062 2105 2152 2250
2397 2590 2694 2584 2423 2257 2150 2015 2023 2086 2188 2255
2440 2559 2601 2466 2353 2183 2073 2010 2056 2027 2093 2274
2458 2666 2595 2517 2360 2236 2052 1997 1970 2007 2109 2211
2402 2535 2447 2343 2303 2181 2060 2017 2002 2014 2099 2182
2381 2536 2602 2467 2397 2241 2180 2131 2100 2113 2164 2255
2415 2508 2530 2461 2193 2144 2025 1948 1967 1979 2088 2183
2422 2617 2671 2701 2609 2460 2326 2254 2126 2157 2229 2335
2515 2588 2535 2426 2292 2180 2085 2017 2004 2051 2103 2225
2366 2554 2555 2498 2377 2204 2110 1984 1908 1947 2020 2128
2319 2488 2511 2397 2244 2170 2125 2097 2123 2112 2168 2320
2467 2556 2709 2666 2607 2439 2247 2106 2088 2174 2247 2360
2502 2576 2553 2476 2294 2127 1969 1927 1950 2016 2061 2177
2333 2458 2524 2495 2329 2160 2101 1997 1974 1988 2094 2199
2451 2666 2709 2625 2547 2501 2411 2342 2212 2258 2332 2489
2603 2648 2627 2487 2344 2176 2084 1947 1949 1980 2071 2174
2329 2487 2569 2528 2435 2248 2158 2073 2015 1988 2068 2141
2355 2495 2606 2553 2371 2184 2105 1997 1914 1917 1944 2105
2351 2536 2588 2572 2511 2446 2330 2191 2156 2169 2214 2329
2493 2579 2613 2529 2388 2270 2163 2025 1982 2061 2129 2247
2432 2577 2539 2473 2315 2189 2101 1966 1998 2022 2162 2294
2471 2560 2593 2558 2452 2328 2179 2105 2115 2143 2195 2297
2435 2573 2646 2571 2446 2288 2126 2057 2045 2043 2123 2234
2298 2490 2594 2489 2390 2257 2110 2003 2009 2058 2126 2260
2436 2542 2540 2496 2421 2335 2250 2189 2204 2288 2457 2589
2725 2823 2885 2882 2837 2743 2573 2388 2226 2222 2221 2319
2432 2512 2575 2540 2358 2230 2153 2064 2073 2062 2170 2247
2384 2483 2560 2428 2267 2184 2075 1990 1986 2026 2097 2249
2431 2590 2578 2486 2335 2203 2164 2107 2113 2146 2217 2353
2560 2702 2789 2695 2596 2404 2300 2192 2200 2254 2284 2351
2476 2574 2571 2468 2318 2166 2059 1963 1944 1983 2096 2225
2436 2602 2621 2554 2336 2214 2127 2086 2017 2052 2144 2261
2422 2617 2615 2515 2414 2276 2136 2070 2028 2040 2119 2229
2399 2559 2631 2515 2444 2328 2239 2139 2122 2173 2240 2375
2502 2662 2772 2758 2644 2386 2184 2087 2085 2115 2184 2279
2468 2646 2707 2684 2560 2411 2261 2165 2111 2171 2207 2286
2456 2589 2575 2449 2352 2231 2117 2022 2065 2204 2227 2375
2548 2625 2609 2432 2337 2243 2142 2046 2050 2062 2149 2203
2381 2552 2628 2400 2311 2166 2072 2023 2043 2052 2077 2168
2370 2608 2717 2674 2677 2615 2559 2495 2469 2464 2585 2708
2812 2882 2924 2845 2736 2519 2361 2227 2131 2137 2160 2281
2423 2573 2647 2453 2364 2209 2136 2067 2008 2046 2062 2242
2401 2538 2567 2553 2427 2293 2147 2007 2064 2090 2067 2208
2424 2611 2689 2599 2398 2271 2148 2024 1973 2014 2068 2173
2409 2623 2739 2644 2529 2328 2164 2132 2142 2185 2285 2405
2501 2627 2691 2541 2324 2215 2150 2125 2075 2170 2233 2360
2509 2647 2612 2527 2344 2254 2126 2079 2083 2156 2288 2339
2461 2509 2523 2521 2431 2260 2161 2047 2000 1989 2061 2220
2476 2652 2622 2429 2384 2282 2220 2189 2193 2246 2261 2415
2582 2681 2641 2496 2305 2161 2105 1995 1985 1931 1982 2115
2424 2639 2691 2568 2443 2319 2302 2214 2160 2139 2154 2273
2439 2553 2548 2584 2495 2409 2309 2203 2148 2164 2199 2321
"""
"""Monthly means of the sea's surface temperature in hundredths of a degree Celsius, a line a year from 1950 to 2009.

ERSST v3b, region Niño 1+2 (0-10 degrees South, 80-90 degrees West), by the US National Oceanic and Atmospheric
Administration; in the public domain.
"""


def sea_temperatures() -> np.ndarray:
    """Return the sea's surface temperature off Peru in degrees Celsius, (60 years from 1950, 12 months), float64."""
    return np.array([line.split() for line in _SEA.split("\n") if line], dtype=np.float64) / 100


def spreads(sizes: np.ndarray, by_n: np.ndarray, by_n_minus_1: np.ndarray, true: float) -> Picture:
    """Draw average variances of samples of several sizes, divided by n and by n - 1, and the true variance."""
    figure, ax = subplots(figsize=(7, 3.2))
    ax.axhline(true, color=INK, linestyle="--", label=f"true variance, {true:g}")
    ax.plot(sizes, by_n_minus_1, "o-", color=BLUE, label="divide by n - 1 (ddof=1)")
    ax.plot(sizes, by_n, "s-", color=RED, label="divide by n (ddof=0)")
    ax.set(xlabel="numbers in each sample, n", ylabel="average variance", ylim=(0, 1.12 * true))
    ax.legend(loc="lower right")
    ends = f"{by_n_minus_1[0]:.1f} at n = {sizes[0]} and {by_n_minus_1[-1]:.1f} at n = {sizes[-1]}"
    alt = f"Average variance of many samples. Divided by n - 1: {ends}; divided by n: {by_n[0]:.1f} and {by_n[-1]:.1f}."
    return Picture(figure, alt)


def bell(values: np.ndarray, unit: str) -> Picture:
    """Draw the histogram of some values with their mean, one standard deviation to both sides, and a normal curve."""
    mean, std = values.mean(), values.std()
    share = (np.abs(values - mean) < std).mean()
    where = np.linspace(values.min(), values.max(), 200)
    figure, ax = subplots(figsize=(7, 3))
    ax.hist(values.ravel(), bins=40, density=True, color=SKY, edgecolor="white", label=f"{values.size} values")
    curve = np.exp(-(((where - mean) / std) ** 2) / 2) / (std * np.sqrt(2 * np.pi))
    ax.plot(where, curve, color=INK, label="normal curve")
    ax.axvline(mean, color=RED, label="mean")
    ax.axvline(mean - std, color=GREEN, linestyle="--")
    ax.axvline(mean + std, color=GREEN, linestyle="--", label="mean ± 1 std")
    ax.set(xlabel=f"value ({unit})", ylabel="density", title=f"{share:.0%} of the values lie within 1 std")
    ax.legend()
    ends = f"They reach from {values.min():.1f} to {values.max():.1f}."
    return Picture(
        figure, f"Histogram under a normal curve. {share:.0%} of the values lie within one std of the mean. {ends}"
    )


def extremes(series: np.ndarray, unit: str) -> Picture:
    """Draw a series with a line at its maximum, and its histogram with a line at its minimum."""
    figure, (left, right) = subplots(1, 2, figsize=(10, 3), layout="constrained")
    left.plot(series, color=BLUE, linewidth=0.7)
    left.axhline(series.max(), color=RED, linestyle="--", label="max")
    left.plot(series.argmax(), series.max(), "o", color=RED, label="at argmax")
    room = 0.3 * np.ptp(series)
    left.set(xlabel="index", ylabel=f"value ({unit})", ylim=(series.min() - 0.2 * room, series.max() + room))
    left.legend(loc="upper left", ncols=2)
    right.hist(series, bins=24, color=SKY, edgecolor="white")
    right.axvline(series.min(), color=RED, linestyle="--", label="min")
    right.set(xlabel=f"value ({unit})", ylabel="how many")
    right.legend()
    where = f"a line at its maximum, {series.max():g}, touches it at index {series.argmax()}"
    return Picture(
        figure, f"Left: a series; {where}. Right: its histogram; its left edge is the minimum, {series.min():g}."
    )


def walks(steps: np.ndarray) -> Picture:
    """Draw the steps of the first of some random walks, and the running sums of all (walks, steps)."""
    positions = steps.cumsum(axis=1)
    figure, ax = subplots(figsize=(7, 3))
    ax.plot(steps[0], color=GHOST, label="steps of walk 0")
    ax.set_prop_cycle(color=[BLUE, ORANGE, GREEN, RED])
    ax.plot(positions.T, label=[f"walk {i}" for i in range(len(steps))])
    ax.set(xlabel="step number", ylabel="position (no unit)")
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1))
    ends = f"they reach from {positions.min():.0f} to {positions.max():.0f}"
    return Picture(figure, f"Steps that jump about zero, and {len(steps)} running sums of them, which wander: {ends}.")


def averaged_price(price: np.ndarray, averages: dict[int, np.ndarray]) -> Picture:
    """Draw a price, and its moving averages by the length of their window, each where its window ends."""
    figure, ax = subplots(figsize=(8, 3.2))
    ax.plot(price, color=GHOST, label="price")
    for (days, mean), color in zip(averages.items(), (BLUE, RED, GREEN), strict=False):
        ax.plot(np.arange(days - 1, len(price)), mean, color=color, label=f"mean of {days} days")
    ax.set(xlabel="day", ylabel="price in euros")
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1))
    starts = ", ".join(f"the mean of {days} days starts on day {days - 1}" for days in averages)
    return Picture(figure, f"A jagged price and smoother averages of it: {starts}; the longer one lags behind.")


def drift(exact: np.ndarray, running: np.ndarray) -> Picture:
    """Draw the error of a running sum in percent of the exact sum."""
    error = 100 * (running - exact) / exact
    figure, ax = subplots(figsize=(7, 3))
    ax.plot(exact / 1e6, error, color=RED, label=f"running sum in {running.dtype}")
    ax.axhline(0, color=INK, linestyle="--", label="exact")
    ax.set(xlabel="true sum, in millions", ylabel="error in %")
    ax.legend()
    ends = f"between {error.min():.1f} % and {error.max():.1f} %, and {error[-1]:.1f} % at the end"
    return Picture(figure, f"Error of a running sum in {running.dtype}, a line with corners: {ends}.")


def anomaly_chart(anomaly: np.ndarray, smooth: np.ndarray, first_year: int = 1950) -> Picture:
    """Draw months warmer and colder than usual, and a moving average of them, each mean where its window ends."""
    months = anomaly.ravel()
    window = months.size - smooth.size + 1
    mean = f"mean of {window} month{'s' * (window != 1)}"
    when = first_year + np.arange(months.size) / 12
    figure, ax = subplots(figsize=(10, 3.6))
    ax.fill_between(when, months, 0, where=months >= 0, color=RED, alpha=0.7, linewidth=0, label="warmer than usual")
    ax.fill_between(when, months, 0, where=months <= 0, color=BLUE, alpha=0.7, linewidth=0, label="colder than usual")
    ax.plot(when[window - 1 :], smooth, color=INK, linewidth=1.6, label=mean)
    apart, peaks, rest = max(36, window), [], smooth.copy()
    for _ in range(4):  # the four highest averages that share no month, each named by its warmest
        top = int(rest.argmax())
        peaks.append(top + int(months[top : top + window].argmax()))
        rest[max(top - apart, 0) : top + apart] = -np.inf
    for place in peaks:
        where = (when[place], months[place])
        ax.annotate(f"{int(when[place])}", where, xytext=(0, 4), textcoords="offset points", ha="center")
    ax.set(xlabel="year", ylabel="°C above the month's usual", ylim=(months.min() - 0.3, months.max() + 0.7))
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=3, fontsize=9)
    years = ", ".join(str(int(when[place])) for place in sorted(peaks))
    alt = f"Sixty years of sea temperature, each month against its usual; the {mean} is highest around {years}."
    return Picture(figure, alt)
