#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

namespace fude::platform {

/// What makes a file this file, whatever it is called.
struct FileIdentity {
  std::uint64_t device = 0;
  std::uint64_t number = 0;

  bool operator==(const FileIdentity&) const = default;
};

/// Of what lies at `path`; absent when nothing does, or when it cannot be looked at.
std::optional<FileIdentity> file_identity(const std::filesystem::path& path);

}  // namespace fude::platform
