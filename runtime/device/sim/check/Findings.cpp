// This file implements the set of findings and their text.
#include "check/Findings.h"

namespace azulejo::sim {

void FindingSet::add(uint32_t instruction, uint32_t other, Finding finding) {
  Key key(finding.check, finding.kind, instruction, other);
  auto [it, isNew] = found.emplace(std::move(key), finding);
  if (isNew)
    return;
  uint64_t count = it->second.count + finding.count;
  if (finding.ctaOrder < it->second.ctaOrder)
    it->second = std::move(finding);
  it->second.count = count;
}

bool FindingSet::countAgain(const char *check, const char *kind, uint32_t instruction,
                            uint32_t other, uint64_t cta) {
  auto it = found.find(Key(check, kind, instruction, other));
  if (it == found.end() || cta < it->second.ctaOrder)
    return false;
  ++it->second.count;
  return true;
}

void FindingSet::merge(const FindingSet &from) {
  for (const auto &[key, finding] : from.found)
    add(std::get<2>(key), std::get<3>(key), finding);
}

std::vector<const Finding *> FindingSet::list() const {
  std::vector<const Finding *> result;
  for (const auto &entry : found)
    result.push_back(&entry.second);
  return result;
}

namespace {
std::string triple(const uint32_t (&v)[3]) {
  return "(" + std::to_string(v[0]) + "," + std::to_string(v[1]) + "," + std::to_string(v[2]) + ")";
}
} // namespace

std::string toText(const Finding &finding) {
  std::string text = "error: " + finding.check + "check: " + finding.message;
  if (!finding.kernel.empty())
    text += " (" + finding.kernel;
  if (!finding.sites.empty())
    text += ", block " + triple(finding.sites[0].block);
  if (!finding.kernel.empty())
    text += ")";
  for (const FindingSite &site : finding.sites) {
    text += "\n  " + site.access + ": thread " + triple(site.thread) + " warp " +
            std::to_string(site.warp) + " lane " + std::to_string(site.lane) + "  " + site.module +
            ":" + std::to_string(site.line) + "  " + site.text;
    if (!site.modelFile.empty())
      text += "  from " + site.modelFile + ":" + std::to_string(site.modelLine);
    if (!site.modelNode.empty())
      text += ", node '" + site.modelNode + "'";
  }
  if (!finding.label.empty())
    text += "\n  in the launch of '" + finding.label + "'";
  if (finding.count > 1)
    text += "\n  seen " + std::to_string(finding.count) + " times";
  return text;
}

} // namespace azulejo::sim
