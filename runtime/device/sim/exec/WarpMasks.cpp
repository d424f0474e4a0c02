// This file looks at the membership masks that the lanes of a warp name in warp-wide operations.
#include "exec/RunState.h"

#include <cstdio>

namespace azulejo::sim {

uint32_t lanesNaming(WarpContext &w, const Inst &i, uint32_t lanes, uint32_t named) {
  const uint32_t *names = w.reg<uint32_t>(i.c);
  uint32_t same = 0;
  for (unsigned lane = 0; lane < 32; ++lane)
    same |= uint32_t(names[lane] == named) << lane;
  return same & lanes;
}

namespace {
std::string maskText(uint32_t named) {
  char text[16];
  snprintf(text, sizeof(text), "0x%08x", named);
  return text;
}
} // namespace

void reportMask(WarpContext &w, const Inst &i, unsigned lane, uint32_t named) {
  if (!(w.worker->checks & kCheckSync))
    return;
  Finding finding = makeFinding(w, i, lane, "sync", "mask-lacks-lane");
  finding.message = "lane " + std::to_string(lane) + " executes a warp operation whose mask " +
                    maskText(named) + " does not name it";
  report(w, i, std::move(finding));
}

void failContradiction(WarpContext &w, const Inst &i, uint32_t lanes) {
  const uint32_t *names = w.reg<uint32_t>(i.c);
  unsigned lane = unsigned(__builtin_ctz(lanes));
  unsigned other = unsigned(__builtin_ctz(lanes & ~lanesNaming(w, i, lanes, names[lane])));
  failCta(w, i, lane, "sync", "masks-contradict",
          "lanes wait for each other with different masks: lane " + std::to_string(lane) +
              " names " + maskText(names[lane]) + ", lane " + std::to_string(other) + " names " +
              maskText(names[other]));
}

} // namespace azulejo::sim
