#pragma once

#include <CLI/CLI.hpp>
#include <list>
#include <span>
#include <string>
#include <vector>

#include "pipelines/generation_request.h"
#include "pipelines/request_fields.h"

namespace fude::apps {

/// The flags of a command that makes pictures, one for each knob of the request table that has one. Only those that
/// were given change a request, so that they go over what a file or another picture says.
class RequestFlags {
 public:
  /// Adds the flags that `scope` has, and the prompt as next positional argument. Must outlive `command`'s parsing.
  RequestFlags(CLI::App& command, pipelines::FlagScope scope);

  /// Throws Error(kInvalidArgument) that names the flag.
  void apply(pipelines::GenerationRequest& request) const;

  /// Whether a prompt was given, as argument or as flag.
  bool has_prompt() const;

  /// Takes `words` for the prompt where none was given.
  void use_words(const std::string& words);

 private:
  struct Flag {
    CLI::Option* option;
    std::string text;
    std::vector<const pipelines::RequestField*> fields;  // two for WxH
  };

  CLI::Option* words_option_;
  std::string words_;
  bool has_words_ = false;  // by use_words()
  std::vector<std::string> styles_;
  std::list<Flag> flags_;  // a list: CLI11 keeps the addresses of the texts
};

}  // namespace fude::apps
