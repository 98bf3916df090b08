"""The list of presets, with what each costs on this machine."""

import re
from pathlib import Path

import pytest
from helpers.fake_plans import HERE

from easel.config.datasets import Dataset
from easel.planning import presets, recipes
from easel.planning.presets import GROUPS, dataset_called, in_words, lines, listing, main
from easel.runtime.files import write_json
from easel.study.files import read_entries
from easel.study.load import load_study
from easel.study.messages import ConfigError

ROOT = Path(__file__).parents[2]
NAMES = {file.stem for file in (ROOT / "config" / "presets").glob("*.yaml")}
SHAPES = read_entries(Dataset, ROOT / "config" / "datasets.yaml", ROOT)["shapes"]
SIZES = SHAPES.expected_sizes


@pytest.fixture(autouse=True)
def machine(monkeypatch):
    """Two cores that train with 300 GFLOP/s."""
    monkeypatch.setattr(presets, "CORES", 2)
    monkeypatch.setattr(presets, "this_machine", lambda: HERE)
    monkeypatch.setattr(presets, "training_gflops", lambda threads: 150.0 * threads)


def epochs_of(results: Path, sizes=SIZES) -> dict[str, float]:
    return {line.name: line.epoch for line in lines(SHAPES, sizes, results, ROOT)}


def test_every_preset_is_in_its_group_the_cheapest_first(tmp_path):
    found = lines(SHAPES, SIZES, tmp_path, ROOT)
    assert {line.name for line in found} == NAMES
    order = [(list(GROUPS).index(line.group), line.epoch) for line in found]
    assert order == sorted(order)
    groups = {line.name: line.group for line in found}
    assert groups["fast_cpu"] == "GANs for pictures in classes"
    assert groups["dcgan"] == "Other GANs"
    assert groups["vae_gan"] == "Autoencoders"


def test_every_preset_says_what_it_is_good_for(tmp_path):
    said = [line.good_for for line in lines(SHAPES, SIZES, tmp_path, ROOT)]
    assert all(said)
    assert len(set(said)) == len(NAMES)


def test_an_epoch_costs_as_many_images_and_pixels_as_it_has(tmp_path):
    epochs = epochs_of(tmp_path)
    assert epochs["fast_cpu"] < epochs["dcgan"] < epochs["cgan"]
    assert epochs_of(tmp_path, SIZES._replace(train=2 * SIZES.train))["vae"] == pytest.approx(2 * epochs["vae"])
    assert epochs_of(tmp_path, SIZES._replace(image_shape=(64, 64, 3)))["vae"] == pytest.approx(
        4 * epochs["vae"], rel=1e-3
    )


def test_an_estimate_is_near_a_measurement(tmp_path):
    """On two cores of 190 GFLOP/s in float32, `fast_cpu` saw 1,518 images per second (benchmarks/presets.md)."""
    assert 0.5 < epochs_of(tmp_path)["fast_cpu"] / (SIZES.train / 1518) < 2


def test_a_recipe_that_was_measured_here_is_not_estimated(tmp_path):
    study = tmp_path / "mine.yaml"
    study.write_text("dataset: shapes\nruns:\n  a: {preset: vae}\n")
    settings = load_study({"study": str(study)}, ROOT).runs["a"].settings
    probe = tmp_path / "benchmarks/recipes" / f"{recipes.name_of(recipes.of_training(settings, SIZES))}.json"
    write_json(probe, {"machine": HERE, "threads": 2, "seconds": {"step": 0.5}})
    found = {line.name: line for line in lines(SHAPES, SIZES, tmp_path, ROOT)}
    assert found["vae"].epoch == pytest.approx(0.5 * SIZES.train / settings.batch_size)
    assert [name for name in found if found[name].measured] == ["vae"]
    write_json(probe, {"machine": HERE | {"cpu": "another"}, "threads": 2, "seconds": {"step": 0.5}})
    assert not any(line.measured for line in lines(SHAPES, SIZES, tmp_path, ROOT))


# --- on the terminal -----------------------------------------------------------------------------------


@pytest.mark.parametrize("gpus", [[], ["NVIDIA RTX 6000 Ada Generation"]])
def test_the_list_fits_a_terminal_and_ends_with_the_next_command(tmp_path, gpus):
    machine = HERE | {"gpus": gpus, "cpu": 5 * HERE["cpu"]}
    slow = [line._replace(epoch=1000 * line.epoch) for line in lines(SHAPES, SIZES, tmp_path, ROOT)]
    said = list(listing("shapes", SIZES, slow, 2, machine))
    assert max(map(len, said)) <= 100
    assert said[0] == "Presets for shapes: 10,000 training images of 32 × 32 pixels"
    assert [line.split()[0] for line in said if line.startswith("  ")][1:] == [line.name for line in slow]
    assert any("snakemake plan" in line for line in said) is bool(gpus)
    assert re.fullmatch(r"make new STUDY=\w+ DATA=\S+", said[-1])


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.04, "~0.04 s"), (80.3, "~80 s"), (95, "~1.6 min"), (3_600, "~60 min"), (9_000, "~2.5 h"), (2e6, "~23 days")],
)
def test_a_time_has_two_digits(seconds, words):
    assert in_words(seconds, measured=False) == words
    assert in_words(seconds, measured=True) == words.removeprefix("~")


def test_a_study_stands_for_its_dataset():
    assert dataset_called("shapes", ROOT) == ("shapes", SHAPES)
    assert dataset_called("quickstart", ROOT) == ("shapes", SHAPES)
    with pytest.raises(ConfigError, match="DATASET: unknown name 'shpes'; did you mean 'shapes'"):
        dataset_called("shpes", ROOT)


def test_main_prints_the_list_or_the_mistake(capsys):
    assert main(["shapes"]) == 0
    assert "fast_cpu" in capsys.readouterr().out
    assert main([]) == main([""]) == 0
    assert "Presets for cifar10" in capsys.readouterr().out
    assert main(["nowhere"]) == 1
    assert capsys.readouterr().err.startswith("DATASET: unknown name 'nowhere'; there are shapes, ")
