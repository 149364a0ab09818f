#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "pipelines/picture_file.h"
#include "pipelines/picture_model.h"
#include "pipelines/text_to_image.h"
#include "service/job_settings.h"
#include "service/workbench.h"

namespace fude::service {

/// Where a picture goes that is not named as settings say.
struct PlaceToSave {
  std::filesystem::path folder = {};  // below the outputs folder
  std::string stem = {};              // a number follows where the name is taken
};

/// Keeps the pictures of the running job: in files and in the gallery, or for who waits for them.
class PictureSaver {
 public:
  /// `pictures_wanted`: how many the whole job has; `saving`: settings of its own. Bench and job must outlive this.
  PictureSaver(Workbench& bench, const Job& job, int pictures_wanted, const pipelines::SavingTexts& saving = {})
      : bench_(bench), job_(job), pictures_wanted_(pictures_wanted), settings_(bench.parts().settings, saving) {}

  /// Picture `index` of the job, made with `model`; it goes to `place` if there is one. Its row in the gallery; absent
  /// when the job saves none. Throws Error as PictureStore::save().
  std::optional<PictureId> save(const pipelines::PictureModel& model, const pipelines::FinishedPicture& picture,
                                int index, const std::optional<PlaceToSave>& place = std::nullopt);

 private:
  // Files of those that go to programs behind the picture: only these wait for them, nobody else would fetch them.
  std::vector<std::vector<std::byte>> returned_copies(const pipelines::FinishedPicture& picture,
                                                      const pipelines::SavingOptions& options) const;
  pipelines::NamingFacts naming_facts(const pipelines::FinishedPicture& picture, int index) const;
  PictureId save_into_gallery(const pipelines::FinishedPicture& picture, const pipelines::EncodedPicture& encoded,
                              int index, const std::optional<PlaceToSave>& place,
                              const pipelines::SavingOptions& options);

  Workbench& bench_;
  const Job& job_;
  int pictures_wanted_;
  JobSettings settings_;
};

}  // namespace fude::service
