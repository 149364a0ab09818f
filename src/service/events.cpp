#include "service/events.h"

#include <algorithm>
#include <utility>

#include "core/steady_wait.h"

namespace fude::service {
namespace {

// A page misses nothing when it misses one of these: the next one says more.
bool is_fleeting(const Event& event) {
  return std::holds_alternative<Progressed>(event) || std::holds_alternative<PreviewChanged>(event);
}

bool is_fleeting_kind(const Event& event, std::size_t kind) { return is_fleeting(event) && event.index() == kind; }

}  // namespace

std::optional<NumberedEvent> EventHub::Subscription::next(std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  steady_wait(changed_, lock, patience, [this] { return is_closed_ || !waiting_.empty(); });
  if (waiting_.empty()) return std::nullopt;
  NumberedEvent event = std::move(waiting_.front());
  waiting_.pop_front();
  return event;
}

bool EventHub::Subscription::is_closed() const {
  const std::lock_guard lock(mutex_);
  return is_closed_ && waiting_.empty();
}

void EventHub::Subscription::push(const NumberedEvent& event) {
  {
    const std::lock_guard lock(mutex_);
    if (is_closed_) return;
    // Of the newest events of a kind that are of use only for a moment, the last is enough.
    if (!waiting_.empty() && is_fleeting_kind(event.event, waiting_.back().event.index())) waiting_.pop_back();
    if (waiting_.size() >= kMostWaiting) make_room();
    waiting_.push_back(event);
  }
  changed_.notify_one();
}

void EventHub::Subscription::make_room() {
  const auto fleeting = std::ranges::find_if(waiting_, is_fleeting, &NumberedEvent::event);
  if (fleeting != waiting_.end()) {
    waiting_.erase(fleeting);
    return;
  }
  const std::uint64_t number = waiting_.back().number;
  waiting_.clear();
  waiting_.push_back({.number = number, .event = Resync{}});
}

void EventHub::Subscription::close() {
  {
    const std::lock_guard lock(mutex_);
    is_closed_ = true;
  }
  changed_.notify_all();
}

// Numbers go on rising over a restart: a thousand for each millisecond are more than are ever published.
EventHub::EventHub() : last_(static_cast<std::uint64_t>(now()) * 1000) {}

void EventHub::publish(Event event) {
  const std::lock_guard lock(mutex_);
  if (is_closed_) return;
  NumberedEvent numbered{.number = ++last_, .event = std::move(event)};
  std::erase_if(subscriptions_, [&](const std::weak_ptr<Subscription>& weak) {
    const auto subscription = weak.lock();
    if (subscription) subscription->push(numbered);
    return !subscription;
  });
  recent_.push_back(std::move(numbered));
  if (recent_.size() > kMostWaiting) recent_.pop_front();
}

std::shared_ptr<EventHub::Subscription> EventHub::subscribe(std::uint64_t after) {
  auto subscription = std::make_shared<Subscription>();
  const std::lock_guard lock(mutex_);
  if (is_closed_) subscription->close();
  const std::uint64_t oldest = recent_.empty() ? last_ + 1 : recent_.front().number;
  if (after != 0 && (after + 1 < oldest || after > last_)) {
    subscription->push({.number = last_, .event = Resync{}});
  } else if (after != 0) {
    for (const NumberedEvent& event : recent_) {
      if (event.number > after) subscription->push(event);
    }
  }
  subscriptions_.push_back(subscription);
  return subscription;
}

void EventHub::close() {
  const std::lock_guard lock(mutex_);
  is_closed_ = true;
  for (const std::weak_ptr<Subscription>& weak : subscriptions_) {
    if (const auto subscription = weak.lock()) subscription->close();
  }
}

}  // namespace fude::service
