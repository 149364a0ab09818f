#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "io/images/picture_difference.h"
#include "pipelines/making_notes.h"

namespace fude::pipelines {

/// How a picture and what its text makes compare.
enum class Verdict {
  kExact,      // the same in every pixel
  kWithin,     // by no more levels than allowed
  kDifferent,  // by more, or of another size
  kMissing,    // it could not be made again
};

/// "exact", "within", "different", "missing".
std::string_view name_of(Verdict verdict);
/// kMissing for any other name.
Verdict verdict_from(std::string_view name);

/// Something that it takes to make a picture again and that is not here.
struct MissingPart {
  std::string part = {};  // "model", "autoencoder", "refiner", "hires checkpoint", "hires upscaler", "init upscaler",
                          // "lora", "hypernetwork", "embedding", "init image", "mask", "first pass image",
                          // "parameters"
  std::string name = {};  // as the text has it; may be empty
  std::string hash = {};  // the same
  std::string message = {};  // one line: what is missing, and what to do

  bool operator==(const MissingPart&) const = default;
};

/// What became of making a picture again.
struct Verification {
  Verdict verdict = Verdict::kMissing;
  int within = 0;                         // levels that were allowed
  io::LevelDifference difference = {};    // of a picture that was made, and has the same size
  std::vector<MissingPart> missing = {};  // why it was not made
  std::vector<std::string> notes = {};    // what explains a difference, one line each
  std::string model = {};                 // that made it; empty: none
  std::string model_hash = {};
  std::optional<EngineProfile> recorded = {};  // what it says it was computed on and in
  std::optional<EngineProfile> used = {};      // and what it was now
};

/// Which picture of the gallery a job is to verify.
struct VerificationRequest {
  std::int64_t picture = 0;
  int within = 0;  // levels of 0..255
};

/// From its JSON, {"picture": 7, "within": 2}. Throws Error: kCorruptFile (no JSON object), kInvalidArgument.
VerificationRequest parse_verification_request(std::string_view json);

}  // namespace fude::pipelines
