#pragma once

#include <cstdint>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/http_message.h"

namespace fude::server {

using Json = nlohmann::json;

/// Bodies larger than this are refused before they are read, and texts that are nested deeper or hold more values when
/// they are parsed: a value takes up to fifty times the memory of the two bytes that it may be written with.
inline constexpr std::size_t kLargestBody = std::size_t{64} << 20;
inline constexpr int kDeepestJson = 64;
inline constexpr std::size_t kMostJsonValues = 200'000;

/// Parses hostile text. Throws HttpError(400): no JSON (with the place), nested deeper than kDeepestJson, more than
/// kMostJsonValues values, no UTF-8.
Json parse_json(std::string_view text);

/// Whether a value asks for nothing, whatever it is asked for: null, false, 0, "", [] or {}.
bool asks_for_nothing(const Json& value);

/// The answer with this value as its body.
Response json_response(const Json& value, int status = 200);

/// A JSON object from outside, member by member. Every reader is given the range and throws HttpError(400) that names
/// the member, what it is and what was expected; null is the same as absent.
class JsonObject {
 public:
  /// Takes a parsed value; `required` members must be there. Throws when it is no object.
  explicit JsonObject(Json value, std::initializer_list<std::string_view> required = {});

  bool has(std::string_view name) const { return find(name) != nullptr; }

  std::optional<std::string> text(std::string_view name, std::size_t longest) const;  // bytes
  std::optional<std::int64_t> whole(std::string_view name, std::int64_t minimum, std::int64_t maximum) const;
  std::optional<double> number(std::string_view name, double minimum, double maximum) const;
  std::optional<bool> truth(std::string_view name) const;
  std::optional<std::vector<std::string>> texts(std::string_view name, std::size_t most, std::size_t longest) const;
  std::optional<std::vector<double>> numbers(std::string_view name, std::size_t most, double minimum,
                                             double maximum) const;
  /// A member that is itself an object; null when it is absent.
  const Json* object(std::string_view name) const;
  /// A text that is one of these.
  std::optional<std::string> choice(std::string_view name, std::initializer_list<std::string_view> choices) const;

  /// Refuses members that nobody knows, naming the nearest that somebody does.
  void allow_only(std::initializer_list<std::string_view> names) const;

  const Json& value() const { return value_; }

 private:
  const Json* find(std::string_view name) const;

  Json value_;
};

/// The body of a request, which must be sent as application/json (HttpError 415: what a form of another site sends is
/// not). An empty body is an empty object.
JsonObject json_body(const Request& request, std::initializer_list<std::string_view> required = {});

}  // namespace fude::server
