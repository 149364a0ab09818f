#include "secret.h"

#include <cstdlib>
#include <fstream>

#include "core/error.h"

namespace fude::apps {

std::string secret(const SecretSource& source) {
  if (!source.text.empty()) return source.text;
  if (source.file.empty()) {
    const char* value = std::getenv(source.variable);
    return value == nullptr ? std::string() : std::string(value);
  }
  std::ifstream file(source.file);
  if (!file) fail(ErrorCode::kNotFound, "file '{}' cannot be read", printable(source.file));
  std::string line;
  std::getline(file, line);
  if (line.ends_with('\r')) line.pop_back();
  if (line.empty()) fail(ErrorCode::kInvalidArgument, "the first line of '{}' is empty", printable(source.file));
  return line;
}

}  // namespace fude::apps
