#include "service/keep_log.h"

#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <set>

#include "tests/support/refusal.h"
#include "tests/support/temporary_folder.h"

namespace fude::service {
namespace {

using Row = std::vector<std::string>;

std::string text_of(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

TEST(KeepLog, BeginsWithItsHeaderOnce) {
  const tests::TemporaryFolder folder;
  const auto file = folder / "log/images/log.csv";
  append_csv_row(file, Row{"a", "b"}, Row{"1", "2"});
  append_csv_row(file, Row{"a", "b"}, Row{"3", "4"});
  EXPECT_EQ(text_of(file), "a,b\r\n1,2\r\n3,4\r\n");
}

TEST(KeepLog, QuotesWhatWouldBreakTheTable) {
  const tests::TemporaryFolder folder;
  append_csv_row(folder / "log.csv", Row{"h"}, Row{"a, \"b\"", "two\nlines", "", "笑顔"});
  EXPECT_EQ(text_of(folder / "log.csv"), "h\r\n\"a, \"\"b\"\"\",\"two\nlines\",\"\",笑顔\r\n");
}

TEST(KeepLog, ARowThatWasCutOffDoesNotSwallowTheNext) {
  const tests::TemporaryFolder folder;
  std::ofstream(folder / "log.csv") << "h\r\ncut of";
  append_csv_row(folder / "log.csv", Row{"h"}, Row{"next"});
  EXPECT_EQ(text_of(folder / "log.csv"), "h\r\ncut of\r\nnext\r\n");
}

TEST(KeepLog, RowsOfSeveralProcessesComeWhole) {
  const tests::TemporaryFolder folder;
  const auto file = folder / "log.csv";
  constexpr int kProcesses = 4, kRows = 50;
  for (int process = 0; process < kProcesses; ++process) {
    if (fork() != 0) continue;
    for (int i = 0; i < kRows; ++i) append_csv_row(file, Row{"h"}, Row{std::string(3000, 'a' + process)});
    _exit(0);
  }
  for (int process = 0; process < kProcesses; ++process) {
    int status = 0;
    wait(&status);
    EXPECT_EQ(status, 0);
  }
  std::ifstream stream(file);
  int rows = 0, headers = 0;
  for (std::string line; std::getline(stream, line);) {
    line.pop_back();
    headers += line == "h";
    if (line == "h") continue;
    ++rows;
    EXPECT_EQ(line.size(), 3000u);
    EXPECT_EQ(std::set<char>(line.begin(), line.end()).size(), 1u);
  }
  EXPECT_EQ(headers, 1);
  EXPECT_EQ(rows, kProcesses * kRows);
}

TEST(KeepLog, RefusesAFolderInItsPlace) {
  const tests::TemporaryFolder folder;
  std::filesystem::create_directories(folder / "log.csv");
  tests::refusal(ErrorCode::kInvalidArgument, [&] { append_csv_row(folder / "log.csv", Row{"h"}, Row{"a"}); });
}

}  // namespace
}  // namespace fude::service
