#include "server/multipart_form.h"

#include <fmt/format.h>

#include <utility>

#include "core/ascii.h"
#include "core/error.h"
#include "server/error_response.h"

namespace fude::server {
namespace {

constexpr std::string_view kLineEnd = "\r\n";

[[noreturn]] void refuse(const std::string& reason) { throw HttpError(400, "the form is damaged: " + reason); }

/// Values of "form-data; name=\"image\"; filename=\"a.png\"": what stands before the first ';' is passed over.
class Parameters {
 public:
  explicit Parameters(std::string_view text) : text_(text) { skip_to_next(); }

  // False at the end.
  bool next(std::string& name, std::string& value) {
    if (text_.empty()) return false;
    const std::size_t equals = text_.find('=');
    if (equals == std::string_view::npos) return false;
    name = ascii_lower(trimmed(text_.substr(0, equals)));
    text_.remove_prefix(equals + 1);
    value = text_.starts_with('"') ? quoted() : plain();
    skip_to_next();
    return true;
  }

 private:
  void skip_to_next() {
    const std::size_t mark = text_.find(';');
    text_.remove_prefix(mark == std::string_view::npos ? text_.size() : mark + 1);
  }

  std::string plain() const { return std::string(trimmed(text_.substr(0, text_.find(';')))); }

  std::string quoted() {
    std::string value;
    std::size_t at = 1;
    for (; at < text_.size() && text_[at] != '"'; ++at) {
      // Browsers write %22 for a quote and leave backslashes alone; older programs escape quotes.
      if (text_[at] == '\\' && at + 1 < text_.size() && text_[at + 1] == '"') ++at;
      value += text_[at];
    }
    text_.remove_prefix(std::min(at, text_.size()));
    return value;
  }

  std::string_view text_;
};

std::string boundary_of(std::string_view type) {
  if (ascii_lower(trimmed(type.substr(0, type.find(';')))) != "multipart/form-data") {
    throw HttpError(
        415, fmt::format("the body is sent as '{}', expected Content-Type: multipart/form-data", printable(type, 100)));
  }
  constexpr std::size_t kLongest = 70;  // RFC 2046
  Parameters parameters(type);
  std::string name, value;
  while (parameters.next(name, value)) {
    if (name == "boundary" && !value.empty() && value.size() <= kLongest) return value;
  }
  throw HttpError(415, "the form has no boundary in its Content-Type");
}

// The name that stands in the head of a part; its other lines do not matter here.
FormPart read_head(std::string_view head) {
  constexpr std::string_view kDisposition = "content-disposition:";
  FormPart part;
  while (!head.empty()) {
    const std::string_view line = head.substr(0, head.find(kLineEnd));
    head.remove_prefix(std::min(line.size() + kLineEnd.size(), head.size()));
    if (ascii_lower(line.substr(0, kDisposition.size())) != kDisposition) continue;
    Parameters parameters(line.substr(kDisposition.size()));
    std::string name, value;
    while (parameters.next(name, value)) {
      if (name == "name") part.name = value;
      if (name == "filename") part.file_name = value.empty() ? "file" : value;
    }
  }
  if (part.name.empty()) refuse("a part has no name");
  return part;
}

}  // namespace

std::vector<FormPart> parse_form(const Request& request) {
  const std::string mark = "--" + boundary_of(request.header("Content-Type"));
  const std::string inner_mark = std::string(kLineEnd) + mark;
  std::string_view rest = request.body;
  if (!rest.starts_with(mark)) {
    const std::size_t begin = rest.find(inner_mark);
    if (begin == std::string_view::npos) refuse("it has no part");
    rest.remove_prefix(begin + kLineEnd.size());
  }
  rest.remove_prefix(mark.size());
  std::vector<FormPart> parts;
  while (!rest.starts_with("--")) {
    if (parts.size() == kMostFormParts) refuse(fmt::format("it has more than {} parts", kMostFormParts));
    if (!rest.starts_with(kLineEnd)) refuse("its boundary is followed by something else");
    const std::size_t head_end = rest.substr(0, kLongestPartHead).find("\r\n\r\n");
    if (head_end == std::string_view::npos) refuse("the head of a part does not end");
    FormPart part = read_head(rest.substr(kLineEnd.size(), std::max(head_end, kLineEnd.size()) - kLineEnd.size()));
    rest.remove_prefix(head_end + 2 * kLineEnd.size());
    const std::size_t end = rest.find(inner_mark);
    if (end == std::string_view::npos) refuse("it is cut off");
    part.bytes = rest.substr(0, end);
    parts.push_back(std::move(part));
    rest.remove_prefix(end + inner_mark.size());
  }
  return parts;
}

}  // namespace fude::server
