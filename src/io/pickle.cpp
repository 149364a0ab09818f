#include "io/pickle.h"

#include <bit>
#include <string>
#include <unordered_map>

#include "core/error.h"
#include "io/byte_reader.h"

namespace fude::io {
namespace {

using Kind = PickleValue::Kind;

// A checkpoint of 2,500 tensors with its optimizer state needs about 250,000.
constexpr std::size_t kMaxValues = 2'000'000;
constexpr std::size_t kMaxNameBytes = 1024;

/// The pickle machine: a stack of values, marks on it, and a memo. Opcodes are those of Python's pickletools.
class Unpickler {
 public:
  Unpickler(std::span<const std::byte> bytes, std::string_view name)
      : subject_(fmt::format("'{}': the pickle", printable(name))), reader_(bytes, subject_) {
    tree_.values.emplace_back();
  }

  PickleTree run() {
    while (true) {
      const auto opcode = reader_.number<uint8_t>();
      if (opcode == '.') break;
      if (!run_scalar(opcode) && !run_container(opcode) && !run_memo(opcode) && !run_object(opcode)) {
        fail(ErrorCode::kCorruptFile, "{} has opcode 0x{:02x} at byte {}, which is not allowed", subject_, opcode,
             reader_.position() - 1);
      }
    }
    tree_.root = pop();
    tree_.size = reader_.position();
    return std::move(tree_);
  }

 private:
  bool run_scalar(uint8_t opcode) {
    switch (opcode) {
      case 'N': push({}); return true;
      case 0x88: push_integer(Kind::kBool, 1); return true;
      case 0x89: push_integer(Kind::kBool, 0); return true;
      case 'J': push_integer(Kind::kInt, reader_.number<int32_t>()); return true;
      case 'K': push_integer(Kind::kInt, reader_.number<uint8_t>()); return true;
      case 'M': push_integer(Kind::kInt, reader_.number<uint16_t>()); return true;
      case 0x8A: push_long(reader_.number<uint8_t>()); return true;
      case 0x8B: push_long(reader_.number<uint32_t>()); return true;
      case 'G': push_float(); return true;
      case 'X': push_text(Kind::kText, reader_.number<uint32_t>()); return true;
      case 0x8C: push_text(Kind::kText, reader_.number<uint8_t>()); return true;
      case 0x8D: push_text(Kind::kText, reader_.number<uint64_t>()); return true;
      case 'U': push_text(Kind::kText, reader_.number<uint8_t>()); return true;   // Python 2's str
      case 'T': push_text(Kind::kText, reader_.number<uint32_t>()); return true;  // Python 2's str
      case 'B': push_text(Kind::kBytes, reader_.number<uint32_t>()); return true;
      case 'C': push_text(Kind::kBytes, reader_.number<uint8_t>()); return true;
      case 0x8E:
      case 0x96: push_text(Kind::kBytes, reader_.number<uint64_t>()); return true;
      default: return false;
    }
  }

  bool run_container(uint8_t opcode) {
    switch (opcode) {
      case '(': push_mark(); return true;
      case '0': drop(); return true;
      case '1': pop_to_mark(); return true;
      case '2': push_ref(top()); return true;
      case ')': push_items(Kind::kTuple, {}); return true;
      case ']':
      case 0x8F: push_items(Kind::kList, {}); return true;
      case '}': push_items(Kind::kDict, {}); return true;
      case 't': push_items(Kind::kTuple, pop_to_mark()); return true;
      case 'l':
      case 0x91: push_items(Kind::kList, pop_to_mark()); return true;
      case 'd': push_items(Kind::kDict, pop_to_mark()); return true;
      case 0x85: push_items(Kind::kTuple, pop_some(1)); return true;
      case 0x86: push_items(Kind::kTuple, pop_some(2)); return true;
      case 0x87: push_items(Kind::kTuple, pop_some(3)); return true;
      case 'a': extend_top(pop_some(1)); return true;
      case 's': extend_top(pop_some(2)); return true;
      case 'e':
      case 'u':
      case 0x90: extend_top(pop_to_mark()); return true;
      default: return false;
    }
  }

  bool run_memo(uint8_t opcode) {
    switch (opcode) {
      case 'q': remember(reader_.number<uint8_t>()); return true;
      case 'r': remember(reader_.number<uint32_t>()); return true;
      case 0x94: remember(static_cast<uint32_t>(memo_.size())); return true;
      case 'h': recall(reader_.number<uint8_t>()); return true;
      case 'j': recall(reader_.number<uint32_t>()); return true;
      default: return false;
    }
  }

  bool run_object(uint8_t opcode) {
    switch (opcode) {
      case 0x80: check_protocol(reader_.number<uint8_t>()); return true;
      case 0x95: check_frame(reader_.number<uint64_t>()); return true;
      case 'c': push_global(); return true;
      case 0x93: push_stack_global(); return true;
      case 'R':
      case 0x81: push_object(pop_some(2)); return true;
      case 0x92: push_object(pop_some(3)); return true;
      case 'b': set_state(); return true;
      case 'Q': push_persistent(); return true;
      default: return false;
    }
  }

  void push(PickleValue value) {
    const auto ref = static_cast<PickleRef>(tree_.values.size());
    push_ref(ref);
    tree_.values.push_back(std::move(value));
  }

  /// Everything that can grow (values, stack, containers, memo) grows by pushing first; this is the one bound.
  void push_ref(PickleRef ref) {
    if (++push_count_ > kMaxValues) {
      fail(ErrorCode::kCorruptFile, "{} has more than {} values, expected fewer", subject_, kMaxValues);
    }
    stack_.push_back(ref);
  }

  void push_mark() {
    marks_.push_back(stack_.size());
    if (marks_.size() > kMaxValues) fail(ErrorCode::kCorruptFile, "{} has more marks than values", subject_);
  }

  void push_integer(Kind kind, int64_t integer) {
    PickleValue value;
    value.kind = kind;
    value.integer = integer;
    push(std::move(value));
  }

  void push_text(Kind kind, uint64_t size) {
    PickleValue value;
    value.kind = kind;
    value.text = reader_.text(size);
    push(std::move(value));
  }

  /// Little-endian two's complement of `size` bytes.
  void push_long(uint32_t size) {
    if (size > sizeof(int64_t)) return push_text(Kind::kLongInt, size);
    uint64_t bits = 0;
    const std::span<const std::byte> bytes = reader_.take(size);
    for (std::size_t i = 0; i < bytes.size(); ++i) bits |= std::to_integer<uint64_t>(bytes[i]) << (8 * i);
    const unsigned unused_bits = 64 - 8 * size;
    if (size > 0) bits = static_cast<uint64_t>(static_cast<int64_t>(bits << unused_bits) >> unused_bits);
    push_integer(Kind::kInt, static_cast<int64_t>(bits));
  }

  void push_float() {
    uint64_t bits = 0;  // big-endian, unlike all else
    for (const std::byte byte : reader_.take(sizeof(bits))) bits = bits << 8 | std::to_integer<uint64_t>(byte);
    PickleValue value;
    value.kind = Kind::kFloat;
    value.number = std::bit_cast<double>(bits);
    push(std::move(value));
  }

  void push_items(Kind kind, std::vector<PickleRef> items) {
    PickleValue value;
    value.kind = kind;
    value.items = std::move(items);
    push(std::move(value));
  }

  void push_global() {
    PickleValue value;
    value.kind = Kind::kGlobal;
    value.module = reader_.line(kMaxNameBytes);
    value.text = reader_.line(kMaxNameBytes);
    push(std::move(value));
  }

  void push_stack_global() {
    const std::vector<PickleRef> parts = pop_some(2);
    PickleValue value;
    value.kind = Kind::kGlobal;
    value.module = tree_[parts[0]].text;
    value.text = tree_[parts[1]].text;
    if (tree_[parts[0]].kind != Kind::kText || tree_[parts[1]].kind != Kind::kText) {
      fail(ErrorCode::kCorruptFile, "{} has a global without a name before byte {}", subject_, reader_.position());
    }
    push(std::move(value));
  }

  /// parts: callable, arguments, and perhaps keyword arguments, which nothing here uses.
  void push_object(const std::vector<PickleRef>& parts) {
    PickleValue value;
    value.kind = Kind::kObject;
    value.callable = parts[0];
    value.arguments = parts[1];
    push(std::move(value));
  }

  void push_persistent() {
    PickleValue value;
    value.kind = Kind::kPersistent;
    value.arguments = pop();
    push(std::move(value));
  }

  void set_state() {
    const PickleRef state = pop();
    tree_.values[top()].state = state;
  }

  void extend_top(const std::vector<PickleRef>& items) {
    PickleValue& container = tree_.values[top()];
    if (container.kind != Kind::kList && container.kind != Kind::kDict && container.kind != Kind::kObject) {
      fail(ErrorCode::kCorruptFile, "{} adds items to something that holds none before byte {}", subject_,
           reader_.position());
    }
    container.items.insert(container.items.end(), items.begin(), items.end());
  }

  void remember(uint32_t index) {
    memo_[index] = top();
    if (memo_.size() > kMaxValues) fail(ErrorCode::kCorruptFile, "{} remembers more values than it has", subject_);
  }

  void recall(uint32_t index) {
    const auto found = memo_.find(index);
    if (found == memo_.end()) {
      fail(ErrorCode::kCorruptFile, "{} uses the unset memo {} before byte {}", subject_, index, reader_.position());
    }
    push_ref(found->second);
  }

  void check_protocol(int protocol) const {
    if (protocol < 2 || protocol > 5) {
      fail(ErrorCode::kCorruptFile, "{} has protocol {}, expected 2 to 5", subject_, protocol);
    }
  }

  void check_frame(uint64_t size) const {
    if (size > reader_.remaining()) {
      fail(ErrorCode::kCorruptFile, "{} announces a frame of {} bytes at byte {}, expected at most the {} left",
           subject_, size, reader_.position(), reader_.remaining());
    }
  }

  std::size_t floor() const { return marks_.empty() ? 0 : marks_.back(); }

  [[noreturn]] void fail_empty() const {
    fail(ErrorCode::kCorruptFile, "{} takes more from its stack than there is before byte {}", subject_,
         reader_.position());
  }

  PickleRef top() const {
    if (stack_.size() == floor()) fail_empty();
    return stack_.back();
  }

  PickleRef pop() {
    const PickleRef ref = top();
    stack_.pop_back();
    return ref;
  }

  /// Python's POP removes a mark if that is what lies on top.
  void drop() {
    if (!marks_.empty() && marks_.back() == stack_.size()) {
      marks_.pop_back();
    } else {
      pop();
    }
  }

  std::vector<PickleRef> pop_some(std::size_t count) {
    if (stack_.size() - floor() < count) fail_empty();
    std::vector<PickleRef> items(stack_.end() - static_cast<std::ptrdiff_t>(count), stack_.end());
    stack_.resize(stack_.size() - count);
    return items;
  }

  std::vector<PickleRef> pop_to_mark() {
    if (marks_.empty()) fail(ErrorCode::kCorruptFile, "{} lacks a mark before byte {}", subject_, reader_.position());
    std::vector<PickleRef> items = pop_some(stack_.size() - marks_.back());
    marks_.pop_back();
    return items;
  }

  std::string subject_;
  ByteReader reader_;
  PickleTree tree_;
  std::vector<PickleRef> stack_;
  std::vector<std::size_t> marks_;
  std::unordered_map<uint32_t, PickleRef> memo_;
  std::size_t push_count_ = 0;
};

}  // namespace

PickleTree read_pickle(std::span<const std::byte> bytes, std::string_view name) { return Unpickler(bytes, name).run(); }

}  // namespace fude::io
