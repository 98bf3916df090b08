"""Where a study's results come from: manifest.json, checking files against it, and exporting it as an RO-Crate."""
