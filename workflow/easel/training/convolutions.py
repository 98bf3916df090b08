"""Convolutions in bfloat16 on a CPU, whose kernels' gradients are matrix products.

The gradient with respect to a kernel is patchesᵀ · upstream. Where images are small, oneDNN's own kernel for it takes
up to seven times as long as copying the patches and multiplying, and was a third of a step of small GANs; where they
are large, the copies take longer. benchmarks/kernel_gradients.py measures both.
"""

import math

import keras
import tensorflow as tf

MOST_POSITIONS = 64
"""of the smaller image, and so patches of an image: 8 × 8"""
FEWEST_CHANNELS = 32
"""of the larger image: a patch's pixels are copied in runs of these"""


class Conv2D(keras.layers.Conv2D):
    """Keras's convolution, with the gradient of this module where it is the faster."""

    def convolution_op(self, inputs, kernel):
        if not has_fast_gradient(self, inputs):
            return super().convolution_op(inputs, kernel)
        return convolution(inputs, tf.convert_to_tensor(kernel), self.strides[0])


class Conv2DTranspose(keras.layers.Conv2DTranspose):
    """Keras's transposed convolution, likewise."""

    def call(self, inputs):
        if not has_fast_gradient(self, inputs) or self.output_padding is not None:
            return super().call(inputs)
        outputs = transposed_convolution(inputs, tf.convert_to_tensor(self.kernel), self.strides[0])
        if self.use_bias:
            outputs += tf.convert_to_tensor(self.bias)
        return self.activation(outputs)


def has_fast_gradient(layer: keras.Layer, inputs: tf.Tensor) -> bool:
    """True if a matrix product is the faster gradient of a layer's kernel, and this module can do the layer."""
    sides, stride = inputs.shape[1:3], layer.strides[0]
    can = (
        inputs.dtype == tf.bfloat16
        and not tf.config.list_logical_devices("GPU")
        and None not in sides
        and layer.padding == "same"
        and layer.data_format == "channels_last"
        and layer.strides in ((1, 1), (2, 2))
        and layer.kernel_size[0] == layer.kernel_size[1] >= max(2, stride)
        and layer.dilation_rate == (1, 1)
        and getattr(layer, "groups", 1) == 1
    )
    if not can:
        return False
    if isinstance(layer, keras.layers.Conv2DTranspose):
        return is_faster(positions=math.prod(sides), channels=layer.filters)
    return not any(side % stride for side in sides) and is_faster(math.prod(sides) // stride**2, inputs.shape[-1])


def is_faster(positions: int, channels: int) -> bool:
    """True if the product is faster. positions: height · width of the smaller image. channels: of the larger one."""
    return positions <= MOST_POSITIONS and channels >= FEWEST_CHANNELS


def convolution(images: tf.Tensor, kernel: tf.Tensor, stride: int) -> tf.Tensor:
    """Images (B, H, W, C) and a kernel (k, k, C, D) to (B, H / stride, W / stride, D), zero-padded. stride: 1 or 2."""

    @tf.custom_gradient
    def apply(images: tf.Tensor, kernel: tf.Tensor):
        def gradient(upstream: tf.Tensor):
            to_images = tf.nn.conv2d_transpose(upstream, kernel, tf.shape(images), stride, "SAME")
            return to_images, kernel_gradient(images, upstream, kernel.shape[0], stride)

        return tf.nn.conv2d(images, kernel, stride, "SAME"), gradient

    return apply(images, kernel)


def transposed_convolution(images: tf.Tensor, kernel: tf.Tensor, stride: int) -> tf.Tensor:
    """Images (B, H, W, D) and a kernel (k, k, C, D) to (B, H · stride, W · stride, C): the gradient of `convolution`
    with respect to its images."""
    batch, height, width = tf.shape(images)[0], images.shape[1] * stride, images.shape[2] * stride

    @tf.custom_gradient
    def apply(images: tf.Tensor, kernel: tf.Tensor):
        def gradient(upstream: tf.Tensor):
            to_images = tf.nn.conv2d(upstream, kernel, stride, "SAME")
            return to_images, kernel_gradient(upstream, images, kernel.shape[0], stride)

        large = tf.nn.conv2d_transpose(images, kernel, [batch, height, width, kernel.shape[2]], stride, "SAME")
        return large, gradient

    return apply(images, kernel)


def kernel_gradient(large: tf.Tensor, small: tf.Tensor, size: int, stride: int) -> tf.Tensor:
    """The gradient (k, k, C, D) of a kernel of `size` k between images (B, H, W, C) and (B, H / stride, W / stride, D).

    Images at stride 2 are first folded: the four pixels of a block become four times as many channels, so that patches
    are copied in long runs. The kernel is then padded to whole blocks.
    """
    height, width = small.shape[1:3]
    blocks = -(-size // stride)  # of a kernel, each way
    before = (size - stride) // 2
    (last_row, last_column) = ((side + blocks - 1) * stride - before for side in (height, width))
    padding = [[0, 0], [before, last_row - large.shape[1]], [before, last_column - large.shape[2]], [0, 0]]
    folded = tf.pad(large, padding)
    if stride == 2:
        folded = tf.nn.space_to_depth(folded, 2)
    places = [folded[:, i : i + height, j : j + width] for i in range(blocks) for j in range(blocks)]
    patches = tf.concat(places, axis=-1)  # (B, H / stride, W / stride, blocks² · stride² · C)
    product = tf.matmul(
        tf.reshape(patches, [-1, patches.shape[-1]]), tf.reshape(small, [-1, small.shape[-1]]), transpose_a=True
    )
    parts = tf.reshape(product, [blocks, blocks, stride, stride, large.shape[-1], small.shape[-1]])
    whole = tf.reshape(
        tf.transpose(parts, [0, 2, 1, 3, 4, 5]), [blocks * stride, blocks * stride, large.shape[-1], small.shape[-1]]
    )
    return whole[:size, :size]
