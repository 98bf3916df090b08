"""The base of every job: console, files, receipts, errors, addresses, GPUs, claims, interruption.

Imports nothing else of Easel.

console.py        messages on the terminal and in the job's log, progress, errors in one line
addresses.py      addresses without their passwords and signatures
surroundings.py   standard streams, the encoding and the limit of open files of a process
errors.py         the exception whose message is shown to the user
files.py          atomic writes, JSON, checksums
receipts.py       the files that each step wrote, with checksums: what changes later is noticed
cpu.py            the model and the flags of the CPU
gpus.py           which GPUs a job takes, so that two jobs on one machine take different ones
claims.py         which processes are working on a results folder
interruption.py   signals: cleaning up, or saving a training before it ends
records.py        base classes of remarks in results files
memory.py         peak memory of this process
"""
