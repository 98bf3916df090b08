"""The script of same_files.smk's jobs, which never run."""
