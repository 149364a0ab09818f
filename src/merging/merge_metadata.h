#pragma once

#include <map>
#include <string>
#include <vector>

#include "merging/merge_models.h"

namespace fude::merging {

struct ParentFacts {
  std::string role;  // "A", "B", "C", "VAE"
  std::string name;
  std::string sha256;  // of the whole file
  std::string legacy_hash;
  std::string licence;  // empty: it names none
  std::map<std::string, std::string> metadata;
};

struct LicenceVerdict {
  std::string licence;  // for the result: all of the parents' joined by " AND "; empty when none is known
  std::vector<std::string> warnings;
};

/// What the licences of the parents mean for the result. Both must be kept to when they differ; where a parent names
/// none, nothing is known.
LicenceVerdict combine_licences(const std::vector<ParentFacts>& parents);

/// What a file made of several says of where it comes from: their names and licences ("modelspec.*").
std::map<std::string, std::string> lineage(const std::vector<ParentFacts>& parents);

/// sd_merge_recipe and sd_merge_models as the web UI writes them, modelspec.* (title, licence, what it was merged from,
/// architecture as A's), with the recipes of parents that are merges themselves.
std::map<std::string, std::string> merge_metadata(const std::vector<ParentFacts>& parents, const MergeOptions& options,
                                                  const std::string& title);

}  // namespace fude::merging
