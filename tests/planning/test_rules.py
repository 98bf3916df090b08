"""The table of rules, against the rules that Snakemake finds in the workflow."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from easel.planning.costs import Costs
from easel.planning.rules import OTHER, RULES, Work, rule, rule_that_makes, rules_of, script_of
from easel.study.load import load_study

ROOT = Path(__file__).parents[2]
CHECKSUM = "ab" * 32
DATASETS = {
    "drawn": "{format: shapes, train_images: 20, test_images: 10}",
    "archive": f"{{format: cifar10_binary, urls: [https://example.org/a.tar.gz], sha256: {CHECKSUM}}}",
    "folder": "{format: folder, path: pictures, test_fraction: 0.5}",
}
STUDY = """\
dataset: mine
datasets: {{mine: {dataset}}}
runs: {{vae: {{preset: vae, batch_size: 8}}, dcgan: {{preset: dcgan, batch_size: 8}}}}
judges: {{vit: {{kind: onnx, urls: [https://example.org/a.onnx], sha256: {checksum}}}}}
judge: [classifier, inception, random, self_supervised, vit]
"""


def study_on(dataset: str, folder: Path) -> Path:
    """A study's file, on a dataset of some kind."""
    for name in ("one", "other"):
        (folder / "pictures" / name).mkdir(parents=True)
        for number in range(20):
            (folder / "pictures" / name / f"{number}.png").write_text(f"{name} {number}")
    file = folder / f"{dataset}.yaml"
    file.write_text(STUDY.format(dataset=DATASETS[dataset], checksum=CHECKSUM))
    return file


def rules_in(study: Path) -> set[str]:
    """The rules of the workflow for a study; the targets in the Snakefile are none."""
    command = [
        sys.executable, "-m", "snakemake", "--list-rules", "--snakefile", str(ROOT / "Snakefile"),
        "--directory", str(study.parent), "--config", f"study={study}",
    ]  # fmt: skip
    said = subprocess.run(command, capture_output=True, text=True, check=True, stdin=subprocess.DEVNULL)
    targets = re.findall(r"^rule (\w+):", (ROOT / "Snakefile").read_text(), re.MULTILINE)
    return set(re.findall(r"^\w+$", said.stdout, re.MULTILINE)) - set(targets)


def test_the_table_has_exactly_the_rules_of_the_workflow(tmp_path):
    found = set()
    for dataset in DATASETS:
        (tmp_path / dataset).mkdir()
        found |= rules_in(study_on(dataset, tmp_path / dataset))
    assert found == RULES.keys()


@pytest.mark.parametrize("dataset", DATASETS)
def test_each_kind_of_work_has_an_estimate(dataset, tmp_path):
    costs = Costs(load_study({"study": str(study_on(dataset, tmp_path))}, ROOT))
    for name in RULES:
        if (name == "prepare_folder") == (dataset == "folder"):
            assert min(costs.of(name, "vae", "inception")) > 0


def test_rules_are_found_by_their_work():
    assert rules_of(Work.TRAINING) == ["train_run"]
    assert rule_that_makes("classifier") in rules_of(Work.JUDGE)
    assert (ROOT / "scripts" / script_of(Work.TRAINING)).is_file()


def test_a_rule_of_somebody_elses_is_light():
    assert rule("another") == OTHER
    assert OTHER.work is Work.LIGHT
