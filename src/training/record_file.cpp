#include "training/record_file.h"

#include <algorithm>
#include <fstream>
#include <system_error>

#include "core/error.h"

namespace fude::training {
namespace {

constexpr std::int64_t kRecordsAtOnce = 64;

std::int64_t record_bytes(const RecordFile::Layout& layout) {
  std::int64_t bytes = static_cast<std::int64_t>(c10::elementSize(layout.type));
  for (const std::int64_t size : layout.shape) bytes *= size;
  return bytes;
}

void check_identity(const std::filesystem::path& path, const std::string& identity) {
  const std::filesystem::path beside = path.string() + ".source";
  std::string found;
  if (std::ifstream file(beside); file) {
    std::getline(file, found);
    if (found != identity)
      fail(ErrorCode::kInvalidArgument, "'{}' was made from {}, expected {}; remove it to make it again", path.string(),
           printable(found), identity);
    return;
  }
  std::filesystem::remove(path);
  std::ofstream(beside) << identity << '\n';
}

/// Whole records in the file; what an interrupted write left behind them is cut off.
std::int64_t stored_records(const std::filesystem::path& path, std::int64_t bytes_each) {
  std::error_code missing;
  const auto bytes = std::filesystem::file_size(path, missing);
  if (missing) return 0;
  const std::int64_t whole = static_cast<std::int64_t>(bytes) / bytes_each;
  std::filesystem::resize_file(path, static_cast<std::uintmax_t>(whole * bytes_each));
  return whole;
}

void append(std::ofstream& file, const std::filesystem::path& path, const std::vector<at::Tensor>& records) {
  for (const at::Tensor& record : records)
    file.write(static_cast<const char*>(record.data_ptr()), static_cast<std::streamsize>(record.nbytes()));
  if (!file.flush())
    fail(ErrorCode::kOutOfResources, "cannot write '{}': the disk is full or not writable", path.string());
}

}  // namespace

RecordFile RecordFile::prepare(const std::filesystem::path& path, const Layout& layout, WorkerPool& pool,
                               const MakeRecord& make, const OnProgress& on_progress) {
  check_identity(path, layout.identity);
  std::int64_t done = stored_records(path, record_bytes(layout));
  std::ofstream file(path, std::ios::binary | std::ios::app);
  while (done < layout.count) {
    std::vector<at::Tensor> made(static_cast<std::size_t>(std::min(kRecordsAtOnce, layout.count - done)));
    pool.run(static_cast<int>(made.size()), [&](int i) { made[static_cast<std::size_t>(i)] = make(done + i); });
    append(file, path, made);
    done += static_cast<std::int64_t>(made.size());
    if (!on_progress(done, layout.count))
      fail(ErrorCode::kCancelled, "stopped while making '{}'; the next run goes on from here", path.string());
  }

  RecordFile result;
  result.file_ = platform::MappedFile::open(path);
  std::vector<std::int64_t> shape = layout.shape;
  shape.insert(shape.begin(), layout.count);
  // ATen has no read-only tensors; nobody writes to this one.
  void* data = const_cast<std::byte*>(result.file_->bytes().data());
  result.records_ = at::from_blob(data, shape, layout.type);
  return result;
}

}  // namespace fude::training
