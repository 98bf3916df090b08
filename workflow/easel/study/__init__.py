"""Reading a study: its file, the presets it names, datasets and judges, merged and checked."""
