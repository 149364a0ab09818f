#include "service/start_scan.h"

#include <chrono>
#include <variant>

#include "service/events.h"
#include "tests/service/gallery_fixture.h"

namespace fude::service {
namespace {

using namespace std::chrono_literals;

class StartScanTest : public GalleryTest {
 protected:
  std::int64_t count() { return gallery_.search({}).total; }

  EventHub events_;
};

TEST_F(StartScanTest, TakesInWhatCommandsMadeAndTellsThePages) {
  draw("txt2img-images/a.png", "a castle");
  const auto told = events_.subscribe();
  const StartScan scan(gallery_, events_);
  const auto event = told->next(60s);
  ASSERT_TRUE(event);
  EXPECT_TRUE(std::holds_alternative<GalleryChanged>(event->event));
  EXPECT_EQ(count(), 1);
}

TEST_F(StartScanTest, LeavesTheGalleryAloneWhenTheFolderIsGone) {
  add("a.png", "a castle");
  std::filesystem::remove_all(outputs_);
  { const StartScan scan(gallery_, events_); }
  EXPECT_EQ(count(), 1);
}

TEST_F(StartScanTest, EndsWithItsOwnerWhateverIsLeftToDo) {
  for (int i = 0; i < 50; ++i) draw(std::to_string(i) + ".png", "a castle");
  { const StartScan scan(gallery_, events_); }
  EXPECT_LE(count(), 50);
}

}  // namespace
}  // namespace fude::service
