"""TensorBoard's event files."""

import pytest
import tensorflow as tf


def test_every_row_and_picture_is_written_once_in_order_even_after_a_stop(training_of, tmp_path):
    board = tmp_path / "board"
    training_of("vae", states=tmp_path / "s", board=board, epochs=1).run()
    training = training_of("vae", states=tmp_path / "s", board=board)
    training.run()
    scalars, pictures = {}, []
    for file in sorted(board.iterdir()):
        for event in tf.compat.v1.train.summary_iterator(str(file)):
            for value in event.summary.value:
                if value.tag == "samples":
                    pictures.append(event.step)
                else:
                    scalars.setdefault(value.tag, []).append((event.step, float(tf.make_ndarray(value.tensor))))
    assert scalars.keys() == {"loss", "reconstruction", "kl", "diversity", "collapsed"}
    for name, values in scalars.items():
        assert values == [(row["step"], pytest.approx(row[name], rel=1e-6)) for row in training.state.rows()]
    assert pictures == [0, 3, 6, 8]
