"""The code that a step executes, and the edits that change its fingerprint."""

import json
import re
import textwrap
from importlib.metadata import requires, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from easel.tracking import fingerprint
from easel.tracking.fingerprint import code_of, read


def hash_code(tmp_path, code: str, name="a.py") -> str:
    file = tmp_path / name
    file.write_text(textwrap.dedent(code))
    read.cache_clear()
    return read(file)[0]


@pytest.fixture
def kept_here(tmp_path, monkeypatch) -> Path:
    """The file of what is kept in an empty folder, in which this process runs until the end of the test."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(fingerprint, "USED", {})
    (tmp_path / fingerprint.KEPT).parent.mkdir()
    fingerprint.kept.cache_clear()
    yield tmp_path / fingerprint.KEPT
    fingerprint.kept.cache_clear()


ORIGINAL = '''
    """A module."""
    import os

    def f(x, y):
        """Adds."""
        return x + y  # the sum
'''


@pytest.mark.parametrize(
    "same",
    [
        ORIGINAL.replace("A module.", "Another docstring."),
        ORIGINAL.replace('"""Adds."""', '"""Adds two numbers.\n\n        At length."""'),
        ORIGINAL.replace("  # the sum", ""),
        ORIGINAL.replace("x + y", "(x\n            + y)"),
        ORIGINAL.replace("f(x, y)", "f(\n        x,\n        y,\n    )"),
    ],
)
def test_prose_and_form_do_not_count(tmp_path, same):
    assert hash_code(tmp_path, same) == hash_code(tmp_path, ORIGINAL)


@pytest.mark.parametrize(
    "other",
    [
        ORIGINAL.replace("x + y", "x - y"),
        ORIGINAL.replace("x, y", "x, y=1"),
        ORIGINAL.replace("import os", "import sys"),
        ORIGINAL.replace("return x + y", "return 'x + y'"),
    ],
)
def test_code_counts(tmp_path, other):
    assert hash_code(tmp_path, other) != hash_code(tmp_path, ORIGINAL)


def test_a_function_of_prose_alone_is_not_an_error(tmp_path):
    assert hash_code(tmp_path, 'class A:\n    """Only this."""\n') == hash_code(tmp_path, "class A:\n    pass\n")


def test_fingerprints_stay_what_they_were(tmp_path):
    """Those of existing results were written by earlier versions: another would train everything again."""
    assert hash_code(tmp_path, ORIGINAL) == "e2f4f26a6d88"
    assert (
        hash_code(tmp_path, "import a\nfrom b import *\nx: int = [None, 1.5, 'y', b'z', -2j, ...]\n") == "ff150ab9c625"
    )


def parse_nothing(*arguments):
    raise AssertionError("parsed again")


def test_what_was_kept_is_not_parsed_again(tmp_path, kept_here, monkeypatch):
    found = hash_code(tmp_path, "import os"), read(tmp_path / "a.py")
    fingerprint.keep()
    fingerprint.kept.cache_clear()
    with monkeypatch.context() as patch:
        patch.setattr(fingerprint, "parsed", parse_nothing)
        assert (hash_code(tmp_path, "import os"), read(tmp_path / "a.py")) == found
        with pytest.raises(AssertionError, match="parsed again"):
            hash_code(tmp_path, "import sys")
    assert hash_code(tmp_path, "import sys") != found[0]


@pytest.mark.parametrize("damage", ["", "{", "[1]", '{"KEY": 5}', '{"KEY": ["abc"]}', '{"KEY": ["abc", [[]]]}'])
def test_damage_to_what_was_kept_changes_nothing(tmp_path, kept_here, damage):
    found = hash_code(tmp_path, "import os")
    (key,) = fingerprint.USED
    kept_here.write_text(damage.replace("KEY", key))
    fingerprint.kept.cache_clear()
    assert hash_code(tmp_path, "import os") == found
    fingerprint.keep()
    fingerprint.kept.cache_clear()
    assert fingerprint.kept() == {key: (found, frozenset({"os"}))}


def test_nothing_is_kept_where_snakemake_keeps_nothing(tmp_path, kept_here):
    kept_here.parent.rmdir()
    hash_code(tmp_path, "import os")
    fingerprint.keep()
    assert [path.name for path in tmp_path.iterdir()] == ["a.py"]


def test_a_fingerprint_has_twelve_digits(tmp_path):
    """So many that two versions of a file do not meet in practice; half as many would after some thousand versions."""
    marks = [hash_code(tmp_path, ORIGINAL), *code_of("compare.py").values()]
    assert all(re.fullmatch("[0-9a-f]{12}", mark) for mark in marks if "." not in mark)


@pytest.mark.parametrize(
    ("statement", "modules"),
    [
        ("import easel.images", {"easel.images"}),
        ("import easel.images as pictures, os", {"easel.images", "os"}),
        ("from easel import images", {"easel", "easel.images"}),
        ("from easel.images import save_png as save", {"easel.images", "easel.images.save_png"}),
        ("def f():\n    import easel.images", {"easel.images"}),
        ("def f():\n    from easel import images", {"easel", "easel.images"}),
        ("try:\n    import easel.images\nexcept ImportError:\n    pass", {"easel.images"}),
    ],
)
def test_every_form_of_import_is_seen(tmp_path, statement, modules):
    hash_code(tmp_path, statement)
    assert read(tmp_path / "a.py")[1] == modules


def test_imports_are_followed():
    code = code_of("train_run.py", "easel.models.dcgan", "easel.training.objectives.gan")
    assert {
        "scripts/train_run.py",
        "workflow/easel/__init__.py",
        "workflow/easel/training/__init__.py",
        "workflow/easel/training/loop.py",
        "workflow/easel/training/checkpoints.py",  # `from easel.training import checkpoints`
        "workflow/easel/training/losses.py",  # through the objective
        "workflow/easel/models/dcgan.py",
    } <= code.keys()
    assert list(code) == sorted(code)


def test_code_that_is_not_executed_does_not_count():
    code = code_of("train_run.py", "easel.models.dcgan", "easel.training.objectives.gan")
    others = {
        "workflow/easel/models/vae.py",
        "workflow/easel/models/tutorial_dcgan.py",
        "workflow/easel/training/objectives/vae.py",
        "workflow/easel/sampling/sampler.py",
        "workflow/easel/runtime/console.py",
        "workflow/easel/runtime/gpus.py",
    }
    packages = ("evaluation", "judges", "metrics", "planning", "provenance", "report", "study", "texts", "tracking")
    for name in packages:
        files = {str(file.relative_to(fingerprint.ROOT)) for file in (fingerprint.PACKAGE / name).rglob("*.py")}
        assert files, f"no package {name}"
        others |= files
    assert all((fingerprint.ROOT / file).is_file() for file in others)
    watched = {f"workflow/easel/metrics/{name}.py" for name in ("__init__", "estimate", "memorisation")}
    assert watched < code.keys()  # a training looks for copies (training/overfitting.py)
    assert not (others - watched) & code.keys()


def test_a_metric_counts_only_where_it_is_computed():
    metrics = {script: {Path(file).stem for file in code_of(script) if "easel/metrics/" in file} for script in (
        "sample_autoencoder.py", "sample.py", "judge_snapshots.py", "compare.py",
    )}  # fmt: skip
    assert {"elbo", "image_similarity"} <= metrics["sample_autoencoder.py"]
    assert not {"manifold", "memorisation", "kid", "elbo", "image_similarity"} & (
        metrics["sample.py"] | metrics["judge_snapshots.py"]
    )
    assert metrics["compare.py"] == {
        "__init__", "best_of_several", "catalogue", "estimate", "intervals", "orders", "seeds_to_settle", "spread",
    }  # fmt: skip


def test_every_script_can_be_followed():
    for script in sorted((fingerprint.ROOT / "scripts").glob("*.py")):
        code = code_of(script.name)
        assert f"scripts/{script.name}" in code
        assert "workflow/easel/__init__.py" in code


def test_files_without_effect_exist():
    for file in fingerprint.WITHOUT_EFFECT:
        assert (fingerprint.PACKAGE / file).is_file()


def test_packages_count_by_their_version():
    training = code_of("train_run.py", "easel.models.vae")
    assert training["tensorflow"] == version("tensorflow")
    assert "matplotlib" not in training
    assert code_of("report_run.py", "notebooks/run.ipynb")["matplotlib"] == version("matplotlib")


def test_packages_are_those_of_the_project():
    named = {Requirement(text).name for text in requires("easel")}
    assert set(fingerprint.PACKAGES.values()) - {"keras"} <= named  # Keras comes with TensorFlow


def test_a_missing_package_is_recorded_as_such(monkeypatch):
    monkeypatch.setitem(fingerprint.PACKAGES, "numpy", "no-such-package")
    assert fingerprint.versions_of({"numpy"}) == {"no-such-package": "not installed"}


def notebook(tmp_path, *cells: tuple[str, str], **metadata) -> str:
    """The hash of a notebook of cells of a kind and a text."""
    stored = [{"cell_type": kind, "source": text, "metadata": {}, "outputs": []} for kind, text in cells]
    (tmp_path / "a.ipynb").write_text(json.dumps({"cells": stored, "metadata": metadata}))
    read.cache_clear()
    return read(tmp_path / "a.ipynb")[0]


def test_a_notebook_counts_by_its_cells(tmp_path):
    cells = ("markdown", "## Title"), ("code", "x = 1  # one")
    original = notebook(tmp_path, *cells)
    assert notebook(tmp_path, *cells, kernelspec={"name": "other"}) == original
    assert notebook(tmp_path, cells[0], ("code", "x=1")) == original
    assert notebook(tmp_path, ("markdown", "## Other"), cells[1]) != original
    assert notebook(tmp_path, cells[0], ("code", "x = 2")) != original
    assert notebook(tmp_path, *reversed(cells)) != original


def test_a_notebooks_imports_are_followed():
    code = code_of("report_run.py", "notebooks/run.ipynb", "notebooks/template/page.css")
    assert {
        "notebooks/run.ipynb",
        "notebooks/template/page.css",
        "workflow/easel/report/figures/curves.py",
    } <= code.keys()
