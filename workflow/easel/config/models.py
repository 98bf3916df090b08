"""The models: the networks of each, and the settings that each network takes.

To add a model `mine`, write workflow/easel/models/mine.py with a function per network, and one line here:

    "mine": Model({"generator": DECODER, "discriminator": DISCRIMINATOR}),

A conditional network takes `classes`, too, and a discriminator with an auxiliary classifier `aux_classifier_weight`.
One with batch normalisation is declared as such, because gradient penalties are not for it.
A preset that asks for something else is refused before TensorFlow, which takes seconds to import, is loaded;
tests/models/test_models.py holds each line against the functions. No result depends on this file, and so it is no part
of a training's code (`easel.tracking.fingerprint`): another line here re-runs nothing.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

SIZES = (32, 48, 64, 96, 128, 256)
"""Heights and widths of images that models are made for, in pixels."""


class Model(NamedTuple):
    """The networks of one file of workflow/easel/models/."""

    networks: Mapping[str, tuple[str, ...]]
    """Network -> what its function takes: settings of the preset, `image_size` and `classes`."""
    sizes: tuple[int, ...] = SIZES
    """Heights and widths of images for which its networks can be built."""

    batch_norm_discriminator: bool = False
    """True if the discriminator has batch normalisation, so that an image's logit depends on the rest of the batch."""

    convolutions: Callable[[int], int] | None = None
    """Height and width of the images -> the number of the discriminator's convolutions; None without one."""

    shares_latents: bool = False
    """True if the generator's first layer and each of its blocks take a share of the latents."""

    def fewest_latents(self, image_size: int) -> int:
        """The least `latent_dim`. A block doubles the resolution, from 4 × 4 (or 6 × 6) pixels to `image_size`."""
        return (image_size // 4).bit_length() if self.shares_latents else 1

    unbiased_images: bool = False
    """True if the generator's last convolution has no bias."""

    @property
    def has_image_bias(self) -> bool:
        """True if the model has a generator whose last convolution has a bias, by which its colours can be shifted."""
        return "generator" in self.networks and not self.unbiased_images

    @property
    def can_be_conditional(self) -> bool:
        """True if every network can take the images' classes."""
        return all("classes" in taken for taken in self.networks.values())

    @property
    def has_aux_classifier(self) -> bool:
        """True if the discriminator can also classify images."""
        return "aux_classifier_weight" in self.networks.get("discriminator", ())

    @property
    def has_gradients_per_image(self) -> bool:
        """True if the discriminator treats each image by itself, so that its gradient at one can be penalised."""
        return "discriminator" in self.networks and not self.batch_norm_discriminator


def halvings(always: int, each: int) -> Callable[[int], int]:
    """`always`, and `each` more for each halving of the resolution, from the images down to 4 × 4 (or 6 × 6) pixels."""
    return lambda image_size: always + each * ((image_size // 4).bit_length() - 1)


ENCODER = DECODER = ("image_size", "latent_dim", "width")
DISCRIMINATOR = ("image_size", "width")
CONDITIONAL_GAN = {"generator": (*DECODER, "classes"), "discriminator": (*DISCRIMINATOR, "classes")}

MODELS = {
    "biggan": Model(CONDITIONAL_GAN, convolutions=halvings(5, 3), shares_latents=True),
    "conv_vae": Model({"encoder": ENCODER, "decoder": DECODER}),
    "dcgan": Model(
        {"generator": DECODER, "discriminator": DISCRIMINATOR},
        batch_norm_discriminator=True,
        convolutions=halvings(1, 1),
    ),
    "lean_gan": Model(
        {
            "generator": (*DECODER, "classes"),
            "discriminator": (*DISCRIMINATOR, "classes", "aux_classifier_weight"),
        },
        convolutions=halvings(1, 1),
    ),
    "r3gan": Model(
        {"generator": DECODER, "discriminator": DISCRIMINATOR}, convolutions=halvings(4, 4), unbiased_images=True
    ),
    "rae": Model({"encoder": ENCODER, "decoder": DECODER}),
    "resnet_gan": Model(CONDITIONAL_GAN, convolutions=halvings(1, 3)),
    "sngan": Model({"generator": DECODER, "discriminator": DISCRIMINATOR}, convolutions=halvings(1, 2)),
    "tutorial_dcgan": Model(
        {"generator": DECODER, "discriminator": DISCRIMINATOR},
        sizes=(32, 48, 64, 96),  # the tutorial's two strided layers are too few to see more
        convolutions=lambda image_size: 2,
        unbiased_images=True,
    ),
    "vae": Model({"encoder": ENCODER, "decoder": DECODER}),
    "vae_gan": Model(
        {"encoder": ENCODER, "decoder": DECODER, "discriminator": DISCRIMINATOR},
        batch_norm_discriminator=True,
        convolutions=lambda image_size: 4 + max(0, (image_size // 64).bit_length() - 1),
    ),
    "vq_vae": Model(
        {
            "encoder": (*ENCODER, "code_dim"),
            "codebook": ("latent_dim", "codes", "code_dim"),
            "decoder": (*DECODER, "code_dim"),
            "prior": ("latent_dim", "width", "codes"),
        }
    ),
}
"""Every model, by the name of its file."""


def model_of(name: str) -> Model:
    """A model by name. An unknown one is a ValueError that lists the known ones."""
    if name not in MODELS:
        raise ValueError(f"no model '{name}'; there are {', '.join(MODELS)}")
    return MODELS[name]


def unfit_size(name: str, image_size: int) -> str:
    """Why a model cannot make images of this height and width, as the end of a sentence; "" if it can."""
    sizes = model_of(name).sizes
    if image_size in sizes:
        return ""
    *others, last = map(str, sizes)
    return f"model {name} makes images of {', '.join(others)} or {last} pixels a side, not of {image_size}"


def models_with(capability: str) -> str:
    """The names of the models that have a property of `Model`, for an error message."""
    *others, last = (name for name, model in MODELS.items() if getattr(model, capability))
    return f"{', '.join(others)} or {last}" if others else last
