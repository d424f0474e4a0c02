#!/usr/bin/env python3
"""Writes an ONNX model in JSON of a given size: base64 weights, or many small nodes."""
import argparse
import base64
import os


def write_weights(out, size):
    """About `size` bytes: float tensors of up to 79 MB of base64 each, and one node that uses each."""
    chunk = 3 * (1 << 20)
    text = base64.b64encode(os.urandom(chunk)).decode()
    per_tensor = 24 * 3 * (1 << 20)
    count = max(1, round(size * 3 / 4 / per_tensor))
    per_tensor = size * 3 // 4 // count // chunk * chunk
    out.write('{\n  "ir_version": "8",\n  "graph": {\n    "node": [\n')
    nodes = [f'      {{"input": ["w{i}"], "output": ["y{i}"], "op_type": "Relu"}}' for i in range(count)]
    out.write(",\n".join(nodes) + '\n    ],\n    "name": "bench",\n    "initializer": [\n')
    for i in range(count):
        out.write(f'      {{\n        "dims": ["{per_tensor // 4}"],\n        "data_type": 1,\n')
        out.write(f'        "name": "w{i}",\n        "raw_data": "')
        for _ in range(per_tensor // chunk):
            out.write(text)
        out.write('"\n      }' + (",\n" if i + 1 < count else "\n"))
    out.write('    ]\n  },\n  "opset_import": [{"domain": "", "version": "17"}]\n}\n')


def write_nodes(out, size):
    """About `size` bytes of nodes with attributes."""
    out.write('{"ir_version": "8", "graph": {"node": [\n')
    written, i = 0, 0
    while written < size:
        node = (f'{{"input": ["v{i}"], "output": ["v{i + 1}"], "name": "node_{i}", "op_type": "Conv", '
                '"attribute": [{"name": "kernel_shape", "ints": ["3", "3"], "type": "INTS"}, '
                '{"name": "alpha", "f": 0.25, "type": "FLOAT"}]}')
        out.write((",\n" if i else "") + node)
        written += len(node) + 2
        i += 1
    out.write('], "name": "bench"}, "opset_import": [{"version": "17"}]}\n')


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("output")
    parser.add_argument("--megabytes", type=int, default=500)
    parser.add_argument("--form", choices=["weights", "nodes"], default="weights")
    arguments = parser.parse_args()
    with open(arguments.output, "w", encoding="ascii") as out:
        write = write_weights if arguments.form == "weights" else write_nodes
        write(out, arguments.megabytes * 1_000_000)


if __name__ == "__main__":
    main()
