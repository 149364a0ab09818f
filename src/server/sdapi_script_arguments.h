#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "server/json_body.h"

namespace fude::server {

/// The positional arguments of a script. What is missing at the end or null has the default given; a value of another
/// kind is HttpError(422) that names its place. Numbers and switches may come as texts.
class ScriptArguments {
 public:
  explicit ScriptArguments(const Json& list) : list_(list) {}

  bool has(std::size_t place) const { return find(place) != nullptr; }
  bool truth(std::size_t place, bool otherwise) const;
  int whole(std::size_t place, int otherwise) const;
  double number(std::size_t place, double otherwise) const;
  std::string text(std::size_t place, std::string_view otherwise) const;
  std::vector<std::string> texts(std::size_t place) const;  // absent: none

 private:
  const Json* find(std::size_t place) const;

  const Json& list_;
};

}  // namespace fude::server
