#pragma once

#include <functional>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "pipelines/text_to_image.h"
#include "service/live_view.h"
#include "service/workbench.h"

namespace fude::service {

/// Carries out a job of kind "txt2img": makes its pictures that are not there yet. Throws as
/// Workbench::check_going_on() and text_to_image() do.
void run_pictures(Workbench& bench, const Job& job);

/// What becomes of the pictures that are made.
struct MakingEvents {
  std::function<void(int done, int total)> on_step;  // of all requests
  std::function<pipelines::Continuation()> continuation;
  /// Gives the picture's row in the gallery, where it got one.
  std::function<std::optional<PictureId>(const pipelines::PictureModel& model,
                                         const pipelines::FinishedPicture& picture)>
      on_picture;
};

/// Makes the pictures of requests for one model, in view of the pages. Throws as run_pictures().
void make_pictures(Workbench& bench, const Job& job, std::span<const pipelines::GenerationRequest> requests,
                   LiveView& view, const MakingEvents& events);

/// What makes the pictures with a model, telling these events of them.
using PictureMaking = std::function<void(pipelines::PictureModel& model, const pipelines::TextToImageEvents& events)>;

/// The same for what is made in another way; `first` is the first of the requests.
void make_pictures(Workbench& bench, const Job& job, const pipelines::GenerationRequest& first, LiveView& view,
                   const MakingEvents& events, const PictureMaking& make);

/// The places in the job of the pictures that are in the gallery.
std::set<int> finished_indices(const std::vector<JobPicture>& pictures);

/// The networks that a prompt names and that have a file; the others are warned of when the picture is made.
std::vector<std::string> network_names(const pipelines::ModelLibrary& library,
                                       const pipelines::GenerationRequest& request);

}  // namespace fude::service
