#include "io/diffusers_folder.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <system_error>

#include "core/error.h"
#include "core/platform/mapped_file.h"

namespace fude::io {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr std::size_t kMaxSettingsBytes = std::size_t{64} << 20;  // an index of a large model has some megabytes
constexpr std::array<const char*, 4> kNetworks = {"unet", "vae", "text_encoder", "text_encoder_2"};
constexpr std::array<const char*, 3> kStems = {"diffusion_pytorch_model", "model", "pytorch_model"};
constexpr const char* kModelIndex = "model_index.json";

/// What follows the stem, the best first. An index names the shards.
constexpr std::array<const char*, 8> kEndings = {
    ".safetensors", ".safetensors.index.json", ".fp16.safetensors", ".safetensors.index.fp16.json",
    ".bin",         ".bin.index.json",         ".fp16.bin",         ".bin.index.fp16.json"};

bool is_file(const fs::path& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

Json read_json(const fs::path& path) {
  const auto mapping = platform::MappedFile::open(path);
  const auto bytes = mapping->bytes();
  if (bytes.size() > kMaxSettingsBytes) {
    fail(ErrorCode::kCorruptFile, "'{}' has {} bytes, expected at most {} for settings", printable(path.string()),
         bytes.size(), kMaxSettingsBytes);
  }
  const auto* const text = reinterpret_cast<const char*>(bytes.data());
  Json json = Json::parse(text, text + bytes.size(), nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) {
    fail(ErrorCode::kCorruptFile, "'{}' is not a JSON object, expected one", printable(path.string()));
  }
  return json;
}

/// The file of a network's tensors, or their index; nothing if the folder has neither.
std::optional<fs::path> weights_in(const fs::path& folder) {
  for (const char* ending : kEndings) {
    for (const char* stem : kStems) {
      const fs::path path = folder / (std::string(stem) + ending);
      if (is_file(path)) return path;
    }
  }
  return std::nullopt;
}

/// "model-00001-of-00002.safetensors": a name beside the index, not a way out of the folder.
void require_plain_name(const std::string& name, const fs::path& index) {
  if (name.empty() || fs::path(name).filename() != name || name == ".." || name == ".") {
    fail(ErrorCode::kCorruptFile, "'{}' names the file '{}', expected a name within its folder",
         printable(index.string()), printable(name));
  }
}

std::vector<TensorFile> open_shards(const fs::path& index) {
  const Json json = read_json(index);
  const auto map = json.find("weight_map");
  if (map == json.end() || !map->is_object() || map->empty()) {
    fail(ErrorCode::kCorruptFile, "'{}' lacks a 'weight_map' of tensors to files", printable(index.string()));
  }
  std::map<std::string, TensorFile> shards;
  for (const auto& [tensor, file] : map->items()) {
    if (!file.is_string()) {
      fail(ErrorCode::kCorruptFile, "'{}' has no file name for tensor '{}'", printable(index.string()),
           printable(tensor));
    }
    const auto name = file.get<std::string>();
    require_plain_name(name, index);
    auto shard = shards.find(name);
    if (shard == shards.end()) shard = shards.emplace(name, TensorFile::open(index.parent_path() / name)).first;
    if (!shard->second.tensors().contains(tensor)) {
      fail(ErrorCode::kCorruptFile, "'{}' says that '{}' has tensor '{}', which it lacks", printable(index.string()),
           printable(name), printable(tensor));
    }
  }
  std::vector<TensorFile> files;
  for (auto& [name, file] : shards) files.push_back(std::move(file));
  return files;
}

std::vector<TensorFile> open_weights(const fs::path& path) {
  if (path.extension() == ".json") return open_shards(path);
  return {TensorFile::open(path)};
}

/// The object in a settings file, or an empty one if there is no such file.
Json settings(const fs::path& path) { return is_file(path) ? read_json(path) : Json::object(); }

std::map<std::string, std::string> metadata_of(const fs::path& folder) {
  constexpr int kPixelsPerCell = 8;
  std::map<std::string, std::string> metadata;
  const Json scheduler = settings(folder / "scheduler" / "scheduler_config.json");
  const Json prediction = scheduler.value("prediction_type", Json());
  if (prediction.is_string()) {
    metadata["modelspec.prediction_type"] = prediction == "v_prediction" ? "v" : prediction.get<std::string>();
  }
  if (scheduler.value("rescale_betas_zero_snr", Json()) == true) metadata["ss_zero_terminal_snr"] = "True";
  const Json size = settings(folder / "unet" / "config.json").value("sample_size", Json());
  if (size.is_number_unsigned() && size.get<uint64_t>() > 0 && size.get<uint64_t>() <= 1024) {
    const auto side = size.get<uint64_t>() * kPixelsPerCell;
    metadata["modelspec.resolution"] = fmt::format("{}x{}", side, side);
  }
  return metadata;
}

}  // namespace

bool is_diffusers_folder(const fs::path& path) { return is_file(path / kModelIndex); }

DiffusersFolder open_diffusers_folder(const fs::path& path) {
  DiffusersFolder folder;
  if (!is_file(path / kModelIndex)) {
    const auto weights = weights_in(path);
    if (!weights) {
      fail(ErrorCode::kNotFound, "'{}' is a folder without '{}', expected a model in the diffusers layout",
           printable(path.string()), kModelIndex);
    }
    folder.parts.push_back({.network = path.filename().string(), .files = open_weights(*weights)});
    return folder;
  }
  read_json(path / kModelIndex);  // nothing in it is needed, but a damaged one tells of a broken download
  for (const char* network : kNetworks) {
    const auto weights = weights_in(path / network);
    if (weights) folder.parts.push_back({.network = network, .files = open_weights(*weights)});
  }
  if (folder.parts.empty()) {
    fail(ErrorCode::kNotFound, "'{}' holds no weights in 'unet', 'vae' or 'text_encoder', expected safetensors files",
         printable(path.string()));
  }
  folder.metadata = metadata_of(path);
  return folder;
}

}  // namespace fude::io
