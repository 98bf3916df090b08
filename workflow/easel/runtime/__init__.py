"""What every job needs: console, files, errors, GPUs, interruption, memory."""
