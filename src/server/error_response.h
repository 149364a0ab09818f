#pragma once

#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>

#include "core/error.h"
#include "server/http_message.h"

namespace fude::server {

/// A refusal that is HTTP's own business and so has no ErrorCode: 401, 403, 409, 413, 429, 501, ...; or an invalid
/// argument that knows which member of the body is wrong.
class HttpError : public std::runtime_error {
 public:
  HttpError(int status, const std::string& message, std::string member = {})
      : std::runtime_error(message), status_(status), member_(std::move(member)) {}
  int status() const noexcept { return status_; }
  /// The member of the body, or the name in the query, that is wrong; empty: none.
  const std::string& member() const noexcept { return member_; }

 private:
  int status_;
  std::string member_;
};

/// The one place where codes become statuses.
int http_status(ErrorCode code);

/// The form that a client of this path expects errors in.
enum class ErrorForm {
  kOwn,     // {"error": {"code", "message", "member"}}
  kWebUi,   // {"error", "detail", "body", "errors"}: /sdapi, /controlnet, /internal
  kOpenAi,  // {"error": {"message", "type", "param", "code"}}: /v1
};
ErrorForm error_form(std::string_view path);

/// The answer for a refusal with this status. `message` is one line as Error has it.
Response error_response(int status, std::string_view message, std::string_view path, std::string_view member = {});

/// The answer for what a handler threw. An Error(kInvalidArgument) is 400, in the web UI's form 422; what is no error
/// of ours is 500, and its words stay in the answer: who asks here is the owner.
Response error_response(const std::exception_ptr& thrown, std::string_view path);

}  // namespace fude::server
