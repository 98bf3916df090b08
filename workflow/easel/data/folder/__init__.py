"""A folder of pictures of any size as a dataset: found, decoded in several processes, split, and accounted for.

listing.py     which files are in a folder, and of which class; opens nothing
layout.py      which folders are splits and which are classes; refuses what is unclear
archive.py     the same in a zip, which is not unpacked
opening.py     a picture's file in either
looks.py       what a picture looks like, and which look alike
near_duplicates.py  those that do, in and across splits
tables.py      reading both tables that preparing writes
originals.py   some pictures whole and small, for a page
decode.py      one file as pixels, or the reason why not
worker.py      a process that decodes files
workers.py     starts these processes and hands them files
chance.py      the split by a hash of each file
reading.py     duplicates, the arrays, the account of every file
preparing.py   the same in a scratch folder on the disk of the results
problems.py    the kinds of problems
contents.py    a digest that changes when the pictures do

No file is trusted. Its header's size is checked before a pixel is decoded; only four of Pillow's decoders are used;
links out of the folder are not followed; whatever a decoder raises becomes a finding. A crash or an endless loop ends a
process and not the job: files are answered one by one, so it is known at which file a process ended, and another
process continues after it. A file may take one minute. The limit is an alarm whose default action ends the process,
because Python signal handlers do not run while a C decoder is executing.

The processes are plain children on pipes, not a `multiprocessing` pool: they end with their standard input, so even a
job that is killed leaves none behind, and a new one starts in a fifth of a second without running Snakemake's script
again. They write into one memory-mapped `.npy` file, whose disk space is allocated beforehand, because on a full disk
whoever writes there would be killed. No process holds more than the picture that it decodes.

Every call of Snakemake checks whether the pictures have changed. File times would be different for every copy, so
digests of contents are compared. They are kept with each file's size and time, and only a file whose size or time
changed is read again; of large files, only blocks are read (contents.py).
"""
