#include "pipelines/conditioning.h"

#include <algorithm>

namespace fude::pipelines {
namespace {

using prompt::ChunkedText;
using prompt::TokenChunk;

at::Tensor ids_of(const std::vector<TokenChunk>& column) {
  at::Tensor ids = at::empty({static_cast<int64_t>(column.size()), prompt::kChunkLength}, at::kLong);
  auto* out = ids.data_ptr<int64_t>();
  for (const TokenChunk& chunk : column) out = std::copy(chunk.tokens.begin(), chunk.tokens.end(), out);
  return ids;
}

at::Tensor multipliers_of(const std::vector<TokenChunk>& column) {
  at::Tensor multipliers = at::empty({static_cast<int64_t>(column.size()), prompt::kChunkLength, 1}, at::kFloat);
  auto* out = multipliers.data_ptr<float>();
  for (const TokenChunk& chunk : column) out = std::copy(chunk.multipliers.begin(), chunk.multipliers.end(), out);
  return multipliers;
}

bool changes_anything(const at::Tensor& multipliers) { return !multipliers.eq(1).all().item<bool>(); }

// z [T,77,D], multipliers [T,77,1].
at::Tensor weigh(const at::Tensor& z, const at::Tensor& multipliers, prompt::Emphasis emphasis) {
  const bool has_effect = emphasis == prompt::Emphasis::kOriginal || emphasis == prompt::Emphasis::kNoNorm;
  if (!has_effect || !changes_anything(multipliers)) return z;
  const at::Tensor weighed = z * multipliers.to(z.device(), z.scalar_type());
  if (emphasis == prompt::Emphasis::kNoNorm) return weighed;
  return weighed * (z.mean() / weighed.mean());
}

// Chunk number `position` of every text, an empty one where a text has no more.
std::vector<TokenChunk> column_at(const std::vector<ChunkedText>& texts, std::size_t position,
                                  const TokenChunk& empty) {
  std::vector<TokenChunk> column;
  for (const ChunkedText& text : texts) {
    column.push_back(position < text.chunks.size() ? text.chunks[position] : empty);
  }
  return column;
}

}  // namespace

std::vector<at::Tensor> encode_texts(const models::ClipTextEncoder& encoder, std::span<const std::string> texts,
                                     const ConditioningOptions& options) {
  const tokenizers::ClipTokenizer tokenizer;
  std::vector<ChunkedText> chunked;
  std::size_t longest = 1;
  for (const std::string& text : texts) {
    chunked.push_back(prompt::chunk_text(text, tokenizer, options.chunks));
    longest = std::max(longest, chunked.back().chunks.size());
  }
  const TokenChunk empty = prompt::chunk_text("", tokenizer, options.chunks).chunks.front();

  std::vector<at::Tensor> columns;
  for (std::size_t position = 0; position < longest; ++position) {
    const std::vector<TokenChunk> column = column_at(chunked, position, empty);
    const at::Tensor ids = ids_of(column).to(encoder.device());
    columns.push_back(weigh(encoder.encode(ids, options.clip_skip), multipliers_of(column), options.chunks.emphasis));
  }
  return at::cat(columns, 1).split(1);
}

const at::Tensor& PartContext::at_call(int call) const {
  const auto here = std::ranges::find_if(schedule, [&](const ScheduledContext& s) { return call <= s.last_call; });
  return here == schedule.end() ? schedule.back().context : here->context;
}

std::vector<PartContext> encode_plan(const models::ClipTextEncoder& encoder, const prompt::PromptPlan& plan,
                                     const ConditioningOptions& options) {
  std::vector<PartContext> parts;
  for (const prompt::PromptPart& part : plan.parts) {
    std::vector<std::string> texts;
    for (const prompt::ScheduleEntry& entry : part.schedules) texts.push_back(entry.text);
    const std::vector<at::Tensor> contexts = encode_texts(encoder, texts, options);
    PartContext& built = parts.emplace_back(PartContext{.weight = part.weight, .schedule = {}});
    for (std::size_t i = 0; i < contexts.size(); ++i) {
      built.schedule.push_back({.last_call = part.schedules[i].last_step, .context = contexts[i]});
    }
  }
  return parts;
}

void pad_to_equal_length(at::Tensor& a, at::Tensor& b, const at::Tensor& empty) {
  at::Tensor& shorter = a.size(1) < b.size(1) ? a : b;
  const int64_t missing = std::max(a.size(1), b.size(1)) - shorter.size(1);
  const int64_t copies = missing / empty.size(1);
  if (copies > 0) shorter = at::cat({shorter, empty.repeat({1, copies, 1})}, 1);
}

}  // namespace fude::pipelines
