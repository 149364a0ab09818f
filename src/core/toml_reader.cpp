#include "core/toml_reader.h"

#include <optional>
#include <type_traits>

#include "core/error.h"

namespace fude {
namespace {

const toml::table kEmptyTable;

template <typename T>
void check_range(const std::string& name, T value, T low, T high) {
  if (!(value >= low && value <= high))
    fail(ErrorCode::kInvalidArgument, "'{}' is {}, expected {} to {}", name, value, low, high);
}

}  // namespace

std::string TomlReader::name(std::string_view key) const {
  return path_.empty() ? std::string(key) : path_ + "." + std::string(key);
}

const toml::node* TomlReader::find(std::string_view key) {
  known_.emplace(key);
  return table_->get(key);
}

template <typename T>
T TomlReader::as(const toml::node& node, std::string_view key, const char* expected) const {
  // The library would take 1 for true and true for 1.
  const bool is_kind = node.is_boolean() == std::is_same_v<T, bool>;
  const auto value = is_kind ? node.value<T>() : std::nullopt;
  if (!value) fail(ErrorCode::kInvalidArgument, "'{}' is not {}", name(key), expected);
  return *value;
}

template <typename T, typename Check>
void TomlReader::list(std::string_view key, std::vector<T>& value, const char* expected, Check check) {
  const toml::node* node = find(key);
  if (node == nullptr) return;
  if (!node->is_array()) fail(ErrorCode::kInvalidArgument, "'{}' is not {}", name(key), expected);
  value.clear();
  for (const toml::node& item : *node->as_array()) {
    value.push_back(as<T>(item, key, expected));
    check(value.back());
  }
}

void TomlReader::number(std::string_view key, double& value, double low, double high) {
  const toml::node* node = find(key);
  if (node == nullptr) return;
  value = as<double>(*node, key, "a number");
  check_range(name(key), value, low, high);
}

void TomlReader::whole(std::string_view key, std::int64_t& value, std::int64_t low, std::int64_t high) {
  const toml::node* node = find(key);
  if (node == nullptr) return;
  value = as<std::int64_t>(*node, key, "a whole number");
  check_range(name(key), value, low, high);
}

void TomlReader::text(std::string_view key, std::string& value) {
  if (const toml::node* node = find(key)) value = as<std::string>(*node, key, "a string");
}

void TomlReader::flag(std::string_view key, bool& value) {
  if (const toml::node* node = find(key)) value = as<bool>(*node, key, "true or false");
}

void TomlReader::wholes(std::string_view key, std::vector<std::int64_t>& value, std::int64_t low, std::int64_t high) {
  list(key, value, "a list of whole numbers", [&](std::int64_t item) { check_range(name(key), item, low, high); });
}

void TomlReader::numbers(std::string_view key, std::vector<double>& value, double low, double high) {
  list(key, value, "a list of numbers", [&](double item) { check_range(name(key), item, low, high); });
}

void TomlReader::texts(std::string_view key, std::vector<std::string>& value) {
  list(key, value, "a list of strings", [](const std::string&) {});
}

TomlReader TomlReader::table(std::string_view key) {
  const toml::node* node = find(key);
  if (node == nullptr) return {kEmptyTable, name(key)};
  if (!node->is_table()) fail(ErrorCode::kInvalidArgument, "'{}' is not a table", name(key));
  return {*node->as_table(), name(key)};
}

void TomlReader::reject_unknown() const {
  for (const auto& [key, node] : *table_)
    if (!known_.contains(key.str()))
      fail(ErrorCode::kInvalidArgument, "unknown key '{}' (line {})", printable(name(key.str())),
           node.source().begin.line);
}

}  // namespace fude
