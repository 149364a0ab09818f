#pragma once

#include <array>
#include <string_view>

namespace fude::diffusion {

/// Which noise a sampler wants on its way.
enum class StepNoiseKind { kNone, kIndependent, kBrownian };

/// Short names and spellings of older programs; unused places are empty.
using Aliases = std::array<std::string_view, 3>;

/// What is known of a sampler without running it: by this the command line, the server, the interface, the text stored
/// with a picture and the documentation know it. Names and defaults of the first twenty are the web UI's (v1.10), the
/// others' ComfyUI's.
struct SamplerTraits {
  std::string_view id;     // stable: requests and settings store it
  std::string_view label;  // as the web UI shows and writes it
  Aliases aliases{};
  std::string_view default_schedule = "automatic";  // id of the noise schedule that "Automatic" stands for
  StepNoiseKind noise = StepNoiseKind::kNone;
  int predictions = 1;                // a step: prompt schedules count so many times the steps
  bool discards_penultimate = false;  // leaves out the last but one sigma of a list that is one longer
  bool chooses_levels = false;        // uses the range of a list only and ends at its lowest positive sigma
  bool watches_pictures = false;      // takes steps as long as its pictures allow: one picture a run
  bool uses_timesteps = false;        // walks down levels of its own (timestep_sigmas) from noise of full variance;
                                      // schedules and their options are ignored
  bool is_distilled = false;          // for networks that know every 20th level only, see sampled_levels
  bool uses_unguided = false;         // CFG++: goes on along the unguided noise, see effective_guidance
  double default_eta = 1.0;           // 1: what the setting for samplers that are not told another says
  // Which options are mentioned in a picture's text. That is the web UI's habit, not the whole of what has an effect.
  bool writes_seed_delta = false;   // ENSD
  bool writes_churn = false;        // s_churn, s_tmin, s_tmax
  bool writes_noise_scale = false;  // s_noise
  bool writes_eta = false;
};

/// What is known of a noise schedule without computing it.
struct ScheduleTraits {
  std::string_view id;     // stable: requests and settings store it
  std::string_view label;  // as the web UI shows and writes it
  Aliases aliases{};
  double default_rho = 0.0;  // 0: has no rho
};

/// Every sampler in the order they are offered; the first is the default. The functions are in sampler_table.cpp.
inline constexpr std::array kSamplerTraits{
    SamplerTraits{.id = "dpmpp_2m", .label = "DPM++ 2M", .aliases = {"k_dpmpp_2m"}, .default_schedule = "karras"},
    SamplerTraits{.id = "dpmpp_sde",
                  .label = "DPM++ SDE",
                  .aliases = {"k_dpmpp_sde"},
                  .default_schedule = "karras",
                  .noise = StepNoiseKind::kBrownian,
                  .predictions = 2,
                  .writes_noise_scale = true,
                  .writes_eta = true},
    SamplerTraits{.id = "dpmpp_2m_sde",
                  .label = "DPM++ 2M SDE",
                  .aliases = {"k_dpmpp_2m_sde"},
                  .default_schedule = "exponential",
                  .noise = StepNoiseKind::kBrownian,
                  .writes_noise_scale = true,
                  .writes_eta = true},
    SamplerTraits{.id = "dpmpp_2m_sde_heun",
                  .label = "DPM++ 2M SDE Heun",
                  .aliases = {"k_dpmpp_2m_sde_heun"},
                  .default_schedule = "exponential",
                  .noise = StepNoiseKind::kBrownian,
                  .writes_noise_scale = true,
                  .writes_eta = true},
    SamplerTraits{.id = "dpmpp_2s_ancestral",
                  .label = "DPM++ 2S a",
                  .aliases = {"k_dpmpp_2s_a"},
                  .default_schedule = "karras",
                  .noise = StepNoiseKind::kIndependent,
                  .predictions = 2,
                  .writes_seed_delta = true,
                  .writes_noise_scale = true,
                  .writes_eta = true},
    SamplerTraits{.id = "dpmpp_3m_sde",
                  .label = "DPM++ 3M SDE",
                  .aliases = {"k_dpmpp_3m_sde"},
                  .default_schedule = "exponential",
                  .noise = StepNoiseKind::kBrownian,
                  .discards_penultimate = true,
                  .writes_noise_scale = true,
                  .writes_eta = true},
    SamplerTraits{.id = "euler_ancestral",
                  .label = "Euler a",
                  .aliases = {"k_euler_a", "k_euler_ancestral", "Euler ancestral"},
                  .noise = StepNoiseKind::kIndependent,
                  .writes_seed_delta = true,
                  .writes_eta = true},
    SamplerTraits{.id = "euler",
                  .label = "Euler",
                  .aliases = {"k_euler"},
                  .noise = StepNoiseKind::kIndependent,
                  .writes_churn = true,
                  .writes_noise_scale = true},
    SamplerTraits{.id = "lms", .label = "LMS", .aliases = {"k_lms"}},
    SamplerTraits{.id = "heun",
                  .label = "Heun",
                  .aliases = {"k_heun"},
                  .noise = StepNoiseKind::kIndependent,
                  .predictions = 2,
                  .writes_churn = true,
                  .writes_noise_scale = true},
    SamplerTraits{.id = "dpm2",
                  .label = "DPM2",
                  .aliases = {"k_dpm_2"},
                  .default_schedule = "karras",
                  .noise = StepNoiseKind::kIndependent,
                  .predictions = 2,
                  .discards_penultimate = true,
                  .writes_churn = true,
                  .writes_noise_scale = true},
    SamplerTraits{.id = "dpm2_ancestral",
                  .label = "DPM2 a",
                  .aliases = {"k_dpm_2_a"},
                  .default_schedule = "karras",
                  .noise = StepNoiseKind::kIndependent,
                  .predictions = 2,
                  .discards_penultimate = true,
                  .writes_seed_delta = true,
                  .writes_noise_scale = true,
                  .writes_eta = true},
    SamplerTraits{.id = "dpm_fast",
                  .label = "DPM fast",
                  .aliases = {"k_dpm_fast"},
                  .noise = StepNoiseKind::kIndependent,
                  .chooses_levels = true,
                  .writes_seed_delta = true,
                  .writes_noise_scale = true,
                  .writes_eta = true},
    SamplerTraits{.id = "dpm_adaptive",
                  .label = "DPM adaptive",
                  .aliases = {"k_dpm_ad"},
                  .noise = StepNoiseKind::kIndependent,
                  .chooses_levels = true,
                  .watches_pictures = true,
                  .writes_seed_delta = true,
                  .writes_eta = true},
    SamplerTraits{.id = "restart",
                  .label = "Restart",
                  .default_schedule = "karras",
                  .noise = StepNoiseKind::kIndependent,
                  .predictions = 2},
    SamplerTraits{.id = "ddim",
                  .label = "DDIM",
                  .noise = StepNoiseKind::kIndependent,
                  .uses_timesteps = true,
                  .default_eta = 0.0,
                  .writes_eta = true},
    SamplerTraits{.id = "ddim_cfgpp",
                  .label = "DDIM CFG++",
                  .noise = StepNoiseKind::kIndependent,
                  .uses_timesteps = true,
                  .uses_unguided = true,
                  .default_eta = 0.0,
                  .writes_eta = true},
    SamplerTraits{.id = "plms", .label = "PLMS", .uses_timesteps = true},
    SamplerTraits{.id = "unipc", .label = "UniPC", .uses_timesteps = true},
    SamplerTraits{
        .id = "lcm", .label = "LCM", .aliases = {"k_lcm"}, .noise = StepNoiseKind::kIndependent, .is_distilled = true},
    SamplerTraits{.id = "euler_cfgpp", .label = "Euler CFG++", .aliases = {"euler_cfg_pp"}, .uses_unguided = true},
    SamplerTraits{.id = "euler_ancestral_cfgpp",
                  .label = "Euler a CFG++",
                  .aliases = {"euler_ancestral_cfg_pp", "Euler ancestral CFG++"},
                  .noise = StepNoiseKind::kIndependent,
                  .uses_unguided = true,
                  .writes_seed_delta = true,
                  .writes_noise_scale = true,
                  .writes_eta = true},
    SamplerTraits{.id = "dpmpp_2m_cfgpp",
                  .label = "DPM++ 2M CFG++",
                  .aliases = {"dpmpp_2m_cfg_pp"},
                  .default_schedule = "karras",
                  .uses_unguided = true},
    SamplerTraits{.id = "er_sde",
                  .label = "ER SDE",
                  .noise = StepNoiseKind::kIndependent,
                  .writes_seed_delta = true,
                  .writes_noise_scale = true,
                  .writes_eta = true},
    SamplerTraits{.id = "res_multistep", .label = "RES Multistep", .default_schedule = "karras"},
    SamplerTraits{.id = "res_multistep_ancestral",
                  .label = "RES Multistep a",
                  .aliases = {"RES Multistep ancestral"},
                  .default_schedule = "karras",
                  .noise = StepNoiseKind::kIndependent,
                  .writes_seed_delta = true,
                  .writes_noise_scale = true,
                  .writes_eta = true},
    SamplerTraits{.id = "gradient_estimation", .label = "Gradient Estimation"},
    SamplerTraits{.id = "tcd",
                  .label = "TCD",
                  .noise = StepNoiseKind::kIndependent,
                  .is_distilled = true,
                  .default_eta = 0.3,
                  .writes_seed_delta = true,
                  .writes_noise_scale = true,
                  .writes_eta = true},
    SamplerTraits{.id = "ipndm", .label = "IPNDM"},
    SamplerTraits{.id = "ipndm_v", .label = "IPNDM_V"},
    SamplerTraits{.id = "deis", .label = "DEIS"},
    SamplerTraits{.id = "sa_solver",
                  .label = "SA-Solver",
                  .noise = StepNoiseKind::kIndependent,
                  .writes_seed_delta = true,
                  .writes_noise_scale = true,
                  .writes_eta = true},
    SamplerTraits{.id = "heunpp2",
                  .label = "HeunPP2",
                  .aliases = {"Heun++ 2"},
                  .noise = StepNoiseKind::kIndependent,
                  .predictions = 3,
                  .writes_churn = true,
                  .writes_noise_scale = true},
    SamplerTraits{.id = "ddpm",
                  .label = "DDPM",
                  .noise = StepNoiseKind::kIndependent,
                  .writes_seed_delta = true,
                  .writes_noise_scale = true},
};

/// Every noise schedule in the order they are offered. The first is "Automatic", the sampler's own choice. The
/// functions are in noise_schedules.cpp.
inline constexpr std::array kScheduleTraits{
    ScheduleTraits{.id = "automatic", .label = "Automatic"},
    ScheduleTraits{.id = "uniform", .label = "Uniform"},
    ScheduleTraits{.id = "karras", .label = "Karras", .default_rho = 7.0},
    ScheduleTraits{.id = "exponential", .label = "Exponential"},
    ScheduleTraits{.id = "polyexponential", .label = "Polyexponential", .default_rho = 1.0},
    ScheduleTraits{.id = "sgm_uniform", .label = "SGM Uniform", .aliases = {"SGMUniform"}},
    ScheduleTraits{.id = "kl_optimal", .label = "KL Optimal"},
    ScheduleTraits{.id = "align_your_steps", .label = "Align Your Steps"},
    ScheduleTraits{.id = "simple", .label = "Simple"},
    ScheduleTraits{.id = "normal", .label = "Normal"},
    ScheduleTraits{.id = "ddim", .label = "DDIM"},
    ScheduleTraits{.id = "beta", .label = "Beta"},
};

}  // namespace fude::diffusion
