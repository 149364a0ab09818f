#include "service/keep_log.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>

#include "core/error.h"
#include "core/platform/file_descriptor.h"
#include "core/platform/writing.h"

namespace fude::service {
namespace {

std::string csv_line(std::span<const std::string> entries) {
  std::string line;
  for (const std::string& entry : entries) {
    if (!line.empty()) line += ',';
    const bool needs_quotes = entry.empty() || entry.find_first_of(",\"\r\n") != std::string::npos;
    if (!needs_quotes) {
      line += entry;
      continue;
    }
    line += '"';
    for (const char c : entry) line += c == '"' ? std::string("\"\"") : std::string(1, c);
    line += '"';
  }
  return line + "\r\n";
}

// A row that was cut off by a full disk or a power cut must not swallow the next one.
bool ends_a_line(int file, off_t size) {
  char last = '\n';
  return size == 0 || pread(file, &last, 1, size - 1) != 1 || last == '\n';
}

// Nothing stays of a text that does not fit.
void write_whole(int file, std::string_view text, off_t size, const std::filesystem::path& path) {
  while (!text.empty()) {
    const ssize_t written = write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      const int error = errno;
      [[maybe_unused]] const int undone = ftruncate(file, size);
      fail(ErrorCode::kOutOfResources, "cannot write '{}': {}", printable(path.string()),
           platform::system_message(error));
    }
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  fsync(file);
}

}  // namespace

void append_csv_row(const std::filesystem::path& file, std::span<const std::string> header,
                    std::span<const std::string> row) {
  platform::make_folder(file.parent_path());
  const platform::FileDescriptor log(open(file.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666));
  if (!log.is_open()) platform::refuse_unwritable(file, platform::system_message(errno));
  while (flock(log.number(), LOCK_EX) != 0) {  // freed when the file is closed
    if (errno != EINTR) platform::refuse_unwritable(file, platform::system_message(errno));
  }
  struct stat facts = {};
  fstat(log.number(), &facts);
  std::string text;
  if (!ends_a_line(log.number(), facts.st_size)) text += "\r\n";
  if (facts.st_size == 0) text += csv_line(header);
  write_whole(log.number(), text + csv_line(row), facts.st_size, file);
}

}  // namespace fude::service
