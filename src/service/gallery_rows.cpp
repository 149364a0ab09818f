#include "service/gallery_rows.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <ctime>

#include "service/picture_words.h"

namespace fude::service {
namespace {

constexpr int kIdBits = 20;
constexpr std::int64_t kLatest = (std::int64_t{1} << 42) - 1;  // milliseconds: the year 2109

std::string lines_of(const std::vector<std::string>& names) { return fmt::format("{}", fmt::join(names, "\n")); }

std::vector<std::string> names_in(const std::string& lines) {
  std::vector<std::string> names;
  for (std::size_t at = 0; at < lines.size();) {
    const std::size_t end = std::min(lines.find('\n', at), lines.size());
    names.push_back(lines.substr(at, end - at));
    at = end + 1;
  }
  return names;
}

std::string local_date(std::int64_t created_at) {
  const std::time_t time = created_at / 1000;
  std::tm parts{};
  ::localtime_r(&time, &parts);
  return fmt::format("{:04}-{:02}-{:02}", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday);
}

std::string size_text(const Picture& picture) { return fmt::format("{}x{}", picture.width, picture.height); }

// All exact values that a picture can be found by.
std::string key_words(const Picture& picture) {
  std::string words = key_word(KeyKind::kAny, "");
  const auto add = [&](KeyKind kind, std::string_view value) { words += ' ' + key_word(kind, value); };
  if (!picture.model.empty()) add(KeyKind::kModel, picture.model);
  for (const std::string& name : picture.adapters) add(KeyKind::kAdapter, name);
  for (const std::string& tag : picture.tags) add(KeyKind::kTag, tag);
  add(KeyKind::kRating, std::to_string(picture.rating));
  add(KeyKind::kSeed, std::to_string(picture.seed));
  add(KeyKind::kSize, size_text(picture));
  if (picture.job > 0) add(KeyKind::kJob, std::to_string(picture.job));
  return words;
}

// Where one may be looked for by words that stand in no other column.
std::string other_words(const Picture& picture) {
  const std::string facts = picture.model_hash + ' ' + picture.sampler + ' ' + size_text(picture) + ' ' +
                            local_date(picture.created_at) + ' ' +
                            (picture.seed >= 0 ? std::to_string(picture.seed) : std::string());
  return indexed_words(facts) + ' ' + key_words(picture);
}

void add_words(SQLite::Database& connection, const PictureRow& row) {
  const Picture& picture = row.picture;
  SQLite::Statement insertion(connection,
                              "INSERT INTO picture_words (rowid, prompt, negative, model, adapters, tags, note, file, "
                              "other) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
  insertion.bind(1, row.place);
  insertion.bind(2, indexed_words(picture.prompt));
  insertion.bind(3, indexed_words(picture.negative_prompt));
  insertion.bind(4, indexed_words(picture.model));
  insertion.bind(5, indexed_words(lines_of(picture.adapters)));
  insertion.bind(6, indexed_words(lines_of(picture.tags)));
  insertion.bind(7, indexed_words(picture.note));
  insertion.bind(8, indexed_words(picture.file));
  insertion.bind(9, other_words(picture));
  insertion.exec();
}

void remove_words(SQLite::Database& connection, std::int64_t place) {
  SQLite::Statement deletion(connection, "DELETE FROM picture_words WHERE rowid = ?");
  deletion.bind(1, place);
  deletion.exec();
}

// The bin's pictures do not count.
void count_labels(SQLite::Database& connection, const Picture& picture, int by) {
  if (picture.deleted_at) return;
  SQLite::Statement counting(connection,
                             "INSERT INTO picture_labels VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET count = count + "
                             "?3");
  SQLite::Statement cleaning(connection, "DELETE FROM picture_labels WHERE kind = ? AND name = ? AND count <= 0");
  const auto count = [&](const char* kind, const std::string& name) {
    counting.reset();
    counting.bind(1, kind);
    counting.bind(2, name);
    counting.bind(3, by);
    counting.exec();
    if (by > 0) return;
    cleaning.reset();
    cleaning.bind(1, kind);
    cleaning.bind(2, name);
    cleaning.exec();
  };
  if (!picture.model.empty()) count("model", picture.model);
  for (const std::string& name : picture.adapters) count("adapter", name);
  for (const std::string& tag : picture.tags) count("tag", tag);
}

bool is_taken(SQLite::Database& connection, std::int64_t place, PictureId id) {
  SQLite::Statement query(connection, "SELECT 1 FROM pictures WHERE place = ? AND id <> ?");
  query.bind(1, place);
  query.bind(2, id);
  return query.executeStep();
}

// Two pictures of one millisecond whose ids differ by a multiple of 2^20 would meet.
std::int64_t free_place(SQLite::Database& connection, const Picture& picture) {
  std::int64_t place = place_of(picture.created_at, picture.id, picture.deleted_at.has_value());
  while (is_taken(connection, place, picture.id)) place += place > 0 ? 1 : -1;
  return place;
}

// Everything but the id, in the order of kWrittenColumns.
void bind_row(SQLite::Statement& statement, const PictureRow& row) {
  const Picture& picture = row.picture;
  int index = 0;
  const auto bind = [&](const auto& value) { statement.bind(++index, value); };
  bind(row.place);
  bind(picture.file);
  bind(picture.fingerprint);
  bind(picture.width);
  bind(picture.height);
  bind(picture.byte_count);
  bind(picture.created_at);
  bind(picture.job);
  bind(picture.index);
  bind(picture.prompt);
  bind(picture.negative_prompt);
  bind(picture.model);
  bind(picture.model_hash);
  bind(picture.sampler);
  bind(picture.infotext);
  bind(picture.seed);
  bind(picture.steps);
  bind(picture.cfg_scale);
  bind(lines_of(picture.adapters));
  bind(lines_of(picture.tags));
  bind(picture.rating);
  bind(picture.note);
  if (picture.deleted_at) {
    bind(*picture.deleted_at);
  } else {
    statement.bind(++index);  // NULL
  }
  bind(row.modified_at);
  bind(row.sidecar_at);
}

constexpr const char* kWrittenColumns =
    "place, file, fingerprint, width, height, byte_count, created_at, job, job_index, prompt, negative_prompt, model, "
    "model_hash, sampler, infotext, seed, steps, cfg_scale, adapters, tags, rating, note, deleted_at, modified_at, "
    "sidecar_at";
constexpr const char* kMarks = "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?";

// An id that no row has had; the row's place depends on it.
PictureId next_id(SQLite::Database& connection) {
  SQLite::Statement query(connection,
                          "SELECT max((SELECT coalesce(max(id), 0) FROM pictures), coalesce((SELECT seq FROM "
                          "sqlite_sequence WHERE name = 'pictures'), 0)) + 1");
  query.executeStep();
  return query.getColumn(0).getInt64();
}

template <typename Value>
std::optional<PictureRow> find_by(SQLite::Database& connection, const char* column, const Value& value) {
  SQLite::Statement query(connection, fmt::format("SELECT {} FROM pictures WHERE {} = ?", kRowColumns, column));
  query.bind(1, value);
  if (!query.executeStep()) return {};
  return read_row(query);
}

}  // namespace

std::int64_t first_place(std::int64_t created_at) {
  return std::clamp<std::int64_t>(created_at, 0, kLatest) << kIdBits;
}

std::int64_t place_of(std::int64_t created_at, PictureId id, bool is_in_bin) {
  constexpr std::int64_t kIdPart = (std::int64_t{1} << kIdBits) - 1;
  const std::int64_t place = std::max<std::int64_t>(1, first_place(created_at) | (id & kIdPart));
  return is_in_bin ? -place : place;
}

PictureRow read_row(SQLite::Statement& query) {
  int index = 0;
  const auto next = [&] { return query.getColumn(index++); };
  PictureRow row;
  Picture& picture = row.picture;
  picture.id = next().getInt64();
  picture.file = next().getString();
  picture.fingerprint = next().getString();
  picture.width = next().getInt();
  picture.height = next().getInt();
  picture.byte_count = next().getInt64();
  picture.created_at = next().getInt64();
  picture.job = next().getInt64();
  picture.index = next().getInt();
  picture.prompt = next().getString();
  picture.negative_prompt = next().getString();
  picture.model = next().getString();
  picture.model_hash = next().getString();
  picture.sampler = next().getString();
  picture.infotext = next().getString();
  picture.seed = next().getInt64();
  picture.steps = next().getInt();
  picture.cfg_scale = next().getDouble();
  picture.adapters = names_in(next().getString());
  picture.tags = names_in(next().getString());
  picture.rating = next().getInt();
  picture.note = next().getString();
  const SQLite::Column deleted_at = next();
  if (!deleted_at.isNull()) picture.deleted_at = deleted_at.getInt64();
  row.modified_at = next().getInt64();
  row.sidecar_at = next().getInt64();
  row.place = next().getInt64();
  return row;
}

std::optional<PictureRow> find_row(SQLite::Database& connection, PictureId id) { return find_by(connection, "id", id); }

std::optional<PictureRow> find_row_of_file(SQLite::Database& connection, const std::string& file) {
  return find_by(connection, "file", file);
}

void insert_row(SQLite::Database& connection, PictureRow& row) {
  if (row.picture.id == 0) row.picture.id = next_id(connection);
  row.place = free_place(connection, row.picture);
  SQLite::Statement insertion(connection,
                              fmt::format("INSERT INTO pictures ({}, id) VALUES ({}, ?)", kWrittenColumns, kMarks));
  bind_row(insertion, row);
  insertion.bind(26, row.picture.id);
  insertion.exec();
  add_words(connection, row);
  count_labels(connection, row.picture, +1);
}

void update_row(SQLite::Database& connection, const PictureRow& before, PictureRow& after) {
  count_labels(connection, before.picture, -1);
  remove_words(connection, before.place);
  after.place = free_place(connection, after.picture);
  SQLite::Statement update(connection,
                           fmt::format("UPDATE pictures SET ({}) = ({}) WHERE id = ?", kWrittenColumns, kMarks));
  bind_row(update, after);
  update.bind(26, after.picture.id);
  update.exec();
  add_words(connection, after);
  count_labels(connection, after.picture, +1);
}

void delete_row(SQLite::Database& connection, const PictureRow& row) {
  count_labels(connection, row.picture, -1);
  remove_words(connection, row.place);
  SQLite::Statement deletion(connection, "DELETE FROM pictures WHERE id = ?");
  deletion.bind(1, row.picture.id);
  deletion.exec();
}

void index_again(SQLite::Database& connection) {
  connection.exec("DELETE FROM picture_words; DELETE FROM picture_labels");
  SQLite::Statement query(connection, fmt::format("SELECT {} FROM pictures ORDER BY place", kRowColumns));
  while (query.executeStep()) {
    const PictureRow row = read_row(query);
    add_words(connection, row);
    count_labels(connection, row.picture, +1);
  }
}

}  // namespace fude::service
