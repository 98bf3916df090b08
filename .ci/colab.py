"""Run notebooks/colab.ipynb from nothing, on machines that are lost: .venv/bin/python .ci/colab.py [STUDY]

The first machine is lost while a network is trained, and its processes with it; only the kept results stay. The second
goes on, and ends the study. The third finds nothing to compute.

Each machine is like Colab's in what it lacks: the notebook's Python has IPython and none of Easel's packages, no pip
and no ensurepip; results are kept in a folder without locks and links, whose times are rounded and later than now; and
the checkout has to be fetched. STUDY is quickstart, or the file of another study.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import nbformat
import papermill
import psutil

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from helpers.bare_python import bare_python  # noqa: E402
from helpers.limited_folder import compile_into, limits  # noqa: E402

NOTEBOOK = ROOT / "notebooks" / "colab.ipynb"
REPOSITORY = re.search(r'REPOSITORY = \\"(.+?)\\"', NOTEBOOK.read_text(encoding="utf-8"))[1]
"""That the notebook fetches; here it is this checkout, as committed."""
UV = [sys.executable, "-m", "uv"]


def main(study: str) -> None:
    """Run the notebook on three machines. Raises an exception if a cell fails, or does not what it should."""
    with tempfile.TemporaryDirectory(prefix="easel-colab-") as folder:
        machine = Path(folder)
        kept = machine / "drive" / "Easel"
        os.environ |= surroundings(machine)
        lose_while_training(machine, study, kept)
        assert "Done. The next cell shows the report." in run(machine, study, kept)
        made = contents(kept)
        resumed = {name: json.loads(made[name])["resumed_at_steps"] for name in made if name.endswith("/train.json")}
        print(f"Resumed at steps: {resumed}")
        assert any(resumed.values()), "no training was resumed"
        shutil.rmtree(machine / "home")
        assert "Everything was there already" in run(machine, study, kept)
        assert contents(kept) == made, "what was kept has changed"


def surroundings(machine: Path) -> dict[str, str]:
    """Make the machine's programs. Returns the environment of its notebook."""
    for name in ("bin", "content", "drive", "kernels/colab"):
        (machine / name).mkdir(parents=True)
    python = bare_python(machine / "python")
    subprocess.run(
        [*UV, "pip", "install", "--quiet", "--python", python, "--break-system-packages",
         "--constraint", ROOT / "requirements.txt", "ipykernel"], check=True,
    )  # fmt: skip
    for name, command in (("python3", [python]), ("uv", UV)):
        program = machine / "bin" / name
        program.write_text(f'#!/bin/sh\nexec {" ".join(map(str, command))} "$@"\n')
        program.chmod(0o755)
    kernel = {
        "argv": [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "display_name": "Colab",
        "language": "python",
        "env": {"PYTHONPATH": "/env/python", "MPLBACKEND": "module://matplotlib_inline.backend_inline"},
    }
    (machine / "kernels" / "colab" / "kernel.json").write_text(json.dumps(kernel))
    git = machine / "gitconfig"  # the checkout may be of another user than the one who runs this, as in a container
    git.write_text(f'[url "file://{ROOT}"]\n\tinsteadOf = {REPOSITORY}\n[safe]\n\tdirectory = {ROOT}/.git\n')
    cache = subprocess.run([*UV, "cache", "dir"], check=True, capture_output=True, text=True).stdout.strip()
    return limits(machine / "drive", compile_into(machine)) | {
        "HOME": str(machine / "home"),
        "JUPYTER_PATH": str(machine),
        "PATH": f"{machine / 'bin'}:/usr/bin:/bin",
        "UV_CACHE_DIR": cache,
        "GIT_CONFIG_GLOBAL": str(git),
    }


def lose_while_training(machine: Path, study: str, kept: Path) -> None:
    """Run the notebook until a training has a checkpoint. Then end all at once, and delete what was not kept."""
    (machine / "home").mkdir()
    running = subprocess.Popen(
        [sys.executable, "-m", "papermill", NOTEBOOK, machine / "lost.ipynb", "--kernel", "colab", "--no-progress-bar",
         "--cwd", machine / "content", "-r", "study", study, "-r", "keep_in", kept]
    )  # fmt: skip
    while not list(kept.glob("results/*/*/seed-*/state/*/checkpoint-*.npz")):
        assert running.poll() is None, "the notebook ended before a training had a checkpoint"
        time.sleep(0.1)
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.environ().get("LIMITED_FOLDER") == os.environ["LIMITED_FOLDER"]:
                process.kill()
    running.wait()
    shutil.rmtree(machine / "home")


def run(machine: Path, study: str, kept: Path) -> str:
    """Run the notebook. Returns what its cells printed and showed."""
    (machine / "home").mkdir()
    began = time.monotonic()
    done = papermill.execute_notebook(
        NOTEBOOK, machine / "executed.ipynb", {"study": study, "keep_in": str(kept)}, kernel_name="colab",
        cwd=machine / "content", progress_bar=False,
    )  # fmt: skip
    name = Path(study).stem
    assert (machine / "content" / f"{name}.zip").stat().st_size > 0
    assert (machine / "home" / "easel" / ".venv").is_dir()
    print(f"The notebook ran in {time.monotonic() - began:.0f} s")
    return said(done)


def said(notebook: nbformat.NotebookNode) -> str:
    """What the cells of an executed notebook printed and showed, but for the report."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    texts = [output.get("text") or output.get("data", {}).get("text/html", "") for output in outputs]
    return "\n".join(text for text in texts if "<iframe" not in text)


def contents(kept: Path) -> dict[str, bytes]:
    """The files of the results, but for Snakemake's records and the list of studies, which each run renews."""
    files = sorted(file for file in (kept / "results").rglob("*") if file.is_file())
    chosen = (file for file in files if ".snakemake" not in file.parts and file.parent.name != "results")
    return {file.relative_to(kept).as_posix(): file.read_bytes() for file in chosen}


if __name__ == "__main__":
    main(*sys.argv[1:] or ["quickstart"])
