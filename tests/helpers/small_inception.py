"""A frozen graph like the Inception of 2015, but small: the same node names and kinds, and the same fixed batch of 1.

    write(tmp_path / "classify_image_graph_def.pb")     # or anything that ends in .tgz; returns what it wrote

Its weights are random and what it says of an image means nothing, but it tells images apart.
"""

import io
import tarfile
from pathlib import Path

import numpy as np
import tensorflow as tf

MEMBER = "classify_image_graph_def.pb"
PRODUCER = 8  # the version of graphs from 9 on that may no longer hold a BatchNormWithGlobalNormalization


def write(path: Path, features: int = 64, seed: int = 0) -> Path:
    """Write the graph, as it is or packed together with another file where the name ends in .tgz."""
    content = small_inception(features, seed).SerializeToString()
    path.write_bytes(packed({"LICENSE": b"Apache", MEMBER: content}) if path.suffix == ".tgz" else content)
    return path


def packed(members: dict[str, bytes]) -> bytes:
    """A .tgz of files, by name."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as tar:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return archive.getvalue()


def small_inception(features: int = 64, seed: int = 0) -> tf.compat.v1.GraphDef:
    """The graph: from a JPEG file through two stages of convolutions to `features` numbers and 1,008 probabilities."""
    drawing = Drawing(np.random.default_rng(seed))
    node, constant, convolution = drawing.node, drawing.constant, drawing.convolution

    constant("DecodeJpeg/contents", b"")
    node("DecodeJpeg", "DecodeJpeg", ["DecodeJpeg/contents"], channels=3)
    node("Cast", "Cast", ["DecodeJpeg"], SrcT=tf.uint8, DstT=tf.float32)
    constant("ExpandDims/dim", np.int32(0))
    node("ExpandDims", "ExpandDims", ["Cast", "ExpandDims/dim"], T=tf.float32)  # (1, H, W, 3)
    constant("ResizeBilinear/size", np.int32([299, 299]))
    node("ResizeBilinear", "ResizeBilinear", ["ExpandDims", "ResizeBilinear/size"], T=tf.float32)
    constant("Sub/y", np.float32(128))
    node("Sub", "Sub", ["ResizeBilinear", "Sub/y"], T=tf.float32)
    constant("Mul/y", np.float32(1 / 128))
    node("Mul", "Mul", ["Sub", "Mul/y"], T=tf.float32)

    convolution("conv", "Mul", (8, 8, 3, 16), stride=8)  # (1, 38, 38, 16)
    node("pool", "MaxPool", ["conv"], T=tf.float32, ksize=[1, 3, 3, 1], strides=[1, 2, 2, 1], padding="VALID")
    convolution("mixed/conv", "pool", (1, 1, 16, features // 2), stride=2)
    convolution("mixed/tower/conv", "pool", (3, 3, 16, features - features // 2), stride=2)
    constant("mixed/join/concat_dim", np.int32(3))
    node("mixed/join", "Concat", ["mixed/join/concat_dim", "mixed/conv", "mixed/tower/conv"], T=tf.float32, N=2)
    node("pool_3", "AvgPool", ["mixed/join"], T=tf.float32, ksize=[1, 9, 9, 1], strides=[1, 1, 1, 1], padding="VALID")

    constant("pool_3/_reshape/shape", np.int32([1, features]))
    node("pool_3/_reshape", "Reshape", ["pool_3", "pool_3/_reshape/shape"], T=tf.float32)
    constant("softmax/weights", drawing.random.normal(0, 1, (features, 1008)).astype(np.float32))
    node("softmax/logits/MatMul", "MatMul", ["pool_3/_reshape", "softmax/weights"], T=tf.float32)
    constant("softmax/biases", drawing.random.normal(0, 1, 1008).astype(np.float32))
    node("softmax/logits", "BiasAdd", ["softmax/logits/MatMul", "softmax/biases"], T=tf.float32)
    node("softmax", "Softmax", ["softmax/logits"], T=tf.float32)
    return annotated(drawing.graph)


class Drawing:
    """A graph that grows node by node, as none of today's functions would write it."""

    def __init__(self, random: np.random.Generator):
        self.random = random
        self.graph = tf.compat.v1.GraphDef()
        self.graph.versions.producer = PRODUCER

    def node(self, name: str, kind: str, inputs: list[str], **attributes) -> None:
        node = self.graph.node.add(name=name, op=kind, input=inputs)
        for key, value in attributes.items():
            match value:
                case tf.DType():
                    node.attr[key].type = value.as_datatype_enum
                case bool():
                    node.attr[key].b = value
                case int():
                    node.attr[key].i = value
                case float():
                    node.attr[key].f = value
                case str():
                    node.attr[key].s = value.encode()
                case list():
                    node.attr[key].list.i.extend(value)

    def constant(self, name: str, value) -> None:
        node = self.graph.node.add(name=name, op="Const")
        node.attr["value"].tensor.CopyFrom(tf.make_tensor_proto(value))
        node.attr["dtype"].type = node.attr["value"].tensor.dtype

    def convolution(self, name: str, source: str, kernel: tuple[int, int, int, int], stride: int) -> None:
        """A convolution, normalised with fixed statistics, checked and rectified."""
        spread = np.sqrt(2 / np.prod(kernel[:3]))
        self.constant(f"{name}/conv2d_params", self.random.normal(0, spread, kernel).astype(np.float32))
        strides = [1, stride, stride, 1]
        inputs = [source, f"{name}/conv2d_params"]
        self.node(f"{name}/Conv2D", "Conv2D", inputs, T=tf.float32, strides=strides, padding="SAME")
        normalised = [f"{name}/Conv2D"]
        for part, middle in {"moving_mean": 0.0, "moving_variance": 1.0, "beta": 0.5, "gamma": 1.0}.items():
            normalised.append(f"{name}/batchnorm/{part}")
            values = middle + self.random.uniform(-0.2, 0.2, kernel[3])
            self.constant(normalised[-1], values.astype(np.float32))
        self.node(
            f"{name}/batchnorm", "BatchNormWithGlobalNormalization", normalised,
            T=tf.float32, variance_epsilon=0.001, scale_after_normalization=False,
        )  # fmt: skip
        self.node(f"{name}/CheckNumerics", "CheckNumerics", [f"{name}/batchnorm"], T=tf.float32, message=name)
        guarded = [f"{name}/batchnorm", f"^{name}/CheckNumerics"]
        self.node(f"{name}/control_dependency", "Identity", guarded, T=tf.float32)
        self.node(name, "Relu", [f"{name}/control_dependency"], T=tf.float32)


def annotated(graph: tf.compat.v1.GraphDef) -> tf.compat.v1.GraphDef:
    """The same graph with remarks: the shapes of what each node gives, all of one image, and where two nodes belong."""
    with tf.Graph().as_default() as drawn:
        tf.graph_util.import_graph_def(graph, name="")
    for node in graph.node:
        outputs = drawn.get_operation_by_name(node.name).outputs
        node.attr["_output_shapes"].list.shape.extend(output.shape.as_proto() for output in outputs)
    nodes = {node.name: node for node in graph.node}
    nodes["pool_3"].attr["_class"].list.s.append(b"loc:@Cast")
    nodes["pool"].device = "/cpu:0"
    return graph
