#pragma once

#include <grp.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <exception>
#include <filesystem>
#include <functional>
#include <string>
#include <utility>

namespace fude::tests {

/// Runs `work` in a process of a user who owns nothing (when the tests run as root, whom no permission stops) and gives
/// the message of the exception that it ended with; empty: with none.
inline std::string refusal_of_stranger(const std::function<void()>& work) {
  std::array<int, 2> ends{};
  if (::pipe(ends.data()) != 0) return "no pipe";
  const pid_t process = ::fork();
  if (process == 0) {
    constexpr unsigned kNobody = 65534;
    std::string message;
    if (::geteuid() == 0 && (::setgroups(0, nullptr) != 0 || ::setgid(kNobody) != 0 || ::setuid(kNobody) != 0)) {
      message = "root's rights cannot be given away";
    } else {
      try {
        work();
      } catch (const std::exception& error) {
        message = error.what();
      }
    }
    const bool is_told = ::write(ends[1], message.data(), message.size()) >= 0;
    ::_exit(is_told ? 0 : 1);
  }
  ::close(ends[1]);
  std::string message;
  std::array<char, 512> piece{};
  for (ssize_t count = 0; (count = ::read(ends[0], piece.data(), piece.size())) > 0;) {
    message.append(piece.data(), static_cast<std::size_t>(count));
  }
  ::close(ends[0]);
  ::waitpid(process, nullptr, 0);
  return message;
}

/// While it lives a folder or file may be read by all and written by nobody.
class ReadOnly {
 public:
  explicit ReadOnly(std::filesystem::path place) : place_(std::move(place)) {
    before_ = std::filesystem::status(place_).permissions();
    using enum std::filesystem::perms;
    const auto readable = owner_read | group_read | others_read;
    const bool is_folder = std::filesystem::is_directory(place_);
    std::filesystem::permissions(place_, is_folder ? readable | owner_exec | group_exec | others_exec : readable);
  }
  ~ReadOnly() { std::filesystem::permissions(place_, before_); }
  ReadOnly(const ReadOnly&) = delete;
  ReadOnly& operator=(const ReadOnly&) = delete;

 private:
  std::filesystem::path place_;
  std::filesystem::perms before_{};
};

}  // namespace fude::tests
