#include "pipelines/verification.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "core/error.h"
#include "io/images/png_size.h"
#include "ops/cpu/lesser_kernels.h"
#include "pipelines/picture_jobs.h"

namespace fude::pipelines {
namespace {

// The engine that the picture asks for, where this machine has it.
EngineOptions engine_for(const std::optional<EngineProfile>& recorded, EngineWishes wishes,
                         std::vector<std::string>& notes) {
  const EngineWishes own = wishes;
  if (recorded && wishes.precision == "auto") wishes.precision = recorded->precision;
  if (recorded && wishes.device == "auto") wishes.device = recorded->device;
  EngineOptions engine;
  try {
    if (wishes.device != "cpu" && wishes.device != "auto" && !wishes.device.starts_with("cuda")) wishes.device = "auto";
    engine = choose_engine(wishes.device, wishes.precision);
  } catch (const Error&) {
    engine = choose_engine(own.device, own.precision);
  }
  engine.memory = memory_mode_from(wishes.memory);
  const EngineProfile used = profile_of(engine);
  if (recorded && used != *recorded) {
    notes.push_back(
        fmt::format("it was computed in '{}', here it is '{}': expect some levels", to_text(*recorded), to_text(used)));
  }
  return engine;
}

// The size that the text tells of, where it does.
std::optional<io::PictureSize> told_size(const GenerationRequest& request) {
  if (starts_from_picture(request) || request.width == 0 || request.height == 0) return std::nullopt;
  if (request.sources.firstpass_image) return std::nullopt;
  if (!request.enable_hr) return io::PictureSize{.width = request.width, .height = request.height};
  const HiresSize size = hires_size(request);
  return io::PictureSize{.width = size.width - size.crop_x, .height = size.height - size.crop_y};
}

std::string other_size(const io::Image& picture, int width, int height) {
  return fmt::format(
      "the picture is {}x{}, its text tells of {}x{}: it was enlarged, cut or put together with others afterwards",
      picture.width, picture.height, width, height);
}

// The kernels that the picture records, where this processor has more.
std::optional<ops::cpu::InstructionSet> lesser_kernels(const std::optional<EngineProfile>& recorded) {
  const auto set = recorded ? ops::cpu::parse_instruction_set(recorded->kernels) : std::nullopt;
  const bool is_lesser = set && recorded->device == "cpu" && *set < ops::cpu::instruction_set();
  return is_lesser ? set : std::nullopt;
}

io::Image made_again(PictureModel& model, const VerificationPlan& plan, const VerificationTools& tools,
                     std::vector<std::string>& notes) {
  std::optional<io::Image> image;
  int steps = 0;
  const TextToImageEvents events{
      .on_step =
          [&](int done, int total) {
            steps = done;
            if (tools.on_step) tools.on_step(done, total);
          },
      .on_warning =
          [&](const std::string& warning) {
            if (std::ranges::find(notes, warning) == notes.end()) notes.push_back(warning);
          },
      .continuation =
          [&] {
            const bool ends = steps > 0 && plan.unfinished_at == steps;
            return ends ? Continuation::kEndBatch : Continuation::kGoOn;
          },
      .on_picture =
          [&](FinishedPicture picture, const StageSeconds&) {
            if (picture.request.vae_tiling != plan.request.vae_tiling) {
              notes.push_back("memory is short here: the autoencoder worked in other pieces, expect some levels");
            }
            image = std::move(picture.image);
          }};
  run_picture_jobs(model, {&plan.request, 1}, events);
  if (!image) fail(ErrorCode::kCancelled, "interrupted");
  return *std::move(image);
}

void compare(const io::Image& picture, const io::Image& made, Verification& verification) {
  if (picture.width != made.width || picture.height != made.height) {
    verification.verdict = Verdict::kDifferent;
    verification.notes.push_back(other_size(picture, made.width, made.height));
    return;
  }
  verification.difference = io::level_difference(picture, made);
  const int most = verification.difference.most;
  if (most == 0) {
    verification.verdict = Verdict::kExact;
  } else {
    verification.verdict = most <= verification.within ? Verdict::kWithin : Verdict::kDifferent;
  }
}

}  // namespace

Verification verify_picture(const ModelLibrary& library, const VerificationOrder& order,
                            const VerificationTools& tools) {
  VerificationPlan plan = plan_verification(library, order, tools.on_file);
  Verification verification{.within = order.within,
                            .missing = std::move(plan.missing),
                            .notes = std::move(plan.notes),
                            .recorded = plan.engine};
  if (!verification.missing.empty()) return verification;
  const auto told = told_size(plan.request);
  if (told && (told->width != plan.picture.width || told->height != plan.picture.height)) {
    verification.verdict = Verdict::kDifferent;
    verification.notes.push_back(other_size(plan.picture, told->width, told->height));
    return verification;
  }
  std::optional<ops::cpu::LesserKernels> kernels;
  if (const auto set = lesser_kernels(plan.engine)) kernels.emplace(*set);
  const EngineOptions engine = engine_for(plan.engine, tools.wishes, verification.notes);
  verification.used = profile_of(engine);
  PictureModel& model = tools.take_model(plan.library, plan.request, engine);
  verification.model = model.name;
  verification.model_hash = model.hash.digits();
  compare(plan.picture, made_again(model, plan, tools, verification.notes), verification);
  if (kernels && verification.verdict == Verdict::kDifferent) {
    verification.notes.push_back(fmt::format(
        "this processor has more than the kernels '{}' that it was made with and that were taken: what lies "
        "below them may still round otherwise",
        plan.engine->kernels));
  }
  return verification;
}

}  // namespace fude::pipelines
