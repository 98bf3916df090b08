"""`python -m easel.new birds /path/to/pictures`."""

import sys

from easel.new.command import main
from easel.runtime.surroundings import open_standard_streams

if __name__ == "__main__":
    open_standard_streams()
    sys.exit(main())
