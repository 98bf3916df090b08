"""The devices that a judge is trained on."""


def use_training_devices(threads: int, gpus: int, label: str) -> None:
    """Use `threads` CPU threads, and wait for `gpus` GPUs. label: of the job, for the log.

    A GPU then uses only operations that give the same bits every time. Another judge would move every number of its
    dataset, so making one again on the same kind of device must give the same one.
    """
    import tensorflow as tf

    from easel.runtime.gpus import claim_gpus
    from easel.training.devices import use_threads

    claim_gpus(gpus, label)
    # By what TensorFlow sees: without nvidia-smi, a GPU is used and not claimed.
    use_threads(threads, branches=2, deterministic=bool(tf.config.list_physical_devices("GPU")))
