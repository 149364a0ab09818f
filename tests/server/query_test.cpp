#include "server/query.h"

#include <gmock/gmock.h>

#include "tests/server/refusal.h"

namespace fude::server {
namespace {

using testing::HasSubstr;
using testing::Pair;

Request asking(const std::string& name, const std::string& value) {
  Request request;
  request.query = {{name, value}};
  return request;
}

TEST(Query, ReadsValuesOfEveryKind) {
  Request request;
  request.query = {{"n", "-3"}, {"t", "true"}, {"z", "0"}, {"w", "sky"}, {"none", ""}};
  const Query query(request);
  EXPECT_EQ(query.whole("n", -5, 5), -3);
  EXPECT_EQ(query.real("n", -5, 5), -3.0);
  EXPECT_EQ(query.truth("t"), true);
  EXPECT_EQ(query.truth("z"), false);
  EXPECT_EQ(query.text("w", 3), "sky");
  EXPECT_EQ(query.choice("w", {"sea", "sky"}), "sky");
  EXPECT_EQ(query.whole("none", 1, 2), std::nullopt);
  EXPECT_EQ(query.text("absent", 3), std::nullopt);
}

TEST(Query, RefusesWhatIsOutOfRange) {
  for (const char* value : {"0", "501", "1.5", "x", "1 ", "99999999999999999999", "0x10"}) {
    const Request request = asking("limit", value);
    EXPECT_THAT(refusal([&] { Query(request).whole("limit", 1, 500); }), Pair(400, HasSubstr("limit is '")));
  }
  for (const char* value : {"0.4", "60.5", "nan", "inf", "1e", "x"}) {
    const Request request = asking("rate", value);
    EXPECT_THAT(refusal([&] { Query(request).real("rate", 0.5, 60); }), Pair(400, HasSubstr("a number in 0.5..60")));
  }
  const Request request = asking("order", "biggest");
  EXPECT_THAT(refusal([&] { Query(request).choice("order", {"newest"}); }), Pair(400, HasSubstr("one of newest")));
  EXPECT_THAT(refusal([&] { Query(request).truth("order"); }), Pair(400, HasSubstr("true or false")));
  EXPECT_THAT(refusal([&] { Query(request).text("order", 3); }), Pair(400, HasSubstr("at most 3")));
}

TEST(IdOf, IsNotFoundWhenItIsNoNumber) {
  Request request;
  request.parts = {{"id", "12"}};
  EXPECT_EQ(id_of(request), 12);
  for (const char* id : {"0", "-1", "x", "1x", "99999999999999999999"}) {
    request.parts["id"] = id;
    EXPECT_EQ(refusal([&] { id_of(request); }).first, 404) << id;
  }
}

}  // namespace
}  // namespace fude::server
