#pragma once

#include <algorithm>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/ascii.h"
#include "core/cancellation.h"

namespace fude::server {

/// Orders names without regard to ASCII case, as header names want it.
struct CaseInsensitive {
  using is_transparent = void;
  bool operator()(std::string_view a, std::string_view b) const {
    return std::ranges::lexicographical_compare(
        a, b, [](char left, char right) { return ascii_lower(left) < ascii_lower(right); });
  }
};

/// What a client asks. A plain value: routes need no socket, neither to run nor to be tested.
struct Request {
  std::string method;  // "GET", upper case
  std::string path;    // as it was sent, still percent-encoded: "/api/v1/wildcards/sky%2Fday"; no query
  std::string body{};
  std::multimap<std::string, std::string> query;                // decoded, UTF-8
  std::map<std::string, std::string, CaseInsensitive> headers;  // a header that came twice: values joined by ", "
  std::map<std::string, std::string> parts;                     // of the pattern, decoded, set by the router
  std::string remote;                                           // the client's address, "127.0.0.1"
  /// Requested when the client has gone or the server stops: whoever waits for something looks at it.
  std::shared_ptr<const Cancellation> gone = std::make_shared<const Cancellation>();

  /// The header's value, empty when it is absent.
  std::string_view header(std::string_view name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? std::string_view() : std::string_view(found->second);
  }
};

/// Where a streamed answer goes.
class Sink {
 public:
  virtual ~Sink() = default;
  /// Waits until the bytes are on their way. False: the client has gone, or took nothing for too long.
  virtual bool write(std::string_view bytes) = 0;
};

/// What it gets: a body, or else a stream, or else a file.
struct Response {
  int status = 200;
  std::string body{};
  std::string content_type = "application/json";
  std::vector<std::pair<std::string, std::string>> headers{};
  /// Called again and again until it returns false. A call may wait, a second or so, and then sends something: only by
  /// that is it seen that the client has gone.
  std::function<bool(Sink&)> stream{};
  std::filesystem::path file{};
};

using Handler = std::function<Response(const Request&)>;

}  // namespace fude::server
