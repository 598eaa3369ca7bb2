"""Pictures with controls, which move while a kernel runs and are still without one; some ask before they show."""

from __future__ import annotations

import contextvars
import html
import threading
import traceback
from collections.abc import Callable, Iterable
from typing import Any

import ipywidgets as widgets

from drawings.predictions import Guess, Prediction
from drawings.shared import Picture, view

_IN_SIGHT = ";max-height:max(70vh,600px);width:auto"
"""So that controls and picture fit into a window together."""
_NAMING = """(() => {
  if (typeof element === "undefined") return;
  const here = element instanceof Element ? element : element[0];
  const named = (slider) => {
    const label = slider.querySelector("label"), handle = slider.querySelector("[role=slider], .ui-slider-handle");
    if (!label || !handle || handle.hasAttribute("aria-labelledby")) return;
    label.id = label.id || "label-" + Math.random().toString(36).slice(2);
    handle.setAttribute("aria-labelledby", label.id);
  };
  const begin = (times) => {
    const box = here.closest(".widget-vbox");
    if (!box) return times && setTimeout(begin, 100, times - 1);
    const all = () => box.querySelectorAll(".widget-slider").forEach(named);
    new MutationObserver(all).observe(box, {childList: true, subtree: true});
    all();
  };
  begin(100);
})()"""
"""Runs in the page beside sliders: ipywidgets shows a label, and does not tell screen readers whose it is."""
_CLICKS = """(() => {
  if (typeof element === "undefined") return;
  const here = element instanceof Element ? element : element[0];
  const cell = (event) => {
    const image = event.target.closest("img[data-table]");
    if (!image) return null;
    const [left, top, right, bottom, rows, columns] = image.dataset.table.split(" ").map(Number);
    const frame = image.getBoundingClientRect(), look = getComputedStyle(image);
    const edge = parseFloat(look.paddingLeft) + parseFloat(look.borderLeftWidth);
    const x = (event.clientX - frame.left - edge) / (frame.width - 2 * edge);
    const y = (event.clientY - frame.top - edge) / (frame.height - 2 * edge);
    const row = Math.floor(rows * (y - top) / (bottom - top)), column = Math.floor(columns * (x - left) / (right - left));
    return row < -1 || column < -1 || row >= rows || column >= columns ? null : [row, column];
  };
  const span = (a, b) => a < 0 || b < 0 ? ":" : a === b ? `${a}` : `${Math.min(a, b)}:${Math.max(a, b) + 1}`;
  const begin = (times) => {
    const box = here.closest(".widget-vbox"), field = box && box.querySelector("input[type=text]");
    if (!field) return times && setTimeout(begin, 100, times - 1);
    let from = null;
    box.addEventListener("mousedown", (event) => {
      if ((from = event.button ? null : cell(event))) event.preventDefault();
    });
    box.addEventListener("mouseup", (event) => {
      const to = from && cell(event);
      if (!to) return;
      const rows = span(from[0], to[0]), columns = span(from[1], to[1]);
      field.value = columns === ":" ? `a[${rows}]` : `a[${rows}, ${columns}]`;
      field.dispatchEvent(new Event("change", {bubbles: true}));
    });
  };
  begin(100);
})()"""
"""Runs in the page beside a picture with a table: a click on a cell, on the number of a row or column, or a way drawn
from one cell to another, is typed into the first field as an index in `a`."""
_ONE_AT_A_TIME = threading.Lock()
"""Held while drawing: two pictures do not share matplotlib's parser of labels."""


def _reachable(control: widgets.ValueWidget) -> widgets.ValueWidget:
    """Return a control that works from the keyboard in JupyterLab, where arrow keys and letters in a menu act on cells."""
    if not isinstance(control, widgets.Dropdown) or len(control.options) > 12:
        return control
    buttons = widgets.ToggleButtons(options=control.options, value=control.value, description=control.description)
    buttons.style.button_width, buttons.style.description_width = "auto", "initial"
    buttons.layout.margin = "2px 24px 2px 2px"  # else they run into those of the next control
    widgets.link((control, "value"), (buttons, "value"))
    return buttons


def _scripts(controls: Iterable[widgets.ValueWidget], picture: Picture) -> list[widgets.Output]:
    """Return what gives sliders their names, if there are any, and what makes a table listen to clicks."""
    sliders = any(type(control).__name__.endswith("Slider") for control in controls)
    scripts = [_NAMING] * sliders + [_CLICKS] * bool(picture.table)
    shown = [
        {"output_type": "display_data", "data": {"application/javascript": one}, "metadata": {}} for one in scripts
    ]
    return [widgets.Output(outputs=(one,), layout=widgets.Layout(display="none")) for one in shown]


def ask_first(draw: Callable[..., Picture], question: Callable[..., Prediction]) -> None:
    """Let a drawing ask before it shows: `question` is called as `draw` is."""
    draw.__dict__["ask"] = question


def tie(draw: Callable[..., Picture], ties: Callable[[dict[str, widgets.ValueWidget]], Callable[..., Picture]]) -> None:
    """Let a drawing tie its controls together: `ties` is given them, and returns what draws from then on."""
    draw.__dict__["tied"] = ties


class Interactive:
    """Controls above a picture that `draw(**values)` makes anew whenever one of them changes.

    `controls` maps each argument of `draw` to an ipywidgets control (all work from the keyboard).
    `draw` returns a `Picture`; a `ValueError` that it raises is shown as a line of text.

    A drawing that was told to `ask_first` shows `draw(**values, asking=True)` below its question, and the picture once
    the guess is right or the answer was shown. What a drawing was given by `tie` is called with the controls.
    """

    def __init__(self, draw: Callable[..., Picture], **controls: widgets.ValueWidget) -> None:
        self.controls = controls
        self._draw: Callable[..., Picture] = draw.tied(controls) if hasattr(draw, "tied") else draw
        self._ask: Callable[..., Prediction] | None = getattr(draw, "ask", None)
        self._seen: set[str] = set()
        self._lock = threading.Lock()
        self._wanted: dict[str, Any] | None = None
        self._worker: threading.Thread | None = None
        self.guess = Guess(self._guessed) if self._ask else None
        self._start = self._values()
        self.still = self._draw(**self._start, **({"asking": True} if self._ask else {}))
        self._look = _IN_SIGHT + ";cursor:cell" * bool(self.still.table)
        self._pane = widgets.HTML(self.still.html(style=self._look))
        for control in controls.values():
            control.style.description_width = "initial"
            control.observe(self._redraw, names="value")
        shown = [_reachable(control) for control in controls.values()]
        row = widgets.Box(shown, layout=widgets.Layout(flex_flow="row wrap"))
        asking = [self.guess.widget] if self.guess else []
        self.widget = widgets.VBox([row, *asking, self._pane, *_scripts(controls.values(), self.still)])
        if self._ask and self.guess:
            self.guess.ask(self._ask(**self._start), seen=False)

    def _values(self) -> dict[str, Any]:
        return {name: control.value for name, control in self.controls.items()}

    def _guessed(self, one: Prediction) -> None:
        self._seen.add(one.id)
        self._redraw(None)

    def _redraw(self, _: object) -> None:
        """Let the picture be drawn as the controls stand now; what waits to be drawn is dropped."""
        with self._lock:
            self._wanted = self._values()
            if self._worker is None or not self._worker.is_alive():
                # A thread, so that changes which arrive meanwhile replace each other and do not queue. The context
                # tells ipykernel which message the picture answers.
                run = contextvars.copy_context().run
                self._worker = threading.Thread(target=run, args=(self._work,), daemon=True)
                self._worker.start()

    def _work(self) -> None:
        """Draw until nothing newer is wanted."""
        while True:
            with self._lock:
                values, self._wanted = self._wanted, None
                if values is None:
                    self._worker = None
                    return
            with _ONE_AT_A_TIME:
                page = self._page(values)
            self._pane.value = page

    def _page(self, values: dict[str, Any]) -> str:
        """Return the picture of these values as HTML, or what there is to say instead."""
        try:
            if not self._ask or not self.guess:
                return self._draw(**values).html(style=self._look)
            question = self._ask(**values)
            seen = question.id in self._seen
            page = self._draw(**values, asking=not seen).html(style=self._look)
            self.guess.ask(question, seen=seen)
            return page
        except ValueError as error:
            if self.guess:
                self.guess.pause()
            return f"<p><b>{html.escape(str(error))}</b></p>"
        except Exception:  # nobody above this thread would show it
            return f"<pre>{html.escape(traceback.format_exc())}</pre>"

    def settle(self) -> str:
        """Wait until the picture shows how the controls stand, and return it as HTML."""
        while worker := self._worker:
            worker.join()
        return str(self._pane.value)

    def _repr_mimebundle_(self, **options: object) -> dict[str, object]:
        data = view(self.widget, options)
        page = self.still.html()
        if self._ask:
            page += f"<details><summary>Answer</summary>{self._draw(**self._start).html()}</details>"
        page += "<p><em>Run this cell to move it.</em></p>"
        return {**data, "text/html": page, "text/plain": f"Interactive picture. {self.still.alt}"}
