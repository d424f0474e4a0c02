# This file compares two .npy files of f16 or f32 numbers.
"""Usage: compare.py A.npy B.npy [RTOL [ATOL]]"""
import ast
import struct
import sys

FORMATS = {"<f2": "e", "<f4": "f"}


def read(path):
    """The shape of an array and its numbers."""
    data = open(path, "rb").read()
    size = 2 if data[6] == 1 else 4
    start = 8 + size + int.from_bytes(data[8:8 + size], "little")
    header = ast.literal_eval(data[8 + size:start].decode())
    letter = FORMATS[header["descr"]]
    count = (len(data) - start) // struct.calcsize(letter)
    return header["shape"], struct.unpack(f"<{count}{letter}", data[start:])


def main():
    rtol, atol = (float(text) for text in (sys.argv[3:5] + ["1e-3", "1e-3"])[:2])
    (shape, left), (other, right) = read(sys.argv[1]), read(sys.argv[2])
    if shape != other:
        sys.exit(f"error: shapes differ: {shape} and {other}")
    wrong = [i for i, (a, b) in enumerate(zip(left, right)) if not abs(a - b) <= atol + rtol * abs(b)]
    if wrong or not any(left):
        where = ", ".join(f"[{i}] {left[i]} and {right[i]}" for i in wrong[:5])
        sys.exit(f"error: {len(wrong)} of {len(left)} numbers differ: {where or 'all are zero'}")
    print(f"{len(left)} numbers agree")


main()
