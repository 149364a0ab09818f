#pragma once

#include <string_view>

namespace fude::service {

inline constexpr std::string_view kTextToImageKind = "txt2img";
inline constexpr std::string_view kMergeKind = "merge";      // its request: pipelines/merge_request.h
inline constexpr std::string_view kUpscaleKind = "upscale";  // its request: pipelines/upscale_order.h

inline constexpr std::string_view kFolderKind = "folder";    // its request: pipelines/folder_order.h
inline constexpr std::string_view kCompareKind = "compare";  // its request: pipelines/comparison/comparison_order.h
inline constexpr std::string_view kVerifyKind = "verify";    // its request: pipelines/verification_answer.h

/// Throws Error(kInvalidArgument) for a kind of job that this version does not know.
void require_kind(std::string_view kind);

}  // namespace fude::service
