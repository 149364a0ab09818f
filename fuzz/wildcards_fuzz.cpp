#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/error.h"
#include "prompt/wildcard_yaml.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

/// A wildcard file, read as text and as YAML; its first line is a pattern, too.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const auto& value : fude::prompt::parse_wildcard_text(text)) require(value.weight >= 0);
  const std::string_view pattern = text.substr(0, text.find('\n'));
  require(fude::prompt::matches_pattern("*", pattern));
  try {
    fude::prompt::Wildcards wildcards;
    for (auto& list : fude::prompt::read_yaml_lists(text, "root")) {
      require(!list.values.empty());
      wildcards.add(std::move(list));
    }
    require(wildcards.values("*").empty() == wildcards.names().empty());
    static_cast<void>(wildcards.values(pattern));
  } catch (const fude::Error& error) {
    require(error.code() == fude::ErrorCode::kCorruptFile);
  }
  return 0;
}
