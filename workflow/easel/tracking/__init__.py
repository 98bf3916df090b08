"""Code fingerprints, reasons for re-runs, and Snakemake's own records."""
