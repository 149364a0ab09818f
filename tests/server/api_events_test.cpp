#include <algorithm>
#include <memory>
#include <vector>

#include "server/http_server.h"
#include "server/security.h"
#include "server/site.h"
#include "tests/server/api_fixture.h"
#include "tests/server/raw_client.h"

namespace fude::server {
namespace {

using testing::HasSubstr;

/// The studio behind a true port.
class ApiEventsTest : public ApiFixture {
 protected:
  ApiEventsTest() : gatekeeper_({}), server_({.port = 0}) { server_.start(site_hooks(gatekeeper_, router_)); }

  std::unique_ptr<RawClient> open_page(const std::string& headers = {}) const {
    auto page = std::make_unique<RawClient>(server_.port());
    page->send("GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n");
    page->read_until("retry:");
    return page;
  }

  std::string get(const std::string& path) const {
    RawClient client(server_.port());
    client.send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    return client.read_all();
  }

  static std::string last_id(const std::string& stream) {
    const std::size_t begin = stream.rfind("id: ") + 4;
    return stream.substr(begin, stream.find('\n', begin) - begin);
  }

  Gatekeeper gatekeeper_;
  HttpServer server_;
};

TEST_F(ApiEventsTest, EveryOpenPageIsToldOfAJobUntilItsPicture) {
  std::vector<std::unique_ptr<RawClient>> pages;
  for (int i = 0; i < 12; ++i) pages.push_back(open_page());
  const Json job = finished_job();
  for (const auto& page : pages) {
    const std::string stream = page->read_until("event: picture");
    EXPECT_THAT(stream, HasSubstr("Content-Type: text/event-stream"));
    EXPECT_THAT(stream, HasSubstr("event: job\ndata: {"));
    EXPECT_THAT(stream, HasSubstr("event: progress"));
    EXPECT_THAT(stream, HasSubstr("event: picture"));
  }
}

TEST_F(ApiEventsTest, APageThatComesBackMissesNothing) {
  auto page = open_page();
  studio_->queue().pause();
  const std::string seen = page->read_until("event: queue");
  page.reset();
  studio_->settings().set("CLIP_stop_at_last_layers", std::int64_t{2});
  const auto again = open_page("Last-Event-ID: " + last_id(seen) + "\r\n");
  EXPECT_THAT(again->read_until("event: settings"), HasSubstr("event: settings"));
}

TEST_F(ApiEventsTest, PagesThatVanishAndStreamsThatStayDoNotHinderRequests) {
  std::vector<std::unique_ptr<RawClient>> pages;
  for (int i = 0; i < 24; ++i) pages.push_back(open_page());
  pages.resize(12);  // twelve vanish in the middle of their stream
  for (int i = 0; i < 10; ++i) EXPECT_THAT(get("/api/v1/progress"), HasSubstr("HTTP/1.1 200"));
  studio_->queue().pause();
  for (const auto& page : pages) EXPECT_THAT(page->read_until("event: queue"), HasSubstr("event: queue"));
}

}  // namespace
}  // namespace fude::server
