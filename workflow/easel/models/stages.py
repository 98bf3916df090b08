"""The stages of a network, from the size of its images: their resolutions, and how many channels they have.

Networks grow by stages. One for 32 × 32 pixels starts at 4 × 4 or 8 × 8 and doubles the resolution a few times; 64, 128
and 256 each add a stage. 48 and 96 have the stages of 32 and 64, with half as many pixels again each way.

Up to 64 × 64 (or 96 × 96), `width` channels at the image's own resolution become twice as many at each halving. Each
doubling beyond that halves them, as in progressive growing (Karras et al. 2018, arXiv 1710.10196, table 2), where a
stage then costs about as much as the one before: the coarse stages are those of 64 × 64.
"""

LARGE = 64
"""Pixels of a side, of which twice as many halve the channels."""
FEWEST = 16
"""Channels that are not halved any more."""


def resolutions(image_size: int, coarsest: int = 4) -> list[int]:
    """The resolutions of a network's stages, from coarse to fine: 4, 8, … up to `image_size`, and 6, 12, … to 48.

    coarsest: the first of them at sizes that are powers of 2.
    """
    found = [image_size]
    while found[-1] >= 2 * coarsest:
        found.append(found[-1] // 2)
    return found[::-1]


def full_size(image_size: int) -> int:
    """The finest resolution whose channels are not halved: that of the images, or 64 if they are of 128 or more."""
    return image_size // max(1, image_size // LARGE)


def channels_at(resolution: int, image_size: int, width: int) -> int:
    """`width` channels at the image's resolution, twice as many at each halving; images of 128 or more have `width` at
    64 × 64, and beyond that half as many at each doubling."""
    full = full_size(image_size)
    return width * full // resolution if resolution <= full else thinned(width, resolution)


def thinned(channels: int, resolution: int) -> int:
    """`channels` up to 64 × 64 (or 96 × 96), half as many at each doubling beyond, but FEWEST at least."""
    return max(min(channels, FEWEST), channels // max(1, resolution // LARGE))
