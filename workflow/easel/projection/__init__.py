"""Pictures in the latent space of a generator.

| file | content |
| --- | --- |
| `search.py` | the latents of a picture, by gradient descent through a generator |
| `projecting.py` | the latents of pictures, by an encoder or a search, and what the generator makes of them |
"""
