"""The runs of a study: presets, overrides and sweeps, merged."""

from pathlib import Path

from helpers.studies import CONDITIONAL, GOOD, message, run

from easel.config.presets import Gan, Vae
from easel.study.files import read_yaml


def test_a_run_overrides_its_preset_and_leaves_the_rest(load):
    text = "dataset: shapes\nruns:\n  plain: {preset: dcgan}\n  other: {preset: dcgan, epochs: 2, loss: hinge}\n"
    plain, other = (run.settings.model_dump() for run in load(text).runs.values())
    assert other == plain | {"epochs": 2.0, "loss": "hinge"}


def test_a_sweep_is_a_run_per_combination(load):
    study = load(
        "dataset: shapes\nruns:\n  a: {preset: dcgan, learning_rate: [1e-4, 2e-4], loss: [hinge]}\n  b: {preset: vae}\n"
    )
    assert list(study.runs) == ["a-learning_rate-0.0001-loss-hinge", "a-learning_rate-0.0002-loss-hinge", "b"]
    second = study.runs["a-learning_rate-0.0002-loss-hinge"]
    assert (second.settings.learning_rate, second.settings.loss) == (2e-4, "hinge")
    assert second.swept == {"learning_rate": 2e-4, "loss": "hinge"}
    assert study.runs["b"].swept == {}


def test_presets_are_swept_like_any_key(load):
    runs = load(GOOD.replace("dcgan", "[dcgan, vae], epochs: 2")).runs
    assert {name: (run.preset, type(run.settings)) for name, run in runs.items()} == {
        "a-preset-dcgan": ("dcgan", Gan),
        "a-preset-vae": ("vae", Vae),
    }


def test_an_override_that_one_swept_preset_lacks_is_refused(load):
    given = message(load, run("preset: [dcgan, vae], loss: hinge"))
    assert given.startswith(
        "config/studies/mine.yaml, with preset vae: runs.a.loss: family vae has no such key; gan has it"
    )


def test_study_wide_settings_apply_to_swept_runs(load):
    runs = load(run("preset: dcgan, epochs: [1, 2]") + "on_collapse: stop\n").runs
    assert [run.settings.on_collapse for run in runs.values()] == ["stop", "stop"]
    swept = load(run("preset: dcgan, epochs: [1], on_collapse: [continue]") + "on_collapse: stop\n").runs
    assert swept["a-epochs-1-on_collapse-continue"].settings.on_collapse == "continue"


def test_minutes_and_epochs_take_each_others_place(root, load):
    def lengths(text: str) -> dict[str, tuple[float | None, float | None]]:
        return {name: (run.settings.epochs, run.settings.minutes) for name, run in load(text).runs.items()}

    assert lengths(run("preset: dcgan, minutes: 10")) == {"a": (None, 10.0)}
    swept = {"a-minutes-2": (None, 2.0), "a-minutes-4.5": (None, 4.5)}
    assert lengths(run("preset: dcgan, minutes: [2, 4.5]")) == swept
    several = "dataset: shapes\nminutes: 4\nruns:\n  a: {preset: dcgan}\n  b: {preset: dcgan, epochs: 3}\n"
    several += "  c: {preset: dcgan, minutes: 1}\n"
    assert lengths(several) == {"a": (None, 4.0), "b": (3.0, None), "c": (None, 1.0)}
    preset = root / "config" / "presets" / "dcgan.yaml"
    preset.write_text(preset.read_text().replace("epochs: 50", "minutes: 7"))
    assert lengths("dataset: shapes\nruns:\n  a: {preset: dcgan}\n  b: {preset: dcgan, epochs: 3}\n") == {
        "a": (None, 7.0),
        "b": (3.0, None),
    }


def test_a_preset_with_both_lengths_is_refused(root, load):
    preset = root / "config" / "presets" / "dcgan.yaml"
    preset.write_text(preset.read_text() + "minutes: 7\n")
    assert message(load, GOOD) == "config/presets/dcgan.yaml: epochs and minutes are both set; remove one of them"


def test_sampling_settings_of_study_and_run_merge_key_by_key(load):
    runs = load(run(f"{CONDITIONAL}, sampling: {{label: star, seed: 2}}") + "sampling: {truncation: 1, seed: 1}\n").runs
    assert runs["a"].settings.sampling.model_dump() == {"truncation": 1.0, "label": "star", "seed": 2}
    assert load(GOOD).runs["a"].settings.sampling.model_dump() == {"truncation": None, "label": "", "seed": None}


def test_a_run_can_do_without_the_truncation_of_its_study(load):
    own = "sampling: {truncation: null}"
    assert (
        load(run(f"preset: vq_vae, {own}") + "sampling: {truncation: 0.7}\n").runs["a"].settings.sampling.seed is None
    )
    given = message(load, run("preset: vq_vae") + "sampling: {truncation: 0.7}\n")
    assert "cannot be truncated; remove it, or set sampling: {truncation: null} for this run" in given


def test_notes_are_of_the_run_and_no_setting_of_its_preset(load):
    study = load(
        "dataset: shapes\nnotes: |\n  # Tried\n  Much.\nruns:\n  a: {preset: dcgan, notes: Good.}\n  b: {preset: vae}\n"
    )
    assert study.notes == "# Tried\nMuch.\n"
    assert {name: run.notes for name, run in study.runs.items()} == {"a": "Good.", "b": ""}
    assert not hasattr(study.runs["a"].settings, "notes")
    swept = load(run("preset: dcgan, epochs: [1, 2], notes: Both.")).runs
    assert {name: run.notes for name, run in swept.items()} == {"a-epochs-1": "Both.", "a-epochs-2": "Both."}


TWENTY = f"[{', '.join(str(value) for value in range(1, 21))}]"


def test_a_sweep_of_millions_is_refused_by_name_and_number(load):
    lists = ", ".join(
        f"{key}: {TWENTY}" for key in ("epochs", "width", "batch_size", "log_every", "draw_every", "n_dis")
    )
    assert message(load, run(f"preset: dcgan, {lists}")) == (
        "config/studies/mine.yaml: runs.a: the lists of epochs, width, batch_size, log_every, draw_every and n_dis "
        "stand for 20 · 20 · 20 · 20 · 20 · 20 = 64,000,000 runs; a study may have 1,000. Shorten the lists"
    )


def test_many_runs_and_seeds_are_refused(load):
    runs = "".join(f"  {name}: {{preset: dcgan, width: {TWENTY}, epochs: {TWENTY}}}\n" for name in "abc")
    mine = "config/studies/mine.yaml"
    assert message(load, f"dataset: shapes\nruns:\n{runs}") == (
        f"{mine}: runs: stand for 1,200 runs; a study may have 1,000. Split the study"
    )
    seeds = f"seeds: {list(range(30))}\n"
    assert message(load, run(f"preset: dcgan, width: {TWENTY}, epochs: {TWENTY}") + seeds) == (
        f"{mine}: 400 runs with 30 seeds each are 12,000 trainings; a study may have 10,000. Split the study"
    )
    assert message(load, GOOD + f"seeds: {list(range(1001))}\n").startswith(
        f"{mine}: seeds: should have at most 1,000 values; found [0, 1, 2, "
    )
    assert message(load, GOOD + "seeds: 100000\n") == f"{mine}: seeds: should be a list; found 100000; write [100000]"


def test_a_name_that_a_value_makes_repeat_itself(load):
    said = message(load, run(f"preset: dcgan, source: [x, {'a' * 30}]"))
    assert said.endswith("would end in more than 19 times 'a', which no path may; change the value")


def test_the_mistakes_of_all_runs_are_listed(load):
    runs = "".join(f"  {name}: {{preset: dcgan, epoch: [1, 2]}}\n" for name in "abcdefg")
    lines = message(load, f"dataset: shapes\nruns:\n{runs}  h: {{preset: dcgna}}\n").splitlines()
    assert lines == [
        *(f"config/studies/mine.yaml: runs.{name}.epoch: unknown key; did you mean 'epochs'?" for name in "abcde"),
        "(and 3 more)",
    ]


def test_a_preset_is_read_once_however_many_runs_name_it(load, monkeypatch):
    files = []

    def counted(file: Path, root: Path):
        files.append(file.name)
        return read_yaml(file, root)

    for module in ("load", "files", "resolve"):
        monkeypatch.setattr(f"easel.study.{module}.read_yaml", counted)
    load(run(f"preset: [dcgan, vae], epochs: {list(range(1, 51))}") + "  b: {preset: vae}\n")
    assert sorted(files) == ["datasets.yaml", "dcgan.yaml", "judges.yaml", "mine.yaml", "vae.yaml"]


def test_a_preset_that_breaks_a_key_names_the_preset_and_not_the_study(root, load):
    preset = root / "config" / "presets" / "dcgan.yaml"
    preset.write_text(preset.read_text() + "epoch: 3\n")
    assert message(load, GOOD) == "config/presets/dcgan.yaml: epoch: unknown key; did you mean 'epochs'?"


def test_a_run_exports_what_the_study_does_unless_it_says_so(load):
    text = "dataset: shapes\nexport: [onnx, png]\nruns:\n  a: {preset: dcgan}\n  b: {preset: dcgan, export: [litert]}\n"
    study = load(text + "  c: {preset: dcgan, export: []}\n")
    assert {name: run.settings.export for name, run in study.runs.items()} == {
        "a": ["onnx", "png"], "b": ["litert"], "c": []
    }  # fmt: skip
    assert study.exported == ["a", "b"]


def test_formats_are_no_sweep(load):
    assert load(run("preset: dcgan, export: [onnx, litert]")).exported == ["a"]


def test_an_export_format_that_does_not_exist(load):
    wanted = "should be onnx, litert or png; found 'onx'; did you mean onnx?"
    file = "config/studies/mine.yaml"
    assert message(load, run("preset: dcgan, export: [png, onx]")) == f"{file}: runs.a.export[1]: {wanted}"
    assert message(load, GOOD + "export: [onx]\n") == f"{file}: export[0]: {wanted}"


def test_a_vq_vae_is_not_for_litert(load):
    assert message(load, run("preset: vq_vae") + "export: [onnx, litert]\n") == (
        "config/studies/mine.yaml: runs.a: export: litert computes in 32 bits, but the prior of a vq_vae chooses its "
        "codes in 64; set export: [onnx] for this run"
    )
    load(run("preset: vq_vae, export: [onnx]") + "export: [onnx, litert]\n")


def test_external_samples_are_not_exported(load, tmp_path):
    theirs = f"  theirs: {{kind: external, path: {tmp_path}, export: [png]}}\n"
    assert "config/studies/mine.yaml: runs.theirs.export: unknown key; there are " in message(load, GOOD + theirs)
    study = load(GOOD + theirs.replace(", export: [png]", "") + "export: [png]\n")
    assert study.exported == ["a"]


def test_a_licence_is_an_identifier(load):
    assert load(GOOD + "license: cc-by-4.0\n").license == "cc-by-4.0"
    assert message(load, GOOD + "license: CC BY 4.0\n") == (
        "config/studies/mine.yaml: license: should be the identifier of a licence in lower case, such as cc-by-4.0, "
        "mit or other; found 'CC BY 4.0'"
    )
