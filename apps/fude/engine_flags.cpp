#include "engine_flags.h"

#include "core/error.h"

namespace fude::apps {

EngineFlags::EngineFlags(CLI::App& command) {
  command.add_option("--device", wishes_.device, "what to compute on: cpu, cuda, cuda:N or auto (default)")
      ->type_name("NAME")
      ->check([](const std::string& name) -> std::string {
        const bool is_number = name.starts_with("cuda:") && name.size() > 5 && name.size() < 8 &&
                               name.find_first_not_of("0123456789", 5) == std::string::npos;
        if (name == "auto" || name == "cpu" || name == "cuda" || is_number) return {};
        return "'" + printable(name) + "' is no device, expected cpu, cuda, cuda:N or auto";
      });
  command
      .add_option(
          "--precision", wishes_.precision,
          "number format of the networks: fp32, bf16, fp16 (GPU only), int8 (bf16 with the U-Net's linear layers "
          "in 8 bits; needs AVX-512 VNNI or AMX) or auto (default: fp16 on a GPU; bf16 on a CPU that multiplies it, "
          "else fp32)")
      ->type_name("NAME")
      ->check(CLI::IsMember({"auto", "fp32", "bf16", "fp16", "int8"}).description(""));
  command
      .add_option("--memory", wishes_.memory,
                  "how the networks share a GPU's memory: full (all stay on it), swap (what does not run waits in RAM; "
                  "the web UI's --medvram), stream (the denoiser layer by layer; its --lowvram) or auto (default: the "
                  "fastest that fits)")
      ->type_name("NAME")
      ->check(CLI::IsMember({"auto", "full", "swap", "stream"}).description(""));
  command.add_option("--threads", wishes_.threads, "processor threads to use, 1..1024 (default: one per core)")
      ->type_name("N")
      ->check(CLI::Range(1, 1024).description(""));
}

pipelines::EngineOptions EngineFlags::apply() const { return pipelines::prepare_engine(wishes_); }

}  // namespace fude::apps
