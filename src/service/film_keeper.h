#pragma once

#include <optional>

#include "pipelines/film_maker.h"
#include "service/workbench.h"

namespace fude::service {

/// Keeps how the running job's pictures came to be, where their request asks for it (keep_film).
class FilmKeeper {
 public:
  /// Bench, job and model must outlive this, and it what listener() gives.
  FilmKeeper(Workbench& bench, const Job& job, const pipelines::PictureModel& model, bool is_wanted);

  /// What is to be shown each step: the film, then `other` where there is one.
  pipelines::LatentListener listener(pipelines::LatentListener other);

  /// A picture is done; absent: it has no row in the gallery, and no film. A film that cannot be kept is warned of.
  void keep(const std::optional<PictureId>& id, const pipelines::FinishedPicture& picture);

 private:
  Workbench& bench_;
  const Job& job_;
  std::optional<pipelines::FilmMaker> maker_;
};

}  // namespace fude::service
