"""What the jobs of same_files.smk would do."""
