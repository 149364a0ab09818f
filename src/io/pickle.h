#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace fude::io {

/// Index of a value in its PickleTree.
using PickleRef = uint32_t;

/// A value of a pickle, as data: a call is a record of what would be called with what. Nothing is ever executed.
struct PickleValue {
  enum class Kind {
    kNone,
    kBool,        // integer
    kInt,         // integer
    kLongInt,     // text: more than 64 bits, little-endian two's complement
    kFloat,       // number
    kText,        // text
    kBytes,       // text
    kTuple,       // items
    kList,        // items; sets too
    kDict,        // items: key, value, key, value, ...
    kGlobal,      // module, text: a class or function by its name
    kObject,      // callable, arguments; state if it was set; items as a list or dict subclass got them
    kPersistent,  // arguments: what identifies an object outside the pickle
  };
  Kind kind = Kind::kNone;
  PickleRef callable = 0;
  PickleRef arguments = 0;
  PickleRef state = 0;  // 0: the tree's first value, which is always None
  int64_t integer = 0;
  double number = 0.0;
  std::string_view text;  // a view into the pickle
  std::string_view module;
  std::vector<PickleRef> items;
};

/// The values of one pickle. A value may contain itself: walk with bounds.
struct PickleTree {
  std::vector<PickleValue> values;
  PickleRef root = 0;
  std::size_t size = 0;  // bytes of the pickle, its STOP included

  const PickleValue& operator[](PickleRef ref) const { return values[ref]; }
};

/// Reads one pickle (protocols 2 to 5) from the start of `bytes`, which must outlive the tree. `name` is the file's
/// name for messages. Opcodes are an allow-list: extension registry, out-of-band buffers and the text opcodes of
/// protocol 0 are refused, and so are pickles of over two million values. Throws Error(kCorruptFile). Format: Python's
/// Lib/pickletools.py documents every opcode.
PickleTree read_pickle(std::span<const std::byte> bytes, std::string_view name);

}  // namespace fude::io
