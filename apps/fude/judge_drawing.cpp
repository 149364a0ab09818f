#include "judge_drawing.h"

#include <utility>

#include "training/judge/examination_captions.h"

namespace fude::apps {

pipelines::GenerationRequest examination_request(const std::string& model) {
  pipelines::GenerationRequest request;
  request.negative_prompt = "(worst quality, low quality:1.4)";
  request.model = model;
  request.sampler = "DPM++ 2M Karras";
  request.steps = 20;
  request.cfg_scale = 6.5;
  request.subseed = 0;
  pipelines::normalise(request);
  return request;
}

pipelines::FinishedPicture draw_examination_picture(pipelines::PictureModel& model,
                                                    pipelines::GenerationRequest request, std::int64_t seed, int index,
                                                    const Cancellation& cancellation) {
  request.prompt = judge::examination_caption(static_cast<std::uint64_t>(seed), static_cast<std::uint64_t>(index));
  request.seed = seed + index;
  pipelines::FinishedPicture drawn;
  pipelines::text_to_image(model, request,
                           {.on_step = [&](int, int) { cancellation.check(); },
                            .on_picture = [&](pipelines::FinishedPicture picture,
                                              const pipelines::StageSeconds&) { drawn = std::move(picture); }});
  return drawn;
}

}  // namespace fude::apps
