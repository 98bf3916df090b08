"""A study as an RO-Crate, after the profile Workflow Run Crate 0.5."""

import hashlib
import json
import sys
import zipfile
from urllib.parse import unquote

import pytest
from scripts.pack_crate import pack_crate

from easel.provenance import crate as provenance
from easel.provenance.manifest_file import read_manifest
from easel.runtime.errors import EaselError


@pytest.fixture
def crate(finished):
    """crate.zip of the study, as a zip file that is open."""
    pack_crate(finished.folder / "manifest.json", finished.folder / "crate.zip")
    with zipfile.ZipFile(finished.folder / "crate.zip") as archive:
        yield archive


def graph_of(crate):
    """The entities of the crate, by their @id. Each stands there once."""
    graph = json.loads(crate.read("ro-crate-metadata.json"))["@graph"]
    entities = {entity["@id"]: entity for entity in graph}
    assert len(entities) == len(graph)
    return entities


def ids(value):
    """The ids in one reference or several."""
    return [each["@id"] for each in (value if isinstance(value, list) else [value])]


def test_the_profiles_it_conforms_to(crate):
    graph = graph_of(crate)
    assert ids(graph["ro-crate-metadata.json"]["about"]) == ["./"]
    assert set(ids(graph["ro-crate-metadata.json"]["conformsTo"])) == {
        "https://w3id.org/ro/crate/1.1", "https://w3id.org/workflowhub/workflow-ro-crate/1.0",
    }  # fmt: skip
    profiles = ids(graph["./"]["conformsTo"])
    assert set(profiles) == {
        "https://w3id.org/ro/wfrun/process/0.5", "https://w3id.org/ro/wfrun/workflow/0.5",
        "https://w3id.org/workflowhub/workflow-ro-crate/1.0",
    }  # fmt: skip
    assert all(graph[profile]["@type"] == "CreativeWork" for profile in profiles)
    for key in ("name", "description", "datePublished", "license"):
        assert graph["./"][key]


def test_the_workflow_is_the_main_entity(crate):
    graph = graph_of(crate)
    workflow = graph[graph["./"]["mainEntity"]["@id"]]
    assert workflow["@id"] == "Snakefile"
    assert set(workflow["@type"]) == {"File", "SoftwareSourceCode", "ComputationalWorkflow"}
    assert graph[workflow["programmingLanguage"]["@id"]]["name"] == "Snakemake"
    assert graph[workflow["programmingLanguage"]["@id"]]["version"]


def test_the_run_made_the_outputs_from_the_inputs_with_the_workflow(crate, finished):
    graph = graph_of(crate)
    (run,) = (entity for entity in graph.values() if entity["@type"] == "CreateAction")
    assert ids(graph["./"]["mentions"]) == [run["@id"]]
    assert ids(run["instrument"]) == ["Snakefile"]
    assert run["description"] == "snakemake --cores 2"
    manifest = finished.manifest()
    assert set(ids(run["result"])) == {f"results/{path}" for path in manifest["outputs"]} | {
        "results/tiny/manifest.json"
    }
    assert set(ids(run["object"])) == {
        "config/studies/tiny.yaml", "config/config.yaml", "config/datasets.yaml", "config/judges.yaml",
        "config/presets/dcgan.yaml", "config/presets/vae.yaml",
    }  # fmt: skip
    times = sorted(output["made"] for output in manifest["outputs"].values())
    assert (run["startTime"], run["endTime"]) == (times[0], times[-1])


def test_every_file_is_packed_and_matches_its_entity(crate):
    graph = graph_of(crate)
    files = {path: entity for path, entity in graph.items() if "File" in entity["@type"]}
    assert set(ids(graph["./"]["hasPart"])) == set(files)
    assert {unquote(path) for path in files} == set(crate.namelist()) - {"ro-crate-metadata.json"}
    for path, entity in files.items():
        data = crate.read(unquote(path))
        assert entity["sha256"] == hashlib.sha256(data).hexdigest(), path
        assert entity["contentSize"] == str(len(data)), path
        assert "/" in entity["encodingFormat"], path
    assert {"workflow/rules/train.smk", "scripts/train_run.py", "config/studies/tiny.yaml", "LICENSE"} <= files.keys()


def test_the_files_that_the_workflow_needs_are_packed(finished, tmp_path, monkeypatch):
    checkout = tmp_path / "checkout"
    files = ("Snakefile", "workflow/easel/a.py", "scripts/b.py", "config/config.yaml", "notebooks/a b.ipynb")
    others = ("workflow/easel/__pycache__/a.pyc", "workflow/easel.egg-info/PKG-INFO", "results/big.npy", ".venv/x")
    for name in (*files, *others):
        (checkout / name).parent.mkdir(parents=True, exist_ok=True)
        (checkout / name).touch()
    monkeypatch.setattr(provenance, "ROOT", checkout)
    packed = {
        unquote(entity.id) for entity in provenance.pack(finished.folder, read_manifest(finished.folder)).data_entities
    }
    assert {path for path in packed if not path.startswith("results/")} == {*files, "config/studies/tiny.yaml"}


def test_without_rocrate_the_message_says_what_to_install(finished, monkeypatch):
    monkeypatch.delitem(sys.modules, "easel.provenance.crate")
    monkeypatch.setitem(sys.modules, "rocrate.rocrate", None)
    with pytest.raises(EaselError, match=r"rocrate.*pip install rocrate"):
        pack_crate(finished.folder / "manifest.json", finished.folder / "crate.zip")


def test_an_archive_is_an_input(finished):
    (finished.results / "datasets/tiny_shapes/archive.tar.gz").write_bytes(b"archive")
    finished.write()
    pack_crate(finished.folder / "manifest.json", finished.folder / "crate.zip")
    with zipfile.ZipFile(finished.folder / "crate.zip") as archive:
        (run,) = (entity for entity in graph_of(archive).values() if entity["@type"] == "CreateAction")
    assert "results/datasets/tiny_shapes/archive.tar.gz" in ids(run["object"])
    assert "results/datasets/tiny_shapes/archive.tar.gz" not in ids(run["result"])


def test_a_study_that_differs_from_its_manifest_is_not_packed(finished):
    (finished.folder / "dcgan/seed-0/generator.keras").write_bytes(b"other")
    (finished.folder / "vae/seed-0/generator.keras").unlink()
    with pytest.raises(EaselError, match=r"dcgan/seed-0/generator.keras: changed: .* \(and 1 more\)"):
        pack_crate(finished.folder / "manifest.json", finished.folder / "crate.zip")
    assert not (finished.folder / "crate.zip").exists()
