#include "inspect_report.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "core/error.h"

namespace fude::apps {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kLabelWidth = 14;
constexpr std::size_t kMaxParts = 8;

/// "859.5 M", "77".
std::string count_text(double count) {
  for (const auto& [unit, name] : {std::pair{1e9, "G"}, std::pair{1e6, "M"}, std::pair{1e3, "k"}}) {
    if (count >= unit) return fmt::format("{:.1f} {}", count / unit, name);
  }
  return fmt::format("{:.0f}", count);
}

std::string tensors_text(int64_t parameters, int64_t tensors) {
  return fmt::format("{} in {} tensor{}", count_text(static_cast<double>(parameters)), tensors,
                     tensors == 1 ? "" : "s");
}

/// "42.4 MB (42422462 bytes)".
std::string size_text(uint64_t bytes) {
  const std::string count = count_text(static_cast<double>(bytes));
  if (bytes < 1000) return count + " bytes";
  return fmt::format("{}B ({} bytes)", count, bytes);
}

/// "1,2,4,4".
std::string multipliers_text(const std::vector<int64_t>& values) { return fmt::format("{}", fmt::join(values, ",")); }

/// How many bytes of the text fill `columns` columns, counting a character as one column and never cutting one.
std::size_t bytes_in(std::string_view text, std::size_t columns) {
  std::size_t end = 0;
  for (std::size_t seen = 0; end < text.size() && seen < columns; ++seen) {
    ++end;
    while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) ++end;
  }
  return end;
}

/// Where to break a line: at the last space that leaves at most `columns` columns, or inside a word longer than that.
std::size_t line_end(std::string_view text, std::size_t columns) {
  const std::size_t end = bytes_in(text, columns);
  if (end == text.size()) return end;
  const std::size_t space = text.substr(0, end + 1).rfind(' ');
  return space == std::string_view::npos || space == 0 ? end : space;
}

class Report {
 public:
  explicit Report(int width) : width_(static_cast<std::size_t>(std::max(width, 40))) {}

  void heading(const std::string& text) { text_ += printable(text) + "\n"; }

  /// One fact, on as many lines as it needs; nothing if there is no text.
  void line(std::string_view label, const std::string& text) {
    std::string rest = printable(text, kMaxTextBytes);
    while (!rest.empty()) {
      const std::size_t end = line_end(rest, width_ - kLabelWidth - 2);
      text_ += fmt::format("  {:<{}}{}\n", label, kLabelWidth, rest.substr(0, end));
      rest.erase(0, end < rest.size() && rest[end] == ' ' ? end + 1 : end);
      label = "";
    }
  }

  /// A fact that must be copied whole.
  void whole_line(std::string_view label, const std::string& text) {
    if (!text.empty()) text_ += fmt::format("  {:<{}}{}\n", label, kLabelWidth, text);
  }

  /// One line whose label may be longer than the others; what does not fit is left out.
  void entry(const std::string& key, const std::string& value) {
    const std::string whole = "  " + printable(key + ": " + value, kMaxTextBytes);
    const bool fits = bytes_in(whole, width_) == whole.size();
    text_ += (fits ? whole : whole.substr(0, bytes_in(whole, width_ - 4)) + " ...") + "\n";
  }

  std::string take() { return std::move(text_); }

 private:
  static constexpr std::size_t kMaxTextBytes = 1000;

  std::size_t width_;
  std::string text_;
};

std::string unet_text(const models::UNetConfig& config) {
  const std::string heads =
      config.heads > 0 ? fmt::format("{} heads", config.heads) : fmt::format("heads {} wide", config.head_width);
  return fmt::format("{} channels in, {} out, width {} x {}, context {}, {}", config.in_channels, config.out_channels,
                     config.model_channels, multipliers_text(config.channel_mult), config.context_dim, heads);
}

std::string autoencoder_text(const models::AutoencoderKLConfig& config) {
  return fmt::format("width {} x {}, {} latent channels, 1/{} size, scale {}", config.channels,
                     multipliers_text(config.channel_mult), config.z_channels, config.downscale(), config.scale_factor);
}

std::string text_encoder_text(const models::ClipTextConfig& config) {
  return fmt::format("{}, {} layers, width {}, {} heads, {} words, {} positions",
                     config.has_quick_gelu ? "CLIP" : "OpenCLIP", config.layers, config.width, config.heads,
                     config.vocabulary, config.positions);
}

/// "LoRA", or "LoHa 12, LoRA 180" for a mixture.
std::string families_text(const std::map<std::string, int64_t>& families) {
  if (families.size() == 1) return families.begin()->first;
  std::vector<std::string> texts;
  for (const auto& [name, count] : families) texts.push_back(fmt::format("{} {}", name, count));
  return fmt::format("{}", fmt::join(texts, ", "));
}

/// "1girl (12), sky (7)".
std::string words_text(const std::vector<models::TrainedWord>& words) {
  std::vector<std::string> texts;
  for (const models::TrainedWord& word : words) {
    texts.push_back(word.count == 0 ? word.tag : fmt::format("{} ({})", word.tag, word.count));
  }
  return fmt::format("{}", fmt::join(texts, ", "));
}

std::string lora_text(const models::LoraFacts& facts) {
  const std::string changes =
      fmt::format("changes {} {}", facts.module_count, facts.module_count == 1 ? "weight" : "weights");
  if (facts.highest_rank == 0) return changes;
  if (facts.lowest_rank == facts.highest_rank) return fmt::format("rank {}, {}", facts.lowest_rank, changes);
  return fmt::format("rank {} to {}, {}", facts.lowest_rank, facts.highest_rank, changes);
}

std::string embedding_text(const models::EmbeddingFacts& facts) {
  return fmt::format("{} {}, {} wide", facts.vector_count, facts.vector_count == 1 ? "vector" : "vectors",
                     fmt::join(facts.widths, " and "));
}

std::string hypernetwork_text(const models::HypernetworkFacts& facts) {
  return fmt::format("for widths {}; {} {}{}", fmt::join(facts.widths, ", "), facts.layer_count,
                     facts.layer_count == 1 ? "layer" : "layers",
                     facts.activation.empty() ? "" : ", " + facts.activation);
}

/// "SDXL checkpoint (not supported yet)".
std::string what_text(const models::Detection& detection) {
  std::string text(detection.family);
  if (detection.kind == models::FileKind::kUnknown && !detection.missing.empty()) {
    return fmt::format("nearly a {}, but lacks {}", text, fmt::join(detection.missing, ", "));
  }
  const bool is_checkpoint = detection.kind == models::FileKind::kCheckpoint;
  return is_checkpoint && !detection.is_supported ? text + " (not supported yet)" : text;
}

std::string types_text(const std::map<std::string, int64_t>& counts) {
  std::vector<std::pair<int64_t, std::string>> ordered;
  for (const auto& [name, count] : counts) ordered.emplace_back(count, name);
  std::ranges::sort(ordered, std::greater{});
  std::vector<std::string> texts;
  for (const auto& [count, name] : ordered) {
    texts.push_back(fmt::format("{} {}", name, count_text(static_cast<double>(count))));
  }
  return fmt::format("{}", fmt::join(texts, ", "));
}

void add_parts(const std::vector<models::FilePart>& parts, Report& report) {
  if (parts.size() < 2) return;
  report.heading("parts");
  for (std::size_t i = 0; i < std::min(parts.size(), kMaxParts); ++i) {
    report.entry(parts[i].name, tensors_text(parts[i].parameter_count, parts[i].tensor_count));
  }
  if (parts.size() > kMaxParts) report.entry("others", fmt::format("{} more", parts.size() - kMaxParts));
}

std::string_view kind_name(models::FileKind kind) {
  switch (kind) {
    case models::FileKind::kCheckpoint: return "checkpoint";
    case models::FileKind::kAutoencoder: return "autoencoder";
    case models::FileKind::kDenoiser: return "denoiser";
    case models::FileKind::kTextEncoder: return "text_encoder";
    case models::FileKind::kAdapter: return "adapter";
    case models::FileKind::kEmbedding: return "embedding";
    case models::FileKind::kUpscaler: return "upscaler";
    case models::FileKind::kUnknown: return "unknown";
  }
  return "unknown";
}

Json lora_json(const models::LoraFacts& facts) {
  Json words = Json::array();
  for (const models::TrainedWord& word : facts.words) words.push_back({{"tag", word.tag}, {"count", word.count}});
  return {{"families", facts.families},       {"modules", facts.module_count},
          {"lowest_rank", facts.lowest_rank}, {"highest_rank", facts.highest_rank},
          {"trained_words", words},           {"carried_words", facts.bundled_words}};
}

void add_other_configs(const models::FileSummary& summary, Json& config) {
  if (summary.lora) config["lora"] = lora_json(*summary.lora);
  if (const auto& facts = summary.embedding) {
    config["embedding"] = {{"vectors", facts->vector_count}, {"widths", facts->widths}};
  }
  if (const auto& facts = summary.hypernetwork) {
    config["hypernetwork"] = {
        {"widths", facts->widths}, {"layers", facts->layer_count}, {"activation", facts->activation}};
  }
  if (summary.upscaler) config["upscaler"] = {{"scale", summary.upscaler->scale}};
}

Json config_json(const models::FileSummary& summary) {
  Json config = Json::object();
  if (const auto& unet = summary.unet) {
    config["unet"] = {{"in_channels", unet->in_channels},
                      {"out_channels", unet->out_channels},
                      {"model_channels", unet->model_channels},
                      {"channel_mult", unet->channel_mult},
                      {"transformer_depth", unet->transformer_depth},
                      {"res_blocks", unet->res_blocks},
                      {"context_dim", unet->context_dim},
                      {"heads", unet->heads},
                      {"head_width", unet->head_width},
                      {"vector_dim", unet->vector_dim}};
  }
  if (const auto& autoencoder = summary.autoencoder) {
    config["autoencoder"] = {{"channels", autoencoder->channels},
                             {"channel_mult", autoencoder->channel_mult},
                             {"res_blocks", autoencoder->res_blocks},
                             {"z_channels", autoencoder->z_channels},
                             {"scale_factor", autoencoder->scale_factor}};
  }
  for (const models::TextEncoderConfig& encoder : summary.text_encoders) {
    const models::ClipTextConfig& text = encoder.network;
    // The second encoder of SDXL has a name of its own.
    const std::string name = config.contains("text_encoder") ? "text_encoder_2" : "text_encoder";
    config[name] = {{"vocabulary", text.vocabulary}, {"positions", text.positions}, {"width", text.width},
                    {"mlp_width", text.mlp_width},   {"layers", text.layers},       {"heads", text.heads}};
  }
  add_other_configs(summary, config);
  return config;
}

Json parts_json(const std::vector<models::FilePart>& parts) {
  Json rows = Json::array();
  for (const models::FilePart& part : parts) {
    rows.push_back({{"name", part.name}, {"tensors", part.tensor_count}, {"parameters", part.parameter_count}});
  }
  return rows;
}

}  // namespace

std::string text_report(const Inspection& inspection, int width) {
  const models::FileSummary& summary = inspection.summary;
  Report report(width);
  report.heading(inspection.file);
  report.line("what", what_text(summary.detection));
  report.line("problem", summary.problem);
  report.line("format", inspection.format);
  report.line("size", size_text(inspection.byte_count));
  report.line("parameters", tensors_text(summary.parameter_count, summary.tensor_count));
  report.line("types", types_text(summary.type_counts));
  if (summary.unet) report.line("U-Net", unet_text(*summary.unet));
  if (summary.autoencoder) report.line("autoencoder", autoencoder_text(*summary.autoencoder));
  for (const models::TextEncoderConfig& text : summary.text_encoders) {
    report.line("text encoder", text_encoder_text(text.network));
  }
  if (summary.lora) {
    report.line("adapter", families_text(summary.lora->families) + ", " + lora_text(*summary.lora));
    report.line("trained words", words_text(summary.lora->words));
    report.line("carries words", fmt::format("{}", fmt::join(summary.lora->bundled_words, ", ")));
  }
  if (summary.embedding) report.line("embedding", embedding_text(*summary.embedding));
  if (summary.hypernetwork) report.line("hypernetwork", hypernetwork_text(*summary.hypernetwork));
  if (summary.upscaler) report.line("upscaler", fmt::format("makes pictures {} times larger", summary.upscaler->scale));
  report.line("prediction", summary.prediction_type);
  report.line("licence", summary.licence);
  report.whole_line("SHA-256", inspection.hashes.sha256);
  report.whole_line("AutoV1", inspection.hashes.auto_v1);
  report.whole_line("AutoV2", inspection.hashes.auto_v2);
  report.whole_line("AutoV3", inspection.adapter_hash);
  add_parts(summary.parts, report);
  if (!inspection.metadata.empty()) report.heading("metadata");
  for (const auto& [key, value] : inspection.metadata) report.entry(key, value);
  return report.take();
}

std::string json_report(const Inspection& inspection) {
  const models::FileSummary& summary = inspection.summary;
  Json json;
  json["file"] = inspection.file;
  json["kind"] = kind_name(summary.detection.kind);
  json["architecture"] = summary.detection.family;
  json["supported"] = models::is_usable(summary);
  if (!summary.problem.empty()) json["problem"] = summary.problem;
  if (!summary.detection.missing.empty()) json["missing"] = summary.detection.missing;
  json["config"] = config_json(summary);
  json["prediction_type"] = summary.prediction_type.empty() ? Json() : Json(summary.prediction_type);
  json["format"] = inspection.format;
  json["bytes"] = inspection.byte_count;
  json["tensors"] = summary.tensor_count;
  json["parameters"] = summary.parameter_count;
  json["types"] = summary.type_counts;
  json["parts"] = parts_json(summary.parts);
  json["sha256"] = inspection.hashes.sha256;
  json["autov1"] = inspection.hashes.auto_v1;
  json["autov2"] = inspection.hashes.auto_v2;
  if (!inspection.adapter_hash.empty()) json["autov3"] = inspection.adapter_hash;
  json["licence"] = summary.licence.empty() ? Json() : Json(summary.licence);
  json["metadata"] = inspection.metadata;
  // Names in a checkpoint need not be UTF-8, JSON must be.
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace fude::apps
