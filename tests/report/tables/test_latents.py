"""Latent vectors that runs share."""

from helpers.altered_results import trained_study
from helpers.page_text import text_of

from easel.report import cells as report


def test_runs_with_equal_latent_size_share_latents(tmp_path):
    study = trained_study(tmp_path, {"a": "dcgan", "b": "vae", "c": "dcgan"})
    got = text_of(report.latents_note(study))
    assert "a and c share their latent vectors, image by image (length 100)." in got
    assert "b: latent vectors of length 64." in got
    study.external.append({"run": "theirs"})
    assert "theirs: external samples" in text_of(report.latents_note(study))
