#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "server/http_message.h"

namespace fude::server {

/// One part of a form with files; `bytes` lies in the request's body.
struct FormPart {
  std::string name{};
  std::string file_name{};  // empty: a field, not a file
  std::string_view bytes{};
};

/// More parts than this are refused, and heads of parts longer than this.
inline constexpr std::size_t kMostFormParts = 64;
inline constexpr std::size_t kLongestPartHead = 8000;  // bytes

/// The parts of a body in the form multipart/form-data (RFC 7578). `request` must outlive them. Throws HttpError: 415
/// for another kind of body, 400 for one that is not in that form.
std::vector<FormPart> parse_form(const Request& request);

}  // namespace fude::server
