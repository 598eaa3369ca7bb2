"""The kernelspec `python3-warm`, by which tools find the forked kernels."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from ipykernel.kernelspec import write_kernel_spec
from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

NAME = "python3-warm"


def install(preload: Sequence[str]) -> str:
    """Write the kernelspec into this environment and return its folder; `preload` are modules to import once."""
    with tempfile.TemporaryDirectory(prefix="grader-") as folder:
        spec = str(Path(folder, NAME))
        provisioner = {"provisioner_name": "grader-warm", "config": {"preload": list(preload)}}
        write_kernel_spec(
            spec,
            overrides={
                "display_name": "Python 3 (warm)",
                "metadata": {"debugger": True, "kernel_provisioner": provisioner},
            },
        )
        return str(KernelSpecManager().install_kernel_spec(spec, NAME, prefix=sys.prefix))


def installed() -> set[str]:
    """Return the names of the kernels that Jupyter finds here."""
    return set(KernelSpecManager().find_kernel_specs())


def remove() -> bool:
    """Remove the kernelspec; return whether there was one."""
    try:
        KernelSpecManager().remove_kernel_spec(NAME)
    except NoSuchKernel:
        return False
    return True
