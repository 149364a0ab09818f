#include "weights/state_dict.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "core/error.h"

namespace fude::weights {

TensorIndex index_of(const io::TensorFile& file) {
  TensorIndex index;
  for (const auto& [name, record] : file.tensors()) index.emplace(name, record.shape);
  return index;
}

StateDict::StateDict(io::TensorFile file, at::ScalarType type, at::Device device)
    : StateDict(std::move(file), WeightLayout{.type = type, .device = device}) {}

StateDict::StateDict(io::TensorFile file, WeightLayout layout) : file_(std::move(file)), layout_(layout) {}

void StateDict::let_travel(std::string prefix, std::shared_ptr<TravellingWeights> network) {
  networks_.insert_or_assign(std::move(prefix), std::move(network));
}

std::shared_ptr<TravellingWeights> StateDict::network_of(const std::string& key) const {
  std::size_t longest = 0;
  std::shared_ptr<TravellingWeights> network;
  for (const auto& [prefix, candidate] : networks_) {
    if (!key.starts_with(prefix) || prefix.size() < longest) continue;
    longest = prefix.size();
    network = candidate;
  }
  return network;
}

at::Tensor StateDict::stored(const std::string& key, at::IntArrayRef shape) const {
  const auto found = file_.tensors().find(key);
  if (found == file_.tensors().end()) {
    fail(ErrorCode::kCorruptFile, "'{}': tensor '{}' is missing", file_.name(), printable(key));
  }
  const auto& found_shape = found->second.shape;
  if (!std::ranges::equal(found_shape, shape)) {
    fail(ErrorCode::kCorruptFile, "'{}': tensor '{}' has shape [{}], expected [{}]", file_.name(), printable(key),
         fmt::join(found_shape, ", "), fmt::join(shape, ", "));
  }
  return file_.tensor(key);
}

at::Tensor StateDict::take(const std::string& key, at::IntArrayRef shape) {
  const at::Tensor tensor = stored(key, shape);
  at::Tensor prepared = layout_.prepare(tensor);
  if (!prepared.is_alias_of(tensor)) forget(tensor);
  taken_.emplace(key, prepared);
  return prepared;
}

// Whoever has a tensor in another form needs the file's pages no more.
void StateDict::forget(const at::Tensor& stored) const {
  file_.forget({static_cast<const std::byte*>(stored.data_ptr()), stored.nbytes()});
}

void StateDict::keep(const std::string& key, at::IntArrayRef shape, WeightKeeper keeper) {
  if (auto network = network_of(key)) {  // also when a patched tensor comes later, with the whole file's layout
    keeper = [keep = std::move(keeper), network = std::move(network)](const at::Tensor& tensor,
                                                                      std::optional<WeightLayout> layout) {
      if (layout) layout->travelling = network;
      keep(tensor, layout);
    };
  }
  const at::Tensor tensor = stored(key, shape);
  keeper(tensor, layout_);
  forget(tensor);  // the layer has what it needs, most often in another form
  taken_.emplace(key, std::move(keeper));
}

LiveWeights StateDict::live(std::span<const std::string_view> prefixes) const {
  LiveWeights::Handles handles;
  for (const auto& [name, handle] : taken_) {
    const auto begins = [&name = name](std::string_view prefix) { return name.starts_with(prefix); };
    if (std::ranges::any_of(prefixes, begins)) handles.emplace(name, handle);
  }
  return LiveWeights(file_, layout_, std::move(handles));
}

std::vector<std::string> StateDict::unclaimed(std::string_view prefix) const {
  std::vector<std::string> names;
  for (const auto& [name, record] : file_.tensors()) {
    if (std::string_view(name).substr(0, prefix.size()) == prefix && !taken_.contains(name)) names.push_back(name);
  }
  return names;
}

}  // namespace fude::weights
