#include "pipelines/model_notes.h"

#include <array>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string_view>
#include <system_error>

#include "core/error.h"
#include "core/platform/atomic_file.h"
#include "core/platform/mapped_file.h"

namespace fude::pipelines {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kLongestNotes = 1 << 20;  // bytes

// The file beside the model whose name has the given end in the place of the extension.
fs::path beside(const fs::path& model, std::string_view end) {
  fs::path path = model;
  return path.replace_extension() += end;
}

std::string read_short_file(const fs::path& path) {
  std::error_code missing;
  const std::uintmax_t size = fs::file_size(path, missing);
  if (missing || size > kLongestNotes) return {};
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string text_member(const nlohmann::json& object, const char* name) {
  const auto member = object.find(name);
  return member != object.end() && member->is_string() ? member->get<std::string>() : std::string();
}

}  // namespace

ModelNotes read_model_notes(const fs::path& model) {
  ModelNotes notes;
  if (model.empty()) return notes;
  const auto read = nlohmann::json::parse(read_short_file(beside(model, ".json")), nullptr, /*allow_exceptions=*/false);
  if (read.is_object()) {
    notes = {.description = text_member(read, "description"),
             .notes = text_member(read, "notes"),
             .activation_text = text_member(read, "activation text"),
             .negative_text = text_member(read, "negative text"),
             .vae = text_member(read, "vae"),
             .preferred_weight = std::nullopt};
    const auto weight = read.find("preferred weight");
    if (weight != read.end() && weight->is_number()) notes.preferred_weight = weight->get<double>();
  }
  if (notes.description.empty()) notes.description = read_short_file(beside(model, ".txt"));
  if (notes.description.empty()) notes.description = read_short_file(beside(model, ".description.txt"));
  return notes;
}

std::optional<fs::path> model_preview(const fs::path& model) {
  constexpr std::array<std::string_view, 5> kExtensions = {".png", ".jpg", ".jpeg", ".webp", ".gif"};
  if (model.empty()) return std::nullopt;
  for (const std::string_view middle : {std::string_view(), std::string_view(".preview")}) {
    for (const std::string_view extension : kExtensions) {
      fs::path path = beside(model, middle);
      path += extension;
      std::error_code ignored;
      if (path != model && fs::is_regular_file(path, ignored)) return path;
    }
  }
  return std::nullopt;
}

void change_model_notes(const fs::path& model, const ModelNotesChange& change) {
  const fs::path path = beside(model, ".json");
  nlohmann::ordered_json notes = nlohmann::ordered_json::object();
  if (fs::exists(path))
    notes = nlohmann::ordered_json::parse(read_short_file(path), nullptr, /*allow_exceptions=*/false);
  if (!notes.is_object()) {
    fail(ErrorCode::kCorruptFile, "'{}' is no JSON object, so notes cannot be added to it",
         printable(path.filename().string()));
  }
  if (change.description) notes["description"] = *change.description;
  if (change.notes) notes["notes"] = *change.notes;
  if (change.activation_text) notes["activation text"] = *change.activation_text;
  if (change.negative_text) notes["negative text"] = *change.negative_text;
  if (change.vae) notes["vae"] = *change.vae;
  if (change.preferred_weight) notes["preferred weight"] = *change.preferred_weight;
  platform::AtomicFile file(path);
  file.write(notes.dump(4, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + '\n');
  file.commit();
}

void set_model_preview(const ListedModel& model, const fs::path& picture) {
  if (picture.extension() != ".png") {
    fail(ErrorCode::kInvalidArgument, "'{}' is no PNG file, which a preview must be",
         printable(picture.filename().string()));
  }
  const auto bytes = platform::MappedFile::open(picture);
  // Pictures named like a textual inversion may be one themselves.
  platform::AtomicFile file(beside(model.path, model.use == ModelUse::kEmbedding ? ".preview.png" : ".png"));
  file.write(bytes->bytes());
  file.commit();
}

}  // namespace fude::pipelines
