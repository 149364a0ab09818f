#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "server/http_message.h"

namespace fude::server {

/// Finds the handler for a method and a path, and turns what it throws into an answer. Filled once, then safe for any
/// number of threads.
class Router {
 public:
  struct Route {
    std::string method;   // "GET"
    std::string pattern;  // "/api/v1/jobs/{id}"
  };

  /// `pattern`: parts between slashes; {name} takes any one part that is not empty, a last {name...} the rest of the
  /// path. Parts are decoded after they were told apart, so that %2F stays inside of one. Plain parts win over {name}.
  /// A GET route also answers HEAD.
  void add(std::string_view method, std::string_view pattern, Handler handler);

  /// Answers GET and HEAD of paths that no route knows; without it they are 404.
  void set_fallback(Handler handler) { fallback_ = std::move(handler); }

  /// Never throws: 404, 405 (with Allow) and every error of a handler are answers, in the form of error_form(path).
  /// OPTIONS of a known path is 204 with Allow, and nothing that would let other sites in.
  Response answer(Request request) const;

  /// In the order of add().
  std::vector<Route> routes() const;

 private:
  struct Entry {
    Route route;
    std::vector<std::string> parts;
    Handler handler;
  };
  struct Match {
    const Entry* entry = nullptr;
    std::map<std::string, std::string> parts{};
  };

  Match find(std::string_view method, const std::vector<std::string>& parts, std::set<std::string>& allowed) const;
  Response dispatch(Request& request) const;

  std::vector<Entry> entries_;
  Handler fallback_;
};

}  // namespace fude::server
