"""Number formats: durations, sizes, uncertainties, lists."""

import math

import pytest

from easel.report.page import numbers


@pytest.mark.parametrize(
    ("got", "wanted"),
    [
        (numbers.format_duration(0.43), "0.4 s"),
        (numbers.format_duration(22.7), "23 s"),
        (numbers.format_duration(59.7), "1 min"),
        (numbers.format_duration(61.2), "1 min 1 s"),
        (numbers.format_duration(3725), "1 h 2 min"),
        (numbers.format_duration(90000), "1 d 1 h"),
        (numbers.format_large_number(512), "512"),
        (numbers.format_large_number(9_999), "9,999"),
        (numbers.format_large_number(42_100), "42.1 k"),
        (numbers.format_large_number(999_999), "1 M"),
        (numbers.format_large_number(3_576_704), "3.58 M"),
        (numbers.format_epoch(3.07), "3.1"),
        (numbers.format_epoch(0.046), "0.05"),
        (numbers.format_epoch(150.0), "150"),
        (numbers.plural(1, "epoch"), "1 epoch"),
        (numbers.plural(0.5, "epoch"), "0.5 epochs"),
        (numbers.plural(3.0016, "epoch"), "3 epochs"),
        (numbers.plural(0.9984, "epoch"), "1 epoch"),
        (numbers.plural(10_000, "image"), "10,000 images"),
        (numbers.format_value(41.23, 0.83), "41.2 ± 0.8"),
        (numbers.format_value(312.52, 1.13), "312.5 ± 1.1"),
        (numbers.format_value(1234.5, 25), "1,234 ± 25"),
        (numbers.format_value(0.0123, 0.00097), "0.0123 ± 0.0010"),
        (numbers.format_value(-0.0002, 0.00018), "−0.00020 ± 0.00018"),
        (numbers.format_value(27.853, None, 2_000), "27.9"),
        (numbers.format_value(0.0, None, 2_000), "0"),
        (numbers.format_rounded(41.23, 0.83), "41.2"),
        (numbers.format_rounded(-41.23), "−41.23"),
        (numbers.format_rounded(-1.3e-7), "-1.3e-07"),
        (numbers.format_rounded(math.nan), "not a number"),
        (numbers.format_value(5.0), "5"),
        (numbers.format_value(5.0, 0.0), "5"),
        (numbers.format_value(math.nan, 1.0), "not a number"),
        (numbers.joined_with_and(["a", "b", "c"]), "a, b and c"),
        (numbers.joined_with_and([]), ""),
        (numbers.joined_with_dots(["a", "b"]), "a · b"),
        (numbers.format_device({"kind": "cpu", "name": "Zen", "threads": 2}), "2 threads of Zen"),
        (numbers.format_device({"kind": "gpu", "name": "H200", "threads": 16}), "H200"),
    ],
)
def test_number_formats(got, wanted):
    assert got.replace(numbers.NBSP, " ") == wanted


def test_rounding_error_is_no_uncertainty():
    assert numbers.format_value(0.9, 2.2e-16) == "0.9"
    assert numbers.format_value(0.0, 0.01) == "0.000 ± 0.010".replace(" ", numbers.NBSP)
