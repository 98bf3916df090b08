"""Several devices train as one: tested with two logical CPU devices, in processes of their own."""

import json
import subprocess

import numpy as np
import pytest
from helpers.patience import PATIENCE
from helpers.warm_python import warm_python

STEPS = 4
TRAIN = """
import json, sys
import numpy as np
import tensorflow as tf
from pathlib import Path
from pydantic import TypeAdapter

devices, images, settings, folder = int(sys.argv[1]), np.load(sys.argv[2]), json.loads(sys.argv[3]), Path(sys.argv[4])
cpu = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * devices)

from easel.config.presets import Preset
from easel.training.state import TrainingState
from easel.training.trainer import Trainer

settings = TypeAdapter(Preset).validate_python(settings)
names = [f"CPU:{i}" for i in range(devices)] if devices > 1 else []
trainer = Trainer(images, settings, 3, "float32", devices=names)
state = TrainingState(trainer, folder / str(devices), {})
rows = trainer.run_steps(0, 1)
# Adam's running mean after one step is (1 - beta_1) times the gradient, without Adam's division by its size.
means = {
    f"{name}/{i}": np.asarray(mean)
    for name, optimizer in trainer.objective.optimizers.items()
    for i, mean in enumerate(optimizer._momentums)
}
rows = np.concatenate([rows, trainer.run_steps(1, int(sys.argv[5]) - 1)])
statistics = {name: v.numpy() for name, v in trainer.variables.items() if "moving" in v.path}
state.advance(rows, 1.0, 1.0)
state.save()
state.restore()
np.savez(folder / f"{devices}.npz", rows=rows, **{f"gradient/{k}": v for k, v in means.items()},
         **{f"statistics/{k}": v for k, v in statistics.items()}, replicas=trainer.replicas)
"""


@pytest.mark.parametrize(
    ("preset", "changes"),
    [
        ("tutorial_dcgan", {"ema_decay": 0.9}),  # dropout
        ("dcgan", {"n_dis": 2, "flip": True}),  # batch normalisation over both devices
        ("vae_gan", {"equilibrium": 0.6, "margin": 0.05}),  # one side or the other pauses in most steps
        ("lean", {"spectral_norm": "both", "r1": 0.1, "lecam": 0.1, "augment": ["translation"], "n_dis": 2}),
        ("lean", {"augment": "ada", "ada_images": 100.0, "ada_target": 0.0}),
    ],
)
def test_two_devices_train_as_one_does(preset, changes, images, settings_of, tmp_path):
    np.save(tmp_path / "images.npy", images)
    script = tmp_path / "train.py"
    script.write_text(TRAIN)
    settings = settings_of(preset, **changes).model_dump_json()
    started = [
        subprocess.Popen(
            [warm_python(), script, str(devices), tmp_path / "images.npy", settings, tmp_path, str(STEPS)],
            stderr=subprocess.PIPE, text=True,
        )
        for devices in (1, 2)
    ]  # fmt: skip
    found = []
    for devices, process in enumerate(started, start=1):
        _, said = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0, said
        with np.load(tmp_path / f"{devices}.npz") as stored:
            found.append(dict(stored))
    one, two = found
    assert (one.pop("replicas"), two.pop("replicas")) == (1, 2)
    np.testing.assert_allclose(two["rows"][0], one["rows"][0], rtol=1e-5)
    np.testing.assert_allclose(two["rows"], one["rows"], rtol=0.02, atol=0.01)  # rounding grows from step to step
    assert any(name.startswith("statistics") for name in one)
    for network in {name.split("/")[1] for name in one if name.startswith("gradient")}:
        gradients = [
            np.concatenate([found[name].ravel() for name in sorted(one) if name.startswith(f"gradient/{network}/")])
            for found in (one, two)
        ]
        # Rounding that carries a number over a ReLU's edge makes up to 6e-3; statistics of each device alone, 0.2.
        assert np.linalg.norm(gradients[1] - gradients[0]) <= 0.02 * np.linalg.norm(gradients[0]), network
    for name in one:
        if name.startswith("statistics"):
            np.testing.assert_allclose(two[name], one[name], rtol=0.05, atol=5e-3, err_msg=name)


def test_settings_that_cannot_be_shared_evenly_are_refused(settings_of):
    with pytest.raises(ValueError, match="batch_size 16 cannot be shared evenly by 3 GPUs"):
        settings_of("vae", gpu=3)
    assert json.loads(settings_of("vae", gpu=4).model_dump_json())["gpu"] == 4


def test_xla_is_refused_for_several_gpus(settings_of):
    with pytest.raises(ValueError, match="jit_compile: true needs a single GPU"):
        settings_of("vae", gpu=2, jit_compile=True)
