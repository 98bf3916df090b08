"""A study for a folder of pictures, in one command.

make new STUDY=birds DATA=/path/to/pictures
python -m easel.new birds /path/to/pictures

__main__.py   starts the command
command.py    the command: its arguments, the check of the study, what it says
pictures.py   the pictures in a folder: how many, of which classes, how large, and what is left out
choices.py    the settings that suit them and this machine
study_text.py the study as a commented YAML file

**The study runs as it stands.** Before it is written, it is loaded as every study is, and Snakemake plans its jobs in a
dry run. Pictures are decoded by the same code as later: all of a small folder, and some of a large one.

**Nothing is overwritten, and nothing is written if anything is wrong.** The file is config/studies/<name>.yaml, where
`study=<name>` finds it, wherever the pictures are.
"""
