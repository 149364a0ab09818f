#pragma once

#include "pipelines/generation_request.h"
#include "pipelines/saving_texts.h"
#include "pipelines/word_expansion.h"
#include "server/sdapi_scripts.h"

namespace fude::server {

/// A script on its way: what the body asked for, and what its pictures begin with.
struct RunningScript {
  service::Studio& studio;
  const ScriptCall& asked;
  pipelines::GenerationRequest base;  // normalised; its seeds need not be resolved
  pipelines::SavingTexts saving;      // settings of its pictures
  const Request& http;

  pipelines::WordFiles words() const { return pipelines::WordFiles::of_data_dir(studio.options().data_dir); }
};

// The scripts that compare.
ScriptResult run_plot(const RunningScript& script);
ScriptResult run_matrix(const RunningScript& script);
ScriptResult run_lines(const RunningScript& script);

// Those of img2img.
ScriptResult run_loopback(const RunningScript& script);
ScriptResult run_outpainting(const RunningScript& script);
ScriptResult run_poor_outpainting(const RunningScript& script);
ScriptResult run_sd_upscale(const RunningScript& script);

}  // namespace fude::server
