"""Stand in for Python: client.py PYTHON SOCKET ARGUMENT... has a forked process do what PYTHON ARGUMENT... would.

Only scripts and modules (`-m`) are forked; for anything else, or if the server is gone, this process becomes PYTHON.
"""

import json
import os
import signal
import socket
import sys


def main(python: str, address: str, *arguments: str) -> int:
    if not arguments or (arguments[0].startswith("-") and arguments[0] != "-m"):
        os.execv(python, [python, *arguments])
    request = json.dumps([arguments, os.getcwd(), dict(os.environ)]).encode()
    server = socket.socket(socket.AF_UNIX)
    try:
        server.connect(address)
    except OSError:
        os.execv(python, [python, *arguments])
    socket.send_fds(server, [len(request).to_bytes(8, "big")], [0, 1, 2])
    server.sendall(request)
    answers = server.makefile()
    process = int(answers.readline())
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, frame: os.kill(process, number))
    code = int(answers.readline())
    if code < 0:  # ended by a signal, and so does this process
        signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    return code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
