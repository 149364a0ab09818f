#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "server/http_message.h"

namespace fude::server {

/// What stands behind the "?" of a request, name by name. Every reader throws HttpError(400) that names the parameter;
/// an empty value is the same as an absent one, names that nobody asks for are left alone.
class Query {
 public:
  explicit Query(const Request& request) : request_(request) {}

  std::optional<std::string> text(std::string_view name, std::size_t longest) const;  // bytes
  std::optional<std::int64_t> whole(std::string_view name, std::int64_t minimum, std::int64_t maximum) const;
  std::optional<double> real(std::string_view name, double minimum, double maximum) const;
  std::optional<bool> truth(std::string_view name) const;  // true, false, 1, 0
  std::optional<std::string> choice(std::string_view name, std::initializer_list<std::string_view> choices) const;

 private:
  const Request& request_;
};

/// The number in a part of the path, such as an id. Throws HttpError(404) when it is none: then nothing is there.
std::int64_t id_of(const Request& request, std::string_view part = "id");

}  // namespace fude::server
