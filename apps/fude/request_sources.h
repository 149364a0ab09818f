#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "pipelines/generation_request.h"
#include "pipelines/request_fields.h"
#include "request_flags.h"

namespace fude::apps {

/// A text file's bytes; "-" is standard input. Throws Error(kNotFound).
std::string read_text(const std::string& path);

/// Where the words and knobs of a picture come from, weakest first: defaults, --like or --request, --set, flags.
class RequestSources {
 public:
  /// Adds --like, --request, --set and the flags of the knobs that `scope` has. Must outlive `command`'s parsing.
  RequestSources(CLI::App& command, pipelines::FlagScope scope);

  /// Takes `words` for the prompt. Throws Error(kInvalidArgument) where one was given, too.
  void use_words(const std::string& words) { flags_.use_words(words); }

  /// The request, normalised, its seeds resolved. What was ignored is said on standard error.
  /// Throws Error: kNotFound, kCorruptFile, kInvalidArgument.
  pipelines::GenerationRequest read() const;

  /// Whether anything says what to draw, be it nothing: words, a picture, a file.
  bool has_words() const { return flags_.has_prompt() || !like_.empty() || !request_.empty(); }

  /// The same with seeds as they were written: -1 stays.
  pipelines::GenerationRequest read_written_seeds() const;

 private:
  pipelines::GenerationRequest from_picture() const;

  pipelines::FlagScope scope_;
  std::string like_;
  std::string request_;
  std::vector<std::string> settings_;
  RequestFlags flags_;
};

}  // namespace fude::apps
