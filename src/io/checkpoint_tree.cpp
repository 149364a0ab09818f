#include "io/checkpoint_tree.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <utility>

#include "core/error.h"

namespace fude::io {
namespace {

using Kind = PickleValue::Kind;

constexpr int kMaxDepth = 16;
constexpr std::size_t kMaxDimensions = 16;
constexpr std::size_t kMaxNameBytes = 1024;
constexpr std::size_t kMaxMetadataBytes = 65536;
constexpr std::size_t kMaxTensors = 100'000;
constexpr std::size_t kMaxSteps = 10'000'000;

struct ElementType {
  std::string_view torch_storage, torch_dtype, type_name;
  uint64_t bytes;
};

// https://pytorch.org/docs/stable/storage.html and tensor_attributes.html. A storage without a class of its own comes
// as bytes (UntypedStorage).
constexpr std::array kElementTypes{
    ElementType{"DoubleStorage", "float64", "F64", 8},
    ElementType{"FloatStorage", "float32", "F32", 4},
    ElementType{"HalfStorage", "float16", "F16", 2},
    ElementType{"BFloat16Storage", "bfloat16", "BF16", 2},
    ElementType{"LongStorage", "int64", "I64", 8},
    ElementType{"IntStorage", "int32", "I32", 4},
    ElementType{"ShortStorage", "int16", "I16", 2},
    ElementType{"CharStorage", "int8", "I8", 1},
    ElementType{"ByteStorage", "uint8", "U8", 1},
    ElementType{"BoolStorage", "bool", "BOOL", 1},
    ElementType{"ComplexFloatStorage", "complex64", "C64", 8},
    ElementType{"ComplexDoubleStorage", "complex128", "complex128", 16},
    ElementType{"UntypedStorage", "", "bytes", 1},
    ElementType{"-", "uint16", "U16", 2},
    ElementType{"-", "uint32", "U32", 4},
    ElementType{"-", "uint64", "U64", 8},
    ElementType{"-", "float8_e4m3fn", "F8_E4M3", 1},
    ElementType{"-", "float8_e5m2", "F8_E5M2", 1},
};

std::string full_name(const PickleValue& global) { return fmt::format("{}.{}", global.module, global.text); }

bool is_global(const PickleValue& value, std::string_view module, std::string_view name) {
  return value.kind == Kind::kGlobal && value.module == module && value.text == name;
}

bool is_torch_module(std::string_view module) {
  return module == "torch" || module == "torch.cuda" || module == "torch.storage";
}

/// Which tensor-making function a global is; the allow-list of all that a checkpoint may "call" with effect.
enum class Rebuilder { kNone, kTensor, kTypedTensor, kParameter, kSubclass };

Rebuilder rebuilder(const PickleValue& callable) {
  if (is_global(callable, "torch._utils", "_rebuild_tensor_v2")) return Rebuilder::kTensor;
  if (is_global(callable, "torch._utils", "_rebuild_tensor")) return Rebuilder::kTensor;
  if (is_global(callable, "torch._utils", "_rebuild_tensor_v3")) return Rebuilder::kTypedTensor;
  if (is_global(callable, "torch._utils", "_rebuild_parameter")) return Rebuilder::kParameter;
  if (is_global(callable, "torch._utils", "_rebuild_parameter_with_state")) return Rebuilder::kParameter;
  if (is_global(callable, "torch._tensor", "_rebuild_from_type_v2")) return Rebuilder::kSubclass;
  return Rebuilder::kNone;
}

bool is_dictionary_class(const PickleValue& callable) {
  return is_global(callable, "collections", "OrderedDict") || is_global(callable, "collections", "defaultdict");
}

/// Reads tensors and dictionaries out of one tree.
class TensorFinder {
 public:
  TensorFinder(const PickleTree& tree, StorageSource& storages, uint64_t file_bytes, std::string_view name)
      : tree_(tree), storages_(storages), file_bytes_(file_bytes), name_(name) {}

  TensorListing find() {
    const PickleValue& root = tree_[tree_.root];
    const std::optional<Items> entries = dictionary_items(root);
    if (!entries) fail(ErrorCode::kCorruptFile, "'{}' holds {}, expected a dictionary of tensors", file(), kind(root));
    collect_metadata(*entries);
    if (const auto state_dict = state_dict_in(*entries)) {
      is_strict_ = true;
      collect(*state_dict, "", 0);
    } else {
      collect(tree_.root, "", 0);
    }
    if (listing_.tensors.empty()) {
      fail(ErrorCode::kCorruptFile, "'{}' holds no tensors, expected a dictionary of them", file());
    }
    return std::move(listing_);
  }

 private:
  using Items = std::vector<std::pair<PickleRef, PickleRef>>;

  std::string file() const { return printable(name_); }

  std::string kind(const PickleValue& value) const {
    if (value.kind == Kind::kObject && tree_[value.callable].kind == Kind::kGlobal) {
      return fmt::format("an object of '{}' (which is never run)", printable(full_name(tree_[value.callable])));
    }
    return value.kind == Kind::kObject ? "an object of an unknown class" : "a single value";
  }

  /// Keys and values of a dict or one of its known subclasses; nothing for any other value.
  std::optional<Items> dictionary_items(const PickleValue& value) {
    if (value.kind == Kind::kDict) return pairs(value.items);
    if (value.kind != Kind::kObject) return std::nullopt;
    const PickleValue& callable = tree_[value.callable];
    if (is_global(callable, "torch.nn.modules.container", "ParameterDict")) return parameter_dict_items(value);
    if (!is_dictionary_class(callable)) return std::nullopt;
    Items items = pairs(value.items);
    // Python 2 wrote OrderedDict([[key, value], ...]).
    const PickleValue& arguments = tree_[value.arguments];
    if (arguments.items.size() == 1) {
      spend(tree_[arguments.items[0]].items.size());
      for (const PickleRef ref : tree_[arguments.items[0]].items) {
        const PickleValue& pair = tree_[ref];
        if (pair.items.size() == 2) items.emplace_back(pair.items[0], pair.items[1]);
      }
    }
    return items;
  }

  Items pairs(const std::vector<PickleRef>& refs) {
    spend(refs.size());
    Items items;
    for (std::size_t i = 0; i + 1 < refs.size(); i += 2) items.emplace_back(refs[i], refs[i + 1]);
    return items;
  }

  /// Many objects may share one long list, so that going through it for each would take for ever.
  void spend(std::size_t steps) {
    step_count_ += steps;
    if (step_count_ > kMaxSteps) fail(ErrorCode::kCorruptFile, "'{}' has a structure without end", file());
  }

  /// A module that keeps its tensors in the dictionary "_parameters" of its state.
  std::optional<Items> parameter_dict_items(const PickleValue& module) {
    const PickleValue& state = tree_[module.state];
    if (state.kind != Kind::kDict) return std::nullopt;
    for (const auto& [key, value] : pairs(state.items)) {
      const PickleValue& parameters = tree_[value];
      const bool is_module = parameters.kind == Kind::kObject && !is_dictionary_class(tree_[parameters.callable]);
      if (tree_[key].text == "_parameters" && !is_module) return dictionary_items(parameters);
    }
    return std::nullopt;
  }

  std::optional<PickleRef> state_dict_in(const Items& entries) {
    for (const auto& [key, value] : entries) {
      if (tree_[key].kind == Kind::kText && tree_[key].text == "state_dict" && dictionary_items(tree_[value])) {
        return value;
      }
    }
    return std::nullopt;
  }

  void collect_metadata(const Items& entries) {
    std::size_t total = 0;
    for (const auto& [key, value] : entries) {
      const PickleValue& scalar = tree_[value];
      std::string text;
      switch (scalar.kind) {
        case Kind::kBool: text = scalar.integer != 0 ? "true" : "false"; break;
        case Kind::kInt: text = fmt::to_string(scalar.integer); break;
        case Kind::kFloat: text = fmt::to_string(scalar.number); break;
        case Kind::kText: text = scalar.text.substr(0, kMaxMetadataBytes); break;
        default: continue;
      }
      if (tree_[key].kind != Kind::kText || tree_[key].text.size() > kMaxNameBytes) continue;
      total += text.size() + tree_[key].text.size();
      if (total > kMaxMetadataBytes) return;  // one text may be named by many keys
      listing_.metadata.emplace(tree_[key].text, std::move(text));
    }
  }

  /// Adds the tensors in `ref` and below. A value that was met before is passed over: values may form loops.
  void collect(PickleRef ref, const std::string& prefix, int depth) {
    const PickleValue& value = tree_[ref];
    if (add_tensor(ref, prefix) || !visited_.insert(ref).second || depth == kMaxDepth) return;
    const std::optional<Items> entries = dictionary_items(value);
    const bool is_row = value.kind == Kind::kList || value.kind == Kind::kTuple;
    if (!entries && !is_row) return check_is_harmless(value, prefix);
    if (entries) {
      for (const auto& [key, item] : *entries) {
        if (const auto text = key_text(tree_[key])) collect(item, joined(prefix, *text), depth + 1);
      }
    } else {
      for (std::size_t i = 0; i < value.items.size(); ++i) {
        collect(value.items[i], joined(prefix, fmt::to_string(i)), depth + 1);
      }
    }
  }

  std::optional<std::string> key_text(const PickleValue& key) const {
    if (key.kind == Kind::kInt) return fmt::to_string(key.integer);
    if (key.kind != Kind::kText) return std::nullopt;
    if (key.text.size() > kMaxNameBytes) fail_long_name(key.text.size());
    return std::string(key.text);
  }

  std::string joined(const std::string& prefix, const std::string& key) const {
    std::string name = prefix.empty() ? key : prefix + "." + key;
    if (name.size() > kMaxNameBytes) fail_long_name(name.size());
    return name;
  }

  [[noreturn]] void fail_long_name(std::size_t size) const {
    fail(ErrorCode::kCorruptFile, "'{}' has a tensor name of {} bytes, expected at most {}", file(), size,
         kMaxNameBytes);
  }

  /// In a state_dict, something built by an unknown function may have been meant as a tensor: better say so than load
  /// a model without it. NumPy's scalars are counters.
  void check_is_harmless(const PickleValue& value, const std::string& name) const {
    if (!is_strict_ || value.kind != Kind::kObject) return;
    if (tree_[value.callable].module.starts_with("numpy")) return;
    fail(ErrorCode::kCorruptFile, "'{}': entry '{}' is {}, expected a tensor", file(), printable(name), kind(value));
  }

  bool add_tensor(PickleRef ref, const std::string& name) {
    const PickleValue& value = tree_[ref];
    if (value.kind != Kind::kObject) return false;
    std::optional<TensorRecord> record = rebuild(value.callable, value.arguments, name, 0);
    if (!record) return false;
    if (listing_.tensors.size() == kMaxTensors) {
      fail(ErrorCode::kCorruptFile, "'{}' has more than {} tensors, expected fewer", file(), kMaxTensors);
    }
    if (!listing_.tensors.emplace(name, std::move(*record)).second) fail_tensor(name, "is listed twice");
    return true;
  }

  template <typename... Args>
  [[noreturn]] void fail_tensor(const std::string& name, fmt::format_string<Args...> format, Args&&... args) const {
    fail(ErrorCode::kCorruptFile, "'{}': tensor '{}' {}", file(), printable(name),
         fmt::format(format, std::forward<Args>(args)...));
  }

  const PickleValue& argument(const PickleValue& arguments, std::size_t index, const std::string& name) const {
    if (index >= arguments.items.size()) {
      fail_tensor(name, "is rebuilt from {} values, expected more", arguments.items.size());
    }
    return tree_[arguments.items[index]];
  }

  /// What PyTorch's function of that name would make of the arguments; nothing for any other function.
  std::optional<TensorRecord> rebuild(PickleRef callable, PickleRef arguments_ref, const std::string& name, int depth) {
    const PickleValue& arguments = tree_[arguments_ref];
    switch (rebuilder(tree_[callable])) {
      case Rebuilder::kNone: return std::nullopt;
      case Rebuilder::kTensor: return tensor_record(arguments, nullptr, name);
      case Rebuilder::kTypedTensor: return tensor_record(arguments, &argument(arguments, 6, name), name);
      case Rebuilder::kParameter: {  // (tensor, requires_grad, hooks)
        const PickleValue& tensor = argument(arguments, 0, name);
        if (depth == kMaxDepth || tensor.kind != Kind::kObject) fail_tensor(name, "is a parameter without a tensor");
        return rebuild(tensor.callable, tensor.arguments, name, depth + 1);
      }
      case Rebuilder::kSubclass:  // (function, class, arguments, state)
        argument(arguments, 2, name);
        if (depth == kMaxDepth) fail_tensor(name, "is nested too deeply");
        return rebuild(arguments.items[0], arguments.items[2], name, depth + 1);
    }
    return std::nullopt;
  }

  std::vector<int64_t> numbers(const PickleValue& tuple, const std::string& name) const {
    if (tuple.kind != Kind::kTuple || tuple.items.size() > kMaxDimensions) {
      fail_tensor(name, "has {} dimensions, expected a tuple of at most {}", tuple.items.size(), kMaxDimensions);
    }
    std::vector<int64_t> result;
    for (const PickleRef ref : tuple.items) {
      const PickleValue& item = tree_[ref];
      if (item.kind != Kind::kInt || item.integer < 0) {
        fail_tensor(name, "has {} among its sizes or strides, expected whole numbers from 0",
                    item.kind == Kind::kInt ? fmt::to_string(item.integer) : "something else");
      }
      result.push_back(item.integer);
    }
    return result;
  }

  /// arguments: (storage, offset in elements, sizes, strides, ...). `dtype` overrides the storage's type.
  TensorRecord tensor_record(const PickleValue& arguments, const PickleValue* dtype, const std::string& name) {
    const PickleValue& storage = argument(arguments, 0, name);
    if (storage.kind != Kind::kPersistent) fail_tensor(name, "has no storage, expected one");
    StorageId id = storage_id(tree_, arguments.items[0], name_);
    std::span<const std::byte> bytes = storages_.bytes(id);
    bytes = bytes.subspan(id.view_begin * id.element_bytes, id.view_count * id.element_bytes);
    if (dtype != nullptr) apply_dtype(*dtype, id, name);
    TensorRecord record;
    record.type_name = id.type_name;
    record.type = tensor_type(id.type_name);
    record.shape = numbers(argument(arguments, 2, name), name);
    record.strides = numbers(argument(arguments, 3, name), name);
    const PickleValue& offset = argument(arguments, 1, name);
    if (offset.kind != Kind::kInt || offset.integer < 0) fail_tensor(name, "has no offset, expected a number from 0");
    record.bytes = covered_bytes(record, static_cast<uint64_t>(offset.integer), id.element_bytes, bytes, name);
    return record;
  }

  void apply_dtype(const PickleValue& dtype, StorageId& id, const std::string& name) const {
    const auto found = std::ranges::find(kElementTypes, dtype.text, &ElementType::torch_dtype);
    if (dtype.kind != Kind::kGlobal || dtype.module != "torch" || found == kElementTypes.end()) {
      fail_tensor(name, "has the unknown type '{}'", printable(dtype.text));
    }
    id.type_name = found->type_name;
    id.element_bytes = found->bytes;
  }

  /// The bytes from a tensor's first element to its last, checked against the storage.
  std::span<const std::byte> covered_bytes(const TensorRecord& record, uint64_t offset, uint64_t element_bytes,
                                           std::span<const std::byte> storage, const std::string& name) const {
    const std::optional<int64_t> count = checked_product(record.shape);
    // Repeated elements (stride 0) take no room in the file, but would once the tensor is copied.
    if (!count || record.shape.size() != record.strides.size() ||
        static_cast<uint64_t>(*count) > file_bytes_ / element_bytes) {
      fail_tensor(name, "has the impossible shape {} with strides {} in a file of {} bytes", shape_text(record.shape),
                  shape_text(record.strides), file_bytes_);
    }
    if (*count == 0) return {};
    uint64_t last = offset;
    bool is_outside = false;
    for (std::size_t i = 0; i < record.shape.size(); ++i) {
      uint64_t span = 0;
      is_outside |= __builtin_mul_overflow(record.shape[i] - 1, record.strides[i], &span);
      is_outside |= __builtin_add_overflow(last, span, &last);
    }
    const uint64_t available = storage.size() / element_bytes;
    if (is_outside || last >= available) {
      fail_tensor(name, "with shape {}, strides {} and offset {} reaches outside its storage of {} elements",
                  shape_text(record.shape), shape_text(record.strides), offset, available);
    }
    return storage.subspan(offset * element_bytes, (last - offset + 1) * element_bytes);
  }

  const PickleTree& tree_;
  StorageSource& storages_;
  uint64_t file_bytes_;
  std::string_view name_;
  bool is_strict_ = false;
  std::size_t step_count_ = 0;
  std::set<PickleRef> visited_;
  TensorListing listing_;
};

/// A number that must be there, from 0 up.
uint64_t count_of(const PickleTree& tree, PickleRef ref, std::string_view what, std::string_view name) {
  const PickleValue& value = tree[ref];
  if (value.kind != Kind::kInt || value.integer < 0) {
    fail(ErrorCode::kCorruptFile, "'{}': a storage has no {}, expected a number from 0", printable(name), what);
  }
  return static_cast<uint64_t>(value.integer);
}

/// A storage's view, (key, begin, count) or None: it stands for a part of the storage.
void read_view(const PickleTree& tree, PickleRef ref, StorageId& id, std::string_view name) {
  const PickleValue& view = tree[ref];
  if (view.kind == Kind::kNone) return;
  if (view.items.size() != 3) {
    fail(ErrorCode::kCorruptFile, "'{}': storage '{}' has a damaged view", printable(name), printable(id.key));
  }
  id.view_begin = count_of(tree, view.items[1], "view offset", name);
  id.view_count = count_of(tree, view.items[2], "view size", name);
  if (id.view_begin > id.element_count || id.view_count > id.element_count - id.view_begin) {
    fail(ErrorCode::kCorruptFile, "'{}': storage '{}' has a view of elements {}+{}, expected a part of its {}",
         printable(name), printable(id.key), id.view_begin, id.view_count, id.element_count);
  }
}

}  // namespace

StorageId storage_id(const PickleTree& tree, PickleRef persistent, std::string_view name) {
  const PickleValue& tuple = tree[tree[persistent].arguments];
  const std::vector<PickleRef>& items = tuple.items;
  const bool is_storage = tuple.kind == Kind::kTuple && (items.size() == 5 || items.size() == 6) &&
                          tree[items[0]].text == "storage" && tree[items[1]].kind == Kind::kGlobal &&
                          tree[items[2]].kind == Kind::kText && tree[items[2]].text.size() <= kMaxNameBytes;
  if (!is_storage) {
    fail(ErrorCode::kCorruptFile, "'{}' names something outside the pickle that is no storage", printable(name));
  }
  const PickleValue& type = tree[items[1]];
  const auto found = std::ranges::find(kElementTypes, type.text, &ElementType::torch_storage);
  if (!is_torch_module(type.module) || found == kElementTypes.end()) {
    fail(ErrorCode::kCorruptFile, "'{}' has a storage of the unknown type '{}'", printable(name),
         printable(full_name(type)));
  }
  StorageId id;
  id.key = tree[items[2]].text;
  id.type_name = found->type_name;
  id.element_bytes = found->bytes;
  id.element_count = count_of(tree, items[4], "size", name);
  id.view_count = id.element_count;
  if (items.size() == 6) read_view(tree, items[5], id, name);
  return id;
}

TensorListing list_tensors(const PickleTree& tree, StorageSource& storages, uint64_t file_bytes,
                           std::string_view name) {
  return TensorFinder(tree, storages, file_bytes, name).find();
}

}  // namespace fude::io
