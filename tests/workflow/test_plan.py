"""`snakemake plan` before and after a study is run, through the real Snakemake."""

import csv
import json
import re
import shutil

MORE = "\n  twin:    {preset: dcgan, epochs: 3, width: 4, latent_dim: 8, batch_size: 64, learning_rate: 1.0e-3}\n"
ONLY = "runs:\n  dcgan:   {preset: dcgan, epochs: 2, width: 4, latent_dim: 8, batch_size: 64}" + MORE


def rows_of(checkout) -> list[dict[str, str]]:
    with open(checkout / "results/tiny/plan.tsv", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def last_words(said: str) -> str:
    return next(line for line in said.splitlines() if "of work" in line or "Nothing is outdated" in line)


def test_planning_a_new_study_measures_each_recipe_once(checkout):
    """Two runs share a recipe. Planning creates no outputs of the study, not even its dataset."""
    text = checkout.study.read_text()
    checkout.study.write_text(re.sub(r"runs:\n(  .*\n)+", ONLY, text))
    done = checkout.snakemake("plan")
    assert done.returncode == 0, done.stdout
    measured = sorted((checkout / "results/benchmarks/recipes").glob("*.json"))
    kinds = sorted(json.loads(file.read_text())["recipe"]["kind"] for file in measured)
    assert kinds == ["classifier", "training"]
    assert sorted(path.name for path in (checkout / "results").iterdir()) == [
        ".snakemake", "benchmarks", "logs", "tiny"
    ]  # fmt: skip
    assert sorted(path.name for path in (checkout / "results/tiny").iterdir()) == ["plan.html", "plan.tsv"]
    rows = rows_of(checkout)
    trainings = {row["run"]: row for row in rows if row["rule"] == "train_run"}
    assert set(trainings) == {"dcgan", "twin"}
    assert float(trainings["twin"]["minutes"]) > float(trainings["dcgan"]["minutes"]) > 0.05
    assert {row["source"] for row in trainings.values()} == {"probe"}
    assert all(json.loads(row["reasons"])[0]["kind"] == "missing_output" for row in rows)
    assert last_words(done.stdout).startswith(f"{len(rows)} jobs, ")

    again = checkout.snakemake("plan")
    assert again.returncode == 0, again.stdout
    assert "Measuring" not in again.stdout
    in_order = [sorted(each, key=lambda row: (row["rule"], row["run"])) for each in (rows_of(checkout), rows)]
    assert in_order[0] == in_order[1]  # Snakemake has none among jobs that do not wait for each other


def test_planning_a_finished_study_uses_its_measured_times(finished, tmp_path_factory):
    """Nothing is measured again, and planning makes nothing outdated."""
    checkout = type(finished)(tmp_path_factory.mktemp("done"))
    shutil.copytree(finished / "results", checkout / "results", symlinks=True, dirs_exist_ok=True)
    done = checkout.snakemake("plan")
    assert done.returncode == 0, done.stdout
    assert "Measuring" not in done.stdout
    assert last_words(done.stdout) == "Nothing is outdated."
    assert rows_of(checkout) == []
    assert checkout.jobs() == {}
    done = checkout.snakemake("all", "plan", "--report", str(checkout / "report.html"))
    assert done.returncode == 0, done.stdout
    assert "The jobs that were outdated when the plan was made" in (checkout / "report.html").read_text()

    checkout.study.write_text(checkout.study.read_text().replace("epochs: 2, width: 4", "epochs: 20, width: 4"))
    done = checkout.snakemake("plan")
    assert done.returncode == 0, done.stdout
    assert "Measuring" not in done.stdout
    (training,) = (row for row in rows_of(checkout) if row["rule"] == "train_run")
    assert (training["run"], training["source"]) == ("dcgan", "earlier_run")
    changed = {"kind": "setting_changed", "key": "settings.epochs", "before": 2.0, "now": 20.0}
    assert changed in json.loads(training["reasons"])
    kept = (checkout / "results/benchmarks/tiny/plan.tsv").read_text()
    assert "tiny/dcgan/seed-0/train_run.tsv" in kept


def test_a_run_that_cannot_be_trained_is_no_part_of_a_plan(checkout):
    checkout.study.write_text(checkout.study.read_text().replace("batch_size: 64", "batch_size: 640", 1))
    done = checkout.snakemake("plan")
    assert done.returncode == 1
    assert "runs.dcgan: batch_size is 640, but 'tiny_shapes' has 256 training images" in done.stdout
    assert not (checkout / "results").exists()
