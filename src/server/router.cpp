#include "server/router.h"

#include <fmt/ranges.h>

#include <optional>

#include "server/error_response.h"
#include "server/request_target.h"

namespace fude::server {
namespace {

std::vector<std::string> split_path(std::string_view path) {
  std::vector<std::string> parts;
  while (!path.empty()) {
    path.remove_prefix(1);  // the slash
    const std::size_t end = std::min(path.find('/'), path.size());
    parts.emplace_back(path.substr(0, end));
    path.remove_prefix(end);
  }
  return parts;
}

bool is_variable(std::string_view part) { return part.starts_with('{'); }
bool is_rest(std::string_view part) { return part.ends_with("...}"); }

std::string variable_name(std::string_view part) {
  part.remove_prefix(1);
  part.remove_suffix(is_rest(part) ? 4 : 1);
  return std::string(part);
}

std::string joined(const std::vector<std::string>& parts, std::size_t from) {
  std::string text;
  for (std::size_t i = from; i < parts.size(); ++i) text += (i > from ? "/" : "") + parts[i];
  return text;
}

// The variable parts' values; absent when the path is not of the pattern.
std::optional<std::map<std::string, std::string>> match(const std::vector<std::string>& pattern,
                                                        const std::vector<std::string>& path) {
  std::map<std::string, std::string> values;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (i >= path.size()) return std::nullopt;
    if (is_rest(pattern[i])) {
      values[variable_name(pattern[i])] = joined(path, i);
      return values;
    }
    if (is_variable(pattern[i])) {
      if (path[i].empty()) return std::nullopt;
      values[variable_name(pattern[i])] = path[i];
    } else if (pattern[i] != path[i]) {
      return std::nullopt;
    }
  }
  if (path.size() != pattern.size()) return std::nullopt;
  return values;
}

// At the first part in which they differ, a plain one is the closer match.
bool is_closer(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    if (is_variable(a[i]) != is_variable(b[i])) return !is_variable(a[i]);
  }
  return a.size() > b.size();
}

std::vector<std::string> decoded(std::vector<std::string> parts) {
  for (std::string& part : parts) {
    auto text = percent_decoded(part);
    if (!text) throw HttpError(400, "the path holds a broken escape");
    part = std::move(*text);
  }
  return parts;
}

Response wrong_method(const Request& request, const std::string& allowed) {
  Response response{.status = 204, .body = {}};
  if (request.method != "OPTIONS") {
    response = error_response(
        405, fmt::format("{} is not possible here, expected {}", printable(request.method, 20), allowed), request.path);
  }
  response.headers.emplace_back("Allow", allowed);
  return response;
}

}  // namespace

void Router::add(std::string_view method, std::string_view pattern, Handler handler) {
  entries_.push_back({.route = {std::string(method), std::string(pattern)},
                      .parts = split_path(pattern),
                      .handler = std::move(handler)});
}

std::vector<Router::Route> Router::routes() const {
  std::vector<Route> routes;
  routes.reserve(entries_.size());
  for (const Entry& entry : entries_) routes.push_back(entry.route);
  return routes;
}

Router::Match Router::find(std::string_view method, const std::vector<std::string>& parts,
                           std::set<std::string>& allowed) const {
  Match best;
  for (const Entry& entry : entries_) {
    auto values = match(entry.parts, parts);
    if (!values) continue;
    if (entry.route.method != method) {
      allowed.insert(entry.route.method);
      if (entry.route.method == "GET") allowed.insert("HEAD");
    } else if (best.entry == nullptr || is_closer(entry.parts, best.entry->parts)) {
      best = {&entry, std::move(*values)};
    }
  }
  return best;
}

Response Router::dispatch(Request& request) const {
  const std::string_view method = request.method == "HEAD" ? "GET" : std::string_view(request.method);
  std::set<std::string> allowed;
  Match found = find(method, decoded(split_path(request.path)), allowed);
  if (found.entry != nullptr) {
    request.parts = std::move(found.parts);
    return found.entry->handler(request);
  }
  if (!allowed.empty()) return wrong_method(request, fmt::format("{}", fmt::join(allowed, ", ")));
  if (fallback_ && method == "GET") return fallback_(request);
  return error_response(404, fmt::format("there is nothing at '{}'", printable(request.path)), request.path);
}

Response Router::answer(Request request) const {
  try {
    return dispatch(request);
  } catch (...) {
    return error_response(std::current_exception(), request.path);
  }
}

}  // namespace fude::server
