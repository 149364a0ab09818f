#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pipelines/generation_request.h"
#include "pipelines/loopback_options.h"
#include "pipelines/outpainting.h"
#include "pipelines/saving_texts.h"

namespace fude::pipelines {

struct ParsedRequest {
  GenerationRequest request;          // call normalise() after flags have had their say
  std::vector<std::string> warnings;  // what was ignored, one line each
  // The member `outpaint`; to be carried out by outpainting_request() once the seeds are resolved.
  std::optional<Outpainting> outpainting = {};
  // The member `loopback`; to be checked by check_loopback() and carried out by run_loopback().
  std::optional<Loopback> loopback = {};
  SavingTexts saving = {};  // settings of how its pictures are kept, not checked here
};

/// Bodies longer than this, and nested deeper than 64, are refused.
inline constexpr std::size_t kLongestRequest = std::size_t{64} << 20;

/// A JSON body as POST /sdapi/v1/txt2img takes it. Absent members have the API's defaults, or what the member
/// `infotext` says; null is the same as absent; `override_settings` come before the body's own members. Unknown
/// members are ignored with a warning, as the web UI does; members that ask for work which Fude does not do yet
/// (enable_hr, restore_faces, scripts, ...) are errors unless they ask for nothing.
/// Throws Error: kCorruptFile when the text is no JSON object, kInvalidArgument (naming the member) for a value of a
/// wrong type or out of range and for unknown settings.
ParsedRequest parse_request(std::string_view json);

/// The same where absent members are as in `base`.
ParsedRequest parse_request(std::string_view json, const GenerationRequest& base);

/// A body that says all of a normalised request: parse_request() makes the same of it, whatever its base was. Beside
/// the API's members it has "prompt_template", "negative_template", "lora_hashes" and "extra_text", a list of pairs
/// [key, value], where the request has such. `saving` is told among its settings.
std::string request_to_json(const GenerationRequest& request, const SavingTexts& saving = {},
                            const std::optional<Loopback>& loopback = std::nullopt);

/// Throws Error(kInvalidArgument) for a member `outpaint` or `loopback` where neither is carried out; `place` is for
/// the message: "a folder job".
void refuse_special_work(const ParsedRequest& parsed, std::string_view place);

}  // namespace fude::pipelines
