#include "service/live_view.h"

#include <algorithm>

#include "io/images/png_file.h"

namespace fude::service {
namespace {

using Clock = std::chrono::steady_clock;

}  // namespace

LiveView::LiveView(Workbench& bench, const Job& job)
    : bench_(bench),
      job_(job),
      every_steps_(bench.parts().settings.truth("live_previews_enable")
                       ? std::max<std::int64_t>(0, bench.parts().settings.whole("show_progress_every_n_steps"))
                       : 0) {}

pipelines::LatentListener LiveView::listener(pipelines::PictureModel& model) {
  if (every_steps_ == 0) return [](const at::Tensor&) {};
  return [this, draw = pipelines::preview_drawer(bench_.parts().library, model)](const at::Tensor& denoised) {
    show(draw, denoised);
  };
}

void LiveView::show(const pipelines::PreviewDrawer& draw, const at::Tensor& denoised) {
  const auto now = Clock::now();
  if (steps_seen_++ % every_steps_ != 0 || now < next_) return;
  bench_.show(job_, io::encode_png(draw(denoised)));
  // Twice a second, and at most a tenth of the time.
  const auto spent = Clock::now() - now;
  next_ = Clock::now() + std::max<Clock::duration>(std::chrono::milliseconds(500), 9 * spent);
}

}  // namespace fude::service
