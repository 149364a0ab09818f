#include <cstdio>
#include <exception>
#include <new>
#include <string>

#include "command.h"
#include "core/error.h"
#include "core/platform/memory.h"
#include "usage.h"

namespace {

int report(const std::string& message, int exit_code) {
  std::fprintf(stderr, "fude: error: %s\n", message.c_str());
  return exit_code;
}

}  // namespace

int main(int argc, char** argv) {
  fude::platform::keep_freed_memory();
  CLI::App app{"Fude turns words into illustrations on your own machine."};
  fude::apps::set_up_help(app);
  app.require_subcommand(1);
  fude::apps::add_compare_command(app);
  fude::apps::add_edit_command(app);
  fude::apps::add_gallery_command(app);
  fude::apps::add_info_command(app);
  fude::apps::add_jobs_command(app);
  fude::apps::add_judge_command(app);
  fude::apps::add_lora_command(app);
  fude::apps::add_matrix_command(app);
  fude::apps::add_merge_command(app);
  fude::apps::add_paint_command(app);
  fude::apps::add_txt2img_command(app);
  fude::apps::add_img2img_command(app);
  fude::apps::add_prompt_command(app);
  fude::apps::add_settings_command(app);
  fude::apps::add_serve_command(app);
  fude::apps::add_inspect_command(app);
  fude::apps::add_models_command(app);
  fude::apps::add_train_command(app);
  fude::apps::add_upscale_command(app);
  fude::apps::add_verify_command(app);
  fude::apps::add_bench_command(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& help) {
    return app.exit(help);
  } catch (const CLI::RuntimeError& answer) {  // a command's own exit code
    return answer.get_exit_code();
  } catch (const CLI::ParseError& error) {
    return report(fude::apps::usage_error(app, error), 2);
  } catch (const fude::Error& error) {
    return report(error.what(), fude::exit_code(error.code()));
  } catch (const std::bad_alloc&) {
    return report("out of memory", 5);
  } catch (const std::exception& error) {
    return report(std::string("internal: ") + error.what(), 1);
  }
  return 0;
}
