#include "server/sdapi_always_on.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>

#include "core/ascii.h"
#include "core/error.h"
#include "server/error_response.h"
#include "server/sdapi_scripts.h"

namespace fude::server {
namespace {

// Scripts that users of the web UI have; others are unknown to it, too.
constexpr std::array<std::string_view, 8> kKnownScripts{"adetailer",         "controlnet",     "cutoff",
                                                        "dynamic prompts",   "hypertile",      "latent couple",
                                                        "regional prompter", "tiled diffusion"};

// Parts of the web UI's own page. Programs send them along, and there as here they have no bearing on what is asked by
// the API: its own members say it.
constexpr std::array<std::string_view, 6> kPageParts{"api payload", "comments", "extra options",
                                                     "refiner",     "sampler",  "seed"};

// In the order of its arguments.
constexpr std::array kSoftInpaintingArguments{
    AlwaysOnArgument{"soft_inpainting", "Soft inpainting", 0, 0, 1},
    AlwaysOnArgument{"soft_inpainting_schedule_bias", "Schedule bias", 1, 0, 8},
    AlwaysOnArgument{"soft_inpainting_preservation_strength", "Preservation strength", 0.5, 0, 8},
    AlwaysOnArgument{"soft_inpainting_transition_contrast_boost", "Transition contrast boost", 4, 1, 32},
    AlwaysOnArgument{"soft_inpainting_mask_influence", "Mask influence", 0, 0, 1},
    AlwaysOnArgument{"soft_inpainting_difference_threshold", "Difference threshold", 0.5, 0, 8},
    AlwaysOnArgument{"soft_inpainting_difference_contrast", "Difference contrast", 2, 0, 8}};

[[noreturn]] void refuse_script(std::string_view title, const char* member) {
  const bool is_known = std::ranges::find(kKnownScripts, ascii_lower(title)) != kKnownScripts.end();
  if (is_known) throw HttpError(501, fmt::format("the script '{}' is not supported yet", printable(title, 60)));
  throw HttpError(422, fmt::format("Script '{}' not found", printable(title, 60)), member);
}

// Whether a unit of a script does something: {"enabled": false} and false do not.
bool is_switched_on(const Json& argument) {
  if (argument.is_object()) return argument.value("enabled", Json(true)) != Json(false);
  return !asks_for_nothing(argument);
}

void check_script_name(const Json& body, Tab tab) {
  const auto name = body.find("script_name");
  if (name == body.end() || asks_for_nothing(*name)) return;
  if (!name->is_string()) throw HttpError(400, "script_name is no text", "script_name");
  const auto& title = name->get_ref<const std::string&>();
  if (ascii_lower(title) != "none" && !is_script(title, tab)) refuse_script(title, "script_name");
}

Json arguments_of(const Json& script) {
  return script.is_object() ? script.value("args", Json::array()) : Json::array({script});
}

// A script's first argument is its switch, or one of several units that each have their own.
bool is_off(const Json& arguments) {
  if (arguments.empty()) return true;
  return arguments.is_array() && (arguments.front() == Json(false) || std::ranges::none_of(arguments, is_switched_on));
}

// What is missing at the end has its default, what there is too much does not matter.
void apply_soft_inpainting(Json& request, const Json& arguments) {
  if (!arguments.is_array()) throw HttpError(422, "the arguments of Soft Inpainting are no list", "alwayson_scripts");
  for (std::size_t i = 0; i < kSoftInpaintingArguments.size() && i < arguments.size(); ++i) {
    if (!arguments[i].is_null()) request[std::string(kSoftInpaintingArguments[i].member)] = arguments[i];
  }
  request[std::string(kSoftInpaintingArguments.front().member)] = true;
}

void read_always_on(Json& request, Tab tab) {
  const Json scripts = request.value("alwayson_scripts", Json());
  if (asks_for_nothing(scripts)) return;
  if (!scripts.is_object()) throw HttpError(400, "alwayson_scripts is no object", "alwayson_scripts");
  for (const auto& [title, script] : scripts.items()) {
    if (is_script(title, tab)) {
      throw HttpError(422, fmt::format("the script '{}' goes into script_name", printable(title, 60)),
                      "alwayson_scripts");
    }
    const Json arguments = arguments_of(script);
    const std::string name = ascii_lower(title);
    const bool is_page_part = std::ranges::find(kPageParts, name) != kPageParts.end();
    if (is_page_part || is_off(arguments)) continue;
    if (tab != Tab::kFromPicture || name != kSoftInpainting) refuse_script(title, "alwayson_scripts");
    apply_soft_inpainting(request, arguments);
  }
}

}  // namespace

std::span<const AlwaysOnArgument> soft_inpainting_arguments() { return kSoftInpaintingArguments; }

void read_scripts(Json& request, Tab tab) {
  check_script_name(request, tab);
  read_always_on(request, tab);
  for (const char* name : {"alwayson_scripts", "script_name", "script_args"}) request.erase(name);
}

}  // namespace fude::server
