"""A study as an RO-Crate, after the profile Workflow Run Crate 0.5."""

import hashlib
import json
import sys
import zipfile
from urllib.parse import unquote

import pytest
from scripts.pack_crate import pack_crate

from easel.provenance import crate as provenance
from easel.provenance.checkout import Checkout
from easel.provenance.manifest_file import read_manifest
from easel.runtime.errors import EaselError
from easel.runtime.files import read_json, write_json


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


def packed(finished) -> dict[str, bytes]:
    """The files of the study's crate."""
    file = finished.folder / "crate.zip"
    provenance.pack(finished.folder, read_manifest(finished.folder)).write_zip(file)
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A checkout with few files, which is no repository."""
    folder = tmp_path / "checkout"
    names = ("Snakefile", "workflow/easel/a.py", "config/config.yaml", "notebooks/a b.ipynb", "config/presets/vae.yaml")
    for name in (*names, "config/.env"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    monkeypatch.setattr(provenance, "ROOT", folder)
    return folder


def test_the_files_that_the_workflow_needs_are_packed(finished, checkout):
    """And the study's file, from outside the checkout."""
    files = {path for path in packed(finished) if not path.startswith("results/")} - {"ro-crate-metadata.json"}
    assert files == {
        "Snakefile", "workflow/easel/a.py", "config/config.yaml", "notebooks/a b.ipynb", "config/presets/vae.yaml",
        "config/studies/tiny.yaml",
    }  # fmt: skip


def test_a_preset_that_git_does_not_track_is_packed_if_the_study_uses_it(finished, checkout, caplog, monkeypatch):
    monkeypatch.setattr(provenance, "choose_files", lambda root: Checkout(["Snakefile"], ["config/.env"]))
    with caplog.at_level("INFO", "easel"):
        files = packed(finished)
    assert {"config/studies/tiny.yaml", "config/presets/vae.yaml"} <= files.keys()
    assert f"not track it, as the study uses it: {checkout}/config/presets/vae.yaml" in caplog.text
    assert "left out, as hidden or a link: config/.env" in caplog.text


def test_a_study_s_file_is_a_yaml_file(finished, checkout, tmp_path):
    """The manifest can be edited, and so name any file."""
    (tmp_path / "id_rsa").write_text("SECRET")
    configuration = finished.manifest()["configuration"]
    configuration["study"]["file"] = str(tmp_path / "id_rsa")
    finished.write(configuration=configuration)
    assert not any("id_rsa" in path for path in packed(finished))


def test_a_link_out_of_the_results_is_refused(finished, checkout, tmp_path):
    """But results/ itself may be a link."""
    (tmp_path / "big.keras").write_bytes((finished.folder / "vae/seed-0/generator.keras").read_bytes())
    (finished.folder / "vae/seed-0/generator.keras").unlink()
    (finished.folder / "vae/seed-0/generator.keras").symlink_to(tmp_path / "big.keras")
    finished.results.rename(tmp_path / "disk")
    finished.results.symlink_to(tmp_path / "disk")
    with pytest.raises(EaselError, match=r"tiny/vae/seed-0/generator\.keras is a link to .*/big\.keras, which is no"):
        packed(finished)


@pytest.mark.parametrize("linked", ["", "tiny", "datasets", "datasets/tiny_shapes", "tiny/vae"])
def test_a_folder_of_results_on_a_larger_disk_is_packed(finished, checkout, tmp_path, linked):
    folder = finished.results / linked
    folder.rename(tmp_path / "disk")
    folder.symlink_to(tmp_path / "disk")
    assert {f"results/{path}" for path in finished.manifest()["outputs"]} <= packed(finished).keys()


def test_a_linked_file_in_a_linked_folder_is_refused(finished, checkout, tmp_path):
    """A manifest can be edited, and so list a link to any file."""
    file = finished.folder / "vae/seed-0/generator.keras"
    file.unlink()
    (tmp_path / "secret").write_text("SECRET")
    file.symlink_to(tmp_path / "secret")
    finished.folder.rename(tmp_path / "disk")
    finished.folder.symlink_to(tmp_path / "disk")
    finished.write()
    with pytest.raises(EaselError, match=r"tiny/vae/seed-0/generator\.keras is a link to"):
        packed(finished)


def test_addresses_in_packed_settings_have_no_secrets(finished, checkout, caplog):
    (checkout / "config/datasets.yaml").write_text("a: {urls: [https://user:SECRET@host/größe?sig=SECRET]}\n")
    files = packed(finished)
    assert files["config/datasets.yaml"].decode() == "a: {urls: [https://host/größe]}\n"
    assert "passwords and queries of the addresses in it: config/datasets.yaml" in caplog.text
    metadata = {entity["@id"]: entity for entity in json.loads(files["ro-crate-metadata.json"])["@graph"]}
    assert metadata["config/datasets.yaml"]["sha256"] == hashlib.sha256(files["config/datasets.yaml"]).hexdigest()


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


def test_networks_from_elsewhere_that_a_training_started_from_are_inputs(finished):
    """Those of the study itself are outputs."""
    for run, source in {"dcgan": "other/gan/seed-7", "vae": "tiny/dcgan/seed-0"}.items():
        file = finished.folder / run / "seed-0/train.json"
        start = {"from": source, "step": 4, "weights": "a" * 64, "networks": {}}
        write_json(file, read_json(file) | {"start": start})
    finished.write()
    assert finished.manifest()["trainings"]["tiny/dcgan/seed-0"]["start"] == {
        "from": "other/gan/seed-7", "step": 4, "weights": "a" * 64,
    }  # fmt: skip
    pack_crate(finished.folder / "manifest.json", finished.folder / "crate.zip")
    with zipfile.ZipFile(finished.folder / "crate.zip") as archive:
        graph = graph_of(archive)
    (run,) = (entity for entity in graph.values() if entity["@type"] == "CreateAction")
    starts = [each for each in ids(run["object"]) if each.startswith("#start-")]
    assert [graph[each]["name"] for each in starts] == [
        "Trained networks from other/gan/seed-7, with which tiny/dcgan/seed-0 started"
    ]
    assert graph[starts[0]]["sha256"] == "a" * 64
