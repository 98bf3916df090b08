"""Figures, tables and sentences: the right lines, labels and numbers, from full and from scant results."""

import json
import math
import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from fake_results import networks, train_record, write_dataset, write_study

from easel import plots
from easel.images import grid, save_png
from easel.plots import collapse as plots_collapse
from easel.plots import curves, pictures, style, summary, words
from easel.plots.architecture import plate, stages
from easel.plots.html import Html, element, table, tiles
from easel.plots.results import Run, collapsed_spans, read_history

PAGE_STYLE = Path(__file__).parents[1] / "notebooks" / "template" / "page.css"


@pytest.fixture(scope="module")
def study(tmp_path_factory) -> plots.read_study:
    return plots.read_study(write_study(tmp_path_factory.mktemp("results"), seeds=(0, 1)))


@pytest.fixture(scope="module")
def run(study):
    return plots.read_run(study.folder / "vae_gan" / "seed-0", study.dataset_folder)


def history(rows: int, **columns: float) -> dict[str, np.ndarray]:
    """A history in which every column goes from 0 to the value given."""
    done = np.linspace(1 / rows, 1, rows)
    return {"epoch": 4 * done, "step": 100 * done} | {name: end * done for name, end in columns.items()}


# --- html ----------------------------------------------------------------------------------------------


def test_an_element_escapes_text_and_attributes_but_not_markup():
    got = element("a", "a < b", Html("<b>c</b>"), None, href='x"y', class_="k", data_label=None)
    assert got == '<a href="x&quot;y" class="k">a &lt; b<b>c</b></a>'


def test_every_cell_of_a_table_knows_its_column():
    cells = re.findall(r'<td data-label="(\w+)">(\d)</td>', table(["", "fid", "images"], [["a", 1, 2], ["b", 3, 4]]))
    assert cells == [("fid", "1"), ("images", "2"), ("fid", "3"), ("images", "4")]


def test_a_zero_in_a_table_is_shown():
    assert '<td data-label="resumed">0</td>' in table(["", "resumed"], [["a", 0]])


def test_tiles_hold_name_value_and_note():
    assert "<div>FID</div><strong>41</strong><div>lower &lt; better</div>" in tiles([("FID", "41", "lower < better")])


# --- words ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("got", "wanted"),
    [
        (words.duration(0.43), "0.4 s"),
        (words.duration(22.7), "23 s"),
        (words.duration(59.7), "1 min"),
        (words.duration(61.2), "1 min 1 s"),
        (words.duration(3725), "1 h 2 min"),
        (words.duration(90000), "1 d 1 h"),
        (words.count(512), "512"),
        (words.count(9_999), "9,999"),
        (words.count(42_100), "42.1 k"),
        (words.count(999_999), "1 M"),
        (words.count(3_576_704), "3.58 M"),
        (words.epoch_words(3.07), "3.1"),
        (words.epoch_words(0.046), "0.05"),
        (words.epoch_words(150.0), "150"),
        (words.plural(1, "epoch"), "1 epoch"),
        (words.plural(0.5, "epoch"), "0.5 epochs"),
        (words.plural(3.0016, "epoch"), "3 epochs"),
        (words.plural(0.9984, "epoch"), "1 epoch"),
        (words.plural(10_000, "image"), "10,000 images"),
        (words.measured(41.23, 0.83), "41.2 ± 0.8"),
        (words.measured(312.52, 1.13), "312.5 ± 1.1"),
        (words.measured(1234.5, 25), "1,234 ± 25"),
        (words.measured(0.0123, 0.00097), "0.0123 ± 0.0010"),
        (words.measured(5.0), "5"),
        (words.measured(5.0, 0.0), "5"),
        (words.measured(math.nan, 1.0), "not a number"),
        (words.listed(["a", "b", "c"]), "a, b and c"),
        (words.listed([]), ""),
        (words.device_words({"kind": "cpu", "name": "Zen", "threads": 2}), "2 threads of Zen"),
        (words.device_words({"kind": "gpu", "name": "H200", "threads": 16}), "H200"),
    ],
)
def test_numbers_as_people_read_them(got, wanted):
    assert got.replace(words.NBSP, " ") == wanted


# --- colours -------------------------------------------------------------------------------------------

# Machado, Oliveira & Fernandes 2009, severity 1.0, on linear RGB.
DEFICIENCIES = {
    "none": np.eye(3),
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}


def page_colours() -> list[dict[str, str]]:
    """The style sheet's colours by name: on a light page, and on a dark one."""
    sheet = PAGE_STYLE.read_text()
    blocks = re.findall(r":root \{(.*?)\}", sheet, flags=re.DOTALL)[:2]
    return [dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block)) for block in blocks]


def linear(colour: str) -> np.ndarray:
    values = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def lab(rgb: np.ndarray) -> np.ndarray:
    """Linear RGB as CIE L*a*b* under D65."""
    to_xyz = [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
    xyz = np.array(to_xyz) @ rgb / [0.95047, 1.0, 1.08883]
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def contrast(one: str, other: str) -> float:
    """WCAG's contrast ratio."""
    dark, light = sorted(float(np.dot([0.2126, 0.7152, 0.0722], linear(colour))) for colour in (one, other))
    return (light + 0.05) / (dark + 0.05)


def test_figures_and_page_agree_on_the_light_colours():
    light, _ = page_colours()
    assert tuple(light[f"series-{i + 1}"] for i in range(len(style.SERIES))) == style.SERIES


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_text_and_lines_stand_out_from_the_page(theme):
    colours = page_colours()[theme]
    series = [name for name in colours if name.startswith("series")]
    assert len(series) == len(style.SERIES)
    assert min(contrast(colours[name], colours["paper"]) for name in series) >= 3
    for text in ("ink", "muted", "link"):
        assert min(contrast(colours[text], colours[ground]) for ground in ("paper", "raised")) >= 4.5, text


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("deficiency", DEFICIENCIES)
def test_colours_stay_apart_for_colour_blind_readers(theme, deficiency):
    colours = page_colours()[theme]
    seen = [
        lab(np.clip(DEFICIENCIES[deficiency] @ linear(colours[f"series-{i + 1}"]), 0, 1))
        for i in range(len(style.SERIES))
    ]
    gaps = [np.linalg.norm(one - other) for i, one in enumerate(seen) for other in seen[:i]]
    assert min(gaps) > 13, f"two colours are {min(gaps):.0f} apart in L*a*b*; 2.3 is the least that can be told apart"


# --- SVG -----------------------------------------------------------------------------------------------


def test_a_figure_takes_the_pages_colours_and_type_and_brings_no_style_sheet():
    rising = np.arange(3.0)
    got = style.svg(curves.curves(rising, {"a": rising, "b": rising}, "loss"), "a line that rises")
    root = ElementTree.fromstring(got)
    assert root.get("aria-label") == "a line that rises"
    assert root.get("role") == "img"
    assert "var(--series-2, #d55e00)" in got
    assert "epoch" in "".join(root.itertext())
    assert style.INK not in got
    assert "currentColor" in got
    assert "<style" not in got
    assert "DejaVu" not in got


def test_two_figures_on_a_page_share_no_id():
    def ids(values) -> list[str]:
        return re.findall(r' id="([^"]+)"', style.svg(curves.curves(np.arange(3.0), {"loss": values}, "loss"), ""))

    one, other = ids(np.array([1.0, 2, 3])), ids(np.array([1.0, 3, 2]))
    assert one
    assert other
    assert not set(one) & set(other)


def test_the_same_data_give_the_same_figure():
    draw = lambda: style.svg(curves.curves(np.arange(3.0), {"loss": np.arange(3.0)}, "loss"), "")  # noqa: E731
    assert draw() == draw()


# --- curves --------------------------------------------------------------------------------------------


def test_a_panel_for_every_quantity_that_is_there():
    got = curves.quantities_in(history(5, generator_loss=1, discriminator_loss=1, kl=3, gradient_penalty=2))
    assert [quantity.columns for quantity in got] == [
        ("generator_loss", "discriminator_loss"),
        ("kl",),
        ("gradient_penalty",),
    ]
    assert got[-1].title == "Gradient penalty"


def test_curves_have_a_line_for_each_column_with_its_values():
    logged = history(20, generator_loss=2.0, discriminator_loss=1.0)
    axes = curves.curves(logged["epoch"], {name: logged[name] for name in list(logged)[2:]}, "loss").axes[0]
    assert len(axes.lines) == 2
    np.testing.assert_array_equal(axes.lines[1].get_ydata(), logged["discriminator_loss"])
    assert axes.get_ylabel() == "loss"
    assert axes.get_xlabel() == "epoch"


def test_a_long_history_has_its_moving_mean_over_it():
    noisy = np.random.default_rng(0).normal(1.0, 0.5, 400)
    axes = curves.curves(np.arange(400.0), {"loss": noisy}, "loss").axes[0]
    raw, smooth = (line.get_ydata() for line in axes.lines)
    np.testing.assert_array_equal(raw, noisy)
    assert smooth.std() < noisy.std() / 3
    np.testing.assert_allclose(smooth[100], noisy[90:111].mean())


def test_one_row_is_a_dot():
    lines = curves.curves(np.array([4.0]), {"kl": np.array([28.0])}, "nats").axes[0].lines
    assert [(line.get_marker(), line.get_ydata().tolist()) for line in lines] == [("None", [28.0]), ("o", [28.0])]


def test_what_is_not_finite_is_left_out_and_told():
    values = np.array([1.0, 2.0, np.nan, 4.0, np.inf])
    axes = curves.curves(np.arange(5.0), {"loss": values}, "loss").axes[0]
    assert axes.get_title("right") == "2 of 5 values are not finite"
    assert axes.lines[-1].get_xdata().tolist() == [3.0]
    nothing = curves.training_curves(history(2, loss=math.nan))
    assert "Loss never finite" in nothing


def test_accuracies_are_in_per_cent_of_the_whole_range():
    axes = curves.curves(np.arange(3.0), {"real_accuracy": np.array([0.5, 0.6, 0.7])}, "recognised").axes[0]
    assert axes.get_ylim()[0] < 0
    assert axes.get_ylim()[1] > 1


def test_no_history_gives_no_curves(tmp_path):
    assert read_history(tmp_path / "history.csv") == {}
    (tmp_path / "history.csv").write_text("epoch,step,images,seconds,kl\n")
    assert read_history(tmp_path / "history.csv") == {}
    assert plots.training_curves({}) is None
    assert plots.overlaid_curves({"a": [{}], "b": []}) is None


def test_a_missing_value_in_a_history_is_nan(tmp_path):
    (tmp_path / "history.csv").write_text("epoch,kl\n1,2.5\n2,\n")
    np.testing.assert_array_equal(read_history(tmp_path / "history.csv")["kl"], [2.5, np.nan])


def test_only_what_runs_share_is_laid_over_each_other():
    both = {"gan": [history(3, generator_loss=1)], "vae_gan": [history(3, generator_loss=2, kl=5)]}
    assert re.findall(r"<h3>(.*?)</h3>", plots.overlaid_curves(both)) == ["Generator loss"]
    alone = {"vae_gan": both["vae_gan"]}
    assert re.findall(r"<h3>(.*?)</h3>", plots.overlaid_curves(alone)) == ["Generator loss", "KL divergence"]


def test_each_seed_has_a_faint_line_and_their_mean_a_strong_one_as_far_as_all_have_come():
    seeds = [history(4, kl=1.0), history(4, kl=3.0) | {"kl": np.array([0.0, 1.0, 2.0])}]
    seeds[1]["epoch"] = seeds[1]["epoch"][:3]
    lines = curves.overlay({"vae": seeds}, "kl", "nats").axes[0].lines
    assert len(lines) == 3
    assert lines[-1].get_ydata().tolist() == [0.125, 0.75, 1.375]


def test_a_run_keeps_its_colour_where_others_lack_the_column():
    runs = {"gan": [history(3, generator_loss=1)], "vae": [history(3, kl=1)], "vae_gan": [history(3, kl=2)]}
    assert [line.get_color() for line in curves.overlay(runs, "kl", "").axes[0].lines] == [
        style.SERIES[1],
        style.SERIES[2],
    ]


def marked(*collapsed: float, **columns: float) -> dict[str, np.ndarray]:
    """A history of one row per epoch and of these marks in the column `collapsed`."""
    rows = len(collapsed)
    return history(rows, **columns) | {"epoch": np.arange(1.0, rows + 1), "collapsed": np.array(collapsed, float)}


@pytest.mark.parametrize(
    ("collapsed", "spans"),
    [
        ((0, 0, 0), []),
        ((0, 1, 1, 0, 0), [(2.0, 4.0)]),
        ((1, 0, 0, 1, 1), [(1.0, 2.0), (4.0, 5.0)]),
        ((0, 0, 1), [(3.0, 3.0)]),
        ((math.nan, 1, 0), [(2.0, 3.0)]),
    ],
)
def test_a_collapse_lasts_until_the_row_that_is_free_of_it(collapsed, spans):
    assert collapsed_spans(marked(*collapsed)) == spans


def test_a_history_from_before_collapses_were_detected_has_none():
    assert collapsed_spans(history(3, kl=1)) == []


def test_every_panel_hatches_where_training_had_collapsed_and_says_so():
    got = plots.training_curves(marked(0, 1, 1, 0, generator_loss=1, real_accuracy=1, diversity=1))
    assert len(re.findall(r"<h3>", got)) == 3
    # One pattern and one area filled with it in every panel, of the page's own ink.
    assert got.count("<pattern") == len(re.findall(r"fill: url\(#", got)) == 3
    assert all("currentColor" in pattern for pattern in re.findall(r"<pattern.*?</pattern>", got, flags=re.DOTALL))
    assert len(re.findall(r'class="key">.*?</svg> collapsed</span>', got)) == 3
    labels = re.findall(r'aria-label="([^"]+)"', got)
    assert len(labels) == 3
    assert all(label.endswith("Hatched as collapsed: from epoch 2 to 4.") for label in labels)


def test_nothing_is_hatched_where_nothing_collapsed():
    got = plots.training_curves(marked(0, 0, 0, generator_loss=1, discriminator_loss=1))
    assert "<pattern" not in got
    assert "ollapsed" not in got


def test_the_hatched_area_spans_the_collapsed_epochs():
    axes = curves.curves(np.arange(5.0), {"kl": np.arange(5.0)}, "", [(2.0, 3.5)]).axes[0]
    (area,) = axes.patches
    assert (area.get_x(), area.get_x() + area.get_width()) == (2.0, 3.5)
    assert area.get_hatch()


def test_whether_a_run_had_collapsed_is_no_curve_of_its_own():
    logged = marked(0, 1, 1, kl=1)
    assert [quantity.columns for quantity in curves.quantities_in(logged)] == [("kl",)]
    assert re.findall(r"<h3>(.*?)</h3>", plots.overlaid_curves({"a": [logged], "b": [logged]})) == ["KL divergence"]


def test_diversity_is_drawn_from_zero_with_the_training_images_at_one():
    logged = marked(0, 0, 0, diversity=0.3)
    for drawing in (
        curves.curves(logged["epoch"], {"diversity": logged["diversity"]}, ""),
        curves.overlay({"a": [logged], "b": [logged]}, "diversity", ""),
    ):
        axes = drawing.axes[0]
        assert axes.get_ylim()[0] == 0
        assert axes.get_ylim()[1] > 1
        assert list(axes.lines[-1].get_ydata()) == [1.0, 1.0]
    assert "1, the dotted line" in plots.training_curves(logged)
    assert "Dotted: training images" in plots.overlaid_curves({"a": [logged]})


def test_diversity_is_kept_as_it_was_measured():
    values = np.repeat([0.9, 0.1], 200)
    axes = curves.curves(np.arange(400.0), {"diversity": values}, "").axes[0]
    np.testing.assert_array_equal(axes.lines[0].get_ydata(), values)
    assert axes.lines[0].get_drawstyle() == "steps-post"


def test_what_has_not_been_measured_yet_is_not_missing():
    titles = [
        curves.curves(np.arange(4.0), {"diversity": np.array(values)}, "").axes[0].get_title("right")
        for values in ([np.nan, np.nan, 0.5, 0.6], [0.5, np.nan, 0.5, 0.6])
    ]
    assert titles == ["", "1 of 4 values are not finite"]


def test_diversity_that_was_never_measured_has_no_panel():
    logged = marked(0, 0, kl=1) | {"diversity": np.full(2, np.nan)}
    assert [quantity.columns for quantity in curves.quantities_in(logged)] == [("kl",)]
    assert re.findall(r"<h3>(.*?)</h3>", plots.overlaid_curves({"a": [logged]})) == ["KL divergence"]


def test_twelve_runs_can_be_told_apart():
    looks = {(style.colour(i), style.dashes(i)) for i in range(12)}
    assert len(looks) == 12
    assert style.key([f"run {i}" for i in range(12)]).count("<line") == 12


# --- architecture --------------------------------------------------------------------------------------


def test_layers_that_keep_the_shape_join_the_one_before():
    got = stages(networks("dcgan")["generator"])
    assert [stage.kind for stage in got] == ["Input", "Dense", "Reshape", *["Conv2DTranspose"] * 3, "Conv2D"]
    assert got[3].then == ["BatchNormalization", "ReLU"]
    assert got[3].parameters == 16 * 512 * 256 + 4 * 256
    assert [stage.shape[0] for stage in got[2:]] == [4, 8, 16, 32, 32]


def test_no_parameter_gets_lost():
    for preset in ("dcgan", "vae", "vae_gan"):
        for network in networks(preset).values():
            assert sum(stage.parameters for stage in stages(network)) == network["parameters"]


def test_an_activation_is_called_by_its_name():
    layer = {"name": "a", "type": "Activation", "output_shape": [8], "parameters": 0, "detail": "tanh"}
    dense = {"name": "d", "type": "Dense", "output_shape": [8], "parameters": 9, "detail": ""}
    assert stages({"inputs": [[4]], "layers": [dense, layer]})[-1].then == ["tanh"]


def plate_size(shape: list[int], finest: int = 32) -> tuple[float, float]:
    """Width and thickness of the plate's front."""
    front = re.findall(r'points="([^"]+)"', plate(shape, finest, None))[1]
    x, y = np.array([[float(value) for value in corner.split(",")] for corner in front.split()]).T
    return np.ptp(x), np.ptp(y)


def test_plates_are_as_wide_as_their_resolution_and_as_thick_as_their_channels():
    assert plate_size([32, 32, 64])[0] > plate_size([16, 16, 64])[0] > plate_size([1])[0]
    assert plate_size([8, 8, 512])[1] > plate_size([8, 8, 64])[1] > plate_size([8, 8, 3])[1]


def test_the_diagram_shows_every_network_and_says_what_every_layer_is():
    got = plots.architecture(networks("vae_gan"))
    assert re.findall(r"<h3>(\w+)</h3>", got) == ["Encoder", "Decoder", "Discriminator"]
    assert got.count("<svg") == sum(len(stages(network)) for network in networks("vae_gan").values())
    for said in ("Conv2DTranspose</strong> 4×4, stride 2", "8 × 8 × 256", "then BatchNormalization and ReLU"):
        assert said in got.replace(words.NBSP, " ")


# --- pictures ------------------------------------------------------------------------------------------


def test_gaps_are_transparent_and_images_are_not():
    images = np.full((4, 6, 8, 3), 255, np.uint8)
    alpha = pictures.without_gaps(grid(images, 2), (6, 8))[..., 3]
    assert alpha[:6, :8].min() == 255
    assert alpha[8:, 10:].min() == 255
    assert alpha[6:8].max() == 0
    assert alpha[:, 8:10].max() == 0


def test_a_grid_is_cropped_to_whole_images():
    sheet = grid(np.zeros((64, 6, 8, 3), np.uint8), 8)
    assert pictures.cropped(sheet, (6, 8), 4, 3).shape == (3 * 8 - 2, 4 * 10 - 2, 3)
    assert pictures.cropped(sheet, (6, 8), None, None).shape == sheet.shape


def test_rows_that_belong_together_are_parted_from_the_next():
    sheet = pictures.without_gaps(grid(np.zeros((8, 6, 8, 3), np.uint8), 2), (6, 8))
    got = pictures.parted(sheet, 2 * 8)[..., 3]
    assert len(got) == len(sheet) + 3 * 2
    assert [int(row) for row in got[:, 0] > 0] == [1] * 6 + [0] * 2 + [1] * 6 + [0] * 8 + [1] * 6 + [0] * 2 + [1] * 6


def test_a_picture_is_embedded_with_its_alternative_text_and_sharp_pixels(tmp_path):
    save_png(tmp_path / "a.png", np.zeros((6, 8, 3), np.uint8))
    got = plots.picture(tmp_path / "a.png", "black", "nothing at all")
    assert 'src="data:image/png;base64,' in got
    assert 'alt="black" width="16" height="12"' in got
    assert "image-rendering: pixelated" in got
    assert "<figcaption>nothing at all</figcaption>" in got


def test_a_missing_picture_is_nothing(tmp_path):
    assert plots.picture(tmp_path / "a.png", "black") is None
    assert plots.filmstrip({}, {}, (32, 32)) is None
    assert plots.examples(tmp_path, {"classes": ["a"]}) is None


@pytest.mark.parametrize("frames", [1, 2, 9, 10, 11, 13, 17, 100, 5000])
def test_the_filmstrip_starts_and_ends_with_training_and_is_denser_at_the_start(frames):
    steps = list(range(0, 10 * frames, 10))
    got = pictures.spread(steps)
    assert got[0] == steps[0]
    assert got[-1] == steps[-1]
    assert got == sorted(set(got))
    assert len(got) == min(frames, 10)
    gaps = np.diff(got)
    assert frames <= 10 or gaps[0] <= gaps[-1]


def test_the_filmstrip_shows_the_captions(run):
    got = plots.filmstrip(run.progress, {step: f"step {step}" for step in run.progress}, (32, 32))
    assert got.count("<img") == len(run.progress) == 8
    assert "<figcaption>step 0</figcaption>" in got
    assert "<figcaption>step 313</figcaption>" in got


def test_examples_are_of_their_class(tmp_path):
    images = np.repeat(np.arange(6, dtype=np.uint8) * 40, 4 * 4 * 3).reshape(6, 4, 4, 3)
    np.save(tmp_path / "train_images.npy", images)
    np.save(tmp_path / "train_labels.npy", np.array([0, 1, 0, 1, 0, 0]))
    got = plots.examples(tmp_path, {"classes": ["even", "odd", "never"]})
    assert re.findall(r'alt="([^"]+)"', got) == ["4 training images of class even", "2 training images of class odd"]


def test_a_folders_files_are_accounted_for():
    assert plots.file_problems({"classes": []}) is None
    whole = plots.file_problems({"files": {"taken": 2000, "left_out": 0, "problems": []}})
    assert said_by(whole) == "2,000 pictures of the folder taken, 0 files left out."
    names = [f"<{i}>.png" for i in range(10)]
    problems = [
        {"kind": "damaged", "words": "damaged or cut short", "taken": False, "count": 1234, "files": names},
        {"kind": "grey", "words": "grey", "taken": True, "count": 2, "files": names[:2]},
    ]
    found = plots.file_problems({"files": {"taken": 1, "left_out": 1234, "problems": problems}})
    assert rows_of(found) == [
        ["damaged or cut short", "1,234", "&lt;0&gt;.png, &lt;1&gt;.png, &lt;2&gt;.png, …"],
        ["grey", "2", "&lt;0&gt;.png, &lt;1&gt;.png"],
    ]
    assert said_by(found).startswith("1 picture of the folder taken, 1,234 files left out. Every file")


# --- tables ---------------------------------------------------------------------------------------------


def rows_of(html: str) -> list[list[str]]:
    """The cells of every row below a table's head, without markup."""
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", html)
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in rows if 'scope="col"' not in row]
    return [[re.sub(r"<[^>]+>", "", cell).replace(words.NBSP, " ") for cell in row] for row in cells]


# --- collapse ------------------------------------------------------------------------------------------


def collapsed_run(run: Run, family: str = "gan", settings: dict | None = None, **entry: object) -> Run:
    """The run as if it were of another family and had collapsed as the entry says."""
    known = {"kind": "diversity", "first_step": 1200, "first_epoch": 3.07, "rows": 14, "of_rows": 40}
    found = {**known, "at_end": True, "stopped": False, **entry}
    kept = {"learning_rate": 0.0002, "epochs": 4, "batch_size": 128}
    training = {**run.training, "collapse": found, "settings": {**kept, "family": family, **(settings or {})}}
    return replace(run, training=training)


def said_by(html: str) -> str:
    """A page's text without markup."""
    return re.sub(r"<[^>]+>", "", html).replace(words.NBSP, " ")


def test_a_notice_follows_the_head_of_a_run_that_collapsed(run):
    got = plots.run_title(run)
    assert re.search(r'</header><aside role="note" aria-label="[^"]+" class="notice">', got)
    collapse = run.training["collapse"]
    for said in (
        "Mode collapse: the samples became nearly alike",
        f"From step {collapse['first_step']} (epoch 2.9) on",
        f"{collapse['rows']} of 60 logged rows count as collapsed",
        "did not recover",
        "snapshots/step-000157.keras (epoch 2)",
        "a lower learning_rate (here 0.0002)",
        "a higher reconstruction_weight (here 0.01)",
    ):
        assert said in said_by(got), said
    assert 'href="#curves"' in got


def test_a_run_that_did_not_collapse_or_does_not_know_has_no_notice(run):
    for training in (run.training | {"collapse": None}, {k: v for k, v in run.training.items() if k != "collapse"}):
        got = plots.run_title(replace(run, training=training))
        assert "<aside" not in got
        assert "ollapse" not in got


def test_a_notice_tells_recovering_from_staying_and_from_being_stopped(run):
    recovered = said_by(plots.run_title(collapsed_run(run, at_end=False)))
    assert "but the last does not: the training recovered" in recovered
    assert "snapshot" not in recovered  # the end is no worse than what was before
    stopped = plots.run_title(collapsed_run(run, stopped=True, settings={"epochs": 30}))
    assert "stopped there, after 4 of 30 epochs, because the study says on_collapse: stop" in said_by(stopped)
    assert "recover" not in stopped


def test_only_a_snapshot_from_before_the_collapse_is_advised(run):
    assert "step-000079" in plots.run_title(collapsed_run(run, first_step=100))
    assert "snapshots/" not in plots.run_title(collapsed_run(run, first_step=79))


@pytest.mark.parametrize(
    ("kind", "family", "settings", "said"),
    [
        ("diversity", "gan", {}, ["Mode collapse", "a lower learning_rate (here 0.0002)"]),
        ("diversity", "vae", {"beta": 2.5}, ["Posterior collapse", "ignores its latents", "lower beta (here 2.5)"]),
        (
            "discriminator", "gan", {"discriminator_learning_rate": 0.0004, "n_dis": 1},
            ["The discriminator won", "By step 1,200 (epoch 3.1)", "lower discriminator_learning_rate (here 0.0004)"],
        ),
        (
            "discriminator", "gan", {"discriminator_learning_rate": 0.0, "n_dis": 3},
            ["lower discriminator_learning_rate (here 0.0002, the learning_rate)", "lower n_dis (here 3)"],
        ),
        ("discriminator", "vae_gan", {"equilibrium": 0.68}, ["a higher equilibrium (here 0.68)"]),
    ],
)  # fmt: skip
def test_a_notice_advises_what_fits_the_family(run, kind, family, settings, said):
    got = said_by(plots.run_title(collapsed_run(run, family, settings, kind=kind)))
    for words_ in said:
        assert words_ in got, words_
    others = {"beta", "discriminator_learning_rate", "n_dis", "reconstruction_weight", "equilibrium"} - set(settings)
    assert not [name for name in others if name in got]
    assert ("n_dis" in got) == (settings.get("n_dis", 1) > 1)


def test_pictures_of_collapsed_steps_say_so(run):
    got = plots.progress_captions(run)
    assert got[0] == "step 0 · epoch 0"
    assert [step for step, caption in got.items() if caption.endswith("· collapsed")] == [225, 270, 313]
    assert not any("collapsed" in each for each in plots.progress_captions(replace(run, history={})).values())


def test_a_step_is_as_collapsed_as_the_newest_row_up_to_it(run):
    rows = {"step": np.array([10.0, 20, 30]), "epoch": np.array([1.0, 2, 3]), "collapsed": np.array([0.0, 1, 0])}
    short = replace(run, history=rows)
    assert [step for step in (0, 10, 19, 20, 29, 30, 40) if short.collapsed(step)] == [20, 29]


def test_a_study_says_which_seeds_collapsed_when_and_how_it_ended(study):
    sentences = re.findall(r"<li>(.*?)</li>", plots.run_sentences(study))
    dcgan, vae, vae_gan = (said_by(each) for each in sentences)
    assert "1 of 2 seeds collapsed in epoch 1.3 (seed 1: discriminator won, recovered)." in dcgan
    assert "1 of 2 seeds collapsed in epoch 2.9 (seed 0: samples nearly alike, until the end)." in vae_gan
    assert "ollapsed" not in vae


def test_a_single_seed_that_collapsed_needs_no_number():
    found = {"kind": "diversity", "first_epoch": 3.07, "at_end": True, "stopped": True}
    run = {"run": "a", "seeds": [{"seed": 7, "collapse": found}]}
    assert plots_collapse.sentence(run) == "Collapsed in epoch 3.1 (samples nearly alike, stopped there)."
    assert said_by(plots_collapse.named(run)) == "a collapsed"
    assert plots_collapse.sentence({"run": "a", "seeds": [{"seed": 7}]}) is None


def test_several_seeds_that_collapsed_are_told_one_by_one():
    found = {"kind": "diversity", "first_epoch": 3.07, "at_end": False, "stopped": False}
    seeds = [{"seed": seed, "collapse": found if seed else None} for seed in range(3)]
    got = plots_collapse.sentence({"run": "a", "seeds": seeds})
    assert got == (
        "2 of 3 seeds collapsed in epoch 3.1 (seed 1: samples nearly alike, recovered) "
        "and in epoch 3.1 (seed 2: samples nearly alike, recovered)."
    )
    assert said_by(plots_collapse.named({"run": "a", "seeds": seeds})) == "a collapsed and recovered (seeds 1 and 2)"


def test_samples_of_a_collapsed_seed_say_so(study):
    captions = re.findall(r"<figcaption>(.*?)</figcaption>", plots.samples_of_runs(study))
    assert ["seed 0, shown here, collapsed in epoch 2.9" in caption for caption in captions] == [False, False, True]


def test_a_seed_that_was_stopped_shows_in_the_epochs_and_costs(tmp_path):
    study = plots.read_study(write_study(tmp_path, runs={"a": "vae_gan"}, seeds=(0, 1)))
    assert "stopped" not in plots.cost_table(study)
    first = study.runs[0]["seeds"][0]
    first["epochs"], first["collapse"]["stopped"] = 2.875, True
    assert "trained for 2.88 to 4 epochs" in said_by(plots.run_sentences(study))
    got = plots.cost_table(study)
    assert rows_of(got)[0][:2] == ["a", "2.88 to 4"]
    assert "A training that collapsed was stopped early" in got


# --- summary -------------------------------------------------------------------------------------------


def test_the_title_says_what_was_trained_on_what_and_gives_the_key_numbers(run):
    got = plots.run_title(run).replace(words.NBSP, " ")
    for said in (
        "vae_gan on shapes",
        "4 epochs on the 10,000 training images of shapes (32 × 32 pixels): 313 steps of 128 images",
        "in 1 min 36 s on 2 threads of AMD EPYC",
        "63.9 ± 0.8",
        "judge classifier, 2,000 samples against 10,000 train images",
        "in the decoder; 4.56 M in all networks",
        'href="../../report.html"',
    ):
        assert said in got, said


def test_settings_are_explained_by_the_configuration(run):
    rows = {row[0]: row[1:] for row in rows_of(plots.settings_table(run))}
    assert rows["learning_rate"] == ["0.0002", "Adam&#x27;s learning rate."]
    assert rows["flip"][0] == "true"
    assert rows["flip"][1].startswith("Mirror each training image")


def test_provenance_tells_hardware_versions_and_fingerprints(run):
    rows = dict(rows_of(plots.provenance(run)))
    assert rows["tensorflow version"] == "2.21.0"
    assert rows["resumed at step"] == "200"
    assert rows["fingerprint: data"] == "5be0c2a94f7718d3"
    assert rows["scripts/train.py"] == "8d7c6b5a49382716"


def test_provenance_tells_how_the_steps_were_computed_where_it_is_known(run):
    rows = dict(rows_of(plots.provenance(run)))
    assert rows["compiled with XLA"] == "no"
    assert rows["deterministic operations"] == "yes"
    assert rows["training images"] == "all in device memory"
    assert rows["replicas"] == "1"
    assert rows["time in training steps"] == "1 min 27 s (90 % of the training time)"
    more = run.training | {"xla": True, "deterministic": False, "images_held": "streamed", "replicas": 4}
    rows = dict(rows_of(plots.provenance(replace(run, training=more))))
    assert rows["compiled with XLA"] == "yes"
    assert rows["deterministic operations"] == "no"
    assert rows["training images"] == "brought to the device batch by batch"
    assert rows["replicas"] == "4, each with a part of every batch"
    new = ("xla", "deterministic", "images_held", "replicas", "seconds_in_steps")
    old = {name: value for name, value in run.training.items() if name not in new}
    rows = dict(rows_of(plots.provenance(replace(run, training=old))))
    assert not {"compiled with XLA", "deterministic operations", "training images", "replicas"} & rows.keys()
    assert "time in training steps" not in rows


def test_names_from_a_study_file_are_text_and_not_markup(tmp_path):
    record = train_record("<b>bold</b>", "dcgan", 0, "q")
    (tmp_path / "train.json").write_text(json.dumps(record))
    write_dataset(tmp_path)
    got = plots.run_title(plots.read_run(tmp_path, tmp_path))
    assert "<b>" not in got
    assert "&lt;b&gt;bold" in got


def test_a_sentence_for_every_run_with_links_to_its_reports(study):
    got = plots.run_sentences(study).replace(words.NBSP, " ")
    assert got.count("<li>") == 3
    assert re.findall(r'href="([^"]+)"', got)[:3] == [
        "dcgan/seed-0/report.html",
        "dcgan/seed-0/report.html",
        "dcgan/seed-1/report.html",
    ]
    assert "trained for 4 epochs in 1 min 2 s; FID 42 ± 8 (judge classifier, 2,000 samples)." in got


def test_the_samples_of_all_runs_stand_beside_each_other(study):
    got = plots.samples_of_runs(study)
    assert re.findall(r"<h3>(\w+)</h3>", got) == ["dcgan", "vae", "vae_gan"]
    assert got.count("<img") == 3


def test_costs_are_means_over_seeds_and_name_the_machine_once(study):
    got = plots.cost_table(study)
    assert rows_of(got)[0] == ["dcgan", "4", "1 min 2 s", "649", "3.58 M", "4.24 M"]
    assert got.count("AMD EPYC") == 1
    study.runs[0]["seeds"][0]["precision"] = "float32"
    assert rows_of(plots.cost_table(study))[0][-1] == "float32"
    assert summary.mean([1.0, 3.0]) == 2.0
