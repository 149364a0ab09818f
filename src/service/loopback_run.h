#pragma once

#include <span>

#include "pipelines/generation_request.h"
#include "pipelines/loopback_options.h"
#include "pipelines/saving_texts.h"
#include "service/workbench.h"

namespace fude::service {

/// Carries out a job of kind "txt2img" whose pictures are fed back: `requests` are as expand_words() gives them, each
/// picture of theirs begins a chain. Picture i of chain c is number c * loops + i of the job. A job that goes on begins
/// a chain with the first picture that is missing, where the one before lies there as it was made; else with its first.
/// Throws as run_pictures().
void run_loops(Workbench& bench, const Job& job, std::span<const pipelines::GenerationRequest> requests,
               const pipelines::Loopback& loopback, const pipelines::SavingTexts& saving);

}  // namespace fude::service
