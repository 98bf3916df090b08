"""Shared by several tests: made-up results, small studies, a judge, a cluster."""
