#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "service/picture.h"

namespace fude::service {

/// Milliseconds since 1970, both ends included.
struct TimeRange {
  std::int64_t low = 0;
  std::int64_t high = std::numeric_limits<std::int64_t>::max();
};

/// A query as the index answers it.
struct SearchExpression {
  std::string match;  // for FTS5; empty: all pictures
  TimeRange created;
  std::vector<TimeRange> not_created;
};
SearchExpression search_expression(const PictureQuery& query);

/// `match` and at least `low`, at most `high` stars.
std::string match_with_rating(const std::string& match, int low, int high);

}  // namespace fude::service
