"""Keras and TensorFlow without what Easel does not use of them, in processes of their own."""

import gc
import subprocess
import sys

import pytest

from easel.runtime.lean_keras import OPTIONAL, uncollected, without


def run(code: str) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


def test_keras_is_imported_without_what_easel_does_not_use_and_that_can_be_imported_later():
    done = run(
        "import gc, sys\n"
        "from easel.runtime.lean_keras import OPTIONAL, import_keras\n"
        "import_keras()\n"
        "assert gc.isenabled() and gc.get_freeze_count() > 100_000\n"
        "assert {'keras', 'tensorflow'} <= sys.modules.keys()\n"
        "print(sorted({*OPTIONAL} & sys.modules.keys()))\n"
        "import matplotlib, sklearn.mixture\n"
        "import keras, numpy as np\n"
        "model = keras.Sequential([keras.layers.Dense(1)])\n"
        "model.compile('sgd', 'mse')\n"
        "model.fit(np.ones((4, 2)), np.ones((4, 1)), verbose=0)\n"
    )
    assert (done.returncode, done.stdout) == (0, "[]\n"), done.stderr


def test_no_script_imports_what_is_left_out_before_keras():
    """Otherwise Keras would import the rest of it."""
    done = run(
        "import sys\n"
        "import easel.training.loop, easel.judges.classifier.network, easel.sampling\n"
        f"print(sorted({set(OPTIONAL)!r} & sys.modules.keys()))\n"
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "[]\n", "")


def test_only_packages_that_are_not_imported_yet_are_hidden(monkeypatch):
    monkeypatch.delitem(sys.modules, "this", raising=False)
    with without(["this", "gc"]):
        import gc  # noqa: F401

        with pytest.raises(ModuleNotFoundError):
            import this  # noqa: F401
    assert "this" not in sys.modules
    assert "gc" in sys.modules


def test_what_is_hidden_comes_back_after_an_error():
    with pytest.raises(ImportError, match="broken"), without(["this"]):
        raise ImportError("broken")
    assert "this" not in sys.modules


@pytest.mark.parametrize("enabled", [True, False])
def test_the_collector_is_left_as_it_was(enabled):
    before = gc.isenabled()
    try:
        (gc.enable if enabled else gc.disable)()
        with uncollected():
            assert not gc.isenabled()
        assert gc.isenabled() == enabled
    finally:
        (gc.enable if before else gc.disable)()
