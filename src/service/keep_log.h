#pragma once

#include <filesystem>
#include <span>
#include <string>

namespace fude::service {

/// Appends a row to a table of comma-separated values (RFC 4180: entries with commas, quotes or line breaks stand in
/// quotes, a quote is doubled), after `header` when the file is new or empty. Rows of several processes come whole, one
/// below the other. Throws Error: kInvalidArgument (it may not be written), kOutOfResources (the disk is full; the
/// file is as it was).
void append_csv_row(const std::filesystem::path& file, std::span<const std::string> header,
                    std::span<const std::string> row);

}  // namespace fude::service
