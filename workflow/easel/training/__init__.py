"""Training: objectives (one file per family), batches, the loop, checkpoints, devices and precision."""

from easel.runtime.console import import_quietly

import_quietly("keras")
