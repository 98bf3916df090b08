"""benchmarks/player.py: what its rows hold. No time is tested."""

from benchmarks.player import COLUMNS, measure


def test_a_row_has_the_ready_time_and_the_time_of_an_image(browser, tmp_path):
    page = browser.new_context(offline=True).new_page()
    row = measure(page, tmp_path, "small", "dcgan", {"width": 4, "latent_dim": 16})
    name, weights, bits, megabytes, said, difference, first, each = row.strip("| ").split(" | ")
    assert len(COLUMNS) == 8
    assert (name, bits) == ("small", "16")
    assert float(weights) > 0
    assert float(megabytes) < 0.1
    assert int(said.split(", ")[1]) <= 1 >= int(difference)
    assert float(first) > float(each) > 0  # a worker starts and decodes the weights, which the page has not done before
    page.context.close()
