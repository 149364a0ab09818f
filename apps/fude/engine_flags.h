#pragma once

#include <CLI/CLI.hpp>

#include "pipelines/engine_options.h"

namespace fude::apps {

/// --device, --precision, --memory and --threads: what the networks run on, for every command that runs some.
class EngineFlags {
 public:
  /// Must outlive `command`'s parsing.
  explicit EngineFlags(CLI::App& command);

  /// Sets the number of threads and resolves "auto". Throws Error(kInvalidArgument) when the device is not there.
  pipelines::EngineOptions apply() const;

  /// What the flags say, not yet resolved.
  const pipelines::EngineWishes& wishes() const { return wishes_; }

 private:
  pipelines::EngineWishes wishes_;
};

}  // namespace fude::apps
