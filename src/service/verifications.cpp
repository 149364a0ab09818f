#include "service/verifications.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "service/job_rows.h"

namespace fude::service {
namespace {

using pipelines::EngineProfile;
using pipelines::MissingPart;

// Each line of a text that stored_lines() or missing_lines() made.
std::vector<std::string> lines_of(std::string_view text, char end = '\n') {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t length = std::min(text.find(end), text.size());
    lines.emplace_back(text.substr(0, length));
    text.remove_prefix(std::min(length + 1, text.size()));
  }
  return lines;
}

// A part's members between tabs, of which printable() leaves none in them.
std::string missing_lines(const std::vector<MissingPart>& parts) {
  std::string text;
  for (const MissingPart& part : parts) {
    text += fmt::format("{}\t{}\t{}\t{}\n", printable(part.part), printable(part.name), printable(part.hash),
                        printable(part.message, 1000));
  }
  return text;
}

std::vector<MissingPart> missing_from(std::string_view text) {
  std::vector<MissingPart> parts;
  for (const std::string& line : lines_of(text)) {
    std::vector<std::string> members = lines_of(line, '\t');
    members.resize(4);
    parts.push_back({.part = members[0], .name = members[1], .hash = members[2], .message = members[3]});
  }
  return parts;
}

std::string text_of(const std::optional<EngineProfile>& profile) { return profile ? to_text(*profile) : ""; }

}  // namespace

void Verifications::keep(const Picture& picture, const pipelines::Verification& answer) {
  const io::LevelDifference& difference = answer.difference;
  database_.write([&](SQLite::Database& database) {
    execute(database, "DELETE FROM verifications WHERE picture NOT IN (SELECT id FROM pictures)");
    execute(database,
            "INSERT OR REPLACE INTO verifications (picture, fingerprint, verified_at, verdict, within, levels, share, "
            "x, y, width, height, model, model_hash, recorded_engine, used_engine, missing, notes) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            picture.id, picture.fingerprint, now(), std::string(name_of(answer.verdict)), answer.within,
            difference.most, difference.share, difference.left, difference.top, difference.width, difference.height,
            answer.model, answer.model_hash, text_of(answer.recorded), text_of(answer.used),
            missing_lines(answer.missing), stored_lines(answer.notes));
  });
}

std::optional<PictureVerification> Verifications::of(PictureId picture) const {
  std::optional<PictureVerification> found;
  database_.read([&](SQLite::Database& database) {
    SQLite::Statement row(database,
                          "SELECT verified_at, verdict, within, levels, share, x, y, v.width, v.height, v.model, "
                          "v.model_hash, recorded_engine, used_engine, missing, notes FROM verifications v JOIN "
                          "pictures p ON p.id = v.picture AND p.fingerprint = v.fingerprint WHERE v.picture = ?");
    row.bind(1, picture);
    if (!row.executeStep()) return;
    found.emplace(PictureVerification{.picture = picture, .verified_at = row.getColumn(0).getInt64()});
    pipelines::Verification& answer = found->answer;
    answer.verdict = pipelines::verdict_from(row.getColumn(1).getString());
    answer.within = row.getColumn(2).getInt();
    answer.difference = {.most = row.getColumn(3).getInt(),
                         .share = row.getColumn(4).getDouble(),
                         .left = row.getColumn(5).getInt(),
                         .top = row.getColumn(6).getInt(),
                         .width = row.getColumn(7).getInt(),
                         .height = row.getColumn(8).getInt()};
    answer.model = row.getColumn(9).getString();
    answer.model_hash = row.getColumn(10).getString();
    answer.recorded = pipelines::parse_engine_profile(row.getColumn(11).getString());
    answer.used = pipelines::parse_engine_profile(row.getColumn(12).getString());
    answer.missing = missing_from(row.getColumn(13).getString());
    answer.notes = lines_of(row.getColumn(14).getString());
  });
  return found;
}

}  // namespace fude::service
