"""What programs draw, next to a run's samples."""

import numpy as np
from helpers.fake_player import decoder

from easel.player.samples import COMPARED, directions_of, drawn_by, loss
from easel.sampling import Samples


def test_the_loss_counts_levels_of_the_first_samples():
    programs = {"decoder": decoder(8, np.random.default_rng(0))}
    latents = np.random.default_rng(1).standard_normal((50, 8), np.float32)
    images = drawn_by(programs, latents, None)
    assert loss(programs, Samples(images, latents, None)) == {"images": COMPARED, "mean": 0.0, "largest": 0}
    images[0, 0, 0, 0] ^= 3
    assert loss(programs, Samples(images, latents, None))["largest"] in (1, 3)


def test_directions_are_of_what_the_decoder_takes():
    programs = {"decoder": decoder(8, np.random.default_rng(0))}
    latents = np.random.default_rng(1).standard_normal((50, 8), np.float32)
    assert len(directions_of(programs, Samples(drawn_by(programs, latents, None), latents, None))[0]["step"]) == 8


def test_samples_are_read_as_they_were_written(tmp_path):
    np.savez(tmp_path / "samples.npz", images=np.zeros((2, 4, 4, 3), np.uint8), latents=np.ones((2, 3)), seed=0)
    samples = Samples.load(tmp_path / "samples.npz")
    assert samples.images.shape == (2, 4, 4, 3)
    assert samples.labels is None
