#pragma once

#include <chrono>
#include <cstdint>

#include "pipelines/live_preview.h"
#include "pipelines/picture_model.h"
#include "service/workbench.h"

namespace fude::service {

/// Shows pages what the running job is drawing, as often as settings say and as it costs little.
class LiveView {
 public:
  /// Both must outlive this, and it what listener() gives.
  LiveView(Workbench& bench, const Job& job);

  /// What shows the latents that a model expects; it does nothing where settings want no previews.
  pipelines::LatentListener listener(pipelines::PictureModel& model);

 private:
  void show(const pipelines::PreviewDrawer& draw, const at::Tensor& denoised);

  Workbench& bench_;
  const Job& job_;
  std::int64_t every_steps_;  // 0: no previews
  std::int64_t steps_seen_ = 0;
  std::chrono::steady_clock::time_point next_ = {};
};

}  // namespace fude::service
