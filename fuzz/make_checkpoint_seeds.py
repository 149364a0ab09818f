#!/usr/bin/env python3
"""Writes the seeds of the safetensors and checkpoint fuzz targets (corpus/). Needs the standard library only."""
import collections
import io
import json
import os
import pickle
import struct
import sys
import types
import zipfile

CORPUS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "corpus")


def write(folder, name, content):
    os.makedirs(os.path.join(CORPUS, folder), exist_ok=True)
    with open(os.path.join(CORPUS, folder, name), "wb") as file:
        file.write(content)


def safetensors(header, data_size):
    text = json.dumps(header, separators=(",", ":")).encode()
    return struct.pack("<Q", len(text)) + text + bytes(data_size)


def entry(dtype, shape, begin, end):
    return {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}


# Stand-ins whose pickles name the real classes and functions.
torch = types.ModuleType("torch")
utils = types.ModuleType("torch._utils")


def stand_in(module, name):
    made = type(name, (), {"__module__": module.__name__})
    setattr(module, name, made)
    return made


def rebuild_tensor(*_):
    pass


rebuild_tensor.__module__, rebuild_tensor.__qualname__ = "torch._utils", "_rebuild_tensor_v2"
utils._rebuild_tensor_v2 = rebuild_tensor


class Storage:
    def __init__(self, identity):
        self.identity = identity


class Tensor:
    def __init__(self, storage, offset, shape, strides):
        self.arguments = (storage, offset, shape, strides, False, collections.OrderedDict())

    def __reduce__(self):
        return rebuild_tensor, self.arguments


class Pickler(pickle.Pickler):
    def persistent_id(self, value):
        return value.identity if isinstance(value, Storage) else None


def pickled(value, protocol=2):
    buffer = io.BytesIO()
    Pickler(buffer, protocol).dump(value)
    return buffer.getvalue()


def zipped(structure, method, count_bytes):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        archive.writestr("a/data.pkl", structure)
        archive.writestr("a/byteorder", "little")
        archive.writestr("a/data/0", bytes(count_bytes))
    return buffer.getvalue()


def main():
    sys.modules.update({"torch": torch, "torch._utils": utils})
    half = stand_in(torch, "HalfStorage")
    write("safetensors", "empty", safetensors({}, 0))
    write("safetensors", "one", safetensors({"w": entry("F16", [2, 2], 0, 8)}, 8))
    write("safetensors", "metadata", safetensors({"__metadata__": {"format": "pt"}, "b": entry("BOOL", [], 0, 1)}, 1))
    write("safetensors", "other_types", safetensors({"a": entry("F8_E4M3", [1], 0, 1), "e": entry("I64", [0], 1, 1)}, 1))

    def tensor(*view):
        return Tensor(Storage(("storage", half, "0", "cpu", 4) + view), 1, (3, 1), (1, 1))

    state = collections.OrderedDict(w=tensor())
    for protocol in (2, 4, 5):
        write("checkpoint", f"pickle{protocol}", pickled({"state_dict": state, "epoch": 1, "lr": 0.5}, protocol))
    write("checkpoint", "zip_stored", zipped(pickled({"state_dict": state}), zipfile.ZIP_STORED, 8))
    write("checkpoint", "zip_deflated", zipped(pickled({"list": [tensor()]}), zipfile.ZIP_DEFLATED, 8))
    head = pickle.dumps(0x1950A86A20F9469CFC6C, 2) + pickle.dumps(1001, 2) + pickle.dumps({"little_endian": True}, 2)
    for name, view in (("legacy", None), ("legacy_view", ("v", 0, 4))):
        structure = pickled({"w": tensor(view)})
        write("checkpoint", name, head + structure + pickle.dumps(["0"], 2) + struct.pack("<q", 4) + bytes(8))


main()
