"""A file of config/presets/, and a run of a study, which is one with overrides."""

import ast
from functools import cache
from pathlib import Path
from typing import Annotated, ClassVar, Literal, get_args

from pydantic import Field, field_validator, model_validator

from easel.config.base import Closed, Name
from easel.config.sampling import SamplingSettings


class Growth(Closed):
    """A quantity that grows with a preset's `width`: linear · width + quadratic · width²."""

    linear: float = Field(ge=0)
    """What each channel of `width` adds: the layers between images or latents and the first channels."""
    quadratic: float = Field(ge=0)
    """What each pair of channels adds: all other layers."""

    def at(self, width: int) -> float:
        """The quantity at a width."""
        return width * (self.linear + self.quadratic * width)


class NetworkCost(Closed):
    """What a preset's networks cost at 32 × 32 pixels: how long a training takes and how much it stores follow."""

    megaflops: Growth
    """Millions of floating-point operations of a training step, per image."""
    megaparameters: Growth
    """Millions of parameters, all networks together."""


class PresetBase(Closed):
    """What every preset says: which network, how large, and how it is trained."""

    description: str = ""
    """One line for the report: what this model is."""
    source: str = ""
    """Where the numbers come from."""
    cost: NetworkCost | None = Field(None, exclude=True)  # it changes no result: no step is given it
    """What its networks cost; only how much time and memory a job is given depends on it."""
    sampling: SamplingSettings = Field(SamplingSettings(), exclude=True)  # what is drawn once it is trained
    """How images are drawn from it after training; changing it trains nothing anew."""
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
    decay: Literal["constant", "linear", "cosine"] = "constant"
    """How the learning rates fall over the epochs: not at all, or to 0 at the end. A training whose rates fall starts
    over when its epochs change, because they decide every step."""
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

    @property
    def is_conditional(self) -> bool:
        """Whether the networks are told the classes of images."""
        return False

    @property
    def normalised(self) -> tuple[str, ...]:
        """The networks whose layers are divided by their spectral norm."""
        return ()

    @model_validator(mode="after")
    def draws_what_it_can(self):
        if self.sampling.label and not self.is_conditional:
            raise ValueError(
                f"sampling.label asks for the class '{self.sampling.label}', but the networks are told no classes; "
                "leave it out, or take a preset of the family gan with 'conditional: true'"
            )
        return self

    @model_validator(mode="after")
    def is_shared_evenly(self):
        if self.gpu > 1 and self.batch_size % self.gpu:
            raise ValueError(f"batch_size {self.batch_size} cannot be shared evenly by {self.gpu} GPUs")
        if self.gpu > 1 and self.jit_compile is True:
            raise ValueError("jit_compile: true is for one GPU; leave it at auto, or set gpu: 1")
        return self


class Gan(PresetBase):
    """A generator against a discriminator."""

    networks: ClassVar = ("generator", "discriminator")
    family: Literal["gan"]
    """`gan`: the objective, a file of `workflow/easel/training/objectives/`."""
    loss: Literal["non_saturating", "least_squares", "hinge", "wasserstein", "relativistic"] = "non_saturating"
    """The adversarial loss."""
    conditional: bool = False
    """Draw images of a given class: both networks are told the classes. Only with models that can be."""
    aux_classifier_weight: float = Field(0.0, ge=0)
    """Weight of the cross-entropy of classes: the discriminator learns to name those of training images, too, and the
    generator to have its own named as they were told; 0 is off. Only with `conditional`, and with models that can."""
    spectral_norm: Literal["none", "discriminator", "both"] = "none"
    """Whose layers are divided by their spectral norm."""
    gradient_penalty: float = Field(0.0, ge=0)
    """Weight of the penalty on gradients of other length than 1 between real and generated images; 0 is off."""
    r1: float = Field(0.0, ge=0)
    """Weight of the squared gradient at real images (halved, as in the paper); 0 is off."""
    r2: float = Field(0.0, ge=0)
    """Weight of the squared gradient at generated images (halved); 0 is off."""
    lecam: float = Field(0.0, ge=0)
    """Weight of the distance between logits and the moving average of those of the other kind; 0 is off."""
    augment: list[Literal["colour", "translation", "cutout"]] = Field([])
    """What is done to every image that the discriminator sees, differentiably and at random."""
    discriminator_learning_rate: float = Field(0.0, ge=0)
    """Adam's learning rate for the discriminator; 0 takes `learning_rate`."""
    n_dis: int = Field(1, ge=1)
    """Discriminator steps per generator step."""

    @property
    def is_conditional(self) -> bool:
        return self.conditional

    @property
    def normalised(self) -> tuple[str, ...]:
        return {"none": (), "discriminator": ("discriminator",), "both": self.networks}[self.spectral_norm]

    @model_validator(mode="after")
    def knows_classes(self):
        if self.conditional and not all("classes" in networks_of(self.model)[name] for name in self.networks):
            able = [model for model in models() if "classes" in networks_of(model).get("generator", ())]
            raise ValueError(f"model '{self.model}' cannot be told classes (conditional: true); {', '.join(able)} can")
        if self.aux_classifier_weight and not self.conditional:
            raise ValueError("aux_classifier_weight needs 'conditional: true'; set that, or aux_classifier_weight: 0")
        if self.aux_classifier_weight and "aux_classifier_weight" not in networks_of(self.model)["discriminator"]:
            able = [
                model for model in models() if "aux_classifier_weight" in networks_of(model).get("discriminator", ())
            ]
            raise ValueError(
                f"model '{self.model}' has no auxiliary classifier; set aux_classifier_weight: 0, "
                f"or take {' or '.join(able)}"
            )
        return self


class Autoencoder(PresetBase):
    """An encoder and a decoder, between which an image is `latent_dim` numbers."""

    prior: Literal["standard_normal", "gaussian_mixture"] = "standard_normal"
    """What samples are decoded from: N(0, 1), or a mixture of Gaussians fitted to the training images' codes."""
    components: int = Field(10, ge=1)
    """Gaussians of the mixture."""


class Vae(Autoencoder):
    """A variational autoencoder: an encoder and a decoder under the evidence lower bound."""

    networks: ClassVar = ("encoder", "decoder")
    family: Literal["vae"]
    """`vae`: the objective, a file of `workflow/easel/training/objectives/`."""
    likelihood: Literal["bernoulli", "gaussian", "laplace", "discretised_logistic"] = "bernoulli"
    """Of a pixel, given the decoder's output: `gaussian` has unit variance and `laplace` unit scale on the scale -1..1;
    `discretised_logistic` is of 8-bit levels, so that its bound can be published in bits per dimension."""
    scale: float = Field(0.1, gt=0)
    """Of `discretised_logistic`, on the scale -1..1; its standard deviation is 1.81 times as much."""
    beta: float = Field(1.0, ge=0)
    """Weight of the KL divergence (1: the evidence lower bound)."""
    warm_up: float = Field(0.0, ge=0)
    """Epochs over which the weight of the KL divergence rises from 0."""
    free_bits: float = Field(0.0, ge=0)
    """Nats of KL divergence of each latent dimension below which nothing is gained."""


class Rae(Autoencoder):
    """A regularised autoencoder: deterministic, and sampled from what is fitted to its codes (Ghosh et al. 2020)."""

    networks: ClassVar = ("encoder", "decoder")
    family: Literal["rae"]
    """`rae`: the objective, a file of `workflow/easel/training/objectives/`."""
    prior: Literal["gaussian_mixture"] = "gaussian_mixture"
    """What samples are decoded from: nothing brings the codes to N(0, 1)."""
    embedding_penalty: float = Field(ge=0)
    """Weight of half the squared length of an image's code, against nats per image."""
    decoder_penalty: float = Field(ge=0)
    """Weight of the sum of the decoder's squared weights, against nats per image."""


class VqVae(PresetBase):
    """An autoencoder of discrete codes from a codebook, with a learned prior over them (van den Oord et al. 2017)."""

    networks: ClassVar = ("encoder", "codebook", "decoder", "prior")
    family: Literal["vq_vae"]
    """`vq_vae`: the objective, a file of `workflow/easel/training/objectives/`."""
    codes: int = Field(256, ge=2)
    """Entries of the codebook."""
    code_dim: int = Field(ge=1)
    """Numbers in an entry of the codebook."""
    commitment: float = Field(0.25, ge=0)
    """Weight of the encoder's distance from the codes that are chosen (the paper's beta)."""

    @field_validator("latent_dim")
    @classmethod
    def is_a_grid(cls, latent_dim: int) -> int:
        """Each position of the grid of codes takes one latent number; the grid is the image halved a few times."""
        if latent_dim not in GRIDS:
            raise ValueError(
                f"{latent_dim} codes make no square whose side is a power of 2; there may be "
                f"{', '.join(map(str, GRIDS[:-1]))} or {GRIDS[-1]}"
            )
        return latent_dim


class VaeGan(Autoencoder):
    """A VAE whose reconstruction error is measured in a GAN discriminator's features (Larsen et al. 2016)."""

    networks: ClassVar = ("encoder", "decoder", "discriminator")
    family: Literal["vae_gan"]
    """`vae_gan`: the objective, a file of `workflow/easel/training/objectives/`."""
    reconstruction_weight: float = Field(gt=0)
    """The decoder's weight of the reconstruction error against its adversarial loss (the paper's gamma)."""
    pixel_weight: float = Field(0.0, ge=0)
    """Weight, in the reconstruction error, of that of pixels beside that of features; the paper has 0."""
    equilibrium: float = Field(0.68, gt=0)
    """The adversarial loss (nats) around which discriminator and decoder are held in balance."""
    margin: float = Field(0.35, ge=0)
    """How far (nats) the discriminator's losses may leave the equilibrium before one side pauses."""


Preset = Annotated[Gan | Vae | Rae | VqVae | VaeGan, Field(discriminator="family")]
FAMILIES = get_args(get_args(Preset)[0])
AUTOENCODERS = (Vae, Rae, VqVae, VaeGan)
GRIDS = (4, 16, 64, 256)  # positions in a grid of codes


MODELS = Path(__file__).parents[1] / "models"


def models() -> list[str]:
    """The models that there are, by the names of their files."""
    return sorted(path.stem for path in MODELS.glob("*.py") if path.stem not in ("__init__", "blocks"))


@cache
def networks_of(model: str) -> dict[str, tuple[str, ...]]:
    """The networks that a file of models/ builds and the arguments of each, read from its source: importing it would
    import TensorFlow.

    An unknown model is a ValueError that names the known ones.
    """
    if model not in models():
        raise ValueError(f"no model '{model}'; there are {', '.join(models())}")
    functions = (
        node for node in ast.parse((MODELS / f"{model}.py").read_text()).body if isinstance(node, ast.FunctionDef)
    )
    return {function.name: tuple(argument.arg for argument in function.args.args) for function in functions}
