#pragma once

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "service/picture.h"

namespace fude::service {

/// A picture as the database has it. Whatever writes a row also keeps its words (picture_words) and the counts of its
/// labels (picture_labels) in line, so call these within one transaction.
struct PictureRow {
  Picture picture;
  std::int64_t modified_at = 0;  // of the file when it was read, nanoseconds since 1970
  std::int64_t sidecar_at = 0;   // the same of the sidecar; 0: there was none
  std::int64_t place = 0;        // set by insert_row() and update_row()
};

/// What orders pictures by time: milliseconds since 1970 in the upper bits, the id's lower 20 bits below them, so that
/// it is unique. Negative for a picture in the bin. `created_at` counts within 0 and the year 2100.
std::int64_t place_of(std::int64_t created_at, PictureId id, bool is_in_bin);
/// The first place of that moment, in the gallery.
std::int64_t first_place(std::int64_t created_at);

/// For SELECT; read_row() reads them.
inline constexpr std::string_view kRowColumns =
    "id, file, fingerprint, width, height, byte_count, created_at, job, job_index, prompt, negative_prompt, model, "
    "model_hash, sampler, infotext, seed, steps, cfg_scale, adapters, tags, rating, note, deleted_at, modified_at, "
    "sidecar_at, place";
PictureRow read_row(SQLite::Statement& query);

std::optional<PictureRow> find_row(SQLite::Database& connection, PictureId id);
std::optional<PictureRow> find_row_of_file(SQLite::Database& connection, const std::string& file);

/// Gives the picture its id, unless it has one.
void insert_row(SQLite::Database& connection, PictureRow& row);
/// `after` has the id of `before`.
void update_row(SQLite::Database& connection, const PictureRow& before, PictureRow& after);
void delete_row(SQLite::Database& connection, const PictureRow& row);

/// Makes words and labels of all rows again.
void index_again(SQLite::Database& connection);

}  // namespace fude::service
