"""benchmarks/speedrun by the real Snakemake: its study, every rule kept and broken, a record, and judged samples."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from benchmarks.speedrun import checks, judging, records, rules
from benchmarks.speedrun.__main__ import command_line
from helpers.tiny_study import TINY, job_counts

RULES = f"""\
cores: 2
budgets: [60]
images: {{train: 256, test: 64}}
study:
{"".join(f"  {line}" for line in TINY[TINY.index("dataset:") : TINY.index("seeds:")].splitlines(keepends=True))}\
  seeds: [0]
  select: last
  samples: 100
  judge: [tiny_judge]
  judges:
    tiny_judge: {{kind: classifier, epochs: 1, width: 4}}
"""

ENTRY = """\
description: The tiny study's VAE, which has one snapshot
run: {preset: vae, width: 4, latent_dim: 8, batch_size: 64, log_every: 2}
budgets:
  - {seconds: 60, epochs: 1}
"""

Change = Callable[[dict], None]


@pytest.fixture(scope="module")
def attempt(tmp_path_factory) -> rules.Attempt:
    """The entry of the tiny study's VAE, by rules that the tiny study keeps."""
    folder = tmp_path_factory.mktemp("speedrun")
    (folder / "rules.yaml").write_text(RULES)
    (folder / "entries").mkdir()
    (folder / "entries/vae.yaml").write_text(ENTRY)
    return rules.read_attempt("vae", 60, rules.read_rules(folder / "rules.yaml"), folder / "entries")


@pytest.fixture(scope="module")
def results(finished, tmp_path_factory) -> Path:
    """The tiny study's results as those of the entry."""
    folder = tmp_path_factory.mktemp("results")
    for name in ("datasets", "judges"):
        shutil.copytree(finished / "results" / name, folder / name)
    shutil.copytree(finished / "results/tiny", folder / "speedrun-vae-60")
    # The tiny judge sees an epoch of 256 images, and may not be better than chance.
    rewrite(folder / "judges/tiny_shapes/tiny_judge/check.json", lambda check: check.update(caveats=[]))
    return folder / "speedrun-vae-60"


def rewrite(file: Path, change: Change) -> None:
    """Change the content of a JSON file."""
    content = json.loads(file.read_text())
    change(content)
    file.write_text(json.dumps(content))


def test_an_entry_runs_by_snakemake(tmp_path, capfd):
    """A dry run: the jobs of the study that the command writes."""
    for command, jobs in (
        (["run", "vae", "--budget", "60"], {"train_run": 1, "sample_autoencoder": 1, "evaluate": 1, "compare": 1}),
        (["panel"], {"make_classifier": 1, "compute_reference": 1, "judge_baselines": 1}),
    ):
        folder = tmp_path / command[0]
        (folder / "entries").mkdir(parents=True)
        (folder / "entries/vae.yaml").write_text(ENTRY)
        (folder / "rules.yaml").write_text(RULES)
        files = ["--rules", str(folder / "rules.yaml"), "--entries", str(folder / "entries")]
        asked = command_line().parse_args([*files, *command, "--directory", str(folder), "--dry-run"])
        assert asked.command(asked) == 0
        printed = capfd.readouterr()
        counted = job_counts(printed.out + printed.err)
        assert jobs.items() <= counted.items()
        assert ("train_run" in counted) is (command[0] == "run")


def test_every_rule_is_kept(results, attempt):
    found = checks.check(results, attempt)
    assert [finding for finding in found if not finding.kept] == []
    assert len({finding.rule for finding in found}) == len(found) == 11


def training(**changes: object) -> Change:
    return lambda record: record.update(changes)


def setting(**changes: object) -> Change:
    return lambda record: record["settings"].update(changes)


def of_each_row(**changes: object) -> Change:
    return lambda record: [row.update(changes) for row in record["metrics"] if row["of"] == "samples"]


SEED, JUDGE = "vae/seed-0", "../judges/tiny_shapes/tiny_judge"


@pytest.mark.parametrize(
    ("file", "change", "rule", "said"),
    [
        (f"{SEED}/train.json", training(cpu_seconds=120.6), "budget", "121 CPU seconds, at most 120; about 0.995 ep"),
        (f"{SEED}/train.json", lambda record: record.pop("cpu_seconds"), "budget", "unknown"),
        (f"{SEED}/train.json", lambda record: record["device"].update(kind="gpu"), "device", "trained on gpu"),
        (f"{SEED}/train.json", setting(beta=0.5), "settings", "beta differ"),
        (f"{SEED}/train.json", setting(start_from="mine.keras"), "start", "start_from bring in weights"),
        (
            f"{SEED}/train.json",
            lambda record: record["fingerprints"]["code"].update({"workflow/easel/training/loop.py": "0"}),
            "code", "loop.py differ",
        ),
        (
            f"{SEED}/train.json",
            lambda record: record["fingerprints"].update(data="0"), "dataset", "not trained on train_images.npy",
        ),
        (
            "../datasets/tiny_shapes/dataset.json",
            lambda record: record["splits"]["train"].update(images=255), "dataset", "'train': 255",
        ),
        (f"{SEED}/metrics.json", of_each_row(n=99), "samples", "judged [99] samples, should be 100"),
        (f"{SEED}/metrics.json", lambda record: record["samples"].update(step=1), "samples", "not sampled from"),
        (
            f"{SEED}/metrics.json",
            lambda record: record["samples"]["sampling"].update(truncation=0.5), "samples", "with a truncation",
        ),
        (f"{SEED}/metrics.json", of_each_row(judge="mine"), "judges", "judged by ['mine']"),
        (f"{JUDGE}/classifier.json", setting(width=5), "judges", "tiny_judge: width differ"),
        (
            f"{JUDGE}/check.json",
            lambda check: check.update(caveats=[{"kind": "judge_at_chance"}]), "judges", "failed its check",
        ),
        (f"{SEED}/metrics.json", of_each_row(reference_split="test"), "reference", "of ['test']"),
        (f"{SEED}/metrics.json", of_each_row(reference_n=64), "reference", "against [64] images"),
    ],
)  # fmt: skip
def test_a_broken_rule_is_named(results, attempt, file, change, rule, said):
    path = results / file
    before = path.read_bytes()
    try:
        rewrite(path, change)
        broken = {finding.rule: finding.said for finding in checks.check(results, attempt) if not finding.kept}
    finally:
        path.write_bytes(before)
    assert said in broken.pop(rule)
    assert broken.keys() <= ({"settings"} if rule == "start" else set())  # a setting that no entry has


def test_another_generator_or_number_of_seeds_is_named(results, attempt, tmp_path):
    copy = tmp_path / "results" / results.name
    shutil.copytree(results.parent, copy.parent)
    shutil.copytree(copy / SEED, copy / "vae/seed-1")
    (copy / SEED / "generator.keras").write_bytes(b"mine")
    broken = {finding.rule: finding.said for finding in checks.check(copy, attempt) if not finding.kept}
    assert broken == {
        "seeds": "found [0, 1], the rules name [0]", "generator": "seed 0 did not sample the training's",
    }  # fmt: skip


def test_the_command_checks_and_records(results, attempt, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(records, "clean_commit", lambda: "0123456789ab")
    (tmp_path / "rules.yaml").write_text(RULES)
    (tmp_path / "entries").mkdir()
    (tmp_path / "entries/vae.yaml").write_text(ENTRY)
    (tmp_path / "README.md").write_text(f"# Records\n{records.BEGIN}{records.END}")
    files = [f"--{name}={tmp_path / file}" for name, file in (("rules", "rules.yaml"), ("entries", "entries"))]
    files.append(f"--records={tmp_path / 'records.json'}")

    def code(*arguments: str) -> int:
        asked = command_line().parse_args([*files, *arguments])
        return asked.command(asked)

    assert code("check", str(results)) == 0
    assert "All 11 rules kept" in capsys.readouterr().out
    assert code("add", str(results), "--page", str(tmp_path / "README.md")) == 0
    (record,) = records.read(tmp_path / "records.json")
    metrics = json.loads((results / SEED / "metrics.json").read_text())["metrics"]
    (fid,) = (row["value"] for row in metrics if (row["of"], row["metric"]) == ("samples", "fid"))
    assert record["judges"]["tiny_judge"]["fid"]["mean"] == fid
    assert record["judges"]["tiny_judge"]["fid"]["values"] == [fid]
    assert record["seeds"][0]["cpu_seconds"] == json.loads((results / SEED / "train.json").read_text())["cpu_seconds"]
    arrays = json.loads((results / "../datasets/tiny_shapes/dataset.json").read_text())["arrays"]
    assert record["data"] == arrays["train_images.npy"]
    assert f"| `vae` | tiny_judge | {fid:.3f}" in (tmp_path / "README.md").read_text()

    before = (results / SEED / "train.json").read_bytes()
    try:
        rewrite(results / SEED / "train.json", training(cpu_seconds=121))
        assert code("add", str(results), "--page", str(tmp_path / "README.md")) == 1
    finally:
        (results / SEED / "train.json").write_bytes(before)
    assert "BROKEN budget" in capsys.readouterr().out
    assert records.read(tmp_path / "records.json") == [record]


def test_samples_are_judged_as_by_the_workflow(results):
    """Of a file, and of a training that is sampled for it."""
    folder = results.parent / "judges/tiny_shapes"
    shutil.copytree(folder / "tiny_judge", folder / rules.HELD_OUT)
    judges = judging.judge_folders(folder)
    assert list(judges) == ["tiny_judge"]
    assert list(judging.judge_folders(folder, [rules.HELD_OUT])) == [rules.HELD_OUT]
    sources = [results / SEED / "samples.npz", results / SEED]
    samples = {str(source): judging.images_of(source, 100) for source in sources}
    found = judging.judged(judges["tiny_judge"], samples)
    metrics = json.loads((results / SEED / "metrics.json").read_text())["metrics"]
    wanted = {row["metric"]: row["value"] for row in metrics if row["of"] == "samples"}
    for scores in found.values():
        for metric, value in scores._asdict().items():
            assert value == pytest.approx(wanted[metric], rel=1e-4), metric
    only_fid = judging.judged(judges["tiny_judge"], samples, only_fid=True)
    assert [scores.precision for scores in only_fid.values()] == [None, None]
