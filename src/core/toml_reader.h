#pragma once

#include <toml++/toml.h>

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace fude {

/// Reads one table of a configuration: every key is optional, its value must have the right type and range, and a key
/// that nobody asked for is an error. All errors are Error(kInvalidArgument) naming the key as "table.key".
class TomlReader {
 public:
  TomlReader(const toml::table& table, std::string path) : table_(&table), path_(std::move(path)) {}

  /// Leave `value` alone when the key is absent. Bounds are inclusive.
  void number(std::string_view key, double& value, double low, double high);
  void whole(std::string_view key, std::int64_t& value, std::int64_t low, std::int64_t high);
  void text(std::string_view key, std::string& value);
  void flag(std::string_view key, bool& value);
  void wholes(std::string_view key, std::vector<std::int64_t>& value, std::int64_t low, std::int64_t high);
  void numbers(std::string_view key, std::vector<double>& value, double low, double high);
  void texts(std::string_view key, std::vector<std::string>& value);

  /// The table under `key`; an empty one when it is absent.
  TomlReader table(std::string_view key);

  /// Call last. Throws on a key that was never asked for.
  void reject_unknown() const;

 private:
  std::string name(std::string_view key) const;
  const toml::node* find(std::string_view key);
  template <typename T>
  T as(const toml::node& node, std::string_view key, const char* expected) const;
  template <typename T, typename Check>
  void list(std::string_view key, std::vector<T>& value, const char* expected, Check check);

  const toml::table* table_;
  std::string path_;
  std::set<std::string, std::less<>> known_;
};

}  // namespace fude
