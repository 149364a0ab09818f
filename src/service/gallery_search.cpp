#include "service/gallery_search.h"

#include <SQLiteCpp/Statement.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>

#include "core/error.h"
#include "service/gallery_rows.h"
#include "service/search_expression.h"

namespace fude::service {
namespace {

using Order = PictureQuery::Order;

constexpr int kLargestPage = 500;
constexpr int kMostStars = 5;
constexpr std::int64_t kLastPlace = std::numeric_limits<std::int64_t>::max();

// Where a page ended.
struct Cursor {
  std::int64_t total = 0;
  int rating = 0;
  std::int64_t place = 0;
};

std::string to_text(const Cursor& cursor) { return fmt::format("{}.{}.{}", cursor.total, cursor.rating, cursor.place); }

template <typename Number>
bool take_number(std::string_view& text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  if (text.starts_with('.')) text.remove_prefix(1);
  return true;
}

Cursor cursor_from(std::string_view text) {
  std::string_view rest = text;
  Cursor cursor;
  const bool is_whole = take_number(rest, cursor.total) && take_number(rest, cursor.rating) &&
                        take_number(rest, cursor.place) && rest.empty();
  if (!is_whole || cursor.total < 0 || cursor.rating < 0 || cursor.rating > kMostStars) {
    fail(ErrorCode::kInvalidArgument, "cursor '{}' is none, expected what an earlier page gave", printable(text));
  }
  return cursor;
}

// Places of the gallery, or of the bin; both ends included. Nothing when low > high.
struct PlaceRange {
  std::int64_t low = 1;
  std::int64_t high = kLastPlace;
};

std::int64_t last_place(std::int64_t created_at) {
  const std::int64_t after = first_place(created_at == kLastPlace ? created_at : created_at + 1);
  return after <= first_place(created_at) ? kLastPlace : after - 1;  // beyond what places can tell apart
}

PlaceRange places_of(const TimeRange& times, bool in_bin) {
  if (times.low > times.high) return {.low = 1, .high = 0};
  const PlaceRange range{.low = std::max<std::int64_t>(1, first_place(times.low)),
                         .high = times.high < 0 ? 0 : last_place(times.high)};
  if (!in_bin || range.low > range.high) return range;
  return {.low = -range.high, .high = -range.low};
}

// The query ready to be asked, for one page or one part of it.
class Search {
 public:
  Search(SQLite::Database& connection, const PictureQuery& query)
      : connection_(connection),
        expression_(search_expression(query)),
        places_(places_of(expression_.created, query.in_bin)),
        rises_((query.order == Order::kOldest) != query.in_bin) {
    for (const TimeRange& times : expression_.not_created) {
      const PlaceRange range = places_of(times, query.in_bin);
      exclusions_ += fmt::format(" AND {{place}} NOT BETWEEN {} AND {}", range.low, range.high);
    }
  }

  std::int64_t count() const {
    const bool has_match = !expression_.match.empty();
    SQLite::Statement query(
        connection_, has_match ? "SELECT count(*) FROM picture_words WHERE picture_words MATCH ? AND " + within("rowid")
                               : "SELECT count(*) FROM pictures WHERE " + within("place"));
    bind(query, expression_.match, places_);
    query.executeStep();
    return query.getColumn(0).getInt64();
  }

  // Appends the first rows, up to `limit`, and gives the count of all. In one go: for the beginnings of words, SQLite
  // gathers everything that begins so before it delivers the first row.
  std::int64_t append_first(std::vector<PictureRow>& rows, std::size_t limit) const {
    if (expression_.match.empty()) {
      append(rows, limit, {}, {});
      return count();
    }
    SQLite::Statement found(connection_,
                            fmt::format("SELECT rowid FROM picture_words WHERE picture_words MATCH ? AND {} ORDER BY "
                                        "rowid {}",
                                        within("rowid"), direction()));
    SQLite::Statement row(connection_, fmt::format("SELECT {} FROM pictures WHERE place = ?", kRowColumns));
    bind(found, expression_.match, places_);
    std::int64_t count = 0;
    for (; found.executeStep(); ++count) {
      if (rows.size() >= limit) continue;
      row.reset();
      row.bind(1, found.getColumn(0).getInt64());
      if (row.executeStep()) rows.push_back(read_row(row));
    }
    return count;
  }

  // Appends up to `limit` rows that come after `after` (absent: from the first). `stars`: only with so many.
  void append(std::vector<PictureRow>& rows, std::size_t limit, std::optional<std::int64_t> after,
              std::optional<int> stars) const {
    const std::string match = stars ? match_with_rating(expression_.match, *stars, *stars) : expression_.match;
    PlaceRange range = places_;
    if (after && rises_) range.low = std::max(range.low, *after < kLastPlace ? *after + 1 : *after);
    if (after && !rises_) range.high = std::min(range.high, *after > -kLastPlace ? *after - 1 : *after);
    SQLite::Statement query(connection_, page_statement(!match.empty()));
    bind(query, match, range);
    query.bind(match.empty() ? 3 : 4, static_cast<std::int64_t>(limit));
    while (query.executeStep()) rows.push_back(read_row(query));
  }

 private:
  std::string within(const std::string& place) const {
    return fmt::format("{0} >= ? AND {0} <= ?", place) +
           (exclusions_.empty() ? "" : fmt::format(fmt::runtime(exclusions_), fmt::arg("place", place)));
  }

  const char* direction() const { return rises_ ? "ASC" : "DESC"; }

  // The index delivers rows in the order of their places; the join keeps it.
  std::string page_statement(bool has_match) const {
    if (!has_match) {
      return fmt::format("SELECT {} FROM pictures WHERE {} ORDER BY place {} LIMIT ?", kRowColumns, within("place"),
                         direction());
    }
    return fmt::format(
        "SELECT {} FROM (SELECT rowid AS found FROM picture_words WHERE picture_words MATCH ? AND {} ORDER BY rowid {} "
        "LIMIT ?) CROSS JOIN pictures ON place = found ORDER BY place {}",
        kRowColumns, within("rowid"), direction(), direction());
  }

  static void bind(SQLite::Statement& query, const std::string& match, const PlaceRange& range) {
    int index = 0;
    if (!match.empty()) query.bind(++index, match);
    query.bind(++index, range.low);
    query.bind(++index, range.high);
  }

  SQLite::Database& connection_;
  SearchExpression expression_;
  PlaceRange places_;
  bool rises_;
  std::string exclusions_;
};

std::vector<PictureRow> rows_by_rating(const Search& search, std::size_t wanted, const std::optional<Cursor>& cursor) {
  std::vector<PictureRow> rows;
  for (int stars = cursor ? cursor->rating : kMostStars; stars >= 0 && rows.size() < wanted; --stars) {
    const bool is_begun = cursor && stars == cursor->rating;
    search.append(rows, wanted - rows.size(), is_begun ? std::optional(cursor->place) : std::nullopt, stars);
  }
  return rows;
}

struct FoundRows {
  std::vector<PictureRow> rows;  // one more than the page has, when there is one
  std::int64_t total = 0;
};

FoundRows find_rows(const Search& search, const PictureQuery& query, const std::optional<Cursor>& cursor) {
  const auto wanted = static_cast<std::size_t>(query.limit) + 1;
  FoundRows found;
  if (query.order == Order::kRating) {
    found = {.rows = rows_by_rating(search, wanted, cursor), .total = cursor ? cursor->total : search.count()};
  } else if (cursor) {
    search.append(found.rows, wanted, cursor->place, {});
    found.total = cursor->total;
  } else {
    found.total = search.append_first(found.rows, wanted);
  }
  return found;
}

std::vector<NameCount> labels_of(SQLite::Database& connection, const char* kind) {
  constexpr int kMostLabels = 2000;
  SQLite::Statement query(connection,
                          "SELECT name, count FROM picture_labels WHERE kind = ? ORDER BY count DESC, name LIMIT ?");
  query.bind(1, kind);
  query.bind(2, kMostLabels);
  std::vector<NameCount> labels;
  while (query.executeStep()) labels.push_back({query.getColumn(0).getString(), query.getColumn(1).getInt64()});
  return labels;
}

}  // namespace

PicturePage search_pictures(SQLite::Database& connection, const PictureQuery& query) {
  if (query.limit < 1 || query.limit > kLargestPage) {
    fail(ErrorCode::kInvalidArgument, "limit is {}, expected 1 to {} pictures", query.limit, kLargestPage);
  }
  std::optional<Cursor> cursor;
  if (!query.cursor.empty()) cursor = cursor_from(query.cursor);
  const Search search(connection, query);
  auto [rows, total] = find_rows(search, query, cursor);

  PicturePage page;
  page.total = total;
  if (rows.size() > static_cast<std::size_t>(query.limit)) {
    rows.resize(static_cast<std::size_t>(query.limit));
    page.next_cursor = to_text({page.total, rows.back().picture.rating, rows.back().place});
  }
  for (PictureRow& row : rows) page.pictures.push_back(std::move(row.picture));
  return page;
}

Facets count_facets(SQLite::Database& connection) {
  return {.models = labels_of(connection, "model"),
          .adapters = labels_of(connection, "adapter"),
          .tags = labels_of(connection, "tag")};
}

}  // namespace fude::service
