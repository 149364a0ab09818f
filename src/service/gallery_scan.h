#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>

#include "core/cancellation.h"
#include "service/database.h"
#include "service/picture.h"

namespace fude::service {

using ScanProgress = std::function<void(std::int64_t done, std::int64_t total)>;

/// Gallery::rescan() over `folder` (without symbolic links in its own path). A file is read only when its size or time
/// is not that of its row. One that was moved is known again by its fingerprint, and so is the picture that a sidecar
/// left behind belongs to. Hidden folders other than the bin, and whatever symbolic links point at, are passed over.
ScanResult scan_gallery(Database& database, const std::filesystem::path& folder, const ScanProgress& on_progress,
                        const Cancellation& cancellation, WhenAllGone when_all_gone);

}  // namespace fude::service
