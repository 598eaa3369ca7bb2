"""Become an ipykernel in a forked child: the door for nbclient, nbgrader, nbval and JupyterLab."""

from __future__ import annotations

import atexit
import os
import socket
import sys
import threading
import time
from collections.abc import Callable

import ipykernel_launcher
from ipykernel.kernelapp import IPKernelApp

from grader.engine import wire
from grader.engine.inside import after_fork


def serve(connection: socket.socket, set_threads: Callable[[], None]) -> None:
    """Run a kernel until it is shut down or the connection closes.

    The request is `{"arguments", "environment", "folder"}` with descriptors of its standard output and error;
    the answer `{"process"}` with a descriptor of this process.
    """
    reader = wire.Reader(connection, 2**26, takes_files=True)
    request = reader.read()
    for given, descriptor in zip(reader.files, (1, 2), strict=True):
        os.dup2(given, descriptor)
        os.close(given)
    os.environ.clear()
    os.environ.update(request["environment"], JPY_PARENT_PID=str(os.getppid()))
    time.tzset()
    os.chdir(request["folder"])
    handle = os.pidfd_open(os.getpid())
    wire.send(connection, {"process": os.getpid()}, [handle])
    os.close(handle)
    after_fork.be_random()
    set_threads()
    threading.Thread(target=_end_with, args=(connection,), daemon=True).start()
    sys.argv = [ipykernel_launcher.__file__, *request["arguments"]]
    app = IPKernelApp.instance(parent_handle=os.getppid())
    app.initialize(request["arguments"])
    name_file = app.shell.compile.get_code_name
    app.shell.compile.get_code_name = lambda *cell: after_fork.of_no_module(name_file(*cell))
    app.start()
    atexit.unregister(app.close)  # it can wait for ever, and this process ends now
    atexit._run_exitfuncs()


def _end_with(connection: socket.socket) -> None:
    try:
        while connection.recv(1):
            pass
    finally:
        os._exit(1)
