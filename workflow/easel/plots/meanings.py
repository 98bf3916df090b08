"""Every metric in words that a student understands."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Metric:
    """How a metric is called, which values are better, and what it says in plain words."""

    title: str
    wanted: str
    meaning: str


METRICS = {
    "fid": Metric(
        "FID",
        "lower",
        "Fréchet inception distance. The judge turns every image into a list of features; FID is the distance between "
        "the features of the samples and those of real images, as far as their means and covariances tell. 0 is a "
        "perfect match. It depends on the judge, on the number of samples and on the reference split, so only numbers "
        "that share all three can be compared.",
    ),
    "fid_infinity": Metric(
        "FID∞",
        "lower",
        "FID of few images is too high, the more the fewer they are. This is what it would be with infinitely many, "
        "from a straight line through the FIDs of smaller and smaller parts of the samples.",
    ),
    "kid": Metric(
        "KID",
        "lower",
        "Kernel inception distance: like FID a distance between features, but without a bias, so that it is fair to "
        "few images. Values slightly below 0 are chance.",
    ),
    "inception_score": Metric(
        "Inception Score",
        "higher",
        "How sure the judge is of each sample's class, and how evenly it sees all classes. It never looks at real "
        "images, so a model can do well by drawing one clear image of each class.",
    ),
    "precision": Metric(
        "precision",
        "higher",
        "The fraction of samples that lie among real images: how many look right.",
    ),
    "recall": Metric(
        "recall",
        "higher",
        "The fraction of real images that lie among the samples: how much of the variety is drawn at all. A model "
        "that has collapsed onto a few good images has high precision and low recall.",
    ),
    "density": Metric(
        "density",
        "higher",
        "Like precision, but it counts in how many real images' neighbourhoods a sample lies, so that one odd real "
        "image does not open a door. It can be above 1.",
    ),
    "coverage": Metric(
        "coverage",
        "higher",
        "Like recall: the fraction of real images with a sample in their neighbourhood.",
    ),
    "nearer": Metric(
        "nearer than held out",
        "0.5",
        "The chance that a sample lies nearer to some training image than an image does that no model has seen. 0.5 "
        "is as it should be; near 1 the model repeats what it was trained on; near 0 it is far from all real images.",
    ),
    "copies": Metric(
        "near copies",
        "0.01",
        "The fraction of samples that lie nearer to a training image than all but a hundredth of unseen images. "
        "0.01 is chance; much more calls for a look at the pairs that lie nearest.",
    ),
    "class_imbalance": Metric(
        "class imbalance",
        "lower",
        "How far the classes of the samples, as the judge sees them, are from the training images' shares: 0 is the "
        "same mixture, 1 has nothing in common with it.",
    ),
    "classes_drawn": Metric(
        "classes drawn",
        "higher",
        "The fraction of classes that are drawn at least a tenth as often as they should be.",
    ),
    "intra_class_fid": Metric(
        "intra-class FID",
        "lower",
        "The FID within each class, and the mean of them: whether the images of a class look like that class, and "
        "not only whether there are as many.",
    ),
    "reconstruction_mse": Metric(
        "reconstruction error",
        "lower",
        "The mean squared difference between the pixels of a test image and what the autoencoder makes of it, on the "
        "scale 0 to 1.",
    ),
    "psnr": Metric(
        "PSNR",
        "higher",
        "The same difference in decibels: 20 is a blur, 30 hard to tell apart.",
    ),
    "ssim": Metric(
        "SSIM",
        "higher",
        "Structural similarity of test images and their reconstructions: edges and textures rather than single "
        "pixels. 1 is the same image.",
    ),
    "elbo": Metric(
        "test ELBO",
        "higher",
        "The evidence lower bound, in nats per image: at least so probable are the test images to the model.",
    ),
    "bits_per_dimension": Metric(
        "bits per dimension",
        "lower",
        "The same bound as bits that each colour value of each pixel would take to store: 8 without any model.",
    ),
}

CHAPTERS = (
    ("fid", "fid_infinity", "kid", "inception_score", "precision", "recall", "density", "coverage"),
    ("intra_class_fid", "class_imbalance", "classes_drawn", "nearer", "copies"),
    ("reconstruction_mse", "psnr", "ssim", "elbo", "bits_per_dimension"),
)
"""Which metrics stand in one table."""

ROWS = {
    "samples": "samples",
    "reconstructions": "reconstructions",
    "test images": "test images (floor)",
    "pixel Gaussian": "pixel Gaussian (ceiling)",
}

REFERENCES = (
    "Test images are real images that no model was trained on, judged as if they were samples: about as good as it "
    "gets. The pixel Gaussian draws every pixel by itself, with the mean and deviation that it has in the training "
    "images: colours without shapes. Models beat it, but for very blurred ones: a judge that knows sharp images only "
    "finds blur as strange as noise."
)
