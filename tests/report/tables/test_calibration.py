"""Self-checks of judges next to published values."""

from helpers.fake_results import write_study
from helpers.page_text import rows_of

from easel.report import cells as report
from easel.runtime.files import write_json


def test_calibration_table_compares_with_published_values(tmp_path):
    folder = write_study(tmp_path, judges=("inception",))
    assert report.calibration_table(report.read_study(folder)) is None
    answer = {
        "metric": "fid", "split": "test", "value": 3.149, "n": 10_000, "reference_n": 50_000,
        "published": 3.15, "tolerance": 0.02, "source": "somebody", "as_published": True,
    }  # fmt: skip
    record = {"judge": "inception", "dataset": "shapes", "published_for": "CIFAR-10"}
    answers = [answer, answer | {"as_published": False}, answer | {"as_published": None}]
    write_json(tmp_path / "judges/shapes/inception/calibration.json", record | {"answers": answers})
    rows = rows_of(report.calibration_table(report.read_study(folder)))
    assert rows[0] == [
        "FID, inception", "10,000 test images, reference: 50,000 training images", "3.149", "3.15", "somebody",
        "matches",
    ]  # fmt: skip
    assert [row[-1] for row in rows[1:]] == ["does not match", "not comparable: published for CIFAR-10"]
