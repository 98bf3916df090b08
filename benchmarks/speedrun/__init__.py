"""The speedrun: the best samples of CIFAR-10 for a budget of CPU seconds. README.md has the rules and the commands.

rules.py      the rules, the entries, and the study that runs an entry
running.py    that study, run by the workflow
checks.py     whether results keep the rules
records.py    what entries have reached, and the tables of README.md
judging.py    samples of any origin, judged by every judge of a panel
"""
