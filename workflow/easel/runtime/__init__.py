"""The base of every job: console, files, receipts, errors, addresses, GPUs, claims, interruption.

Imports nothing else of Easel.

console.py        messages on the terminal and in the job's log, progress, errors in one line
addresses.py      addresses without their passwords and signatures
surroundings.py   what a process needs: standard streams, an encoding, a home folder, enough open files
errors.py         the exception whose message is shown to the user
files.py          atomic writes, JSON, checksums
receipts.py       the files that each step wrote, with checksums: what changes later is noticed
cpu.py            the model and the flags of the CPU, and the threads of NumPy
lean_keras.py     Keras and TensorFlow, without what Easel does not use of them
gpus.py           which GPUs a job takes, so that two jobs on one machine take different ones
claims.py         which processes use a results folder, and whose Snakemake changes it
interruption.py   signals: cleaning up, or saving a training before it ends
records.py        base classes of remarks in results files
memory.py         peak memory of this process
"""
