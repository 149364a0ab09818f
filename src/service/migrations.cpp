#include "service/migrations.h"

#include <array>

namespace fude::service {
namespace {

// The gallery: an index over the picture files and their sidecars, which are the truth.
// place: a picture's place in time, unique; above 0 in the gallery, below 0 in the bin (gallery_rows.h says how it is
// made). It is the rowid of picture_words, too, so that a search delivers pages in order without sorting.
// adapters, tags: one a line. Times are milliseconds since 1970, modified_at and sidecar_at nanoseconds.
constexpr std::string_view kGallery = R"sql(
CREATE TABLE pictures (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  place INTEGER NOT NULL UNIQUE,
  file TEXT NOT NULL UNIQUE,
  fingerprint TEXT NOT NULL,
  width INTEGER NOT NULL,
  height INTEGER NOT NULL,
  byte_count INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  modified_at INTEGER NOT NULL,
  sidecar_at INTEGER NOT NULL DEFAULT 0,
  job INTEGER NOT NULL DEFAULT 0,
  job_index INTEGER NOT NULL DEFAULT 0,
  prompt TEXT NOT NULL DEFAULT '',
  negative_prompt TEXT NOT NULL DEFAULT '',
  model TEXT NOT NULL DEFAULT '',
  model_hash TEXT NOT NULL DEFAULT '',
  sampler TEXT NOT NULL DEFAULT '',
  infotext TEXT NOT NULL DEFAULT '',
  seed INTEGER NOT NULL DEFAULT -1,
  steps INTEGER NOT NULL DEFAULT 0,
  cfg_scale REAL NOT NULL DEFAULT 0,
  adapters TEXT NOT NULL DEFAULT '',
  tags TEXT NOT NULL DEFAULT '',
  rating INTEGER NOT NULL DEFAULT 0 CHECK (rating BETWEEN 0 AND 5),
  note TEXT NOT NULL DEFAULT '',
  deleted_at INTEGER
);
CREATE INDEX pictures_by_fingerprint ON pictures (fingerprint);
CREATE INDEX pictures_by_job ON pictures (job, job_index) WHERE job > 0;
CREATE VIRTUAL TABLE picture_words USING fts5(
  prompt, negative, model, adapters, tags, note, file, other,
  tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2 3'
);
CREATE TABLE picture_labels (
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (kind, name)
) WITHOUT ROWID;
)sql";

// The queue, what was set, and the state of the queue as a whole.
// state, error_code: names. place: the order among waiting jobs of one priority. warnings: one a line. A job's picture
// has no row in the gallery while it is only reserved; digest: SHA-256 of its file.
constexpr std::string_view kQueue = R"sql(
CREATE TABLE jobs (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,
  request TEXT NOT NULL,
  priority INTEGER NOT NULL,
  state TEXT NOT NULL,
  place INTEGER NOT NULL,
  origin TEXT NOT NULL DEFAULT '',
  task TEXT,
  saves_pictures INTEGER NOT NULL DEFAULT 1,
  created_at INTEGER NOT NULL,
  started_at INTEGER NOT NULL DEFAULT 0,
  finished_at INTEGER NOT NULL DEFAULT 0,
  pictures_wanted INTEGER NOT NULL DEFAULT 1,
  pictures_done INTEGER NOT NULL DEFAULT 0,
  error_code TEXT NOT NULL DEFAULT '',
  error TEXT NOT NULL DEFAULT '',
  warnings TEXT NOT NULL DEFAULT '',
  is_cancelled INTEGER NOT NULL DEFAULT 0,
  was_interrupted INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX jobs_by_state ON jobs (state, id);
CREATE INDEX jobs_in_order ON jobs (state, priority DESC, place);
CREATE UNIQUE INDEX jobs_by_task ON jobs (task) WHERE task IS NOT NULL;
CREATE TABLE job_pictures (
  job INTEGER NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
  picture_index INTEGER NOT NULL,
  file TEXT NOT NULL,
  digest TEXT NOT NULL,
  picture INTEGER,
  PRIMARY KEY (job, picture_index)
);
CREATE INDEX job_pictures_reserved ON job_pictures (job) WHERE picture IS NULL;
CREATE TABLE settings (id TEXT PRIMARY KEY, value NOT NULL);
CREATE TABLE queue_state (name TEXT PRIMARY KEY, value NOT NULL);
)sql";

// The pictures that a job starts from, one a line: the request's member, a space, the SHA-256 of the bytes. In the
// job's own row: one that lost its pictures must not become another job.
constexpr std::string_view kSources = R"sql(
ALTER TABLE jobs ADD COLUMN sources TEXT NOT NULL DEFAULT '';
CREATE INDEX jobs_with_sources ON jobs (id) WHERE sources != '';
)sql";

// Parts of jobs that failed while the rest went on: place is the cell of a comparison.
constexpr std::string_view kFailures = R"sql(
CREATE TABLE job_failures (
  job INTEGER NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
  place INTEGER NOT NULL,
  message TEXT NOT NULL,
  PRIMARY KEY (job, place)
);
)sql";

// What making pictures again came to. fingerprint: of the file that was looked at. levels, share, x, y, width, height:
// by how much and where it differed. missing: a part a line, its members between tabs. notes: one a line.
constexpr std::string_view kVerifications = R"sql(
CREATE TABLE verifications (
  picture INTEGER PRIMARY KEY,
  fingerprint TEXT NOT NULL,
  verified_at INTEGER NOT NULL,
  verdict TEXT NOT NULL,
  within INTEGER NOT NULL,
  levels INTEGER NOT NULL,
  share REAL NOT NULL,
  x INTEGER NOT NULL,
  y INTEGER NOT NULL,
  width INTEGER NOT NULL,
  height INTEGER NOT NULL,
  model TEXT NOT NULL,
  model_hash TEXT NOT NULL,
  recorded_engine TEXT NOT NULL,
  used_engine TEXT NOT NULL,
  missing TEXT NOT NULL,
  notes TEXT NOT NULL
);
)sql";

constexpr std::array kSteps{
    kGallery, kQueue, kSources, kFailures, kVerifications,
};

}  // namespace

std::span<const std::string_view> migrations() { return kSteps; }

}  // namespace fude::service
