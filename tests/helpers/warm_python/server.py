"""Fork a process for each call of `client.py`: server.py SOCKET EXECUTABLE PID.

EXECUTABLE: the value of `sys.executable` in forked processes. PID: the process with which the server ends.
"""

import gc
import inspect
import json
import os
import select
import shutil
import signal
import socket
import sys
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from runpy import _run_module_as_main
from types import ModuleType

BARE_PATH = [place for place in sys.path[1:] if place not in os.environ.get("PYTHONPATH", "").split(os.pathsep)]


def import_what_jobs_need() -> None:
    """Import what takes long and starts no thread that a fork would lose."""
    for name in (
        "tensorflow", "keras", "snakemake.cli", "papermill", "ipykernel.kernelapp", "nbconvert", "scipy.stats",
        "sklearn.mixture", "pydantic", "ruamel.yaml", "matplotlib.figure", "matplotlib.font_manager", "PIL.Image",
        "mistune", "requests", "tqdm",
    ):  # fmt: skip
        import_module(name)
    sys.modules["snakemake.cli"].get_argument_parser()  # imports Snakemake's plugins
    inspect.getmodule(listen.__code__)  # caches the path of every module's file, for which pydantic asks
    gc.collect()
    gc.set_threshold(50_000, 20, 100)
    gc.freeze()  # so that no collection in a forked process copies what all share


def listen(address: str, lives_with: int) -> socket.socket:
    """Accept calls until the process `lives_with` ends; return, in a process of its own, the connection of one call."""
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(address)
    listening.listen(64)
    end = os.pidfd_open(lives_with)
    print("ready", flush=True)
    while end not in (ready := select.select([listening, end], [], [], 1)[0]):
        with suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        if not ready:
            continue
        connection, _ = listening.accept()
        if os.fork() == 0:
            listening.close()
            os.close(end)
            return connection
        connection.close()
    shutil.rmtree(Path(address).parent, ignore_errors=True)
    sys.exit()


def serve(connection: socket.socket) -> list:
    """Fork the process that does the call; return the request there, and here answer with its exit code in the end."""
    length, descriptors, *_ = socket.recv_fds(connection, 8, 3)
    request = connection.makefile("rb").read(int.from_bytes(length, "big"))
    process = os.fork()
    if process == 0:
        connection.close()
        os.setpgid(0, 0)
        for number, descriptor in enumerate(descriptors):
            os.dup2(descriptor, number)
            os.close(descriptor)
        # The server's streams may be files, in which one can seek, and these be pipes.
        sys.stdout = open(1, "w", closefd=False)  # noqa: SIM115
        sys.stderr = open(2, "w", 1, closefd=False, errors="backslashreplace")  # noqa: SIM115
        return json.loads(request)
    for descriptor in descriptors:
        os.close(descriptor)
    for number in range(3):
        os.close(number)
    connection.sendall(b"%d\n" % process)
    ended = os.pidfd_open(process)
    if ended not in select.select([ended, connection], [], [])[0]:
        os.kill(process, signal.SIGKILL)  # the client was killed
    code = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    with suppress(OSError):
        connection.sendall(b"%d\n" % code)
    os._exit(0)


def become(arguments: list[str], folder: str, environment: dict[str, str], executable: str) -> None:
    """Do what Python does with these arguments, folder and environment."""
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    sys.executable = executable
    places = [place for place in environment.get("PYTHONPATH", "").split(os.pathsep) if place]
    main = sys.modules["__main__"] = ModuleType("__main__")
    main.__dict__["__builtins__"] = __builtins__
    if arguments[0] == "-m":
        sys.argv = arguments[1:]
        sys.path[:] = [folder, *places, *BARE_PATH]
        _run_module_as_main(arguments[1])
    else:
        script = Path(arguments[0])
        sys.argv = arguments
        sys.path[:] = [str(script.resolve().parent), *places, *BARE_PATH]
        main.__file__ = str(script)
        exec(compile(script.read_bytes(), str(script), "exec"), main.__dict__)


if __name__ == "__main__":
    import_what_jobs_need()
    _, address, executable, lives_with = sys.argv
    become(*serve(listen(address, int(lives_with))), executable)
