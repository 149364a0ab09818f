#include "pipelines/verification_answer.h"

#include <array>
#include <nlohmann/json.hpp>

#include "core/error.h"

namespace fude::pipelines {
namespace {

constexpr std::array<std::string_view, 4> kVerdicts{"exact", "within", "different", "missing"};

std::int64_t whole_member(const nlohmann::json& body, const char* name, std::int64_t usual, std::int64_t most) {
  const auto member = body.find(name);
  if (member == body.end()) return usual;
  if (member->is_number_integer()) {
    const auto value = member->get<std::int64_t>();
    if (value >= 0 && value <= most) return value;
  }
  fail(ErrorCode::kInvalidArgument, "{} is wrong, expected a whole number 0..{}", name, most);
}

}  // namespace

std::string_view name_of(Verdict verdict) { return kVerdicts.at(static_cast<std::size_t>(verdict)); }

Verdict verdict_from(std::string_view name) {
  for (std::size_t i = 0; i < kVerdicts.size(); ++i) {
    if (kVerdicts[i] == name) return static_cast<Verdict>(i);
  }
  return Verdict::kMissing;
}

VerificationRequest parse_verification_request(std::string_view json) {
  const auto body = nlohmann::json::parse(json, nullptr, /*allow_exceptions=*/false);
  if (!body.is_object()) fail(ErrorCode::kCorruptFile, "what to verify is no JSON object");
  return {.picture = whole_member(body, "picture", 0, INT64_MAX),
          .within = static_cast<int>(whole_member(body, "within", 0, 255))};
}

}  // namespace fude::pipelines
