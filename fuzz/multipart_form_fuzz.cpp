#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "server/error_response.h"
#include "server/multipart_form.h"

/// The Content-Type up to the first line break, then the body. Parts lie in the body, one behind the other, and have
/// names.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace fude::server;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::size_t line = std::min(text.find('\n'), text.size());
  Request request;
  request.headers["Content-Type"] = std::string(text.substr(0, line));
  request.body = std::string(text.substr(std::min(line + 1, text.size())));
  try {
    const char* end = request.body.data();
    for (const FormPart& part : parse_form(request)) {
      if (part.name.empty() || part.bytes.data() < end) std::abort();
      end = part.bytes.data() + part.bytes.size();
      if (end > request.body.data() + request.body.size()) std::abort();
    }
  } catch (const HttpError& error) {
    if (error.status() != 400 && error.status() != 415) std::abort();
  }
  return 0;
}
