#include "server/picture_types.h"

#include <array>
#include <string>
#include <utility>

#include "core/ascii.h"

namespace fude::server {

std::string_view picture_type(std::string_view file_name) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kTypes{{{".png", "image/png"},
                                                                                 {".webp", "image/webp"},
                                                                                 {".jpg", "image/jpeg"},
                                                                                 {".jpeg", "image/jpeg"},
                                                                                 {".gif", "image/gif"},
                                                                                 {".avif", "image/avif"}}};
  const std::string name = ascii_lower(file_name);
  for (const auto& [ending, type] : kTypes) {
    if (name.ends_with(ending)) return type;
  }
  return "application/octet-stream";
}

}  // namespace fude::server
