"""A process that decodes files of a folder, started by `easel.data.folder.workers`.

Its standard input is JSON lines: first the settings, with the `folder` and the .npy file of all `pixels`; then rows and
names of files, [[0, "a.png"], …]. For each file it writes the row's pixels and answers with a line. It ends when its
standard input does, and so with the process that started it.
"""

import json
import signal
import sys
import warnings

import numpy as np
from PIL import Image

from easel.data.folder.decode import decode

SECONDS = 60  # per file; a decoder that takes longer ends this process


def work() -> None:
    """Decode the files named on standard input until it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent process handles Ctrl-C
    Image.MAX_IMAGE_PIXELS = None  # `max_pixels` is the limit, and is checked before decoding
    warnings.simplefilter("ignore")  # Pillow's, about EXIF and sizes; Easel checks what counts
    settings = json.loads(sys.stdin.readline())
    pixels = np.load(settings["pixels"], mmap_mode="r+")
    print(json.dumps("ready"), flush=True)
    for line in sys.stdin:
        for row, name in json.loads(line):
            # The alarm's default action ends the process; a Python handler would wait for the decoder.
            signal.setitimer(signal.ITIMER_REAL, SECONDS)
            outcome = decode(settings["folder"], name, settings, pixels[row])
            signal.setitimer(signal.ITIMER_REAL, 0)
            print(json.dumps(outcome), flush=True)


if __name__ == "__main__":
    work()
