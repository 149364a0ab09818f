#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "command.h"
#include "core/error.h"
#include "img2img_folder.h"
#include "picture_maker.h"
#include "pipelines/loopback.h"
#include "pipelines/outpainting.h"
#include "pipelines/picture_preparation.h"
#include "request_sources.h"

namespace fude::apps {
namespace {

pipelines::PictureBytes read_picture(const std::string& path) {
  pipelines::PictureBytes picture = pipelines::read_picture_bytes(path);
  pipelines::decode_source(picture, path);  // what is wrong with it is told by the file's name
  return picture;
}

class ImageToImageCommand {
 public:
  // The picture is the first word, so it is added before the prompt.
  explicit ImageToImageCommand(CLI::App& command)
      : picture_option_(command.add_option("picture", picture_, "the picture to start from")),
        sources_(command, pipelines::FlagScope::kFromPicture),
        maker_(command, "img2img-images"),
        folder_(command) {
    command.add_option("--init", init_, "the picture to start from, where it is not the first word")->type_name("FILE");
    command
        .add_option("--mask", mask_,
                    "a picture of the same size: white is made anew, black stays (or: what is opaque of a transparent "
                    "one)")
        ->type_name("FILE");
    add_outpainting(command);
    add_loopback(command);
  }

  void run() {
    take_first_word();
    pipelines::GenerationRequest request = sources_.read();
    if (!init_.empty()) request.sources.init_images = {read_picture(init_)};
    if (!mask_.empty()) request.sources.mask = read_picture(mask_);
    if (folder_.is_asked_for()) {
      folder_.run(std::move(request), maker_);
      return;
    }
    if (request.sources.init_images.empty()) {
      fail(ErrorCode::kInvalidArgument,
           "there is no picture to start from, expected a file: fude img2img PICTURE WORDS");
    }
    if (!sides_.empty()) {
      const pipelines::Outpainting options = outpainting(request.mask_blur);
      request = pipelines::outpainting_request(std::move(request), options);
    }
    normalise(request);
    pipelines::check_pictures(request);
    if (loops_.loops != 1) {
      pipelines::check_loopback(request, loops_);
      maker_.make_loops(request, loops_);
    } else {
      maker_.make(request);
    }
  }

 private:
  void add_outpainting(CLI::App& command) {
    command.add_option("--outpaint", sides_, "make the picture larger on these sides: left, right, up, down or all")
        ->type_name("SIDE,..")
        ->delimiter(',')
        ->allow_extra_args(false);
    command.add_option("--outpaint-pixels", outpainting_.pixels, "by so much on each side (8..1024; default 128)")
        ->type_name("N");
    command
        .add_option("--outpaint-fall-off", outpainting_.fall_off,
                    "how fast the mirrored edge below it gives way to blurred colours (0..4; default 1)")
        ->type_name("N");
    command
        .add_option("--outpaint-variation", outpainting_.color_variation,
                    "noise in its colours at the start (0..1; default 0.05)")
        ->type_name("N");
  }

  void add_loopback(CLI::App& command) {
    command.add_option("--loops", loops_.loops, "make the next picture from each one, so often (1..32; default 1)")
        ->type_name("N");
    command.add_option("--final-denoise", loops_.final_strength, "the last loop's denoising strength (default 0.5)")
        ->type_name("N");
    command.add_option("--loop-curve", loops_.curve, "the strength's way there: Aggressive, Linear, Lazy")
        ->type_name("WORD");
  }

  pipelines::Outpainting outpainting(int mask_blur) const {
    pipelines::Outpainting options = outpainting_;
    // The edge between old and new is softer than a mask's, unless that is asked for otherwise.
    if (mask_blur != pipelines::GenerationRequest().mask_blur) options.mask_blur = mask_blur;
    options.left = options.right = options.up = options.down = false;
    for (const std::string& side : sides_) {
      const bool is_all = side == "all";
      if (!is_all && side != "left" && side != "right" && side != "up" && side != "down") {
        fail(ErrorCode::kInvalidArgument, "--outpaint has '{}', expected left, right, up, down or all",
             printable(side, 40));
      }
      options.left |= is_all || side == "left";
      options.right |= is_all || side == "right";
      options.up |= is_all || side == "up";
      options.down |= is_all || side == "down";
    }
    return options;
  }

  void take_first_word() {
    if (picture_option_->count() == 0) return;
    if (init_.empty() && !folder_.is_asked_for()) {
      init_ = picture_;
    } else {
      sources_.use_words(picture_);  // the picture is named by a flag
    }
  }

  std::string picture_, init_, mask_;
  std::vector<std::string> sides_;
  pipelines::Outpainting outpainting_;
  pipelines::Loopback loops_{.loops = 1};
  CLI::Option* picture_option_;
  RequestSources sources_;
  PictureMaker maker_;
  ImageToImageFolder folder_;
};

}  // namespace

void add_img2img_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("img2img", "make pictures from a picture: redraw, inpaint, a whole folder");
  command->footer(
      "How much changes is --denoise: 0.2-0.4 polishes, 0.5-0.6 redraws, 0.75 and more keeps the composition only.\n"
      "Of the steps about that share is made, so 0.5 of 20 are 11; --exact-steps makes all of them.\n"
      "With --mask only what is white there is made anew; everything else stays byte for byte.\n"
      "  --inpaint-area masked   works on the surroundings of the mask at full size:\n"
      "                          best for faces and hands\n"
      "  --fill original         starts from what is there; noise or nothing forgets it\n"
      "Without --size the picture keeps its size.\n"
      "Examples:\n"
      "  fude img2img photo.png \"1girl, watercolor\" --denoise 0.5\n"
      "  fude img2img girl.png \"smile\" --mask face.png --inpaint-area masked\n"
      "  fude img2img --like girl.png girl.png --denoise 0.3 --size 1024x1024\n"
      "  fude img2img girl.png \"1girl, beach\" --outpaint left,right\n"
      "  fude img2img girl.png \"1girl, beach\" --sd-upscale-scale 2 --denoise 0.3\n"
      "  fude img2img --input-dir frames --out redrawn \"1girl, oil painting\" --seed 1\n"
      "      (stop it with Ctrl-C; the same command goes on with what is missing)");
  const auto state = std::make_shared<ImageToImageCommand>(*command);
  command->callback([state] { state->run(); });
}

}  // namespace fude::apps
