"""The judge `onnx`: tiny networks compared with NumPy, and files that are no judge."""

import re

import numpy as np
import onnx
import pytest
from helpers.onnx_networks import DIM, POOLED, convolved, node, write
from onnx import TensorProto
from PIL import Image

from easel import judges
from easel.config.judges.onnx import OnnxSettings
from easel.judges.onnx import preprocessing
from easel.runtime.errors import EaselError
from easel.runtime.files import sha256

MEAN, STD = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]
BATCH = 4


def images(count: int, height: int = 8, width: int = 8) -> np.ndarray:
    return np.random.default_rng(1).integers(0, 256, (count, height, width, 3), np.uint8)


def settings_for(file, **changes) -> OnnxSettings:
    given = {"kind": "onnx", "path": str(file), "sha256": sha256(file), "image_size": 8, "batch_size": BATCH}
    return OnnxSettings.model_validate(given | changes)


@pytest.fixture
def made(tmp_path):
    """A function that makes a judge of a file, as the rule does, and loads it."""

    def make_and_load(file, **changes):
        weights = tmp_path / "judge" / OnnxSettings.weights
        record = judges.of_kind("onnx").make(settings_for(file, **changes), file, weights, "", threads=1, gpus=0)
        judge = judges.load(weights)
        assert (record["feature_dim"], record["input"]["name"]) == (judge.feature_dim, "pixels")
        assert (record["input"]["shape"], record["output"]) == (judge.form.input_shape, judge.form.output)
        return judge

    return make_and_load


def normalised(pixels: np.ndarray) -> np.ndarray:
    """Images (N, H, W, 3) in 0..255 as (N, 3, H, W), as torchvision would normalise them."""
    return ((pixels / 255.0 - MEAN) / STD).transpose(0, 3, 1, 2)


# --- features ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [0, 1, BATCH, 2 * BATCH + 3])
def test_features_are_those_of_numpy(made, tmp_path, count):
    judge = made(write(tmp_path / "a.onnx"), mean=MEAN, std=STD)
    features, logits = judge.outputs(images(count))
    assert (features.dtype, features.shape, logits.shape) == (np.float32, (count, DIM), (count, 0))
    np.testing.assert_allclose(features, convolved(normalised(images(count))).mean(axis=(2, 3)), rtol=0, atol=1e-5)


@pytest.mark.parametrize(("scale", "mean", "std"), [(1.0, [0.0] * 3, [1.0] * 3), (255.0, [103.5] * 3, [58.0] * 3)])
def test_scale_mean_and_deviation(made, tmp_path, scale, mean, std):
    judge = made(write(tmp_path / "a.onnx"), scale=scale, mean=mean, std=std)
    wanted = convolved((images(3).transpose(0, 3, 1, 2) * scale / 255 - mean[0]) / std[0]).mean(axis=(2, 3))
    np.testing.assert_allclose(judge.outputs(images(3)).features, wanted, rtol=1e-5)


TOKENS = [node("Reshape", "maps", "constant0", to="features")]


@pytest.mark.parametrize(
    ("nodes", "pool", "wanted"),
    [
        ([node("Identity", "maps", to="features")], "mean", lambda maps: maps.mean(axis=(2, 3))),
        (TOKENS, "mean", lambda maps: maps.reshape(3, 5, -1).mean(1)),
        (TOKENS, "cls", lambda maps: maps.reshape(3, 5, -1)[:, 0]),
    ],
    ids=["mean over positions", "mean over tokens", "first token"],
)
def test_pooling(made, tmp_path, nodes, pool, wanted):
    file = write(tmp_path / "a.onnx", nodes, constants=[np.array([0, 0, -1])])
    found = made(file, pool=pool).outputs(images(3)).features
    np.testing.assert_allclose(found, wanted(convolved(images(3).transpose(0, 3, 1, 2) / 255)), rtol=0, atol=1e-5)


CHANNELS_LAST = [
    node("Transpose", "pixels", to="first", perm=[0, 3, 1, 2]), node("Conv", "first", "kernel", to="convolved"),
    node("Relu", "convolved", to="maps"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("shape", "layout"), [((None, None, None, 3), "auto"), ((None, 8, 8, 3), "auto"), ((None,) * 4, "nhwc")]
)
def test_channels_last(made, tmp_path, shape, layout):
    last = [node("Transpose", "maps", to="features", perm=[0, 2, 3, 1])]
    file = write(tmp_path / "a.onnx", last, CHANNELS_LAST, shape=shape)
    found = made(file, layout=layout, pool="mean").outputs(images(3)).features
    wanted = convolved(images(3).transpose(0, 3, 1, 2) / 255).mean(axis=(2, 3))
    np.testing.assert_allclose(found, wanted, rtol=0, atol=1e-5)


def test_networks_in_16_bits(made, tmp_path):
    features = made(write(tmp_path / "a.onnx", kind=TensorProto.FLOAT16)).outputs(images(3)).features
    assert features.dtype == np.float32
    wanted = convolved(images(3).transpose(0, 3, 1, 2) / 255).mean(axis=(2, 3))
    np.testing.assert_allclose(features, wanted, rtol=0, atol=2e-3)


def test_features_of_an_image_do_not_depend_on_the_others(made, tmp_path):
    judge = made(write(tmp_path / "a.onnx"))
    shown = images(3 * BATCH + 1)
    all_at_once = judge.outputs(shown).features
    for some in (slice(0, 1), slice(2, BATCH + 1), slice(None, None, -1)):
        np.testing.assert_array_equal(judge.outputs(shown[some]).features, all_at_once[some])


def test_one_of_several_outputs(made, tmp_path):
    nodes = [*POOLED, node("Neg", "features", to="other")]
    file = write(tmp_path / "a.onnx", nodes, outputs=("other", "features"))
    first, second = (made(file, output=name).outputs(images(2)).features for name in ("features", "other"))
    np.testing.assert_array_equal(first, -second)
    assert first.any()


def test_settings_are_part_of_the_file(made, tmp_path):
    """Steps that read it compare its bytes, and have to see another `mean`; but not where it came from."""
    file = write(tmp_path / "a.onnx")
    elsewhere = tmp_path / "b.onnx"
    elsewhere.write_bytes(file.read_bytes())
    contents = []
    for given, changes in ((file, {}), (elsewhere, {}), (file, {"mean": MEAN})):
        made(given, **changes)
        contents.append((tmp_path / "judge" / OnnxSettings.weights).read_bytes())
    assert contents[0] == contents[1] != contents[2]


def test_a_judge_made_by_easel_can_be_the_file_of_another(made, tmp_path):
    first = made(write(tmp_path / "a.onnx"))
    again = tmp_path / "again.onnx"
    again.write_bytes((tmp_path / "judge" / OnnxSettings.weights).read_bytes())
    second = made(again, scale=2.0)
    np.testing.assert_allclose(second.outputs(images(2)).features, 2 * first.outputs(images(2)).features, rtol=1e-6)


def test_facts():
    settings = {"kind": "onnx", "path": "a", "sha256": "ab" * 32, "image_size": 6, "resize": "bilinear"}
    record = {"settings": OnnxSettings.model_validate(settings).model_dump()}
    wanted = {"kind": "onnx", "sha256": "ab" * 32, "image_size": 6, "resize": "bilinear"}
    assert judges.facts("onnx.onnx", record) == wanted


# --- resizing ------------------------------------------------------------------------------------------


def test_images_of_the_right_size_are_not_resized():
    np.testing.assert_array_equal(preprocessing.resized(images(2), 8, "bicubic"), images(2))


@pytest.mark.parametrize("how", preprocessing.FILTERS)
def test_resizing_is_pillows_without_its_rounding(how):
    size, shown = 23, 100 + images(3, 16, 12) // 5  # grey enough for a filter not to overshoot
    found = preprocessing.resized(shown, size, how)
    assert (found.dtype, found.shape) == (np.float32, (3, size, size, 3))
    for image, before in zip(found, shown, strict=True):
        rounded = Image.fromarray(before).resize((size, size), preprocessing.FILTERS[how])  # after each direction
        np.testing.assert_allclose(image, np.asarray(rounded, np.float32), rtol=0, atol=1.2)
    assert (found != np.rint(found)).mean() > 0.9


def test_what_a_filter_overshoots_is_clipped():
    edge = np.zeros((1, 8, 8, 3), np.uint8)
    edge[:, :, 4:] = 255
    found = preprocessing.resized(edge, 32, "bicubic")
    assert (found.min(), found.max()) == (0.0, 255.0)


@pytest.mark.parametrize("how", preprocessing.FILTERS)
def test_shrinking_is_antialiased(how):
    """A fine checkerboard becomes grey, where every fourth pixel would be black or white."""
    board = np.indices((64, 64)).sum(axis=0) % 2 * np.uint8(255)
    found = preprocessing.resized(np.repeat(board[None, ..., None], 3, axis=3).astype(np.uint8), 16, how)
    np.testing.assert_allclose(found[:, 2:-2, 2:-2], 127.5, atol=2.0)


# --- files that are no judge ---------------------------------------------------------------------------


def said(call, *arguments, **settings) -> str:
    with pytest.raises(EaselError) as error:
        call(*arguments, **settings)
    assert "\n" not in str(error.value)
    return str(error.value)


def cut_short(file):
    write(file)
    file.write_bytes(file.read_bytes()[:200])


def with_weights_elsewhere(file):
    model = onnx.load(write(file))
    onnx.save_model(model, file, save_as_external_data=True, location="a.bin", size_threshold=0)
    file.with_name("a.bin").unlink()


BY_ITS_FILE = {
    "text": (lambda file: file.write_text("weights"), {}, "is no ONNX file, or is damaged or cut short"),
    "nothing": (lambda file: file.touch(), {}, "is no ONNX file, or is damaged or cut short"),
    "cut short": (cut_short, {}, "is no ONNX file, or is damaged or cut short"),
    "weights elsewhere": (
        with_weights_elsewhere, {},
        "its weights are in another file, which would be missing. Save the network as one file: "
        "onnx.save_model(onnx.load(FILE), ONE_FILE)",
    ),
    "an opset of the future": (
        lambda file: write(file, opset=99), {},
        r"re:is of opset 99, and this ONNX Runtime has opsets up to \d+\. Export",
    ),
    "an unknown operation": (
        lambda file: write(file, [node("Nonsense", "maps", to="features")]), {},
        r"re:ONNX Runtime [\d.]+ cannot run it: This is an invalid model.*No Op registered for Nonsense",
    ),
    "two inputs": (
        lambda file: write(file, [*POOLED[:1], node("Add", "pooled", "text", to="features")], others=["text"]), {},
        "expected one input, images; found pixels, text. Export the part of the network that sees images alone",
    ),
    "an input that is no image": (
        lambda file: write(file, [node("Identity", "pixels", to="features")], [], shape=("batch", 3, 8, 8, 8)), {},
        r"re:expected an input of four dimensions, in floats of 16 or 32 bits; found 'pixels', tensor\(float\) "
        r"\(batch, 3, 8, 8, 8\)$",
    ),
    "grey images": (
        lambda file: write(file, [node("Identity", "pixels", to="features")], [], shape=("batch", 1, 8, 8)), {},
        "takes images of another number of channels: (batch, 1, 8, 8); the dataset's images have 3",
    ),
    "another size": (
        lambda file: write(file, shape=("batch", 3, 28, 28)), {},
        "takes images of 28 × 28 pixels, and 'image_size' is 8; set image_size: 28",
    ),
    "another height": (
        lambda file: write(file, shape=("batch", 3, 16, None)), {},
        "takes images of 16 × 16 pixels, and 'image_size' is 8; set image_size: 16",
    ),
    "sides of different lengths": (
        lambda file: write(file, shape=("batch", 3, 8, 16)), {},
        "takes images of 8 × 16 pixels; expected as many in height as in width",
    ),
    "another batch": (
        lambda file: write(file, shape=(1, 3, 8, 8)), {},
        f"takes 1 images at once, and 'batch_size' is {BATCH}; set batch_size: 1",
    ),
    "no such output": (
        write, {"output": "feature"}, "has no output 'feature'; it has features; did you mean 'features'?",
    ),
    "several outputs": (
        lambda file: write(file, [*POOLED, node("Neg", "features", to="other")], outputs=("features", "other")), {},
        "has several outputs: features, other; set 'output' to the one that is the features",
    ),
    "an output of four dimensions": (
        lambda file: write(file, POOLED[:1], outputs=["pooled"]), {},
        "its output 'pooled' has 4 dimensions, and 'pool: none' expects 2; set pool: mean",
    ),
    "tokens that are not pooled": (
        lambda file: write(file, TOKENS, constants=[np.array([0, 0, 36])]), {},
        "its output 'features' has 3 dimensions, and 'pool: none' expects 2; set pool: cls for the first token, or "
        "pool: mean",
    ),
    "an output that is pooled already": (
        write, {"pool": "cls"}, "its output 'features' has 2 dimensions, and 'pool: cls' expects 3; leave 'pool' out",
    ),
}  # fmt: skip
"""What is seen without running the network."""


@pytest.mark.parametrize("case", BY_ITS_FILE)
def test_a_file_that_is_no_judge(made, tmp_path, case):
    write_file, changes, wanted = BY_ITS_FILE[case]
    file = tmp_path / "a.onnx"
    write_file(file)
    for call in (
        lambda: judges.of_kind("onnx").require(settings_for(file, **changes), file, None, [32, 32, 3]),
        lambda: made(file, **changes),
    ):
        found = said(call).removeprefix(f"{file}: ")
        assert re.match(wanted[3:], found) if wanted.startswith("re:") else found == wanted


def of_batches(file):
    """Batch normalisation in training mode: less the mean of the batch."""
    pooled = [POOLED[0], node("Flatten", "pooled", to="flat"), node("ReduceMean", "flat", "constant0", to="mean"),
              node("Sub", "flat", "mean", to="features")]  # fmt: skip
    write(file, pooled, constants=[np.array([0])])


def not_finite(file):
    write(file, [*POOLED[:1], node("Flatten", "pooled", to="flat"), node("Log", "flat", to="log"),
                 node("Sqrt", "log", to="features")])  # fmt: skip


ON_A_RUN = {
    "of the batch": (
        of_batches, {},
        r"features of an image depend on the other images of its batch, by up to [\d.e+]+ of",
    ),
    "not finite": (not_finite, {}, r"its features of 8 of 8 images are not finite. Compare 'scale', 'mean' and 'std'"),
    "one row for all": (
        lambda file: write(file, TOKENS, constants=[np.array([1, -1])]), {},
        r"its output 'features' has 1 rows for 4 images; choose another output",
    ),
    "a size that it cannot take": (
        write, {"image_size": 2}, r"ONNX Runtime [\d.]+ cannot run it: ",
    ),
}  # fmt: skip
"""What only shows when the network runs."""


@pytest.mark.parametrize("case", ON_A_RUN)
def test_a_network_that_is_no_judge(made, tmp_path, case):
    write_file, changes, wanted = ON_A_RUN[case]
    file = tmp_path / "a.onnx"
    write_file(file)
    judges.of_kind("onnx").require(settings_for(file, **changes), file, None, [32, 32, 3])
    assert re.match(wanted, said(made, file, **changes).removeprefix(f"{file}: "))
    assert not (tmp_path / "judge" / OnnxSettings.weights).exists()


def test_a_batch_of_one_depends_on_no_other(made, tmp_path):
    of_batches(tmp_path / "a.onnx")
    assert made(tmp_path / "a.onnx", batch_size=1).outputs(images(2)).features.shape == (2, DIM)


def test_features_of_real_images_that_are_not_finite(made, tmp_path):
    """Not one of those with which the network was tried: a black image has the logarithm of zero."""
    nodes = [node("ReduceMean", "pixels", "constant0", to="mean", keepdims=0), node("Log", "mean", to="features")]
    judge = made(write(tmp_path / "a.onnx", nodes, constants=[np.array([2, 3])]))
    shown = images(3)
    shown[1] = 0
    assert "its features of 1 of 3 images are not finite" in said(judge.outputs, shown)


def test_a_judges_file_that_is_damaged(made, tmp_path):
    made(write(tmp_path / "a.onnx"))
    weights = tmp_path / "judge" / OnnxSettings.weights
    whole = weights.read_bytes()
    weights.write_bytes(whole[:150])
    assert said(judges.load, weights) == (
        f"{weights}: is no ONNX file, or is damaged or cut short. Delete it, and the same command makes it again"
    )
    weights.write_bytes((tmp_path / "a.onnx").read_bytes())
    assert said(judges.load, weights) == (
        f"{weights}: an ONNX file, but without the settings of a judge. Delete it, and the same command makes it again"
    )
