#include "pipelines/folder_order.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/error.h"
#include "core/nearest_name.h"
#include "pipelines/picture_folder.h"
#include "pipelines/request_json.h"

namespace fude::pipelines {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<std::string_view, 6> kMembers{"folder", "output", "masks", "texts", "reuse", "request"};

Json parse_object(std::string_view text) {
  Json body = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!body.is_object()) fail(ErrorCode::kCorruptFile, "folder job is no JSON object");
  for (const auto& [name, value] : body.items()) {
    if (std::ranges::find(kMembers, name) != kMembers.end()) continue;
    fail(ErrorCode::kInvalidArgument, "unknown member '{}' of a folder job{}", printable(name, 60),
         did_you_mean(name, kMembers));
  }
  return body;
}

std::string text_of(const char* name, const Json& value) {
  if (!value.is_string()) {
    fail(ErrorCode::kInvalidArgument, "{} is a JSON {}, expected a text", name, value.type_name());
  }
  return value.get<std::string>();
}

std::string text_member(const Json& body, const char* name) {
  const auto found = body.find(name);
  return found == body.end() || found->is_null() ? std::string() : text_of(name, *found);
}

std::vector<std::string> reused_words(const Json& body) {
  std::vector<std::string> words;
  const auto found = body.find("reuse");
  if (found == body.end() || found->is_null()) return words;
  if (!found->is_array()) {
    fail(ErrorCode::kInvalidArgument, "reuse is a JSON {}, expected a list of words", found->type_name());
  }
  for (const Json& word : *found) words.push_back(text_of("reuse", word));
  check_reused(words, "reuse");
  return words;
}

}  // namespace

FolderOrder parse_folder_order(std::string_view text, const GenerationRequest& base,
                               std::vector<std::string>* warnings) {
  const Json body = parse_object(text);
  FolderOrder order{.folder = text_member(body, "folder"),
                    .output = text_member(body, "output"),
                    .masks = text_member(body, "masks"),
                    .texts = text_member(body, "texts"),
                    .reused = reused_words(body),
                    .request = base};
  if (order.folder.empty()) fail(ErrorCode::kInvalidArgument, "folder is empty, expected a folder with pictures");
  order.request.width = order.request.height = 0;
  const auto request = body.find("request");
  ParsedRequest parsed = parse_request(request == body.end() ? "{}" : request->dump(), order.request);
  refuse_special_work(parsed, "a folder job");
  order.request = std::move(parsed.request);
  order.saving = std::move(parsed.saving);
  if (warnings != nullptr) *warnings = std::move(parsed.warnings);
  return order;
}

std::string to_json(const FolderOrder& order) {
  Json body{{"folder", order.folder}};
  if (!order.output.empty()) body["output"] = order.output;
  if (!order.masks.empty()) body["masks"] = order.masks;
  if (!order.texts.empty()) body["texts"] = order.texts;
  if (!order.reused.empty()) body["reuse"] = order.reused;
  body["request"] = Json::parse(request_to_json(order.request, order.saving));
  return body.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace fude::pipelines
