"""Logged quantities: which columns share a panel."""

from helpers.altered_results import history

from easel.report.figures import quantities


def test_panel_for_each_logged_quantity():
    got = quantities.quantities_in(history(5, generator_loss=1, discriminator_loss=1, kl=3, gradient_penalty=2))
    assert [quantity.columns for quantity in got] == [
        ("generator_loss", "discriminator_loss"),
        ("kl",),
        ("gradient_penalty",),
    ]
    assert got[-1].title == "Gradient penalty"
