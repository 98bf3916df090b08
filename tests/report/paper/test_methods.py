"""Methods in words: every fact of the records that a reader needs to repeat the study."""

from copy import deepcopy
from dataclasses import replace

import pytest

from easel.report.paper.bibliography import Reference
from easel.report.paper.markup import as_markdown
from easel.report.paper.methods import Methods

EASEL = Reference("easel", "Easel", "https://example.org", ("The Easel developers",))


def paragraphs(records) -> dict[str, str]:
    """The paragraphs in Markdown."""
    found = Methods(records, EASEL).paragraphs()
    return {title: as_markdown(text).replace("\\", "") for title, text in found}


def test_data_runs_and_their_sources_are_named(written):
    got = paragraphs(written())
    assert list(got) == ["Data", "Training", "Samples", "Judges", "Metrics", "Statistics", "Compute", "Software"]
    assert "10,000 training images and 2,000 test images of 32 × 32 × 3 values; number of classes: 10." in got["Data"]
    assert "drawn by Easel with seed 0" in got["Data"]
    assert "3 runs were trained 3 times each, with the seeds 0, 1 and 2" in got["Training"]
    assert "dcgan has the preset dcgan: 4 epochs (313 steps) in batches of 128 images." in got["Training"]
    assert "Radford et al. 2016 [@radford2016dcgan], with betas as in [@https-example.org-a-b]" in got["Training"]


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ({"kind": "archives", "sha256": {"a.tar.gz": "ab" * 32}}, "read from a.tar.gz (SHA-256 abababababab…)."),
        ({"kind": "folder", "folder": "/home/me/private", "pictures": 12}, "The images are 12 pictures of a folder"),
    ],
)
def test_each_source_of_images_has_a_sentence(written, source, said):
    records = written()
    study = deepcopy(records.study)
    study.dataset["source"] = source
    study.dataset["format"] = "cifar10_binary"
    got = paragraphs(replace(records, study=study))
    assert said in got["Data"]
    assert "private" not in "".join(got.values())
    assert "shapes [@krizhevsky2009cifar] has" in got["Data"]


def test_the_choice_of_snapshots_is_described(written):
    records = written()
    assert "the snapshot with the lowest FID of 2,000 samples by the judge classifier" in paragraphs(records)["Samples"]
    assert "this was the last one in 9 of them" in paragraphs(records)["Samples"]
    study = deepcopy(records.study)
    for run, kind in zip(study.runs, ("last", "only", "judge_failed"), strict=True):
        for seed in run["seeds"]:
            seed["samples"] = seed["samples"] | {"why": {"kind": kind}}
    study.runs[0]["seeds"][0]["samples"]["sampling"] = {"truncation": 0.7, "label": None, "seed": 0}
    said = paragraphs(replace(records, study=study))["Samples"]
    assert "Of 3 trainings, the network at the end was sampled." in said
    assert "Of 3 trainings, the only snapshot was sampled." in said
    assert "because the judge of the snapshots failed its check" in said
    assert "Latent vectors of dcgan were truncated at ±0.7." in said
    assert "lowest FID" not in said


def test_judges_and_metrics_are_cited(written):
    got = paragraphs(written((0, 1, 2), ("classifier", "inception")))
    assert (
        "2 judges, whose values are never mixed: classifier (trained on shapes, 99.1 % test accuracy; 256 features)"
        in (got["Judges"])
    )
    assert "inception [@szegedy2016inception] (Inception of 2015" in got["Judges"]
    assert got["Judges"].endswith("All passed.")
    assert "FID [@heusel2017ttur], KID [@binkowski2018mmd]" in got["Metrics"]
    assert "The reference of FID, KID and data-copying AUC: 10,000 training images." in got["Metrics"]
    assert "FID: bootstrap standard deviation, 20 resamples" in got["Metrics"]


def test_a_failed_judge_is_said(written):
    records = written()
    failure = {"kind": "constant_features", "dimensions": 256}
    judges = {
        name: replace(judge, check={**judge.check, "caveats": [failure]}) for name, judge in records.judges.items()
    }
    said = paragraphs(replace(records, judges=judges))["Judges"]
    assert "classifier failed: the judge failed its check: its 256 features are the same" in said
    assert "passed" not in said


def test_tests_are_described_if_they_were_done(written):
    several, one = paragraphs(written())["Statistics"], paragraphs(written((0,)))["Statistics"]
    assert "means over up to 3 seeds, with 95 % intervals by Student's t" in several
    assert "paired by seed" in several
    assert (
        "Holm's method [@holm1979], but never above the largest uncorrected p of the best run [@berger1982]" in several
    )
    assert "Welch" not in several
    assert "no difference is tested and no run is called best" in one
    assert "Holm" not in one
    assert "95 % intervals over its samples" in one


def test_compute_and_software_are_described(written):
    records = written()
    got = paragraphs(records)
    assert "9 trainings ran on 2 threads of AMD EPYC" in got["Compute"]
    assert "mixed_bfloat16" in got["Compute"]
    assert "9 of 9 trainings used only operations that repeat bit for bit" in got["Compute"]
    assert "Easel 0.1.0 [@easel] (commit ab4cb19fab4c) on Snakemake 9.20.0 [@molder2021snakemake]" in got["Software"]
    assert "TensorFlow 2.21.0" in got["Software"]
    assert "Keras 3.15.1" in got["Software"]
    assert "uncommitted changes (SHA-256 of the difference: e76fdd69e76f…)" in got["Software"]
    assert "c0ffee00" * 8 in got["Software"]
    bare = replace(records, manifest={**records.manifest, "git": {"commit": None, "reason": "no git"}})
    assert "(outside a git repository)" in paragraphs(bare)["Software"]
    other = deepcopy(dict(records.trainings))
    other["vae"][0]["versions"]["keras"] = "3.14.0"
    assert "Keras 3.14.0 and 3.15.1" in paragraphs(replace(records, trainings=other))["Software"]


def test_external_samples_are_described_without_their_path(written):
    records = written()
    study = deepcopy(records.study)
    samples = {"kind": "external", "path": "/home/me/theirs", "found": 3_000, "caveats": []}
    seed = {"seed": 0, "samples": samples, "metrics": []}
    study.external.append({"run": "theirs", "path": "/home/me/theirs", "description": "Diffusion", "seeds": [seed]})
    said = paragraphs(replace(records, study=study))["Samples"]
    assert "theirs: 3,000 images from elsewhere (Diffusion)" in said
    assert "/home" not in said
