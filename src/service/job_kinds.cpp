#include "service/job_kinds.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "core/error.h"

namespace fude::service {
namespace {

constexpr std::array kKinds{kTextToImageKind, kMergeKind, kUpscaleKind, kFolderKind, kCompareKind, kVerifyKind};

}  // namespace

void require_kind(std::string_view kind) {
  if (std::ranges::find(kKinds, kind) != kKinds.end()) return;
  fail(ErrorCode::kInvalidArgument, "job kind '{}' is not known to this version, expected one of {}",
       printable(kind, 40), fmt::join(kKinds, ", "));
}

}  // namespace fude::service
