"""The catalogue of metrics against the code that measures them."""

import ast
from pathlib import Path

import easel.evaluation
from easel.metrics.catalogue import METRICS, direction


def yielded() -> set[str]:
    """The strings in the modules of evaluation that measure images."""
    folder = Path(easel.evaluation.__file__).parent
    files = [folder / name for name in ("rows.py", "by_class.py", "reconstruction.py")]
    files += [folder.parent / "metrics" / name for name in ("manifold.py", "memorisation.py")]
    nodes = [node for file in files for node in ast.walk(ast.parse(file.read_text()))]
    return {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def test_every_metric_of_the_catalogue_is_measured():
    assert METRICS.keys() - yielded() == set()


def test_a_metric_has_a_direction_or_a_best_value():
    assert (direction("fid"), direction("recall")) == ("lower", "higher")
    assert direction("data_copying_auc") is None
    assert all(0 < metric.better < 1 for name, metric in METRICS.items() if direction(name) is None)
    assert direction("of another version") is None
