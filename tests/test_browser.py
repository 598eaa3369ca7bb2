"""A real browser opens lesson 06 in JupyterLab, runs all of it, and moves the slider of its picture; then lesson 04."""

import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import build

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not (CHROMIUM and DRIVER), reason="not run: no chromium and chromium-driver on this machine"),
]
OPTIONS = """--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
--disable-component-update --disable-sync --window-size=1400,1000 --force-device-scale-factor=1""".split()

STATE = """
const panel = [...window.jupyterapp.shell.widgets('main')].find(one => one.content && one.content.widgets);
const session = panel && panel.sessionContext.session;
const kernel = session && session.kernel ? session.kernel.status : 'none';
const cells = panel ? panel.content.widgets.filter(one => one.model.type === 'code') : [];
return {kernel, cells: cells.map(one => ({
    id: one.model.id, count: one.model.executionCount, meant: (one.model.getMetadata('tags') || []).includes('raises-exception'),
    failed: one.model.sharedModel.getOutputs().some(output => output.output_type === 'error')}))};
"""


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """JupyterLab on a copy of the lessons; its address."""
    folder = tmp_path_factory.mktemp("lab")
    shutil.copytree(build.ROOT / "notebooks", folder / "notebooks")
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    command = [
        sys.executable,
        "-m",
        "jupyter",
        "lab",
        "--no-browser",
        "--allow-root",
        "--ip=127.0.0.1",
        f"--port={port}",
    ]
    command += [
        "--IdentityProvider.token=",
        "--LabApp.expose_app_in_browser=True",
        f"--LabApp.app_settings_dir={build.ROOT / '.lab'}",  # as `make lab` does it
    ]
    log = (folder / "lab.log").open("w")
    server = subprocess.Popen(command, cwd=folder, stdout=log, stderr=subprocess.STDOUT)
    try:
        wait(lambda: answers(f"{address}/api/status"), 90, "JupyterLab answers")
        yield address
    finally:
        server.terminate()
        server.wait(30)


def answers(url: str) -> bool:
    try:
        return bool(urllib.request.urlopen(url, timeout=2).status == 200)
    except OSError:
        return False


def wait(condition: Any, seconds: float, what: str) -> Any:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if found := condition():
            return found
        time.sleep(0.3)
    pytest.fail(f"waited {seconds:g} s in vain: {what}")


@pytest.fixture(scope="module")
def page(lab: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The lesson, open in the browser and run from top to bottom."""
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = str(CHROMIUM)
    for option in [*OPTIONS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"]:
        options.add_argument(option)
    browser = webdriver.Chrome(options, webdriver.ChromeService(DRIVER))
    try:
        browser.set_script_timeout(240)
        browser.get(f"{lab}/lab/tree/notebooks/06_broadcasting.ipynb?reset")
        wait(lambda: browser.execute_script("return Boolean(window.jupyterapp)"), 90, "the page loads")
        wait(lambda: browser.execute_script(STATE)["kernel"] == "idle", 90, "the kernel starts")
        browser.execute_script("window.jupyterapp.commands.execute('notebook:run-all-cells')")
        wait(lambda: finished(browser.execute_script(STATE)), 180, "all cells run")
        yield browser
    finally:
        browser.quit()


def finished(state: dict[str, Any]) -> bool:
    return state["kernel"] == "idle" and all(cell["count"] for cell in state["cells"])


def test_the_lesson_runs_from_top_to_bottom_without_an_error(page: Any) -> None:
    cells = page.execute_script(STATE)["cells"]
    assert len(cells) > 30
    assert [cell["id"] for cell in cells if cell["failed"] != cell["meant"]] == []


PICTURE = """
const slider = [...document.querySelectorAll('.jupyter-widgets')].find(one => one.textContent.includes('stretch') && one.querySelector('[role=slider]'));
const box = slider && slider.closest('.widget-vbox, .jupyter-widget-vbox, .jp-OutputArea-output');
const image = box && box.querySelector('img');
"""


def test_a_key_on_the_slider_moves_the_picture(page: Any) -> None:
    from selenium.webdriver.common.keys import Keys

    scroll = """
    const panel = [...window.jupyterapp.shell.widgets('main')].find(one => one.content && one.content.widgets);
    const place = panel.content.widgets.findIndex(one => one.model.id === 'broadcast-stretcher');
    panel.content.activeCellIndex = place; panel.content.scrollToItem(place);
    """
    page.execute_script(scroll)
    before = wait(
        lambda: page.execute_script(PICTURE + "return image && image.src;"), 60, "the picture with its slider shows"
    )
    assert page.execute_script(PICTURE + "return image.alt;")
    handle = page.execute_script(PICTURE + "return slider.querySelector('[role=slider]');")
    page.execute_script("arguments[0].scrollIntoView({block: 'center'});", handle)
    handle.send_keys(Keys.HOME)
    wait(lambda: page.execute_script(PICTURE + "return image && image.src;") != before, 30, "the picture changes")


def test_a_screen_reader_calls_a_slider_as_the_label_beside_it_does(page: Any) -> None:
    name = PICTURE + "const handle = slider && slider.querySelector('[role=slider]'); return handle;"
    handle = wait(lambda: page.execute_script(name), 60, "the slider shows")
    assert wait(lambda: handle.accessible_name, 10, "the slider has a name") == "stretch (%)"


def test_enter_in_the_field_of_a_prediction_checks_the_guess(page: Any) -> None:
    from selenium.webdriver.common.keys import Keys

    place = """
    const panel = [...window.jupyterapp.shell.widgets('main')].find(one => one.content && one.content.widgets);
    const cell = panel.content.widgets.findIndex(one => one.model.sharedModel.getSource().includes('pictures.Predict('));
    panel.content.activeCellIndex = cell; panel.content.scrollToItem(cell);
    """
    field = "return document.querySelector('input[placeholder^=\"a shape\"]');"
    page.execute_script(place)
    shown = wait(lambda: page.execute_script(field), 60, "the field of a prediction shows")
    page.execute_script("arguments[0].scrollIntoView({block: 'center'});", shown)
    shown.send_keys("hello", Keys.ENTER)
    alert = "return (document.querySelector('.jp-OutputArea [role=alert]') || {}).textContent;"
    assert "whole numbers" in wait(lambda: page.execute_script(alert), 30, "a reply appears")


def test_the_picture_is_described(page: Any) -> None:
    described = page.execute_script(
        "return [...document.querySelectorAll('.jp-OutputArea img')].map(one => one.alt.length)"
    )
    assert described and min(described) > 30


def test_nobody_is_asked_about_news_and_nothing_is_an_instructors(page: Any) -> None:
    said = """
    const titles = [...document.querySelectorAll('.lm-TabBar-tab, .lm-MenuBar-item, .jp-Toolbar button')].map(
        one => `${one.title} ${one.getAttribute('data-id')} ${one.textContent}`);
    return {titles: titles.join('|'), notices: document.querySelectorAll('.Toastify__toast').length};
    """
    found = page.execute_script(said)
    assert "File Browser" in found["titles"] and found["notices"] == 0
    assert not re.findall(r"(?i)formgrader|assignment|courses|nbgrader|nbdime", found["titles"])


def test_the_page_can_be_photographed(page: Any, tmp_path: Path) -> None:
    assert page.save_screenshot(str(tmp_path / "lesson.png"))
    assert (tmp_path / "lesson.png").stat().st_size > 20_000


RUN_ONE = """
const panel = [...window.jupyterapp.shell.widgets('main')].find(one => one.content && one.content.widgets);
panel.content.activeCellIndex = panel.content.widgets.findIndex(one => one.model.id === arguments[0]);
panel.content.scrollToItem(panel.content.activeCellIndex);
window.jupyterapp.commands.execute('notebook:run-cell');
"""
MOUSE = """
const image = document.querySelector('.jp-OutputArea img[data-table]'), frame = image.getBoundingClientRect();
const [left, top, right, bottom, rows, columns] = image.dataset.table.split(' ').map(Number);
for (const [kind, row, column] of arguments[0]) image.dispatchEvent(new MouseEvent(kind, {bubbles: true, cancelable: true,
    clientX: frame.left + 9 + (left + (column + .5) / columns * (right - left)) * (frame.width - 18),
    clientY: frame.top + 9 + (top + (row + .5) / rows * (bottom - top)) * (frame.height - 18)}));
"""


def test_a_click_on_the_table_of_lesson_04_is_an_index(lab: str, page: Any) -> None:
    page.get(f"{lab}/lab/tree/notebooks/04_indexing_and_masks.ipynb?reset")
    wait(lambda: page.execute_script("return Boolean(window.jupyterapp)"), 90, "the page loads")
    wait(lambda: page.execute_script(STATE)["kernel"] == "idle", 90, "the kernel starts")
    for id in ("setup", "imports", "explorer"):
        page.execute_script(RUN_ONE, id)
        wait(
            lambda id=id: {one["id"]: one["count"] for one in page.execute_script(STATE)["cells"]}[id], 90, f"{id} ran"
        )
    field = "return (document.querySelector('.jp-OutputArea .widget-vbox input[type=text]') || {}).value"
    alt = "return (document.querySelector('.jp-OutputArea .widget-vbox img[data-table]') || {}).alt || ''"
    wait(lambda: "a[1:3, ::2]" in page.execute_script(alt), 60, "the table shows")
    for begin, end, index in (
        ((2, 3), (2, 3), "a[2, 3]"),
        ((1, -1), (1, -1), "a[1]"),
        ((-1, 4), (-1, 4), "a[:, 4]"),
        ((3, 1), (1, 2), "a[1:4, 1:3]"),
    ):

        def lit(begin: Any = begin, end: Any = end, index: str = index) -> bool:
            """Click, again if the page did not listen yet."""
            page.execute_script(MOUSE, [("mousedown", *begin), ("mouseup", *end)])
            time.sleep(0.3)
            return f"{index} in NumPy" in page.execute_script(alt)

        wait(lit, 30, f"{index} lights up")
        assert page.execute_script(field) == index
