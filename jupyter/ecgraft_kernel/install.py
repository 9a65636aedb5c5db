"""ecgraft-kernel install: tells Jupyter of the kernel."""

import argparse
import json
import os
import shutil
import sys
import tempfile

from jupyter_client.kernelspec import KernelSpecManager


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="ecgraft-kernel", description="The Jupyter kernel of ECGraft.")
    commands = parser.add_subparsers(dest="command", required=True)
    install = commands.add_parser("install", help="tell Jupyter of the kernel")
    where = install.add_mutually_exclusive_group()
    where.add_argument("--user", action="store_true", help="for this user (default: for all, which may need rights)")
    where.add_argument("--sys-prefix", action="store_true", help="into this Python environment")
    where.add_argument("--prefix", help="below this folder, in share/jupyter/kernels")
    install.add_argument("--ecgraft", help="the command ecgraft (default: the one on the path)")
    given = parser.parse_args(arguments)
    command = shutil.which(given.ecgraft or "ecgraft")
    if command is None:
        print(f"ecgraft-kernel: {given.ecgraft or 'ecgraft'} is no command that can be run; install ECGraft, or name it with "
              "--ecgraft /path/to/bin/ecgraft", file=sys.stderr)
        return 1
    spec = {
        "argv": [sys.executable, "-m", "ecgraft_kernel", "-f", "{connection_file}"],
        "display_name": "ECGraft (Lua 5.4)", "language": "lua", "interrupt_mode": "signal",
        "env": {"ECGRAFT": os.path.abspath(command)},
    }
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "kernel.json"), "w", encoding="utf-8") as file:
            json.dump(spec, file, indent=2)
        prefix = sys.prefix if given.sys_prefix else given.prefix
        print(KernelSpecManager().install_kernel_spec(folder, "ecgraft", user=given.user, prefix=prefix))
    return 0


if __name__ == "__main__":
    sys.exit(main())
