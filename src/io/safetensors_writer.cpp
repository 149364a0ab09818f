#include "io/safetensors_writer.h"

#include <algorithm>
#include <bit>
#include <nlohmann/json.hpp>
#include <vector>

#include "core/error.h"
#include "core/platform/atomic_file.h"
#include "io/element_type.h"

namespace fude::io {
namespace {

static_assert(std::endian::native == std::endian::little, "tensor data is written as it lies in memory");

constexpr std::size_t kDataAlignment = 64;

using NamedTensor = std::pair<std::string, at::Tensor>;

std::string quoted(const std::string& text) {
  try {
    return nlohmann::json(text).dump();
  } catch (const nlohmann::json::exception&) {
    fail(ErrorCode::kInvalidArgument, "text '{}' is not UTF-8, expected UTF-8 in names and metadata", printable(text));
  }
}

/// Falling element size keeps every tensor aligned to its own elements.
std::vector<NamedTensor> in_file_order(const std::map<std::string, at::Tensor>& tensors) {
  std::vector<NamedTensor> ordered(tensors.begin(), tensors.end());
  std::ranges::stable_sort(ordered, std::greater{},
                           [](const NamedTensor& entry) { return entry.second.element_size(); });
  return ordered;
}

std::string metadata_text(const std::map<std::string, std::string>& metadata) {
  std::string text;
  for (const auto& [key, value] : metadata) {
    if (!text.empty()) text += ',';
    text += quoted(key) + ':' + quoted(value);
  }
  return "{" + text + "}";
}

std::string tensor_text(const at::Tensor& tensor, std::size_t begin) {
  const TensorType type = stored_type(tensor.scalar_type());
  return fmt::format(R"({{"dtype":"{}","shape":[{}],"data_offsets":[{},{}]}})", type_name(type),
                     fmt::join(tensor.sizes(), ","), begin, begin + tensor.nbytes());
}

/// Length field and JSON, padded with spaces so that the data begins at a multiple of kDataAlignment.
std::string header(const std::vector<NamedTensor>& tensors, const std::map<std::string, std::string>& metadata) {
  std::string json = "{";
  if (!metadata.empty()) json += "\"__metadata__\":" + metadata_text(metadata);
  std::size_t offset = 0;
  for (const auto& [name, tensor] : tensors) {
    if (name == "__metadata__") fail(ErrorCode::kInvalidArgument, "a tensor cannot be named '{}'", name);
    if (json.size() > 1) json += ',';
    json += quoted(name) + ':' + tensor_text(tensor, offset);
    offset += tensor.nbytes();
  }
  json += '}';
  const std::size_t end = sizeof(uint64_t) + json.size();
  json.append((kDataAlignment - end % kDataAlignment) % kDataAlignment, ' ');
  const uint64_t length = json.size();
  return std::string(reinterpret_cast<const char*>(&length), sizeof(length)) + json;
}

}  // namespace

void write_safetensors(const std::filesystem::path& path, const std::map<std::string, at::Tensor>& tensors,
                       const std::map<std::string, std::string>& metadata) {
  const std::vector<NamedTensor> ordered = in_file_order(tensors);
  platform::AtomicFile file(path);
  file.write(header(ordered, metadata));
  for (const auto& [name, tensor] : ordered) {
    const at::Tensor data = tensor.detach().to(at::kCPU).contiguous();  // one at a time: a model may be large
    file.write(std::span(static_cast<const std::byte*>(data.data_ptr()), data.nbytes()));
  }
  file.commit();
}

}  // namespace fude::io
