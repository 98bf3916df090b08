"""A wrong study is one line: file, key, mistake and remedy."""

import pytest
from helpers.studies import CONDITIONAL, GOOD, NAMES, SHA256, dataset, message, run

from easel.config.datasets import Dataset
from easel.study.files import parse
from easel.study.messages import ConfigError

STUDY_KEYS = (
    "title, description, notes, dataset, datasets, seeds, runs, judge, minutes, on_collapse, judges, sensitivity"
)


WRONG = {
    # keys
    GOOD + "sample: 3\n": "sample: unknown key; did you mean 'samples'?",
    GOOD + "zzz: 3\n": f"zzz: unknown key; there are {STUDY_KEYS}",
    GOOD + "3: 3\n": "the name 3 is a number to YAML; put it in quotes: '3'",
    "dataset: shapes\n": "runs: this key is missing",
    "datset: shapes\nruns:\n  a: {preset: dcgan}\n": "datset: unknown key; did you mean 'dataset'?",
    "seeds: [0]\n": "dataset: this key is missing\nconfig/studies/mine.yaml: runs: this key is missing",
    run("preset: dcgan, epoch: 3"): "runs.a.epoch: unknown key; did you mean 'epochs'?",
    run("preset: dcgan, likelihood: gaussian"): "runs.a.likelihood: family gan has no such key; vae has it",
    run("preset: dcgan, zzz: 3"): "runs.a.zzz: unknown key; there are description, good_for, source, ",
    run("prest: dcgan, epochs: 3"): "runs.a.prest: unknown key; did you mean 'preset'?",
    run("epochs: 3"): "runs.a.preset: this key is missing",
    run("preset: dcgan, 3: 4"): "runs.a: the name 3 is a number to YAML; put it in quotes: '3'",
    dataset(f"format: cifar10_binary, pth: /x, sha256: {SHA256}"): "datasets.m.pth: unknown key; did you mean 'path'?",
    dataset("format: cifar10_binary, path: /x"): "datasets.m.sha256: this key is missing",
    dataset("path: /x"): "datasets.m.format: this key is missing",
    GOOD + "judges: {m: {kind: classifier, epoch: 3}}\n": "judges.m.epoch: unknown key; did you mean 'epochs'?",
    # names that name nothing
    run("preset: dcgna"): "runs.a.preset: unknown name 'dcgna'; did you mean 'dcgan'?",
    run("preset: dcgan, model: dcgn"): "runs.a.model: no model 'dcgn'; there are biggan, ",
    run("preset: dcgan, model: vae"): "runs.a.model: model 'vae' has no generator and no discriminator; its family ",
    run("preset: dcgan, family: vae"): "runs.a.family: a run cannot change its preset's family; choose another preset",
    run("preset: dcgan, loss: hing"): (
        "runs.a.loss: should be non_saturating, least_squares, hinge, wasserstein or relativistic; found 'hing'; "
        "did you mean hinge?"
    ),
    GOOD.replace("shapes", "shape"): "dataset: unknown name 'shape'; did you mean 'shapes'?",
    run(f"{CONDITIONAL}, sampling: {{label: sta}}"): (
        "runs.a: sampling.label: 'shapes' has no class 'sta'; did you mean 'star'?"
    ),
    run("preset: dcgan, sampling: {label: star}"): (
        "runs.a: sampling.label asks for the class 'star', but the run is not conditional; remove it, or use a "
        "preset of the family gan with 'conditional: true'"
    ),
    run("preset: dcgan, sampling: {truncaton: 1}"): (
        "runs.a.sampling.truncaton: unknown key; did you mean 'truncation'?"
    ),
    run("preset: dcgan, sampling: {label: 3}"): (
        "runs.a.sampling.label: should be a string; found 3; put it in quotes"
    ),
    GOOD + "judge: clasifier\n": "judge: unknown name 'clasifier'; did you mean 'classifier'?",
    dataset(f"format: cifar10, path: /x, sha256: {SHA256}"): (
        "datasets.m.format: unknown format 'cifar10'; did you mean 'cifar10_binary'?"
    ),
    dataset("format: "): "datasets.m.format: unknown format empty; there are shapes, cifar10_binary",
    GOOD + "judges: {m: {kind: clasifier}}\n": "judges.m.kind: unknown kind 'clasifier'; did you mean 'classifier'?",
    # types
    run("preset: dcgan, epochs: many"): "runs.a.epochs: should be a number; found 'many'",
    run("preset: dcgan, epochs: '3'"): "runs.a.epochs: should be a number; found '3'; leave out the quotes",
    run("preset: dcgan, epochs: "): "runs.a.epochs: should be a number; found empty",
    run("preset: dcgan, batch_size: 64.5"): "runs.a.batch_size: should be a whole number; found 64.5",
    run("preset: dcgan, batch_size: true"): "runs.a.batch_size: should be a whole number; found true",
    run("preset: dcgan, deterministic: yes"): "runs.a.deterministic: should be true or false; found 'yes'",
    run("preset: dcgan, deterministic: 1"): "runs.a.deterministic: should be true or false; found 1",
    run("preset: 3"): "runs.a.preset: should be a string; found 3; put it in quotes",
    GOOD + "title: 2024-01-01\n": "title: 2024-01-01 is a date to YAML; put it in quotes: '2024-01-01'",
    GOOD + "seeds: 0\n": "seeds: should be a list; found 0",
    GOOD + "seeds: [0, a]\n": "seeds[1]: should be a whole number; found 'a'",
    GOOD + "judge: 3\n": "judge: should be a name, or a list of names",
    GOOD + "judge: [classifier, 3]\n": "judge[1]: should be a string; found 3; put it in quotes",
    GOOD.replace("shapes", "[shapes]"): "dataset: should be a string; found ['shapes']; leave out the brackets",
    "dataset: shapes\nruns:\n  - dcgan\n": "runs: should be a mapping of keys to values; found ['dcgan']",
    "dataset: shapes\nruns:\n  a: dcgan\n": (
        "runs.a: should be a mapping of keys to values; found 'dcgan'; write {preset: dcgan}"
    ),
    "dataset: shapes\nruns:\n  a:\n": "runs.a: should be a mapping of keys to values; found empty",
    "- a\n- b\n": "should be a mapping of keys to values; found ['a', 'b']",
    "hello\n": "should be a mapping of keys to values; found 'hello'",
    # values
    run("preset: dcgan, epochs: 3, minutes: 10"): "runs.a: epochs and minutes are both set; remove one of them",
    run("preset: dcgan, epochs: [1, 2], minutes: 10"): "runs.a: epochs and minutes are both set; remove one of them",
    run("preset: dcgan, minutes: 0"): "runs.a.minutes: should be greater than 0; found 0",
    run("preset: dcgan, minutes: -1"): "runs.a.minutes: should be greater than 0; found -1",
    run("preset: dcgan, minutes: [2, 0]"): "runs.a.minutes[1]: should be greater than 0; found 0",
    run("preset: dcgan, minutes: '10'"): "runs.a.minutes: should be a number; found '10'; leave out the quotes",
    run("preset: dcgan, minutes: 10 min"): "runs.a.minutes: should be a number; found '10 min'",
    run("preset: dcgan, minutes: 1e9"): "runs.a.minutes: should be at most 1,000,000; found 1000000000.0",
    run("preset: dcgan, minutes: "): "runs.a.minutes: should be a number; found empty",
    run("preset: dcgan, minute: 3"): "runs.a.minute: unknown key; did you mean 'minutes'?",
    run("kind: external, path: b, minutes: 3"): "runs.a.minutes: unknown key; did you mean 'notes'?",
    GOOD + "minutes: 0\n": "minutes: should be greater than 0; found 0",
    GOOD + "minutes: '4'\n": "minutes: should be a number; found '4'; leave out the quotes",
    GOOD + "minutes: [1, 2]\n": "minutes: should be a number; found [1, 2]",
    GOOD + "minutes: \n": "minutes: should be a number; found empty",
    run("preset: dcgan, epochs: -1"): "runs.a.epochs: should be greater than 0; found -1",
    run("preset: dcgan, beta_1: 1"): "runs.a.beta_1: should be less than 1; found 1",
    run("preset: dcgan, learning_rate: .inf"): "runs.a.learning_rate: should be a finite number; found inf",
    run("preset: dcgan, learning_rate: .nan"): "runs.a.learning_rate: should be a finite number; found nan",
    GOOD + "samples: 0\n": "samples: should be at least 10; found 0",
    GOOD + "seeds: [0, -1]\n": "seeds[1]: should be at least 0; found -1",
    GOOD + "seeds: [0, 1, 0]\n": "seeds: 0 is listed twice",
    GOOD + "seeds: []\n": "seeds: should not be empty; found []",
    GOOD + "judge: []\n": "judge: should not be empty; found []",
    GOOD + "judge: [classifier, classifier]\n": "judge: classifier is listed twice",
    "dataset: shapes\nruns: {}\n": "runs: should not be empty; found {}",
    "dataset: shapes\nruns:\n": "runs: should be a mapping of keys to values; found empty",
    run("preset: ../dcgan"): f"runs.a.preset: {NAMES}; found '../dcgan'",
    dataset("format: cifar10_binary, path: /x, sha256: XYZ"): (
        "datasets.m.sha256: should be 64 hexadecimal digits, in lower case; found 'XYZ'"
    ),
    dataset(f"format: cifar10_binary, urls: [foo], sha256: {SHA256}"): (
        "datasets.m.urls[0]: should be a URL that starts with http:// or https://; found 'foo'"
    ),
    dataset(f"format: cifar10_binary, sha256: {SHA256}"): "datasets.m: needs either 'urls' or 'path', and not both",
    GOOD + "datasets: {shapes: {format: shapes}}\n": "datasets.shapes: config/datasets.yaml already has this name",
    # sweeps
    run("preset: dcgan, epochs: []"): "runs.a.epochs: should not be empty; found []",
    run("preset: dcgan, epochs: [1, 2, 1.0]"): "runs.a.epochs: 1 is listed twice",
    run("preset: dcgan, epochs: [1, many, -1]"): "runs.a.epochs[1]: should be a number; found 'many'",
    run("preset: dcgan, loss: [hinge], epochs: [1, -1]"): "runs.a.epochs[1]: should be greater than 0; found -1",
    run("preset: dcgan, epochs: [[1, 2]]"): "runs.a.epochs[0]: should be a number; found [1, 2]",
    run("preset: dcgan, epochs: [1, null]"): "runs.a.epochs[1]: should be a number; found empty",
    run("preset: dcgan, loss: [hinge, hing]"): (
        "runs.a.loss[1]: should be non_saturating, least_squares, hinge, wasserstein or relativistic; found 'hing'"
    ),
    run("preset: dcgan, model: [dcgan, dcgn]"): "runs.a.model[1]: no model 'dcgn'; there are biggan, ",
    run("preset: dcgan, epoch: [1, 2]"): "runs.a.epoch: unknown key; did you mean 'epochs'?",
    run("preset: dcgan, family: [gan, vae]"): "runs.a.family: a run cannot change its preset's family",
    run("preset: dcgan, description: [a b, a_b]"): "runs.a.description: two values are both 'a_b' in the names of runs",
    run("preset: []"): "runs.a.preset: should not be empty; found []",
    run("preset: [dcgan, vea]"): "runs.a.preset[1]: unknown name 'vea'; did you mean 'vae'?",
    run("preset: [dcgan, 3]"): "runs.a.preset[1]: should be a string; found 3; put it in quotes",
    GOOD + "  b: {preset: dcgan, epochs: [4]}\n  b-epochs-4: {preset: vae}\n": (
        "runs.b and runs.b-epochs-4 both stand for a run called 'b-epochs-4'; rename one of the two"
    ),
    # every value that would be right
    run("preset: dcgan, jit_compile: yes"): (
        "runs.a.jit_compile: should be auto, true or false; found 'yes'; did you mean true?"
    ),
    run("preset: dcgan, jit_compile: Off"): "should be auto, true or false; found 'Off'; did you mean false?",
    run("preset: dcgan, stream: no"): "runs.a.stream: should be auto, true or false; found 'no'; did you mean false?",
    run("preset: dcgan, stream: 'true'"): "should be auto, true or false; found 'true'; leave out the quotes",
    run("preset: dcgan, precision: float16"): (
        "runs.a.precision: should be auto, float32, mixed_bfloat16 or mixed_float16; found 'float16'; "
        "did you mean float32?"
    ),
    run("preset: dcgan, decay: Linear"): (
        "should be constant, linear, cosine or cooldown; found 'Linear'; did you mean linear?"
    ),
    run("preset: dcgan, augment: [color]"): (
        "runs.a.augment[0]: should be colour, translation, cutout or ada; found 'color'; did you mean colour?"
    ),
    run("preset: dcgan, augment: adda"): (
        "runs.a.augment: should be colour, translation, cutout or ada; found 'adda'; did you mean ada?"
    ),
    run("preset: wgan_gp, augment: ada"): (
        "augment: ada follows how many training images the discriminator takes for real, which the loss 'wasserstein' "
        "does not say; use non_saturating, least_squares or hinge"
    ),
    run("preset: dcgan, augment: ada, ada_target: 2"): "runs.a.ada_target: should be less than 1; found 2",
    run("preset: dcgan, decay: linear, decay_to: 1"): "runs.a.decay_to: should be less than 1; found 1",
    run("preset: dcgan, decay_to: 0.3"): (
        "runs.a: decay_to is 0.3, but decay is constant; set decay to linear, cosine or cooldown, or remove decay_to"
    ),
    run("preset: dcgan, bcr: -1"): "runs.a.bcr: should be at least 0; found -1",
    GOOD + "seeds: 0-4\n": "seeds: should be a list; found '0-4'; write [0, 1, 2, 3, 4]",
    GOOD + "seeds: 0, 1, 2\n": "seeds: should be a list; found '0, 1, 2'; write [0, 1, 2]",
    GOOD + "seeds: 0-99\n": "seeds: should be a list; found '0-99'",
    GOOD + "seeds: range(5)\n": "seeds: should be a list; found 'range(5)'",
    GOOD.replace("shapes", "/data/birds"): (
        f"dataset: {NAMES}; found '/data/birds'; name it under 'datasets', as in mine: {{format: folder, "
        "path: /data/birds}, and write dataset: mine"
    ),
    run("preset: dcgan, sampling: {truncation: none}"): (
        "runs.a.sampling.truncation: should be a number, or empty; found 'none'"
    ),
    run("preset: dcgan, sampling: {seed: x}"): "runs.a.sampling.seed: should be a whole number, or empty; found 'x'",
    GOOD + "on_collapse: end\n": "on_collapse: should be continue or stop; found 'end'",
    GOOD + "select: First\n": "select: should be best or last; found 'First'",
    dataset("format: folder, path: /x, image_size: 80"): (
        "datasets.m.image_size: should be 32, 48, 64, 96, 128 or 256; found 80"
    ),
    dataset("format: folder, path: /x, labels: deep_folders"): (
        "datasets.m: 'labels' is not a key of a folder; write 'classes': folders, first (formerly deep_folders) or none"
    ),
    dataset("format: folder, path: /x, crop: center"): (
        "datasets.m: 'crop' is not a key of a folder; write 'fit': crop (the centre), random_crop, pad (letterbox) or "
    ),
    dataset("format: folder, path: /x, fit: letterbox"): "fit: should be crop, random_crop, pad or stretch; found",
    dataset("format: folder, path: /x, fit: random_crop, seed: -1"): "datasets.m.seed: should be at least 0; found -1",
    dataset("format: folder, path: /x, classes: last"): "classes: should be folders, first or none; found 'last'",
    dataset("format: folder, path: /x, near_duplicates: true"): "near_duplicates: should be keep or drop; found true",
    dataset("format: folder, path: /x, image_size: '64'"): "96, 128 or 256; found '64'; leave out the quotes",
    # keys of other types
    run("preset: vae, loss: hinge"): "runs.a.loss: family vae has no such key; gan has it",
    run("preset: dcgan, prior: standard_normal"): "family gan has no such key; rae, vae and vae_gan have it",
    dataset("format: shapes, sha256: x"): (
        "datasets.m.sha256: format shapes has no such key; cifar100_binary, cifar10_binary, idx and svhn_mat have it"
    ),
    GOOD + "judges: {m: {kind: inception, width: 3}}\n": "judges.m.width: kind inception has no such key; classifier",
    run("preset: dcgan, cost: {at_33: 3}"): "runs.a.cost.at_33: unknown key; did you mean 'at_32'?",
    run("preset: dcgan, cost: {at_32: {megaflop: 3}}"): "cost.at_32.megaflop: unknown key; did you mean 'megaflops'?",
    run("preset: dcgan, cost: {at_64: {megaflops: {cubic: 1}}}"): "megaflops.cubic: unknown key; there are linear, ",
    run("preset: dcgan, cost: 3"): "runs.a.cost: should be a mapping of keys to values, or empty; found 3",
    dataset(f"format: idx, path: /x, classes: ['a\tb'], sha256: {SHA256}"): "datasets.m.classes[0]: should be one line",
    # limits
    run("preset: dcgan, epochs: 1e300"): "runs.a.epochs: should be at most 1,000,000; found 1e+300",
    run(f"preset: dcgan, width: {10**9}"): "runs.a.width: should be at most 4,096; found 1000000000",
    dataset(f"format: shapes, train_images: {10**9}"): "datasets.m.train_images: should be at most 10,000,000; found",
    GOOD + f"samples: {10**17}\n": "samples: should be at most 1,000,000; found 100000000000000000",
    GOOD + "samples: 1e23\n": "samples: should be a whole number; found 1e+23",
    GOOD + f"title: {'x' * 201}\n": "title: should be at most 200 characters long; found 'xxx",
    GOOD + f"notes: {'x' * 20_001}\n": "notes: should be at most 20,000 characters long; found 'xxx",
    GOOD + "notes: [tried, learnt]\n": "notes: should be a string; found ['tried', 'learnt']",
    run("preset: dcgan, notes: [tried, learnt]"): "runs.a.notes: should be a string; found ['tried', 'learnt']",
    run("kind: external, path: /x, notes: {tried: much}"): "runs.a.notes: should be a string; found {'tried': 'much'}",
    run("preset: dcgan, note: tried"): "runs.a.note: unknown key; did you mean 'notes'?",
    GOOD + 'title: "a\\nb"\n': "title: should be one line, without tabs; found 'a\\nb'",
    f"dataset: shapes\nruns:\n  {'a' * 30}: {{preset: dcgan}}\n": (
        f"runs: the name '{'a' * 30}' should not end in more than 19 times 'a'"
    ),
    f"dataset: {'ab' * 20}\nruns:\n  a: {{preset: dcgan}}\n": "dataset: should not end in more than 19 times 'ab'",
    # names of runs
    "dataset: shapes\nruns:\n  a/b: {preset: dcgan}\n": f"runs: the name 'a/b' {NAMES}",
    "dataset: shapes\nruns:\n  ..: {preset: dcgan}\n": f"runs: the name '..' {NAMES}",
    "dataset: shapes\nruns:\n  größe: {preset: dcgan}\n": f"runs: the name 'größe' {NAMES}",
    "dataset: shapes\nruns:\n  runs runs: {preset: dcgan}\n": f"runs: the name 'runs runs' {NAMES}",
    "dataset: shapes\nruns:\n  1: {preset: dcgan}\n": "runs: the name 1 is a number to YAML; put it in quotes: '1'",
    f"dataset: shapes\nruns:\n  {'a' * 101}: {{preset: dcgan}}\n": "should be at most 100 characters long",
    # files
    "": "the file is empty",
    "# nothing\n": "the file is empty",
    b"\x89PNG\r\n\x1a\n\x00\x00\xff\xfe": "is not a text file in UTF-8",
    b"dataset: gr\xf6\xdfe\n": "is not a text file in UTF-8",
    GOOD + "title: 2024-13-01\n": "title: 2024-13-01 is a date to YAML; put it in quotes: '2024-13-01'",
}


@pytest.mark.parametrize(("text", "said"), WRONG.items(), ids=range(len(WRONG)))
def test_a_wrong_study_names_file_key_mistake_and_remedy(load, text, said):
    given = message(load, text)
    assert given.startswith("config/studies/mine.yaml: ")
    assert said in given
    assert len(given) < 600


@pytest.mark.parametrize("value", ["x" * 5000, "\\n" * 500, "[[" + "1, " * 2000 + "1]]"])
def test_a_long_value_is_shortened(load, value):
    value = value if value.startswith("[") else f'"{value}"'
    given = message(load, run(f"preset: dcgan, epochs: {value}"))
    assert len(given) < 250
    assert given.endswith("…")


@pytest.mark.parametrize("scheme", ["ftp", "htps"])
def test_a_wrong_address_is_shown_without_its_secrets(scheme):
    url = f"{scheme}://user:{'SECRET' * 20}@host/a.tar.gz?X-Amz-Signature=SECRET"
    value = {"own": {"format": "cifar10_binary", "urls": [url], "sha256": "ab" * 32}}
    with pytest.raises(ConfigError, match=f"{scheme}://host/a.tar.gz") as error:
        parse(dict[str, Dataset], value, "mine.yaml")
    assert "SECRET" not in str(error.value)
