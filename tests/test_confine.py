"""What a confined kernel cannot do: each attempt is made from a cell, through the engine that grades."""

from __future__ import annotations

import ast
import errno
import os
import socket
import struct
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import build
from grader.course.settings import open_course
from grader.engine import processes
from grader.engine.confine import confinement, landlock, seccomp
from grader.engine.forks import children
from grader.engine.run import Engine
from grader.engine.scratch import RunFolder
from grader.grading import doctor
from grader.models import Ending, Executed, GraderError, Job, Limits

LIGHT = ("numpy",)
LIMITS = Limits(cell_seconds=20.0, memory_mb=1024, file_mb=16, folder_mb=64)

ATTEMPTS = {
    "read a file of this user": "open(SECRET).read()",
    "read it through a link": "os.symlink(SECRET, 'link'); open('link').read()",
    "read it through a hard link": "os.link(SECRET, 'hard'); open('hard').read()",
    "read it through /proc": "open(f'/proc/self/root{SECRET}').read()",
    "read the users": "open('/etc/passwd').read()",
    "list the root": "os.listdir('/')",
    "list the folder of temporary files": "os.listdir(os.path.dirname(os.path.dirname(SECRET)))",
    "list the processes": "os.listdir('/proc')",
    "read another process's variables": "open(f'/proc/{PARENT}/environ').read()",
    "read another process's memory": "open(f'/proc/{PARENT}/mem', 'rb').seek(0)",
    "read the fork server's command": "open(f'/proc/{os.getppid()}/cmdline').read()",
    "read what the network does": "open('/proc/self/net/tcp').read()",
    "read what is mounted": "open('/proc/self/mountinfo').read()",
    "write beside a file": "open(os.path.dirname(SECRET) + '/new', 'w').write('x')",
    "overwrite a file": "open(SECRET, 'w').write('x')",
    "truncate a file": "os.truncate(SECRET, 0)",
    "remove a file": "os.remove(SECRET)",
    "rename a file": "os.rename(SECRET, 'mine')",
    "make a folder": "os.mkdir(os.path.dirname(SECRET) + '/new')",
    "write into Python": "open(os.path.join(os.path.dirname(os.__file__), 'sitecustomize.py'), 'w').write('x')",
    "write where the grader lies": "import grader; open(grader.__file__, 'a').write('x')",
    "use shared memory": "from multiprocessing import shared_memory; shared_memory.SharedMemory(create=True, size=8)",
    "open a socket of the internet": "import socket; socket.create_connection(('127.0.0.1', PORT), 2)",
    "send a datagram": "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', PORT))",
    "open a socket of this machine": "import socket; socket.socket(socket.AF_UNIX).connect(SOCKET)",
    "pair datagram sockets": "import socket; socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)",
    "fork": "os.fork()",
    "start a program": "import subprocess; subprocess.run(['true'])",
    "spawn": "os.posix_spawn('/bin/true', ['true'], {})",
    "replace itself": "os.execv('/bin/true', ['true'])",
    "use a process pool": "from concurrent.futures import ProcessPoolExecutor as P; P(1).submit(int).result(5)",
    "signal the grader": "os.kill(PARENT, 0)",
    "signal the fork server": "os.kill(os.getppid(), 0)",
    "signal everybody": "os.kill(-1, 0)",
    "signal through a descriptor": "os.pidfd_open(PARENT)",
    "slow the grader down": "os.setpriority(os.PRIO_PROCESS, PARENT, 19)",
    "limit the grader": "import resource; resource.prlimit(PARENT, resource.RLIMIT_CPU, (1, 1))",
    "pin the grader": "os.sched_setaffinity(PARENT, {0})",
    "raise its limits": "import resource; resource.setrlimit(resource.RLIMIT_DATA, (-1, -1))",
    "become root": "os.setuid(0)",
    "leave its root": "os.chroot('.')",
    "make a pipe in a folder": "os.mkfifo('pipe')",
    "make a file in memory": "os.memfd_create('x')",
    "trace": "check(libc.ptrace(16, PARENT, 0, 0))",
    "outlive the fork server": "check(libc.prctl(1, 0, 0, 0, 0))",
    "unshare": "check(libc.unshare(0x10000000))",
    "mount": "check(libc.mount(b'none', b'.', b'tmpfs', 0, None))",
    "watch files": "check(libc.inotify_init())",
    "watch files, with flags": "check(libc.inotify_init1(0x80000))",
    "watch a file system": "check(libc.fanotify_init(0x200, 0))",
    "watch a folder by signals": "import fcntl; fcntl.fcntl(os.open('.', os.O_RDONLY), fcntl.F_NOTIFY, fcntl.DN_MODIFY)",
    "ask a ring": "check(libc.syscall(425, 1, None))",
    "make an older system call": "check(libc.syscall(0x40000000 + 39))",
    "make a younger system call": "check(libc.syscall(463, 0, 0, 0, 0, 0))",
    "take more memory than it may": "bytearray(2**31)",
    "take more shared memory than it may": "import mmap; mmap.mmap(-1, 2**32)",
    "write a large file": "open('large', 'wb').truncate(2**30)",
    "write a large file bit by bit": "[file.write(bytes(2**20)) for file in [open('large', 'wb', 0)] for _ in range(99)]",
    "open very many files": "[open('x', 'w') for _ in range(5000)]",
    "start very many threads": "import threading, time; [threading.Thread(target=time.sleep, args=(9,), daemon=True).start() for _ in range(9999)]",
}
SET_UP = """
import ctypes, os, numpy
libc = ctypes.CDLL(None, use_errno=True)
def check(result):
    if result == -1:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
SECRET, SOCKET, PARENT, PORT = {!r}, {!r}, {}, {}
"""
ALLOWED = {
    "its own files": "open('a.txt', 'w').write('x'); os.mkdir('d'); os.rename('a.txt', 'd/b.txt'); os.listdir('d')",
    "rights of its own files": "import shutil, pathlib; pathlib.Path('c').touch(); shutil.copy2('c', 'e'); os.chmod('e', 0o600)",
    "temporary files": "import tempfile; tempfile.TemporaryFile().write(b'x'); tempfile.mkdtemp()",
    "its home": "open(os.path.expanduser('~/.own'), 'w').write('x')",
    "modules that were not imported before": "import sqlite3, decimal, xml.dom.minidom, numpy.polynomial",
    "threads": "import threading; t = threading.Thread(target=print, args=('in it',)); t.start(); t.join()",
    "a loop of events": "import asyncio; await asyncio.sleep(0.01)",
    "signals to itself": "import signal; signal.signal(signal.SIGUSR1, lambda *_: None); os.kill(os.getpid(), signal.SIGUSR1)",
    "linear algebra": "numpy.linalg.svd(numpy.ones((300, 300)))",
    "what it is itself": "open('/proc/self/status').read(); os.cpu_count(); os.sched_getaffinity(0)",
    "the time": "import time, zoneinfo; time.localtime(); zoneinfo.ZoneInfo('Europe/Berlin')",
    "an object in memory shared by threads": "import mmap; mmap.mmap(-1, 4096)",
}  # fmt: skip


def execute(*sources: str, limits: Limits = LIMITS, engine: Engine | None = None) -> Executed:
    cells = [
        {"cell_type": "code", "id": f"c{i}", "source": textwrap.dedent(source), "metadata": {}, "outputs": []}
        for i, source in enumerate(sources)
    ]
    notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return (engine or build.engine(LIGHT)).execute(Job(notebook, limits, {}, LIGHT))


def errors(done: Executed) -> list[str]:
    """Return the name of each cell's error, or ''."""
    return ["".join(o.get("ename", "") for o in cell["outputs"]) for cell in done.notebook["cells"]]


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with something to steal: a file, and a socket that somebody listens at."""
    folder = tmp_path_factory.mktemp("outside")
    (folder / "secret.txt").write_text("secret")
    yield folder
    assert (folder / "secret.txt").read_text() == "secret"
    assert {path.name for path in folder.iterdir()} <= {"secret.txt", "socket"}


@pytest.fixture(scope="module")
def attempted(outside: Path) -> dict[str, str]:
    """What came of each attempt: the name of its error."""
    with socket.socket(socket.AF_UNIX) as own, socket.socket() as listening:
        own.bind(str(outside / "socket"))
        own.listen()
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        there = (str(outside / "secret.txt"), str(outside / "socket"), os.getpid(), listening.getsockname()[1])
        done = execute(SET_UP.format(*there), *ATTEMPTS.values())
    return dict(zip(["set up", *ATTEMPTS], errors(done), strict=True))


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_a_confined_kernel_cannot(attempted: dict[str, str], attempt: str) -> None:
    assert attempted["set up"] == ""
    refused = {"PermissionError", "OSError", "MemoryError", "ValueError", "BrokenProcessPool", "RuntimeError"}
    assert attempted[attempt] in refused


WATCHES = {
    "x86_64": {"inotify_init": 253, "inotify_add_watch": 254, "inotify_rm_watch": 255, "inotify_init1": 294,
               "fanotify_init": 300, "fanotify_mark": 301},
    "aarch64": {"inotify_init1": 26, "inotify_add_watch": 27, "inotify_rm_watch": 28, "fanotify_init": 262,
                "fanotify_mark": 263},
}  # fmt: skip
"""System calls that watch files, by processor, as the kernel's tables number them."""
GETPID, EXECVE = {"x86_64": 39, "aarch64": 172}, {"x86_64": 59, "aarch64": 221}
ALLOW, REFUSE = 0x7FFF0000, 0x00050000 | errno.EPERM


def verdict(code: bytes, architecture: int, call: int) -> int:
    """Return what a filter says to a system call all of whose arguments are 0, as the kernel would run it."""
    data = struct.pack("<iI7Q", call, architecture, *[0] * 7)
    steps, place, held = [*struct.iter_unpack("HBBI", code)], 0, 0
    while True:
        kind, then, otherwise, value = steps[place]
        place += 1
        match kind:
            case 0x20:  # load a word of the data
                held = struct.unpack_from("<I", data, value)[0]
            case 0x54:
                held &= value
            case 0x05:
                place += value
            case 0x15 | 0x25 | 0x35:
                met = {0x15: held == value, 0x25: held > value, 0x35: held >= value}[kind]
                place += then if met else otherwise
            case 0x06:
                return int(value)
            case _:
                raise AssertionError(f"an instruction {kind:#x}")


@pytest.mark.parametrize("processor", WATCHES)
def test_watching_files_is_refused_by_the_numbers_of_each_processor(processor: str) -> None:
    architecture = seccomp.ARCHITECTURES[processor]
    code = seccomp.program(architecture)
    said = {name: verdict(code, architecture, call) for name, call in WATCHES[processor].items()}
    assert said == dict.fromkeys(WATCHES[processor], REFUSE)
    assert verdict(code, architecture, EXECVE[processor]) == REFUSE
    assert verdict(code, architecture, GETPID[processor]) == ALLOW


@pytest.fixture(scope="module")
def allowed() -> dict[str, str]:
    return dict(zip(["set up", *ALLOWED], errors(execute(SET_UP.format("", "", 0, 0), *ALLOWED.values())), strict=True))


@pytest.mark.parametrize("what", ALLOWED)
def test_a_confined_kernel_can(allowed: dict[str, str], what: str) -> None:
    assert allowed[what] == ""


def test_a_shell_command_says_that_it_is_not_run_and_its_cell_goes_on() -> None:
    source = "!pip install numpy\n%pip install torch\nfiles = !ls\nprint(files, _exit_code)"
    outputs = execute(source).notebook["cells"][0]["outputs"]
    shown = {output.get("name", "error"): output.get("text", "") for output in outputs}
    assert "no program is started where this is graded: pip install numpy" in shown["stderr"]
    assert shown["stdout"].endswith("['no program is started where this is graded: ls'] 127\n")


def test_joblib_is_told_to_start_no_process() -> None:
    source = "import os\nprint(os.environ['JOBLIB_MULTIPROCESSING'])"
    assert execute(source).notebook["cells"][0]["outputs"][0]["text"] == "0\n"


def test_it_holds_no_file_that_it_did_not_open() -> None:
    show = "import os; print([os.readlink(f'/proc/self/fd/{n}') for n in os.listdir('/proc/self/fd')[:-1]])"
    said = execute(show).notebook["cells"][0]["outputs"][0]["text"]
    assert "socket:" in said
    assert all(name.startswith(("socket:", "anon_inode:", "/dev/null", "/memfd:")) for name in ast.literal_eval(said))


def test_it_learns_no_variable_that_is_not_about_computing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPASSWORD", "secret")
    with Engine() as engine:  # its fork server starts with the variable
        done = execute("import os; print(os.environ)", "print(open('/proc/self/environ').read())", engine=engine)
    said = str(done.notebook["cells"])
    assert "PATH" in said
    assert "PGPASSWORD" not in said
    assert "secret" not in said


@pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes somebody else")
def test_as_root_each_is_a_user_of_its_own() -> None:
    users = [execute("import os; print(os.getuid(), os.getgroups())").notebook["cells"][0]["outputs"] for _ in "12"]
    numbers = [int(outputs[0]["text"].split()[0]) for outputs in users]
    assert len(set(numbers)) == 2
    assert min(numbers) > 65535
    assert all("[]" in outputs[0]["text"] for outputs in users)


@pytest.mark.skipif(os.geteuid() != 0, reason="all the other tests show it")
def test_whoever_is_not_root_confines_as_well() -> None:
    """The same attempts, run by a grader without privileges but that of reading Python, which may be root's."""
    folder = Path("/tmp", f"confine-{os.getpid()}")
    code = f"""
        import os, sys
        sys.path[:0] = {[str(build.ROOT / "tests"), str(build.ROOT)]!r}
        import test_confine as t
        folder = {str(folder)!r}
        os.makedirs(folder); open(folder + "/secret.txt", "w").write("secret")
        import socket
        with socket.socket(socket.AF_UNIX) as own, t.Engine() as engine:
            own.bind(folder + "/socket"); own.listen()
            done = t.execute(t.SET_UP.format(folder + "/secret.txt", folder + "/socket", os.getpid(), 9), *t.ATTEMPTS.values(), engine=engine)
        found = dict(zip(["set up", *t.ATTEMPTS], t.errors(done)))
        print(os.getuid(), [name for name, error in found.items() if not error])
        print(open(folder + "/secret.txt").read())
    """
    nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    nobody += ["--bounding-set=-all,+dac_read_search", "--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"]
    done = subprocess.run(
        [*nobody, sys.executable, "-c", textwrap.dedent(code)],
        capture_output=True,
        text=True,
        env={**os.environ, "HOME": "/tmp"},
        check=False,
    )
    subprocess.run(["rm", "-rf", folder], check=True)
    assert done.stdout == "65534 ['set up']\nsecret\n", done.stderr


def test_a_flood_of_files_ends_its_cell_alone() -> None:
    flood = "import itertools\nfor i in itertools.count():\n    open(f'{i}', 'wb').write(bytes(2**20))"
    many = "import os\nfor i in range(10**7):\n    os.mkdir(f'd{i}')"
    done = execute("x = 1", flood, many, "print(x)")
    assert errors(done) == ["", "TooLarge", "TooLarge", ""]


def test_a_flood_is_no_cell_s_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the grader looks when the next cell has begun."""
    weigh = children.Child.check_disk_use

    def later(self: children.Child) -> None:
        time.sleep(0.5)
        weigh(self)

    monkeypatch.setattr(children.Child, "check_disk_use", later)
    flood = "import time\nfor i in range(80):\n    open(f'{i}', 'wb').write(bytes(2**20))\ntime.sleep(20)"
    done = execute("x = 1", flood, "print(x)")
    assert errors(done) == ["", "TooLarge", ""]


HOARDS = {
    "memory that it shares with itself": "held.append(mmap.mmap(-1, 2**24)); held[-1][:] = bytes(2**24)",
    "memory of which its own table shows nothing": (
        "held.append(mmap.mmap(-1, 2**24)); held[-1][:] = bytes(2**24); held[-1].madvise(mmap.MADV_DONTNEED)"
    ),
    "files in memory that it was given": "os.write(1, bytes(2**20)); os.write(2, bytes(2**20))",
    "some of its own, some shared": (
        # Neither alone comes to 256 MiB before Python's own limit, and both do so some tenths of a second before it.
        "held.append(bytearray(2**21)); held.append(mmap.mmap(-1, 7 * 2**19)); held[-1][:] = bytes(7 * 2**19)"
    ),
}


@pytest.mark.parametrize("what", HOARDS)
def test_all_memory_is_counted_whatever_kind_of_mapping_it_is(what: str) -> None:
    hoard = f"import mmap, os, time\nheld = []\nwhile True:\n    {HOARDS[what]}\n    time.sleep(0.005)"
    done = execute("x = 1", hoard, "print(x)", limits=replace(LIMITS, memory_mb=256, file_mb=256, folder_mb=1024))
    before, ended, after = errors(done)
    assert before == after == ""
    assert ended in ("TooLarge", "MemoryErrorTooLarge")  # Python may come to its own limit before anybody has looked
    assert "held more than 256 MiB of memory" in str(done.notebook["cells"][1]["outputs"])
    assert done.ending is Ending.OUT_OF_MEMORY


def test_memory_that_is_given_back_is_not_counted() -> None:
    shared = "import mmap\nfor _ in range(40):\n    with mmap.mmap(-1, 2**24) as held:\n        held[:] = bytes(2**24)"
    reserved = "held = mmap.mmap(-1, 2**27)"
    assert errors(execute(shared, reserved, "x = 1", limits=replace(LIMITS, memory_mb=256))) == ["", "", ""]


def test_threads_are_counted_where_the_system_counts_them_for_a_whole_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "MOST_THREADS", 20)
    crowd = "[threading.Thread(target=time.sleep, args=(9,), daemon=True).start() for _ in range({})]"
    wait = "time.sleep(0.5)"
    cells = ["import threading, time", crowd.format(10), f"{wait}; {crowd.format(20)}; {wait}; {wait}", "print('on')"]
    done = execute(*cells)
    assert errors(done) == ["", "", "TooLarge", ""]
    assert "had more than 20 threads at a time" in str(done.notebook["cells"][2]["outputs"])


@pytest.mark.parametrize("each", [4, 40])
def test_many_busy_threads_leave_the_processor_to_others(each: int) -> None:
    """All but the first of the process, in which cells run."""
    busy = f"""
    import hashlib, os, threading, time
    ended, numbers = threading.Event(), []
    def work():
        numbers.append(threading.get_native_id())
        while not ended.is_set():
            hashlib.pbkdf2_hmac("sha256", b"x", b"y", 20_000)
    for _ in range({each} * {processes.CORES}):
        threading.Thread(target=work, daemon=True).start()
    def yields(number):
        return os.getpriority(os.PRIO_PROCESS, number) > 0 or os.sched_getscheduler(number) == os.SCHED_IDLE
    until = time.monotonic() + 15
    while not any(map(yields, numbers)) and time.monotonic() < until:
        time.sleep(0.1)
    print(any(map(yields, numbers)), yields(os.getpid()))
    ended.set()
    """
    assert execute(busy).notebook["cells"][0]["outputs"][0]["text"] == "True False\n"


def test_a_flood_of_text_costs_the_grader_little() -> None:
    done = execute("import os\nfor _ in range(2000):\n    print('x' * 100_000)", "print('on')")
    assert len(str(done.notebook["cells"][0]["outputs"])) < 3 * LIMITS.output_characters
    assert "cut here" in str(done.notebook["cells"][0]["outputs"])
    assert done.notebook["cells"][1]["outputs"][0]["text"] == "on\n"


@pytest.mark.parametrize(
    "message",
    [
        "b'[' * 10**6",
        "b'[\"stream\", {\"name\": \"stdout\", \"text\": ' + b'[' * 10**5 + b']' * 10**5 + b'}]'",
        'b\'["execute_result", {"data": {"text/plain": ""}, "metadata": {"a": NaN}}]\'',
        "b'[\"execute_result\", {\"data\": {\"application/json\": 1' + b'0' * 5000 + b'}}]'",
        "b'{}'",
        "b'\\xff'",
    ],
)
def test_a_malformed_message_costs_its_cell_alone(message: str) -> None:
    write = f"""
        import os, struct, socket
        data = {message}
        for number in range(3, 50):
            try:
                socket.socket(fileno=os.dup(number)).sendall(struct.pack('!I', len(data)) + data)
            except OSError:
                pass
    """
    done = execute("x = 1", write, "print(x)")
    assert errors(done) == ["", "KernelDied", ""]
    assert done.ending is Ending.DIED


def test_messages_without_end_cost_their_cell_alone() -> None:
    write = """
        import os, stat, struct, socket
        data = b'["clear_output", {"wait": 1' + b' ' * 10**6 + b'}]'
        socket.setdefaulttimeout(0.01)  # nobody reads some of them
        numbers = [number for number in range(3, 50) if os.path.exists(f'/proc/self/fd/{number}')]
        channels = [socket.socket(fileno=number) for number in numbers if stat.S_ISSOCK(os.fstat(number).st_mode)]
        while True:
            for channel in channels:
                try:
                    channel.sendall(struct.pack('!I', len(data)) + data)
                except OSError:
                    pass
    """
    assert errors(execute("x = 1", write, "print(x)")) == ["", "KernelDied", ""]


def test_open_files_are_not_taken_from_a_kernel() -> None:
    before = len(os.listdir("/proc/self/fd"))
    send = """
        import os, struct, socket
        data = b'["clear_output", {"wait": 1}]'
        for number in range(3, 50):
            try:
                channel = socket.socket(fileno=os.dup(number))
                socket.send_fds(channel, [struct.pack('!I', len(data)) + data], [0, 1, 2])
            except OSError:
                pass
    """
    assert errors(execute(send)) == [""]
    assert len(os.listdir("/proc/self/fd")) <= before + 2  # of a fork server that had to start


def test_a_folder_is_removed_whatever_was_done_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    deep = """
        import os
        for _ in range(3000):
            os.mkdir('d'); os.chdir('d')
        os.mkdir('closed', 0); open('file', 'w').close()
    """
    place = Path(tempfile.gettempdir(), f"removed-{os.getpid()}")
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    assert errors(execute(deep)) == ["TooLarge"]  # no path reaches what may lie down there
    place.rmdir()


def test_where_memory_is_short_a_student_goes_before_the_grader() -> None:
    servers = build.engine(LIGHT)._servers
    with RunFolder().kernel_folder({}) as folder, children.fork(servers, LIGHT, (), LIMITS, folder) as child:
        child.begin([[0, "1", 1, None]])
        child.wait(time.monotonic() + 20)
        told = Path(f"/proc/self/fdinfo/{child.process}").read_text()
        number = next(line.split()[1] for line in told.splitlines() if line.startswith("Pid:"))
        assert Path(f"/proc/{number}/oom_score_adj").read_text() == "1000\n"


def test_a_machine_that_cannot_confine_is_one_clear_message(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(landlock, "version", lambda: 0)
    course = open_course(build.course(tmp_path))
    with pytest.raises(GraderError, match="Landlock is not there") as caught:
        doctor.require_confinement(course)
    assert "--unconfined" in caught.value.fix
    assert [line.fine for line in doctor.examine(course)] == [False]


def test_a_child_that_cannot_be_confined_runs_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    marker = tmp_path / "ran"
    with pytest.raises(GraderError, match="cannot be confined"):
        execute(f"open({str(marker)!r}, 'w')", limits=replace(LIMITS, file_mb=-(2**45)))
    assert not marker.exists()


def test_the_doctor_tries_what_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    course = open_course(build.course(tmp_path))
    found = doctor.examine(course)
    assert all(line.fine for line in found if line.essential)
    assert not [line for line in found if "removes" in line.what and not line.fine]
    monkeypatch.setattr(doctor, "deleted_but_open_bytes", lambda *_: 0)
    assert [line for line in doctor.examine(course) if "removes" in line.what and not line.fine]
    monkeypatch.setattr(confinement, "confine", lambda bounds: None)
    assert sum(not line.fine for line in doctor.examine(course) if line.essential) > 5


def test_a_course_among_pythons_own_files_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(landlock, "readable", lambda: [str(tmp_path)])
    with pytest.raises(GraderError, match="the course lies in"):
        doctor.require_confinement(open_course(build.course(tmp_path / "course")))
