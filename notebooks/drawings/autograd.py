"""Drawings of lesson 14: autograd."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import BinaryIO, cast

import ipywidgets as widgets
import matplotlib.cbook
import matplotlib.pyplot as plt
import numpy as np
import torch
from torch.autograd.graph import Node

from drawings.interactive import Interactive
from drawings.shared import (
    BLUE,
    GHOST,
    INK,
    ORANGE,
    PALE,
    RED,
    SKY,
    Picture,
    subplots,
)
from drawings.sheet import Sheet

_SIGNS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**"}
_TORCH: dict[str, Callable[..., torch.Tensor]] = {
    "+": torch.add, "-": torch.sub, "*": torch.mul, "/": torch.div, "**": torch.pow,
}  # fmt: skip
_FUNCTIONS = ("exp", "log", "sqrt", "sin", "cos", "tanh", "sigmoid", "relu", "abs", "round", "detach")


@dataclass(eq=False)
class _Made:
    """A number on its way through a graph: how it was made, where it is drawn, which gradients came back to it."""

    name: str
    text: str
    tensor: torch.Tensor
    column: int = 0
    row: float = 0.0
    inputs: list[tuple[_Made, float, float]] = field(default_factory=list)
    """Each tensor that it was made from, the row of that arrow, and the slope."""
    arrived: list[float] = field(default_factory=list)

    @property
    def node(self) -> Node:
        """What autograd recorded of how it was made; only a leaf has none."""
        assert self.tensor.grad_fn is not None
        return self.tensor.grad_fn

    def gradient(self) -> str:
        """Return the sum of what has arrived, with its parts where there are several."""
        parts = " + ".join(map(_short, self.arrived)) or "?"
        return parts if len(self.arrived) < 2 else f"{parts} = {_short(sum(self.arrived))}"


def _short(number: float) -> str:
    return format(float(number) + 0.0, ".3g")


def _slopes(node: Node) -> tuple[torch.Tensor | None, ...]:
    """Return the slopes with respect to the inputs of a node, None for each that takes no gradient."""
    # torch.autograd.graph.Node does not say that torch's own nodes can be called.
    call = cast(Callable[[torch.Tensor], torch.Tensor | tuple[torch.Tensor | None, ...]], node)
    slopes = call(torch.ones((), dtype=torch.float64))
    return slopes if isinstance(slopes, tuple) else (slopes,)


def _calculate(expression: str, leaves: dict[str, torch.Tensor]) -> list[_Made]:
    """Work out arithmetic on `leaves` from its syntax tree, never by eval; list what autograd recorded, in order."""
    made: list[_Made] = []

    def keep(result: torch.Tensor, text: str) -> tuple[torch.Tensor, str]:
        if result.grad_fn is None:
            return result, _short(result.item())
        made.append(_Made(f"v{len(made) + 1}", text, result))
        return result, made[-1].name

    def visit(part: ast.AST) -> tuple[torch.Tensor, str]:
        match part:
            case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
                return torch.tensor(float(number), dtype=torch.float64), _short(number)
            case ast.Name(id=name) if name in leaves:
                return leaves[name], name
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                value, name = visit(operand)
                return keep(-value, f"-{name}")
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _SIGNS:
                (a, a_name), (b, b_name), sign = visit(left), visit(right), _SIGNS[type(op)]
                number = a.requires_grad and not b.requires_grad  # as in x**2, which torch records as PowBackward0
                return keep(_TORCH[sign](a, b.item() if number else b), f"{a_name} {sign} {b_name}")
            case ast.Call(func=ast.Name(id=name), args=[operand], keywords=[]) if name in _FUNCTIONS:
                before = len(made)
                value, inner = visit(operand)
                if name == "detach":
                    del made[before:]  # nothing leads back to them: they are not drawn, and take no number
                return keep(getattr(torch, name)(value), f"{name}({inner})")
        known = f"x, y, numbers, + - * / ** and {', '.join(_FUNCTIONS)}"
        raise ValueError(f"{ast.unparse(part)!r} is not known here. Known are {known}.")

    if "^" in expression:
        raise ValueError("A power is written with two stars: x**2.")
    if len(expression) > 100:
        raise ValueError("That is too long to draw: at most 100 characters.")
    try:
        tree = ast.parse(expression.strip(), mode="eval")
    except (SyntaxError, ValueError):
        raise ValueError(f"{expression!r} cannot be read as arithmetic: is a bracket or a sign missing?") from None
    last, _ = visit(tree.body)
    if last.grad_fn is None:
        raise ValueError("There is nothing to differentiate: calculate something from x or y, such as x*y + 1.")
    if len(made) > 9:
        raise ValueError(f"That takes {len(made)} operations, and at most 9 can be drawn.")
    return made


def _graph(expression: str, x: float, y: float) -> tuple[list[_Made], list[_Made]]:
    """Return the leaves and the operations that `grad_fn.next_functions` leads to, placed for drawing."""
    leaves = {name: torch.tensor(at, dtype=torch.float64, requires_grad=True) for name, at in (("x", x), ("y", y))}
    made = _calculate(expression, leaves)
    operations = {one.node: one for one in made}
    ends = [_Made(name, name, tensor) for name, tensor in leaves.items()]
    uses: dict[_Made, list[float]] = {end: [] for end in ends}

    def walk(node: Node) -> tuple[_Made, float]:
        if hasattr(node, "variable"):  # AccumulateGrad, the node of a leaf
            end = ends[0] if node.variable is leaves["x"] else ends[1]
            uses[end].append(float(sum(map(len, uses.values()))))
            return end, uses[end][-1]
        here, edges = operations[node], zip(node.next_functions, _slopes(node), strict=True)
        before = [(function, slope.item()) for (function, _), slope in edges if function and slope is not None]
        here.inputs = [(*walk(function), slope) for function, slope in before]
        here.column = 1 + max(source.column for source, _, _ in here.inputs)
        here.row = float(np.mean([row for _, row, _ in here.inputs]))
        return here, here.row

    walk(made[-1].node)
    used = [end for end in ends if uses[end]]
    for end in used:
        end.row = float(np.mean(uses[end]))
    if len(used) == 2 and abs(used[0].row - used[1].row) < 1:  # x and y would be drawn on top of each other
        low, high = sorted(used, key=lambda end: end.row)
        low.row, high.row = low.row - 0.5, high.row + 0.5
    return used, [one for one in made if one.column]


def _box(sheet: Sheet, one: _Made, *, known: bool, current: bool) -> str:
    """Draw one tensor of a graph and return the same in words."""
    head = f"{one.name} = {one.text}" if one.column else f"leaf {one.name}"
    kind = type(one.tensor.grad_fn).__name__ if one.column else "AccumulateGrad"
    value, back = _short(one.tensor.item()) if known else "?", one.gradient()
    left, top = one.column - 0.29, one.row - 0.35
    sheet.box(left, top, 0.58, 0.7, PALE, INK if known else GHOST, line=2.6 if current else 1)
    lines = [(head, INK), (kind, "#666666"), (f"value {value}", BLUE), (f"gradient {back}", RED)]
    for number, (words, color) in enumerate(lines):
        color = "#767676" if words.endswith("?") else color
        sheet.words(one.column, one.row - 0.24 + 0.16 * number, words, size=12, color=color, fit=0.55)
    return f"{head} ({kind}): value {value}, gradient {back}"


def _arrow(sheet: Sheet, source: _Made, row: float, one: _Made, *, known: bool, back: str) -> None:
    """Draw what `one` took from `source`, and `back`, the gradient that returned along the same line."""
    color = RED if back else BLUE if known else GHOST
    x = [source.column + 0.3, source.column + 0.36, one.column - 0.36, one.column - 0.3]
    points = list(zip(x, [source.row, row, row, one.row], strict=True))
    sheet.line(points[::-1] if back else points, color, line=2 if back else 1.2, tip=True, layer=-1)
    if back:
        sheet.words(one.column - 0.5, row - 0.11, back, color=RED, size=11, fit=0.36, paper=True, layer=3)


def backprop(expression: str = "x**2 + 3*x + 1", x: float = 2.0, y: float = 3.0, step: int = 99) -> Picture:
    """Draw the graph of `expression` after `step` steps: values go forward, then gradients go backward."""
    used, made = _graph(expression, x, y)
    last, steps = made[-1], 2 * len(made) + 1
    sent: list[tuple[_Made, float, list[float]]] = []  # by autograd, in its order
    for one in made:
        one.node.register_hook(
            lambda out, got, one=one: sent.append((one, got[0].item(), [p.item() for p in out if p is not None]))
        )  # fmt: skip
    last.tensor.backward()
    current, story, labels = None, "only the leaves are known", {}
    for current in made[:step]:
        story = f"forward, {current.name} = {current.text} = {_short(current.tensor.item())}"
    if step > len(made):
        current, story = last, f"backward begins with the gradient of {last.name} itself, 1"
        last.arrived.append(1.0)
    for current, gradient, parts in sent[: max(0, step - len(made) - 1)]:
        story = f"backward through {current.name} = {current.text}: gradient × slope to each input"
        for (source, row, slope), part in zip(current.inputs, parts, strict=True):
            source.arrived.append(part)
            labels[current, row] = f"{_short(gradient)} × {_short(slope)} = {_short(part)}"

    sheet = Sheet(250, 112)
    words = [_box(sheet, one, known=one in used + made[:step], current=one is current) for one in (*used, *made)]
    for one in made:
        for source, row, _ in one.inputs:
            _arrow(sheet, source, row, one, known=one in made[:step], back=labels.get((one, row), ""))
    title = f"{expression}    step {min(step, steps)} of {steps}: {story}"
    page = Sheet()
    page.words(sheet.left, 0, title, anchor="start")
    page.below(sheet, gap=14)
    return Picture(page, f"Graph of {title}. {'; '.join(words)}.")


def graph_inspector(expression: str = "x**2 + 3*x + 1") -> Interactive:
    """Put an expression, the values of x and y and the step of `backprop` under the reader's control."""
    text = widgets.Text(expression, description="expression", continuous_update=False)
    x = widgets.FloatSlider(2, min=-3, max=3, step=0.25, description="x")
    y = widgets.FloatSlider(3, min=-3, max=3, step=0.25, description="y")
    steps = 2 * len(_graph(expression, x.value, y.value)[1]) + 1
    step = widgets.IntSlider(steps, min=0, max=steps, description="step")

    def fit(change: dict[str, str]) -> None:
        try:
            last = 2 * len(_graph(change["new"], x.value, y.value)[1]) + 1
        except ValueError:
            return  # the picture says what is wrong
        step.value, step.max = 0, last  # so the new values and gradients can be predicted

    text.observe(fit, names="value")
    return Interactive(backprop, expression=text, x=x, y=y, step=step)


_SURFACES: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {
    "round bowl": lambda p: (p[0] ** 2 + p[1] ** 2) / 2,
    "long valley": lambda p: (p[0] ** 2 + 10 * p[1] ** 2) / 2,
    "two hollows": lambda p: (p[0] ** 2 - 4) ** 2 / 8 + p[0] / 2 + p[1] ** 2,
}


def descent(surface: str = "long valley", rate: float = 0.1, steps: int = 25) -> Picture:
    """Draw gradient descent on a loss of two parameters: the path over the contours, and the loss after each step."""
    loss = _SURFACES[surface]
    path, losses = [torch.tensor([-3.5, 2.0], dtype=torch.float64)], []
    for _ in range(steps + 1):
        point = path[-1].clone().requires_grad_()
        value = loss(point)
        (gradient,) = torch.autograd.grad(value, point)
        losses.append(value.item())
        if not losses[-1] < 1e6:
            break
        path.append(path[-1] - rate * gradient)
    walked = torch.stack(path[: len(losses)]).numpy()
    fig, (left, right) = subplots(1, 2, figsize=(10, 4))
    a, b = np.meshgrid(np.linspace(-5, 5, 100), np.linspace(-4, 4, 80))
    height = loss(torch.from_numpy(np.stack([a, b]))).numpy()
    levels = height.min() + np.geomspace(0.1, height.max(), 14)
    left.contour(a, b, height, levels=levels, colors=GHOST, linewidths=0.8, linestyles="solid")
    left.plot(*walked.T, "o-", color=BLUE, markersize=4, linewidth=1)
    left.plot(*walked[0], "s", color=ORANGE, markersize=9, label="start")
    left.plot(*walked[-1], "*", color=RED, markersize=13, label=f"after {len(losses) - 1} steps")
    left.set(xlim=(-5, 5), ylim=(-4, 4), xlabel="parameter a", ylabel="parameter b")
    left.set_title(f"{surface}, learning rate {rate:g}")
    left.legend(loc="upper right", fontsize=8)
    right.plot(losses, "o-", color=BLUE, markersize=4)
    right.set(xlabel="step", ylabel="loss", title=f"loss: {_short(losses[0])} at first, {_short(losses[-1])} at last")
    fig.subplots_adjust(left=0.06, right=0.99, bottom=0.13, wspace=0.2)
    end = ", ".join(map(_short, walked[-1]))
    jumps = int((np.diff(np.sign(walked[:, 1])) != 0).sum())
    way = f"b changes its sign {jumps} times" if jumps else "b keeps its sign"
    alt = f"""Gradient descent on the surface {surface} from (-3.5, 2), learning rate {rate:g}, {len(losses) - 1} steps.
    On the way {way}. It ends at ({end}); the loss goes from {_short(losses[0])} to {_short(losses[-1])}."""
    return Picture(fig, alt)


def descent_explorer() -> Interactive:
    """Put the surface, the learning rate and the number of steps of `descent` under the reader's control."""
    return Interactive(
        descent,
        surface=widgets.Dropdown(options=list(_SURFACES), value="long valley", description="loss surface"),
        rate=widgets.FloatSlider(0.02, min=0.01, max=0.5, step=0.01, description="learning rate"),
        steps=widgets.IntSlider(25, min=1, max=60, description="steps"),
    )


def difference_errors(f: Callable[[np.ndarray | np.floating], np.ndarray], slope: float, at: float = 2.0) -> Picture:
    """Draw how far forward and central differences of `f` are from its `slope`, for steps from 1e-14 to 1."""
    fig, ax = subplots(figsize=(7, 4), layout="constrained")
    steps, best = 10.0 ** np.arange(-14, 0.1, 0.5), []
    lines: dict[type[np.float64] | type[np.float32], str] = {np.float64: "-", np.float32: "--"}
    for dtype, style in lines.items():
        x: np.floating = dtype(at)
        h: np.ndarray = steps.astype(dtype)
        forward, central = (f(x + h) - f(x)) / h, (f(x + h) - f(x - h)) / (2 * h)
        for name, found, color in [("forward", forward, ORANGE), ("central", central, BLUE)]:
            errors = abs(found.astype(np.float64) - slope)
            ax.loglog(steps, errors, style, color=color, label=f"{name}, {dtype.__name__}")
            words = f"{name} in {dtype.__name__}: error {errors.min():.0e} at h = {steps[errors.argmin()]:.0e}"
            best.append(f"{words}, {errors[0]:.2g} at h = 1e-14")
    ax.set(xlabel="h (step)", ylabel="error of the slope", ylim=(1e-11, 1e2))
    ax.legend()
    alt = f"""Error of the slope at {at:g} against the step h, both axes logarithmic. Each curve is a V, with its lowest
    point and its left end here: {"; ".join(best)}."""
    return Picture(fig, alt)


def fitted(x: torch.Tensor, measured: torch.Tensor, curves: dict[str, torch.Tensor]) -> Picture:
    """Draw measurements as points and curves over them; the last curve is dashed."""
    fig, ax = subplots(figsize=(8, 4), layout="constrained")
    ax.plot(x, measured, ".", color=GHOST, label="measured")
    words = []
    for number, (name, curve) in enumerate(curves.items(), start=1):
        color = (SKY, BLUE, INK)[min(number, 3) - 1] if number < len(curves) else RED
        ax.plot(x, curve, "--" if number == len(curves) else "-", color=color, label=name)
        low, high, place = (
            round(number, 2) + 0.0 for number in (curve.min().item(), curve.max().item(), x[curve.argmax()].item())
        )
        words.append(f"{name}: from {low:.2f} to {high:.2f}" + (f", highest at x = {place:.1f}" if high else ""))
    ax.set(xlabel="x", ylabel="measured and fitted value")
    ax.legend(loc="upper left")
    top = f"highest {measured.max().item():.2f}, at x = {x[measured.argmax()].item():.1f}"
    return Picture(fig, f"Noisy points ({top}) and fitted curves. {'; '.join(words)} (dashed).")


_SIDE = 64


def _photo() -> torch.Tensor:
    """Return the scanned photograph, (64, 64) grey values from 0 to 1 in a disc: Grace Hopper, US Navy, public domain."""
    file = cast(BinaryIO, matplotlib.cbook.get_sample_data("grace_hopper.jpg"))  # an array comes of .npy files alone
    grey = plt.imread(file)[20:532].mean(axis=2) / 255
    blocks = grey.reshape(_SIDE, 512 // _SIDE, _SIDE, 512 // _SIDE).mean(axis=(1, 3))
    squares = (np.arange(_SIDE) - (_SIDE - 1) / 2) ** 2
    return torch.from_numpy(blocks * (squares[:, None] + squares < (_SIDE / 2) ** 2)).float()


def shadows(picture: torch.Tensor, angles: torch.Tensor) -> torch.Tensor:
    """Turn a square picture by each angle (radians) and add up its columns: (n, n) and (k,) give (k, n)."""
    cos, sin, zero = angles.cos(), angles.sin(), torch.zeros_like(angles)
    turns = torch.stack([cos, -sin, zero, sin, cos, zero], dim=1).reshape(-1, 2, 3)
    size = [len(angles), 1, *picture.shape]
    places = torch.nn.functional.affine_grid(turns, size, align_corners=False)
    turned = torch.nn.functional.grid_sample(picture.expand(size), places, align_corners=False)
    return turned.sum(dim=(1, 2))


def scan(count: int = 60) -> tuple[torch.Tensor, torch.Tensor]:
    """Scan a photograph from `count` directions: the angles (count,) and the shadows (count, 64). It stays hidden."""
    angles = torch.arange(count) * (torch.pi / count)
    return angles, shadows(_photo(), angles)


def scan_picture(measured: torch.Tensor) -> Picture:
    """Draw shadows (k, n) as a picture, a row a direction."""
    fig, ax = subplots(figsize=(6, 4), layout="constrained")
    image = ax.imshow(measured.numpy(), cmap="gray", aspect="auto", extent=(0, measured.shape[1], 180, 0))
    ax.set(xlabel="place in the shadow", ylabel="direction in degrees")
    fig.colorbar(image, label="sum along the line")
    alt = f"""The shadows of a photograph as a picture of {measured.shape[0]} rows of {measured.shape[1]} sums, one row
    for each direction from 0 to 180 degrees. Bright bands swing from side to side like waves; what was scanned cannot
    be recognised."""
    return Picture(fig, alt)


def rebuilt(stages: dict[str, torch.Tensor]) -> Picture:
    """Draw pictures that were rebuilt from shadows side by side, and last the photograph that was scanned."""
    photo = _photo()
    fig, axes = subplots(1, len(stages) + 1, figsize=(2.4 * (len(stages) + 1), 2.8), layout="constrained")
    words = []
    for ax, (name, picture) in zip(axes, {**stages, "the photograph": photo}.items(), strict=True):
        ax.imshow(picture.numpy(), cmap="gray", vmin=0, vmax=1)
        ax.axis("off")
        if picture is not photo:
            name += f"\noff by {(picture - photo).abs().mean().item():.2f} a pixel"
            words.append(name)
        ax.set_title(name, fontsize=10)
    alt = f"""Grey pictures in a disc: {"; ".join(words)}; and the photograph that was scanned, a woman in the uniform
    and cap of a naval officer before a flag: Grace Hopper."""
    return Picture(fig, alt)
