#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "models/adapters/trained_words.h"
#include "pipelines/listed_model.h"
#include "pipelines/model_notes.h"

namespace fude::pipelines {

class ModelLibrary;

/// What programs and pages show of a model: what it goes by, what its file's header tells, what lies beside it.
struct ModelCard {
  ListedModel model;
  std::string file;              // below the models folder, with "/"; empty: the embedded model
  std::string title;             // "sub/name.safetensors [0123456789]", as the web UI titles checkpoints
  std::string underscored_name;  // the web UI's model_name: `file` below its folder, "_" for "/", no extension
  std::string alias;             // of an adapter: the name that its trainer stored, else its own
  std::int64_t modified_at = 0;  // milliseconds since 1970 UTC; 0: the embedded model
  std::string sha256;            // 64 digits; empty until the file was hashed, which needs it read whole
  std::string licence;
  std::map<std::string, std::string> metadata;  // of a safetensors file
  std::vector<models::TrainedWord> words;       // the most frequent first
  std::vector<std::int64_t> widths;             // of a textual inversion: its text encoders'
  std::int64_t vector_count = 0;                // of a textual inversion
  ModelNotes notes;
};

/// Reads the header of the file and what lies beside it. A file that cannot be read has a card with what is known.
ModelCard describe_model(const ModelLibrary& library, const ListedModel& model);

/// Brings a card up to date whose model is still the same: what lies beside it, and a hash that became known.
void update_card(ModelCard& card, const ModelLibrary& library);

/// The card that the web UI's names mean, in its order: a title, a file below its folder, a name, the hash or its first
/// ten digits; then the shortest title that holds the text; then all of that without a "[hash]" at the end. nullptr
/// when none does. Never a path outside the models folder.
const ModelCard* find_card(const std::vector<ModelCard>& cards, ModelUse use, std::string_view text);

/// The card that is meant by one of those names in full; nullptr when there is none.
const ModelCard* find_card_exactly(const std::vector<ModelCard>& cards, ModelUse use, std::string_view text);

}  // namespace fude::pipelines
