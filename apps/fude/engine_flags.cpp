#include "engine_flags.h"

#include "core/error.h"
#include "core/platform/processors.h"
#include "ops/tensor_memory.h"
#include "ops/threads.h"

namespace fude::apps {

EngineFlags::EngineFlags(CLI::App& command) {
  command.add_option("--device", device_, "what to compute on: cpu, cuda, cuda:N or auto (default)")
      ->type_name("NAME")
      ->check([](const std::string& name) -> std::string {
        const bool is_number = name.starts_with("cuda:") && name.size() > 5 && name.size() < 8 &&
                               name.find_first_not_of("0123456789", 5) == std::string::npos;
        if (name == "auto" || name == "cpu" || name == "cuda" || is_number) return {};
        return "'" + printable(name) + "' is no device, expected cpu, cuda, cuda:N or auto";
      });
  command
      .add_option(
          "--precision", precision_,
          "number format of the networks: fp32, bf16, fp16 (GPU only), int8 (bf16 with the U-Net's linear layers "
          "in 8 bits; needs AVX-512 VNNI or AMX) or auto (default: fp16 on a GPU; bf16 on a CPU that multiplies it, "
          "else fp32)")
      ->type_name("NAME")
      ->check(CLI::IsMember({"auto", "fp32", "bf16", "fp16", "int8"}).description(""));
  command
      .add_option("--memory", memory_,
                  "how the networks share a GPU's memory: full (all stay on it), swap (what does not run waits in RAM; "
                  "the web UI's --medvram), stream (the denoiser layer by layer; its --lowvram) or auto (default: the "
                  "fastest that fits)")
      ->type_name("NAME")
      ->check(CLI::IsMember({"auto", "full", "swap", "stream"}).description(""));
  command.add_option("--threads", threads_, "processor threads to use, 1..1024 (default: one per core)")
      ->type_name("N")
      ->check(CLI::Range(1, 1024).description(""));
}

pipelines::EngineOptions EngineFlags::apply() const {
  ops::reuse_tensor_memory();
  ops::use_threads(threads_ > 0 ? threads_ : platform::available_cores());
  pipelines::EngineOptions engine = pipelines::choose_engine(device_, precision_);
  engine.memory = pipelines::memory_mode_from(memory_);
  return engine;
}

}  // namespace fude::apps
