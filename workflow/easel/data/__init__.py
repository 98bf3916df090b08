"""Where images come from: downloads, archive formats, drawn shapes, and the prepared arrays they all end in."""
