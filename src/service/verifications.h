#pragma once

#include <optional>

#include "pipelines/verification_answer.h"
#include "service/database.h"
#include "service/ids.h"
#include "service/picture.h"

namespace fude::service {

/// The answer about a picture of the gallery.
struct PictureVerification {
  PictureId picture = 0;
  Milliseconds verified_at = 0;
  pipelines::Verification answer = {};
};

/// The latest answer about each picture that was made again and compared. Safe in any thread.
class Verifications {
 public:
  /// `database` must outlive this.
  explicit Verifications(Database& database) : database_(database) {}

  void keep(const Picture& picture, const pipelines::Verification& answer);

  /// Absent where the picture was never verified, is gone, or its file is another since.
  std::optional<PictureVerification> of(PictureId picture) const;

 private:
  Database& database_;
};

}  // namespace fude::service
