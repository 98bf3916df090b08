"""A file of config/presets/, and a run of a study, which is a preset with overrides."""

from math import isqrt
from typing import Annotated, Any, ClassVar, Literal, get_args

from pydantic import BeforeValidator, Field, StringConstraints, field_validator, model_validator

from easel.config.affects import Affects, ProbedAs, names_of
from easel.config.base import (
    KERAS_FILE,
    LINE,
    MOST_PICTURES,
    Closed,
    Flip,
    LengthIfSet,
    Name,
    Pictures,
    StartIfSet,
    Text,
    equals,
    is_unset,
    listed_if_single,
)
from easel.config.exports import Format
from easel.config.models import model_of, models_with
from easel.config.sampling import SamplingSettings

NETWORKS = Affects.STEPS | Affects.COST
"""Shorthand for a setting that changes the networks, or what a step computes, and so what a step costs."""
SWITCH = Affects.STEPS | Affects.COST_IF_ON
"""Shorthand for a weight whose term is computed only if it is not 0."""

LENGTHS = ("epochs", "minutes")
"""The settings that say how long to train; exactly one of them is set."""
ADA_LOSSES = ("non_saturating", "least_squares", "hinge")
"""The adversarial losses whose logits have a boundary between real and fake, for `augment: ada`."""
Augmentation = Literal["colour", "translation", "cutout", "ada"]
Augmentations = Annotated[
    list[Augmentation],
    BeforeValidator(listed_if_single, json_schema_input_type=list[Augmentation] | Augmentation),
]
"""A list of augmentations; a single one needs no list."""
SAVE_SECONDS = 50.0
"""From one checkpoint to the next at most, but for the call in progress: a lost machine costs less than a minute."""


class Growth(Closed):
    """A quantity that grows with a preset's `width`: linear · width + quadratic · width²."""

    linear: Annotated[float, Affects.NOTHING] = Field(ge=0)
    """Contribution per channel of `width`: the layers between images or latents and the first channels."""
    quadratic: Annotated[float, Affects.NOTHING] = Field(ge=0)
    """Contribution per pair of channels: all other layers."""

    def at(self, width: int) -> float:
        """The quantity at a width."""
        return width * (self.linear + self.quadratic * width)


class NetworkCost(Closed):
    """Size of a preset's networks for images of one size."""

    megaflops: Annotated[Growth, Affects.NOTHING]
    """Millions of floating-point operations of a training step, per image."""
    megaparameters: Annotated[Growth, Affects.NOTHING]
    """Millions of parameters, all networks together."""
    megavalues: Annotated[float, Affects.NOTHING] = Field(ge=0)
    """Millions of values that the layers of all networks put out for an image, per channel of `width`."""


class NetworkCosts(Closed):
    """Size of a preset's networks, from which a training's time, memory and disk space are estimated.

    Between these sizes networks are those of the smaller one, on more pixels.
    """

    at_32: Annotated[NetworkCost, Affects.NOTHING]
    """For images of 32 × 32 pixels."""
    at_64: Annotated[NetworkCost | None, Affects.NOTHING] = None
    """For images of 64 × 64 pixels, if the model is made for them."""
    at_128: Annotated[NetworkCost | None, Affects.NOTHING] = None
    """For images of 128 × 128 pixels."""
    at_256: Annotated[NetworkCost | None, Affects.NOTHING] = None
    """For images of 256 × 256 pixels."""

    def stated(self, image_size: int) -> tuple[int, NetworkCost]:
        """The largest size that is stated and no larger than `image_size`, and the cost at that size."""
        known = {256: self.at_256, 128: self.at_128, 64: self.at_64}
        return next(((size, cost) for size, cost in known.items() if cost and size <= image_size), (32, self.at_32))


class PresetBase(Closed):
    """The settings that every family has: the networks, their size, and how they are trained."""

    networks: ClassVar[tuple[str, ...]]
    """The networks that the family needs from its model."""
    description: Annotated[Text, Affects.REPORT] = ""
    """One line for the report: what this model is."""
    good_for: Annotated[str, StringConstraints(pattern=LINE, max_length=56), Affects.NOTHING] = ""
    """One line for `make presets`: when to take this preset."""
    source: Annotated[Text, Affects.NOTHING] = ""
    """Source of the numbers, such as a paper's table."""
    cost: Annotated[NetworkCosts | None, Affects.NOTHING] = None
    """Size of the networks, from which the time and memory of jobs are estimated. No result depends on it."""
    sampling: Annotated[SamplingSettings, Affects.SAMPLES] = SamplingSettings()
    """Settings for sampling images after training. Changing them never retrains."""
    export: Annotated[list[Format], Affects.EXPORT] = Field([])
    """Formats to export the run to, in one folder with a model card: `onnx`, `litert`, `png`; none by default."""
    project: Annotated[Pictures, Affects.PROJECTION] = Field([], max_length=MOST_PICTURES, exclude_if=equals([]))
    """Pictures to find in latent space, for the run's page: paths of files, absolute, from `~`, or relative to the
    study's file. Changing them never retrains, nor samples again."""
    family: Annotated[str, NETWORKS]
    """Training objective: a file of `workflow/easel/training/objectives/`."""
    model: Annotated[Name, NETWORKS]
    """Networks: the file `workflow/easel/models/<model>.py`."""
    latent_dim: Annotated[int, NETWORKS] = Field(ge=1, le=16_384)
    """Length of a latent vector, sampled from N(0, 1)."""
    width: Annotated[int, NETWORKS] = Field(ge=1, le=4_096)
    """Channels of the layer with the highest resolution, or of that with 64 × 64 pixels if images have 128 or more; the
    other layers have multiples of it, and finer ones half as many at each doubling."""
    epochs: Annotated[LengthIfSet, Affects.OUTPUT, ProbedAs(1.0)] = Field(None, exclude_if=is_unset)
    """Passes of the discriminator (or encoder) over the training images. Fractions are allowed."""
    minutes: Annotated[LengthIfSet, Affects.OUTPUT] = Field(None, exclude_if=is_unset)
    """Minutes of training, in place of `epochs`: a measurement on this machine turns them into epochs, once."""
    start_from: Annotated[StartIfSet, Affects.OUTPUT] = Field(None, exclude_if=is_unset)
    """Trained networks to start from: `<study>/<run>/seed-<k>`, a training of the results folder, or the path of a
    .keras file, a generator. Layers of the same name and shape take its weights. A training starts over when the
    weights change, wherever they are."""
    batch_size: Annotated[int, NETWORKS] = Field(ge=2)
    """Images per step."""
    learning_rate: Annotated[float, Affects.STEPS, ProbedAs(1e-4)] = Field(gt=0)
    """Adam's learning rate."""
    beta_1: Annotated[float, Affects.STEPS] = Field(0.9, ge=0, lt=1)
    """Adam's decay rate of the mean gradient."""
    beta_2: Annotated[float, Affects.STEPS] = Field(0.999, ge=0, lt=1)
    """Adam's decay rate of the mean squared gradient."""
    decay: Annotated[Literal["constant", "linear", "cosine", "cooldown"], Affects.STEPS] = "constant"
    """Schedule of the learning rates over the epochs: `constant`; `linear` or `cosine` down to `decay_to`; or
    `cooldown`, constant for the first half, then linear down to `decay_to`. With a decay, a training starts over when
    its epochs change, because every step depends on them."""
    decay_to: Annotated[float, Affects.STEPS] = Field(0.0, ge=0, lt=1, exclude_if=equals(0.0))
    """Learning rate at the end, as a fraction of that at the start. It needs a `decay`."""
    flip: Annotated[Flip, NETWORKS] = "auto"
    """Mirror each training image with probability 1/2. `auto`: if the dataset is `mirrorable`."""
    ema_decay: Annotated[float, SWITCH, ProbedAs(0.99)] = Field(0.0, ge=0, lt=1)
    """Sample, encode and decode with an exponential moving average of the weights, which has this decay per step of the
    generator; 0 is off."""
    precision: Annotated[
        Literal["auto", "float32", "mixed_bfloat16", "mixed_float16"],
        Affects.RESOLVED_BY_DEVICE | Affects.COST,
    ] = "auto"
    """Arithmetic of the networks. `auto`: mixed_bfloat16 where the device supports it natively, mixed_float16 with
    loss scaling on GPUs with older tensor cores, else float32."""
    jit_compile: Annotated[Literal["auto", True, False], Affects.RESOLVED_BY_DEVICE | Affects.COST] = "auto"
    """Compile steps with XLA. `auto`: on a GPU, but not on a CPU, where it is slower."""
    deterministic: Annotated[bool, NETWORKS] = False
    """Use only GPU operations that give the same bits every time, which is slower. On a CPU, `threads: 1`
    gives the same bits; with several threads, the last digits can differ."""
    gpu: Annotated[int, Affects.OUTPUT | Affects.COST] = Field(1, ge=0)
    """GPUs that share each batch; 0 trains on the CPU, as does any number on a machine without a GPU."""
    stream: Annotated[Literal["auto", True, False], Affects.OUTPUT | Affects.COST] = "auto"
    """Read each batch from the prepared file instead of keeping all images in memory. `auto`: where memory is short."""
    on_collapse: Annotated[Literal["continue", "stop"], Affects.OUTPUT] = "continue"
    """`stop` ends a run that has collapsed (near-identical samples, or a discriminator that always wins)."""
    log_every: Annotated[int, Affects.OUTPUT] = Field(50, ge=1)
    """Steps per row of history.csv."""
    draw_every: Annotated[int, Affects.STEPS] = Field(200, ge=1)
    """Steps between two sample grids in progress/, always of the same latents."""
    checkpoint_every: Annotated[float, Affects.OUTPUT] = Field(1.0, gt=0)
    """Epochs between two checkpoints; there is one every 50 seconds, too."""

    @field_validator("model")
    @classmethod
    def has_the_networks(cls, model: str) -> str:
        found = model_of(model).networks
        if missing := [network for network in cls.networks if network not in found]:
            raise ValueError(
                f"model '{model}' has no {' and no '.join(missing)}; its family needs {', '.join(cls.networks)}"
            )
        return model

    @property
    def known_epochs(self) -> float:
        """The epochs; a ValueError while there are only `minutes`, which `easel.config.budgets` turns into epochs."""
        if self.epochs is None:
            raise ValueError("minutes should have been replaced by epochs (easel.config.budgets)")
        return self.epochs

    @property
    def is_conditional(self) -> bool:
        """True if the networks take the images' classes."""
        return False

    @property
    def spectrally_normalised(self) -> tuple[str, ...]:
        """The networks whose kernels are divided by their spectral norm."""
        return ()

    @property
    def frozen(self) -> int:
        """The number of the discriminator's convolutions that are not trained."""
        return getattr(self, "freeze", 0)

    @property
    def state_settings(self) -> dict[str, Any]:
        """The settings that a training's state depends on: a training continues only from one with equal values.

        Where learning rates decay, that includes the epochs, on which every step's rate depends. What the device makes
        of the settings that affect RESOLVED_BY_DEVICE is for the training to add.
        """
        names = {*names_of(type(self), Affects.STEPS), *(("epochs",) if self.decay != "constant" else ())}
        return self.model_dump(include=names)

    @model_validator(mode="after")
    def ends_by_one_setting(self):
        if self.epochs is None and self.minutes is None:
            raise ValueError("epochs: this key is missing; set it, or minutes")
        if self.epochs is not None and self.minutes is not None:
            raise ValueError("epochs and minutes are both set; remove one of them")
        return self

    @model_validator(mode="after")
    def decays_to_an_end(self):
        if self.decay_to and self.decay == "constant":
            raise ValueError(
                f"decay_to is {self.decay_to:g}, but decay is constant; set decay to linear, cosine or cooldown, or "
                "remove decay_to"
            )
        return self

    @model_validator(mode="after")
    def freezes_what_is_trained(self):
        if self.frozen and self.start_from is None:
            raise ValueError("freeze keeps layers as they were trained, so it needs start_from; set that, or freeze: 0")
        if self.frozen and self.start_from is not None and self.start_from.endswith(KERAS_FILE):
            raise ValueError(
                f"freeze keeps layers of a trained discriminator, and a {KERAS_FILE} file has the generator only; "
                "let start_from name a training, or set freeze: 0"
            )
        return self

    @model_validator(mode="after")
    def samples_a_class_only_if_conditional(self):
        if self.sampling.label and not self.is_conditional:
            raise ValueError(
                f"sampling.label asks for the class '{self.sampling.label}', but the run is not conditional; "
                "remove it, or use a preset of the family gan with 'conditional: true'"
            )
        return self

    @model_validator(mode="after")
    def is_shared_evenly(self):
        if self.gpu > 1 and self.batch_size % self.gpu:
            raise ValueError(f"batch_size {self.batch_size} cannot be shared evenly by {self.gpu} GPUs")
        if self.gpu > 1 and self.jit_compile is True:
            raise ValueError("jit_compile: true needs a single GPU; set jit_compile: auto, or gpu: 1")
        return self


class Gan(PresetBase):
    """A generator and a discriminator, trained against each other."""

    networks: ClassVar = ("generator", "discriminator")
    family: Annotated[Literal["gan"], NETWORKS]
    """`gan`: the training objective, a file of `workflow/easel/training/objectives/`."""
    loss: Annotated[Literal["non_saturating", "least_squares", "hinge", "wasserstein", "relativistic"], NETWORKS] = (
        "non_saturating"
    )
    """Adversarial loss."""
    conditional: Annotated[bool, NETWORKS] = False
    """Give both networks the images' classes, so that images of a chosen class can be sampled. Only with models that
    support it."""
    aux_classifier_weight: Annotated[float, SWITCH, ProbedAs(1.0)] = Field(0.0, ge=0)
    """Weight of an auxiliary classifier's cross-entropy (AC-GAN): the discriminator also classifies training images,
    and the generator learns to be classified as requested; 0 is off. Needs `conditional` and a model that supports
    it."""
    spectral_norm: Annotated[Literal["none", "discriminator", "both"], NETWORKS] = "none"
    """Networks whose kernels are divided by their spectral norm."""
    gradient_penalty: Annotated[float, SWITCH, ProbedAs(1.0)] = Field(0.0, ge=0)
    """Weight of the penalty on gradient norms other than 1 between real and generated images (WGAN-GP); 0 is off."""
    r1: Annotated[float, SWITCH, ProbedAs(1.0)] = Field(0.0, ge=0)
    """Weight of half the squared gradient norm at real images; 0 is off."""
    r2: Annotated[float, SWITCH, ProbedAs(1.0)] = Field(0.0, ge=0)
    """Weight of half the squared gradient norm at generated images; 0 is off."""
    lecam: Annotated[float, SWITCH, ProbedAs(1.0)] = Field(0.0, ge=0)
    """Weight of the LeCam regularisation: the squared distance of real logits from the moving average of generated
    ones, and the reverse; 0 is off."""
    bcr: Annotated[float, SWITCH, ProbedAs(1.0)] = Field(0.0, ge=0, exclude_if=equals(0.0))
    """Weight of balanced consistency regularisation (bCR): the squared distance of the discriminator's logits of images
    and of the same images moved by up to an eighth and, if `flip` is on, mirrored; 0 is off."""
    augment: Annotated[Augmentations, NETWORKS] = Field([])
    """Random differentiable augmentations of every image that the discriminator sees; none by default. `ada` is
    adaptive discriminator augmentation, whose probability follows the discriminator; the others are of DiffAugment."""
    ada_target: Annotated[float, Affects.STEPS] = Field(0.6, gt=-1, lt=1, exclude_if=equals(0.6))
    """For `augment: ada`: the mean sign of the logits of training images above which the probability rises."""
    ada_images: Annotated[float, Affects.STEPS] = Field(100_000.0, gt=0, exclude_if=equals(100_000.0))
    """For `augment: ada`: the images after which the probability would have risen from 0 to 1; the paper has 500,000,
    and trains on 25 million."""
    discriminator_learning_rate: Annotated[float, Affects.STEPS] = Field(0.0, ge=0)
    """Adam's learning rate for the discriminator; 0 means `learning_rate`."""
    freeze: Annotated[int, Affects.STEPS] = Field(0, ge=0, exclude_if=equals(0))
    """The discriminator's first convolutions that stay as they are in `start_from`, with what belongs to them (FreezeD,
    Mo et al. 2020); 0 is off."""
    n_dis: Annotated[int, NETWORKS] = Field(1, ge=1)
    """Discriminator steps per generator step."""
    match_statistics: Annotated[bool, Affects.STEPS] = False
    """Fit each snapshot's generator to the training images: batch normalisation's statistics anew, for the weights
    that the snapshot has, and the mean and the deviation of each colour channel. Only for models whose last convolution
    has a bias."""

    @property
    def is_conditional(self) -> bool:
        return self.conditional

    @property
    def spectrally_normalised(self) -> tuple[str, ...]:
        return {"none": (), "discriminator": ("discriminator",), "both": self.networks}[self.spectral_norm]

    @model_validator(mode="after")
    def fits_its_model(self):
        model = model_of(self.model)
        if self.conditional and not model.can_be_conditional:
            able = models_with("can_be_conditional")
            raise ValueError(f"model '{self.model}' cannot be conditional; set conditional: false, or use {able}")
        if self.aux_classifier_weight and not self.conditional:
            raise ValueError("aux_classifier_weight needs 'conditional: true'; set that, or aux_classifier_weight: 0")
        if self.aux_classifier_weight and not model.has_aux_classifier:
            raise ValueError(
                f"model '{self.model}' has no auxiliary classifier; set aux_classifier_weight: 0, "
                f"or use {models_with('has_aux_classifier')}"
            )
        return self

    @model_validator(mode="after")
    def follows_a_sign(self):
        if "ada" in self.augment and self.loss not in ADA_LOSSES:
            *others, last = ADA_LOSSES
            raise ValueError(
                f"augment: ada follows how many training images the discriminator takes for real, which the loss "
                f"'{self.loss}' does not say; use {', '.join(others)} or {last}, or a list such as "
                "augment: [translation]"
            )
        return self

    @model_validator(mode="after")
    def shifts_colours_by_a_bias(self):
        if self.match_statistics and not model_of(self.model).has_image_bias:
            raise ValueError(
                f"match_statistics shifts colours by the bias of the generator's last convolution, and that of model "
                f"'{self.model}' has none; set match_statistics: false, or use {models_with('has_image_bias')}"
            )
        return self

    @model_validator(mode="after")
    def penalises_gradients_of_single_images(self):
        if model_of(self.model).has_gradients_per_image:
            return self
        for name in ("gradient_penalty", "r1", "r2"):
            if getattr(self, name):
                raise ValueError(
                    f"{name} is of the gradient at each image, but the discriminator of model '{self.model}' has batch "
                    f"normalisation, which mixes the images of a batch; set {name}: 0, or use "
                    f"{models_with('has_gradients_per_image')}"
                )
        return self


class Autoencoder(PresetBase):
    """An encoder and a decoder, with `latent_dim` numbers per image between them."""

    prior: Annotated[Literal["standard_normal", "gaussian_mixture"], NETWORKS] = "standard_normal"
    """Distribution of the latents that samples are decoded from: N(0, 1), or a Gaussian mixture that is fitted to the
    training images' latents."""
    components: Annotated[int, NETWORKS] = Field(10, ge=1)
    """Components of the Gaussian mixture."""


class Vae(Autoencoder):
    """A variational autoencoder, trained on the evidence lower bound."""

    networks: ClassVar = ("encoder", "decoder")
    family: Annotated[Literal["vae"], NETWORKS]
    """`vae`: the training objective, a file of `workflow/easel/training/objectives/`."""
    likelihood: Annotated[Literal["bernoulli", "gaussian", "laplace", "discretised_logistic"], NETWORKS] = "bernoulli"
    """Distribution of a pixel given the decoder's output. On the scale -1..1, `gaussian` has unit variance and
    `laplace` unit scale; `discretised_logistic` is over 8-bit levels, so that its bound can be published in bits per
    dimension."""
    scale: Annotated[float, Affects.STEPS] = Field(0.1, gt=0)
    """Scale of `discretised_logistic`, in pixel values of -1..1; its standard deviation is 1.81 times as large."""
    beta: Annotated[float, Affects.STEPS] = Field(1.0, ge=0)
    """Weight of the KL divergence; 1 gives the evidence lower bound."""
    warm_up: Annotated[float, Affects.STEPS] = Field(0.0, ge=0)
    """Epochs over which the weight of the KL divergence rises from 0."""
    free_bits: Annotated[float, Affects.STEPS] = Field(0.0, ge=0)
    """KL divergence per latent dimension that is not penalised (nats)."""


class Rae(Autoencoder):
    """A regularised autoencoder: deterministic, and sampled from a distribution fitted to its latents (Ghosh et al.
    2020)."""

    networks: ClassVar = ("encoder", "decoder")
    family: Annotated[Literal["rae"], NETWORKS]
    """`rae`: the training objective, a file of `workflow/easel/training/objectives/`."""
    prior: Annotated[Literal["gaussian_mixture"], NETWORKS] = "gaussian_mixture"
    """Distribution of the latents that samples are decoded from; nothing makes the latents follow N(0, 1)."""
    embedding_penalty: Annotated[float, Affects.STEPS, ProbedAs(0.03)] = Field(ge=0)
    """Weight of half the squared norm of an image's latents, relative to nats per image."""
    decoder_penalty: Annotated[float, Affects.STEPS, ProbedAs(2e-3)] = Field(ge=0)
    """Weight of the sum of the squared kernels of the decoder's layers, relative to nats per image."""


class VqVae(PresetBase):
    """An autoencoder of discrete codes from a codebook, with a learned prior over them (van den Oord et al. 2017)."""

    networks: ClassVar = ("encoder", "codebook", "decoder", "prior")
    family: Annotated[Literal["vq_vae"], NETWORKS]
    """`vq_vae`: the training objective, a file of `workflow/easel/training/objectives/`."""
    codes: Annotated[int, NETWORKS] = Field(256, ge=2)
    """Entries of the codebook."""
    code_dim: Annotated[int, NETWORKS] = Field(ge=1)
    """Length of a codebook entry."""
    commitment: Annotated[float, Affects.STEPS] = Field(0.25, ge=0)
    """Weight of the commitment loss: the encoder's squared distance from the chosen entries (the paper's beta)."""

    @field_validator("latent_dim")
    @classmethod
    def is_a_grid(cls, latent_dim: int) -> int:
        """Each position of the grid of codes takes one latent number; the grid is the image halved a few times."""
        if latent_dim not in GRIDS:
            raise ValueError(
                f"{latent_dim} codes make no square that images are halved to; there may be "
                f"{', '.join(map(str, GRIDS[:-1]))} or {GRIDS[-1]}"
            )
        return latent_dim

    @staticmethod
    def grids_of(image_size: int) -> list[int]:
        """The numbers of codes that images of this height and width can have."""
        halved = [image_size >> halvings for halvings in range(1, image_size.bit_length())]
        return [grid for grid in GRIDS if isqrt(grid) in halved]

    @model_validator(mode="after")
    def is_not_truncated(self):
        """Each latent number chooses a code, in no order: a truncated one would leave out arbitrary codes."""
        if self.sampling.truncation is not None:
            raise ValueError(
                f"sampling.truncation is {self.sampling.truncation:g}, but the latents of a vq_vae choose codes and "
                "cannot be truncated; remove it, or set sampling: {truncation: null} for this run"
            )
        return self

    @model_validator(mode="after")
    def is_not_for_litert(self):
        """Rounded to 32 bits, the prior's probabilities would choose other codes in some images of a thousand."""
        if "litert" in self.export:
            others = [each for each in self.export if each != "litert"]
            raise ValueError(
                "export: litert computes in 32 bits, but the prior of a vq_vae chooses its codes in 64; "
                f"set export: [{', '.join(others)}] for this run"
            )
        return self


class VaeGan(Autoencoder):
    """A VAE whose reconstruction error is measured in a GAN discriminator's features (Larsen et al. 2016)."""

    networks: ClassVar = ("encoder", "decoder", "discriminator")
    family: Annotated[Literal["vae_gan"], NETWORKS]
    """`vae_gan`: the training objective, a file of `workflow/easel/training/objectives/`."""
    reconstruction_weight: Annotated[float, Affects.STEPS, ProbedAs(0.01)] = Field(gt=0)
    """Weight of the decoder's reconstruction error relative to its adversarial loss (the paper's gamma)."""
    pixel_weight: Annotated[float, SWITCH, ProbedAs(1.0)] = Field(0.0, ge=0)
    """Weight of the pixels' error in the reconstruction error, next to that of the features; the paper has 0."""
    freeze: Annotated[int, Affects.STEPS] = Field(0, ge=0, exclude_if=equals(0))
    """The discriminator's first convolutions that stay as they are in `start_from`, with what belongs to them (FreezeD,
    Mo et al. 2020); 0 is off."""
    equilibrium: Annotated[float, Affects.STEPS] = Field(0.68, gt=0)
    """Adversarial loss around which discriminator and decoder are kept in balance (nats)."""
    margin: Annotated[float, Affects.STEPS] = Field(0.35, ge=0)
    """Distance of the discriminator's losses from the equilibrium at which one side pauses (nats)."""


Preset = Annotated[Gan | Vae | Rae | VqVae | VaeGan, Field(discriminator="family")]
FAMILIES: tuple[type[PresetBase], ...] = get_args(get_args(Preset)[0])
AUTOENCODERS = (Vae, Rae, VqVae, VaeGan)
GRIDS = (4, 9, 16, 36, 64, 144, 256)  # positions in a grid of codes; 9, 36 and 144 for images of 48 and 96 pixels
