#pragma once

#include <fmt/format.h>

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace fude {

/// What kind of failure it is; decides the exit code (and the HTTP status), never the wording.
enum class ErrorCode {
  kInvalidArgument,   // a value the user gave is wrong
  kNotFound,          // a file or name does not exist
  kCorruptFile,       // a file is damaged or is not what it should be
  kUnsupportedModel,  // a whole and healthy model that Fude does not know
  kOutOfResources,    // memory or disk is exhausted
  kCancelled,         // the user asked to stop
};

/// Every failure the engine reports on purpose. Anything else that escapes is a bug.
/// The message is one line: subject, what was found, what was expected, hint; lower-case start, no final period.
class Error : public std::runtime_error {
 public:
  Error(ErrorCode code, const std::string& message) : std::runtime_error(message), code_(code) {}
  ErrorCode code() const noexcept { return code_; }

 private:
  ErrorCode code_;
};

/// Throws Error(code) with a formatted message: fail(ErrorCode::kNotFound, "file '{}' does not exist", path).
template <typename... Args>
[[noreturn]] void fail(ErrorCode code, fmt::format_string<Args...> format, Args&&... args) {
  throw Error(code, fmt::format(format, std::forward<Args>(args)...));
}

/// The process exit code of the command line (spec: 2 usage, 3 file, 4 model, 5 resources, 130 interrupted).
int exit_code(ErrorCode code);

/// A string from outside (file, prompt), made safe for one line of terminal output: control characters are
/// escaped and more than `limit` bytes are cut with an ellipsis, never inside a UTF-8 sequence.
std::string printable(std::string_view text, std::size_t limit = 200);

}  // namespace fude
