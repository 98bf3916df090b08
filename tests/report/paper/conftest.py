"""Records of made-up finished studies, and their papers."""

from collections.abc import Callable
from pathlib import Path

import pytest
from helpers.fake_results import JUDGED_ON, write_study

from easel.evaluation.judge_files import JudgeFiles
from easel.report.paper.records import PaperRecords, read_records
from easel.runtime.files import write_json

CHECK = {
    "accuracy": {"correct": 1_982, "n": 2_000, "at_least": 0.98, "chance": 0.1},
    "noise": {
        "n": 2_000,
        "test_images": {"fid": 2.14, "uncertainty": {"kind": "bootstrap", "value": 0.06, "resamples": 20}},
        "pixel_gaussian": {"fid": 312.52, "uncertainty": {"kind": "bootstrap", "value": 1.13, "resamples": 20}},
    },
    "features": {"dimensions": 256, "participation_ratio": 8.74, "distinct": 2_000, "images": 2_000},
    "caveats": [],
}
RECORDS = {
    "classifier": {
        "judge": "classifier", "dataset": "shapes", "classes": ["a", "b"], "test_accuracy": 0.991,
        "feature_dim": 256, "parameters": 1_234_567, "device": JUDGED_ON, "seconds": 14.25,
        "settings": {"kind": "classifier", "epochs": 18, "urls": ["https://example.org/secret"]},
    },
    "inception": {"judge": "inception", "dataset": "shapes", "settings": {"kind": "inception"}},
}  # fmt: skip
SOURCES = {
    "dcgan": "Radford et al. 2016 (arXiv 1511.06434), with betas as in https://example.org/a_b, and arXiv 2401.00001",
    "vae": "",
    "vae_gan": "Larsen et al. 2016 (arXiv 1512.09300), with Adam in place of RMSProp",
}


def write_records(study: Path, judges: tuple[str, ...] = ("classifier",)) -> PaperRecords:
    """Write what a paper needs beside a made-up study, and read everything."""
    files = [JudgeFiles.at(study.parent / "judges/shapes" / judge, f"{judge}.keras", 2_000) for judge in judges]
    for each in files:
        each.record.parent.mkdir(parents=True, exist_ok=True)
        write_json(each.record, RECORDS[each.judge])
        write_json(each.check, {**CHECK, "judge": each.judge, "device": JUDGED_ON})
    manifest = {
        "study": study.name,
        "git": {"commit": "ab4cb19f" * 5, "dirty": True, "diff_sha256": "e76fdd69" * 8},
        "configuration": {"runs": {name: {"preset": name, "source": source} for name, source in SOURCES.items()}},
        "versions": {"snakemake": "9.20.0", "scipy": "1.17.0"},
    }
    write_json(study / "manifest.json", manifest)
    (study / "manifest.sha256").write_text(f"{'c0ffee00' * 8}  manifest.json\n")
    return read_records(study / "manifest.json", files)


@pytest.fixture(scope="session")
def written(tmp_path_factory) -> Callable[..., PaperRecords]:
    """Records of a study of dcgan, vae and vae_gan with these seeds and judges, written once for each."""
    known: dict[tuple, PaperRecords] = {}

    def write(seeds: tuple[int, ...] = (0, 1, 2), judges: tuple[str, ...] = ("classifier",)) -> PaperRecords:
        if (seeds, judges) not in known:
            study = write_study(tmp_path_factory.mktemp("results"), seeds=seeds, judges=judges)
            known[seeds, judges] = write_records(study, judges)
        return known[seeds, judges]

    return write
