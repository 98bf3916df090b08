"""Building blocks of a page: HTML, number formats, styles, SVG and legends."""
