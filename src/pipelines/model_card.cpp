#include "pipelines/model_card.h"

#include <algorithm>
#include <chrono>
#include <system_error>

#include "core/error.h"
#include "core/platform/mapped_file.h"
#include "io/images/embedding_picture.h"
#include "models/adapters/embedding_layout.h"
#include "models/embedded/embedded_model.h"
#include "models/file_summary.h"
#include "pipelines/model_library.h"
#include "weights/model_files.h"

namespace fude::pipelines {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kHashDigits = 10;

std::int64_t milliseconds_of(const fs::path& path) {
  std::error_code missing;
  const auto time = fs::last_write_time(path, missing);
  if (missing) return 0;
  // g++ 12 has no clock_cast for files: the distance of the two clocks now is the same as ever.
  const auto age = fs::file_time_type::clock::now() - time;
  const auto written = std::chrono::system_clock::now() - age;
  return std::chrono::duration_cast<std::chrono::milliseconds>(written.time_since_epoch()).count();
}

// "sub/name.safetensors" below the folder of its kind, which is the first below the models folder.
std::string below_kind(const std::string& file) {
  const std::size_t slash = file.find('/');
  return slash == std::string::npos ? file : file.substr(slash + 1);
}

std::string without_extension(const std::string& file, const fs::path& path) {
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) return file;
  return file.substr(0, file.size() - path.extension().string().size());
}

void read_picture(ModelCard& card, const fs::path& path) {
  const auto file = platform::MappedFile::open(path);
  const auto json = io::find_embedding_json(file->bytes(), path.string());
  if (!json) return;
  const models::EmbeddingShape shape = models::read_picture_embedding(*json, path.string()).shape;
  card.widths = {shape.width};
  card.vector_count = shape.count;
}

void read_header(ModelCard& card, const fs::path& path) {
  if (path.extension() == ".png") return read_picture(card, path);
  const io::TensorFile file = path.empty() ? models::embedded_model() : weights::open_model(path);
  card.metadata = file.metadata();
  const models::FileSummary summary = models::summarize(file);
  card.licence = summary.licence;
  if (summary.lora) card.words = summary.lora->words;
  if (summary.embedding) {
    card.widths.assign(summary.embedding->widths.begin(), summary.embedding->widths.end());
    card.vector_count = summary.embedding->vector_count;
  }
}

std::string title_of(const ModelCard& card) {
  const std::string name = card.file.empty() ? card.model.name : below_kind(card.file);
  return card.sha256.empty() ? name : name + " [" + card.sha256.substr(0, kHashDigits) + "]";
}

bool goes_by(const ModelCard& card, std::string_view text) {
  if (text == card.title || text == card.model.name || text == card.underscored_name) return true;
  const std::string below = below_kind(card.file);
  if (!card.file.empty() && (text == below || text == fs::path(below).filename().string())) return true;
  return !card.sha256.empty() && (text == card.sha256 || text == card.sha256.substr(0, kHashDigits));
}

const ModelCard* find_by_part(const std::vector<ModelCard>& cards, ModelUse use, std::string_view text) {
  const ModelCard* shortest = nullptr;
  for (const ModelCard& card : cards) {
    if (card.model.use != use || card.title.find(text) == std::string::npos) continue;
    if (shortest == nullptr || card.title.size() < shortest->title.size()) shortest = &card;
  }
  return shortest;
}

}  // namespace

ModelCard describe_model(const ModelLibrary& library, const ListedModel& model) {
  ModelCard card;
  card.model = model;
  card.alias = card.underscored_name = model.name;
  if (!model.path.empty()) {
    card.file = library.below_models(model.path);
    card.underscored_name = without_extension(below_kind(card.file), model.path);
    std::ranges::replace(card.underscored_name, '/', '_');
    card.modified_at = milliseconds_of(model.path);
  }
  try {
    read_header(card, model.path);
  } catch (const Error&) {
    // model.problem tells what is wrong with it
  }
  if (const auto stored = card.metadata.find("ss_output_name"); stored != card.metadata.end()) {
    if (!stored->second.empty()) card.alias = stored->second;
  }
  update_card(card, library);
  return card;
}

void update_card(ModelCard& card, const ModelLibrary& library) {
  card.notes = read_model_notes(card.model.path);
  try {
    if (card.sha256.empty()) card.sha256 = library.known_sha256(card.model.path);
  } catch (const Error&) {
    // it cannot be read, as model.problem tells
  }
  card.title = title_of(card);
}

const ModelCard* find_card_exactly(const std::vector<ModelCard>& cards, ModelUse use, std::string_view text) {
  const auto found =
      std::ranges::find_if(cards, [&](const ModelCard& card) { return card.model.use == use && goes_by(card, text); });
  return found == cards.end() ? nullptr : &*found;
}

const ModelCard* find_card(const std::vector<ModelCard>& cards, ModelUse use, std::string_view text) {
  if (text.empty()) return nullptr;
  if (const ModelCard* card = find_card_exactly(cards, use, text)) return card;
  if (const ModelCard* card = find_by_part(cards, use, text)) return card;
  const std::size_t bracket = text.ends_with(']') ? text.rfind(" [") : std::string_view::npos;
  return bracket == std::string_view::npos ? nullptr : find_card(cards, use, text.substr(0, bracket));
}

}  // namespace fude::pipelines
