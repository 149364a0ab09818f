#pragma once

#include <SQLiteCpp/Database.h>

#include "service/picture.h"

namespace fude::service {

/// Answers a query from the index. The time it takes grows with the page, not with its number: a cursor says where the
/// page before ended. Throws Error(kInvalidArgument) for a limit out of range or a cursor that is none.
PicturePage search_pictures(SQLite::Database& connection, const PictureQuery& query);

/// From the counts that are kept with the rows.
Facets count_facets(SQLite::Database& connection);

}  // namespace fude::service
