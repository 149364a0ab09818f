#include "merging/resize_lora.h"

#include <ATen/core/grad_mode.h>

#include <algorithm>

#include "core/error.h"
#include "models/adapters/adapter_layout.h"
#include "weights/state_dict.h"

namespace fude::merging {
namespace {

using models::AdapterModule;
using Part = models::AdapterPart;

bool is_plain(const AdapterModule& module) { return module.family == models::AdapterFamily::kLora; }

}  // namespace

const RankRule& LoraRanks::of(const LoraLayer& layer) const {
  const bool is_larger = !layer.kernel.empty() && (layer.kernel[0] > 1 || layer.kernel[1] > 1);
  return is_larger ? conv : linear;
}

LoraTensors resize_lora(const io::TensorFile& file, const LoraRanks& ranks, StorageType type,
                        const LayerProgress& on_layer) {
  const models::AdapterLayout layout = models::read_adapter_layout(weights::index_of(file));
  if (std::ranges::none_of(layout.modules, is_plain)) {
    fail(ErrorCode::kUnsupportedModel, "'{}' has no LoRA layers to resize", printable(file.name()));
  }
  const at::NoGradGuard no_grad;
  LoraTensors lora{.tensors = {}, .metadata = file.metadata()};
  NetworkSize size;
  std::size_t done = 0;
  for (const auto& [key, record] : file.tensors()) lora.tensors[key] = file.tensor(key);
  for (const AdapterModule& module : layout.modules) {
    if (is_plain(module)) {
      LoraLayer layer = read_lora_layer(module, file);
      layer.factors = factorise(layer.factors, ranks.of(layer));
      const auto key = [&](Part part) { return module.parts.at(part).key; };
      const at::ScalarType own = lora_type(type, file.tensor(key(Part::kUp)).scalar_type());
      lora.tensors[key(Part::kUp)] = stored_up(layer).to(own).contiguous();
      lora.tensors[key(Part::kDown)] = stored_down(layer).to(own).contiguous();
      if (module.has(Part::kMiddle)) lora.tensors.erase(key(Part::kMiddle));
      // Without an alpha the scale is 1 at any rank.
      if (module.has(Part::kAlpha)) {
        const double alpha = layer.scale * static_cast<double>(layer.factors.rank());
        lora.tensors[key(Part::kAlpha)] = at::scalar_tensor(alpha, at::kFloat);
      }
      size.add(layer);
    }
    if (on_layer) on_layer(++done, layout.modules.size());
  }
  size.write(lora.metadata);
  return lora;
}

}  // namespace fude::merging
