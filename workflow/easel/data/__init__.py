"""Sources of images: downloads, archive formats, folders, drawn shapes. All end in the same prepared arrays.

prepared.py        the prepared arrays and dataset.json
download.py        checked downloads with retries, and local archives
cifar10_binary.py, cifar100_binary.py, idx.py, svhn_mat.py   one archive format each: `read(archives, settings)`
cifar_archives.py  the parts that both CIFAR formats share
matlab5.py         numeric arrays of MATLAB files, for svhn_mat.py
bounded.py         streams and tar archives that are read within limits, against bombs
folder/            a folder of pictures of any size
shapes.py          the drawn dataset, the same to the last bit on every machine
shapes_factors.py  measures the factors of drawn images, and which of their modes samples reach
external.py        images from other tools, to be judged like samples; image_files.py and image_arrays.py read them
named_pictures.py, single_pictures.py   pictures that a study names one by one: which they are; as those of its dataset
picture_files.py   picture formats, printable file names, transparency
preview.py         a sheet of training images
lettering.py       names as pixels, in fonts that have their letters
classes.py, sizes.py   class names and sizes that are known before a dataset is prepared
sources.py         whether the files and folders that jobs read are within reach

A format of published files is a type in `easel.config.datasets`, whose `archives` names its files, and a module
`easel.data.<format>` with `read(archives, settings)`, which returns the class names and the splits. Each file is
downloaded by a job of its own and checked against its SHA-256.
"""
