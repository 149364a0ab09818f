#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "models/adapters/adapter.h"
#include "models/adapters/hypernetwork.h"
#include "nn/transformer.h"
#include "pipelines/infotext_writer.h"
#include "pipelines/model_library.h"
#include "pipelines/network_request.h"
#include "prompt/networks.h"
#include "weights/live_weights.h"

namespace fude::pipelines {

/// A hypernetwork at work.
struct RunningHypernetwork {
  std::shared_ptr<const models::Hypernetwork> network;
  double strength = 1;
};

/// What a prompt's networks came to.
struct ActiveNetworks {
  std::vector<UsedNetwork> loras;  // in the prompt's order
  std::vector<UsedNetwork> hypernetworks;
  std::vector<models::TextualInversion> words;  // that came with the LoRAs
  std::vector<std::string> warnings;            // what is missing or does not fit, one line each
  nn::AttentionHooks hooks;                     // of the hypernetworks, one after the other
};

/// Path, size and time of a file: tells one that was replaced from the one that was read.
std::string file_identity(const std::filesystem::path& path);

/// The adapters of a models folder, for one loaded model. Files that were used stay open, so that the next prompt
/// finds them; a file that changed is read again.
class AdapterShelf {
 public:
  /// `checkpoint`: the file that the model was loaded from. `options`: type and device in which its U-Net computes.
  AdapterShelf(ModelLibrary library, const io::TensorFile& checkpoint, at::TensorOptions options = at::kFloat);

  /// Patches the model's weights as the tags ask, and takes back what earlier tags asked for. Nothing about a network
  /// is fatal: what is missing, damaged or unfit is told in the warnings and left out. `hashes`: those that LoRAs had
  /// when the prompt was used before (read_network_hashes()); a file of another name is found by its hash, and one of
  /// the name with another hash is told.
  ActiveNetworks apply(const std::vector<prompt::NetworkTag>& tags, weights::LiveWeights& weights,
                       const std::map<std::string, std::string>& hashes = {});

 private:
  struct Shelved {
    std::string id;  // path, size and time of the file
    std::shared_ptr<const models::Adapter> adapter;
    std::string hash;
  };

  struct ShelvedHypernetwork {
    std::string id;
    std::shared_ptr<const models::Hypernetwork> network;
    std::string hash;
  };

  void add(const LoraRequest& request, const std::string& hash, weights::WeightPatches& patches,
           ActiveNetworks& active);
  std::filesystem::path find(const std::string& lora, const std::string& hash) const;
  RunningHypernetwork add(const HypernetworkRequest& request, ActiveNetworks& active);
  const Shelved& take(const std::filesystem::path& path);
  const ShelvedHypernetwork& take_hypernetwork(const std::filesystem::path& path);

  ModelLibrary library_;
  weights::TensorIndex checkpoint_;
  models::ModuleTable table_;
  at::TensorOptions options_;
  std::map<std::filesystem::path, Shelved> shelf_;
  std::map<std::filesystem::path, ShelvedHypernetwork> hypernetworks_;
};

}  // namespace fude::pipelines
