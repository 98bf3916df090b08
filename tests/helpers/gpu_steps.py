"""What a training step of a judge would do on a GPU, read from its graph."""

import re

import keras
import tensorflow as tf
from tensorflow.python.framework import config

# TensorFlow 2.21 refuses these on a GPU if operations must be deterministic (the strings are in its library).
WITHOUT_DETERMINISM = re.compile(
    "AdjustContrast|CropAndResizeGrad|ResizeNearestNeighborGrad|SparseTensorDenseMatMul|(Unsorted)?Segment|"
    "SoftmaxCrossEntropyWithLogits|SparseSoftmaxCrossEntropyWithLogits"
)


def deterministic_step(model: keras.Model, answers: int) -> set[str]:
    """The kinds of operations of a step of a compiled model that waits for nothing and is deterministic.

    model: of images (B, 32, 32, 3) to logits (B, answers). Its graph may have no condition, whose predicate the GPU
    would compute, and no operation that TensorFlow refuses.
    """
    step = tf.function(lambda images, labels: model.train_step((images, labels)))
    config.enable_op_determinism()  # Python's part of TensorFlow then chooses other operations
    try:
        graph = step.get_concrete_function(tf.zeros((8, 32, 32, 3)), tf.zeros((8, answers))).graph.as_graph_def()
    finally:
        config.disable_op_determinism()
    nodes = [*graph.node, *(node for function in graph.library.function for node in function.node_def)]
    kinds = {node.op for node in nodes}
    assert not [kind for kind in kinds if WITHOUT_DETERMINISM.match(kind)]
    assert all(node.attr["is_training"].b for node in nodes if node.op == "FusedBatchNormGradV3")
    assert not kinds & {"If", "StatelessIf", "Case", "While", "StatelessWhile"}
    compared = [node.name for node in nodes if node.op in ("Less", "Equal") and node.attr["T"].type == tf.int32]
    assert not compared  # integers of 32 bits are compared on the host
    return kinds
