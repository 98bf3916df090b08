"""Provenance of a study: manifest.json, checking files against it, and exporting it as an RO-Crate.

manifest.py        builds manifest.json: outputs with checksums, configuration, code, packages, hardware
manifest_file.py   the part of manifest.json that is read again, and its validation
verify.py          `python -m easel.provenance.verify`: compares files with the manifest
crate.py           packs a study and its manifest as an RO-Crate
checkout.py        the files of the checkout that are packed
git.py             the commit of the checkout, and its uncommitted changes
hardware.py        package versions and hardware
"""
