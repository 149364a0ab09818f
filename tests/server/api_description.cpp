#include "tests/server/api_description.h"

#include <fmt/format.h>
#include <yaml.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "core/ascii.h"

namespace fude::server {
namespace {

using nlohmann::json;

json scalar(const yaml_node_t& node) {
  const std::string text(reinterpret_cast<const char*>(node.data.scalar.value), node.data.scalar.length);
  if (node.data.scalar.style != YAML_PLAIN_SCALAR_STYLE) return text;
  const json value = json::parse(text, nullptr, /*allow_exceptions=*/false);
  return value.is_number() || value.is_boolean() || value.is_null() ? value : json(text);
}

json to_json(yaml_document_t& document, int number) {
  const yaml_node_t& node = *yaml_document_get_node(&document, number);
  if (node.type == YAML_SCALAR_NODE) return scalar(node);
  if (node.type == YAML_SEQUENCE_NODE) {
    json list = json::array();
    for (const int* item = node.data.sequence.items.start; item < node.data.sequence.items.top; ++item) {
      list.push_back(to_json(document, *item));
    }
    return list;
  }
  json object = json::object();
  for (const yaml_node_pair_t* pair = node.data.mapping.pairs.start; pair < node.data.mapping.pairs.top; ++pair) {
    const yaml_node_t& key = *yaml_document_get_node(&document, pair->key);
    object[std::string(reinterpret_cast<const char*>(key.data.scalar.value), key.data.scalar.length)] =
        to_json(document, pair->value);
  }
  return object;
}

json read_yaml(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  yaml_parser_t parser;
  yaml_document_t document;
  yaml_parser_initialize(&parser);
  yaml_parser_set_input_string(&parser, reinterpret_cast<const unsigned char*>(text.data()), text.size());
  if (yaml_parser_load(&parser, &document) == 0 || yaml_document_get_root_node(&document) == nullptr) {
    throw std::runtime_error(path + " is no YAML");
  }
  json root = to_json(document, 1);
  yaml_document_delete(&document);
  yaml_parser_delete(&parser);
  return root;
}

bool is_of_type(const json& value, const std::string& type) {
  if (type == "object") return value.is_object();
  if (type == "array") return value.is_array();
  if (type == "string") return value.is_string();
  if (type == "boolean") return value.is_boolean();
  if (type == "integer") return value.is_number_integer();
  return type == "number" && value.is_number();
}

// "image/*" describes "image/png".
bool is_described_as(std::string_view type, std::string_view described) {
  type = type.substr(0, type.find(';'));
  return described.ends_with("/*") ? type.starts_with(described.substr(0, described.size() - 1)) : type == described;
}

}  // namespace

ApiDescription::ApiDescription() : root_(read_yaml(FUDE_SOURCE_DIR "/api/openapi.yaml")) {
  const std::string base = root_["servers"][0]["url"];
  for (const auto& [path, item] : root_["paths"].items()) {
    for (const auto& [method, operation] : item.items()) {
      if (method == "parameters") continue;
      std::string name = method;
      std::ranges::transform(name, name.begin(), [](char c) { return c >= 'a' && c <= 'z' ? char(c - 'a' + 'A') : c; });
      operations_.insert(name + " " + base + path);
    }
  }
}

const json& ApiDescription::resolve(const json& schema) const {
  const auto reference = schema.find("$ref");
  if (reference == schema.end()) return schema;
  return resolve(root_.at(json::json_pointer(reference->get<std::string>().substr(1))));
}

std::vector<std::string> ApiDescription::problems(const std::string& operation, const Response& response) const {
  const std::size_t space = operation.find(' ');
  const std::string base = root_["servers"][0]["url"];
  const json& responses = root_.at("paths")
                              .at(operation.substr(space + 1 + base.size()))
                              .at(ascii_lower(operation.substr(0, space)))
                              .at("responses");
  const auto described = responses.find(std::to_string(response.status));
  if (described == responses.end()) return {fmt::format("status {} is not described", response.status)};
  const json& answer = resolve(*described);
  const auto content = answer.find("content");
  if (content == answer.end()) return {};
  for (const auto& [type, media] : content->items()) {
    if (!is_described_as(response.content_type, type)) continue;
    std::vector<std::string> problems;
    if (type == "application/json") check(media.at("schema"), json::parse(response.body), "body", problems);
    return problems;
  }
  return {fmt::format("content of type '{}' is not described", response.content_type)};
}

void ApiDescription::check_object(const json& schema, const json& value, const std::string& place,
                                  std::vector<std::string>& problems) const {
  for (const json& name : schema.value("required", json::array())) {
    if (!value.contains(name.get<std::string>())) {
      problems.push_back(place + "." + name.get<std::string>() + " is missing");
    }
  }
  const json properties = schema.value("properties", json::object());
  const json others = schema.value("additionalProperties", json(false));
  for (const auto& [name, member] : value.items()) {
    const std::string inner = place + "." + name;
    if (const auto property = properties.find(name); property != properties.end()) {
      check(*property, member, inner, problems);
    } else if (others.is_object()) {
      check(others, member, inner, problems);
    } else if (others == json(false)) {
      problems.push_back(inner + " is not described");
    }
  }
}

void ApiDescription::check_number(const json& schema, const json& value, const std::string& place,
                                  std::vector<std::string>& problems) const {
  const bool is_low = schema.contains("minimum") && value < schema["minimum"];
  const bool is_high = schema.contains("maximum") && value > schema["maximum"];
  if (is_low || is_high) problems.push_back(place + " is out of range: " + value.dump());
}

void ApiDescription::check(const json& reference, const json& value, const std::string& place,
                           std::vector<std::string>& problems) const {
  const json& schema = resolve(reference);
  if (value.is_null() && schema.value("nullable", false)) return;
  if (schema.contains("anyOf")) {
    const bool fits = std::ranges::any_of(schema["anyOf"], [&](const json& choice) {
      std::vector<std::string> ignored;
      check(choice, value, place, ignored);
      return ignored.empty();
    });
    if (!fits) problems.push_back(place + " is none of what is described: " + value.dump());
    return;
  }
  if (schema.contains("type") && !is_of_type(value, schema["type"])) {
    problems.push_back(place + " is no " + schema["type"].get<std::string>() + ": " + value.dump());
    return;
  }
  if (schema.contains("enum") && std::ranges::find(schema["enum"], value) == schema["enum"].end()) {
    problems.push_back(place + " is none of the described values: " + value.dump());
  }
  if (value.is_object()) check_object(schema, value, place, problems);
  if (value.is_number()) check_number(schema, value, place, problems);
  if (value.is_array() && schema.contains("items")) {
    for (std::size_t i = 0; i < value.size(); ++i) {
      check(schema["items"], value[i], fmt::format("{}[{}]", place, i), problems);
    }
  }
}

}  // namespace fude::server
