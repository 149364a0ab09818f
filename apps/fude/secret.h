#pragma once

#include <string>

namespace fude::apps {

/// Where a password may come from; the first that is there counts.
struct SecretSource {
  std::string text = {};           // on the command line
  std::string file = {};           // its first line
  const char* variable = nullptr;  // in the environment
};

/// The secret, empty when there is none. Throws Error: kNotFound (the file is missing), kInvalidArgument (its first
/// line is empty).
std::string secret(const SecretSource& source);

}  // namespace fude::apps
