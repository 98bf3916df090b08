"""Draw with the networks of every preset in Chromium, from a file and without a network, and time it.

python benchmarks/player.py                    # every preset at its own width, in about 10 minutes on two cores
python benchmarks/player.py dcgan quickstart   # some of them; quickstart: the runs of that study

Weights are random, as in benchmarks/exports.py: what is measured depends on the networks alone. The columns are the
weights (millions), their bits, the page's characters for them (MB), what the page says of their rounding (the mean and
the largest difference of 8 images, in levels of 0..255), the largest difference from Keras's images in the browser,
milliseconds from a click to the first image, in which a worker starts and decodes the weights, and for each image after
that (the median). Needs an installed Chromium and the packages of the tests.
"""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from benchmarks.exports import PRESETS, networks_of  # noqa: E402
from helpers.engine_page import engine_page  # noqa: E402

from easel.images import to_uint8  # noqa: E402
from easel.player.record import make_player  # noqa: E402
from easel.sampling import Samples  # noqa: E402
from easel.study.load import load_study  # noqa: E402

COLUMNS = ["network", "weights", "bits", "MB", "said", "difference", "first, ms", "each, ms"]
COMPARED = 8
TIMES = 10
TIME_IT = """async ({ inputs, times }) => {
  const start = performance.now();
  await load();
  const images = [(await ask({ kind: "draw", ...inputs[0] })).pixels];
  const first = performance.now() - start;
  for (const each of inputs.slice(1)) images.push((await ask({ kind: "draw", ...each })).pixels);
  const taken = [];
  for (let i = 0; i < times; i++) {
    const before = performance.now();
    await ask({ kind: "draw", ...inputs[i % inputs.length] });
    taken.push(performance.now() - before);
  }
  return { first, each: taken.sort((a, b) => a - b)[times >> 1], images: images.map(each => [...each]) };
}"""


def settings_of_quickstart() -> dict[str, tuple[str, dict[str, Any]]]:
    """The runs of the quickstart by name, with their presets and the settings that make their networks."""
    study = load_study({"study": "quickstart"}, root=ROOT)
    return {
        f"quickstart/{name}": (run.preset, {key: getattr(run.settings, key) for key in ("width", "latent_dim")})
        for name, run in study.runs.items()
    }


def measure(page: Page, folder: Path, name: str, preset: str, overrides: dict[str, Any]) -> str:
    """The row of a network."""
    generator, *encoders = networks_of(preset, COMPARED, 300, **overrides)
    latents, labels = generator.inputs["latents"], generator.inputs.get("labels")
    wanted = to_uint8(generator.outputs()["images"])
    classes = None if labels is None else ["a class"] * (int(labels.max()) + 1)
    record, block = make_player(
        generator.keras, encoders[0].keras if encoders else None, Samples(wanted, latents, labels), wanted, classes
    )
    if record["unplayable"]:
        return f"| {name} | {record['unplayable']} |"
    page.goto(engine_page(folder / f"{name.replace('/', '-')}.html", record, block).as_uri())
    inputs = [
        {"latents": points.tolist(), "label": None if labels is None else int(labels[i])}
        for i, points in enumerate(latents)
    ]
    found = page.evaluate(TIME_IT, {"inputs": inputs, "times": TIMES})
    images = np.array(found["images"], int).reshape(len(wanted), -1, 4)[..., :3].reshape(wanted.shape)
    difference = np.abs(images - wanted).max()
    bits = ", ".join(map(str, record["bits"]))
    return (
        f"| {name} | {record['parameters'] / 1e6:.2f} | {bits} | {len(block) * 4 / 3 / 1e6:.1f} "
        f"| {record['loss']['mean']:.2g}, {record['loss']['largest']} | {difference} "
        f"| {found['first']:.0f} | {found['each']:.1f} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("presets", nargs="*", default=["quickstart", *PRESETS])
    for cells in (COLUMNS, ["---"] * len(COLUMNS)):
        print(f"| {' | '.join(cells)} |")
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_context(offline=True).new_page()
        for preset in parser.parse_args().presets:
            named = settings_of_quickstart() if preset == "quickstart" else {preset: (preset, {})}
            for name, (its_preset, overrides) in named.items():
                print(measure(page, Path(folder), name, its_preset, overrides), flush=True)
        browser.close()


if __name__ == "__main__":
    main()
