#include "pipelines/adapter_shelf.h"

#include <fmt/format.h>

#include <set>
#include <utility>

#include "core/error.h"
#include "io/model_hashes.h"
#include "weights/state_dict.h"

namespace fude::pipelines {
namespace {

namespace fs = std::filesystem;

// One line about all modules of a kind: the first by name, the others by number.
void warn_about(const std::vector<std::string>& modules, std::string_view network, std::string_view what,
                std::vector<std::string>& warnings) {
  if (modules.empty()) return;
  const std::string more = modules.size() > 1 ? fmt::format(" (and {} more)", modules.size() - 1) : "";
  warnings.push_back(fmt::format("lora '{}': {}{}{}", printable(network, 60), what, printable(modules.front()), more));
}

// "made for 'sdxl_base_v1-0', ", as trainers note it; nothing where they did not.
std::string origin_of(const io::TensorFile& file) {
  const auto base = file.metadata().find("ss_base_model_version");
  if (base == file.metadata().end() || base->second.empty()) return {};
  return fmt::format("made for '{}', ", printable(base->second, 40));
}

// Empty for a file that cannot be read: nobody asked for it.
std::string hash_of(const fs::path& path) {
  try {
    return io::adapter_hash(io::TensorFile::open(path));
  } catch (const Error&) {
    return {};
  }
}

// Each works on what the one before it made.
auto chain_of(std::vector<RunningHypernetwork> running) {
  return [running = std::move(running)](const at::Tensor& context) {
    std::pair<at::Tensor, at::Tensor> sources(context, context);
    for (const RunningHypernetwork& one : running) {
      sources = one.network->apply(sources.first, sources.second, one.strength);
    }
    return sources;
  };
}

}  // namespace

std::string file_identity(const fs::path& path) {
  std::error_code ignored;
  const auto size = fs::file_size(path, ignored);
  const auto time = fs::last_write_time(path, ignored).time_since_epoch().count();
  return fmt::format("{}\n{}\n{}", path.string(), size, time);
}

AdapterShelf::AdapterShelf(ModelLibrary library, const io::TensorFile& checkpoint, at::TensorOptions options)
    : library_(std::move(library)),
      checkpoint_(weights::index_of(checkpoint)),
      table_(checkpoint_),
      options_(options) {}

ActiveNetworks AdapterShelf::apply(const std::vector<prompt::NetworkTag>& tags, weights::LiveWeights& weights,
                                   const std::map<std::string, std::string>& hashes) {
  ActiveNetworks active;
  weights::WeightPatches patches;
  std::vector<RunningHypernetwork> running;
  std::set<std::pair<std::string, std::string>> missing;
  for (const prompt::NetworkTag& tag : tags) {
    if (missing.contains({tag.kind, tag.name})) continue;  // told already
    try {
      const NetworkRequest request = read_network_tag(tag);
      if (const auto* lora = std::get_if<LoraRequest>(&request)) {
        const auto hash = hashes.find(listed_name(lora->name));
        add(*lora, hash == hashes.end() ? std::string() : hash->second, patches, active);
      }
      if (const auto* hypernetwork = std::get_if<HypernetworkRequest>(&request)) {
        running.push_back(add(*hypernetwork, active));
      }
    } catch (const Error& error) {
      if (error.code() == ErrorCode::kNotFound) missing.emplace(tag.kind, tag.name);
      active.warnings.emplace_back(error.what());
    }
  }
  weights.set_patches(patches);
  if (!running.empty()) active.hooks.key_value_sources = chain_of(std::move(running));
  return active;
}

RunningHypernetwork AdapterShelf::add(const HypernetworkRequest& request, ActiveNetworks& active) {
  const ShelvedHypernetwork& shelved = take_hypernetwork(library_.find_hypernetwork(request.name));
  active.hypernetworks.push_back({.name = request.name, .hash = shelved.hash});
  return {.network = shelved.network, .strength = request.strength};
}

fs::path AdapterShelf::find(const std::string& lora, const std::string& hash) const {
  try {
    return library_.find_lora(lora);
  } catch (const Error&) {
    if (hash.empty()) throw;
    for (const fs::path& path : library_.lora_files()) {
      if (hash_of(path) == hash) return path;
    }
    throw;
  }
}

void AdapterShelf::add(const LoraRequest& request, const std::string& hash, weights::WeightPatches& patches,
                       ActiveNetworks& active) {
  const Shelved& shelved = take(find(request.name, hash));
  if (!hash.empty() && shelved.hash != hash) {
    active.warnings.push_back(fmt::format("lora '{}' is another file than before: its hash is {}, it was {}",
                                          printable(request.name, 60), shelved.hash, printable(hash, 60)));
  }
  const models::PatchCount count = models::add_patches(shelved.adapter, request.strength, checkpoint_, table_, patches);
  warn_about(count.homeless, request.name,
             fmt::format("{}the model has no module ", origin_of(shelved.adapter->file())), active.warnings);
  warn_about(count.misfits, request.name, "left out: module ", active.warnings);
  warn_about(shelved.adapter->layout().strange_keys, request.name, "not understood: tensor ", active.warnings);
  for (const models::TextualInversion& word : shelved.adapter->words()) active.words.push_back(word);
  warn_about(shelved.adapter->word_problems(), request.name, "", active.warnings);
  if (count.applied > 0) active.loras.push_back({.name = request.name, .hash = shelved.hash});
}

const AdapterShelf::Shelved& AdapterShelf::take(const fs::path& path) {
  std::string id = file_identity(path);
  const auto known = shelf_.find(path);
  if (known != shelf_.end() && known->second.id == id) return known->second;
  const io::TensorFile file = io::TensorFile::open(path);
  auto adapter = std::make_shared<const models::Adapter>(file, id);
  Shelved shelved{.id = std::move(id), .adapter = std::move(adapter), .hash = io::adapter_hash(file)};
  return shelf_.insert_or_assign(path, std::move(shelved)).first->second;
}

const AdapterShelf::ShelvedHypernetwork& AdapterShelf::take_hypernetwork(const fs::path& path) {
  std::string id = file_identity(path);
  const auto known = hypernetworks_.find(path);
  if (known != hypernetworks_.end() && known->second.id == id) return known->second;
  const io::TensorFile file = io::TensorFile::open(path);
  constexpr std::size_t kDigits = 10;  // as the web UI writes it
  ShelvedHypernetwork shelved{.id = std::move(id),
                              .network = std::make_shared<const models::Hypernetwork>(file, options_),
                              .hash = sha256_hex(file.bytes()).substr(0, kDigits)};
  return hypernetworks_.insert_or_assign(path, std::move(shelved)).first->second;
}

}  // namespace fude::pipelines
