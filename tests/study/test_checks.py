"""Names, local paths and classes of studies."""

from pathlib import Path

import pytest
from helpers.studies import CONDITIONAL, GOOD, SHA256, message, run

from easel.config.datasets import Cifar10Binary
from easel.study.load import load_study
from easel.study.messages import ConfigError

OWN_FOLDER = (
    "dataset: own\njudge: classifier\nruns:\n  a: {preset: dcgan}\ndatasets:\n  own: {format: folder, path: %s}\n"
)


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
        ("results/datasets/local/a.tar.gz", r"lies where Easel puts its own copy"),
    ],
)
def test_an_archive_that_cannot_be_used_is_refused(root, tmp_path, monkeypatch, path, message):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "results/datasets/local").mkdir(parents=True)
    (tmp_path / "own.yaml").write_text(
        f"datasets:\n  local: {{format: cifar10_binary, path: {path}, sha256: {SHA256}}}\n"
        "dataset: local\nruns:\n  a: {preset: dcgan}\n"
    )
    with pytest.raises(ConfigError, match=message):
        load_study({"study": str(tmp_path / "own.yaml")}, root)


def test_a_folder_of_its_own_is_found_from_the_study(root, tmp_path):
    for name in ("pictures/a", "pictures/b"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "1.png").touch()
    (tmp_path / "own.yaml").write_text(OWN_FOLDER % "pictures")
    dataset = load_study({"study": str(tmp_path / "own.yaml")}, root).dataset
    assert (dataset.path, dataset.image_size) == (str(tmp_path / "pictures"), 32)


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("missing", r"own\.yaml: datasets\.own\.path: there is no folder .*missing$"),
        ("own.yaml", r"own\.yaml is a file, not a folder; name a folder of pictures, such as "),
        ("nothing", r"own\.yaml: datasets\.own\.path: .*nothing has no picture\. Left out: 1 files of types other"),
        (".", r"contains results/, whose pictures would count; use a folder of its own"),
        ("results/datasets/own", r"lies where Easel puts its own copy"),
        (
            "flat",
            r"'classifier' learns to tell the dataset's classes apart.*flat has only one folder with pictures, 'one'; ",
        ),
        ("pictures, classes: none", r"there is only one, with 'classes: none'; use judge: \w+, which needs neither"),
        ("pictures, image_size: 80", r"image_size: should be 32, 48, 64, 96, 128 or 256; found 80"),
        ("pictures, background: [0, 0, 256]", r"background\[2\]: should be at most 255; found 256"),
    ],
)
def test_a_folder_that_cannot_be_used_is_refused(root, tmp_path, monkeypatch, path, message):
    monkeypatch.chdir(tmp_path)
    for name in ("pictures/a", "pictures/b", "flat/.hidden", "flat/one", "results/datasets/own"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "1.png").touch()
    (tmp_path / "nothing").mkdir()
    (tmp_path / "nothing/notes.txt").touch()
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


def test_a_conditional_run_needs_classes(root, tmp_path):
    (tmp_path / "flat").mkdir()
    (tmp_path / "flat/1.png").touch()
    text = f"datasets:\n  own: {{format: folder, path: flat}}\ndataset: own\nruns:\n  a: {{{CONDITIONAL}}}\n"
    (tmp_path / "own.yaml").write_text(text + "judge: inception\n")
    with pytest.raises(ConfigError, match="a: conditional is true, but the images of 'own' have only one class"):
        load_study({"study": str(tmp_path / "own.yaml")}, root)


def test_a_classifier_needs_classes_of_an_archive_too(root, tmp_path):
    (tmp_path / "idx").mkdir()
    for name in ("train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"):
        (tmp_path / "idx" / f"{name}-ubyte.gz").touch()
    checksums = ", ".join(f"{key}: {SHA256}" for key in ("train_images", "train_labels", "test_images", "test_labels"))
    (tmp_path / "own.yaml").write_text(
        f"datasets:\n  own: {{format: idx, path: idx, classes: [digit], sha256: {{{checksums}}}}}\n"
        "dataset: own\njudge: classifier\nruns:\n  a: {preset: dcgan}\n"
    )
    assert message(load_study, {"study": str(tmp_path / "own.yaml")}, root).startswith(
        f"{tmp_path}/own.yaml: judge: 'classifier' learns to tell the dataset's classes apart, and its 'classes' are "
        "only one; use judge: "
    )


def test_a_class_is_not_checked_where_only_the_archive_has_the_names(load):
    text = run(f"{CONDITIONAL}, sampling: {{label: frog}}").replace("shapes", "cifar10")
    assert load(text).runs["a"].settings.sampling.label == "frog"


@pytest.mark.parametrize("name", ["datasets", "judges", "logs", "benchmarks"])
def test_reserved_names_of_studies(root, name):
    (root / f"{name}.yaml").write_text(GOOD)
    given = message(load_study, {"study": str(root / f"{name}.yaml")}, root)
    assert given == f"{name}.yaml: a study cannot be called '{name}', as results/{name} is Easel's own; rename the file"


@pytest.mark.parametrize("name", ["my study", "größe", "-x", ".hidden", "a" * 101, "a" * 20])
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


def test_a_judges_file_is_not_where_its_copy_goes(root, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    own = f"results/judges/classifier-{SHA256[:12]}.keras"
    (tmp_path / "own.yaml").write_text(
        f"{GOOD}judge: own\njudges:\n  own: {{kind: classifier, path: {own}, sha256: {SHA256}}}\n"
    )
    assert message(load_study, {"study": str(tmp_path / "own.yaml")}, root) == (
        f"{tmp_path}/own.yaml: judges.own.path: {tmp_path}/{own} is where Easel puts its own copy, and would be lost. "
        "Move the file elsewhere"
    )


def test_what_was_read_already_may_be_out_of_reach(root, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own.yaml").write_text(
        "dataset: shapes\nruns:\n  theirs: {kind: external, path: theirs}\njudge: own\n"
        f"judges:\n  own: {{kind: inception, path: judge.tgz, sha256: {SHA256}}}\n"
    )
    (tmp_path / "judge.tgz").touch()
    (tmp_path / "theirs").mkdir()
    judge = load_study({"study": str(tmp_path / "own.yaml")}, root).judges["own"]
    (tmp_path / "judge.tgz").unlink()
    (tmp_path / "theirs").rmdir()
    assert "there is no file" in message(load_study, {"study": str(tmp_path / "own.yaml")}, root)
    for done in (f"results/judges/{judge.archive}", "results/own/theirs/seed-0/samples.npz"):
        (tmp_path / done).parent.mkdir(parents=True)
        (tmp_path / done).touch()
    assert load_study({"study": str(tmp_path / "own.yaml")}, root).external
