#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <thread>

#include "command.h"
#include "core/error.h"
#include "core/platform/browser.h"
#include "core/platform/interrupt.h"
#include "core/platform/memory.h"
#include "core/platform/paths.h"
#include "engine_flags.h"
#include "secret.h"
#include "server/api_routes.h"
#include "server/openai_routes.h"
#include "server/page.h"
#include "server/sdapi_routes.h"
#include "server/site.h"
#include "service/start_scan.h"
#include "service/studio.h"

namespace fude::apps {
namespace {

struct ServeFlags {
  explicit ServeFlags(CLI::App& command) : engine(command) {}

  EngineFlags engine;
  server::ServerOptions server;
  server::AccessRules access;
  SecretSource password{.variable = "FUDE_PASSWORD"};
  SecretSource token{.variable = "FUDE_TOKEN"};
  std::string data_dir;
  bool opens_browser = false;
  bool may_be_ended = false;  // by programs
};

service::StudioOptions studio_options(const ServeFlags& flags) {
  const pipelines::EngineWishes& engine = flags.engine.wishes();
  return {.data_dir = platform::data_dir_or_default(flags.data_dir),
          .device = engine.device,
          .precision = engine.precision,
          .memory = engine.memory,
          .threads = engine.threads};
}

// What a browser on this machine opens.
std::string local_address(const std::string& address, int port) {
  const bool is_everywhere = address == "0.0.0.0" || address == "::";
  const std::string name = is_everywhere ? "127.0.0.1" : address;
  return fmt::format("http://{}:{}/", name.find(':') == std::string::npos ? name : "[" + name + "]", port);
}

void announce(const ServeFlags& flags, const std::string& address, std::chrono::steady_clock::time_point begin) {
  const std::chrono::duration<double> time = std::chrono::steady_clock::now() - begin;
  std::printf("%s\n", address.c_str());
  std::fflush(stdout);
  std::fprintf(stderr, "fude: ready after %.2f s; Ctrl-C stops (the queue goes on when it is started again)\n",
               time.count());
  if (flags.opens_browser && !platform::open_in_browser(address)) {
    std::fprintf(stderr, "fude: warning: no browser was found to open the page with\n");
  }
}

// Says what happened to the data folder since `told` was; returns what there is to say.
std::string warn_of(const service::Studio& studio, const std::string& told) {
  const std::string notice = studio.notice();
  if (notice != told && !notice.empty()) std::fprintf(stderr, "fude: warning: %s\n", notice.c_str());
  return notice;
}

// How the server was started, under the names that the web UI's flags have. Nothing secret.
nlohmann::ordered_json told_flags(const ServeFlags& flags, int port) {
  const pipelines::EngineWishes& engine = flags.engine.wishes();
  return {
      {"listen", !server::is_loopback(flags.server.address)},
      {"server_name", flags.server.address},
      {"port", port},
      {"autolaunch", flags.opens_browser},
      {"api_server_stop", flags.may_be_ended},
      {"nowebui", false},
      {"use_cpu", engine.device == "cpu" ? nlohmann::ordered_json::array({"all"}) : nlohmann::ordered_json::array()},
      {"memory", engine.memory},
      {"threads", engine.threads}};
}

/// What the server is to do next.
enum class Wish { kGoOn, kStop, kRestart };

server::SdapiOptions sdapi_options(const ServeFlags& flags, int port, std::atomic<Wish>& wish) {
  server::SdapiOptions options{.flags = told_flags(flags, port)};
  if (flags.may_be_ended) {
    options.stop = [&wish] { wish = Wish::kStop; };
    options.restart = [&wish] { wish = Wish::kRestart; };
  }
  return options;
}

/// Gives memory back that a burst of work left behind, when no picture was made for a while.
class IdleMemory {
 public:
  void look(bool is_working) {
    const auto now = std::chrono::steady_clock::now();
    if (is_working) busy_ = now;
    if (now - busy_ < kPause || now - looked_ < kPause) return;
    looked_ = now;
    const std::uint64_t held = platform::resident_memory();
    if (std::max(held, held_) - std::min(held, held_) < kWorthwhile) return;  // nothing happened
    platform::release_freed_memory();
    held_ = platform::resident_memory();
  }

 private:
  static constexpr std::chrono::seconds kPause{5};
  static constexpr std::uint64_t kWorthwhile = 16 << 20;  // bytes

  std::chrono::steady_clock::time_point busy_{}, looked_{};
  std::uint64_t held_ = 0;  // bytes, when it last gave some back
};

Wish wait_for_end(const std::atomic<Wish>& wish, const InterruptGuard& interrupt, const service::Studio& studio) {
  IdleMemory memory;
  std::string told = warn_of(studio, "");
  while (wish == Wish::kGoOn && !interrupt.cancellation().is_requested()) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    told = warn_of(studio, told);
    memory.look(studio.running().job.has_value());
  }
  const Wish end = wish == Wish::kRestart ? Wish::kRestart : Wish::kStop;
  std::fprintf(stderr, end == Wish::kRestart ? "fude: restarting, as a program asks\n"
                                             : "fude: stopping; a second Ctrl-C stops at once\n");
  return end;
}

// From the opening of the data folder to its closing.
Wish serve_once(ServeFlags& flags, const InterruptGuard& interrupt) {
  const auto begin = std::chrono::steady_clock::now();
  server::AccessRules access = flags.access;
  access.address = flags.server.address;
  access.password = secret(flags.password);
  access.token = secret(flags.token);
  server::Gatekeeper gatekeeper(access);
  // Before the studio is opened: of a second server the port tells more than the data folder that is taken.
  auto http = std::make_unique<server::HttpServer>(flags.server);
  flags.server.port = http->port();  // one that was any free one stays for a restart
  service::Studio studio(studio_options(flags));
  std::atomic<Wish> wish = Wish::kGoOn;
  server::Router router;
  add_api_routes(router, studio, {.needs_login = gatekeeper.needs_login()});
  add_sdapi_routes(router, studio, sdapi_options(flags, http->port(), wish));
  add_openai_routes(router, studio);
  add_page(router, server::page_files(), server::page_bytes());
  http->start(site_hooks(gatekeeper, router));
  announce(flags, local_address(flags.server.address, http->port()), begin);
  const service::StartScan scan(studio.gallery(), studio.events());
  const Wish end = wait_for_end(wish, interrupt, studio);
  http.reset();
  return end;
}

void serve(ServeFlags& flags) {
  InterruptGuard interrupt;
  while (serve_once(flags, interrupt) == Wish::kRestart) flags.opens_browser = false;
}

void add_access_flags(CLI::App& command, ServeFlags& flags) {
  command
      .add_option("--listen", flags.server.address,
                  "the address to listen on (default 127.0.0.1: only programs on this machine reach it); 0.0.0.0 for "
                  "the whole network, which needs a password or token")
      ->type_name("ADDRESS");
  command.add_option("--port", flags.server.port, "the port, 0..65535 (default 7860; 0: any that is free)")
      ->type_name("N")
      ->check(CLI::Range(0, 65535).description(""));
  command
      .add_option("--host-name", flags.access.host_names,
                  "a name by which browsers call this machine, beside localhost and its numbers; may be repeated")
      ->type_name("NAME")
      ->allow_extra_args(false);
  command.add_option("--password-file", flags.password.file, "ask for the password in this file's first line")
      ->type_name("FILE");
  command
      .add_option(
          "--password", flags.password.text,
          "ask for this password; other users of this machine can see it in the list of processes, so a file or "
          "the variable FUDE_PASSWORD is better")
      ->type_name("TEXT");
  command.add_option("--token-file", flags.token.file, "the same for programs (Authorization: Bearer)")
      ->type_name("FILE");
  command.add_option("--token", flags.token.text, "the same for programs; variable FUDE_TOKEN")->type_name("TEXT");
}

}  // namespace

void add_serve_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("serve", "start the studio: a page in the browser, and an API for programs");
  auto flags = std::make_shared<ServeFlags>(*command);
  add_access_flags(*command, *flags);
  command->add_flag("--open", flags->opens_browser, "open the page in a browser");
  command->add_flag("--api-server-stop", flags->may_be_ended,
                    "let programs end and restart the server (/sdapi/v1/server-stop, server-restart)");
  command->add_option("--data-dir", flags->data_dir, "where models lie and pictures go; default: $XDG_DATA_HOME/fude")
      ->type_name("DIR");
  command->footer(
      "The page's address is printed when it can be opened. Programs made for the\n"
      "AUTOMATIC1111 web UI find its API under the same address (docs/api.md).\n"
      "\nExamples:\n"
      "  fude serve --open\n"
      "  fude serve --data-dir ~/stable-diffusion-webui --port 8000\n"
      "  fude serve --listen 0.0.0.0 --password-file ~/.fude-password");
  command->callback([flags] { serve(*flags); });
}

}  // namespace fude::apps
