// This program fuzzes the simulator for a fixed number of steps, always the same ones: a part of
// the test run. Usage: sim-fuzz-smoke STEPS SEED.ptx...; it fails by crashing.
#include "fuzz/Mutate.h"
#include "fuzz/RunText.h"

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <vector>

using namespace azulejo::sim::fuzz;

int main(int argc, char **argv) {
  if (argc < 3) {
    std::cerr << "usage: sim-fuzz-smoke STEPS SEED.ptx...\n";
    return 2;
  }
  std::vector<std::string> seeds;
  for (int i = 2; i < argc; ++i) {
    std::ifstream file(argv[i]);
    seeds.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  RunCounts clean, mutated;
  for (const std::string &seed : seeds)
    runText(seed, clean);
  std::mt19937_64 random(1);
  unsigned long steps = std::strtoul(argv[1], nullptr, 10);
  for (unsigned long step = 0; step < steps; ++step) {
    std::string text = mutate(seeds[step % seeds.size()], random, 1 << 16);
    std::ofstream("sim-fuzz-smoke.ptx") << text; // what remains of a crash
    runText(text, mutated);
  }
  std::cout << seeds.size() << " seeds, " << clean.launched << " launches of them; " << steps
            << " mutants, " << mutated.loaded << " load, " << mutated.launched << " launches, "
            << mutated.found << " with findings\n";
  // Seeds that do not load, or mutants of which none does, would test nothing.
  bool isUseful = clean.loaded == seeds.size() && mutated.loaded > steps / 50;
  return isUseful ? 0 : 1;
}
