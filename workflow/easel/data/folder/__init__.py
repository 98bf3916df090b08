"""A folder of pictures of any size as a dataset: found, decoded in several processes, split, and accounted for."""
