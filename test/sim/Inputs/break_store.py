# This file makes a bundle whose kernel stores beyond its output: one node, compiled, and its PTX changed.
"""Usage: break_store.py model FOLDER           a model of one node, Scale_7, and its input
          break_store.py break BUNDLE BROKEN    the bundle with every global store 1 MiB further on"""
import hashlib
import json
import pathlib
import re
import struct
import sys

ALIGN = 64  # of every tensor: docs/bundle-format.md


def write_model(folder):
    import numpy
    import onnx
    from onnx import TensorProto, helper

    folder.mkdir(parents=True, exist_ok=True)
    value = lambda name: helper.make_tensor_value_info(name, TensorProto.FLOAT, [8, 64])
    graph = helper.make_graph([helper.make_node("Mul", ["x", "x"], ["y"], "Scale_7")], "scale",
                              [value("x")], [value("y")])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    onnx.save_model(model, str(folder / "model.onnx.json"), format="json")
    numpy.save(folder / "x.npy", numpy.ones((8, 64), numpy.float32))


def break_bundle(source, target):
    data = source.read_bytes()
    length = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:8 + length])
    plan = json.loads(header["__metadata__"]["azulejo.plan"])
    name = plan["programs"][0]["kernels"][0]["ptx"]
    begin, end = header[name]["data_offsets"]
    text = data[8 + length + begin:8 + length + end].decode()
    text, count = re.subn(r"(st\.global[^\[]*\[%\w+)(\+\d+)?\]",
                          lambda m: f"{m[1]}+{int(m[2] or 0) + (1 << 20)}]", text)
    if not count or len(plan["programs"][0]["kernels"]) != 1:
        raise SystemExit(f"error: expected one kernel with global stores, got {count} stores")
    ptx = text.encode()
    renamed = "ptx/" + hashlib.sha256(ptx).hexdigest()[:16]
    plan["programs"][0]["kernels"][0]["ptx"] = renamed
    header = {"__metadata__": header["__metadata__"] | {"azulejo.plan": json.dumps(plan)},
              renamed: {"dtype": "U8", "shape": [len(ptx)], "data_offsets": [0, len(ptx)]}}
    head = json.dumps(header).encode()
    head += b" " * (-(8 + len(head)) % ALIGN)
    target.write_bytes(struct.pack("<Q", len(head)) + head + ptx)


if __name__ == "__main__":
    if sys.argv[1] == "model":
        write_model(pathlib.Path(sys.argv[2]))
    else:
        break_bundle(pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3]))
