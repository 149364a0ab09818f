#include "service/job_kinds.h"

#include "core/error.h"

namespace fude::service {

void require_kind(std::string_view kind) {
  if (kind == kTextToImageKind || kind == kMergeKind || kind == kUpscaleKind || kind == kCompareKind) return;
  fail(ErrorCode::kInvalidArgument, "job kind '{}' is not known to this version, expected {}, {}, {} or {}",
       printable(kind, 40), kTextToImageKind, kMergeKind, kUpscaleKind, kCompareKind);
}

}  // namespace fude::service
