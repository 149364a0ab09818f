#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "pipelines/generation_request.h"
#include "request_flags.h"

namespace fude::apps {

/// Where the words and knobs of a picture come from, weakest first: defaults, --like or --request, --set, flags.
class RequestSources {
 public:
  /// Adds --like, --request, --set and every knob's flag. Must outlive `command`'s parsing.
  explicit RequestSources(CLI::App& command);

  /// The request, normalised, its seeds resolved. What was ignored is said on standard error.
  /// Throws Error: kNotFound, kCorruptFile, kInvalidArgument.
  pipelines::GenerationRequest read() const;

 private:
  std::string like_;
  std::string request_;
  std::vector<std::string> settings_;
  RequestFlags flags_;
};

}  // namespace fude::apps
