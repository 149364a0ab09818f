#include <charconv>
#include <chrono>

#include "server/api_routes.h"
#include "server/api_values.h"
#include "service/gallery.h"
#include "service/studio.h"

namespace fude::server {
namespace {

using service::Studio;

struct NamedEvent {
  const char* name;
  Json data;
};

/// An event as a page gets it; what it speaks of is told with it, as it is by now.
class EventWriter {
 public:
  explicit EventWriter(Studio& studio) : studio_(studio) {}

  NamedEvent operator()(const service::JobChanged& event) const {
    try {
      return {"job", to_json(studio_.queue().find(event.job))};
    } catch (const Error&) {  // forgotten in the meantime
      return {"queue", to_json(studio_.queue().counts())};
    }
  }
  NamedEvent operator()(const service::QueueChanged&) const { return {"queue", to_json(studio_.queue().counts())}; }
  NamedEvent operator()(const service::Progressed& event) const { return {"progress", to_json(event)}; }
  NamedEvent operator()(const service::PreviewChanged& event) const {
    return {"preview", {{"job", event.job}, {"version", event.version}}};
  }
  NamedEvent operator()(const service::PictureAdded& event) const {
    const auto picture = studio_.gallery().find(event.picture);
    return picture ? NamedEvent{"picture", to_json(*picture)} : NamedEvent{"gallery", Json::object()};
  }
  NamedEvent operator()(const service::GalleryChanged&) const { return {"gallery", Json::object()}; }
  NamedEvent operator()(const service::ModelChanged&) const { return {"model", to_json(studio_.loaded())}; }
  NamedEvent operator()(const service::SettingsChanged&) const { return {"settings", Json::object()}; }
  NamedEvent operator()(const service::Resync&) const { return {"resync", Json::object()}; }

 private:
  Studio& studio_;
};

std::uint64_t last_seen(const Request& request) {
  const std::string_view text = request.header("Last-Event-ID");
  std::uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);  // what is no number is as if nothing was seen
  return number;
}

/// One open page.
class EventStream {
 public:
  EventStream(Studio& studio, const Request& request)
      : studio_(studio), subscription_(studio.events().subscribe(last_seen(request))), gone_(request.gone) {}

  bool send_next(Sink& sink) {
    if (gone_->is_requested() || subscription_->is_closed()) return false;
    if (!std::exchange(has_greeted_, true)) return sink.write("retry: 1000\n\n");
    const auto event = subscription_->next(kPatience);
    if (event) return sink.write(text_of(*event));
    return is_quiet() ? sink.write(":\n\n") : true;
  }

 private:
  // How long a page that has gone is not noticed, and how long a stop of the server waits for it.
  static constexpr std::chrono::milliseconds kPatience{500};
  // What lies between, proxies and laptops asleep, drops connections that are silent for long.
  static constexpr int kQuietWaits = 30;

  bool is_quiet() {
    quiet_waits_ = (quiet_waits_ + 1) % kQuietWaits;
    return quiet_waits_ == 0;
  }

  std::string text_of(const service::NumberedEvent& event) const {
    const auto [name, data] = std::visit(EventWriter(studio_), event.event);
    return fmt::format("id: {}\nevent: {}\ndata: {}\n\n", event.number, name,
                       data.dump(-1, ' ', false, Json::error_handler_t::replace));
  }

  Studio& studio_;
  std::shared_ptr<service::EventHub::Subscription> subscription_;
  std::shared_ptr<const Cancellation> gone_;
  bool has_greeted_ = false;
  int quiet_waits_ = 0;
};

}  // namespace

void add_event_routes(Router& router, Studio& studio) {
  router.add("GET", "/api/v1/events", [&](const Request& request) {
    const auto stream = std::make_shared<EventStream>(studio, request);
    return Response{.content_type = "text/event-stream",
                    .stream = [stream](Sink& sink) { return stream->send_next(sink); }};
  });
}

}  // namespace fude::server
