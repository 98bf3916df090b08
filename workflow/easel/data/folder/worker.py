"""A process that decodes files of a folder, started by `easel.data.folder.workers`.

It is told on standard input, line by line in JSON: first the settings, with the `folder` and the .npy file of all
`pixels`; then rows and names of files, [[0, "a.png"], …]. For each it writes the row's pixels and answers with a line.
It ends with its standard input, and so with whoever started it, however that came to its end.
"""

import json
import os
import signal
import sys
import warnings

import numpy as np
from PIL import Image

from easel.data.folder.decode import decode

SECONDS = 60  # for one file; a decoder that takes longer is ended, and with it this process


def work() -> None:
    """Do what standard input says, until it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for whoever started this
    Image.MAX_IMAGE_PIXELS = None  # `max_pixels` is the limit, and it is looked at before a pixel is decoded
    warnings.simplefilter("ignore")  # of Pillow's, on EXIF and sizes: what counts is checked
    settings = json.loads(sys.stdin.readline())
    pixels = np.load(settings["pixels"], mmap_mode="r+")
    print(json.dumps("ready"), flush=True)
    for line in sys.stdin:
        for row, name in json.loads(line):
            # The alarm's own action ends the process, where a handler of Python's would wait for the decoder.
            signal.setitimer(signal.ITIMER_REAL, SECONDS)
            outcome = decode(os.path.join(settings["folder"], name), settings, pixels[row])
            signal.setitimer(signal.ITIMER_REAL, 0)
            print(json.dumps(outcome), flush=True)


if __name__ == "__main__":
    work()
