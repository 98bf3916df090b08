"""Reading studies: what a right one becomes, and what is said of a wrong one."""

import os
import re
import shutil
from pathlib import Path

import pytest

from easel.config.datasets import Cifar10Binary, Shapes
from easel.config.presets import Gan, Vae, VaeGan
from easel.study.load import ConfigError, load_study, read_yaml

ROOT = Path(__file__).parents[2]
GOOD = "dataset: shapes\nruns:\n  a: {preset: dcgan}\n"
SHA256 = "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd"


@pytest.fixture
def root(tmp_path):
    """A checkout with only its config/."""
    shutil.copytree(ROOT / "config", tmp_path / "checkout" / "config")
    return tmp_path / "checkout"


@pytest.fixture
def load(root):
    """Write a study's text to config/studies/mine.yaml and load it."""

    def write_and_load(text):
        file = root / "config" / "studies" / "mine.yaml"
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return load_study({"study": "mine"}, root)

    return write_and_load


def message(load, *arguments):
    with pytest.raises(ConfigError) as error:
        load(*arguments)
    assert str(error.value).count("\n") <= 1, "at most two lines"
    return str(error.value)


# --- right studies -----------------------------------------------------------------------------------------


def test_the_quickstart():
    study = load_study({"study": "quickstart", "threads": 4}, ROOT)
    assert (study.name, study.title, study.dataset_name, study.seeds) == ("quickstart", "Quickstart", "shapes", [0])
    assert isinstance(study.dataset, Shapes)
    assert {name: type(run.settings) for name, run in study.runs.items()} == {
        "dcgan": Gan,
        "vae": Vae,
        "vae_gan": VaeGan,
    }
    assert [run.autoencodes for run in study.runs.values()] == [False, True, True]
    assert list(study.judges) == ["classifier"]


@pytest.mark.parametrize("file", sorted((ROOT / "config" / "studies").glob("*.yaml")), ids=lambda file: file.stem)
def test_every_study_of_the_house_loads(file):
    assert load_study({"study": file.stem}, ROOT).runs


def written_in(file):
    """The studies that a page shows."""
    return re.findall(r"^```yaml\n(.+?)^```", (ROOT / file).read_text(), re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("text", written_in("README.md") + written_in("config/README.md"))
def test_every_study_in_the_documentation_loads(load, text, tmp_path):
    for file in ("cifar-10-binary.tar.gz", "inception-2015-12-05.tgz"):
        (tmp_path / file).touch()
    for folder in ("their-samples", "birds/finch", "birds/tit"):
        (tmp_path / folder).mkdir(parents=True)
    assert load(text.replace("/data/", f"{tmp_path}/")).runs


def test_a_run_overrides_its_preset_and_leaves_the_rest(load):
    text = "dataset: shapes\nruns:\n  plain: {preset: dcgan}\n  other: {preset: dcgan, epochs: 2, loss: hinge}\n"
    plain, other = (run.settings.model_dump() for run in load(text).runs.values())
    assert other == plain | {"epochs": 2.0, "loss": "hinge"}


def test_numbers_and_words_are_those_of_yaml_1_2(load):
    study = load(GOOD.replace("dcgan}", "dcgan, learning_rate: 1e-4, description: no}"))
    assert study.runs["a"].settings.learning_rate == 1e-4
    assert study.runs["a"].settings.description == "no"


def test_the_title_falls_back_to_the_name(load):
    assert load(GOOD).title == "mine"


def test_a_study_by_path(root, tmp_path, monkeypatch):
    folder = tmp_path / "elsewhere" / "deep"
    folder.mkdir(parents=True)
    (folder / "by_path.yaml").write_text(GOOD)
    monkeypatch.chdir(folder.parent)
    monkeypatch.setenv("HOME", str(folder))
    for given in ("deep/by_path.yaml", "deep/../deep/by_path.yaml", str(folder / "by_path.yaml"), "~/by_path.yaml"):
        study = load_study({"study": given}, root)
        assert (study.name, study.file) == ("by_path", folder / "by_path.yaml")


def test_a_linked_study_keeps_the_name_of_the_link(root, tmp_path):
    (tmp_path / "target.yaml").write_text(GOOD)
    (tmp_path / "link.yaml").symlink_to("target.yaml")
    assert load_study({"study": str(tmp_path / "link.yaml")}, root).name == "link"


def test_a_dataset_of_its_own_is_found_from_the_study(root, tmp_path):
    near, far = tmp_path / "cifar.tar.gz", tmp_path / "data" / "a.tar.gz"
    far.parent.mkdir()
    near.touch()
    far.touch()
    for path, found in (("cifar.tar.gz", near), (far, far)):
        (tmp_path / "own.yaml").write_text(
            f"datasets:\n  local: {{format: cifar10_binary, path: {path}, sha256: {SHA256}}}\n"
            "dataset: local\nruns:\n  a: {preset: dcgan}\n"
        )
        dataset = load_study({"study": str(tmp_path / "own.yaml")}, root).dataset
        assert isinstance(dataset, Cifar10Binary)
        assert Path(dataset.path) == found


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("missing.tar.gz", r"own\.yaml: datasets\.local\.path: there is no file .*missing\.tar\.gz"),
        ("dataset.json", r"should be an archive"),
        ("results/datasets/local/a.tar.gz", r"lies where Easel puts its own copy"),
    ],
)
def test_an_archive_that_cannot_be_used_is_refused(root, tmp_path, monkeypatch, path, message):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "results/datasets/local").mkdir(parents=True)
    (tmp_path / "dataset.json").touch()
    (tmp_path / "own.yaml").write_text(
        f"datasets:\n  local: {{format: cifar10_binary, path: {path}, sha256: {SHA256}}}\n"
        "dataset: local\nruns:\n  a: {preset: dcgan}\n"
    )
    with pytest.raises(ConfigError, match=message):
        load_study({"study": str(tmp_path / "own.yaml")}, root)


OWN_FOLDER = "dataset: own\nruns:\n  a: {preset: dcgan}\ndatasets:\n  own: {format: folder, path: %s}\n"


def test_a_folder_of_its_own_is_found_from_the_study(root, tmp_path):
    for name in ("pictures/a", "pictures/b"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "own.yaml").write_text(OWN_FOLDER % "pictures")
    dataset = load_study({"study": str(tmp_path / "own.yaml")}, root).dataset
    assert (dataset.path, dataset.image_size) == (str(tmp_path / "pictures"), 32)


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("missing", r"own\.yaml: datasets\.own\.path: there is no folder .*missing$"),
        ("own.yaml", r"there is no folder .*own\.yaml$"),
        (".", r"holds results/, whose pictures would count; name a folder of its own"),
        ("results/datasets/own", r"lies where Easel puts its own copy"),
        ("flat", r"judge: 'classifier' learns to tell the dataset's classes apart.* as .*flat has no folder for each"),
        ("pictures, labels: none", r"there is only one, with 'labels: none'\. Judge by 'inception'"),
        ("pictures, image_size: 48", r"image_size: unknown value 48"),
        ("pictures, background: [0, 0, 256]", r"background\[2\]: should be less than or equal to 255"),
    ],
)
def test_a_folder_that_cannot_be_used_is_refused(root, tmp_path, monkeypatch, path, message):
    monkeypatch.chdir(tmp_path)
    for name in ("pictures/a", "pictures/b", "flat/.hidden", "flat/one", "results/datasets/own"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "own.yaml").write_text(OWN_FOLDER % path)
    with pytest.raises(ConfigError, match=message):
        load_study({"study": str(tmp_path / "own.yaml")}, root)


def test_several_files_by_path(root, tmp_path):
    checksums = f"{{train: {SHA256}, test: {SHA256}}}"
    (tmp_path / "own.yaml").write_text(
        f"datasets:\n  own: {{format: svhn_mat, path: svhn, sha256: {checksums}}}\n"
        "dataset: own\nruns:\n  a: {preset: dcgan}\n"
    )
    (tmp_path / "svhn").mkdir()
    (tmp_path / "svhn/train_32x32.mat").touch()
    with pytest.raises(ConfigError, match=r"datasets\.own\.path: there is no file .*svhn/test_32x32\.mat"):
        load_study({"study": str(tmp_path / "own.yaml")}, root)
    (tmp_path / "svhn/test_32x32.mat").touch()
    dataset = load_study({"study": str(tmp_path / "own.yaml")}, root).dataset
    assert dataset.archives["test_32x32.mat"] == (SHA256, [], str(tmp_path / "svhn/test_32x32.mat"))


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


def test_an_override_that_one_swept_preset_does_not_have(load):
    given = message(load, run("preset: [dcgan, vae], loss: hinge"))
    assert given.startswith("config/studies/mine.yaml, with preset vae: runs.a.loss: unknown key; there are ")


def test_what_holds_for_all_runs_holds_for_those_of_sweeps(load):
    runs = load(run("preset: dcgan, epochs: [1, 2]") + "on_collapse: stop\n").runs
    assert [run.settings.on_collapse for run in runs.values()] == ["stop", "stop"]
    swept = load(run("preset: dcgan, epochs: [1], on_collapse: [continue]") + "on_collapse: stop\n").runs
    assert swept["a-epochs-1-on_collapse-continue"].settings.on_collapse == "continue"


CONDITIONAL = "preset: dcgan, model: lean_gan, conditional: true"


def test_how_samples_are_drawn_is_said_for_all_runs_or_for_one_key_by_key(load):
    runs = load(run(f"{CONDITIONAL}, sampling: {{label: star, seed: 2}}") + "sampling: {truncation: 1, seed: 1}\n").runs
    assert runs["a"].settings.sampling.model_dump() == {"truncation": 1.0, "label": "star", "seed": 2}
    assert load(GOOD).runs["a"].settings.sampling.model_dump() == {"truncation": None, "label": "", "seed": None}


def test_a_conditional_run_needs_classes(root, tmp_path):
    (tmp_path / "flat").mkdir()
    text = f"datasets:\n  own: {{format: folder, path: flat}}\ndataset: own\nruns:\n  a: {{{CONDITIONAL}}}\n"
    (tmp_path / "own.yaml").write_text(text + "judge: inception\n")
    with pytest.raises(ConfigError, match="a: conditional is true, but the images of 'own' have only one class"):
        load_study({"study": str(tmp_path / "own.yaml")}, root)


def test_a_class_that_only_its_archive_can_tell_is_not_asked_for_here(load):
    text = run(f"{CONDITIONAL}, sampling: {{label: frog}}").replace("shapes", "cifar10")
    assert load(text).runs["a"].settings.sampling.label == "frog"


def test_a_preset_is_read_once_however_many_runs_name_it(load, monkeypatch):
    files = []

    def counted(file: Path, root: Path):
        files.append(file.name)
        return read_yaml(file, root)

    monkeypatch.setattr("easel.study.load.read_yaml", counted)
    load(run(f"preset: [dcgan, vae], epochs: {list(range(1, 51))}") + "  b: {preset: vae}\n")
    assert sorted(files) == ["datasets.yaml", "dcgan.yaml", "judges.yaml", "mine.yaml", "vae.yaml"]


def test_a_judge_of_its_own(load):
    study = load(GOOD + "judges:\n  small: {kind: classifier, width: 8}\njudge: [small, classifier]\n")
    assert [judge.width for judge in study.judges.values()] == [8, 32]


# --- wrong studies -----------------------------------------------------------------------------------------


def run(overrides):
    return f"dataset: shapes\nruns:\n  a: {{{overrides}}}\n"


def dataset(settings):
    return f"{GOOD}datasets:\n  m: {{{settings}}}\n"


NAMES = "should consist of letters, digits, '_', '.' and '-', with a letter or digit first"
STUDY_KEYS = "title, description, dataset, datasets, seeds, runs, judge, on_collapse, judges, samples"

WRONG = {
    # keys
    GOOD + "sample: 3\n": "sample: unknown key; did you mean 'samples'?",
    GOOD + "zzz: 3\n": f"zzz: unknown key; there are {STUDY_KEYS}",
    GOOD + "3: 3\n": "the name 3 should be a string; put it in quotes",
    "dataset: shapes\n": "runs: this key is missing",
    "datset: shapes\nruns:\n  a: {preset: dcgan}\n": (
        "datset: unknown key; did you mean 'dataset'?\n(and 1 more: dataset: this key is missing)"
    ),
    "seeds: [0]\n": "dataset: this key is missing\n(and 1 more: runs: this key is missing)",
    run("preset: dcgan, epoch: 3"): "runs.a.epoch: unknown key; did you mean 'epochs'?",
    run("preset: dcgan, likelihood: gaussian"): "runs.a.likelihood: unknown key; there are description, source, ",
    run("epochs: 3"): "runs.a.preset: this key is missing",
    run("preset: dcgan, 3: 4"): "runs.a: the name 3 should be a string; put it in quotes",
    dataset(f"format: cifar10_binary, pth: /x, sha256: {SHA256}"): "datasets.m.pth: unknown key; did you mean 'path'?",
    dataset("format: cifar10_binary, path: /x"): "datasets.m.sha256: this key is missing",
    dataset("path: /x"): "datasets.m.format: this key is missing",
    GOOD + "judges: {m: {kind: classifier, epoch: 3}}\n": "judges.m.epoch: unknown key; did you mean 'epochs'?",
    # names that name nothing
    run("preset: dcgna"): "runs.a.preset: unknown name 'dcgna'; did you mean 'dcgan'?",
    run("preset: dcgan, model: dcgn"): "runs.a.model: no model 'dcgn'; there are biggan, ",
    run("preset: dcgan, model: vae"): "runs.a.model: model 'vae' has no generator and no discriminator; its family ",
    run("preset: dcgan, family: vae"): "runs.a.family: a run cannot change its preset's family; choose another preset",
    run("preset: dcgan, loss: hing"): "runs.a.loss: unknown value 'hing'; did you mean 'hinge'?",
    GOOD.replace("shapes", "shape"): "dataset: unknown name 'shape'; did you mean 'shapes'?",
    run(f"{CONDITIONAL}, sampling: {{label: sta}}"): (
        "runs.a: sampling.label: 'shapes' has no class 'sta'; did you mean 'star'?"
    ),
    run("preset: dcgan, sampling: {label: star}"): (
        "runs.a: sampling.label asks for the class 'star', but the networks are told no classes; leave it out, or take "
        "a preset of the family gan with 'conditional: true'"
    ),
    run("preset: dcgan, sampling: {truncaton: 1}"): (
        "runs.a.sampling.truncaton: unknown key; did you mean 'truncation'?"
    ),
    run("preset: dcgan, sampling: {label: 3}"): (
        "runs.a.sampling.label: should be a string, and is 3; put it in quotes"
    ),
    GOOD + "judge: clasifier\n": "judge: unknown name 'clasifier'; did you mean 'classifier'?",
    dataset(f"format: cifar10, path: /x, sha256: {SHA256}"): (
        "datasets.m.format: unknown format 'cifar10'; did you mean 'cifar10_binary'?"
    ),
    dataset("format: "): "datasets.m.format: unknown format empty; there are shapes, cifar10_binary",
    GOOD + "judges: {m: {kind: clasifier}}\n": "judges.m.kind: unknown kind 'clasifier'; did you mean 'classifier'?",
    # types
    run("preset: dcgan, epochs: many"): "runs.a.epochs: should be a number, and is 'many'",
    run("preset: dcgan, epochs: '3'"): "runs.a.epochs: should be a number, and is '3'; leave out the quotes",
    run("preset: dcgan, epochs: "): "runs.a.epochs: should be a number, and is empty",
    run("preset: dcgan, batch_size: 64.5"): "runs.a.batch_size: should be a whole number, and is 64.5",
    run("preset: dcgan, batch_size: true"): "runs.a.batch_size: should be a whole number, and is true",
    run("preset: dcgan, flip: yes"): "runs.a.flip: should be true or false, and is 'yes'",
    run("preset: dcgan, flip: 1"): "runs.a.flip: should be true or false, and is 1",
    run("preset: 3"): "runs.a.preset: should be a string, and is 3; put it in quotes",
    GOOD + "title: 2024-01-01\n": "title: should be a string, and is 2024-01-01; put it in quotes",
    GOOD + "seeds: 0\n": "seeds: should be a list, and is 0",
    GOOD + "seeds: [0, a]\n": "seeds[1]: should be a whole number, and is 'a'",
    GOOD + "judge: 3\n": "judge: should be a name, or a list of names",
    GOOD + "judge: [classifier, 3]\n": "judge[1]: should be a string, and is 3; put it in quotes",
    GOOD.replace("shapes", "[shapes]"): "dataset: should be a string, and is ['shapes']",
    "dataset: shapes\nruns:\n  - dcgan\n": "runs: should be a mapping of keys to values, and is ['dcgan']",
    "dataset: shapes\nruns:\n  a: dcgan\n": "runs.a: should be a mapping of keys to values, and is 'dcgan'",
    "dataset: shapes\nruns:\n  a:\n": "runs.a: should be a mapping of keys to values, and is empty",
    "- a\n- b\n": "should be a mapping of keys to values, and is ['a', 'b']",
    "hello\n": "should be a mapping of keys to values, and is 'hello'",
    # values
    run("preset: dcgan, epochs: -1"): "runs.a.epochs: should be greater than 0, and is -1",
    run("preset: dcgan, beta_1: 1"): "runs.a.beta_1: should be less than 1, and is 1",
    run("preset: dcgan, learning_rate: .inf"): "runs.a.learning_rate: should be a finite number, and is inf",
    run("preset: dcgan, learning_rate: .nan"): "runs.a.learning_rate: should be a finite number, and is nan",
    GOOD + "samples: 0\n": "samples: should be at least 10, and is 0",
    GOOD + "seeds: [0, -1]\n": "seeds[1]: should be at least 0, and is -1",
    GOOD + "seeds: [0, 1, 0]\n": "seeds: 0 is listed twice",
    GOOD + "seeds: []\n": "seeds: should not be empty, and is []",
    GOOD + "judge: []\n": "judge: should not be empty, and is []",
    GOOD + "judge: [classifier, classifier]\n": "judge: classifier is listed twice",
    "dataset: shapes\nruns: {}\n": "runs: should not be empty, and is {}",
    "dataset: shapes\nruns:\n": "runs: should be a mapping of keys to values, and is empty",
    run("preset: ../dcgan"): f"runs.a.preset: {NAMES}, and is '../dcgan'",
    dataset("format: cifar10_binary, path: /x, sha256: XYZ"): (
        "datasets.m.sha256: should be 64 hexadecimal digits, in lower case, and is 'XYZ'"
    ),
    dataset(f"format: cifar10_binary, urls: [foo], sha256: {SHA256}"): (
        "datasets.m.urls[0]: should be a URL that starts with http:// or https://, and is 'foo'"
    ),
    dataset(f"format: cifar10_binary, sha256: {SHA256}"): "datasets.m: needs either 'urls' or 'path', and not both",
    GOOD + "datasets: {shapes: {format: shapes}}\n": "datasets.shapes: config/datasets.yaml already has this name",
    # sweeps
    run("preset: dcgan, epochs: []"): "runs.a.epochs: should not be empty, and is []",
    run("preset: dcgan, epochs: [1, 2, 1.0]"): "runs.a.epochs: 1 is listed twice",
    run("preset: dcgan, epochs: [1, many, -1]"): "runs.a.epochs[1]: should be a number, and is 'many'",
    run("preset: dcgan, loss: [hinge], epochs: [1, -1]"): "runs.a.epochs[1]: should be greater than 0, and is -1",
    run("preset: dcgan, epochs: [[1, 2]]"): "runs.a.epochs[0]: should be a number, and is [1, 2]",
    run("preset: dcgan, epochs: [1, null]"): "runs.a.epochs[1]: should be a number, and is empty",
    run("preset: dcgan, loss: [hinge, hing]"): "runs.a.loss[1]: unknown value 'hing'; did you mean 'hinge'?",
    run("preset: dcgan, model: [dcgan, dcgn]"): "runs.a.model[1]: no model 'dcgn'; there are biggan, ",
    run("preset: dcgan, epoch: [1, 2]"): "runs.a.epoch: unknown key; did you mean 'epochs'?",
    run("preset: dcgan, family: [gan, vae]"): "runs.a.family: a run cannot change its preset's family",
    run("preset: dcgan, description: [a b, a_b]"): "runs.a.description: two values are both 'a_b' in the names of runs",
    run("preset: []"): "runs.a.preset: should not be empty, and is []",
    run("preset: [dcgan, vea]"): "runs.a.preset[1]: unknown name 'vea'; did you mean 'vae'?",
    run("preset: [dcgan, 3]"): "runs.a.preset[1]: should be a string, and is 3; put it in quotes",
    GOOD + "  b: {preset: dcgan, epochs: [4]}\n  b-epochs-4: {preset: vae}\n": (
        "runs.b and runs.b-epochs-4 both stand for a run called 'b-epochs-4'; rename one of the two"
    ),
    # names of runs
    "dataset: shapes\nruns:\n  a/b: {preset: dcgan}\n": f"runs: the name 'a/b' {NAMES}",
    "dataset: shapes\nruns:\n  ..: {preset: dcgan}\n": f"runs: the name '..' {NAMES}",
    "dataset: shapes\nruns:\n  größe: {preset: dcgan}\n": f"runs: the name 'größe' {NAMES}",
    "dataset: shapes\nruns:\n  runs runs: {preset: dcgan}\n": f"runs: the name 'runs runs' {NAMES}",
    "dataset: shapes\nruns:\n  1: {preset: dcgan}\n": "runs: the name 1 should be a string; put it in quotes",
    f"dataset: shapes\nruns:\n  {'a' * 101}: {{preset: dcgan}}\n": "should be at most 100 characters long",
    # files
    "": "the file is empty",
    "# nothing\n": "the file is empty",
    b"\x89PNG\r\n\x1a\n\x00\x00\xff\xfe": "is not a text file in UTF-8",
    b"dataset: gr\xf6\xdfe\n": "is not a text file in UTF-8",
    f"dataset: {'[' * 3000}\n": "not valid YAML: maximum recursion depth exceeded",
    GOOD + "title: 2024-13-01\n": "not valid YAML: month must be in 1..12",
}


@pytest.mark.parametrize(("text", "said"), WRONG.items(), ids=range(len(WRONG)))
def test_a_wrong_study_names_file_key_mistake_and_remedy(load, text, said):
    given = message(load, text)
    assert given.startswith("config/studies/mine.yaml: ")
    assert said in given
    assert len(given) < 500


AT_A_LINE = {
    GOOD + "dataset: shapes\n": "line 4: 'dataset' is given twice",
    GOOD + "  a: {preset: vae}\n": "line 4: 'a' is given twice",
    "dataset: shapes\nruns:\n  a: {preset: dcgan\nseeds: 3\n": "line 4: not valid YAML: expected ',' or '}'",
    "dataset: shapes\nruns:\n\ta: 3\n": "line 3: not valid YAML: found a tab; YAML is indented with spaces",
    "dataset: a: b\n": "line 1: not valid YAML: mapping values are not allowed here",
    GOOD + "---\n" + GOOD: "line 4: not valid YAML: found another document",
    "dataset: !!python/object:os.system x\n": "line 1: not valid YAML: could not determine a constructor for the tag",
    "? {a: b}\n: c\n": "line 1: not valid YAML: found unhashable key",
}


@pytest.mark.parametrize(("text", "said"), AT_A_LINE.items(), ids=range(len(AT_A_LINE)))
def test_bad_yaml_names_file_and_line(load, text, said):
    assert message(load, text).startswith(f"config/studies/mine.yaml, {said}")


@pytest.mark.parametrize("value", ["x" * 5000, "\\n" * 500, "[[" + "1, " * 2000 + "1]]"])
def test_a_long_value_is_shortened(load, value):
    value = value if value.startswith("[") else f'"{value}"'
    given = message(load, run(f"preset: dcgan, epochs: {value}"))
    assert len(given) < 250
    assert given.endswith("…")


# --- wrong names of studies --------------------------------------------------------------------------------

SETTINGS = "config/config.yaml or --config: "


@pytest.mark.parametrize(
    ("machine", "said"),
    [
        ({}, "study: this key is missing"),
        ({"study": "quickstrt"}, "study: unknown name 'quickstrt'; did you mean 'quickstart'?"),
        ({"study": ""}, "study: unknown name ''; there are cifar10, quickstart"),
        ({"study": "größe"}, "study: unknown name 'größe'; there are cifar10, quickstart"),
        ({"study": ".."}, "study: unknown name '..'; there are cifar10, quickstart"),
        ({"study": "x" * 5000}, "study: unknown name 'xxx"),
        ({"study": "x" * 5000 + ".yaml"}, "study: there is no file /"),
        ({"study": "~nobody-here/x.yaml"}, "study: there is no file /"),
        ({"study": "a\0b.yaml"}, "study: there is no file /"),
        (
            {"study": "/no/where/quickstart.yaml"},
            "study: there is no file /no/where/quickstart.yaml; did you mean 'quick",
        ),
        ({"study": "no/where"}, "study: there is no file /"),
        ({"study": "../"}, "study: /"),
        ({"study": 3}, "study: should be a string, and is 3; put it in quotes"),
        ({"study": True}, "study: should be a string, and is true; put it in quotes"),
        ({"study": None}, "study: should be a string, and is empty"),
        ({"stdy": "quickstart"}, "stdy: unknown key; did you mean 'study'?\n(and 1 more: study: this key is missing)"),
        ({"study": "quickstart", "threads": 0}, "threads: should be at least 1, and is 0"),
    ],
)
def test_a_wrong_choice_of_study(root, machine, said):
    given = message(load_study, machine, root)
    assert given.startswith(SETTINGS + said)
    assert len(given) < 500


def test_a_folder_is_no_study(root):
    folder = root / "folder.yaml"
    folder.mkdir()
    given = message(load_study, {"study": str(folder)}, root)
    assert given == f"{SETTINGS}study: {folder} is a folder; a study is a YAML file"
    (root / "config" / "studies" / "odd.yaml").mkdir()
    assert message(load_study, {"study": "odd"}, root) == "config/studies/odd.yaml: cannot be read: Is a directory"


@pytest.mark.parametrize("name", ["datasets", "judges", "logs", "benchmarks"])
def test_reserved_names_of_studies(root, name):
    (root / f"{name}.yaml").write_text(GOOD)
    given = message(load_study, {"study": str(root / f"{name}.yaml")}, root)
    assert (
        given == f"{name}.yaml: a study cannot be called '{name}', as results/{name}/ is Easel's own; rename the file"
    )


@pytest.mark.parametrize("name", ["my study", "größe", "-x", ".hidden", "a" * 101])
def test_a_study_whose_name_makes_no_folder(root, name):
    (root / f"{name}.yaml").write_text(GOOD)
    given = message(load_study, {"study": str(root / f"{name}.yaml")}, root)
    assert given.startswith(f"{name}.yaml: the file's name becomes a folder and should ")
    assert given.endswith("; rename the file")


def test_two_studies_never_write_to_the_same_folder(root):
    (root / "quickstart.yaml").write_text(GOOD)
    assert message(load_study, {"study": str(root / "quickstart.yaml")}, root) == (
        "quickstart.yaml: config/studies/quickstart.yaml has the same name, and both would write to "
        "results/quickstart/; rename the file"
    )


# --- mistakes in the other files -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("presets/dcgan.yaml", "family: gna\n", ": family: unknown family 'gna'; did you mean 'gan'?"),
        ("presets/dcgan.yaml", "model: dcgan\n", ": family: this key is missing"),
        ("presets/dcgan.yaml", "", ": the file is empty"),
        ("presets/dcgan.yaml", "family: gan\nfamily: gan\n", ", line 2: 'family' is given twice"),
        ("presets/dcgan.yaml", "family: [\n", ", line 2: not valid YAML: expected the node content"),
        ("datasets.yaml", "shapes: {format: shapes, sed: 1}\n", ": shapes.sed: unknown key; did you mean 'seed'?"),
        ("datasets.yaml", "- shapes\n", ": should be a mapping of keys to values, and is ['shapes']"),
        ("datasets.yaml", "a/b: {format: shapes}\n", f": the name 'a/b' {NAMES}"),
        ("judges.yaml", "classifier: {kind: classifier, widht: 8}\n", ": classifier.widht: unknown key; did you mean"),
        ("judges.yaml", "classifier:\n", ": classifier: should be a mapping of keys to values, and is empty"),
    ],
)
def test_a_mistake_elsewhere_names_its_own_file(root, load, file, text, said):
    (root / "config" / file).write_text(text)
    assert message(load, GOOD).startswith(f"config/{file}{said}")


def test_a_preset_that_breaks_a_key_names_the_preset_and_not_the_study(root, load):
    preset = root / "config" / "presets" / "dcgan.yaml"
    preset.write_text(preset.read_text() + "epoch: 3\n")
    assert message(load, GOOD) == "config/presets/dcgan.yaml: epoch: unknown key; did you mean 'epochs'?"


def test_a_file_that_is_gone(root, load):
    (root / "config" / "judges.yaml").unlink()
    assert message(load, GOOD) == "config/judges.yaml: cannot be read: No such file or directory"


def test_a_file_that_may_not_be_read(root, load, monkeypatch):
    load(GOOD)
    file = root / "config" / "studies" / "mine.yaml"
    file.chmod(0)
    if os.access(file, os.R_OK):  # root may read everything: let the system refuse instead
        monkeypatch.setattr("ruamel.yaml.main.YAML.load", refuse)
    assert message(load_study, {"study": "mine"}, root) == "config/studies/mine.yaml: cannot be read: Permission denied"


def refuse(*_):
    raise PermissionError(13, "Permission denied")
