#pragma once

#include <vector>

#include "prompt/styles.h"
#include "server/http_message.h"
#include "service/studio.h"

namespace fude::server {

/// A job that has ended, with what it made.
struct MadeJob {
  service::Job job;
  std::vector<service::MadePicture> pictures;  // some, when it was interrupted
};

/// Waits for a job that the request's client asked for and takes its pictures. When the client goes away meanwhile, a
/// job whose pictures are not to be saved is cancelled: nobody would ever see them; others go on.
/// Throws Error: what the job failed with; kCancelled when it was cancelled, or the client or the server is leaving.
MadeJob make_pictures(service::Studio& studio, const service::Job& job, const Request& request);

/// The user's styles.
std::vector<prompt::Style> styles_of(const service::Studio& studio);

}  // namespace fude::server
