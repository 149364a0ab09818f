#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "service/ids.h"

namespace fude::service {

/// A job was stored, moved, begun, ended.
struct JobChanged {
  JobId job = 0;
};

/// The order of the waiting jobs is another, or the queue was paused or goes on.
struct QueueChanged {};

/// Where the running job stands.
struct Progressed {
  JobId job = 0;
  int picture = 0;  // of the job, from 0
  int pictures = 0;
  int step = 0;  // of the picture's batch, done
  int steps = 0;
  double share = 0;          // of the job, 0..1
  double seconds_left = -1;  // below 0: not known
  std::string stage = {};    // "loading", "words", "sampling", "decoding", "saving", "merging"
};

/// There is a newer look at the unfinished picture: Studio::preview().
struct PreviewChanged {
  JobId job = 0;
  std::uint64_t version = 0;
};

/// The running job has finished a picture, which is in the gallery.
struct PictureAdded {
  JobId job = 0;
  PictureId picture = 0;
};

struct GalleryChanged {};
struct ModelChanged {};
struct SettingsChanged {};

/// Events were lost: ask for everything anew.
struct Resync {};

using Event = std::variant<JobChanged, QueueChanged, Progressed, PreviewChanged, PictureAdded, GalleryChanged,
                           ModelChanged, SettingsChanged, Resync>;

struct NumberedEvent {
  std::uint64_t number = 0;  // rising, also from one run of the program to the next
  Event event;
};

/// Tells every open page what happens. Nobody who publishes waits for anybody who reads. All of it is safe in any
/// thread.
class EventHub {
 public:
  class Subscription {
   public:
    /// The next event; waits at most `patience` for it. Absent: nothing came, or the hub is closed. One reader at a
    /// time.
    std::optional<NumberedEvent> next(std::chrono::milliseconds patience);

    /// Nothing will come any more.
    bool is_closed() const;

   private:
    friend class EventHub;
    void push(const NumberedEvent& event);
    void make_room();
    void close();

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<NumberedEvent> waiting_;
    bool is_closed_ = false;
  };

  EventHub();

  void publish(Event event);

  /// Hears what is published from now on, and first what was published after event number `after`, which a page that
  /// lost its connection has seen last. One Resync comes first when that is no longer known. 0: nothing was seen.
  /// The subscription ends with its last pointer.
  std::shared_ptr<Subscription> subscribe(std::uint64_t after = 0);

  /// Ends all subscriptions, now and later ones.
  void close();

  /// So many events wait for a slow reader at most. Beyond that its oldest progress and previews are dropped; when
  /// there are none, all of them, and it gets a Resync in their place.
  static constexpr std::size_t kMostWaiting = 256;

 private:
  std::mutex mutex_;
  std::uint64_t last_;
  std::deque<NumberedEvent> recent_;  // at most kMostWaiting
  std::vector<std::weak_ptr<Subscription>> subscriptions_;
  bool is_closed_ = false;
};

}  // namespace fude::service
