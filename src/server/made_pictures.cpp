#include "server/made_pictures.h"

#include <array>

#include "core/error.h"

namespace fude::server {

using service::Job;
using service::JobState;
using service::Studio;

MadeJob make_pictures(Studio& studio, const Job& job, const Request& request) {
  MadeJob made;
  try {
    made.job = studio.wait(job.id, *request.gone);
  } catch (const Error&) {
    if (!job.saves_pictures) studio.cancel(job.id);
    throw;
  }
  if (made.job.state == JobState::kFailed) {
    throw Error(made.job.error_code.value_or(ErrorCode::kUnsupportedModel), made.job.error);
  }
  made.pictures = studio.results(job.id);
  if (made.job.state == JobState::kCancelled && made.pictures.empty()) {
    fail(ErrorCode::kCancelled, "job {} was cancelled", job.id);
  }
  if (made.pictures.empty() && made.job.pictures_done > 0) {
    fail(ErrorCode::kOutOfResources, "the pictures of job {} were given up: too many are waited for at once", job.id);
  }
  return made;
}

std::vector<prompt::Style> styles_of(const Studio& studio) {
  const std::array files{studio.options().data_dir / "styles.csv"};
  return prompt::load_styles(files);
}

}  // namespace fude::server
