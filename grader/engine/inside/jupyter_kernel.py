"""Become an ipykernel in a forked child: the door for nbclient, nbgrader, nbval and JupyterLab."""

from __future__ import annotations

import atexit
import os
import socket
import sys
from collections.abc import Callable

import ipykernel_launcher
from ipykernel.kernelapp import IPKernelApp

from grader.engine import wire
from grader.engine.inside import after_fork, caller


def serve(connection: socket.socket, set_threads: Callable[[], None]) -> None:
    """Run a kernel until it is shut down or the connection closes.

    The request is `{"arguments", "environment", "folder"}` with descriptors of its standard output and error;
    the answer `{"process"}` with a descriptor of this process.
    """
    reader = wire.Reader(connection, 2**26, takes_files=True)
    request = reader.read()
    variables = {**request["environment"], "JPY_PARENT_PID": str(os.getppid())}
    caller.take_place(reader.files, (1, 2), variables, request["folder"])
    handle = os.pidfd_open(os.getpid())
    wire.send(connection, {"process": os.getpid()}, [handle])
    os.close(handle)
    after_fork.be_random()
    set_threads()
    caller.end_with(connection)
    sys.argv = [ipykernel_launcher.__file__, *request["arguments"]]
    app = IPKernelApp.instance(parent_handle=os.getppid())
    app.initialize(request["arguments"])
    name_file = app.shell.compile.get_code_name
    app.shell.compile.get_code_name = lambda *cell: after_fork.of_no_module(name_file(*cell))
    app.start()
    atexit.unregister(app.close)  # it can wait for ever, and this process ends now
    atexit._run_exitfuncs()
