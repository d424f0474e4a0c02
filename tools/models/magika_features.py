# This file turns files into the input of Magika's model, with the functions of the package magika.
import functools
import json

import numpy
from magika import Magika
from magika.types.seekable import Seekable

import model_files

MODEL = ("magika", "models", "standard_v3_3")


@functools.lru_cache(maxsize=None)
def config():
    return json.loads(model_files.package_file(*MODEL, "config.min.json").read_text())


def labels():
    """The content type that each position of the model's output stands for."""
    return config()["target_labels_space"]


def features(path):
    """2048 numbers: the first and the last 1024 bytes without white space around them, 256 as padding."""
    with open(path, "rb") as stream:
        found = Magika._extract_features_from_seekable(
            Seekable(stream), config()["beg_size"], config()["mid_size"], config()["end_size"],
            config()["padding_token"], config()["block_size"], config()["use_inputs_at_offsets"])
    return found.beg + found.mid + found.end


def batch(paths):
    return numpy.array([features(path) for path in paths], dtype=numpy.int32)
