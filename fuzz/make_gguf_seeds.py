#!/usr/bin/env python3
"""Writes the seeds of the gguf fuzz target (corpus/gguf/). Needs the standard library only."""
import os
import struct

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "corpus", "gguf")
U32, I32, F32, BOOL, STRING, ARRAY = 4, 5, 6, 7, 8, 9


def text(value):
    return struct.pack("<Q", len(value)) + value.encode()


def entry(key, kind, value):
    return text(key) + struct.pack("<I", kind) + value


def file(entries, tensors, version=3, alignment=32):
    head = b"GGUF" + struct.pack("<IQQ", version, len(tensors), len(entries)) + b"".join(entries)
    data = b""
    for name, sizes, kind, content in tensors:
        data += bytes(-len(data) % alignment)
        head += text(name) + struct.pack(f"<I{len(sizes)}QIQ", len(sizes), *sizes, kind, len(data))
        data += content
    return head + bytes(-len(head) % alignment) + data


def blocks(kind, size, elements):
    return (f"t{kind}", [elements], kind, bytes(range(size)))


SEEDS = {
    "empty": file([], []),
    "plain": file([entry("a", STRING, text("b"))], [("w", [2, 1], 0, bytes(8)), ("h", [1], 1, bytes(2))], version=2),
    "entries": file([entry("u", U32, struct.pack("<I", 1)), entry("f", F32, struct.pack("<f", 1)),
                     entry("b", BOOL, b"\1"), entry("l", ARRAY, struct.pack("<IQii", I32, 2, 1, 2)),
                     entry("s", ARRAY, struct.pack("<IQ", STRING, 1) + text("x"))], []),
    "aligned": file([entry("general.alignment", U32, struct.pack("<I", 8))], [("w", [1], 30, bytes(2))], alignment=8),
    "shaped": file([entry("comfy.gguf.orig_shape.w", ARRAY, struct.pack("<IQiii", I32, 3, 8, 4, 1))],
                   [("w", [32], 8, bytes(34))]),
    "small_blocks": file([], [blocks(2, 18, 32), blocks(3, 20, 32), blocks(6, 22, 32), blocks(7, 24, 32),
                              blocks(8, 34, 32)]),
    "large_blocks": file([], [blocks(10, 84, 256), blocks(11, 110, 256), blocks(12, 144, 256), blocks(13, 176, 256),
                              blocks(14, 210, 256)]),
}

os.makedirs(FOLDER, exist_ok=True)
for name, content in SEEDS.items():
    with open(os.path.join(FOLDER, name), "wb") as out:
        out.write(content)
