#include "io/safetensors_writer.h"

#include <algorithm>
#include <bit>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <vector>

#include "core/error.h"
#include "io/element_type.h"

namespace fude::io {
namespace {

static_assert(std::endian::native == std::endian::little, "tensor data is written as it lies in memory");

constexpr std::size_t kDataAlignment = 64;

std::size_t byte_count(const PlannedTensor& tensor) {
  return at::elementSize(tensor.type) * static_cast<std::size_t>(c10::multiply_integers(tensor.shape));
}

std::string quoted(const std::string& text) {
  try {
    return nlohmann::json(text).dump();
  } catch (const nlohmann::json::exception&) {
    fail(ErrorCode::kInvalidArgument, "text '{}' is not UTF-8, expected UTF-8 in names and metadata", printable(text));
  }
}

/// Falling element size keeps every tensor aligned to its own elements.
std::vector<PlannedTensor> in_file_order(std::vector<PlannedTensor> tensors) {
  std::ranges::sort(tensors, {}, &PlannedTensor::name);
  std::ranges::stable_sort(tensors, std::greater{},
                           [](const PlannedTensor& tensor) { return at::elementSize(tensor.type); });
  return tensors;
}

std::string metadata_text(const std::map<std::string, std::string>& metadata) {
  std::string text;
  for (const auto& [key, value] : metadata) {
    if (!text.empty()) text += ',';
    text += quoted(key) + ':' + quoted(value);
  }
  return "{" + text + "}";
}

std::string tensor_text(const PlannedTensor& tensor, std::size_t begin) {
  return fmt::format(R"({{"dtype":"{}","shape":[{}],"data_offsets":[{},{}]}})", type_name(stored_type(tensor.type)),
                     fmt::join(tensor.shape, ","), begin, begin + byte_count(tensor));
}

/// Length field and JSON, padded with spaces so that the data begins at a multiple of kDataAlignment.
std::string header(const std::vector<PlannedTensor>& tensors, const std::map<std::string, std::string>& metadata) {
  std::string json = "{";
  if (!metadata.empty()) json += "\"__metadata__\":" + metadata_text(metadata);
  std::size_t offset = 0;
  for (const PlannedTensor& tensor : tensors) {
    if (tensor.name == "__metadata__") fail(ErrorCode::kInvalidArgument, "a tensor cannot be named '{}'", tensor.name);
    if (json.size() > 1) json += ',';
    json += quoted(tensor.name) + ':' + tensor_text(tensor, offset);
    offset += byte_count(tensor);
  }
  json += '}';
  const std::size_t end = sizeof(uint64_t) + json.size();
  json.append((kDataAlignment - end % kDataAlignment) % kDataAlignment, ' ');
  const uint64_t length = json.size();
  return std::string(reinterpret_cast<const char*>(&length), sizeof(length)) + json;
}

}  // namespace

SafetensorsStream::SafetensorsStream(const std::filesystem::path& path, std::vector<PlannedTensor> tensors,
                                     const std::map<std::string, std::string>& metadata)
    : tensors_(in_file_order(std::move(tensors))), file_(path) {
  file_.write(header(tensors_, metadata));
  for (const PlannedTensor& tensor : tensors_) missing_ += byte_count(tensor);
}

void SafetensorsStream::write(const at::Tensor& part) {
  const at::Tensor data = part.detach().to(at::kCPU).contiguous();
  file_.write(std::span(static_cast<const std::byte*>(data.data_ptr()), data.nbytes()));
  missing_ -= data.nbytes();
}

void SafetensorsStream::commit() {
  if (missing_ != 0) throw std::logic_error("a safetensors file was not written to its end");
  file_.commit();
}

void write_safetensors(const std::filesystem::path& path, const std::map<std::string, at::Tensor>& tensors,
                       const std::map<std::string, std::string>& metadata) {
  std::vector<PlannedTensor> planned;
  for (const auto& [name, tensor] : tensors) planned.push_back({name, tensor.scalar_type(), tensor.sizes().vec()});
  SafetensorsStream stream(path, std::move(planned), metadata);
  for (const PlannedTensor& next : stream.tensors()) stream.write(tensors.at(next.name));
  stream.commit();
}

}  // namespace fude::io
