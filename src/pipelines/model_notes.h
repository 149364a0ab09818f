#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "pipelines/listed_model.h"

namespace fude::pipelines {

/// What lies beside a model's file about it, in the web UI's form: STEM.json ("description", "notes", "activation
/// text", "negative text", "preferred weight", "sd version", "vae"), STEM.txt or STEM.description.txt.
struct ModelNotes {
  std::string description;
  std::string notes;
  std::string activation_text;  // words that a prompt should have for it
  std::string negative_text;
  std::string vae;  // as written; empty: nothing
  std::optional<double> preferred_weight;
};

/// Empty where there are none, or they cannot be read.
ModelNotes read_model_notes(const std::filesystem::path& model);

/// The picture that shows what a model makes: STEM.png, STEM.preview.png, and the same with .jpg, .jpeg, .webp, .gif.
/// Absent when there is none, or it is the model itself (a textual inversion in a picture).
std::optional<std::filesystem::path> model_preview(const std::filesystem::path& model);

/// What to write anew; what is absent stays.
struct ModelNotesChange {
  std::optional<std::string> description, notes, activation_text, negative_text, vae;
  std::optional<double> preferred_weight;
};

/// Writes STEM.json beside the model; members that Fude does not know stay in it. Throws Error: kCorruptFile (the file
/// that is there is no JSON object), and as AtomicFile.
void change_model_notes(const std::filesystem::path& model, const ModelNotesChange& change);

/// Copies a PNG picture beside the model, so that model_preview() finds it: STEM.png, for a textual inversion
/// STEM.preview.png. Throws Error: kInvalidArgument (the picture is no PNG file), and as AtomicFile.
void set_model_preview(const ListedModel& model, const std::filesystem::path& picture);

}  // namespace fude::pipelines
