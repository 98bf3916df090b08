"""Setting up: lock files, files that must agree with them, the wheel, and the Makefile on incomplete systems."""

import fcntl
import hashlib
import importlib.metadata
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import tomllib
import zipfile
from pathlib import Path

import pytest
from helpers.bare_python import bare_python
from helpers.patience import PATIENCE
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version
from ruamel.yaml import YAML

pytest_plugins = "pytester"

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
LOCKS = ("requirements.txt", "requirements-gpu.txt", "requirements-dev.txt")
PIN = re.compile(r"^(?P<name>[a-z0-9.-]+)==(?P<version>[^ ;]+)(?: ; (?P<marker>.+?))? \\\n", re.MULTILINE)


def pins(lock):
    """The pins of a lock file: (version, marker) by name. A name that is listed twice is an error."""
    found = [(pin["name"], (pin["version"], pin["marker"])) for pin in PIN.finditer((ROOT / lock).read_text())]
    assert len(dict(found)) == len(found)
    return dict(found)


def requirements(*extras):
    """The requirements in pyproject.toml: those of the build, the package and the extras."""
    project = PROJECT["project"]
    lines = PROJECT["build-system"]["requires"] + project["dependencies"]
    found = [Requirement(line) for line in lines]
    for extra in extras:
        for requirement in map(Requirement, project["optional-dependencies"][extra]):
            found += requirements(*requirement.extras) if requirement.name == project["name"] else [requirement]
    return found


# --- the lock files ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lock", "extras"),
    [(LOCKS[0], ["crate", "slurm"]), (LOCKS[1], ["crate", "slurm", "gpu"]), (LOCKS[2], ["crate", "slurm", "dev"])],
)
def test_every_requirement_is_locked_at_a_version_that_it_allows(lock, extras):
    locked = pins(lock)
    for requirement in requirements(*extras):
        version, marker = locked[canonicalize_name(requirement.name)]
        assert version in requirement.specifier, requirement
        assert marker is None, f"{requirement} is not locked for every machine"


def test_all_lock_files_pin_the_same():
    cpu, gpu, dev = map(pins, LOCKS)
    assert {name: gpu.get(name) for name in cpu} == cpu
    assert all(name.startswith("nvidia-") for name in gpu.keys() - cpu.keys())
    # A tool may want on every machine what Easel wants on some.
    assert {name: dev[name][0] for name in cpu} == {name: version for name, (version, _) in cpu.items()}


def test_the_demo_installs_nothing_that_only_tests_and_lint_need():
    """What it has of their packages, it has because another package needs them."""
    needed = {canonicalize_name(each.name) for each in requirements("crate", "slurm")}
    blocks = dict(re.findall(r"^([a-z0-9.-]+)==((?:.*\n)(?: .*\n)*)", (ROOT / LOCKS[0]).read_text(), re.MULTILINE))
    assert {name for name, block in blocks.items() if "easel (pyproject.toml)" in block} <= needed
    assert "pytest" in pins(LOCKS[2]).keys() - blocks.keys()


@pytest.mark.parametrize("lock", LOCKS)
def test_every_line_of_a_lock_file_is_a_pin_a_hash_or_a_comment(lock):
    text = (ROOT / lock).read_text()
    rest = PIN.sub("", text)
    assert not [
        line for line in rest.splitlines() if not re.fullmatch(r"    --hash=sha256:[0-9a-f]{64}( \\)?| *#.*", line)
    ]
    assert len(PIN.findall(text)) == len(re.findall(r"^[^ #]", text, re.MULTILINE))
    assert "://" not in text, "a lock file names no index"


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_file_holds_one_version_for_every_python(lock):
    """Otherwise results would depend on which Python there is."""
    for name, (_, marker) in pins(lock).items():
        here = {"sys_platform": "linux", "platform_machine": "x86_64", "implementation_name": "cpython"}
        for_python = {
            python: Marker(marker).evaluate(here | {"python_version": python, "python_full_version": f"{python}.9"})
            for python in pythons()
            if marker
        }
        # papermill wants aiohttp on Python 3.12 alone.
        if len(set(for_python.values())) > 1:
            assert [python for python, wanted in for_python.items() if wanted] == ["3.12"], name


def test_the_gpu_build_serves_pascal_and_volta():
    """The P100 and V100 of notebook services and clusters; cuDNN 9.11 left them out."""
    assert Version(pins(LOCKS[1])["nvidia-cudnn-cu12"][0]) < Version("9.11")


# --- what must agree with them -------------------------------------------------------------------------------


def pythons():
    """The versions of Python that the Makefile accepts, oldest first."""
    return re.search(r"^PYTHONS := (.+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)[1].split()[::-1]


def test_every_file_names_the_same_pythons():
    allowed = SpecifierSet(PROJECT["project"]["requires-python"])
    assert pythons() == [f"3.{minor}" for minor in range(30) if f"3.{minor}" in allowed]
    oldest, newest = pythons()[0], pythons()[-1]
    assert PROJECT["tool"]["ruff"]["target-version"] == f"py{oldest.replace('.', '')}"
    assert f"--python-version {oldest}" in (ROOT / "Makefile").read_text()
    assert f"Python {oldest} to {newest}" in (ROOT / "README.md").read_text()
    workflow = YAML(typ="safe").load(ROOT / ".github" / "workflows" / "ci.yml")
    assert workflow["jobs"]["check"]["strategy"]["matrix"]["python"] == pythons()


def test_conda_users_get_the_lock_file():
    *packages, from_pip = YAML(typ="safe").load(ROOT / "environment.yml")["dependencies"]
    found = {requirement.name: requirement.specifier for requirement in map(Requirement, packages)}
    assert found == {"python": SpecifierSet(PROJECT["project"]["requires-python"]), "pip": SpecifierSet()}
    assert from_pip == {"pip": ["-r requirements.txt"]}


def test_the_readme_names_existing_targets_and_files():
    readme = (ROOT / "README.md").read_text()
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"(?:^|`)make ([a-z-]+)\b", readme, re.MULTILINE)) <= targets
    for link in re.findall(r"\]\(([^)#]+)", readme):
        assert "://" in link or (ROOT / link).exists(), link


# --- the package ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel of this checkout, unpacked."""
    folder = tmp_path_factory.mktemp("wheel")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, folder)
    shutil.copytree(ROOT / "workflow/easel", folder / "workflow/easel", ignore=shutil.ignore_patterns("__pycache__"))
    pip = [sys.executable, "-m", "pip", "--quiet", "wheel", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*pip, "--wheel-dir", str(folder), str(folder)], check=True)
    (built,) = folder.glob("*.whl")
    shutil.unpack_archive(built, folder / "site", "zip")
    return folder / "site"


def files_below(folder):
    return {path.relative_to(folder) for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc"}


def test_a_wheel_holds_every_file_of_the_package(wheel):
    assert files_below(wheel / "easel") == files_below(ROOT / "workflow/easel")


def test_the_workflow_refuses_a_package_from_elsewhere_in_one_line(wheel, tmp_path):
    """It would run the package's code, and take its fingerprints for those of the checkout."""
    done = subprocess.run(
        [sys.executable, "-m", "snakemake", "-n", "--snakefile", str(ROOT / "Snakefile"), "--cores", "1"],
        cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(wheel)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.splitlines()[1:] == [  # after Snakemake's own line
        f"This Python imports Easel from {wheel / 'easel'}, not from this checkout. "
        "Install the checkout: pip install --no-deps --editable ."
    ]
    assert not list(tmp_path.rglob("results"))


def test_the_slurm_extra_is_what_the_guide_installs():
    assert "pip install -e '.[slurm]'" in (ROOT / "docs/slurm.md").read_text()
    (plugin,) = requirements("slurm")[-1:]
    assert pins(LOCKS[0])[canonicalize_name(plugin.name)][0] in plugin.specifier


# --- the Makefile ----------------------------------------------------------------------------------------------

# A stand-in for Python, and for what it puts into an environment: it notes what is asked of it, and installs nothing.
PYTHON = """\
#!/bin/sh
for last; do :; done
case "$*" in
    "-c import sys"*) echo {version} ;;
    "-c import ensurepip"*) exit {without_pip} ;;
    "-c import venv"*) exit {without_venv} ;;
    "-c "*"import fcntl"*) exec {real} "$@" ;;
    "-m venv"*)
        echo "${{2}} $last" >>asked
        mkdir -p "$last/bin"
        while [ -e slow ]; do sleep 0.02; done
        echo >"$last/pyvenv.cfg"
        cp "$0" "$last/bin/python"
        cp "$0" "$last/bin/snakemake" ;;
    "-m pip --python"*) exit 1 ;;
    "-m uv --version") [ -e "${{0%/*}}/uv" ] ;;
    "-m pip config list") [ ! -e mirror ] || cat mirror ;;
    "-m pip"*"/dev/stdin")
        IFS== read -r name _; echo "pip $name" >>asked
        [ ! -e no-network ] && [ ! -e no-uv ] && echo >"${{0%/*}}/uv" ;;
    *"install --quiet"*|*"pip --version"*) ;;
    "-m "*"--require-hashes"*|"-m "*"--no-deps"*)
        echo "${{2#--}} $last" >>asked
        [ -z "${{SSL_CERT_FILE-}}" ] || echo "trusts $SSL_CERT_FILE" >>asked
        case "$*" in *--default-index=*) from=${{*#*--default-index=}}; echo "from ${{from%% *}}" >>asked ;; esac
        case "$*" in *--require-hashes*) [ ! -e no-network ] && [ ! -e "no-$2" ] ;; esac ;;
    "-m easel"*|*--config*|"-m pytest"*) echo "$last" >>asked ;;
esac
"""


def stand_in(version="3.12", without_pip=0, without_venv=0):
    return PYTHON.format(version=version, without_pip=without_pip, without_venv=without_venv, real=sys.executable)


class Checkout:
    """A folder with the Makefile and what it reads, and a PATH with little else than `make` and stand-ins."""

    def __init__(self, folder, name="check out"):
        self.folder, self.bin, self.set = folder / name, folder / "bin", {}
        self.folder.mkdir()
        self.bin.mkdir(exist_ok=True)
        for file in ("Makefile", "pyproject.toml", *LOCKS, "workflow/envs/venv.sh"):
            (self.folder / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / file, self.folder / file)
        self.replace(
            "workflow/envs/venv.sh", "/usr/share/python-wheels", str(folder / "wheels")
        )  # this machine may have it
        for tool in ("make", "cat", "cksum", "cp", "echo", "find", "ls", "mkdir", "rm", "sed", "sleep"):
            if not (self.bin / tool).exists():
                (self.bin / tool).symlink_to(shutil.which(tool))

    def replace(self, file, old, new):
        text = (self.folder / file).read_text()
        assert old in text
        (self.folder / file).write_text(text.replace(old, new))

    def python(self, name, **what):
        self.program(name, stand_in(**what))

    def program(self, name, text):
        (self.bin / name).write_text(text, encoding="utf-8")
        (self.bin / name).chmod(0o755)

    def make(self, *arguments):
        """Run `make`: (exit code, lines of output, lines of errors, the calls of Python)."""
        (self.folder / "asked").unlink(missing_ok=True)
        output, errors = (started := self.start(*arguments)).communicate()
        return started.returncode, output.splitlines(), errors.splitlines(), self.asked()

    def start(self, *arguments):
        # The make that runs these tests hands its own options on in MAKEFLAGS.
        return subprocess.Popen(
            ["make", *arguments], cwd=self.folder, env={"PATH": str(self.bin), **self.set}, start_new_session=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8",
        )  # fmt: skip

    def asked(self):
        asked = self.folder / "asked"
        return asked.read_text(encoding="utf-8").splitlines() if asked.exists() else []


@pytest.fixture
def checkout(tmp_path):
    """A checkout, and a Python that can set it up."""
    checkout = Checkout(tmp_path)
    checkout.python("python3")
    return checkout


@pytest.fixture
def bare(tmp_path):
    """A checkout on a machine without Python."""
    return Checkout(tmp_path)


PACKAGES = ["uv requirements.txt", "uv ."]
ALL = ["venv .venv", "pip uv", *PACKAGES]


def test_demo_sets_up_once_and_ends_with_the_path_of_the_report(checkout):
    for asked in (ALL, []):
        code, output, errors, said = checkout.make("demo")
        assert (code, output[-1], errors) == (0, "results/quickstart/report.html", [])
        assert said == [*asked, "study=quickstart"]


@pytest.mark.parametrize(("file", "asked"), [(LOCKS[0], PACKAGES), ("pyproject.toml", PACKAGES[1:])])
def test_a_changed_file_is_installed_into_the_same_venv(checkout, file, asked):
    checkout.make("install")
    (checkout.folder / file).touch()
    assert checkout.make("install")[-1] == []
    (checkout.folder / file).write_text("changed", encoding="utf-8")
    assert checkout.make("install")[-1] == asked
    assert checkout.make("install")[-1] == []


def test_an_installation_that_fails_is_not_taken_for_a_finished_one(checkout):
    (checkout.folder / "no-network").touch()
    for asked in (["venv .venv", "pip uv", "pip requirements.txt"], ["pip uv", "pip requirements.txt"]):
        code, _, errors, said = checkout.make("demo")
        assert (code, said) == (2, asked)
        assert errors[0] == (
            "Easel: the packages could not be installed; pip says why above. The same command tries again."
        )
    code, _, errors, _ = checkout.make("verify")
    assert (code, errors) == (0, [])
    (checkout.folder / "no-network").unlink()
    assert checkout.make("install")[-1] == ["pip uv", *PACKAGES]
    assert checkout.make("install")[-1] == []


def test_pip_installs_what_uv_cannot(checkout):
    """uv may be missing for a machine, or not reach the packages."""
    (checkout.folder / "no-uv").touch()
    assert checkout.make("install")[-1] == [
        "venv .venv", "pip uv", "pip requirements.txt", "pip ."
    ]  # fmt: skip
    (checkout.folder / "no-uv").unlink()
    (checkout.folder / LOCKS[0]).write_text("changed", encoding="utf-8")
    checkout.make("clean")
    checkout.make("install")
    (checkout.folder / "no-uv").touch()
    (checkout.folder / LOCKS[0]).write_text("changed again", encoding="utf-8")
    code, output, _, asked = checkout.make("install")
    assert (code, asked) == (0, ["uv requirements.txt", "pip requirements.txt", "uv ."])
    assert output[-1] == "Easel: uv could not install the packages, and says why above; now pip tries"


@pytest.mark.parametrize(
    "settings",
    [
        ["global.index-url='{}'"],
        [":env:.index-url='{}'", "global.index-url='https://file.example'"],
        ["download.index-url='https://elsewhere.example'", "install.index-url='{}'"],
    ],
)
def test_uv_takes_the_packages_from_the_mirror_of_pip(checkout, settings):
    mirror = "https://pypi.example/simple"
    settings = ("global.extra-index-url='https://other.example'", *settings)
    (checkout.folder / "mirror").write_text("\n".join(settings).format(mirror), encoding="utf-8")
    found = checkout.make("install")[-1]
    assert [line for line in found if line.startswith("from ")] == [f"from {mirror}"] * 2


@pytest.mark.parametrize(("own", "trusted"), [({}, "/etc/our.pem"), ({"SSL_CERT_FILE": "/etc/uv.pem"}, "/etc/uv.pem")])
def test_uv_trusts_the_certificates_that_pip_does(checkout, own, trusted):
    """Those of a network that reads what passes through it."""
    (checkout.folder / "mirror").write_text("global.cert='/etc/our.pem'\n")
    checkout.set = own
    found = checkout.make("install")[-1]
    assert [line for line in found if line.startswith("trusts ")] == [f"trusts {trusted}"] * 2


def test_tests_and_lint_add_their_packages_once(checkout):
    further = ["uv requirements-dev.txt"]
    checkout.make("install")
    assert checkout.make("dev")[-1] == further
    for command in ("dev", "install"):
        assert checkout.make(command)[-1] == []
    (checkout.folder / LOCKS[2]).write_text("changed", encoding="utf-8")
    assert checkout.make("install")[-1] == []
    assert checkout.make("test")[-1][:1] == further
    (checkout.folder / LOCKS[0]).write_text("changed", encoding="utf-8")
    assert checkout.make("dev")[-1] == [*PACKAGES, *further]
    (checkout.folder / "no-network").touch()
    (checkout.folder / LOCKS[2]).write_text("changed again", encoding="utf-8")
    assert checkout.make("test")[0] == 2
    (checkout.folder / "no-network").unlink()
    assert checkout.make("dev")[-1] == further


def test_an_update_that_fails_is_not_taken_for_a_finished_one(checkout):
    checkout.make("install")
    (checkout.folder / "no-network").touch()
    (checkout.folder / LOCKS[0]).write_text("changed", encoding="utf-8")
    assert checkout.make("install")[0] == 2
    (checkout.folder / "no-network").unlink()
    assert checkout.make("install")[-1] == PACKAGES


@pytest.mark.parametrize("copied", [False, True])
def test_a_venv_that_moved_with_its_checkout_is_left_alone_until_clean(checkout, copied):
    """Its programs name the old place, at which jobs on another machine may see it still."""
    checkout.make("install", "GPU=1")
    move = shutil.copytree if copied else os.rename
    was, now = checkout.folder, checkout.folder.with_name("moved")
    move(was, now)
    checkout.folder = now
    assert checkout.make("verify")[-1] == ["results/quickstart"]
    code, _, errors, asked = checkout.make("install")
    assert (code, asked, errors[0]) == (
        2, [],
        f"Easel: .venv was made as {was}/.venv, and its programs name that path. To make it again: make clean, then "
        "the same command",
    )  # fmt: skip
    for folder in ("scripts", "tests"):
        (now / folder).mkdir()
    assert checkout.make("clean")[0] == 0
    assert checkout.make("install")[-1] == ALL


def test_a_venv_that_is_known_under_two_paths_has_not_moved(checkout):
    checkout.make("install")
    (checkout.folder.parent / "disk").symlink_to(checkout.folder)
    made = checkout.folder / ".venv" / ".made-by-easel"
    made.write_text(f"{checkout.folder.parent}/disk/.venv\n")
    assert checkout.make("install")[::3] == (0, [])


def test_a_venv_whose_python_does_not_run_is_left_alone_until_clean(checkout):
    """It may run on another machine, or once a cluster's module is loaded."""
    checkout.make("install")
    (checkout.folder / ".venv" / "bin" / "python").unlink()
    (checkout.folder / ".venv" / "kept").touch()
    for command in ("verify", "install", "demo"):
        code, _, errors, asked = checkout.make(command)
        assert (code, asked) == (2, [])
        assert errors[0] == (
            "Easel: the Python of .venv does not run here. Jobs on a machine where it runs may be using it; if it is "
            "gone for good: make clean, then the same command"
        )
        assert (checkout.folder / ".venv" / "kept").exists()
    for folder in ("scripts", "tests"):
        (checkout.folder / folder).mkdir()
    assert checkout.make("clean")[0] == 0
    assert checkout.make("install")[-1] == ALL


def test_a_venv_whose_making_was_interrupted_is_finished(checkout):
    (checkout.folder / "slow").touch()
    started = checkout.start("install")
    wait_for(checkout.folder / ".venv" / "bin")
    os.killpg(started.pid, signal.SIGKILL)
    started.communicate()
    (checkout.folder / "slow").unlink()
    assert checkout.make("install")[-1] == ALL


def wait_for(path):
    end = time.monotonic() + PATIENCE
    while not path.exists():
        assert time.monotonic() < end, f"{path} was not made"
        time.sleep(0.01)


# --- several at once -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("killed", [False, True])
def test_a_second_make_waits_for_the_first_however_that_ends(checkout, killed):
    """As when a notebook's cell is run again."""
    (checkout.folder / "slow").touch()
    first = checkout.start("install")
    wait_for(checkout.folder / ".venv" / "bin")
    second = checkout.start("install")
    assert second.stdout.readline() == "Easel: another make is changing .venv; waiting for it ...\n"
    assert checkout.asked() == ["venv .venv"]
    if killed:
        os.killpg(first.pid, signal.SIGKILL)
    (checkout.folder / "slow").unlink()
    codes = [started.wait() for started in (first, second)]
    for started in (first, second):
        started.communicate()
    assert codes == [-signal.SIGKILL if killed else 0, 0]
    assert checkout.asked() == (["venv .venv", *ALL] if killed else ALL)
    assert checkout.make("install")[-1] == []


def test_a_make_that_waited_for_clean_starts_anew(checkout):
    (checkout.folder / ".venv").mkdir()
    busy = checkout.folder / ".venv" / ".being-changed"
    with busy.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        started = checkout.start("install")
        assert "waiting" in started.stdout.readline()
        shutil.rmtree(checkout.folder / ".venv")
    assert started.wait() == 0
    started.communicate()
    assert checkout.asked() == ALL
    assert checkout.make("install")[-1] == []


def test_a_target_that_reads_neither_waits_nor_writes(checkout):
    checkout.make("install")
    for lock in (LOCKS[0], "pyproject.toml"):
        (checkout.folder / lock).write_text("changed", encoding="utf-8")
    venv = checkout.folder / ".venv"
    before = {path: path.stat().st_mtime_ns for path in [venv, *venv.rglob("*")]}
    with (venv / ".being-changed").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        checkout.program("nvidia-smi", "#!/bin/sh\necho GPU 0\n")
        assert checkout.make("verify")[::3] == (0, ["results/quickstart"])
    assert {path: path.stat().st_mtime_ns for path in [venv, *venv.rglob("*")]} == before


# --- environments of others --------------------------------------------------------------------------------------


def test_two_checkouts_may_share_a_venv(checkout, tmp_path):
    """Each installs itself in place of the other, and nothing is made anew."""
    other, shared = Checkout(tmp_path, "other"), tmp_path / "a venv"
    assert checkout.make("install", f"VENV={shared}")[-1] == [f"venv {shared}", "pip uv", *PACKAGES]
    assert other.make("verify", f"VENV={shared}")[-1] == ["results/quickstart"]
    assert other.make("clean", f"VENV={shared}")[1][0] == (
        f"Easel: {shared} stays, because it serves the checkout {checkout.folder}"
    )
    _, output, _, asked = other.make("install", f"VENV={shared}")
    assert asked == ["uv ."]
    assert output == [f"Easel: {shared} served the checkout {checkout.folder}; from now on it serves this one"]
    assert other.make("install", f"VENV={shared}")[-1] == []


def own_venv(folder, python):
    """An environment that a user made."""
    (folder / "bin").mkdir(parents=True)
    (folder / "pyvenv.cfg").touch()
    (folder / "notes.txt").touch()
    if python:
        shutil.copy(python, folder / "bin" / "python")


def test_an_environment_that_easel_did_not_make_is_only_added_to(checkout, tmp_path):
    mine = tmp_path / "mine"
    own_venv(mine, checkout.bin / "python3")
    for command, asked in (("verify", ["results/quickstart"]), ("install", ALL[1:]), ("install", [])):
        assert checkout.make(command, f"VENV={mine}")[-1] == asked
    assert checkout.make("clean", f"VENV={mine}")[1][0] == f"Easel: {mine} stays, because Easel did not make it"
    assert (mine / "notes.txt").exists()


def test_a_broken_environment_that_easel_did_not_make_is_left_alone(checkout, tmp_path):
    own_venv(tmp_path / "mine", None)
    for command in ("install", "verify", "demo"):
        code, output, errors, asked = checkout.make(command, f"VENV={tmp_path}/mine")
        assert (code, output, asked, len(errors)) == (2, [], [], 2)
        assert f"the Python of {tmp_path}/mine does not run" in errors[0]
    assert (tmp_path / "mine" / "notes.txt").exists()


@pytest.mark.parametrize("command", ["install", "verify", "clean"])
@pytest.mark.parametrize(
    ("venv", "said"),
    [
        ("pictures", "pictures has files in it and is no virtual environment"),
        (".", ". has files in it and is no virtual environment"),
        ("pictures/a.png", "pictures/a.png is a file"),
        ("link", "link is a link to something that does not exist"),
        ("", "VENV should be a folder"),
        ("~/venv", "VENV should be a folder"),
    ],
)
def test_a_venv_that_is_something_else_is_refused_in_one_line(checkout, command, venv, said):
    (checkout.folder / "pictures").mkdir()
    (checkout.folder / "pictures" / "a.png").touch()
    (checkout.folder / "link").symlink_to("nowhere")
    code, output, errors, asked = checkout.make(command, f"VENV={venv}")
    assert (code, output, asked, len(errors)) == (2, [], [], 2)
    assert errors[0].startswith(f"Easel: {said}")
    assert (checkout.folder / "pictures" / "a.png").exists()


def test_an_empty_folder_may_be_the_venv_and_a_link_to_it_stays(checkout, tmp_path):
    for folder in (tmp_path / "disk", checkout.folder / "scripts", checkout.folder / "tests"):
        folder.mkdir()
    (checkout.folder / ".venv").symlink_to(tmp_path / "disk")
    assert checkout.make("install")[-1] == ALL
    assert checkout.make("clean")[0] == 0
    assert list((tmp_path / "disk").iterdir()) == []
    assert checkout.make("install")[-1] == ALL


def test_the_gpu_build_is_chosen_once(checkout):
    """The login node of a cluster has no GPU."""
    with_gpu = ["uv requirements-gpu.txt", "uv ."]
    checkout.program("nvidia-smi", "#!/bin/sh\necho GPU 0\n")
    assert checkout.make("install")[-1] == ["venv .venv", "pip uv", *with_gpu]
    checkout.program("nvidia-smi", "#!/bin/sh\nexit 9\n")
    assert checkout.make("install")[-1] == []
    assert checkout.make("install", "GPU=0")[-1] == PACKAGES
    assert checkout.make("install")[-1] == []
    assert checkout.make("install", "GPU=1")[-1] == with_gpu
    code, _, errors, asked = checkout.make("install", "GPU=yes")
    assert (code, errors[0], asked) == (
        2, "Easel: GPU should be 1 (TensorFlow's GPU build) or 0, not GPU=yes", [],
    )  # fmt: skip


def test_a_newer_python_is_found_next_to_one_that_is_too_old(bare):
    bare.python("python3", version="3.9")
    bare.python("python3.11", version="3.11")
    code, output, errors, said = bare.make("install")
    assert (code, errors, said) == (0, [], ALL)
    assert "Easel: making .venv from python3.11 (3.11)" in output


def test_a_python_that_has_all_is_preferred_to_one_without_ensurepip(bare):
    bare.python("python3", version="3.13", without_pip=1)
    bare.python("python3.11", version="3.11")
    bare.program("pip", "#!/bin/sh\n")
    assert "Easel: making .venv from python3.11 (3.11)" in bare.make("install")[1]


def test_a_python_may_be_chosen(checkout):
    checkout.program("my python", stand_in(version="3.13"))
    output = checkout.make("install", f"PYTHON={checkout.bin / 'my python'}")[1]
    assert f"Easel: making .venv from {checkout.bin}/my python (3.13)" in output


@pytest.mark.parametrize(
    ("there", "said"),
    [
        ({}, "no python3 was found; on Debian and Ubuntu: apt install python3 python3-venv."),
        ({"python3": {"version": "3.9"}}, "python3 is 3.9."),
        ({"python3": {"version": "3.14"}}, "python3 is 3.14."),
        ({"python3": {"version": "3.9"}, "python3.13": {"version": "3.10"}}, "python3 is 3.9, python3.13 is 3.10."),
        (
            {"python3": {"version": "3.11", "without_pip": 1}},
            "python3 (3.11) has no ensurepip, and there is no uv and no pip (22.3 or later) that could install one; on "
            "Debian and Ubuntu: apt install python3.11-venv.",
        ),
        (
            {"python3": {"version": "3.11", "without_pip": 1, "without_venv": 1}},
            "python3 (3.11) has no module venv; on Debian and Ubuntu: apt install python3.11-venv.",
        ),
    ],
)
def test_missing_requirements_are_named_in_one_line(bare, there, said):
    for name, what in there.items():
        bare.python(name, **what)
    code, _, errors, asked = bare.make("demo", "GPU=0")
    assert (code, asked) == (2, [])
    assert errors[0] == (
        f"Easel needs Python 3.11, 3.12 or 3.13 with venv: {said} Another Python: make PYTHON=/path/to/python3 ..."
    )
    assert len(errors) == 2, "the second line is make's own"
    assert not (bare.folder / ".venv").exists()


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("cifar10", "cifar10"),
        ("a/my.own.yaml", "my.own"),
        ("a/mine.yml", "mine"),
        ("results/mine/", "mine"),
        ("my pictures", "my pictures"),
        ("x; touch y", "x; touch y"),
        ("$(touch y)`touch y`", "$(touch y)`touch y`"),
        ("$(shell touch y)${HOME}", "$(shell touch y)${HOME}"),
        ('it\'s "q" #1 100%', 'it\'s "q" #1 100%'),
        ("-n", "-n"),
    ],
)
def test_a_study_is_never_a_command(checkout, given, name):
    """It may be a name, a file or a folder."""
    checkout.make("install")
    assert checkout.make("verify", f"STUDY={given}")[-1] == [f"results/{name}"]
    assert checkout.make("crate", f"STUDY={given}")[-1] == [f"study={given}"]
    assert not (checkout.folder / "y").exists()


@pytest.mark.parametrize("given", ["my pictures", "$(touch y)`touch y`", "$(shell touch y)${HOME}", 'it\'s "q" #1'])
def test_a_dataset_is_never_a_command(checkout, given):
    checkout.make("install")
    assert checkout.make("presets", f"DATASET={given}")[-1] == [given]
    assert not (checkout.folder / "y").exists()


@pytest.mark.parametrize("given", ["my pictures", "$(touch y)`touch y`", "$(shell touch y)${HOME}", 'it\'s "q" #1'])
def test_a_folder_of_pictures_is_never_a_command(checkout, given):
    checkout.make("install")
    assert checkout.make("new", f"STUDY={given}", f"DATA={given}")[-1] == [given]
    assert not (checkout.folder / "y").exists()


def test_help_names_every_target_and_sets_nothing_up(bare):
    targets = re.search(r"^\.PHONY: (help .+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)[1].split()
    _, output, errors, _ = bare.make()
    assert errors == []
    assert {line.split()[1] for line in output if line.startswith("make ")} == set(targets) - {"help"}


def test_clean_leaves_results_alone(checkout):
    checkout.make("install")
    for name in ("results", ".snakemake", "scripts", "tests", "build", "workflow/__pycache__"):
        (checkout.folder / name).mkdir(parents=True)
    assert checkout.make("clean")[0] == 0
    left = {path.name for path in checkout.folder.iterdir()}
    assert {"results", ".snakemake", "build"} <= left
    assert ".venv" not in left
    assert not (checkout.folder / "workflow" / "__pycache__").exists()


# --- a real Python without ensurepip -----------------------------------------------------------------------------

BACKEND = """\
import zipfile

def build_editable(folder, *_):
    files = {
        "easel_is_here.py": "",
        "easel-0.dist-info/METADATA": "Metadata-Version: 2.1\\nName: easel\\nVersion: 0\\n",
        "easel-0.dist-info/WHEEL": "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
    }
    record = "easel-0.dist-info/RECORD"
    files[record] = "".join(f"{name},,\\n" for name in [*files, record])
    with zipfile.ZipFile(f"{folder}/easel-0-py3-none-any.whl", "w") as wheel:
        for name, text in files.items():
            wheel.writestr(name, text)
    return "easel-0-py3-none-any.whl"
"""
"""Builds the package of this checkout without setuptools."""


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    """A package index of one wheel: the pip that runs these tests."""
    folder = tmp_path_factory.mktemp("index") / "pip"
    folder.mkdir()
    pip = importlib.metadata.distribution("pip")
    wheel = folder / f"pip-{pip.version}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as file:
        for path in pip.files:
            if path.parts[0] != ".." and path.suffix != ".pyc":
                file.write(path.locate(), path)
    (folder / "index.html").write_text(f'<a href="{wheel.name}">{wheel.name}</a>')
    return folder.parent


@pytest.fixture
def debian(bare, index):
    """A checkout on a machine whose one Python is real and has no ensurepip; what its lock files pin is in `index`.

    The host sets for other Pythons what notebook services and clusters set, and worse.
    """
    python = bare_python(bare.folder.parent / "debian")
    bare.program("python3", f'#!/bin/sh\nexec "{python}" "$@"\n')
    (wheel,) = (index / "pip").glob("*.whl")
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    pin = f"pip=={wheel.name.split('-')[1]} \\\n    --hash=sha256:{digest}\n    # via easel (pyproject.toml)\n"
    no_uv = f"uv==0 \\\n    --hash=sha256:{digest}\n    # via easel (pyproject.toml)\n"
    (bare.folder / LOCKS[2]).write_text(pin + no_uv)
    (bare.folder / LOCKS[0]).write_text(pin)
    (bare.folder / "backend.py").write_text(BACKEND)
    (bare.folder / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
        '[project]\nname = "easel"\nversion = "0"\n'
    )
    (poison := bare.folder.parent / "for other Pythons").mkdir()
    for module in ("sitecustomize", "pip", "venv"):
        (poison / f"{module}.py").write_text("raise SystemExit('this is for another Python')")
    (poison / "constraints.txt").write_text("pip==1.0\n")
    bare.set = {
        "HOME": str(bare.folder.parent), "PIP_NO_COMPILE": "1",
        "PIP_INDEX_URL": index.as_uri(), "UV_DEFAULT_INDEX": index.as_uri(),
        "PYTHONPATH": str(poison), "PYTHONHOME": str(poison), "PIP_USER": "1", "UV_SYSTEM_PYTHON": "true",
        "PIP_CONSTRAINT": str(poison / "constraints.txt"), "UV_CONSTRAINT": str(poison / "constraints.txt"),
    }  # fmt: skip
    return bare


def imports(checkout, *modules):
    """The folders from which the environment imports modules."""
    code = f"import {', '.join(modules)}; print(*({'.__file__, '.join(modules)}.__file__,), sep='\\n')"
    done = subprocess.run(
        [".venv/bin/python", "-I", "-c", code], cwd=checkout.folder, check=True, capture_output=True, text=True
    )
    return [Path(line).relative_to(checkout.folder / ".venv").parts[:3] for line in done.stdout.splitlines()]


def with_uv(checkout):
    checkout.program("uv", f'#!/bin/sh\nexec "{sys.executable}" -m uv "$@"\n')


def with_pip(checkout):
    checkout.program("pip", f'#!/bin/sh\nexec "{sys.executable}" -m pip "$@"\n')


def with_debians_wheel(checkout):
    (wheel,) = Path(checkout.set["PIP_INDEX_URL"].removeprefix("file://")).glob("pip/*.whl")
    (wheels := checkout.folder.parent / "wheels").mkdir()
    shutil.copy(wheel, wheels)


@pytest.mark.parametrize("installer", [with_uv, with_pip, with_debians_wheel])
def test_a_python_without_ensurepip_is_set_up_with_what_the_machine_has(debian, installer):
    code, output, errors, _ = debian.make("install")
    assert (code, output, len(errors)) == (2, [], 2)
    assert "has no ensurepip" in errors[0]
    assert not (debian.folder / ".venv").exists()
    installer(debian)
    code, output, errors, _ = debian.make("install")
    assert (code, errors) == (0, [])
    assert output[0].startswith("Easel: making .venv from python3 (3.")
    library = ("lib", f"python3.{sys.version_info.minor}", "site-packages")
    assert imports(debian, "pip", "easel_is_here") == [library, library]
    assert debian.make("install")[:3] == (0, [], [])


def test_uv_makes_an_environment_where_python_has_no_venv_module(debian):
    os.unlink(next((debian.folder.parent / "debian").glob("lib/python3.*/venv")))
    code, _, errors, _ = debian.make("install")
    assert (code, len(errors)) == (2, 2)
    assert "has no module venv" in errors[0]
    with_uv(debian)
    code, _, errors, _ = debian.make("install")
    assert (code, errors) == (0, [])
    assert len(imports(debian, "pip", "easel_is_here")) == 2


def test_a_pip_that_cannot_be_had_is_named_with_the_reason(debian):
    debian.program("pip", '#!/bin/sh\ncase "$*" in *--version) ;; *) echo "ERROR: no network"; exit 1 ;; esac\n')
    for _ in range(2):
        code, _, errors, _ = debian.make("install")
        assert code == 2
        assert errors[0] == "Easel: .venv has no pip, and none could be installed: ERROR: no network"


# --- nothing skipped -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("no_skips", "outcomes"), [("1", {"failed": 1, "errors": 2}), ("", {"skipped": 3})])
def test_a_skipped_test_fails_where_nothing_may_be_skipped(pytester, monkeypatch, no_skips, outcomes):
    monkeypatch.setenv("EASEL_NO_SKIPS", no_skips)
    pytester.makeconftest((ROOT / "tests" / "conftest.py").read_text())
    pytester.makepyfile(
        test_a="import pytest\n\ndef test_called():\n    pytest.skip('no browser')\n\n"
        "@pytest.mark.skipif(True, reason='no browser')\ndef test_marked(): ...\n\n"
        "@pytest.mark.xfail\ndef test_expected_to_fail():\n    assert False\n",
        test_b="import pytest\n\npytest.importorskip('no_such_module')\n",
    )
    result = pytester.runpytest_subprocess("-rs", "--continue-on-collection-errors")
    result.assert_outcomes(**outcomes, xfailed=1)
    result.stdout.fnmatch_lines("*no browser*")
