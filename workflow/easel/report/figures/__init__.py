"""Figures and grids of images, one file a kind."""
