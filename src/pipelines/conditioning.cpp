#include "pipelines/conditioning.h"

#include <algorithm>
#include <set>

#include "core/error.h"
#include "nn/timestep_embedding.h"

namespace fude::pipelines {
namespace {

using prompt::ChunkedText;
using prompt::TokenChunk;

// The ids of one chunk of every text. OpenCLIP was trained with zeros behind the end token.
at::Tensor ids_of(const std::vector<TokenChunk>& column, bool pads_with_zero) {
  at::Tensor ids = at::empty({static_cast<int64_t>(column.size()), prompt::kChunkLength}, at::kLong);
  auto* out = ids.data_ptr<int64_t>();
  for (const TokenChunk& chunk : column) {
    const auto end = std::ranges::find(chunk.tokens, tokenizers::ClipTokenizer::kEndId);
    const auto kept = pads_with_zero && end != chunk.tokens.end() ? end + 1 : chunk.tokens.end();
    std::fill(std::copy(chunk.tokens.begin(), kept, out), out + prompt::kChunkLength, 0);
    out += prompt::kChunkLength;
  }
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

/// The texts in the words of one encoder.
struct EncoderTexts {
  std::vector<ChunkedText> chunked;
  TokenChunk empty;
};

// OpenCLIP's encoders came with OpenCLIP's tokenizer.
tokenizers::ClipTokenizer tokenizer_of(const models::TextEncoder& encoder) {
  return tokenizers::ClipTokenizer(encoder.config.pads_with_zero ? tokenizers::kSd2Tokenizer
                                                                 : tokenizers::kSd1Tokenizer);
}

std::vector<prompt::CustomWord> custom_words(std::span<const models::TextualInversion> words,
                                             const tokenizers::ClipTokenizer& tokenizer) {
  std::vector<prompt::CustomWord> result;
  for (const models::TextualInversion& word : words) {
    result.push_back({.tokens = tokenizer.encode(word.name), .vectors = static_cast<std::size_t>(word.count())});
  }
  return result;
}

EncoderTexts chunk_texts(const models::TextEncoder& encoder, std::span<const std::string> texts,
                         const ConditioningOptions& options) {
  const tokenizers::ClipTokenizer tokenizer = tokenizer_of(encoder);
  const std::vector<prompt::CustomWord> words = custom_words(options.words, tokenizer);
  prompt::ChunkOptions chunking = options.chunks;
  chunking.words = words;
  EncoderTexts result{.chunked = {}, .empty = prompt::chunk_text("", tokenizer, chunking).chunks.front()};
  for (const std::string& text : texts) result.chunked.push_back(prompt::chunk_text(text, tokenizer, chunking));
  return result;
}

// The vectors of the words in one chunk of every text, as encoder number `encoder` reads them.
std::vector<models::TokenVectors> vectors_of(const std::vector<TokenChunk>& column,
                                             std::span<const models::TextualInversion> words, std::size_t encoder) {
  std::vector<models::TokenVectors> result;
  for (std::size_t row = 0; row < column.size(); ++row) {
    for (const prompt::WordPlace& place : column[row].words) {
      result.push_back({.row = static_cast<int64_t>(row),
                        .position = static_cast<int64_t>(place.position),
                        .vectors = words[place.word].vectors.at(encoder)});
    }
  }
  return result;
}

std::size_t longest(const std::vector<EncoderTexts>& all) {
  std::size_t chunks = 1;
  for (const EncoderTexts& texts : all) {
    for (const ChunkedText& text : texts.chunked) chunks = std::max(chunks, text.chunks.size());
  }
  return chunks;
}

// Everything here grows with the chunks: time, and the memory of the states that all steps of a picture have.
void require_few_chunks(std::size_t texts, std::size_t chunks) {
  constexpr std::size_t kMost = 256, kMostInAll = 2048;
  if (chunks > kMost) {
    fail(ErrorCode::kInvalidArgument, "prompt has {} chunks of {} tokens, expected at most {}", chunks,
         prompt::kTokensPerChunk, kMost);
  }
  if (texts * chunks > kMostInAll) {
    fail(ErrorCode::kInvalidArgument,
         "prompt has {} chunks of {} tokens and changes {} times on the way, expected at most {} chunks in all", chunks,
         prompt::kTokensPerChunk, texts, kMostInAll);
  }
}

/// What encoders made of T texts.
struct EncodedTexts {
  at::Tensor states;  // [T, 77 k, D]
  at::Tensor pooled;  // [T, P]; undefined where no encoder gives any
};

EncodedTexts run_encoder(const models::StableDiffusion& model, std::size_t number, const EncoderTexts& texts,
                         std::size_t chunks, const ConditioningOptions& options) {
  const models::TextEncoder& encoder = model.text_encoders[number];
  const models::ClipReading reading = encoder.config.reading_at(options.clip_skip, options.clip_skip_for_sdxl);
  std::vector<at::Tensor> columns;
  at::Tensor pooled;
  for (std::size_t position = 0; position < chunks; ++position) {
    const std::vector<TokenChunk> column = column_at(texts.chunked, position, texts.empty);
    const at::Tensor ids = ids_of(column, encoder.config.pads_with_zero).to(encoder.network.device());
    const models::ClipOutput output = encoder.network.read(ids, reading, vectors_of(column, options.words, number));
    if (position == 0) pooled = output.pooled;
    columns.push_back(weigh(output.states, multipliers_of(column), options.chunks.emphasis));
  }
  return {.states = at::cat(columns, 1), .pooled = pooled};
}

// All encoders' states side by side.
EncodedTexts run_encoders(const models::StableDiffusion& model, std::span<const std::string> texts,
                          const ConditioningOptions& options) {
  std::vector<EncoderTexts> chunked;
  for (const models::TextEncoder& encoder : model.text_encoders) {
    chunked.push_back(chunk_texts(encoder, texts, options));
  }
  const std::size_t chunks = longest(chunked);
  require_few_chunks(texts.size(), chunks);
  std::vector<at::Tensor> states, pooled;
  for (std::size_t i = 0; i < chunked.size(); ++i) {
    const EncodedTexts one = run_encoder(model, i, chunked[i], chunks, options);
    states.push_back(one.states);
    if (one.pooled.defined()) pooled.push_back(one.pooled);
  }
  return {.states = at::cat(states, 2), .pooled = pooled.empty() ? at::Tensor() : at::cat(pooled, 1)};
}

double number_of(const PictureFrame& frame, models::PictureNumber number) {
  switch (number) {
    case models::PictureNumber::kOriginalHeight:
    case models::PictureNumber::kTargetHeight: return frame.height;
    case models::PictureNumber::kOriginalWidth:
    case models::PictureNumber::kTargetWidth: return frame.width;
    case models::PictureNumber::kCropTop: return frame.crop_top;
    case models::PictureNumber::kCropLeft: return frame.crop_left;
    case models::PictureNumber::kAestheticScore: return frame.aesthetic_score;
  }
  return 0;
}

// [1, numbers * kPictureNumberWidth], fp32.
at::Tensor picture_vector(const std::vector<models::PictureNumber>& numbers, const PictureFrame& frame) {
  std::vector<float> values;
  for (const models::PictureNumber number : numbers) values.push_back(static_cast<float>(number_of(frame, number)));
  return nn::timestep_embedding(at::tensor(values), models::kPictureNumberWidth).reshape({1, -1});
}

}  // namespace

std::vector<std::size_t> words_in(const models::StableDiffusion& model, std::string_view text,
                                  const ConditioningOptions& options) {
  const EncoderTexts read = chunk_texts(model.text_encoders.front(), std::vector{std::string(text)}, options);
  std::set<std::size_t> found;
  for (const TokenChunk& chunk : read.chunked.front().chunks) {
    for (const prompt::WordPlace& place : chunk.words) found.insert(place.word);
  }
  return {found.begin(), found.end()};
}

std::vector<diffusion::Conditioning> encode_texts(const models::StableDiffusion& model,
                                                  std::span<const std::string> texts,
                                                  const ConditioningOptions& options) {
  EncodedTexts encoded = run_encoders(model, texts, options);
  const auto& numbers = model.config.picture_numbers;
  if (!numbers.empty()) {
    if (options.zeroes_empty_texts && std::ranges::all_of(texts, &std::string::empty)) {
      encoded = {.states = at::zeros_like(encoded.states), .pooled = at::zeros_like(encoded.pooled)};
    }
    const at::Tensor about_picture = picture_vector(numbers, options.frame).to(encoded.pooled);
    encoded.pooled = at::cat({encoded.pooled, about_picture.expand({encoded.pooled.size(0), -1})}, 1);
  }
  std::vector<diffusion::Conditioning> conditionings;
  for (int64_t i = 0; i < encoded.states.size(0); ++i) {
    diffusion::Conditioning& one = conditionings.emplace_back();
    one.context = encoded.states.narrow(0, i, 1);
    if (encoded.pooled.defined()) one.vector = encoded.pooled.narrow(0, i, 1);
  }
  return conditionings;
}

const diffusion::Conditioning& PartConditioning::at_call(int call) const {
  const auto here = std::ranges::find_if(schedule, [&](const ScheduledConditioning& s) { return call <= s.last_call; });
  return here == schedule.end() ? schedule.back().conditioning : here->conditioning;
}

std::vector<PartConditioning> encode_plan(const models::StableDiffusion& model, const prompt::PromptPlan& plan,
                                          const ConditioningOptions& options) {
  constexpr std::size_t kMostParts = 64;  // each is a run of the denoiser at each step
  if (plan.parts.size() > kMostParts) {
    fail(ErrorCode::kInvalidArgument, "prompt has {} parts joined by AND, expected at most {}", plan.parts.size(),
         kMostParts);
  }
  std::vector<PartConditioning> parts;
  for (const prompt::PromptPart& part : plan.parts) {
    std::vector<std::string> texts;
    for (const prompt::ScheduleEntry& entry : part.schedules) texts.push_back(entry.text);
    const std::vector<diffusion::Conditioning> encoded = encode_texts(model, texts, options);
    PartConditioning& built = parts.emplace_back(PartConditioning{.weight = part.weight, .schedule = {}});
    for (std::size_t i = 0; i < encoded.size(); ++i) {
      built.schedule.push_back({.last_call = part.schedules[i].last_step, .conditioning = encoded[i]});
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
