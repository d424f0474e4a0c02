# This script checks the layout of a bundle as any safetensors reader would, and prints its contents.
import json
import struct
import sys

data = open(sys.argv[1], "rb").read()
size = struct.unpack("<Q", data[:8])[0]
header = json.loads(data[8 : 8 + size])
metadata = header.pop("__metadata__", {})
assert (8 + size) % 64 == 0, "the data must start at a multiple of 64"
end = 0
for name, tensor in sorted(header.items(), key=lambda item: item[1]["data_offsets"]):
    begin, stop = tensor["data_offsets"]
    assert begin == end, f"{name} leaves a hole or overlaps"
    assert name.startswith("pad/") or begin % 64 == 0, f"{name} is not aligned"
    end = stop
    if not name.startswith("pad/"):
        print("tensor", name, tensor["dtype"], tensor["shape"])
assert 8 + size + end == len(data), "the file must end with the last tensor"
for key, value in sorted(metadata.items()):
    if key != "azulejo.plan":
        print(key, value)
plan = json.loads(metadata["azulejo.plan"]) if "azulejo.plan" in metadata else {}
for key, value in plan.items():
    if key != "programs":
        print(key, json.dumps(value))
for program in plan.get("programs", []):
    for key, value in program.items():
        if key != "steps":
            print(key, json.dumps(value))
    for step in program["steps"]:
        print("step", json.dumps(step))
