"""The split of pictures by chance: a position for each file that depends on its bytes and the seed only."""

import io

from easel.data.folder.chance import content_of, positions, split_position


def test_positions_are_of_distinct_contents(tmp_path):
    for name, content in (("a.png", b"one"), ("b.png", b"two"), ("again.png", b"one")):
        (tmp_path / name).write_bytes(content)
    found = positions(tmp_path, ["a.png", "b.png", "again.png", "gone.png"], 3, 100)
    assert found == sorted(split_position(content_of(io.BytesIO(content)), 3) for content in (b"one", b"two"))
    assert all(0 <= position < 1 for position in found)
    assert found != positions(tmp_path, ["a.png", "b.png"], 4, 100)
