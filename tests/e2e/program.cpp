#include "tests/e2e/program.h"

#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <thread>

#include "tests/support/temporary_folder.h"

namespace fude::tests {
namespace {

std::string read_all(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

[[noreturn]] void become_fude(const std::vector<std::string>& arguments, const std::filesystem::path& out,
                              const std::filesystem::path& err) {
  if (std::freopen(out.c_str(), "w", stdout) == nullptr || std::freopen(err.c_str(), "w", stderr) == nullptr)
    _exit(126);
  std::vector<char*> argv = {const_cast<char*>("fude")};
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  execv(FUDE_PROGRAM, argv.data());
  _exit(127);
}

bool has_ended(pid_t child) {
  siginfo_t state{};
  return waitid(P_PID, static_cast<id_t>(child), &state, WEXITED | WNOHANG | WNOWAIT) == 0 && state.si_pid == child;
}

// `meanwhile` gets the process's number while it runs.
template <typename Meanwhile>
ProgramResult run(const std::vector<std::string>& arguments, const Meanwhile& meanwhile) {
  const TemporaryFolder folder;
  const auto out = folder.path() / "out", err = folder.path() / "err";
  const pid_t child = fork();
  if (child < 0) throw std::runtime_error("fork failed");
  if (child == 0) become_fude(arguments, out, err);
  meanwhile(child);
  int status = 0;
  waitpid(child, &status, 0);
  return {.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
          .out = read_all(out),
          .err = read_all(err)};
}

}  // namespace

ProgramResult run_fude(const std::vector<std::string>& arguments) {
  return run(arguments, [](pid_t) {});
}

ProgramResult interrupt_fude_when(const std::function<bool(pid_t process)>& is_time,
                                  const std::vector<std::string>& arguments) {
  return run(arguments, [&](pid_t child) {
    while (!is_time(child) && !has_ended(child)) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    kill(child, SIGINT);
  });
}

bool has_mapped(pid_t process, const std::filesystem::path& file) {
  return read_all("/proc/" + std::to_string(process) + "/maps").find(file.string()) != std::string::npos;
}

}  // namespace fude::tests
