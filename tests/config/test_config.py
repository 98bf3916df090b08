"""The types of the configuration: defaults, limits, and agreement with the files that they describe."""

import math
from pathlib import Path
from typing import get_args

import pytest
from pydantic import TypeAdapter, ValidationError

from easel.config.base import Closed
from easel.config.datasets import (
    Cifar10Binary,
    Cifar100Binary,
    Dataset,
    Folder,
    Idx,
    IdxChecksums,
    Shapes,
    SvhnChecksums,
    SvhnMat,
)
from easel.config.presets import Gan, Growth, NetworkCost, Preset, Rae, Vae, VaeGan, VqVae, networks_of
from easel.config.sampling import SamplingSettings
from easel.config.studies import ExternalEntry, MachineConfig, StudyFile
from easel.judges import classifier, inception

ROOT = Path(__file__).parents[2]
SHA256 = "0" * 64
GAN = {
    "description": "a GAN",
    "source": "nowhere",
    "family": "gan",
    "model": "dcgan",
    "latent_dim": 8,
    "width": 4,
    "epochs": 1,
    "batch_size": 2,
    "learning_rate": 1e-4,
}
STUDY = {"dataset": "shapes", "runs": {"a": {"preset": "dcgan"}}}
VQ_VAE = {"family": "vq_vae", "model": "vq_vae", "code_dim": 4}


def check(kind, value):
    return TypeAdapter(kind).validate_python(value)


def test_no_training_depends_on_how_it_is_sampled():
    told = GAN | {"model": "lean_gan", "conditional": True}
    asked = check(Preset, told | {"sampling": {"truncation": 0.5, "label": "disc", "seed": 3}})
    assert asked.model_dump() == check(Preset, told).model_dump()
    assert asked.sampling.label == "disc"


def test_a_preset_takes_the_type_of_its_family():
    assert type(check(Preset, GAN)) is Gan
    assert type(check(Preset, GAN | {"family": "vae", "model": "vae"})) is Vae
    assert type(check(Preset, GAN | {"family": "vae_gan", "model": "vae_gan", "reconstruction_weight": 1})) is VaeGan
    penalties = {"embedding_penalty": 0.1, "decoder_penalty": 0}
    assert type(check(Preset, GAN | {"family": "rae", "model": "rae"} | penalties)) is Rae
    assert type(check(Preset, GAN | VQ_VAE | {"latent_dim": 64})) is VqVae


@pytest.mark.parametrize("latent_dim", [1, 8, 36, 128])
def test_the_codes_of_an_image_make_a_grid(latent_dim):
    with pytest.raises(ValueError, match="make no square whose side is a power of 2; there may be 4, 16, 64 or 256"):
        check(Preset, GAN | VQ_VAE | {"latent_dim": latent_dim})


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("epochs", 0),
        ("epochs", math.inf),
        ("epochs", math.nan),
        ("epochs", "3"),
        ("epochs", True),
        ("batch_size", 1),
        ("batch_size", 64.0),
        ("latent_dim", 0),
        ("width", -1),
        ("learning_rate", 0),
        ("beta_1", 1),
        ("beta_2", -0.1),
        ("ema_decay", 1.0),
        ("flip", "yes"),
        ("flip", 1),
        ("precision", "float16"),
        ("log_every", 0),
        ("draw_every", 0),
        ("checkpoint_every", 0),
        ("loss", "earth_mover"),
        ("decay", "exponential"),
        ("conditional", True),  # the model cannot be told classes
        ("conditional", 1),
        ("spectral_norm", "generator"),
        ("gradient_penalty", -10.0),
        ("r1", math.nan),
        ("lecam", "0.3"),
        ("augment", ["blur"]),
        ("augment", "colour"),
        ("n_dis", 0),
        ("discriminator_learning_rate", -1),
        ("description", None),
        ("model", "vae"),
        ("model", "no_such_model"),
        ("model", "../dcgan"),
        ("family", "diffusion"),
        ("beta", 1.0),
        ("unknown", 1),
        ("sampling", {"truncation": 0}),
        ("sampling", {"seed": -1}),
        ("sampling", {"label": 3}),
        ("sampling", {"label": "disc"}),  # of a network that is told none
        ("sampling", {"count": 10}),
    ],
)
def test_an_impossible_preset_is_refused(key, value):
    with pytest.raises(ValidationError):
        check(Preset, GAN | {key: value})


@pytest.mark.parametrize("key", sorted(GAN.keys() - {"description", "source"}))
def test_a_preset_needs_each_of_its_keys(key):
    with pytest.raises(ValidationError):
        check(Preset, {other: value for other, value in GAN.items() if other != key})


def test_whole_numbers_do_for_fractions_but_not_the_other_way_round():
    assert check(Preset, GAN | {"epochs": 3}).epochs == 3.0
    with pytest.raises(ValidationError):
        check(Preset, GAN | {"n_dis": 1.0})


def test_settings_cannot_be_changed_afterwards():
    with pytest.raises(ValidationError):
        check(Preset, GAN).epochs = 5


@pytest.mark.parametrize(
    "value",
    [
        {"format": "cifar10_binary", "sha256": SHA256},
        {"format": "cifar10_binary", "sha256": SHA256, "urls": ["https://example.org/a"], "path": "a"},
        {"format": "cifar10_binary", "sha256": SHA256, "urls": []},
        {"format": "cifar10_binary", "sha256": SHA256, "urls": ["example.org/a"]},
        {"format": "cifar10_binary", "sha256": SHA256.replace("0", "A"), "path": "a"},
        {"format": "cifar10_binary", "sha256": SHA256[1:], "path": "a"},
        {"format": "cifar10_binary", "path": "a"},
        {"format": "shapes", "train_images": 9},
        {"format": "shapes", "seed": -1},
        {"format": "shapes", "path": "a"},
        {"format": "folder"},
        {},
    ],
)
def test_an_impossible_dataset_is_refused(value):
    with pytest.raises(ValidationError):
        check(Dataset, value)


def test_an_archive_is_called_as_its_source_is():
    urls = ["https://example.org/cifar-10-binary.tar.gz", "https://example.net/other.tar.gz"]
    downloaded = check(Dataset, {"format": "cifar10_binary", "sha256": SHA256, "urls": urls})
    assert downloaded.archives == {"cifar-10-binary.tar.gz": (SHA256, urls, "")}
    local = check(Dataset, {"format": "cifar100_binary", "sha256": SHA256, "path": "/data/mine.tar.gz"})
    assert local.archives == {"mine.tar.gz": (SHA256, [], "/data/mine.tar.gz")}


def test_several_files_come_from_the_same_folders():
    checksums = {"train": SHA256, "test": SHA256.replace("0", "1")}
    urls = ["https://example.org/svhn/", "https://example.net"]
    found = check(Dataset, {"format": "svhn_mat", "sha256": checksums, "urls": urls})
    addresses = ["https://example.org/svhn/test_32x32.mat", "https://example.net/test_32x32.mat"]
    assert found.archives["test_32x32.mat"] == (checksums["test"], addresses, "")
    local = check(Dataset, {"format": "svhn_mat", "sha256": checksums, "path": "/data/svhn"})
    assert local.local_files == ["/data/svhn/train_32x32.mat", "/data/svhn/test_32x32.mat"]
    with pytest.raises(ValidationError):
        check(Dataset, {"format": "svhn_mat", "sha256": {"train": SHA256}, "urls": urls})


def test_one_judge_or_several():
    assert check(StudyFile, STUDY).judge == ["classifier"]
    assert check(StudyFile, STUDY | {"judge": "other"}).judge == ["other"]
    assert check(StudyFile, STUDY | {"judge": ["a", "b"]}).judge == ["a", "b"]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("seeds", []),
        ("seeds", [0, 0]),
        ("seeds", [-1]),
        ("seeds", [2**31]),
        ("seeds", 0),
        ("judge", []),
        ("judge", ["a", "a"]),
        ("judge", 3),
        ("samples", 1),
        ("samples", 2000.0),
        ("runs", {}),
        ("runs", {"a b": {"preset": "dcgan"}}),
        ("runs", {"a": {}}),
        ("runs", ["dcgan"]),
        ("dataset", "a/b"),
        ("title", 3),
    ],
)
def test_an_impossible_study_is_refused(key, value):
    with pytest.raises(ValidationError):
        check(StudyFile, STUDY | {key: value})


def test_networks_are_read_from_the_source_without_running_it():
    assert {"generator", "discriminator"} <= set(networks_of("dcgan"))
    assert {"encoder", "decoder"} <= set(networks_of("vae"))
    with pytest.raises(ValueError, match="no model 'dcgn'; there are biggan, "):
        networks_of("dcgn")


def every_type(kind=Closed):
    """The types that stand for mappings in files: those with keys of their own and no types derived from them."""
    below = [found for derived in kind.__subclasses__() for found in every_type(derived)]
    return below or [kind]


def test_the_types_are_all_found():
    assert {
        Shapes,
        Cifar10Binary,
        Cifar100Binary,
        Idx,
        SvhnMat,
        Folder,
        classifier.Settings,
        inception.Settings,
        Gan,
        Vae,
        Rae,
        VqVae,
        VaeGan,
        StudyFile,
        ExternalEntry,
        MachineConfig,
    } <= set(every_type())


def tables():
    """The tables of config/README.md: the default of each key, by the heading above."""
    found, rows = {}, {}
    for line in (ROOT / "config" / "README.md").read_text().splitlines():
        if line.startswith("##"):
            rows = found[line.strip("# ")] = {}
        elif line.startswith("| `"):
            key, default = (cell.strip(" `") for cell in line.split("|")[1:3])
            rows[key] = default
    return found


def keys_in_tables(kind):
    """What config/README.md says of a type's keys."""
    headings = {
        MachineConfig: "`config.yaml`",
        StudyFile: "A study",
        ExternalEntry: "Images made elsewhere",
        SamplingSettings: "`sampling`",
        NetworkCost: "`cost`",
        Growth: "`megaflops` and `megaparameters`",
        IdxChecksums: "`sha256` of `idx`",
        SvhnChecksums: "`sha256` of `svhn_mat`",
    }
    if kind in headings:
        return tables()[headings[kind]]
    tag = next(key for key in ("format", "kind", "family") if key in kind.model_fields)
    own = tables()[f"`{tag}: {get_args(kind.model_fields[tag].annotation)[0]}`"]
    return tables()["Every family"] | own if tag == "family" else own


def shown(field):
    """A field's default as config/README.md writes it."""
    if field.is_required():
        return "required"
    match field.default:
        case None | "" | [] | {} | SamplingSettings():
            return "none"
        case bool() as value:
            return str(value).lower()
        case [str() as value]:
            return value
        case [255, 255, 255]:
            return "white"
        case [str(), str(), str()]:
            return "three addresses"
        case str() as value if value == inception.SHA256:
            return "that of the published graph"
        case float() as value if 0 < value < 0.01:
            return f"{value:.0e}".replace("e-0", "e-")
        case int() | float() as value:
            return f"{value:,}".removesuffix(".0")
    return str(field.default)


@pytest.mark.parametrize("kind", every_type(), ids=lambda kind: kind.__name__)
def test_config_readme_states_every_key_with_its_default(kind):
    assert keys_in_tables(kind) == {key: shown(field) for key, field in kind.model_fields.items()}


def test_config_readme_names_every_choice():
    text = (ROOT / "config" / "README.md").read_text()
    for kind in every_type():
        for key, field in kind.model_fields.items():
            for choice in get_args(field.annotation):
                if isinstance(choice, str):
                    assert f"`{choice}`" in text, f"{kind.__name__}.{key}: {choice}"
