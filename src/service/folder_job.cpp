#include "service/folder_job.h"

#include <algorithm>
#include <charconv>
#include <memory>
#include <utility>

#include "core/error.h"
#include "service/job_kinds.h"
#include "service/request_sources.h"

namespace fude::service {
namespace {

using pipelines::FolderOrder;

constexpr std::string_view kNames = "names";  // file names, each with a zero behind it
constexpr std::string_view kDone = "done";    // whole numbers, each with a space behind it
constexpr std::size_t kMostResults = 1'000'000;

Source source(std::string_view member, std::string bytes) {
  return {.member = std::string(member), .bytes = std::make_shared<const std::string>(std::move(bytes))};
}

std::string stored_names(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) (text += name) += '\0';
  return text;
}

std::string stored_numbers(const std::set<int>& numbers) {
  std::string text;
  for (const int number : numbers) (text += std::to_string(number)) += ' ';
  return text;
}

// Calls `take` with each part of a text whose parts have `end` behind them.
template <typename Take>
void split(std::string_view text, char end, const Take& take) {
  for (std::size_t at = text.find(end); at != std::string_view::npos; at = text.find(end)) {
    take(text.substr(0, at));
    text.remove_prefix(at + 1);
  }
}

int number_in(std::string_view text) {
  int number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

pipelines::FolderPlaces places_of(const FolderOrder& order, const InputFolders& folders) {
  pipelines::FolderPlaces places{.pictures = folders.path_of(order.folder), .reused = order.reused};
  if (!order.masks.empty()) places.masks = folders.path_of(order.masks);
  if (!order.texts.empty()) places.texts = folders.path_of(order.texts);
  return places;
}

void check_output(const FolderOrder& order) {
  if (order.output.empty()) return;
  check_folder_name("output", order.output);
  if (order.folder == "outputs/" + order.output) {
    fail(ErrorCode::kInvalidArgument, "output is the folder of the pictures, expected another one");
  }
}

}  // namespace

FolderWork plan_folder_work(FolderOrder order, const InputFolders& folders) {
  FolderWork work{.order = std::move(order)};
  check_output(work.order);
  check_folder_request(work.order.request);
  work.names = folders.pictures_of(work.order.folder);
  if (!work.order.masks.empty()) folders.pictures_of(work.order.masks);
  if (!work.order.texts.empty()) folders.pictures_of(work.order.texts);
  if (work.names.size() * static_cast<std::size_t>(work.results_each()) > kMostResults) {
    fail(ErrorCode::kInvalidArgument, "{} pictures are too many with {} results each, expected at most {} in all",
         work.names.size(), work.results_each(), kMostResults);
  }
  return work;
}

NewJob folder_job(NewJob job, const FolderWork& work, std::vector<Source>& sources) {
  FolderOrder order = work.order;
  sources = take_sources(order.request);
  sources.push_back(source(kNames, stored_names(work.names)));
  if (!work.done.empty()) sources.push_back(source(kDone, stored_numbers(work.done)));
  job.kind = kFolderKind;
  job.request = to_json(order);
  job.pictures_wanted = work.missing();
  return job;
}

FolderWork read_folder_work(const Job& job, const std::vector<Source>& sources) {
  FolderWork work{.order = pipelines::parse_folder_order(job.request, {})};
  std::vector<Source> pictures;
  for (const Source& source : sources) {
    if (source.member == kNames) {
      split(*source.bytes, '\0', [&](std::string_view name) { work.names.emplace_back(name); });
    } else if (source.member == kDone) {
      split(*source.bytes, ' ', [&](std::string_view number) { work.done.insert(number_in(number)); });
    } else {
      pictures.push_back(source);
    }
  }
  give_sources(work.order.request, pictures);
  if (work.names.empty()) fail(ErrorCode::kCorruptFile, "the list of the pictures of job {} is lost", job.id);
  return work;
}

pipelines::PictureFolder open_folder(const FolderWork& work, const InputFolders& folders) {
  return {places_of(work.order, folders), work.names};
}

}  // namespace fude::service
