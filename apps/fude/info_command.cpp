#include <algorithm>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "command.h"
#include "core/error.h"
#include "pipelines/infotext.h"
#include "pipelines/stored_text.h"
#include "text_rows.h"

namespace fude::apps {
namespace {

using pipelines::Infotext;
using pipelines::StoredText;

struct InfoFlags {
  std::string file;
  bool wants_json = false;
};

using Rows = std::vector<std::pair<std::string, std::string>>;

bool is_words(std::string_view key) { return key == "Prompt" || key == "Negative prompt"; }

// The pairs that stand in the text, sizes put together again: "Size-1" and "Size-2" are shown as "Size 512x768".
Rows parameter_rows(const Infotext& infotext) {
  Rows rows;
  for (const Infotext::Pair& pair : infotext.pairs()) {
    if (!pair.is_stored || is_words(pair.key)) continue;
    const std::string value = pipelines::to_text(pair.value);
    const std::string stem = pair.key.substr(0, pair.key.size() - std::min<std::size_t>(2, pair.key.size()));
    if (pair.key.ends_with("-1") && infotext.find(stem + "-2") != nullptr) {
      rows.emplace_back(stem, value + "x" + infotext.text(stem + "-2"));
    } else if (!pair.key.ends_with("-2") || infotext.find(stem + "-1") == nullptr) {
      rows.emplace_back(pair.key, value);
    }
  }
  return rows;
}

void append_block(std::string& out, const std::string& title, const Rows& rows) {
  constexpr std::size_t kWidestName = 26;
  if (rows.empty()) return;
  std::size_t longest = 0;
  for (const auto& [name, value] : rows) longest = std::max(longest, name.size());
  const int width = static_cast<int>(std::min(longest, kWidestName)) + 4;
  out += (out.empty() ? "" : "\n") + title + '\n';
  for (const auto& [name, value] : rows) append_row(out, name, value, width);
}

void append_words(std::string& out, const std::string& title, const std::string& words) {
  if (words.empty()) return;
  out += (out.empty() ? "" : "\n") + title + '\n';
  append_row(out, "", words, /*name_width=*/2);
}

std::string info_text(const StoredText& stored) {
  std::string out;
  if (stored.infotext) {
    const Infotext infotext = pipelines::parse_infotext(*stored.infotext);
    const Rows rows = parameter_rows(infotext);
    // Any text file would be a prompt; only the line of parameters tells that it speaks of a picture.
    if (!stored.is_picture && rows.empty()) return {};
    append_words(out, "Prompt", infotext.text("Prompt"));
    append_words(out, "Negative prompt", infotext.text("Negative prompt"));
    append_block(out, "Parameters", rows);
  }
  Rows others;
  for (const io::PngText& text : stored.others) others.emplace_back(text.keyword, text.text);
  append_block(out, "Other texts", others);
  return out;
}

std::string info_json(const std::string& file, const StoredText& stored) {
  using Json = nlohmann::ordered_json;
  Json parameters = Json::object(), items = Json::object();
  if (stored.infotext) {
    const Infotext infotext = pipelines::parse_infotext(*stored.infotext);
    for (const Infotext::Pair& pair : infotext.pairs()) {
      std::visit([&](const auto& value) { parameters[pair.key] = value; }, pair.value);
    }
  }
  for (const io::PngText& text : stored.others) items[text.keyword] = text.text;
  const Json info{{"file", file},
                  {"infotext", stored.infotext ? Json(*stored.infotext) : Json()},
                  {"parameters", std::move(parameters)},
                  {"items", std::move(items)}};
  return info.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

void print_info(const InfoFlags& flags) {
  const StoredText stored = pipelines::read_stored_text(flags.file);
  const std::string text = info_text(stored);
  for (const std::string& warning : stored.warnings) std::fprintf(stderr, "fude: warning: %s\n", warning.c_str());
  if (text.empty()) {
    fail(ErrorCode::kCorruptFile, "'{}' says nothing of its making: it has no text such as 'Steps: 20, Sampler: ...'",
         printable(flags.file));
  }
  const std::string out = flags.wants_json ? info_json(flags.file, stored) : text;
  std::fwrite(out.data(), 1, out.size(), stdout);
}

}  // namespace

void add_info_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("info", "show what a picture says of its making");
  auto flags = std::make_shared<InfoFlags>();
  command->add_option("FILE", flags->file, "a picture (PNG, JPEG or WebP), or a text file with such a text")
      ->required();
  command->add_flag("--json", flags->wants_json,
                    "print one JSON object: file, infotext, parameters (with what absent keys mean), items");
  command->callback([flags] { print_info(*flags); });
}

}  // namespace fude::apps
