#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/error.h"
#include "io/checkpoint_reader.h"
#include "io/checkpoint_tree.h"
#include "io/pickle.h"
#include "tensor_listing_check.h"

namespace {

/// Gives every storage of reasonable size, so that structures are followed to their tensors.
class AnyStorage : public fude::io::StorageSource {
 public:
  std::span<const std::byte> bytes(const fude::io::StorageId& id) override {
    constexpr std::size_t kMaxBytes = 4096;
    if (id.element_count > kMaxBytes / id.element_bytes) fude::fail(fude::ErrorCode::kCorruptFile, "too large");
    return memory_.emplace_back(static_cast<std::size_t>(id.element_count * id.element_bytes));
  }

 private:
  std::vector<std::vector<std::byte>> memory_;
};

template <typename Action>
void run(const Action& action) {
  try {
    action();
  } catch (const fude::Error&) {
  }
}

}  // namespace

/// Hostile checkpoints as a zip archive, in the older format, and as a bare pickle with all storages there: what is
/// listed lies within the file, what is refused is refused with an Error.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span<const std::byte> file = std::as_bytes(std::span(data, size));
  run([&] { fude::fuzz::check_listing(fude::io::read_zip_checkpoint(file, "input")); });
  run([&] { fude::fuzz::check_listing(fude::io::read_legacy_checkpoint(file, "input")); });
  run([&] {
    AnyStorage storages;
    const fude::io::PickleTree tree = fude::io::read_pickle(file, "input");
    fude::fuzz::check_listing(fude::io::list_tensors(tree, storages, 4096, "input"));
  });
  return 0;
}
