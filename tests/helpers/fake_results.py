"""Made-up results in the form that docs/files.md gives: plausible numbers, pictures of drawn shapes.

Reports are built and tested on these, because training takes minutes and this takes a second.
"""

import csv
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw
from scipy.ndimage import gaussian_filter

from easel.evaluation.agreement import agreement
from easel.evaluation.comparison import summary
from easel.evaluation.damages import SEVERITIES
from easel.evaluation.reconstruction import BinarisedPixels
from easel.evaluation.snapshots import BestAtEnd
from easel.images import grid, save_png
from easel.metrics.estimate import Bootstrap, DeLong, SpreadOverSplits, SpreadOverSubsets, StandardError
from easel.runtime.files import write_json
from helpers.fake_player import write_player

CLASSES = ["disc", "ring", "square", "triangle", "star", "cross", "heart", "moon", "hexagon", "arrow"]
FAMILIES = {"dcgan": "gan", "vae": "vae", "vae_gan": "vae_gan"}
DESCRIPTIONS = {
    "dcgan": "Deep convolutional GAN with batch normalisation in both networks",
    "vae": "The Keras example's small convolutional VAE, with a bottleneck of 16 numbers",
    "vae_gan": "A VAE whose reconstruction error is measured in the features of a GAN's discriminator",
}
BLUR = {"dcgan": 0.3, "vae": 1.6, "vae_gan": 0.8}  # pixels, at the end of training
FID = {"dcgan": 41.2, "vae": 118.6, "vae_gan": 63.9}
SECONDS = {"dcgan": 61.2, "vae": 22.7, "vae_gan": 96.4}
LATENT_DIM = {"dcgan": 100, "vae": 64, "vae_gan": 128}
NOTES = """\
# What was tried

Half the *width*, then ~~twice~~ as many epochs; see [the `vae_gan`](vae_gan/seed-0/report.html).

| width | epochs | |
| ----: | :----- | --- |
| 32 | 4 | blurred, with a_very_long_name_of_a_setting_that_has_no_place_to_break |
| 64 | 8 | crisp |

### What went wrong

1. A discriminator that always won:
   - `learning_rate: 2e-3`
   - no normalisation

> The loss tells little. — a friend

```yaml
runs:
  dcgan: {preset: dcgan, epochs: 8, learning_rate: 1e-4, beta_1: 0.5, discriminator_learning_rate: 4e-4}
```

***

# 배운 것

<script>alert(1)</script> ![a curve](curve.png)
"""
NOTES_OF_A_RUN = "Collapsed **twice** before the learning rate was halved.\n\n## Next\n\nTry `r1`.\n"
STEPS, BATCH_SIZE, TRAIN_IMAGES, SAMPLES = 313, 128, 10_000, 2_000
# By preset and seed, what of 313 steps counted as collapsed, and how.
COLLAPSES = {("vae_gan", 0): ("diversity", (220, 313)), ("dcgan", 1): ("discriminator", (100, 160))}


def write_study(
    results: Path, name: str = "quickstart", runs: dict[str, str] | None = None, seeds: Sequence[int] = (0,),
    judges: Sequence[str] = ("classifier",), rows: int = 60,
) -> Path:  # fmt: skip
    """Write results/<name>/ and the dataset that it used; return the study's folder.

    runs: name → preset (dcgan, vae or vae_gan); None takes one run of each.
    rows: of every history.csv.
    """
    runs = runs or {preset: preset for preset in FAMILIES}
    write_dataset(results / "datasets" / "shapes")
    for run, preset in runs.items():
        for seed in seeds:
            write_run(results / name / run / f"seed-{seed}", run, preset, seed, name, judges, rows)
    write_json(results / name / "comparison.json", compared(name, runs, seeds, judges, rows))
    for judge in judges:
        write_json(results / "judges" / "shapes" / judge / "sensitivity.json", sensitivity(judge))
    write_json(results / name / "notes.json", {"notes": NOTES, "runs": {next(iter(runs)): NOTES_OF_A_RUN}})
    return results / name


def compared(name: str, runs: dict[str, str], seeds: Sequence[int], judges: Sequence[str], rows: int) -> dict:
    """comparison.json."""
    found = [
        {
            "run": run, "preset": preset, "family": FAMILIES[preset], "description": DESCRIPTIONS[preset],
            "seeds": [
                {
                    "seed": seed, "seconds": SECONDS[preset] + seed, "epochs": 4.0,
                    "images_per_second": STEPS * BATCH_SIZE / (SECONDS[preset] + seed),
                    "parameters": {n: network["parameters"] for n, network in networks(preset).items()},
                    "device": DEVICE, "precision": "mixed_bfloat16", "metrics": metrics(preset, seed, judges),
                    "samples": drawn_from(preset, seed), "collapse": collapse(preset, seed, rows),
                }
                for seed in seeds
            ],
        }
        for run, preset in runs.items()
    ]  # fmt: skip
    columns = summary(found)
    return {
        "study": name, "title": "Quickstart", "dataset": "shapes", "seeds": list(seeds), "judges": list(judges),
        "left_out": [],
        "description": "The three families on drawn shapes, in a few minutes on a laptop.",
        "runs": found, "external": [], "summary": columns, "agreement": agreement(columns),
    }  # fmt: skip


def sensitivity(judge: str, mirrorable: bool = True) -> dict:
    """sensitivity.json of a judge that sees no mirrored images and no noise, and a checkerboard when it is heavy."""
    blind = {"gaussian_noise": 3, "mirrored": 3, "checkerboard": 2}  # severities that are not noticed

    def values(share: float, error: float) -> dict:
        best = {"fid": 2.0, "kid": 0.0, "precision": 0.9, "recall": 0.9, "coverage": 0.95}
        worst = {"fid": 240.0, "kid": 0.5, "precision": 0.0, "recall": 0.0, "coverage": 0.0}
        return {each: {"value": best[each] + share * (worst[each] - best[each]), "error": error} for each in best}

    found = []
    for damage, severities in SEVERITIES.items():
        unseen = blind.get(damage, 0)
        shares = [0.00001, 0.0001, 0.0002][:unseen] + [0.02, 0.06, 0.2][unseen:]
        noticed_from = None if unseen == len(severities) else severities[unseen]
        verdict = {"seen": noticed_from is not None, "steady": True, "noticed_from": noticed_from}
        rows = [
            {"severity": severity, "metrics": values(share, 0.04)}
            for severity, share in zip(severities, shares, strict=True)
        ]
        verdicts = dict.fromkeys(rows[0]["metrics"], verdict)
        found.append({"damage": damage, "rows": rows, "verdicts": verdicts})
    return {
        "judge": judge, "device": {"kind": "cpu", "name": "a processor"}, "n": 1000, "reference_split": "train",
        "reference_n": TRAIN_IMAGES, "errors": 3.0, "mirrorable": mirrorable, "undamaged": values(0.0, 0.04),
        "pixel_gaussian": values(1.0, 0.5), "damages": found, "left_out": [],
    }  # fmt: skip


def write_dataset(folder: Path) -> None:
    """Write dataset.json, preview.png and the first training images."""
    folder.mkdir(parents=True, exist_ok=True)
    write_json(
        folder / "dataset.json",
        {
            "name": "shapes", "format": "shapes", "source": {"kind": "drawn", "seed": 0}, "image_shape": [32, 32, 3],
            "classes": CLASSES,
            "splits": {
                "train": {"images": TRAIN_IMAGES, "per_class": [TRAIN_IMAGES // 10] * 10},
                "test": {"images": 2_000, "per_class": [200] * 10},
            },
            "channel_mean": [125.3, 122.95, 113.87], "channel_std": [62.99, 62.09, 66.7],
            "arrays": {f"{split}_{kind}.npy": "0" * 64 for split in ("train", "test") for kind in ("images", "labels")},
        },
    )  # fmt: skip
    images = drawn_shapes(200, seed=7)
    np.save(folder / "train_images.npy", images)
    np.save(folder / "train_labels.npy", np.arange(len(images)) % len(CLASSES))
    save_png(folder / "preview.png", grid(images[:100], columns=10))


def write_run(folder: Path, run: str, preset: str, seed: int, study: str, judges: Sequence[str], rows: int) -> None:
    """Write everything that a run's report reads."""
    (folder / "progress").mkdir(parents=True, exist_ok=True)
    write_json(folder / "train.json", train_record(run, preset, seed, study, rows))
    write_json(folder / "notes.json", {"notes": NOTES_OF_A_RUN})
    judged = {"metrics": metrics(preset, seed, judges), "classes": classes(judges), "nearest": nearest(judges)}
    names = {"study": study, "run": run, "seed": seed}
    write_json(folder / "metrics.json", {**names, "samples": drawn_from(preset, seed), **judged})
    if judges:
        about = {
            "judge": judges[0], "device": JUDGED_ON, "n": 2_000, "reference_split": "train",
            "reference_n": TRAIN_IMAGES, "caveats": [],
        }  # fmt: skip
        write_json(folder / "snapshots.json", {"run": run, "seed": seed, **about, "snapshots": snapshots(preset, seed)})
    write_history(folder / "history.csv", preset, rows, seed, seed + len(run))

    shapes = drawn_shapes(100, seed=100 + seed)
    alike = shapes[np.arange(len(shapes)) % 3]
    for step in [*range(0, STEPS, 45), STEPS]:
        drawn = alike if collapsed(preset, seed, step, "diversity") else shapes
        save_png(folder / "progress" / f"step-{step:06d}.png", grid(as_if_sampled(drawn[:64], preset, step), 8))
    shapes = drawn
    samples = as_if_sampled(shapes, preset, STEPS)
    np.savez(folder / "samples.npz", images=samples)
    save_png(folder / "samples.png", grid(samples, 10))
    mixing = np.linspace(0, 1, 10)[None, :, None, None, None]
    between = (1 - mixing) * shapes[:8, None] + mixing * shapes[8:16, None]
    save_png(folder / "interpolation.png", grid(as_if_sampled(between.reshape(-1, 32, 32, 3), preset, STEPS), 10))
    save_png(folder / "latent_plane.png", grid(as_if_sampled(plane_of(shapes[:4]), preset, STEPS), 17))
    pairs = np.stack([as_if_sampled(drawn_shapes(20, seed=9), preset, STEPS), drawn_shapes(20, seed=9)])
    rows_of_pairs = pairs.reshape(2, 2, 10, 32, 32, 3).swapaxes(0, 1).reshape(-1, 32, 32, 3)
    save_png(folder / "nearest.png", grid(rows_of_pairs, 10))
    write_player(folder, names, LATENT_DIM[preset], None if FAMILIES[preset] == "gan" else drawn_shapes(40, seed=50))
    if FAMILIES[preset] != "gan":
        tests = drawn_shapes(40, seed=50).reshape(4, 10, 32, 32, 3)
        rebuilt = as_if_sampled(tests.reshape(-1, 32, 32, 3), preset, STEPS).reshape(tests.shape)
        save_png(folder / "reconstructions.png", grid(np.stack([tests, rebuilt], 1).reshape(-1, 32, 32, 3), 10))


# --- numbers -------------------------------------------------------------------------------------------

DEVICE = {"kind": "cpu", "name": "AMD EPYC 9B14 96-Core Processor", "threads": 2}
JUDGED_ON = {"kind": "cpu", "name": DEVICE["name"]}


def train_record(run: str, preset: str, seed: int, study: str, rows: int = 60) -> dict:
    """The content of train.json. rows: of history.csv."""
    settings = {
        "family": FAMILIES[preset], "model": preset, "description": "", "source": "",
        "latent_dim": LATENT_DIM[preset], "width": 64, "epochs": 4, "batch_size": BATCH_SIZE, "learning_rate": 2e-4,
        "beta_1": 0.5, "beta_2": 0.9, "flip": True, "ema_decay": 0.0, "precision": "auto", "log_every": 50,
        "draw_every": 200, "checkpoint_every": 1.0,
    }  # fmt: skip
    settings |= {
        "gan": {"loss": "non_saturating", "discriminator_learning_rate": 0.0, "n_dis": 1},
        "vae": {"likelihood": "bernoulli", "beta": 1.0},
        "vae_gan": {"reconstruction_weight": 0.01, "equilibrium": 0.68, "margin": 0.35},
    }[FAMILIES[preset]]
    return {
        "study": study, "run": run, "seed": seed, "preset": preset, "dataset": "shapes", "settings": settings,
        "epochs": 4.0, "steps": STEPS, "images": STEPS * BATCH_SIZE, "seconds": SECONDS[preset] + seed,
        "images_per_second": STEPS * BATCH_SIZE / (SECONDS[preset] + seed), "resumed_at_steps": [200],
        "device": DEVICE, "precision": "mixed_bfloat16", "networks": networks(preset),
        "snapshots": [
            networks_of(preset, step) | {"step": step, "epoch": 4 * step / STEPS, "prior": None}
            for step in (79, 157, STEPS)
        ],
        "collapse": collapse(preset, seed, rows), "held_out": 1000, "overfitting": [], "caveats": [],
        "xla": False, "deterministic": True, "images_held": "resident", "replicas": 1,
        "seconds_in_steps": 0.9 * (SECONDS[preset] + seed), "cpu_seconds": 2.0 * (SECONDS[preset] + seed),
        "fingerprints": {
            "state": "9f2c4b7d1e6a8035",
            "data": "5be0c2a94f7718d3",
            "code": {"workflow/easel/training/loop.py": "1f0e9d8c7b6a5948", "scripts/train.py": "8d7c6b5a49382716"},
        },
        "versions": {"easel": "0.1.0", "tensorflow": "2.21.0", "keras": "3.15.1", "numpy": "2.4.6", "python": "3.11.7"},
    }  # fmt: skip


def collapsed(preset: str, seed: int, step: float, kind: str) -> bool:
    """True if a run counts as collapsed in that way after a step."""
    its_kind, (first, last) = COLLAPSES.get((preset, seed), ("", (0, 0)))
    return kind == its_kind and first <= step <= last


def collapse(preset: str, seed: int, rows: int) -> dict | None:
    """The entry `collapse` of train.json and comparison.json. rows: of history.csv."""
    if (preset, seed) not in COLLAPSES:
        return None
    kind, _ = COLLAPSES[preset, seed]
    steps = [step for step in logged_steps(rows) if collapsed(preset, seed, step, kind)]
    return {
        "kind": kind, "first_step": int(steps[0]), "first_epoch": 4 * int(steps[0]) / STEPS, "rows": len(steps),
        "of_rows": rows, "at_end": bool(steps[-1] == STEPS), "stopped": False,
    }  # fmt: skip


def logged_steps(rows: int) -> np.ndarray:
    """The steps of the rows of history.csv: int (rows,)."""
    return np.rint(STEPS * np.linspace(1 / max(rows, 1), 1, rows)).astype(int)


def metrics(preset: str, seed: int, judges: Sequence[str]) -> list[dict]:
    """The rows of metrics.json: the samples and both reference rows, for every judge."""
    facts = {
        "classifier": {"kind": "classifier", "dataset": "shapes", "test_accuracy": 0.991},
        "inception": {"kind": "inception"},
        "random": {"kind": "random", "seed": 0},
    }
    rows = []
    for judge in judges:
        scale = 0.7 if judge == "inception" else 1.0
        for of, fid, uncertainty in (
            ("samples", (160 - FID[preset] if judge == "random" else FID[preset]) + 1.3 * seed, 0.8),
            ("test_images", 2.14, 0.06),
            ("pixel_gaussian", 312.5, 1.1),
        ):
            for metric, value, error, reference in (
                ("fid", scale * fid, Bootstrap(scale * uncertainty, 20), ("train", TRAIN_IMAGES)),
                ("kid", scale * fid / 2000, SpreadOverSubsets(0.0004, 100, 1_000), ("train", TRAIN_IMAGES)),
                ("inception_score", 9.2 - 8 * fid / 400, SpreadOverSplits(0.05, 10), (None, None)),
                ("precision", 1 - fid / 330, StandardError(0.01), ("train", SAMPLES)),
                ("recall", 1 - fid / 320, StandardError(0.01), ("train", SAMPLES)),
                ("data_copying_auc", 0.5 - fid / 1000, DeLong(0.01), ("train", TRAIN_IMAGES)),
            ):
                rows.append(
                    {
                        "of": of, "metric": metric, "value": value, "uncertainty": error.as_json(), "n": SAMPLES,
                        "judge": judge, "judge_facts": facts[judge], "device": JUDGED_ON,
                        "reference_split": reference[0], "reference_n": reference[1], "caveats": [],
                    }
                )  # fmt: skip
    if FAMILIES[preset] != "gan":
        row = {
            "of": "reconstructions", "n": 2_000, "judge": None, "judge_facts": None, "device": JUDGED_ON,
            "reference_split": "test", "reference_n": 2_000, "caveats": [],
        }  # fmt: skip
        rows.append(row | {"metric": "psnr", "value": 18.4, "uncertainty": StandardError(0.1).as_json()})
    if FAMILIES[preset] == "vae":
        bound = {"metric": "elbo", "value": -1816.2, "uncertainty": StandardError(1.2).as_json()}
        rows.append(row | bound | {"likelihood": "bernoulli", "caveats": [BinarisedPixels().as_json()]})
    return rows


def drawn_from(preset: str, seed: int) -> dict:
    """The content of samples.json: the snapshot that was sampled."""
    best = {"kind": "snapshot", **snapshots(preset, seed)[-1], "select": "best"}
    return best | {"why": BestAtEnd(3, best["fid"]).as_json(), "device": JUDGED_ON, "caveats": []}


def snapshots(preset: str, seed: int) -> list[dict]:
    """The snapshots of snapshots.json."""
    return [
        {
            **networks_of(preset, step), "step": step, "epoch": 4 * step / STEPS, "prior": None,
            "fid": (FID[preset] + seed) * (1 + 2 * (STEPS - step) / STEPS), "uncertainty": Bootstrap(1.1, 20).as_json(),
        }
        for step in (78, 157, STEPS)
    ]  # fmt: skip


def networks_of(preset: str, step: int) -> dict:
    """The files of a snapshot, by network."""
    file = f"snapshots/step-{step:06d}"
    encoder = {} if FAMILIES[preset] == "gan" else {"encoder": f"{file}-encoder.keras"}
    return {"generator": f"{file}.keras", **encoder}


def classes(judges: Sequence[str]) -> list[dict]:
    """The entry `classes` of metrics.json."""
    counts = [SAMPLES // 10 + 7 * (i - 4) - 3 for i in range(10)]
    fids = [20.0 + i for i in range(9)] + [None]
    first = [list(range(label, 90, 10)) for label in range(9)] + [[]]  # of the hundred in samples.npz
    counted = {"names": CLASSES, "samples": counts, "expected": [SAMPLES / 10] * 10, "first": first}
    table = counted | {"fid": fids, "fid_by": "predicted"}
    return [{"judge": judge, **table} for judge in judges if judge == "classifier"]


def nearest(judges: Sequence[str]) -> dict | None:
    """The entry `nearest` of metrics.json."""
    pairs = [
        {"sample": i, "training_image": 3 * i, "distance": 0.5 + i / 10, "nearer_than_held_out": 0.9 - i / 30}
        for i in range(20)
    ]
    return {"judge": judges[0], "pairs": pairs} if judges else None


def write_history(file: Path, preset: str, rows: int, seed: int, noise_seed: int) -> None:
    """Write a history.csv in which the losses move as such losses do."""
    rng, family = np.random.default_rng(noise_seed), FAMILIES[preset]
    steps = logged_steps(rows)
    done = steps / STEPS
    columns = {"epoch": 4 * done, "step": steps, "images": steps * BATCH_SIZE, "seconds": 60 * done}
    alike, won = (
        np.array([collapsed(preset, seed, step, kind) for step in steps], float)
        for kind in ("diversity", "discriminator")
    )
    noise = rng.normal(0, 0.08, (4, rows))
    reconstruction, kl = 620 + 1250 * np.exp(-6 * done) + 40 * noise[2], 28 * (1 - np.exp(-5 * done)) + noise[3]
    if family == "vae":
        columns |= {"loss": reconstruction + kl, "reconstruction": reconstruction, "kl": kl}
    else:
        columns |= {
            "generator_loss": 0.8 + 1.6 * done + noise[0] + 3 * won,
            "discriminator_loss": np.abs(1.38 - 0.5 * done + noise[1] - won),
            "real_accuracy": np.clip(0.55 + 0.25 * done + noise[0] / 2 + won, 0, 1),
            "fake_accuracy": np.clip(0.5 + 0.32 * done + noise[1] / 2 + won, 0, 1),
        }
    if family == "vae_gan":
        columns |= {"reconstruction": reconstruction / 9, "kl": 2 * kl}
    drawn = done[np.arange(rows) // 4 * 4]  # measured with every fourth row
    columns["diversity"] = np.where(alike, 0.04 + 0.02 * (drawn > 0.8), 0.9 - 0.7 * np.exp(-6 * drawn))
    columns["collapsed"] = np.maximum(alike, won).astype(int)
    with open(file, "w", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))


# --- networks ------------------------------------------------------------------------------------------


def networks(preset: str) -> dict:
    """The networks of a preset, with the layers of real ones."""
    found = {
        "dcgan": {"generator": generator(100), "discriminator": discriminator()},
        "vae": {"encoder": encoder(64), "decoder": generator(64)},
        "vae_gan": {"encoder": encoder(128), "decoder": generator(128), "discriminator": discriminator()},
    }
    return found[preset]


def generator(latent_dim: int) -> dict:
    layers = [layer("Dense", [8192], latent_dim * 8192), layer("Reshape", [4, 4, 512])]
    layers += [layer("BatchNormalization", [4, 4, 512], 2048), layer("ReLU", [4, 4, 512])]
    size, channels = 4, 512
    while size < 32:
        size, before, channels = 2 * size, channels, channels // 2
        shape = [size, size, channels]
        layers += [
            layer("Conv2DTranspose", shape, 16 * before * channels, "4×4, stride 2"),
            layer("BatchNormalization", shape, 4 * channels),
            layer("ReLU", shape),
        ]
    return network([latent_dim], [*layers, layer("Conv2D", [32, 32, 3], 1731, "3×3"), layer("Activation", [32, 32, 3])])


def discriminator() -> dict:
    layers, channels = [], 3
    for size, width in ((16, 64), (8, 128), (4, 256)):
        shape = [size, size, width]
        layers += [layer("Conv2D", shape, 16 * channels * width, "4×4, stride 2"), layer("LeakyReLU", shape)]
        channels = width
    return network([32, 32, 3], [*layers, layer("Flatten", [4096]), layer("Dense", [1], 4097)])


def encoder(latent_dim: int) -> dict:
    layers = [
        layer("Conv2D", [16, 16, 32], 896, "3×3, stride 2, ReLU"),
        layer("Conv2D", [8, 8, 64], 18496, "3×3, stride 2, ReLU"),
        layer("Flatten", [4096]),
        layer("Dense", [16], 65552, "ReLU"),
        layer("Dense", [latent_dim], 17 * latent_dim),
        layer("Dense", [latent_dim], 17 * latent_dim),
    ]
    return network([32, 32, 3], layers)


def layer(kind: str, shape: list[int], parameters: int = 0, detail: str = "") -> dict:
    return {"name": kind.lower(), "type": kind, "output_shape": shape, "parameters": parameters, "detail": detail}


def network(inputs: list[int], layers: list[dict]) -> dict:
    return {"parameters": sum(each["parameters"] for each in layers), "inputs": [inputs], "layers": layers}


# --- pictures ------------------------------------------------------------------------------------------


@cache
def drawn_shapes(n: int, seed: int) -> np.ndarray:
    """Shapes of random kind, colour, size and position: uint8 (n, 32, 32, 3)."""
    rng = np.random.default_rng(seed)
    return np.stack([drawn_shape(int(rng.integers(5)), rng) for _ in range(n)])


def drawn_shape(kind: int, rng: np.random.Generator) -> np.ndarray:
    background = tuple(int(level) for level in rng.integers(20, 110, 3))
    colour = tuple(int(level) for level in rng.integers(110, 256, 3))
    sheet = Image.new("RGB", (128, 128), background)
    radius, x, y, turn = rng.uniform(26, 46), *rng.uniform(50, 78, 2), rng.uniform(0, 2 * np.pi)
    draw = ImageDraw.Draw(sheet)
    if kind < 2:
        draw.ellipse([x - radius, y - radius, x + radius, y + radius], fill=colour)
        if kind == 1:
            draw.ellipse([x - radius / 2, y - radius / 2, x + radius / 2, y + radius / 2], fill=background)
    else:
        corners = {2: 4, 3: 3, 4: 10}[kind]
        reach = [radius if kind != 4 or i % 2 == 0 else radius / 2.4 for i in range(corners)]
        angles = turn + 2 * np.pi * np.arange(corners) / corners
        draw.polygon([(x + r * np.cos(a), y + r * np.sin(a)) for r, a in zip(reach, angles, strict=True)], fill=colour)
    return np.asarray(sheet.resize((32, 32), Image.Resampling.BOX))


def plane_of(corners: np.ndarray) -> np.ndarray:
    """Four images (4, H, W, 3) and mixtures of them over a square of 17 × 17: (289, H, W, 3)."""
    x, y = np.meshgrid(*2 * [np.linspace(0, 1, 17)])
    shares = np.stack([(1 - x) * (1 - y), x * (1 - y), (1 - x) * y, x * y], axis=-1).reshape(-1, 4)
    return np.tensordot(shares, corners.astype(np.float32), axes=1)


def as_if_sampled(images: np.ndarray, preset: str, step: int) -> np.ndarray:
    """Images as a model might draw them after `step` steps: first noise, in the end blurred."""
    rng = np.random.default_rng(step)
    learned = 1 - np.exp(-5 * step / STEPS)
    blur = BLUR[preset] + 4 * (1 - learned)
    smooth = gaussian_filter(images.astype(np.float32), (0, blur, blur, 0))
    noise = rng.normal(128, 40 if preset == "dcgan" else 8, images.shape)
    return np.clip(learned * smooth + (1 - learned) * noise, 0, 255).astype(np.uint8)
