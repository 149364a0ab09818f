#include "service/film_keeper.h"

#include <utility>
#include <vector>

#include "core/error.h"
#include "service/film_store.h"
#include "service/gallery.h"

namespace fude::service {

FilmKeeper::FilmKeeper(Workbench& bench, const Job& job, const pipelines::PictureModel& model, bool is_wanted)
    : bench_(bench), job_(job) {
  if (is_wanted && job.saves_pictures) maker_.emplace(bench.parts().library, model, pipelines::FilmOptions{});
}

pipelines::LatentListener FilmKeeper::listener(pipelines::LatentListener other) {
  if (!maker_) return other;
  return [this, other = std::move(other)](const at::Tensor& denoised) {
    maker_->add_step(denoised);
    if (other) other(denoised);
  };
}

void FilmKeeper::keep(const std::optional<PictureId>& id, const pipelines::FinishedPicture& picture) {
  if (!maker_) return;
  try {
    const std::vector<std::byte> film = maker_->film_of(picture);
    const std::optional<Picture> row = id ? bench_.parts().gallery.find(*id) : std::nullopt;
    if (row) bench_.parts().films.put(*row, film);
  } catch (const Error& error) {
    std::vector<std::string> warnings;
    warnings.push_back(fmt::format("the film of a picture could not be kept: {}", error.what()));
    bench_.warn(job_, std::move(warnings));
  }
}

}  // namespace fude::service
