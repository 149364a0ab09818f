#include "io/file_hash.h"

#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>

#include "core/error.h"

namespace fude::io {

class FileHash::Work {
 public:
  explicit Work(std::string known) : digits_(std::move(known)) {}
  explicit Work(Compute compute) : compute_(std::move(compute)) {}
  ~Work() {
    is_given_up_ = true;
    if (thread_.joinable()) thread_.join();
  }
  Work(const Work&) = delete;
  Work& operator=(const Work&) = delete;

  void begin() {
    const std::scoped_lock lock(lock_);
    if (compute_ && !thread_.joinable()) thread_ = std::thread([this] { compute(); });
  }

  const std::string& digits() {
    const std::scoped_lock lock(lock_);
    if (compute_) {
      if (thread_.joinable())
        thread_.join();
      else
        compute();
      compute_ = nullptr;
    }
    if (failure_) std::rethrow_exception(failure_);
    return digits_;
  }

 private:
  void compute() {
    try {
      digits_ = compute_([this](std::size_t) {
        if (is_given_up_) fail(ErrorCode::kCancelled, "nobody waits for the hash any more");
      });
    } catch (...) {
      failure_ = std::current_exception();
    }
  }

  std::mutex lock_;
  std::atomic<bool> is_given_up_{false};
  Compute compute_;  // empty: the digits are there
  std::string digits_;
  std::exception_ptr failure_;
  std::thread thread_;
};

FileHash::FileHash(std::string known) : work_(std::make_shared<Work>(std::move(known))) {}
FileHash::FileHash(Compute compute) : work_(std::make_shared<Work>(std::move(compute))) {}

void FileHash::begin() const { work_->begin(); }
const std::string& FileHash::digits() const { return work_->digits(); }

}  // namespace fude::io
