"""Metrics: pure functions of feature arrays, in float64. They import NumPy and SciPy only."""
