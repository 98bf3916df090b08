"""The typed, closed configuration: every key that may stand in a file under config/, and what it may be.

These types are pure: they read no file and import no TensorFlow, because Snakemake builds them again in
every job. `easel.study` reads the files; `workflow/schemas/` holds the JSON schemas made from these types.
"""

import ast
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, field_validator, model_validator

NAME = r"^[A-Za-z0-9][A-Za-z0-9_.-]*$"
SHA256 = r"^[0-9a-f]{64}$"
URL = r"^https?://\S+$"
PATTERNS = {
    NAME: "consist of letters, digits, '_', '.' and '-', with a letter or digit first",
    SHA256: "be 64 hexadecimal digits, in lower case",
    URL: "be a URL that starts with http:// or https://",
}
"""What an error message says that a string should do."""

Name = Annotated[str, StringConstraints(pattern=NAME, max_length=100)]
Names = Annotated[list[Name], Field(min_length=1)]
Sha256 = Annotated[str, StringConstraints(pattern=SHA256)]
Url = Annotated[str, StringConstraints(pattern=URL)]

RESERVED_STUDY_NAMES = ("datasets", "judges", "logs", "benchmarks")
RESERVED_RUN_NAMES = ("report.html", "report.ipynb", "comparison.csv", "comparison.json", "plan.html", "plan.tsv")


class Closed(BaseModel):
    """A mapping with no keys but the declared ones, and no values but of the declared types."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, use_attribute_docstrings=True, allow_inf_nan=False
    )


# --- datasets ------------------------------------------------------------------------------------------


class Shapes(Closed):
    """Ten classes of anti-aliased shapes with known factors, drawn by Easel itself: no download."""

    format: Literal["shapes"]
    """`shapes`: drawn, not read."""
    train_images: int = Field(10_000, ge=10)
    """Images in the training split."""
    test_images: int = Field(2_000, ge=10)
    """Images in the test split."""
    seed: int = Field(0, ge=0)
    """Which images are drawn: the same seed gives the same bytes on every machine."""


class Cifar10Binary(Closed):
    """An archive in the layout of `cifar-10-binary.tar.gz`: records of one label byte and 3,072 pixel bytes."""

    format: Literal["cifar10_binary"]
    """`cifar10_binary`: the layout of the archive."""
    urls: list[Url] = Field(default=[], min_length=1)
    """Where to download the archive, best first: the next is tried when one fails."""
    path: str = ""
    """A local archive instead of `urls`: absolute, from `~`, or relative to the file that names it."""
    sha256: Sha256
    """SHA-256 of the archive, 64 lower-case hexadecimal digits."""

    @model_validator(mode="after")
    def one_source(self):
        if bool(self.urls) == bool(self.path):
            raise ValueError("needs either 'urls' or 'path', and not both")
        return self

    @property
    def archive(self) -> str:
        """The archive's file name."""
        return (self.path or self.urls[0]).rstrip("/").rsplit("/", 1)[-1]


Dataset = Annotated[Shapes | Cifar10Binary, Field(discriminator="format")]


# --- judges --------------------------------------------------------------------------------------------


class ClassifierJudge(Closed):
    """A small network that the workflow trains to classify the dataset; its last features are compared."""

    kind: Literal["classifier"]
    """`classifier`: a network trained on the dataset itself."""
    epochs: int = Field(12, ge=1)
    """Passes over the training images, at most."""
    stop_at_accuracy: float = Field(0.99, gt=0)
    """Training ends after an epoch in which this fraction of the training images was recognised; above 1: never."""
    width: int = Field(32, ge=1)
    """Channels: the three stages have 2, 4 and 8 times as many, and the features 8 times as many numbers."""
    batch_size: int = Field(128, ge=2)
    """Images per step."""
    learning_rate: float = Field(0.3, gt=0)
    """The highest learning rate of SGD with momentum, reached after a rise and followed by a cosine decay to 0."""
    seed: int = Field(0, ge=0, lt=2**31)
    """Of the weights at the start and of the order, mirroring and shifts of the images."""


Judge = ClassifierJudge


# --- presets -------------------------------------------------------------------------------------------


class Training(Closed):
    """What every preset says: which network, how large, and how it is trained."""

    description: str = ""
    """One line for the report: what this model is."""
    source: str = ""
    """Where the numbers come from."""
    model: Name
    """The networks: a file `workflow/easel/models/<model>.py`."""
    latent_dim: int = Field(ge=1)
    """Numbers in one latent vector, drawn from N(0, 1)."""
    width: int = Field(ge=1)
    """Channels of the layer with the highest resolution; the model's other layers are multiples of it."""
    epochs: float = Field(gt=0)
    """Passes of the discriminator (or encoder) over the training images."""
    batch_size: int = Field(ge=2)
    """Images per step."""
    learning_rate: float = Field(gt=0)
    """Adam's learning rate."""
    beta_1: float = Field(0.9, ge=0, lt=1)
    """Adam's decay of the gradients' mean."""
    beta_2: float = Field(0.999, ge=0, lt=1)
    """Adam's decay of the gradients' mean square."""
    flip: bool = False
    """Mirror each training image with probability 1/2."""
    ema_decay: float = Field(0.0, ge=0, lt=1)
    """Sample from an exponential moving average of the weights with this decay per step; 0 is off."""
    precision: Literal["auto", "float32", "mixed_bfloat16", "mixed_float16"] = "auto"
    """Arithmetic of the networks: `auto` takes mixed_bfloat16 where the device does it natively, mixed_float16 with
    loss scaling on GPUs with older tensor cores, else float32."""
    jit_compile: Literal["auto", True, False] = "auto"
    """Compile steps with XLA: `auto` does on a GPU, and not on a CPU, where it is slower."""
    deterministic: bool = False
    """On a GPU: only operations that give the same bits every time, which takes longer. On a CPU they all do."""
    gpu: int = Field(1, ge=0)
    """GPUs that share each batch; 0 trains on the CPU, and so does any number where there is no GPU."""
    stream: Literal["auto", True, False] = "auto"
    """Read each batch from the prepared file instead of holding all images: `auto` does where memory is short."""
    on_collapse: Literal["continue", "stop"] = "continue"
    """Whether a training whose samples have become alike, or whose discriminator always wins, goes on."""
    log_every: int = Field(50, ge=1)
    """Steps per row of history.csv."""
    draw_every: int = Field(200, ge=1)
    """Steps between two pictures of the same latent points in progress/."""
    checkpoint_every: float = Field(1.0, gt=0)
    """Epochs between two checkpoints."""

    @field_validator("model")
    @classmethod
    def has_the_networks(cls, model: str) -> str:
        found = networks_of(model)
        if missing := [network for network in cls.networks if network not in found]:
            raise ValueError(
                f"model '{model}' has no {' and no '.join(missing)}; its family needs {', '.join(cls.networks)}"
            )
        return model

    @model_validator(mode="after")
    def is_shared_evenly(self):
        if self.gpu > 1 and self.batch_size % self.gpu:
            raise ValueError(f"batch_size {self.batch_size} cannot be shared evenly by {self.gpu} GPUs")
        if self.gpu > 1 and self.jit_compile is True:
            raise ValueError("jit_compile: true is for one GPU; leave it at auto, or set gpu: 1")
        return self


class Gan(Training):
    """A generator against a discriminator."""

    networks: ClassVar = ("generator", "discriminator")
    family: Literal["gan"]
    """`gan`: the objective, a file of `workflow/easel/training/objectives/`."""
    loss: Literal["non_saturating", "least_squares", "hinge"] = "non_saturating"
    """The adversarial loss."""
    discriminator_learning_rate: float = Field(0.0, ge=0)
    """Adam's learning rate for the discriminator; 0 takes `learning_rate`."""
    n_dis: int = Field(1, ge=1)
    """Discriminator steps per generator step."""


class Vae(Training):
    """A variational autoencoder: an encoder and a decoder under the evidence lower bound."""

    networks: ClassVar = ("encoder", "decoder")
    family: Literal["vae"]
    """`vae`: the objective, a file of `workflow/easel/training/objectives/`."""
    likelihood: Literal["bernoulli", "gaussian"] = "bernoulli"
    """Of a pixel, given the decoder's output: `gaussian` has unit variance on the scale -1..1."""
    beta: float = Field(1.0, ge=0)
    """Weight of the KL divergence (1: the evidence lower bound)."""


class VaeGan(Training):
    """A VAE whose reconstruction error is measured in a GAN discriminator's features (Larsen et al. 2016)."""

    networks: ClassVar = ("encoder", "decoder", "discriminator")
    family: Literal["vae_gan"]
    """`vae_gan`: the objective, a file of `workflow/easel/training/objectives/`."""
    reconstruction_weight: float = Field(gt=0)
    """The decoder's weight of the reconstruction error against its adversarial loss (the paper's gamma)."""
    equilibrium: float = Field(0.68, gt=0)
    """The adversarial loss (nats) around which discriminator and decoder are held in balance."""
    margin: float = Field(0.35, ge=0)
    """How far (nats) the discriminator's losses may leave the equilibrium before one side pauses."""


Preset = Annotated[Gan | Vae | VaeGan, Field(discriminator="family")]
AUTOENCODERS = (Vae, VaeGan)


# --- studies -------------------------------------------------------------------------------------------


class Run(BaseModel):
    """A preset under a name; every other key overrides the preset's."""

    model_config = ConfigDict(extra="allow", strict=True, frozen=True, use_attribute_docstrings=True)
    preset: Name
    """A file `config/presets/<preset>.yaml`."""


def one_or_several(value: object) -> object:
    """A name alone as a list of one."""
    if not isinstance(value, str | list):
        raise ValueError("should be a name, or a list of names")
    return [value] if isinstance(value, str) else value


class StudyFile(Closed):
    """One file of config/studies/: a dataset, named runs, seeds, a judge."""

    title: str = ""
    """The report's heading; the study's name where there is none."""
    description: str = ""
    """A sentence or two under the heading."""
    dataset: Name
    """A key of config/datasets.yaml or of this study's own `datasets`."""
    datasets: dict[Name, Dataset] = {}
    """Datasets of this study's own, in the form of config/datasets.yaml."""
    seeds: list[Annotated[int, Field(ge=0, lt=2**31)]] = Field([0], min_length=1)
    """Every run is trained once with each."""
    runs: dict[Name, Run] = Field(min_length=1)
    """What is compared: a name, a preset, and what differs from the preset."""
    judge: Annotated[Names, BeforeValidator(one_or_several, json_schema_input_type=Name | Names)] = ["classifier"]
    """A key of config/judges.yaml or of this study's own `judges`, or a list of them."""
    on_collapse: Literal["", "continue", "stop"] = ""
    """For all runs that do not say it themselves: whether a training that has collapsed goes on."""
    judges: dict[Name, Judge] = {}
    """Judges of this study's own, in the form of config/judges.yaml."""
    samples: int = Field(2_000, ge=2)
    """Images drawn and judged per run and seed."""

    @field_validator("runs")
    @classmethod
    def are_not_files_of_the_study(cls, runs: dict) -> dict:
        if taken := sorted(runs.keys() & set(RESERVED_RUN_NAMES)):
            raise ValueError(f"a run cannot be called '{taken[0]}': the study has a file of that name")
        return runs

    @field_validator("seeds", "judge")
    @classmethod
    def differ(cls, values: list) -> list:
        if twice := [value for value, count in Counter(values).items() if count > 1]:
            raise ValueError(f"{twice[0]} is listed twice")
        return values


class Machine(Closed):
    """config/config.yaml and `--config`: which study, and what holds for every study on this machine."""

    study: str
    """A name in config/studies/, or the path of a study's YAML file."""
    threads: int = Field(8, ge=1)
    """CPU threads for one training; Snakemake's --cores is the upper limit."""


# --- the models that there are ---------------------------------------------------------------------------

MODELS = Path(__file__).parent / "models"


@cache
def networks_of(model: str) -> tuple[str, ...]:
    """The networks that a file of models/ builds, read from its source: importing it would import TensorFlow.

    An unknown model is a ValueError that names the known ones.
    """
    file = MODELS / f"{model}.py"
    if not file.is_file():
        known = sorted(path.stem for path in MODELS.glob("*.py") if path.stem != "__init__")
        raise ValueError(f"no model '{model}'; there are {', '.join(known)}")
    return tuple(node.name for node in ast.parse(file.read_text()).body if isinstance(node, ast.FunctionDef))
