"""The epochs that a measurement makes of a run's minutes, for the images that the dataset really has."""

import pytest
from helpers.config_types import GAN
from helpers.fake_plans import TIMES
from scripts import measure_budget as script

from easel.runtime.files import read_json, write_json

SETTINGS = {key: value for key, value in GAN.items() if key != "epochs"} | {"minutes": 2.0, "batch_size": 64}


@pytest.mark.parametrize("images", [777, 1000])
def test_epochs_are_of_the_prepared_images(tmp_path, monkeypatch, images):
    """Of a folder, only its preparation tells how many pictures can be used."""
    asked = []

    def speed(recipe, threads, gpus, seconds):
        asked.append((recipe["images"], recipe["image_shape"], threads, gpus, seconds))
        return {"seconds": TIMES, "measured_steps": 100}

    monkeypatch.setattr(script, "speed", speed)
    dataset, output = tmp_path / "dataset.json", tmp_path / "budget.json"
    splits = {"train": {"images": images}, "test": {"images": 100}}
    write_json(dataset, {"image_shape": [32, 32, 3], "classes": ["a", "b"], "splits": splits})
    script.measure_budget(dataset, output, "timed", SETTINGS, threads=2, gpus=0)
    found = read_json(output)
    assert asked == [(images, [32, 32, 3], 2, 0, 12.0)]
    assert (found["minutes"], found["measured_steps"]) == (2.0, 100)
    assert found["epochs"] == pytest.approx(found["steps"] * 64 / images)
