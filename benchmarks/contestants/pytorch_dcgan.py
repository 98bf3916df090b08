"""PyTorch on the networks of `tutorial_dcgan`: pytorch_dcgan.py IMAGES.npy SETTING THREADS BATCH_SIZE

SETTING: float32, bfloat16 (autocast) or compiled (bfloat16 and torch.compile), all in channels_last. The same
mathematics as Easel's step: one pass of the generator, from which both networks learn.
Runs in an environment of its own: PyTorch is no dependency of Easel's.
"""

import sys
from contextlib import nullcontext

import numpy as np
import torch
import torch._functorch.config
from contestant import serve
from torch import nn
from torch.nn import functional

LATENT_DIM, WIDTH = 100, 64


def generator(image_size: int) -> nn.Sequential:
    start = image_size // 4
    return nn.Sequential(
        nn.Linear(LATENT_DIM, start * start * 4 * WIDTH, bias=False),
        nn.BatchNorm1d(start * start * 4 * WIDTH),
        nn.LeakyReLU(0.3),
        nn.Unflatten(1, (4 * WIDTH, start, start)),
        nn.ConvTranspose2d(4 * WIDTH, 2 * WIDTH, 5, 1, 2, bias=False),
        nn.BatchNorm2d(2 * WIDTH),
        nn.LeakyReLU(0.3),
        nn.ConvTranspose2d(2 * WIDTH, WIDTH, 5, 2, 2, 1, bias=False),
        nn.BatchNorm2d(WIDTH),
        nn.LeakyReLU(0.3),
        nn.ConvTranspose2d(WIDTH, 3, 5, 2, 2, 1, bias=False),
        nn.Tanh(),
    )


def discriminator(image_size: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(3, WIDTH, 5, 2, 2),
        nn.LeakyReLU(0.3),
        nn.Dropout(0.3),
        nn.Conv2d(WIDTH, 2 * WIDTH, 5, 2, 2),
        nn.LeakyReLU(0.3),
        nn.Dropout(0.3),
        nn.Flatten(),
        nn.Linear(2 * WIDTH * (image_size // 4) ** 2, 1),
    )


def main(images: str, setting: str, threads: str, batch_size: str) -> None:
    torch.set_num_threads(int(threads))
    torch._functorch.config.donated_buffer = False  # two gradients go through one pass of the discriminator
    torch.manual_seed(0)
    batch_size = int(batch_size)
    pixels = torch.from_numpy(np.load(images).transpose(0, 3, 1, 2).copy()).contiguous(
        memory_format=torch.channels_last
    )
    networks = [build(pixels.shape[2]).to(memory_format=torch.channels_last) for build in (generator, discriminator)]
    optimizers = [torch.optim.Adam(network.parameters(), 1e-4, fused=True) for network in networks]
    precision = nullcontext() if setting == "float32" else torch.autocast("cpu", torch.bfloat16)
    draw, judge = [torch.compile(network) for network in networks] if setting == "compiled" else networks

    def work() -> int:
        real = pixels[torch.randint(len(pixels), (batch_size,))].float() / 127.5 - 1.0
        with precision:
            fake = draw(torch.randn(batch_size, LATENT_DIM))
            real_logits, fake_logits = judge(real).float(), judge(fake).float()
        ones, zeros = torch.ones_like(fake_logits), torch.zeros_like(fake_logits)
        entropy = functional.binary_cross_entropy_with_logits
        losses = [entropy(fake_logits, ones), entropy(real_logits, ones) + entropy(fake_logits, zeros)]
        gradients = [
            torch.autograd.grad(loss, list(network.parameters()), retain_graph=network is networks[0])
            for loss, network in zip(losses, networks, strict=True)
        ]
        for network, optimizer, values in zip(networks, optimizers, gradients, strict=True):
            for parameter, value in zip(network.parameters(), values, strict=True):
                parameter.grad = value
            optimizer.step()
        return batch_size

    serve(work)


if __name__ == "__main__":
    main(*sys.argv[1:])
