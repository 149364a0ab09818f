#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "server/error_response.h"
#include "server/json_body.h"
#include "server/query.h"
#include "server/request_target.h"
#include "server/router.h"
#include "server/security.h"

namespace {

using namespace fude::server;

// Reads a member in all the ways that routes do.
void read_member(const JsonObject& body, const std::string& name) {
  const auto try_to = [](auto&& read) {
    try {
      read();
    } catch (const HttpError&) {
    }
  };
  try_to([&] { body.text(name, 100); });
  try_to([&] { body.whole(name, -1000, 1000); });
  try_to([&] { body.number(name, -1, 1); });
  try_to([&] { body.truth(name); });
  try_to([&] { body.texts(name, 10, 100); });
  try_to([&] { body.numbers(name, 10, -1, 1); });
  try_to([&] { body.object(name); });
}

Response read_body(const Request& request) {
  const JsonObject body = json_body(request);
  for (const auto& member : body.value().items()) read_member(body, member.key());
  return json_response(body.value());
}

Response read_query(const Request& request) {
  const Query query(request);
  query.whole("limit", 1, 500);
  query.truth("bin");
  query.text("text", 100);
  return json_response({{"id", id_of(request)}});
}

}  // namespace

/// A request: the target up to the first line break, the Host header up to the second, Authorization up to the third,
/// then the body. Whatever it is, there is an answer whose body is UTF-8, and the target's path is one.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  const auto take_line = [&rest] {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    return line;
  };
  const auto target = parse_target(take_line());
  if (!target) return 0;
  static Gatekeeper gatekeeper({.password = "correct horse"});
  static const Router router = [] {
    Router made;
    made.add("POST", "/api/v1/items/{id}", read_body);
    made.add("POST", "/files/{path...}", read_body);
    made.add("POST", "/api/v1/items/{id}/things/{name}", read_query);
    return made;
  }();
  Request request;
  request.method = "POST";
  request.path = target->path;
  request.query = target->query;
  request.headers["Host"] = take_line();
  request.headers["Authorization"] = take_line();
  request.headers["Content-Type"] = "application/json";
  request.body = rest;
  static_cast<void>(gatekeeper.admit(request));
  if (!is_utf8(router.answer(std::move(request)).body)) std::abort();
  return 0;
}
