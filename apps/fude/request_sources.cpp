#include "request_sources.h"

#include <cstdio>
#include <iostream>
#include <iterator>
#include <utility>

#include "core/error.h"
#include "core/platform/mapped_file.h"
#include "pipelines/infotext.h"
#include "pipelines/infotext_request.h"
#include "pipelines/request_json.h"
#include "pipelines/settings.h"
#include "pipelines/stored_text.h"

namespace fude::apps {
namespace {

void warn(const std::vector<std::string>& warnings) {
  for (const std::string& warning : warnings) std::fprintf(stderr, "fude: warning: %s\n", warning.c_str());
}

pipelines::GenerationRequest from_request_file(const std::string& path) {
  const pipelines::ParsedRequest parsed = pipelines::parse_request(read_text(path));
  warn(parsed.warnings);
  for (const auto& [id, text] : parsed.saving) warn({"setting '" + id + "' has no effect here"});
  if (parsed.outpainting) warn({"member 'outpaint' has no effect here, expected --outpaint"});
  if (parsed.loopback) warn({"member 'loopback' has no effect here, expected --loops"});
  return parsed.request;
}

// Templates stored with a picture are drawn from again only where that is asked for.
void draw_again(pipelines::GenerationRequest& request) {
  if (!request.prompt_template.empty()) request.prompt = std::exchange(request.prompt_template, {});
  if (!request.negative_template.empty()) request.negative_prompt = std::exchange(request.negative_template, {});
}

}  // namespace

std::string read_text(const std::string& path) {
  if (path == "-") return std::string(std::istreambuf_iterator<char>(std::cin), {});
  const auto file = platform::MappedFile::open(path);
  const auto bytes = file->bytes();
  return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

RequestSources::RequestSources(CLI::App& command, pipelines::FlagScope scope) : scope_(scope), flags_(command, scope) {
  CLI::Option* like = command.add_option(
      "--like", like_, "start from what a picture (or a text file) says of its making; flags beside it win");
  like->type_name("FILE");
  command
      .add_option("--request", request_,
                  "start from a JSON body as POST /sdapi/v1/txt2img takes it ('-': standard input); flags beside it "
                  "win")
      ->type_name("FILE")
      ->excludes(like);
  command
      .add_option("--set", settings_,
                  "one setting by its id, such as pag_scale=3; may be repeated; 'fude settings' lists them")
      ->type_name("ID=VALUE");
}

pipelines::GenerationRequest RequestSources::from_picture() const {
  const pipelines::LikeRequest like =
      pipelines::request_from_infotext(pipelines::parse_infotext(pipelines::read_infotext_of(like_)));
  warn(like.warnings);
  if (like.is_from_picture && scope_ == pipelines::FlagScope::kFromWords) {
    warn({fmt::format("'{}' was made from another picture, which its text does not hold; 'fude img2img' takes one",
                      printable(like_))});
  }
  pipelines::GenerationRequest request = like.request;
  if (scope_ == pipelines::FlagScope::kFromWords) request.sd_upscale = false;
  return request;
}

pipelines::GenerationRequest RequestSources::read() const {
  pipelines::GenerationRequest request = read_written_seeds();
  pipelines::resolve_seeds(request);
  return request;
}

pipelines::GenerationRequest RequestSources::read_written_seeds() const {
  pipelines::GenerationRequest request;
  if (!like_.empty()) request = from_picture();
  if (!request_.empty()) request = from_request_file(request_);
  if (flags_.has_prompt()) {
    // New words in the place of stored ones may be a template again.
    request.dynamic_prompts = true;
    request.prompt_template.clear();
  }
  for (const std::string& setting : settings_) {
    const std::string warning = pipelines::apply_setting_text(request, setting);
    if (!warning.empty()) warn({warning});
  }
  flags_.apply(request);
  if (request.dynamic_prompts && !flags_.has_prompt()) draw_again(request);
  pipelines::normalise(request);
  return request;
}

}  // namespace fude::apps
