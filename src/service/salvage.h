#pragma once

#include <SQLiteCpp/Database.h>

#include <cstdint>
#include <filesystem>

namespace fude::service {

/// Copies what can still be read of a damaged database into a fresh one that has today's tables: row by row, columns of
/// the same name, each table as far as it goes. The words of search are left out, for they are made again from the
/// files. Returns how many rows were saved; never throws for what the damaged file holds.
std::int64_t salvage(SQLite::Database& fresh, const std::filesystem::path& damaged);

}  // namespace fude::service
