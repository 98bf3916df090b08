"""The training engine, a loop for every family of models. Its files in reading order:

| file | content |
| --- | --- |
| `loop.py` | `train()`: the algorithm, in calls of many steps |
| `trainer.py` | `Trainer`: the networks, the objective, every variable, and the compiled function that takes steps |
| `schedule.py` | the steps at which something is due |
| `order.py`, `sources.py`, `batches.py` | a step's data: which images, where they are held, the batch from them |
| `steps.py` | many steps in one compiled call, on one device or several, with XLA or without |
| `objectives/` | the losses of a step, a file per family |
| `losses.py`, `likelihoods.py`, `divergences.py` | adversarial losses, reconstruction errors, KL divergences |
| `penalties.py`, `spectral_norm.py`, `augmentation.py`, `ada.py` | regularisers of a discriminator |
| `optimizers.py`, `ema.py` | Adam with its decays and loss scaling; moving averages of weights |
| `priors.py`, `codes.py` | sampling from autoencoders: mixtures of Gaussians, the codes of a VQ-VAE |
| `networks.py` | build, copy and describe networks |
| `layers.py`, `convolutions.py` | faster replacements of Keras layers |
| `start.py` | trained networks to start from: which layers take their weights |
| `state.py`, `state_key.py`, `checkpoints.py` | the step reached and its checkpoints; what a state depends on |
| `monitor.py`, `collapse.py`, `overfitting.py` | pictures, snapshots, signs of collapse and of overfitting |
| `history.py`, `tensorboard.py` | measurements |
| `devices.py`, `replicas.py` | threads, precision and GPUs; several devices as one |
| `record.py` | the outputs: networks, history.csv, train.json |

**A step is a stateless function of (seed, step).** Image order, flips, latents and noise come from counter-based
random operations. So there is no iterator to save, and a batch is the same whether images are in memory or streamed
from their file, on one device or on several. Dropout's masks come from a seed in the state that is incremented.

**A call takes many steps** and returns a row of metrics for each. Its length adapts to about a second: the rhythm of
the progress bar, of reacting to signals, and of noticing a loss that is no longer finite. A call never passes an
event of the schedule, and the division into calls changes no result. Every step's metrics are part of the state;
history.csv is computed from them at the end, so a different `log_every` restarts nothing.

**Networks are written in Keras's own layers** and exported so. While they train, `layers.accelerated` replaces batch
normalisation by TensorFlow's fused kernel, dropout by one that draws 16 random bits per value, and, in bfloat16 on a
CPU, the gradients of convolutions' kernels by matrix products: the originals took a disproportionate share of a step
(measured in benchmarks/README.md). Losses, logits, the arithmetic of
batch normalisation and the variables are float32 whatever the precision.

**A GAN's step runs the generator once:** both networks learn from one pass, as in the TensorFlow tutorial. Real and
generated images pass through the discriminator separately. Batch normalisation would mix them; and without it, one
pass over both was measured to be a third slower on a CPU, because the generator's gradient is then also computed for
the real half.

**XLA** compiles steps on one GPU. It is off on a CPU, where it would replace oneDNN's convolutions, and with several
devices. Batches are made outside of it, because XLA's normal distribution is another function of the same random
bits; dropout's bits are the same inside.

**Several devices** (`gpu: 2`) share each batch under `tf.distribute.MirroredStrategy`. Each takes its slice, batch
normalisation uses the statistics of the whole batch, and gradients are those of the whole batch's mean loss.
tests/training/test_replicas.py checks it with two logical CPU devices.

**The state survives a killed job.** It is in `<study>/<run>/seed-<k>/state/<fingerprint>/`, next to the outputs but
not declared to Snakemake, which deletes the outputs of a failed job. The fingerprint is a hash of the state key: the
settings that change a step's result, the precision, the data, the code and the seed. `state_key.json` holds the key
itself, and if there is only state with other keys, the log says what differs. A checkpoint is one .npz of every
variable (networks, singular vectors of normalised kernels, moving averages, optimisers, seeds of dropout) and of
every step's metrics, followed by its SHA-256. It is written to a new file, flushed and renamed; the two newest are
kept. A damaged one is skipped with a warning, and none is written if a variable is not finite. So an interrupted and
resumed training equals an uninterrupted one, bit for bit on one CPU thread; only r3gan has been seen to take one of two
courses there. On several threads, the order of some sums is not fixed: two runs of r3gan, tutorial_dcgan, vae_gan or
wgan_gp have been seen to differ in the last bits. `deterministic`, which is for GPUs, did not change that for r3gan on
two. benchmarks/fuzz_kills.py kills a training thirty times to check. Snapshots are kept after 1, 2, 4, 8, … epochs and
at the end. `tensorboard/`, also undeclared, is rewritten from the state by each job.

**Names are part of the numbers.** TensorFlow's graph optimiser sums gradients in an order that depends on the names
of layers and operations. Renaming a layer, or building networks or variables in another order, can change the last
bit of a result; benchmarks/same_numbers.py shows whether a change did.
"""

from easel.runtime.lean_keras import import_keras

import_keras()
