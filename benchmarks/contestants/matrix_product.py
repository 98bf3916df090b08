"""The FLOP/s of a plain matrix product: matrix_product.py DTYPE THREADS"""

import sys

import tensorflow as tf
from contestant import serve

from easel.training.devices import use_threads

SIZE = 2048


def main(dtype: str, threads: str) -> None:
    use_threads(int(threads))
    a, b = (tf.cast(tf.random.stateless_normal([SIZE, SIZE], [0, i]), dtype) for i in range(2))
    product = tf.function(lambda: tf.matmul(a, b))

    def work() -> float:
        for _ in range(8):
            result = product()
        result.numpy()
        return 8 * 2.0 * SIZE**3

    serve(work)


if __name__ == "__main__":
    main(*sys.argv[1:])
