#include <cstdio>
#include <exception>
#include <new>
#include <string>
#include <vector>

#include "command.h"
#include "core/error.h"
#include "core/platform/memory.h"
#include "usage.h"

namespace {

struct CommandGroup {
  const char* title;
  std::vector<void (*)(CLI::App&)> adders;
};

// In the order in which the help lists them: what a new user needs first.
void add_commands(CLI::App& app) {
  using namespace fude::apps;
  const CommandGroup groups[] = {
      {"Make pictures",
       {add_serve_command, add_txt2img_command, add_img2img_command, add_upscale_command, add_compare_command,
        add_matrix_command}},
      {"Look after pictures",
       {add_info_command, add_verify_command, add_edit_command, add_gallery_command, add_jobs_command}},
      {"Words, settings and models",
       {add_prompt_command, add_settings_command, add_models_command, add_inspect_command, add_merge_command,
        add_lora_command}},
      {"Train and measure", {add_train_command, add_paint_command, add_judge_command, add_bench_command}},
  };
  for (const CommandGroup& group : groups) {
    for (const auto add : group.adders) {
      add(app);
      app.get_subcommands(nullptr).back()->group(group.title);
    }
  }
}

int report(const std::string& message, int exit_code) {
  std::fprintf(stderr, "fude: error: %s\n", message.c_str());
  return exit_code;
}

}  // namespace

int main(int argc, char** argv) {
  fude::platform::keep_freed_memory();
  CLI::App app{"Fude turns words into illustrations on your own machine."};
  fude::apps::set_up_help(app);
  app.set_version_flag("--version", "fude " FUDE_VERSION, "print the version and stop");
  app.require_subcommand(1);
  app.footer(
      "Examples:\n"
      "  fude serve --open\n"
      "  fude txt2img \"a cat by the window\" --out cat.png\n"
      "  fude info cat.png\n"
      "What a command does and takes: fude COMMAND --help");
  add_commands(app);
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
