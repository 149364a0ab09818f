#include "server/page.h"

#include <gmock/gmock.h>
#include <zlib.h>

#include <map>
#include <string>

namespace fude::server {
namespace {

using testing::HasSubstr;

std::string gzip(const std::string& text) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

class PageTest : public testing::Test {
 protected:
  PageTest() {
    add_page(router_, files_, std::as_bytes(std::span(bytes_)));
    router_.add("GET", "/api/v1/status", [](const Request&) { return Response{.body = "{}"}; });
  }

  Response get(const std::string& path, std::map<std::string, std::string, CaseInsensitive> headers = {}) const {
    Request request;
    request.method = "GET";
    request.path = path;
    request.headers = std::move(headers);
    return router_.answer(std::move(request));
  }

  static std::string header(const Response& response, std::string_view name) {
    for (const auto& [key, value] : response.headers) {
      if (key == name) return value;
    }
    return {};
  }

  const std::string index_ = gzip("<p>page</p>"), script_ = gzip(std::string(100'000, 's'));
  const std::string bytes_ = index_ + script_;
  const std::array<PageFile, 2> files_{
      {{"/index.html", "text/html", "\"1\"", false, 0, index_.size()},
       {"/assets/index-12345678.js", "text/javascript", "\"2\"", true, index_.size(), script_.size()}}};
  Router router_;
};

TEST_F(PageTest, IsSentCompressedToWhoTakesThat) {
  const Response response = get("/", {{"Accept-Encoding", "gzip, deflate, br"}});
  EXPECT_EQ(response.body, index_);
  EXPECT_EQ(header(response, "Content-Encoding"), "gzip");
}

TEST_F(PageTest, IsSentPlainToWhoDoesNot) {
  EXPECT_EQ(get("/").body, "<p>page</p>");
  EXPECT_EQ(get("/assets/index-12345678.js").body, std::string(100'000, 's'));
  EXPECT_EQ(header(get("/"), "Content-Encoding"), "");
}

TEST_F(PageTest, IsNotSentAgain) {
  const Response response = get("/", {{"If-None-Match", "W/\"0\", \"1\""}});
  EXPECT_EQ(response.status, 304);
  EXPECT_TRUE(response.body.empty());
  EXPECT_EQ(get("/", {{"If-None-Match", "\"2\""}}).status, 200);
}

TEST_F(PageTest, FilesNamedByTheirContentAreKeptForGood) {
  EXPECT_THAT(header(get("/assets/index-12345678.js"), "Cache-Control"), HasSubstr("immutable"));
  EXPECT_EQ(header(get("/"), "Cache-Control"), "no-cache");
}

TEST_F(PageTest, StandsForEveryPathThatIsNoFileAndNoApi) {
  EXPECT_EQ(get("/gallery/5").body, "<p>page</p>");
  for (const char* path : {"/assets/index-00000000.js", "/favicon.ico", "/api/v1/nothing", "/sdapi/v1/nothing", "/v1/x",
                           "/../../etc/passwd.txt", "/internal/x"}) {
    EXPECT_EQ(get(path).status, 404) << path;
  }
  EXPECT_EQ(get("/api/v1/status").body, "{}");
}

}  // namespace
}  // namespace fude::server
