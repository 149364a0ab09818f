#include "training/model_export.h"

#include <string>
#include <string_view>

#include "core/error.h"
#include "training/caption_vocabulary.h"
#include "training/denoiser_training.h"

namespace fude::training {
namespace {

constexpr std::string_view kAverage = "average.";
constexpr const char* kTokens = "cond_stage_model.transformer.text_model.embeddings.token_embedding.weight";
constexpr const char* kPositionIds = "cond_stage_model.transformer.text_model.embeddings.position_ids";

at::Tensor half(const at::Tensor& tensor) { return tensor.detach().cpu().to(at::kHalf).contiguous(); }

void add_average(const NamedTensors& checkpoint, NamedTensors& model) {
  for (const auto& [name, tensor] : checkpoint)
    if (name.starts_with(kAverage)) model[name.substr(kAverage.size())] = half(tensor);
}

const at::Tensor& find(const NamedTensors& checkpoint, const std::string& name) {
  const auto found = checkpoint.find(name);
  if (found == checkpoint.end()) fail(ErrorCode::kCorruptFile, "checkpoint of the denoiser lacks tensor '{}'", name);
  return found->second;
}

}  // namespace

NamedTensors assemble_model(const ModelParts& parts) {
  NamedTensors model;
  for (const auto& [name, tensor] : *parts.autoencoder) model[name] = half(tensor);
  if (parts.decoder != nullptr) add_average(*parts.decoder, model);
  add_average(*parts.denoiser, model);

  const at::Tensor tokens = find(*parts.denoiser, std::string(kAverage) + kTokens).to(at::kFloat);
  model[kTokens] = half(full_embedding(tokens, find(*parts.denoiser, kVocabularyKey)));
  model[kPositionIds] = at::arange(CaptionVocabulary::kLength, at::kLong).unsqueeze(0);
  return model;
}

}  // namespace fude::training
