#include "prompt_report.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "text_rows.h"

namespace fude::apps {
namespace {

using nlohmann::ordered_json;

ordered_json json_of_networks(const std::vector<prompt::NetworkTag>& networks) {
  ordered_json list = ordered_json::array();
  for (const auto& tag : networks) list.push_back({{"kind", tag.kind}, {"name", tag.name}, {"args", tag.args}});
  return list;
}

ordered_json json_of_parts(const std::vector<prompt::PromptPart>& parts) {
  ordered_json list = ordered_json::array();
  for (const auto& part : parts) {
    ordered_json schedules = ordered_json::array();
    for (const auto& entry : part.schedules) schedules.push_back(ordered_json::array({entry.last_step, entry.text}));
    list.push_back({{"text", part.text}, {"weight", part.weight}, {"schedules", std::move(schedules)}});
  }
  return list;
}

ordered_json json_of_attention(const std::vector<prompt::AttentionPiece>& pieces) {
  ordered_json list = ordered_json::array();
  for (const auto& piece : pieces) {
    list.push_back(piece.is_break() ? ordered_json::array({piece.text, -1})
                                    : ordered_json::array({piece.text, piece.weight}));
  }
  return list;
}

ordered_json json_of_chunks(const std::vector<prompt::TokenChunk>& chunks) {
  ordered_json list = ordered_json::array();
  for (const auto& chunk : chunks) list.push_back({{"tokens", chunk.tokens}, {"multipliers", chunk.multipliers}});
  return list;
}

std::string counted(std::size_t count, const char* name) {
  return fmt::format("{} {}{}", count, name, count == 1 ? "" : "s");
}

void append_networks(std::string& out, const std::vector<prompt::NetworkTag>& networks) {
  if (networks.empty()) return;
  out += "\nNetworks\n";
  for (const auto& tag : networks) {
    append_row(out, printable(tag.kind, 12), fmt::format("{}  {}", tag.name, fmt::join(tag.args, "  ")));
  }
}

void append_parts(std::string& out, const std::vector<prompt::PromptPart>& parts) {
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const prompt::PromptPart& part = parts[i];
    if (parts.size() == 1 && part.weight == 1 && part.schedules.size() == 1) return;
    out += parts.size() == 1 ? "\nText" : fmt::format("\nText {} of {}", i + 1, parts.size());
    out += part.weight == 1 ? "\n" : fmt::format(", weight {}\n", part.weight);
    for (const auto& entry : part.schedules) {
      append_row(out, part.schedules.size() == 1 ? "all steps" : fmt::format("to step {}", entry.last_step),
                 entry.text);
    }
  }
}

/// What the encoder reads of a chunk, without start, end and filling.
std::string words_of(const prompt::TokenChunk& chunk) {
  std::string words;
  for (std::int32_t id : chunk.tokens) words += tokenizers::ClipTokenizer::token_text(id);
  return words;
}

}  // namespace

std::string prompt_json(const PromptReport& report) {
  ordered_json json{
      {"networks", json_of_networks(report.plan.networks)}, {"parts", json_of_parts(report.plan.parts)},
      {"attention", json_of_attention(report.attention)},   {"tokens", report.tokens},
      {"token_count", report.chunked.token_count},          {"chunks", json_of_chunks(report.chunked.chunks)},
  };
  if (!report.expansions.empty()) {
    json["template"] = report.prompt_template;
    ordered_json& list = json["expansions"] = ordered_json::array();
    for (const auto& expansion : report.expansions)
      list.push_back({{"seed", expansion.seed}, {"text", expansion.text}});
  }
  return json.dump(-1, ' ', /*ensure_ascii=*/false, ordered_json::error_handler_t::replace);
}

std::string prompt_text(const PromptReport& report) {
  const std::size_t chunks = report.chunked.chunks.size();
  std::string out;
  if (!report.expansions.empty()) {
    out += "Texts, by seed\n";
    for (const auto& expansion : report.expansions) append_row(out, std::to_string(expansion.seed), expansion.text);
    out += "\nThe first of them: ";
  }
  out += fmt::format("{}/{} tokens in {}\n", report.chunked.token_count, chunks * prompt::kTokensPerChunk,
                     counted(chunks, "chunk"));
  append_networks(out, report.plan.networks);
  append_parts(out, report.plan.parts);
  out += "\nWeights\n";
  for (const auto& piece : report.attention) {
    if (piece.is_break()) {
      append_row(out, "BREAK", "");
    } else {
      append_row(out, fmt::format("{:.3f}", piece.weight), piece.text);
    }
  }
  out += "\nChunks\n";
  for (std::size_t i = 0; i < chunks; ++i) append_row(out, std::to_string(i + 1), words_of(report.chunked.chunks[i]));
  return out;
}

}  // namespace fude::apps
