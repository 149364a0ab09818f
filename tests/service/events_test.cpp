#include "service/events.h"

#include <gmock/gmock.h>

#include <thread>

namespace fude::service {
namespace {

constexpr std::chrono::milliseconds kNoTime{0};
constexpr std::chrono::milliseconds kLong{5000};

template <typename Kind>
bool is(const std::optional<NumberedEvent>& event) {
  return event && std::holds_alternative<Kind>(event->event);
}

TEST(EventHub, TellsEverySubscriberEverythingInOrder) {
  EventHub hub;
  const auto one = hub.subscribe(), two = hub.subscribe();
  hub.publish(JobChanged{7});
  hub.publish(GalleryChanged{});
  for (const auto& subscription : {one, two}) {
    const auto first = subscription->next(kNoTime), second = subscription->next(kNoTime);
    ASSERT_TRUE(is<JobChanged>(first));
    EXPECT_EQ(std::get<JobChanged>(first->event).job, 7);
    ASSERT_TRUE(is<GalleryChanged>(second));
    EXPECT_EQ(second->number, first->number + 1);
    EXPECT_FALSE(subscription->next(kNoTime));
  }
}

TEST(EventHub, WaitsForTheNextEvent) {
  EventHub hub;
  const auto subscription = hub.subscribe();
  std::thread publisher([&hub] { hub.publish(ModelChanged{}); });
  EXPECT_TRUE(is<ModelChanged>(subscription->next(kLong)));
  publisher.join();
}

TEST(EventHub, KeepsOnlyTheNewestOfProgressInARow) {
  EventHub hub;
  const auto subscription = hub.subscribe();
  for (int step = 1; step <= 5; ++step) hub.publish(Progressed{.job = 1, .step = step});
  const auto event = subscription->next(kNoTime);
  ASSERT_TRUE(is<Progressed>(event));
  EXPECT_EQ(std::get<Progressed>(event->event).step, 5);
  EXPECT_FALSE(subscription->next(kNoTime));
}

TEST(EventHub, DropsOldProgressOfASlowReaderFirst) {
  EventHub hub;
  const auto subscription = hub.subscribe();
  hub.publish(Progressed{.job = 1});
  for (std::size_t i = 0; i < EventHub::kMostWaiting; ++i) hub.publish(JobChanged{static_cast<JobId>(i)});
  for (std::size_t i = 0; i < EventHub::kMostWaiting; ++i) {
    const auto event = subscription->next(kNoTime);
    ASSERT_TRUE(is<JobChanged>(event));
    EXPECT_EQ(std::get<JobChanged>(event->event).job, static_cast<JobId>(i));
  }
}

TEST(EventHub, TellsASlowReaderOnceThatEventsWereLost) {
  EventHub hub;
  const auto subscription = hub.subscribe();
  for (std::size_t i = 0; i <= EventHub::kMostWaiting; ++i) hub.publish(JobChanged{static_cast<JobId>(i)});
  EXPECT_TRUE(is<Resync>(subscription->next(kNoTime)));
  EXPECT_TRUE(is<JobChanged>(subscription->next(kNoTime)));
  EXPECT_FALSE(subscription->next(kNoTime));
}

TEST(EventHub, GoesOnWhereAPageLostItsConnection) {
  EventHub hub;
  const auto before = hub.subscribe();
  hub.publish(JobChanged{1});
  const std::uint64_t seen = before->next(kNoTime)->number;
  hub.publish(JobChanged{2});
  const auto again = hub.subscribe(seen);
  const auto event = again->next(kNoTime);
  ASSERT_TRUE(is<JobChanged>(event));
  EXPECT_EQ(std::get<JobChanged>(event->event).job, 2);
  EXPECT_FALSE(again->next(kNoTime));
  EXPECT_FALSE(hub.subscribe(event->number)->next(kNoTime));
}

TEST(EventHub, ResyncsAPageThatWasAwayForLong) {
  EventHub hub;
  const auto before = hub.subscribe();
  hub.publish(JobChanged{1});
  const std::uint64_t seen = before->next(kNoTime)->number;
  for (std::size_t i = 0; i <= EventHub::kMostWaiting; ++i) hub.publish(GalleryChanged{});
  EXPECT_TRUE(is<Resync>(hub.subscribe(seen)->next(kNoTime)));
}

TEST(EventHub, ResyncsAPageOfAnEarlierRun) {
  EventHub earlier;
  earlier.publish(JobChanged{1});
  const std::uint64_t seen = earlier.subscribe(1)->next(kNoTime)->number;
  std::this_thread::sleep_for(std::chrono::milliseconds(2));
  EventHub later;
  later.publish(JobChanged{1});
  EXPECT_TRUE(is<Resync>(later.subscribe(seen)->next(kNoTime)));
}

TEST(EventHub, EndsItsSubscriptionsWhenItCloses) {
  EventHub hub;
  const auto subscription = hub.subscribe();
  hub.publish(GalleryChanged{});
  std::thread closer([&hub] { hub.close(); });
  EXPECT_TRUE(is<GalleryChanged>(subscription->next(kLong)));
  EXPECT_FALSE(subscription->next(kLong));
  EXPECT_TRUE(subscription->is_closed());
  closer.join();
  EXPECT_TRUE(hub.subscribe()->is_closed());
}

TEST(EventHub, ServesManyThreadsAtOnce) {
  EventHub hub;
  constexpr int kThreads = 4, kEvents = 200;
  std::vector<std::thread> readers, writers;
  std::vector<int> counts(kThreads);
  for (int i = 0; i < kThreads; ++i) {
    readers.emplace_back([&counts, i, subscription = hub.subscribe()] {
      while (!subscription->is_closed()) {
        if (subscription->next(kLong)) ++counts[static_cast<std::size_t>(i)];
      }
    });
    writers.emplace_back([&hub] {
      for (int event = 0; event < kEvents; ++event) hub.publish(JobChanged{event});
    });
  }
  for (std::thread& writer : writers) writer.join();
  hub.close();
  for (std::thread& reader : readers) reader.join();
  EXPECT_THAT(counts, testing::Each(testing::Gt(0)));
}

}  // namespace
}  // namespace fude::service
