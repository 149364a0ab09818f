#include "pipelines/model_catalog.h"

#include <algorithm>
#include <system_error>

namespace fude::pipelines {
namespace {

namespace fs = std::filesystem;

}  // namespace

ModelCatalog::Mark ModelCatalog::mark_of(const fs::path& path) {
  Mark mark;
  const auto add = [&mark](const fs::path& file) {
    std::error_code missing;
    const std::uintmax_t size = fs::file_size(file, missing);
    if (missing) return;
    const auto changed = fs::last_write_time(file, missing).time_since_epoch();
    mark.byte_count += size;
    mark.changed = std::max<std::int64_t>(mark.changed, changed.count());
    ++mark.file_count;
  };
  std::error_code missing;
  if (!fs::is_directory(path, missing)) {
    add(path);
    return mark;
  }
  for (fs::recursive_directory_iterator entry(path, missing), end; !missing && entry != end; entry.increment(missing)) {
    add(entry->path());
  }
  return mark;
}

std::vector<ModelCatalog::Entry*> ModelCatalog::current_entries() {
  Entries now;
  std::vector<Entry*> in_order;
  for (const ModelFile& file : model_files(library_)) {
    const std::pair key(file.use, file.path);
    if (now.contains(key)) continue;
    const Mark mark = mark_of(file.path);
    const auto known = entries_.find(key);
    const bool is_same = known != entries_.end() && known->second.mark == mark;
    Entry& entry = now[key];
    entry = is_same ? std::move(known->second) : Entry{.mark = mark, .model = list_model(file), .card = {}};
    if (entry.model) in_order.push_back(&entry);
  }
  entries_ = std::move(now);  // its entries stay where they are
  return in_order;
}

std::vector<ListedModel> ModelCatalog::models() {
  const std::lock_guard guard(mutex_);
  std::vector<ListedModel> models;
  for (const Entry* entry : current_entries()) models.push_back(*entry->model);
  return models;
}

std::vector<ModelCard> ModelCatalog::cards(std::optional<ModelUse> use) {
  const std::lock_guard guard(mutex_);
  std::vector<ModelCard> cards;
  for (Entry* entry : current_entries()) {
    if (use && entry->model->use != *use) continue;
    if (entry->card) {
      update_card(*entry->card, library_);
    } else {
      entry->card = describe_model(library_, *entry->model);
    }
    cards.push_back(*entry->card);
  }
  return cards;
}

void ModelCatalog::forget() {
  const std::lock_guard guard(mutex_);
  entries_.clear();
}

}  // namespace fude::pipelines
