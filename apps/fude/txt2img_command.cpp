#include <cstdio>
#include <memory>

#include "command.h"
#include "picture_maker.h"
#include "prompt_list.h"
#include "request_sources.h"

namespace fude::apps {
namespace {

struct TextToImageCommand {
  explicit TextToImageCommand(CLI::App& command)
      : sources(command, pipelines::FlagScope::kFromWords), maker(command, "txt2img-images"), lines(command) {}

  void run() {
    if (!lines.is_given()) {
      const pipelines::GenerationRequest request = sources.read();
      if (!sources.has_words() && request.styles.empty()) {
        std::fprintf(stderr,
                     "fude: no words are given, so the model draws what it likes; to say what: "
                     "fude txt2img \"1girl, sky, smile\"\n");
      }
      return maker.make(request);
    }
    lines.run(sources.read_written_seeds(), maker.word_files(),
              {.out = maker.out().value_or(""), .data_dir = maker.data_dir(), .prints_json = maker.prints_json()},
              maker.engine());
  }

  RequestSources sources;
  PictureMaker maker;
  PromptListFlags lines;
};

}  // namespace

void add_txt2img_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("txt2img", "make pictures from words");
  command->footer(
      "Examples:\n"
      "  fude txt2img \"1girl, sky, smile\"\n"
      "  fude txt2img \"1girl, sky\" -n \"(low quality:1.4)\" --sampler \"DPM++ SDE Karras\"\n"
      "  fude txt2img \"1girl, {red|blue} hair, __place__\" --batch-count 4\n"
      "  fude txt2img --like picture.png --seed -1 --batch-count 4\n"
      "  fude txt2img \"masterpiece\" --prompts-file prompts.txt --combined-grid\n"
      "  fude txt2img \"a castle\" --hires-scale 2 --hires-denoise 0.5\n"
      "  fude txt2img \"a castle\" --film castle.webp --film-fps 6 --film-hold 3\n"
      "  fude txt2img \"a castle\" --model my-model.safetensors --size 512x768 --out .");
  const auto state = std::make_shared<TextToImageCommand>(*command);
  command->callback([state] { state->run(); });
}

}  // namespace fude::apps
