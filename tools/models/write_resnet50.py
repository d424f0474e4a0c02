# This file writes ResNet-50 and its test cases, seeded random images.
"""Usage: write_resnet50.py FOLDER [--light] [--batches 1,2,5]

The light model of onnx has every weight of a layer equal, so that its output says little: seeded random
weights take their place. --light keeps the model's own."""
import argparse

import numpy
import onnx
from onnx import numpy_helper

import model_files

# What a weight means, by the operator that reads it and the position.
NORMALIZATION = {1: ("scale", 0.3, 0.7), 2: ("shift", -0.2, 0.2), 3: ("mean", -0.2, 0.2),
                 4: ("variance", 0.5, 1.5)}


def constant_shapes(graph):
    """The shape of each weight: an initializer's own, or the one that a ConstantOfShape is given."""
    known = {tensor.name: tensor for tensor in graph.initializer}
    shapes = {name: tuple(tensor.dims) for name, tensor in known.items()}
    for node in graph.node:
        if node.op_type == "ConstantOfShape":
            shapes[node.output[0]] = tuple(numpy_helper.to_array(known[node.input[0]]).tolist())
    return shapes


def seeded(random, node, position, shape):
    if node.op_type == "BatchNormalization":
        return random.uniform(*NORMALIZATION[position][1:], shape)
    if node.op_type == "Gemm":
        return random.normal(0, 0.03, shape)
    fan_in = int(numpy.prod(shape[1:]))
    return random.normal(0, (2 / fan_in) ** 0.5, shape)


def seed_weights(graph):
    """Makes every weight a seeded initializer, and drops the nodes and inputs that made it."""
    random = numpy.random.default_rng(50)
    shapes = constant_shapes(graph)
    weights = {}
    for node in graph.node:
        for position, name in enumerate(node.input):
            if node.op_type in ("Conv", "BatchNormalization", "Gemm") and name in shapes:
                value = seeded(random, node, position, shapes[name])
                weights.setdefault(name, value.astype(numpy.float32))
    nodes = [node for node in graph.node if node.op_type != "ConstantOfShape"]
    others = [tensor for tensor in graph.initializer
              if any(tensor.name in node.input for node in nodes) and tensor.name not in weights]
    del graph.node[:], graph.initializer[:]
    graph.node.extend(nodes)
    graph.initializer.extend(others)
    graph.initializer.extend(numpy_helper.from_array(value, name) for name, value in weights.items())


def make_batch_dynamic(graph):
    data, result = graph.input[0], graph.output[0]
    model_files.name_dims(data, ["batch", 3, 224, 224])
    model_files.name_dims(result, ["batch", 1000])
    reshape = next(node for node in graph.node if node.op_type == "Reshape")
    shape = next(tensor for tensor in graph.initializer if tensor.name == reshape.input[1])
    shape.CopyFrom(numpy_helper.from_array(numpy.array([0, -1], dtype=numpy.int64), shape.name))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder")
    parser.add_argument("--light", action="store_true", help="keep the light model's own weights")
    parser.add_argument("--batches", default="1,2,5", help="the batch size of each case")
    arguments = parser.parse_args()

    model = onnx.load(model_files.package_file("onnx", "backend", "test", "data", "light",
                                               "light_resnet50.onnx"))
    make_batch_dynamic(model.graph)
    if not arguments.light:
        seed_weights(model.graph)
        del model.graph.input[1:]
        model.ir_version = 4  # The first in which weights need not be inputs.
    name = model.graph.input[0].name
    cases = [{name: numpy.random.default_rng(seed).normal(0, 1, (int(count), 3, 224, 224))
                    .astype(numpy.float32)}
             for seed, count in enumerate(arguments.batches.split(","))]
    model_files.write_model(model, arguments.folder, cases)


main()
