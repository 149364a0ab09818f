#include "io/safetensors_writer.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <bit>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <utility>

#include "core/error.h"
#include "core/platform/atomic_file.h"
#include "io/element_type.h"
#include "io/packed_type.h"

namespace fude::io {
namespace {

static_assert(std::endian::native == std::endian::little, "tensor data is written as it lies in memory");

constexpr std::size_t kDataAlignment = 64;

std::size_t element_size(TensorType type) { return static_cast<std::size_t>(*bits_per_element(type_name(type))) / 8; }

std::size_t byte_count(const PlannedTensor& tensor) {
  return element_size(tensor.type) * static_cast<std::size_t>(c10::multiply_integers(tensor.shape));
}

std::string quoted(const std::string& text) {
  try {
    return nlohmann::json(text).dump();
  } catch (const nlohmann::json::exception&) {
    fail(ErrorCode::kInvalidArgument, "text '{}' is not UTF-8 and cannot be stored in a safetensors file", text);
  }
}

/// Falling element size keeps every tensor aligned to its own elements.
std::vector<PlannedTensor> in_file_order(std::vector<PlannedTensor> tensors) {
  std::ranges::sort(tensors, {}, &PlannedTensor::name);
  std::ranges::stable_sort(tensors, std::greater{},
                           [](const PlannedTensor& tensor) { return element_size(tensor.type); });
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
  return fmt::format(R"({{"dtype":"{}","shape":[{}],"data_offsets":[{},{}]}})", type_name(tensor.type),
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

at::Tensor packed(const at::Tensor& part, TensorType type) {
  constexpr int64_t kElementsAtOnce = 1 << 16;
  const at::Tensor numbers = part.to(at::kFloat).contiguous();
  at::Tensor bytes = at::empty(numbers.sizes(), at::kByte);
  const std::span values(numbers.data_ptr<float>(), static_cast<std::size_t>(numbers.numel()));
  const std::span stored = std::as_writable_bytes(std::span(bytes.data_ptr<uint8_t>(), values.size()));
  at::parallel_for(0, numbers.numel(), kElementsAtOnce, [&](int64_t begin, int64_t end) {
    const auto first = static_cast<std::size_t>(begin), count = static_cast<std::size_t>(end - begin);
    pack_eight_bits(type, values.subspan(first, count), stored.subspan(first, count));
  });
  return bytes;
}

at::Tensor in_stored_form(const at::Tensor& part, TensorType type) {
  const at::Tensor data = part.detach().to(at::kCPU);
  return is_packed(type) ? packed(data, type) : data.to(scalar_type(type)).contiguous();
}

}  // namespace

SafetensorsStream::SafetensorsStream(std::vector<PlannedTensor> tensors,
                                     const std::map<std::string, std::string>& metadata)
    : tensors_(in_file_order(std::move(tensors))), header_(header(tensors_, metadata)) {
  for (const PlannedTensor& tensor : tensors_) data_size_ += io::byte_count(tensor);
}

void SafetensorsStream::begin(Sink sink) {
  sink_ = std::move(sink);
  sink_(std::as_bytes(std::span(header_)));
  if (!tensors_.empty()) current_left_ = io::byte_count(tensors_.front());
}

void SafetensorsStream::write(const at::Tensor& part) {
  while (current_left_ == 0 && part.numel() > 0 && current_ + 1 < tensors_.size()) {
    current_left_ = io::byte_count(tensors_[++current_]);
  }
  if (part.numel() == 0) return;
  const at::Tensor data = in_stored_form(part, tensors_[current_].type);
  if (data.nbytes() > current_left_) throw std::logic_error("more was written to a tensor than it has");
  sink_(std::span(static_cast<const std::byte*>(data.data_ptr()), data.nbytes()));
  current_left_ -= data.nbytes();
  written_ += data.nbytes();
}

void SafetensorsStream::finish() const {
  if (written_ != data_size_) throw std::logic_error("a safetensors file was not written to its end");
}

void write_safetensors(const std::filesystem::path& path, const std::map<std::string, at::Tensor>& tensors,
                       const std::map<std::string, std::string>& metadata) {
  std::vector<PlannedTensor> planned;
  for (const auto& [name, tensor] : tensors) {
    planned.push_back({name, stored_type(tensor.scalar_type()), tensor.sizes().vec()});
  }
  SafetensorsStream stream(std::move(planned), metadata);
  platform::AtomicFile file(path);
  stream.begin([&](std::span<const std::byte> bytes) { file.write(bytes); });
  for (const PlannedTensor& next : stream.tensors()) stream.write(tensors.at(next.name));
  stream.finish();
  file.commit();
}

}  // namespace fude::io
