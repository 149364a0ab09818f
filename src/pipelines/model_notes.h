#pragma once

#include <filesystem>
#include <optional>
#include <string>

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

}  // namespace fude::pipelines
