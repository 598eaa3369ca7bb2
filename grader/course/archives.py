"""Open folders and archives, and the archives within, as a list of files on offer. Trusts none of their numbers."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import re
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import lru_cache, partial
from pathlib import Path, PurePosixPath
from typing import IO, Any, Protocol

from grader.course.filenames import is_notebook
from grader.course.files import files_in
from grader.course.settings import LARGEST_FILE, LARGEST_SUBMISSION
from grader.models import Finding, GraderError

MOST_ENTRIES, MOST_BYTES, MOST_DEPTH = 100_000, 8 * 2**30, 3
"""Files and bytes of one `collect`, and how deep archives may lie in archives."""
MOST_INNER = 10_000
"""Files of one archive in another."""
DAMAGED = (
    zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, struct.error, RuntimeError, OSError, EOFError,
    ValueError, OverflowError, IndexError,
)  # fmt: skip
"""What the standard library raises for archives that are damaged, encrypted, or of another age."""
_SUFFIX = re.compile(r"\.(?:zip|tar|tgz|tbz2?|txz|tar\.(?:gz|bz2|xz)|(?P<other>rar|7z|gz|bz2|xz))$", re.IGNORECASE)
"""Endings of archives; in files of some others, which often are renamed, one may lie."""
_UNKNOWN = {b"7z\xbc\xaf\x27\x1c": "a 7z archive", b"Rar!\x1a\x07": "a rar archive"}
"""What other files begin with."""
_CLUTTER = frozenset(("__macosx", "__pycache__", "thumbs.db", "desktop.ini", "$recycle.bin"))


@dataclass(frozen=True)
class Entry:
    """One file on offer: where it lay, and how to read it."""

    path: PurePosixPath
    """An archive within is a folder here, named without its ending."""
    size: int
    read: Callable[[], bytes]
    """Give its bytes, at most `LARGEST_FILE` of them. Raises what `DAMAGED` names."""
    inner: int = 0
    """How many parts of `path` lead to the innermost archive; 0 where it lies in none."""


@dataclass
class Offer:
    """All files of a folder or an archive, and what could not be opened."""

    entries: list[Entry] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    count: int = 0
    size: int = 0

    def add(self, entry: Entry) -> None:
        """Take a file. Raises GraderError where there are more than anybody can want."""
        self.count, self.size = self.count + 1, self.size + entry.size
        if self.count > MOST_ENTRIES:
            raise GraderError(f"more than {MOST_ENTRIES} files", str(entry.path)[:200], "split it, and collect in turn")
        if self.size > MOST_BYTES:
            raise GraderError("larger than 8 GiB when unpacked", str(entry.path)[:200], "split it, and collect in turn")
        self.entries.append(entry)


class _Archive(Protocol):
    """An open archive."""

    damage: str
    """Why there may be more files than these."""

    @property
    def files(self) -> Sequence[tuple[str, int]]:
        """Name and claimed size of each file."""

    def read(self, number: int) -> bytes:
        """Return a file's bytes, at most `LARGEST_FILE` of them. Raises what `DAMAGED` names."""


@contextmanager
def opened(path: Path, among: Sequence[str] = ()) -> Iterator[Offer]:
    """Give what is in a folder or an archive, for as long as the block runs. Raises GraderError for neither.

    `among` are the names in a folder that are looked at; without any, all are.
    """
    offer = Offer()
    if path.is_dir():
        for place in [path / name for name in among] or [path]:
            _folder(path, place, offer)
        yield offer
        return
    try:
        archive = _archive(path)
    except DAMAGED as error:
        raise _no_archive(path, error) from None
    try:
        if archive.damage:
            what = f"it is damaged or not whole ({archive.damage}); only what lies before that was taken"
            offer.findings.append(Finding(path.name, what, "download it again, and collect again"))
        _take(archive, archive.read, PurePosixPath(), offer, 1)
        yield offer
    finally:
        _reopened.cache_clear()


def _no_archive(path: Path, error: BaseException) -> GraderError:
    """Say what a file is that cannot be opened."""
    with suppress(OSError), path.open("rb") as file:
        head = file.read(8)
        if other := next((what for magic, what in _UNKNOWN.items() if head.startswith(magic)), ""):
            return GraderError(f"{other}, which is not opened here", str(path), "unpack it, and name the folder")
        if head.startswith(b"PK\x03\x04"):
            what = f"a zip archive that is damaged or not whole ({_told(error)})"
            return GraderError(what, str(path), "download it again")
    usual = isinstance(error, zipfile.BadZipFile | tarfile.TarError)
    what = "neither a folder nor a zip archive" + ("" if usual else f" that can be read ({_told(error)})")
    return GraderError(what, str(path), "name the folder or .zip that your platform gave you")


def within(data: bytes, depth: int = MOST_DEPTH) -> Iterator[tuple[str, bytes]]:
    """Yield name and bytes of each file in a packed one, archives in archives too; nothing where it is none.

    It goes as far as anybody packs for a class, and ends where something is damaged.
    """
    offer = Offer()
    with suppress(GraderError, *DAMAGED):
        archive = _archive(io.BytesIO(data))
        _take(archive, archive.read, PurePosixPath(), offer, 1)
    room = LARGEST_SUBMISSION
    with suppress(*DAMAGED):
        for entry in offer.entries[:MOST_INNER]:
            found = entry.read()
            room -= len(found)
            if room < 0:
                return
            yield str(entry.path), found
            if depth > 1:
                yield from within(found, depth - 1)
    for packer in (packer for magic, packer in _PACKERS.items() if data.startswith(magic) and not offer.entries):
        with suppress(*DAMAGED):
            yield "", packer(io.BytesIO(data)).read(LARGEST_FILE)


def _told(error: BaseException) -> str:
    return " ".join((str(error) or type(error).__name__).split())[:200]


def is_archive(name: str) -> bool:
    """Tell whether a file is called as archives are."""
    found = _SUFFIX.search(name)
    return bool(found and found.start())


def _folder(folder: Path, place: Path, offer: Offer) -> None:
    """Take what lies in a place of a folder, itself a file or a folder, by its path in the folder."""
    lone = place.is_file() and not place.is_symlink()
    for path in [place] if lone else files_in(place):
        name = PurePosixPath(path.relative_to(folder).as_posix())
        if _is_clutter(name):
            continue
        try:
            path.open("rb").close()
            entry = Entry(name, path.stat().st_size, partial(_read_file, path))
        except OSError as error:
            offer.findings.append(
                Finding(str(name)[:200], f"cannot be read ({error.strerror})", "let the grader read it")
            )
            continue
        _take_one(entry, partial(_archive, path), offer, 0)


def _read_file(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(LARGEST_FILE + 1)[:LARGEST_FILE]


def _take(
    archive: _Archive, read: Callable[[int], bytes], above: PurePosixPath, offer: Offer, depth: int, inner: int = 0
) -> None:
    """Take the files of an archive; `read` gives the bytes of one, then and later."""
    for number, (name, size) in enumerate(archive.files):
        path = PurePosixPath(name.replace("\\", "/"))
        if not _is_clutter(path):
            entry = Entry(
                above / path if not inner else above / str(path).lstrip("/"), size, partial(read, number), inner
            )
            _take_one(entry, partial(_within, entry), offer, depth)


def _take_one(entry: Entry, unpack: Callable[[], _Archive], offer: Offer, depth: int) -> None:
    """Take a file, or, if it is an archive with notebooks, what is in it."""
    suffix = _SUFFIX.search(entry.path.name)
    wanted = False
    if suffix and suffix.start():
        nest = _Nest(unpack)
        try:
            archive = nest.open()
            wanted = any(_may_hold_notebooks(name) for name, _ in archive.files)
            if wanted and depth >= MOST_DEPTH:
                raise OSError("it lies too deep in others")
            if archive.damage:
                what = f"damaged or not whole ({archive.damage}); only what lies before that was taken"
                offer.findings.append(Finding(str(entry.path)[:200], what, "ask for a new file"))
        except DAMAGED as error:
            wanted = False
            if not suffix["other"]:
                what = f"an archive that cannot be unpacked ({_told(error)})"
                offer.findings.append(Finding(str(entry.path)[:200], what, "ask for a new file"))
        if wanted:
            folder = entry.path.with_name(entry.path.name[: suffix.start()])
            _take(archive, nest.read, folder, offer, depth + 1, len(folder.parts))
    if not wanted:
        offer.add(entry)


def _may_hold_notebooks(name: str) -> bool:
    path = PurePosixPath(name.replace("\\", "/"))
    return not _is_clutter(path) and (is_notebook(path.name) or bool(_SUFFIX.search(path.name)))


class _Nest:
    """An archive within, opened anew when it is read after others were: a class's do not fit into memory together."""

    def __init__(self, unpack: Callable[[], _Archive]) -> None:
        self.unpack = unpack

    def open(self) -> _Archive:
        return _reopened(self)

    def read(self, number: int) -> bytes:
        return _reopened(self).read(number)


@lru_cache(MOST_DEPTH)
def _reopened(nest: _Nest) -> _Archive:
    return nest.unpack()


def _within(entry: Entry) -> _Archive:
    if entry.size > LARGEST_FILE:
        raise OSError(f"it is larger than {LARGEST_FILE // 2**20} MiB")
    data = entry.read()
    if data.count(b"PK\x01\x02") > MOST_INNER:
        raise OSError(f"it holds more than {MOST_INNER} files")
    return _archive(io.BytesIO(data))


def _archive(source: Path | io.BytesIO) -> _Archive:
    """Open a zip or a tar archive. Raises what `DAMAGED` names."""
    if isinstance(source, Path):
        with source.open("rb") as file:
            head = file.read(512)
    else:
        head = source.getvalue()[:512]
    packers = [packer for magic, packer in _PACKERS.items() if head.startswith(magic)]
    if packers or head[257:262] == b"ustar":
        return _Tar(source, packers[0] if packers else None)
    return _Zip(source)


_PACKERS: dict[bytes, Callable[[Any], Any]] = {
    b"\x1f\x8b": lambda file: gzip.GzipFile(fileobj=file),
    b"BZh": bz2.BZ2File,
    b"\xfd7zXZ": lzma.LZMAFile,
}


class _Zip:
    """A zip archive."""

    damage = ""  # one that is not whole has no list of its files

    def __init__(self, source: Path | io.BytesIO) -> None:
        self._zip = zipfile.ZipFile(source)
        self._infos = [info for info in self._zip.infolist() if not info.is_dir()]
        self.files = [(_name(info), info.file_size) for info in self._infos]

    def read(self, number: int) -> bytes:
        with self._zip.open(self._infos[number]) as file:  # the size that the archive claims may be a lie
            return file.read(LARGEST_FILE + 1)[:LARGEST_FILE]


def _name(info: zipfile.ZipInfo) -> str:
    """Return a file's name; macOS writes UTF-8 without saying so."""
    if not info.flag_bits & 0x800 and not info.filename.isascii():
        with suppress(UnicodeError):
            return info.filename.encode("cp437").decode("utf-8")
    return info.filename


class _Tar:
    """A tar archive, packed or not."""

    def __init__(self, source: Path | io.BytesIO, packer: Callable[[Any], Any] | None) -> None:
        raw: Any = source.open("rb") if isinstance(source, Path) else source
        most = MOST_BYTES if isinstance(source, Path) else 2 * LARGEST_SUBMISSION
        self._file = _Bounded(packer(raw) if packer else raw, most)
        self._tar = tarfile.TarFile(fileobj=self._file)
        self._infos: list[tarfile.TarInfo] = []
        self.damage = ""
        try:
            self._list()
        except DAMAGED as error:
            if not self._infos or isinstance(error, _TooLarge):
                raise
            self.damage = _told(error)
        self.files = [(info.name, info.size) for info in self._infos]

    def _list(self) -> None:
        for info in self._tar:
            if len(self._infos) > MOST_ENTRIES:
                raise _TooLarge(f"it holds more than {MOST_ENTRIES} files")
            if info.isreg():  # no link is followed
                self._infos.append(info)
        self._file.seek(self._tar.offset)
        end = self._file.read(tarfile.BLOCKSIZE)
        if not end or end.strip(b"\0"):  # tarfile takes any block that it cannot read for the end
            raise tarfile.ReadError("it has no end" if not end else "a block that is none")

    def read(self, number: int) -> bytes:
        file = self._tar.extractfile(self._infos[number])
        return file.read(LARGEST_FILE + 1)[:LARGEST_FILE] if file else b""


class _TooLarge(OSError):
    """What nobody hands in."""


class _Bounded(io.RawIOBase):
    """A file that ends in an error where more is unpacked than anybody hands in."""

    def __init__(self, file: IO[bytes], most: int) -> None:
        self._file, self._most, self._read = file, most, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._file.tell()

    def seek(self, offset: int, whence: int = 0) -> int:
        if whence == 0 and offset > self._most:
            raise _TooLarge(f"it is larger than {self._most // 2**20} MiB when unpacked")
        return self._file.seek(offset, whence)

    def read(self, size: int = -1) -> bytes:
        self._read += size  # sizes that are negative lead the standard library in circles
        if size < 0 or self._file.tell() + size > self._most or self._read > 4 * self._most:
            raise _TooLarge(f"it is larger than {self._most // 2**20} MiB when unpacked")
        return self._file.read(size)


def _is_clutter(path: PurePosixPath) -> bool:
    return any(part.lower() in _CLUTTER or (part.startswith((".", "~$")) and part != "..") for part in path.parts)
