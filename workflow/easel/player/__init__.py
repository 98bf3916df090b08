"""Networks in the form in which a page draws with them: a list of steps, and weights of few bytes.

| file | content |
| --- | --- |
| `plan.py` | steps, programs and their records |
| `layers.py` | the steps of each kind of layer; a layer that is not among them is refused by name |
| `tracing.py` | a Keras network as a program |
| `networks.py` | the programs of a trained generator and encoder |
| `packing.py` | weights as 16-bit or 8-bit numbers in one block of bytes |
| `reference.py` | programs computed with NumPy: what a page is compared with, and by what the loss is measured |
| `directions.py` | directions in latent space, and what they change in images |
| `codes.py` | what each number of an autoencoder's code carries |
| `samples.py` | what programs draw, next to a run's samples |
| `record.py` | player.json and player.bin of a run |

`notebooks/template/engine.js` computes the same programs in a browser.
"""
