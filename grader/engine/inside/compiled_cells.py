"""Read a cell twice where IPython would four times, and a known cell not at all: it was compiled before the fork."""

from __future__ import annotations

import ast
import inspect
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import CodeType
from typing import Any

from ipykernel import compiler

_AWAITS = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT


@dataclass(frozen=True)
class _Known:
    """A cell that is compiled already, statement by statement as IPython does, with what it was compiled under."""

    text: str
    tree: ast.Module
    codes: dict[ast.AST, tuple[str, int, CodeType]] = field(default_factory=dict)


class XCachingCompiler(compiler.XCachingCompiler):  # type: ignore[misc]
    """ipykernel's compiler while a known cell runs: it takes what is compiled already, if that is what it would make."""

    __module__ = "ipykernel.compiler"
    shelf: dict[ast.AST, tuple[str, int, CodeType]]

    def __call__(self, source: Any, filename: str, symbol: str, **more: Any) -> CodeType:
        if isinstance(source, ast.Module | ast.Interactive) and source.body[0] in self.shelf:
            how, flags, code = self.shelf.pop(source.body[0])
            if (how, flags, code.co_filename) == (symbol, self.flags, filename):
                return code
        compiled: CodeType = super().__call__(source, filename, symbol, **more)
        return compiled


class CellCache:
    """Stands in for the parts of a shell that read a cell: translate it, look for `await` in it, parse it.

    Only a cell that is Python already is read less often, and only one whose reading gives no warning, which IPython repeats.
    """

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self._translate, self._is_async = shell.transform_cell, shell.should_run_async
        self._parse: Callable[..., ast.AST] = shell.compile.ast_parse
        self._flags = shell.compile.flags
        self._last, self._text = "", ""
        self._tree: ast.AST | None = None
        self._usual = self._transformers()
        self._known: dict[str, _Known] = {}
        shell.transform_cell, shell.should_run_async = self.translate, self.is_async
        shell.compile.ast_parse = self.parse

    def precompile(self, cells: Sequence[str]) -> None:
        """Compile these cells now, as far as they are plain Python, for the children of this process."""
        for cell in cells:
            if cell not in self._known and (known := self._compiled(cell)):
                self._known[cell] = known

    def _compiled(self, cell: str) -> _Known | None:
        text, compile_ = _whole(cell), self._shell.compile
        name = compile_.get_code_name(cell, text, 0)
        with warnings.catch_warnings(record=True) as warned, compile_.extra_flags(_AWAITS):
            warnings.simplefilter("always")
            tree = _tree(text)
            if tree is None or not tree.body or "__future__" in text:
                return None
            known = _Known(text, tree)
            for node in tree.body:
                shown = node is tree.body[-1] and isinstance(node, ast.Expr)
                how = "single" if shown else "exec"
                try:
                    code = compile_(ast.Interactive([node]) if shown else ast.Module([node], []), name, how)
                except Exception:  # it says so when it runs
                    return None
                known.codes[node] = (how, compile_.flags, code)
        waits = any(code.co_flags & inspect.CO_COROUTINE for _, _, code in known.codes.values())
        return None if warned or waits else known

    def codes(self, cell: str) -> list[CodeType]:
        """Return the code of a cell that was compiled before the fork, statement by statement; [] of another cell."""
        known = self._known.get(cell)
        return [code for _, _, code in known.codes.values()] if known else []

    def translate(self, raw_cell: str) -> str:
        if self._transformers() != self._usual:
            return str(self._translate(raw_cell))
        if self._last != raw_cell:
            self._last, known = raw_cell, self._known.pop(raw_cell, None)  # who runs a tree may change it
            if known and not self._shell.ast_transformers:
                self._text, self._tree = known.text, known.tree
                self._shell.compile.__class__, self._shell.compile.shelf = XCachingCompiler, known.codes
                return self._text
            self._shell.compile.__class__ = compiler.XCachingCompiler
            text = _whole(raw_cell)
            self._tree = _tree(text)
            self._text = text if self._tree else str(self._translate(raw_cell))
        return self._text

    def is_async(self, raw_cell: str, *, transformed_cell: str | None = None, **more: Any) -> bool:
        if transformed_cell == self._text and isinstance(self._shell.compile, XCachingCompiler):
            return False  # one that awaits is not known
        return bool(self._is_async(raw_cell, transformed_cell=transformed_cell, **more))

    def parse(self, source: str, *where: str, **more: str) -> ast.AST:
        tree, self._tree = self._tree, None
        if tree and source == self._text and self._shell.compile.flags == self._flags:
            return tree
        return self._parse(source, *where, **more)

    def _transformers(self) -> list[Any]:
        manager = self._shell.input_transformer_manager
        return [
            *manager.cleanup_transforms,
            *manager.line_transforms,
            *manager.token_transformers,
            *self._shell.input_transformers_post,
        ]


_PROMPTS = ("In [", ">>>", "...")


def _whole(cell: str) -> str:
    return cell if cell.endswith("\n") else cell + "\n"


def _tree(text: str) -> ast.Module | None:
    """Parse a cell that IPython would leave as it is: several lines, no blank start, no prompts, just Python."""
    lines = text.splitlines()
    if len(lines) == 1 or len(lines) != text.count("\n"):  # a line such as `ls` may be a magic; odd ends of lines
        return None
    if text[0].isspace() or any(prompt in line for line in lines[:2] for prompt in _PROMPTS):
        return None
    warned: list[object] = []
    usual, warnings.showwarning = warnings.showwarning, lambda *what: warned.append(what)
    try:
        tree: ast.Module = compile(text, "<cell>", "exec", ast.PyCF_ONLY_AST | _AWAITS)
    except Exception:  # also too deep a nesting, a null character
        return None
    finally:
        warnings.showwarning = usual
    return None if warned else tree
