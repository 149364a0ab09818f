#include "training/model_export.h"

#include "core/error.h"

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

}  // namespace

NamedTensors assemble_model(const ModelParts& parts) {
  NamedTensors model;
  for (const auto& [name, tensor] : *parts.autoencoder) model[name] = half(tensor);
  if (parts.decoder != nullptr) add_average(*parts.decoder, model);
  add_average(*parts.denoiser, model);

  const auto tokens = parts.denoiser->find(std::string(kAverage) + kTokens);
  if (tokens == parts.denoiser->end())
    fail(ErrorCode::kCorruptFile, "checkpoint of the denoiser lacks tensor '{}{}'", kAverage, kTokens);
  model[kTokens] = half(parts.vocabulary->full_embedding(tokens->second.to(at::kFloat)));
  model[kPositionIds] = at::arange(CaptionVocabulary::kLength, at::kLong).unsqueeze(0);
  return model;
}

}  // namespace fude::training
