#include "pipelines/loopback.h"

#include <utility>

namespace fude::pipelines {
namespace {

/// The chains of a request, one after the other.
class LoopbackRun {
 public:
  LoopbackRun(PictureModel& model, const GenerationRequest& request, const Loopback& options,
              const TextToImageEvents& events, const MadeLoops& made)
      : model_(model), request_(request), options_(options), events_(events), made_(made) {
    check_loopback(request, options);
  }

  void run() {
    const int chains = picture_count(request_);
    for (int chain = 0; chain < chains; ++chain) {
      if (!run_chain(chain, chains) && events_.continuation() == Continuation::kEndJob) return;
    }
  }

 private:
  // False when it was ended early.
  bool run_chain(int chain, int chains) {
    GenerationRequest job = first_loop(request_, options_, chain);
    for (int loop = 0; loop < options_.loops; ++loop) {
      const int index = chain * options_.loops + loop;
      std::optional<io::Image> picture = made_ ? made_(index) : std::nullopt;
      if (!picture) picture = make(job, index, chains * options_.loops - index);
      if (!picture) return false;
      if (loop + 1 == options_.loops) break;
      job = next_loop(std::move(job), *picture, acting_strength(request_), options_, loop + 1);
    }
    return true;
  }

  // Absent: it is not finished.
  std::optional<io::Image> make(const GenerationRequest& job, int index, int loops_left) {
    std::optional<io::Image> made;
    int steps = 0;
    TextToImageEvents own = events_;
    // Loops of another strength take other numbers of steps, so what is to come is a guess.
    own.on_step = [&](int done, int total) {
      steps = total;
      events_.on_step(steps_before_ + done, steps_before_ + total * loops_left);
    };
    own.on_picture = [&](FinishedPicture picture, const StageSeconds& so_far) {
      if (!picture.unfinished_at) made = picture.image;
      picture.index = index;
      if (events_.on_picture) events_.on_picture(std::move(picture), so_far);
    };
    text_to_image(model_, job, own);
    steps_before_ += steps;
    return made;
  }

  PictureModel& model_;
  const GenerationRequest& request_;
  const Loopback& options_;
  const TextToImageEvents& events_;
  const MadeLoops& made_;
  int steps_before_ = 0;
};

}  // namespace

void run_loopback(PictureModel& model, const GenerationRequest& request, const Loopback& options,
                  const TextToImageEvents& events, const MadeLoops& made) {
  LoopbackRun(model, request, options, events, made).run();
}

}  // namespace fude::pipelines
