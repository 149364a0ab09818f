#pragma once

namespace fude::pipelines {

class ModelLibrary;
struct GenerationRequest;

/// Looks for the upscalers that a request certainly uses (those of hires fix and SD upscale), before a model is loaded.
/// Throws Error(kNotFound) with the nearest name. Names are never paths.
void require_upscalers(const GenerationRequest& request, const ModelLibrary& library);

}  // namespace fude::pipelines
