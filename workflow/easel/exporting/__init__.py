"""Trained networks and their samples in the forms of other programs.

| file | content |
| --- | --- |
| `approximations.py` | the normal distribution in operations that every format has |
| `plain_networks.py` | copies of networks with plain operations in place of those that a format lacks |
| `mixtures.py` | a fitted mixture in 32 bits, for LiteRT |
| `onnx_files.py`, `litert_files.py` | a network as a file of that format, and its outputs there |
| `conversion.py` | conversion, and comparison with Keras |
| `pictures.py` | samples as a folder of PNG files |
"""

from easel.runtime.lean_keras import import_keras

import_keras()
