"""The model card of an exported run."""

import pytest
from helpers.fake_results import write_study
from ruamel.yaml import YAML

from easel.report.model_card import Card, model_card
from easel.runtime.files import read_json

ENTRY = {
    "file": "generator.onnx", "format": "onnx", "compared": 500, "limit": 1e-5, "largest_difference": 3.2e-7,
    "chose_differently": 2,
}  # fmt: skip
EXPORTED = {
    "formats": ["onnx", "litert", "png"], "license": "cc-by-4.0", "files": [ENTRY], "pictures": 2_000,
    "versions": {"onnx": "1.23.2"},
}  # fmt: skip


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    results = tmp_path_factory.mktemp("results")
    write_study(results)
    return results


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "png").mkdir()
    for name in ("generator.keras", "encoder.keras", "generator.onnx", "samples.png", "README.md"):
        (tmp_path / name).write_bytes(bytes(1_250_000))
    return tmp_path


@pytest.fixture
def card(results):
    """Of vae_gan, which collapsed."""
    run = results / "quickstart/vae_gan/seed-0"
    metrics = read_json(run / "metrics.json")
    return Card(
        trained=read_json(run / "train.json") | {"sampler": "decoder", "classes": None},
        samples=metrics["samples"],
        metrics=metrics,
        dataset=read_json(results / "datasets/shapes/dataset.json"),
        exported=EXPORTED,
        description="",
    )


def front_matter(text):
    opening, block, _ = text.split("---\n", 2)
    assert opening == ""
    return YAML(typ="safe").load(block)


def test_the_hub_finds_licence_library_data_and_numbers(card, folder):
    facts = front_matter(model_card(card, folder))
    assert (facts["license"], facts["library_name"], facts["datasets"]) == ("cc-by-4.0", "keras", ["shapes"])
    assert facts["tags"] == ["keras", "onnx", "litert", "image-generation", "vae-gan", "easel"]
    assert facts["pipeline_tag"] == "unconditional-image-generation"
    assert {"fid", "psnr"} <= set(facts["metrics"])
    (result,) = facts["model-index"][0]["results"]
    assert result["metrics"][0] == {"type": "fid", "name": "FID (2,000 samples, judge classifier)", "value": 63.9}


def test_a_licence_is_named_or_said_to_be_missing(card, folder):
    assert "under the licence `cc-by-4.0`" in model_card(card, folder)
    text = model_card(card._replace(exported=EXPORTED | {"license": "unknown"}), folder)
    assert front_matter(text)["license"] == "unknown"
    assert "No licence is stated." in text


def test_every_number_has_its_protocol_and_the_value_of_real_images(card, folder):
    text = model_card(card, folder)
    row = "| FID | lower | 63.9 ± 1.6 | 2.14 ± 0.12 | 2,000 samples | 10,000 training images | classifier |"
    assert row in text.splitlines()
    assert "Judge: classifier (trained on shapes, 99.1 % test accuracy)." in text
    assert "- ± of FID: half the width of the 95 % interval over the images judged, from the bootstrap " in text


def test_every_file_has_a_line_and_its_comparison(card, folder):
    text = model_card(card, folder)
    for line in (
        "| `generator.onnx` | latents to images | 1.25 MB |",
        "| `encoder.keras` | images to latents | 1.25 MB |",
        "| `samples.png` | uncurated samples | 1.25 MB |",
        "| `png/` | 2,000 pictures: the judged samples |  |",
    ):
        assert line in text.splitlines()
    assert "README.md" not in text
    assert "at most 3.2e-07 (limit 1e-05" in text
    assert "In 2 further images, rounding chose other codes." in text


def test_a_conditional_run_says_its_classes_and_samples_them(card, folder):
    classes = {"names": ["a_b", "c"], "images": [5, 5]}
    samples = card.samples | {"sampling": {"truncation": 0.7, "label": None, "seed": 0}}
    text = model_card(card._replace(trained=card.trained | {"classes": classes}, samples=samples), folder)
    assert "pipeline_tag" not in front_matter(text)
    assert r"Classes: 0 a\_b, 1 c." in text
    assert "labels = rng.integers(2, size=16, dtype=np.int32)" in text
    assert "generator.predict([latents, labels], verbose=0)" in text
    assert "run(latents=latents, labels=labels)" in text
    assert "truncated at ±0.7" in text


def test_only_the_formats_that_are_there_are_explained(card, folder):
    text = model_card(card._replace(exported=EXPORTED | {"formats": ["png"], "files": []}), folder)
    assert "keras.models.load_model" in text
    assert "onnxruntime" not in text
    assert "ai_edge_litert" not in text


def test_a_users_text_is_no_markup(card, folder):
    text = model_card(card._replace(description="# A *run*\n<script>alert(1)</script> | x"), folder)
    assert r"\# A \*run\* \<script\>alert(1)\</script\> \| x" in text.splitlines()


def test_a_collapse_is_said(card, folder):
    assert "A collapse of the training was noticed around epoch 2.9" in model_card(card, folder)
    text = model_card(card._replace(trained=card.trained | {"collapse": None}), folder)
    assert "A collapse" not in text


def test_what_a_training_started_from_is_said_without_its_folder(card, folder):
    networks = {"decoder": {"from": "generator", "taken": [], "left": []}}
    start = {"from": "old.keras", "step": None, "weights": "0" * 64, "networks": networks}
    settings = card.trained["settings"] | {"start_from": "/home/someone/old.keras"}
    text = model_card(card._replace(trained=card.trained | {"start": start, "settings": settings}), folder)
    assert "The networks started from old.keras, which is a generator." in text
    assert "start_from: old.keras" in text
    assert "/home/someone" not in text
