#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace fude::service {

/// What a request that names no model is made with, and what is in memory.
struct LoadedModel {
  std::string checkpoint = {};  // as the setting names it; empty: the embedded model
  std::string vae = {};
  bool is_loaded = false;  // what follows is told of loaded ones only
  bool is_loading = false;
  std::string name = {};
  std::string hash = {};  // first 10 digits of its SHA-256; empty: not known yet
  std::string family = {};
  int native_size = 0;                     // pixels
  std::vector<std::string> adapters = {};  // that the last picture was made with
  std::int64_t bytes = 0;                  // about, of this model and those kept for later

  bool operator==(const LoadedModel&) const = default;
};

}  // namespace fude::service
