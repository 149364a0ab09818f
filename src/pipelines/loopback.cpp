#include "pipelines/loopback.h"

#include <utility>

namespace fude::pipelines {

void run_loopback(PictureModel& model, const GenerationRequest& request, const Loopback& options,
                  const TextToImageEvents& events) {
  check_loopback(request, options);
  const double strength = acting_strength(request);
  const int chains = request.batch_size * request.batch_count;
  int pictures = 0, steps_before = 0;
  for (int chain = 0; chain < chains; ++chain) {
    GenerationRequest job = first_loop(request, options, chain);
    for (int loop = 0; loop < options.loops; ++loop) {
      io::Image made;
      bool is_made = false;
      TextToImageEvents own = events;
      // Loops of another strength take other numbers of steps, so what is to come is a guess.
      const int loops_left = (chains - chain) * options.loops - loop;
      int steps = 0;
      own.on_step = [&](int done, int total) {
        steps = total;
        events.on_step(steps_before + done, steps_before + total * loops_left);
      };
      own.on_picture = [&](FinishedPicture picture, const StageSeconds& so_far) {
        is_made = !picture.unfinished_at;
        made = picture.image;
        picture.index = pictures++;
        if (events.on_picture) events.on_picture(std::move(picture), so_far);
      };
      text_to_image(model, job, own);
      if (!is_made) return;
      steps_before += steps;
      if (loop + 1 < options.loops) job = next_loop(std::move(job), made, strength, options, loop + 1);
    }
  }
}

}  // namespace fude::pipelines
