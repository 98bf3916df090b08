"""`make gpu-report`: its table, its predictions, and a run of it without a GPU. No number here was measured."""

import json
import sys
from pathlib import Path

import pytest
from helpers import fake_results

ROOT = Path(__file__).parents[1]
T4 = {"gpu": "Tesla T4", "cpu": "a CPU", "driver": "550.54", "commit": "abc"}


@pytest.fixture(autouse=True)
def benchmarks_on_path(monkeypatch):
    """Scripts of benchmarks/ import one another."""
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    monkeypatch.syspath_prepend(ROOT / "benchmarks/contestants")


@pytest.fixture
def gpu_report():
    import gpu_report

    return gpu_report


def outcome(*measurements: dict, failed: str | None = None) -> dict:
    return {"measurements": list(measurements), "seconds": 1.0, "failed": failed}


def measured(what: str, value: object, unit: str = "images/s", **more: object) -> dict:
    return {"what": what, "value": value, "unit": unit, **more}


def cells(page: str, what: str) -> list[str]:
    """The cells of the row of a table that begins so."""
    row = next(line for line in page.splitlines() if line.startswith(f"| {what} |"))
    return [cell.strip() for cell in row.split("|")[1:-1]]


# --- predictions -----------------------------------------------------------------------------------------------------


def test_the_page_of_predictions_is_what_the_numbers_give():
    import gpu_prediction

    written = (ROOT / "benchmarks/gpu_prediction.md").read_text(encoding="utf-8")
    assert written == gpu_prediction.page(), "run benchmarks/gpu_prediction.py > benchmarks/gpu_prediction.md"


@pytest.mark.parametrize(
    ("name", "gpu"),
    [
        ("Tesla T4", "T4"), ("NVIDIA L4", "L4"), ("NVIDIA A100-SXM4-40GB", "A100"), ("NVIDIA H100 80GB HBM3", "H100"),
        ("NVIDIA H200", "H200"), ("NVIDIA L40S", None), ("Tesla P100-PCIE-16GB", None), ("NVIDIA T400", None),
    ],
)  # fmt: skip
def test_gpus_are_known_by_the_names_that_nvidia_smi_prints(name, gpu):
    import gpu_prediction

    assert gpu_prediction.gpu_called(name) == gpu


def test_predictions_order_what_must_be_ordered():
    import gpu_prediction

    of = {name: gpu_prediction.predictions(name) for name in ("Tesla T4", "NVIDIA H200")}
    for found in of.values():
        assert all(each.low <= each.central <= each.high for each in found.values())
        xla = found["speed: fast_gpu, auto, XLA"]
        assert xla.central > found["speed: fast_gpu, auto, no XLA"].central
        assert xla.central > found["speed: fast_gpu, float32, XLA"].central
    assert "speed: dcgan, mixed_bfloat16, XLA" not in of["Tesla T4"], "a T4 has no bfloat16"
    assert of["NVIDIA H200"]["speed: dcgan, auto, XLA"].central > of["Tesla T4"]["speed: dcgan, auto, XLA"].central


# --- the report ------------------------------------------------------------------------------------------------------


def test_measurements_stand_beside_predictions_and_far_ones_are_named(gpu_report):
    expected = gpu_report.predictions("Tesla T4")
    near, far = "speed: dcgan, float32, XLA", "speed: vae, float32, XLA"
    measurements = [
        measured(near, 1.5 * expected[near].central, spread=[100.0, 2000.0]),
        measured(far, 0.25 * expected[far].central),
        measured("memory: dcgan, float32, XLA", 1.25, "GB"),
        measured("matrix product, bfloat16", None, "TFLOP/s", note="not possible here"),
    ]
    page = gpu_report.markdown(T4, {"speed": {"one": outcome(*measurements), "two": outcome(failed="out of memory")}})
    assert page.startswith("# Easel on Tesla T4\n")
    assert cells(page, near)[2] == "100 to 2,000"
    assert cells(page, near)[4] == "1.50"
    assert cells(page, "memory: dcgan, float32, XLA")[1:4] == ["1.2 GB", "", ""]
    assert cells(page, "matrix product, bfloat16")[1] == "not measured"
    assert "`two` failed: out of memory" in page
    named = page.partition("## More than a factor 2 from the prediction")[2]
    assert f"- {far}: 0.25 times the prediction" in named
    assert near not in named


def test_a_gpu_without_a_prediction_is_named(gpu_report):
    page = gpu_report.markdown(T4 | {"gpu": "NVIDIA L40S"}, {"speed": {"one": outcome(measured("x", 1.0))}})
    assert "has no prediction for this GPU" in page
    assert "More than a factor" not in page


def test_equal_trainings_are_compared(gpu_report):
    of = {
        ("deterministic", 1): "aa", ("deterministic", 2): "aa", ("not deterministic", 1): "aa",
        ("not deterministic", 2): "ab",
    }  # fmt: skip
    outcomes = {
        f"{how} {attempt}": outcome(
            measured(f"bits: dcgan, {how}, {attempt}", digest, "after 64 steps"),
            measured(f"speed: dcgan, {how}, {attempt}", 100.0 * attempt),
        )
        for (how, attempt), digest in of.items()
    }
    _, rows = gpu_report.bits(outcomes)
    assert rows == [["dcgan", "yes", "yes", "150"], ["dcgan", "no", "**no**", "150"]]


def test_the_training_is_reported_with_the_fid_of_its_snapshots(gpu_report, tmp_path):
    seed = fake_results.write_study(tmp_path, runs={"fast_gpu": "dcgan"}) / "fast_gpu/seed-0"
    page = gpu_report.markdown(T4, {"training": {"fast_gpu": outcome(*gpu_report.trained(seed))}})
    assert cells(page, "images/s of the whole training")[1].endswith(" images/s")
    *others, last = (line for line in page.splitlines() if line.startswith("| FID at epoch "))
    assert len(others) > 1
    assert "± " in last
    assert "FID of 2,000 samples, judge classifier" in page


# --- what a profile says ---------------------------------------------------------------------------------------------


def profile(*planes: tuple[str, list[tuple[str, list[tuple[str, int, int, str]]]]]) -> bytes:
    """A profile: planes of lines of events (name, start and duration in picoseconds, details of a copy)."""
    from tensorflow.tsl.profiler.protobuf.xplane_pb2 import XSpace

    space = XSpace()
    for name, lines in planes:
        plane = space.planes.add(name=name)
        plane.stat_metadata[1].name = "memcpy_details"
        for line_name, events in lines:
            line = plane.lines.add(name=line_name)
            for event, start, duration, details in events:
                number = len(plane.event_metadata) + 1
                plane.event_metadata[number].name = event
                added = line.events.add(metadata_id=number, offset_ps=start, duration_ps=duration)
                if details:
                    text = len(plane.stat_metadata) + 1
                    plane.stat_metadata[text].name = details
                    added.stats.add(metadata_id=1, ref_value=text)
    return space.SerializeToString()


def test_kernels_and_copies_are_read_from_a_profile():
    import on_device

    to_host = "kind_src:device kind_dst:pageable size:3072 dest:0 async:1"
    to_gpu = "kind_src:pageable kind_dst:device size:64 dest:0 async:1"
    streams = [
        ("Stream #13(Compute)", [("sgemm", 0, 4_000_000, ""), ("relu", 2_000_000, 4_000_000, "")]),
        ("Stream #14(MemcpyD2H)", [("MemcpyD2H", 8_000_000, 1_000_000, to_host)]),
        ("Stream #15(MemcpyH2D)", [("MemcpyH2D", 9_000_000, 1_000_000, to_gpu), ("Memset", 9_000_000, 500_000, "")]),
        ("XLA Ops", [("fusion", 0, 9_000_000_000, "")]),
    ]
    found = on_device.activity(profile(("/device:GPU:0", streams), ("/host:CPU", [("Stream", [("op", 0, 9, "")])])))
    busy = 8e-3  # ms: 0 to 6, and 8 to 10 µs
    assert found == {"kernels": 2, "busy_ms": busy, "to_host": 1, "bytes_to_host": 3072, "bytes_to_gpu": 64}
    assert on_device.activity(profile(("/host:CPU", streams))) is None


# --- the command -----------------------------------------------------------------------------------------------------


def call(gpu_report, monkeypatch, *arguments: object) -> int:
    monkeypatch.setattr(sys, "argv", ["gpu_report.py", *map(str, arguments)])
    return gpu_report.main()


def test_without_a_gpu_it_says_what_to_do(gpu_report, monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(gpu_report, "installed", list)
    assert call(gpu_report, monkeypatch, "--directory", tmp_path) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "no GPU here" in line
    assert "make gpu-report GPU=1" in line
    assert not (tmp_path / "results").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--minutes", "0"], "'0' should be a number above 0"),
        (["--minutes", "nan"], "'nan' should be a number above 0"),
        (["--minutes", "long"], "'long' should be a number above 0"),
        (["--dataset", "cifar-10"], "cifar10"),
    ],
)
def test_a_wrong_argument_is_refused_before_anything_is_measured(gpu_report, monkeypatch, capsys, arguments, said):
    monkeypatch.setattr(gpu_report, "installed", lambda: pytest.fail("went on"))
    with pytest.raises(SystemExit, match="2"):
        call(gpu_report, monkeypatch, *arguments)
    last = capsys.readouterr().err.splitlines()[-1]
    assert arguments[0] in last
    assert arguments[1] in last
    assert said in last


@pytest.mark.parametrize("only", [["speed", "training"], ["training"]])
def test_nothing_is_measured_where_tensorflow_sees_no_gpu(gpu_report, monkeypatch, tmp_path, capsys, only):
    measures = []

    def run(job, asked):
        measures.append(job["measure"])
        return outcome(measured("TensorFlow", "2.21.0", ""))

    monkeypatch.setattr(gpu_report, "installed", lambda: ["a GPU"])
    monkeypatch.setattr(gpu_report, "machine_of", lambda asked: T4 | {"compute capability": "7.5"})
    monkeypatch.setattr(gpu_report, "run", run)
    monkeypatch.setattr(gpu_report, "train", lambda *_: pytest.fail("trained on the CPU"))
    for _ in range(2):
        assert call(gpu_report, monkeypatch, "--only", *only, "--directory", tmp_path) == 2
        assert "TensorFlow sees no GPU here: set up with `make install GPU=1`" in capsys.readouterr().err
    assert measures == ["machine", "machine"], "a GPU that was not seen is looked for again"


def test_a_run_on_the_cpu_measures_once_and_outlives_failures(gpu_report, monkeypatch, tmp_path, capsys):
    good = {"measure": "speed", "preset": "vae", "precision": "float32", "xla": False}
    bad = tmp_path / "bad.py"
    bad.write_text('import sys\nprint(\'{"what": "half", "value": 1.0, "unit": "s"}\')\nsys.exit("out of memory")\n')
    monkeypatch.setattr(gpu_report, "jobs", lambda *_: [("judging", {"measure": "judging"}), ("speed", good)])
    real, run = gpu_report.CONTESTANT, gpu_report.run

    def run_bad_judging(job, asked):
        monkeypatch.setattr(gpu_report, "CONTESTANT", bad if job["measure"] == "judging" else real)
        return run(job, asked)

    monkeypatch.setattr(gpu_report, "run", run_bad_judging)
    arguments = ["--device", "cpu", "--tiny", "--only", "judging", "speed", "--directory", tmp_path, "--threads", 1]
    assert call(gpu_report, monkeypatch, *arguments) == 1
    folder = tmp_path / "results/gpu-report"
    page = (folder / "report.md").read_text(encoding="utf-8")
    assert "`judging` failed: out of memory" in page
    assert cells(page, "half")[1] == "1 s"
    assert cells(page, "speed: vae, float32, no XLA")[1].endswith(" images/s")
    assert cells(page, "memory: vae, float32, no XLA")[1].endswith(" GB")
    before = json.loads((folder / "measurements.json").read_text())["sections"]
    capsys.readouterr()
    assert call(gpu_report, monkeypatch, *arguments) == 1
    assert "1 of 2: judging" in (again := capsys.readouterr().out), "what failed is measured again"
    assert "2 of 2" not in again
    assert json.loads((folder / "measurements.json").read_text())["sections"]["speed"] == before["speed"]


def test_what_was_measured_before_an_interruption_is_kept(gpu_report, monkeypatch, tmp_path, capsys):
    def run(job, asked):
        if job["measure"] == "speed":
            raise KeyboardInterrupt
        return outcome(measured("matrix product, float32", 4.0, "TFLOP/s"))

    monkeypatch.setattr(gpu_report, "run", run)
    arguments = ["--device", "cpu", "--only", "basics", "speed", "--directory", tmp_path]
    assert call(gpu_report, monkeypatch, *arguments) == 130
    assert "the same command continues" in capsys.readouterr().out
    page = (tmp_path / "results/gpu-report/report.md").read_text(encoding="utf-8")
    assert cells(page, "matrix product, float32")[1] == "4 TFLOP/s"


def test_measurements_of_other_code_or_another_machine_are_put_aside(gpu_report, tmp_path):
    gpu_report.Found(tmp_path, T4, again=False).add("basics", "basics", outcome(measured("x", 1.0)))
    assert gpu_report.Found(tmp_path, T4 | {"commit": "def"}, again=False).has("basics", "basics")
    assert not gpu_report.Found(tmp_path, T4 | {"driver": "560.1"}, again=False).has("basics", "basics")
    assert (tmp_path / "measurements-before.json").exists()
